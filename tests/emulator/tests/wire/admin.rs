//! The admin API: seeds, console, drift, snapshots, logs.

use serde_json::{Value, json};

use crate::aws::{Aws, CONTACT_FLOW, INSTANCE, ORG};
use crate::chain::{FLOW, function, profile, rule, text, tokens};

fn console(aws: &Aws, options: Value) -> Value {
    let mut request = json!({"instance": "acme", "org": ORG});
    let object = request.as_object_mut().expect("an object");
    object.extend(options.as_object().cloned().into_iter().flatten());
    aws.admin("POST", "/console", request)
}

#[test]
fn the_console_makes_a_working_chain() {
    let aws = Aws::new();
    let made = console(
        &aws,
        json!({
            "friendly_name": "Acme Salesforce",
            "error_bucket": "acme-case-errors",
            "tags": {"team": "a"},
            "rule": {
                "Name": "all-cases",
                "PublishStatus": "PUBLISHED",
                "Function": function(json!([])),
                "Actions": rule("")["Actions"],
            },
        }),
    );
    assert_eq!(made["connector_profile"], "amazon-connect-salesforce-acme");
    assert_eq!(made["flow"], "amazon-connect-salesforce-to-eventbridge-acme");
    assert_eq!(aws.case("Low"), ["Case 00042"]);
    let flow = aws.appflow("describe-flow", json!({"flowName": made["flow"]})).expect("flow");
    assert_eq!(flow["tags"], json!({"team": "a"}));
    assert_eq!(flow["flowStatus"], "Active");
    let inventory = aws.admin("GET", "/inventory", Value::Null);
    assert_eq!(inventory["count"], 9);
    assert_eq!(aws.admin("GET", "/credentials", Value::Null)[0]["deliveries"], json!([]));
}

#[test]
fn removing_a_connection_leaves_orphans() {
    let aws = Aws::new();
    let made = console(&aws, json!({"source_suffix": "other", "event_integration_name": "named"}));
    assert!(text(&made, "event_source").ends_with("/other"));
    aws.admin(
        "POST",
        "/console/disconnect",
        json!({
            "instance_id": INSTANCE,
            "integration_association_id": made["integration_association_id"],
        }),
    );
    let left =
        aws.admin("GET", "/inventory", Value::Null)["places"]["111122223333/us-east-1"].clone();
    for (kind, count) in [
        ("connector_profiles", 1),
        ("flows", 1),
        ("event_sources", 1),
        ("event_buses", 1),
        ("event_rules", 0),
        ("event_integrations", 1),
        ("integration_associations", 0),
        ("use_cases", 0),
    ] {
        assert_eq!(left[kind].as_array().map(Vec::len), Some(count), "{kind}");
    }
    let again = console(
        &aws,
        json!({"existing_event_source": made["event_source"], "event_integration_name": "again"}),
    );
    assert_eq!(again["event_source"], made["event_source"]);
}

#[test]
fn the_console_is_not_slowed_by_switches() {
    let aws = Aws::with(json!({"event_source_delay_reads": 3, "new_association_hidden_reads": 3}));
    console(&aws, json!({}));
    let switches = aws.admin("GET", "/switches", Value::Null);
    assert_eq!(switches["event_source_delay_reads"], 3);
}

#[test]
fn credentials_arrive_as_fingerprints() {
    let aws = Aws::new();
    aws.appflow("create-connector-profile", profile(tokens())).expect("profile");
    let deliveries = aws.admin("GET", "/credentials", Value::Null)[0]["deliveries"].clone();
    assert_eq!(deliveries[0]["operation"], "CreateConnectorProfile");
    // The first 16 digits of SHA-256 of "access" and "refresh".
    assert_eq!(
        deliveries[0]["fields"],
        json!({"accessToken": "a0561fd649cdb6ba", "refreshToken": "d6cc0a088c07683c"})
    );
}

#[test]
fn requests_are_logged_and_filtered() {
    let aws = Aws::new();
    aws.create_profile().expect("profile");
    let _ = aws.describe_flow();
    let all = aws.admin("GET", "/requests", Value::Null);
    assert_eq!(all.as_array().map(Vec::len), Some(2));
    assert_eq!((&all[0]["status"], &all[0]["code"]), (&json!(200), &Value::Null));
    assert_eq!(
        (&all[1]["status"], &all[1]["code"], &all[1]["request"]),
        (&json!(404), &json!("ResourceNotFoundException"), &json!({"flowName": FLOW}))
    );
    let count = |query: &str| {
        aws.admin("GET", &format!("/requests?{query}"), Value::Null).as_array().map(Vec::len)
    };
    assert_eq!(count("operation=DescribeFlow"), Some(1));
    assert_eq!(count("service=connect"), Some(0));
    assert_eq!(count("since=1"), Some(1));
    aws.admin("DELETE", "/requests", Value::Null);
    let _ = aws.describe_flow();
    assert_eq!(aws.admin("GET", "/requests?since=2", Value::Null)[0]["id"], 3);
}

