//! Integration associations: Connect's link from an instance to an event integration.
//!
//! There is neither an update nor a describe: reading is listing and looking. Creating has no
//! idempotency token, but an instance takes each integration only once. Lists lag: a fresh
//! association, or an old one for a moment, may be missing from one.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_connect::types::{IntegrationAssociationSummary, IntegrationType, SourceType};

use super::convert::{some_tags, some_text};
use super::pages::Pages;
use super::retries::OnlyWhenThrottled;
use super::session::{Session, found, gone};
use crate::framework::error::Result;

/// An association as AWS lists it. Its tags are read with [`Session::list_tags`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationAssociation {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// The instance's id.
    pub instance_id: String,
    /// `EVENT`, or another kind.
    pub integration_type: String,
    /// What it links to: for `EVENT` an event integration.
    pub integration_arn: String,
    /// Where tasks link to.
    pub application_url: Option<String>,
    /// What the console shows.
    pub application_name: Option<String>,
    /// `SALESFORCE`, `ZENDESK` or `CASES`.
    pub source_type: Option<String>,
}

impl IntegrationAssociation {
    /// Whether it links Salesforce events.
    pub fn is_salesforce(&self) -> bool {
        self.integration_type == EVENT
            && self.source_type.as_deref() == Some(SourceType::Salesforce.as_str())
    }
}

/// An association to be: of Salesforce events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntegrationAssociationInput {
    /// The event integration.
    pub integration_arn: String,
    /// Where tasks link to.
    pub application_url: String,
    /// What the console shows.
    pub application_name: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// What a create answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedAssociation {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
}

impl Session {
    /// Links an instance to an event integration of Salesforce.
    ///
    /// Connect also makes a rule on the bus, with the caller's permissions. The call is never
    /// repeated, except when throttled: after an unknown outcome list by ARN.
    ///
    /// # Errors
    /// `Kind::AlreadyExists` when the instance has it already, and whatever else AWS answers.
    pub async fn create_integration_association(
        &self,
        instance_id: &str,
        association: &IntegrationAssociationInput,
    ) -> Result<CreatedAssociation> {
        let request = self
            .connect()
            .create_integration_association()
            .instance_id(instance_id)
            .integration_type(IntegrationType::Event)
            .integration_arn(&association.integration_arn)
            .source_type(SourceType::Salesforce)
            .source_application_url(&association.application_url)
            .source_application_name(&association.application_name)
            .set_tags(some_tags(&association.tags))
            .customize()
            .config_override(
                aws_sdk_connect::Config::builder().retry_classifier(OnlyWhenThrottled),
            );
        let answer = self.call("connect:CreateIntegrationAssociation", request.send()).await;
        self.swept_associations().forget(instance_id);
        let answer = answer?;
        Ok(CreatedAssociation {
            id: answer.integration_association_id.unwrap_or_default(),
            arn: answer.integration_association_arn.unwrap_or_default(),
        })
    }

    /// Lists an instance's associations of type `EVENT`. None if there is no such instance.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is no such instance.
    pub async fn list_integration_associations(
        &self,
        instance_id: &str,
    ) -> Result<Option<Vec<IntegrationAssociation>>> {
        self.associations(instance_id, None).await
    }

    /// Finds an association by id, in a fresh list. See the module's warning about lists.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is none.
    pub async fn find_integration_association(
        &self,
        instance_id: &str,
        id: &str,
    ) -> Result<Option<IntegrationAssociation>> {
        let all = self.associations(instance_id, None).await?.unwrap_or_default();
        Ok(all.into_iter().find(|association| association.id == id))
    }

    /// [`Session::find_integration_association`] for refreshes: what another one has listed within
    /// the last half minute will do. Not for waiting.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is none.
    pub async fn refresh_integration_association(
        &self,
        instance_id: &str,
        id: &str,
    ) -> Result<Option<IntegrationAssociation>> {
        let all = self.shared_integration_associations(instance_id).await?;
        match all.iter().find(|association| association.id == id) {
            Some(association) => Ok(Some(association.clone())),
            None => self.find_integration_association(instance_id, id).await,
        }
    }

    /// An instance's associations of type `EVENT`, in the list that refreshes share; none where
    /// there is no such instance.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is no such instance.
    pub async fn shared_integration_associations(
        &self,
        instance_id: &str,
    ) -> Result<Arc<Vec<IntegrationAssociation>>> {
        let list = async { Ok(self.associations(instance_id, None).await?.unwrap_or_default()) };
        self.swept_associations().all(instance_id, list).await
    }

    /// Finds the association of an event integration; an instance has at most one.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is none.
    pub async fn find_integration_association_by_arn(
        &self,
        instance_id: &str,
        integration_arn: &str,
    ) -> Result<Option<IntegrationAssociation>> {
        let all = self.associations(instance_id, Some(integration_arn)).await?.unwrap_or_default();
        Ok(all.into_iter().find(|association| association.integration_arn == integration_arn))
    }

