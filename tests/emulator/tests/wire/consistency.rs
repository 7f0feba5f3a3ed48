//! What takes time, what gets lost, what is throttled or denied.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::aws::{Aws, INSTANCE, code, refused};
use crate::chain::{FLOW, PROFILE, SOURCE, flow, profile, rule, text, tokens};

const ASSOCIATIONS: &str = "/instance/{i}/integration-associations";

fn associations(aws: &Aws) -> Option<usize> {
    let answer = aws.connect("GET", ASSOCIATIONS, Value::Null).expect("a list");
    answer["IntegrationAssociationSummaryList"].as_array().map(Vec::len)
}

#[test]
fn a_source_appears_after_some_reads() {
    let aws = Aws::with(json!({"event_source_delay_reads": 2}));
    aws.create_profile().expect("profile");
    aws.appflow("create-flow", flow()).expect("flow");
    assert_eq!(aws.source_state(), "gone");
    assert_eq!(code(aws.create_bus()), "ResourceNotFoundException");
    assert_eq!(aws.source_state(), "PENDING");
}

#[test]
fn a_source_appears_after_some_time() {
    let aws = Aws::with(json!({"event_source_delay_seconds": 30}));
    aws.create_profile().expect("profile");
    aws.appflow("create-flow", flow()).expect("flow");
    assert_eq!(aws.source_state(), "gone");
    aws.admin("POST", "/clock", json!({"advance_seconds": 30}));
    assert_eq!(aws.source_state(), "PENDING");
}

#[test]
fn activation_may_show_late() {
    let aws = Aws::with(json!({"event_source_activation_reads": 1}));
    aws.create_profile().expect("profile");
    aws.appflow("create-flow", flow()).expect("flow");
    aws.create_bus().expect("bus");
    assert_eq!(aws.source_state(), "PENDING");
    assert_eq!(aws.source_state(), "ACTIVE");
}

#[test]
fn a_pending_source_expires_after_two_weeks() {
    let aws = Aws::new();
    aws.create_profile().expect("profile");
    aws.appflow("create-flow", flow()).expect("flow");
    let source = aws.events("DescribeEventSource", json!({"Name": SOURCE})).expect("source");
    let lifetime = source["ExpirationTime"].as_f64().unwrap_or_default()
        - source["CreationTime"].as_f64().unwrap_or_default();
    assert!((lifetime - 1_209_600.0).abs() < 1.0, "{lifetime}");
    aws.admin("POST", "/clock", json!({"advance_seconds": 1_209_599}));
    assert_eq!(aws.source_state(), "PENDING");
    aws.admin("POST", "/clock", json!({"advance_seconds": 2}));
    assert_eq!(aws.source_state(), "gone");
}

#[test]
fn a_deactivated_source_expires_visibly() {
    let aws = Aws::new();
    aws.build_events();
    aws.drift("deactivate_source", SOURCE);
    aws.admin("POST", "/clock", json!({"advance_seconds": 1_209_601}));
    assert_eq!(aws.source_state(), "DELETED");
}

#[test]
fn a_new_association_may_be_invisible() {
    let aws = Aws::with(json!({"new_association_hidden_reads": 1}));
    aws.build();
    assert_eq!(associations(&aws), Some(0));
    assert_eq!(associations(&aws), Some(1));
    aws.admin("POST", "/drift", json!({"kind": "hide_associations", "target": "acme", "reads": 2}));
    assert_eq!([(); 3].map(|()| associations(&aws)), [Some(0), Some(0), Some(1)]);
}

#[test]
fn a_search_may_lag_behind_a_change_of_a_rule() {
    let aws = Aws::new();
    let chain = aws.build();
    aws.admin("PUT", "/switches", json!({"rule_change_hidden_searches": 1}));
    let renamed = |name: &str| {
        let mut request = rule(&chain.association);
        request.as_object_mut().expect("an object").remove("TriggerEventSource");
        request["Name"] = name.into();
        aws.connect("PUT", &format!("/rules/{{i}}/{}", chain.rule), request).expect("updated");
    };
    let found = || {
        let found = aws.connect("POST", "/search-rules", json!({"InstanceId": INSTANCE}));
        found.expect("rules")["Rules"][0]["Name"].clone()
    };
    let before = found();
    renamed("another");
    assert_eq!([found(), found()], [before, json!("another")]);
}

