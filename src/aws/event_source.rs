//! Partner event sources: what AppFlow makes for a flow in EventBridge.
//!
//! A source is `PENDING` until it has a bus, then `ACTIVE`, and `DELETED` once the partner has
//! removed it. After two weeks without a bus it is gone. Its ARN has no account.

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

/// EventBridge's largest page.
const PAGE_SIZE: i32 = 100;
