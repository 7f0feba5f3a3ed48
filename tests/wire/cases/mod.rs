//! The conformance cases, by what they are about. A test's name begins with its case's number.

mod abilities;
mod applying;
mod logging;
mod planning;
mod reading;
mod schemas;
mod sockets;
mod unsupported;
mod upgrading;
mod validating;
mod values;
