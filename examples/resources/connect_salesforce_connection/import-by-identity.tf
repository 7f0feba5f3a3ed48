# `account_id` and `region` may be added.
import {
  to = connect_salesforce_connection.acme
  identity = {
    name = "salesforce-acme"
  }
}
