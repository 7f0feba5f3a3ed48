# By the ids of the instance and of the rule.
terraform import connect_salesforce_case_rule.urgent \
  11111111-2222-4333-8444-555555555555,bbbbbbbb-cccc-4ddd-8eee-ffffffffffff

# In another region than the provider's: it follows an @.
terraform import connect_salesforce_case_rule.urgent \
  11111111-2222-4333-8444-555555555555,bbbbbbbb-cccc-4ddd-8eee-ffffffffffff@eu-west-1

# By ARN.
terraform import connect_salesforce_case_rule.urgent \
  arn:aws:connect:us-east-1:111122223333:instance/11111111-2222-4333-8444-555555555555/rule/bbbbbbbb-cccc-4ddd-8eee-ffffffffffff
