variable "private_key" {
  type      = string
  ephemeral = true
}

ephemeral "connect_salesforce_jwt" "acme" {
  client_id   = "3MVG9aConsumerKeyOfTheConnectedApp"
  username    = "integration@acme.example"
  private_key = var.private_key
}

resource "connect_salesforce_connection" "acme" {
  name                   = "salesforce-acme"
  instance_url           = "https://acme.my.salesforce.com"
  oauth_grant_type       = "JWT_BEARER"
  jwt_token_wo           = ephemeral.connect_salesforce_jwt.acme.token
  credentials_wo_version = 1
}
