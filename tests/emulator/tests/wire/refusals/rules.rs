//! Rules of Connect.

use serde_json::{Value, json};

use crate::aws::{Aws, code, refused};
use crate::chain::{condition, function, rule};
use crate::refusals::{INVALID, MISSING, changed, table};

#[test]
fn rules_of_connect() {
    let aws = Aws::new();
    let chain = aws.build();
    let good = changed(rule(&chain.association), "/Name", json!("other"));
    let create =
        |pointer: &str, value: Value| aws.create_rule(changed(good.clone(), pointer, value));
    let action = |action: Value| json!([good["Actions"][0], action]);
    let task =
        |pointer: &str, value: Value| create(&format!("/Actions/0/TaskAction{pointer}"), value);
    let id = "/TriggerEventSource/IntegrationAssociationId";
    let many = vec![condition("EQUALS", "Priority", "High"); 21];
    let notification = json!({"ActionType": "SEND_NOTIFICATION", "SendNotificationAction": {
        "DeliveryMethod": "EMAIL", "Content": "x", "ContentType": "PLAIN_TEXT", "Recipient": {}}});
    table(&[
        ("the same name", "ResourceConflictException", aws.create_rule(rule(&chain.association))),
        ("a blank", INVALID, create("/Name", json!("a b"))),
        ("201 characters", INVALID, create("/Name", json!("a".repeat(201)))),
        ("an unknown status", INVALID, create("/PublishStatus", json!("LIVE"))),
        ("an unknown trigger", INVALID, create("/TriggerEventSource/EventSourceName", json!("On"))),
        ("no association", INVALID, create(id, Value::Null)),
        ("an unknown association", MISSING, create(id, json!("nope"))),
        ("no actions", INVALID, create("/Actions", json!([]))),
        ("two tasks", INVALID, create("/Actions", action(good["Actions"][0].clone()))),
        (
            "an EventBridge action",
            INVALID,
            create(
                "/Actions",
                action(json!({"ActionType": "GENERATE_EVENTBRIDGE_EVENT",
                    "EventBridgeAction": {"Name": "x"}})),
            ),
        ),
        ("a notification", INVALID, create("/Actions", action(notification))),
        (
            "a category without its structure",
            INVALID,
            create("/Actions", action(json!({"ActionType": "ASSIGN_CONTACT_CATEGORY"}))),
        ),
        ("no task name", INVALID, task("/Name", Value::Null)),
        ("an empty task name", INVALID, task("/Name", json!(""))),
        ("a long task name", INVALID, task("/Name", json!("a".repeat(513)))),
        ("another contact flow", INVALID, task("/ContactFlowId", json!("nope"))),
        (
            "an e-mail reference",
            INVALID,
            task("/References", json!({"x": {"Type": "EMAIL", "Value": "https://x"}})),
        ),
        (
            "a reference that is no URL",
            INVALID,
            task("/References", json!({"x": {"Type": "URL", "Value": "x"}})),
        ),
        ("no JSON", INVALID, create("/Function", json!("{"))),
        ("too many conditions", INVALID, create("/Function", json!(function(json!(many))))),
        (
            "a field that is not there",
            INVALID,
            create("/Function", json!(function(json!([condition("EQUALS", "Status", "New")])))),
        ),
        (
            "CONTAINS where only EQUALS is",
            INVALID,
            create("/Function", json!(function(json!([condition("CONTAINS", "Type", "x")])))),
        ),
    ]);
    let category =
        json!({"ActionType": "ASSIGN_CONTACT_CATEGORY", "AssignContactCategoryAction": {}});
    create("/Actions", action(category)).expect("a category is allowed");
}

#[test]
fn rules_are_replaced_but_keep_their_trigger() {
    let aws = Aws::new();
    let chain = aws.build();
    let path = format!("/rules/{{i}}/{}", chain.rule);
    let mut request = rule(&chain.association);
    request["Name"] = "renamed".into();
    request["PublishStatus"] = "DRAFT".into();
    request["TriggerEventSource"]["IntegrationAssociationId"] = "other".into();
    aws.connect("PUT", &path, request.clone()).expect("update");
    let found = aws.connect("GET", &path, Value::Null).expect("found")["Rule"].clone();
    assert_eq!((&found["Name"], &found["PublishStatus"]), (&json!("renamed"), &json!("DRAFT")));
    assert_eq!(found["TriggerEventSource"]["IntegrationAssociationId"], json!(chain.association));
    assert!(found["Function"].as_str().is_some_and(|text| text.contains("\"Negate\":false")));
    table(&[
        (
            "no name",
            INVALID,
            aws.connect("PUT", &path, changed(request.clone(), "/Name", Value::Null)),
        ),
        ("no such rule", MISSING, aws.connect("PUT", "/rules/{i}/nope", request)),
    ]);
    aws.connect("DELETE", &path, Value::Null).expect("delete");
    assert_eq!(code(aws.connect("DELETE", &path, Value::Null)), MISSING);
}

#[test]
fn a_rule_needs_a_use_case() {
    let aws = Aws::new();
    aws.build_events();
    aws.create_integration().expect("event integration");
    let made = aws.create_association().expect("association");
    let id = made["IntegrationAssociationId"].as_str().expect("an id").to_owned();
    assert_eq!(code(aws.create_rule(rule(&id))), INVALID);
    aws.create_use_case(&id).expect("use case");
    aws.create_rule(rule(&id)).expect("rule");
}

#[test]
fn connect_limits_rules_with_402() {
    let aws = Aws::new();
    let chain = aws.build();
    for index in 1..500 {
        let name = json!(format!("r{index}"));
        aws.create_rule(changed(rule(&chain.association), "/Name", name))
            .expect("within the quota");
    }
    let failure =
        refused(aws.create_rule(changed(rule(&chain.association), "/Name", json!("last"))));
    assert_eq!((failure.status, failure.code.as_str()), (402, "ServiceQuotaExceededException"));
}

#[test]
fn a_rule_can_not_take_the_name_of_another() {
    let aws = Aws::new();
    let chain = aws.build();
    let other = changed(rule(&chain.association), "/Name", json!("other"));
    let made = aws.create_rule(other).expect("rule");
    let path = format!("/rules/{{i}}/{}", made["RuleId"].as_str().expect("an id"));
    let renamed = aws.connect("PUT", &path, rule(&chain.association));
    assert_eq!(code(renamed), "ResourceConflictException");
}

#[test]
fn rules_of_contact_lens_keep_their_name() {
    let aws = Aws::new();
    let mut request = changed(rule("none"), "/Name", json!("calls"));
    request["TriggerEventSource"] = json!({"EventSourceName": "OnPostCallAnalysisAvailable"});
    let made = aws.create_rule(request.clone()).expect("a rule of another kind");
    let path = format!("/rules/{{i}}/{}", made["RuleId"].as_str().expect("an id"));
    aws.connect("PUT", &path, request.clone()).expect("the same name");
    request["Name"] = "renamed".into();
    assert_eq!(code(aws.connect("PUT", &path, request)), INVALID);
}
