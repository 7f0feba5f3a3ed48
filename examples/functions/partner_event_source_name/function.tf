# aws.partner/appflow/salesforce.com/111122223333/cases
output "event_source_name" {
  value = provider::connect::partner_event_source_name("111122223333", "cases")
}
