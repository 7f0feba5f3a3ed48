data "connect_salesforce_connections" "acme" {
  instance_url = "https://acme.my.salesforce.com"
}

output "connections_to_acme" {
  value = data.connect_salesforce_connections.acme.names
}
