//! Flows: AppFlow's pipes from a connection to a partner event source.
//!
//! A new flow is `Draft` and makes its event source shortly afterwards. It can be started once the
//! source has its bus. AWS hands tasks back in another order than it got them.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_appflow::operation::describe_flow::DescribeFlowOutput;
use aws_sdk_appflow::types::{
    ConnectorOperator, ConnectorType, DestinationConnectorProperties, DestinationFlowConfig,
    ErrorHandlingConfig, EventBridgeDestinationProperties, MetadataCatalogConfig,
    OperatorPropertiesKeys, SalesforceConnectorOperator, SalesforceSourceProperties,
    SourceConnectorProperties, SourceFlowConfig, TaskType, TriggerConfig, TriggerType,
};
use time::OffsetDateTime;

use super::convert::{incomplete, moment, some_tags, some_text, tags};
use super::pages::Pages;
use super::session::{Session, found, gone};
use crate::framework::error::Result;

/// A flow as AWS shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// What it is for.
    pub description: Option<String>,
    /// The key that encrypts its data in transit.
    pub kms_key_arn: Option<String>,
    /// `Active`, `Draft`, `Suspended`, `Errored`, `Deprecated` or `Deleted`.
    pub status: String,
    /// Why it has this status.
    pub status_message: Option<String>,
    /// `Event`, `Scheduled` or `OnDemand`.
    pub trigger_type: String,
    /// `Salesforce`, or where else it reads.
    pub source_connector: String,
    /// The connection that it reads through.
    pub connection_name: Option<String>,
    /// The Salesforce object that it reads, such as `CaseChangeEvent`.
    pub source_object: Option<String>,
    /// `EventBridge`, or where else it writes.
    pub destination_connector: String,
    /// The partner event source that it writes to.
    pub event_source_name: Option<String>,
    /// What happens to records that cannot be delivered.
    pub error_handling: ErrorHandling,
    /// What happens to the records on the way.
    pub tasks: Vec<Task>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// When it was made.
    pub created_at: Option<OffsetDateTime>,
    /// When it was last changed.
    pub last_updated_at: Option<OffsetDateTime>,
    /// Everything that is not modelled above, to be written back unchanged.
    pub unmodelled: FlowUnmodelled,
}

/// What AWS knows about a flow and this provider does not model. Opaque.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlowUnmodelled {
    trigger: Option<TriggerConfig>,
    source: Option<SourceFlowConfig>,
    destinations: Vec<DestinationFlowConfig>,
    catalog: Option<MetadataCatalogConfig>,
}

/// A flow to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowInput {
    /// Its name; cannot change.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The key that encrypts its data in transit; only heeded by a create.
    pub kms_key_arn: Option<String>,
    /// The connection to read through.
    pub connection_name: String,
    /// The Salesforce object to read.
    pub source_object: String,
    /// The partner event source to write to; cannot change.
    pub event_source_name: String,
    /// What happens to records that cannot be delivered; none leaves it to AWS.
    pub error_handling: Option<ErrorHandling>,
    /// What happens to the records on the way.
    pub tasks: Vec<Task>,
    /// Its tags; only heeded by a create.
    pub tags: BTreeMap<String, String>,
}

/// What happens to records that cannot be delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorHandling {
    /// The bucket that gets them.
    pub bucket_name: Option<String>,
    /// Where in the bucket.
    pub bucket_prefix: Option<String>,
    /// Whether the flow ends at the first one.
    pub fail_on_first_destination_error: bool,
}

/// One step on a record's way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Task {
    /// `Map_all`, `Filter`, `Map`, …
    pub task_type: String,
    /// The fields that it works on.
    pub source_fields: Vec<String>,
    /// The field that it writes.
    pub destination_field: Option<String>,
    /// What it does, as in `NO_OP`.
    pub operator: Option<String>,
    /// How it does it.
    pub properties: BTreeMap<String, String>,
}

