//! `connect_salesforce_event_flow`: an AppFlow flow, the partner event source it makes, the
//! partner event bus, and the flow's activation.
//!
//! They are one resource because their order is a cycle otherwise: the flow makes the source, the
//! bus needs the source, and the flow can only start once the bus exists. None of them holds a
//! secret, so replacing them is cheap.

mod bus;
mod converge;
mod delete;
mod schema;
mod tasks;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use time::OffsetDateTime;

use self::bus::BusSettings;
use self::tasks::TaskModel;
use super::import_id::{Form, Key};
use super::marker::{self, MARKER};
use super::tags::{self, Charset, Tags};
use super::{region, supporting, takeover, token};
use crate::aws::arn::Arn;
use crate::aws::event_bus::EventBus;
use crate::aws::event_source::EventSource;
use crate::aws::flow::{ErrorHandling, Flow, FlowInput};
use crate::framework::context::Cx;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::identity::{IdentityAttribute, IdentitySchema};
use crate::framework::plan::Plan;
use crate::framework::resource::{Applied, ImportId, Resource};
use crate::framework::schema::Schema;
use crate::framework::timeouts::Timeouts;
use crate::framework::value::Value;
use crate::provider::Configured;
use crate::salesforce::event_source::EventSourceName;

/// The resource type.
#[derive(Debug)]
pub(super) struct EventFlow;

/// An event flow as Terraform stores it.
///
/// A part that is missing in AWS has null in its ARN, status or state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Model {
    id: Option<String>,
    arn: Option<String>,
    region: Option<String>,
    name: String,
    connection_name: String,
    source_object: String,
    event_source_name: Option<String>,
    description: Option<String>,
    kms_key_arn: Option<String>,
    enabled: bool,
    tasks: Vec<TaskModel>,
    error_handling: Option<ErrorHandlingModel>,
    event_bus: Option<BusSettings>,
    force_destroy: bool,
    tags: Option<Tags>,
    tags_all: Option<Tags>,
    event_source_arn: Option<String>,
    event_source_state: Option<String>,
    event_bus_name: Option<String>,
    event_bus_arn: Option<String>,
    status: Option<String>,
    status_message: Option<String>,
}

/// What becomes of events that cannot be delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct ErrorHandlingModel {
    bucket_name: Option<String>,
    bucket_prefix: Option<String>,
    fail_on_first_destination_error: Option<bool>,
}

/// An account id like any other, for its length.
const ANY_ACCOUNT: &str = "000000000000";

const ACTIVE: &str = "Active";

const IMPORT: Form = Form {
    parts: &["name"],
    service: "appflow",
    from_arn: |resource| Some(vec![resource.strip_prefix("flow/")?]),
    example: "amazon-connect-salesforce-to-eventbridge-acme",
};

#[async_trait]
impl Resource<Configured> for EventFlow {
    type Model = Model;

    const TYPE: &'static str = "connect_salesforce_event_flow";

    // The event source shows up asynchronously; AWS gives no number.
    const TIMEOUTS: Timeouts = Timeouts {
        create: Duration::from_mins(10),
        update: Duration::from_mins(10),
        delete: Duration::from_mins(10),
    };

    fn schema(&self) -> Schema {
        schema::schema(Self::TIMEOUTS)
    }

    fn identity(&self) -> IdentitySchema {
        let name = IdentityAttribute::required("name", "Name of the flow.");
        IdentitySchema::new([name].into_iter().chain(region::identity_attributes()))
    }

    fn identify(&self, state: &Value) -> BTreeMap<String, Value> {
        let mut parts = region::identity(state);
        parts.insert("name".to_owned(), state.get("name").clone());
        if state.get("arn").is_null() {
            // A missing flow has no ARN; its bus is of the same account.
            parts.insert("account_id".to_owned(), region::account(state.get("event_bus_arn")));
        }
        parts
    }

