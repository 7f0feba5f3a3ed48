//! Failures of `connect_salesforce_event_flow`.

use serde_json::json;

use super::{Act, Case};
use crate::account::{CONSOLE_NAME, FLOW, INSTANCE, ORG};

const CREATING: &str = "creating connect_salesforce_event_flow (cases)";
const UPDATING: &str = "updating connect_salesforce_event_flow (cases)";
const DELETING: &str = "deleting connect_salesforce_event_flow (cases)";
const READING: &str = "reading connect_salesforce_event_flow (cases)";
const SOURCE: &str = "aws.partner/appflow/salesforce.com/111122223333/cases";

/// A case in an account that has the connection.
fn case(rows: &'static [&'static str], what: &'static str) -> Case {
    Case::new(rows, what, FLOW).given(|it| it.connection(CONSOLE_NAME))
}

pub(super) fn cases() -> Vec<Case> {
    [salesforce(), permissions(), names(), source_and_bus(), drift(), deletion()]
        .into_iter()
        .flatten()
        .collect()
}

fn salesforce() -> Vec<Case> {
    vec![
        case(&["4.1", "3.8"], "Change Data Capture is off for Case")
            .then(|it| it.drift("disable_cdc", ORG))
            .errs(CREATING, "source_object", &["tick Case", "Change Data Capture"]),
        case(&["4.1"], "it is off, and looking is not allowed")
            .then(|it| {
                it.drift("disable_cdc", ORG);
                it.deny(&["appflow:ListConnectorEntities"]);
            })
            .errs(CREATING, "source_object", &["Case for CaseChangeEvent"]),
        case(&["4.1"], "it is off, which shows when the flow is started")
            .then(|it| {
                it.drift("disable_cdc", ORG);
                it.deny(&["appflow:ListConnectorEntities"]);
                it.switch(json!({"cdc_checked_at": "start"}));
            })
            .errs(CREATING, "source_object", &["Case for CaseChangeEvent", "tainted"]),
        case(&["4.1"], "an object that no org publishes by itself")
            .with(json!({"source_object": "Invoice__ChangeEvent"}))
            .errs(CREATING, "source_object", &["tick Invoice__c"]),
        case(&["4.2"], "an edition without API")
            .then(|it| it.org(json!({"api_disabled": true})))
            .errs(CREATING, "connection_name", &["Enterprise", "Nothing was created."]),
        case(&["4.3"], "a revoked login").then(|it| it.drift("revoke_token", CONSOLE_NAME)).errs(
            CREATING,
            "connection_name",
            &["`credentials_wo_version`", "valid until revoked"],
        ),
        case(&["4.10"], "a user who may not see the setup")
            .then(|it| {
                let message = "INSUFFICIENT_ACCESS: View Setup and Configuration is required";
                it.fail("ListConnectorEntities", "ConnectorServerException", message);
            })
            .errs(CREATING, "connection_name", &["API Enabled", "IP restrictions"]),
        Case::new(&[], "a connection that does not exist", FLOW).errs(
            CREATING,
            "connection_name",
            &[CONSOLE_NAME, "`connection_name`"],
        ),
    ]
}

