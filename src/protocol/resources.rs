//! The RPCs about resources.

use super::convert;
use super::proto;
use super::service::Service;
use crate::framework::context::Cx;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::erased::{ApplyRequest, PlanRequest, StateResponse};
use crate::framework::path::Path;
use crate::framework::private::Private;
use crate::framework::provider::Provider;
use crate::framework::resource::ImportId;
use crate::framework::schema::Block;
use crate::framework::value::Value;
use crate::framework::{json, plan};

type Call<T> = Result<T, Diagnostics>;

impl<P: Provider> Service<P> {
    fn context(&self, private: &[u8]) -> Cx<P::Configured> {
        Cx::new(self.configured(), self.stop_signal(), Private::decode(private))
    }

    pub(super) fn validate_resource(
        &self,
        request: &proto::validate_resource_config::Request,
    ) -> Call<proto::validate_resource_config::Response> {
        let resource = self.resource(&request.type_name)?;
        let config = convert::value(request.config.as_ref(), &resource.schema().ty())?;
        let mut diags = resource.validate(&config);
        let capable =
            request.client_capabilities.is_some_and(|client| client.write_only_attributes_allowed);
        if !capable {
            refuse_write_only(&resource.schema().block, &config, &mut diags);
        }
        let diagnostics = convert::diagnostics(diags);
        Ok(proto::validate_resource_config::Response { diagnostics })
    }

    pub(super) fn upgrade_state(
        &self,
        request: &proto::upgrade_resource_state::Request,
    ) -> Call<proto::upgrade_resource_state::Response> {
        let resource = self.resource(&request.type_name)?;
        let raw = convert::raw_state(request.raw_state.as_ref())?;
        let state = resource.upgrade(request.version, &raw)?;
        Ok(proto::upgrade_resource_state::Response {
            upgraded_state: Some(convert::dynamic_value(&state)),
            diagnostics: Vec::new(),
        })
    }

    pub(super) fn upgrade_identity(
        &self,
        request: &proto::upgrade_resource_identity::Request,
    ) -> Call<proto::upgrade_resource_identity::Response> {
        let resource = self.resource(&request.type_name)?;
        let raw = convert::raw_state(request.raw_identity.as_ref())?;
        let identity = json::decode(&raw, &resource.identity_schema().ty()).map_err(|reason| {
            let mut diags = Diagnostics::new();
            diags.error(
                format!("upgrading the identity of {}", request.type_name),
                format!("The stored identity does not fit: {reason}."),
            );
            diags
        })?;
        Ok(proto::upgrade_resource_identity::Response {
            upgraded_identity: convert::identity_data(&identity),
            diagnostics: Vec::new(),
        })
    }

    pub(super) async fn read(
        &self,
        request: &proto::read_resource::Request,
    ) -> Call<proto::read_resource::Response> {
        let resource = self.resource(&request.type_name)?;
        let state = convert::value(request.current_state.as_ref(), &resource.schema().ty())?;
        let identity =
            convert::identity(request.current_identity.as_ref(), resource.identity_schema())?;
        if state.is_null() {
            return Ok(proto::read_resource::Response::default());
        }
        let StateResponse { state, identity, private, diags } =
            resource.read(self.context(&request.private), state, identity).await;
        Ok(proto::read_resource::Response {
            new_state: Some(convert::dynamic_value(&state)),
            diagnostics: convert::diagnostics(diags),
            private: private.encode(),
            deferred: None,
            new_identity: convert::identity_data(&identity),
        })
    }

    pub(super) async fn plan(
        &self,
        request: &proto::plan_resource_change::Request,
    ) -> Call<proto::plan_resource_change::Response> {
        let resource = self.resource(&request.type_name)?;
        let ty = resource.schema().ty();
        let plan = PlanRequest {
            config: convert::value(request.config.as_ref(), &ty)?,
            prior: convert::value(request.prior_state.as_ref(), &ty)?,
            proposed: convert::value(request.proposed_new_state.as_ref(), &ty)?,
            identity: convert::identity(
                request.prior_identity.as_ref(),
                resource.identity_schema(),
            )?,
        };
        let planned = resource.plan(self.context(&request.prior_private), plan).await;
        Ok(proto::plan_resource_change::Response {
            planned_state: Some(convert::dynamic_value(&planned.planned)),
            requires_replace: planned
                .requires_replace
                .iter()
                .map(convert::attribute_path)
                .collect(),
            planned_private: planned.private.encode(),
            diagnostics: convert::diagnostics(planned.diags),
            planned_identity: convert::identity_data(&planned.identity),
            ..Default::default()
        })
    }

