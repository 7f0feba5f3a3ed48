//! Refreshes of many objects at Connect's pace.

use serde_json::{Value, json};

use crate::harness::{Action, Crowd, World};

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
