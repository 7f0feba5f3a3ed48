//! The RPCs about the provider itself.

use std::collections::HashMap;
use std::sync::Arc;

use super::convert;
use super::proto;
use super::service::Service;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::provider::{Configuration, Provider};
use crate::framework::schema::Schema;
use crate::framework::validate;

/// Abilities that Terraform asks for before it uses them.
fn capabilities() -> proto::ServerCapabilities {
    proto::ServerCapabilities {
        plan_destroy: true,
        // Each process may be asked for its schema or not: none is built lazily there.
        get_provider_schema_optional: true,
        move_resource_state: true,
        generate_resource_config: true,
    }
}

impl<P: Provider> Service<P> {
    pub(super) fn metadata(&self) -> proto::get_metadata::Response {
        use proto::get_metadata::{
            ActionMetadata, DataSourceMetadata, EphemeralMetadata, FunctionMetadata,
            ListResourceMetadata, ResourceMetadata,
        };
        fn names<'a, T>(
            keys: impl Iterator<Item = &'a &'static str>,
            metadata: impl Fn(String) -> T,
        ) -> Vec<T> {
            keys.map(|name| metadata((*name).to_owned())).collect()
        }
        proto::get_metadata::Response {
            server_capabilities: Some(capabilities()),
            resources: names(self.resources.keys(), |type_name| ResourceMetadata { type_name }),
            data_sources: names(self.data_sources.keys(), |type_name| DataSourceMetadata {
                type_name,
            }),
            functions: names(self.functions.keys(), |name| FunctionMetadata { name }),
            ephemeral_resources: names(self.ephemeral_resources.keys(), |type_name| {
                EphemeralMetadata { type_name }
            }),
            list_resources: names(self.list_resources.keys(), |type_name| ListResourceMetadata {
                type_name,
            }),
            actions: names(self.actions.keys(), |type_name| ActionMetadata { type_name }),
            ..Default::default()
        }
    }

    pub(super) fn provider_schema(&self) -> proto::get_provider_schema::Response {
        fn schemas<'a>(
            all: impl Iterator<Item = (&'a &'static str, &'a Schema)>,
        ) -> HashMap<String, proto::Schema> {
            all.map(|(name, schema)| ((*name).to_owned(), convert::schema(schema))).collect()
        }
        proto::get_provider_schema::Response {
            provider: Some(convert::schema(&self.schema)),
            resource_schemas: schemas(self.resources.iter().map(|(name, it)| (name, it.schema()))),
            data_source_schemas: schemas(
                self.data_sources.iter().map(|(name, it)| (name, it.schema())),
            ),
            ephemeral_resource_schemas: schemas(
                self.ephemeral_resources.iter().map(|(name, it)| (name, it.schema())),
            ),
            list_resource_schemas: schemas(
                self.list_resources.iter().map(|(name, it)| (name, it.schema())),
            ),
            action_schemas: schemas(self.actions.iter().map(|(name, it)| (name, it.schema())))
                .into_iter()
                .map(|(name, schema)| (name, proto::ActionSchema { schema: Some(schema) }))
                .collect(),
            functions: self.function_signatures(),
            diagnostics: convert::diagnostics(self.faults.clone()),
            server_capabilities: Some(capabilities()),
            ..Default::default()
        }
    }

    pub(super) fn identity_schemas(&self) -> proto::get_resource_identity_schemas::Response {
        proto::get_resource_identity_schemas::Response {
            identity_schemas: self
                .resources
                .iter()
                .filter(|(_, resource)| !resource.identity_schema().attributes.is_empty())
                .map(|(name, resource)| {
                    ((*name).to_owned(), convert::identity_schema(resource.identity_schema()))
                })
                .collect(),
            diagnostics: Vec::new(),
        }
    }

    pub(super) fn validate_provider(
        &self,
        request: &proto::validate_provider_config::Request,
    ) -> Result<proto::validate_provider_config::Response, Diagnostics> {
        let config = convert::value(request.config.as_ref(), &self.schema.ty())?;
        let mut diags = Diagnostics::new();
        validate::validate(&self.schema.block, &config, &mut diags);
        self.provider.validate(&config, &mut diags);
        Ok(proto::validate_provider_config::Response { diagnostics: convert::diagnostics(diags) })
    }

    pub(super) async fn configure(
        &self,
        request: &proto::configure_provider::Request,
    ) -> Result<proto::configure_provider::Response, Diagnostics> {
        tracing::info!(terraform_version = request.terraform_version, "configuring");
        let config = convert::value(request.config.as_ref(), &self.schema.ty())?;
        match self.provider.configure(&config).await {
            Configuration::Ready(configured) => self.set_configured(Ok(Arc::new(configured))),
            Configuration::Incomplete(error) => self.set_configured(Err(error)),
            Configuration::Refused(diags) => return Err(diags),
        }
        Ok(proto::configure_provider::Response::default())
    }
}
