//! Code made of `proto/` by `build.rs`: the services that go-plugin puts beside the provider's.

/// `plugin`: controller, stdio and broker.
pub(super) mod plugin {
    #![allow(unreachable_pub, reason = "generated")]
    #![allow(clippy::all, reason = "generated")]
    tonic::include_proto!("plugin");
}

/// `grpc.health.v1`.
pub(super) mod health {
    #![allow(unreachable_pub, reason = "generated")]
    #![allow(clippy::all, reason = "generated")]
    tonic::include_proto!("grpc.health.v1");
}
