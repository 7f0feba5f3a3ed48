//! Values survive their encodings.

use serde_json::Value as Json;
use terraform_provider_connect::framework::json;
use terraform_provider_connect::framework::types::Type;
use terraform_provider_connect::protocol::msgpack;

use super::holds;
use super::values::{Gaps, any, ty};

#[test]
fn msgpack_brings_every_value_back() {
    holds(|choices| {
        let ty = ty(choices, 4, true);
        let value = any(choices, &ty, Gaps::Refined);
        assert_eq!(msgpack::decode(&msgpack::encode(&value), &ty), Ok(value));
    });
}

#[test]
fn json_brings_every_known_value_back() {
    holds(|choices| {
        let ty = ty(choices, 4, true);
        let value = any(choices, &ty, Gaps::Null);
        let bytes = json::encode(&value).to_string();
        let read: Json = serde_json::from_str(&bytes).expect("it is JSON");
        assert_eq!(json::decode(&read, &ty), Ok(value));
    });
}

#[test]
fn types_survive_their_notation() {
    holds(|choices| {
        let ty = ty(choices, 6, true);
        let bytes = ty.to_json().to_string();
        let read: Json = serde_json::from_str(&bytes).expect("it is JSON");
        assert_eq!(Type::from_json(&read), Ok(ty));
    });
}

#[test]
fn no_bytes_make_the_decoder_panic() {
    holds(|choices| {
        let ty = ty(choices, 4, true);
        let mut bytes = msgpack::encode(&any(choices, &ty, Gaps::Refined));
        for _ in 0..choices.below(4) {
            match choices.below(3) {
                0 => bytes.truncate(choices.below(bytes.len().max(1))),
                1 => bytes.insert(choices.below(bytes.len() + 1), choices.byte()),
                _ => {
                    let at = choices.below(bytes.len().max(1));
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = choices.byte();
                    }
                }
            }
        }
        // What is read can be written, and then reads as itself.
        if let Ok(value) = msgpack::decode(&bytes, &ty) {
            let again = msgpack::decode(&msgpack::encode(&value), &ty);
            assert!(again.is_ok(), "{value:?}");
        }
    });
}
