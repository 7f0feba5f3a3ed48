//! The ephemeral resources, one file each.

mod jwt;

use crate::framework::ephemeral::{AnyEphemeralResource, ErasedEphemeralResource};
use crate::provider::Configured;

/// Every ephemeral resource of the provider.
pub(crate) fn all() -> Vec<Box<dyn AnyEphemeralResource<Configured>>> {
    vec![ErasedEphemeralResource::boxed(jwt::SalesforceJwt)]
}
