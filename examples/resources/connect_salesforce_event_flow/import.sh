# By name; another region than the provider's follows an @, as in salesforce-acme-cases@eu-west-1.
terraform import connect_salesforce_event_flow.cases salesforce-acme-cases