fn permissions() -> Vec<Case> {
    vec![
        case(&["4.11"], "no permission to make flows")
            .then(|it| it.deny(&["appflow:CreateFlow"]))
            .errs(CREATING, "", &["appflow:CreateFlow", "appflow:UseConnectorProfile"]),
        case(&["4.11"], "no permission to use the connection")
            .then(|it| it.deny(&["appflow:UseConnectorProfile"]))
            .errs(CREATING, "", &["appflow:UseConnectorProfile", "connect_iam_policy"]),
        case(&["4.12"], "no permission to let AppFlow use the key")
            .with(json!({"kms_key_arn": KEY}))
            .then(|it| it.deny(&["kms:CreateGrant"]))
            .errs(CREATING, "kms_key_arn", &["kms:CreateGrant"]),
        case(&["4.12"], "a key of another region")
            .with(json!({"kms_key_arn": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"}))
            .errs(CREATING, "kms_key_arn", &["same region"]),
        case(&["4.14"], "an error bucket that AppFlow may not write to")
            .with(json!({"error_handling": {"bucket_name": "acme-closed"}}))
            .errs(
                CREATING,
                "error_handling.bucket_name",
                &["appflow.amazonaws.com", "s3:PutObject", "connect_iam_policy"],
            ),
        case(&["4.14"], "an error bucket that does not exist")
            .with(json!({"error_handling": {"bucket_name": "acme-nowhere"}}))
            .errs(CREATING, "error_handling.bucket_name", &["same region"]),
    ]
}

fn names() -> Vec<Case> {
    vec![
        case(&["4.16"], "the name of a flow is taken")
            .then(|it| it.flow("cases", &SOURCE.replace("/cases", "/other")))
            .errs(CREATING, "name", &["import {", "id = \"cases\"", "another name"]),
        case(&["4.18", "3.8"], "a running flow that refuses changes is stopped first")
            .made(json!({}))
            .then(|it| it.switch(json!({"update_active_flow": "refused"})))
            .with(json!({"description": "Cases of Acme"})),
        case(&["4.18"], "someone started the flow while it was being deleted")
            .made(json!({}))
            .then(|it| {
                it.fail("DeleteFlow", "ConflictException", "Flow cases is currently Active.");
            })
            .act(Act::Destroy)
            .errs(DELETING, "", &["apply again"]),
        case(&["4.19"], "AppFlow refuses another destination")
            .made(json!({}))
            .then(|it| {
                let message = "Update Flow request failed due to:[Destination object for the \
                               destination connector can not be updated]";
                it.fail("UpdateFlow", "ValidationException", message);
            })
            .with(json!({"description": "Cases of Acme"}))
            .errs(UPDATING, "event_source_name", &["-replace=ADDRESS"]),
        case(&["4.20"], "AppFlow's quota of flows")
            .then(|it| {
                let message = "The account has reached its limit of 1000 flows.";
                it.fail("CreateFlow", "ServiceQuotaExceededException", message);
            })
            .errs(CREATING, "", &["AppFlow's quota", "Service Quotas"]),
        case(&[], "a name that does not fit an event source")
            .with(json!({"name": "cases!"}))
            .act(Act::Plan)
            .errs("The event source needs a name", "event_source_name", &["`event_source_name`"]),
    ]
}

fn source_and_bus() -> Vec<Case> {
    vec![
        case(&["4.22"], "an event source that takes its time")
            .then(|it| it.switch(json!({"event_source_delay_reads": 2}))),
        case(&["4.22", "3.8"], "an event source that never appears")
            .then(|it| {
                it.flow("other", &SOURCE.replace("/cases", "/other"));
                it.events(
                    "DescribeEventSource",
                    &json!({"Name": SOURCE.replace("/cases", "/other")}),
                );
                it.switch(json!({"event_source_delay_reads": 1000}));
            })
            .with(json!({"timeouts": {"create": "1s"}}))
            .errs(
                CREATING,
                "event_source_name",
                &["region us-east-1 of account 111122223333", "/other (PENDING)", "`timeouts`"],
            ),
        case(&["4.25"], "the event source has a bus already")
            .then(|it| {
                it.flow("other", SOURCE);
                it.events("CreateEventBus", &json!({"Name": SOURCE, "EventSourceName": SOURCE}));
            })
            .errs(
                CREATING,
                "event_bus",
                &["`event_bus = { adopt = true }`", "`event_source_name`"],
            ),
        case(&["4.25"], "someone makes the bus at the same time")
            .then(|it| {
                let message = format!("Event bus {SOURCE} already exists.");
                it.fail_after("CreateEventBus", "ResourceAlreadyExistsException", &message);
            })
            .errs(CREATING, "event_bus", &["adopt = true", "tainted"]),
        case(&["4.29"], "EventBridge's quota of buses")
            .then(|it| {
                let message = "The requested resource exceeds the maximum number allowed.";
                it.fail("CreateEventBus", "LimitExceededException", message);
            })
            .errs(CREATING, "", &["100 buses", "Service Quotas", "tainted"]),
        case(&["4.30"], "a region without partner event sources")
            .then(|it| {
                let message = "This operation is disabled in this region.";
                it.fail("DescribeEventSource", "OperationDisabledException", message);
            })
            .errs(CREATING, "region", &["`region`"]),
    ]
}

fn drift() -> Vec<Case> {
    vec![
        case(&["4.3", "4.47"], "a flow that AppFlow suspended for a revoked login")
            .made(json!({}))
            .then(|it| it.drift("revoke_token", CONSOLE_NAME))
            .act(Act::Plan)
            .warns(
                "The flow is Suspended, not Active",
                "enabled",
                &["`credentials_wo_version`", "{\"error\""],
            ),
        case(&["4.23"], "an event source whose time runs out")
            .made(json!({}))
            .then(|it| {
                let now = it.admin("GET", "/health", json!(null))["time"].as_f64();
                let then = now.expect("a time") - f64::from(12 * 24 * 3600);
                it.admin("POST", "/clock", json!({"freeze_at": then}));
                it.drift("delete_bus", SOURCE);
                it.admin("POST", "/clock", json!({"unfreeze": true}));
            })
            .act(Act::Plan)
            .warns(
                "The partner event source expires soon",
                "event_source_name",
                &["Apply before that"],
            ),
        case(&["4.23"], "an event source that has expired")
            .made(json!({}))
            .then(|it| it.drift("expire_source", SOURCE))
            .act(Act::Plan)
            .warns("The partner event source is gone", "", &["two weeks", "Applying makes"]),
        case(&["4.24"], "an event source that AppFlow deleted")
            .made(json!({}))
            .then(|it| it.drift("delete_source", SOURCE))
            .act(Act::Plan)
            .warns("The partner event source is gone", "", &["Applying makes"]),
        case(&[], "a flow that someone deleted")
            .made(json!({}))
            .then(|it| it.drift("delete_flow", "cases"))
            .act(Act::Plan)
            .warns("The flow is missing", "", &["Applying makes it again"]),
        case(&[], "an event source that someone deactivated")
            .made(json!({}))
            .then(|it| it.drift("deactivate_source", SOURCE))
            .act(Act::Plan)
            .warns(
                "The partner event source is not connected to its bus",
                "",
                &["Applying activates it"],
            ),
        case(&["4.50"], "a denied refresh")
            .made(json!({}))
            .then(|it| it.deny(&["appflow:DescribeFlow"]))
            .act(Act::Plan)
            .errs(READING, "", &["Allow appflow:DescribeFlow"]),
        case(&[], "a bus that may not be looked at")
            .made(json!({}))
            .then(|it| it.deny(&["events:DescribeEventBus"]))
            .act(Act::Plan)
            .warns("A part could not be read", "", &["events:DescribeEventBus", "keeps"]),
    ]
}

fn deletion() -> Vec<Case> {
    vec![
        case(&["4.27"], "a bus with rules of others")
            .made(json!({}))
            .then(|it| {
                for rule in ["to-the-lake", "audit"] {
                    let pattern = json!({"source": [{"prefix": "aws.partner"}]}).to_string();
                    let rule =
                        json!({"Name": rule, "EventBusName": SOURCE, "EventPattern": pattern});
                    it.events("PutRule", &rule);
                }
            })
            .act(Act::Destroy)
            .errs(DELETING, "force_destroy", &["audit, to-the-lake", "`force_destroy = true`"]),
        case(&["4.27"], "a bus with Connect's own rule")
            .made(json!({}))
            .then(|it| {
                let console = json!({
                    "instance": INSTANCE, "org": ORG, "existing_event_source": SOURCE,
                });
                it.admin("POST", "/console", console);
            })
            .act(Act::Destroy)
            .errs(DELETING, "event_source_name", &["replace_triggered_by"]),
        case(&["4.28"], "a rule that a service manages")
            .made(json!({"force_destroy": true}))
            .then(|it| {
                let rule = json!({
                    "Name": "schemas", "EventBusName": SOURCE,
                    "EventPattern": json!({"account": ["111122223333"]}).to_string(),
                });
                it.events("PutRule", &rule);
                let message = "Rule schemas is a managed rule. Set 'force' parameter to true to \
                               override.";
                it.fail("DeleteRule", "ManagedRuleException", message);
            })
            .act(Act::Destroy)
            .errs(DELETING, "", &["belongs to an AWS service"]),
        case(&["4.28"], "a rule that gets a target while it is deleted")
            .made(json!({"force_destroy": true, "timeouts": {"delete": "7s"}}))
            .then(|it| {
                let rule = json!({
                    "Name": "audit", "EventBusName": SOURCE,
                    "EventPattern": json!({"account": ["111122223333"]}).to_string(),
                });
                it.events("PutRule", &rule);
                it.fail(
                    "DeleteRule",
                    "ValidationException",
                    "Rule can't be deleted since it has targets.",
                );
            })
            .act(Act::Destroy)
            .errs(DELETING, "", &["apply again"]),
    ]
}

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
