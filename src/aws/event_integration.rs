//! Event integrations: AppIntegrations' note of which source and bus a Connect integration reads.
//!
//! A note only: AWS checks neither the bus nor the source. Ten per account and region, and what
//! the console leaves behind counts (the quota's error comes with status 429 but is no throttling).

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_appintegrations::types::EventFilter;

use super::convert::{incomplete, some_tags, some_text, tags};
use super::pages::Pages;
use super::session::{Session, found, gone};
use crate::framework::error::Result;

/// An event integration as AWS shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventIntegration {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// What it is for.
    pub description: Option<String>,
    /// The event source.
    pub event_source_name: String,
    /// The bus.
    pub event_bus_name: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// An event integration to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventIntegrationInput {
    /// Its name; cannot change.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The event source; cannot change.
    pub event_source_name: String,
    /// The bus; cannot change.
    pub event_bus_name: String,
    /// Its tags; only heeded by a create.
    pub tags: BTreeMap<String, String>,
}

/// Who uses an event integration, and through which rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventIntegrationAssociation {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// The client: for Connect, something that names the instance.
    pub client_id: Option<String>,
    /// The rule that carries the events from the bus to the client.
    pub event_bridge_rule_name: Option<String>,
    /// What the client noted.
    pub metadata: BTreeMap<String, String>,
}

impl Session {
    /// Makes an event integration; the answer is its ARN. Repeating it with the same token makes
    /// no second.
    ///
    /// # Errors
    /// `Kind::AlreadyExists` for a taken name, `Kind::Quota`, and whatever else AWS answers.
    pub async fn create_event_integration(
        &self,
        integration: &EventIntegrationInput,
        token: &str,
    ) -> Result<String> {
        let filter = EventFilter::builder()
            .source(&integration.event_source_name)
            .build()
            .map_err(incomplete)?;
        let request = self
            .appintegrations()
            .create_event_integration()
            .name(&integration.name)
            .set_description(integration.description.clone())
            .event_filter(filter)
            .event_bridge_bus(&integration.event_bus_name)
            .set_tags(some_tags(&integration.tags))
            .client_token(token);
        let answer = self.call("app-integrations:CreateEventIntegration", request.send()).await?;
        Ok(answer.event_integration_arn.unwrap_or_default())
    }

    /// Finds an event integration.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is none.
    pub async fn get_event_integration(&self, name: &str) -> Result<Option<EventIntegration>> {
        let request = self.appintegrations().get_event_integration().name(name);
        let answer =
            found(self.call("app-integrations:GetEventIntegration", request.send()).await)?;
        Ok(answer.map(|it| EventIntegration {
            name: it.name().unwrap_or(name).to_owned(),
            arn: it.event_integration_arn().unwrap_or_default().to_owned(),
            description: some_text(it.description()),
            event_source_name: it.event_filter().map_or("", |it| it.source()).to_owned(),
            event_bus_name: it.event_bridge_bus().unwrap_or_default().to_owned(),
            tags: tags(it.tags()),
        }))
    }

    /// [`Session::get_event_integration`] for refreshes: where all have been listed a moment ago,
    /// that list will do, for it shows as much. Not for waiting.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is none.
    pub async fn refresh_event_integration(&self, name: &str) -> Result<Option<EventIntegration>> {
        let listed = self.swept_event_integrations().made(ALL).await;
        match listed.iter().flat_map(|all| all.iter()).find(|it| it.name == name) {
            Some(listed) => Ok(Some(listed.clone())),
            None => self.get_event_integration(name).await,
        }
    }

    /// All event integrations, in the list that refreshes share. Only for those who change nothing:
    /// writes do not drop it.
    ///
    /// # Errors
    /// Whatever AWS answers.
    pub async fn shared_event_integrations(&self) -> Result<Arc<Vec<EventIntegration>>> {
        self.swept_event_integrations().all(ALL, self.list_event_integrations()).await
    }

    /// Lists all event integrations.
    ///
    /// # Errors
    /// Whatever AWS answers.
    pub async fn list_event_integrations(&self) -> Result<Vec<EventIntegration>> {
        const LIST: &str = "app-integrations:ListEventIntegrations";
        let mut integrations = Vec::new();
        let mut pages = Pages::of(LIST);
        loop {
            let request = self
                .appintegrations()
                .list_event_integrations()
                .max_results(PAGE_SIZE)
                .set_next_token(pages.token());
            let page = self.call(LIST, request.send()).await?;
            integrations.extend(page.event_integrations.unwrap_or_default().iter().map(|it| {
                EventIntegration {
                    name: it.name().unwrap_or_default().to_owned(),
                    arn: it.event_integration_arn().unwrap_or_default().to_owned(),
                    description: some_text(it.description()),
                    event_source_name: it.event_filter().map_or("", |it| it.source()).to_owned(),
                    event_bus_name: it.event_bridge_bus().unwrap_or_default().to_owned(),
                    tags: tags(it.tags()),
                }
            }));
            if !pages.turn(page.next_token)? {
                return Ok(integrations);
            }
        }
    }