#[test]
fn a_new_profile_may_be_invisible() {
    let aws = Aws::with(json!({"new_profile_hidden_reads": 2}));
    aws.create_profile().expect("profile");
    let found = aws.appflow("describe-connector-profiles", json!({})).expect("profiles");
    assert_eq!(found["connectorProfileDetails"], json!([]));
    assert_eq!(code(aws.appflow("create-flow", flow())), "ValidationException");
    aws.appflow("create-flow", flow()).expect("flow");
}

#[test]
fn private_connections_take_their_time() {
    let aws = Aws::with(json!({"private_connection_polls": 1}));
    let mut request = profile(tokens());
    request["connectionMode"] = "Private".into();
    aws.appflow("create-connector-profile", request.clone()).expect("profile");
    let status = |name: &str| {
        let request = json!({"connectorProfileNames": [name]});
        let found = aws.appflow("describe-connector-profiles", request).expect("profiles");
        found["connectorProfileDetails"][0]["privateConnectionProvisioningState"].clone()
    };
    assert_eq!(status(PROFILE)["status"], "PENDING");
    assert_eq!(status(PROFILE)["status"], "CREATED");
    aws.switch(
        json!({"private_connection_failure": "ACCESS_DENIED", "private_connection_polls": 0}),
    );
    request["connectorProfileName"] = "other".into();
    aws.appflow("create-connector-profile", request).expect("profile");
    assert_eq!(status("other")["status"], "FAILED");
    assert_eq!(status("other")["failureCause"], "ACCESS_DENIED");
}

#[test]
fn private_connections_are_not_everywhere() {
    let mut aws = Aws::new();
    aws.region = "eu-west-1".into();
    let mut request = profile(tokens());
    request["connectionMode"] = "Private".into();
    assert_eq!(code(aws.appflow("create-connector-profile", request)), "ValidationException");
}

#[test]
fn a_bus_may_still_seem_to_have_rules() {
    let aws = Aws::with(json!({"bus_has_rules_reads": 1, "deleted_bus_lingers_creates": 1}));
    let chain = aws.build();
    aws.drift("delete_association", &chain.association);
    let delete = || aws.events("DeleteEventBus", json!({"Name": SOURCE}));
    assert_eq!(refused(delete()).message, "EventBus can't be deleted since it has rules.");
    delete().expect("the second time");
    assert_eq!(code(aws.create_bus()), "ResourceAlreadyExistsException");
    aws.create_bus().expect("the second time");
}

#[test]
fn faults_strike_once_and_where_asked() {
    let aws = Aws::new();
    aws.create_profile().expect("profile");
    let fault = |fault: Value| aws.admin("POST", "/faults", fault);
    fault(json!({"operation": "ListFlows", "kind": "error", "code": "InternalServerException",
        "status": 500, "message": "sorry", "delay_ms": 30}));
    let begun = Instant::now();
    let failure = refused(aws.appflow("list-flows", json!({})));
    assert_eq!((failure.status, failure.message.as_str()), (500, "sorry"));
    assert!(begun.elapsed() >= Duration::from_millis(30));
    aws.appflow("list-flows", json!({})).expect("only once");

    fault(json!({"operation": "CreateFlow", "kind": "drop_before"}));
    assert!(aws.try_rest("appflow", "POST", "/create-flow", flow()).is_none());
    assert_eq!(code(aws.describe_flow()), "ResourceNotFoundException");
    fault(json!({"service": "appflow", "operation": "CreateFlow", "kind": "drop_after"}));
    assert!(aws.try_rest("appflow", "POST", "/create-flow", flow()).is_none());
    aws.describe_flow().expect("applied");

    fault(
        json!({"operation": "CreateEventBus", "kind": "error_after", "code": "InternalException"}),
    );
    assert_eq!(refused(aws.create_bus()).status, 500);
    assert_eq!(aws.source_state(), "ACTIVE");
    fault(json!({"operation": "*", "times": 2, "after": 1, "kind": "error", "code": "X"}));
    let mut codes = [(); 4].map(|()| aws.start_flow().is_ok());
    assert_eq!(codes, [true, false, false, true]);
    codes.reverse();
    assert_eq!(aws.admin("GET", "/faults", Value::Null), json!([]));
}

#[test]
fn connect_is_throttled_when_asked() {
    let aws = Aws::with(json!({"throttling": true, "connect_rate": 0.001}));
    for _ in 0..5 {
        aws.connect("GET", "/rules/{i}", Value::Null).expect("within the burst");
    }
    let failure = refused(aws.connect("GET", "/rules/{i}", Value::Null));
    assert_eq!((failure.status, failure.code.as_str()), (429, "ThrottlingException"));
    aws.connect("GET", "/instance", Value::Null).expect("another operation has its own bucket");
}

