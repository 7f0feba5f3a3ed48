data "connect_instance" "main" {
  alias = "acme"
}

# The event source may be any partner event source of Salesforce in this account.
resource "connect_salesforce_app_integration" "acme" {
  instance_id       = data.connect_instance.main.id
  name              = "Salesforce - Acme"
  application_url   = "https://acme.my.salesforce.com"
  event_source_name = "aws.partner/appflow/salesforce.com/111122223333/salesforce-acme-cases"
}
