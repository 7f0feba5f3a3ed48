//! Failures of `connect_salesforce_app_integration`.

use serde_json::json;

use super::{Act, Case};
use crate::account::{Account, INSTANCE, INTEGRATION, OTHER_INSTANCE, SOURCE};

const CREATING: &str = "creating connect_salesforce_app_integration (Salesforce - Acme)";
const DELETING: &str = "deleting connect_salesforce_app_integration (Salesforce - Acme)";
const READING: &str = "reading connect_salesforce_app_integration (Salesforce - Acme)";

/// A case in an account with an active event source.
fn case(rows: &'static [&'static str], what: &'static str) -> Case {
    Case::new(rows, what, INTEGRATION).given(Account::source)
}

pub(super) fn cases() -> Vec<Case> {
    [sources(), integrations(), associations(), deletion()].into_iter().flatten().collect()
}

fn event_integration(account: &Account, name: &str) {
    let request =
        json!({"Name": name, "EventFilter": {"Source": SOURCE}, "EventBridgeBus": SOURCE});
    account.call("app-integrations", "POST", "/eventIntegrations", &request);
}

fn associate(account: &Account, instance: &str, arn: &str) -> String {
    let request = json!({
        "IntegrationType": "EVENT",
        "IntegrationArn": arn,
        "SourceType": "SALESFORCE",
        "SourceApplicationName": "Made in the console",
        "SourceApplicationUrl": "https://acme.lightning.force.com",
    });
    let path = format!("/instance/{instance}/integration-associations");
    let made = account.call("connect", "PUT", &path, &request);
    made["IntegrationAssociationId"].as_str().unwrap_or_default().to_owned()
}

const ARN: &str = "arn:aws:app-integrations:us-east-1:111122223333:event-integration/";
/// What the provider calls the event integration of the base.
const OWNED: &str = "salesforce-acme-2e5b9e2f";

fn sources() -> Vec<Case> {
    vec![
        Case::new(&["4.22", "3.8"], "an event source that does not exist", INTEGRATION)
            .given(|it| {
                it.connection(crate::account::CONSOLE_NAME);
                it.flow("acme", &SOURCE.replace("/acme", "/other"));
            })
            .errs(
                CREATING,
                "event_source_name",
                &["us-east-1", "111122223333", "/other (PENDING)"],
            ),
        Case::new(&["4.22"], "an event source in an account that has none", INTEGRATION).errs(
            CREATING,
            "event_source_name",
            &["us-east-1", "no event source"],
        ),
        Case::new(&["4.23"], "an event source without a bus", INTEGRATION)
            .given(|it| {
                it.connection(crate::account::CONSOLE_NAME);
                it.flow("acme", SOURCE);
            })
            .errs(CREATING, "event_source_name", &["`connect_salesforce_event_flow`"]),
        case(&["4.24"], "an event source that AppFlow deleted")
            .then(|it| it.drift("delete_source", SOURCE))
            .errs(CREATING, "event_source_name", &["Make the flow again"]),
        case(&["4.30"], "a region without partner event sources")
            .then(|it| {
                let message = "This operation is disabled in this region.";
                it.fail("DescribeEventSource", "OperationDisabledException", message);
            })
            .errs(CREATING, "region", &["`region`"]),
        case(&[], "neither a source nor an event integration")
            .with(json!({"event_source_name": null}))
            .errs(
                "The integration needs an event source",
                "event_source_name",
                &["`event_integration_arn`"],
            ),
        case(&[], "a bus that does not exist")
            .with(json!({"event_bus_name": "aws.partner/x/y"}))
            .errs(CREATING, "event_bus_name", &["`event_bus_name`"]),
    ]
}

