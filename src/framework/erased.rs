//! Any resource, over value trees: what the protocol layer calls.
//!
//! Each operation here is one of Terraform's: it knows the verb, the type and what is left behind,
//! so it alone words summaries and sees to the rules that hold for every resource.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::Value as Json;

use super::context::{Cx, IMPORTED, NAMED};
use super::diagnostics::Diagnostics;
use super::error::Error;
use super::identity::IdentitySchema;
use super::oracle::watch;
use super::path::Path;
use super::plan::{self, Plan};
use super::private::Private;
use super::resource::{Applied, Failed, ImportId, Resource};
use super::schema::Schema;
use super::timeouts::TIMEOUTS;
use super::value::Value;
use super::{generate, json, model, validate};

/// A resource type without its model.
#[async_trait]
pub trait AnyResource<D>: Send + Sync {
    /// The type as HCL writes it.
    fn type_name(&self) -> &'static str;

    /// The attributes and their rules.
    fn schema(&self) -> &Schema;

    /// What identifies an object.
    fn identity_schema(&self) -> &IdentitySchema;

    /// Checks a configuration as far as it is known.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Plans a creation, update or deletion.
    async fn plan(&self, cx: Cx<D>, request: PlanRequest) -> PlanResponse;

    /// Carries a plan out. The answer holds what exists, whatever fails.
    async fn apply(&self, cx: Cx<D>, request: ApplyRequest) -> StateResponse;

    /// Refreshes a state; one that is gone becomes null.
    async fn read(&self, cx: Cx<D>, state: Value, identity: Value) -> StateResponse;

    /// Turns an import id into the stub of a state, which is read next.
    fn import(&self, id: &ImportId) -> StateResponse;

    /// A state of which only this is known: the read that follows does the rest.
    fn stub(&self, known: BTreeMap<String, Value>) -> StateResponse;

    /// Brings a stored state to the current shape.
    fn upgrade(&self, version: i64, state: &Json) -> Result<Value, Diagnostics>;

    /// Takes over the state of another provider's resource, to be read next.
    fn take_over(&self, source_type: &str, state: &Json) -> StateResponse;

    /// The least configuration that plans a state as it is.
    fn generate(&self, cx: &Cx<D>, state: &Value) -> Value;
}

/// What is to be planned.
#[derive(Clone, Debug)]
pub struct PlanRequest {
    /// The configuration; null for a deletion.
    pub config: Value,
    /// The state so far; null for a creation.
    pub prior: Value,
    /// Terraform's merge of both; null for a deletion.
    pub proposed: Value,
    /// The identity so far; null where there is none.
    pub identity: Value,
}

/// A plan.
#[derive(Clone, Debug)]
pub struct PlanResponse {
    /// The planned state.
    pub planned: Value,
    /// The changes that need a new object.
    pub requires_replace: Vec<Path>,
    /// The planned identity.
    pub identity: Value,
    /// Notes for the apply.
    pub private: Private,
    /// Errors and warnings.
    pub diags: Diagnostics,
}

/// A plan to carry out.
#[derive(Clone, Debug)]
pub struct ApplyRequest {
    /// The configuration; null for a deletion.
    pub config: Value,
    /// The state so far; null for a creation.
    pub prior: Value,
    /// The planned state; null for a deletion.
    pub planned: Value,
    /// The planned identity.
    pub identity: Value,
}

/// A state, and what goes with it.
#[derive(Clone, Debug)]
pub struct StateResponse {
    /// What exists; null for nothing.
    pub state: Value,
    /// What it is found by.
    pub identity: Value,
    /// Notes to keep with it.
    pub private: Private,
    /// Errors and warnings.
    pub diags: Diagnostics,
}

/// Hides a resource's model. A newtype rather than a blanket implementation, so that the methods
/// of the two traits stay apart.
#[derive(Debug)]
pub struct Erased<R> {
    resource: R,
    schema: Schema,
    identity: IdentitySchema,
}

impl<R> Erased<R> {
    /// A resource for the provider's list.
    pub fn boxed<D>(resource: R) -> Box<dyn AnyResource<D>>
    where
        D: Send + Sync + 'static,
        R: Resource<D>,
    {
        let (schema, identity) = (resource.schema(), resource.identity());
        watch::resource(Box::new(Self { resource, schema, identity }))
    }

