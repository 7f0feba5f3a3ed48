//! Rules on a bus: Connect's own, and those of others that keep a bus from being deleted.
//!
//! Connect makes and removes its rule itself; those of others are removed only when a bus is
//! destroyed by force.

use super::convert::some_text;
use super::pages::Pages;
use super::session::{Session, found};
use crate::framework::error::{Error, Kind, Result};

/// A rule as AWS shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRule {
    /// Its name, unique on its bus.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// What it matches.
    pub event_pattern: Option<String>,
    /// `ENABLED`, `DISABLED` or `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`.
    pub state: String,
    /// What it is for.
    pub description: Option<String>,
    /// The service that it belongs to.
    pub managed_by: Option<String>,
}

impl EventRule {
    /// Whether it passes events on.
    pub fn is_enabled(&self) -> bool {
        self.state.starts_with("ENABLED")
    }
}

/// Where a rule sends events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventTarget {
    /// Its id, unique in its rule.
    pub id: String,
    /// What gets the events.
    pub arn: String,
    /// The role that sends them.
    pub role_arn: Option<String>,
}

impl Session {
    /// Lists the rules on a bus (name or ARN). None if there is no such bus.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is no such bus.
    pub async fn list_event_rules(&self, bus: &str) -> Result<Option<Vec<EventRule>>> {
        const LIST: &str = "events:ListRules";
        let mut rules = Vec::new();
        let mut pages = Pages::of(LIST);
        loop {
            let request = self
                .events()
                .list_rules()
                .event_bus_name(bus)
                .limit(PAGE_SIZE)
                .set_next_token(pages.token());
            let Some(page) = found(self.call(LIST, request.send()).await)? else {
                return Ok(None);
            };
            rules.extend(page.rules.unwrap_or_default().iter().map(|rule| EventRule {
                name: rule.name().unwrap_or_default().to_owned(),
                arn: rule.arn().unwrap_or_default().to_owned(),
                event_pattern: some_text(rule.event_pattern()),
                state: rule.state().map_or("", |state| state.as_str()).to_owned(),
                description: some_text(rule.description()),
                managed_by: some_text(rule.managed_by()),
            }));
            if !pages.turn(page.next_token)? {
                return Ok(Some(rules));
            }
        }
    }

    /// Finds a rule on a bus.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is none.
    pub async fn describe_event_rule(&self, bus: &str, name: &str) -> Result<Option<EventRule>> {
        let request = self.events().describe_rule().event_bus_name(bus).name(name);
        let answer = found(self.call("events:DescribeRule", request.send()).await)?;
        Ok(answer.map(|rule| EventRule {
            name: rule.name().unwrap_or(name).to_owned(),
            arn: rule.arn().unwrap_or_default().to_owned(),
            event_pattern: some_text(rule.event_pattern()),
            state: rule.state().map_or("", |state| state.as_str()).to_owned(),
            description: some_text(rule.description()),
            managed_by: some_text(rule.managed_by()),
        }))
    }

    /// Lists a rule's targets. None if there is no such rule.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is no such rule.
    pub async fn list_event_targets(
        &self,
        bus: &str,
        rule: &str,
    ) -> Result<Option<Vec<EventTarget>>> {
        const LIST: &str = "events:ListTargetsByRule";
        let mut targets = Vec::new();
        let mut pages = Pages::of(LIST);
        loop {
            let request = self
                .events()
                .list_targets_by_rule()
                .event_bus_name(bus)
                .rule(rule)
                .limit(PAGE_SIZE)
                .set_next_token(pages.token());
            let Some(page) = found(self.call(LIST, request.send()).await)? else {
                return Ok(None);
            };
            targets.extend(page.targets.unwrap_or_default().into_iter().map(|target| {
                EventTarget { id: target.id, arn: target.arn, role_arn: target.role_arn }
            }));
            if !pages.turn(page.next_token)? {
                return Ok(Some(targets));
            }
        }
    }

    /// Deletes a rule with its targets. One that is gone is no error.
    ///
    /// # Errors
    /// `Kind::Denied` for a rule that a service manages, `Kind::Conflict` when a target stays, and
    /// whatever else AWS answers.
    pub async fn delete_event_rule(&self, bus: &str, rule: &str) -> Result<()> {
        let Some(targets) = self.list_event_targets(bus, rule).await? else { return Ok(()) };
        for some in targets.chunks(TARGETS_PER_CALL) {
            let ids = some.iter().map(|target| target.id.clone()).collect();
            let request =
                self.events().remove_targets().event_bus_name(bus).rule(rule).set_ids(Some(ids));
            let answer = self.call("events:RemoveTargets", request.send()).await?;
            if answer.failed_entry_count() > 0 {
                return Err(Error::new(
                    Kind::Conflict,
                    format!("EventBridge did not remove all targets of the rule {rule}"),
                ));
            }
        }
        let request = self.events().delete_rule().event_bus_name(bus).name(rule);
        super::session::gone(self.call("events:DeleteRule", request.send()).await)
    }
}

/// What EventBridge takes in one request.
const TARGETS_PER_CALL: usize = 100;
/// EventBridge's largest page.
const PAGE_SIZE: i32 = 100;
