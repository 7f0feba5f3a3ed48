//! The certificate that we show: made at start, told to the host in the handshake line.

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use time::{Duration, OffsetDateTime};

/// A certificate and its key.
pub(super) struct Identity {
    pub(super) certificate: CertificateDer<'static>,
    pub(super) key: PrivateKeyDer<'static>,
}

impl Identity {
    /// Makes one for `localhost`, the name that hosts insist on.
    ///
    /// P-256 is the fastest kind of key that every client takes: Go would do with Ed25519 and
    /// P-521, BoringSSL with neither. Validity is go-plugin's.
    pub(super) fn generate() -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, LOCALHOST);
        let mut params = CertificateParams::new([LOCALHOST.to_owned()])?;
        params.distinguished_name = name;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let now = OffsetDateTime::now_utc();
        params.not_before = now - CLOCK_SKEW;
        params.not_after = now + LIFE;
        let certificate = params.self_signed(&key)?;
        Ok(Identity { certificate: certificate.into(), key: key.into() })
    }
}

const LOCALHOST: &str = "localhost";

/// The host reads the same clock, but perhaps from within a virtual machine.
const CLOCK_SKEW: Duration = Duration::seconds(30);

/// As good as for ever: a debugger may hold a run for days, and the key dies with the process.
const LIFE: Duration = Duration::hours(262_980);