/// A flow as a list shows it: without its connection and objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowSummary {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// What it is for.
    pub description: Option<String>,
    /// As [`Flow::status`].
    pub status: String,
    /// As [`Flow::trigger_type`].
    pub trigger_type: String,
    /// As [`Flow::source_connector`].
    pub source_connector: String,
    /// As [`Flow::destination_connector`].
    pub destination_connector: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl FlowSummary {
    /// Whether it carries Salesforce events to EventBridge.
    pub fn is_salesforce_event_flow(&self) -> bool {
        self.source_connector == ConnectorType::Salesforce.as_str()
            && self.destination_connector == ConnectorType::Eventbridge.as_str()
            && self.trigger_type == TriggerType::Event.as_str()
    }
}

/// What a create answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedFlow {
    /// The flow's ARN.
    pub arn: String,
    /// The flow's status, `Draft` as a rule.
    pub status: String,
}

/// One run of a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowExecution {
    /// Its id.
    pub id: String,
    /// `InProgress`, `Successful`, `Error`, `CancelStarted` or `Canceled`.
    pub status: String,
    /// What went wrong.
    pub message: Option<String>,
    /// Records that could not be delivered.
    pub put_failures: Option<i64>,
    /// Records that were read.
    pub records_processed: Option<i64>,
    /// Bytes that were read.
    pub bytes_processed: Option<i64>,
    /// Bytes that were delivered.
    pub bytes_written: Option<i64>,
    /// When it began.
    pub started_at: Option<OffsetDateTime>,
    /// When it was last heard of.
    pub last_updated_at: Option<OffsetDateTime>,
}

impl Session {
    /// Makes a flow that is triggered by events. Repeating it with the same token makes no second.
    ///
    /// # Errors
    /// `Kind::AlreadyExists` for a taken name, `Kind::Connector` when Salesforce refuses, and
    /// whatever else AWS answers.
    pub async fn create_flow(&self, flow: &FlowInput, token: &str) -> Result<CreatedFlow> {
        let nothing = FlowUnmodelled::default();
        let request = self
            .appflow()
            .create_flow()
            .flow_name(&flow.name)
            .set_description(flow.description.clone())
            .set_kms_arn(flow.kms_key_arn.clone())
            .trigger_config(flow.trigger(&nothing)?)
            .source_flow_config(flow.source(&nothing)?)
            .set_destination_flow_config_list(Some(flow.destinations(&nothing)?))
            .set_tasks(Some(flow.tasks()?))
            .set_tags(some_tags(&flow.tags))
            .client_token(token);
        let answer = self.call("appflow:CreateFlow", request.send()).await?;
        Ok(CreatedFlow {
            arn: answer.flow_arn.unwrap_or_default(),
            status: answer.flow_status.map_or_else(String::new, |it| it.as_str().to_owned()),
        })
    }

    /// Replaces a flow's definition, keeping what `current` has and this provider does not model.
    /// The answer is its status.
    ///
    /// # Errors
    /// `Kind::NotFound` when it is gone, and whatever else AWS answers.
    pub async fn update_flow(
        &self,
        flow: &FlowInput,
        current: &Flow,
        token: &str,
    ) -> Result<String> {
        let kept = &current.unmodelled;
        let request = self
            .appflow()
            .update_flow()
            .flow_name(&flow.name)
            // Left out it would stay; empty it goes.
            .description(flow.description.as_deref().unwrap_or_default())
            .trigger_config(flow.trigger(kept)?)
            .source_flow_config(flow.source(kept)?)
            .set_destination_flow_config_list(Some(flow.destinations(kept)?))
            .set_tasks(Some(flow.tasks()?))
            .set_metadata_catalog_config(kept.catalog.clone())
            .client_token(token);
        let answer = self.call("appflow:UpdateFlow", request.send()).await?;
        Ok(answer.flow_status.map_or_else(String::new, |it| it.as_str().to_owned()))
    }

    /// Finds a flow.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is none.
    pub async fn describe_flow(&self, name: &str) -> Result<Option<Flow>> {
        let request = self.appflow().describe_flow().flow_name(name);
        let answer = found(self.call("appflow:DescribeFlow", request.send()).await)?;
        Ok(answer.map(|answer| Flow::from_api(name, answer)))
    }

