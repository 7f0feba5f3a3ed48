list "connect_salesforce_connection" "all" {
  provider = connect
}

list "connect_salesforce_connection" "of_the_console" {
  provider = connect

  config {
    name_prefix = "amazon-connect-salesforce-"
  }
}