    async fn plan(&self, cx: &Cx<Configured>, plan: &mut Plan<'_>) -> Result<()> {
        region::plan_region(cx, plan);
        tags::plan_tags(cx, plan, Charset::AppFlow);
        if plan.is_create() {
            plan_create(cx, plan).await;
            return Ok(());
        }
        plan_repair(plan);
        marker::plan(cx, plan);
        // Another change leaves a flow as active as it was.
        if plan.changes("enabled") {
            plan.set_unknown("status");
            plan.set_unknown("status_message");
        }
        if plan.is_change() {
            // A repair may make the flow anew: with the first one's token, AWS would answer that
            // it has made it already.
            token::plan(cx);
        }
        if plan.changes("enabled") && plan.get("enabled").as_bool() == Some(true) {
            explain_inactive(plan);
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx<Configured>, plan: Model) -> Applied<Model> {
        converge::create(cx, plan).await
    }

    async fn read(&self, cx: &Cx<Configured>, state: Model) -> Result<Option<Model>> {
        let session = region::session(cx, state.region.as_deref())?;
        let flow = session.describe_flow(&state.name).await?;
        let Some(source_name) = flow
            .as_ref()
            .and_then(|flow| flow.event_source_name.clone())
            .or_else(|| state.event_source_name.clone())
        else {
            return match flow {
                Some(flow) => Err(refuse_foreign(&flow)),
                None => Ok(None),
            };
        };
        if let Some(flow) = flow.as_ref().filter(|flow| !is_event_flow(flow)) {
            return Err(refuse_foreign(flow));
        }
        let source = session.refresh_event_source(&source_name).await;
        let source = supporting::seen(cx, source)?;
        let bus = supporting::seen(cx, session.describe_event_bus(&source_name).await)?;
        if flow.is_none() && bus == Some(None) {
            return Ok(None);
        }
        marker::note(cx, flow.as_ref().map_or(&Tags::new(), |flow| &flow.tags));
        warn_before_expiry(cx, source.iter().flatten().next());
        let seen = Seen { flow, source, bus, region: session.region_name().to_owned() };
        Ok(Some(state.refreshed(cx, &seen)))
    }

    async fn update(&self, cx: &Cx<Configured>, state: Model, plan: Model) -> Applied<Model> {
        converge::update(cx, &state, plan).await
    }

    async fn delete(&self, cx: &Cx<Configured>, state: Model) -> Applied<(), Model> {
        delete::delete(cx, state).await
    }

    fn generate(&self, cx: &Cx<Configured>, state: &Value, config: &mut Value) {
        region::generate(cx, config);
        let default = state.get("arn").as_str().and_then(|arn| {
            let account = arn.parse::<Arn>().ok()?.account;
            EventSourceName::of_salesforce(&account, state.get("name").as_str()?).ok()
        });
        if default.map(|name| name.to_string()).as_deref()
            == state.get("event_source_name").as_str()
        {
            config.put("event_source_name", Value::Null);
        }
    }

    fn take_over(&self, source_type: &str, state: &Json) -> Option<Key> {
        let (name, arn) = match source_type {
            "aws_appflow_flow" => ("name", "arn"),
            "awscc_appflow_flow" => ("flow_name", "flow_arn"),
            _ => return None,
        };
        takeover::key(state, &[(name, "name")], arn)
    }

    fn import(&self, id: &ImportId) -> Result<Key> {
        IMPORT.read(id)
    }
}

/// What AWS has of an event flow; of source and bus only if we may look.
#[derive(Debug)]
struct Seen {
    flow: Option<Flow>,
    source: Option<Option<EventSource>>,
    bus: Option<Option<EventBus>>,
    region: String,
}

/// Says what is known of a flow to be: everything, if the event source's name is configured.
///
/// Otherwise the name stays open although we could compute it, so that what hangs on it is
/// replaced together with the flow, and in the right order.
async fn plan_create(cx: &Cx<Configured>, plan: &mut Plan<'_>) {
    token::plan(cx);
    plan.set("id", plan.get("name").clone());
    if let Some(name) = plan.get("name").as_str().map(str::to_owned) {
        let arn = region::planned_arn(cx, plan, "appflow", &format!("flow/{name}")).await;
        plan.set("arn", arn);
    }
    let source = plan.config.get("event_source_name").clone();
    if source.is_null() {
        check_derived_source_name(plan);
    }
    if let Some(name) = source.as_str() {
        plan.set("event_bus_name", name.into());
        let arn = region::planned_arn(cx, plan, "events", &format!("event-bus/{name}")).await;
        plan.set("event_bus_arn", arn);
        if let Some(region) = plan.get("region").as_str() {
            let partition = crate::aws::partition(region);
            let arn = format!("arn:{partition}:events:{region}::event-source/{name}");
            plan.set("event_source_arn", arn.into());
        }
    }
}

/// Checks the flow's name, which the event source will have, where one is made: an existing source
/// may have any name.
fn check_derived_source_name(plan: &mut Plan<'_>) {
    let Some(name) = plan.get("name").as_str().map(str::to_owned) else { return };
    if let Err(complaint) = EventSourceName::of_salesforce(ANY_ACCOUNT, &name) {
        plan.diags.error_at(
            "event_source_name",
            "The event source needs a name",
            format!(
                "By default the event source is named after the flow, and {name:?} does not fit \
                 there: {complaint}. Set `event_source_name` to \
                 `aws.partner/appflow/salesforce.com/ACCOUNT/NAME` with a name of your own."
            ),
        );
    }
}

/// Opens the computed values of parts that are missing in AWS, so that the plan repairs them.
fn plan_repair(plan: &mut Plan<'_>) {
    let missing = |plan: &Plan<'_>, name: &str| plan.prior.get(name).is_null();
    let state = plan.prior.get("event_source_state").as_str();
    let repairs: [(bool, &[&str], &str, &str); 4] = [
        (
            missing(plan, "arn"),
            &["arn", "status", "status_message"],
            "The flow is missing",
            "AppFlow has no flow of this name any more. Applying makes it again and activates it.",
        ),
        (
            missing(plan, "event_bus_arn"),
            &["event_bus_name", "event_bus_arn", "event_source_state"],
            "The event bus is missing",
            "The partner event bus was deleted, so no event gets through. Applying makes it \
             again. Rules that were on it are gone: replace the app integrations that use it.",
        ),
        (
            missing(plan, "event_source_arn") || state == Some("DELETED"),
            &["event_source_arn", "event_source_state", "status", "status_message"],
            "The partner event source is gone",
            "It was deleted, or it expired because it had no bus for two weeks. Applying makes \
             the flow again, which makes the source.",
        ),
        (
            state == Some("PENDING") && !missing(plan, "event_bus_arn"),
            &["event_source_state"],
            "The partner event source is not connected to its bus",
            "It was deactivated, so no event gets through. Applying activates it.",
        ),
    ];
    for (needed, attributes, summary, detail) in repairs {
        if needed {
            attributes.iter().for_each(|name| plan.set_unknown(name));
            // Where the flow is gone, that its source went with it is no news.
            if !plan.prior.get("arn").is_null() || attributes.contains(&"arn") {
                plan.diags.warning(summary, detail);
            }
        }
    }
}

/// Says why a flow that should run does not, and what to do besides activating it.
fn explain_inactive(plan: &mut Plan<'_>) {
    let Some(status) = plan.prior.get("status").as_str().map(str::to_owned) else { return };
    let reason = plan.prior.get("status_message").as_str().map_or_else(
        || "AWS gives no reason.".to_owned(),
        |message| format!("AWS says: {message}"),
    );
    let remedy = match status.as_str() {
        "Draft" => "Applying activates it.",
        _ => {
            "Applying activates it again. If AWS deactivated it, correct the cause first: for a \
             revoked or expired login raise `credentials_wo_version` of the connection together \
             with fresh credentials; if Change Data Capture was switched off, tick the object in \
             Salesforce again."
        }
    };
    plan.diags.warning_at(
        "enabled",
        format!("The flow is {status}, not Active"),
        format!("{reason}\n\n{remedy}"),
    );
}

fn is_event_flow(flow: &Flow) -> bool {
    flow.source_connector == "Salesforce"
        && flow.destination_connector == "EventBridge"
        && flow.trigger_type == "Event"
}

fn refuse_foreign(flow: &Flow) -> Error {
    Error::new(
        Kind::Invalid,
        format!(
            "{} is a flow from {} to {} with the trigger {}",
            flow.name, flow.source_connector, flow.destination_connector, flow.trigger_type
        ),
    )
    .remedy("Only event flows from Salesforce to EventBridge can be managed here.")
    .at("name")
}

/// Two weeks after its creation a source without a bus is dropped.
fn warn_before_expiry(cx: &Cx<Configured>, source: Option<&EventSource>) {
    let Some(source) = source.filter(|source| source.state == "PENDING") else { return };
    let Some(end) = source.expires_at else { return };
    if end - OffsetDateTime::now_utc() < EXPIRY_NOTICE {
        cx.warn_at(
            "event_source_name",
            "The partner event source expires soon",
            format!(
                "{} has no event bus and is dropped on {} at {:02}:{:02} UTC. Apply before that.",
                source.name,
                end.date(),
                end.hour(),
                end.minute()
            ),
        );
    }
}

const EXPIRY_NOTICE: Duration = Duration::from_hours(72);

impl Model {
    fn to_input(&self, source_name: &str) -> FlowInput {
        FlowInput {
            name: self.name.clone(),
            description: self.description.clone(),
            kms_key_arn: self.kms_key_arn.clone(),
            connection_name: self.connection_name.clone(),
            source_object: self.source_object.clone(),
            event_source_name: source_name.to_owned(),
            error_handling: self.error_handling.as_ref().map(|handling| ErrorHandling {
                bucket_name: handling.bucket_name.clone(),
                bucket_prefix: handling.bucket_prefix.clone(),
                fail_on_first_destination_error: handling
                    .fail_on_first_destination_error
                    .unwrap_or_default(),
            }),
            tasks: self.tasks.iter().map(TaskModel::to_api).collect(),
            tags: self.tags_all.clone().unwrap_or_default(),
        }
    }

