//! ECDSA on P-521, the one signature of go-plugin's hosts that ring does not know.

use p521::ecdsa::signature::Verifier as _;
use p521::ecdsa::{Signature, VerifyingKey};
use rustls::SignatureScheme;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};

/// How TLS calls it.
pub(super) const SCHEME: SignatureScheme = SignatureScheme::ECDSA_NISTP521_SHA512;

/// A list of nothing else, to be used next to a provider's own.
pub(super) static ALGORITHMS: WebPkiSupportedAlgorithms =
    WebPkiSupportedAlgorithms { all: &[&P521], mapping: &[(SCHEME, &[&P521])] };

#[derive(Debug)]
struct P521;

impl SignatureVerificationAlgorithm for P521 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = VerifyingKey::from_sec1_bytes(public_key).map_err(|_| InvalidSignature)?;
        let signature = Signature::from_der(signature).map_err(|_| InvalidSignature)?;
        key.verify(message, &signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P521
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA512
    }
}

#[cfg(test)]
mod tests {
    use p521::ecdsa::SigningKey;
    use p521::ecdsa::signature::Signer as _;

    use super::*;

    fn signed(message: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let mut number = [1; 66];
        number[0] = 0;
        let key = SigningKey::from_slice(&number).expect("a number below the curve's order");
        let signature: Signature = key.sign(message);
        let point = key.verifying_key().to_sec1_point(false);
        (point.as_bytes().to_vec(), signature.to_der().as_bytes().to_vec())
    }

    #[test]
    fn good_signature_is_accepted() {
        let (key, signature) = signed(b"hello");
        assert!(P521.verify_signature(&key, b"hello", &signature).is_ok());
    }

    #[test]
    fn signature_of_something_else_is_refused() {
        let (key, signature) = signed(b"hello");
        assert!(P521.verify_signature(&key, b"goodbye", &signature).is_err());
    }

    #[test]
    fn garbage_is_refused() {
        let (key, signature) = signed(b"hello");
        assert!(P521.verify_signature(&key, b"hello", b"").is_err());
        assert!(P521.verify_signature(b"", b"hello", &signature).is_err());
    }
}
