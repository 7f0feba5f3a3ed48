//! The RPCs about the provider itself.

use std::sync::Arc;

use super::convert;
use super::proto;
use super::service::Service;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::provider::{Configuration, Provider};
use crate::framework::validate;

/// Abilities that Terraform asks for before it uses them.
fn capabilities() -> proto::ServerCapabilities {
    proto::ServerCapabilities {
        plan_destroy: true,
        // Each process may be asked for its schema or not: none is built lazily there.
        get_provider_schema_optional: true,
        move_resource_state: false,
        generate_resource_config: false,
    }
}

impl<P: Provider> Service<P> {
    pub(super) fn metadata(&self) -> proto::get_metadata::Response {
        use proto::get_metadata::{DataSourceMetadata, ResourceMetadata};
        let resources = self.resources.keys();
        let data_sources = self.data_sources.keys();
        proto::get_metadata::Response {
            server_capabilities: Some(capabilities()),
            resources: resources
                .map(|name| ResourceMetadata { type_name: (*name).to_owned() })
                .collect(),
            data_sources: data_sources
                .map(|name| DataSourceMetadata { type_name: (*name).to_owned() })
                .collect(),
            ..Default::default()
        }
    }

    pub(super) fn provider_schema(&self) -> proto::get_provider_schema::Response {
        proto::get_provider_schema::Response {
            provider: Some(convert::schema(&self.schema)),
            resource_schemas: self
                .resources
                .iter()
                .map(|(name, resource)| ((*name).to_owned(), convert::schema(resource.schema())))
                .collect(),
            data_source_schemas: self
                .data_sources
                .iter()
                .map(|(name, source)| ((*name).to_owned(), convert::schema(source.schema())))
                .collect(),
            server_capabilities: Some(capabilities()),
            ..Default::default()
        }
    }

    pub(super) fn identity_schemas(&self) -> proto::get_resource_identity_schemas::Response {
        proto::get_resource_identity_schemas::Response {
            identity_schemas: self
                .resources
                .iter()
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