    /// This state, with everything that AWS shows as AWS shows it now.
    fn refreshed(self, cx: &Cx<Configured>, seen: &Seen) -> Self {
        let mut parts =
            Self { id: Some(self.name.clone()), region: Some(seen.region.clone()), ..self };
        if let Some(source) = &seen.source {
            parts.event_source_arn = source.as_ref().map(|source| source.arn.clone());
            parts.event_source_state = source.as_ref().map(|source| source.state.clone());
        }
        if let Some(bus) = &seen.bus {
            parts.event_bus_name = bus.as_ref().map(|bus| bus.name.clone());
            parts.event_bus_arn = bus.as_ref().map(|bus| bus.arn.clone());
        }
        if let Some(Some(bus)) = &seen.bus {
            parts.event_bus = bus::shown(bus, parts.event_bus.as_ref());
        }
        let Some(flow) = &seen.flow else {
            return Self { arn: None, status: None, status_message: None, ..parts };
        };
        let mut remote = flow.tags.clone();
        remote.remove(MARKER);
        let (tags, tags_all) = tags::shown(cx, &remote, parts.tags.as_ref());
        Self {
            arn: Some(flow.arn.clone()),
            connection_name: flow.connection_name.clone().unwrap_or_default(),
            source_object: flow.source_object.clone().unwrap_or_default(),
            event_source_name: flow.event_source_name.clone(),
            description: flow.description.clone().filter(|text| !text.is_empty()),
            kms_key_arn: flow.kms_key_arn.clone(),
            enabled: flow.status == ACTIVE,
            tasks: flow.tasks.iter().map(TaskModel::from_api).collect(),
            error_handling: shown_error_handling(
                &flow.error_handling,
                parts.error_handling.as_ref(),
            ),
            tags,
            tags_all: Some(tags_all),
            status: Some(flow.status.clone()),
            status_message: flow.status_message.clone(),
            ..parts
        }
    }
}

/// What a state shows of the error handling: AWS's defaults are null unless the state spells them.
fn shown_error_handling(
    remote: &ErrorHandling,
    before: Option<&ErrorHandlingModel>,
) -> Option<ErrorHandlingModel> {
    let spelled = before.is_some_and(|it| it.fail_on_first_destination_error.is_some());
    let fails = remote.fail_on_first_destination_error;
    let shown = ErrorHandlingModel {
        bucket_name: remote.bucket_name.clone(),
        // AWS does not tell an empty prefix from none; the state does.
        bucket_prefix: remote
            .bucket_prefix
            .clone()
            .or_else(|| before.and_then(|it| it.bucket_prefix.clone()).filter(String::is_empty)),
        fail_on_first_destination_error: (spelled || fails).then_some(fails),
    };
    (before.is_some() || shown != ErrorHandlingModel::default()).then_some(shown)
}