    /// Lists all flows, whatever they connect.
    ///
    /// # Errors
    /// Whatever AWS answers.
    pub async fn list_flows(&self) -> Result<Vec<FlowSummary>> {
        const LIST: &str = "appflow:ListFlows";
        let mut flows = Vec::new();
        let mut pages = Pages::of(LIST);
        loop {
            let request =
                self.appflow().list_flows().max_results(PAGE_SIZE).set_next_token(pages.token());
            let page = self.call(LIST, request.send()).await?;
            flows.extend(page.flows.unwrap_or_default().iter().map(FlowSummary::from_api));
            if !pages.turn(page.next_token)? {
                return Ok(flows);
            }
        }
    }

    /// Starts a flow; the answer is its status.
    ///
    /// # Errors
    /// `Kind::Conflict` while its event source has no bus, and whatever else AWS answers.
    pub async fn start_flow(&self, name: &str, token: &str) -> Result<String> {
        let request = self.appflow().start_flow().flow_name(name).client_token(token);
        let answer = self.call("appflow:StartFlow", request.send()).await?;
        Ok(answer.flow_status.map_or_else(String::new, |it| it.as_str().to_owned()))
    }

    /// Stops a flow; the answer is its status.
    ///
    /// # Errors
    /// `Kind::Conflict` when it is not active, and whatever else AWS answers.
    pub async fn stop_flow(&self, name: &str) -> Result<String> {
        let request = self.appflow().stop_flow().flow_name(name);
        let answer = self.call("appflow:StopFlow", request.send()).await?;
        Ok(answer.flow_status.map_or_else(String::new, |it| it.as_str().to_owned()))
    }

    /// Deletes a flow. An active one is not deleted.
    ///
    /// # Errors
    /// `Kind::Conflict` while it is active, and whatever else AWS answers.
    pub async fn delete_flow(&self, name: &str) -> Result<()> {
        let request = self.appflow().delete_flow().flow_name(name).force_delete(false);
        gone(self.call("appflow:DeleteFlow", request.send()).await)
    }

    /// The latest runs of a flow, newest first as AWS lists them; at most `limit`. None if there
    /// is no such flow.
    ///
    /// # Errors
    /// Whatever AWS answers, except that there is no such flow.
    pub async fn list_flow_executions(
        &self,
        name: &str,
        limit: usize,
    ) -> Result<Option<Vec<FlowExecution>>> {
        const DESCRIBE: &str = "appflow:DescribeFlowExecutionRecords";
        let mut executions = Vec::new();
        let mut pages = Pages::of(DESCRIBE);
        loop {
            let wanted = limit.saturating_sub(executions.len()).clamp(1, 100);
            let request = self
                .appflow()
                .describe_flow_execution_records()
                .flow_name(name)
                .max_results(i32::try_from(wanted).unwrap_or(PAGE_SIZE))
                .set_next_token(pages.token());
            let Some(page) = found(self.call(DESCRIBE, request.send()).await)? else {
                return Ok(None);
            };
            let records = page.flow_executions.unwrap_or_default();
            executions.extend(records.iter().map(FlowExecution::from_api));
            if executions.len() >= limit || !pages.turn(page.next_token)? {
                executions.truncate(limit);
                return Ok(Some(executions));
            }
        }
    }
}

impl Flow {
    fn from_api(name: &str, answer: DescribeFlowOutput) -> Self {
        let source = answer.source_flow_config();
        let salesforce = source
            .and_then(SourceFlowConfig::source_connector_properties)
            .and_then(SourceConnectorProperties::salesforce);
        let destination = answer.destination_flow_config_list().first();
        let event_bridge = destination
            .and_then(DestinationFlowConfig::destination_connector_properties)
            .and_then(DestinationConnectorProperties::event_bridge);
        Self {
            name: answer.flow_name().unwrap_or(name).to_owned(),
            arn: answer.flow_arn().unwrap_or_default().to_owned(),
            description: some_text(answer.description()),
            kms_key_arn: some_text(answer.kms_arn()),
            status: answer.flow_status().map_or("", |status| status.as_str()).to_owned(),
            status_message: some_text(answer.flow_status_message()),
            trigger_type: answer
                .trigger_config()
                .map_or("", |trigger| trigger.trigger_type().as_str())
                .to_owned(),
            source_connector: source
                .map_or("", |source| source.connector_type().as_str())
                .to_owned(),
            connection_name: source.and_then(|source| some_text(source.connector_profile_name())),
            source_object: salesforce.map(|object| object.object().to_owned()),
            destination_connector: destination
                .map_or("", |destination| destination.connector_type().as_str())
                .to_owned(),
            event_source_name: event_bridge.map(|source| source.object().to_owned()),
            error_handling: event_bridge
                .and_then(EventBridgeDestinationProperties::error_handling_config)
                .map(ErrorHandling::from_api)
                .unwrap_or_default(),
            tasks: answer.tasks().iter().map(Task::from_api).collect(),
            tags: tags(answer.tags()),
            created_at: moment(answer.created_at()),
            last_updated_at: moment(answer.last_updated_at()),
            unmodelled: FlowUnmodelled {
                trigger: answer.trigger_config,
                source: answer.source_flow_config,
                destinations: answer.destination_flow_config_list.unwrap_or_default(),
                catalog: answer.metadata_catalog_config,
            },
        }
    }
}

