//! What the author of an ephemeral resource writes, and its form without a model.

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::context::Cx;
use super::diagnostics::Diagnostics;
use super::error::Result;
use super::oracle::watch;
use super::schema::Schema;
use super::value::Value;
use super::{model, validate};

/// A value that exists during a run and is in no plan and no state.
#[async_trait]
pub trait EphemeralResource<D: Send + Sync + 'static>: Send + Sync + 'static {
    /// Arguments and results, as plain data.
    type Model: Serialize + DeserializeOwned + Send + Sync;

    /// The type as HCL writes it.
    const TYPE: &'static str;

    /// The arguments and results.
    fn schema(&self) -> Schema;

    /// Checks what no single argument can tell. Values may be unknown.
    fn validate(&self, _config: &Value, _diags: &mut Diagnostics) {}

    /// Makes the value. Nothing has to be renewed or closed.
    ///
    /// # Errors
    /// Why there is none.
    async fn open(&self, cx: &Cx<D>, config: Self::Model) -> Result<Self::Model>;
}

/// An ephemeral resource without its model.
#[async_trait]
pub trait AnyEphemeralResource<D>: Send + Sync {
    /// The type as HCL writes it.
    fn type_name(&self) -> &'static str;

    /// The arguments and results.
    fn schema(&self) -> &Schema;

    /// Checks a configuration as far as it is known.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Makes the value; null only together with an error.
    async fn open(&self, cx: Cx<D>, config: Value) -> (Value, Diagnostics);
}

/// Hides an ephemeral resource's model.
#[derive(Debug)]
pub struct ErasedEphemeralResource<E> {
    resource: E,
    schema: Schema,
}

impl<E> ErasedEphemeralResource<E> {
    /// An ephemeral resource for the provider's list.
    pub fn boxed<D>(resource: E) -> Box<dyn AnyEphemeralResource<D>>
    where
        D: Send + Sync + 'static,
        E: EphemeralResource<D>,
    {
        let schema = resource.schema();
        watch::ephemeral(Box::new(Self { resource, schema }))
    }
}

#[async_trait]
impl<D, E> AnyEphemeralResource<D> for ErasedEphemeralResource<E>
where
    D: Send + Sync + 'static,
    E: EphemeralResource<D>,
{
    fn type_name(&self) -> &'static str {
        E::TYPE
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut diags = Diagnostics::new();
        validate::validate(&self.schema.block, config, &mut diags);
        self.resource.validate(config, &mut diags);
        diags
    }

    async fn open(&self, cx: Cx<D>, config: Value) -> (Value, Diagnostics) {
        let opened = match model::decode(&config) {
            Ok(model) => self.resource.open(&cx, model).await,
            Err(bug) => Err(bug),
        };
        let opened = opened.and_then(|model| model::encode(&model, &self.schema.ty()));
        let (mut diags, _) = cx.finish();
        match opened {
            // Arguments come back as they were written, secrets among them.
            Ok(mut value) => {
                for attribute in self.schema.block.attributes.iter() {
                    let written = config.get(&attribute.name);
                    if !attribute.computed || !written.is_null() {
                        value.put(&attribute.name, written.clone());
                    }
                }
                (value, diags)
            }
            Err(error) => {
                diags.push(error.diagnose(format!("opening {}", E::TYPE)));
                (Value::Null, diags)
            }
        }
    }
}
