//! `connect_salesforce_jwt`: a login without a browser, and without a trace of its key.

use std::fs;
use std::path::Path;

use crate::harness::World;

const LOGIN: &str = r#"
variable "private_key" {
  type      = string
  ephemeral = true
}

ephemeral "connect_salesforce_jwt" "it" {
  client_id   = "3MVG9"
  username    = "integration@acme.example"
  private_key = var.private_key
}

resource "connect_salesforce_connection" "it" {
  name                   = "globex"
  instance_url           = "https://globex.my.salesforce.com"
  oauth_grant_type       = "JWT_BEARER"
  jwt_token_wo           = ephemeral.connect_salesforce_jwt.it.token
  credentials_wo_version = 1
}
"#;

fn key(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    fs::read_to_string(path).expect("it is in the repository")
}

#[test]
fn a_key_of_either_kind_logs_in_and_leaves_no_trace() {
    for name in ["test_only_rsa_pkcs1.pem", "test_only_rsa_pkcs8.pem"] {
        let world = World::new();
        let pem = key(name);
        world.set_secret("private_key", &pem);
        world.write(LOGIN);
        world.apply();
        world.assert_settled();
        let line = pem.lines().nth(2).expect("a key has lines");
        for file in ["terraform.tfstate", "trace.log"] {
            let text = world.read_file(file);
            assert!(!text.contains(line) && !text.contains("eyJhbGciOiJSUzI1NiJ9"), "{file}");
        }
    }
}

#[test]
fn a_bad_key_is_named_and_not_shown() {
    let world = World::new();
    world.write(LOGIN);
    for bad in ["s3cret", "-----BEGIN PRIVATE KEY-----\nczNjcmV0\n-----END PRIVATE KEY-----"] {
        world.set_secret("private_key", bad);
        let errors = world.plan_errors();
        let told = format!("{errors:#?}");
        assert!(told.contains("cannot be signed"), "{told}");
        assert!(!told.contains("s3cret") && !told.contains("czNjcmV0"), "{told}");
    }
}
