# After somebody has changed what Salesforce publishes:
# terraform apply -invoke=action.connect_metadata_cache_reset.acme
action "connect_metadata_cache_reset" "acme" {
  config {
    connection_name = "salesforce-acme"
  }
}
