list "connect_salesforce_event_flow" "all" {
  provider = connect
}

# What the Connect console made.
list "connect_salesforce_event_flow" "console" {
  provider = connect

  config {
    name_prefix = "amazon-connect-salesforce-to-eventbridge-"
  }
}
