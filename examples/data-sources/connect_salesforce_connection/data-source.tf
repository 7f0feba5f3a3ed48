# A connection that somebody made in the Connect console.
data "connect_salesforce_connection" "acme" {
  name = "salesforce-acme"
}

resource "connect_salesforce_event_flow" "cases" {
  name            = "salesforce-acme-cases"
  connection_name = data.connect_salesforce_connection.acme.name
}
