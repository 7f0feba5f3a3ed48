//! Event buses: for a partner event source, the bus of the same name.
//!
//! AWS does not show which source a bus belongs to; the equal name is the only link.

use std::collections::BTreeMap;

use aws_sdk_eventbridge::types::{
    DeadLetterConfig, IncludeDetail, Level, LogConfig as ApiLogConfig,
};
use time::OffsetDateTime;

use super::convert::{incomplete, moment, some_text};
use super::pages::Pages;
use super::retries::OnlyWhenThrottled;
use super::session::{Session, found};
use crate::framework::error::Result;

/// A bus as AWS shows it. Its tags are read with [`Session::list_tags`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventBus {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// What it is for.
    pub description: Option<String>,
    /// The customer's key that encrypts its events; none is AWS's own.
    pub kms_key_identifier: Option<String>,
    /// The queue for what cannot be encrypted or delivered.
    pub dead_letter_arn: Option<String>,
    /// What it logs.
    pub log_config: Option<LogConfig>,
    /// Who may use it.
    pub policy: Option<String>,
    /// When it was made.
    pub created_at: Option<OffsetDateTime>,
    /// When it was last changed.
    pub last_modified_at: Option<OffsetDateTime>,
}

/// What a bus logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// `OFF`, `ERROR`, `INFO` or `TRACE`.
    pub level: Option<String>,
    /// `NONE` or `FULL`.
    pub include_detail: Option<String>,
}

/// A bus to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventBusInput {
    /// Its name; for a partner's bus also the name of the event source.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The customer's key that encrypts its events.
    pub kms_key_identifier: Option<String>,
    /// The queue for what cannot be encrypted or delivered.
    pub dead_letter_arn: Option<String>,
    /// What it logs.
    pub log_config: Option<LogConfig>,
    /// Its tags; only heeded by a create.
    pub tags: BTreeMap<String, String>,
}

impl Session {
    /// Makes the bus of the partner event source of the same name; the answer is its ARN.
    ///
    /// There is no idempotency token, so the call is never repeated, except when throttled.
    ///
    /// # Errors
    /// `Kind::AlreadyExists` when the source has a bus, `Kind::NotFound` without the source (it
    /// shows up a moment after its flow), and whatever else AWS answers.
    pub async fn create_partner_event_bus(&self, bus: &EventBusInput) -> Result<String> {
        let tags = bus.tags.iter().map(|(key, value)| super::tags::event_tag(key, value));
        let tags: Vec<_> = tags.collect::<Result<_, _>>().map_err(incomplete)?;
        let request = self
            .events()
            .create_event_bus()
            .name(&bus.name)
            .event_source_name(&bus.name)
            .set_description(bus.description.clone())
            .set_kms_key_identifier(bus.kms_key_identifier.clone())
            .set_dead_letter_config(bus.dead_letter_arn.as_ref().map(dead_letters))
            .set_log_config(bus.log_config.as_ref().map(LogConfig::to_api))
            .set_tags((!tags.is_empty()).then_some(tags))
            .customize()
            .config_override(
                aws_sdk_eventbridge::Config::builder().retry_classifier(OnlyWhenThrottled),
            );
        let answer = self.call("events:CreateEventBus", request.send()).await?;
        Ok(answer.event_bus_arn.unwrap_or_default())
    }

    /// Finds a bus by name or ARN.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is none.
    pub async fn describe_event_bus(&self, name: &str) -> Result<Option<EventBus>> {
        let request = self.events().describe_event_bus().name(name);
        let answer = found(self.call("events:DescribeEventBus", request.send()).await)?;
        Ok(answer.map(|bus| EventBus {
            name: bus.name().unwrap_or(name).to_owned(),
            arn: bus.arn().unwrap_or_default().to_owned(),
            description: some_text(bus.description()),
            kms_key_identifier: some_text(bus.kms_key_identifier()),
            dead_letter_arn: bus.dead_letter_config().and_then(|queue| some_text(queue.arn())),
            log_config: bus.log_config().map(LogConfig::from_api),
            policy: some_text(bus.policy()),
            created_at: moment(bus.creation_time()),
            last_modified_at: moment(bus.last_modified_time()),
        }))
    }

    /// Lists the names of the buses whose names begin so; settings are only described.
    ///
    /// # Errors
    /// Whatever AWS answers.
    pub async fn list_event_buses(&self, prefix: &str) -> Result<Vec<String>> {
        const LIST: &str = "events:ListEventBuses";
        let mut buses = Vec::new();
        let mut pages = Pages::of(LIST);
        loop {
            let request = self
                .events()
                .list_event_buses()
                .name_prefix(prefix)
                .limit(PAGE_SIZE)
                .set_next_token(pages.token());
            let page = self.call(LIST, request.send()).await?;
            buses.extend(page.event_buses.unwrap_or_default().into_iter().filter_map(|it| it.name));
            if !pages.turn(page.next_token)? {
                return Ok(buses);
            }
        }
    }

