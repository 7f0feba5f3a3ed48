data "connect_flow_executions" "failed" {
  flow_name = "salesforce-acme-cases"
  status    = "Error"
}

output "why_runs_failed" {
  value = data.connect_flow_executions.failed.executions[*].message
}
