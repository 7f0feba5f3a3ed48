//! The framework: what Terraform demands of every provider, free of AWS, IO and protobuf.
//!
//! [`value`], [`types`], [`path`] and [`number`] are the data; [`schema`] and [`validators`] say
//! what is legal; [`plan`] turns configurations into plans; [`resource`], [`data_source`] and
//! [`provider`] are what an author implements, over plain Rust models; [`erased`] is what the
//! protocol layer calls; [`oracle`] holds every answer to Terraform's rules in debug builds.

pub mod action;
pub mod context;
pub mod data_source;
pub mod diagnostics;
pub mod ephemeral;
pub mod erased;
pub mod error;
pub mod function;
pub mod generate;
pub mod identity;
pub mod json;
pub mod list;
pub mod model;
pub mod number;
pub mod oracle;
pub mod path;
pub mod plan;
pub mod private;
pub mod provider;
pub mod resource;
pub mod schema;
pub mod secret;
pub mod timeouts;
pub mod types;
pub mod validate;
pub mod validators;
pub mod value;
pub mod wait;
