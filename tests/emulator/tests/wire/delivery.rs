//! Where a case gets lost on its way, and that the trace says so.

use serde_json::{Value, json};

use crate::aws::{Aws, CONTACT_FLOW, ORG, code, refused};
use crate::chain::{Chain, FLOW, PROFILE, SOURCE, profile, rule, text, tokens};

fn trace(aws: &Aws) -> String {
    let case = json!({"org": ORG, "fields": {"Priority": "High"}});
    let answer = aws.admin("POST", "/cases", case);
    assert_eq!(answer["tasks"], json!([]), "a task was made: {answer:#}");
    let steps = answer["trace"].as_array().expect("a list");
    steps.last().and_then(Value::as_str).expect("a step").to_owned()
}

#[test]
fn each_broken_link_stops_the_case() {
    type Break = fn(&Aws, &Chain);
    let breaks: [(&str, Break); 12] = [
        ("Change Data Capture is off", |aws, _| aws.drift("disable_cdc", ORG)),
        ("0 flow(s) listen", |aws, _| aws.drift("delete_flow", FLOW)),
        ("is Suspended: the event is dropped", |aws, _| aws.drift("stop_flow", FLOW)),
        ("is PENDING: the event is dropped", |aws, _| aws.drift("deactivate_source", SOURCE)),
        ("is DELETED: the event is dropped", |aws, _| aws.drift("delete_source", SOURCE)),
        ("is PENDING: the event is dropped", |aws, _| aws.drift("delete_bus", SOURCE)),
        ("is DISABLED", |aws, chain| {
            aws.drift("disable_event_rule", &format!("AmazonConnect-{}", chain.association));
        }),
        ("the event goes nowhere", |aws, chain| {
            aws.drift("delete_event_rule", &format!("AmazonConnect-{}", chain.association));
        }),
        ("has no RULES_EVALUATION use case", |aws, chain| {
            aws.drift("delete_use_case", &chain.use_case);
        }),
        ("no rule hangs on", |aws, chain| aws.drift("delete_rule", &chain.rule)),
        ("is a draft", |aws, chain| {
            let changes = json!({"PublishStatus": "DRAFT"});
            let drift = json!({"kind": "edit_rule", "target": chain.rule, "changes": changes});
            aws.admin("POST", "/drift", drift);
        }),
        ("Amazon Connect Rules Action Execution Failed", |aws, _| {
            aws.drift("unpublish_contact_flow", CONTACT_FLOW);
        }),
    ];
    for (expected, break_it) in breaks {
        let aws = Aws::new();
        let chain = aws.build();
        assert_eq!(aws.case("High"), ["Case 00042"]);
        break_it(&aws, &chain);
        let last = trace(&aws);
        assert!(last.contains(expected), "{expected}: {last}");
    }
}

#[test]
fn only_created_cases_count() {
    let aws = Aws::new();
    aws.build();
    let case = json!({"org": ORG, "change_type": "UPDATE", "fields": {"Priority": "High"}});
    assert_eq!(aws.admin("POST", "/cases", case)["tasks"], json!([]));
}

#[test]
fn custom_fields_can_be_compared() {
    let aws = Aws::new();
    let chain = aws.build();
    let mut request = rule(&chain.association);
    let condition = crate::chain::condition("EQUALS", "CustomAttribute.Tier__c", "gold");
    request["Name"] = "gold".into();
    request["Function"] = crate::chain::function(json!([condition])).into();
    aws.create_rule(request).expect("rule");
    let case = json!({"org": ORG, "fields": {"CustomAttribute": {"Tier__c": "gold"}}});
    assert_eq!(aws.admin("POST", "/cases", case)["tasks"][0]["rule_name"], "gold");
}

#[test]
fn large_events_do_not_arrive() {
    let aws = Aws::new();
    aws.build();
    let fields = json!({"Priority": "High", "Description": "x".repeat(256 * 1024)});
    let answer = aws.admin("POST", "/cases", json!({"org": ORG, "fields": fields}));
    assert_eq!(answer["tasks"], json!([]));
    let records = aws.appflow("describe-flow-execution-records", json!({"flowName": FLOW}));
    let record = records.expect("records")["flowExecutions"][0].clone();
    assert_eq!(record["executionStatus"], "Error");
    assert!(aws.describe_flow().expect("flow")["lastRunExecutionDetails"].is_object());
}

#[test]
fn a_revoked_token_suspends_flows_until_the_next_login() {
    let aws = Aws::new();
    aws.build();
    let entities =
        || aws.appflow("list-connector-entities", json!({"connectorProfileName": PROFILE}));
    entities().expect("logged in");
    aws.drift("revoke_token", PROFILE);
    let failure = refused(entities());
    assert_eq!((failure.status, failure.code.as_str()), (401, "ConnectorAuthenticationException"));
    let flow = aws.describe_flow().expect("flow");
    assert_eq!(flow["flowStatus"], "Suspended");
    assert!(text(&flow, "flowStatusMessage").contains("expired access/refresh token"));
    aws.appflow("describe-connector-profiles", json!({})).expect("says nothing");
    assert_eq!(code(aws.start_flow()), "ConnectorAuthenticationException");
    let mut update = profile(tokens());
    update.as_object_mut().expect("an object").remove("connectorType");
    aws.appflow("update-connector-profile", update).expect("new credentials");
    aws.start_flow().expect("start");
    assert_eq!(aws.describe_flow().expect("flow").get("flowStatusMessage"), None);
    assert_eq!(aws.case("High"), ["Case 00042"]);
}

