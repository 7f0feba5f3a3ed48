import {
  to = connect_salesforce_event_flow.cases
  id = "salesforce-acme-cases"
}
