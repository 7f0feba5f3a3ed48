data "connect_salesforce_entities" "acme" {
  connection_name = "salesforce-acme"
}

check "salesforce_publishes_cases" {
  assert {
    condition     = data.connect_salesforce_entities.acme.change_data_capture_enabled
    error_message = "Select Case under Setup, Integrations, Change Data Capture in Salesforce."
  }
}