#[test]
fn denied_actions_name_caller_and_action() {
    let aws = Aws::new();
    let deny = |actions: Value| aws.admin("PUT", "/deny", json!({"actions": actions}));
    deny(json!(["appflow:CreateConnectorProfile"]));
    let failure = refused(aws.create_profile());
    assert_eq!((failure.status, failure.code.as_str()), (403, "AccessDeniedException"));
    let begin = "User: arn:aws:iam::111122223333:user/emulator is not authorized to perform: \
                 appflow:CreateConnectorProfile on resource: \
                 arn:aws:appflow:us-east-1:111122223333:connectorprofile/salesforce-acme";
    assert!(failure.message.starts_with(begin), "{}", failure.message);
    deny(json!(["events:Put*", "appflow:UseConnectorProfile"]));
    aws.create_profile().expect("profile");
    let failure = refused(aws.appflow("create-flow", flow()));
    assert!(failure.message.contains("appflow:UseConnectorProfile"), "{}", failure.message);
    deny(json!(["events:Put*"]));
    aws.appflow("create-flow", flow()).expect("flow");
    aws.create_bus().expect("bus");
    aws.create_integration().expect("event integration");
    let failure = refused(aws.create_association());
    assert_eq!((failure.status, failure.code.as_str()), (403, "AccessDeniedException"));
    assert!(failure.message.contains("events:PutRule"), "{}", failure.message);
    assert_eq!(associations(&aws), Some(0));
    aws.switch(json!({"dependent_action_denied_error": "InvalidRequestException"}));
    assert_eq!(code(aws.create_association()), "InvalidRequestException");
    let events = refused(aws.events("PutRule", json!({"Name": "x", "EventPattern": "{}"})));
    assert_eq!((events.status, events.code.as_str()), (400, "AccessDeniedException"));
}

#[test]
fn tagging_at_creation_needs_permission() {
    let aws = Aws::new();
    aws.create_profile().expect("profile");
    aws.admin("PUT", "/deny", json!({"actions": ["appflow:TagResource"]}));
    let mut request = flow();
    request["tags"] = json!({"team": "a"});
    assert_eq!(code(aws.appflow("create-flow", request)), "AccessDeniedException");
    aws.appflow("create-flow", flow()).expect("without tags");
}

#[test]
fn instances_are_created_in_the_background() {
    let aws = Aws::new();
    aws.admin(
        "POST",
        "/seed",
        json!({"instances": [
            {"alias": "new", "id": "new", "status": "CREATION_IN_PROGRESS"},
            {"alias": "failed", "id": "failed", "status": "CREATION_FAILED"},
        ]}),
    );
    let describe = |id: &str| {
        let found = aws.connect("GET", &format!("/instance/{id}"), Value::Null).expect("found");
        text(&found["Instance"], "InstanceStatus")
    };
    assert_eq!(code(aws.connect("GET", "/rules/new", Value::Null)), "InvalidRequestException");
    assert_eq!(describe("new"), "CREATION_IN_PROGRESS");
    assert_eq!(describe("new"), "ACTIVE");
    assert_eq!(describe("failed"), "CREATION_FAILED");
    assert_eq!(describe(INSTANCE), "ACTIVE");
}

#[test]
fn rules_survive_their_association_without_effect() {
    let aws = Aws::new();
    let chain = aws.build();
    aws.drift("delete_association", &chain.association);
    let rules = aws.connect("GET", "/rules/{i}", Value::Null).expect("rules");
    assert_eq!(rules["RuleSummaryList"].as_array().map(Vec::len), Some(1));
    assert_eq!(aws.case("High"), Vec::<String>::new());
    let again = aws.create_association().expect("association");
    aws.create_use_case(&text(&again, "IntegrationAssociationId")).expect("use case");
    assert_eq!(aws.case("High"), Vec::<String>::new(), "the rule names the old one");
    let mut other = rule(&text(&again, "IntegrationAssociationId"));
    other["Name"] = "again".into();
    aws.create_rule(other).expect("rule");
    assert_eq!(aws.case("High"), ["Case 00042"]);
    aws.appflow("stop-flow", json!({"flowName": FLOW})).expect("stop");
    assert_eq!(aws.case("High"), Vec::<String>::new());
}
