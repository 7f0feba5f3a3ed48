//! Switches that change what a call does, beyond those of consistency.

use serde_json::{Value, json};

use crate::aws::{ACCOUNT, Aws, CONTACT_FLOW, ORG, code};
use crate::chain::{FLOW, PROFILE, SOURCE, flow, function, profile, rule, text, tokens};

#[test]
fn cdc_may_be_checked_late_or_never() {
    for (at, creates, starts) in
        [("create", false, false), ("start", true, false), ("never", true, true)]
    {
        let aws = Aws::with(json!({"cdc_checked_at": at}));
        aws.create_profile().expect("profile");
        aws.drift("disable_cdc", ORG);
        assert_eq!(aws.appflow("create-flow", flow()).is_ok(), creates, "{at}");
        if creates {
            aws.create_bus().expect("bus");
            assert_eq!(aws.start_flow().is_ok(), starts, "{at}");
        }
    }
}

#[test]
fn a_profile_may_keep_its_login() {
    let aws = Aws::with(json!({"update_profile_without_credentials_fails": false}));
    aws.create_profile().expect("profile");
    let mut request = profile(tokens());
    let config = request["connectorProfileConfig"].as_object_mut().expect("an object");
    config.remove("connectorProfileCredentials");
    aws.appflow("update-connector-profile", request).expect("kept");
    let asked = json!({"connectorProfileName": PROFILE});
    aws.appflow("list-connector-entities", asked).expect("still logged in");
}

#[test]
fn an_update_may_stop_a_flow() {
    for (switch, expected) in [("stays_active", "Active"), ("becomes_suspended", "Suspended")] {
        let aws = Aws::with(json!({"update_active_flow": switch}));
        aws.build_events();
        assert_eq!(aws.appflow("update-flow", flow()).expect("update")["flowStatus"], expected);
    }
    let aws = Aws::with(json!({"update_active_flow": "refused"}));
    aws.build_events();
    assert_eq!(code(aws.appflow("update-flow", flow())), "ConflictException");
}

#[test]
fn repeated_starts_and_stops() {
    let aws = Aws::with(json!({"start_active_flow": "refused", "stop_inactive_flow": "succeeds"}));
    aws.build_events();
    assert_eq!(code(aws.start_flow()), "ConflictException");
    for _ in 0..2 {
        let stopped = aws.appflow("stop-flow", json!({"flowName": FLOW})).expect("stop");
        assert_eq!(stopped["flowStatus"], "Suspended");
    }
}

#[test]
fn tasks_may_come_back_in_another_order() {
    let aws = Aws::with(json!({"reorder_tasks": true}));
    aws.create_profile().expect("profile");
    let mut request = flow();
    let filter = json!({"taskType": "Filter", "sourceFields": ["Id"],
        "connectorOperator": {"Salesforce": "PROJECTION"}});
    request["tasks"] = json!([filter, {"taskType": "Map_all", "sourceFields": []}]);
    aws.appflow("create-flow", request).expect("flow");
    let tasks = aws.describe_flow().expect("flow")["tasks"].clone();
    assert_eq!(tasks[0]["taskType"], "Map_all");
    assert_eq!(tasks[0]["taskProperties"]["EXCLUDE_SOURCE_FIELDS_LIST"], "[]");
    assert_eq!(tasks[1]["taskType"], "Filter");
}

#[test]
fn a_source_has_several_possible_fates() {
    for (switch, after_flow) in [("deleted", "DELETED"), ("pending", "PENDING"), ("kept", "ACTIVE")]
    {
        let aws = Aws::with(json!({"source_after_flow_deletion": switch}));
        aws.build_events();
        aws.drift("delete_flow", FLOW);
        assert_eq!(aws.source_state(), after_flow, "{switch} after the flow");
    }
    for (switch, after_bus) in [("deleted", "gone"), ("pending", "PENDING"), ("kept", "ACTIVE")] {
        let aws = Aws::with(json!({"source_after_bus_deletion": switch}));
        aws.build_events();
        aws.events("DeleteEventBus", json!({"Name": SOURCE})).expect("bus");
        assert_eq!(aws.source_state(), after_bus, "{switch} after the bus");
    }
}

#[test]
fn a_new_flow_may_revive_a_deleted_source() {
    for (switch, state) in [(true, "PENDING"), (false, "DELETED")] {
        let aws = Aws::with(json!({"new_flow_revives_source": switch}));
        aws.build_events();
        aws.drift("delete_flow", FLOW);
        aws.appflow("create-flow", flow()).expect("flow");
        assert_eq!(aws.source_state(), state);
    }
}

#[test]
fn an_update_may_recreate_an_expired_source() {
    for (switch, state) in [(true, "PENDING"), (false, "gone")] {
        let aws = Aws::with(json!({"update_flow_recreates_source": switch}));
        aws.create_profile().expect("profile");
        aws.appflow("create-flow", flow()).expect("flow");
        aws.drift("expire_source", SOURCE);
        aws.appflow("update-flow", flow()).expect("update");
        assert_eq!(aws.source_state(), state);
    }
}

