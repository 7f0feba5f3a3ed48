//! One Salesforce org for Connect instances of two accounts, in two regions.

use serde_json::{Value, json};

use crate::chain::CHAIN;
use crate::harness::{ACCOUNT, CODES, CONTACT_FLOW, INSTANCE, ORG, World, core_version};

const OTHER_ACCOUNT: &str = "444455556666";
const OTHER_REGION: &str = "eu-west-1";
const THEIR_INSTANCE: &str = "99999999-2222-4333-8444-555555555555";
const THEIR_CONTACT_FLOW: &str = "99999999-bbbb-4ccc-8ddd-eeeeeeeeeeee";

const THEIR_CODE: &str =
    "variable \"their_code\" {\n  type = string\n  default = null\n  ephemeral = true\n}\n";

/// A world in which the other account has an instance too.
fn two_accounts() -> World {
    let world = World::new();
    world.admin(
        "POST",
        "/seed",
        json!({
            "account": OTHER_ACCOUNT,
            "region": OTHER_REGION,
            "instances": [{
                "alias": "acme-eu",
                "id": THEIR_INSTANCE,
                "contact_flows": [{"name": "Salesforce cases", "id": THEIR_CONTACT_FLOW}],
            }],
        }),
    );
    world.provider(&format!("allowed_account_ids = [{ACCOUNT:?}]"));
    world
}

/// The provider of the other account.
fn their_provider(world: &World, allowed: &str) -> String {
    world.provider_block(&format!(
        "alias = \"eu\"\n  region = {OTHER_REGION:?}\n  allowed_account_ids = [{allowed:?}]\n  \
         assume_role {{\n    role_arn = \"arn:aws:iam::{OTHER_ACCOUNT}:role/terraform\"\n  }}"
    ))
}

/// The chain of the other account, whose resources are called `eu`.
fn their_chain() -> String {
    let chain = CHAIN
        .replace("connection\" \"acme\"", "connection\" \"eu\"")
        .replace("flow\" \"cases\"", "flow\" \"eu\"")
        .replace("integration\" \"acme\"", "integration\" \"eu\"")
        .replace("rule\" \"urgent\"", "rule\" \"eu\"")
        .replace("_connection.acme", "_connection.eu")
        .replace("_flow.cases", "_flow.eu")
        .replace("_integration.acme", "_integration.eu")
        .replace("var.code", "var.their_code")
        .replace("us-east-1", OTHER_REGION)
        .replace(INSTANCE, THEIR_INSTANCE)
        .replace(CONTACT_FLOW, THEIR_CONTACT_FLOW);
    chain.replace("\" {\n", "\" {\n  provider = connect.eu\n")
}

fn write(world: &World, their_provider: &str) {
    world.write(format!("{their_provider}{THEIR_CODE}{CHAIN}{}", their_chain()));
}

#[test]
fn one_org_serves_instances_of_two_accounts_in_two_regions() {
    let world = two_accounts();
    world.set_secret("code", CODES[0]);
    world.set_secret("their_code", CODES[1]);
    write(&world, &their_provider(&world, OTHER_ACCOUNT));
    assert_eq!(world.apply().changes.len(), 8);
    // Plan and apply are two processes; what runs at once in one of them shares its login.
    let mut logins = world.requests_since(0);
    logins.retain(|it| it["operation"] == "AssumeRole");
    assert_eq!(logins.len(), 2, "{logins:#?}");
    world.unset_secret("code");
    world.unset_secret("their_code");
    world.assert_settled();

    let tasks = world.case(json!({"Priority": "High"}));
    let mut instances: Vec<&Value> = tasks.iter().map(|task| &task["instance_id"]).collect();
    instances.sort_by_key(|id| id.to_string());
    assert_eq!(instances, [INSTANCE, THEIR_INSTANCE]);

    import_again(&world);
    world.destroy();
    world.assert_nothing_left();
}

/// Forgets everything and imports it back, by ids that name their region.
fn import_again(world: &World) {
    let addresses = [
        ("connect_salesforce_connection", "acme"),
        ("connect_salesforce_event_flow", "cases"),
        ("connect_salesforce_app_integration", "acme"),
        ("connect_salesforce_case_rule", "urgent"),
    ];
    let imports: String = addresses
        .into_iter()
        .flat_map(|(kind, ours)| [(kind, ours, "us-east-1"), (kind, "eu", OTHER_REGION)])
        .map(|(kind, name, region)| {
            let state = world.state(&format!("{kind}.{name}"));
            let id = state["id"].as_str().expect("everything has an id");
            format!("import {{\n  to = {kind}.{name}\n  id = \"{id}@{region}\"\n}}\n")
        })
        .collect();
    world.forget_state();
    // What AWS cannot give back is left out: to set it anew would be a login.
    let main = world.read_file("main.tf");
    let known = |line: &&str| {
        !["authorization_code_wo ", "redirect_uri ", "credentials_wo_version "]
            .iter()
            .any(|argument| line.trim_start().starts_with(argument))
    };
    let known: Vec<&str> = main.lines().filter(known).collect();
    world.write(format!("{}\n{imports}", known.join("\n")));
    let run = world.apply();
    assert_eq!(run.imports.len(), 8, "{run}");
    assert!(run.changes.is_empty(), "an import must change nothing:\n{run}");
    world.assert_settled();
}

#[test]
fn a_role_of_an_account_that_is_not_allowed_is_refused_before_anything_happens() {
    let world = two_accounts();
    write(&world, &their_provider(&world, "999999999999"));
    let before = world.latest_request();
    let errors = world.apply_errors();
    assert!(errors.iter().any(|it| it.detail.contains(OTHER_ACCOUNT)), "{errors:#?}");
    assert_eq!(world.writes_since(before), [""; 0]);
    let asked = world.requests_since(before);
    let theirs = asked.iter().filter(|it| it["account"] == OTHER_ACCOUNT);
    let beyond_sts: Vec<_> = theirs.filter(|it| it["service"] != "sts").collect();
    assert!(beyond_sts.is_empty(), "{beyond_sts:#?}");
}

#[test]
fn an_import_of_another_accounts_object_is_refused() {
    let world = World::new();
    world.aws().make_connection("salesforce-acme", ORG);
    let arn =
        |account| format!("arn:aws:appflow:us-east-1:{account}:connectorprofile/salesforce-acme");
    let resource = "resource \"connect_salesforce_connection\" \"acme\" {\n  \
        name = \"salesforce-acme\"\n  instance_url = \"https://acme.my.salesforce.com\"\n}\n";
    let write = |key: &str| {
        let to = "connect_salesforce_connection.acme";
        world.write(format!("import {{\n  to = {to}\n  {key}\n}}\n{resource}"));
    };
    write(&format!("id = {:?}", arn(ACCOUNT)));
    assert_eq!(world.plan().imports.len(), 1);
    let identity =
        format!("identity = {{ name = \"salesforce-acme\", account_id = {OTHER_ACCOUNT:?} }}");
    let theirs = [format!("id = {:?}", arn(OTHER_ACCOUNT)), identity];
    let understood = if core_version() < (1, 12) { 1 } else { 2 };
    for key in &theirs[..understood] {
        write(key);
        let errors = world.plan_errors();
        let told = format!("names the account_id {OTHER_ACCOUNT}");
        assert!(errors[0].detail.contains(&told), "{errors:#?}");
    }
}
