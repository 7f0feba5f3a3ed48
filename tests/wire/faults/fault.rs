//! What may befall a call.

use serde_json::{Value as Json, json};

use super::call::Call;
use super::scenario::{Scenario, Verb};
use crate::emulated::{PATIENT, Site};

/// The kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// AWS refuses, for a reason that stays.
    Refused,
    /// AWS denies.
    Denied,
    /// AWS throttles twice.
    Throttled,
    /// The connection breaks after the call has taken effect.
    Dropped,
    /// AWS fails before the call takes effect.
    FailedBefore,
    /// AWS fails after the call has taken effect.
    FailedAfter,
    /// The connection breaks after the call has taken effect, and the network is gone.
    Outage,
    /// Terraform asks to stop while the call is under way; it takes effect.
    Stopped,
    /// The provider is killed while the call is under way; it takes effect.
    Killed,
}

impl Fault {
    /// Those that make a difference for the call.
    pub(super) fn of(scenario: &Scenario, call: &Call) -> Vec<Self> {
        use Fault::{
            Denied, Dropped, FailedAfter, FailedBefore, Killed, Outage, Refused, Stopped, Throttled,
        };
        let mut faults = vec![Refused, Denied, Throttled, Dropped, Outage, Stopped];
        // To a read, an answer that is lost and one that never was are the same.
        if !call.reads() {
            faults.extend([FailedBefore, FailedAfter]);
        }
        // A refresh that is killed has changed nothing.
        if scenario.verb != Verb::Refresh {
            faults.push(Killed);
        }
        faults
    }

    /// How often the provider tries a call: after an outage it gives up at once.
    pub(super) fn attempts(self) -> u32 {
        if self == Self::Outage { 1 } else { PATIENT }
    }

    /// Whether the call is to be interrupted once it is under way.
    pub(super) fn interrupts(self) -> bool {
        matches!(self, Self::Stopped | Self::Killed)
    }

    /// Whether the provider gets over it by itself, where that is certain.
    pub(super) fn is_overcome(self, call: &Call) -> Option<bool> {
        match self {
            Self::Throttled | Self::Dropped | Self::FailedAfter => Some(true),
            Self::FailedBefore => Some(!call.is_one_shot()),
            Self::Refused | Self::Denied | Self::Outage | Self::Stopped | Self::Killed => None,
        }
    }

    /// Arms the emulator.
    pub(super) fn arm(self, site: &Site, call: &Call) {
        let of_call = |fault: Json| {
            let mut fault = fault;
            fault["service"] = call.service.clone().into();
            fault["operation"] = call.operation.clone().into();
            fault["after"] = call.nth.into();
            site.admin("POST", "/faults", fault);
        };
        let error = |kind: &str, code: &str, status: u16, times: u32| {
            of_call(json!({
                "kind": kind, "code": code, "status": status, "times": times,
                "message": "This is how it is.",
            }));
        };
        match self {
            Self::Refused => error("error", refusal(&call.service), 400, 1),
            Self::Denied => error("error", "AccessDeniedException", 403, 1),
            Self::Throttled => error("error", "ThrottlingException", 429, 2),
            Self::Dropped => of_call(json!({"kind": "drop_after"})),
            Self::FailedBefore => error("error", failure(&call.service), 500, 1),
            Self::FailedAfter => error("error_after", failure(&call.service), 500, 1),
            Self::Outage => {
                of_call(json!({"kind": "drop_after"}));
                let rest = json!({
                    "operation": "*", "after": call.index, "kind": "drop_before", "times": 10_000,
                });
                site.admin("POST", "/faults", rest);
            }
            // Longer than anyone waits here.
            Self::Stopped | Self::Killed => of_call(json!({"delay_ms": 60_000})),
        }
    }
}

/// A code that all operations of a service may answer and that says nothing but no.
fn refusal(service: &str) -> &'static str {
    match service {
        "connect" => "InvalidParameterException",
        "app-integrations" => "InvalidRequestException",
        _ => "ValidationException",
    }
}

fn failure(service: &str) -> &'static str {
    match service {
        "connect" => "InternalServiceException",
        "app-integrations" => "InternalServiceError",
        "events" => "InternalException",
        _ => "InternalServerException",
    }
}
