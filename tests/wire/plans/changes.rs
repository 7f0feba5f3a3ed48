//! What a change of each argument does: one table for all resources.
//!
//! Each row changes one argument of a resource that has every argument set; what comes of it must
//! be what the row says, in the plan and, for what happens in place, in AWS.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{KEY, arguments, full, prepare, set};
use crate::account::{
    Account, CONNECTION, CONTACT_FLOW, FLOW, INSTANCE, INTEGRATION, OTHER_CONTACT_FLOW,
    OTHER_INSTANCE, RESOURCES, RULE, SOURCE, with,
};
use crate::core::{Instance, Planned, has_errors};

/// What comes of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// An update that changes something in AWS.
    InPlace,
    /// The same; it is only planned, since the emulated org or AWS has no use for the value.
    PlannedInPlace,
    /// An update of the state alone.
    Recorded,
    /// A new object.
    Replaces,
    /// An error with this summary.
    Refused(&'static str),
    /// No change.
    Nothing,
}

use Effect::{InPlace, Nothing, PlannedInPlace, Recorded, Refused, Replaces};

/// A change.
pub(super) struct Row {
    pub(super) resource: &'static str,
    /// The argument, as in `tasks.0.type`.
    pub(super) at: &'static str,
    to: Json,
    /// What has to be changed with it.
    and: Json,
    pub(super) effect: Effect,
}

impl Row {
    fn of(resource: &'static str, at: &'static str, to: Json, effect: Effect) -> Self {
        Self { resource, at, to, and: json!({}), effect }
    }

    fn and(mut self, and: Json) -> Self {
        self.and = and;
        self
    }

    pub(super) fn label(&self) -> String {
        format!("{} = {}", self.at, self.to)
    }

    pub(super) fn arguments(&self) -> Json {
        set(with(full(self.resource), &with(fresh(self.resource), &self.and)), self.at, &self.to)
    }
}

/// What each apply needs anew.
fn fresh(resource: &str) -> Json {
    match resource {
        CONNECTION => json!({"authorization_code_wo": "second-code"}),
        _ => json!({}),
    }
}

pub(super) fn rows() -> Vec<Row> {
    [connection(), flow(), integration(), rule()].into_iter().flatten().collect()
}

fn connection() -> Vec<Row> {
    let row = |at, to, effect| Row::of(CONNECTION, at, to, effect);
    let no_code = json!({"authorization_code_wo": null, "code_verifier_wo": null});
    let private_link = "use_private_link_for_metadata_and_authorization";
    let lost = Refused("Replacing the connection would lose its login");
    vec![
        row("region", json!("eu-central-1"), Replaces),
        row("region", json!(null), Nothing),
        row("name", json!("salesforce-two"), Replaces),
        row("name", json!("salesforce-two"), lost).and(no_code.clone()),
        row("instance_url", json!("https://acme.my.salesforce.com/"), InPlace),
        row(
            "instance_url",
            json!("https://acme.my.salesforce.com/"),
            Refused("Changing instance_url needs credentials"),
        )
        .and(no_code.clone()),
        row("sandbox", json!(true), PlannedInPlace),
        row("sandbox", json!(true), Refused("Changing sandbox needs credentials"))
            .and(no_code.clone()),
        row("sandbox", json!(null), Nothing),
        row("connection_mode", json!("Public"), InPlace).and(json!({ private_link: null })),
        row("connection_mode", json!("Public"), Refused("PrivateLink needs a private connection")),
        row(
            "connection_mode",
            json!("Public"),
            Refused("Changing connection_mode needs credentials"),
        )
        .and(with(no_code.clone(), &json!({ private_link: null }))),
        row("connection_mode", json!(null), Nothing),
        row(private_link, json!(null), InPlace),
        row(private_link, json!(false), InPlace),
        row("kms_key_arn", json!(KEY.replace("1234abcd", "4321dcba")), Replaces),
        row("kms_key_arn", json!(null), Replaces),
        row("kms_key_arn", json!(null), lost).and(no_code.clone()),
        row("oauth_grant_type", json!(null), Recorded),
        row("oauth_grant_type", json!(null), Recorded).and(no_code.clone()),
        row("client_credentials_arn", json!(null), Recorded).and(no_code.clone()),
        row("redirect_uri", json!("https://example.com"), Recorded).and(no_code.clone()),
        row("authorization_code_wo", json!("another-code"), Nothing),
        row("authorization_code_wo", json!(null), Nothing).and(no_code.clone()),
        row("code_verifier_wo", json!(null), Nothing),
        row("access_token_wo", json!("access"), Nothing),
        row("refresh_token_wo", json!("refresh"), Nothing),
        row("jwt_token_wo", json!(super::JWT), Refused("jwt_token_wo needs the JWT bearer grant")),
        row("credentials_wo_version", json!(2), InPlace),
        row("credentials_wo_version", json!(null), InPlace),
        row(
            "credentials_wo_version",
            json!(2),
            Refused("Changing credentials_wo_version needs credentials"),
        )
        .and(no_code),
        row("timeouts.create", json!("1h"), Recorded),
        row("timeouts.update", json!("1h"), Recorded),
        row("timeouts.delete", json!(null), Recorded),
    ]
}