impl FlowInput {
    fn trigger(&self, kept: &FlowUnmodelled) -> Result<TriggerConfig> {
        match &kept.trigger {
            Some(trigger) => Ok(trigger.clone()),
            None => TriggerConfig::builder()
                .trigger_type(TriggerType::Event)
                .build()
                .map_err(incomplete),
        }
    }

    fn source(&self, kept: &FlowUnmodelled) -> Result<SourceFlowConfig> {
        let before = kept.source.as_ref();
        let properties = before
            .and_then(SourceFlowConfig::source_connector_properties)
            .and_then(SourceConnectorProperties::salesforce);
        let salesforce = SalesforceSourceProperties::builder()
            .object(&self.source_object)
            .enable_dynamic_field_update(
                properties.is_some_and(|before| before.enable_dynamic_field_update),
            )
            .include_deleted_records(
                properties.is_some_and(|before| before.include_deleted_records),
            )
            .set_data_transfer_api(properties.and_then(|before| before.data_transfer_api.clone()))
            .build()
            .map_err(incomplete)?;
        SourceFlowConfig::builder()
            .connector_type(ConnectorType::Salesforce)
            .connector_profile_name(&self.connection_name)
            .set_api_version(before.and_then(|before| before.api_version.clone()))
            .set_incremental_pull_config(
                before.and_then(|before| before.incremental_pull_config.clone()),
            )
            .source_connector_properties(
                SourceConnectorProperties::builder().salesforce(salesforce).build(),
            )
            .build()
            .map_err(incomplete)
    }

    fn destinations(&self, kept: &FlowUnmodelled) -> Result<Vec<DestinationFlowConfig>> {
        let before = kept.destinations.first();
        let event_bridge = EventBridgeDestinationProperties::builder()
            .object(&self.event_source_name)
            .set_error_handling_config(self.error_handling.as_ref().map(ErrorHandling::to_api))
            .build()
            .map_err(incomplete)?;
        let destination = DestinationFlowConfig::builder()
            .connector_type(ConnectorType::Eventbridge)
            .set_connector_profile_name(
                before.and_then(|before| before.connector_profile_name.clone()),
            )
            .set_api_version(before.and_then(|before| before.api_version.clone()))
            .destination_connector_properties(
                DestinationConnectorProperties::builder().event_bridge(event_bridge).build(),
            )
            .build()
            .map_err(incomplete)?;
        Ok(vec![destination])
    }

    fn tasks(&self) -> Result<Vec<aws_sdk_appflow::types::Task>> {
        self.tasks.iter().map(Task::to_api).collect()
    }
}

impl ErrorHandling {
    fn from_api(config: &ErrorHandlingConfig) -> Self {
        Self {
            bucket_name: some_text(config.bucket_name()),
            bucket_prefix: some_text(config.bucket_prefix()),
            fail_on_first_destination_error: config.fail_on_first_destination_error(),
        }
    }

    fn to_api(&self) -> ErrorHandlingConfig {
        ErrorHandlingConfig::builder()
            .set_bucket_name(self.bucket_name.clone())
            .set_bucket_prefix(self.bucket_prefix.clone())
            .fail_on_first_destination_error(self.fail_on_first_destination_error)
            .build()
    }
}

