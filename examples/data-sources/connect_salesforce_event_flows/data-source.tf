data "connect_salesforce_event_flows" "suspended" {
  status = "Suspended"
}

output "why_flows_are_suspended" {
  value = {
    for flow in data.connect_salesforce_event_flows.suspended.event_flows :
    flow.name => flow.status_message
  }
}
