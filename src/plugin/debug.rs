//! `-debug`: a provider that a person starts, in a debugger perhaps, and any number of Terraform
//! runs attach to.
//!
//! The hosts find it through `TF_REATTACH_PROVIDERS`. They neither start nor end it, bring no
//! cookie and speak plaintext: what protects the socket is the folder around it.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::handshake::PROTOCOL;
use super::listener::Address;
use super::start_error::StartError;

/// What there is to choose in debug mode.
#[derive(Clone, Debug)]
pub struct Debug {
    /// The source address that configurations use, such as `registry.terraform.io/acme/events`.
    pub provider: String,
    /// A file to write the variable to, for editors and scripts. It is replaced if it exists.
    pub env_file: Option<PathBuf>,
}

impl Debug {
    /// The value of `TF_REATTACH_PROVIDERS` for a server at `address`.
    ///
    /// The keys are go-plugin's `ReattachConfig`. `Test` says that the host is not to end us.
    pub(super) fn reattach(&self, address: &Address) -> String {
        let ours = json!({
            "Protocol": "grpc",
            "ProtocolVersion": PROTOCOL,
            "Pid": std::process::id(),
            "Test": true,
            "Addr": { "Network": address.network, "String": address.text },
        });
        json!({ self.provider.as_str(): ours }).to_string()
    }

    /// Writes the file, if one is wanted.
    pub(super) fn write_env_file(&self, reattach: &str) -> Result<(), StartError> {
        let Some(path) = &self.env_file else { return Ok(()) };
        fs::write(path, format!("{VARIABLE}={}\n", quoted(reattach)))
            .map_err(|source| StartError::EnvFile { path: path.clone(), source })
    }
}

/// What to do with it, for the person who waits.
pub(super) fn instructions(reattach: &str) -> String {
    let mut text = format!(
        "The provider is running. To use it, set {VARIABLE} where Terraform or OpenTofu runs;\n\
         to stop it, press Ctrl-C here.\n\n"
    );
    if cfg!(windows) {
        let doubled = reattach.replace('\'', "''");
        text += &format!("\tCommand Prompt:\tset \"{VARIABLE}={reattach}\"\n");
        text += &format!("\tPowerShell:\t$env:{VARIABLE}='{doubled}'\n");
    } else {
        text += &format!("\t{VARIABLE}={}\n", quoted(reattach));
    }
    text
}

const VARIABLE: &str = "TF_REATTACH_PROVIDERS";

/// In single quotes for a POSIX shell; a quote within (the path of a socket may have one) ends
/// them, comes in double ones, and they begin anew.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r#"'"'"'"#))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reattach_names_protocol_process_and_address() {
        let debug = Debug { provider: "acme/events".to_owned(), env_file: None };
        let address = Address { network: "unix", text: "/tmp/x".to_owned() };
        let pid = std::process::id();
        assert_eq!(
            debug.reattach(&address),
            format!(
                r#"{{"acme/events":{{"Addr":{{"Network":"unix","String":"/tmp/x"}},"Pid":{pid},"#
            ) + r#""Protocol":"grpc","ProtocolVersion":6,"Test":true}}"#
        );
    }

    #[test]
    fn quotes_survive_the_shell() {
        assert_eq!(quoted("it's"), r#"'it'"'"'s'"#);
    }
}
