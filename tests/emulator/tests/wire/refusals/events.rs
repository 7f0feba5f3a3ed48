//! Buses, sources and rules on buses.

use serde_json::{Value, json};

use crate::aws::{ACCOUNT, Aws, code, refused};
use crate::chain::{SOURCE, flow};
use crate::refusals::{MISSING, VALIDATION, changed, table};

#[test]
fn buses_and_sources() {
    let aws = Aws::new();
    aws.create_profile().expect("profile");
    aws.appflow("create-flow", flow()).expect("flow");
    let name = |name: &str| json!({"Name": name});
    let create = |request: Value| aws.events("CreateEventBus", request);
    let failure = refused(create(name(SOURCE)));
    assert_eq!(failure.status, 400);
    assert_eq!(failure.message, "EventBus name starting with 'aws.' is not valid.");
    let activate = refused(aws.events("ActivateEventSource", name(SOURCE)));
    assert_eq!(
        activate.message,
        format!("Event source {SOURCE} or event bus {SOURCE} does not exist.")
    );
    table(&[
        ("another source", VALIDATION, create(json!({"Name": "other", "EventSourceName": SOURCE}))),
        ("a slash", VALIDATION, create(name("a/b"))),
        ("a blank", VALIDATION, create(name("a b"))),
        ("the default bus", "ResourceAlreadyExistsException", create(name("default"))),
        (
            "no such source",
            MISSING,
            create(json!({
                "Name": format!("{SOURCE}2"),
                "EventSourceName": format!("{SOURCE}2"),
            })),
        ),
        ("describe no bus", MISSING, aws.events("DescribeEventBus", name("nope"))),
        ("describe no source", MISSING, aws.events("DescribeEventSource", name("aws.partner/a/b"))),
        ("delete the default bus", VALIDATION, aws.events("DeleteEventBus", name("default"))),
        (
            "an aws: tag",
            VALIDATION,
            create(json!({"Name": "custom", "Tags": [{"Key": "aws:x", "Value": ""}]})),
        ),
    ]);
    aws.create_bus().expect("bus");
    table(&[
        ("twice", "ResourceAlreadyExistsException", aws.create_bus()),
        (
            "active already",
            "InvalidStateException",
            aws.events("ActivateEventSource", name(SOURCE)),
        ),
    ]);
    aws.events("DeactivateEventSource", name(SOURCE)).expect("deactivate");
    assert_eq!(aws.source_state(), "PENDING");
    aws.events("ActivateEventSource", name(SOURCE)).expect("activate");
    assert_eq!(aws.source_state(), "ACTIVE");
    aws.drift("delete_source", SOURCE);
    assert_eq!(aws.source_state(), "DELETED");
    assert_eq!(code(aws.events("ActivateEventSource", name(SOURCE))), "InvalidStateException");
    aws.events("DeleteEventBus", name("never-existed")).expect("a missing bus is no error");
}

#[test]
fn buses_keep_what_they_are_told() {
    let aws = Aws::new();
    let bus = |extra: Value| {
        let mut request = json!({"Name": "custom"});
        request
            .as_object_mut()
            .expect("an object")
            .extend(extra.as_object().cloned().into_iter().flatten());
        request
    };
    aws.events("CreateEventBus", bus(json!({"Description": "one"}))).expect("bus");
    let arn = format!("arn:aws:events:us-east-1:{ACCOUNT}:event-bus/custom");
    let found = aws.events("DescribeEventBus", json!({"Name": arn})).expect("by ARN");
    assert_eq!((&found["Description"], &found["Arn"]), (&json!("one"), &json!(arn)));
    assert!(found.get("EventSourceName").is_none());
    aws.events("UpdateEventBus", bus(json!({"Description": ""}))).expect("update");
    let found = aws.events("DescribeEventBus", json!({"Name": "custom"})).expect("by name");
    assert!(found.get("Description").is_none());
}

