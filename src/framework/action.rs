//! What the author of an action writes: something to do that is no object.

use std::fmt;

use async_trait::async_trait;
use serde::de::DeserializeOwned;

use super::context::Cx;
use super::diagnostics::Diagnostics;
use super::error::Result;
use super::schema::Schema;
use super::value::Value;
use super::{model, validate};

/// An action over provider data `D`.
#[async_trait]
pub trait Action<D: Send + Sync + 'static>: Send + Sync + 'static {
    /// The arguments, as plain data.
    type Config: DeserializeOwned + Send + Sync;

    /// The type as HCL writes it.
    const TYPE: &'static str;

    /// The arguments.
    fn schema(&self) -> Schema;

    /// Does it, telling how far it is.
    ///
    /// # Errors
    /// Why it is not, or not completely, done.
    async fn invoke(&self, cx: &Cx<D>, config: Self::Config, progress: &Progress) -> Result<()>;
}

/// Where an action tells how far it is; Terraform prints each line.
pub struct Progress(Box<dyn Fn(String) + Send + Sync>);

impl Progress {
    /// Lines go to `listener`.
    pub fn new(listener: impl Fn(String) + Send + Sync + 'static) -> Self {
        Self(Box::new(listener))
    }

    /// Tells a line.
    pub fn say(&self, line: impl Into<String>) {
        (self.0)(line.into());
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}

/// An action without its model.
#[async_trait]
pub trait AnyAction<D>: Send + Sync {
    /// The type as HCL writes it.
    fn type_name(&self) -> &'static str;

    /// The arguments.
    fn schema(&self) -> &Schema;

    /// Checks the arguments as far as they are known.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Does it.
    async fn invoke(&self, cx: Cx<D>, config: Value, progress: Progress) -> Diagnostics;
}

/// Hides an action's model.
#[derive(Debug)]
pub struct ErasedAction<A> {
    action: A,
    schema: Schema,
}

impl<A> ErasedAction<A> {
    /// An action for the provider's list.
    pub fn boxed<D>(action: A) -> Box<dyn AnyAction<D>>
    where
        D: Send + Sync + 'static,
        A: Action<D>,
    {
        let schema = action.schema();
        Box::new(Self { action, schema })
    }
}

#[async_trait]
impl<D, A> AnyAction<D> for ErasedAction<A>
where
    D: Send + Sync + 'static,
    A: Action<D>,
{
    fn type_name(&self) -> &'static str {
        A::TYPE
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut diags = Diagnostics::new();
        validate::validate(&self.schema.block, config, &mut diags);
        diags
    }

    async fn invoke(&self, cx: Cx<D>, config: Value, progress: Progress) -> Diagnostics {
        let done = match model::decode(&config) {
            Ok(config) => self.action.invoke(&cx, config, &progress).await,
            Err(bug) => Err(bug),
        };
        let (mut diags, _) = cx.finish();
        if let Err(error) = done {
            diags.push(error.diagnose(format!("invoking {}", A::TYPE)));
        }
        diags
    }
}
