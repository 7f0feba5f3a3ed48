# By name.
terraform import connect_salesforce_event_flow.cases salesforce-acme-cases

# In another region than the provider's: it follows an @.
terraform import connect_salesforce_event_flow.cases salesforce-acme-cases@eu-west-1

# By ARN.
terraform import connect_salesforce_event_flow.cases arn:aws:appflow:us-east-1:111122223333:flow/salesforce-acme-cases
