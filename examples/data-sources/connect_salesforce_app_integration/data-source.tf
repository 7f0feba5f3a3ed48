data "connect_instance" "main" {
  alias = "acme"
}

data "connect_salesforce_app_integration" "acme" {
  instance_id = data.connect_instance.main.id
  name        = "salesforce-acme"
}

resource "connect_salesforce_case_rule" "urgent" {
  instance_id                = data.connect_instance.main.id
  integration_association_id = data.connect_salesforce_app_integration.acme.integration_association_id
  name                       = "urgent-cases"
  conditions                 = [{ field = "Priority", value = "High" }]
  task = {
    name            = "A case is urgent"
    contact_flow_id = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
  }
}
