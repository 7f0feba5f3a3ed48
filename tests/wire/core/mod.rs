//! Terraform core in small: it makes requests as core does, in process, and holds every answer
//! that came over the wire to the oracle's rules.

pub(crate) mod proposed;

use std::collections::BTreeMap;

use terraform_provider_connect::framework::identity::IdentitySchema;
use terraform_provider_connect::framework::oracle;
use terraform_provider_connect::framework::path::{Path, Step};
use terraform_provider_connect::framework::provider::Provider;
use terraform_provider_connect::framework::schema::Schema;
use terraform_provider_connect::framework::types::Type;
use terraform_provider_connect::framework::value::Value;
use terraform_provider_connect::protocol::proto::attribute_path::step::Selector;
use terraform_provider_connect::protocol::proto::provider_server::Provider as Rpc;
use terraform_provider_connect::protocol::{Service, msgpack, proto};
use tonic::Request;

/// A core and the provider it talks to.
#[derive(Debug)]
pub(crate) struct Core<P: Provider> {
    pub(crate) service: Service<P>,
    resources: BTreeMap<&'static str, (Schema, IdentitySchema)>,
    data_sources: BTreeMap<&'static str, Schema>,
}

/// A resource as Terraform remembers it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Instance {
    pub(crate) state: Option<Value>,
    pub(crate) identity: Option<Value>,
    pub(crate) private: Vec<u8>,
}

impl Instance {
    pub(crate) fn of(state: Value) -> Self {
        Instance { state: Some(state), ..Instance::default() }
    }

    /// The state, null for none.
    pub(crate) fn value(&self) -> Value {
        self.state.clone().unwrap_or(Value::Null)
    }
}

/// A plan as core shows it.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) config: Value,
    pub(crate) prior: Instance,
    pub(crate) planned: Value,
    /// In HCL's notation.
    pub(crate) replace: Vec<String>,
    pub(crate) identity: Option<Value>,
    pub(crate) private: Vec<u8>,
    pub(crate) diags: Vec<Told>,
}

/// An answer that holds a state.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) new: Instance,
    pub(crate) diags: Vec<Told>,
}

/// A message to the practitioner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) error: bool,
    pub(crate) summary: String,
    pub(crate) detail: String,
    /// In HCL's notation; empty for the whole object.
    pub(crate) path: String,
}

impl<P: Provider> Core<P> {
    pub(crate) fn new(provider: P) -> Self {
        let resources = provider.resources();
        let data_sources = provider.data_sources();
        Core {
            resources: resources
                .iter()
                .map(|it| (it.type_name(), (it.schema().clone(), it.identity_schema().clone())))
                .collect(),
            data_sources: data_sources
                .iter()
                .map(|it| (it.type_name(), it.schema().clone()))
                .collect(),
            service: Service::new(provider),
        }
    }

    pub(crate) fn schema(&self, name: &str) -> &Schema {
        &self.resources[name].0
    }

    pub(crate) fn identity_schema(&self, name: &str) -> &IdentitySchema {
        &self.resources[name].1
    }

    pub(crate) fn data_schema(&self, name: &str) -> &Schema {
        &self.data_sources[name]
    }

    /// An empty provider block with these arguments.
    pub(crate) async fn configure(&self, config: &Value) -> Vec<Told> {
        let request = proto::configure_provider::Request {
            terraform_version: "1.11.4".into(),
            config: wire(config),
            client_capabilities: capabilities(),
        };
        let answer = self.service.configure_provider(Request::new(request)).await;
        told(answer.expect("no status").into_inner().diagnostics)
    }

    pub(crate) async fn validate_provider(&self, config: &Value) -> Vec<Told> {
        let request = proto::validate_provider_config::Request { config: wire(config) };
        let answer = self.service.validate_provider_config(Request::new(request)).await;
        told(answer.expect("no status").into_inner().diagnostics)
    }

    pub(crate) async fn validate(&self, name: &str, config: &Value) -> Vec<Told> {
        self.validate_as(name, config, capabilities()).await
    }

    pub(crate) async fn validate_as(
        &self,
        name: &str,
        config: &Value,
        client_capabilities: Option<proto::ClientCapabilities>,
    ) -> Vec<Told> {
        let request = proto::validate_resource_config::Request {
            type_name: name.into(),
            config: wire(config),
            client_capabilities,
        };
        let answer = self.service.validate_resource_config(Request::new(request)).await;
        told(answer.expect("no status").into_inner().diagnostics)
    }

    /// Plans a creation or an update.
    pub(crate) async fn plan(&self, name: &str, config: &Value, prior: &Instance) -> Planned {
        let schema = self.schema(name);
        let proposed = proposed::proposed(&schema.block, &prior.value(), config);
        self.plan_proposed(name, config, prior, &proposed).await
    }

    /// Plans a deletion.
    pub(crate) async fn plan_destroy(&self, name: &str, prior: &Instance) -> Planned {
        self.plan_proposed(name, &Value::Null, prior, &Value::Null).await
    }

