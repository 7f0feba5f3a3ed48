//! `connect_flow_start` and `connect_flow_stop`.

use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;

use super::{region, session};
use crate::aws::Session;
use crate::aws::flow::Flow;
use crate::framework::action::{Action, Progress as Teller};
use crate::framework::context::Cx;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::schema::{Attribute, Block, Schema};
use crate::framework::wait::{Progress, Wait};
use crate::provider::Configured;

/// Activates a flow.
#[derive(Debug)]
pub(super) struct StartFlow;

/// Deactivates a flow.
#[derive(Debug)]
pub(super) struct StopFlow;

/// The arguments.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    name: String,
    region: Option<String>,
}

const ACTIVE: &str = "Active";

#[async_trait]
impl Action<Configured> for StartFlow {
    type Config = Config;

    const TYPE: &'static str = "connect_flow_start";

    fn schema(&self) -> Schema {
        schema("Activates an event flow, and waits until it is active.")
    }

    async fn invoke(&self, cx: &Cx<Configured>, config: Config, tell: &Teller) -> Result<()> {
        let session = session(cx, config.region.as_deref())?;
        let flow = find(&session, &config.name).await?;
        if flow.status == ACTIVE {
            tell.say(format!("{} is active already", config.name));
            return Ok(());
        }
        tell.say(format!("starting {} ({})", config.name, flow.status));
        session.start_flow(&config.name, &uuid::Uuid::new_v4().to_string()).await?;
        settle(cx, &session, &config.name, true).await?;
        tell.say(format!("{} is active", config.name));
        Ok(())
    }
}

#[async_trait]
impl Action<Configured> for StopFlow {
    type Config = Config;

    const TYPE: &'static str = "connect_flow_stop";

    fn schema(&self) -> Schema {
        schema(
            "Deactivates an event flow. A `connect_salesforce_event_flow` with `enabled = true` \
             activates it again at its next apply.",
        )
    }

    async fn invoke(&self, cx: &Cx<Configured>, config: Config, tell: &Teller) -> Result<()> {
        let session = session(cx, config.region.as_deref())?;
        let flow = find(&session, &config.name).await?;
        if flow.status != ACTIVE {
            tell.say(format!("{} is not active ({})", config.name, flow.status));
            return Ok(());
        }
        tell.say(format!("stopping {}", config.name));
        session.stop_flow(&config.name).await?;
        settle(cx, &session, &config.name, false).await?;
        tell.say(format!("{} is stopped", config.name));
        Ok(())
    }
}

fn schema(doc: &str) -> Schema {
    let name = Attribute::string("name").required().doc("Name of the flow.");
    Schema::new(Block::new(doc, [name, region()]))
}

async fn find(session: &Session, name: &str) -> Result<Flow> {
    session.describe_flow(name).await?.ok_or_else(|| {
        Error::new(Kind::NotFound, format!("there is no flow {name:?}"))
            .remedy("Check the name, the region and the account.")
            .at("name")
    })
}

async fn settle(cx: &Cx<Configured>, session: &Session, name: &str, active: bool) -> Result<()> {
    SETTLED
        .until(
            cx,
            || find(session, name),
            |flow| {
                if (flow.status == ACTIVE) == active {
                    Progress::Done(())
                } else {
                    Progress::Waiting(flow.status)
                }
            },
        )
        .await
}

const SETTLED: Wait = Wait {
    what: "the flow to change its status",
    every: Duration::from_secs(1),
    at_most: Duration::from_mins(5),
};
