//! The one HTTP client of the provider: rustls on ring, its own trust and proxies.
//!
//! The SDK reads neither `AWS_CA_BUNDLE` nor the proxy variables.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::settings::Settings;
use super::unverified::Unverified;
use crate::framework::error::{Error, Kind, Result};

/// Builds the client that the settings ask for.
///
/// # Errors
/// `Kind::Invalid` for a bundle that cannot be read or holds no certificate, and for a proxy that
/// is no URL.
pub(super) fn client(settings: &Settings) -> Result<SharedHttpClient> {
    let mut trust = TrustStore::default();
    if let Some(path) = settings.custom_ca_bundle.as_deref().filter(|path| !path.is_empty()) {
        trust = TrustStore::empty().with_pem_certificate(bundle(path)?);
    }
    let tls = TlsContext::builder().with_trust_store(trust).build().map_err(|error| {
        Error::new(Kind::Invalid, format!("TLS cannot be set up: {error}")).at("custom_ca_bundle")
    })?;
    let direct = settings.no_proxy.as_deref();
    Ok(SharedHttpClient::new(Client {
        tls,
        plain_proxy: proxy("http_proxy", settings.http_proxy.as_deref(), direct)?,
        tls_proxy: proxy("https_proxy", settings.https_proxy.as_deref(), direct)?,
        unverified: (settings.insecure == Some(true)).then(|| Unchecked {
            proxy: settings.https_proxy.clone().map(with_scheme),
            direct: excepted(direct),
        }),
        connectors: Mutex::default(),
    }))
}

/// Reads and checks a bundle: the connector would panic at the first request instead.
fn bundle(path: &str) -> Result<Vec<u8>> {
    let invalid = |problem: String| {
        Error::new(Kind::Invalid, format!("the certificate bundle {path} {problem}"))
            .remedy(
                "Name a PEM file with the certificates of the authorities to trust in \
                 `custom_ca_bundle`, or in AWS_CA_BUNDLE.",
            )
            .at("custom_ca_bundle")
    };
    let pem = std::fs::read(home_expanded(path))
        .map_err(|error| invalid(format!("cannot be read: {error}")))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| invalid(format!("is no PEM: {error}")))?;
        roots
            .add(certificate)
            .map_err(|error| invalid(format!("holds a broken certificate: {error}")))?;
    }
    if roots.is_empty() {
        return Err(invalid("holds no certificate".to_owned()));
    }
    Ok(pem)
}

/// A leading `~/` is the home directory, as everywhere in AWS's own files.
pub(super) fn home_expanded(path: &str) -> std::path::PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => path.into(),
    }
}

fn proxy(attribute: &str, url: Option<&str>, direct: Option<&str>) -> Result<ProxyConfig> {
    let Some(url) = url.filter(|url| !url.is_empty()) else { return Ok(ProxyConfig::disabled()) };
    let url = with_scheme(url.to_owned());
    let config = ProxyConfig::all(url.as_str()).map_err(|_| {
        // The URL may hold a password.
        Error::new(Kind::Invalid, format!("{attribute} is not a URL such as http://proxy:3128"))
            .at(attribute)
    })?;
    Ok(config.no_proxy(excepted(direct)))
}

/// Everybody but Go accepts a bare host and port.
fn with_scheme(url: String) -> String {
    if url.contains("://") { url } else { format!("http://{url}") }
}

/// The hosts that no proxy is used for.
fn excepted(direct: Option<&str>) -> String {
    let all = [direct.unwrap_or_default(), LINK_LOCAL].join(",");
    all.trim_start_matches(',').to_owned()
}

/// Where instances and containers get their credentials: never through a proxy.
const LINK_LOCAL: &str = "169.254.169.254,169.254.170.2,169.254.170.23,fd00:ec2::254,fd00:ec2::23";

