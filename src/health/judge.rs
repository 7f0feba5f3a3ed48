//! What was seen of each link, and what it means. Nothing here asks anybody.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Kind, Link};
use crate::aws::connector_entity::ConnectorEntity;
use crate::aws::connector_profile::ConnectorProfile;
use crate::aws::contact_flow::ContactFlow;
use crate::aws::event_bus::EventBus;
use crate::aws::event_integration::EventIntegration;
use crate::aws::event_rule::{EventRule, EventTarget};
use crate::aws::event_source::EventSource;
use crate::aws::flow::{Flow, FlowExecution};
use crate::aws::instance::Instance;
use crate::aws::integration_association::IntegrationAssociation;
use crate::aws::rule::RuleSummary;
use crate::aws::use_case::UseCase;
use crate::framework::error::{self, Result};

/// What a look brought; a failed one is an unknown link.
pub(super) type Look<T> = Result<T>;

pub(super) fn connection(name: &str, look: &Look<Option<ConnectorProfile>>) -> Link {
    const KIND: Kind = Kind::Connection;
    let profile = match look {
        Ok(Some(profile)) => profile,
        Ok(None) => {
            return Link::failed(
                KIND,
                name,
                "AppFlow has no connection of this name.",
                "Make it with a connect_salesforce_connection, or give the flow another \
                 `connection_name`.",
            );
        }
        Err(error) => return Link::unknown(KIND, name, error),
    };
    let url = profile.instance_url.as_deref().unwrap_or("an unknown org");
    let Some(private) = &profile.private_status else {
        return Link::ok(KIND, name, format!("To {url}."));
    };
    let told = [private.failure_cause.as_deref(), private.failure_message.as_deref()];
    let why = told.into_iter().flatten().collect::<Vec<_>>().join(": ");
    match private.status.as_str() {
        "CREATED" => Link::ok(KIND, name, format!("To {url}, over AWS PrivateLink.")),
        "PENDING" => Link::warning(
            KIND,
            name,
            format!("The private connection to {url} is being made."),
            "Wait for AWS; this takes some minutes.",
        ),
        status => Link::failed(
            KIND,
            name,
            format!("The private connection to {url} is {status}. {why}"),
            "Correct the cause, and make the connection again with fresh credentials.",
        ),
    }
}

pub(super) fn login(connection: &str, look: &Look<Vec<ConnectorEntity>>) -> Link {
    match look {
        Ok(entities) => Link::ok(
            Kind::Login,
            connection,
            format!("Salesforce accepts it: {} objects and events are visible.", entities.len()),
        ),
        Err(error) if error.kind == error::Kind::Connector => Link::failed(
            Kind::Login,
            connection,
            format!("Salesforce refuses it: {}", error.message),
            error.remedy.clone().unwrap_or_else(|| {
                "Give the connection fresh credentials, or reconnect it in the AppFlow console."
                    .to_owned()
            }),
        ),
        Err(error) => Link::unknown(Kind::Login, connection, error),
    }
}

/// None where the login does not work: that is told already.
pub(super) fn change_data_capture(object: &str, look: &Look<Vec<ConnectorEntity>>) -> Option<Link> {
    let entities = look.as_ref().ok()?;
    Some(match entities.iter().any(|entity| entity.name == object) {
        true => Link::ok(
            Kind::ChangeDataCapture,
            object,
            "The org publishes it, as AppFlow has seen within the last hour.",
        ),
        false => Link::failed(
            Kind::ChangeDataCapture,
            object,
            "The org does not publish it.",
            "In Salesforce, select the object under Setup › Integrations › Change Data Capture, \
             and let the user of the connection see it. AppFlow notices within an hour, or at \
             once after the action connect_metadata_cache_reset.",
        ),
    })
}

