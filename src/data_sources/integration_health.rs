//! `connect_integration_health`: whether a case still becomes a task.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{region, result, results, session};
use crate::framework::context::Cx;
use crate::framework::data_source::DataSource;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::error::{Error, Result};
use crate::framework::schema::{Attribute, Block, Schema};
use crate::framework::value::Value;
use crate::health::{Chain, Link, Status, Target, examine, worst};
use crate::provider::Configured;
use crate::resources::reference::{self, id_of};

/// The data source.
#[derive(Debug)]
pub(super) struct IntegrationHealth;

/// Arguments and results.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    instance_id: Option<String>,
    integration_association_id: Option<String>,
    flow_name: Option<String>,
    region: Option<String>,
    healthy: Option<bool>,
    status: Option<String>,
    problems: Option<Vec<String>>,
    links: Option<Vec<Found>>,
}

/// One link.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Found {
    kind: String,
    name: String,
    status: String,
    evidence: String,
    remedy: Option<String>,
}

const TARGETS: [&str; 3] = ["instance_id", "integration_association_id", "flow_name"];

#[async_trait]
impl DataSource<Configured> for IntegrationHealth {
    type Model = Model;

    const TYPE: &'static str = "connect_integration_health";

    fn schema(&self) -> Schema {
        let link = [
            result(
                "kind",
                "What it is: `connection`, `login`, `change_data_capture`, `flow`, `flow_run`, \
                 `event_source`, `event_bus`, `event_integration`, `event_rule`, `instance`, \
                 `association`, `use_case`, `rule` or `contact_flow`.",
            ),
            result("name", "Its name or id."),
            result("status", "`ok`, `unknown` (nobody could look), `warning` or `failed`."),
            result("evidence", "What was seen."),
            result("remedy", "What to do; null where nothing is to be done."),
        ];
        Schema::new(Block::new(
            "Whether a Salesforce case still becomes a Connect task: every link between the two, \
             with what was seen and what to do. Made for `check` blocks. It only reads; what the \
             role may not read is `unknown`, and no error.",
            [
                reference::attribute("instance_id", "instance").optional().doc(
                    "Id or ARN of a Connect instance: looks at all its Salesforce integrations. \
                     One of the three.",
                ),
                reference::attribute("integration_association_id", "integration-association")
                    .optional()
                    .doc("Id or ARN of an association: looks at that integration."),
                Attribute::string("flow_name")
                    .optional()
                    .doc("Name of an event flow: looks at all that hangs on it."),
                region(),
                Attribute::bool("healthy").computed().doc("Whether every link is `ok`."),
                result("status", "Status of the worst link."),
                results("problems", "What is not `ok`, in words: for an `error_message`."),
                Attribute::objects("links", link)
                    .computed()
                    .doc("The links, in the order in which a case passes them."),
            ],
        ))
    }

    fn validate(&self, config: &Value, diags: &mut Diagnostics) {
        let given = TARGETS.iter().filter(|name| !config.get(name).is_null()).count();
        if given != 1 {
            diags.error_at(
                TARGETS[0],
                "Whose health?",
                "Set one of `instance_id`, `integration_association_id` and `flow_name`.",
            );
        }
    }

    async fn read(&self, cx: &Cx<Configured>, config: Model) -> Result<Model> {
        let session = session(cx, config.region.as_deref())?;
        let target = match (&config.instance_id, &config.integration_association_id) {
            (Some(instance), _) => Target::Instance(id_of(instance).to_owned()),
            (None, Some(association)) => Target::Association(id_of(association).to_owned()),
            (None, None) => match &config.flow_name {
                Some(flow) => Target::Flow(flow.clone()),
                None => return Err(Error::bug("no target")),
            },
        };
        let chains = examine(&session, &target).await;
        cx.check_stop()?;
        let links = links(chains);
        let status = worst(&links);
        let problem = |link: &Link| {
            let remedy = link.remedy.as_deref().unwrap_or_default();
            format!("{} {}: {} {remedy}", link.kind.word(), link.name, link.evidence)
        };
        Ok(Model {
            region: Some(session.region_name().to_owned()),
            healthy: Some(status == Status::Ok),
            status: Some(status.word().to_owned()),
            problems: Some(
                links.iter().filter(|link| link.status != Status::Ok).map(problem).collect(),
            ),
            links: Some(
                links
                    .into_iter()
                    .map(|link| Found {
                        kind: link.kind.word().to_owned(),
                        name: link.name,
                        status: link.status.word().to_owned(),
                        evidence: link.evidence,
                        remedy: link.remedy,
                    })
                    .collect(),
            ),
            ..config
        })
    }
}

/// The links of all chains; what several share is there once.
fn links(chains: Vec<Chain>) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for link in chains.into_iter().flat_map(|chain| chain.links) {
        if !links.contains(&link) {
            links.push(link);
        }
    }
    links.sort_by_key(|link| link.kind);
    links
}
