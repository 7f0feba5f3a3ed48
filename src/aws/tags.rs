//! Tags of anything that has an ARN, in whichever service.

use std::collections::BTreeMap;

use aws_smithy_types::error::operation::BuildError;

use super::arn::Arn;
use super::convert::{incomplete, tags};
use super::session::{Session, found};
use crate::framework::error::{Error, Result};

impl Session {
    /// The tags of an object, those of AWS (`aws:…`) included. None if it does not exist.
    ///
    /// # Errors
    /// `Kind::Invalid` for an ARN that is none, and whatever AWS answers, except that the object
    /// does not exist.
    pub async fn list_tags(&self, arn: &str) -> Result<Option<BTreeMap<String, String>>> {
        Ok(match Service::of(arn)? {
            Service::AppFlow => {
                let request = self.appflow().list_tags_for_resource().resource_arn(arn);
                found(self.call("appflow:ListTagsForResource", request.send()).await)?
                    .map(|answer| tags(answer.tags()))
            }
            Service::AppIntegrations => {
                let request = self.appintegrations().list_tags_for_resource().resource_arn(arn);
                found(self.call("app-integrations:ListTagsForResource", request.send()).await)?
                    .map(|answer| tags(answer.tags()))
            }
            Service::Connect => {
                let request = self.connect().list_tags_for_resource().resource_arn(arn);
                found(self.call("connect:ListTagsForResource", request.send()).await)?
                    .map(|answer| tags(answer.tags()))
            }
            Service::Events => {
                let request = self.events().list_tags_for_resource().resource_arn(arn);
                found(self.call("events:ListTagsForResource", request.send()).await)?.map(
                    |answer| {
                        let tags = answer.tags.unwrap_or_default();
                        tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
                    },
                )
            }
        })
    }

    /// Sets tags, fifty per call; others stay.
    ///
    /// # Errors
    /// `Kind::Invalid` for an ARN that is none, `Kind::NotFound` when the object is gone, and
    /// whatever else AWS answers.
    pub async fn tag(&self, arn: &str, tags: &BTreeMap<String, String>) -> Result<()> {
        let service = Service::of(arn)?;
        let all: Vec<(&String, &String)> = tags.iter().collect();
        for some in all.chunks(TAGS_PER_CALL) {
            let map = || some.iter().map(|(key, value)| ((*key).clone(), (*value).clone()));
            match service {
                Service::AppFlow => {
                    let request = self.appflow().tag_resource().resource_arn(arn);
                    let request = request.set_tags(Some(map().collect()));
                    self.call("appflow:TagResource", request.send()).await.map(drop)?;
                }
                Service::AppIntegrations => {
                    let request = self.appintegrations().tag_resource().resource_arn(arn);
                    let request = request.set_tags(Some(map().collect()));
                    self.call("app-integrations:TagResource", request.send()).await.map(drop)?;
                }
                Service::Connect => {
                    let request = self.connect().tag_resource().resource_arn(arn);
                    let request = request.set_tags(Some(map().collect()));
                    let answer = self.call("connect:TagResource", request.send()).await;
                    self.forget_tags_of(arn);
                    answer.map(drop)?;
                }
                Service::Events => {
                    let tags = some.iter().map(|(key, value)| event_tag(key, value));
                    let tags = tags.collect::<Result<Vec<_>, _>>().map_err(incomplete)?;
                    let request = self.events().tag_resource().resource_arn(arn);
                    let request = request.set_tags(Some(tags));
                    self.call("events:TagResource", request.send()).await.map(drop)?;
                }
            }
        }
        Ok(())
    }

