//! `connect_salesforce_event_flow`: an event flow by name, with its event source and bus.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{moment, not_found, region, result, session};
use crate::aws::flow::FlowSummary;
use crate::framework::context::Cx;
use crate::framework::data_source::DataSource;
use crate::framework::error::Result;
use crate::framework::schema::{Attribute, Block, Schema};
use crate::framework::validators::length;
use crate::provider::Configured;

/// The data source.
#[derive(Debug)]
pub(super) struct EventFlow;

/// Arguments and results.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    name: String,
    region: Option<String>,
    id: Option<String>,
    arn: Option<String>,
    connection_name: Option<String>,
    source_object: Option<String>,
    description: Option<String>,
    kms_key_arn: Option<String>,
    enabled: Option<bool>,
    status: Option<String>,
    status_message: Option<String>,
    tasks: Option<Vec<Task>>,
    error_handling: Option<ErrorHandling>,
    tags: Option<BTreeMap<String, String>>,
    event_source_name: Option<String>,
    event_source_arn: Option<String>,
    event_source_state: Option<String>,
    event_source_expires_at: Option<String>,
    event_bus_name: Option<String>,
    event_bus_arn: Option<String>,
    created_at: Option<String>,
    last_updated_at: Option<String>,
}

/// A step on an event's way.
#[derive(Debug, Serialize, Deserialize)]
struct Task {
    r#type: String,
    source_fields: Vec<String>,
    destination_field: Option<String>,
    operator: Option<String>,
    properties: BTreeMap<String, String>,
}

/// What becomes of events that cannot be delivered.
#[derive(Debug, Serialize, Deserialize)]
struct ErrorHandling {
    bucket_name: Option<String>,
    bucket_prefix: Option<String>,
    fail_on_first_destination_error: bool,
}

#[async_trait]
impl DataSource<Configured> for EventFlow {
    type Model = Model;

    const TYPE: &'static str = "connect_salesforce_event_flow";

    fn schema(&self) -> Schema {
        let attributes = [
            Attribute::string("name").required().check(length(2..=256)).doc("Name of the flow."),
            region(),
            result("id", "The name."),
            result("arn", "ARN of the flow."),
            result("connection_name", "Name of the connection that it reads through."),
            result("source_object", "Salesforce event that it sends."),
            result("description", "What it is for."),
            result("kms_key_arn", "Key that encrypts its data."),
            Attribute::bool("enabled").computed().doc("Whether it is `Active`."),
            result("status", "`Active`, `Draft`, `Suspended`, `Errored` …"),
            result("status_message", "What AWS says about the status."),
            tasks(),
            error_handling(),
            Attribute::map_of_strings("tags").computed().doc("Tags of the flow."),
        ];
        let around = [
            result("event_source_name", "Name of the partner event source that it sends to."),
            result("event_source_arn", "ARN of the event source; null where it is gone."),
            result("event_source_state", "`PENDING`, `ACTIVE` or `DELETED`."),
            result(
                "event_source_expires_at",
                "When a source without a bus is dropped, in RFC 3339.",
            ),
            result("event_bus_name", "Name of the event bus; null where there is none."),
            result("event_bus_arn", "ARN of the event bus; null where there is none."),
            result("created_at", "When the flow was made, in RFC 3339."),
            result("last_updated_at", "When the flow was last changed, in RFC 3339."),
        ];
        Schema::new(Block::new(
            "An AppFlow flow that sends Salesforce events to EventBridge, by name, with its event \
             source and bus: also one that somebody made in the console.",
            attributes.into_iter().chain(around),
        ))
    }

    async fn read(&self, cx: &Cx<Configured>, config: Model) -> Result<Model> {
        let session = session(cx, config.region.as_deref())?;
        let found = session.describe_flow(&config.name).await?;
        let Some((flow, source_name)) =
            found.and_then(|flow| Some((flow.clone(), flow.event_source_name?)))
        else {
            let others = session.list_flows().await.unwrap_or_default();
            let others: Vec<String> = others
                .into_iter()
                .filter(FlowSummary::is_salesforce_event_flow)
                .map(|it| it.name)
                .collect();
            let message = format!(
                "AppFlow has no flow from Salesforce to EventBridge named {:?} in {}",
                config.name,
                session.region_name()
            );
            return Err(not_found(message, &others, "name"));
        };
        let source = session.describe_event_source(&source_name).await?;
        let bus = session.describe_event_bus(&source_name).await?;
        Ok(Model {
            id: Some(flow.name),
            region: Some(session.region_name().to_owned()),
            arn: Some(flow.arn),
            connection_name: flow.connection_name,
            source_object: flow.source_object,
            description: flow.description,
            kms_key_arn: flow.kms_key_arn,
            enabled: Some(flow.status == "Active"),
            status: Some(flow.status),
            status_message: flow.status_message,
            tasks: Some(
                flow.tasks
                    .into_iter()
                    .map(|task| Task {
                        r#type: task.task_type,
                        source_fields: task.source_fields,
                        destination_field: task.destination_field,
                        operator: task.operator,
                        properties: task.properties,
                    })
                    .collect(),
            ),
            error_handling: Some(ErrorHandling {
                bucket_name: flow.error_handling.bucket_name,
                bucket_prefix: flow.error_handling.bucket_prefix,
                fail_on_first_destination_error: flow
                    .error_handling
                    .fail_on_first_destination_error,
            }),
            tags: Some(flow.tags),
            event_source_name: Some(source_name),
            event_source_arn: source.as_ref().map(|it| it.arn.clone()),
            event_source_state: source.as_ref().map(|it| it.state.clone()),
            event_source_expires_at: moment(source.and_then(|it| it.expires_at)),
            event_bus_name: bus.as_ref().map(|it| it.name.clone()),
            event_bus_arn: bus.map(|it| it.arn),
            created_at: moment(flow.created_at),
            last_updated_at: moment(flow.last_updated_at),
            ..config
        })
    }
}

fn tasks() -> Attribute {
    Attribute::objects(
        "tasks",
        [
            result("type", "What the task does."),
            super::results("source_fields", "Fields it works on."),
            result("destination_field", "Field it writes."),
            result("operator", "Operation on the Salesforce field."),
            Attribute::map_of_strings("properties").computed().doc("Properties of the task."),
        ],
    )
    .computed()
    .doc("What is done to the fields of an event.")
}

fn error_handling() -> Attribute {
    Attribute::object(
        "error_handling",
        [
            result("bucket_name", "Bucket for what cannot be delivered."),
            result("bucket_prefix", "Prefix of the objects in the bucket."),
            Attribute::bool("fail_on_first_destination_error")
                .computed()
                .doc("Whether the flow stops at the first event that cannot be delivered."),
        ],
    )
    .computed()
    .doc("What becomes of events that cannot be delivered.")
}