fn flow() -> Vec<Row> {
    let row = |at, to, effect| Row::of(FLOW, at, to, effect);
    vec![
        row("region", json!("eu-central-1"), Replaces),
        row("region", json!(null), Nothing),
        row("name", json!("complaints"), Replaces),
        row("connection_name", json!("salesforce-two"), InPlace),
        row("source_object", json!("AccountChangeEvent"), Replaces),
        row("source_object", json!(null), Nothing),
        row("event_source_name", json!(SOURCE.replace("/acme", "/other")), Replaces),
        row("event_source_name", json!(null), Nothing),
        row("description", json!("All cases of Acme"), InPlace),
        row("description", json!(null), InPlace),
        row("kms_key_arn", json!(KEY.replace("1234abcd", "4321dcba")), Replaces),
        row("kms_key_arn", json!(null), Nothing),
        row("enabled", json!(false), InPlace),
        row("enabled", json!(null), Nothing),
        row("tasks", json!([{"type": "Map_all"}]), InPlace),
        row("tasks", json!(null), Nothing),
        row("tasks.0.type", json!("Filter"), PlannedInPlace),
        // Map_all maps all fields, whatever is listed.
        row("tasks.0.source_fields", json!(["Name"]), Nothing),
        row("tasks.1.source_fields", json!(["Subject"]), InPlace),
        row("tasks.0.destination_field", json!("Name"), PlannedInPlace),
        row("tasks.0.operator", json!("PROJECTION"), PlannedInPlace),
        row("tasks.0.operator", json!(null), Nothing),
        row("tasks.0.properties", json!({"INCLUDE_NEW_FIELDS": "true"}), InPlace),
        row("error_handling", json!(null), InPlace),
        row("error_handling.bucket_name", json!("other-case-errors"), InPlace),
        row("error_handling.bucket_prefix", json!(null), InPlace),
        row("error_handling.fail_on_first_destination_error", json!(null), InPlace),
        row("event_bus", json!(null), InPlace),
        row("event_bus.adopt", json!(true), Recorded),
        row("event_bus.description", json!(null), InPlace),
        row("event_bus.kms_key_identifier", json!(null), InPlace),
        row("event_bus.dead_letter_arn", json!(null), InPlace),
        row("event_bus.log_config", json!(null), InPlace),
        row("event_bus.log_config.level", json!("ERROR"), InPlace),
        row("event_bus.log_config.include_detail", json!(null), InPlace),
        row("force_destroy", json!(true), Recorded),
        row("force_destroy", json!(null), Nothing),
        row("tags", json!({"team": "contact-centre"}), InPlace),
        row("tags", json!(null), InPlace),
        row("timeouts.create", json!("1h"), Recorded),
        row("timeouts.update", json!("1h"), Recorded),
        row("timeouts.delete", json!(null), Recorded),
    ]
}

