# terraform apply -invoke=action.connect_flow_start.cases
action "connect_flow_start" "cases" {
  config {
    name = "salesforce-acme-cases"
  }
}