    /// Removes tags, fifty per call; keys that the object does not have are ignored.
    ///
    /// # Errors
    /// `Kind::Invalid` for an ARN that is none, `Kind::NotFound` when the object is gone, and
    /// whatever else AWS answers.
    pub async fn untag(&self, arn: &str, keys: &[String]) -> Result<()> {
        let service = Service::of(arn)?;
        for keys in keys.chunks(TAGS_PER_CALL) {
            let keys = Some(keys.to_vec());
            match service {
                Service::AppFlow => {
                    let request = self.appflow().untag_resource().resource_arn(arn);
                    let request = request.set_tag_keys(keys);
                    self.call("appflow:UntagResource", request.send()).await.map(drop)?;
                }
                Service::AppIntegrations => {
                    let request = self.appintegrations().untag_resource().resource_arn(arn);
                    let request = request.set_tag_keys(keys);
                    self.call("app-integrations:UntagResource", request.send()).await.map(drop)?;
                }
                Service::Connect => {
                    let request = self.connect().untag_resource().resource_arn(arn);
                    let request = request.set_tag_keys(keys);
                    let answer = self.call("connect:UntagResource", request.send()).await;
                    self.forget_tags_of(arn);
                    answer.map(drop)?;
                }
                Service::Events => {
                    let request = self.events().untag_resource().resource_arn(arn);
                    let request = request.set_tag_keys(keys);
                    self.call("events:UntagResource", request.send()).await.map(drop)?;
                }
            }
        }
        Ok(())
    }

    /// Searches for rules show their tags too.
    fn forget_tags_of(&self, arn: &str) {
        let instance = arn.split_once(":instance/").and_then(|(_, path)| path.split('/').next());
        if let Some(instance) = instance {
            self.swept_rules().forget(instance);
        }
    }
}

/// EventBridge has lists of tags where the others have maps.
pub(super) fn event_tag(
    key: &str,
    value: &str,
) -> Result<aws_sdk_eventbridge::types::Tag, BuildError> {
    aws_sdk_eventbridge::types::Tag::builder().key(key).value(value).build()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    AppFlow,
    AppIntegrations,
    Connect,
    Events,
}

impl Service {
    fn of(arn: &str) -> Result<Self> {
        let arn: Arn = arn.parse()?;
        Ok(match arn.service.as_str() {
            "appflow" => Self::AppFlow,
            "app-integrations" => Self::AppIntegrations,
            "connect" => Self::Connect,
            "events" => Self::Events,
            other => return Err(Error::bug(format!("no tags for the ARN of service {other}"))),
        })
    }
}

/// What the services take in one request.
const TAGS_PER_CALL: usize = 50;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::aws::testing::{Answer, FakeAws};

    #[tokio::test]
    async fn tags_go_to_the_service_of_the_arn_fifty_at_a_time() {
        let aws = FakeAws::answering([Answer::Json(200, json!({}))]);
        let arn = "arn:aws:connect:us-east-1:1:instance/i/rule/r";
        let tags = (0..60).map(|n| (format!("k{n:02}"), "v".to_owned())).collect();
        aws.session().tag(arn, &tags).await.expect("tagged");
        let asked = aws.asked();
        assert!(
            asked[0].line.starts_with("POST https://connect.us-east-1.amazonaws.com/tags/arn%3A")
        );
        let sizes: Vec<_> = asked
            .iter()
            .map(|asked| asked.body["tags"].as_object().map(serde_json::Map::len))
            .collect();
        assert_eq!(sizes, [Some(50), Some(10)]);
    }

    #[tokio::test]
    async fn the_tags_of_a_bus_are_a_map_too() {
        let answer = json!({ "Tags": [{ "Key": "team", "Value": "ops" }] });
        let aws = FakeAws::answering([Answer::Json(200, answer)]);
        let arn = "arn:aws:events:us-east-1:1:event-bus/aws.partner/x";
        let tags = aws.session().list_tags(arn).await.expect("an answer").expect("a bus");
        assert_eq!(tags["team"], "ops");
        assert_eq!(aws.only().target.as_deref(), Some("AWSEvents.ListTagsForResource"));
    }

    #[tokio::test]
    async fn nothing_to_remove_asks_nothing() {
        let aws = FakeAws::default();
        let arn = "arn:aws:appflow:us-east-1:1:flow/f";
        aws.session().untag(arn, &[]).await.expect("nothing to do");
        assert!(aws.asked().is_empty());
    }
}