#[test]
fn rule_checks_can_be_tightened_and_loosened() {
    let aws = Aws::new();
    let chain = aws.build();
    let mut request = rule(&chain.association);
    request["Name"] = "other".into();
    request["Function"] = function(json!([])).into();
    aws.switch(json!({"rule_without_conditions": false}));
    assert_eq!(code(aws.create_rule(request.clone())), "InvalidRequestException");
    aws.switch(json!({"rule_without_conditions": true, "rule_contact_flow_checked": "published"}));
    aws.drift("unpublish_contact_flow", CONTACT_FLOW);
    assert_eq!(code(aws.create_rule(request.clone())), "InvalidRequestException");
    aws.drift("delete_contact_flow", CONTACT_FLOW);
    aws.switch(json!({"rule_contact_flow_checked": "never"}));
    aws.create_rule(request).expect("unchecked");
}

#[test]
fn functions_may_come_back_as_sent() {
    let aws = Aws::with(json!({"rule_function_normalised": false}));
    let chain = aws.build();
    let found = aws.connect("GET", &format!("/rules/{{i}}/{}", chain.rule), Value::Null);
    assert_eq!(found.expect("rule")["Rule"]["Function"], rule(&chain.association)["Function"]);
}

#[test]
fn a_use_case_may_hold_on_to_its_rules() {
    let aws = Aws::with(json!({"delete_use_case_with_rules": "refused"}));
    let chain = aws.build();
    let path = format!(
        "/instance/{{i}}/integration-associations/{}/use-cases/{}",
        chain.association, chain.use_case
    );
    assert_eq!(code(aws.connect("DELETE", &path, Value::Null)), "InvalidRequestException");
    aws.drift("delete_rule", &chain.rule);
    aws.connect("DELETE", &path, Value::Null).expect("use case");
}

#[test]
fn application_names_may_have_to_be_unique() {
    let aws = Aws::with(json!({"source_application_name_unique": true}));
    aws.build();
    let request =
        json!({"Name": "other", "EventFilter": {"Source": SOURCE}, "EventBridgeBus": SOURCE});
    let made = aws.integrations("POST", "/eventIntegrations", request).expect("made");
    let mut association = crate::chain::association();
    association["IntegrationArn"] = made["EventIntegrationArn"].clone();
    let path = "/instance/{i}/integration-associations";
    assert_eq!(code(aws.connect("PUT", path, association.clone())), "DuplicateResourceException");
    association["SourceApplicationName"] = "another name".into();
    aws.connect("PUT", path, association).expect("association");
}

#[test]
fn answers_may_carry_surprises() {
    let aws = Aws::with(json!({"extra_unknown_fields": true}));
    aws.build_events();
    let flows = aws.appflow("list-flows", json!({})).expect("flows");
    assert!(flows["emulatorExtra"].is_object() && flows["flows"][0]["emulatorExtra"].is_object());
    let instances = aws.connect("GET", "/instance", Value::Null).expect("instances");
    assert_eq!(
        instances["InstanceSummaryList"][0]["IdentityManagementType"],
        "FUTURE_IDENTITYMANAGEMENTTYPE"
    );
    let failure = aws.appflow("describe-flow", json!({"flowName": "nope"})).expect_err("refused");
    assert!(failure.code.starts_with("ResourceNotFoundException:http"), "{}", failure.code);
    let failure = aws.events("DescribeEventBus", json!({"Name": "nope"})).expect_err("refused");
    assert_eq!(failure.code, "com.amazonaws.events#ResourceNotFoundException");
}

#[test]
fn codes_of_undocumented_errors_are_switches() {
    let aws = Aws::with(json!({
        "missing_profile_error": "ResourceNotFoundException",
        "cdc_missing_error": "ConnectorServerException",
        "start_without_active_source_error": "ValidationException",
        "unknown_association_error": "InvalidRequestException",
        "used_code_error": "ValidationException",
        "strict_partner_source_names": false,
        "unknown_bucket_refused": false,
    }));
    assert_eq!(code(aws.appflow("create-flow", flow())), "ResourceNotFoundException");
    aws.create_profile().expect("profile");
    aws.drift("disable_cdc", ORG);
    assert_eq!(code(aws.appflow("create-flow", flow())), "ConnectorServerException");
    aws.drift("enable_cdc", ORG);
    let mut request = flow();
    let properties = &mut request["destinationFlowConfigList"][0]["destinationConnectorProperties"];
    properties["EventBridge"] = json!({
        "object": "aws.partner/appflow.test/salesforce.com/1/x",
        "errorHandlingConfig": {"bucketName": "any-bucket"},
    });
    aws.appflow("create-flow", request).expect("flow");
    assert_eq!(code(aws.start_flow()), "ValidationException");
    assert_eq!(code(aws.create_rule(rule("nope"))), "InvalidRequestException");
    let mut request = profile(crate::chain::authorization_code());
    request["connectorProfileName"] = "other".into();
    aws.appflow("create-connector-profile", request.clone()).expect("profile");
    request["connectorProfileName"] = "third".into();
    assert_eq!(code(aws.appflow("create-connector-profile", request)), "ValidationException");
}

