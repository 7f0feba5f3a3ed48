//! Lists app integrations: associations of Connect instances with Salesforce events.

use async_trait::async_trait;
use serde::Deserialize;

use super::{found, instance_id, instances, name_prefix, region, session};
use crate::framework::context::Cx;
use crate::framework::error::Result;
use crate::framework::list::{Found, ListResource};
use crate::framework::schema::{Block, Schema};
use crate::provider::Configured;

/// The list resource.
#[derive(Debug)]
pub(super) struct AppIntegrations;

/// The filters.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    region: Option<String>,
    instance_id: Option<String>,
    name_prefix: Option<String>,
}

#[async_trait]
impl ListResource<Configured> for AppIntegrations {
    type Config = Config;

    const TYPE: &'static str = "connect_salesforce_app_integration";

    fn schema(&self) -> Schema {
        Schema::new(Block::new(
            "Lists the Salesforce integrations of Connect instances.",
            [region(), instance_id(), name_prefix()],
        ))
    }

    async fn list(&self, cx: &Cx<Configured>, config: Config, limit: usize) -> Result<Vec<Found>> {
        let session = session(cx, config.region.as_deref())?;
        let prefix = config.name_prefix.as_deref().unwrap_or_default();
        let mut all = Vec::new();
        for instance in instances(&session, config.instance_id.as_deref()).await? {
            let associations = session.list_integration_associations(&instance).await?;
            for it in associations.unwrap_or_default().iter().filter(|it| it.is_salesforce()) {
                let name = it.application_name.as_deref().unwrap_or(&it.id);
                if !name.starts_with(prefix) {
                    continue;
                }
                let key =
                    [("instance_id", instance.as_str()), ("integration_association_id", &it.id)];
                all.push(found(&session, name, &it.arn, key));
            }
            if all.len() >= limit {
                break;
            }
        }
        Ok(all)
    }
}