#[test]
fn rules_on_buses() {
    let aws = Aws::new();
    aws.build_events();
    let on_bus = |extra: Value| {
        let mut request = json!({"EventBusName": SOURCE});
        request
            .as_object_mut()
            .expect("an object")
            .extend(extra.as_object().cloned().into_iter().flatten());
        request
    };
    let pattern = json!({"source": [SOURCE]}).to_string();
    let target = json!({"Id": "1", "Arn": format!("arn:aws:sqs:us-east-1:{ACCOUNT}:queue")});
    aws.events("PutRule", on_bus(json!({"Name": "mine", "EventPattern": pattern}))).expect("rule");
    aws.events("PutTargets", on_bus(json!({"Rule": "mine", "Targets": [target]}))).expect("target");
    let delete = || aws.events("DeleteRule", on_bus(json!({"Name": "mine"})));
    assert_eq!(refused(delete()).message, "Rule can't be deleted since it has targets.");
    let bus = || aws.events("DeleteEventBus", json!({"Name": SOURCE}));
    assert_eq!(refused(bus()).message, "EventBus can't be deleted since it has rules.");
    table(&[
        (
            "a bad pattern",
            "InvalidEventPatternException",
            aws.events("PutRule", on_bus(json!({"Name": "bad", "EventPattern": "{"}))),
        ),
        ("neither pattern nor schedule", VALIDATION, {
            aws.events("PutRule", on_bus(json!({"Name": "bad"})))
        }),
        (
            "a schedule",
            VALIDATION,
            aws.events(
                "PutRule",
                on_bus(json!({"Name": "bad", "ScheduleExpression": "rate(1 day)"})),
            ),
        ),
        ("no such bus", MISSING, aws.events("ListRules", json!({"EventBusName": "nope"}))),
        ("no such rule", MISSING, aws.events("DescribeRule", on_bus(json!({"Name": "nope"})))),
    ]);
    aws.events("RemoveTargets", on_bus(json!({"Rule": "mine", "Ids": ["1"]}))).expect("targets");
    delete().expect("rule");
    delete().expect("a missing rule is no error");
    bus().expect("bus");
    assert_eq!(aws.source_state(), "PENDING");
}

#[test]
fn managed_rules_yield_to_force_only() {
    let aws = Aws::with(json!({"connect_rule_managed_by": "connect.amazonaws.com"}));
    let chain = aws.build();
    let name = format!("AmazonConnect-{}", chain.association);
    let rule = |extra: Value| {
        let mut request =
            json!({"Name": name, "Rule": name, "EventBusName": SOURCE, "Ids": ["AmazonConnect"]});
        request
            .as_object_mut()
            .expect("an object")
            .extend(extra.as_object().cloned().into_iter().flatten());
        request
    };
    let failure = refused(aws.events("DeleteRule", rule(json!({}))));
    assert_eq!(failure.code, "ManagedRuleException");
    assert_eq!(
        failure.message,
        format!("{name} is a managed rule. Set 'force' parameter to true to override.")
    );
    assert_eq!(code(aws.events("RemoveTargets", rule(json!({})))), "ManagedRuleException");
    aws.events("RemoveTargets", rule(json!({"Force": true}))).expect("forced");
    aws.events("DeleteRule", rule(json!({"Force": true}))).expect("forced");
}

#[test]
fn partner_buses_take_no_permission() {
    let aws = Aws::new();
    let request = json!({
        "EventBusName": SOURCE,
        "Action": "events:PutEvents",
        "Principal": "444455556666",
        "StatementId": "other",
    });
    let failure = refused(aws.events("PutPermission", request.clone()));
    assert_eq!(
        failure.message,
        format!(
            "1 validation error detected: Value '{SOURCE}' at 'eventBusName' failed to satisfy \
             constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+"
        )
    );
    aws.events("CreateEventBus", json!({"Name": "custom"})).expect("bus");
    aws.events("PutPermission", changed(request, "/EventBusName", json!("custom"))).expect("put");
    let bus = aws.events("DescribeEventBus", json!({"Name": "custom"})).expect("bus");
    assert!(bus["Policy"].as_str().is_some_and(|policy| policy.contains("444455556666")));
}
