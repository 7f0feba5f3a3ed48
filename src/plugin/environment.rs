//! What the host asks for, in environment variables (go-plugin's `Client.Start` sets them).

use std::ffi::OsString;
use std::ops::RangeInclusive;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::server::ParsedCertificate;

use super::handshake::PROTOCOL;
use super::listener::Wishes;
use super::start_error::StartError;

/// The environment, parsed.
#[derive(Debug)]
pub(super) struct Environment {
    /// The only certificate to let in. None says that the host speaks plaintext.
    pub(super) client_certificate: Option<CertificateDer<'static>>,
    /// Where to listen.
    pub(super) wishes: Wishes,
    /// Whether the host wants to know if we multiplex, which we do not.
    pub(super) multiplexing: bool,
}

impl Environment {
    /// Reads the variables. Without the cookie nothing else is looked at.
    pub(super) fn read(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, StartError> {
        let bytes = |name: &str| variable(name).filter(|value| !value.is_empty());
        let text = |name: &str| bytes(name).map(|value| value.to_string_lossy().into_owned());
        if text(COOKIE.0).as_deref() != Some(COOKIE.1) {
            return Err(StartError::NotHosted);
        }
        if let Some(versions) = text("PLUGIN_PROTOCOL_VERSIONS") {
            check_versions(&versions);
        }
        Ok(Environment {
            client_certificate: text("PLUGIN_CLIENT_CERT").as_deref().map(parse_pem).transpose()?,
            wishes: Wishes {
                folder: bytes("PLUGIN_UNIX_SOCKET_DIR").map(Into::into),
                group: text("PLUGIN_UNIX_SOCKET_GROUP"),
                ports: ports(text(MIN_PORT), text(MAX_PORT))?,
            },
            multiplexing: bytes("PLUGIN_MULTIPLEX_GRPC").is_some(),
        })
    }
}

/// Not a secret: it tells a host from a person who tries the program out.
const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

const MIN_PORT: &str = "PLUGIN_MIN_PORT";
const MAX_PORT: &str = "PLUGIN_MAX_PORT";

/// We speak one version. A host that does not will read it in our line and say so better than we
/// could, hence no error.
fn check_versions(versions: &str) {
    if !versions.split(',').any(|version| version.trim().parse() == Ok(PROTOCOL)) {
        tracing::warn!(versions, "the host does not speak protocol {PROTOCOL}");
    }
}

fn parse_pem(pem: &str) -> Result<CertificateDer<'static>, StartError> {
    let refused = |why: String| StartError::ClientCertificate(why);
    let der = CertificateDer::from_pem_slice(pem.as_bytes())
        .map_err(|error| refused(error.to_string()))?;
    // It will be compared as bytes. That it is a certificate matters when a signature is checked
    // with its key, and is better said now.
    ParsedCertificate::try_from(&der).map_err(|error| refused(error.to_string()))?;
    Ok(der)
}

fn ports(min: Option<String>, max: Option<String>) -> Result<RangeInclusive<u16>, StartError> {
    let port = |name, value: Option<String>| match value {
        None => Ok(0),
        Some(value) => value.trim().parse().map_err(|_| StartError::Port { name, value }),
    };
    let (min, max) = (port(MIN_PORT, min)?, port(MAX_PORT, max)?);
    if min > max {
        return Err(StartError::Ports { min, max });
    }
    Ok(min..=max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Environment, StartError> {
        Environment::read(|name| {
            let cookie = (name == COOKIE.0).then_some(COOKIE.1);
            let set = variables.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
            set.or(cookie).map(Into::into)
        })
    }

    #[test]
    fn bare_cookie_is_enough() {
        let environment = read(&[]).expect("nothing else is required");
        assert!(environment.client_certificate.is_none());
        assert_eq!(environment.wishes.ports, 0..=0);
    }

    #[test]
    fn another_cookie_is_no_host() {
        let error = read(&[(COOKIE.0, "d602")]).expect_err("it is not Terraform's");
        assert!(matches!(error, StartError::NotHosted));
    }

    #[test]
    fn empty_variables_count_as_unset() {
        let environment = read(&[("PLUGIN_CLIENT_CERT", ""), ("PLUGIN_MULTIPLEX_GRPC", "")])
            .expect("as if they were not there");
        assert!(environment.client_certificate.is_none() && !environment.multiplexing);
    }

    #[test]
    fn ports_are_a_range() {
        let environment =
            read(&[(MIN_PORT, "10000"), (MAX_PORT, "25000")]).expect("what Terraform sets");
        assert_eq!(environment.wishes.ports, 10_000..=25_000);
    }

    #[test]
    fn ports_the_wrong_way_round_are_an_error() {
        let error = read(&[(MIN_PORT, "2"), (MAX_PORT, "1")]).expect_err("an empty range");
        assert_eq!(error.to_string(), "PLUGIN_MIN_PORT is 2, above PLUGIN_MAX_PORT, which is 1");
    }

    #[test]
    fn port_that_is_no_number_is_an_error() {
        let error = read(&[(MAX_PORT, "many")]).expect_err("not a number");
        assert_eq!(
            error.to_string(),
            "PLUGIN_MAX_PORT is \"many\": a port is a number from 0 to 65535"
        );
    }

    #[test]
    fn pem_around_something_else_is_an_error() {
        let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let error = read(&[("PLUGIN_CLIENT_CERT", pem)]).expect_err("three zero bytes");
        assert!(error.to_string().starts_with("PLUGIN_CLIENT_CERT holds no certificate: "));
    }
}
