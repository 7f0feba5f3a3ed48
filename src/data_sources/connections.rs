//! `connect_salesforce_connections`: the connections of a region.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{moment, name_prefix, region, result, results, session};
use crate::framework::context::Cx;
use crate::framework::data_source::DataSource;
use crate::framework::error::Result;
use crate::framework::schema::{Attribute, Block, Schema};
use crate::provider::Configured;

/// The data source.
#[derive(Debug)]
pub(super) struct Connections;

/// Filters and results.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    region: Option<String>,
    name_prefix: Option<String>,
    instance_url: Option<String>,
    names: Option<Vec<String>>,
    arns: Option<Vec<String>>,
    connections: Option<Vec<Found>>,
}

/// One connection.
#[derive(Debug, Serialize, Deserialize)]
struct Found {
    name: String,
    arn: String,
    instance_url: Option<String>,
    sandbox: bool,
    connection_mode: String,
    created_at: Option<String>,
    last_updated_at: Option<String>,
}

#[async_trait]
impl DataSource<Configured> for Connections {
    type Model = Model;

    const TYPE: &'static str = "connect_salesforce_connections";

    fn schema(&self) -> Schema {
        let found = [
            result("name", "Name of the connection."),
            result("arn", "ARN of the connection."),
            result("instance_url", "URL of the org."),
            Attribute::bool("sandbox").computed().doc("Whether the org is a sandbox."),
            result("connection_mode", "`Public` or `Private`."),
            result("created_at", "When it was made, in RFC 3339."),
            result("last_updated_at", "When it was last changed, in RFC 3339."),
        ];
        Schema::new(Block::new(
            "The connections of Amazon AppFlow to Salesforce; none is no error.",
            [
                region(),
                name_prefix(),
                Attribute::string("instance_url")
                    .optional()
                    .doc("Only connections to this org: its URL, as the connection has it."),
                results("names", "Names of the connections, sorted."),
                results("arns", "ARNs of the connections, in the order of the names."),
                Attribute::objects("connections", found)
                    .computed()
                    .doc("The connections, in the order of the names."),
            ],
        ))
    }

    async fn read(&self, cx: &Cx<Configured>, config: Model) -> Result<Model> {
        let session = session(cx, config.region.as_deref())?;
        let prefix = config.name_prefix.as_deref().unwrap_or_default();
        let bare = |url: &str| url.trim_end_matches('/').to_ascii_lowercase();
        let wanted = config.instance_url.as_deref().map(bare);
        let mut profiles = session.list_connector_profiles().await?;
        profiles.retain(|it| {
            let same_org = || it.instance_url.as_deref().map(bare) == wanted;
            it.name.starts_with(prefix) && (wanted.is_none() || same_org())
        });
        profiles.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Model {
            region: Some(session.region_name().to_owned()),
            names: Some(profiles.iter().map(|it| it.name.clone()).collect()),
            arns: Some(profiles.iter().map(|it| it.arn.clone()).collect()),
            connections: Some(
                profiles
                    .into_iter()
                    .map(|it| Found {
                        name: it.name,
                        arn: it.arn,
                        instance_url: it.instance_url,
                        sandbox: it.sandbox,
                        connection_mode: it.connection_mode,
                        created_at: moment(it.created_at),
                        last_updated_at: moment(it.last_updated_at),
                    })
                    .collect(),
            ),
            ..config
        })
    }
}
