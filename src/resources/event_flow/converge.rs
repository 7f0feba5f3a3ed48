//! Creation, update and repair: from whatever AWS has to what the plan says.
//!
//! The order is AWS's: flow (which makes the event source), bus, source active, flow started.
//! Everything after the first write keeps what exists in the state, whatever fails.

use std::time::Duration;

use time::OffsetDateTime;

use super::super::import_id::import_block;
use super::super::marker::{self, is_marked, marked};
use super::super::tags::changes;
use super::super::whereabouts;
use super::{ACTIVE, Model, Seen, bus, is_event_flow, region, supporting, token};
use crate::aws::Session;
use crate::aws::event_bus::EventBusInput;
use crate::aws::event_source::EventSource;
use crate::aws::flow::Flow;
use crate::framework::context::Cx;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::resource::{Applied, Failed, Resource};
use crate::framework::wait::{Progress, Wait};
use crate::provider::Configured;
use crate::salesforce::event_source::EventSourceName;

/// Whether a bus that is there already may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ExistingBus {
    /// It is the resource's own, or the configuration takes it over.
    Use,
    /// It is a leftover of ours if it is no older than this.
    UseIfMadeSince(OffsetDateTime),
    /// It belongs to someone else.
    Refuse,
}

/// Makes everything.
pub(super) async fn create(cx: &Cx<Configured>, plan: Model) -> Applied<Model> {
    let session = region::session(cx, plan.region.as_deref())?;
    let plan = with_source_name(&session, plan).await?;
    check_source_object(cx, &session, &plan).await?;
    refuse_foreign_bus(&session, &plan).await?;
    let leftover = make_flow(cx, &session, &plan).await?;
    let existing_bus = match leftover {
        _ if bus::adopts(plan.event_bus.as_ref()) => ExistingBus::Use,
        Some(Flow { created_at: Some(since), .. }) => ExistingBus::UseIfMadeSince(since),
        _ => ExistingBus::Refuse,
    };
    let finished = finish(cx, &session, &plan, &plan, existing_bus).await;
    answer(cx, plan, finished).await
}

/// Looks for a bus that belongs to someone else, before anything is made.
async fn refuse_foreign_bus(session: &Session, plan: &Model) -> Result<()> {
    let name = plan.event_source_name.as_deref().unwrap_or_default();
    if bus::adopts(plan.event_bus.as_ref()) || session.describe_event_bus(name).await?.is_none() {
        return Ok(());
    }
    // With a flow of that name it may be a leftover of ours; if not, the flow is the better news.
    if session.describe_flow(&plan.name).await?.is_some() { Ok(()) } else { Err(bus_exists(name)) }
}

fn bus_exists(source: &str) -> Error {
    Error::new(Kind::AlreadyExists, format!("the event source {source} has an event bus already"))
        .remedy(
            "Another flow uses this source, or \"Remove connection\" in the console left the bus \
             behind. To take the bus over, set `event_bus = { adopt = true }`. Otherwise set \
             another `event_source_name`.",
        )
        .at("event_bus")
}

/// Changes what differs and repairs what is missing.
pub(super) async fn update(cx: &Cx<Configured>, state: &Model, plan: Model) -> Applied<Model> {
    if !state.differs_in_aws(&plan) {
        return Ok(plan);
    }
    let session = region::session(cx, plan.region.as_deref())?;
    let plan = with_source_name(&session, plan).await?;
    let updated = match update_flow(cx, &session, state, &plan).await {
        Ok(()) => finish(cx, &session, state, &plan, ExistingBus::Use).await,
        Err(error) => Err(error),
    };
    answer(cx, plan, updated).await
}

async fn with_source_name(session: &Session, plan: Model) -> Result<Model> {
    if plan.event_source_name.is_some() {
        return Ok(plan);
    }
    let name = EventSourceName::of_salesforce(&session.account_id().await?, &plan.name)
        .map_err(|reason| Error::new(Kind::Invalid, reason).at("event_source_name"))?;
    Ok(Model { event_source_name: Some(name.to_string()), ..plan })
}

/// The state after all that was done: what AWS has now, together with the error if there is one.
async fn answer(cx: &Cx<Configured>, plan: Model, outcome: Result<()>) -> Applied<Model> {
    let now = match observe(cx, &plan).await {
        Ok(seen) => plan.refreshed(cx, &seen),
        Err(error) if outcome.is_ok() => {
            supporting::warn_unread(cx, &plan.name, &error);
            plan
        }
        Err(_) => plan,
    };
    outcome.map_err(|error| Failed { error, left: Some(Box::new(now.clone())) })?;
    Ok(now)
}

