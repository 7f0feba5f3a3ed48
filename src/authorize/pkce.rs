//! Proof Key for Code Exchange (RFC 7636), with SHA-256.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::framework::secret::Secret;

/// What proves that the login was begun here.
#[derive(Debug)]
pub(super) struct Verifier(Secret);

impl Verifier {
    /// One that nobody guesses.
    pub(super) fn random() -> Self {
        Self(Secret::new(random_text()))
    }

    /// What Salesforce may know of it beforehand.
    pub(super) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.expose().as_bytes()))
    }

    /// The text.
    pub(super) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// 64 characters that nobody guesses, of those that verifiers may have: 43 to 128 are allowed.
pub(super) fn random_text() -> String {
    let mut bytes = [0; 48];
    getrandom::fill(&mut bytes).expect("the system has random numbers");
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        let verifier = Verifier(Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn verifiers_are_long_and_differ() {
        let (one, other) = (random_text(), random_text());
        assert_eq!(one.len(), 64);
        assert_ne!(one, other);
    }
}
