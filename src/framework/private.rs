//! What the provider remembers with a resource without showing it: Terraform's private state.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

/// Named notes that travel from plan to apply and from state to state.
///
/// Terraform stores what it is given last and forgets the rest, so every answer carries all of
/// them. Never a place for secrets: state files hold it in clear.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Private(BTreeMap<String, Json>);

impl Private {
    /// Reads what an earlier answer carried. Bytes that are not ours are dropped.
    pub fn decode(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).map(Self).unwrap_or_default()
    }

    /// The bytes for an answer; none at all for no notes.
    pub fn encode(&self) -> Vec<u8> {
        if self.0.is_empty() {
            return Vec::new();
        }
        serde_json::to_vec(&self.0).expect("JSON with text keys can always be written")
    }

    /// A note, where there is one of that name and shape.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.0.get(name).and_then(|note| serde_json::from_value(note.clone()).ok())
    }

    /// Writes a note down.
    pub fn set(&mut self, name: &str, note: impl Serialize) {
        let note = serde_json::to_value(note).expect("notes are plain data");
        self.0.insert(name.to_owned(), note);
    }

    /// Takes a note away.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_survive_the_trip_through_terraform() {
        let mut private = Private::default();
        private.set("token", "abc");
        let private = Private::decode(&private.encode());
        assert_eq!(private.get::<String>("token").as_deref(), Some("abc"));
    }

    #[test]
    fn foreign_bytes_are_no_notes() {
        assert_eq!(Private::decode(b"\xff\x00"), Private::default());
        assert!(Private::default().encode().is_empty());
    }
}