/// Looks at all parts, even after Terraform has asked to stop.
async fn observe(cx: &Cx<Configured>, plan: &Model) -> Result<Seen> {
    let session = region::lookup_session(cx, plan.region.as_deref())?;
    let name = plan.event_source_name.as_deref().unwrap_or_default();
    Ok(Seen {
        flow: session.describe_flow(&plan.name).await?,
        source: Some(session.describe_event_source(name).await?),
        bus: Some(session.describe_event_bus(name).await?),
        region: session.region_name().to_owned(),
    })
}

/// Asks whether the org publishes the object, before anything is made.
///
/// AppFlow remembers an org's objects for up to an hour, so it is told to forget them first.
async fn check_source_object(cx: &Cx<Configured>, session: &Session, plan: &Model) -> Result<()> {
    let connection = &plan.connection_name;
    let entities = match session.reset_connector_metadata_cache(connection).await {
        Ok(()) => session.list_connector_entities(connection, None).await,
        Err(error) if error.kind == Kind::Conflict => {
            session.list_connector_entities(connection, None).await
        }
        Err(error) => Err(error),
    };
    let entities = match entities {
        Ok(entities) => entities,
        Err(error) if error.kind == Kind::Denied => {
            cx.warn_at(
                "source_object",
                "Whether Salesforce publishes the event was not checked",
                "The role that Terraform runs as may not call \
                 appflow:ResetConnectorMetadataCache and appflow:ListConnectorEntities. Allow \
                 both, so that a missing tick under Change Data Capture is found before \
                 anything is made.",
            );
            return Ok(());
        }
        Err(error) => return Err(explain_connection(error, connection)),
    };
    if entities.iter().any(|entity| entity.name == plan.source_object) {
        return Ok(());
    }
    Err(Error::new(
        Kind::Invalid,
        format!("Salesforce does not publish {} to {connection}", plan.source_object),
    )
    .remedy(publish_remedy(&plan.source_object))
    .at("source_object"))
}

fn publish_remedy(object: &str) -> String {
    let name = match object.strip_suffix("__ChangeEvent") {
        Some(custom) => Some(format!("{custom}__c")),
        None => object.strip_suffix("ChangeEvent").map(str::to_owned),
    };
    match name.filter(|name| !name.is_empty()) {
        Some(name) => format!(
            "In Salesforce, tick {name} under Setup \u{203a} Integrations \u{203a} Change Data \
             Capture, then apply again. The user of the connection must be allowed to see it."
        ),
        None => "Correct `source_object`, or publish it in Salesforce, then apply again.".into(),
    }
}

fn explain_connection(error: Error, connection: &str) -> Error {
    match error.kind {
        Kind::NotFound => error.remedy(format!(
            "There is no AppFlow connection {connection:?} in this account and region. Make it \
             with `connect_salesforce_connection`, or correct `connection_name`."
        )),
        Kind::Connector => error.remedy(
            "Salesforce no longer accepts the connection's login. Authorise it again: raise \
             `credentials_wo_version` of the connection together with fresh credentials, or \
             reconnect it in the AppFlow console. Set the connected app's refresh token policy \
             to \"valid until revoked\".",
        ),
        _ => return error,
    }
    .at("connection_name")
}

/// Makes the flow; the answer is the leftover of an unfinished apply, where it was taken over.
async fn make_flow(cx: &Cx<Configured>, session: &Session, plan: &Model) -> Result<Option<Flow>> {
    let mut input = plan.to_input(plan.event_source_name.as_deref().unwrap_or_default());
    input.tags = marked(&input.tags);
    let token = token::of_plan(cx);
    let Err(error) = session.create_flow(&input, &token).await else { return Ok(None) };
    if error.kind != Kind::AlreadyExists && !error.is_ambiguous() {
        return Err(explain_flow(error, plan));
    }
    let lookup = region::lookup_session(cx, plan.region.as_deref())?;
    let Ok(Some(found)) = lookup.describe_flow(&plan.name).await else { return Err(error) };
    let ours = is_marked(&found.tags)
        && is_event_flow(&found)
        && found.event_source_name == plan.event_source_name
        && found.source_object.as_ref() == Some(&plan.source_object);
    if !ours {
        return Err(error
            .remedy(format!(
                "A flow of this name exists. Import it:\n\n{}\n\nor choose another name.",
                import_block(
                    super::EventFlow::TYPE,
                    &[("name", &plan.name)],
                    region::other_than_providers(cx, plan.region.as_deref())
                )
            ))
            .at("name"));
    }
    if error.is_ambiguous() {
        return Ok(None);
    }
    session.update_flow(&input, &found, &token).await?;
    Ok(Some(found))
}

