# The connection may be managed here, by another provider, or have been made in the console.
resource "connect_salesforce_event_flow" "cases" {
  name            = "salesforce-acme-cases"
  connection_name = "salesforce-acme"
  description     = "New cases of acme."

  error_handling = {
    bucket_name   = "acme-case-errors"
    bucket_prefix = "salesforce"
  }

  event_bus = {
    log_config = { level = "ERROR" }
  }

  tags = { system = "salesforce" }
}
