//! Lists connections: AppFlow connector profiles to Salesforce.

use async_trait::async_trait;
use serde::Deserialize;

use super::{found, name_prefix, region, session};
use crate::framework::context::Cx;
use crate::framework::error::Result;
use crate::framework::list::{Found, ListResource};
use crate::framework::schema::{Attribute, Block, Schema};
use crate::provider::Configured;

/// The list resource.
#[derive(Debug)]
pub(super) struct Connections;

/// The filters.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    region: Option<String>,
    name_prefix: Option<String>,
    instance_url: Option<String>,
}

#[async_trait]
impl ListResource<Configured> for Connections {
    type Config = Config;

    const TYPE: &'static str = "connect_salesforce_connection";

    fn schema(&self) -> Schema {
        Schema::new(Block::new(
            "Lists connections to Salesforce.",
            [
                region(),
                name_prefix(),
                Attribute::string("instance_url")
                    .optional()
                    .doc("Only connections to this org: its URL, as the connection has it."),
            ],
        ))
    }

    async fn list(&self, cx: &Cx<Configured>, config: Config, limit: usize) -> Result<Vec<Found>> {
        let session = session(cx, config.region.as_deref())?;
        let prefix = config.name_prefix.unwrap_or_default();
        let profiles = session.list_connector_profiles().await?;
        let bare = |url: &str| url.trim_end_matches('/').to_ascii_lowercase();
        let wanted = config.instance_url.as_deref().map(bare);
        let matching = profiles.iter().filter(|profile| {
            let url = || profile.instance_url.as_deref().map(bare);
            profile.name.starts_with(&prefix) && (wanted.is_none() || url() == wanted)
        });
        Ok(matching
            .take(limit)
            .map(|it| found(&session, &it.name, &it.arn, [("name", &it.name)]))
            .collect())
    }
}
