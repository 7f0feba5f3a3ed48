//! A certificate in the shape that go-plugin's hosts make for themselves: ECDSA on P-521,
//! self-signed, for `localhost`, good for client and server, and a CA.
//!
//! Neither ring nor rcgen on top of it knows the curve, so the DER is put together here, and the
//! key is one that rustls can be made to sign with.

use std::sync::Arc;

use p521::ecdsa::signature::Signer as _;
use p521::ecdsa::{Signature, SigningKey};
use rustls::pki_types::CertificateDer;
use rustls::sign::{CertifiedKey, Signer, SigningKey as TlsKey};
use rustls::{SignatureAlgorithm, SignatureScheme};

/// Makes a new key and its certificate.
pub(crate) fn generate() -> CertifiedKey {
    let key = random_key();
    let certificate = CertificateDer::from(certificate(&key));
    CertifiedKey::new(vec![certificate], Arc::new(GoKey(key)))
}

fn random_key() -> SigningKey {
    let mut number = [0; 66];
    let random = rustls::crypto::ring::default_provider().secure_random;
    // The first byte stays zero: the number is then below the order of the curve.
    random.fill(&mut number[1..]).expect("the system has randomness");
    SigningKey::from_slice(&number).expect("a number below the order")
}

#[derive(Debug)]
struct GoKey(SigningKey);

impl TlsKey for GoKey {
    /// Chooses as Go does: the first scheme on the server's list that suits an ECDSA key. In TLS
    /// 1.2 that may be one of another curve, and P-521 will be used with its hash.
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let ecdsa = [
            SignatureScheme::ECDSA_NISTP256_SHA256,
            SignatureScheme::ECDSA_NISTP384_SHA384,
            SignatureScheme::ECDSA_NISTP521_SHA512,
        ];
        let chosen = offered.iter().find(|scheme| ecdsa.contains(scheme))?;
        // The other hashes are not needed as long as the server knows what to prefer.
        (*chosen == SignatureScheme::ECDSA_NISTP521_SHA512)
            .then(|| Box::new(GoSigner(self.0.clone())) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

#[derive(Debug)]
struct GoSigner(SigningKey);

impl Signer for GoSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let signature: Signature = self.0.sign(message);
        Ok(signature.to_der().as_bytes().to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ECDSA_NISTP521_SHA512
    }
}

fn certificate(key: &SigningKey) -> Vec<u8> {
    let signature_algorithm = sequence(&[der(OID, ECDSA_WITH_SHA512)]);
    let name =
        sequence(&[attribute(ORGANIZATION, "HashiCorp"), attribute(COMMON_NAME, "localhost")]);
    let validity = sequence(&[
        der(GENERALIZED_TIME, b"20260101000000Z"),
        der(GENERALIZED_TIME, b"20560101000000Z"),
    ]);
    let to_be_signed = sequence(&[
        der(0xa0, &der(INTEGER, &[2])),
        der(INTEGER, &[1]),
        signature_algorithm.clone(),
        name.clone(),
        validity,
        name,
        public_key(key),
        extensions(),
    ]);
    let signature: Signature = key.sign(&to_be_signed);
    sequence(&[to_be_signed, signature_algorithm, bits(0, signature.to_der().as_bytes())])
}

fn public_key(key: &SigningKey) -> Vec<u8> {
    let algorithm = sequence(&[der(OID, EC_PUBLIC_KEY), der(OID, SECP521R1)]);
    sequence(&[algorithm, bits(0, key.verifying_key().to_sec1_point(false).as_bytes())])
}

fn extensions() -> Vec<u8> {
    // digitalSignature, keyEncipherment, keyAgreement, certSign.
    let usage = extension(KEY_USAGE, true, &bits(2, &[0b1010_1100]));
    let purposes = sequence(&[der(OID, CLIENT_AUTH), der(OID, SERVER_AUTH)]);
    let purposes = extension(EXTENDED_KEY_USAGE, false, &purposes);
    let authority = extension(BASIC_CONSTRAINTS, true, &sequence(&[der(BOOLEAN, &[0xff])]));
    let names = extension(SUBJECT_ALT_NAME, false, &sequence(&[der(0x82, b"localhost")]));
    der(0xa3, &sequence(&[usage, purposes, authority, names]))
}

fn extension(id: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { der(BOOLEAN, &[0xff]) } else { Vec::new() };
    sequence(&[der(OID, id), critical, der(OCTETS, value)])
}

fn attribute(id: &[u8], value: &str) -> Vec<u8> {
    der(SET, &sequence(&[der(OID, id), der(UTF8, value.as_bytes())]))
}

fn bits(unused: u8, bytes: &[u8]) -> Vec<u8> {
    der(BITS, &[&[unused], bytes].concat())
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    der(SEQUENCE, &parts.concat())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("a certificate is short").to_be_bytes();
    let header = match length {
        [0, short @ 0..0x80] => vec![tag, short],
        [0, one] => vec![tag, 0x81, one],
        [high, low] => vec![tag, 0x82, high, low],
    };
    [&header, content].concat()
}

const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const BITS: u8 = 0x03;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;
const UTF8: u8 = 0x0c;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;

/// 1.2.840.10045.4.3.4
const ECDSA_WITH_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04];
/// 1.2.840.10045.2.1
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// 1.3.132.0.35
const SECP521R1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];
/// 2.5.4.3
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// 2.5.4.10
const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0a];
/// 2.5.29.15
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
/// 2.5.29.17
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
/// 2.5.29.19
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
/// 2.5.29.37
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
/// 1.3.6.1.5.5.7.3.1
const SERVER_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
/// 1.3.6.1.5.5.7.3.2
const CLIENT_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];
