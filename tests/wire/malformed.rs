//! Malformed input to every RPC of the real provider: a message in the answer, never a panic and
//! never a gRPC status.

use serde_json::json;
use terraform_provider_connect::framework::types::Type;
use terraform_provider_connect::framework::value::Value;
use terraform_provider_connect::protocol::proto::provider_server::Provider as Rpc;
use terraform_provider_connect::protocol::{Service, msgpack, proto};
use terraform_provider_connect::provider::Connect;
use tonic::Request;

use crate::core::{capabilities, has_errors, told};

/// Values that are none of any schema here.
fn malformed() -> Vec<(&'static str, proto::DynamicValue)> {
    let msgpack = |msgpack: Vec<u8>| proto::DynamicValue { msgpack, json: Vec::new() };
    let json = |json: &str| proto::DynamicValue { msgpack: Vec::new(), json: json.into() };
    let truncated = {
        let mut bytes = msgpack::encode(&Value::object([("name", Value::from("a long name"))]));
        bytes.truncate(8);
        bytes
    };
    let nested = {
        let mut bytes = vec![0x81, 0xa1, b'a'];
        bytes.extend([0x91; 100_000]);
        bytes
    };
    let dynamic = msgpack::encode(&Value::Dynamic(Box::new(Type::Bool), Box::new(true.into())));
    vec![
        ("an invalid byte", msgpack(vec![0xc1])),
        ("a number", msgpack(vec![0x01])),
        ("a text", msgpack(vec![0xa1, b'x'])),
        ("an array", msgpack(vec![0x90])),
        ("an empty object", msgpack(vec![0x80])),
        ("a foreign object", msgpack(vec![0x81, 0xa1, b'x', 0xc0])),
        ("a truncated object", msgpack(truncated)),
        ("a giant text", msgpack(vec![0xdb, 0xff, 0xff, 0xff, 0xff])),
        ("a giant array", msgpack(vec![0xdd, 0xff, 0xff, 0xff, 0xff])),
        ("a giant object", msgpack(vec![0xdf, 0xff, 0xff, 0xff, 0xff])),
        ("a giant unknown", msgpack(vec![0xc9, 0xff, 0xff, 0xff, 0xff, 12])),
        ("absurd depth", msgpack(nested)),
        ("a dynamic value", msgpack(dynamic)),
        ("bytes after the value", msgpack(vec![0xc0, 0xc0])),
        ("binary", msgpack(vec![0xc4, 1, 0])),
        ("no JSON", json("{")),
        ("a number in JSON", json("1e999999")),
        ("an array in JSON", json("[]")),
        ("a wrong attribute in JSON", json(r#"{"name": {"x": 1}, "id": {}, "region": {}}"#)),
        ("absurd depth in JSON", json(&"[".repeat(100_000))),
        ("no UTF-8", proto::DynamicValue { msgpack: vec![], json: vec![0xff, 0xfe] }),
    ]
}

const RESOURCES: [&str; 4] = [
    "connect_salesforce_connection",
    "connect_salesforce_event_flow",
    "connect_salesforce_app_integration",
    "connect_salesforce_case_rule",
];

/// Calls an RPC with a malformed value, for an answer with an error.
macro_rules! refused {
    ($service:ident.$rpc:ident($module:ident { $($field:ident: $value:expr),* $(,)? }) for $what:expr) => {{
        #[allow(clippy::needless_update, reason = "some requests have no more fields")]
        let request = proto::$module::Request { $($field: $value,)* ..Default::default() };
        let answer = $service.$rpc(Request::new(request)).await.expect("no status").into_inner();
        assert!(has_errors(&told(answer.diagnostics)), "{} of {}", stringify!($rpc), $what);
    }};
}

#[tokio::test]
async fn malformed_values_of_resources_are_told() {
    let service = Service::new(Connect);
    for name in RESOURCES {
        let type_name = || name.to_owned();
        for (what, value) in malformed() {
            let bad = || Some(value.clone());
            let bad_identity = || Some(proto::ResourceIdentityData { identity_data: bad() });
            refused!(service.validate_resource_config(validate_resource_config {
                type_name: type_name(),
                config: bad(),
                client_capabilities: capabilities(),
            }) for what);
            refused!(service.read_resource(read_resource {
                type_name: type_name(), current_state: bad(),
            }) for what);
            refused!(service.read_resource(read_resource {
                type_name: type_name(), current_identity: bad_identity(),
            }) for what);
            refused!(service.plan_resource_change(plan_resource_change {
                type_name: type_name(), config: bad(),
            }) for what);
            refused!(service.plan_resource_change(plan_resource_change {
                type_name: type_name(), prior_state: bad(),
            }) for what);
            refused!(service.plan_resource_change(plan_resource_change {
                type_name: type_name(), proposed_new_state: bad(),
            }) for what);
            refused!(service.plan_resource_change(plan_resource_change {
                type_name: type_name(), prior_identity: bad_identity(),
            }) for what);
            refused!(service.apply_resource_change(apply_resource_change {
                type_name: type_name(), config: bad(),
            }) for what);
            refused!(service.apply_resource_change(apply_resource_change {
                type_name: type_name(), prior_state: bad(),
            }) for what);
            refused!(service.apply_resource_change(apply_resource_change {
                type_name: type_name(), planned_state: bad(),
            }) for what);
            refused!(service.apply_resource_change(apply_resource_change {
                type_name: type_name(), planned_identity: bad_identity(),
            }) for what);
            refused!(service.import_resource_state(import_resource_state {
                type_name: type_name(), identity: bad_identity(),
            }) for what);
            refused!(service.generate_resource_config(generate_resource_config {
                type_name: type_name(), state: bad(),
            }) for what);
        }
    }
}

#[tokio::test]
async fn malformed_values_of_everything_else_are_told() {
    let service = Service::new(Connect);
    let schema = service.get_provider_schema(Request::new(Default::default())).await;
    let schema = schema.expect("no status").into_inner();
    for (what, value) in malformed() {
        let bad = || Some(value.clone());
        refused!(service.validate_provider_config(validate_provider_config {
            config: bad(),
        }) for what);
        refused!(service.configure_provider(configure_provider { config: bad() }) for what);
        for name in schema.data_source_schemas.keys() {
            let type_name = || name.clone();
            refused!(service.validate_data_resource_config(validate_data_resource_config {
                type_name: type_name(), config: bad(),
            }) for what);
            refused!(service.read_data_source(read_data_source {
                type_name: type_name(), config: bad(),
            }) for what);
        }
        for name in schema.ephemeral_resource_schemas.keys() {
            refused!(service.open_ephemeral_resource(open_ephemeral_resource {
                type_name: name.clone(), config: bad(),
            }) for what);
        }
        for name in schema.action_schemas.keys() {
            refused!(service.plan_action(plan_action {
                action_type: name.clone(), config: bad(),
            }) for what);
        }
        for (name, function) in &schema.functions {
            let arguments = function.parameters.iter().map(|_| value.clone()).collect();
            let request = proto::call_function::Request { name: name.clone(), arguments };
            let answer = service.call_function(Request::new(request)).await;
            let answer = answer.expect("no status").into_inner();
            // A text may be just what a function takes.
            assert!(answer.result.is_some() != answer.error.is_some(), "{name} of {what}");
        }
    }
}

#[tokio::test]
async fn malformed_states_are_told() {
    let service = Service::new(Connect);
    let deep = "[".repeat(100_000);
    let wide = json!({ "name": "x".repeat(1 << 20), "tags": { "k": [1] } }).to_string();
    for name in RESOURCES {
        for bad in [
            "",
            "{",
            "[]",
            "1",
            "\"x\"",
            r#"{"name":[]}"#,
            r#"{"tags_all":1,"name":{}}"#,
            &deep,
            &wide,
        ] {
            // The connection has no tags: to it the wide one is a state with something removed.
            if bad == wide && name == RESOURCES[0] {
                continue;
            }
            let raw = || Some(proto::RawState { json: bad.into(), ..Default::default() });
            let what = &bad[..bad.len().min(30)];
            refused!(service.upgrade_resource_state(upgrade_resource_state {
                type_name: name.to_owned(), raw_state: raw(),
            }) for what);
            refused!(service.move_resource_state(move_resource_state {
                target_type_name: name.to_owned(), source_state: raw(),
            }) for what);
        }
        for bad in ["", "{", "[]", r#"{"name":[],"instance_id":{}}"#] {
            refused!(service.upgrade_resource_identity(upgrade_resource_identity {
                type_name: name.to_owned(),
                raw_identity: Some(proto::RawState { json: bad.into(), ..Default::default() }),
            }) for bad);
        }
    }
}

#[tokio::test]
async fn import_ids_that_are_none_are_told() {
    let service = Service::new(Connect);
    for name in RESOURCES {
        for id in ["", "@us-east-1", "arn:", "arn:aws:s3:::x"] {
            refused!(service.import_resource_state(import_resource_state {
                type_name: name.to_owned(), id: id.to_owned(),
            }) for id);
        }
    }
}
