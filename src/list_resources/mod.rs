//! The list resources, one file each: what `terraform query` finds.

mod app_integration;
mod case_rule;
mod connection;
mod event_flow;

use std::collections::BTreeMap;

use crate::aws::Session;
use crate::framework::context::Cx;
use crate::framework::error::Result;
use crate::framework::list::{AnyListResource, ErasedListResource, Found};
use crate::framework::schema::Attribute;
use crate::framework::value::Value;
use crate::provider::Configured;
use crate::resources::reference::{self, id_of};

/// Every list resource of the provider.
pub(crate) fn all() -> Vec<Box<dyn AnyListResource<Configured>>> {
    vec![
        ErasedListResource::boxed(connection::Connections),
        ErasedListResource::boxed(event_flow::EventFlows),
        ErasedListResource::boxed(app_integration::AppIntegrations),
        ErasedListResource::boxed(case_rule::CaseRules),
    ]
}

/// The region to search; the provider's by default.
fn region() -> Attribute {
    Attribute::string("region").optional().doc("Region to search. Left out, the provider's.")
}

fn name_prefix() -> Attribute {
    Attribute::string("name_prefix").optional().doc("Only what has a name that begins so.")
}

fn instance_id() -> Attribute {
    reference::attribute("instance_id", "instance")
        .optional()
        .doc("Id or ARN of the Connect instance to search. Left out, all instances of the region.")
}

/// The instance that was asked for, or all of them.
async fn instances(session: &Session, wanted: Option<&str>) -> Result<Vec<String>> {
    match wanted {
        Some(instance) => Ok(vec![id_of(instance).to_owned()]),
        None => Ok(session.list_instances().await?.into_iter().map(|it| it.id).collect()),
    }
}

fn session(cx: &Cx<Configured>, region: Option<&str>) -> Result<Session> {
    cx.provider()?.aws.session(region, cx.stop().clone())
}

/// An object that was found by its key; ARN and region are what its identity needs besides.
fn found<const N: usize>(
    session: &Session,
    display_name: impl Into<String>,
    arn: &str,
    key: [(&str, &str); N],
) -> Found {
    let mut attributes: BTreeMap<String, Value> =
        key.into_iter().map(|(name, part)| (name.to_owned(), part.into())).collect();
    attributes.insert("arn".to_owned(), arn.into());
    attributes.insert("region".to_owned(), session.region_name().into());
    Found { display_name: display_name.into(), key: attributes }
}
