output "event_source_name" {
  description = "The partner event source, which is also the name of its bus."
  value       = connect_salesforce_event_flow.cases.event_source_name
}

output "rule_arn" {
  description = "The rule that makes the tasks."
  value       = connect_salesforce_case_rule.urgent.arn
}
