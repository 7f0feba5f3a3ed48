//! Event integrations, associations, use cases, instances.

use serde_json::{Value, json};

use crate::aws::{ACCOUNT, Aws, INSTANCE, refused};
use crate::chain::{INTEGRATION, SOURCE, association};
use crate::refusals::{INVALID, MISSING, changed, table};

#[test]
fn event_integrations() {
    let aws = Aws::new();
    aws.create_integration().expect("the bus need not exist");
    let good = json!({
        "Name": "other",
        "EventFilter": {"Source": "aws.partner/a/b"},
        "EventBridgeBus": "bus",
    });
    let create = |pointer: &str, value: Value| {
        aws.integrations("POST", "/eventIntegrations", changed(good.clone(), pointer, value))
    };
    let at = |name: &str| format!("/eventIntegrations/{name}");
    table(&[
        ("twice", "DuplicateResourceException", aws.create_integration()),
        ("a blank", INVALID, create("/Name", json!("a b"))),
        ("another source", INVALID, create("/EventFilter/Source", json!("my.app"))),
        ("no bus", INVALID, create("/EventBridgeBus", Value::Null)),
        ("no tags", INVALID, create("/Tags", json!({}))),
        ("a reserved tag", INVALID, create("/Tags", json!({"aws:x": "y"}))),
        ("get nothing", MISSING, aws.integrations("GET", &at("nope"), Value::Null)),
        ("update nothing", MISSING, aws.integrations("PATCH", &at("nope"), json!({}))),
        ("delete nothing", MISSING, aws.integrations("DELETE", &at("nope"), Value::Null)),
        (
            "a page of 51",
            INVALID,
            aws.integrations("GET", "/eventIntegrations?maxResults=51", Value::Null),
        ),
    ]);
    let path = at(INTEGRATION);
    aws.integrations("PATCH", &path, json!({"Description": "new", "EventBridgeBus": "x"}))
        .expect("only the description changes");
    let found = aws.integrations("GET", &path, Value::Null).expect("found");
    assert_eq!((&found["Description"], &found["EventBridgeBus"]), (&json!("new"), &json!(SOURCE)));
    for index in 1..10 {
        create("/Name", json!(format!("n{index}"))).expect("within the quota");
    }
    let failure = refused(create("/Name", json!("eleventh")));
    assert_eq!((failure.status, failure.code.as_str()), (429, "ResourceQuotaExceededException"));
}

#[test]
fn associations_and_use_cases() {
    let aws = Aws::new();
    let chain = aws.build();
    let path = "/instance/{i}/integration-associations";
    let create = |pointer: &str, value: Value| {
        aws.connect("PUT", path, changed(association(), pointer, value))
    };
    let elsewhere = path.replace("{i}", "00000000-0000-4000-8000-000000000000");
    let base = format!("{path}/{}", chain.association);
    table(&[
        ("twice", "DuplicateResourceException", aws.create_association()),
        ("no instance", MISSING, aws.connect("PUT", &elsewhere, association())),
        ("no name", INVALID, create("/SourceApplicationName", Value::Null)),
        ("no URL", INVALID, create("/SourceApplicationUrl", Value::Null)),
        ("no source type", INVALID, create("/SourceType", Value::Null)),
        ("an unknown source type", INVALID, create("/SourceType", json!("HUBSPOT"))),
        ("a colon in the name", INVALID, create("/SourceApplicationName", json!("a:b"))),
        ("an unknown type", INVALID, create("/IntegrationType", json!("MAIL"))),
        ("no tags", INVALID, create("/Tags", json!({}))),
        (
            "a bus for an event integration",
            INVALID,
            create("/IntegrationArn", json!("arn:aws:events:us-east-1:111122223333:event-bus/x")),
        ),
        (
            "another region",
            INVALID,
            create(
                "/IntegrationArn",
                json!("arn:aws:app-integrations:eu-west-1:111122223333:event-integration/x"),
            ),
        ),
        (
            "an unknown event integration",
            MISSING,
            create(
                "/IntegrationArn",
                json!("arn:aws:app-integrations:us-east-1:111122223333:event-integration/x"),
            ),
        ),
        (
            "the same use case",
            "DuplicateResourceException",
            aws.create_use_case(&chain.association),
        ),
        ("delete with use cases", INVALID, aws.connect("DELETE", &base, Value::Null)),
        (
            "delete no use case",
            MISSING,
            aws.connect("DELETE", &format!("{base}/use-cases/nope"), Value::Null),
        ),
        (
            "delete no association",
            MISSING,
            aws.connect("DELETE", &format!("{path}/nope"), Value::Null),
        ),
        (
            "delete an event integration in use",
            INVALID,
            aws.integrations("DELETE", &format!("/eventIntegrations/{INTEGRATION}"), Value::Null),
        ),
        ("the ARN of an instance", MISSING, {
            let arn =
                format!("arn%3Aaws%3Aconnect%3Aus-east-1%3A{ACCOUNT}%3Ainstance%2F{INSTANCE}");
            aws.connect("GET", &path.replace("{i}", &arn), Value::Null)
        }),
    ]);
}

#[test]
fn contact_flows_and_instances_are_found() {
    let aws = Aws::new();
    let found =
        aws.connect("GET", "/contact-flows-summary/{i}?contactFlowTypes=CONTACT_FLOW", Value::Null);
    assert_eq!(found.expect("flows")["ContactFlowSummaryList"][0]["Name"], "Salesforce cases");
    let none =
        aws.connect("GET", "/contact-flows-summary/{i}?contactFlowTypes=CAMPAIGN", Value::Null);
    assert_eq!(none.expect("flows")["ContactFlowSummaryList"], json!([]));
    let instances = aws.connect("GET", "/instance", Value::Null).expect("instances");
    assert_eq!(instances["InstanceSummaryList"][0]["InstanceAlias"], "acme");
    table(&[
        ("a page of 11", INVALID, aws.connect("GET", "/instance?maxResults=11", Value::Null)),
        ("no instance", MISSING, aws.connect("GET", "/instance/nope", Value::Null)),
        (
            "an unknown type",
            INVALID,
            aws.connect("GET", "/contact-flows-summary/{i}?contactFlowTypes=X", Value::Null),
        ),
    ]);
}
