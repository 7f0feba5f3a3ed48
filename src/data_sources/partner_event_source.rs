//! `connect_partner_event_source`: a partner event source by name, beginning or state.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{moment, not_found, region, result, session};
use crate::framework::context::Cx;
use crate::framework::data_source::DataSource;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::error::Result;
use crate::framework::schema::{Attribute, Block, Schema};
use crate::framework::validators::{length, one_of};
use crate::framework::value::Value;
use crate::provider::Configured;

/// The data source.
#[derive(Debug)]
pub(super) struct PartnerEventSource;

/// Arguments and results.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    name: Option<String>,
    name_prefix: Option<String>,
    state: Option<String>,
    region: Option<String>,
    id: Option<String>,
    arn: Option<String>,
    created_by: Option<String>,
    created_at: Option<String>,
    expires_at: Option<String>,
}

#[async_trait]
impl DataSource<Configured> for PartnerEventSource {
    type Model = Model;

    const TYPE: &'static str = "connect_partner_event_source";

    fn schema(&self) -> Schema {
        Schema::new(Block::new(
            "The one partner event source of EventBridge that fits: by its whole name, by the \
             beginning of its name, or by its state.",
            [
                Attribute::string("name")
                    .optional()
                    .computed()
                    .check(length(1..=256))
                    .doc("Whole name of the source. This or `name_prefix`."),
                Attribute::string("name_prefix").optional().check(length(1..=256)).doc(format!(
                    "Beginning of its name. Left out with `name`, `{OF_SALESFORCE}`: the \
                         sources of AppFlow's Salesforce flows."
                )),
                Attribute::string("state")
                    .optional()
                    .computed()
                    .check(one_of(&["PENDING", "ACTIVE", "DELETED"]))
                    .doc("Only a source in this state: `PENDING`, `ACTIVE` or `DELETED`."),
                region(),
                result("id", "The name."),
                result("arn", "ARN of the source; it has no account."),
                result("created_by", "The partner."),
                result("created_at", "When it was made, in RFC 3339."),
                result("expires_at", "When a source without a bus is dropped, in RFC 3339."),
            ],
        ))
    }

    fn validate(&self, config: &Value, diags: &mut Diagnostics) {
        if !config.get("name").is_null() && !config.get("name_prefix").is_null() {
            diags.error_at(
                "name_prefix",
                "name and name_prefix name the source twice",
                "Keep one of `name` and `name_prefix`.",
            );
        }
    }

    async fn read(&self, cx: &Cx<Configured>, config: Model) -> Result<Model> {
        let session = session(cx, config.region.as_deref())?;
        let asked = config.name.as_deref().or(config.name_prefix.as_deref());
        let prefix = asked.unwrap_or(OF_SALESFORCE);
        let listed = session.list_event_sources(prefix).await?;
        let fits = |name: &str, state: &str| {
            config.name.as_deref().is_none_or(|wanted| wanted == name)
                && config.state.as_deref().is_none_or(|wanted| wanted == state)
        };
        let mut matching = listed.iter().filter(|it| fits(&it.name, &it.state));
        let (Some(source), None) = (matching.next(), matching.next()) else {
            let fitting = listed.iter().filter(|it| fits(&it.name, &it.state)).count();
            let state = config.state.as_deref().map_or(String::new(), |it| format!(" {it}"));
            let message = match fitting {
                0 => format!("no{state} partner event source is called {prefix:?}"),
                _ => format!("{fitting}{state} partner event sources begin with {prefix:?}"),
            };
            let others = match listed.is_empty() {
                true => session.list_event_sources("").await.unwrap_or_default(),
                false => listed,
            };
            let others: Vec<String> =
                others.iter().map(|it| format!("{} ({})", it.name, it.state)).collect();
            let at = if config.name_prefix.is_some() { "name_prefix" } else { "name" };
            return Err(not_found(message, &others, at));
        };
        Ok(Model {
            name: Some(source.name.clone()),
            state: Some(source.state.clone()),
            region: Some(session.region_name().to_owned()),
            id: Some(source.name.clone()),
            arn: Some(source.arn.clone()),
            created_by: source.created_by.clone(),
            created_at: moment(source.created_at),
            expires_at: moment(source.expires_at),
            ..config
        })
    }
}

const OF_SALESFORCE: &str = "aws.partner/appflow";