fn integration() -> Vec<Row> {
    let row = |at, to, effect| Row::of(INTEGRATION, at, to, effect);
    let arn = "arn:aws:app-integrations:us-east-1:111122223333:event-integration/";
    let other_source = SOURCE.replace("/acme", "/other");
    vec![
        row("region", json!("eu-central-1"), Replaces),
        row("region", json!(null), Nothing),
        row("instance_id", json!(OTHER_INSTANCE), Replaces),
        row(
            "instance_id",
            json!(format!("arn:aws:connect:us-east-1:111122223333:instance/{INSTANCE}")),
            Nothing,
        ),
        row("name", json!("Salesforce"), Replaces),
        row("application_url", json!("https://acme.my.salesforce.com"), Replaces),
        row("event_source_name", json!(other_source), Replaces),
        row("event_source_name", json!(null), Recorded)
            .and(json!({"event_integration_arn": format!("{arn}acme-cases")})),
        row("event_bus_name", json!("acme-cases"), Replaces),
        row("event_bus_name", json!(null), Nothing),
        row("event_integration_arn", json!(format!("{arn}acme-cases")), Recorded),
        row("event_integration_arn", json!(format!("{arn}other-cases")), Replaces),
        row("event_integration_name", json!("other-cases"), Replaces),
        row("event_integration_name", json!(null), Nothing),
        row("event_integration_description", json!("All cases"), InPlace),
        row("event_integration_description", json!(null), InPlace),
        row("use_cases", json!(["RULES_EVALUATION", "CONNECT_CAMPAIGNS"]), InPlace),
        row("use_cases", json!([]), InPlace),
        row("use_cases", json!(null), Nothing),
        row("tags", json!({"team": "contact-centre"}), InPlace),
        row("tags", json!(null), InPlace),
        row("timeouts.create", json!("1h"), Recorded),
        row("timeouts.update", json!("1h"), Recorded),
        row("timeouts.delete", json!(null), Recorded),
    ]
}

fn rule() -> Vec<Row> {
    let row = |at, to, effect| Row::of(RULE, at, to, effect);
    let association = "11111111-2222-4333-8444-000000000000";
    let operand = |field: &str, value: &str| {
        json!({
            "Operator": "EQUALS", "Operands": [value], "Negate": false,
            "ComparisonValue": format!("$.ThirdParty.Salesforce.CaseCreate.{field}"),
        })
    };
    let function = json!({
        "Version": "2022-11-25",
        "RuleFunction": {"Operator": "AND", "Operands": [
            operand("Priority", "High"), operand("CustomAttribute.Region__c", "EMEA"),
        ]},
    });
    vec![
        row("region", json!("eu-central-1"), Replaces),
        row("region", json!(null), Nothing),
        row("instance_id", json!(OTHER_INSTANCE), Replaces),
        row(
            "instance_id",
            json!(format!("arn:aws:connect:us-east-1:111122223333:instance/{INSTANCE}")),
            Nothing,
        ),
        row("integration_association_id", json!(association), Replaces),
        row("name", json!("very-urgent-cases"), InPlace),
        row("publish_status", json!("DRAFT"), InPlace),
        row("publish_status", json!(null), Nothing),
        row("function", json!(function.to_string()), InPlace)
            .and(json!({"conditions": null, "match": null})),
        row(
            "function",
            json!(function.to_string()),
            Refused("function and conditions are two forms of the same"),
        ),
        row("conditions", json!([{"field": "Priority", "value": "High"}]), InPlace),
        row("conditions", json!(null), Refused("The rule needs conditions")),
        row("conditions.0.field", json!("Origin"), InPlace),
        row(
            "conditions.0.custom_attribute",
            json!("Priority__c"),
            Refused("field and custom_attribute in one condition"),
        ),
        row(
            "conditions.0.operator",
            json!("CONTAINS"),
            Refused("The field can only be compared with EQUALS"),
        ),
        row("conditions.0.operator", json!(null), Nothing),
        row("conditions.0.value", json!("Low"), InPlace),
        row("conditions.0.negate", json!(true), InPlace),
        row("conditions.0.negate", json!(null), Nothing),
        row("match", json!("any"), InPlace),
        row("match", json!(null), Nothing),
        row("task", json!({"name": "A case is urgent", "contact_flow_id": CONTACT_FLOW}), InPlace),
        row("task.name", json!("A case is very urgent"), InPlace),
        row("task.description", json!(null), InPlace),
        row("task.contact_flow_id", json!(OTHER_CONTACT_FLOW), InPlace),
        row("task.references", json!(null), InPlace),
        row("assign_contact_category", json!(true), InPlace),
        row("assign_contact_category", json!(null), Nothing),
        row("tags", json!({"team": "contact-centre"}), InPlace),
        row("tags", json!(null), InPlace),
        row("timeouts.create", json!("1h"), Recorded),
        row("timeouts.update", json!("1h"), Recorded),
        row("timeouts.delete", json!(null), Recorded),
    ]
}

