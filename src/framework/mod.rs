//! The framework: what Terraform demands of every provider, free of AWS, IO and protobuf.
//!
//! [`value`], [`types`], [`path`] and [`number`] are the data; [`schema`] and [`validators`] say
//! what is legal; [`plan`] turns configurations into plans; [`resource`], [`data_source`] and
//! [`provider`] are what an author implements, over plain Rust models; [`erased`] is what the
//! protocol layer calls.

pub mod context;
pub mod data_source;
pub mod diagnostics;
pub mod erased;
pub mod error;
pub mod identity;
pub mod json;
pub mod model;
pub mod number;
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