    fn identity_of<D>(&self, state: &Value) -> Value
    where
        D: Send + Sync + 'static,
        R: Resource<D>,
    {
        if state.is_null() || self.identity.attributes.is_empty() {
            return Value::Null;
        }
        self.identity.of(self.resource.identify(state))
    }

    /// The parts of an identity that an import may leave out, as far as it names them.
    fn place_in(&self, identity: &Value) -> BTreeMap<&str, String> {
        let optional = self.identity.attributes.iter().filter(|part| !part.required);
        optional
            .filter_map(|part| Some((part.name, identity.get(part.name).as_str()?.to_owned())))
            .collect()
    }

    fn summary<D>(&self, verb: &str, value: &Value) -> String
    where
        D: Send + Sync + 'static,
        R: Resource<D>,
    {
        let label = ["name", "id"].iter().find_map(|name| value.get(name).as_str());
        label.map_or_else(
            || format!("{verb} {}", R::TYPE),
            |label| format!("{verb} {} ({label})", R::TYPE),
        )
    }

    /// The state that a change left: on success as planned and filled in, on failure whatever
    /// exists, which for an untouched object is `untouched`.
    fn outcome<D>(
        &self,
        outcome: Applied<R::Model>,
        planned: &Value,
        untouched: &Value,
    ) -> (Value, Option<Error>)
    where
        D: Send + Sync + 'static,
        R: Resource<D>,
    {
        let encode = |model: &R::Model| {
            model::encode(model, &self.schema.ty())
                .map(|value| plan::storable(&self.schema.block, &value))
        };
        match outcome {
            Ok(model) => match encode(&model) {
                Ok(actual) => {
                    for path in plan::contradictions(&self.schema.block, planned, &actual) {
                        tracing::warn!(%path, "the result differs from the plan, which is kept");
                    }
                    (plan::settle(planned, &actual), None)
                }
                // It was made all the same: nothing that exists may be forgotten.
                Err(bug) => (plan::known_part(planned), Some(bug)),
            },
            Err(Failed { error, left: None }) => (untouched.clone(), Some(error)),
            Err(Failed { error, left: Some(model) }) => match encode(&model) {
                Ok(mut left) => {
                    self.put_timeouts(&mut left, planned);
                    (left, Some(error))
                }
                Err(bug) => (plan::known_part(planned), Some(bug)),
            },
        }
    }

    /// Puts in the arguments that no API returns.
    fn put_timeouts(&self, state: &mut Value, from: &Value) {
        if self.schema.block.blocks.iter().any(|nested| nested.name == TIMEOUTS) {
            state.put(TIMEOUTS, from.get(TIMEOUTS).clone());
        }
    }
}