#[test]
fn flows_may_notice_a_revoked_token_late() {
    let aws = Aws::with(json!({"revoked_token_noticed": "on_next_event"}));
    aws.build();
    aws.drift("revoke_token", ORG);
    assert_eq!(aws.describe_flow().expect("flow")["flowStatus"], "Active");
    assert!(trace(&aws).contains("can not log in"));
    assert_eq!(aws.describe_flow().expect("flow")["flowStatus"], "Suspended");
}

#[test]
fn entities_are_cached_for_an_hour() {
    let aws = Aws::new();
    aws.create_profile().expect("profile");
    let asked = json!({"connectorProfileName": PROFILE, "connectorType": "Salesforce"});
    let listed = || {
        let map = aws.appflow("list-connector-entities", asked.clone()).expect("entities");
        map.to_string().contains("\"CaseChangeEvent\"")
    };
    assert!(listed());
    aws.drift("disable_cdc", ORG);
    assert!(listed(), "from the cache");
    aws.appflow("reset-connector-metadata-cache", asked.clone()).expect("reset");
    assert!(!listed());
    aws.drift("enable_cdc", ORG);
    assert!(!listed(), "from the cache");
    aws.admin("POST", "/clock", json!({"advance_seconds": 3600}));
    assert!(listed());
    let mut entity = asked.clone();
    entity["connectorEntityName"] = "CaseChangeEvent".into();
    let fields = aws.appflow("describe-connector-entity", entity.clone()).expect("fields");
    assert!(fields.to_string().contains("\"Priority\""));
    entity["connectorEntityName"] = "Nope".into();
    assert_eq!(code(aws.appflow("describe-connector-entity", entity)), "ConnectorServerException");
}

#[test]
fn org_settings_decide_logins() {
    let aws = Aws::new();
    let host = "uat--acme.sandbox.my.salesforce.com";
    let verifier = "v".repeat(43);
    let arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:app";
    aws.admin(
        "POST",
        "/seed",
        json!({"orgs": [{
            "host": host,
            "sandbox": true,
            "authorization_codes": [
                {"code": "pkce", "code_verifier": verifier},
                {"code": "late", "expires_in": 900},
            ],
            "redirect_uris": ["https://callback"],
            "client_credentials_arns": [arn],
            "accepted_jwts": ["a.b.c"],
            "refresh_tokens": ["good"],
        }]}),
    );
    let number = std::cell::Cell::new(0);
    let log_in = |credentials: Value| {
        number.set(number.get() + 1);
        let mut request = profile(credentials);
        request["connectorProfileName"] = format!("p{}", number.get()).into();
        request["connectorProfileConfig"]["connectorProfileProperties"]["Salesforce"] =
            json!({"instanceUrl": format!("https://{host}/"), "isSandboxEnvironment": true});
        aws.appflow("create-connector-profile", request)
    };
    let with_code = |code: &str, uri: &str, verifier: Option<&str>, arn: Option<&str>| {
        log_in(json!({
            "clientCredentialsArn": arn,
            "oAuthRequest": {"authCode": code, "redirectUri": uri, "codeVerifier": verifier},
        }))
    };
    let uri = "https://callback";
    let refusal = "ConnectorAuthenticationException";
    let wrong = "w".repeat(43);
    assert_eq!(code(with_code("late", "https://other", None, Some(arn))), refusal);
    assert_eq!(code(with_code("late", uri, None, None)), refusal);
    assert_eq!(code(with_code("pkce", uri, Some(&wrong), Some(arn))), refusal);
    assert_eq!(code(with_code("pkce", uri, Some(&verifier), Some(arn))), refusal, "it is used up");
    aws.admin("POST", "/clock", json!({"advance_seconds": 900}));
    assert_eq!(code(with_code("late", uri, None, Some(arn))), refusal);
    let jwt = |token: &str| log_in(json!({"oAuth2GrantType": "JWT_BEARER", "jwtToken": token}));
    jwt("a.b.c").expect("a listed JWT");
    assert_eq!(code(jwt("a.b.d")), refusal);
    log_in(json!({"accessToken": "any", "refreshToken": "good"})).expect("a listed token");
    assert_eq!(code(log_in(json!({"accessToken": "any", "refreshToken": "bad"}))), refusal);
}

#[test]
fn orgs_may_block_the_app_or_lack_the_api() {
    let aws = Aws::new();
    aws.admin("POST", "/seed", json!({"orgs": [{"host": ORG, "app_blocked": true}]}));
    assert_eq!(code(aws.create_profile()), "ConnectorAuthenticationException");
    aws.admin("POST", "/seed", json!({"orgs": [{"host": ORG, "api_disabled": true}]}));
    aws.create_profile().expect("the login works");
    let asked = json!({"connectorProfileName": PROFILE});
    assert_eq!(code(aws.appflow("list-connector-entities", asked)), "ConnectorServerException");
}
