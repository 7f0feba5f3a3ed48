//! `connect_salesforce_app_integration`: an app integration by name or association.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{not_found, region, result, session};
use crate::aws::event_integration::{client_of, name_in_arn};
use crate::framework::context::Cx;
use crate::framework::data_source::DataSource;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::error::Result;
use crate::framework::schema::{Attribute, Block, Schema};
use crate::framework::value::Value;
use crate::provider::Configured;
use crate::resources::reference::{self, id_of};

/// The data source.
#[derive(Debug)]
pub(super) struct AppIntegration;

/// Arguments and results.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    instance_id: String,
    integration_association_id: Option<String>,
    name: Option<String>,
    region: Option<String>,
    id: Option<String>,
    arn: Option<String>,
    application_url: Option<String>,
    integration_arn: Option<String>,
    event_integration_name: Option<String>,
    event_integration_description: Option<String>,
    event_source_name: Option<String>,
    event_bus_name: Option<String>,
    event_bridge_rule_name: Option<String>,
    use_cases: Option<Vec<String>>,
    use_case_ids: Option<BTreeMap<String, String>>,
    tags: Option<BTreeMap<String, String>>,
}

#[async_trait]
impl DataSource<Configured> for AppIntegration {
    type Model = Model;

    const TYPE: &'static str = "connect_salesforce_app_integration";

    fn schema(&self) -> Schema {
        Schema::new(Block::new(
            "A Salesforce integration of a Connect instance, by name or association: also one that \
             somebody made in the console.",
            [
                reference::attribute("instance_id", "instance")
                    .required()
                    .doc("Id or ARN of the Connect instance."),
                reference::attribute("integration_association_id", "integration-association")
                    .optional()
                    .computed()
                    .doc("Id or ARN of the association. This or `name`."),
                Attribute::string("name")
                    .optional()
                    .computed()
                    .doc("Name that the Connect console shows. This or the association."),
                region(),
                result("id", "`INSTANCE,ASSOCIATION`: the ids of both, as imports take them."),
                result("arn", "ARN of the association."),
                result("application_url", "URL of the Salesforce application."),
                result("integration_arn", "ARN of the event integration."),
                result("event_integration_name", "Name of the event integration."),
                result("event_integration_description", "What the event integration is for."),
                result("event_source_name", "Name of the partner event source."),
                result("event_bus_name", "Name of the event bus."),
                result("event_bridge_rule_name", "Name of Connect's rule on the event bus."),
                super::results("use_cases", "What Connect may use it for, sorted."),
                Attribute::map_of_strings("use_case_ids")
                    .computed()
                    .doc("Ids of the use cases by type."),
                Attribute::map_of_strings("tags").computed().doc("Tags of the association."),
            ],
        ))
    }

    fn validate(&self, config: &Value, diags: &mut Diagnostics) {
        let name = config.get("name").is_null();
        let association = config.get("integration_association_id").is_null();
        if name == association {
            diags.error_at(
                "name",
                "Which integration?",
                "Set one of `name` and `integration_association_id`.",
            );
        }
    }

    async fn read(&self, cx: &Cx<Configured>, config: Model) -> Result<Model> {
        let session = session(cx, config.region.as_deref())?;
        let instance = id_of(&config.instance_id).to_owned();
        let all = session.list_integration_associations(&instance).await?.unwrap_or_default();
        let all: Vec<_> = all.into_iter().filter(|it| it.is_salesforce()).collect();
        let wanted = config.integration_association_id.as_deref().map(id_of);
        let matching: Vec<_> = all
            .iter()
            .filter(|it| match wanted {
                Some(id) => it.id == id,
                None => it.application_name == config.name,
            })
            .collect();
        let [association] = matching[..] else {
            let shown = |name: Option<&str>, id: &str| format!("{} ({id})", name.unwrap_or("?"));
            let others: Vec<String> =
                all.iter().map(|it| shown(it.application_name.as_deref(), &it.id)).collect();
            let asked = wanted.or(config.name.as_deref()).unwrap_or_default();
            let message = match matching.len() {
                0 => format!("the instance {instance} has no Salesforce integration {asked:?}"),
                _ => format!("several Salesforce integrations of {instance} are named {asked:?}"),
            };
            let at = if wanted.is_some() { "integration_association_id" } else { "name" };
            return Err(not_found(message, &others, at));
        };
        let integration = name_in_arn(&association.integration_arn);
        let found = session.get_event_integration(integration).await?;
        let clients = session.list_event_integration_associations(integration).await?;
        let clients = clients.unwrap_or_default();
        let use_cases = session.list_use_cases(&instance, &association.id).await?;
        let ids: BTreeMap<String, String> =
            use_cases.unwrap_or_default().into_iter().map(|it| (it.use_case_type, it.id)).collect();
        Ok(Model {
            id: Some(format!("{instance},{}", association.id)),
            // An argument stays as it was written.
            integration_association_id: config
                .integration_association_id
                .or_else(|| Some(association.id.clone())),
            name: association.application_name.clone(),
            region: Some(session.region_name().to_owned()),
            arn: Some(association.arn.clone()),
            application_url: association.application_url.clone(),
            integration_arn: Some(association.integration_arn.clone()),
            event_integration_name: Some(integration.to_owned()),
            event_integration_description: found.as_ref().and_then(|it| it.description.clone()),
            event_source_name: found.as_ref().map(|it| it.event_source_name.clone()),
            event_bus_name: found.map(|it| it.event_bus_name),
            event_bridge_rule_name: client_of(&clients, &instance)
                .and_then(|client| client.event_bridge_rule_name.clone()),
            use_cases: Some(ids.keys().cloned().collect()),
            use_case_ids: Some(ids),
            tags: session.list_tags(&association.arn).await?,
            instance_id: config.instance_id,
        })
    }
}