    /// Unlinks. One that has use cases is not removed.
    ///
    /// # Errors
    /// `Kind::Conflict` while it has use cases, and whatever else AWS answers.
    pub async fn delete_integration_association(&self, instance_id: &str, id: &str) -> Result<()> {
        let request = self
            .connect()
            .delete_integration_association()
            .instance_id(instance_id)
            .integration_association_id(id);
        let answer = self.call("connect:DeleteIntegrationAssociation", request.send()).await;
        self.swept_associations().forget(instance_id);
        gone(answer)
    }

    async fn associations(
        &self,
        instance_id: &str,
        integration_arn: Option<&str>,
    ) -> Result<Option<Vec<IntegrationAssociation>>> {
        const LIST: &str = "connect:ListIntegrationAssociations";
        let mut associations = Vec::new();
        let mut pages = Pages::of(LIST);
        loop {
            let request = self
                .connect()
                .list_integration_associations()
                .instance_id(instance_id)
                .integration_type(IntegrationType::Event)
                .set_integration_arn(integration_arn.map(str::to_owned))
                .max_results(PAGE_SIZE)
                .set_next_token(pages.token());
            let Some(page) = found(self.call(LIST, request.send()).await)? else {
                return Ok(None);
            };
            let members = page.integration_association_summary_list.unwrap_or_default();
            associations.extend(members.iter().map(IntegrationAssociation::from_api));
            if !pages.turn(page.next_token)? {
                return Ok(Some(associations));
            }
        }
    }
}

impl IntegrationAssociation {
    fn from_api(it: &IntegrationAssociationSummary) -> Self {
        Self {
            id: it.integration_association_id().unwrap_or_default().to_owned(),
            arn: it.integration_association_arn().unwrap_or_default().to_owned(),
            instance_id: it.instance_id().unwrap_or_default().to_owned(),
            integration_type: it.integration_type().map_or("", |kind| kind.as_str()).to_owned(),
            integration_arn: it.integration_arn().unwrap_or_default().to_owned(),
            application_url: some_text(it.source_application_url()),
            application_name: some_text(it.source_application_name()),
            source_type: it.source_type().map(|kind| kind.as_str().to_owned()),
        }
    }
}

const EVENT: &str = "EVENT";

/// Connect's largest page of associations.
const PAGE_SIZE: i32 = 100;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::aws::testing::{Answer, FakeAws};

    #[tokio::test]
    async fn an_association_is_made_for_salesforce_events() {
        let answer =
            json!({ "IntegrationAssociationId": "a-1", "IntegrationAssociationArn": "arn:a" });
        let aws = FakeAws::answering([Answer::Json(200, answer)]);
        let association = IntegrationAssociationInput {
            integration_arn: "arn:i".into(),
            application_url: "https://acme.my.salesforce.com".into(),
            application_name: "Acme".into(),
            ..IntegrationAssociationInput::default()
        };
        let created = aws.session().create_integration_association("i-1", &association).await;
        assert_eq!(created.expect("created").id, "a-1");
        let asked = aws.only();
        assert_eq!(
            asked.line,
            "PUT https://connect.us-east-1.amazonaws.com/instance/i-1/integration-associations"
        );
        assert_eq!(
            asked.body,
            json!({
                "IntegrationType": "EVENT",
                "IntegrationArn": "arn:i",
                "SourceType": "SALESFORCE",
                "SourceApplicationUrl": "https://acme.my.salesforce.com",
                "SourceApplicationName": "Acme",
            })
        );
    }

    #[tokio::test]
    async fn finding_by_id_looks_through_the_list() {
        let member = |id: &str| {
            json!({ "IntegrationAssociationId": id, "IntegrationType": "EVENT",
            "SourceType": "SALESFORCE" })
        };
        let list = json!({ "IntegrationAssociationSummaryList": [member("a-1"), member("a-2")] });
        let aws = FakeAws::answering([Answer::Json(200, list)]);
        let session = aws.session();
        let found = session.find_integration_association("i-1", "a-2").await.expect("an answer");
        assert!(found.expect("an association").is_salesforce());
        let absent = session.find_integration_association("i-1", "a-3").await;
        assert_eq!(absent, Ok(None));
    }

    #[tokio::test]
    async fn an_absent_instance_has_no_list_and_no_association() {
        let gone = Answer::Error(404, "ResourceNotFoundException", "no such instance");
        let aws = FakeAws::answering([gone]);
        let session = aws.session();
        assert_eq!(session.list_integration_associations("i-1").await, Ok(None));
        assert_eq!(session.find_integration_association("i-1", "a-1").await, Ok(None));
        assert_eq!(session.delete_integration_association("i-1", "a-1").await, Ok(()));
    }
}