fn explain_flow(error: Error, plan: &Model) -> Error {
    match error.kind {
        Kind::NotFound | Kind::Connector => explain_connection(error, &plan.connection_name),
        _ => error,
    }
}

/// Brings an existing flow to its plan; makes it anew if it, or the source it made, is gone.
async fn update_flow(
    cx: &Cx<Configured>,
    session: &Session,
    state: &Model,
    plan: &Model,
) -> Result<()> {
    let name = plan.event_source_name.as_deref().unwrap_or_default();
    let Some(flow) = session.describe_flow(&plan.name).await? else {
        return remake_flow(cx, session, plan).await;
    };
    let source = session.describe_event_source(name).await?;
    if source.is_none_or(|source| source.state == "DELETED") {
        // Only a new flow makes a new source, and a bus of the old one is inert.
        remove_flow(session, &flow).await?;
        match session.delete_event_bus(name).await {
            // With rules on it, it stays, and gets the new source by its activation.
            Err(error) if error.kind != Kind::Conflict => return Err(error),
            _ => {}
        }
        return remake_flow(cx, session, plan).await;
    }
    if plan.changes_flow(state) {
        change_flow(cx, session, plan, &flow).await?;
    }
    Ok(())
}

/// Makes a flow that the state knows already, so that it needs no marker.
async fn remake_flow(cx: &Cx<Configured>, session: &Session, plan: &Model) -> Result<()> {
    let input = plan.to_input(plan.event_source_name.as_deref().unwrap_or_default());
    match session.create_flow(&input, &token::of_plan(cx)).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_ambiguous() => {
            session.for_lookup().describe_flow(&plan.name).await?.map(drop).ok_or(error)
        }
        Err(error) => Err(explain_flow(error, plan)),
    }
}

async fn change_flow(
    cx: &Cx<Configured>,
    session: &Session,
    plan: &Model,
    current: &Flow,
) -> Result<()> {
    let input = plan.to_input(plan.event_source_name.as_deref().unwrap_or_default());
    let token = token::of_plan(cx);
    match session.update_flow(&input, current, &token).await {
        // A flow that is running may refuse; it is started again at the end.
        Err(error) if error.kind == Kind::Conflict && current.status == ACTIVE => {
            stop(session, &plan.name).await?;
            session.update_flow(&input, current, &token).await.map(drop)
        }
        Err(error) => Err(explain_flow(error, plan)),
        Ok(_) => Ok(()),
    }
}

/// Stops and deletes a flow; one that is gone already is no error.
pub(super) async fn remove_flow(session: &Session, flow: &Flow) -> Result<()> {
    if flow.status == ACTIVE {
        stop(session, &flow.name).await?;
    }
    session.delete_flow(&flow.name).await
}

/// Stops a flow; one that is not running any more has been stopped, by someone else or by a call of
/// ours whose answer was lost.
async fn stop(session: &Session, name: &str) -> Result<()> {
    let Err(error) = session.stop_flow(name).await else { return Ok(()) };
    if error.kind != Kind::Conflict && !error.is_not_found() {
        return Err(error);
    }
    match session.describe_flow(name).await? {
        Some(flow) if flow.status == ACTIVE => Err(error),
        _ => Ok(()),
    }
}

/// From an existing flow to a working chain: source, bus, activation, tags.
async fn finish(
    cx: &Cx<Configured>,
    session: &Session,
    state: &Model,
    plan: &Model,
    existing_bus: ExistingBus,
) -> Result<()> {
    let name = plan.event_source_name.as_deref().unwrap_or_default();
    let source = VISIBLE.until(cx, || session.describe_event_source(name), judge_visible).await;
    let source = match source {
        Err(error) if error.kind == Kind::Timeout => {
            return Err(explain_absent_source(session, name, error).await);
        }
        seen => seen?,
    };
    ensure_bus(cx, session, state, plan, existing_bus).await?;
    if source.state == "PENDING" {
        connect_source(cx, session, name).await?;
    }
    ensure_activation(cx, session, plan).await?;
    retag_flow(cx, session, state, plan).await
}

