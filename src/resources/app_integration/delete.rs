//! Deletion: use cases, association, and the event integration if it is owned.

use std::time::Duration;

use super::super::reference::id_of;
use super::{Model, association_id, client_of, integration_name, region};
use crate::aws::Session;
use crate::framework::context::Cx;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::resource::{Applied, OrKeep};
use crate::framework::wait::{Progress, Wait};
use crate::provider::Configured;

/// Removes everything that is ours, in AWS's order.
pub(super) async fn delete(cx: &Cx<Configured>, state: Model) -> Applied<(), Model> {
    let session = region::session(cx, state.region.as_deref())?;
    let id = association_id(&session, &state).await?;
    let state = Model { integration_association_id: id, ..state };
    let integration = integration_name(state.integration_arn.as_deref().unwrap_or_default());
    if state.owns_integration() {
        refuse_other_clients(&session, &state, integration).await?;
    }
    if let Some(id) = state.integration_association_id.as_deref().map(id_of) {
        name_rules(cx, &session, &state, id).await;
        remove_association(&session, &state, id).await?;
    }
    if !state.owns_integration() || integration.is_empty() {
        return Ok(());
    }
    let rest = Model { integration_association_id: None, use_case_ids: None, ..state.clone() };
    let removed =
        UNUSED.until(cx, || remove_integration(&session, integration), |progress| progress).await;
    match removed {
        Err(error) if error.kind == Kind::Timeout => {
            Err(name_clients(&session, integration, error).await).or_keep(&rest)
        }
        removed => removed.or_keep(&rest),
    }
}

/// Says who keeps an event integration from being deleted, if AWS tells.
async fn name_clients(session: &Session, integration: &str, error: Error) -> Error {
    let clients = session.list_event_integration_associations(integration).await;
    let clients = clients.ok().flatten().unwrap_or_default();
    let names: Vec<&str> = clients
        .iter()
        .map(|client| client.client_id.as_deref().unwrap_or(client.id.as_str()))
        .collect();
    if names.is_empty() {
        return error.advise(format!(
            "The association is gone, and AppIntegrations lists no other client of {integration}: \
             destroy again in a minute."
        ));
    }
    error.advise(format!(
        "{integration} is used by {}: remove these associations, then destroy again.",
        names.join(", ")
    ))
}

/// An owned event integration that others use too must stay, so nothing is deleted.
async fn refuse_other_clients(session: &Session, state: &Model, integration: &str) -> Result<()> {
    let clients = session.list_event_integration_associations(integration).await?;
    let clients = clients.unwrap_or_default();
    let own = client_of(&clients, state.instance()).map(|client| client.id.clone());
    let others: Vec<&str> = clients
        .iter()
        .filter(|client| Some(&client.id) != own.as_ref())
        .map(|client| client.client_id.as_deref().unwrap_or(&client.id))
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        Kind::Conflict,
        format!("the event integration {integration} is also used by {}", others.join(", ")),
    )
    .remedy(format!(
        "Set `event_integration_arn = {:?}` and apply that first: then only the association is \
         removed and the event integration stays.",
        state.integration_arn.as_deref().unwrap_or_default()
    ))
    .at("event_integration_arn"))
}

/// Warns of rules that lose their trigger. Not being allowed to look is no reason to stop.
async fn name_rules(cx: &Cx<Configured>, session: &Session, state: &Model, id: &str) {
    let Ok(Some(rules)) = session.search_case_rules(state.instance()).await else { return };
    let names: Vec<String> = rules
        .into_iter()
        .filter(|rule| rule.integration_association_id.as_deref() == Some(id))
        .map(|rule| rule.name)
        .collect();
    if !names.is_empty() {
        cx.warn(
            "Rules have lost their trigger",
            format!(
                "These rules were triggered by the integration {} and now do nothing: {}. Delete \
                 them, or make them anew for another integration.",
                state.name,
                names.join(", ")
            ),
        );
    }
}

async fn remove_association(session: &Session, state: &Model, id: &str) -> Result<()> {
    let instance = state.instance();
    let use_cases = session.list_use_cases(instance, id).await?.unwrap_or_default();
    let (own, others): (Vec<_>, Vec<_>) =
        use_cases.into_iter().partition(|it| state.use_cases.contains(&it.use_case_type));
    if let Some(other) = others.first() {
        return Err(Error::new(
            Kind::Conflict,
            format!("the integration has the use case {} too", other.use_case_type),
        )
        .remedy(format!(
            "It was added by someone else. Add it to `use_cases` and apply, or delete use case \
             {}, then destroy.",
            other.id
        ))
        .at("use_cases"));
    }
    for use_case in own {
        session.delete_use_case(instance, id, &use_case.id).await?;
    }
    session.delete_integration_association(instance, id).await
}

/// One attempt; AppIntegrations learns a moment later that the association is gone.
async fn remove_integration(session: &Session, name: &str) -> Result<Progress<()>> {
    match session.delete_event_integration(name).await {
        Ok(()) => Ok(Progress::Done(())),
        Err(error) if error.kind == Kind::Conflict => Ok(Progress::Waiting("in use".into())),
        Err(error) => Err(error),
    }
}

const UNUSED: Wait = Wait {
    what: "AppIntegrations to let go of the event integration",
    every: Duration::from_secs(2),
    at_most: Duration::from_mins(2),
};