#[test]
fn the_rule_on_the_bus_has_the_name_of_its_switch() {
    let aws = Aws::with(json!({"connect_rule_name": "Connect-{id}-rule"}));
    let chain = aws.build();
    let rules = aws.events("ListRules", json!({"EventBusName": SOURCE})).expect("rules");
    let name = text(&rules["Rules"][0], "Name");
    assert_eq!(name, format!("Connect-{}-rule", chain.association));
    assert_eq!(
        text(&rules["Rules"][0], "Arn"),
        format!("arn:aws:events:us-east-1:{ACCOUNT}:rule/{SOURCE}/{name}")
    );
}

#[test]
fn a_flow_may_show_the_key_of_aws() {
    let aws = Aws::with(json!({"flow_shows_default_key": true}));
    aws.build_events();
    let key = text(&aws.describe_flow().expect("flow"), "kmsArn");
    assert!(key.starts_with(&format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/")), "{key}");
}

#[test]
fn rules_may_be_flat_only_and_references_anything() {
    let aws = Aws::with(json!({"rule_nesting_limit": 1, "reference_urls_checked": false}));
    let chain = aws.build();
    let mut request = rule(&chain.association);
    request["Name"] = "other".into();
    request["Actions"][0]["TaskAction"]["References"]["Case"]["Value"] = "no URL".into();
    let flat = request["Function"].clone();
    request["Function"] = function(json!([{"Operator": "OR", "Operands": []}])).into();
    assert_eq!(code(aws.create_rule(request.clone())), "InvalidRequestException");
    request["Function"] = flat;
    aws.create_rule(request).expect("flat");
}

#[test]
fn sources_may_be_activated_again() {
    let aws = Aws::with(json!({"source_already_in_state": "succeeds"}));
    aws.build_events();
    aws.events("ActivateEventSource", json!({"Name": SOURCE})).expect("again");
    for _ in 0..2 {
        aws.events("DeactivateEventSource", json!({"Name": SOURCE})).expect("twice");
    }
}

#[test]
fn an_association_may_do_without_its_bus() {
    let aws = Aws::new();
    aws.create_integration().expect("event integration");
    assert_eq!(code(aws.create_association()), "ResourceNotFoundException");
    aws.switch(json!({"association_needs_bus": false}));
    aws.create_association().expect("association");
}

#[test]
fn claims_of_a_jwt_may_go_unchecked() {
    let aws = Aws::new();
    let jwt = || profile(json!({"oAuth2GrantType": "JWT_BEARER", "jwtToken": "a.b.c"}));
    let create = || aws.appflow("create-connector-profile", jwt());
    assert_eq!(code(create()), "ConnectorAuthenticationException");
    aws.switch(json!({"jwt_claims_checked": false}));
    create().expect("unchecked");
}

#[test]
fn a_reused_token_may_be_a_validation_error() {
    let aws = Aws::with(json!({"appflow_token_reuse_error": "ValidationException"}));
    aws.create_profile().expect("profile");
    let mut request = flow();
    request["clientToken"] = "token".into();
    aws.appflow("create-flow", request.clone()).expect("flow");
    request["description"] = "other".into();
    assert_eq!(code(aws.appflow("create-flow", request)), "ValidationException");
}

#[test]
fn the_console_can_be_told_what_it_makes() {
    let aws = Aws::with(json!({
        "console_source_suffix": "connect-{sub}",
        "console_event_integration_name": "named-{sub}",
        "console_filter_task": true,
        "console_excludes_spelt_out": false,
    }));
    let made = aws.admin("POST", "/console", json!({"instance": "acme", "org": ORG}));
    assert!(text(&made, "event_source").ends_with("/connect-acme"));
    assert_eq!(made["event_integration"], "named-acme");
    let flow = aws.appflow("describe-flow", json!({"flowName": made["flow"]})).expect("flow");
    assert_eq!(flow["tasks"][0]["taskType"], "Filter");
    assert_eq!(flow["tasks"][1]["taskProperties"], json!({}));
}

#[test]
fn other_services_may_be_throttled_too() {
    let aws = Aws::with(json!({
        "throttling": true,
        "appflow_rate": 0.001,
        "appflow_burst": 1,
        "events_rate": 0.001,
        "events_burst": 1,
    }));
    let flows = || aws.appflow("list-flows", json!({}));
    let buses = || aws.events("ListEventBuses", json!({}));
    flows().expect("the first");
    buses().expect("the first");
    assert_eq!(code(flows()), "ThrottlingException");
    assert_eq!(code(buses()), "ThrottlingException");
}
