//! Deletion, in AWS's order, and without pulling the bus from under anyone.

use std::time::Duration;

use super::bus;
use super::converge::remove_flow;
use super::{Model, region};
use crate::aws::Session;
use crate::aws::event_rule::EventRule;
use crate::framework::context::Cx;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::resource::{Applied, OrKeep};
use crate::framework::wait::{Progress, Wait};
use crate::provider::Configured;

/// Stops and deletes the flow, then deletes the bus.
pub(super) async fn delete(cx: &Cx<Configured>, state: Model) -> Applied<(), Model> {
    let session = region::session(cx, state.region.as_deref())?;
    let bus = state.event_source_name.clone().unwrap_or_default();
    // An adopted bus was there before us.
    let keeps_bus = bus.is_empty() || bus::adopts(state.event_bus.as_ref()) && !state.force_destroy;
    if !keeps_bus {
        clear_rules(cx, &session, &bus, state.force_destroy).await?;
    }
    if let Some(flow) = session.describe_flow(&state.name).await? {
        remove_flow(&session, &flow).await?;
    }
    if keeps_bus {
        return Ok(());
    }
    let rest = Model { arn: None, status: None, status_message: None, ..state };
    UNRULED.until(cx, || delete_bus(&session, &bus), |progress| progress).await.or_keep(&rest)
}

/// One attempt; EventBridge may count rules that have just been deleted (aws#22131).
async fn delete_bus(session: &Session, bus: &str) -> Result<Progress<()>> {
    match session.delete_event_bus(bus).await {
        Ok(()) => Ok(Progress::Done(())),
        Err(error) if error.kind == Kind::Conflict => Ok(Progress::Waiting("in use".into())),
        Err(error) => Err(error),
    }
}

const UNRULED: Wait = Wait {
    what: "EventBridge to let go of the bus (it counts rules that were just deleted)",
    every: Duration::from_secs(2),
    at_most: Duration::from_mins(2),
};

/// Sees to it that the bus has no rules, or says whose they are, before anything is deleted.
async fn clear_rules(cx: &Cx<Configured>, session: &Session, bus: &str, force: bool) -> Result<()> {
    let rules = match RULES_GONE.until(cx, || rules(session, bus), judge_rules).await {
        Ok(()) => return Ok(()),
        Err(error) if error.kind == Kind::Timeout => rules(session, bus).await?,
        // Without the permission to list, EventBridge itself refuses to delete a bus in use.
        Err(error) if error.kind == Kind::Denied => return Ok(()),
        Err(error) => return Err(error),
    };
    let connects_own = rules_of_integrations(session, bus).await?;
    let (own, others): (Vec<EventRule>, Vec<EventRule>) =
        rules.into_iter().partition(|rule| connects_own.contains(&rule.name));
    if let Some(rule) = own.first() {
        return Err(used_by_connect(&rule.name));
    }
    if !force {
        return Err(used_by_others(bus, &others));
    }
    for rule in others {
        session.delete_event_rule(bus, &rule.name).await?;
    }
    Ok(())
}

async fn rules(session: &Session, bus: &str) -> Result<Vec<EventRule>> {
    Ok(session.list_event_rules(bus).await?.unwrap_or_default())
}

fn judge_rules(rules: Vec<EventRule>) -> Progress<()> {
    if rules.is_empty() { Progress::Done(()) } else { Progress::Waiting("in use".into()) }
}

/// A rule whose integration has just been deleted goes a moment later.
const RULES_GONE: Wait = Wait {
    what: "the rules on the bus to go",
    every: Duration::from_secs(1),
    at_most: Duration::from_secs(5),
};

/// The names of the rules that Connect made on the bus.
async fn rules_of_integrations(session: &Session, bus: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for integration in session.list_event_integrations().await? {
        if integration.event_bus_name != bus {
            continue;
        }
        let associations = session.list_event_integration_associations(&integration.name).await?;
        names.extend(
            associations
                .unwrap_or_default()
                .into_iter()
                .filter_map(|association| association.event_bridge_rule_name),
        );
    }
    Ok(names)
}

fn used_by_connect(rule: &str) -> Error {
    Error::new(
        Kind::Conflict,
        format!("an Amazon Connect integration still listens on the event bus (rule {rule})"),
    )
    .remedy(
        "The app integration must go first. If Terraform is replacing this flow, give the \
         `connect_salesforce_app_integration` that uses it\n\n  lifecycle {\n    \
         replace_triggered_by = [connect_salesforce_event_flow.NAME]\n  }\n\nand apply again: with \
         a configured `event_source_name` it cannot see the replacement by itself, also after \
         the flow was tainted. If the integration is not managed here, remove it in Amazon \
         Connect first.",
    )
    .at("event_source_name")
}

fn used_by_others(bus: &str, rules: &[EventRule]) -> Error {
    let names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
    Error::new(Kind::Conflict, format!("the event bus {bus} has rules: {}", names.join(", ")))
        .remedy(
            "They were not made by this resource. Delete them, or set `force_destroy = true` and \
             apply that before destroying.",
        )
        .at("force_destroy")
}