#[async_trait]
impl<D, R> AnyResource<D> for Erased<R>
where
    D: Send + Sync + 'static,
    R: Resource<D>,
{
    fn type_name(&self) -> &'static str {
        R::TYPE
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn identity_schema(&self) -> &IdentitySchema {
        &self.identity
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut diags = Diagnostics::new();
        validate::validate(&self.schema.block, config, &mut diags);
        self.resource.validate(config, &mut diags);
        diags
    }

    async fn plan(&self, cx: Cx<D>, request: PlanRequest) -> PlanResponse {
        let PlanRequest { config, prior, proposed, identity } = request;
        let block = &self.schema.block;
        let (planned, requires_replace, mut diags) = if proposed.is_null() {
            let mut diags = Diagnostics::new();
            match model::decode(&prior) {
                Ok(state) => self.resource.plan_destroy(&cx, &state, &mut diags).await,
                Err(error) => {
                    diags.push(error.diagnose(self.summary::<D>("planning to delete", &prior)));
                }
            }
            (Value::Null, Vec::new(), diags)
        } else {
            let base = plan::propose(block, &config, &prior, &proposed);
            let mut edit = Plan::new(&config, &prior, base);
            if let Err(error) = self.resource.plan(&cx, &mut edit).await {
                let diagnostic = error.diagnose(self.summary::<D>("planning", &config));
                edit.diags.push(diagnostic);
            }
            edit.finish(block)
        };
        let planned_identity = self.identity_of::<D>(&planned);
        let identity = if prior.is_null() || planned_identity.is_wholly_known() {
            planned_identity
        } else {
            identity
        };
        let (warnings, private) = cx.finish();
        diags.append(warnings);
        PlanResponse { planned, requires_replace, identity, private, diags }
    }

    async fn apply(&self, cx: Cx<D>, request: ApplyRequest) -> StateResponse {
        let ApplyRequest { config, prior, planned, identity } = request;
        let block = &self.schema.block;
        let whole = model::with_write_only(block, &planned, &config);
        let limits = R::TIMEOUTS;
        let (cx, verb) = match (prior.is_null(), planned.is_null()) {
            (true, _) => (cx.with_deadline(limits.create_of(&planned)), "creating"),
            (false, true) => (cx.with_deadline(limits.delete_of(&prior)), "deleting"),
            (false, false) => (cx.with_deadline(limits.update_of(&planned)), "updating"),
        };
        let (state, error) = if planned.is_null() {
            let deleted = match model::decode(&prior) {
                Ok(state) => self.resource.delete(&cx, state).await,
                Err(bug) => Err(bug.into()),
            };
            match deleted {
                Ok(()) => (Value::Null, None),
                Err(failed) => self.outcome::<D>(Err(failed), &prior, &prior),
            }
        } else {
            let applied = match (model::decode::<R::Model>(&prior), model::decode(&whole)) {
                (_, Ok(plan)) if prior.is_null() => self.resource.create(&cx, plan).await,
                (Ok(state), Ok(plan)) => self.resource.update(&cx, state, plan).await,
                (Err(bug), _) | (_, Err(bug)) => Err(bug.into()),
            };
            self.outcome::<D>(applied, &planned, &prior)
        };
        let (mut diags, private) = cx.finish();
        if let Some(error) = error {
            let named = if planned.is_null() { &prior } else { &planned };
            let error = explain_aftermath(error, &prior, &state);
            diags.push(error.diagnose(self.summary::<D>(verb, named)));
        }
        let found = complete(self.identity_of::<D>(&state), &identity);
        let identity = if found.is_wholly_known() { found } else { identity };
        StateResponse { state, identity, private, diags }
    }

    async fn read(&self, cx: Cx<D>, state: Value, identity: Value) -> StateResponse {
        let block = &self.schema.block;
        let importing = cx.is_importing();
        let named: BTreeMap<String, String> = cx.private().get(NAMED).unwrap_or_default();
        let model = if importing {
            model::decode(&model::fill_stub(block, &state))
        } else {
            model::decode(&state)
        };
        let found = match model {
            Ok(model) => self.resource.read(&cx, model).await,
            Err(bug) => Err(bug),
        };
        let found = found.and_then(|found| {
            found.map(|model| model::encode(&model, &self.schema.ty())).transpose()
        });
        let (mut diags, private) = cx.finish();
        let new = match found {
            Ok(None) => Value::Null,
            Ok(Some(read)) => {
                let read = plan::keep_spelling(block, &state, &read);
                let mut new = plan::storable(block, &read);
                self.put_timeouts(&mut new, &state);
                new
            }
            Err(error) => {
                diags.push(error.diagnose(self.summary::<D>("reading", &state)));
                return StateResponse { state, identity, private, diags };
            }
        };
        let found = complete(self.identity_of::<D>(&new), &identity);
        if let Some(complaint) = elsewhere(&named, &self.identity_of::<D>(&new)) {
            diags.error(self.summary::<D>("importing", &state), complaint);
            return StateResponse { state, identity, private, diags };
        }
        if !importing
            && !new.is_null()
            && !identity.is_null()
            && identity_changes(&identity, &found)
        {
            diags.error(
                self.summary::<D>("reading", &state),
                "The object's identity changed while it was read, which is a bug in the \
                 provider: report it with the output of TF_LOG=trace.",
            );
        }
        StateResponse { state: new, identity: found, private, diags }
    }

    fn import(&self, id: &ImportId) -> StateResponse {
        match self.resource.import(id) {
            Ok(key) => {
                let identity = match id {
                    ImportId::Identity(parts) => {
                        let parts =
                            parts.iter().map(|(name, part)| (name.clone(), part.clone().into()));
                        self.identity.of(parts.collect())
                    }
                    ImportId::Text(_) => Value::Null,
                };
                let mut stub = AnyResource::<D>::stub(self, key);
                let whole = if identity.is_null() { &stub.identity } else { &identity };
                stub.private.set(NAMED, self.place_in(whole));
                StateResponse { identity, ..stub }
            }
            Err(error) => StateResponse {
                state: Value::Null,
                identity: Value::Null,
                private: Private::default(),
                diags: error.diagnose(format!("importing {}", R::TYPE)).into(),
            },
        }
    }

    fn stub(&self, known: BTreeMap<String, Value>) -> StateResponse {
        let block = &self.schema.block;
        let mut state = plan::storable(block, &model::nothing(block));
        for (name, value) in known {
            state.put(&name, value);
        }
        let identity = self.identity_of::<D>(&state);
        let mut private = Private::default();
        private.set(IMPORTED, true);
        StateResponse { state, identity, private, diags: Diagnostics::new() }
    }

    fn upgrade(&self, version: i64, state: &Json) -> Result<Value, Diagnostics> {
        let refuse = |detail: String| {
            let mut diags = Diagnostics::new();
            diags.error(format!("upgrading the state of {}", R::TYPE), detail);
            diags
        };
        if version > self.schema.version {
            return Err(refuse(format!(
                "The state has version {version} of the schema, this provider knows up to {}. \
                 Use the provider version that wrote it, or a newer one.",
                self.schema.version
            )));
        }
        let mut state = state.clone();
        for at in version..self.schema.version {
            let upgrade = usize::try_from(at).ok().and_then(|at| self.resource.upgrades().get(at));
            let Some(upgrade) = upgrade else {
                return Err(refuse(format!("A state of version {at} cannot be upgraded.")));
            };
            state = upgrade(state);
        }
        let value = json::decode(&state, &self.schema.ty()).map_err(|reason| {
            refuse(format!("The stored state does not fit the schema: {reason}."))
        })?;
        Ok(plan::storable(&self.schema.block, &value))
    }

    fn take_over(&self, source_type: &str, state: &Json) -> StateResponse {
        match self.resource.take_over(source_type, state) {
            Some(known) => {
                StateResponse { identity: Value::Null, ..AnyResource::<D>::stub(self, known) }
            }
            None => {
                let mut diags = Diagnostics::new();
                diags.error(
                    format!("moving {source_type} to {}", R::TYPE),
                    format!(
                        "A {source_type} cannot become a {}. Import the object instead.",
                        R::TYPE
                    ),
                );
                StateResponse {
                    state: Value::Null,
                    identity: Value::Null,
                    private: Private::default(),
                    diags,
                }
            }
        }
    }

    fn generate(&self, cx: &Cx<D>, state: &Value) -> Value {
        let mut config = generate::config_of(&self.schema.block, state);
        self.resource.generate(cx, state, &mut config);
        config
    }
}