#[test]
fn snapshots_bring_everything_back() {
    let aws = Aws::new();
    aws.build();
    aws.admin("POST", "/snapshot", json!({"name": "built"}));
    let before = aws.admin("GET", "/inventory", Value::Null);
    aws.admin("POST", "/reset", Value::Null);
    assert_eq!(aws.admin("GET", "/inventory", Value::Null)["count"], 0);
    assert!(aws.emulator.try_admin("POST", "/restore", json!({"name": "nope"})).is_err());
    aws.admin("POST", "/restore", json!({"name": "built"}));
    assert_eq!(aws.admin("GET", "/inventory", Value::Null), before);
    assert_eq!(aws.case("High"), ["Case 00042"]);
}

#[test]
fn ids_repeat_after_a_reset() {
    let aws = Aws::new();
    let build = || {
        aws.admin("POST", "/reset", json!({"seed": "x"}));
        aws.admin("POST", "/seed", json!("demo"));
        aws.build().association
    };
    assert_eq!(build(), build());
}

#[test]
fn time_can_stand_still() {
    let aws = Aws::new();
    aws.admin("POST", "/clock", json!({"freeze_at": 1_800_000_000}));
    aws.create_profile().expect("profile");
    let found = aws.appflow("describe-connector-profiles", json!({})).expect("profiles");
    assert_eq!(found["connectorProfileDetails"][0]["createdAt"], 1_800_000_000.0);
    let now = aws.admin("POST", "/clock", json!({"advance_seconds": 10}));
    assert_eq!(now["time"], 1_800_000_010.0);
}

#[test]
fn seeds_return_what_they_made() {
    let aws = Aws::new();
    let sown = aws.admin(
        "POST",
        "/seed",
        json!({
            "account": "444455556666",
            "region": "eu-west-1",
            "instances": [{"alias": "second", "contact_flows": [{"name": "Flow"}]}],
        }),
    );
    let instance = &sown["instances"][0];
    assert_eq!(
        text(instance, "arn"),
        format!("arn:aws:connect:eu-west-1:444455556666:instance/{}", text(instance, "id"))
    );
    assert_eq!(text(&instance["contact_flows"][0], "id").len(), 36);
    let demo = aws.admin("GET", "/inventory", Value::Null)["seeded"]["instances"][0].clone();
    assert_eq!(demo["contact_flows"][0]["id"], CONTACT_FLOW);
}

#[test]
fn identities_can_be_added() {
    let mut aws = Aws::new();
    let arn = "arn:aws:sts::123456789012:assumed-role/ci/run";
    aws.admin(
        "POST",
        "/identity",
        json!({"access_key_id": "AKIACI", "account": "123456789012", "arn": arn}),
    );
    aws.key = "AKIACI".into();
    aws.appflow("list-flows", json!({})).expect("flows");
    let requests = aws.admin("GET", "/requests", Value::Null);
    assert_eq!(requests[0]["account"], "123456789012");
}

#[test]
fn mistakes_are_answered_over_http_with_400() {
    let aws = Aws::new();
    for (method, path, body) in [
        ("GET", "/_emulator/nope", ""),
        ("PUT", "/_emulator/switches", r#"{"nope": 1}"#),
        ("POST", "/_emulator/drift", r#"{"kind": "nope", "target": "x"}"#),
        ("POST", "/_emulator/seed", r#"{"instance": []}"#),
        ("POST", "/_emulator/cases", "{"),
    ] {
        let raw = aws.send(method, path, &[], body).expect("an answer");
        let answer: Value = serde_json::from_str(&raw.body).expect("JSON");
        assert_eq!((raw.status, answer["error"].is_string()), (400, true), "{method} {path}");
    }
    let raw = aws.send("GET", "/_emulator/health", &[], "").expect("an answer");
    assert_eq!(raw.status, 200);
}

#[test]
fn every_operation_can_be_denied_by_the_name_it_is_listed_under() {
    let aws = Aws::new();
    let operations = aws.admin("GET", "/operations", Value::Null);
    assert!(operations.as_array().is_some_and(|all| all.contains(&json!("appflow:DescribeFlow"))));
    aws.admin("PUT", "/deny", json!({ "actions": operations }));
    let refusal = aws.appflow("describe-flow", json!({"flowName": FLOW})).expect_err("denied");
    assert_eq!(refusal.code, "AccessDeniedException");
}
