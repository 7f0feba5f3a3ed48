# By name; another region than the provider's follows an @, as in salesforce-acme@eu-west-1.
# AWS does not show credentials: leave `credentials_wo_version` out until there are new ones to send.
terraform import connect_salesforce_connection.acme salesforce-acme
