//! Amazon AppIntegrations: event integrations, which tell Connect what is on a bus.

pub(crate) mod event_integrations;
pub(crate) mod tags;
