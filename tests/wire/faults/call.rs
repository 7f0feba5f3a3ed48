//! A call of AWS, as the emulator's log has it.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value as Json;

/// The n-th call of an operation in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) service: String,
    pub(super) operation: String,
    /// How many calls of the same operation came before it.
    pub(super) nth: usize,
    /// How many calls came before it altogether.
    pub(super) index: usize,
}

impl Call {
    /// The calls in a log.
    pub(super) fn all(log: &[Json]) -> Vec<Self> {
        let mut seen: HashMap<(String, String), usize> = HashMap::new();
        let text = |entry: &Json, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let calls = log.iter().enumerate().map(|(index, entry)| {
            let (service, operation) = (text(entry, "service"), text(entry, "operation"));
            let count = seen.entry((service.clone(), operation.clone())).or_default();
            *count += 1;
            Call { service, operation, nth: *count - 1, index }
        });
        calls.filter(|call| call.service != "sts").collect()
    }

    /// As diagnostics name it.
    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }

    /// Whether it changes nothing.
    pub(super) fn reads(&self) -> bool {
        ["Describe", "Get", "List", "Search"].iter().any(|verb| self.operation.starts_with(verb))
    }

    /// Whether repeating it could do harm: it has no idempotency token, or its credentials work
    /// only once.
    pub(super) fn is_one_shot(&self) -> bool {
        matches!(
            self.operation.as_str(),
            "CreateConnectorProfile"
                | "UpdateConnectorProfile"
                | "CreateEventBus"
                | "CreateIntegrationAssociation"
                | "CreateUseCase"
        )
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} #{}", self.name(), self.nth + 1)
    }
}
