import {
  to = connect_salesforce_app_integration.acme
  id = "11111111-2222-4333-8444-555555555555,66666666-7777-4888-9999-aaaaaaaaaaaa"
}
