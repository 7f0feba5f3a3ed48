//! The plugin as a host sees it: the spawned binary and the services on its socket.

mod client;
mod go_certificate;
mod handshake;
mod process;
mod proto_facts;
