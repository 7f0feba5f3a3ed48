locals {
  source = provider::connect::parse_partner_event_source(
    "aws.partner/appflow/salesforce.com/111122223333/salesforce-acme-cases"
  )
}

# 111122223333
output "account_id" {
  value = local.source.account_id
}