pub(super) fn flow(name: &str, look: &Look<Option<Flow>>) -> Link {
    const KIND: Kind = Kind::Flow;
    let flow = match look {
        Ok(Some(flow)) => flow,
        Ok(None) => {
            return Link::failed(
                KIND,
                name,
                "AppFlow has no flow of this name.",
                "Apply the connect_salesforce_event_flow again: it makes what is missing.",
            );
        }
        Err(error) => return Link::unknown(KIND, name, error),
    };
    let why = flow.status_message.as_deref().unwrap_or("AWS gives no reason.");
    match flow.status.as_str() {
        "Active" => Link::ok(KIND, name, "It is Active."),
        "Draft" => Link::failed(
            KIND,
            name,
            "It is a Draft: it was never activated.",
            "Activate it: apply its connect_salesforce_event_flow, or invoke the action \
             connect_flow_start.",
        ),
        status => Link::failed(
            KIND,
            name,
            format!("It is {status}. {why}"),
            "Correct the cause, then activate it: apply its connect_salesforce_event_flow, or \
             invoke the action connect_flow_start.",
        ),
    }
}

/// No flow writes to the event source that the integration reads.
pub(super) fn no_flow(source: &str) -> Link {
    Link::failed(
        Kind::Flow,
        source,
        "No flow sends events to this event source.",
        "Make one with a connect_salesforce_event_flow that has this `event_source_name`.",
    )
}

pub(super) fn flow_run(flow: &str, look: &Look<Option<Vec<FlowExecution>>>) -> Option<Link> {
    let latest = match look {
        Ok(runs) => runs.iter().flatten().max_by_key(|run| run.started_at)?,
        Err(error) => return Some(Link::unknown(Kind::FlowRun, flow, error)),
    };
    let at = latest.started_at.map(day_and_time).unwrap_or_default();
    Some(match latest.status.as_str() {
        "Error" => Link::warning(
            Kind::FlowRun,
            flow,
            format!(
                "The latest run failed, {at}: {}",
                latest.message.as_deref().unwrap_or("AWS gives no reason.")
            ),
            "Read the message; give the flow an `error_handling` bucket to keep what cannot be \
             delivered, such as events over 256 KB.",
        ),
        status => Link::ok(Kind::FlowRun, flow, format!("The latest run is {status}, {at}.")),
    })
}

pub(super) fn event_source(
    name: &str,
    look: &Look<Option<EventSource>>,
    now: OffsetDateTime,
) -> Link {
    const KIND: Kind = Kind::EventSource;
    const AGAIN: &str = "Apply the connect_salesforce_event_flow again: it makes the flow anew, \
                         which makes the source.";
    let source = match look {
        Ok(Some(source)) => source,
        Ok(None) => {
            return Link::failed(
                KIND,
                name,
                "It does not exist: its flow was deleted, or it had no bus for two weeks.",
                AGAIN,
            );
        }
        Err(error) => return Link::unknown(KIND, name, error),
    };
    match source.state.as_str() {
        "ACTIVE" => Link::ok(KIND, name, "It is ACTIVE."),
        "PENDING" => {
            let expiry = source.expires_at.map_or_else(String::new, |at| expiry(at, now));
            Link::failed(
                KIND,
                name,
                format!("It is PENDING: without an active bus its events are dropped.{expiry}"),
                "Apply the connect_salesforce_event_flow again: it makes or activates the bus.",
            )
        }
        "DELETED" => {
            Link::failed(KIND, name, "It is DELETED: AppFlow does not send to it any more.", AGAIN)
        }
        state => Link::warning(
            KIND,
            name,
            format!("It is {state}, which this version does not know."),
            "Look at it in the EventBridge console.",
        ),
    }
}

/// A source without a bus is dropped after two weeks.
fn expiry(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let soon = match at - now < EXPIRY_NOTICE {
        true => "soon, ",
        false => "",
    };
    format!(" It expires {soon}{}.", day_and_time(at))
}

const EXPIRY_NOTICE: Duration = Duration::from_hours(72);

pub(super) fn event_bus(name: &str, look: &Look<Option<EventBus>>) -> Link {
    match look {
        Ok(Some(_)) => Link::ok(Kind::EventBus, name, "It exists."),
        Ok(None) => Link::failed(
            Kind::EventBus,
            name,
            "It does not exist, so every event is dropped.",
            "Apply the connect_salesforce_event_flow again, then replace the app integrations \
             that use it: their rules went with the bus.",
        ),
        Err(error) => Link::unknown(Kind::EventBus, name, error),
    }
}

