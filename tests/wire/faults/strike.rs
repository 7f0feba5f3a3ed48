//! One case: the fault strikes, what came back is checked, and the next apply has to recover.

use std::time::Duration;

use serde_json::Value as Json;
use terraform_provider_connect::protocol::proto;
use terraform_provider_connect::protocol::proto::provider_server::Provider as _;
use tonic::Request;

use super::Case;
use super::fault::Fault;
use super::recovery::{self, Left};
use super::scenario::{Begun, Verb};
use crate::core::{Answer, Told, has_errors};
use crate::emulated::{Site, shown};

/// Runs a case; the error says what was lost.
pub(super) async fn strike(
    site: &Site,
    case: &Case,
    begun: &Begun,
    end: &Json,
) -> Result<(), String> {
    begun.restart(site, case.fault.attempts()).await;
    case.fault.arm(site, &case.call);
    let answer = carry_out(site, case, begun).await?;
    site.admin("DELETE", "/faults", Json::Null);
    let prior = &begun.plan.prior;
    let left = match answer {
        None => Left { instance: prior.clone(), tainted: false, unknown: true },
        Some(answer) => {
            check_messages(case, &answer)?;
            if case.scenario.verb == Verb::Refresh {
                let same = answer.new.state == prior.state;
                return if same { Ok(()) } else { Err("the refresh changed the state".into()) };
            }
            // Without a network nobody can look whether the call took effect.
            let unknown = case.fault == Fault::Outage && answer.new.state.is_none();
            if !unknown {
                check_known(site, case, &answer)?;
            }
            let failed = has_errors(&answer.diags);
            let tainted = failed && prior.state.is_none() && answer.new.state.is_some();
            Left { instance: answer.new, tainted, unknown }
        }
    };
    recovery::recover(site, begun, left, end).await
}

/// The answer; none if the provider was killed.
async fn carry_out(site: &Site, case: &Case, begun: &Begun) -> Result<Option<Answer>, String> {
    let call = begun.carry_out(site);
    if !case.fault.interrupts() {
        return Ok(Some(call.await));
    }
    let mut call = Box::pin(call);
    tokio::select! {
        answer = &mut call => return Err(format!("it ended before the call: {:?}", answer.diags)),
        () = under_way(site, case) => {}
    }
    if case.fault == Fault::Killed {
        return Ok(None);
    }
    let stop = Request::new(proto::stop_provider::Request::default());
    site.core.service.stop_provider(stop).await.expect("no status");
    match tokio::time::timeout(LONGEST_STOP, call).await {
        Ok(answer) => Ok(Some(answer)),
        Err(_) => Err("it goes on after the stop".into()),
    }
}

/// Comes back when the emulator has carried out the call and holds the answer back.
async fn under_way(site: &Site, case: &Case) {
    loop {
        let is_it = |request: &&Json| {
            request["service"] == *case.call.service && request["operation"] == *case.call.operation
        };
        if site.requests().iter().filter(is_it).count() > case.call.nth {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// What the practitioner is told.
fn check_messages(case: &Case, answer: &Answer) -> Result<(), String> {
    let errors: Vec<&Told> = answer.diags.iter().filter(|told| told.error).collect();
    let wrong = |what: &str| Err(format!("{what}: {:#?}", answer.diags));
    if answer.diags.iter().any(|told| told.detail.contains("bug in the provider")) {
        return wrong("it calls itself a bug");
    }
    match (case.fault.is_overcome(&case.call), errors.as_slice()) {
        (Some(true), []) | (None, []) => Ok(()),
        (Some(true), _) => wrong("it should have got over it"),
        (Some(false), []) => wrong("it cannot have worked"),
        (_, [error]) => {
            let paragraphs: Vec<&str> = error.detail.split("\n\n").collect();
            let origin = paragraphs.last().copied().unwrap_or_default();
            let is_named = origin.starts_with(&format!("({}", case.call.name()));
            let was_struck = !matches!(case.fault, Fault::Outage | Fault::Stopped);
            if was_struck && !is_named {
                return wrong("the error does not name the operation");
            }
            if paragraphs.len() < 3 {
                return wrong("the error has no remedy");
            }
            Ok(())
        }
        (_, _) => wrong("there are several errors"),
    }
}

/// Everything that exists of the resource has to be in its state.
fn check_known(site: &Site, case: &Case, answer: &Answer) -> Result<(), String> {
    let state = shown(&answer.new).to_string();
    for (kind, object) in recovery::own_objects(site, case.scenario.kind) {
        if !state.contains(&object) {
            return Err(format!(
                "the state does not know of {object} ({kind}): {state}; {:#?}",
                answer.diags
            ));
        }
    }
    Ok(())
}

/// Far more than a stop takes; without a stop the call would take a minute.
const LONGEST_STOP: Duration = Duration::from_secs(20);
