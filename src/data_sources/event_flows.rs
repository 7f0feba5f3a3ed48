//! `connect_salesforce_event_flows`: the event flows of a region.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{name_prefix, region, result, results, session};
use crate::framework::context::Cx;
use crate::framework::data_source::DataSource;
use crate::framework::error::Result;
use crate::framework::schema::{Attribute, Block, Schema};
use crate::framework::validators::one_of;
use crate::provider::Configured;

/// The data source.
#[derive(Debug)]
pub(super) struct EventFlows;

/// Filters and results.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    region: Option<String>,
    name_prefix: Option<String>,
    connection_name: Option<String>,
    status: Option<String>,
    names: Option<Vec<String>>,
    arns: Option<Vec<String>>,
    event_flows: Option<Vec<Found>>,
}

/// One flow.
#[derive(Debug, Serialize, Deserialize)]
struct Found {
    name: String,
    arn: String,
    description: Option<String>,
    connection_name: Option<String>,
    source_object: Option<String>,
    event_source_name: Option<String>,
    status: String,
    status_message: Option<String>,
    tags: BTreeMap<String, String>,
}

#[async_trait]
impl DataSource<Configured> for EventFlows {
    type Model = Model;

    const TYPE: &'static str = "connect_salesforce_event_flows";

    fn schema(&self) -> Schema {
        let found = [
            result("name", "Name of the flow."),
            result("arn", "ARN of the flow."),
            result("description", "What it is for."),
            result("connection_name", "Name of the connection that it reads through."),
            result("source_object", "Salesforce event that it sends."),
            result("event_source_name", "Name of the partner event source that it sends to."),
            result("status", "Status of the flow."),
            result("status_message", "What AWS says about the status."),
            Attribute::map_of_strings("tags").computed().doc("Tags of the flow."),
        ];
        Schema::new(Block::new(
            "The AppFlow flows that send Salesforce events to EventBridge; none is no error.",
            [
                region(),
                name_prefix(),
                Attribute::string("connection_name")
                    .optional()
                    .doc("Only flows that read through this connection."),
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
                results("names", "Names of the flows, sorted."),
                results("arns", "ARNs of the flows, in the order of the names."),
                Attribute::objects("event_flows", found)
                    .computed()
                    .doc("The flows, in the order of the names."),
            ],
        ))
    }

    async fn read(&self, cx: &Cx<Configured>, config: Model) -> Result<Model> {
        let session = session(cx, config.region.as_deref())?;
        let prefix = config.name_prefix.as_deref().unwrap_or_default();
        let mut flows = session.list_flows().await?;
        flows.retain(|it| {
            it.is_salesforce_event_flow()
                && it.name.starts_with(prefix)
                && config.status.as_ref().is_none_or(|status| *status == it.status)
        });
        flows.sort_by(|one, other| one.name.cmp(&other.name));
        let mut found = Vec::new();
        for summary in flows {
            // The list does not tell the connection. One that went meanwhile is not there.
            let Some(flow) = session.describe_flow(&summary.name).await? else { continue };
            let wanted = config.connection_name.as_ref();
            if wanted.is_none_or(|wanted| flow.connection_name.as_ref() == Some(wanted)) {
                found.push(Found {
                    name: flow.name,
                    arn: flow.arn,
                    description: flow.description,
                    connection_name: flow.connection_name,
                    source_object: flow.source_object,
                    event_source_name: flow.event_source_name,
                    status: flow.status,
                    status_message: flow.status_message,
                    tags: flow.tags,
                });
            }
        }
        Ok(Model {
            region: Some(session.region_name().to_owned()),
            names: Some(found.iter().map(|it| it.name.clone()).collect()),
            arns: Some(found.iter().map(|it| it.arn.clone()).collect()),
            event_flows: Some(found),
            ..config
        })
    }
}
