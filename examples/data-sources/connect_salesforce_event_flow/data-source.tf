data "connect_salesforce_event_flow" "cases" {
  name = "salesforce-acme-cases"
}

# "Use existing connection", as the console calls it: another instance reads the same events.
resource "connect_salesforce_app_integration" "acme" {
  instance_id       = "11111111-2222-4333-8444-555555555555"
  name              = "Salesforce - Acme"
  application_url   = "https://acme.my.salesforce.com"
  event_source_name = data.connect_salesforce_event_flow.cases.event_source_name
}
