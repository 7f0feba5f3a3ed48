//! What the author of a resource writes.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::context::Cx;
use super::diagnostics::Diagnostics;
use super::error::{Error, Result};
use super::identity::IdentitySchema;
use super::plan::Plan;
use super::schema::Schema;
use super::timeouts::Timeouts;
use super::value::Value;

/// A resource type over provider data `D`.
///
/// Only `validate` and `plan` meet values that may be unknown; everywhere else the model is plain
/// Rust. What the plan had fixed wins over what a call returns, so a call reports what AWS said.
#[async_trait]
pub trait Resource<D: Send + Sync + 'static>: Send + Sync + 'static {
    /// The state, as plain data. Write-only attributes hold the configured secrets in `create`
    /// and `update`, and nothing elsewhere.
    type Model: Serialize + DeserializeOwned + Clone + Send + Sync;

    /// The type as HCL writes it.
    const TYPE: &'static str;

    /// The limits that the schema's `timeouts` block documents.
    const TIMEOUTS: Timeouts;

    /// The attributes and their rules.
    fn schema(&self) -> Schema;

    /// What identifies an object; see [`Resource::identify`].
    fn identity(&self) -> IdentitySchema;

    /// The identity's parts as a state or plan shows them.
    fn identify(&self, state: &Value) -> BTreeMap<String, Value>;

    /// Checks what no single attribute can tell. Values may be unknown.
    fn validate(&self, _config: &Value, _diags: &mut Diagnostics) {}

    /// Edits the plan of a creation or an update: says what is already known, asks for a
    /// replacement, refuses. It only reads.
    ///
    /// # Errors
    /// What makes planning impossible; mistakes of the practitioner go to the plan's diagnostics.
    async fn plan(&self, _cx: &Cx<D>, _plan: &mut Plan<'_>) -> Result<()> {
        Ok(())
    }

    /// Warns of, or refuses, a deletion. It only reads.
    async fn plan_destroy(&self, _cx: &Cx<D>, _state: &Self::Model, _diags: &mut Diagnostics) {}

    /// Makes the object.
    async fn create(&self, cx: &Cx<D>, plan: Self::Model) -> Applied<Self::Model>;

    /// Looks at the object; one that is definitely gone is `None`, anything doubtful an error.
    async fn read(&self, cx: &Cx<D>, state: Self::Model) -> Result<Option<Self::Model>>;

    /// Changes the object in place.
    async fn update(
        &self,
        cx: &Cx<D>,
        state: Self::Model,
        plan: Self::Model,
    ) -> Applied<Self::Model>;

    /// Removes the object; one that is gone already is a success.
    async fn delete(&self, cx: &Cx<D>, state: Self::Model) -> Applied<(), Self::Model>;

    /// What a generated configuration leaves out besides what every schema tells: `config` is
    /// edited in place, and must plan no change of `state`.
    fn generate(&self, _cx: &Cx<D>, _state: &Value, _config: &mut Value) {}

    /// Takes over the state of another provider's resource: the natural key and what else is
    /// known, as attributes of the state. None for a type that it does not know. The read that
    /// follows does the rest.
    fn take_over(&self, _source_type: &str, _state: &Json) -> Option<BTreeMap<String, Value>> {
        None
    }

    /// How stored states come to the current shape: each function takes one version to the next,
    /// the first of them version 0.
    fn upgrades(&self) -> &'static [fn(Json) -> Json] {
        &[]
    }

    /// The natural key of what is to be imported, as attributes of the state; the read that
    /// follows does the rest. It makes no calls.
    ///
    /// # Errors
    /// An id that cannot be one.
    fn import(&self, id: &ImportId) -> Result<BTreeMap<String, Value>>;
}

/// How the practitioner names what is to be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportId {
    /// The text of `terraform import` or of an import block's `id`.
    Text(String),
    /// The parts of an import block's `identity`; those left out are missing here.
    Identity(BTreeMap<String, String>),
}

/// The outcome of a change: a value, or a failure that says what it left behind.
pub type Applied<T, Left = T> = Result<T, Failed<Left>>;

/// A failed change, and what exists in spite of it.
///
/// After the call that creates something no bare `?` may follow: [`OrKeep::or_keep`] holds on to
/// what is there. `left: None` means nothing after a creation, and the prior state otherwise.
#[derive(Clone, Debug)]
pub struct Failed<M> {
    /// Why.
    pub error: Error,
    /// What exists now.
    pub left: Option<Box<M>>,
}

impl<M> From<Error> for Failed<M> {
    fn from(error: Error) -> Self {
        Self { error, left: None }
    }
}

/// Holds on to what exists when a later step fails.
pub trait OrKeep<T> {
    /// The result, with `existing` kept in the state if it is an error.
    ///
    /// # Errors
    /// The same.
    fn or_keep<M: Clone>(self, existing: &M) -> Applied<T, M>;
}

impl<T> OrKeep<T> for Result<T> {
    fn or_keep<M: Clone>(self, existing: &M) -> Applied<T, M> {
        self.map_err(|error| Failed { error, left: Some(Box::new(existing.clone())) })
    }
}
