//! A Terraform and OpenTofu provider that turns Salesforce cases into Amazon Connect tasks.
//!
//! Terraform starts the binary and speaks gRPC to it. [`plugin`] is the transport, [`protocol`]
//! translates, [`framework`] plans and checks, [`provider`], `resources` and `data_sources` are
//! what a practitioner sees, [`aws`] talks to AWS, and [`salesforce`] knows Salesforce's rules.
//! [`health`] tells whether a case still becomes a task, and [`cli`] is what the binary does when
//! a person starts it, with `export` and `authorize` behind it.
//! `docs/architecture.md` tells how a call runs through them.

mod actions;
mod authorize;
pub mod aws;
pub mod cli;
mod data_sources;
mod ephemeral;
mod export;
pub mod framework;
mod functions;
pub mod health;
mod list_resources;
pub mod plugin;
pub mod protocol;
pub mod provider;
mod resources;
pub mod salesforce;
