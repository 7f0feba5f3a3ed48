list "connect_salesforce_event_flow" "suspended" {
  provider = connect

  config {
    status = "Suspended"
  }
}
