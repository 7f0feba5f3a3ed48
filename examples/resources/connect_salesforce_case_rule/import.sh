# By the ids of the instance and of the rule.
terraform import connect_salesforce_case_rule.urgent \
  11111111-2222-4333-8444-555555555555,bbbbbbbb-cccc-4ddd-8eee-ffffffffffff
