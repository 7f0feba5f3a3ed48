terraform {
  required_version = ">= 1.11"

  required_providers {
    connect = {
      source = "connect-tf/connect"
    }
  }
}

# Names and environment variables are those of hashicorp/aws, so a block can be copied over.
provider "connect" {
  region              = "us-east-1"
  allowed_account_ids = ["111122223333"]

  assume_role {
    role_arn     = "arn:aws:iam::111122223333:role/contact-centre"
    session_name = "terraform"
  }

  default_tags {
    tags = { team = "contact-centre" }
  }
}
