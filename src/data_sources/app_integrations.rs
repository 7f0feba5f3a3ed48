//! `connect_salesforce_app_integrations`: the Salesforce integrations of Connect instances.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{name_prefix, region, result, results, session};
use crate::aws::event_integration::name_in_arn;
use crate::framework::context::Cx;
use crate::framework::data_source::DataSource;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::schema::{Attribute, Block, Schema};
use crate::provider::Configured;
use crate::resources::reference::{self, id_of};

/// The data source.
#[derive(Debug)]
pub(super) struct AppIntegrations;

/// Filters and results.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    region: Option<String>,
    instance_id: Option<String>,
    name_prefix: Option<String>,
    ids: Option<Vec<String>>,
    integration_association_ids: Option<Vec<String>>,
    app_integrations: Option<Vec<Found>>,
}

/// One integration.
#[derive(Debug, Serialize, Deserialize)]
struct Found {
    id: String,
    instance_id: String,
    integration_association_id: String,
    arn: String,
    name: Option<String>,
    application_url: Option<String>,
    integration_arn: String,
    event_integration_name: String,
}

#[async_trait]
impl DataSource<Configured> for AppIntegrations {
    type Model = Model;

    const TYPE: &'static str = "connect_salesforce_app_integrations";

    fn schema(&self) -> Schema {
        let found = [
            result("id", "`INSTANCE,ASSOCIATION`: the ids of both, as imports take them."),
            result("instance_id", "Id of the Connect instance."),
            result("integration_association_id", "Id of the association."),
            result("arn", "ARN of the association."),
            result("name", "Name that the Connect console shows."),
            result("application_url", "URL of the Salesforce application."),
            result("integration_arn", "ARN of the event integration."),
            result("event_integration_name", "Name of the event integration."),
        ];
        Schema::new(Block::new(
            "The Salesforce integrations of one Connect instance, or of all of a region; none is \
             no error.",
            [
                region(),
                reference::attribute("instance_id", "instance")
                    .optional()
                    .doc("Id or ARN of the Connect instance. Left out, all of the region."),
                name_prefix(),
                results("ids", "`INSTANCE,ASSOCIATION` of each, sorted, as imports take them."),
                results(
                    "integration_association_ids",
                    "Ids of the associations, in the order of `ids`.",
                ),
                Attribute::objects("app_integrations", found)
                    .computed()
                    .doc("The integrations, in the order of `ids`."),
            ],
        ))
    }

    async fn read(&self, cx: &Cx<Configured>, config: Model) -> Result<Model> {
        let session = session(cx, config.region.as_deref())?;
        let prefix = config.name_prefix.as_deref().unwrap_or_default();
        let instances = match &config.instance_id {
            Some(instance) => vec![id_of(instance).to_owned()],
            None => session.list_instances().await?.into_iter().map(|it| it.id).collect(),
        };
        let mut found = Vec::new();
        for instance in instances {
            let all = session.list_integration_associations(&instance).await?;
            if all.is_none() && config.instance_id.is_some() {
                let message = format!("there is no Connect instance {instance:?}");
                return Err(Error::new(Kind::NotFound, message).at("instance_id"));
            }
            for it in all.unwrap_or_default() {
                let name = it.application_name.as_deref().unwrap_or_default();
                if it.is_salesforce() && name.starts_with(prefix) {
                    found.push(Found {
                        id: format!("{instance},{}", it.id),
                        instance_id: instance.clone(),
                        event_integration_name: name_in_arn(&it.integration_arn).to_owned(),
                        integration_association_id: it.id,
                        arn: it.arn,
                        name: it.application_name,
                        application_url: it.application_url,
                        integration_arn: it.integration_arn,
                    });
                }
            }
        }
        found.sort_by(|one, other| one.id.cmp(&other.id));
        let associations = found.iter().map(|it| it.integration_association_id.clone());
        Ok(Model {
            region: Some(session.region_name().to_owned()),
            ids: Some(found.iter().map(|it| it.id.clone()).collect()),
            integration_association_ids: Some(associations.collect()),
            app_integrations: Some(found),
            ..config
        })
    }
}