const VISIBLE: Wait = Wait {
    what: "the partner event source to appear",
    every: Duration::from_secs(1),
    at_most: Duration::from_mins(5),
};

fn judge_visible(found: Option<EventSource>) -> Progress<EventSource> {
    match found {
        None => Progress::Waiting("absent".into()),
        Some(source) if source.state == "DELETED" => Progress::Waiting("DELETED".into()),
        Some(source) => Progress::Done(source),
    }
}

async fn explain_absent_source(session: &Session, name: &str, error: Error) -> Error {
    let place = whereabouts::of_event_sources(session).await;
    let remedy = error.remedy.clone().unwrap_or_else(|| "Apply again later.".to_owned());
    error
        .advise(format!("AppFlow makes {name} shortly after the flow. {place} {remedy}"))
        .at("event_source_name")
}

/// Makes the bus, or brings an existing one to its settings and tags.
async fn ensure_bus(
    cx: &Cx<Configured>,
    session: &Session,
    state: &Model,
    plan: &Model,
    existing: ExistingBus,
) -> Result<()> {
    let name = plan.event_source_name.as_deref().unwrap_or_default();
    let tags = plan.tags_all.clone().unwrap_or_default();
    let settings = plan.event_bus.as_ref();
    let wanted = bus::wanted(name, settings, &tags);
    let Some(current) = session.describe_event_bus(name).await? else {
        return BUS_MADE.until(cx, || make_bus(session, &wanted), |progress| progress).await;
    };
    let usable = match existing {
        ExistingBus::Use => true,
        ExistingBus::UseIfMadeSince(since) => current.created_at.is_some_and(|at| at >= since),
        ExistingBus::Refuse => false,
    };
    if !usable {
        return Err(bus_exists(name));
    }
    if bus::differs(&current, settings) {
        session.update_event_bus(&wanted, &current).await?;
    }
    let found = session.list_tags(&current.arn).await?.unwrap_or_default();
    let (set, _) = changes(&found, &tags);
    let (_, mut remove) = tag_changes(state, plan);
    remove.retain(|key| found.contains_key(key));
    retag(session, &current.arn, &set, &remove).await
}

/// One attempt to make a bus that is not there. EventBridge may not see the new source yet, or
/// still see a bus of the same name that was just deleted.
async fn make_bus(session: &Session, wanted: &EventBusInput) -> Result<Progress<()>> {
    let Err(error) = session.create_partner_event_bus(wanted).await else {
        return Ok(Progress::Done(()));
    };
    match error.kind {
        Kind::AlreadyExists if session.describe_event_bus(&wanted.name).await?.is_some() => {
            Ok(Progress::Failed(bus_exists(&wanted.name)))
        }
        Kind::NotFound | Kind::AlreadyExists | Kind::Conflict => {
            Ok(Progress::Waiting(format!("refused ({})", error.message)))
        }
        _ if error.is_ambiguous() => {
            let found = session.for_lookup().describe_event_bus(&wanted.name).await?;
            Ok(found.map_or(Progress::Failed(error), |_| Progress::Done(())))
        }
        _ => Err(error),
    }
}

const BUS_MADE: Wait = Wait {
    what: "EventBridge to make the event bus",
    every: Duration::from_secs(2),
    at_most: Duration::from_mins(1),
};

/// Waits until the source delivers to its bus; a source that was deactivated is activated.
async fn connect_source(cx: &Cx<Configured>, session: &Session, name: &str) -> Result<()> {
    let source = session.describe_event_source(name).await?;
    if source.is_some_and(|source| source.state == "PENDING")
        && let Err(error) = session.activate_event_source(name).await
        // A bus just made activates its source by itself.
        && !matches!(error.kind, Kind::NotFound | Kind::Conflict)
    {
        return Err(error);
    }
    CONNECTED.until(cx, || session.describe_event_source(name), judge_connected).await
}

const CONNECTED: Wait = Wait {
    what: "the partner event source to become ACTIVE",
    every: Duration::from_secs(1),
    at_most: Duration::from_mins(5),
};

fn judge_connected(found: Option<EventSource>) -> Progress<()> {
    match found {
        Some(source) if source.state == "ACTIVE" => Progress::Done(()),
        Some(source) => Progress::Waiting(source.state),
        None => Progress::Waiting("absent".into()),
    }
}

