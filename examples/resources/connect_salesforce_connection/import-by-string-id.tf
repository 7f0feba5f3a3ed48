import {
  to = connect_salesforce_connection.acme
  id = "salesforce-acme"
}
