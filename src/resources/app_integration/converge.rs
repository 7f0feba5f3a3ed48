//! Creation and update of an app integration.

use std::time::{Duration, Instant};

use super::super::import_id::import_block;
use super::super::marker::{self, is_marked, marked};
use super::super::tags::changes;
use super::super::whereabouts;
use super::{
    AppIntegration, LISTED, Model, Tags, judge_listed, name, observe, region, supporting, token,
};
use crate::aws::Session;
use crate::aws::event_integration::EventIntegrationInput;
use crate::aws::integration_association::{CreatedAssociation, IntegrationAssociationInput};
use crate::aws::use_case::UseCase;
use crate::framework::context::Cx;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::resource::{Applied, Failed, OrKeep, Resource};
use crate::framework::wait::{Progress, Wait};
use crate::provider::Configured;

/// The event integration to associate.
#[derive(Debug)]
struct Integration {
    arn: String,
    /// Made by this apply, or by an earlier one that did not finish.
    ours: bool,
}

/// Makes everything; what cannot be completed is taken back, or kept in the state.
pub(super) async fn create(cx: &Cx<Configured>, plan: Model) -> Applied<Model> {
    let session = region::session(cx, plan.region.as_deref())?;
    let plan = with_names(&session, plan).await?;
    let integration = ensure_integration(cx, &session, &plan).await?;
    let plan = Model { integration_arn: Some(integration.arn.clone()), ..plan };
    let id = match associate(cx, &session, &plan, &integration).await {
        Ok(id) => id,
        Err(error) => return Err(take_back(&session, &plan, &integration, error).await),
    };
    let instance = plan.instance().to_owned();
    let plan = Model {
        id: Some(format!("{instance},{id}")),
        arn: Some(association_arn(&session, &instance, &id).await),
        region: Some(session.region_name().to_owned()),
        integration_association_id: Some(id.clone()),
        ..plan
    };
    let probe = || session.find_integration_association(&instance, &id);
    LISTED.until(cx, probe, judge_listed).await.or_keep(&plan)?;
    let finished = ensure_use_cases(&session, &plan).await.map(drop);
    if integration.ours && finished.is_ok() {
        marker::remove(cx, &session, &integration.arn).await;
    }
    answer(cx, plan, finished).await
}

/// Changes use cases, description and tags.
pub(super) async fn update(cx: &Cx<Configured>, state: &Model, plan: Model) -> Applied<Model> {
    let session = region::session(cx, plan.region.as_deref())?;
    let plan = Model { arn: state.arn.clone(), ..plan };
    let updated = change(&session, state, &plan).await;
    if marker::is_noted(cx) && updated.is_ok() {
        let integration = plan.integration_arn.as_deref().unwrap_or_default();
        marker::remove(cx, &session, integration).await;
    }
    answer(cx, plan, updated).await
}

async fn answer(cx: &Cx<Configured>, plan: Model, outcome: Result<()>) -> Applied<Model> {
    let session = region::lookup_session(cx, plan.region.as_deref())?;
    let now = match observe(cx, &session, &plan).await {
        Ok(Some(seen)) => plan.refreshed(cx, &seen, session.region_name()),
        Err(error) if outcome.is_ok() => {
            supporting::warn_unread(cx, &plan.name, &error);
            plan
        }
        Ok(None) | Err(_) => plan,
    };
    outcome.or_keep(&now)?;
    Ok(now)
}

/// Fills in the names that the plan had to leave open.
async fn with_names(session: &Session, plan: Model) -> Result<Model> {
    if !plan.owns_integration() {
        return Ok(plan);
    }
    let source = plan.event_source_name.clone().unwrap_or_default();
    let bus = plan.event_bus_name.clone().unwrap_or_else(|| source.clone());
    let integration_name = match &plan.event_integration_name {
        Some(name) => name.clone(),
        None => {
            let prefix = integration_arn(session, "").await?;
            name::event_integration(&prefix, &plan.name, plan.instance(), &source)
        }
    };
    Ok(Model { event_bus_name: Some(bus), event_integration_name: Some(integration_name), ..plan })
}

async fn integration_arn(session: &Session, name: &str) -> Result<String> {
    let account = session.account_id().await?;
    let (partition, region) = (session.partition(), session.region_name());
    Ok(format!("arn:{partition}:app-integrations:{region}:{account}:event-integration/{name}"))
}

