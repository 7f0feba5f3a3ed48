# Nested conditions are written in Connect's function language.
resource "connect_salesforce_case_rule" "nested" {
  instance_id                = "11111111-2222-4333-8444-555555555555"
  integration_association_id = "66666666-7777-4888-9999-aaaaaaaaaaaa"
  name                       = "urgent-or-outage"

  function = jsonencode({
    Version = "2022-11-25"
    RuleFunction = {
      Operator = "OR"
      Operands = [
        {
          Operator        = "EQUALS"
          Operands        = ["High"]
          ComparisonValue = "$.ThirdParty.Salesforce.CaseCreate.Priority"
          Negate          = false
        },
        {
          Operator = "AND"
          Operands = [
            {
              Operator        = "EQUALS"
              Operands        = ["Phone"]
              ComparisonValue = "$.ThirdParty.Salesforce.CaseCreate.Origin"
              Negate          = false
            },
            {
              Operator        = "CONTAINS"
              Operands        = ["outage"]
              ComparisonValue = "$.ThirdParty.Salesforce.CaseCreate.Subject"
              Negate          = false
            },
          ]
        },
      ]
    }
  })

  task = {
    name            = "Case $.ThirdParty.Salesforce.CaseCreate.CaseNumber"
    contact_flow_id = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
  }
}
