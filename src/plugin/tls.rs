//! AutoMTLS: host and plugin know each other's certificates by their bytes.
//!
//! The host passes its certificate in `PLUGIN_CLIENT_CERT`, we pass ours in the handshake line.
//! Neither is signed by anybody. Terraform's is ECDSA on P-521, self-signed and marked as a CA,
//! which has three consequences: webpki's verifier can not be used, since it refuses a CA as an
//! end entity; ring's list of signature schemes has to be extended, or a Go client finds no scheme
//! for its key and sends no certificate at all; and the client certificate has to be required, or
//! that client would then be let in as anonymous.

use std::fmt;
use std::io;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::version::{TLS12, TLS13};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, ServerConfig,
    SignatureScheme,
};
use tokio_rustls::TlsAcceptor;

use super::certificate::Identity;
use super::connection::Io;
use super::p521;
use super::start_error::StartError;

/// Our side of TLS, with a certificate of our own, open to one client.
#[derive(Clone)]
pub(super) struct Tls {
    acceptor: TlsAcceptor,
    certificate: CertificateDer<'static>,
}

impl Tls {
    /// Makes a certificate and lets in whoever holds the key to `client`.
    pub(super) fn for_client(client: CertificateDer<'static>) -> Result<Self, StartError> {
        let identity = Identity::generate()?;
        // Named rather than taken from the process: the AWS clients bring the same one, and no
        // default is set by whoever comes first.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let pinned = Arc::new(Pinned { client, provider: Arc::clone(&provider) });
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])?
            .with_client_cert_verifier(pinned)
            .with_single_cert(vec![identity.certificate.clone()], identity.key)?;
        // Newer gRPC clients hang up on a server that does not negotiate HTTP/2.
        config.alpn_protocols = vec![b"h2".to_vec()];
        // There is one connection: nothing to resume.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Tls { acceptor: TlsAcceptor::from(Arc::new(config)), certificate: identity.certificate })
    }

    /// What the host has to expect.
    pub(super) fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// Shakes hands. What comes back was made by the holder of the client's key.
    pub(super) async fn accept(&self, io: Box<dyn Io>) -> io::Result<Box<dyn Io>> {
        Ok(Box::new(self.acceptor.accept(io).await?))
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

/// Accepts one certificate, byte by byte, and then wants to see its key at work.
#[derive(Debug)]
struct Pinned {
    client: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl Pinned {
    fn algorithms(&self, scheme: SignatureScheme) -> &WebPkiSupportedAlgorithms {
        match scheme {
            p521::SCHEME => &p521::ALGORITHMS,
            _ => &self.provider.signature_verification_algorithms,
        }
    }
}

impl ClientCertVerifier for Pinned {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if *end_entity != self.client {
            return Err(CertificateError::ApplicationVerificationFailure.into());
        }
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, self.algorithms(signed.scheme))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, self.algorithms(signed.scheme))
    }

    /// P-521 comes first. In TLS 1.2 a scheme does not fix the curve, and Go signs with the first
    /// one on the list that is ECDSA: behind P-384 we would get SHA-384 by a P-521 key.
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = vec![p521::SCHEME];
        schemes.extend(self.provider.signature_verification_algorithms.supported_schemes());
        schemes
    }
}
