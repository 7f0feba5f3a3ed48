# Whenever the connection has changed, and on demand:
# terraform apply -invoke=action.connect_connection_verify.acme
action "connect_connection_verify" "acme" {
  config {
    connection_name = connect_salesforce_connection.acme.name
  }
}

resource "connect_salesforce_connection" "acme" {
  name         = "salesforce-acme"
  instance_url = "https://acme.my.salesforce.com"

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.connect_connection_verify.acme]
    }
  }
}
