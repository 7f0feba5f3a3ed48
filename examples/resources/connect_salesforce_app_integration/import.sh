# By the ids of the instance and of the integration association.
terraform import connect_salesforce_app_integration.acme \
  11111111-2222-4333-8444-555555555555,66666666-7777-4888-9999-aaaaaaaaaaaa

# In another region than the provider's: it follows an @.
terraform import connect_salesforce_app_integration.acme \
  11111111-2222-4333-8444-555555555555,66666666-7777-4888-9999-aaaaaaaaaaaa@eu-west-1

# By ARN.
terraform import connect_salesforce_app_integration.acme \
  arn:aws:connect:us-east-1:111122223333:instance/11111111-2222-4333-8444-555555555555/integration-association/66666666-7777-4888-9999-aaaaaaaaaaaa
