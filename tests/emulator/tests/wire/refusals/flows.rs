//! Flows.

use serde_json::{Value, json};

use crate::aws::{ACCOUNT, Aws, code, refused};
use crate::chain::{FLOW, PROFILE, SOURCE, flow};
use crate::refusals::{CONFLICT, MISSING, VALIDATION, changed, table};

#[test]
fn constraints_of_a_flow() {
    let aws = Aws::new();
    aws.create_profile().expect("profile");
    let try_with =
        |pointer: &str, value: Value| aws.appflow("create-flow", changed(flow(), pointer, value));
    let source = "/sourceFlowConfig/sourceConnectorProperties/Salesforce/object";
    let destination = "/destinationFlowConfigList/0/destinationConnectorProperties/EventBridge";
    table(&[
        ("one character", VALIDATION, try_with("/flowName", json!("a"))),
        ("a dash first", VALIDATION, try_with("/flowName", json!("-flow"))),
        ("no trigger", VALIDATION, try_with("/triggerConfig", Value::Null)),
        ("no tasks", VALIDATION, try_with("/tasks", Value::Null)),
        ("empty tasks", VALIDATION, try_with("/tasks", json!([]))),
        (
            "a task without source fields",
            VALIDATION,
            try_with("/tasks/0", json!({"taskType": "Map_all"})),
        ),
        (
            "an unknown task",
            VALIDATION,
            try_with("/tasks/0", json!({"taskType": "Copy", "sourceFields": []})),
        ),
        (
            "an unknown property",
            VALIDATION,
            try_with(
                "/tasks/0",
                json!({"taskType": "Map_all", "sourceFields": [], "taskProperties": {"X": "y"}}),
            ),
        ),
        ("a colon in the description", VALIDATION, try_with("/description", json!("a: b"))),
        ("an aws: tag", VALIDATION, try_with("/tags", json!({"aws:x": "y"}))),
        ("no destination", VALIDATION, try_with("/destinationFlowConfigList", json!([]))),
        (
            "an unknown profile",
            VALIDATION,
            try_with("/sourceFlowConfig/connectorProfileName", json!("nope")),
        ),
        ("no profile", VALIDATION, try_with("/sourceFlowConfig/connectorProfileName", Value::Null)),
        (
            "another connector's source",
            VALIDATION,
            try_with("/sourceFlowConfig/connectorType", json!("S3")),
        ),
        ("an object without CDC", VALIDATION, try_with(source, json!("LeadChangeEvent"))),
        ("a plain object", VALIDATION, try_with(source, json!("Case"))),
        (
            "another account's source",
            VALIDATION,
            try_with(
                &format!("{destination}/object"),
                json!("aws.partner/appflow/salesforce.com/444455556666/x"),
            ),
        ),
        (
            "an unknown bucket",
            VALIDATION,
            try_with(
                &format!("{destination}/errorHandlingConfig"),
                json!({"bucketName": "no-such-bucket"}),
            ),
        ),
    ]);
    assert_eq!(aws.source_state(), "gone");
    let bucket = json!({"bucketName": "acme-case-errors"});
    try_with(&format!("{destination}/errorHandlingConfig"), bucket).expect("a seeded bucket");
    assert_eq!(code(aws.appflow("create-flow", flow())), CONFLICT);
}

