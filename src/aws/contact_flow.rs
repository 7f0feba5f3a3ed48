//! Contact flows: what a task goes through in Connect.

use std::sync::Arc;

use super::convert::some_text;
use super::pages::Pages;
use super::session::{Session, found};
use crate::framework::error::{Error, Kind, Result};

/// A contact flow as AWS lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactFlow {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `CONTACT_FLOW`, …
    pub flow_type: String,
    /// `ACTIVE` or `ARCHIVED`.
    pub state: Option<String>,
    /// `PUBLISHED` or `SAVED`.
    pub status: Option<String>,
}

impl Session {
    /// Lists an instance's contact flows. None if there is no such instance.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is no such instance.
    pub async fn list_contact_flows(&self, instance_id: &str) -> Result<Option<Vec<ContactFlow>>> {
        const LIST: &str = "connect:ListContactFlows";
        let mut flows = Vec::new();
        let mut pages = Pages::of(LIST);
        loop {
            let request = self
                .connect()
                .list_contact_flows()
                .instance_id(instance_id)
                .max_results(PAGE_SIZE)
                .set_next_token(pages.token());
            let Some(page) = found(self.call(LIST, request.send()).await)? else {
                return Ok(None);
            };
            let members = page.contact_flow_summary_list.unwrap_or_default();
            flows.extend(members.iter().map(|flow| ContactFlow {
                id: flow.id().unwrap_or_default().to_owned(),
                arn: flow.arn().unwrap_or_default().to_owned(),
                name: flow.name().unwrap_or_default().to_owned(),
                flow_type: flow.contact_flow_type().map_or("", |it| it.as_str()).to_owned(),
                state: flow.contact_flow_state().map(|it| it.as_str().to_owned()),
                status: flow.contact_flow_status().map(|it| it.as_str().to_owned()),
            }));
            if !pages.turn(page.next_token)? {
                return Ok(Some(flows));
            }
        }
    }

    /// [`Session::list_contact_flows`] for checks of plans: what was listed within the last half
    /// minute will do. None if there is no such instance.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is no such instance.
    pub async fn contact_flows(&self, instance_id: &str) -> Result<Option<Arc<Vec<ContactFlow>>>> {
        let gone = || Error::new(Kind::NotFound, "there is no such instance");
        let list = async { self.list_contact_flows(instance_id).await?.ok_or_else(gone) };
        found(self.swept_contact_flows().all(instance_id, list).await)
    }

    /// Finds a contact flow. One that was never published is found too.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is none.
    pub async fn describe_contact_flow(
        &self,
        instance_id: &str,
        id: &str,
    ) -> Result<Option<ContactFlow>> {
        let request =
            self.connect().describe_contact_flow().instance_id(instance_id).contact_flow_id(id);
        let answer = self.call("connect:DescribeContactFlow", request.send()).await;
        if answer.as_ref().is_err_and(|error| error.code.as_deref() == Some(NOT_PUBLISHED)) {
            // Asking for the published version of a draft is refused; the list has drafts too.
            let all = self.list_contact_flows(instance_id).await?.unwrap_or_default();
            return Ok(all.into_iter().find(|flow| flow.id == id));
        }
        let answer = found(answer)?;
        Ok(answer.and_then(|answer| answer.contact_flow).map(|flow| ContactFlow {
            id: flow.id().unwrap_or(id).to_owned(),
            arn: flow.arn().unwrap_or_default().to_owned(),
            name: flow.name().unwrap_or_default().to_owned(),
            flow_type: flow.r#type().map_or("", |it| it.as_str()).to_owned(),
            state: flow.state().and_then(|it| some_text(Some(it.as_str()))),
            status: flow.status().and_then(|it| some_text(Some(it.as_str()))),
        }))
    }
}

const NOT_PUBLISHED: &str = "ContactFlowNotPublishedException";

/// Connect's largest page of contact flows.
const PAGE_SIZE: i32 = 1000;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::aws::testing::{Answer, FakeAws};

    #[tokio::test]
    async fn a_draft_is_found_in_the_list() {
        let list = json!({ "ContactFlowSummaryList": [
            { "Id": "f-1", "Name": "Cases", "ContactFlowStatus": "SAVED" } ] });
        let aws = FakeAws::answering([
            Answer::Error(404, NOT_PUBLISHED, "not published"),
            Answer::Json(200, list),
        ]);
        let found = aws.session().describe_contact_flow("i-1", "f-1").await.expect("an answer");
        assert_eq!(found.and_then(|flow| flow.status).as_deref(), Some("SAVED"));
    }
}
