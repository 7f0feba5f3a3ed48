//! A provider for tests: objects in memory, every kind of attribute, and misbehaviour on request.

mod extras;
mod lookup;
mod plain;
pub(crate) mod thing;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde_json::Value as Json;
use terraform_provider_connect::framework::action::AnyAction;
use terraform_provider_connect::framework::data_source::{AnyDataSource, ErasedDataSource};
use terraform_provider_connect::framework::ephemeral::AnyEphemeralResource;
use terraform_provider_connect::framework::erased::{AnyResource, Erased};
use terraform_provider_connect::framework::error::{Error, Kind};
use terraform_provider_connect::framework::function::Function;
use terraform_provider_connect::framework::list::AnyListResource;
use terraform_provider_connect::framework::provider::{Configuration, Provider};
use terraform_provider_connect::framework::schema::{Attribute, Block, Schema};
use terraform_provider_connect::framework::validators::length;
use terraform_provider_connect::framework::value::Value;
use tokio::sync::Semaphore;

use crate::core::{Core, object};

/// The provider. Clones share their objects.
#[derive(Clone, Debug, Default)]
pub(crate) struct TestProvider {
    pub(crate) world: Arc<World>,
}

/// What exists, and what happened.
#[derive(Debug)]
pub(crate) struct World {
    objects: Mutex<BTreeMap<String, Json>>,
    calls: Mutex<Vec<String>>,
    next_read: Mutex<Option<Kind>>,
    /// Slow calls that have begun.
    pub(crate) begun: Semaphore,
    /// Slow calls end when they get a permit of these, or when Terraform asks to stop.
    pub(crate) may_end: Semaphore,
}

impl Default for World {
    fn default() -> Self {
        World {
            objects: Mutex::default(),
            calls: Mutex::default(),
            next_read: Mutex::default(),
            begun: Semaphore::new(0),
            may_end: Semaphore::new(0),
        }
    }
}

/// What calls of the provider get.
#[derive(Debug)]
pub(crate) struct Configured {
    world: Arc<World>,
    pub(crate) label: Option<String>,
}

impl World {
    pub(crate) fn objects(&self) -> MutexGuard<'_, BTreeMap<String, Json>> {
        lock(&self.objects)
    }

    /// What was called so far, such as `create a`.
    pub(crate) fn calls(&self) -> Vec<String> {
        lock(&self.calls).clone()
    }

    /// Makes the next read fail.
    pub(crate) fn fail_next_read(&self, kind: Kind) {
        *lock(&self.next_read) = Some(kind);
    }

    fn note(&self, call: &str, name: &str) {
        lock(&self.calls).push(format!("{call} {name}"));
    }

    fn check_read(&self) -> Result<(), Error> {
        match lock(&self.next_read).take() {
            Some(kind) => Err(Error::new(kind, "the service did not answer")),
            None => Ok(()),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Provider for TestProvider {
    type Configured = Configured;

    fn schema(&self) -> Schema {
        Schema::new(Block::new(
            "",
            [
                Attribute::string("label").optional().check(length(1..=10)),
                Attribute::bool("refuse").optional(),
            ],
        ))
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource<Configured>>> {
        vec![Erased::boxed(thing::Thing), Erased::boxed(plain::Plain)]
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<Configured>>> {
        vec![ErasedDataSource::boxed(lookup::Lookup)]
    }

    fn functions(&self) -> Vec<Box<dyn Function>> {
        extras::functions()
    }

    fn ephemeral_resources(&self) -> Vec<Box<dyn AnyEphemeralResource<Configured>>> {
        extras::ephemeral_resources()
    }

    fn list_resources(&self) -> Vec<Box<dyn AnyListResource<Configured>>> {
        extras::list_resources()
    }

    fn actions(&self) -> Vec<Box<dyn AnyAction<Configured>>> {
        extras::actions()
    }

    async fn configure(&self, config: &Value) -> Configuration<Configured> {
        if config.get("refuse").as_bool() == Some(true) {
            return Err(Error::new(Kind::Invalid, "refused").at("refuse")).into();
        }
        if config.get("label").is_unknown() {
            return Configuration::Incomplete(Error::new(Kind::Invalid, "the label is not known"));
        }
        let label = config.get("label").as_str().map(str::to_owned);
        Configuration::Ready(Configured { world: Arc::clone(&self.world), label })
    }
}

/// A core with the test provider, ready for calls, and what the provider works on.
pub(crate) async fn ready() -> (Core<TestProvider>, Arc<World>) {
    let provider = TestProvider::default();
    let world = Arc::clone(&provider.world);
    let core = Core::new(provider);
    let block = Value::object([("label", Value::Null), ("refuse", Value::Null)]);
    assert_eq!(core.configure(&block).await, []);
    (core, world)
}

/// A configuration of a thing.
pub(crate) fn thing(given: &[(&str, Value)]) -> Value {
    object(&thing::schema(), given)
}

/// An element of the thing's nested attributes, as it is configured.
pub(crate) fn item(key: impl Into<Value>) -> Value {
    Value::object([
        ("key", key.into()),
        ("op", Value::Null),
        ("made", Value::Null),
        ("kept", Value::Null),
    ])
}
