//! Values on the wire: cases 22 to 30. Terraform's own bytes, case 21, are tested beside the codec.

use std::collections::BTreeMap;

use terraform_provider_connect::framework::number::Number;
use terraform_provider_connect::framework::types::Type;
use terraform_provider_connect::framework::value::Value;
use terraform_provider_connect::framework::{json, value};
use terraform_provider_connect::protocol::proto::provider_server::Provider as _;
use terraform_provider_connect::protocol::{msgpack, proto};
use tonic::Request;

use crate::core::{Instance, capabilities, wire};
use crate::test_provider::thing::THING;
use crate::test_provider::{ready, thing};

#[test]
fn case_22_numbers_are_written_as_core_writes_them() {
    let digits_512_bit = "1".repeat(154);
    for (number, begins) in [
        ("0", 0x00),
        ("127", 0x7f),
        ("-1", 0xff),
        ("-33", 0xd0),
        ("255", 0xcc),
        ("9007199254740993", 0xcf),
        ("-9007199254740993", 0xd3),
        ("9223372036854775807", 0xcf),
        ("-9223372036854775808", 0xd3),
        ("0.5", 0xcb),
        ("-1.25", 0xcb),
        ("0.1", 0xa3),
        ("0.001", 0xa5),
        ("9223372036854775808", 0xb3),
        ("18446744073709551615", 0xb4),
        ("10000000000000000000000000000000000000000", 0xd9),
        (&digits_512_bit, 0xd9),
    ] {
        let value = Value::Number(Number::parse(number).expect("a number"));
        let bytes = msgpack::encode(&value);
        assert_eq!(bytes[0], begins, "{number}: {bytes:02x?}");
        assert_eq!(msgpack::decode(&bytes, &Type::Number), Ok(value), "{number}");
    }
}

