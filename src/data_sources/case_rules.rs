//! `connect_salesforce_case_rules`: the rules of a Connect instance on new Salesforce cases.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{moment, name_prefix, region, result, results, session};
use crate::framework::context::Cx;
use crate::framework::data_source::DataSource;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::schema::{Attribute, Block, Schema};
use crate::framework::validators::one_of;
use crate::provider::Configured;
use crate::resources::reference::{self, id_of};

/// The data source.
#[derive(Debug)]
pub(super) struct CaseRules;

/// Filters and results.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    instance_id: String,
    region: Option<String>,
    integration_association_id: Option<String>,
    name_prefix: Option<String>,
    publish_status: Option<String>,
    ids: Option<Vec<String>>,
    names: Option<Vec<String>>,
    rules: Option<Vec<Found>>,
}

/// One rule.
#[derive(Debug, Serialize, Deserialize)]
struct Found {
    id: String,
    rule_id: String,
    arn: String,
    name: String,
    publish_status: String,
    integration_association_id: Option<String>,
    tags: BTreeMap<String, String>,
    created_at: Option<String>,
    last_updated_at: Option<String>,
}

#[async_trait]
impl DataSource<Configured> for CaseRules {
    type Model = Model;

    const TYPE: &'static str = "connect_salesforce_case_rules";

    fn schema(&self) -> Schema {
        let found = [
            result("id", "`INSTANCE,RULE`: the ids of both, as imports take them."),
            result("rule_id", "Id of the rule."),
            result("arn", "ARN of the rule."),
            result("name", "Name of the rule."),
            result("publish_status", "`PUBLISHED` or `DRAFT`."),
            result("integration_association_id", "Id of the association the cases come from."),
            Attribute::map_of_strings("tags").computed().doc("Tags of the rule."),
            result("created_at", "When it was made, in RFC 3339."),
            result("last_updated_at", "When it was last changed, in RFC 3339."),
        ];
        Schema::new(Block::new(
            "The rules of a Connect instance on new Salesforce cases; none is no error.",
            [
                reference::attribute("instance_id", "instance")
                    .required()
                    .doc("Id or ARN of the Connect instance."),
                region(),
                reference::attribute("integration_association_id", "integration-association")
                    .optional()
                    .doc("Only rules on cases of this association: its id or ARN."),
                name_prefix(),
                Attribute::string("publish_status")
                    .optional()
                    .check(one_of(&["PUBLISHED", "DRAFT"]))
                    .doc("Only rules with this status: `PUBLISHED` or `DRAFT`."),
                results("ids", "`INSTANCE,RULE` of each, in the order of `names`."),
                results("names", "Names of the rules, sorted."),
                Attribute::objects("rules", found)
                    .computed()
                    .doc("The rules, in the order of `names`."),
            ],
        ))
    }

    async fn read(&self, cx: &Cx<Configured>, config: Model) -> Result<Model> {
        let session = session(cx, config.region.as_deref())?;
        let instance = id_of(&config.instance_id).to_owned();
        let Some(mut rules) = session.search_case_rules(&instance).await? else {
            let message = format!("there is no Connect instance {instance:?}");
            return Err(Error::new(Kind::NotFound, message).at("instance_id"));
        };
        let prefix = config.name_prefix.as_deref().unwrap_or_default();
        let association = config.integration_association_id.as_deref().map(id_of);
        rules.retain(|it| {
            it.name.starts_with(prefix)
                && config.publish_status.as_ref().is_none_or(|status| *status == it.publish_status)
                && (association.is_none()
                    || it.integration_association_id.as_deref() == association)
        });
        rules.sort_by(|one, other| one.name.cmp(&other.name));
        let id = |rule: &str| format!("{instance},{rule}");
        Ok(Model {
            region: Some(session.region_name().to_owned()),
            ids: Some(rules.iter().map(|it| id(&it.id)).collect()),
            names: Some(rules.iter().map(|it| it.name.clone()).collect()),
            rules: Some(
                rules
                    .into_iter()
                    .map(|it| Found {
                        id: id(&it.id),
                        rule_id: it.id,
                        arn: it.arn,
                        name: it.name,
                        publish_status: it.publish_status,
                        integration_association_id: it.integration_association_id,
                        tags: it.tags,
                        created_at: moment(it.created_at),
                        last_updated_at: moment(it.last_updated_at),
                    })
                    .collect(),
            ),
            ..config
        })
    }
}
