data "connect_instance" "main" {
  alias = "acme"
}

resource "connect_salesforce_case_rule" "urgent" {
  instance_id                = data.connect_instance.main.id
  integration_association_id = "66666666-7777-4888-9999-aaaaaaaaaaaa"
  name                       = "urgent-cases"

  match = "any"
  conditions = [
    { field = "Priority", value = "High" },
    { field = "Subject", operator = "CONTAINS", value = "outage" },
  ]

  task = {
    name            = "Case $.ThirdParty.Salesforce.CaseCreate.CaseNumber"
    description     = "$.ThirdParty.Salesforce.CaseCreate.Subject"
    contact_flow_id = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
    references      = { Case = "https://acme.lightning.force.com/" }
  }
}
