//! Ephemeral resources, lists, actions, functions and generated configurations: cases 71 to 74.

use std::time::Duration;

use terraform_provider_connect::framework::types::Type;
use terraform_provider_connect::framework::value::Value;
use terraform_provider_connect::protocol::proto::invoke_action::event::Type as Event;
use terraform_provider_connect::protocol::proto::provider_server::Provider as _;
use terraform_provider_connect::protocol::{msgpack, proto};
use tokio::time::timeout;
use tokio_stream::StreamExt as _;
use tonic::Request;

use crate::core::{Core, Told, has_errors, identity_value, only_error, told, wire};
use crate::test_provider::thing::THING;
use crate::test_provider::{TestProvider, item, ready, thing};

async fn open(core: &Core<TestProvider>, user: impl Into<Value>) -> (Value, Vec<Told>) {
    let config = Value::object([("user", user.into()), ("pass", Value::Null)]);
    let request = proto::open_ephemeral_resource::Request {
        type_name: "test_pass".into(),
        config: wire(&config),
        client_capabilities: None,
    };
    let answer = core.service.open_ephemeral_resource(Request::new(request)).await;
    let answer = answer.expect("no status").into_inner();
    // No time to renew at: Terraform never asks.
    assert_eq!((answer.renew_at, answer.deferred), (None, None));
    let ty = Type::Object([("user".into(), Type::String), ("pass".into(), Type::String)].into());
    let result = answer.result.map_or(Value::Null, |result| {
        msgpack::decode(&result.msgpack, &ty).expect("it fits the schema")
    });
    (result, told(answer.diagnostics))
}

#[tokio::test]
async fn case_71_ephemeral_resources_open() {
    let (core, _) = ready().await;
    let (result, diags) = open(&core, "me").await;
    assert_eq!(diags, []);
    assert_eq!(result.get("user"), &Value::from("me"));
    assert_eq!(result.get("pass"), &Value::from("s3cret-pass"));
}

#[tokio::test]
async fn case_71_ephemeral_results_are_whole() {
    let (core, _) = ready().await;
    let (result, diags) = open(&core, "null").await;
    assert!(has_errors(&diags), "{result:?}");
    let (result, diags) = open(&core, "nobody").await;
    assert_eq!((result, only_error(&diags).path.as_str()), (Value::Null, "user"));
    let (_, diags) = open(&core, "panic").await;
    assert_eq!(only_error(&diags).summary, "The provider has a bug");
}

#[tokio::test]
async fn case_71_ephemeral_arguments_are_validated() {
    let (core, _) = ready().await;
    let validate = async |user: Value| {
        let config = Value::object([("user", user), ("pass", Value::Null)]);
        let request = proto::validate_ephemeral_resource_config::Request {
            type_name: "test_pass".into(),
            config: wire(&config),
        };
        let answer = core.service.validate_ephemeral_resource_config(Request::new(request)).await;
        told(answer.expect("no status").into_inner().diagnostics)
    };
    assert_eq!(validate(Value::UNKNOWN).await, []);
    assert_eq!(only_error(&validate("".into()).await).path, "user");
}

#[tokio::test]
async fn case_71_renewing_keeps_the_notes_and_closing_works_after_a_stop() {
    let (core, _) = ready().await;
    let request = proto::renew_ephemeral_resource::Request {
        type_name: "test_pass".into(),
        private: Some(b"notes".to_vec()),
    };
    let answer = core.service.renew_ephemeral_resource(Request::new(request)).await;
    let answer = answer.expect("no status").into_inner();
    assert_eq!(answer.private.as_deref(), Some(&b"notes"[..]));

    let stop = proto::stop_provider::Request {};
    core.service.stop_provider(Request::new(stop)).await.expect("no status");
    for private in [None, Some(b"notes".to_vec())] {
        let request =
            proto::close_ephemeral_resource::Request { type_name: "test_pass".into(), private };
        let answer = core.service.close_ephemeral_resource(Request::new(request)).await;
        assert_eq!(answer.expect("no status").into_inner().diagnostics, []);
    }
}

