data "connect_salesforce_case_rules" "drafts" {
  instance_id    = "11111111-2222-4333-8444-555555555555"
  publish_status = "DRAFT"
}

output "rules_to_publish" {
  value = data.connect_salesforce_case_rules.drafts.names
}