#[test]
fn case_22_numbers_are_read_in_every_width() {
    for (bytes, number) in [
        (&[0xcd, 0x01, 0x00][..], "256"),
        (&[0xce, 0, 1, 0, 0], "65536"),
        (&[0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "18446744073709551615"),
        (&[0xd0, 0x80], "-128"),
        (&[0xd1, 0x80, 0], "-32768"),
        (&[0xd2, 0x80, 0, 0, 0], "-2147483648"),
        (&[0xca, 0x3f, 0x00, 0x00, 0x00], "0.5"),
        (&[0xa3, b'1', b'e', b'3'], "1000"),
        (&[0xd9, 3, b'0', b'.', b'1'], "0.1"),
    ] {
        let expected = Value::Number(Number::parse(number).expect("a number"));
        assert_eq!(msgpack::decode(bytes, &Type::Number), Ok(expected), "{number}");
    }
}

#[test]
fn case_23_refinements_of_the_future_do_not_spoil_the_rest() {
    // {1: false, 99: "?"}
    let payload = [0x82, 0x01, 0xc2, 0x63, 0xa1, b'?'];
    let bytes = [&[0xc7, payload.len() as u8, 12], &payload[..]].concat();
    let not_null = value::Refined { nullness: Some(false), ..value::Refined::default() };
    let expected = Value::Unknown(value::Refinements(Some(Box::new(not_null))));
    assert_eq!(msgpack::decode(&bytes, &Type::String), Ok(expected));
}

#[tokio::test]
async fn case_24_nothing_at_all_is_null() {
    let (core, _) = ready().await;
    let nothing = Some(proto::DynamicValue::default());
    for prior_state in [None, nothing] {
        let request = proto::plan_resource_change::Request {
            type_name: THING.into(),
            prior_state,
            config: wire(&thing(&[("name", "a".into())])),
            proposed_new_state: wire(&thing(&[("name", "a".into())])),
            client_capabilities: capabilities(),
            ..Default::default()
        };
        let answer = core.service.plan_resource_change(Request::new(request)).await;
        assert_eq!(answer.expect("no status").into_inner().diagnostics, []);
    }
}

#[tokio::test]
async fn case_25_json_means_the_same_as_msgpack() {
    let (core, _) = ready().await;
    let types: BTreeMap<String, Type> = [("deep".to_owned(), Type::list(Type::Number))].into();
    let deep = Value::object([("deep", Value::List(vec![1.into(), 2.into()]))]);
    let config = thing(&[
        ("name", "a".into()),
        ("size", Value::Number(Number::parse("0.1").expect("a number"))),
        ("tags", Value::set(vec!["x".into(), "y".into()])),
        ("any", Value::Dynamic(Box::new(Type::Object(types)), Box::new(deep))),
    ]);
    let json = json::encode(&config).to_string().into_bytes();
    let json = Some(proto::DynamicValue { json, msgpack: Vec::new() });
    let mut planned = Vec::new();
    for config in [wire(&config), json] {
        let request = proto::plan_resource_change::Request {
            type_name: THING.into(),
            proposed_new_state: config.clone(),
            config,
            client_capabilities: capabilities(),
            ..Default::default()
        };
        let answer = core.service.plan_resource_change(Request::new(request)).await;
        planned.push(answer.expect("no status").into_inner().planned_state);
    }
    assert!(planned[0].is_some());
    assert_eq!(planned[0], planned[1]);
}

#[tokio::test]
async fn case_26_none_and_empty_stay_apart() {
    let (core, _) = ready().await;
    let config = thing(&[
        ("name", "a".into()),
        ("tags", Value::Set(vec![])),
        ("hosts", Value::List(vec![])),
        ("labels", Value::Null),
        ("list", Value::List(vec![])),
    ]);
    let made = core.create(THING, &config).await;
    let read = core.read(THING, &made).await.new;
    for instance in [&made, &read] {
        let state = instance.value();
        assert_eq!(state.get("tags"), &Value::Set(vec![]));
        assert_eq!(state.get("hosts"), &Value::List(vec![]));
        assert_eq!(state.get("list"), &Value::List(vec![]));
        assert_eq!(state.get("labels"), &Value::Null);
        assert_eq!(state.get("item"), &Value::List(vec![]));
        assert_eq!(state.get("once"), &Value::Null);
    }
}

#[test]
fn case_27_objects_have_exactly_their_attributes() {
    let ty = Type::Object([("a".to_owned(), Type::Bool), ("b".to_owned(), Type::Bool)].into());
    let encode = |names: &[&str]| {
        let mut bytes = vec![0x80 | names.len() as u8];
        for name in names {
            bytes.extend([0xa1, name.as_bytes()[0], 0xc3]);
        }
        bytes
    };
    assert!(msgpack::decode(&encode(&["a", "b"]), &ty).is_ok());
    assert!(msgpack::decode(&encode(&["b", "a"]), &ty).is_ok());
    for wrong in [&["a"][..], &["a", "a"], &["a", "c"], &["a", "b", "c"]] {
        assert!(msgpack::decode(&encode(wrong), &ty).is_err(), "{wrong:?}");
    }
}

#[test]
fn case_27_giant_headers_claim_no_memory() {
    // Arrays in arrays, each of which claims 2^32 - 1 elements.
    let mut ty = Type::Bool;
    for _ in 0..60 {
        ty = Type::list(ty);
    }
    let bytes = [0xdd, 0xff, 0xff, 0xff, 0xff].repeat(60);
    assert!(msgpack::decode(&bytes, &ty).is_err());
}

#[test]
fn case_28_dynamic_values_of_every_kind() {
    let object = |number: i64| Value::object([("n", Value::from(number))]);
    let ty = Type::Object([("n".to_owned(), Type::Number)].into());
    let list = Value::Dynamic(
        Box::new(Type::list(ty.clone())),
        Box::new(Value::List(vec![object(1), object(2)])),
    );
    let inner = Value::Dynamic(Box::new(Type::Bool), Box::new(true.into()));
    let tuple = Value::Dynamic(
        Box::new(Type::Tuple(vec![Type::Dynamic, Type::String])),
        Box::new(Value::Tuple(vec![inner, "x".into()])),
    );
    for value in [list, tuple, Value::Null, Value::UNKNOWN] {
        assert_eq!(msgpack::decode(&msgpack::encode(&value), &Type::Dynamic), Ok(value));
    }
}

#[test]
fn case_29_types_survive_their_notation() {
    for notation in [
        r#""string""#,
        r#""number""#,
        r#""bool""#,
        r#""dynamic""#,
        r#"["list","string"]"#,
        r#"["set",["map","number"]]"#,
        r#"["tuple",["bool",["list","dynamic"]]]"#,
        r#"["object",{"a":"string","b":["object",{}]}]"#,
    ] {
        let json = serde_json::from_str(notation).expect("it is JSON");
        let ty = Type::from_json(&json).expect("it is a type");
        assert_eq!(ty.to_json(), json);
    }
}

#[test]
fn case_30_sets_have_no_order_and_no_duplicates() {
    let bytes = [0x93, 0xa1, b'b', 0xa1, b'a', 0xa1, b'b'];
    let read = msgpack::decode(&bytes, &Type::set(Type::String)).expect("a set");
    assert_eq!(msgpack::encode(&read), [0x92, 0xa1, b'a', 0xa1, b'b']);
}

#[tokio::test]
async fn case_30_unknown_elements_are_not_duplicates() {
    let (core, _) = ready().await;
    let tags = Value::Set(vec![Value::UNKNOWN, Value::UNKNOWN]);
    let config = thing(&[("name", "a".into()), ("tags", tags.clone())]);
    let plan = core.plan(THING, &config, &Instance::default()).await;
    assert_eq!(plan.diags, []);
    assert_eq!(plan.planned.get("tags"), &tags);
}
