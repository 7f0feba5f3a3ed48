# After a change in Salesforce that AppFlow is to notice at once:
# terraform apply -invoke=action.connect_metadata_cache_reset.acme
action "connect_metadata_cache_reset" "acme" {
  config {
    connection_name = "salesforce-acme"
  }
}