/// Says what exists after a failure, unless the resource has said so itself.
fn explain_aftermath(error: Error, prior: &Value, state: &Value) -> Error {
    if error.aftermath.is_some() {
        return error;
    }
    match (prior.is_null(), state.is_null()) {
        (true, true) if error.is_ambiguous() => error,
        (true, true) => error.aftermath("Nothing was created."),
        (true, false) => error.aftermath(
            "What was made is in the state, marked as tainted: the next apply replaces it.",
        ),
        (false, _) if state == prior => error.aftermath("The state is unchanged."),
        (false, _) => error.aftermath("The state shows what exists now."),
    }
}

/// An identity with the parts that a state without its object cannot tell as they were before.
fn complete(mut now: Value, before: &Value) -> Value {
    for (name, part) in before.entries().into_iter().flatten() {
        if now.get(name).is_null() && !part.is_unknown() {
            now.put(name, part.clone());
        }
    }
    now
}

/// Why what was found is not what an import named, if so.
fn elsewhere(named: &BTreeMap<String, String>, found: &Value) -> Option<String> {
    named.iter().find_map(|(name, part)| {
        let other = found.get(name).as_str().filter(|found| found != part)?;
        Some(format!(
            "The import names the {name} {part}, but this provider works with {other}, where an \
             object of the same key exists. Import it with a provider of {part}, or correct the \
             import."
        ))
    })
}

/// Whether a part that was known is another one now.
fn identity_changes(before: &Value, now: &Value) -> bool {
    before
        .entries()
        .into_iter()
        .flatten()
        .any(|(name, part)| !part.is_null() && !part.is_unknown() && part != now.get(name))
}