/// Hands out connectors; those with equal time limits share their connections.
struct Client {
    tls: TlsContext,
    plain_proxy: ProxyConfig,
    tls_proxy: ProxyConfig,
    unverified: Option<Unchecked>,
    connectors: Mutex<HashMap<TimeLimits, SharedHttpConnector>>,
}

/// What [`Unverified`] is made from.
struct Unchecked {
    proxy: Option<String>,
    direct: String,
}

/// The limits to connect and to read.
type TimeLimits = (Option<Duration>, Option<Duration>);

impl HttpClient for Client {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let limits = (settings.connect_timeout(), settings.read_timeout());
        let mut connectors = self.connectors.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let lazy = |proxy: &ProxyConfig| {
                let (tls, proxy) = (self.tls.clone(), proxy.clone());
                let (settings, sleep) = (settings.clone(), components.sleep_impl());
                Lazy::new(move || {
                    let mut connector = Connector::builder()
                        .tls_provider(Provider::Rustls(CryptoMode::Ring))
                        .tls_context(tls.clone())
                        .proxy_config(proxy.clone())
                        .connector_settings(settings.clone());
                    connector.set_sleep_impl(sleep.clone());
                    connector.build()
                })
            };
            let tls = match &self.unverified {
                Some(unchecked) => SharedHttpConnector::new(Unverified::new(
                    settings.connect_timeout(),
                    unchecked.proxy.as_deref(),
                    &unchecked.direct,
                )),
                None => SharedHttpConnector::new(lazy(&self.tls_proxy)),
            };
            SharedHttpConnector::new(ByScheme { plain: lazy(&self.plain_proxy), tls })
        };
        connectors.entry(limits).or_insert_with(make).clone()
    }
}

impl fmt::Debug for Client {
    /// Without the proxies: their URLs may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// One connector per scheme, since each has a proxy of its own.
#[derive(Debug)]
struct ByScheme {
    plain: Lazy,
    tls: SharedHttpConnector,
}

impl HttpConnector for ByScheme {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        match request.uri().starts_with("https:") {
            true => self.tls.call(request),
            false => self.plain.call(request),
        }
    }
}

/// A connector that is built when it is needed: reading the system's certificates takes a while.
struct Lazy {
    make: Box<dyn Fn() -> Connector + Send + Sync>,
    made: OnceLock<Connector>,
}

impl Lazy {
    fn new(make: impl Fn() -> Connector + Send + Sync + 'static) -> Self {
        Self { make: Box::new(make), made: OnceLock::new() }
    }

    fn connector(&self) -> &Connector {
        self.made.get_or_init(&self.make)
    }
}

impl HttpConnector for Lazy {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.connector().call(request)
    }
}

impl fmt::Debug for Lazy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lazy").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(settings: Settings) -> Error {
        client(&settings).expect_err("unusable settings")
    }

    #[test]
    fn a_bundle_must_hold_certificates() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), "nothing of the kind").expect("writable");
        let path = file.path().display().to_string();
        let empty =
            problem(Settings { custom_ca_bundle: Some(path.clone()), ..Settings::default() });
        assert_eq!(empty.kind, Kind::Invalid);
        assert_eq!(empty.message, format!("the certificate bundle {path} holds no certificate"));
        let absent =
            problem(Settings { custom_ca_bundle: Some("/no/such".into()), ..Settings::default() });
        assert!(absent.message.contains("cannot be read"), "{}", absent.message);
    }

    #[test]
    fn a_broken_proxy_url_is_refused_without_its_password() {
        let error = problem(Settings {
            https_proxy: Some("ftp://me:hunter2@x".into()),
            ..Settings::default()
        });
        assert_eq!(error.path, Some("https_proxy".into()));
        assert!(!error.message.contains("hunter2"), "{}", error.message);
    }

    #[test]
    fn debug_output_hides_proxies() {
        let settings = Settings {
            http_proxy: Some("http://me:hunter2@proxy:1".into()),
            ..Settings::default()
        };
        let client = client(&settings).expect("a usable proxy");
        assert!(!format!("{client:?}").contains("hunter2"));
    }
}
