# `account_id` and `region` may be added.
import {
  to = connect_salesforce_event_flow.cases
  identity = {
    name = "salesforce-acme-cases"
  }
}