    async fn plan_proposed(
        &self,
        name: &str,
        config: &Value,
        prior: &Instance,
        proposed: &Value,
    ) -> Planned {
        let (schema, identity) = &self.resources[name];
        let request = proto::plan_resource_change::Request {
            type_name: name.into(),
            prior_state: wire(&prior.value()),
            proposed_new_state: wire(proposed),
            config: wire(config),
            prior_private: prior.private.clone(),
            client_capabilities: capabilities(),
            prior_identity: identity_wire(prior.identity.as_ref()),
            ..Default::default()
        };
        let answer = self.service.plan_resource_change(Request::new(request)).await;
        let answer = answer.expect("no status").into_inner();
        assert!(!answer.legacy_type_system);
        let planned = Planned {
            config: config.clone(),
            prior: prior.clone(),
            planned: read(answer.planned_state.as_ref(), &schema.ty()),
            replace: answer.requires_replace.iter().map(|path| hcl(path).to_string()).collect(),
            identity: identity_value(answer.planned_identity.as_ref(), identity),
            private: answer.planned_private,
            diags: told(answer.diagnostics),
        };
        if !has_errors(&planned.diags) {
            let paths: Vec<Path> = answer.requires_replace.iter().map(hcl).collect();
            let found = oracle::plan(schema, config, &prior.value(), &planned.planned, &paths);
            assert_eq!(found, []);
        }
        planned
    }

    pub(crate) async fn apply(&self, name: &str, plan: &Planned) -> Answer {
        let (schema, identity) = &self.resources[name];
        let request = proto::apply_resource_change::Request {
            type_name: name.into(),
            prior_state: wire(&plan.prior.value()),
            planned_state: wire(&plan.planned),
            config: wire(&plan.config),
            planned_private: plan.private.clone(),
            provider_meta: None,
            planned_identity: identity_wire(plan.identity.as_ref()),
        };
        let answer = self.service.apply_resource_change(Request::new(request)).await;
        let answer = answer.expect("no status").into_inner();
        assert!(!answer.legacy_type_system);
        let diags = told(answer.diagnostics);
        let state = read(answer.new_state.as_ref(), &schema.ty());
        if !has_errors(&diags) {
            assert_eq!(oracle::apply(schema, &plan.planned, &state), []);
        }
        let identity = identity_value(answer.new_identity.as_ref(), identity);
        Answer { new: remember(state, identity, answer.private), diags }
    }

    /// Plans and applies, for tests of what comes after.
    pub(crate) async fn create(&self, name: &str, config: &Value) -> Instance {
        let plan = self.plan(name, config, &Instance::default()).await;
        assert!(!has_errors(&plan.diags), "{:?}", plan.diags);
        let answer = self.apply(name, &plan).await;
        assert!(!has_errors(&answer.diags), "{:?}", answer.diags);
        answer.new
    }

    pub(crate) async fn read(&self, name: &str, instance: &Instance) -> Answer {
        let (schema, identity) = &self.resources[name];
        let request = proto::read_resource::Request {
            type_name: name.into(),
            current_state: wire(&instance.value()),
            private: instance.private.clone(),
            client_capabilities: capabilities(),
            current_identity: identity_wire(instance.identity.as_ref()),
            ..Default::default()
        };
        let answer = self.service.read_resource(Request::new(request)).await;
        let answer = answer.expect("no status").into_inner();
        let diags = told(answer.diagnostics);
        let state = read(answer.new_state.as_ref(), &schema.ty());
        if !has_errors(&diags) {
            assert_eq!(oracle::state(schema, &state), []);
        }
        let identity = identity_value(answer.new_identity.as_ref(), identity);
        Answer { new: remember(state, identity, answer.private), diags }
    }

    /// Imports by id, without the read.
    pub(crate) async fn import(&self, name: &str, id: &str) -> Answer {
        self.import_request(proto::import_resource_state::Request {
            type_name: name.into(),
            id: id.into(),
            ..Default::default()
        })
        .await
    }

    /// Imports by identity, without the read.
    pub(crate) async fn import_identity(&self, name: &str, identity: &Value) -> Answer {
        self.import_request(proto::import_resource_state::Request {
            type_name: name.into(),
            identity: identity_wire(Some(identity)),
            ..Default::default()
        })
        .await
    }

    async fn import_request(&self, request: proto::import_resource_state::Request) -> Answer {
        let name = request.type_name.clone();
        let (schema, identity) = &self.resources[name.as_str()];
        let answer = self.service.import_resource_state(Request::new(request)).await;
        let answer = answer.expect("no status").into_inner();
        let diags = told(answer.diagnostics);
        if has_errors(&diags) {
            assert_eq!(answer.imported_resources, []);
            return Answer { new: Instance::default(), diags };
        }
        let [imported] = &answer.imported_resources[..] else { panic!("not exactly one") };
        assert_eq!(imported.type_name, name);
        let state = read(imported.state.as_ref(), &schema.ty());
        assert_eq!(oracle::import(schema, &state), []);
        let identity = identity_value(imported.identity.as_ref(), identity);
        Answer { new: remember(state, identity, imported.private.clone()), diags }
    }

