# `account_id` and `region` may be added.
import {
  to = connect_salesforce_app_integration.acme
  identity = {
    instance_id                = "11111111-2222-4333-8444-555555555555"
    integration_association_id = "66666666-7777-4888-9999-aaaaaaaaaaaa"
  }
}
