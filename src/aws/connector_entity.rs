//! Entities: what a connection offers to read, as Salesforce tells AppFlow.
//!
//! Asking is the only call that uses the stored login, so it is also how a dead login shows
//! (`Kind::Connector`). AppFlow caches the answers for up to an hour: reset first.

use aws_sdk_appflow::types::ConnectorType;

use super::pages::Pages;
use super::session::{Session, found};
use crate::framework::error::Result;

/// An object or event that the org publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorEntity {
    /// The group that AppFlow lists it in.
    pub group: String,
    /// Its API name, such as `CaseChangeEvent`.
    pub name: String,
    /// What Salesforce calls it.
    pub label: Option<String>,
    /// Whether more is below it.
    pub has_nested_entities: bool,
}

/// A field of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityField {
    /// Its API name.
    pub name: String,
    /// What Salesforce calls it.
    pub label: Option<String>,
    /// Its type.
    pub field_type: Option<String>,
    /// Whether it can be read.
    pub retrievable: bool,
    /// Whether it identifies the record.
    pub primary_key: bool,
}

impl Session {
    /// Lists what a connection offers, at the top or below `path`.
    ///
    /// # Errors
    /// `Kind::NotFound` without the connection, `Kind::Connector` when Salesforce refuses the
    /// login, and whatever else AWS answers.
    pub async fn list_connector_entities(
        &self,
        connection: &str,
        path: Option<&str>,
    ) -> Result<Vec<ConnectorEntity>> {
        const LIST: &str = "appflow:ListConnectorEntities";
        let mut entities = Vec::new();
        let mut pages = Pages::of(LIST);
        loop {
            let request = self
                .appflow()
                .list_connector_entities()
                .connector_profile_name(connection)
                .connector_type(ConnectorType::Salesforce)
                .set_entities_path(path.map(str::to_owned))
                .set_next_token(pages.token());
            let page = self.call(LIST, request.send()).await?;
            for (group, members) in page.connector_entity_map {
                entities.extend(members.into_iter().map(|entity| ConnectorEntity {
                    group: group.clone(),
                    name: entity.name,
                    label: entity.label,
                    has_nested_entities: entity.has_nested_entities,
                }));
            }
            if !pages.turn(page.next_token)? {
                // AWS answers with a map; its order means nothing and changes from call to call.
                entities.sort_by(|a, b| (&a.group, &a.name).cmp(&(&b.group, &b.name)));
                return Ok(entities);
            }
        }
    }

    /// The fields of an entity; none if the connection or the entity does not exist.
    ///
    /// # Errors
    /// `Kind::Connector` when Salesforce refuses the login, and whatever else AWS answers.
    pub async fn describe_connector_entity(
        &self,
        connection: &str,
        entity: &str,
    ) -> Result<Option<Vec<EntityField>>> {
        let request = self
            .appflow()
            .describe_connector_entity()
            .connector_profile_name(connection)
            .connector_type(ConnectorType::Salesforce)
            .connector_entity_name(entity);
        let answer = found(self.call("appflow:DescribeConnectorEntity", request.send()).await)?;
        Ok(answer.map(|answer| {
            let fields = answer.connector_entity_fields.into_iter().map(|field| EntityField {
                field_type: field
                    .supported_field_type_details()
                    .and_then(|details| details.v1())
                    .map(|details| details.field_type().to_owned()),
                retrievable: field
                    .source_properties()
                    .is_some_and(|properties| properties.is_retrievable()),
                primary_key: field.is_primary_key,
                label: field.label,
                name: field.identifier,
            });
            fields.collect()
        }))
    }

    /// Makes AppFlow forget what it knows about the connection's entities.
    ///
    /// # Errors
    /// `Kind::NotFound` without the connection, and whatever else AWS answers.
    pub async fn reset_connector_metadata_cache(&self, connection: &str) -> Result<()> {
        let request = self
            .appflow()
            .reset_connector_metadata_cache()
            .connector_profile_name(connection)
            .connector_type(ConnectorType::Salesforce);
        self.call("appflow:ResetConnectorMetadataCache", request.send()).await?;
        Ok(())
    }
}
