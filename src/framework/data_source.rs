//! What the author of a data source writes, and its form without a model.

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

/// A data source over provider data `D`.
#[async_trait]
pub trait DataSource<D: Send + Sync + 'static>: Send + Sync + 'static {
    /// Arguments and results, as plain data.
    type Model: Serialize + DeserializeOwned + Send + Sync;

    /// The type as HCL writes it.
    const TYPE: &'static str;

    /// The arguments and results.
    fn schema(&self) -> Schema;

    /// Checks what no single argument can tell. Values may be unknown.
    fn validate(&self, _config: &Value, _diags: &mut Diagnostics) {}

    /// Fills in the results.
    ///
    /// # Errors
    /// Also when there is nothing to be found: a data source always yields a value.
    async fn read(&self, cx: &Cx<D>, config: Self::Model) -> Result<Self::Model>;
}

/// A data source without its model.
#[async_trait]
pub trait AnyDataSource<D>: Send + Sync {
    /// The type as HCL writes it.
    fn type_name(&self) -> &'static str;

    /// The arguments and results.
    fn schema(&self) -> &Schema;

    /// Checks a configuration as far as it is known.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Reads; null only together with an error.
    async fn read(&self, cx: Cx<D>, config: Value) -> (Value, Diagnostics);
}

/// Hides a data source's model.
#[derive(Debug)]
pub struct ErasedDataSource<S> {
    source: S,
    schema: Schema,
}

impl<S> ErasedDataSource<S> {
    /// A data source for the provider's list.
    pub fn boxed<D>(source: S) -> Box<dyn AnyDataSource<D>>
    where
        D: Send + Sync + 'static,
        S: DataSource<D>,
    {
        let schema = source.schema();
        watch::data_source(Box::new(Self { source, schema }))
    }
}

#[async_trait]
impl<D, S> AnyDataSource<D> for ErasedDataSource<S>
where
    D: Send + Sync + 'static,
    S: DataSource<D>,
{
    fn type_name(&self) -> &'static str {
        S::TYPE
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut diags = Diagnostics::new();
        validate::validate(&self.schema.block, config, &mut diags);
        self.source.validate(config, &mut diags);
        diags
    }

    async fn read(&self, cx: Cx<D>, config: Value) -> (Value, Diagnostics) {
        let read = match model::decode(&config) {
            Ok(model) => self.source.read(&cx, model).await,
            Err(bug) => Err(bug),
        };
        let read = read.and_then(|model| model::encode(&model, &self.schema.ty()));
        let (mut diags, _) = cx.finish();
        match read {
            Ok(value) => (value, diags),
            Err(error) => {
                diags.push(error.diagnose(format!("reading {}", S::TYPE)));
                (Value::Null, diags)
            }
        }
    }
}
