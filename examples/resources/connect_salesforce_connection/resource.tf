# Log in to Salesforce once, pass the code with -var, and later plans need nothing:
# the variable is ephemeral, the argument is write-only, and no state and no plan
# file holds the code.
variable "authorization_code" {
  type      = string
  default   = null
  ephemeral = true
}

resource "connect_salesforce_connection" "acme" {
  name                   = "salesforce-acme"
  instance_url           = "https://acme.my.salesforce.com"
  authorization_code_wo  = var.authorization_code
  redirect_uri           = "https://us-east-1.console.aws.amazon.com/appflow/oauth"
  credentials_wo_version = 1 # raise it to send new credentials

  lifecycle {
    # A login cannot be made again by an apply.
    prevent_destroy = true
  }
}
