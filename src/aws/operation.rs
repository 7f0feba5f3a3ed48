//! What an API operation's name says about it.

use crate::framework::error::Kind;

/// An operation as diagnostics name it: `appflow:CreateFlow`, with the service as IAM spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Operation(pub(super) &'static str);

impl Operation {
    /// The IAM prefix of the service.
    pub(super) fn service(self) -> &'static str {
        self.0.split_once(':').map_or(self.0, |(service, _)| service)
    }

    /// The verb and the noun.
    pub(super) fn name(self) -> &'static str {
        self.0.split_once(':').map_or(self.0, |(_, name)| name)
    }

    /// Whether it changes nothing, so that repeating or forgetting it is harmless.
    pub(super) fn reads(self) -> bool {
        ["Describe", "List", "Get", "Search", "Assume"]
            .iter()
            .any(|verb| self.name().starts_with(verb))
    }

    /// Whether it makes an object.
    pub(super) fn creates(self) -> bool {
        self.name().starts_with("Create")
    }

    /// What an unanswered or failed call amounts to: a read did nothing, a write may have.
    pub(super) fn unknown_outcome(self) -> Kind {
        match self.reads() {
            true => Kind::Unavailable,
            false => Kind::Ambiguous,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verb_says_whether_anything_changes() {
        assert!(Operation("appflow:DescribeFlow").reads());
        assert!(!Operation("appflow:StartFlow").reads());
        assert!(Operation("app-integrations:CreateEventIntegration").creates());
        assert_eq!(Operation("app-integrations:GetEventIntegration").service(), "app-integrations");
    }
}
