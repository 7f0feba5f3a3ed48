# terraform apply -invoke=action.connect_connection_verify.acme
action "connect_connection_verify" "acme" {
  config {
    connection_name = "salesforce-acme"
  }
}