pub(super) fn event_integration(name: &str, look: &Look<Option<EventIntegration>>) -> Link {
    match look {
        Ok(Some(integration)) => Link::ok(
            Kind::EventIntegration,
            name,
            format!("It reads {}.", integration.event_source_name),
        ),
        Ok(None) => Link::failed(
            Kind::EventIntegration,
            name,
            "It does not exist, although an instance is associated with it.",
            REPLACE_INTEGRATION,
        ),
        Err(error) => Link::unknown(Kind::EventIntegration, name, error),
    }
}

const REPLACE_INTEGRATION: &str =
    "Replace the connect_salesforce_app_integration: terraform apply -replace=ADDRESS.";

/// Connect's own rule on the bus: its name as AppIntegrations tells it, itself, and its targets.
pub(super) fn event_rule(
    bus: &str,
    name: &Look<Option<String>>,
    look: &Look<Option<EventRule>>,
    targets: &Look<Option<Vec<EventTarget>>>,
) -> Link {
    const KIND: Kind = Kind::EventRule;
    let name = match name {
        Ok(Some(name)) => name,
        Ok(None) => {
            return Link::failed(
                KIND,
                bus,
                "Connect has no rule on this bus: the event integration does not list one.",
                REPLACE_INTEGRATION,
            );
        }
        Err(error) => return Link::unknown(KIND, bus, error),
    };
    let rule = match look {
        Ok(Some(rule)) => rule,
        Ok(None) => {
            return Link::failed(
                KIND,
                name,
                format!("Connect's rule on the bus {bus} does not exist."),
                REPLACE_INTEGRATION,
            );
        }
        Err(error) => return Link::unknown(KIND, name, error),
    };
    if !rule.is_enabled() {
        return Link::failed(
            KIND,
            name,
            format!("Connect's rule on the bus {bus} is {}.", rule.state),
            "Enable it in the EventBridge console, or replace the \
             connect_salesforce_app_integration.",
        );
    }
    match targets {
        Ok(targets) if targets.as_ref().is_none_or(Vec::is_empty) => Link::failed(
            KIND,
            name,
            format!("Connect's rule on the bus {bus} has no target."),
            REPLACE_INTEGRATION,
        ),
        Ok(_) => Link::ok(KIND, name, format!("It is {} and has a target.", rule.state)),
        Err(error) => Link::unknown(KIND, name, error),
    }
}

pub(super) fn instance(id: &str, look: &Look<Option<Instance>>) -> Link {
    match look {
        Ok(Some(instance)) if instance.status == "ACTIVE" => {
            let alias = instance.alias.as_deref().unwrap_or("without an alias");
            Link::ok(Kind::Instance, id, format!("{alias} is ACTIVE."))
        }
        Ok(Some(instance)) => Link::failed(
            Kind::Instance,
            id,
            format!(
                "It is {}. {}",
                instance.status,
                instance.status_reason.as_deref().unwrap_or_default()
            ),
            "Wait until the instance is ACTIVE.",
        ),
        Ok(None) => Link::failed(
            Kind::Instance,
            id,
            "There is no such Connect instance.",
            "Check the id, the account and the region.",
        ),
        Err(error) => Link::unknown(Kind::Instance, id, error),
    }
}

pub(super) fn association(found: &IntegrationAssociation) -> Link {
    let name = found.application_name.as_deref().unwrap_or("without a name");
    Link::ok(Kind::Association, &found.id, format!("The console shows it as {name}."))
}

/// Nothing associates `of` (an instance, an association's id or an event source) with the rest.
pub(super) fn no_association(of: &str, evidence: &str) -> Link {
    Link::failed(
        Kind::Association,
        of,
        evidence,
        "Apply the connect_salesforce_app_integration: \"Remove connection\" in the console \
         deletes the association and leaves the rest behind.",
    )
}

pub(super) fn use_case(association: &str, look: &Look<Option<Vec<UseCase>>>) -> Link {
    match look {
        Ok(found) if found.iter().flatten().any(|it| it.use_case_type == RULES) => {
            Link::ok(Kind::UseCase, RULES, "Rules may use the integration.")
        }
        Ok(_) => Link::failed(
            Kind::UseCase,
            RULES,
            format!("The association {association} lacks it, so no rule is evaluated."),
            "Apply the connect_salesforce_app_integration with it in `use_cases`.",
        ),
        Err(error) => Link::unknown(Kind::UseCase, RULES, error),
    }
}

