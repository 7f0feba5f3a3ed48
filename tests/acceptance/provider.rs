//! The provider block: credentials, region, accounts, tags; and the instance data source.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::chain;
use crate::harness::{
    ACCOUNT, Action, CODES, INSTANCE, ORG, OTHER_INSTANCE, SECRET_KEY, World, source_name,
};

const FLOW: &str = "connect_salesforce_event_flow.cases";

fn event_flow(arguments: &str) -> String {
    format!(
        r#"
resource "connect_salesforce_event_flow" "cases" {{
  name            = "cases"
  connection_name = "salesforce-acme"
  {arguments}
}}
"#
    )
}

fn connected() -> World {
    let world = World::new();
    world.aws().make_connection("salesforce-acme", ORG);
    world
}

#[test]
fn an_instance_is_found_by_alias_and_by_id() {
    let world = World::new();
    world.write(format!(
        "data \"connect_instance\" \"by_alias\" {{\n  alias = \"acme\"\n}}\n\
         data \"connect_instance\" \"by_id\" {{\n  id = {OTHER_INSTANCE:?}\n}}\n"
    ));
    world.apply();
    let by_alias = world.state("data.connect_instance.by_alias");
    assert_eq!(by_alias["id"], INSTANCE);
    assert_eq!(by_alias["arn"], format!("arn:aws:connect:us-east-1:{ACCOUNT}:instance/{INSTANCE}"));
    assert_eq!(by_alias["status"], "ACTIVE");
    assert_eq!(by_alias["region"], "us-east-1");
    assert_eq!(world.state("data.connect_instance.by_id")["alias"], "globex");
}

#[test]
fn an_instance_that_is_not_there_lists_those_that_are() {
    let world = World::new();
    world.write("data \"connect_instance\" \"main\" {\n  alias = \"initech\"\n}\n");
    let errors = world.plan_errors();
    assert_eq!(errors[0].argument(), "alias");
    for words in [&format!("acme ({INSTANCE})"), &format!("globex ({OTHER_INSTANCE})")] {
        assert!(errors[0].detail.contains(words), "{errors:#?}");
    }
    world.write(
        "data \"connect_instance\" \"main\" {\n  alias  = \"acme\"\n  region = \"eu-west-1\"\n}\n",
    );
    assert!(world.plan_errors()[0].detail.contains("no instance in eu-west-1"));
    world.write("data \"connect_instance\" \"main\" {}\n");
    assert_eq!(world.plan_errors()[0].summary, "Which instance?");
    world.write(format!(
        "data \"connect_instance\" \"main\" {{\n  alias = \"acme\"\n  id = {INSTANCE:?}\n}}\n"
    ));
    assert_eq!(world.plan_errors()[0].argument(), "id");
}

#[test]
fn without_credentials_or_region_the_error_is_clear_and_quick() {
    let world = connected();
    world.write(event_flow(""));
    world.unset_env("AWS_ACCESS_KEY_ID");
    world.unset_env("AWS_SECRET_ACCESS_KEY");
    world.set_env("AWS_EC2_METADATA_DISABLED", "false");
    let start = Instant::now();
    let errors = world.plan_errors();
    let took = start.elapsed();
    let text = format!("{errors:#?}");
    assert!(text.contains("credentials"), "{text}");
    // Two seconds of the provider's, and the start of Terraform and of two plugin processes.
    assert!(took < Duration::from_secs(5), "it took {took:?}");

    world.set_env("AWS_ACCESS_KEY_ID", "AKIAEMULATOR00000001");
    world.set_env("AWS_SECRET_ACCESS_KEY", SECRET_KEY);
    world.provider("region = null");
    let errors = world.plan_errors();
    let text = format!("{errors:#?}");
    assert!(text.contains("region") && text.contains("AWS_REGION"), "{text}");
    world.set_env("AWS_REGION", "us-east-1");
    world.plan();
}

