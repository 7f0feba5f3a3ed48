//! Lists event flows: AppFlow flows from a Salesforce event to EventBridge.

use async_trait::async_trait;
use serde::Deserialize;

use super::{found, name_prefix, region, session};
use crate::framework::context::Cx;
use crate::framework::error::Result;
use crate::framework::list::{Found, ListResource};
use crate::framework::schema::{Attribute, Block, Schema};
use crate::framework::validators::one_of;
use crate::provider::Configured;

/// The list resource.
#[derive(Debug)]
pub(super) struct EventFlows;

/// The filters.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    region: Option<String>,
    name_prefix: Option<String>,
    status: Option<String>,
}

#[async_trait]
impl ListResource<Configured> for EventFlows {
    type Config = Config;

    const TYPE: &'static str = "connect_salesforce_event_flow";

    fn schema(&self) -> Schema {
        Schema::new(Block::new(
            "Lists flows from Salesforce events to EventBridge.",
            [
                region(),
                name_prefix(),
                Attribute::string("status")
                    .optional()
                    .check(one_of(&[
                        "Active",
                        "Deprecated",
                        "Deleted",
                        "Draft",
                        "Errored",
                        "Suspended",
                    ]))
                    .doc("Only flows with this status."),
            ],
        ))
    }

    async fn list(&self, cx: &Cx<Configured>, config: Config, limit: usize) -> Result<Vec<Found>> {
        let session = session(cx, config.region.as_deref())?;
        let prefix = config.name_prefix.unwrap_or_default();
        let flows = session.list_flows().await?;
        let matching = flows
            .iter()
            .filter(|flow| flow.is_salesforce_event_flow() && flow.name.starts_with(&prefix))
            .filter(|flow| config.status.as_ref().is_none_or(|status| *status == flow.status));
        Ok(matching
            .take(limit)
            .map(|it| found(&session, &it.name, &it.arn, [("name", &it.name)]))
            .collect())
    }
}