fn integrations() -> Vec<Case> {
    vec![
        case(&["4.31"], "the name of an event integration is taken")
            .then(|it| event_integration(it, "acme-cases"))
            .with(json!({"event_integration_name": "acme-cases"}))
            .errs(
                CREATING,
                "event_integration_name",
                &["event-integration/acme-cases", "event_integration_arn"],
            ),
        case(&["4.32"], "the quota of event integrations")
            .then(|it| {
                for number in 1..=10 {
                    event_integration(it, &format!("left-behind-{number}"));
                }
                associate(it, OTHER_INSTANCE, &format!("{ARN}left-behind-2"));
            })
            .errs(
                CREATING,
                "",
                &["left-behind-1, left-behind-10, left-behind-3", "Service Quotas"],
            ),
        case(&["4.35"], "something else than an event integration")
            .with(json!({"event_integration_arn": "arn:aws:s3:::acme-cases"}))
            .errs(
                "Invalid event_integration_arn",
                "event_integration_arn",
                &["ARN of an event integration"],
            ),
        case(&["4.35"], "an event integration that does not exist")
            .with(json!({"event_integration_arn": format!("{ARN}acme-cases")}))
            .errs(CREATING, "event_integration_arn", &["\"acme-cases\"", "account and region"]),
        case(&["4.35"], "an event integration of another source")
            .then(|it| event_integration(it, "acme-cases"))
            .with(json!({
                "event_integration_arn": format!("{ARN}acme-cases"),
                "event_source_name": SOURCE.replace("/acme", "/other"),
            }))
            .errs(CREATING, "event_source_name", &["Set `event_source_name = "]),
        case(&["4.35"], "Connect does not like the request")
            .then(|it| {
                it.fail(
                    "CreateIntegrationAssociation",
                    "InvalidRequestException",
                    "The request is not valid.",
                );
            })
            .errs(CREATING, "", &["`application_url`", "Nothing was created."]),
    ]
}

fn associations() -> Vec<Case> {
    vec![
        case(&["4.34", "3.8"], "the instance has this association already")
            .then(|it| {
                event_integration(it, "acme-cases");
                associate(it, INSTANCE, &format!("{ARN}acme-cases"));
            })
            .with(json!({
                "event_source_name": null,
                "event_integration_arn": format!("{ARN}acme-cases"),
            }))
            .errs(
                CREATING,
                "instance_id",
                &["import {", "# identity = {", "integration_association_id = ", "}\n\nNothing"],
            ),
        case(&["4.36"], "no permission for what Connect does in the caller's name")
            .then(|it| it.deny(&["events:PutRule"]))
            .errs(CREATING, "", &["events:PutRule", "AmazonConnect_FullAccess"]),
        case(&["4.36"], "the same, as InvalidRequestException")
            .then(|it| {
                it.switch(json!({"dependent_action_denied_error": "InvalidRequestException"}));
                it.deny(&["events:PutTargets"]);
            })
            .errs(CREATING, "", &["events:PutTargets", "connect_iam_policy"]),
        case(&["4.38"], "someone else adds the use case at the same time").then(|it| {
            let fault = json!({
                "operation": "CreateUseCase", "kind": "error_after",
                "code": "DuplicateResourceException", "message": "The use case exists.",
            });
            it.admin("POST", "/faults", fault);
        }),
        case(&["4.39"], "an instance that does not exist")
            .with(json!({"instance_id": "11111111-2222-4333-8444-000000000000"}))
            .errs(
                CREATING,
                "instance_id",
                &["us-east-1", "acme (11111111-2222-4333-8444-555555555555)", "globex"],
            ),
        case(&["4.39"], "an instance of another region")
            .with(json!({
                "instance_id": format!("arn:aws:connect:eu-west-1:111122223333:instance/{INSTANCE}"),
            }))
            .act(Act::Plan)
            .errs("instance_id is in another region", "instance_id", &["eu-west-1"]),
        case(&["4.40"], "Connect throttles")
            .then(|it| {
                let fault = json!({
                    "operation": "CreateIntegrationAssociation", "kind": "error", "times": 9,
                    "code": "ThrottlingException", "message": "Rate exceeded",
                });
                it.admin("POST", "/faults", fault);
            })
            .errs(CREATING, "", &["rate_limits", "Nothing was created."]),
        case(&["4.48"], "an association whose answer is lost").then(|it| {
            let fault =
                json!({"operation": "CreateIntegrationAssociation", "kind": "drop_after"});
            it.admin("POST", "/faults", fault);
        }),
        case(&["4.49"], "a list that misses the association")
            .made(json!({}))
            .then(|it| {
                let hide =
                    json!({"kind": "hide_associations", "target": INSTANCE, "reads": 2});
                it.admin("POST", "/drift", hide);
            })
            .act(Act::Plan),
        case(&["4.50"], "a denied refresh")
            .made(json!({}))
            .then(|it| it.deny(&["connect:ListIntegrationAssociations"]))
            .act(Act::Plan)
            .errs(READING, "", &["Allow connect:ListIntegrationAssociations"]),
        case(&[], "the import of an association that is not there")
            .act(Act::Import("11111111-2222-4333-8444-555555555555"))
            .errs(
                "importing connect_salesforce_app_integration",
                "",
                &["`INSTANCE_ID,INTEGRATION_ASSOCIATION_ID`"],
            ),
    ]
}

