//! Lists case rules: Connect rules on new Salesforce cases.

use async_trait::async_trait;
use serde::Deserialize;

use super::{found, instance_id, instances, name_prefix, region, session};
use crate::aws::Session;
use crate::aws::rule::RuleSummary;
use crate::framework::context::Cx;
use crate::framework::error::{Kind, Result};
use crate::framework::list::{Found, ListResource};
use crate::framework::schema::{Attribute, Block, Schema};
use crate::framework::validators::one_of;
use crate::provider::Configured;
use crate::resources::reference::{self, id_of};

/// The list resource.
#[derive(Debug)]
pub(super) struct CaseRules;

/// The filters.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    region: Option<String>,
    instance_id: Option<String>,
    integration_association_id: Option<String>,
    name_prefix: Option<String>,
    publish_status: Option<String>,
}

#[async_trait]
impl ListResource<Configured> for CaseRules {
    type Config = Config;

    const TYPE: &'static str = "connect_salesforce_case_rule";

    fn schema(&self) -> Schema {
        Schema::new(Block::new(
            "Lists the rules on new Salesforce cases of Connect instances.",
            [
                region(),
                instance_id(),
                reference::attribute("integration_association_id", "integration-association")
                    .optional()
                    .doc("Only rules on cases of this association: its id or ARN."),
                name_prefix(),
                Attribute::string("publish_status")
                    .optional()
                    .check(one_of(&["PUBLISHED", "DRAFT"]))
                    .doc("Only rules with this status: `PUBLISHED` or `DRAFT`."),
            ],
        ))
    }

    async fn list(&self, cx: &Cx<Configured>, config: Config, limit: usize) -> Result<Vec<Found>> {
        let session = session(cx, config.region.as_deref())?;
        let prefix = config.name_prefix.clone().unwrap_or_default();
        let mut all = Vec::new();
        for instance in instances(&session, config.instance_id.as_deref()).await? {
            let rules = rules(&session, &instance, &config).await?;
            let wanted = config.publish_status.as_deref();
            for it in rules.iter().filter(|it| {
                it.name.starts_with(&prefix)
                    && wanted.is_none_or(|it_is| it_is == it.publish_status)
            }) {
                let key = [("instance_id", instance.as_str()), ("rule_id", &it.id)];
                all.push(found(&session, &it.name, &it.arn, key));
            }
            if all.len() >= limit {
                break;
            }
        }
        Ok(all)
    }
}

/// The rules of an instance; only searching tells their integration.
async fn rules(session: &Session, instance: &str, config: &Config) -> Result<Vec<RuleSummary>> {
    let Some(wanted) = config.integration_association_id.as_deref().map(id_of) else {
        return Ok(session.list_case_rules(instance).await?.unwrap_or_default());
    };
    match session.search_case_rules(instance).await {
        Ok(rules) => Ok(rules
            .unwrap_or_default()
            .into_iter()
            .filter(|it| it.integration_association_id.as_deref() == Some(wanted))
            .collect()),
        Err(error) if error.kind == Kind::Denied => Err(error
            .remedy(
                "Allow connect:SearchRules, or leave `integration_association_id` out: the list \
                 of rules does not tell it.",
            )
            .at("integration_association_id")),
        Err(error) => Err(error),
    }
}
