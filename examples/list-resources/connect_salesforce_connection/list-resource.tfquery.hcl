list "connect_salesforce_connection" "all" {
  provider = connect
}

# What the Connect console made.
list "connect_salesforce_connection" "console" {
  provider = connect

  config {
    name_prefix = "amazon-connect-salesforce-"
  }
}