    /// Makes a bus as it should be. What `current` has and `bus` leaves out is cleared: texts with
    /// an empty one (as `hashicorp/aws` found out), the queue with an empty object, logging by
    /// turning it off.
    ///
    /// # Errors
    /// `Kind::NotFound` when it is gone, and whatever else AWS answers.
    pub async fn update_event_bus(&self, bus: &EventBusInput, current: &EventBus) -> Result<()> {
        let cleared = |wanted: &Option<String>, now: &Option<String>| {
            wanted.clone().or_else(|| now.as_ref().map(|_| String::new()))
        };
        let queue = match (&bus.dead_letter_arn, &current.dead_letter_arn) {
            (Some(arn), _) => Some(dead_letters(arn)),
            (None, Some(_)) => Some(DeadLetterConfig::builder().build()),
            (None, None) => None,
        };
        let log = match (&bus.log_config, &current.log_config) {
            (Some(log), _) => Some(log.to_api()),
            (None, Some(_)) => Some(LogConfig::off()),
            (None, None) => None,
        };
        let request = self
            .events()
            .update_event_bus()
            .name(&bus.name)
            .set_description(cleared(&bus.description, &current.description))
            .set_kms_key_identifier(cleared(&bus.kms_key_identifier, &current.kms_key_identifier))
            .set_dead_letter_config(queue)
            .set_log_config(log);
        self.call("events:UpdateEventBus", request.send()).await.map(drop)
    }

    /// Deletes a bus. One with rules is not deleted; one that is gone is no error, as AWS has it.
    ///
    /// # Errors
    /// `Kind::Conflict` while it has rules, and whatever else AWS answers.
    pub async fn delete_event_bus(&self, name: &str) -> Result<()> {
        let request = self.events().delete_event_bus().name(name);
        super::session::gone(self.call("events:DeleteEventBus", request.send()).await)
    }
}

impl LogConfig {
    fn from_api(config: &ApiLogConfig) -> Self {
        Self {
            level: config.level().map(|level| level.as_str().to_owned()),
            include_detail: config.include_detail().map(|detail| detail.as_str().to_owned()),
        }
    }

    fn to_api(&self) -> ApiLogConfig {
        ApiLogConfig::builder()
            .set_level(self.level.as_deref().map(Level::from))
            .set_include_detail(self.include_detail.as_deref().map(IncludeDetail::from))
            .build()
    }

    fn off() -> ApiLogConfig {
        ApiLogConfig::builder().level(Level::Off).include_detail(IncludeDetail::None).build()
    }
}

fn dead_letters(arn: &String) -> DeadLetterConfig {
    DeadLetterConfig::builder().arn(arn).build()
}

/// EventBridge's largest page.
const PAGE_SIZE: i32 = 100;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::aws::testing::{Answer, FakeAws};

    const NAME: &str = "aws.partner/appflow/salesforce.com/1/acme";

    #[tokio::test]
    async fn a_partner_bus_has_the_name_of_its_source() {
        let aws = FakeAws::answering([Answer::Json(200, json!({ "EventBusArn": "arn:b" }))]);
        let bus = EventBusInput {
            name: NAME.into(),
            tags: [("team".into(), "ops".into())].into(),
            ..EventBusInput::default()
        };
        let arn = aws.session().create_partner_event_bus(&bus).await;
        assert_eq!(arn.as_deref(), Ok("arn:b"));
        let asked = aws.only();
        assert_eq!(asked.target.as_deref(), Some("AWSEvents.CreateEventBus"));
        assert_eq!(
            asked.body,
            json!({
                "Name": NAME,
                "EventSourceName": NAME,
                "Tags": [{ "Key": "team", "Value": "ops" }],
            })
        );
    }

    #[tokio::test]
    async fn what_the_bus_has_and_should_not_have_is_cleared() {
        let aws = FakeAws::answering([
            Answer::Json(
                200,
                json!({
                    "Name": NAME,
                    "Arn": "arn:b",
                    "Description": "old",
                    "DeadLetterConfig": { "Arn": "arn:q" },
                    "LogConfig": { "Level": "TRACE", "IncludeDetail": "FULL" },
                }),
            ),
            Answer::Json(200, json!({})),
        ]);
        let session = aws.session();
        let current = session.describe_event_bus(NAME).await.expect("an answer").expect("a bus");
        let wanted = EventBusInput { name: NAME.into(), ..EventBusInput::default() };
        session.update_event_bus(&wanted, &current).await.expect("updated");
        assert_eq!(
            aws.asked()[1].body,
            json!({
                "Name": NAME,
                "Description": "",
                "DeadLetterConfig": {},
                "LogConfig": { "Level": "OFF", "IncludeDetail": "NONE" },
            })
        );
    }

    #[tokio::test]
    async fn an_absent_bus_is_none() {
        let body = json!({ "__type": "ResourceNotFoundException", "message": "no such bus" });
        let aws = FakeAws::answering([Answer::Json(400, body)]);
        assert_eq!(aws.session().describe_event_bus(NAME).await, Ok(None));
    }
}
