//! A resource or data source whose every answer is held to Terraform's rules.
//!
//! In debug builds a breach is an error of ours, with the rule's name, before it is one of
//! Terraform's. An answer that has errors already is judged only by what core still looks at.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::Value as Json;

use super::{Moment, Violation, report};
use crate::framework::context::Cx;
use crate::framework::data_source::AnyDataSource;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::ephemeral::AnyEphemeralResource;
use crate::framework::erased::{
    AnyResource, ApplyRequest, PlanRequest, PlanResponse, StateResponse,
};
use crate::framework::identity::IdentitySchema;
use crate::framework::resource::ImportId;
use crate::framework::schema::Schema;
use crate::framework::value::Value;

/// The resource, watched in debug builds.
pub(in crate::framework) fn resource<D>(
    resource: Box<dyn AnyResource<D>>,
) -> Box<dyn AnyResource<D>>
where
    D: Send + Sync + 'static,
{
    if cfg!(debug_assertions) { Box::new(WatchedResource(resource)) } else { resource }
}

/// The data source, watched in debug builds.
pub(in crate::framework) fn data_source<D>(
    source: Box<dyn AnyDataSource<D>>,
) -> Box<dyn AnyDataSource<D>>
where
    D: Send + Sync + 'static,
{
    if cfg!(debug_assertions) { Box::new(WatchedDataSource(source)) } else { source }
}

/// The ephemeral resource, watched in debug builds.
pub(in crate::framework) fn ephemeral<D>(
    resource: Box<dyn AnyEphemeralResource<D>>,
) -> Box<dyn AnyEphemeralResource<D>>
where
    D: Send + Sync + 'static,
{
    if cfg!(debug_assertions) { Box::new(WatchedEphemeral(resource)) } else { resource }
}

struct WatchedResource<D>(Box<dyn AnyResource<D>>);

impl<D> WatchedResource<D> {
    fn identity(&self, before: &Value, now: &Value, moment: Moment) -> Vec<Violation>
    where
        D: Send + Sync + 'static,
    {
        super::identity(self.0.identity_schema(), before, now, moment)
    }
}

#[async_trait]
impl<D: Send + Sync + 'static> AnyResource<D> for WatchedResource<D> {
    fn type_name(&self) -> &'static str {
        self.0.type_name()
    }

    fn schema(&self) -> &Schema {
        self.0.schema()
    }

    fn identity_schema(&self) -> &IdentitySchema {
        self.0.identity_schema()
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        self.0.validate(config)
    }

    async fn plan(&self, cx: Cx<D>, request: PlanRequest) -> PlanResponse {
        let PlanRequest { config, prior, identity, .. } = request.clone();
        let mut response = self.0.plan(cx, request).await;
        if response.diags.has_errors() {
            return response;
        }
        let PlanResponse { planned, requires_replace, identity: new, diags, .. } = &mut response;
        let mut found = super::plan(self.schema(), &config, &prior, planned, requires_replace);
        if !planned.is_null() {
            let moment = match prior.is_null() || !requires_replace.is_empty() {
                true => Moment::PlanOfNew,
                false => Moment::PlanOfUpdate,
            };
            found.extend(self.identity(&identity, new, moment));
        }
        report(self.type_name(), found, diags);
        response
    }

    async fn apply(&self, cx: Cx<D>, request: ApplyRequest) -> StateResponse {
        let ApplyRequest { prior, planned, identity, .. } = request.clone();
        let mut response = self.0.apply(cx, request).await;
        let StateResponse { state, identity: new, diags, .. } = &mut response;
        let mut found = match diags.has_errors() {
            true => super::state(self.schema(), state),
            false => super::apply(self.schema(), &planned, state),
        };
        if !state.is_null() && !diags.has_errors() {
            let moment = if prior.is_null() { Moment::New } else { Moment::Later };
            found.extend(self.identity(&identity, new, moment));
        }
        report(self.type_name(), found, diags);
        response
    }

    async fn read(&self, cx: Cx<D>, state: Value, identity: Value) -> StateResponse {
        let importing = cx.is_importing();
        let mut response = self.0.read(cx, state, identity.clone()).await;
        if response.diags.has_errors() {
            return response;
        }
        let StateResponse { state, identity: new, diags, .. } = &mut response;
        let mut found = super::state(self.schema(), state);
        if !state.is_null() {
            let first = importing || identity.is_null();
            let moment = if first { Moment::New } else { Moment::Later };
            found.extend(self.identity(&identity, new, moment));
        }
        report(self.type_name(), found, diags);
        response
    }

    fn import(&self, id: &ImportId) -> StateResponse {
        let mut response = self.0.import(id);
        let StateResponse { state, identity, diags, .. } = &mut response;
        if diags.has_errors() {
            return response;
        }
        let mut found = super::import(self.schema(), state);
        if matches!(id, ImportId::Identity(_)) {
            found.extend(self.identity(&Value::Null, identity, Moment::New));
        }
        report(self.type_name(), found, diags);
        response
    }

    fn stub(&self, known: BTreeMap<String, Value>) -> StateResponse {
        self.0.stub(known)
    }

    fn take_over(&self, source_type: &str, state: &Json) -> StateResponse {
        let mut response = self.0.take_over(source_type, state);
        if !response.diags.has_errors() {
            let found = super::import(self.schema(), &response.state);
            report(self.type_name(), found, &mut response.diags);
        }
        response
    }

    fn generate(&self, cx: &Cx<D>, state: &Value) -> Value {
        self.0.generate(cx, state)
    }

    fn upgrade(&self, version: i64, state: &Json) -> Result<Value, Diagnostics> {
        let state = self.0.upgrade(version, state)?;
        let mut diags = Diagnostics::new();
        report(self.type_name(), super::state(self.schema(), &state), &mut diags);
        if diags.has_errors() { Err(diags) } else { Ok(state) }
    }
}

struct WatchedDataSource<D>(Box<dyn AnyDataSource<D>>);

#[async_trait]
impl<D: Send + Sync + 'static> AnyDataSource<D> for WatchedDataSource<D> {
    fn type_name(&self) -> &'static str {
        self.0.type_name()
    }

    fn schema(&self) -> &Schema {
        self.0.schema()
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        self.0.validate(config)
    }

    async fn read(&self, cx: Cx<D>, config: Value) -> (Value, Diagnostics) {
        let (result, mut diags) = self.0.read(cx, config).await;
        if !diags.has_errors() {
            report(self.type_name(), super::data(self.schema(), &result), &mut diags);
        }
        (result, diags)
    }
}

struct WatchedEphemeral<D>(Box<dyn AnyEphemeralResource<D>>);

#[async_trait]
impl<D: Send + Sync + 'static> AnyEphemeralResource<D> for WatchedEphemeral<D> {
    fn type_name(&self) -> &'static str {
        self.0.type_name()
    }

    fn schema(&self) -> &Schema {
        self.0.schema()
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        self.0.validate(config)
    }

    async fn open(&self, cx: Cx<D>, config: Value) -> (Value, Diagnostics) {
        let (result, mut diags) = self.0.open(cx, config.clone()).await;
        if !diags.has_errors() {
            // Core judges a result as if it were a plan; OpenTofu wants it wholly known, too.
            let mut found = super::data(self.schema(), &result);
            found.extend(super::plan(self.schema(), &config, &Value::Null, &result, &[]));
            report(self.type_name(), found, &mut diags);
        }
        (result, diags)
    }
}
