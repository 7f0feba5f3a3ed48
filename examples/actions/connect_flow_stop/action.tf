# terraform apply -invoke=action.connect_flow_stop.cases
action "connect_flow_stop" "cases" {
  config {
    name = "salesforce-acme-cases"
  }
}
