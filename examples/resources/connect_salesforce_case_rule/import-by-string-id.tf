import {
  to = connect_salesforce_case_rule.urgent
  id = "11111111-2222-4333-8444-555555555555,bbbbbbbb-cccc-4ddd-8eee-ffffffffffff"
}
