//! Faults on demand: errors, lost requests, lost answers, delays.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::wire::refusal::Refusal;

/// Faults in the order they were asked for; the first that matches a call is used.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(pub(crate) Vec<Fault>);

/// One asked-for fault. A delay combines with any kind, or stands alone.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// The signing name; absent matches the operation in every service.
    #[serde(default)]
    service: Option<String>,
    /// `*` matches every operation.
    operation: String,
    /// How many calls it strikes.
    #[serde(default = "once")]
    times: u32,
    /// How many calls it lets pass first.
    #[serde(default)]
    after: u32,
    #[serde(default)]
    kind: Option<Kind>,
    /// Of an error: its code, the status (else what the service gives the code), the message.
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    message: String,
    #[serde(default)]
    delay_ms: u64,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Answers the error without applying the call.
    Error,
    /// Applies the call, then answers the error: an ambiguous 5xx.
    ErrorAfter,
    /// Closes the connection; nothing was applied.
    DropBefore,
    /// Applies the call, then closes the connection without an answer.
    DropAfter,
}

fn once() -> u32 {
    1
}

/// What strikes the current call.
#[derive(Debug, Default)]
pub(crate) struct Strike {
    pub(crate) delay: Duration,
    pub(crate) kind: Option<Kind>,
    pub(crate) refusal: Option<Refusal>,
}

impl Faults {
    /// Adds a fault, which must do something.
    pub(crate) fn add(&mut self, fault: Fault) -> Result<(), String> {
        let needs_error = matches!(fault.kind, Some(Kind::Error | Kind::ErrorAfter));
        if needs_error != fault.code.is_some() {
            return Err("code (status, message) goes with kind error or error_after".into());
        }
        if fault.kind.is_none() && fault.delay_ms == 0 {
            return Err("a fault needs a kind or delay_ms".into());
        }
        self.0.push(fault);
        Ok(())
    }

    /// Takes what strikes this call. Faults that are used up are forgotten.
    pub(crate) fn strike(&mut self, service: &str, operation: &str) -> Strike {
        let position = self.0.iter_mut().position(|fault| {
            let matches = fault.service.as_deref().is_none_or(|wanted| wanted == service)
                && (fault.operation == "*" || fault.operation == operation);
            if matches && fault.after > 0 {
                fault.after -= 1;
                return false;
            }
            matches
        });
        let Some(position) = position else { return Strike::default() };
        let fault = &mut self.0[position];
        let strike = Strike {
            delay: Duration::from_millis(fault.delay_ms),
            kind: fault.kind,
            refusal: fault.code.as_ref().map(|code| Refusal {
                code: code.clone(),
                message: fault.message.clone(),
                status: fault.status,
            }),
        };
        fault.times = fault.times.saturating_sub(1);
        if fault.times == 0 {
            self.0.remove(position);
        }
        strike
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fault_waits_strikes_and_is_gone() {
        let mut faults = Faults::default();
        let fault = json!({"operation": "CreateFlow", "after": 1, "kind": "drop_after"});
        faults.add(serde_json::from_value(fault).expect("well formed")).expect("does something");
        let mut kinds = (0..3).map(|_| faults.strike("appflow", "CreateFlow").kind);
        assert_eq!(kinds.next(), Some(None));
        assert_eq!(kinds.next(), Some(Some(Kind::DropAfter)));
        assert_eq!(kinds.next(), Some(None));
    }

    #[test]
    fn a_fault_that_does_nothing_is_refused() {
        let fault = serde_json::from_value(json!({"operation": "CreateFlow"})).expect("parses");
        assert!(Faults::default().add(fault).is_err());
    }
}
