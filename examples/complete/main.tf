terraform {
  required_version = ">= 1.11"

  required_providers {
    connect = {
      source = "connect-tf/connect"
    }
  }
}

provider "connect" {
  region = "us-east-1"

  default_tags {
    tags = { team = "contact-centre" }
  }
}

data "connect_instance" "main" {
  alias = "acme"
}

resource "connect_salesforce_connection" "acme" {
  name                   = "salesforce-acme"
  instance_url           = "https://acme.my.salesforce.com"
  authorization_code_wo  = var.authorization_code
  redirect_uri           = "https://us-east-1.console.aws.amazon.com/appflow/oauth"
  credentials_wo_version = 1
}

resource "connect_salesforce_event_flow" "cases" {
  name            = "salesforce-acme-cases"
  connection_name = connect_salesforce_connection.acme.name
}

resource "connect_salesforce_app_integration" "acme" {
  instance_id       = data.connect_instance.main.id
  name              = "Salesforce - Acme"
  application_url   = connect_salesforce_connection.acme.instance_url
  event_source_name = connect_salesforce_event_flow.cases.event_source_name
}

resource "connect_salesforce_case_rule" "urgent" {
  instance_id                = data.connect_instance.main.id
  integration_association_id = connect_salesforce_app_integration.acme.integration_association_id
  name                       = "urgent-cases"
  match                      = "all"
  conditions                 = [{ field = "Priority", value = "High" }]

  task = {
    name            = "Case $.ThirdParty.Salesforce.CaseCreate.CaseNumber"
    description     = "$.ThirdParty.Salesforce.CaseCreate.Subject"
    contact_flow_id = var.contact_flow_id
    references      = { Case = "https://acme.lightning.force.com/" }
  }
}