/// Starts or stops the flow as the plan has it.
async fn ensure_activation(cx: &Cx<Configured>, session: &Session, plan: &Model) -> Result<()> {
    let status = session.describe_flow(&plan.name).await?.map(|flow| flow.status);
    let is_active = status.as_deref() == Some(ACTIVE);
    match (plan.enabled, is_active) {
        (true, true) | (false, false) => Ok(()),
        (false, true) => stop(session, &plan.name).await,
        (true, false) => {
            START.until(cx, || try_start(session, plan), |progress| progress).await?;
            STARTED.until(cx, || session.describe_flow(&plan.name), judge_started).await
        }
    }
}

/// One attempt to start; a conflict while the source is being connected passes.
async fn try_start(session: &Session, plan: &Model) -> Result<Progress<()>> {
    // A token for each attempt: a conflict is an answer that a repeated token would repeat.
    Ok(match session.start_flow(&plan.name, &token::fresh()).await {
        Ok(_) => Progress::Done(()),
        Err(error) if error.kind == Kind::Conflict => {
            Progress::Waiting(format!("refused ({})", error.message))
        }
        Err(error) if error.kind == Kind::Invalid => {
            Progress::Failed(error.remedy(publish_remedy(&plan.source_object)).at("source_object"))
        }
        Err(error) => Progress::Failed(explain_flow(error, plan)),
    })
}

const START: Wait = Wait {
    what: "AppFlow to accept the start of the flow",
    every: Duration::from_secs(2),
    at_most: Duration::from_mins(2),
};

const STARTED: Wait = Wait {
    what: "the flow to become Active",
    every: Duration::from_secs(1),
    at_most: Duration::from_mins(5),
};

fn judge_started(found: Option<Flow>) -> Progress<()> {
    let Some(flow) = found else { return Progress::Waiting("absent".into()) };
    match flow.status.as_str() {
        ACTIVE => Progress::Done(()),
        "Errored" | "Deprecated" | "Deleted" => {
            let reason = flow.status_message.as_deref().unwrap_or("AWS gives no reason");
            Progress::Failed(
                Error::new(Kind::Invalid, format!("the flow is {}: {reason}", flow.status))
                    .remedy("Correct the cause and apply again.")
                    .at("enabled"),
            )
        }
        other => Progress::Waiting(other.to_owned()),
    }
}

/// Brings the flow to its tags, the marker's absence among them.
///
/// This comes last: the state shows the flow's tags, so that as long as something is left to do, a
/// plan shows it.
async fn retag_flow(
    cx: &Cx<Configured>,
    session: &Session,
    state: &Model,
    plan: &Model,
) -> Result<()> {
    let Some(flow) = session.describe_flow(&plan.name).await? else { return Ok(()) };
    let (set, _) = changes(&flow.tags, plan.tags_all.as_ref().unwrap_or(&Default::default()));
    let (_, mut remove) = tag_changes(state, plan);
    remove.retain(|key| flow.tags.contains_key(key));
    retag(session, &flow.arn, &set, &remove).await?;
    if is_marked(&flow.tags) {
        marker::remove(cx, session, &flow.arn).await;
    }
    Ok(())
}

fn tag_changes(state: &Model, plan: &Model) -> (super::Tags, Vec<String>) {
    let none = super::Tags::new();
    changes(state.tags_all.as_ref().unwrap_or(&none), plan.tags_all.as_ref().unwrap_or(&none))
}

async fn retag(session: &Session, arn: &str, set: &super::Tags, remove: &[String]) -> Result<()> {
    if !remove.is_empty() {
        session.untag(arn, remove).await?;
    }
    if !set.is_empty() {
        session.tag(arn, set).await?;
    }
    Ok(())
}

impl Model {
    /// Whether the plan asks AWS for anything, or only records how to destroy.
    fn differs_in_aws(&self, plan: &Model) -> bool {
        // What is missing is null here, and in the plan, where its new value is not known yet.
        let parts = [&self.arn, &self.event_source_arn, &self.event_bus_arn];
        let recorded = Model { force_destroy: self.force_destroy, ..plan.clone() };
        parts.into_iter().any(Option::is_none) || *self != recorded
    }

    /// Whether the flow's own definition changes.
    fn changes_flow(&self, state: &Model) -> bool {
        self.connection_name != state.connection_name
            || self.description != state.description
            || self.tasks != state.tasks
            || self.error_handling != state.error_handling
    }
}