/// An account in which a resource has every argument set.
pub(super) async fn made(resource: &str) -> (Account, Instance) {
    let account = Account::start().await;
    account.switch(json!({"private_connection_polls": 0}));
    prepare(&account, resource);
    if resource == FLOW {
        account.connection("salesforce-two");
        account.admin("POST", "/seed", json!({"buckets": [{"name": "other-case-errors"}]}));
    }
    let instance = account.make(resource, &full(resource)).await;
    account.admin("POST", "/snapshot", json!({"name": "made"}));
    (account, instance)
}

/// The plan of a row's change, or the summaries of what refuses it.
pub(super) async fn plan(
    account: &Account,
    row: &Row,
    made: &Instance,
) -> Result<Planned, Vec<String>> {
    let config = account.config(row.resource, &row.arguments());
    let mut told = account.core.validate(row.resource, &config).await;
    if !has_errors(&told) {
        let plan = account.core.plan(row.resource, &config, made).await;
        if !has_errors(&plan.diags) {
            return Ok(plan);
        }
        told = plan.diags;
    }
    Err(told.into_iter().filter(|it| it.error).map(|it| it.summary).collect())
}

/// What comes of a row's change, as its expectation would say it.
async fn effect(account: &Account, row: &Row, made: &Instance) -> Result<Effect, String> {
    account.admin("POST", "/restore", json!({"name": "made"}));
    account.configure(json!({})).await;
    let plan = match plan(account, row, made).await {
        Ok(plan) => plan,
        Err(summaries) => {
            let Refused(expected) = row.effect else {
                return Err(format!("refused: {summaries:?}"));
            };
            let found = summaries.iter().any(|summary| summary == expected);
            return if found { Ok(row.effect) } else { Err(format!("refused: {summaries:?}")) };
        }
    };
    if !plan.replace.is_empty() {
        return Ok(Replaces);
    }
    if plan.planned == made.value() {
        return Ok(Nothing);
    }
    if row.effect == PlannedInPlace {
        return Ok(PlannedInPlace);
    }
    account.admin("DELETE", "/requests", Json::Null);
    let answer = account.core.apply(row.resource, &plan).await;
    if has_errors(&answer.diags) {
        return Err(format!("it cannot be applied: {:?}", answer.diags));
    }
    let writes = writes(account);
    account.configure(json!({})).await;
    let seen = account.core.read(row.resource, &answer.new).await.new;
    let again = account.core.plan(row.resource, &plan.config, &seen).await;
    if again.planned != seen.value() {
        let now = seen.value();
        return Err(format!("it does not settle: {now:?}\n{:?}", again.planned));
    }
    Ok(if writes == 0 { Recorded } else { InPlace })
}

fn writes(account: &Account) -> usize {
    const READS: [&str; 5] = ["Describe", "Get", "List", "Search", "Reset"];
    let requests = account.admin("GET", "/requests", Json::Null);
    let requests = requests.as_array().into_iter().flatten();
    requests
        .filter_map(|it| it["operation"].as_str())
        .filter(|operation| !READS.iter().any(|read| operation.starts_with(read)))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_do_what_the_table_says() {
    let mut wrong = Vec::new();
    for resource in RESOURCES {
        let (account, made) = made(resource).await;
        for row in rows().iter().filter(|row| row.resource == resource) {
            let effect = effect(&account, row, &made).await;
            if effect != Ok(row.effect) {
                let label = row.label();
                wrong.push(format!("{resource}: {label} is {effect:?}, not {:?}", row.effect));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_argument_is_in_the_table() {
    let account = Account::unconfigured();
    for resource in RESOURCES {
        let rows = rows();
        let told: BTreeSet<&str> =
            rows.iter().filter(|row| row.resource == resource).map(|row| row.at).collect();
        for at in arguments(&account.core.schema(resource).block) {
            assert!(told.contains(at.as_str()), "{resource}: what does a change of {at} do?");
        }
    }
}