async fn list(
    core: &Core<TestProvider>,
    prefix: &str,
    limit: i64,
    include_resource_object: bool,
) -> Vec<proto::list_resource::Event> {
    let request = proto::list_resource::Request {
        type_name: THING.into(),
        config: wire(&Value::object([("prefix", Value::from(prefix))])),
        include_resource_object,
        limit,
    };
    let answer = core.service.list_resource(Request::new(request)).await;
    let events = answer.expect("no status").into_inner();
    events.map(|event| event.expect("no status")).collect().await
}

async fn with_things(names: &[&str]) -> Core<TestProvider> {
    let (core, _) = ready().await;
    for name in names {
        core.create(THING, &thing(&[("name", (*name).into())])).await;
    }
    core
}

#[tokio::test]
async fn case_72_a_list_names_and_identifies() {
    let core = with_things(&["a1", "a2", "b1"]).await;
    let events = list(&core, "a", 100, false).await;
    let identities: Vec<Value> = events
        .iter()
        .map(|event| {
            assert_eq!((&event.diagnostic[..], &event.resource_object), (&[][..], &None));
            let identity = event.identity.as_ref();
            identity_value(identity, core.identity_schema(THING)).expect("core insists on it")
        })
        .collect();
    let identity =
        |name: &str| Value::object([("name", Value::from(name)), ("region", "here".into())]);
    assert_eq!(identities, [identity("a1"), identity("a2")]);
    assert_eq!(events[0].display_name, "the thing a1");
}

#[tokio::test]
async fn case_72_a_list_ends_at_its_limit() {
    let core = with_things(&["a1", "a2", "a3"]).await;
    assert_eq!(list(&core, "a", 2, false).await.len(), 2);
    assert_eq!(list(&core, "nothing", 2, false).await.len(), 0);
    for no_limit in [0, -1, i64::MAX] {
        assert_eq!(list(&core, "a", no_limit, false).await.len(), 3, "{no_limit}");
    }
}

#[tokio::test]
async fn case_72_a_list_can_bring_the_objects() {
    let core = with_things(&["a1"]).await;
    let events = list(&core, "a", 100, true).await;
    let object = events[0].resource_object.as_ref().expect("it was asked for");
    let object = msgpack::decode(&object.msgpack, &core.schema(THING).ty()).expect("it fits");
    assert_eq!(object.get("id"), &Value::from("id-a1"));
    assert!(object.is_wholly_known());
}

#[tokio::test]
async fn case_72_a_failed_list_says_why() {
    let core = with_things(&["a1"]).await;
    for prefix in ["denied", "panic"] {
        let events = list(&core, prefix, 100, false).await;
        let [event] = &events[..] else { panic!("{events:?}") };
        assert!(has_errors(&told(event.diagnostic.clone())), "{prefix}");
    }
    let events = list(&core, "warn", 100, false).await;
    assert!(!has_errors(&told(events[0].diagnostic.clone())));
    assert_eq!((events[0].identity.is_none(), events.len()), (true, 2));
}