async fn association_arn(session: &Session, instance: &str, id: &str) -> String {
    let account = session.account_id().await.unwrap_or_default();
    let (partition, region) = (session.partition(), session.region_name());
    format!(
        "arn:{partition}:connect:{region}:{account}:instance/{instance}/integration-association/{id}"
    )
}

/// Finds the referenced event integration, or makes the owned one.
async fn ensure_integration(
    cx: &Cx<Configured>,
    session: &Session,
    plan: &Model,
) -> Result<Integration> {
    if let Some(arn) = &plan.event_integration_arn {
        check_referenced(session, plan, arn).await?;
        return Ok(Integration { arn: arn.clone(), ours: false });
    }
    check_source(cx, session, plan).await?;
    let tags = plan.tags_all.clone().unwrap_or_default();
    let input = EventIntegrationInput {
        name: plan.event_integration_name.clone().unwrap_or_default(),
        description: plan.event_integration_description.clone(),
        event_source_name: plan.event_source_name.clone().unwrap_or_default(),
        event_bus_name: plan.event_bus_name.clone().unwrap_or_default(),
        tags: marked(&tags),
    };
    let token = token::of_plan(cx);
    let error = match session.create_event_integration(&input, &token).await {
        Ok(arn) => return Ok(Integration { arn, ours: true }),
        Err(error) => error,
    };
    if error.kind == Kind::Quota {
        return Err(name_leftovers(session, error).await);
    }
    if error.kind != Kind::AlreadyExists && !error.is_ambiguous() {
        return Err(error);
    }
    let lookup = session.for_lookup();
    let Ok(Some(found)) = lookup.get_event_integration(&input.name).await else {
        return Err(error);
    };
    let ours = is_marked(&found.tags)
        && found.event_source_name == input.event_source_name
        && found.event_bus_name == input.event_bus_name;
    if ours {
        return Ok(Integration { arn: found.arn, ours: true });
    }
    let association = lookup.find_integration_association_by_arn(plan.instance(), &found.arn).await;
    if let Ok(Some(association)) = association {
        return Err(explain_associated(cx, error, plan, &association.id));
    }
    Err(error
        .remedy(format!(
            "An event integration of this name exists. To use it, set `event_integration_arn = \
             {:?}`; to make another, set another `event_integration_name`.",
            found.arn
        ))
        .at("event_integration_name"))
}

/// Names what "Remove connection" in the console has left behind, as far as we may look.
async fn name_leftovers(session: &Session, error: Error) -> Error {
    let mut unused = Vec::new();
    for integration in session.list_event_integrations().await.unwrap_or_default() {
        let clients = session.list_event_integration_associations(&integration.name).await;
        if matches!(clients, Ok(Some(clients)) if clients.is_empty()) {
            unused.push(integration.name);
        }
    }
    if unused.is_empty() {
        return error;
    }
    error.advise(format!(
        "This is AppIntegrations' quota of event integrations for the account and region. These \
         have no associations, as \"Remove connection\" in the Connect console leaves them behind: \
         {}. Delete those that nobody needs (aws appintegrations delete-event-integration --name \
         NAME), or ask for more in the Service Quotas console.",
        unused.join(", ")
    ))
}

/// The referenced event integration must exist, and be of the configured source and bus.
async fn check_referenced(session: &Session, plan: &Model, arn: &str) -> Result<()> {
    let name = super::integration_name(arn);
    let Some(found) = session.get_event_integration(name).await? else {
        return Err(Error::new(Kind::Invalid, format!("there is no event integration {name:?}"))
            .remedy("Correct `event_integration_arn`; it must be of this account and region.")
            .at("event_integration_arn"));
    };
    for (attribute, configured, actual) in [
        ("event_source_name", &plan.event_source_name, &found.event_source_name),
        ("event_bus_name", &plan.event_bus_name, &found.event_bus_name),
    ] {
        if configured.as_ref().is_some_and(|configured| configured != actual) {
            return Err(Error::new(
                Kind::Invalid,
                format!("the event integration {name} has {actual:?} as its {attribute}"),
            )
            .remedy(format!("Set `{attribute} = {actual:?}`, or leave it out."))
            .at(attribute));
        }
    }
    Ok(())
}

