# AWS does not show credentials: leave `credentials_wo_version` out
# until there are new ones to send.

# By name.
terraform import connect_salesforce_connection.acme salesforce-acme

# In another region than the provider's: it follows an @.
terraform import connect_salesforce_connection.acme salesforce-acme@eu-west-1

# By ARN.
terraform import connect_salesforce_connection.acme arn:aws:appflow:us-east-1:111122223333:connectorprofile/salesforce-acme
