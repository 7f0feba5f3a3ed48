//! `connect_flow_executions`: the latest runs of a flow.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{moment, region, result, session};
use crate::framework::context::Cx;
use crate::framework::data_source::DataSource;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::schema::{Attribute, Block, Schema};
use crate::framework::validators::{length, one_of, whole_number};
use crate::provider::Configured;

/// The data source.
#[derive(Debug)]
pub(super) struct FlowExecutions;

/// Arguments and results.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    flow_name: String,
    limit: Option<i64>,
    status: Option<String>,
    region: Option<String>,
    executions: Option<Vec<Run>>,
}

/// One run.
#[derive(Debug, Serialize, Deserialize)]
struct Run {
    execution_id: String,
    status: String,
    message: Option<String>,
    put_failures: Option<i64>,
    records_processed: Option<i64>,
    bytes_processed: Option<i64>,
    bytes_written: Option<i64>,
    started_at: Option<String>,
    last_updated_at: Option<String>,
}

#[async_trait]
impl DataSource<Configured> for FlowExecutions {
    type Model = Model;

    const TYPE: &'static str = "connect_flow_executions";

    fn schema(&self) -> Schema {
        let count = |name: &str, doc: &str| Attribute::number(name).computed().doc(doc);
        let run = [
            result("execution_id", "Id of the run."),
            result("status", "`InProgress`, `Successful`, `Error`, `CancelStarted` or `Canceled`."),
            result("message", "What went wrong."),
            count("put_failures", "Records that could not be delivered."),
            count("records_processed", "Records that were read."),
            count("bytes_processed", "Bytes that were read."),
            count("bytes_written", "Bytes that were delivered."),
            result("started_at", "When it began, in RFC 3339."),
            result("last_updated_at", "When it was last heard of, in RFC 3339."),
        ];
        Schema::new(Block::new(
            "The latest runs of an AppFlow flow, with what went wrong in them.",
            [
                Attribute::string("flow_name")
                    .required()
                    .check(length(2..=256))
                    .doc("Name of the flow."),
                Attribute::number("limit")
                    .optional()
                    .computed()
                    .check(whole_number(1..=1000))
                    .doc(format!("Runs to look at, at most 1000. Left out, {LIMIT}.")),
                Attribute::string("status")
                    .optional()
                    .check(one_of(&[
                        "InProgress",
                        "Successful",
                        "Error",
                        "CancelStarted",
                        "Canceled",
                    ]))
                    .doc("Only runs with this status, among those looked at."),
                region(),
                Attribute::objects("executions", run).computed().doc("The runs, the latest first."),
            ],
        ))
    }

    async fn read(&self, cx: &Cx<Configured>, config: Model) -> Result<Model> {
        let session = session(cx, config.region.as_deref())?;
        let limit = config.limit.unwrap_or(LIMIT);
        let looked_at = usize::try_from(limit).unwrap_or(usize::MAX);
        let Some(mut runs) = session.list_flow_executions(&config.flow_name, looked_at).await?
        else {
            let message = format!("there is no flow {:?}", config.flow_name);
            return Err(Error::new(Kind::NotFound, message)
                .remedy("Check the name, the account and the region.")
                .at("flow_name"));
        };
        runs.retain(|run| config.status.as_ref().is_none_or(|status| *status == run.status));
        runs.sort_by_key(|run| std::cmp::Reverse(run.started_at));
        Ok(Model {
            limit: Some(limit),
            region: Some(session.region_name().to_owned()),
            executions: Some(
                runs.into_iter()
                    .map(|run| Run {
                        execution_id: run.id,
                        status: run.status,
                        message: run.message,
                        put_failures: run.put_failures,
                        records_processed: run.records_processed,
                        bytes_processed: run.bytes_processed,
                        bytes_written: run.bytes_written,
                        started_at: moment(run.started_at),
                        last_updated_at: moment(run.last_updated_at),
                    })
                    .collect(),
            ),
            ..config
        })
    }
}

const LIMIT: i64 = 20;
