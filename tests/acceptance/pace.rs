//! Refreshes of many objects at Connect's pace.

use serde_json::{Value, json};

use crate::harness::{Action, Crowd, INSTANCE, World};

/// Connect's answers since then, as operation and error code.
fn connect_since(world: &World, request: u64) -> Vec<(String, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut requests = world.requests_since(request);
    requests.retain(|it| it["service"] == "connect");
    requests
        .iter()
        .map(|it| (text(&it["operation"]).unwrap_or_default(), text(&it["code"])))
        .collect()
}

#[test]
fn a_refresh_of_500_rules_and_10_integrations_takes_no_more_than_30_requests() {
    let world = Crowd { rules: 500, integrations: 10 }.applied();
    // No operation needs more than its share, however fast it all goes.
    world.switch(json!({"throttling": true, "connect_rate": 0.001, "connect_burst": 12}));
    let before = world.latest_request();
    world.assert_settled();
    let asked = connect_since(&world, before);
    assert!(asked.len() <= 30, "{} requests: {asked:#?}", asked.len());
    assert!(asked.iter().all(|(_, code)| code.is_none()), "{asked:#?}");
    let mut to_sts = world.requests_since(before);
    to_sts.retain(|it| it["service"] == "sts");
    assert!(to_sts.len() <= 1, "who we are is asked once: {to_sts:#?}");

    // What someone changed is found all the same, with one request more.
    let rule = world.inventory("rules")[321]["id"].as_str().expect("it has an id").to_owned();
    world.switch(json!({"throttling": false}));
    world.edit("edit_rule", &rule, json!({"PublishStatus": "DRAFT", "tags": {"by": "hand"}}));
    let before = world.latest_request();
    let run = world.plan();
    assert_eq!(run.changes.values().collect::<Vec<_>>(), [&Action::Update], "{run}");
    let asked = connect_since(&world, before).len();
    assert!(asked <= 31, "{asked} requests");
}

/// A world with imported rules.
fn imported(count: usize) -> World {
    let world = World::new();
    let association = world.aws().make_chain(INSTANCE);
    for number in 0..count {
        world.aws().make_rule(&format!("rule-{number}"), &association.id);
    }
    let imports = world.inventory("rules").into_iter().enumerate().map(|(number, rule)| {
        let id = rule["id"].as_str().expect("it has an id");
        format!(
            "import {{\n  to = connect_salesforce_case_rule.a{number}\n  id = \"{INSTANCE},{id}\"\n}}\n"
        )
    });
    world.write(imports.collect::<String>());
    world.terraform(&["plan", "-json", "-generate-config-out=rules.tf"]).assert_success();
    let run = world.apply();
    assert_eq!((run.imports.len(), run.changes.len()), (count, 0), "{run}");
    world
}

/// How often a plan that changes nothing describes a rule and searches for rules.
fn described_and_searched(world: &World) -> [usize; 2] {
    let before = world.latest_request();
    world.assert_settled();
    let asked = connect_since(world, before);
    ["DescribeRule", "SearchRules"]
        .map(|wanted| asked.iter().filter(|(operation, _)| operation == wanted).count())
}

#[test]
fn imported_rules_share_one_search() {
    assert_eq!(described_and_searched(&imported(6)), [1, 1]);
}

#[test]
fn one_rule_is_asked_for_itself() {
    assert_eq!(described_and_searched(&imported(1)), [1, 0]);
}

#[test]
fn without_permission_to_search_rules_are_asked_for_one_by_one() {
    let world = imported(6);
    world.admin("PUT", "/deny", json!({"actions": ["connect:SearchRules"]}));
    assert_eq!(described_and_searched(&world), [6, 1]);
}

#[test]
fn a_search_that_lags_behind_our_changes_shows_nothing_going_back() {
    let world = imported(6);
    world.switch(json!({"rule_change_hidden_searches": 3}));
    world.provider("default_tags {\n    tags = { team = \"cases\" }\n  }");
    assert_eq!(world.apply().changes.len(), 6);
    // All six are asked for: the search does not know their tags yet.
    assert_eq!(described_and_searched(&world), [6, 1]);
    let generated = world.read_file("rules.tf");
    world.write_file("rules.tf", &generated.replace("\"High\"", "\"Low\""));
    assert_eq!(world.apply().changes.len(), 6);
    assert_eq!(described_and_searched(&world), [6, 1]);
}