impl Task {
    fn from_api(task: &aws_sdk_appflow::types::Task) -> Self {
        Self {
            task_type: task.task_type().as_str().to_owned(),
            source_fields: task.source_fields().to_vec(),
            destination_field: some_text(task.destination_field()),
            operator: task
                .connector_operator()
                .and_then(ConnectorOperator::salesforce)
                .map(|operator| operator.as_str().to_owned()),
            properties: task
                .task_properties()
                .into_iter()
                .flatten()
                .map(|(key, value)| (key.as_str().to_owned(), value.clone()))
                .collect(),
        }
    }

    fn to_api(&self) -> Result<aws_sdk_appflow::types::Task> {
        let operator = self.operator.as_deref().map(|operator| {
            ConnectorOperator::builder()
                .salesforce(SalesforceConnectorOperator::from(operator))
                .build()
        });
        let properties: HashMap<OperatorPropertiesKeys, String> = self
            .properties
            .iter()
            .map(|(key, value)| (OperatorPropertiesKeys::from(key.as_str()), value.clone()))
            .collect();
        aws_sdk_appflow::types::Task::builder()
            .task_type(TaskType::from(self.task_type.as_str()))
            // An empty list is sent too: `Map_all` wants one.
            .set_source_fields(Some(self.source_fields.clone()))
            .set_destination_field(self.destination_field.clone())
            .set_connector_operator(operator)
            .set_task_properties((!properties.is_empty()).then_some(properties))
            .build()
            .map_err(incomplete)
    }
}

impl FlowSummary {
    fn from_api(flow: &aws_sdk_appflow::types::FlowDefinition) -> Self {
        let connector = |it: Option<&ConnectorType>| it.map_or("", |it| it.as_str()).to_owned();
        Self {
            name: flow.flow_name().unwrap_or_default().to_owned(),
            arn: flow.flow_arn().unwrap_or_default().to_owned(),
            description: some_text(flow.description()),
            status: flow.flow_status().map_or("", |status| status.as_str()).to_owned(),
            trigger_type: flow.trigger_type().map_or("", |trigger| trigger.as_str()).to_owned(),
            source_connector: connector(flow.source_connector_type()),
            destination_connector: connector(flow.destination_connector_type()),
            tags: tags(flow.tags()),
        }
    }
}

impl FlowExecution {
    fn from_api(record: &aws_sdk_appflow::types::ExecutionRecord) -> Self {
        let result = record.execution_result();
        let failure = result.and_then(|result| result.error_info());
        Self {
            id: record.execution_id().unwrap_or_default().to_owned(),
            status: record.execution_status().map_or("", |status| status.as_str()).to_owned(),
            message: failure.and_then(|failure| some_text(failure.execution_message())),
            put_failures: failure.and_then(|failure| failure.put_failures_count()),
            records_processed: result.and_then(|result| result.records_processed()),
            bytes_processed: result.and_then(|result| result.bytes_processed()),
            bytes_written: result.and_then(|result| result.bytes_written()),
            started_at: moment(record.started_at()),
            last_updated_at: moment(record.last_updated_at()),
        }
    }
}

