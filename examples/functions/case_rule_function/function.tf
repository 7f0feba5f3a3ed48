# Nested conditions are written by hand; this is the flat part, to start from.
output "function" {
  value = provider::connect::case_rule_function("any", [
    { field = "Priority", operator = "EQUALS", value = "High", negate = false },
    { field = "Region__c", operator = "EQUALS", value = "EMEA", negate = false },
  ])
}
