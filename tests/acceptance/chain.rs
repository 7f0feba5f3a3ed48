//! The whole chain: a Salesforce case in, an Amazon Connect task out.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::harness::{CODES, CONTACT_FLOW, DEMO_CODE, INSTANCE, World, source_name};

/// A chain of one of everything, with nothing but what is required.
pub(crate) const CHAIN: &str = r#"
resource "connect_salesforce_connection" "acme" {
  name                   = "salesforce-acme"
  instance_url           = "https://acme.my.salesforce.com"
  authorization_code_wo  = var.code
  redirect_uri           = "https://us-east-1.console.aws.amazon.com/appflow/oauth"
  credentials_wo_version = 1
}

resource "connect_salesforce_event_flow" "cases" {
  name            = "cases"
  connection_name = connect_salesforce_connection.acme.name
}

resource "connect_salesforce_app_integration" "acme" {
  instance_id       = "11111111-2222-4333-8444-555555555555"
  name              = "Salesforce - Acme"
  application_url   = connect_salesforce_connection.acme.instance_url
  event_source_name = connect_salesforce_event_flow.cases.event_source_name
}

resource "connect_salesforce_case_rule" "urgent" {
  instance_id                = "11111111-2222-4333-8444-555555555555"
  integration_association_id = connect_salesforce_app_integration.acme.integration_association_id
  name                       = "urgent-cases"
  conditions                 = [{ field = "Priority", value = "High" }]
  task                       = { name = "Case", contact_flow_id = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee" }
}
"#;

/// A world with `examples/complete` in it, as the demo runs it.
fn complete() -> World {
    let world = World::empty();
    world.admin("POST", "/seed", json!("demo"));
    world.remove_file("provider.tf");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/complete");
    for name in ["main.tf", "outputs.tf", "variables.tf"] {
        let text = fs::read_to_string(examples.join(name)).expect("it is in the repository");
        world.write_file(name, &text);
    }
    world.set_env("AWS_ENDPOINT_URL", &world.url());
    world.set_env("TF_VAR_contact_flow_id", CONTACT_FLOW);
    world.set_secret("authorization_code", DEMO_CODE);
    world
}

#[test]
fn one_apply_makes_a_task_of_a_case_and_one_destroy_leaves_nothing() {
    let world = complete();
    // As people run it: in words, not in JSON.
    let run = world.terraform(&["apply", "-auto-approve", "-no-color"]);
    assert!(run.text().contains("Apply complete! Resources: 4 added"), "{run}");
    world.unset_secret("authorization_code");
    world.assert_settled();
    world.refresh();
    world.assert_settled();

    let case = json!({"org": "acme.my.salesforce.com", "fields": {
        "CaseNumber": "00001026", "Priority": "High", "Subject": "Where is my refund?",
    }});
    let tasks = world.admin("POST", "/cases", case)["tasks"].clone();
    assert_eq!(tasks.as_array().map(Vec::len), Some(1), "{tasks:#}");
    let task = tasks[0].to_string();
    for words in ["Case 00001026", "Where is my refund?", CONTACT_FLOW, INSTANCE] {
        assert!(task.contains(words), "{words} is not in {task}");
    }
    assert_eq!(world.case(json!({"Priority": "Low"})), [Value::Null; 0]);

    let run = world.terraform(&["destroy", "-auto-approve", "-no-color"]);
    assert!(run.text().contains("Destroy complete! Resources: 4 destroyed"), "{run}");
    world.assert_nothing_left();
}

#[test]
fn a_flow_that_is_not_enabled_makes_no_task() {
    let world = complete();
    let main = world.read_file("main.tf");
    world.write(main.replace(
        "  connection_name = connect_salesforce_connection.acme.name\n",
        "  connection_name = connect_salesforce_connection.acme.name\n  enabled = var.enabled\n",
    ));
    world.write_file("enabled.tf", "variable \"enabled\" {\n  default = false\n}\n");
    world.apply();
    world.unset_secret("authorization_code");
    world.assert_settled();
    assert_eq!(world.case(json!({"Priority": "High"})), [Value::Null; 0]);
    world.set_env("TF_VAR_enabled", "true");
    world.apply();
    assert_eq!(world.case(json!({"Priority": "High"})).len(), 1);
}

#[test]
fn replacing_the_flow_replaces_what_hangs_on_it_in_order() {
    let world = complete();
    world.apply();
    world.unset_secret("authorization_code");
    let main = world.read_file("main.tf");
    world.write(main.replace("\"salesforce-acme-cases\"", "\"salesforce-acme-events\""));
    let run = world.apply();
    let replaced: Vec<&str> = run.changes.keys().map(String::as_str).collect();
    assert_eq!(
        replaced,
        [
            "connect_salesforce_app_integration.acme",
            "connect_salesforce_case_rule.urgent",
            "connect_salesforce_event_flow.cases",
        ]
    );
    world.assert_settled();
    assert_eq!(world.inventory("event_buses").len(), 1);
    assert_eq!(world.case(json!({"Priority": "High"})).len(), 1);
}

#[test]
fn a_replacement_that_is_asked_for_replaces_what_hangs_on_the_flow() {
    let world = complete();
    world.apply();
    world.unset_secret("authorization_code");
    let replace = "-replace=connect_salesforce_event_flow.cases";
    let run = world.terraform(&["apply", "-json", "-auto-approve", replace]);
    run.assert_success();
    assert_eq!(run.changes.len(), 3, "{run}");
    world.assert_settled();
    assert_eq!(world.case(json!({"Priority": "High"})).len(), 1);
}

#[test]
fn a_configured_event_source_name_needs_a_lifecycle_and_the_error_says_so() {
    let world = World::new();
    world.set_secret("code", CODES[0]);
    let named = CHAIN.replace(
        "  name            = \"cases\"\n",
        &format!(
            "  name            = \"cases\"\n  event_source_name = {:?}\n  source_object = \
             var.source_object\n",
            source_name("cases")
        ),
    );
    let variable = "variable \"source_object\" {\n  default = \"CaseChangeEvent\"\n}\n";
    world.write(format!("{named}{variable}"));
    world.apply();
    world.set_env("TF_VAR_source_object", "AccountChangeEvent");
    let errors = world.apply_errors();
    let advice = "replace_triggered_by = [connect_salesforce_event_flow.";
    assert!(errors[0].detail.contains(advice), "{errors:#?}");
    let followed = named.replace(
        "  name              = \"Salesforce - Acme\"\n",
        "  name              = \"Salesforce - Acme\"\n  lifecycle {\n    replace_triggered_by = \
         [connect_salesforce_event_flow.cases]\n  }\n",
    );
    world.write(format!("{followed}{variable}"));
    let run = world.apply();
    assert_eq!(run.changes.len(), 3, "{run}");
    world.assert_settled();
}

#[test]
fn the_chain_keeps_to_the_rates_of_aws() {
    let world = World::new();
    world.switch(json!({"throttling": true}));
    world.set_secret("code", CODES[0]);
    world.write(CHAIN);
    world.apply();
    world.assert_settled();
    world.destroy();
    world.assert_nothing_left();
}

#[test]
fn the_example_is_formatted() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let examples = examples.to_str().expect("the repository's path is text");
    World::empty().terraform(&["fmt", "-check", "-diff", "-recursive", examples]).assert_success();
}