/// AppFlow's largest page.
const PAGE_SIZE: i32 = 100;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::aws::testing::{Answer, FakeAws};

    fn input() -> FlowInput {
        FlowInput {
            name: "cases".into(),
            connection_name: "acme".into(),
            source_object: "CaseChangeEvent".into(),
            event_source_name: "aws.partner/appflow/salesforce.com/1/acme".into(),
            tasks: vec![Task {
                task_type: "Map_all".into(),
                operator: Some("NO_OP".into()),
                properties: [("EXCLUDE_SOURCE_FIELDS_LIST".into(), "[]".into())].into(),
                ..Task::default()
            }],
            ..FlowInput::default()
        }
    }

    #[tokio::test]
    async fn a_create_sends_an_event_flow_with_an_empty_list_of_fields() {
        let aws = FakeAws::answering([Answer::Json(
            200,
            json!({ "flowArn": "arn:f", "flowStatus": "Draft" }),
        )]);
        aws.session().create_flow(&input(), "token-1").await.expect("created");
        assert_eq!(
            aws.only().body,
            json!({
                "flowName": "cases",
                "triggerConfig": { "triggerType": "Event" },
                "sourceFlowConfig": {
                    "connectorType": "Salesforce",
                    "connectorProfileName": "acme",
                    "sourceConnectorProperties": { "Salesforce": { "object": "CaseChangeEvent" } },
                },
                "destinationFlowConfigList": [{
                    "connectorType": "EventBridge",
                    "destinationConnectorProperties": { "EventBridge": {
                        "object": "aws.partner/appflow/salesforce.com/1/acme",
                    } },
                }],
                "tasks": [{
                    "taskType": "Map_all",
                    "sourceFields": [],
                    "connectorOperator": { "Salesforce": "NO_OP" },
                    "taskProperties": { "EXCLUDE_SOURCE_FIELDS_LIST": "[]" },
                }],
                "clientToken": "token-1",
            })
        );
    }

    #[tokio::test]
    async fn an_update_writes_back_what_is_not_modelled() {
        let described = json!({
            "flowName": "cases",
            "flowArn": "arn:f",
            "description": "old",
            "flowStatus": "Sleeping",
            "triggerConfig": { "triggerType": "Event" },
            "sourceFlowConfig": {
                "connectorType": "Salesforce",
                "apiVersion": "58.0",
                "connectorProfileName": "acme",
                "sourceConnectorProperties": { "Salesforce": {
                    "object": "CaseChangeEvent",
                    "enableDynamicFieldUpdate": true,
                    "dataTransferApi": "REST_SYNC",
                } },
                "incrementalPullConfig": { "datetimeTypeFieldName": "LastModifiedDate" },
            },
            "destinationFlowConfigList": [{
                "connectorType": "EventBridge",
                "destinationConnectorProperties": { "EventBridge": { "object": "x" } },
            }],
            "tasks": [],
            "metadataCatalogConfig": { "glueDataCatalog": {
                "roleArn": "arn:r", "databaseName": "d", "tablePrefix": "t",
            } },
        });
        let aws = FakeAws::answering([
            Answer::Json(200, described),
            Answer::Json(200, json!({ "flowStatus": "Active" })),
        ]);
        let session = aws.session();
        let current = session.describe_flow("cases").await.expect("an answer").expect("a flow");
        assert_eq!(current.status, "Sleeping");
        let status = session.update_flow(&input(), &current, "token-2").await;
        assert_eq!(status.as_deref(), Ok("Active"));
        let sent = &aws.asked()[1].body;
        assert_eq!(sent["description"], "");
        let source = &sent["sourceFlowConfig"];
        assert_eq!(source["apiVersion"], "58.0");
        assert_eq!(source["incrementalPullConfig"]["datetimeTypeFieldName"], "LastModifiedDate");
        let salesforce = &source["sourceConnectorProperties"]["Salesforce"];
        assert_eq!(salesforce["enableDynamicFieldUpdate"], true);
        assert_eq!(salesforce["dataTransferApi"], "REST_SYNC");
        assert_eq!(sent["metadataCatalogConfig"]["glueDataCatalog"]["databaseName"], "d");
    }

    #[tokio::test]
    async fn lists_go_through_all_pages() {
        let flow = |name: &str| {
            json!({ "flowName": name, "triggerType": "Event",
            "sourceConnectorType": "Salesforce", "destinationConnectorType": "EventBridge" })
        };
        let aws = FakeAws::answering([
            Answer::Json(200, json!({ "flows": [flow("a")], "nextToken": "2" })),
            Answer::Json(200, json!({ "flows": [flow("b")] })),
        ]);
        let flows = aws.session().list_flows().await.expect("flows");
        let names: Vec<&str> = flows.iter().map(|flow| flow.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        assert!(flows.iter().all(FlowSummary::is_salesforce_event_flow));
        assert_eq!(aws.asked()[1].body["nextToken"], "2");
    }

    #[tokio::test]
    async fn executions_stop_at_the_limit() {
        let record = json!({ "executionId": "e", "executionStatus": "Error", "executionResult": {
            "errorInfo": { "putFailuresCount": 2, "executionMessage": "no" } } });
        let aws = FakeAws::answering([Answer::Json(
            200,
            json!({ "flowExecutions": [record, record], "nextToken": "2" }),
        )]);
        let found = aws.session().list_flow_executions("f", 2).await.expect("an answer");
        let executions = found.expect("a flow");
        assert_eq!(executions.len(), 2);
        assert_eq!(executions[0].message.as_deref(), Some("no"));
        assert_eq!(aws.only().body["maxResults"], 2);
    }
}
