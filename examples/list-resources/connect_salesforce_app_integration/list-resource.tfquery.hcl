# Without an instance_id, all instances of the region are searched.
list "connect_salesforce_app_integration" "all" {
  provider = connect
}

list "connect_salesforce_app_integration" "acme" {
  provider         = connect
  include_resource = true

  config {
    instance_id = "11111111-2222-4333-8444-555555555555"
  }
}
