//! Whether a case still becomes a task: every link of a chain, with evidence and a remedy.
//!
//! [`probe`] looks, and only reads; [`judge`] says what it means, and is pure. The data source
//! `connect_integration_health` and the subcommand `doctor` show the same findings.

mod judge;
mod probe;

use serde::Serialize;

pub use self::probe::{Target, examine};
use crate::framework::error::Error;

/// How a link is, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It works.
    Ok,
    /// Nobody could look.
    Unknown,
    /// It works, but somebody should look at it.
    Warning,
    /// Nothing gets through.
    Failed,
}

impl Status {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unknown => "unknown",
            Self::Warning => "warning",
            Self::Failed => "failed",
        }
    }
}

/// What a link is, in the order in which a case passes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The AppFlow connection.
    Connection,
    /// The login that it holds.
    Login,
    /// Whether Salesforce publishes what the flow reads.
    ChangeDataCapture,
    /// The AppFlow flow.
    Flow,
    /// Its latest run.
    FlowRun,
    /// The partner event source.
    EventSource,
    /// Its event bus.
    EventBus,
    /// The event integration.
    EventIntegration,
    /// Connect's rule on the bus.
    EventRule,
    /// The Connect instance.
    Instance,
    /// Its association with the event integration.
    Association,
    /// What Connect may use it for.
    UseCase,
    /// A case rule.
    Rule,
    /// The contact flow of its tasks.
    ContactFlow,
}

impl Kind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Login => "login",
            Self::ChangeDataCapture => "change_data_capture",
            Self::Flow => "flow",
            Self::FlowRun => "flow_run",
            Self::EventSource => "event_source",
            Self::EventBus => "event_bus",
            Self::EventIntegration => "event_integration",
            Self::EventRule => "event_rule",
            Self::Instance => "instance",
            Self::Association => "association",
            Self::UseCase => "use_case",
            Self::Rule => "rule",
            Self::ContactFlow => "contact_flow",
        }
    }
}

/// One link of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What it is.
    pub kind: Kind,
    /// Its name or id.
    pub name: String,
    /// How it is.
    pub status: Status,
    /// What was seen.
    pub evidence: String,
    /// What to do; null where nothing is to be done.
    pub remedy: Option<String>,
}

/// A way from an org to an instance, as far as it could be followed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Chain {
    /// Region of everything in it.
    pub region: String,
    /// The Connect instance at its end.
    pub instance_id: Option<String>,
    /// The association with it.
    pub integration_association_id: Option<String>,
    /// What the Connect console calls it.
    pub application_name: Option<String>,
    /// The links, as a case passes them.
    pub links: Vec<Link>,
}

impl Chain {
    /// That of its worst link.
    pub fn status(&self) -> Status {
        worst(&self.links)
    }
}

/// The status of the worst link.
pub fn worst<'a>(links: impl IntoIterator<Item = &'a Link>) -> Status {
    links.into_iter().map(|link| link.status).max().unwrap_or(Status::Ok)
}

impl Link {
    fn ok(kind: Kind, name: impl Into<String>, evidence: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            status: Status::Ok,
            evidence: evidence.into(),
            remedy: None,
        }
    }

    fn bad(
        status: Status,
        kind: Kind,
        name: impl Into<String>,
        evidence: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { status, remedy: Some(remedy.into()), ..Self::ok(kind, name, evidence) }
    }

    fn failed(
        kind: Kind,
        name: impl Into<String>,
        evidence: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::bad(Status::Failed, kind, name, evidence, remedy)
    }

    fn warning(
        kind: Kind,
        name: impl Into<String>,
        evidence: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::bad(Status::Warning, kind, name, evidence, remedy)
    }

    /// A look that failed tells nothing about the link itself.
    fn unknown(kind: Kind, name: impl Into<String>, error: &Error) -> Self {
        let origin: Vec<&str> =
            [error.operation, error.code.as_deref()].into_iter().flatten().collect();
        let evidence = match origin.is_empty() {
            true => error.message.clone(),
            false => format!("{} ({})", error.message, origin.join(", ")),
        };
        let remedy =
            error.remedy.clone().unwrap_or_else(|| "Look again when this works.".to_owned());
        Self::bad(Status::Unknown, kind, name, evidence, remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::error::Kind as ErrorKind;

    #[test]
    fn a_chain_is_as_its_worst_link() {
        let link = |status| Link { status, ..Link::ok(Kind::Flow, "f", "") };
        let chain = |statuses: &[Status]| Chain {
            links: statuses.iter().map(|status| link(*status)).collect(),
            ..Chain::default()
        };
        assert_eq!(chain(&[]).status(), Status::Ok);
        assert_eq!(chain(&[Status::Ok, Status::Unknown]).status(), Status::Unknown);
        assert_eq!(chain(&[Status::Failed, Status::Warning]).status(), Status::Failed);
    }

    #[test]
    fn a_denied_look_names_the_action() {
        let error = Error {
            operation: Some("appflow:DescribeFlow"),
            code: Some("AccessDeniedException".into()),
            ..Error::new(ErrorKind::Denied, "User: x is not authorized")
        };
        let link = Link::unknown(Kind::Flow, "f", &error.remedy("Allow appflow:DescribeFlow."));
        assert_eq!(link.status, Status::Unknown);
        assert!(link.evidence.ends_with("(appflow:DescribeFlow, AccessDeniedException)"));
        assert_eq!(link.remedy.as_deref(), Some("Allow appflow:DescribeFlow."));
    }

    #[test]
    fn words_are_those_of_the_json() {
        for kind in [Kind::ChangeDataCapture, Kind::FlowRun, Kind::ContactFlow] {
            assert_eq!(serde_json::to_value(kind).expect("a word"), kind.word());
        }
        for status in [Status::Ok, Status::Unknown, Status::Warning, Status::Failed] {
            assert_eq!(serde_json::to_value(status).expect("a word"), status.word());
        }
    }
}