const RULES: &str = "RULES_EVALUATION";

/// What is known of a case rule.
#[derive(Debug)]
pub(super) struct SeenRule {
    pub(super) name: String,
    pub(super) publish_status: String,
    /// The contact flow of its task, if it was looked at: that of a draft does not matter. The
    /// inner none is a rule that makes no task.
    pub(super) contact_flow: Option<Look<Option<String>>>,
}

impl SeenRule {
    pub(super) fn of(summary: RuleSummary, contact_flow: Option<Look<Option<String>>>) -> Self {
        Self { name: summary.name, publish_status: summary.publish_status, contact_flow }
    }

    fn is_published(&self) -> bool {
        self.publish_status == PUBLISHED
    }
}

pub(super) const PUBLISHED: &str = "PUBLISHED";

/// A link for each rule; drafts beside published ones are somebody's intention, and fine.
pub(super) fn rules(association: &str, look: &Look<Vec<SeenRule>>) -> Vec<Link> {
    let rules = match look {
        Ok(rules) => rules,
        Err(error) => return vec![Link::unknown(Kind::Rule, association, error)],
    };
    if rules.is_empty() {
        return vec![Link::failed(
            Kind::Rule,
            association,
            "No rule uses the integration, so no case becomes a task.",
            "Make one with a connect_salesforce_case_rule.",
        )];
    }
    let any_published = rules.iter().any(SeenRule::is_published);
    let publish = "Set `publish_status = \"PUBLISHED\"` in its connect_salesforce_case_rule.";
    let link = |rule: &SeenRule| match (rule.is_published(), any_published) {
        (true, _) if rule.contact_flow.is_none() => Link::ok(
            Kind::Rule,
            &rule.name,
            "It is PUBLISHED. There are many rules, so its contact flow was not looked at.",
        ),
        (true, _) => Link::ok(Kind::Rule, &rule.name, "It is PUBLISHED."),
        (false, true) => Link::warning(
            Kind::Rule,
            &rule.name,
            format!("It is a {}: it is stored, and never evaluated.", rule.publish_status),
            publish,
        ),
        (false, false) => Link::failed(
            Kind::Rule,
            &rule.name,
            format!("It is a {}, and no other rule is published.", rule.publish_status),
            publish,
        ),
    };
    rules.iter().map(link).collect()
}

/// The contact flow with this id, that tasks of these rules go through.
pub(super) fn contact_flow(id: &str, rules: &str, look: &Look<Option<ContactFlow>>) -> Link {
    const KIND: Kind = Kind::ContactFlow;
    let flow = match look {
        Ok(Some(flow)) => flow,
        Ok(None) => {
            return Link::failed(
                KIND,
                id,
                format!("The instance has no such contact flow; tasks of {rules} go nowhere."),
                "Give the rule a `contact_flow_id` of the same instance.",
            );
        }
        Err(error) => return Link::unknown(KIND, id, error),
    };
    let archived = flow.state.as_deref() == Some("ARCHIVED");
    let saved = flow.status.as_deref() == Some("SAVED");
    match (archived, saved) {
        (true, _) => Link::failed(
            KIND,
            id,
            format!("{} is ARCHIVED; tasks of {rules} go nowhere.", flow.name),
            "Restore the contact flow in the Connect console, or use another.",
        ),
        (false, true) => Link::failed(
            KIND,
            id,
            format!("{} is not published; tasks of {rules} go nowhere.", flow.name),
            "Publish the contact flow in the Connect console, or use another.",
        ),
        (false, false) => Link::ok(KIND, id, format!("{} takes the tasks of {rules}.", flow.name)),
    }
}

pub(super) fn rule_without_task(name: &str) -> Link {
    Link::failed(
        Kind::Rule,
        name,
        "It makes no task.",
        "Give it a `task` in a connect_salesforce_case_rule, or make one in the console.",
    )
}

