//! The actions: things to do that are no objects (Terraform 1.14 and later).

mod connection;
mod flow;

use crate::aws::Session;
use crate::framework::action::{AnyAction, ErasedAction};
use crate::framework::context::Cx;
use crate::framework::error::Result;
use crate::framework::schema::Attribute;
use crate::provider::Configured;

/// Every action of the provider.
pub(crate) fn all() -> Vec<Box<dyn AnyAction<Configured>>> {
    vec![
        ErasedAction::boxed(flow::StartFlow),
        ErasedAction::boxed(flow::StopFlow),
        ErasedAction::boxed(connection::ResetMetadataCache),
        ErasedAction::boxed(connection::VerifyConnection),
    ]
}

fn region() -> Attribute {
    Attribute::string("region").optional().doc("Region to work in. Left out, the provider's.")
}

fn session(cx: &Cx<Configured>, region: Option<&str>) -> Result<Session> {
    cx.provider()?.aws.session(region, cx.stop().clone())
}
