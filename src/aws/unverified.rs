//! HTTPS with whoever answers: `insecure = true`, for proxies that inspect traffic and emulators.
//!
//! The SDK's connector always verifies certificates, so this is one of its own, over the same hyper
//! and rustls. The peer still proves that it has its certificate's key; nobody checks whose it is.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector as Tcp;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioExecutor;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};

/// A connector for `https:` requests that trusts everyone.
#[derive(Debug)]
pub(super) struct Unverified {
    direct: Client<HttpsConnector<Tcp>, SdkBody>,
    proxied: Option<Client<HttpsConnector<Tunnel<HttpsConnector<Tcp>>>, SdkBody>>,
    proxy: Matcher,
}

impl Unverified {
    /// `proxy` and `direct` are as in the settings; the proxy's URL has been checked.
    pub(super) fn new(connect_limit: Option<Duration>, proxy: Option<&str>, direct: &str) -> Self {
        let tls = trusting_everyone();
        let builder = || HttpsConnectorBuilder::new().with_tls_config(tls.clone()).https_or_http();
        let mut tcp = Tcp::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(connect_limit);
        let to_host = builder().enable_http1().wrap_connector(tcp);

        let matcher = Matcher::builder().https(proxy.unwrap_or_default()).no(direct).build();
        // Any host that is not excepted will do to see proxy and password.
        let any = "https://aws.invalid".parse().ok().and_then(|any| matcher.intercept(&any));
        let proxied = any.map(|proxy| {
            let mut tunnel = Tunnel::new(proxy.uri().clone(), to_host.clone());
            if let Some(password) = proxy.basic_auth() {
                tunnel = tunnel.with_auth(password.clone());
            }
            let through = builder().enable_http1().wrap_connector(tunnel);
            Client::builder(TokioExecutor::new()).build(through)
        });
        let direct = Client::builder(TokioExecutor::new()).build(to_host);
        Self { direct, proxied, proxy: matcher }
    }
}

impl HttpConnector for Unverified {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => {
                return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into())));
            }
        };
        let through =
            self.proxied.as_ref().filter(|_| self.proxy.intercept(request.uri()).is_some());
        let answer = match through {
            Some(proxied) => proxied.request(request),
            None => self.direct.request(request),
        };
        HttpConnectorFuture::new(async move {
            let answer = answer.await.map_err(|error: Error| ConnectorError::io(error.into()))?;
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

fn trusting_everyone() -> ClientConfig {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(Arc::clone(&ring))
        .with_safe_default_protocol_versions()
        .expect("ring offers TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone(ring)))
        .with_no_client_auth()
}

#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _peer: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
