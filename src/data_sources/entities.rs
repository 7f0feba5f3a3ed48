//! `connect_salesforce_entities`: what a connection sees of its org.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{region, result, results, session};
use crate::framework::context::Cx;
use crate::framework::data_source::DataSource;
use crate::framework::error::Result;
use crate::framework::schema::{Attribute, Block, Schema};
use crate::framework::validators::length;
use crate::provider::Configured;

/// The data source.
#[derive(Debug)]
pub(super) struct Entities;

/// Arguments and results.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    connection_name: String,
    object: Option<String>,
    refresh: Option<bool>,
    region: Option<String>,
    change_event: Option<String>,
    change_data_capture_enabled: Option<bool>,
    names: Option<Vec<String>>,
    entities: Option<Vec<Found>>,
}

/// One object or event.
#[derive(Debug, Serialize, Deserialize)]
struct Found {
    name: String,
    label: Option<String>,
    group: String,
    has_nested_entities: bool,
}

#[async_trait]
impl DataSource<Configured> for Entities {
    type Model = Model;

    const TYPE: &'static str = "connect_salesforce_entities";

    fn schema(&self) -> Schema {
        let found = [
            result("name", "API name, such as `CaseChangeEvent`."),
            result("label", "What Salesforce calls it."),
            result("group", "Group that AppFlow lists it in."),
            Attribute::bool("has_nested_entities").computed().doc("Whether more is below it."),
        ];
        Schema::new(Block::new(
            "The objects and events of a Salesforce org that a connection sees, and whether \
             Salesforce publishes the changes of an object. Reading it uses the connection's \
             login, so it fails where Salesforce does not accept that any more.",
            [
                Attribute::string("connection_name")
                    .required()
                    .check(length(1..=256))
                    .doc("Name of the AppFlow connection."),
                Attribute::string("object").optional().computed().check(length(1..=512)).doc(
                    "Object whose Change Data Capture is asked about, by its API name. Left out, \
                     `Case`.",
                ),
                Attribute::bool("refresh").optional().computed().doc(
                    "Whether AppFlow asks Salesforce anew: otherwise it answers what it has seen \
                     within the last hour. This resets AppFlow's cache, a write action \
                     (`appflow:ResetConnectorMetadataCache`) that a role for plans may lack. Left \
                     out, `false`.",
                ),
                region(),
                result("change_event", "Event of the object's changes, such as `CaseChangeEvent`."),
                Attribute::bool("change_data_capture_enabled").computed().doc(
                    "Whether the org publishes that event: whether the object is selected under \
                     Setup › Integrations › Change Data Capture in Salesforce.",
                ),
                results("names", "API names of all, sorted."),
                Attribute::objects("entities", found)
                    .computed()
                    .doc("All objects and events, by group and name."),
            ],
        ))
    }

    async fn read(&self, cx: &Cx<Configured>, config: Model) -> Result<Model> {
        let session = session(cx, config.region.as_deref())?;
        let connection = &config.connection_name;
        let refresh = config.refresh.unwrap_or(false);
        if refresh {
            session.reset_connector_metadata_cache(connection).await?;
        }
        let entities = session.list_connector_entities(connection, None).await;
        let entities = entities.map_err(|error| match error.is_not_found() {
            true => {
                error.remedy("Check the name, the account and the region.").at("connection_name")
            }
            false => error,
        })?;
        let object = config.object.clone().unwrap_or_else(|| "Case".to_owned());
        let event = change_event(&object);
        let mut names: Vec<String> = entities.iter().map(|it| it.name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        Ok(Model {
            object: Some(object),
            refresh: Some(refresh),
            region: Some(session.region_name().to_owned()),
            change_data_capture_enabled: Some(names.contains(&event)),
            change_event: Some(event),
            names: Some(names),
            entities: Some(
                entities
                    .into_iter()
                    .map(|it| Found {
                        name: it.name,
                        label: it.label,
                        group: it.group,
                        has_nested_entities: it.has_nested_entities,
                    })
                    .collect(),
            ),
            ..config
        })
    }
}

/// `CaseChangeEvent` for `Case`, `Ticket__ChangeEvent` for the custom object `Ticket__c`. The name of
/// an event, as flows have it in `source_object`, is its own.
fn change_event(object: &str) -> String {
    if object.ends_with("ChangeEvent") {
        return object.to_owned();
    }
    let stem = object.strip_suffix("__c").map(|stem| format!("{stem}__"));
    format!("{}ChangeEvent", stem.as_deref().unwrap_or(object))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_events_are_named_after_their_object() {
        assert_eq!(change_event("Case"), "CaseChangeEvent");
        assert_eq!(change_event("Ticket__c"), "Ticket__ChangeEvent");
        assert_eq!(change_event("CaseChangeEvent"), "CaseChangeEvent");
    }
}
