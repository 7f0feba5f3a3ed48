//! `connect_metadata_cache_reset` and `connect_connection_verify`.

use async_trait::async_trait;
use serde::Deserialize;

use super::{region, session};
use crate::framework::action::{Action, Progress};
use crate::framework::context::Cx;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::schema::{Attribute, Block, Schema};
use crate::provider::Configured;

/// Makes AppFlow forget what an org publishes.
#[derive(Debug)]
pub(super) struct ResetMetadataCache;

/// Checks that a connection's login works and that the org publishes an event.
#[derive(Debug)]
pub(super) struct VerifyConnection;

/// The arguments.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    connection_name: String,
    #[serde(default)]
    source_object: Option<String>,
    region: Option<String>,
}

const CASES: &str = "CaseChangeEvent";

#[async_trait]
impl Action<Configured> for ResetMetadataCache {
    type Config = Config;

    const TYPE: &'static str = "connect_metadata_cache_reset";

    fn schema(&self) -> Schema {
        Schema::new(Block::new(
            "Makes AppFlow forget what it knows of an org; it does so by itself after an hour.",
            [connection_name(), region()],
        ))
    }

    async fn invoke(&self, cx: &Cx<Configured>, config: Config, tell: &Progress) -> Result<()> {
        let session = session(cx, config.region.as_deref())?;
        session.reset_connector_metadata_cache(&config.connection_name).await?;
        tell.say(format!("AppFlow has forgotten the objects of {}", config.connection_name));
        Ok(())
    }
}

#[async_trait]
impl Action<Configured> for VerifyConnection {
    type Config = Config;

    const TYPE: &'static str = "connect_connection_verify";

    fn schema(&self) -> Schema {
        let doc = format!("Event that the org must publish. Left out, `{CASES}`.");
        Schema::new(Block::new(
            "Checks that Salesforce accepts a connection's login and publishes an event: AppFlow \
             itself notices only when events stop coming.",
            [connection_name(), source_object(&doc), region()],
        ))
    }

    async fn invoke(&self, cx: &Cx<Configured>, config: Config, tell: &Progress) -> Result<()> {
        let session = session(cx, config.region.as_deref())?;
        let name = &config.connection_name;
        session.reset_connector_metadata_cache(name).await?;
        tell.say(format!("asking Salesforce with the login of {name}"));
        let entities = session.list_connector_entities(name, None).await?;
        tell.say(format!("the login works: {} objects are visible", entities.len()));
        let wanted = config.source_object.as_deref().unwrap_or(CASES);
        if entities.iter().any(|entity| entity.name == wanted) {
            tell.say(format!("the org publishes {wanted}"));
            return Ok(());
        }
        Err(Error::new(Kind::Invalid, format!("the org does not publish {wanted}"))
            .remedy(
                "In Salesforce, tick the object under Setup \u{203a} Integrations \u{203a} Change \
                 Data Capture, and let the user of the connection see it.",
            )
            .at("source_object"))
    }
}

fn connection_name() -> Attribute {
    Attribute::string("connection_name").required().doc("Name of the AppFlow connection.")
}

fn source_object(doc: &str) -> Attribute {
    Attribute::string("source_object").optional().doc(doc)
}
