//! `connect_salesforce_app_integration`: event integration, association and use cases.

use serde_json::{Value, json};

use crate::harness::Expected::{Nothing, Recorded, Refused, Replaced, ReplacementPlanned, Updated};
use crate::harness::{
    ACCOUNT, Action, Block, Change, INSTANCE, Imports, ORG, OTHER_INSTANCE, Table, World,
    source_name,
};

const ADDRESS: &str = "connect_salesforce_app_integration.acme";

fn app_integration() -> Block {
    Block::new(
        "connect_salesforce_app_integration",
        "acme",
        &[
            ("instance_id", &format!("{INSTANCE:?}")),
            ("name", r#""Salesforce - Acme""#),
            ("application_url", r#""https://acme.lightning.force.com""#),
            ("event_source_name", &format!("{:?}", source_name("cases"))),
        ],
    )
}

/// A world with an event source and bus that someone else made.
fn evented() -> World {
    let world = World::new();
    world.aws().make_connection("salesforce-acme", ORG);
    world.aws().make_event_source("cases", "salesforce-acme");
    world
}

/// A world with the integration in it.
fn integrated() -> World {
    let world = evented();
    world.write(app_integration());
    world.apply();
    world
}

/// Event integration, association and use cases as AWS has them.
fn observe(world: &World) -> Value {
    let state = world.state(ADDRESS);
    let text = |name: &str| state[name].as_str().unwrap_or_default().to_owned();
    let instance = text("instance_id");
    let instance = instance.rsplit('/').next().unwrap_or_default();
    let associations = world.aws().associations(instance);
    json!({
        "integration": world.aws().event_integration(&text("event_integration_name")),
        "use_cases": world.aws().use_cases(instance, &text("integration_association_id")),
        "tags": world.aws().tags(&text("arn")),
        "use_case": world.inventory("use_cases").first(),
        "association": associations.first(),
        "associations": associations.len(),
    })
}

#[test]
fn an_integration_comes_stays_and_goes() {
    let world = evented();
    world.write(app_integration());
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Create));
    world.assert_settled();
    world.refresh();
    world.assert_settled();
    let state = world.state(ADDRESS);
    let association = state["integration_association_id"].as_str().expect("it has one").to_owned();
    assert_eq!(state["id"], format!("{INSTANCE},{association}"));
    assert_eq!(
        state["arn"],
        format!(
            "arn:aws:connect:us-east-1:{ACCOUNT}:instance/{INSTANCE}/integration-association/\
             {association}"
        )
    );
    assert_eq!(state["event_bus_name"], source_name("cases"));
    let name = state["event_integration_name"].as_str().expect("it has one");
    assert!(name.starts_with("salesforce-acme-"), "{name}");
    assert_eq!(
        state["integration_arn"],
        format!("arn:aws:app-integrations:us-east-1:{ACCOUNT}:event-integration/{name}")
    );
    assert!(state["use_case_ids"]["RULES_EVALUATION"].is_string());
    assert_eq!(state["event_bridge_rule_name"], format!("AmazonConnect-{association}"));
    let seen = observe(&world);
    assert_eq!(seen["integration"]["Tags"], json!({}), "no marker stays behind");
    assert_eq!(seen["association"]["SourceApplicationName"], "Salesforce - Acme");
    world.destroy();
    for kind in ["event_integrations", "integration_associations", "use_cases", "event_rules"] {
        assert_eq!(world.inventory(kind), [Value::Null; 0], "{kind}");
    }
    assert_eq!(world.inventory("event_buses").len(), 1, "what others made stays");
}

