//! The plugin as a host sees it: the spawned binary and the services on its socket.

mod account;
mod cases;
mod client;
mod consistency;
mod constraints;
mod core;
mod data_sources;
mod diagnostics;
mod drift;
mod emulated;
mod faults;
mod fuzzed;
mod go_certificate;
mod golden;
mod handshake;
mod malformed;
mod plans;
mod process;
mod properties;
mod proto_facts;
mod test_provider;
