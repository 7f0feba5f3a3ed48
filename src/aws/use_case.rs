//! Use cases: what an instance may do with an association. Rules need `RULES_EVALUATION`.
//!
//! At most one of each type per association; neither an update nor a describe.

use std::collections::BTreeMap;

use aws_sdk_connect::types::UseCaseType;

use super::convert::some_tags;
use super::pages::Pages;
use super::retries::OnlyWhenThrottled;
use super::session::{Session, found, gone};
use crate::framework::error::Result;

/// A use case as AWS lists it. Its tags are read with [`Session::list_tags`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseCase {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// `RULES_EVALUATION` or `CONNECT_CAMPAIGNS`.
    pub use_case_type: String,
}

impl Session {
    /// Allows a use. The call is never repeated, except when throttled: after an unknown outcome
    /// list.
    ///
    /// # Errors
    /// `Kind::AlreadyExists` when the association has it, and whatever else AWS answers.
    pub async fn create_use_case(
        &self,
        instance_id: &str,
        association_id: &str,
        use_case_type: &str,
        tags: &BTreeMap<String, String>,
    ) -> Result<UseCase> {
        let request = self
            .connect()
            .create_use_case()
            .instance_id(instance_id)
            .integration_association_id(association_id)
            .use_case_type(UseCaseType::from(use_case_type))
            .set_tags(some_tags(tags))
            .customize()
            .config_override(
                aws_sdk_connect::Config::builder().retry_classifier(OnlyWhenThrottled),
            );
        let answer = self.call("connect:CreateUseCase", request.send()).await?;
        Ok(UseCase {
            id: answer.use_case_id.unwrap_or_default(),
            arn: answer.use_case_arn.unwrap_or_default(),
            use_case_type: use_case_type.to_owned(),
        })
    }

    /// Lists an association's use cases. None if there is no such association or instance.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is no such association.
    pub async fn list_use_cases(
        &self,
        instance_id: &str,
        association_id: &str,
    ) -> Result<Option<Vec<UseCase>>> {
        const LIST: &str = "connect:ListUseCases";
        let mut use_cases = Vec::new();
        let mut pages = Pages::of(LIST);
        loop {
            let request = self
                .connect()
                .list_use_cases()
                .instance_id(instance_id)
                .integration_association_id(association_id)
                .max_results(PAGE_SIZE)
                .set_next_token(pages.token());
            let Some(page) = found(self.call(LIST, request.send()).await)? else {
                return Ok(None);
            };
            let members = page.use_case_summary_list.unwrap_or_default();
            use_cases.extend(members.iter().map(|it| UseCase {
                id: it.use_case_id().unwrap_or_default().to_owned(),
                arn: it.use_case_arn().unwrap_or_default().to_owned(),
                use_case_type: it.use_case_type().map_or("", |kind| kind.as_str()).to_owned(),
            }));
            if !pages.turn(page.next_token)? {
                return Ok(Some(use_cases));
            }
        }
    }

    /// Forbids a use again.
    ///
    /// # Errors
    /// Whatever AWS answers, except that it is gone.
    pub async fn delete_use_case(
        &self,
        instance_id: &str,
        association_id: &str,
        use_case_id: &str,
    ) -> Result<()> {
        let request = self
            .connect()
            .delete_use_case()
            .instance_id(instance_id)
            .integration_association_id(association_id)
            .use_case_id(use_case_id);
        gone(self.call("connect:DeleteUseCase", request.send()).await)
    }
}

/// Connect's largest page of use cases.
const PAGE_SIZE: i32 = 100;
