//! Compiles `proto/` without `protoc`: protox reads the files, tonic and prost write the code. And
//! tells the linker what a quick start needs.

use std::env;
use std::error::Error;

const PROTOS: &[&str] = &[
    "tfplugin6.proto",
    "grpc_broker.proto",
    "grpc_controller.proto",
    "grpc_stdio.proto",
    "grpc_health.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    // Without these lines cargo would run us after every change anywhere in the package.
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=proto");

    if env::var("CARGO_CFG_TARGET_OS")? == "linux" && env::var("CARGO_CFG_TARGET_ENV")? == "gnu" {
        // As Go links its plugins: an address that is known beforehand needs no fixing at every
        // start, of which there are three in a plan. There are tens of thousands.
        println!("cargo:rustc-link-arg-bins=-no-pie");
        // What hardly ever runs is kept apart, so that a start maps fewer pages.
        println!("cargo:rustc-link-arg-bins=-Wl,-z,keep-text-section-prefix");
    }

    let descriptors = protox::compile(PROTOS, ["proto"])?;
    tonic_prost_build::configure()
        // Clients are for the tests. They talk over connections that the tests make themselves.
        .build_client(true)
        .build_transport(false)
        // The streaming RPCs answer with tonic's BoxStream instead of a type per method.
        .generate_default_stubs(true)
        .compile_fds(descriptors)?;
    Ok(())
}
