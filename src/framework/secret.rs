//! A text that must not be seen: not in logs, state, diagnostics or debug output.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A credential.
///
/// It has no `Display`, its `Debug` is a mask, and it serialises to nothing, so that only an
/// explicit [`Secret::expose`] gets at the content. The memory is overwritten when it is dropped:
/// a best effort, since whoever handed it over may hold copies.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a text into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The content. Only for the request that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is no content.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `text` with every occurrence of the secret masked, also where it is percent-encoded, as
    /// Salesforce echoes it in an error about a query string.
    ///
    /// Shorter secrets than four characters are left: masking them would only garble the text.
    pub fn scrub(&self, text: &str) -> String {
        if self.0.len() < SHORTEST_SCRUBBED {
            return text.to_owned();
        }
        text.replace(&percent_encoded(&self.0), MASK).replace(&self.0, MASK)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({MASK})")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.0).into_bytes();
        bytes.fill(0);
        // Without a reader the compiler may leave the overwriting out.
        std::hint::black_box(&bytes);
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl Serialize for Secret {
    /// Serialises to null, whatever the content.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_none()
    }
}

/// The form a query string has.
fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// What stands in for a secret.
const MASK: &str = "***";

/// Anything shorter occurs by chance in ordinary words.
const SHORTEST_SCRUBBED: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_a_mask() {
        assert_eq!(format!("{:?}", Secret::from("aPrx.grant")), "Secret(***)");
    }

    #[test]
    fn a_secret_is_read_but_never_written() {
        let secret: Secret = serde_json::from_str(r#""aPrx.grant""#).expect("a JSON string");
        assert_eq!(secret.expose(), "aPrx.grant");
        assert_eq!(serde_json::to_string(&secret).expect("null"), "null");
    }

    #[test]
    fn an_echoed_secret_is_masked_plain_and_percent_encoded() {
        let secret = Secret::from("aPrx==");
        assert_eq!(secret.scrub("code=aPrx%3D%3D is bad: aPrx=="), "code=*** is bad: ***");
    }

    #[test]
    fn a_trivial_secret_does_not_garble_the_text() {
        assert_eq!(Secret::from("a").scrub("a bad grant"), "a bad grant");
    }
}
