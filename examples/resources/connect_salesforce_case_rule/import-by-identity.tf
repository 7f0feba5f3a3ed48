# `account_id` and `region` may be added.
import {
  to = connect_salesforce_case_rule.urgent
  identity = {
    instance_id = "11111111-2222-4333-8444-555555555555"
    rule_id     = "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff"
  }
}
