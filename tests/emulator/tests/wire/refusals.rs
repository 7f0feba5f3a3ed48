//! What is refused, with which code: one line each.

use serde_json::{Value, json};

use crate::aws::{ACCOUNT, Answer, Aws, INSTANCE, code, refused};
use crate::chain::{
    FLOW, INTEGRATION, PROFILE, SOURCE, association, condition, flow, function, profile, rule,
    tokens,
};

/// A well-formed request, changed at one place.
fn changed(mut request: Value, pointer: &str, value: Value) -> Value {
    if let Some(found) = request.pointer_mut(pointer).filter(|_| !value.is_null()) {
        *found = value;
        return request;
    }
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = request.pointer_mut(parent).expect("the parent exists");
    if value.is_null() {
        parent.as_object_mut().expect("an object").remove(name);
    } else {
        parent[name] = value;
    }
    request
}

#[track_caller]
fn table(rows: &[(&str, &str, Answer)]) {
    for (what, expected, answer) in rows {
        match answer {
            Ok(answer) => panic!("{what}: not refused, but {answer}"),
            Err(failure) => assert_eq!(&failure.code, expected, "{what}: {}", failure.message),
        }
    }
}

const VALIDATION: &str = "ValidationException";
const INVALID: &str = "InvalidRequestException";
const CONFLICT: &str = "ConflictException";
const MISSING: &str = "ResourceNotFoundException";
const LOGIN: &str = "ConnectorAuthenticationException";

#[test]
fn constraints_of_a_profile() {
    let aws = Aws::new();
    let try_with = |pointer: &str, value: Value| {
        aws.appflow("create-connector-profile", changed(profile(tokens()), pointer, value))
    };
    let properties = "/connectorProfileConfig/connectorProfileProperties/Salesforce";
    let credentials = "/connectorProfileConfig/connectorProfileCredentials/Salesforce";
    let at = |base: &str, name: &str| format!("{base}/{name}");
    table(&[
        ("no name", VALIDATION, try_with("/connectorProfileName", Value::Null)),
        ("a blank in the name", VALIDATION, try_with("/connectorProfileName", json!("a b"))),
        ("an accent", VALIDATION, try_with("/connectorProfileName", json!("é"))),
        ("257 characters", VALIDATION, try_with("/connectorProfileName", json!("a".repeat(257)))),
        ("no mode", VALIDATION, try_with("/connectionMode", Value::Null)),
        ("an unknown mode", VALIDATION, try_with("/connectionMode", json!("Secret"))),
        ("no config", VALIDATION, try_with("/connectorProfileConfig", Value::Null)),
        ("another connector", VALIDATION, try_with("/connectorType", json!("Slack"))),
        ("a label", VALIDATION, try_with("/connectorLabel", json!("label1"))),
        ("a key's alias", VALIDATION, try_with("/kmsArn", json!("alias/my-key-with-a-name"))),
        (
            "a key elsewhere",
            VALIDATION,
            try_with("/kmsArn", json!(format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/k"))),
        ),
        (
            "a blank in the URL",
            VALIDATION,
            try_with(&at(properties, "instanceUrl"), json!("https://a b")),
        ),
        ("no URL", VALIDATION, try_with(&at(properties, "instanceUrl"), Value::Null)),
        (
            "no scheme",
            VALIDATION,
            try_with(&at(properties, "instanceUrl"), json!("acme.my.salesforce.com")),
        ),
        (
            "an unknown org",
            LOGIN,
            try_with(&at(properties, "instanceUrl"), json!("https://other.my.salesforce.com")),
        ),
        (
            "production taken for a sandbox",
            LOGIN,
            try_with(&at(properties, "isSandboxEnvironment"), json!(true)),
        ),
        (
            "private link on a public connection",
            VALIDATION,
            try_with(&at(properties, "usePrivateLinkForMetadataAndAuthorization"), json!(true)),
        ),
        (
            "a short secret ARN",
            VALIDATION,
            try_with(&at(credentials, "clientCredentialsArn"), json!("arn:aws:x")),
        ),
        ("no credentials", VALIDATION, {
            let pointer = "/connectorProfileConfig/connectorProfileCredentials";
            try_with(pointer, Value::Null)
        }),
        ("no refresh token", VALIDATION, try_with(&at(credentials, "refreshToken"), Value::Null)),
        (
            "client credentials",
            VALIDATION,
            try_with(&at(credentials, "oAuth2GrantType"), json!("CLIENT_CREDENTIALS")),
        ),
        (
            "a JWT grant without a JWT",
            VALIDATION,
            try_with(&at(credentials, "oAuth2GrantType"), json!("JWT_BEARER")),
        ),
        (
            "a dash in a JWT's payload",
            VALIDATION,
            try_with(&at(credentials, "jwtToken"), json!("a.b-c.d")),
        ),
        (
            "a short verifier",
            VALIDATION,
            try_with(&at(credentials, "oAuthRequest"), json!({"codeVerifier": "short"})),
        ),
        (
            "an unknown code",
            LOGIN,
            try_with(
                &at(credentials, "oAuthRequest"),
                json!({"authCode": "nope", "redirectUri": "https://x"}),
            ),
        ),
    ]);
    assert_eq!(aws.admin("GET", "/inventory", Value::Null)["count"], 0);
}

#[test]
fn an_arn_alone_is_answered_in_aws_words() {
    let aws = Aws::new();
    let arn = format!("arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:app");
    let credentials = json!({"clientCredentialsArn": arn});
    let failure = refused(aws.appflow("create-connector-profile", profile(credentials)));
    assert_eq!(failure.status, 400);
    assert_eq!(
        failure.message,
        "Validation exception: AuthCode cannot be blank for connector: SALESFORCE"
    );
}

#[test]
fn profiles_are_unique_limited_and_kept_while_used() {
    let aws = Aws::new();
    aws.build_events();
    let named = |name: &str| json!({"connectorProfileName": name});
    table(&[
        ("the same name", CONFLICT, aws.create_profile()),
        ("deleted while used", CONFLICT, aws.appflow("delete-connector-profile", named(PROFILE))),
        ("delete of nothing", MISSING, aws.appflow("delete-connector-profile", named("nope"))),
        (
            "update of nothing",
            MISSING,
            aws.appflow(
                "update-connector-profile",
                changed(profile(tokens()), "/connectorProfileName", json!("nope")),
            ),
        ),
        (
            "update without credentials",
            VALIDATION,
            aws.appflow(
                "update-connector-profile",
                changed(
                    profile(tokens()),
                    "/connectorProfileConfig/connectorProfileCredentials",
                    Value::Null,
                ),
            ),
        ),
    ]);
    for index in 1..100 {
        let request = changed(profile(tokens()), "/connectorProfileName", json!(index.to_string()));
        aws.appflow("create-connector-profile", request).expect("within the quota");
    }
    let request = changed(profile(tokens()), "/connectorProfileName", json!("100"));
    let failure = refused(aws.appflow("create-connector-profile", request));
    assert_eq!((failure.status, failure.code.as_str()), (402, "ServiceQuotaExceededException"));
    let forced = json!({"connectorProfileName": PROFILE, "forceDelete": true});
    aws.appflow("delete-connector-profile", forced).expect("forced");
}

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