#[test]
fn flows_change_within_limits() {
    let aws = Aws::new();
    aws.build_events();
    let update =
        |pointer: &str, value: Value| aws.appflow("update-flow", changed(flow(), pointer, value));
    let destination =
        "/destinationFlowConfigList/0/destinationConnectorProperties/EventBridge/object";
    let failure = refused(update(destination, json!(format!("{SOURCE}2"))));
    assert_eq!(
        failure.message,
        "Update Flow request failed due to:\
         [Destination object for the destination connector can not be updated]"
    );
    aws.admin(
        "POST",
        "/drift",
        json!({"kind": "enable_cdc", "target": "acme.my.salesforce.com", "object": "Lead"}),
    );
    table(&[
        (
            "another source object",
            VALIDATION,
            update(
                "/sourceFlowConfig/sourceConnectorProperties/Salesforce/object",
                json!("LeadChangeEvent"),
            ),
        ),
        ("no such flow", MISSING, update("/flowName", json!("nope"))),
        ("delete while active", CONFLICT, aws.appflow("delete-flow", json!({"flowName": FLOW}))),
        ("delete of nothing", MISSING, aws.appflow("delete-flow", json!({"flowName": "nope"}))),
        ("start of nothing", MISSING, aws.appflow("start-flow", json!({"flowName": "nope"}))),
        ("describe of nothing", MISSING, aws.appflow("describe-flow", json!({"flowName": "nope"}))),
    ]);
    update("/description", json!("changed")).expect("a description");
    assert_eq!(aws.describe_flow().expect("flow")["description"], "changed");
    aws.appflow("update-flow", flow()).expect("no description");
    assert_eq!(aws.describe_flow().expect("flow")["description"], Value::Null);
    aws.appflow("stop-flow", json!({"flowName": FLOW})).expect("stop");
    assert_eq!(code(aws.appflow("stop-flow", json!({"flowName": FLOW}))), CONFLICT);
    aws.start_flow().expect("start");
    aws.start_flow().expect("starting an active flow is no error");
    aws.appflow("delete-flow", json!({"flowName": FLOW, "forceDelete": true})).expect("forced");
}

#[test]
fn on_demand_flows_can_not_be_stopped() {
    let aws = Aws::new();
    aws.create_profile().expect("profile");
    let mut request = flow();
    request["triggerConfig"] = json!({"triggerType": "OnDemand"});
    request["sourceFlowConfig"]["sourceConnectorProperties"]["Salesforce"]["object"] =
        "Case".into();
    request["destinationFlowConfigList"] = json!([{
        "connectorType": "S3",
        "destinationConnectorProperties": {"S3": {"bucketName": "acme-case-errors"}},
    }]);
    aws.appflow("create-flow", request).expect("flow");
    assert!(aws.start_flow().expect("start")["executionId"].is_string());
    let failure = refused(aws.appflow("stop-flow", json!({"flowName": FLOW})));
    assert_eq!(failure.code, "UnsupportedOperationException");
    let records = aws.appflow("describe-flow-execution-records", json!({"flowName": FLOW}));
    assert_eq!(records.expect("records")["flowExecutions"][0]["executionStatus"], "Successful");
}

#[test]
fn only_flows_of_appflow_have_tags() {
    let aws = Aws::new();
    aws.build_events();
    let path = |kind: &str| {
        format!("/tags/arn%3Aaws%3Aappflow%3Aus-east-1%3A{ACCOUNT}%3A{}", kind.replace('/', "%2F"))
    };
    let flow = path(&format!("flow/{FLOW}"));
    aws.rest("appflow", "POST", &flow, json!({"tags": {"team": "a", "cost": "b"}})).expect("tag");
    aws.rest("appflow", "DELETE", &format!("{flow}?tagKeys=cost"), Value::Null).expect("untag");
    let tags = aws.rest("appflow", "GET", &flow, Value::Null).expect("tags");
    assert_eq!(tags["tags"], json!({"team": "a"}));
    let many: serde_json::Map<String, Value> =
        (0..50).map(|index| (format!("k{index}"), json!("v"))).collect();
    let profile = path(&format!("connectorprofile/{PROFILE}"));
    table(&[
        ("a profile", VALIDATION, aws.rest("appflow", "GET", &profile, Value::Null)),
        ("no flow", MISSING, aws.rest("appflow", "GET", &path("flow/nope"), Value::Null)),
        ("51 tags", VALIDATION, aws.rest("appflow", "POST", &flow, json!({"tags": many}))),
        (
            "a reserved key",
            VALIDATION,
            aws.rest("appflow", "POST", &flow, json!({"tags": {"aws:x": "y"}})),
        ),
    ]);
}
