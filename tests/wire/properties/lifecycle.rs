//! Whatever the schema, configuration and state: the framework's answers break no rule.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value as Json;
use terraform_provider_connect::framework::context::Cx;
use terraform_provider_connect::framework::diagnostics::Diagnostics;
use terraform_provider_connect::framework::erased::{
    AnyResource, ApplyRequest, Erased, PlanRequest, PlanResponse, StateResponse,
};
use terraform_provider_connect::framework::error::Result;
use terraform_provider_connect::framework::identity::IdentitySchema;
use terraform_provider_connect::framework::oracle::{self, Role};
use terraform_provider_connect::framework::private::Private;
use terraform_provider_connect::framework::resource::{Applied, ImportId, Resource};
use terraform_provider_connect::framework::schema::Schema;
use terraform_provider_connect::framework::timeouts::Timeouts;
use terraform_provider_connect::framework::value::Value;
use tokio_util::sync::CancellationToken;

use super::choices::Choices;
use super::values::Gaps;
use super::{holds, schemas};
use crate::core::proposed::proposed;

/// A resource of any schema, whose service answers with what is in `next`.
#[derive(Clone, Debug)]
struct AnyThing {
    schema: Schema,
    /// The next answer; without one, the plan or state itself.
    next: Arc<Mutex<Option<Json>>>,
}

impl AnyThing {
    fn answer(&self, otherwise: Json) -> Json {
        self.next.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or(otherwise)
    }
}

#[async_trait]
impl Resource<()> for AnyThing {
    type Model = Json;

    const TYPE: &'static str = "test_any_thing";

    const TIMEOUTS: Timeouts = Timeouts {
        create: Duration::from_mins(1),
        update: Duration::from_mins(1),
        delete: Duration::from_mins(1),
    };

    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    fn identity(&self) -> IdentitySchema {
        IdentitySchema::default()
    }

    fn identify(&self, _: &Value) -> BTreeMap<String, Value> {
        BTreeMap::new()
    }

    async fn create(&self, _: &Cx<()>, plan: Json) -> Applied<Json> {
        Ok(self.answer(plan))
    }

    async fn read(&self, _: &Cx<()>, state: Json) -> Result<Option<Json>> {
        Ok(Some(self.answer(state)))
    }

    async fn update(&self, _: &Cx<()>, _: Json, plan: Json) -> Applied<Json> {
        Ok(self.answer(plan))
    }

    async fn delete(&self, _: &Cx<()>, _: Json) -> Applied<(), Json> {
        Ok(())
    }

    fn import(&self, _: &ImportId) -> Result<BTreeMap<String, Value>> {
        Ok(BTreeMap::new())
    }
}

/// A resource and the calls that core makes of it.
struct Life {
    schema: Schema,
    next: Arc<Mutex<Option<Json>>>,
    resource: Box<dyn AnyResource<()>>,
}

impl Life {
    fn new(choices: &mut Choices<'_>) -> Self {
        let schema = schemas::schema(choices);
        assert_eq!(oracle::schema(&schema, Role::Resource), []);
        let thing = AnyThing { schema: schema.clone(), next: Arc::default() };
        Life { schema, next: Arc::clone(&thing.next), resource: Erased::boxed(thing) }
    }