fn deletion() -> Vec<Case> {
    vec![
        case(&["4.33"], "another instance uses the event integration")
            .made(json!({"event_integration_name": OWNED}))
            .then(|it| {
                associate(it, OTHER_INSTANCE, &format!("{ARN}{OWNED}"));
            })
            .act(Act::Destroy)
            .errs(
                DELETING,
                "event_integration_arn",
                &["is also used by", "`event_integration_arn = "],
            ),
        case(&["4.33"], "an event integration that stays in use")
            .made(json!({"event_integration_name": OWNED, "timeouts": {"delete": "1s"}}))
            .then(|it| {
                let fault = json!({
                    "operation": "DeleteEventIntegration", "kind": "error", "times": 9,
                    "code": "InvalidRequestException",
                    "message": "The event integration is associated with clients.",
                });
                it.admin("POST", "/faults", fault);
            })
            .act(Act::Destroy)
            .errs(DELETING, "", &["destroy again", "The state shows what exists now."]),
        case(&["4.37"], "a use case of someone else's")
            .made(json!({"use_cases": []}))
            .then(|it| {
                let path = format!("/instance/{INSTANCE}/integration-associations");
                let request = json!({});
                let list = it.call("connect", "GET", &path, &request);
                let id = &list["IntegrationAssociationSummaryList"][0]["IntegrationAssociationId"];
                let path = format!("{path}/{}/use-cases", id.as_str().unwrap_or_default());
                it.fail("ListUseCases", "AccessDeniedException", "not now");
                it.call("connect", "PUT", &path, &json!({"UseCaseType": "RULES_EVALUATION"}));
            })
            .act(Act::Destroy)
            .errs(DELETING, "use_cases", &["RULES_EVALUATION", "Add it to `use_cases`"]),
        case(&["4.36"], "no permission to remove Connect's rule")
            .made(json!({}))
            .then(|it| it.deny(&["events:DeleteRule"]))
            .act(Act::Destroy)
            .errs(DELETING, "", &["events:DeleteRule"]),
        case(&[], "Connect's rule was disabled")
            .made(json!({}))
            .then(|it| {
                let inventory = it.admin("GET", "/inventory", json!(null));
                let rule = &inventory["places"]["111122223333/us-east-1"]["event_rules"][0]["name"];
                it.drift("disable_event_rule", rule.as_str().unwrap_or_default());
            })
            .act(Act::Plan)
            .warns("The integration's rule is disabled", "", &["Enable it"]),
        case(&[], "the event integration was deleted")
            .made(json!({"event_integration_name": OWNED}))
            .then(|it| it.drift("delete_event_integration", OWNED))
            .act(Act::Plan)
            .warns("The integration's event integration is missing", "", &["-replace=ADDRESS"]),
    ]
}