#[test]
fn each_argument_changes_as_aws_allows() {
    let world = evented();
    let other_source = world.aws().make_event_source("other", "salesforce-acme");
    let theirs = world.aws().make_event_integration("theirs", &other_source);
    let others = format!("{other_source:?}");
    let instance_arn = format!("arn:aws:connect:us-east-1:{ACCOUNT}:instance/{INSTANCE}");
    Table { world: &world, base: app_integration(), rest: "", observe: &observe }.walk(vec![
        Change::of("instance_id", &format!("{OTHER_INSTANCE:?}"))
            .is(Replaced)
            .shows("/association/InstanceId", json!(OTHER_INSTANCE)),
        Change::of("instance_id", &format!("{instance_arn:?}")).is(Nothing),
        Change::of("name", r#""Acme cases""#)
            .is(Replaced)
            .shows("/association/SourceApplicationName", json!("Acme cases"))
            .shows("/associations", json!(1)),
        Change::of("application_url", r#""https://acme.my.salesforce.com""#)
            .is(Replaced)
            .shows("/association/SourceApplicationUrl", json!("https://acme.my.salesforce.com")),
        Change::of("event_source_name", &others)
            .is(Replaced)
            .shows("/integration/EventFilter/Source", json!(other_source))
            .shows("/integration/EventBridgeBus", json!(other_source)),
        Change::of("event_bus_name", &others)
            .is(Replaced)
            .shows("/integration/EventBridgeBus", json!(other_source)),
        Change::of("event_bus_name", &format!("{:?}", source_name("cases"))).is(Nothing),
        Change::of("event_integration_arn", &format!("{theirs:?}"))
            .and("event_source_name", "")
            .is(Replaced)
            .shows("/association/IntegrationArn", json!(theirs)),
        Change::of("event_integration_name", r#""acme/cases""#).is(ReplacementPlanned),
        Change::of("event_integration_name", r#""acme-cases""#)
            .is(Replaced)
            .shows("/integration/Name", json!("acme-cases")),
        Change::of("event_integration_description", r#""Cases""#)
            .is(Updated)
            .shows("/integration/Description", json!("Cases")),
        Change::of("event_integration_description", r#""New""#)
            .from("event_integration_description", r#""Old""#)
            .is(Updated)
            .shows("/integration/Description", json!("New")),
        Change::of("event_integration_description", "")
            .from("event_integration_description", r#""Old""#)
            .is(Updated)
            .shows("/integration/Description", Value::Null),
        Change::of("use_cases", r#"["CONNECT_CAMPAIGNS", "RULES_EVALUATION"]"#)
            .is(Updated)
            .shows("/use_cases", json!(["CONNECT_CAMPAIGNS", "RULES_EVALUATION"])),
        Change::of("use_cases", "[]").is(Updated).shows("/use_cases", json!([])),
        Change::of("use_cases", "")
            .from("use_cases", r#"["CONNECT_CAMPAIGNS"]"#)
            .is(Updated)
            .shows("/use_cases", json!(["RULES_EVALUATION"])),
        Change::of("tags", r#"{ team = "cases", "Kosten stelle" = "7 (b)" }"#)
            .is(Updated)
            .shows("/tags", json!({"team": "cases", "Kosten stelle": "7 (b)"}))
            .shows("/integration/Tags/team", json!("cases"))
            .shows("/use_case/tags/team", json!("cases")),
        Change::of("tags", "")
            .from("tags", r#"{ team = "cases" }"#)
            .is(Updated)
            .shows("/tags", json!({}))
            .shows("/integration/Tags", json!({}))
            .shows("/use_case/tags", json!({})),
        Change::of("region", r#""us-east-1""#).is(Nothing),
        Change::of("region", r#""eu-west-1""#).is(ReplacementPlanned),
        Change::of("timeouts", r#"{ update = "1h" }"#).is(Recorded),
        Change::of("event_source_name", "")
            .is(Refused("", "The integration needs an event source")),
    ]);
}

#[test]
fn an_event_integration_of_others_is_used_and_never_deleted() {
    let world = evented();
    let arn = world.aws().make_event_integration("theirs", &source_name("cases"));
    let block = app_integration()
        .with("event_source_name", "")
        .with("event_integration_arn", &format!("{arn:?}"));
    world.write(&block);
    world.apply();
    world.assert_settled();
    // Both may be set if they agree.
    world.write(block.clone().with("event_source_name", &format!("{:?}", source_name("cases"))));
    world.assert_settled();
    world.write(block.with("tags", r#"{ team = "cases" }"#));
    world.apply();
    assert_eq!(observe(&world)["integration"]["Tags"], json!({}), "it is never tagged");
    world.destroy();
    assert_eq!(world.inventory("event_integrations").len(), 1);
}

#[test]
fn an_owned_event_integration_is_handed_over_in_place() {
    let world = integrated();
    let arn = world.state(ADDRESS)["integration_arn"].as_str().expect("an ARN").to_owned();
    let referenced = app_integration().with("event_integration_arn", &format!("{arn:?}"));
    world.write(&referenced);
    let before = world.latest_request();
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Update));
    assert_eq!(world.writes_since(before), [""; 0]);
    world.assert_settled();
    world.destroy();
    assert_eq!(world.inventory("event_integrations").len(), 1, "it is not ours any more");
}

#[test]
fn an_import_of_ours_changes_nothing() {
    let world = evented();
    let full = app_integration()
        .with("event_integration_name", r#""acme-cases""#)
        .with("event_integration_description", r#""Cases""#)
        .with("use_cases", r#"["RULES_EVALUATION", "CONNECT_CAMPAIGNS"]"#)
        .with("tags", r#"{ team = "cases" }"#);
    world.write(&full);
    world.apply();
    let state = world.state(ADDRESS);
    let text = |name: &str| state[name].as_str().unwrap_or_default().to_owned();
    Imports {
        world: &world,
        minimal: full.clone().with("event_integration_name", ""),
        full: Some(full),
        ids: vec![text("id"), text("arn"), format!("{}@us-east-1", text("id"))],
        identity: format!(
            "{{ instance_id = {INSTANCE:?}, integration_association_id = {:?} }}",
            text("integration_association_id")
        ),
    }
    .walk();
    world.destroy();
    assert_eq!(world.inventory("event_integrations"), [Value::Null; 0], "it is owned again");
}

#[test]
fn an_import_from_the_console_changes_nothing() {
    let world = World::new();
    let made = world.admin("POST", "/console", json!({"instance": "acme", "org": ORG}));
    let id =
        format!("{INSTANCE},{}", made["integration_association_id"].as_str().expect("it made one"));
    Imports {
        world: &world,
        minimal: app_integration()
            .with("name", r#""Salesforce acme""#)
            .with("application_url", r#""https://acme.my.salesforce.com""#)
            .with("event_source_name", &made["event_source"].to_string()),
        full: None,
        ids: vec![
            id.clone(),
            made["integration_association_arn"].as_str().expect("it has one").into(),
            format!("{id}@us-east-1"),
        ],
        identity: format!(
            "{{ instance_id = {INSTANCE:?}, integration_association_id = {} }}",
            made["integration_association_id"]
        ),
    }
    .walk();
}

#[test]
fn an_import_of_a_shared_event_integration_warns() {
    let world = evented();
    let first = world.aws().make_association(INSTANCE, "shared", &source_name("cases"));
    world.aws().associate(OTHER_INSTANCE, &first.event_integration_arn, "shared");
    let block = app_integration().with("name", r#""shared""#);
    world.write(format!(
        "import {{\n  to = {ADDRESS}\n  id = {:?}\n}}\n{block}",
        format!("{INSTANCE},{}", first.id)
    ));
    let run = world.apply();
    run.warning("The event integration has other clients");
    assert!(run.changes.is_empty(), "{run}");
    world.write(block);
    let errors = world.try_destroy().into_errors();
    assert!(errors[0].detail.contains("event_integration_arn = "), "{errors:#?}");
    assert_eq!(world.inventory("integration_associations").len(), 2, "nothing is deleted half");
}

#[test]
fn what_disappears_is_made_again() {
    let world = integrated();
    let association = world.state(ADDRESS)["integration_association_id"].clone();
    let association = association.as_str().expect("it has one");

    world.drift("delete_use_case", association);
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Update));
    world.assert_settled();
    assert_eq!(observe(&world)["use_cases"], json!(["RULES_EVALUATION"]));

    world.admin(
        "POST",
        "/console/disconnect",
        json!({
            "instance_id": INSTANCE, "integration_association_id": association,
        }),
    );
    let run = world.apply();
    assert_eq!(run.action(ADDRESS), Some(Action::Replace));
    world.assert_settled();
    assert_eq!(world.inventory("event_integrations").len(), 1);
}

#[test]
fn an_association_that_lists_miss_for_a_moment_is_not_gone() {
    let world = integrated();
    world.admin(
        "POST",
        "/drift",
        json!({
            "kind": "hide_associations", "target": "acme", "reads": 2,
        }),
    );
    world.assert_settled();
}

#[test]
fn a_rule_of_connects_that_is_gone_or_disabled_is_warned_of() {
    let world = integrated();
    let rule = world.state(ADDRESS)["event_bridge_rule_name"].clone();
    let rule = rule.as_str().expect("it has one");
    for (kind, summary) in [
        ("disable_event_rule", "The integration's rule is disabled"),
        ("delete_event_rule", "The integration's rule is missing"),
    ] {
        world.drift(kind, rule);
        let run = world.plan();
        assert!(run.is_empty(), "{run}");
        assert!(run.warning(summary).detail.contains(rule), "{run}");
    }
}

#[test]
fn a_new_association_may_stay_out_of_lists_for_a_moment() {
    let world = evented();
    world.switch(json!({"new_association_hidden_reads": 2}));
    world.write(app_integration());
    world.apply();
    world.assert_settled();
}

#[test]
fn edits_by_hand_are_undone() {
    let world = evented();
    world.write(app_integration().with("event_integration_description", r#""Cases""#));
    world.apply();
    let name = world.state(ADDRESS)["event_integration_name"].clone();
    let name = name.as_str().expect("it has one");
    world.edit("edit_event_integration", name, json!({"Description": "By hand"}));
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Update));
    world.assert_settled();
    assert_eq!(observe(&world)["integration"]["Description"], "Cases");
}

#[test]
fn a_source_that_is_not_active_is_refused_with_the_reason() {
    let world = evented();
    world.aws().make_flow("pending", "salesforce-acme");
    world.aws().make_event_source("gone", "salesforce-acme");
    world.drift("delete_flow", "gone");
    for (source, words) in [
        ("pending", "has no event bus yet"),
        ("gone", "was deleted by AppFlow"),
        ("no", "does not exist"),
    ] {
        world.write(
            app_integration().with("event_source_name", &format!("{:?}", source_name(source))),
        );
        let errors = world.apply_errors();
        assert!(errors[0].detail.contains(words), "{errors:#?}");
        assert_eq!(errors[0].argument(), "event_source_name");
    }
    assert_eq!(world.inventory("event_integrations"), [Value::Null; 0]);
}

#[test]
fn rules_that_lose_their_trigger_are_named() {
    let world = integrated();
    let association = world.state(ADDRESS)["integration_association_id"].clone();
    world.aws().make_rule("urgent-cases", association.as_str().expect("it has one"));
    let run = world.destroy();
    assert!(run.warning("Rules have lost their trigger").detail.contains("urgent-cases"), "{run}");
}
