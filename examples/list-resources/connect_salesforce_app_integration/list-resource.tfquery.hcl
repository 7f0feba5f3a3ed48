# Of all instances in the region.
list "connect_salesforce_app_integration" "all" {
  provider = connect
}
