# For the argument `function` of connect_salesforce_case_rule.
output "urgent_or_angry" {
  value = provider::connect::case_rule_function("any", [
    { field = "Priority", operator = "EQUALS", value = "High", negate = false },
    { field = "Subject", operator = "CONTAINS", value = "complaint", negate = false },
  ])
}
