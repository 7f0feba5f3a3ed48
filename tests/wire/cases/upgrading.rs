//! States and identities of other versions, and of other types: cases 67 to 69.

use terraform_provider_connect::framework::value::Value;
use terraform_provider_connect::protocol::proto;
use terraform_provider_connect::protocol::proto::provider_server::Provider as _;
use tonic::Request;

use crate::core::{Core, has_errors, identity_value, only_error, raw, told};
use crate::test_provider::thing::THING;
use crate::test_provider::{TestProvider, ready};

#[tokio::test]
async fn case_67_a_state_of_this_version_fits_again() {
    let (core, _) = ready().await;
    let json = r#"{"name":"a","size":0.10,"removed":{"x":1},"token":"s3cret","tags":["b","a"]}"#;
    let (state, diags) = core.upgrade(THING, 2, json).await;
    assert_eq!(diags, []);
    assert_eq!(state.get("name"), &Value::from("a"));
    assert_eq!(state.get("note"), &Value::Null);
    assert_eq!(state.get("token"), &Value::Null);
    assert_eq!(state.get("item"), &Value::List(vec![]));
    assert_eq!(state.get("tags"), &Value::set(vec!["a".into(), "b".into()]));
}

#[tokio::test]
async fn case_67_older_states_are_upgraded_step_by_step() {
    let (core, _) = ready().await;
    let (state, diags) = core.upgrade(THING, 1, r#"{"name":"a","size":3}"#).await;
    assert_eq!((state.get("size"), diags), (&Value::from(3000), vec![]));
    let (state, diags) = core.upgrade(THING, 0, r#"{"title":"a","size":3}"#).await;
    assert_eq!((state.get("size"), diags), (&Value::from(3000), vec![]));
    assert_eq!(state.get("name"), &Value::from("a"));
}

#[tokio::test]
async fn case_67_states_that_cannot_be_read_are_told() {
    let (core, _) = ready().await;
    for (version, json) in
        [(3, "{}"), (-1, "{}"), (2, "{"), (2, r#"{"name":{}}"#), (2, "[]"), (2, "")]
    {
        let (state, diags) = core.upgrade(THING, version, json).await;
        assert!(has_errors(&diags), "{version} {json}");
        assert_eq!(state, Value::Null);
    }
}

#[tokio::test]
async fn case_67_states_of_before_terraform_0_12_are_refused() {
    let (core, _) = ready().await;
    let flatmap = [("name".to_owned(), "a".to_owned())].into();
    for raw_state in [Some(proto::RawState { flatmap, json: Vec::new() }), None] {
        let request = proto::upgrade_resource_state::Request {
            type_name: THING.into(),
            version: 2,
            raw_state,
        };
        let answer = core.service.upgrade_resource_state(Request::new(request)).await;
        assert!(has_errors(&told(answer.expect("no status").into_inner().diagnostics)));
    }
}

async fn upgrade_identity(core: &Core<TestProvider>, json: &str) -> (Option<Value>, bool) {
    let request = proto::upgrade_resource_identity::Request {
        type_name: THING.into(),
        version: 0,
        raw_identity: Some(raw(json)),
    };
    let answer = core.service.upgrade_resource_identity(Request::new(request)).await;
    let answer = answer.expect("no status").into_inner();
    let identity = answer.upgraded_identity.as_ref();
    let failed = has_errors(&told(answer.diagnostics));
    (identity_value(identity, core.identity_schema(THING)), failed)
}

#[tokio::test]
async fn case_68_identities_fit_again() {
    let (core, _) = ready().await;
    let (identity, failed) = upgrade_identity(&core, r#"{"name":"a","old":1}"#).await;
    let expected = Value::object([("name", Value::from("a")), ("region", Value::Null)]);
    assert_eq!((identity, failed), (Some(expected), false));
    assert_eq!(upgrade_identity(&core, r#"{"name":[]}"#).await, (None, true));
    assert_eq!(upgrade_identity(&core, "nonsense").await, (None, true));
}

async fn take_over(
    core: &Core<TestProvider>,
    source_type: &str,
    json: &str,
) -> proto::move_resource_state::Response {
    let request = proto::move_resource_state::Request {
        source_provider_address: "registry.terraform.io/acme/other".into(),
        source_type_name: source_type.into(),
        source_schema_version: 7,
        source_state: Some(raw(json)),
        target_type_name: THING.into(),
        ..Default::default()
    };
    let answer = core.service.move_resource_state(Request::new(request)).await;
    answer.expect("no status").into_inner()
}

#[tokio::test]
async fn case_69_known_types_become_ours_before_any_configuration() {
    let core = Core::new(TestProvider::default());
    let answer = take_over(&core, "other_thing", r#"{"title":"a","extra":[1]}"#).await;
    assert_eq!(answer.diagnostics, []);
    let state = answer.target_state.expect("a state");
    let ty = core.schema(THING).ty();
    let state = terraform_provider_connect::protocol::msgpack::decode(&state.msgpack, &ty);
    let state = state.expect("it fits");
    assert_eq!(state.get("name"), &Value::from("a"));
    assert!(state.is_wholly_known());
    assert!(!answer.target_private.is_empty());
}

#[tokio::test]
async fn case_69_what_was_moved_is_read_next() {
    let (core, _) = ready().await;
    let config = crate::test_provider::thing(&[("name", "a".into()), ("note", "n".into())]);
    let made = core.create(THING, &config).await;
    let answer = take_over(&core, "other_thing", r#"{"title":"a"}"#).await;
    let ty = core.schema(THING).ty();
    let state = answer.target_state.expect("a state").msgpack;
    let state = terraform_provider_connect::protocol::msgpack::decode(&state, &ty);
    let moved =
        crate::core::Instance { state: state.ok(), identity: None, private: answer.target_private };
    assert_eq!(core.read(THING, &moved).await.new.value(), made.value());
}

#[tokio::test]
async fn case_69_other_types_are_refused() {
    let (core, _) = ready().await;
    for (source, json) in
        [("unheard_of", r#"{"title":"a"}"#), ("other_thing", "{}"), ("other_thing", "nonsense")]
    {
        let answer = take_over(&core, source, json).await;
        assert!(only_error(&told(answer.diagnostics)).error, "{source} {json}");
        assert_eq!(answer.target_state, None);
    }
}
