# The one source of a Salesforce flow that delivers.
data "connect_partner_event_source" "salesforce" {
  state = "ACTIVE"
}

data "connect_partner_event_source" "cases" {
  name = "aws.partner/appflow/salesforce.com/111122223333/salesforce-acme-cases"
}
