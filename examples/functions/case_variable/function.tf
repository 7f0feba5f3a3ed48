# $.ThirdParty.Salesforce.CaseCreate.CaseNumber
output "task_name" {
  value = "Case ${provider::connect::case_variable("CaseNumber")}"
}
