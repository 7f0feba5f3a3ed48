//! What the author of a list resource writes: how existing objects are found (`terraform query`).

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::de::DeserializeOwned;

use super::context::Cx;
use super::diagnostics::Diagnostics;
use super::error::Result;
use super::schema::Schema;
use super::value::Value;
use super::{model, validate};

/// Finds the objects of a managed resource type of the same name, which must have an identity.
#[async_trait]
pub trait ListResource<D: Send + Sync + 'static>: Send + Sync + 'static {
    /// The filters, as plain data.
    type Config: DeserializeOwned + Send + Sync;

    /// The managed resource type.
    const TYPE: &'static str;

    /// The filters.
    fn schema(&self) -> Schema;

    /// Finds objects, at most `limit` of them.
    ///
    /// # Errors
    /// What stopped the search.
    async fn list(&self, cx: &Cx<D>, config: Self::Config, limit: usize) -> Result<Vec<Found>>;
}

/// An object that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// How people call it.
    pub display_name: String,
    /// Its natural key, region and ARN: the attributes that identify it and that a read needs.
    pub key: BTreeMap<String, Value>,
}

/// A list resource without its model.
#[async_trait]
pub trait AnyListResource<D>: Send + Sync {
    /// The managed resource type.
    fn type_name(&self) -> &'static str;

    /// The filters.
    fn schema(&self) -> &Schema;

    /// Checks the filters as far as they are known.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Finds objects, at most `limit` of them.
    async fn list(
        &self,
        cx: &Cx<D>,
        config: &Value,
        limit: usize,
    ) -> Result<Vec<Found>, Diagnostics>;
}

/// Hides a list resource's model.
#[derive(Debug)]
pub struct ErasedListResource<L> {
    list: L,
    schema: Schema,
}

impl<L> ErasedListResource<L> {
    /// A list resource for the provider's list.
    pub fn boxed<D>(list: L) -> Box<dyn AnyListResource<D>>
    where
        D: Send + Sync + 'static,
        L: ListResource<D>,
    {
        let schema = list.schema();
        Box::new(Self { list, schema })
    }
}

#[async_trait]
impl<D, L> AnyListResource<D> for ErasedListResource<L>
where
    D: Send + Sync + 'static,
    L: ListResource<D>,
{
    fn type_name(&self) -> &'static str {
        L::TYPE
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut diags = Diagnostics::new();
        validate::validate(&self.schema.block, config, &mut diags);
        diags
    }

    async fn list(
        &self,
        cx: &Cx<D>,
        config: &Value,
        limit: usize,
    ) -> Result<Vec<Found>, Diagnostics> {
        let found = match model::decode(config) {
            Ok(config) => self.list.list(cx, config, limit).await,
            Err(bug) => Err(bug),
        };
        let mut found = found.map_err(|error| error.diagnose(format!("listing {}", L::TYPE)))?;
        found.truncate(limit);
        Ok(found)
    }
}
