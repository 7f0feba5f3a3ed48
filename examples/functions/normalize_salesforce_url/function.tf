# https://acme.my.salesforce.com
output "instance_url" {
  value = provider::connect::normalize_salesforce_url("https://acme.lightning.force.com/lightning/page/home")
}