    /// Changes the description, the only thing that can change. None clears it.
    ///
    /// # Errors
    /// `Kind::NotFound` when it is gone, and whatever else AWS answers.
    pub async fn update_event_integration(
        &self,
        name: &str,
        description: Option<&str>,
    ) -> Result<()> {
        let request = self
            .appintegrations()
            .update_event_integration()
            .name(name)
            .description(description.unwrap_or_default());
        self.call("app-integrations:UpdateEventIntegration", request.send()).await.map(drop)
    }

    /// Deletes an event integration. One that has clients is not deleted.
    ///
    /// # Errors
    /// `Kind::Conflict` while it has clients, and whatever else AWS answers.
    pub async fn delete_event_integration(&self, name: &str) -> Result<()> {
        let request = self.appintegrations().delete_event_integration().name(name);
        gone(self.call("app-integrations:DeleteEventIntegration", request.send()).await)
    }

    /// Lists who uses an event integration. None if there is no such integration.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is no such integration.
    pub async fn list_event_integration_associations(
        &self,
        name: &str,
    ) -> Result<Option<Vec<EventIntegrationAssociation>>> {
        const LIST: &str = "app-integrations:ListEventIntegrationAssociations";
        let mut associations = Vec::new();
        let mut pages = Pages::of(LIST);
        loop {
            let request = self
                .appintegrations()
                .list_event_integration_associations()
                .event_integration_name(name)
                .max_results(PAGE_SIZE)
                .set_next_token(pages.token());
            let Some(page) = found(self.call(LIST, request.send()).await)? else {
                return Ok(None);
            };
            let members = page.event_integration_associations.unwrap_or_default();
            associations.extend(members.iter().map(|it| EventIntegrationAssociation {
                id: it.event_integration_association_id().unwrap_or_default().to_owned(),
                arn: it.event_integration_association_arn().unwrap_or_default().to_owned(),
                client_id: some_text(it.client_id()),
                event_bridge_rule_name: some_text(it.event_bridge_rule_name()),
                metadata: tags(it.client_association_metadata()),
            }));
            if !pages.turn(page.next_token)? {
                return Ok(Some(associations));
            }
        }
    }
}

/// The event integration's name in its ARN; names may contain slashes.
pub fn name_in_arn(arn: &str) -> &str {
    arn.split_once(":event-integration/").map_or("", |(_, name)| name)
}

/// The one of an event integration's clients that is this Connect instance.
pub fn client_of<'a>(
    clients: &'a [EventIntegrationAssociation],
    instance: &str,
) -> Option<&'a EventIntegrationAssociation> {
    let named = clients
        .iter()
        .find(|client| client.client_id.as_deref().is_some_and(|id| id.contains(instance)));
    match clients {
        [only] => Some(named.unwrap_or(only)),
        _ => named,
    }
}

/// AppIntegrations' largest page.
const PAGE_SIZE: i32 = 50;

/// What the shared list is of: the whole region.
const ALL: &str = "";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::aws::testing::{Answer, FakeAws};

    #[tokio::test]
    async fn slashes_in_names_are_encoded_in_the_path() {
        let aws = FakeAws::answering([Answer::Json(
            200,
            json!({ "Name": "a/b", "EventFilter": { "Source": "aws.partner/x" } }),
        )]);
        let found = aws.session().get_event_integration("a/b").await.expect("an answer");
        assert_eq!(found.expect("an integration").event_source_name, "aws.partner/x");
        assert_eq!(
            aws.only().line,
            "GET https://app-integrations.us-east-1.amazonaws.com/eventIntegrations/a%2Fb"
        );
    }

    #[tokio::test]
    async fn a_list_that_is_there_spares_asking() {
        let one = |name: &str| json!({ "Name": name, "EventFilter": { "Source": "s" } });
        let aws = FakeAws::answering([
            Answer::Json(200, one("a")),
            Answer::Json(200, json!({ "EventIntegrations": [one("a")] })),
            Answer::Json(200, one("new")),
        ]);
        let session = aws.session();
        let lines = || aws.asked().len();
        session.refresh_event_integration("a").await.expect("nothing is listed yet");
        session.shared_event_integrations().await.expect("a list");
        assert_eq!(lines(), 2);
        session.refresh_event_integration("a").await.expect("it is listed");
        assert_eq!(lines(), 2);
        let new = session.refresh_event_integration("new").await.expect("it is asked for");
        assert_eq!((new.map(|it| it.name), lines()), (Some("new".into()), 3));
    }

    #[tokio::test]
    async fn a_create_without_tags_sends_none() {
        let aws =
            FakeAws::answering([Answer::Json(200, json!({ "EventIntegrationArn": "arn:i" }))]);
        let integration = EventIntegrationInput {
            name: "acme".into(),
            event_source_name: "aws.partner/x".into(),
            event_bus_name: "aws.partner/x".into(),
            ..EventIntegrationInput::default()
        };
        let arn = aws.session().create_event_integration(&integration, "token-1").await;
        assert_eq!(arn.as_deref(), Ok("arn:i"));
        assert_eq!(
            aws.only().body,
            json!({
                "Name": "acme",
                "EventFilter": { "Source": "aws.partner/x" },
                "EventBridgeBus": "aws.partner/x",
                "ClientToken": "token-1",
            })
        );
    }
}
