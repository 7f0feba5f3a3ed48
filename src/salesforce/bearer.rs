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
