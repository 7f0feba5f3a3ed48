# 111122223333
output "account_id" {
  value = provider::connect::parse_partner_event_source(
    "aws.partner/appflow/salesforce.com/111122223333/cases"
  ).account_id
}
