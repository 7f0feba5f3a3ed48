//! `connect_instance`: a Connect instance by id or alias.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::aws::instance::Instance;
use crate::framework::context::Cx;
use crate::framework::data_source::DataSource;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::schema::{Attribute, Block, Schema};
use crate::framework::validators::length;
use crate::framework::value::Value;
use crate::provider::Configured;

/// The data source.
#[derive(Debug)]
pub(super) struct ConnectInstance;

/// Arguments and results.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    id: Option<String>,
    alias: Option<String>,
    region: Option<String>,
    arn: Option<String>,
    status: Option<String>,
    access_url: Option<String>,
}

#[async_trait]
impl DataSource<Configured> for ConnectInstance {
    type Model = Model;

    const TYPE: &'static str = "connect_instance";

    fn schema(&self) -> Schema {
        let result = |name: &str, doc: &str| Attribute::string(name).computed().doc(doc);
        Schema::new(Block::new(
            "An Amazon Connect instance, by id or alias.",
            [
                Attribute::string("id")
                    .optional()
                    .computed()
                    .check(length(1..=100))
                    .doc("Id of the instance. This or `alias`."),
                Attribute::string("alias")
                    .optional()
                    .computed()
                    .check(length(1..=62))
                    .doc("Alias of the instance: the first part of its URL. This or `id`."),
                Attribute::string("region")
                    .optional()
                    .computed()
                    .doc("Region of the instance. Left out, the provider's."),
                result("arn", "ARN of the instance."),
                result("status", "`ACTIVE`, `CREATION_IN_PROGRESS` or `CREATION_FAILED`."),
                result("access_url", "URL where its users log in."),
            ],
        ))
    }

    fn validate(&self, config: &Value, diags: &mut Diagnostics) {
        match (config.get("id").is_null(), config.get("alias").is_null()) {
            (true, true) => diags.error_at(
                "alias",
                "Which instance?",
                "Set `alias` or `id` of the Connect instance.",
            ),
            (false, false) => diags.error_at(
                "id",
                "id and alias name the instance twice",
                "Keep one of `alias` and `id`.",
            ),
            _ => {}
        }
    }

    async fn read(&self, cx: &Cx<Configured>, config: Model) -> Result<Model> {
        let session = cx.provider()?.aws.session(config.region.as_deref(), cx.stop().clone())?;
        let (found, wanted) = match (&config.id, &config.alias) {
            (Some(id), _) => (session.describe_instance(id).await?, id),
            (None, Some(alias)) => (session.find_instance_by_alias(alias).await?, alias),
            (None, None) => return Err(Error::bug("neither id nor alias")),
        };
        let Some(instance) = found else {
            return Err(not_found(&session, &config, wanted).await);
        };
        Ok(Model {
            id: Some(instance.id),
            alias: instance.alias,
            region: Some(session.region_name().to_owned()),
            arn: Some(instance.arn),
            status: Some(instance.status),
            access_url: instance.access_url,
        })
    }
}

/// Says which instances there are instead.
async fn not_found(session: &crate::aws::Session, config: &Model, wanted: &str) -> Error {
    let name = |instance: &Instance| match &instance.alias {
        Some(alias) => format!("{alias} ({})", instance.id),
        None => instance.id.clone(),
    };
    let instances: Vec<String> =
        session.list_instances().await.unwrap_or_default().iter().map(name).collect();
    let region = session.region_name();
    let others = if instances.is_empty() {
        format!("This account has no instance in {region}: check the account and the region.")
    } else {
        format!("In {region} there are: {}.", instances.join(", "))
    };
    Error::new(Kind::NotFound, format!("there is no Connect instance {wanted:?} in {region}"))
        .remedy(others)
        .at(if config.id.is_some() { "id" } else { "alias" })
}
