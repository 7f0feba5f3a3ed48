# aws.partner/appflow/salesforce.com/111122223333/salesforce-acme-cases
output "event_source_name" {
  value = provider::connect::partner_event_source_name("111122223333", "salesforce-acme-cases")
}