    pub(super) async fn apply(
        &self,
        request: &proto::apply_resource_change::Request,
    ) -> Call<proto::apply_resource_change::Response> {
        let resource = self.resource(&request.type_name)?;
        let ty = resource.schema().ty();
        let apply = ApplyRequest {
            config: convert::value(request.config.as_ref(), &ty)?,
            prior: convert::value(request.prior_state.as_ref(), &ty)?,
            planned: convert::value(request.planned_state.as_ref(), &ty)?,
            identity: convert::identity(
                request.planned_identity.as_ref(),
                resource.identity_schema(),
            )?,
        };
        let applied = resource.apply(self.context(&request.planned_private), apply).await;
        let StateResponse { state, identity, private, diags } = applied;
        let identity = if state.is_null() { Value::Null } else { identity };
        Ok(proto::apply_resource_change::Response {
            new_state: Some(convert::dynamic_value(&state)),
            private: private.encode(),
            diagnostics: convert::diagnostics(diags),
            new_identity: convert::identity_data(&identity),
            ..Default::default()
        })
    }

    pub(super) fn move_state(
        &self,
        request: &proto::move_resource_state::Request,
    ) -> Call<proto::move_resource_state::Response> {
        let resource = self.resource(&request.target_type_name)?;
        let raw = convert::raw_state(request.source_state.as_ref())?;
        let StateResponse { state, private, diags, .. } =
            resource.take_over(&request.source_type_name, &raw);
        if diags.has_errors() {
            return Err(diags);
        }
        Ok(proto::move_resource_state::Response {
            target_state: Some(convert::dynamic_value(&state)),
            target_private: private.encode(),
            ..Default::default()
        })
    }

    pub(super) fn generate_config(
        &self,
        request: &proto::generate_resource_config::Request,
    ) -> Call<proto::generate_resource_config::Response> {
        let resource = self.resource(&request.type_name)?;
        let state = convert::value(request.state.as_ref(), &resource.schema().ty())?;
        let config = resource.generate(&self.context(&[]), &state);
        Ok(proto::generate_resource_config::Response {
            config: Some(convert::dynamic_value(&config)),
            diagnostics: Vec::new(),
        })
    }

    pub(super) fn import(
        &self,
        request: &proto::import_resource_state::Request,
    ) -> Call<proto::import_resource_state::Response> {
        let resource = self.resource(&request.type_name)?;
        let identity = convert::identity(request.identity.as_ref(), resource.identity_schema())?;
        let id = match identity.entries() {
            Some(parts) => ImportId::Identity(
                parts
                    .iter()
                    .filter_map(|(name, part)| Some((name.clone(), part.as_str()?.to_owned())))
                    .collect(),
            ),
            None => ImportId::Text(request.id.clone()),
        };
        let StateResponse { state, identity, private, diags } = resource.import(&id);
        if diags.has_errors() {
            return Err(diags);
        }
        let imported = proto::import_resource_state::ImportedResource {
            type_name: request.type_name.clone(),
            state: Some(convert::dynamic_value(&plan::storable(&resource.schema().block, &state))),
            private: private.encode(),
            identity: convert::identity_data(&identity),
        };
        Ok(proto::import_resource_state::Response {
            imported_resources: vec![imported],
            ..Default::default()
        })
    }
}

/// Terraform and OpenTofu before 1.11 would store write-only values in the state.
fn refuse_write_only(block: &Block, config: &Value, diags: &mut Diagnostics) {
    let used = block
        .attributes
        .iter()
        .filter(|attribute| attribute.write_only && !config.get(&attribute.name).is_null());
    for attribute in used {
        diags.error_at(
            Path::attribute(attribute.name.clone()),
            format!("{} needs a newer Terraform", attribute.name),
            "Write-only arguments need Terraform or OpenTofu 1.11 or later: an older one would \
             store the secret in the state. Upgrade, then plan again.",
        );
    }
}
