//! Salesforce: what its URLs, events and rules look like.
//!
//! Pure knowledge: no AWS, no Terraform, no IO. Nothing in here panics, whatever it is given.

pub mod bearer;
pub mod event_source;
pub mod jwt;
pub mod rule_function;
pub mod url;
pub mod variables;
