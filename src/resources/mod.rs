//! The resources, one file each, and what they share.

mod app_integration;
mod case_rule;
mod connection;
mod event_flow;
mod import_id;
mod marker;
mod reference;
mod region;
mod supporting;
mod tags;
mod takeover;
mod token;

use crate::framework::erased::{AnyResource, Erased};
use crate::provider::Configured;

/// Every resource of the provider.
pub(crate) fn all() -> Vec<Box<dyn AnyResource<Configured>>> {
    vec![
        Erased::new(connection::Connection),
        Erased::new(event_flow::EventFlow),
        Erased::new(app_integration::AppIntegration),
        Erased::new(case_rule::CaseRule),
    ]
}