    pub(crate) async fn upgrade(&self, name: &str, version: i64, json: &str) -> (Value, Vec<Told>) {
        let request = proto::upgrade_resource_state::Request {
            type_name: name.into(),
            version,
            raw_state: Some(raw(json)),
        };
        let answer = self.service.upgrade_resource_state(Request::new(request)).await;
        let answer = answer.expect("no status").into_inner();
        let schema = self.schema(name);
        let state = read(answer.upgraded_state.as_ref(), &schema.ty());
        (state, told(answer.diagnostics))
    }

    pub(crate) async fn read_data(&self, name: &str, config: &Value) -> (Value, Vec<Told>) {
        let request = proto::read_data_source::Request {
            type_name: name.into(),
            config: wire(config),
            client_capabilities: capabilities(),
            ..Default::default()
        };
        let answer = self.service.read_data_source(Request::new(request)).await;
        let answer = answer.expect("no status").into_inner();
        let schema = self.data_schema(name);
        (read(answer.state.as_ref(), &schema.ty()), told(answer.diagnostics))
    }
}

fn remember(state: Value, identity: Option<Value>, private: Vec<u8>) -> Instance {
    Instance { state: (!state.is_null()).then_some(state), identity, private }
}

/// What Terraform 1.11 and later can do.
pub(crate) fn capabilities() -> Option<proto::ClientCapabilities> {
    Some(proto::ClientCapabilities { write_only_attributes_allowed: true, ..Default::default() })
}

/// A value on its way to the provider.
pub(crate) fn wire(value: &Value) -> Option<proto::DynamicValue> {
    Some(proto::DynamicValue { msgpack: msgpack::encode(value), json: Vec::new() })
}

pub(crate) fn raw(json: &str) -> proto::RawState {
    proto::RawState { json: json.into(), ..Default::default() }
}

fn read(dynamic: Option<&proto::DynamicValue>, ty: &Type) -> Value {
    let bytes = dynamic.map_or(&[][..], |dynamic| &dynamic.msgpack);
    if bytes.is_empty() {
        return Value::Null;
    }
    msgpack::decode(bytes, ty).expect("an answer fits its schema")
}

pub(crate) fn identity_wire(identity: Option<&Value>) -> Option<proto::ResourceIdentityData> {
    identity.map(|identity| proto::ResourceIdentityData { identity_data: wire(identity) })
}

pub(crate) fn identity_value(
    identity: Option<&proto::ResourceIdentityData>,
    schema: &IdentitySchema,
) -> Option<Value> {
    identity.map(|identity| read(identity.identity_data.as_ref(), &schema.ty()))
}

pub(crate) fn told(diagnostics: Vec<proto::Diagnostic>) -> Vec<Told> {
    let told = diagnostics.into_iter().map(|diagnostic| {
        use proto::diagnostic::Severity;
        assert_ne!(diagnostic.severity(), Severity::Invalid);
        assert_ne!(diagnostic.attribute.as_ref().map(|path| path.steps.len()), Some(0));
        Told {
            error: diagnostic.severity() == Severity::Error,
            path: diagnostic.attribute.as_ref().map(hcl).unwrap_or_default().to_string(),
            summary: diagnostic.summary,
            detail: diagnostic.detail,
        }
    });
    told.collect()
}

fn hcl(path: &proto::AttributePath) -> Path {
    let steps = path.steps.iter().map(|step| match step.selector.as_ref().expect("a step") {
        Selector::AttributeName(name) => Step::Attribute(name.clone()),
        Selector::ElementKeyString(key) => Step::Key(key.clone()),
        Selector::ElementKeyInt(index) => Step::Index((*index).try_into().expect("not negative")),
    });
    Path(steps.collect())
}

pub(crate) fn has_errors(diags: &[Told]) -> bool {
    diags.iter().any(|told| told.error)
}

/// The one error there is.
pub(crate) fn only_error(diags: &[Told]) -> &Told {
    let [error] = diags else { panic!("not exactly one message: {diags:#?}") };
    assert!(error.error, "{error:?}");
    error
}

/// An object of a type: what is not given is null, or no blocks.
pub(crate) fn object(schema: &Schema, given: &[(&str, Value)]) -> Value {
    let attributes = schema.block.attributes.iter().map(|it| (it.name.clone(), Value::Null));
    let mut object = Value::object(attributes);
    for nested in &schema.block.blocks {
        use terraform_provider_connect::framework::schema::Nesting;
        let none = match nested.nesting {
            Nesting::Single => Value::Null,
            Nesting::List => Value::List(Vec::new()),
            Nesting::Set => Value::Set(Vec::new()),
            Nesting::Map => Value::Map([].into()),
        };
        object.put(&nested.name, none);
    }
    for (name, value) in given {
        assert!(object.entries().is_some_and(|all| all.contains_key(*name)), "{name}?");
        object.put(name, value.clone());
    }
    object
}
