//! States of other providers' resources, as far as they name an object (`moved` blocks).
//!
//! Only the natural key is taken over; the read that follows does the rest. What else such a state
//! holds, credentials above all, stays behind.

use serde_json::Value as Json;

use super::import_id::Key;
use crate::aws::arn::Arn;
use crate::framework::value::Value;

/// The natural key in a state: attributes by their name there and here, and the region of an ARN.
/// None if a part is missing.
pub(super) fn key(state: &Json, parts: &[(&str, &str)], arn: &str) -> Option<Key> {
    let mut key = Key::new();
    for (theirs, ours) in parts {
        key.insert((*ours).to_owned(), text(state, theirs)?);
    }
    let region = state[arn].as_str().and_then(|arn| arn.parse::<Arn>().ok()).map(|arn| arn.region);
    key.extend(region.map(|region| ("region".to_owned(), region.into())));
    Some(key)
}

/// An attribute that holds a text.
pub(super) fn text(state: &Json, name: &str) -> Option<Value> {
    state[name].as_str().filter(|text| !text.is_empty()).map(Value::from)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_key_and_nothing_else_is_taken_over() {
        let state = json!({
            "name": "acme",
            "arn": "arn:aws:appflow:eu-west-1:111122223333:connectorprofile/acme",
            "connector_profile_config": [{ "connector_profile_credentials": ["s3cret"] }],
        });
        let key = key(&state, &[("name", "name")], "arn");
        let expected =
            [("name".to_owned(), "acme".into()), ("region".to_owned(), "eu-west-1".into())];
        assert_eq!(key, Some(expected.into()));
    }

    #[test]
    fn a_state_without_the_key_names_nothing() {
        assert_eq!(key(&json!({}), &[("name", "name")], "arn"), None);
    }
}
