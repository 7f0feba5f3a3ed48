//! `connect_contact_flow`: a contact flow by name or id.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{not_found, region, result, session};
use crate::framework::context::Cx;
use crate::framework::data_source::DataSource;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::schema::{Attribute, Block, Schema};
use crate::framework::value::Value;
use crate::provider::Configured;
use crate::resources::reference::{self, id_of};

/// The data source.
#[derive(Debug)]
pub(super) struct ContactFlow;

/// Arguments and results.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    instance_id: String,
    name: Option<String>,
    contact_flow_id: Option<String>,
    r#type: Option<String>,
    region: Option<String>,
    id: Option<String>,
    arn: Option<String>,
    state: Option<String>,
    status: Option<String>,
}

#[async_trait]
impl DataSource<Configured> for ContactFlow {
    type Model = Model;

    const TYPE: &'static str = "connect_contact_flow";

    fn schema(&self) -> Schema {
        Schema::new(Block::new(
            "A contact flow of a Connect instance, by name or id: what a task goes through.",
            [
                reference::attribute("instance_id", "instance")
                    .required()
                    .doc("Id or ARN of the Connect instance."),
                Attribute::string("name")
                    .optional()
                    .computed()
                    .doc("Name of the contact flow. This or `contact_flow_id`."),
                reference::attribute("contact_flow_id", "contact-flow")
                    .optional()
                    .computed()
                    .doc("Id or ARN of the contact flow. This or `name`."),
                Attribute::string("type").optional().computed().doc(
                    "Only a flow of this type, such as `CONTACT_FLOW`: names are unique only \
                     within a type.",
                ),
                region(),
                result("id", "`INSTANCE:FLOW`: the ids of both."),
                result("arn", "ARN of the contact flow."),
                result("state", "`ACTIVE` or `ARCHIVED`."),
                result("status", "`PUBLISHED`, or `SAVED`: only a published flow takes tasks."),
            ],
        ))
    }

    fn validate(&self, config: &Value, diags: &mut Diagnostics) {
        if config.get("name").is_null() == config.get("contact_flow_id").is_null() {
            diags.error_at(
                "name",
                "Which contact flow?",
                "Set one of `name` and `contact_flow_id`.",
            );
        }
    }

    async fn read(&self, cx: &Cx<Configured>, config: Model) -> Result<Model> {
        let session = session(cx, config.region.as_deref())?;
        let instance = id_of(&config.instance_id).to_owned();
        let Some(all) = session.list_contact_flows(&instance).await? else {
            let message = format!("there is no Connect instance {instance:?}");
            return Err(Error::new(Kind::NotFound, message).at("instance_id"));
        };
        let wanted = config.contact_flow_id.as_deref().map(id_of);
        let matching: Vec<_> = all
            .iter()
            .filter(|it| config.r#type.as_ref().is_none_or(|wanted| *wanted == it.flow_type))
            .filter(|it| match wanted {
                Some(id) => it.id == id,
                None => Some(&it.name) == config.name.as_ref(),
            })
            .collect();
        let [flow] = matching[..] else {
            let asked = wanted.or(config.name.as_deref()).unwrap_or_default();
            let (message, shown) = match matching.len() {
                0 => (
                    format!("the instance {instance} has no contact flow {asked:?}"),
                    all.iter().collect(),
                ),
                _ => (format!("several contact flows of {instance} are named {asked:?}"), matching),
            };
            let shown: Vec<String> = shown
                .iter()
                .map(|it| format!("{} ({}, {})", it.name, it.flow_type, it.id))
                .collect();
            let at = if wanted.is_some() { "contact_flow_id" } else { "name" };
            return Err(not_found(message, &shown, at));
        };
        Ok(Model {
            name: Some(flow.name.clone()),
            contact_flow_id: config.contact_flow_id.or_else(|| Some(flow.id.clone())),
            r#type: Some(flow.flow_type.clone()),
            region: Some(session.region_name().to_owned()),
            id: Some(format!("{instance}:{}", flow.id)),
            arn: Some(flow.arn.clone()),
            state: flow.state.clone(),
            status: flow.status.clone(),
            instance_id: config.instance_id,
        })
    }
}
