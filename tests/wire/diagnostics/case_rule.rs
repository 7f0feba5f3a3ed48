//! Failures of `connect_salesforce_case_rule`.

use serde_json::json;

use super::{Act, Case};
use crate::account::{CONTACT_FLOW, RULE};

const CREATING: &str = "creating connect_salesforce_case_rule (urgent-cases)";
const UPDATING: &str = "updating connect_salesforce_case_rule (urgent-cases)";
const READING: &str = "reading connect_salesforce_case_rule (urgent-cases)";

/// A case in an account where the console has connected the org.
fn case(rows: &'static [&'static str], what: &'static str) -> Case {
    Case::new(rows, what, RULE).given(|it| {
        it.console();
    })
}

pub(super) fn cases() -> Vec<Case> {
    [made(), written()].into_iter().flatten().collect()
}

fn made() -> Vec<Case> {
    vec![
        case(&["4.39"], "an instance that is gone")
            .then(|it| it.drift("delete_instance", "acme"))
            .errs(CREATING, "instance_id", &["`instance_id`", "globex ("]),
        case(&["4.39"], "an association that does not exist")
            .with(json!({"integration_association_id": "11111111-2222-4333-8444-000000000000"}))
            .errs(CREATING, "integration_association_id", &["no such association"]),
        case(&["4.41"], "the name of a rule is taken")
            .then(|it| {
                let rules = "/rules/11111111-2222-4333-8444-555555555555";
                let inventory = it.admin("GET", "/inventory", json!(null));
                let place = &inventory["places"]["111122223333/us-east-1"];
                let rule = json!({
                    "Name": "urgent-cases",
                    "TriggerEventSource": {
                        "EventSourceName": "OnSalesforceCaseCreate",
                        "IntegrationAssociationId": place["integration_associations"][0]["id"],
                    },
                    "Function": FUNCTION,
                    "Actions": [{
                        "ActionType": "CREATE_TASK",
                        "TaskAction": {"Name": "Case", "ContactFlowId": CONTACT_FLOW},
                    }],
                    "PublishStatus": "DRAFT",
                });
                it.call("connect", "POST", rules, &rule);
            })
            .errs(CREATING, "name", &["import {", "identity = {", "another name"]),
        case(&["4.41"], "another rule gets the name")
            .made(json!({}))
            .then(|it| {
                let message = "A rule with this name exists.";
                it.fail("UpdateRule", "ResourceConflictException", message);
            })
            .with(json!({"publish_status": "DRAFT"}))
            .errs(UPDATING, "name", &["another name"]),
        case(&["4.42"], "Connect does not like the request")
            .then(|it| {
                let message = "The request is not valid.";
                it.fail("CreateRule", "InvalidRequestException", message);
            })
            .errs(CREATING, "", &["RULES_EVALUATION", "`references`"]),
        case(&["3.8"], "Connect hides the property at fault")
            .then(|it| {
                let message = "Property validation failed.";
                it.fail("CreateRule", "PropertyValidationException", message);
            })
            .errs(CREATING, "", &["`references`"]),
        case(&["4.43"], "a contact flow that the instance does not have")
            .with(json!({
                "task": {
                    "name": "A case is urgent",
                    "contact_flow_id": "aaaaaaaa-bbbb-4ccc-8ddd-000000000000",
                },
            }))
            .errs(CREATING, "task.contact_flow_id", &["same instance"]),
        case(&["4.43"], "a contact flow that is not published")
            .then(|it| {
                it.switch(json!({"rule_contact_flow_checked": "published"}));
                it.drift("unpublish_contact_flow", CONTACT_FLOW);
            })
            .errs(CREATING, "task.contact_flow_id", &["published"]),
        case(&["4.44"], "Connect's quota of rules")
            .then(|it| {
                let message = "The limit of 500 rules for OnSalesforceCaseCreate is reached.";
                it.fail("CreateRule", "ServiceQuotaExceededException", message);
            })
            .errs(CREATING, "", &["500 rules", "Service Quotas"]),
        case(&["4.40"], "Connect throttles the refresh")
            .made(json!({}))
            .then(|it| {
                for operation in ["DescribeRule", "SearchRules", "ListRules"] {
                    let fault = json!({
                        "operation": operation, "kind": "error", "times": 9,
                        "code": "ThrottlingException", "message": "Rate exceeded",
                    });
                    it.admin("POST", "/faults", fault);
                }
            })
            .act(Act::Plan)
            .errs(READING, "", &["rate_limits"]),
        case(&["4.50"], "a denied refresh")
            .made(json!({}))
            .then(|it| it.deny(&["connect:SearchRules", "connect:DescribeRule"]))
            .act(Act::Plan)
            .errs(READING, "", &["connect:DescribeRule"]),
    ]
}

const FUNCTION: &str = r#"{"Version": "2022-11-25", "RuleFunction": {"Operator": "AND", "Operands": [
    {"Operator": "EQUALS", "Operands": ["Web"], "Negate": false,
     "ComparisonValue": "$.ThirdParty.Salesforce.CaseCreate.Origin"}]}}"#;

fn written() -> Vec<Case> {
    vec![
        case(&["4.42"], "a function that Connect would not accept")
            .with(json!({
                "conditions": null,
                "function": FUNCTION.replace("CaseCreate.Origin", "CaseCreate.Colour"),
            }))
            .errs("Invalid function", "function", &["CaseCreate.Colour"]),
        case(&["4.42"], "a field that rules cannot compare")
            .with(json!({"conditions": [{"field": "Colour", "value": "red"}]}))
            .errs("Invalid conditions[0].field", "conditions[0].field", &["`custom_attribute`"]),
        case(&["4.42"], "an operator that the field has not")
            .with(json!({
                "conditions": [{"field": "Priority", "operator": "CONTAINS", "value": "H"}],
            }))
            .errs(
                "The field can only be compared with EQUALS",
                "conditions[0].operator",
                &["`CONTAINS` works on Name", "Use `EQUALS`"],
            ),
        case(&[], "a variable that cases do not have")
            .with(json!({
                "task": {
                    "name": "$.ThirdParty.Salesforce.CaseCreate.Number",
                    "contact_flow_id": CONTACT_FLOW,
                },
            }))
            .act(Act::Plan)
            .warns(
                "$.ThirdParty.Salesforce.CaseCreate.Number is no variable of Salesforce cases",
                "task.name",
                &["CaseNumber"],
            ),
        case(&[], "a reference that agents cannot open")
            .with(json!({
                "task": {
                    "name": "Case",
                    "contact_flow_id": CONTACT_FLOW,
                    "references": {"Case": "http://acme.example"},
                },
            }))
            .act(Act::Plan)
            .warns(
                "The reference is not an https URL",
                r#"task.references["Case"]"#,
                &["`https:`"],
            ),
    ]
}
