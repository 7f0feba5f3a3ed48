//! Bearer assertions: what a connected app logs in with instead of a browser.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::json;
use time::OffsetDateTime;

use super::jwt;
use crate::framework::secret::Secret;

/// What an assertion says.
#[derive(Clone, Debug)]
pub struct Claims {
    /// The connected app: its consumer key.
    pub client_id: String,
    /// Whom to log in as.
    pub username: String,
    /// Salesforce's login host.
    pub audience: String,
    /// When it is signed.
    pub issued_at: OffsetDateTime,
    /// How long it is good for.
    pub lifetime: Duration,
}

impl Claims {
    /// When it is no longer good.
    pub fn expires_at(&self) -> OffsetDateTime {
        self.issued_at + self.lifetime
    }

    /// The signed assertion (RS256), within the pattern of AppFlow's API.
    ///
    /// # Errors
    /// Why there is none, as a lowercase fragment; never with a part of the key.
    pub fn sign(&self, private_key: &Secret) -> Result<String, String> {
        let key = read_key(private_key)?;
        for padding in 0..MOST_PADDING {
            let token = self.sign_padded(&key, padding)?;
            match jwt::check(&token) {
                Ok(()) => return Ok(token),
                // Another alignment of the same text has other characters.
                Err(jwt::Problem::Dash) => {}
                Err(problem) => return Err(problem.message()),
            }
        }
        Err("the claims have no form that AppFlow's pattern admits".to_owned())
    }

    fn sign_padded(&self, key: &RsaKeyPair, padding: usize) -> Result<String, String> {
        let claims = json!({
            "jti": "0".repeat(padding + 1),
            "iss": self.client_id,
            "sub": self.username,
            "aud": self.audience,
            "iat": self.issued_at.unix_timestamp(),
            "exp": self.expires_at().unix_timestamp(),
        });
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#);
        let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
        let message = format!("{header}.{payload}");
        let mut signature = vec![0; key.public().modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
            .map_err(|_| "the key cannot sign".to_owned())?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// Base64 has three alignments; more are tried in case the text itself is in the way.
const MOST_PADDING: usize = 12;

/// Reads an RSA key from PEM, PKCS#1 or PKCS#8.
fn read_key(key: &Secret) -> Result<RsaKeyPair, String> {
    let der = PrivateKeyDer::from_pem_slice(key.expose().as_bytes()).map_err(|_| {
        "it is no private key in PEM: it begins with -----BEGIN PRIVATE KEY----- or -----BEGIN \
         RSA PRIVATE KEY-----, and is not encrypted"
            .to_owned()
    })?;
    let key = match &der {
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        _ => return Err("it is no RSA key: Salesforce wants RS256".to_owned()),
    };
    key.map_err(|rejected| format!("it is no usable RSA key ({rejected})"))
}

#[cfg(test)]
mod tests {
    use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
    use serde_json::Value;

    use super::*;

    /// Keys that were made for these tests and open nothing.
    const PKCS8: &str = include_str!("../../tests/fixtures/test_only_rsa_pkcs8.pem");
    const PKCS1: &str = include_str!("../../tests/fixtures/test_only_rsa_pkcs1.pem");

    fn claims(username: &str) -> Claims {
        Claims {
            client_id: "3MVG9".into(),
            username: username.into(),
            audience: "https://login.salesforce.com".into(),
            issued_at: OffsetDateTime::from_unix_timestamp(1_800_000_000).expect("a moment"),
            lifetime: Duration::from_mins(3),
        }
    }

    #[test]
    fn the_assertion_says_what_salesforce_asks_for_and_is_signed() {
        for pem in [PKCS8, PKCS1] {
            let key = Secret::new(pem);
            let token = claims("a@acme.example").sign(&key).expect("a token");
            let (message, signature) = token.rsplit_once('.').expect("three parts");
            let (header, payload) = message.split_once('.').expect("three parts");
            let [header, payload] = [header, payload].map(|part| -> Value {
                let part = URL_SAFE_NO_PAD.decode(part).expect("base64");
                serde_json::from_slice(&part).expect("JSON")
            });
            assert_eq!(header["alg"], "RS256");
            assert_eq!(payload["iss"], "3MVG9");
            assert_eq!(payload["sub"], "a@acme.example");
            assert_eq!(payload["aud"], "https://login.salesforce.com");
            assert_eq!(payload["exp"], 1_800_000_180);
            let public = read_key(&key).expect("a key").public_key().as_ref().to_vec();
            let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64");
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public)
                .verify(message.as_bytes(), &signature)
                .expect("the signature fits");
        }
    }

    #[test]
    fn the_assertion_fits_appflows_pattern_whatever_is_claimed() {
        for username in ["a@acme.example", "~@acme.example", "a~~>b@acme.example", ">>>~~~"] {
            let token = claims(username).sign(&Secret::new(PKCS8));
            match token {
                Ok(token) => assert_eq!(jwt::check(&token), Ok(())),
                Err(reason) => assert!(reason.contains("AppFlow's pattern"), "{reason}"),
            }
        }
    }

    #[test]
    fn a_bad_key_is_named_and_not_shown() {
        for key in ["s3cret", "-----BEGIN PRIVATE KEY-----\nczNjcmV0\n-----END PRIVATE KEY-----"] {
            let reason = claims("a").sign(&Secret::new(key)).expect_err("no key");
            assert!(!reason.contains("s3cret") && !reason.contains("czNjcmV0"), "{reason}");
        }
    }
}
