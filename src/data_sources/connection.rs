//! `connect_salesforce_connection`: a connection by name.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{moment, not_found, region, result, session};
use crate::framework::context::Cx;
use crate::framework::data_source::DataSource;
use crate::framework::error::Result;
use crate::framework::schema::{Attribute, Block, Schema};
use crate::framework::validators::length;
use crate::provider::Configured;

/// The data source.
#[derive(Debug)]
pub(super) struct Connection;

/// Arguments and results.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    name: String,
    region: Option<String>,
    id: Option<String>,
    arn: Option<String>,
    instance_url: Option<String>,
    sandbox: Option<bool>,
    connection_mode: Option<String>,
    use_private_link_for_metadata_and_authorization: Option<bool>,
    credentials_arn: Option<String>,
    private_connection_status: Option<String>,
    private_connection_failure: Option<String>,
    created_at: Option<String>,
    last_updated_at: Option<String>,
}

#[async_trait]
impl DataSource<Configured> for Connection {
    type Model = Model;

    const TYPE: &'static str = "connect_salesforce_connection";

    fn schema(&self) -> Schema {
        Schema::new(Block::new(
            "A connection of Amazon AppFlow to a Salesforce org, by name: also one that somebody \
             made in the console.",
            [
                Attribute::string("name")
                    .required()
                    .check(length(1..=256))
                    .doc("Name of the connection."),
                region(),
                result("id", "The name."),
                result("arn", "ARN of the connection."),
                result("instance_url", "URL of the org."),
                Attribute::bool("sandbox").computed().doc("Whether the org is a sandbox."),
                result("connection_mode", "`Public`, or `Private` for AWS PrivateLink."),
                Attribute::bool("use_private_link_for_metadata_and_authorization")
                    .computed()
                    .doc("Whether metadata and logins use PrivateLink too."),
                result(
                    "credentials_arn",
                    "ARN of the secret in which AppFlow keeps the credentials.",
                ),
                result(
                    "private_connection_status",
                    "`PENDING`, `CREATED` or `FAILED` for a private connection, else null.",
                ),
                result("private_connection_failure", "Why the private connection failed."),
                result("created_at", "When it was made, in RFC 3339."),
                result(
                    "last_updated_at",
                    "When it was last changed, in RFC 3339: also when somebody logged in again.",
                ),
            ],
        ))
    }

    async fn read(&self, cx: &Cx<Configured>, config: Model) -> Result<Model> {
        let session = session(cx, config.region.as_deref())?;
        let found = session.describe_connector_profile(&config.name).await?;
        let Some(profile) = found.filter(|profile| profile.connector_type == "Salesforce") else {
            let others = session.list_connector_profiles().await.unwrap_or_default();
            let others: Vec<String> = others.into_iter().map(|it| it.name).collect();
            let message = format!(
                "AppFlow has no connection to Salesforce named {:?} in {}",
                config.name,
                session.region_name()
            );
            return Err(not_found(message, &others, "name"));
        };
        let private = profile.private_status;
        let failure = private.as_ref().and_then(|it| {
            let parts = [it.failure_cause.clone(), it.failure_message.clone()];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.join(": "))
        });
        Ok(Model {
            id: Some(profile.name),
            region: Some(session.region_name().to_owned()),
            arn: Some(profile.arn),
            instance_url: profile.instance_url,
            sandbox: Some(profile.sandbox),
            connection_mode: Some(profile.connection_mode),
            use_private_link_for_metadata_and_authorization: Some(profile.use_private_link),
            credentials_arn: profile.credentials_arn,
            private_connection_status: private.map(|it| it.status),
            private_connection_failure: failure,
            created_at: moment(profile.created_at),
            last_updated_at: moment(profile.last_updated_at),
            ..config
        })
    }
}