#[test]
fn credentials_in_the_provider_block_stay_there() {
    let world = connected();
    world.unset_env("AWS_ACCESS_KEY_ID");
    world.unset_env("AWS_SECRET_ACCESS_KEY");
    world.set_secret("secret_key", SECRET_KEY);
    world.provider("access_key = \"AKIAEMULATOR00000001\"\nsecret_key = var.secret_key");
    world.write(event_flow(""));
    world.plan();
    world.apply();
    world.assert_settled();
}

#[test]
fn other_accounts_are_refused_before_anything_happens() {
    let world = connected();
    world.write(event_flow(""));
    for (guard, refused) in [
        ("allowed_account_ids = [\"444455556666\"]", true),
        ("forbidden_account_ids = [\"111122223333\"]", true),
        ("allowed_account_ids = [\"111122223333\"]", false),
    ] {
        world.provider(guard);
        let before = world.latest_request();
        let run = world.try_plan();
        assert_eq!(!run.succeeded(), refused, "{guard}: {run}");
        if refused {
            assert!(run.text().contains(ACCOUNT), "{run}");
        }
        assert_eq!(world.writes_since(before), [""; 0]);
    }
}

#[test]
fn what_the_provider_block_does_not_know_yet_is_no_error() {
    let world = connected();
    world.provider("region = terraform_data.region.output");
    world.write(format!(
        "resource \"terraform_data\" \"region\" {{\n  input = \"us-east-1\"\n}}\n{}",
        event_flow("")
    ));
    assert_eq!(world.plan().action(FLOW), Some(Action::Create));
    world.apply();
    world.assert_settled();
}

#[test]
fn a_changed_region_is_an_error_with_both_ways_out() {
    let world = connected();
    world.write(event_flow(""));
    world.apply();
    world.provider("region = \"eu-west-1\"");
    let errors = world.plan_errors();
    assert_eq!(errors[0].summary, "The provider's region has changed");
    assert_eq!(errors[0].address, FLOW);
    for way in ["region = \"us-east-1\"", "region = \"eu-west-1\""] {
        assert!(errors[0].detail.contains(way), "{errors:#?}");
    }
    world.write(event_flow("region = \"us-east-1\""));
    world.assert_settled();
    world.write(event_flow("region = \"eu-west-1\""));
    assert_eq!(world.plan().action(FLOW), Some(Action::Replace));
    // Without the object, no region is wrong.
    world.write("");
    world.destroy();
}

