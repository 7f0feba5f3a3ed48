//! What the author of a provider writes.

use async_trait::async_trait;

use super::action::AnyAction;
use super::data_source::AnyDataSource;
use super::diagnostics::Diagnostics;
use super::ephemeral::AnyEphemeralResource;
use super::erased::AnyResource;
use super::error::Result;
use super::function::Function;
use super::list::AnyListResource;
use super::schema::Schema;
use super::value::Value;

/// A provider: its block, and the lists of what it offers.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// What `configure` makes and every call gets.
    type Configured: Send + Sync + 'static;

    /// The provider block.
    fn schema(&self) -> Schema;

    /// The resource types.
    fn resources(&self) -> Vec<Box<dyn AnyResource<Self::Configured>>>;

    /// The data sources.
    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<Self::Configured>>>;

    /// The functions.
    fn functions(&self) -> Vec<Box<dyn Function>> {
        Vec::new()
    }

    /// The ephemeral resources.
    fn ephemeral_resources(&self) -> Vec<Box<dyn AnyEphemeralResource<Self::Configured>>> {
        Vec::new()
    }

    /// The list resources; each has a resource of the same type.
    fn list_resources(&self) -> Vec<Box<dyn AnyListResource<Self::Configured>>> {
        Vec::new()
    }

    /// The actions.
    fn actions(&self) -> Vec<Box<dyn AnyAction<Self::Configured>>> {
        Vec::new()
    }

    /// Checks what no single argument of the block can tell. Values may be unknown.
    fn validate(&self, _config: &Value, _diags: &mut Diagnostics) {}

    /// Gets ready for calls. Values may be unknown during plans: then the calls that need them
    /// fail, with the error that is returned as `Configuration::Incomplete`.
    async fn configure(&self, config: &Value) -> Configuration<Self::Configured>;
}

/// The outcome of configuring a provider.
#[derive(Debug)]
pub enum Configuration<C> {
    /// Ready.
    Ready(C),
    /// Ready only once values are known; calls before that fail with this error.
    Incomplete(super::error::Error),
    /// The block is wrong, or what it names cannot be used.
    Refused(Diagnostics),
}

impl<C> From<Result<C>> for Configuration<C> {
    fn from(result: Result<C>) -> Self {
        match result {
            Ok(configured) => Self::Ready(configured),
            Err(error) => Self::Refused(error.diagnose("configuring the provider").into()),
        }
    }
}
