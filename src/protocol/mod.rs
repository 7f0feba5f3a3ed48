//! tfplugin6, version 6.11, in terms of the framework. Nothing else names protobuf or msgpack.
//!
//! [`Service`] answers the RPCs: `service.rs` has one line for each, a file for each kind of thing
//! the work. Whatever a user, AWS or the network can cause is a diagnostic
//! in the answer, and so is a panic; a gRPC status is left to the transport.

mod actions;
mod convert;
mod data_sources;
mod ephemeral;
mod faults;
mod functions;
mod lists;
pub mod msgpack;
mod provider;
mod resources;
mod service;

pub use service::Service;

/// The messages and services of `proto/tfplugin6.proto`.
#[allow(clippy::all, clippy::pedantic, reason = "generated code")]
pub mod proto {
    tonic::include_proto!("tfplugin6");
}

/// The largest message either side may send, as go-plugin servers have it.
pub const MAX_MESSAGE_BYTES: usize = 256 << 20;

/// The tonic service of a provider, with its message limits.
pub fn server<P: crate::framework::provider::Provider>(
    provider: P,
) -> proto::provider_server::ProviderServer<Service<P>> {
    proto::provider_server::ProviderServer::new(Service::new(provider))
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}
