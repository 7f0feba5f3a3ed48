//! The data sources, one file each: what exists, and how it is.
//!
//! Values that change by themselves, such as when something was last changed, are here and not in
//! the resources, whose states they would fill with noise.

mod app_integration;
mod app_integrations;
mod case_rules;
mod connection;
mod connections;
mod contact_flow;
mod entities;
mod event_flow;
mod event_flows;
mod flow_executions;
mod iam_policy;
mod instance;
mod integration_health;
mod partner_event_source;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::aws::Session;
use crate::framework::context::Cx;
use crate::framework::data_source::{AnyDataSource, ErasedDataSource};
use crate::framework::error::{Error, Kind, Result};
use crate::framework::schema::Attribute;
use crate::provider::Configured;

/// Every data source of the provider.
pub(crate) fn all() -> Vec<Box<dyn AnyDataSource<Configured>>> {
    vec![
        ErasedDataSource::boxed(instance::ConnectInstance),
        ErasedDataSource::boxed(connection::Connection),
        ErasedDataSource::boxed(connections::Connections),
        ErasedDataSource::boxed(event_flow::EventFlow),
        ErasedDataSource::boxed(event_flows::EventFlows),
        ErasedDataSource::boxed(app_integration::AppIntegration),
        ErasedDataSource::boxed(app_integrations::AppIntegrations),
        ErasedDataSource::boxed(case_rules::CaseRules),
        ErasedDataSource::boxed(partner_event_source::PartnerEventSource),
        ErasedDataSource::boxed(entities::Entities),
        ErasedDataSource::boxed(contact_flow::ContactFlow),
        ErasedDataSource::boxed(flow_executions::FlowExecutions),
        ErasedDataSource::boxed(iam_policy::IamPolicy),
        ErasedDataSource::boxed(integration_health::IntegrationHealth),
    ]
}

fn region() -> Attribute {
    Attribute::string("region")
        .optional()
        .computed()
        .doc("Region to look in. Left out, the provider's.")
}

fn session(cx: &Cx<Configured>, region: Option<&str>) -> Result<Session> {
    cx.provider()?.aws.session(region, cx.stop().clone())
}

/// A text that only AWS tells.
fn result(name: &str, doc: &str) -> Attribute {
    Attribute::string(name).computed().doc(doc)
}

fn results(name: &str, doc: &str) -> Attribute {
    Attribute::list_of_strings(name).computed().doc(doc)
}

fn name_prefix() -> Attribute {
    Attribute::string("name_prefix").optional().doc("Only what has a name that begins so.")
}

/// A moment in RFC 3339, as Terraform's functions read it.
fn moment(at: Option<OffsetDateTime>) -> Option<String> {
    at?.format(&Rfc3339).ok()
}

/// Nothing, or too much, was found.
fn not_found(message: String, candidates: &[String], attribute: &str) -> Error {
    const SHOWN: usize = 20;
    let shown = candidates.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    let remedy = match candidates.len() {
        0 => "There is none here at all: check the account and the region.".to_owned(),
        more if more > SHOWN => format!("There are {more}, among them: {shown}."),
        _ => format!("There are: {shown}."),
    };
    Error::new(Kind::NotFound, message).remedy(remedy).at(attribute)
}