    fn answer_next(&self, json: Json) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(json);
    }

    fn plan(&self, config: &Value, prior: &Value) -> PlanResponse {
        let request = PlanRequest {
            config: config.clone(),
            prior: prior.clone(),
            proposed: proposed(&self.schema.block, prior, config),
            identity: Value::Null,
        };
        let planned = wait(self.resource.plan(cx(), request));
        assert_eq!(planned.diags, Diagnostics::new());
        let found =
            oracle::plan(&self.schema, config, prior, &planned.planned, &planned.requires_replace);
        assert_eq!(found, []);
        assert!(planned.requires_replace.is_sorted());
        planned
    }

    /// Applies a plan, as a service does that has ways of its own.
    fn apply(&self, choices: &mut Choices<'_>, config: &Value, prior: &Value) -> Value {
        let planned = self.plan(config, prior).planned;
        let json = terraform_provider_connect::framework::json::encode(&planned);
        self.answer_next(schemas::made(choices, &self.schema.block, &json, false));
        let request = ApplyRequest {
            config: config.clone(),
            prior: prior.clone(),
            planned: planned.clone(),
            identity: Value::Null,
        };
        let StateResponse { state, diags, .. } = wait(self.resource.apply(cx(), request));
        assert_eq!(diags, Diagnostics::new());
        assert_eq!(oracle::apply(&self.schema, &planned, &state), []);
        state
    }

    fn config(&self, choices: &mut Choices<'_>, gaps: Gaps) -> Value {
        schemas::config(choices, &self.schema.block, gaps)
    }

    /// Null, what an apply left, or what a read found.
    fn prior(&self, choices: &mut Choices<'_>) -> Value {
        match choices.below(3) {
            0 => Value::Null,
            1 => schemas::drifted(choices, &self.schema.block),
            _ => {
                let config = self.config(choices, Gaps::Null);
                self.apply(choices, &config, &Value::Null)
            }
        }
    }
}

fn cx() -> Cx<()> {
    Cx::new(Ok(Arc::new(())), CancellationToken::new(), Private::default())
}

fn wait<T>(call: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(call)
}

#[test]
fn case_41_plans_break_no_rule() {
    holds(|choices| {
        let life = Life::new(choices);
        let prior = life.prior(choices);
        let config = life.config(choices, Gaps::Refined);
        life.plan(&config, &prior);
    });
}

#[test]
fn case_43_an_unchanged_configuration_plans_no_change() {
    holds(|choices| {
        let life = Life::new(choices);
        let config = life.config(choices, Gaps::Null);
        let state = life.apply(choices, &config, &Value::Null);
        let again = life.plan(&config, &state);
        assert_eq!(again.planned, state);
        assert_eq!(again.requires_replace, []);
    });
}

#[test]
fn case_50_a_second_plan_knows_more_and_nothing_else() {
    holds(|choices| {
        let life = Life::new(choices);
        let prior = life.prior(choices);
        let config = life.config(choices, Gaps::Unknown);
        let shown = life.plan(&config, &prior).planned;
        let config = schemas::resolved(choices, &life.schema.block, &config);
        let last = life.plan(&config, &prior).planned;
        assert_eq!(oracle::final_plan(&life.schema, &shown, &last), []);
    });
}

#[test]
fn case_53_results_break_no_rule() {
    holds(|choices| {
        let life = Life::new(choices);
        let prior = life.prior(choices);
        let config = life.config(choices, Gaps::Null);
        life.apply(choices, &config, &prior);
    });
}

#[test]
fn case_61_reads_break_no_rule() {
    holds(|choices| {
        let life = Life::new(choices);
        let state = schemas::drifted(choices, &life.schema.block);
        let found = schemas::drifted(choices, &life.schema.block);
        life.answer_next(terraform_provider_connect::framework::json::encode(&found));
        let read = wait(life.resource.read(cx(), state, Value::Null));
        assert_eq!(read.diags, Diagnostics::new());
        assert_eq!(oracle::state(&life.schema, &read.state), []);
    });
}

#[test]
fn case_61_reading_what_is_there_changes_nothing() {
    holds(|choices| {
        let life = Life::new(choices);
        let state = schemas::drifted(choices, &life.schema.block);
        let read = wait(life.resource.read(cx(), state.clone(), Value::Null));
        assert_eq!(read.state, state);
    });
}

#[test]
fn case_67_a_stored_state_is_itself_again() {
    holds(|choices| {
        let life = Life::new(choices);
        let state = schemas::drifted(choices, &life.schema.block);
        let json = terraform_provider_connect::framework::json::encode(&state);
        assert_eq!(life.resource.upgrade(0, &json), Ok(state));
    });
}

#[test]
fn a_generated_configuration_plans_no_change() {
    holds(|choices| {
        let life = Life::new(choices);
        let config = life.config(choices, Gaps::Null);
        let state = life.apply(choices, &config, &Value::Null);
        let generated = life.resource.generate(&cx(), &state);
        let plan = life.plan(&generated, &state);
        assert_eq!(plan.planned, state);
    });
}
