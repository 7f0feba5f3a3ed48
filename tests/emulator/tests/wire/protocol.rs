//! Envelopes, signatures, routes, pages, tokens: what is the same for every operation.

use serde_json::{Value, json};

use crate::aws::{ACCOUNT, Aws, DATE, INSTANCE, code, label, refused};
use crate::chain::{FLOW, SOURCE, flow, profile, rule, text, tokens};

#[test]
fn every_answer_has_a_request_id() {
    let aws = Aws::new();
    let ids: Vec<String> = (0..2)
        .map(|_| {
            let raw = aws.try_rest("appflow", "POST", "/list-flows", json!({})).expect("an answer");
            raw.headers["x-amzn-requestid"].to_str().expect("text").to_owned()
        })
        .collect();
    assert_eq!(ids[0].len(), 36);
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn unsigned_and_badly_signed_calls_are_403() {
    let aws = Aws::new();
    let good = aws.authorization("appflow");
    for (what, authorization, date, expected) in [
        ("none", None, DATE, "MissingAuthenticationTokenException"),
        ("a bearer token", Some("Bearer abc".to_owned()), DATE, "InvalidSignatureException"),
        ("another day", Some(good.clone()), "20260102T000000Z", "InvalidSignatureException"),
        (
            "an unknown service",
            Some(good.replace("/appflow/", "/s3/")),
            DATE,
            "InvalidSignatureException",
        ),
    ] {
        let mut headers = vec![("x-amz-date", date.to_owned())];
        headers.extend(authorization.map(|value| ("authorization", value)));
        let raw = aws.send("POST", "/list-flows", &headers, "{}").expect("an answer");
        assert_eq!(
            (raw.status, raw.headers["x-amzn-errortype"].to_str().expect("text")),
            (403, expected),
            "{what}"
        );
    }
}

#[test]
fn unknown_operations_are_not_answered() {
    let aws = Aws::new();
    for (method, path) in [("POST", "/no-such-operation"), ("GET", "/list-flows"), ("POST", "/")] {
        let failure = refused(aws.rest("appflow", method, path, json!({})));
        let found = (failure.status, failure.code.as_str());
        assert_eq!(found, (404, "UnknownOperationException"), "{method} {path}");
    }
    let failure = refused(aws.events("PutEvents", json!({})));
    assert_eq!((failure.status, failure.code.as_str()), (400, "UnknownOperationException"));
}

#[test]
fn types_are_checked_before_constraints() {
    let aws = Aws::new();
    let wrong = aws.appflow("describe-flow", json!({"flowName": 1}));
    assert_eq!(code(wrong), "SerializationException");
    let raw = aws.send(
        "POST",
        "/describe-flow",
        &[("authorization", aws.authorization("appflow")), ("x-amz-date", DATE.into())],
        "[",
    );
    assert_eq!(raw.expect("an answer").status, 400);
}

#[test]
fn all_broken_constraints_come_at_once() {
    let aws = Aws::new();
    let failure = refused(aws.appflow("list-flows", json!({"maxResults": 101, "nextToken": " "})));
    assert_eq!(
        failure.message,
        "2 validation errors detected: Value '101' at 'maxResults' failed to satisfy constraint: \
         Member must have value less than or equal to 100; Value ' ' at 'nextToken' failed to \
         satisfy constraint: Member must satisfy regular expression pattern: \\S+"
    );
}

#[test]
fn secrets_are_never_echoed() {
    let aws = Aws::new();
    let secret = "top secret";
    let credentials = json!({
        "accessToken": secret,
        "refreshToken": secret,
        "jwtToken": secret,
        "oAuthRequest": {"authCode": secret, "codeVerifier": secret},
    });
    let failure = refused(aws.appflow("create-connector-profile", profile(credentials)));
    assert!(failure.message.starts_with("6 validation errors"), "{}", failure.message);
    assert!(!failure.message.contains(secret));
    for path in ["/requests", "/inventory", "/credentials"] {
        assert!(!aws.admin("GET", path, Value::Null).to_string().contains(secret), "{path}");
    }
}

#[test]
fn unknown_members_are_ignored_and_not_kept() {
    let aws = Aws::new();
    aws.create_profile().expect("profile");
    let mut request = flow();
    request["surprise"] = json!({"a": 1});
    request["sourceFlowConfig"]["surprise"] = 1.into();
    request["kmsArn"] = Value::Null;
    aws.appflow("create-flow", request).expect("flow");
    let found = aws.describe_flow().expect("flow");
    assert!(!found.to_string().contains("surprise"));
}

#[test]
fn timestamps_are_numbers() {
    let aws = Aws::new();
    aws.build();
    assert!(aws.describe_flow().expect("flow")["createdAt"].is_f64());
    let source = aws.events("DescribeEventSource", json!({"Name": SOURCE})).expect("source");
    assert!(source["CreationTime"].is_number());
    let rules = aws.connect("GET", "/rules/{i}", Value::Null).expect("rules");
    assert!(rules["RuleSummaryList"][0]["CreatedTime"].is_number());
}

#[test]
fn labels_may_hold_slashes() {
    let aws = Aws::new();
    let request =
        json!({"Name": "a/b", "EventFilter": {"Source": "aws.cases"}, "EventBridgeBus": "default"});
    let made = aws.integrations("POST", "/eventIntegrations", request).expect("made");
    let found = aws.integrations("GET", "/eventIntegrations/a%2Fb", Value::Null).expect("found");
    assert_eq!(found["Name"], "a/b");
    let arn = label(&text(&made, "EventIntegrationArn"));
    aws.integrations("POST", &format!("/tags/{arn}"), json!({"tags": {"k": "v"}})).expect("tag");
    let tags = aws.integrations("GET", &format!("/tags/{arn}"), Value::Null).expect("tags");
    assert_eq!(tags["tags"], json!({"k": "v"}));
    let plain = aws.try_rest("app-integrations", "GET", "/eventIntegrations/a/b", Value::Null);
    assert_eq!(plain.expect("an answer").status, 404);
}

#[test]
fn tags_of_connect_and_events() {
    let aws = Aws::new();
    let chain = aws.build();
    let arn = |resource: &str| {
        label(&format!("arn:aws:connect:us-east-1:{ACCOUNT}:instance/{INSTANCE}/{resource}"))
    };
    for resource in [
        format!("integration-association/{}", chain.association),
        format!("use-case/{}", chain.use_case),
        format!("rule/{}", chain.rule),
    ] {
        let path = format!("/tags/{}", arn(&resource));
        aws.connect("POST", &path, json!({"tags": {"a": "1", "b": "2"}})).expect("tag");
        aws.connect("DELETE", &format!("{path}?tagKeys=a"), Value::Null).expect("untag");
        let tags = aws.connect("GET", &path, Value::Null).expect("tags");
        assert_eq!(tags["tags"], json!({"b": "2"}), "{resource}");
    }
    let missing = aws.connect("GET", &format!("/tags/{}", arn("rule/nope")), Value::Null);
    assert_eq!(code(missing), "ResourceNotFoundException");

    let bus = format!("arn:aws:events:us-east-1:{ACCOUNT}:event-bus/{SOURCE}");
    let tags = json!([{"Key": "a", "Value": "1"}]);
    aws.events("TagResource", json!({"ResourceARN": bus, "Tags": tags})).expect("tag");
    let found = aws.events("ListTagsForResource", json!({"ResourceARN": bus})).expect("tags");
    assert_eq!(found["Tags"], tags);
    let source = json!({"ResourceARN": format!("arn:aws:events:us-east-1::event-source/{SOURCE}")});
    assert_eq!(code(aws.events("ListTagsForResource", source)), "ResourceNotFoundException");
}

#[test]
fn pages_follow_one_another() {
    let aws = Aws::with(json!({"page_size_cap": 2}));
    for name in ["a", "b", "c", "d", "e"] {
        let mut request = profile(tokens());
        request["connectorProfileName"] = name.into();
        aws.appflow("create-connector-profile", request).expect("profile");
    }
    let mut names = Vec::new();
    let mut token = Value::Null;
    let mut pages = 0;
    loop {
        let request = json!({"maxResults": 100, "nextToken": token});
        let page = aws.appflow("describe-connector-profiles", request).expect("a page");
        let details = page["connectorProfileDetails"].as_array().expect("a list");
        names.extend(details.iter().map(|it| text(it, "connectorProfileName")));
        pages += 1;
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!((names.join(""), pages), ("abcde".into(), 3));
    let invented = json!({"nextToken": "invented"});
    assert_eq!(code(aws.appflow("describe-connector-profiles", invented)), "ValidationException");
    let entities = json!({"connectorProfileName": "a"});
    let page = aws.appflow("list-connector-entities", entities).expect("entities");
    assert!(page["nextToken"].is_string());
}

#[test]
fn profiles_are_filtered_and_say_little() {
    let aws = Aws::new();
    aws.create_profile().expect("profile");
    let ask = |request: Value| {
        let answer = aws.appflow("describe-connector-profiles", request).expect("never a 404");
        answer["connectorProfileDetails"].clone()
    };
    assert_eq!(ask(json!({"connectorProfileNames": ["nope"]})), json!([]));
    assert_eq!(ask(json!({"connectorType": "Slack"})), json!([]));
    let found = ask(json!({"connectorType": "Salesforce"}))[0].clone();
    let members: Vec<&String> = found.as_object().expect("an object").keys().collect();
    assert_eq!(
        members,
        [
            "connectionMode",
            "connectorProfileArn",
            "connectorProfileName",
            "connectorProfileProperties",
            "connectorType",
            "createdAt",
            "credentialsArn",
            "lastUpdatedAt"
        ]
    );
    assert!(text(&found, "credentialsArn").contains(":secret:appflow!salesforce-acme-"));
}

#[test]
fn client_tokens_repeat_the_first_answer() {
    let aws = Aws::new();
    aws.create_profile().expect("profile");
    let mut request = flow();
    request["clientToken"] = "token".into();
    let first = aws.appflow("create-flow", request.clone()).expect("made");
    assert_eq!(aws.appflow("create-flow", request.clone()).expect("repeated"), first);
    let mut other = request.clone();
    other["description"] = "other".into();
    assert_eq!(code(aws.appflow("create-flow", other)), "ConflictException");
    aws.admin("POST", "/clock", json!({"advance_seconds": 8 * 3600}));
    let late = refused(aws.appflow("create-flow", request));
    assert_eq!(late.message, format!("Flow with name: {FLOW} already exists."));
}

#[test]
fn rules_have_client_tokens_but_associations_do_not() {
    let aws = Aws::new();
    let chain = aws.build();
    let mut request = rule(&chain.association);
    request["Name"] = "other".into();
    request["ClientToken"] = "token".into();
    let first = aws.create_rule(request.clone()).expect("made");
    assert_eq!(aws.create_rule(request).expect("repeated"), first);
    let mut again = crate::chain::association();
    again["ClientToken"] = "token".into();
    let path = "/instance/{i}/integration-associations";
    assert_eq!(code(aws.connect("PUT", path, again)), "DuplicateResourceException");
}

#[test]
fn lists_are_filtered() {
    let aws = Aws::new();
    let chain = aws.build();
    let count = |path: &str, list: &str| {
        let answer = aws.connect("GET", path, Value::Null).expect("a list");
        answer[list].as_array().map(Vec::len)
    };
    let rules = "RuleSummaryList";
    assert_eq!(count("/rules/{i}?publishStatus=PUBLISHED", rules), Some(1));
    assert_eq!(count("/rules/{i}?publishStatus=DRAFT", rules), Some(0));
    assert_eq!(count("/rules/{i}?eventSourceName=OnSalesforceCaseCreate", rules), Some(1));
    assert_eq!(count("/rules/{i}?eventSourceName=OnZendeskTicketCreate", rules), Some(0));
    let path = "/instance/{i}/integration-associations";
    let associations = "IntegrationAssociationSummaryList";
    assert_eq!(count(&format!("{path}?integrationType=EVENT"), associations), Some(1));
    assert_eq!(count(&format!("{path}?integrationType=VOICE_ID"), associations), Some(0));
    let arn = label(&crate::chain::integration_arn());
    assert_eq!(count(&format!("{path}?integrationArn={arn}"), associations), Some(1));
    assert_eq!(count(&format!("{path}?integrationArn={arn}x"), associations), Some(0));

    let search = json!({"InstanceId": INSTANCE, "SearchCriteria":
        {"StringCondition": {"FieldName": "name", "Value": "urgent", "ComparisonType": "STARTS_WITH"}}});
    let found = aws.connect("POST", "/search-rules", search).expect("found");
    assert_eq!(
        found["Rules"][0]["TriggerEventSource"]["IntegrationAssociationId"],
        json!(chain.association)
    );
    let prefix = json!({"NamePrefix": "aws.partner/other"});
    assert_eq!(aws.events("ListEventSources", prefix).expect("sources")["EventSources"], json!([]));
    let prefix = json!({"NamePrefix": "aws.partner/appflow"});
    let buses = aws.events("ListEventBuses", prefix).expect("buses");
    assert_eq!(buses["EventBuses"].as_array().map(Vec::len), Some(1));
}

#[test]
fn accounts_and_regions_are_apart() {
    let mut aws = Aws::new();
    aws.create_profile().expect("profile");
    let count = |aws: &Aws| {
        let answer = aws.appflow("describe-connector-profiles", json!({})).expect("profiles");
        answer["connectorProfileDetails"].as_array().map(Vec::len)
    };
    assert_eq!(count(&aws), Some(1));
    aws.region = "eu-west-1".into();
    assert_eq!(count(&aws), Some(0));
    aws.region = "us-east-1".into();
    aws.key = "AKIAEMULATOR00000002".into();
    assert_eq!(count(&aws), Some(0));
    aws.key = "AKIAANYBODY".into();
    assert_eq!(count(&aws), Some(1));
}
