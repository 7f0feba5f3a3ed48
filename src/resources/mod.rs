//! The resources, one file each, and what they share.

mod app_integration;
mod case_rule;
mod connection;
mod event_flow;
mod import_id;
mod marker;
pub(crate) mod reference;
mod region;
mod supporting;
mod tags;
mod takeover;
mod token;
mod whereabouts;

use crate::framework::erased::{AnyResource, Erased};
use crate::provider::Configured;

/// Every resource of the provider.
pub(crate) fn all() -> Vec<Box<dyn AnyResource<Configured>>> {
    vec![
        Erased::boxed(connection::Connection),
        Erased::boxed(event_flow::EventFlow),
        Erased::boxed(app_integration::AppIntegration),
        Erased::boxed(case_rule::CaseRule),
    ]
}