#[tokio::test]
async fn case_72_a_list_that_nobody_reads_ends() {
    let names: Vec<String> = (0..100).map(|number| format!("a{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let core = with_things(&names).await;
    let request = proto::list_resource::Request {
        type_name: THING.into(),
        config: wire(&Value::object([("prefix", Value::from("a"))])),
        include_resource_object: true,
        limit: 100,
    };
    let answer = core.service.list_resource(Request::new(request)).await;
    let mut events = answer.expect("no status").into_inner();
    assert!(events.next().await.is_some());
    drop(events);
    // The task that fed it holds a clone of the service; others can still be served.
    assert_eq!(list(&core, "a", 1, false).await.len(), 1);
}

#[tokio::test]
async fn case_72_filters_are_validated() {
    let (core, _) = ready().await;
    let request = proto::validate_list_resource_config::Request {
        type_name: THING.into(),
        config: wire(&Value::object([("prefix", Value::from("much too long"))])),
        ..Default::default()
    };
    let answer = core.service.validate_list_resource_config(Request::new(request)).await;
    let diags = told(answer.expect("no status").into_inner().diagnostics);
    assert_eq!(only_error(&diags).path, "prefix");
}

type Events = tonic::codegen::BoxStream<proto::invoke_action::Event>;

async fn invoke(core: &Core<TestProvider>, name: &str) -> Events {
    let request = proto::invoke_action::Request {
        action_type: "test_shake".into(),
        config: wire(&Value::object([("name", Value::from(name))])),
        client_capabilities: None,
    };
    core.service.invoke_action(Request::new(request)).await.expect("no status").into_inner()
}

/// The lines of an action and how it ended; it ends once, and last.
async fn play(events: Events) -> (Vec<String>, Vec<Told>) {
    let events: Vec<_> = events.map(|event| event.expect("no status").r#type).collect().await;
    let [lines @ .., Some(Event::Completed(completed))] = &events[..] else {
        panic!("it does not end: {events:?}");
    };
    let lines = lines.iter().map(|event| match event {
        Some(Event::Progress(progress)) => progress.message.clone(),
        other => panic!("Terraform panics at {other:?}"),
    });
    (lines.collect(), told(completed.diagnostics.clone()))
}

#[tokio::test]
async fn case_73_actions_tell_how_far_they_are_and_end_once() {
    let (core, _) = ready().await;
    let (lines, diags) = play(invoke(&core, "x").await).await;
    assert_eq!((lines, diags), (vec!["shaking".to_owned(), "shaken".to_owned()], vec![]));
    let (lines, diags) = play(invoke(&core, "stuck").await).await;
    assert_eq!(lines, ["shaking"]);
    assert_eq!(only_error(&diags).summary, "invoking test_shake");
    let (_, diags) = play(invoke(&core, "panic").await).await;
    assert_eq!(only_error(&diags).summary, "The provider has a bug");
}

#[tokio::test]
async fn case_73_actions_hear_of_a_stop() {
    let (core, world) = ready().await;
    let events = invoke(&core, "slow").await;
    let playing = tokio::spawn(play(events));
    world.begun.acquire().await.expect("never closed").forget();
    let stop = proto::stop_provider::Request {};
    core.service.stop_provider(Request::new(stop)).await.expect("no status");
    let (_, diags) = timeout(Duration::from_secs(5), playing).await.expect("it ends").expect("ok");
    assert!(has_errors(&diags));
}

#[tokio::test]
async fn case_73_an_action_that_nobody_reads_ends() {
    let (core, world) = ready().await;
    let events = invoke(&core, "slow").await;
    world.begun.acquire().await.expect("never closed").forget();
    drop(events);
    // Nobody is left to take the permit.
    tokio::time::sleep(Duration::from_millis(20)).await;
    world.may_end.add_permits(1);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(world.may_end.available_permits(), 1);
}

#[tokio::test]
async fn case_73_actions_are_validated_and_planned() {
    let (core, _) = ready().await;
    let config = wire(&Value::object([("name", Value::from("much too long"))]));
    let request = proto::validate_action_config::Request {
        type_name: "test_shake".into(),
        config: config.clone(),
    };
    let answer = core.service.validate_action_config(Request::new(request)).await;
    let diags = told(answer.expect("no status").into_inner().diagnostics);
    assert_eq!(only_error(&diags).path, "name");
    let request = proto::plan_action::Request {
        action_type: "test_shake".into(),
        config,
        client_capabilities: None,
    };
    let answer = core.service.plan_action(Request::new(request)).await;
    let answer = answer.expect("no status").into_inner();
    assert_eq!(only_error(&told(answer.diagnostics)).path, "name");
    assert_eq!(answer.deferred, None);
}

async fn call(
    core: &Core<TestProvider>,
    arguments: Vec<proto::DynamicValue>,
) -> Result<Value, (String, Option<i64>)> {
    let request = proto::call_function::Request { name: "repeat".into(), arguments };
    let answer = core.service.call_function(Request::new(request)).await;
    let answer = answer.expect("no status").into_inner();
    match (answer.result, answer.error) {
        (Some(result), None) => {
            let ty = Type::list(Type::String);
            Ok(msgpack::decode(&result.msgpack, &ty).expect("it is what it returns"))
        }
        (None, Some(error)) => Err((error.text, error.function_argument)),
        other => panic!("neither result nor error: {other:?}"),
    }
}

fn argument(value: impl Into<Value>) -> proto::DynamicValue {
    wire(&value.into()).expect("a value")
}

#[tokio::test]
async fn case_74_functions_give_the_same_every_time() {
    let core = Core::new(TestProvider::default());
    for _ in 0..2 {
        let result = call(&core, vec![argument("x"), argument(2)]).await;
        assert_eq!(result, Ok(Value::List(vec!["x".into(), "x".into()])));
    }
}

#[tokio::test]
async fn case_74_errors_of_functions_point_at_the_argument() {
    let core = Core::new(TestProvider::default());
    let at = async |arguments| call(&core, arguments).await.expect_err("it cannot be").1;
    assert_eq!(at(vec![argument("x"), argument(-1)]).await, Some(1));
    assert_eq!(at(vec![argument("x"), argument(true)]).await, Some(1));
    assert_eq!(at(vec![argument(Value::UNKNOWN), argument(1)]).await, Some(0));
    assert_eq!(at(vec![argument("x")]).await, None);
    assert_eq!(at(vec![argument("x"), argument(5000)]).await, None);
    // OpenTofu sends nothing at all for null.
    assert_eq!(at(vec![proto::DynamicValue::default(), argument(1)]).await, Some(0));
}

#[tokio::test]
async fn case_74_functions_are_the_same_in_the_schema() {
    let core = Core::new(TestProvider::default());
    let request = Request::new(proto::get_functions::Request {});
    let functions = core.service.get_functions(request).await.expect("no status").into_inner();
    let request = Request::new(proto::get_provider_schema::Request {});
    let schema = core.service.get_provider_schema(request).await.expect("no status");
    assert_eq!(functions.functions, schema.into_inner().functions);
    let unheard = proto::call_function::Request { name: "unheard_of".into(), arguments: vec![] };
    let answer = core.service.call_function(Request::new(unheard)).await;
    assert!(answer.expect("no status").into_inner().error.is_some());
}

#[tokio::test]
async fn a_generated_configuration_plans_no_change() {
    let (core, _) = ready().await;
    let given = [
        ("name", "a".into()),
        ("note", "n".into()),
        ("mode", "slow".into()),
        ("list", Value::List(vec![item("k")])),
        ("item", Value::List(vec![item("k")])),
    ];
    let made = core.create(THING, &thing(&given)).await;
    let request = proto::generate_resource_config::Request {
        type_name: THING.into(),
        state: wire(&made.value()),
    };
    let answer = core.service.generate_resource_config(Request::new(request)).await;
    let answer = answer.expect("no status").into_inner();
    assert_eq!(answer.diagnostics, []);
    let config = answer.config.expect("a configuration").msgpack;
    let config = msgpack::decode(&config, &core.schema(THING).ty()).expect("it fits");
    assert_eq!(config.get("id"), &Value::Null);
    assert_eq!(core.validate(THING, &config).await, []);
    let read = core.read(THING, &made).await.new;
    let plan = core.plan(THING, &config, &read).await;
    assert_eq!(plan.planned, made.value());
}
