# On the emulator: see docs/guides/testing.md.
variables {
  contact_flow_id    = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
  authorization_code = "demo-authorization-code"
}

run "plan_says_what_is_asked" {
  command = plan

  assert {
    condition     = connect_salesforce_case_rule.urgent.conditions[0].value == "High"
    error_message = "Only urgent cases are to become tasks."
  }
}

run "the_chain_is_complete" {
  assert {
    condition     = connect_salesforce_event_flow.cases.status == "Active"
    error_message = "The flow is ${connect_salesforce_event_flow.cases.status}."
  }

  assert {
    condition     = connect_salesforce_event_flow.cases.event_source_state == "ACTIVE"
    error_message = "The event source has no bus."
  }

  assert {
    condition     = connect_salesforce_case_rule.urgent.publish_status == "PUBLISHED"
    error_message = "The rule is a draft."
  }
}
