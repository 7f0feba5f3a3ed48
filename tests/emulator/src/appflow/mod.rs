//! Amazon AppFlow: connections to Salesforce, and flows that turn its changes into events.

pub(crate) mod connector_profiles;
mod credentials;
pub(crate) mod definition;
pub(crate) mod entities;
pub(crate) mod flow_runs;
pub(crate) mod flows;
pub(crate) mod mapping;
pub(crate) mod tags;
