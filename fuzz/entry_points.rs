//! Where input from outside enters, each as a function of bytes that panics if something is wrong.
//!
//! The fuzz targets run them under libFuzzer, `tests/wire/fuzzed.rs` over the seeds.

#![allow(dead_code, reason = "each fuzz target is one of them")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::LazyLock;

use serde_json::Value as Json;
use terraform_provider_connect::framework::erased::AnyResource;
use terraform_provider_connect::framework::json as state_json;
use terraform_provider_connect::framework::provider::Provider as _;
use terraform_provider_connect::framework::resource::ImportId;
use terraform_provider_connect::framework::types::Type;
use terraform_provider_connect::plugin::fuzzing;
use terraform_provider_connect::protocol::msgpack as codec;
use terraform_provider_connect::provider::{Configured, Connect};
use terraform_provider_connect::salesforce::rule_function::RuleFunction;

/// Made once: a schema takes longer than what is tried on it.
static RESOURCES: LazyLock<Vec<Box<dyn AnyResource<Configured>>>> =
    LazyLock::new(|| Connect.resources());

/// A value as msgpack, of a type that the first bytes make.
///
/// What can be read can be written, and is then written the same.
pub(crate) fn msgpack(bytes: &[u8]) {
    let (ty, bytes) = take_type(bytes);
    let Ok(value) = codec::decode(bytes, &ty) else { return };
    let written = codec::encode(&value);
    match codec::decode(&written, &ty) {
        Ok(again) => assert_eq!(codec::encode(&again), written),
        // Keys that Unicode has two spellings of become one; Terraform sends only one of them.
        Err(reason) => assert!(reason.contains("twice"), "{reason}: {value:?}"),
    }
}

/// A value as JSON, of a type that the first bytes make.
pub(crate) fn json(bytes: &[u8]) {
    let (ty, bytes) = take_type(bytes);
    let Ok(json) = serde_json::from_slice::<Json>(bytes) else { return };
    let Ok(value) = state_json::decode(&json, &ty) else { return };
    assert_eq!(state_json::decode(&state_json::encode(&value), &ty), Ok(value));
}

/// The notation of a type.
pub(crate) fn type_json(bytes: &[u8]) {
    let Ok(json) = serde_json::from_slice::<Json>(bytes) else { return };
    let Ok(ty) = Type::from_json(&json) else { return };
    assert_eq!(Type::from_json(&ty.to_json()), Ok(ty));
}

/// A stored state of any resource; the first byte is its version.
pub(crate) fn upgrade(bytes: &[u8]) {
    let Some((version, bytes)) = bytes.split_first() else { return };
    let Ok(json) = serde_json::from_slice::<Json>(bytes) else { return };
    for resource in RESOURCES.iter() {
        // What is upgraded is held to Terraform's rules by the framework itself.
        let _ = resource.upgrade(i64::from(*version as i8), &json);
        for source in ["aws_appflow_flow", "awscc_appflow_connector_profile", "other"] {
            let _ = resource.take_over(source, &json);
        }
    }
}

/// An import id or identity of any resource: identities are lines of `NAME=VALUE`.
pub(crate) fn import_id(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let parts = text.lines().filter_map(|line| line.split_once('='));
    let parts: BTreeMap<String, String> =
        parts.map(|(name, part)| (name.to_owned(), part.to_owned())).collect();
    for resource in RESOURCES.iter() {
        for id in [ImportId::Text(text.clone().into_owned()), ImportId::Identity(parts.clone())] {
            let imported = resource.import(&id);
            let state = imported.state;
            assert!(imported.diags.has_errors() || state.is_wholly_known() && !state.is_null());
        }
    }
}

/// A rule function; what can be read means the same in the one spelling that we write.
pub(crate) fn rule_function(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(function) = RuleFunction::parse(text) else { return };
    let json = function.to_json();
    let again = RuleFunction::parse(&json).expect("what we write can be read");
    assert_eq!(again.to_json(), json);
}

/// The environment of a host: pieces of `NAME=VALUE`, separated by zero bytes.
pub(crate) fn environment(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let variables: BTreeMap<&str, &str> =
        text.split('\0').filter_map(|piece| piece.split_once('=')).collect();
    let _ = fuzzing::read_environment(|name| variables.get(name).map(OsString::from));
}

/// Makes a type of the first bytes.
fn take_type(bytes: &[u8]) -> (Type, &[u8]) {
    let mut rest = bytes;
    let ty = make_type(&mut rest, 4);
    (ty, rest)
}

fn make_type(rest: &mut &[u8], depth: usize) -> Type {
    let Some((kind, tail)) = rest.split_first() else { return Type::Dynamic };
    *rest = tail;
    let count = usize::from(kind >> 6);
    match kind % 9 {
        0 => Type::Dynamic,
        1 => Type::String,
        2 => Type::Number,
        3 => Type::Bool,
        _ if depth == 0 => Type::String,
        4 => Type::list(make_type(rest, depth - 1)),
        5 => Type::set(make_type(rest, depth - 1)),
        6 => Type::map(make_type(rest, depth - 1)),
        7 => Type::Tuple((0..count).map(|_| make_type(rest, depth - 1)).collect()),
        _ => {
            let names = ["a", "b", "c"].into_iter().take(count);
            Type::Object(names.map(|name| (name.to_owned(), make_type(rest, depth - 1))).collect())
        }
    }
}
