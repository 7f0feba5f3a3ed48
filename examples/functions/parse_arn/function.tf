locals {
  arn = provider::connect::parse_arn("arn:aws:appflow:us-east-1:111122223333:flow/salesforce-acme-cases")
}

# flow/salesforce-acme-cases
output "resource" {
  value = local.arn.resource
}