/// AWS takes any source and bus here and then delivers nothing, so we look ourselves.
async fn check_source(cx: &Cx<Configured>, session: &Session, plan: &Model) -> Result<()> {
    let name = plan.event_source_name.as_deref().unwrap_or_default();
    let state = match session.describe_event_source(name).await {
        Ok(source) => source.map(|source| source.state),
        Err(error) if error.kind == Kind::Denied => {
            cx.warn_at(
                "event_source_name",
                "Whether the event source is active was not checked",
                "The role that Terraform runs as may not call events:DescribeEventSource.",
            );
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let (message, remedy) = match state.as_deref() {
        Some("ACTIVE") => return check_bus(session, plan).await,
        Some("PENDING") => (
            "has no event bus yet".to_owned(),
            "Make the bus first: `connect_salesforce_event_flow` does, or associate the source \
             with a bus in the EventBridge console."
                .to_owned(),
        ),
        Some("DELETED") => (
            "was deleted by AppFlow".to_owned(),
            "The flow that made it is gone. Make the flow again, then apply.".to_owned(),
        ),
        Some(other) => {
            (format!("is {other}"), "Wait until it is ACTIVE, then apply again.".to_owned())
        }
        None => (
            "does not exist".to_owned(),
            format!(
                "{} Set `event_source_name` to that of the event flow. Sources without a bus are \
                 dropped after two weeks.",
                whereabouts::of_event_sources(session).await
            ),
        ),
    };
    Err(Error::new(Kind::Invalid, format!("the event source {name} {message}"))
        .remedy(remedy)
        .at("event_source_name"))
}

async fn check_bus(session: &Session, plan: &Model) -> Result<()> {
    let bus = plan.event_bus_name.as_deref().unwrap_or_default();
    match session.describe_event_bus(bus).await {
        Ok(None) => Err(Error::new(Kind::Invalid, format!("there is no event bus {bus:?}"))
            .remedy("Correct `event_bus_name`; for a partner source it is the source's own name.")
            .at("event_bus_name")),
        Err(error) if error.kind != Kind::Denied => Err(error),
        _ => Ok(()),
    }
}

/// Links the instance; the answer is the association's id.
async fn associate(
    cx: &Cx<Configured>,
    session: &Session,
    plan: &Model,
    integration: &Integration,
) -> Result<String> {
    let instance = plan.instance();
    let input = IntegrationAssociationInput {
        integration_arn: integration.arn.clone(),
        application_url: plan.application_url.clone(),
        application_name: plan.name.clone(),
        tags: plan.tags_all.clone().unwrap_or_default(),
    };
    let attempt = || async {
        match session.create_integration_association(instance, &input).await {
            Err(error) if error.kind == Kind::Denied => Ok(Err(error)),
            other => other.map(Ok),
        }
    };
    let attempts = Instant::now() + GRANTED;
    let judge = |answer: Result<CreatedAssociation>| match answer {
        Err(denied) if Instant::now() < attempts => Progress::Waiting(denied.message),
        Err(denied) => Progress::Failed(denied),
        Ok(created) => Progress::Done(created.id),
    };
    let error = match ASSOCIATED.until(cx, attempt, judge).await {
        Ok(id) => return Ok(id),
        Err(error) => error,
    };
    if error.is_not_found() {
        let place = whereabouts::of_instances(session).await;
        return Err(error
            .advise(format!("{place} Correct `instance_id`, or the region of the provider."))
            .at("instance_id"));
    }
    if error.kind != Kind::AlreadyExists && !error.is_ambiguous() {
        return Err(error);
    }
    let lookup = session.for_lookup();
    let found = lookup.find_integration_association_by_arn(instance, &integration.arn).await;
    let Ok(Some(found)) = found else { return Err(error) };
    let equal = found.application_name.as_ref() == Some(&plan.name)
        && found.application_url.as_ref() == Some(&plan.application_url);
    if equal && (integration.ours || error.is_ambiguous()) {
        return Ok(found.id);
    }
    Err(explain_associated(cx, error, plan, &found.id))
}

/// Connect acts with the caller's permissions on three services. IAM takes seconds to tell them all
/// of a permission that was granted in the same apply; who lacks it should not wait for long.
const GRANTED: Duration = Duration::from_secs(10);

const ASSOCIATED: Wait = Wait {
    what: "the permissions of the role to take effect",
    every: Duration::from_secs(2),
    at_most: Duration::from_mins(1),
};

fn explain_associated(cx: &Cx<Configured>, error: Error, plan: &Model, id: &str) -> Error {
    error
        .remedy(format!(
            "The instance is associated with this event integration already, as {id}. Import \
             it:\n\n{}",
            import_block(
                AppIntegration::TYPE,
                &[("instance_id", plan.instance()), ("integration_association_id", id)],
                region::other_than_providers(cx, plan.region.as_deref())
            )
        ))
        .at("instance_id")
}

/// Removes the event integration again when the association failed for certain; keeps it in the
/// state when that fails too, or when the association may exist.
async fn take_back(
    session: &Session,
    plan: &Model,
    integration: &Integration,
    error: Error,
) -> Failed<Model> {
    if !integration.ours {
        return error.into();
    }
    let lookup = session.for_lookup();
    let removed = !error.is_ambiguous()
        && lookup.delete_event_integration(super::integration_name(&integration.arn)).await.is_ok();
    if removed {
        return error.aftermath("Nothing was created.").into();
    }
    Failed { error, left: Some(Box::new(plan.clone())) }
}

/// Adds and removes use cases; the answer is what there is.
async fn ensure_use_cases(session: &Session, plan: &Model) -> Result<Vec<UseCase>> {
    let instance = plan.instance();
    let id = plan.integration_association_id.as_deref().unwrap_or_default();
    let existing = session.list_use_cases(instance, id).await?.unwrap_or_default();
    let (kept, surplus): (Vec<UseCase>, Vec<UseCase>) =
        existing.into_iter().partition(|it| plan.use_cases.contains(&it.use_case_type));
    for use_case in surplus {
        session.delete_use_case(instance, id, &use_case.id).await?;
    }
    let tags = plan.tags_all.clone().unwrap_or_default();
    for wanted in &plan.use_cases {
        if kept.iter().any(|it| it.use_case_type == *wanted) {
            continue;
        }
        match session.create_use_case(instance, id, wanted, &tags).await {
            Err(error) if error.kind == Kind::AlreadyExists => {}
            Err(error) if error.is_ambiguous() => {
                let lookup = session.for_lookup();
                let now = lookup.list_use_cases(instance, id).await?.unwrap_or_default();
                if !now.iter().any(|it| it.use_case_type == *wanted) {
                    return Err(error);
                }
            }
            outcome => {
                outcome?;
            }
        }
    }
    Ok(kept)
}

async fn change(session: &Session, state: &Model, plan: &Model) -> Result<()> {
    let kept = if plan.use_cases == state.use_cases {
        None
    } else {
        Some(ensure_use_cases(session, plan).await?)
    };
    let integration = plan.integration_arn.as_deref().unwrap_or_default();
    if plan.event_integration_description != state.event_integration_description {
        session
            .update_event_integration(
                super::integration_name(integration),
                plan.event_integration_description.as_deref(),
            )
            .await?;
    }
    let none = Tags::new();
    let before = state.tags_all.as_ref().unwrap_or(&none);
    let after = plan.tags_all.as_ref().unwrap_or(&none);
    let (set, remove) = changes(before, after);
    if set.is_empty() && remove.is_empty() {
        return Ok(());
    }
    let use_cases = match kept {
        Some(kept) => kept,
        None => {
            let id = plan.integration_association_id.as_deref().unwrap_or_default();
            session.list_use_cases(plan.instance(), id).await?.unwrap_or_default()
        }
    };
    let mut arns: Vec<String> = use_cases.into_iter().map(|it| it.arn).collect();
    if plan.owns_integration() {
        arns.push(integration.to_owned());
    }
    // The state shows the association's tags: as long as something is left to do, a plan shows it.
    arns.push(plan.arn.clone().unwrap_or_default());
    for arn in arns {
        if !remove.is_empty() {
            session.untag(&arn, &remove).await?;
        }
        // All of them, so that a tag that someone changed on a part is repaired as well.
        if !after.is_empty() {
            session.tag(&arn, after).await?;
        }
    }
    Ok(())
}
