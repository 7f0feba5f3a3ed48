//! Partner event sources: what AppFlow makes for a flow in EventBridge.
//!
//! A source is `PENDING` until it has a bus, then `ACTIVE`, and `DELETED` once the partner has
//! removed it. After two weeks without a bus it is gone. Its ARN has no account.

use std::sync::Arc;

use time::OffsetDateTime;

use super::convert::moment;
use super::pages::Pages;
use super::session::{Session, found};
use crate::framework::error::Result;

/// A source as AWS shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSource {
    /// Its name, which is also that of its bus.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// `PENDING`, `ACTIVE` or `DELETED`.
    pub state: String,
    /// The partner.
    pub created_by: Option<String>,
    /// When it was made.
    pub created_at: Option<OffsetDateTime>,
    /// When it is dropped unless it gets a bus.
    pub expires_at: Option<OffsetDateTime>,
}

impl Session {
    /// Finds a source.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is none.
    pub async fn describe_event_source(&self, name: &str) -> Result<Option<EventSource>> {
        let request = self.events().describe_event_source().name(name);
        let answer = found(self.call("events:DescribeEventSource", request.send()).await)?;
        Ok(answer.map(|source| EventSource {
            name: source.name().unwrap_or(name).to_owned(),
            arn: source.arn().unwrap_or_default().to_owned(),
            state: source.state().map_or("", |state| state.as_str()).to_owned(),
            created_by: source.created_by().map(str::to_owned),
            created_at: moment(source.creation_time()),
            expires_at: moment(source.expiration_time()),
        }))
    }

    /// [`Session::describe_event_source`] for refreshes: where all of Salesforce's have been listed
    /// a moment ago, that list will do, for it shows as much. Not for waiting.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is none.
    pub async fn refresh_event_source(&self, name: &str) -> Result<Option<EventSource>> {
        let listed = self.swept_event_sources().made(SALESFORCE).await;
        match listed.iter().flat_map(|all| all.iter()).find(|source| source.name == name) {
            Some(listed) => Ok(Some(listed.clone())),
            None => self.describe_event_source(name).await,
        }
    }

    /// All sources of Salesforce, in the list that refreshes share.
    ///
    /// # Errors
    /// Whatever AWS answers.
    pub async fn shared_event_sources(&self) -> Result<Arc<Vec<EventSource>>> {
        self.swept_event_sources().all(SALESFORCE, self.list_event_sources(SALESFORCE)).await
    }

    /// Lists the sources whose names begin so.
    ///
    /// # Errors
    /// Whatever AWS answers.
    pub async fn list_event_sources(&self, prefix: &str) -> Result<Vec<EventSource>> {
        const LIST: &str = "events:ListEventSources";
        let mut sources = Vec::new();
        let mut pages = Pages::of(LIST);
        loop {
            let request = self
                .events()
                .list_event_sources()
                .set_name_prefix((!prefix.is_empty()).then(|| prefix.to_owned()))
                .limit(PAGE_SIZE)
                .set_next_token(pages.token());
            let page = self.call(LIST, request.send()).await?;
            sources.extend(page.event_sources.unwrap_or_default().iter().map(|source| {
                EventSource {
                    name: source.name().unwrap_or_default().to_owned(),
                    arn: source.arn().unwrap_or_default().to_owned(),
                    state: source.state().map_or("", |state| state.as_str()).to_owned(),
                    created_by: source.created_by().map(str::to_owned),
                    created_at: moment(source.creation_time()),
                    expires_at: moment(source.expiration_time()),
                }
            }));
            if !pages.turn(page.next_token)? {
                return Ok(sources);
            }
        }
    }

    /// Makes a source that has a bus deliver again.
    ///
    /// # Errors
    /// `Kind::NotFound` without the source or its bus, and whatever else AWS answers.
    pub async fn activate_event_source(&self, name: &str) -> Result<()> {
        let request = self.events().activate_event_source().name(name);
        self.call("events:ActivateEventSource", request.send()).await.map(drop)
    }

    /// Makes a source stop delivering, without touching its bus.
    ///
    /// # Errors
    /// `Kind::NotFound` without the source, and whatever else AWS answers.
    pub async fn deactivate_event_source(&self, name: &str) -> Result<()> {
        let request = self.events().deactivate_event_source().name(name);
        self.call("events:DeactivateEventSource", request.send()).await.map(drop)
    }
}

/// How the names of AppFlow's sources of Salesforce begin.
pub const SALESFORCE: &str = "aws.partner/appflow/salesforce.com/";

/// EventBridge's largest page.
const PAGE_SIZE: i32 = 100;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::aws::testing::{Answer, FakeAws};

    #[tokio::test]
    async fn a_list_that_is_there_spares_asking() {
        let source = json!({ "Name": "aws.partner/appflow/salesforce.com/1/a", "State": "ACTIVE" });
        let aws = FakeAws::answering([Answer::Json(200, json!({ "EventSources": [source] }))]);
        let session = aws.session();
        session.shared_event_sources().await.expect("a list");
        let name = "aws.partner/appflow/salesforce.com/1/a";
        let found = session.refresh_event_source(name).await.expect("it is listed");
        assert_eq!(found.map(|source| source.state), Some("ACTIVE".into()));
        assert_eq!(aws.only().target.as_deref(), Some("AWSEvents.ListEventSources"));
    }
}
