list "connect_salesforce_case_rule" "published" {
  provider = connect

  config {
    instance_id    = "11111111-2222-3333-4444-555555555555"
    publish_status = "PUBLISHED"
  }
}
