//! Connect instances.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::convert::{moment, some_text, tags};
use super::pages::Pages;
use super::session::{Session, found};
use crate::framework::error::Result;

/// An instance as AWS shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its id, a UUID.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its alias; none where a directory has it.
    pub alias: Option<String>,
    /// `CREATION_IN_PROGRESS`, `ACTIVE` or `CREATION_FAILED`.
    pub status: String,
    /// Why it has this status; only told by a describe.
    pub status_reason: Option<String>,
    /// Where its users log in.
    pub access_url: Option<String>,
    /// The role that Connect works as.
    pub service_role: Option<String>,
    /// `SAML`, `CONNECT_MANAGED` or `EXISTING_DIRECTORY`.
    pub identity_management_type: Option<String>,
    /// When it was made.
    pub created_at: Option<OffsetDateTime>,
    /// Its tags; only told by a describe.
    pub tags: BTreeMap<String, String>,
}

impl Session {
    /// Lists the instances of the region.
    ///
    /// # Errors
    /// Whatever AWS answers.
    pub async fn list_instances(&self) -> Result<Vec<Instance>> {
        const LIST: &str = "connect:ListInstances";
        let mut instances = Vec::new();
        let mut pages = Pages::of(LIST);
        loop {
            let request = self
                .connect()
                .list_instances()
                .max_results(PAGE_SIZE)
                .set_next_token(pages.token());
            let page = self.call(LIST, request.send()).await?;
            let members = page.instance_summary_list.unwrap_or_default();
            instances.extend(members.iter().map(|it| Instance {
                id: it.id().unwrap_or_default().to_owned(),
                arn: it.arn().unwrap_or_default().to_owned(),
                alias: some_text(it.instance_alias()),
                status: it.instance_status().map_or("", |status| status.as_str()).to_owned(),
                status_reason: None,
                access_url: some_text(it.instance_access_url()),
                service_role: some_text(it.service_role()),
                identity_management_type:
                    it.identity_management_type().map(|kind| kind.as_str().to_owned()),
                created_at: moment(it.created_time()),
                tags: BTreeMap::new(),
            }));
            if !pages.turn(page.next_token)? {
                return Ok(instances);
            }
        }
    }

    /// Finds an instance by id.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is none.
    pub async fn describe_instance(&self, id: &str) -> Result<Option<Instance>> {
        let request = self.connect().describe_instance().instance_id(id);
        let answer = found(self.call("connect:DescribeInstance", request.send()).await)?;
        Ok(answer.and_then(|answer| answer.instance).map(|it| Instance {
            id: it.id().unwrap_or(id).to_owned(),
            arn: it.arn().unwrap_or_default().to_owned(),
            alias: some_text(it.instance_alias()),
            status: it.instance_status().map_or("", |status| status.as_str()).to_owned(),
            status_reason: it.status_reason().and_then(|reason| some_text(reason.message())),
            access_url: some_text(it.instance_access_url()),
            service_role: some_text(it.service_role()),
            identity_management_type: it
                .identity_management_type()
                .map(|kind| kind.as_str().to_owned()),
            created_at: moment(it.created_time()),
            tags: tags(it.tags()),
        }))
    }

    /// Finds an instance by alias, which is unique over all accounts.
    ///
    /// # Errors
    /// Whatever AWS answers.
    pub async fn find_instance_by_alias(&self, alias: &str) -> Result<Option<Instance>> {
        let all = self.list_instances().await?;
        Ok(all.into_iter().find(|instance| instance.alias.as_deref() == Some(alias)))
    }
}

/// Connect's largest page of instances.
const PAGE_SIZE: i32 = 10;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::aws::testing::{Answer, FakeAws};

    #[tokio::test]
    async fn an_instance_is_found_by_alias_on_any_page() {
        let page = |alias: &str, next: Option<&str>| {
            let member =
                json!({ "Id": alias, "InstanceAlias": alias, "CreatedTime": 1700000000.5 });
            Answer::Json(200, json!({ "InstanceSummaryList": [member], "NextToken": next }))
        };
        let aws = FakeAws::answering([page("beta", Some("2")), page("acme", None)]);
        let found = aws.session().find_instance_by_alias("acme").await.expect("an answer");
        let created_at = found.expect("an instance").created_at.expect("a moment");
        assert_eq!(created_at.unix_timestamp(), 1_700_000_000);
        assert!(aws.asked()[1].line.contains("nextToken=2"), "{}", aws.asked()[1].line);
    }
}
