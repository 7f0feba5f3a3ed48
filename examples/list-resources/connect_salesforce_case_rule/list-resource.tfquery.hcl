list "connect_salesforce_case_rule" "urgent" {
  provider = connect

  config {
    instance_id = "11111111-2222-4333-8444-555555555555"
    name_prefix = "urgent-"
  }
}