fn day_and_time(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::Status;

    fn source(state: &str, days_left: i64) -> EventSource {
        EventSource {
            name: "aws.partner/x/y".into(),
            arn: String::new(),
            state: state.into(),
            created_by: None,
            created_at: None,
            expires_at: Some(OffsetDateTime::UNIX_EPOCH + time::Duration::days(days_left)),
        }
    }

    fn judged(state: &str, days_left: i64) -> Link {
        let look = Ok(Some(source(state, days_left)));
        event_source("aws.partner/x/y", &look, OffsetDateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_pending_source_tells_when_it_expires() {
        let link = judged("PENDING", 2);
        assert_eq!(link.status, Status::Failed);
        assert!(link.evidence.ends_with("It expires soon, 1970-01-03T00:00:00Z."), "{link:?}");
        assert!(judged("PENDING", 10).evidence.ends_with("It expires 1970-01-11T00:00:00Z."));
        assert_eq!(judged("ACTIVE", 10).status, Status::Ok);
        assert_eq!(judged("DELETED", 10).status, Status::Failed);
        assert_eq!(judged("SOMETHING", 10).status, Status::Warning);
    }

    fn rule(publish_status: &str) -> SeenRule {
        SeenRule {
            name: publish_status.to_lowercase(),
            publish_status: publish_status.into(),
            contact_flow: None,
        }
    }

    fn statuses(rules: Vec<SeenRule>) -> Vec<Status> {
        super::rules("a", &Ok(rules)).iter().map(|link| link.status).collect()
    }

    #[test]
    fn a_draft_alone_fails_and_beside_others_warns() {
        assert_eq!(statuses(vec![]), [Status::Failed]);
        assert_eq!(statuses(vec![rule("DRAFT")]), [Status::Failed]);
        assert_eq!(statuses(vec![rule("DRAFT"), rule("PUBLISHED")]), [Status::Warning, Status::Ok]);
    }

    #[test]
    fn a_rule_needs_a_target() {
        let look = Ok(Some(EventRule {
            name: "r".into(),
            arn: String::new(),
            event_pattern: None,
            state: "ENABLED".into(),
            description: None,
            managed_by: None,
        }));
        let name = Ok(Some("r".to_owned()));
        let target = EventTarget { id: "t".into(), arn: String::new(), role_arn: None };
        for (targets, status) in [
            (None, Status::Failed),
            (Some(vec![]), Status::Failed),
            (Some(vec![target]), Status::Ok),
        ] {
            assert_eq!(event_rule("b", &name, &look, &Ok(targets)).status, status);
        }
        assert_eq!(event_rule("b", &Ok(None), &look, &Ok(None)).status, Status::Failed);
    }

    #[test]
    fn only_the_latest_run_counts() {
        let run = |minute: i64, status: &str| FlowExecution {
            id: minute.to_string(),
            status: status.into(),
            message: Some("The event is too large.".into()),
            put_failures: None,
            records_processed: None,
            bytes_processed: None,
            bytes_written: None,
            started_at: Some(OffsetDateTime::UNIX_EPOCH + time::Duration::minutes(minute)),
            last_updated_at: None,
        };
        let judged = |runs| flow_run("f", &Ok(Some(runs))).map(|link| link.status);
        assert_eq!(judged(vec![]), None);
        let cured = vec![run(1, "Error"), run(2, "Successful")];
        assert_eq!(judged(cured), Some(Status::Ok));
        let failed = vec![run(1, "Successful"), run(2, "Error")];
        assert_eq!(judged(failed), Some(Status::Warning));
    }

    #[test]
    fn an_archived_contact_flow_takes_no_task() {
        let flow = |state: &str, status: &str| {
            let found = ContactFlow {
                id: "f".into(),
                arn: String::new(),
                name: "Cases".into(),
                flow_type: "CONTACT_FLOW".into(),
                state: Some(state.into()),
                status: Some(status.into()),
            };
            contact_flow("f", "urgent", &Ok(Some(found))).status
        };
        assert_eq!(flow("ACTIVE", "PUBLISHED"), Status::Ok);
        assert_eq!(flow("ARCHIVED", "PUBLISHED"), Status::Failed);
        assert_eq!(flow("ACTIVE", "SAVED"), Status::Failed);
    }
}
