//! The data sources, one file each.

mod instance;

use crate::framework::data_source::{AnyDataSource, ErasedDataSource};
use crate::provider::Configured;

/// Every data source of the provider.
pub(crate) fn all() -> Vec<Box<dyn AnyDataSource<Configured>>> {
    vec![ErasedDataSource::boxed(instance::ConnectInstance)]
}
