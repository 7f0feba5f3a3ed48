//! What keeps a plugin from serving.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

/// A reason not to serve. All of them are found before the handshake.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    /// The text is go-plugin's message to the curious, in our words.
    #[error(
        "This program is a plugin: it is not meant to be run by hand.\n\
         Terraform and OpenTofu start it when a configuration uses the provider.\n\
         `-help` lists what else it can do."
    )]
    NotHosted,
    #[error("PLUGIN_CLIENT_CERT holds no certificate: {0}")]
    ClientCertificate(String),
    #[error("{name} is {value:?}: a port is a number from 0 to 65535")]
    Port { name: &'static str, value: String },
    #[error("PLUGIN_MIN_PORT is {min}, above PLUGIN_MAX_PORT, which is {max}")]
    Ports { min: u16, max: u16 },
    #[error("no port of 127.0.0.1 from {min} to {max} is free: {source}")]
    NoPort { min: u16, max: u16, source: io::Error },
    #[cfg(unix)]
    #[error("PLUGIN_UNIX_SOCKET_GROUP names {0:?}, which is no group of this machine")]
    NoGroup(String),
    #[cfg(unix)]
    #[error("cannot listen on a socket in {}: {source}", folder.display())]
    Socket { folder: PathBuf, source: io::Error },
    #[error("cannot make a certificate: {0}")]
    ServerCertificate(#[from] rcgen::Error),
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    #[cfg(unix)]
    #[error("cannot listen for signals: {0}")]
    Signals(io::Error),
    #[error("cannot start a runtime: {0}")]
    Runtime(io::Error),
    #[error("cannot write to stdout: {0}")]
    Handshake(io::Error),
    #[error("cannot write {}: {source}", path.display())]
    EnvFile { path: PathBuf, source: io::Error },
}

impl StartError {
    /// Says it on stderr. A host takes the level from the brackets, a person needs no level.
    pub(super) fn complain(&self) -> ExitCode {
        let level = if matches!(self, StartError::NotHosted) { "" } else { "[ERROR] " };
        // If stderr is closed there is nobody left to tell.
        let _ = writeln!(io::stderr(), "{level}{self}");
        ExitCode::FAILURE
    }
}
