data "connect_contact_flow" "cases" {
  instance_id = "11111111-2222-4333-8444-555555555555"
  name        = "Salesforce cases"
  type        = "CONTACT_FLOW"
}

output "contact_flow_id" {
  value = data.connect_contact_flow.cases.contact_flow_id

  precondition {
    condition     = data.connect_contact_flow.cases.status == "PUBLISHED"
    error_message = "Publish the contact flow: only a published one takes tasks."
  }
}
