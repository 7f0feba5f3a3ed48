# Of all instances in the region.
data "connect_salesforce_app_integrations" "all" {}

output "import_ids" {
  value = data.connect_salesforce_app_integrations.all.ids
}