#[test]
fn default_tags_are_under_a_resources_own() {
    let world = connected();
    let tags = |tags: &str| format!("default_tags {{\n  tags = {tags}\n}}");
    world.provider(&tags(r#"{ team = "cases", stage = "test" }"#));
    world.write(event_flow(r#"tags = { stage = "live" }"#));
    world.apply();
    world.assert_settled();
    let live = json!({"team": "cases", "stage": "live"});
    assert_eq!(world.state(FLOW)["tags_all"], live);
    assert_eq!(world.state(FLOW)["tags"], json!({"stage": "live"}));
    assert_eq!(world.aws().flow("cases")["tags"], live);
    assert_eq!(world.aws().bus(&source_name("cases"))["Tags"], live);

    // Moved between the two without a difference, a tag changes nothing in AWS.
    world.provider(&tags(r#"{ team = "cases", stage = "live" }"#));
    world.write(event_flow(r#"tags = { stage = "live" }"#));
    world.assert_settled();
    world.write(event_flow(""));
    let before = world.latest_request();
    world.apply();
    assert_eq!(world.writes_since(before), [""; 0]);
    world.assert_settled();

    world.provider(&tags(r#"{ team = "calls" }"#));
    assert_eq!(world.apply().action(FLOW), Some(Action::Update));
    world.assert_settled();
    assert_eq!(world.aws().flow("cases")["tags"], json!({"team": "calls"}));

    world.provider(&tags(r#"{ "cost centre" = "7" }"#));
    let errors = world.plan_errors();
    assert!(errors[0].detail.contains("default_tags"), "{errors:#?}");
}

#[test]
fn default_tags_that_are_not_known_yet_open_only_their_own_value() {
    let world = connected();
    world.provider("default_tags {\n  tags = { team = terraform_data.team.output, a = \"b\" }\n}");
    world.write(format!(
        "resource \"terraform_data\" \"team\" {{\n  input = \"cases\"\n}}\n{}",
        event_flow(r#"tags = { stage = "test" }"#)
    ));
    world.plan();
    let shown = world.terraform(&["show", "-json", "plan.bin"]).text();
    let plan: Value = serde_json::from_str(&shown).expect("a plan is JSON");
    let changes = plan["resource_changes"].as_array().cloned().unwrap_or_default();
    let flow = changes.iter().find(|it| it["address"] == FLOW).expect("the flow is planned");
    assert_eq!(flow["change"]["after"]["tags_all"], json!({"a": "b", "stage": "test"}));
    assert_eq!(flow["change"]["after_unknown"]["tags_all"], json!({"team": true}));
    world.apply();
    world.assert_settled();
}

#[test]
fn ignored_tags_belong_to_others() {
    let world = connected();
    world.provider("ignore_tags {\n  keys = [\"owner\"]\n  key_prefixes = [\"audit:\"]\n}");
    world.write(event_flow(r#"tags = { team = "cases" }"#));
    world.apply();
    let all = json!({"team": "cases", "owner": "someone", "audit:at": "noon", "aws:x": "y"});
    world.edit("edit_flow", "cases", json!({ "tags": all }));
    world.assert_settled();
    assert_eq!(world.state(FLOW)["tags_all"], json!({"team": "cases"}));
    world.write(event_flow(""));
    world.apply();
    world.assert_settled();
    assert_eq!(
        world.aws().flow("cases")["tags"],
        json!({"owner": "someone", "audit:at": "noon", "aws:x": "y"})
    );
}

#[test]
fn a_role_that_may_only_read_validates_plans_refreshes_and_imports() {
    let world = World::new();
    world.set_secret("code", CODES[0]);
    world.write(chain::CHAIN);
    world.deny_writes();
    world.terraform(&["validate", "-json"]).assert_success();
    assert_eq!(world.plan().changes.len(), 4);
    world.deny_nothing();
    world.apply();
    world.deny_writes();
    world.assert_settled();
    world.refresh();
    world.assert_settled();

    let addresses = [
        "connect_salesforce_connection.acme",
        "connect_salesforce_event_flow.cases",
        "connect_salesforce_app_integration.acme",
        "connect_salesforce_case_rule.urgent",
    ];
    let imports: String = addresses
        .iter()
        .map(|to| format!("import {{\n  to = {to}\n  id = {}\n}}\n", world.state(to)["id"]))
        .collect();
    world.forget_state();
    world.write(&imports);
    let run = world.terraform(&["plan", "-json", "-generate-config-out=generated.tf"]);
    run.assert_success();
    assert_eq!(run.imports.len(), 4, "{run}");
    assert!(run.changes.is_empty(), "{run}");
}

#[test]
fn a_denied_supporting_read_keeps_what_was_known_and_warns() {
    let world = World::new();
    world.set_secret("code", CODES[0]);
    world.write(chain::CHAIN);
    world.apply();
    world.unset_secret("code");
    for action in [
        "events:DescribeEventBus",
        "events:DescribeEventSource",
        "connect:ListTagsForResource",
        "connect:ListUseCases",
        "app-integrations:GetEventIntegration",
        "app-integrations:ListEventIntegrationAssociations",
    ] {
        world.admin("PUT", "/deny", json!({ "actions": [action] }));
        let run = world.plan();
        assert!(run.changes.is_empty(), "{action}: {run}");
        let told = run.warnings().iter().any(|it| it.detail.contains(action));
        assert!(told, "{action} must be named: {run}");
    }
}
