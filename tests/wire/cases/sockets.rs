//! What needs a real connection: message sizes, panics, stops and concurrency. Cases 16, 18, 75
//! and 76.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use terraform_provider_connect::framework::value::Value;
use terraform_provider_connect::protocol::proto::provider_client::ProviderClient;
use terraform_provider_connect::protocol::{MAX_MESSAGE_BYTES, msgpack, proto, server};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::Code;
use tonic::transport::{Channel, Endpoint, Server};

use crate::core::{capabilities, has_errors, told, wire};
use crate::test_provider::thing::THING;
use crate::test_provider::{TestProvider, World, thing};

type Client = ProviderClient<Channel>;

/// A client of the test provider, ready for calls.
async fn serve() -> (Client, Arc<World>) {
    let provider = TestProvider::default();
    let world = Arc::clone(&provider.world);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address: SocketAddr = listener.local_addr().expect("it listens");
    let incoming = TcpListenerStream::new(listener);
    tokio::spawn(Server::builder().serve_with_incoming(server(provider), incoming));
    let channel = Endpoint::try_from(format!("http://{address}")).expect("an address");
    let channel = channel.tcp_nodelay(true).connect().await.expect("it listens");
    // As much as Go's client accepts.
    let limit = i32::MAX as usize;
    let mut client = ProviderClient::new(channel)
        .max_decoding_message_size(limit)
        .max_encoding_message_size(limit);
    let block = Value::object([("label", Value::Null), ("refuse", Value::Null)]);
    let request = proto::configure_provider::Request { config: wire(&block), ..Default::default() };
    client.configure_provider(request).await.expect("no status");
    (client, world)
}

fn apply(name: &str, behaviour: &str) -> proto::apply_resource_change::Request {
    let planned = thing(&[("name", name.into()), ("behaviour", behaviour.into())]);
    proto::apply_resource_change::Request {
        type_name: THING.into(),
        planned_state: wire(&planned),
        config: wire(&planned),
        ..Default::default()
    }
}

fn validate(note: String) -> proto::validate_resource_config::Request {
    proto::validate_resource_config::Request {
        type_name: THING.into(),
        config: wire(&thing(&[("name", "a".into()), ("note", note.into())])),
        client_capabilities: capabilities(),
    }
}

#[tokio::test]
async fn case_16_large_states_come_back() {
    let (mut client, world) = serve().await;
    let state = thing(&[("name", "a".into()), ("note", "x".repeat(10 << 20).into())]);
    let json = terraform_provider_connect::framework::json::encode(&state);
    world.objects().insert("a".into(), json);
    let request = proto::read_resource::Request {
        type_name: THING.into(),
        current_state: wire(&state),
        ..Default::default()
    };
    let answer = client.read_resource(request).await.expect("no status").into_inner();
    assert_eq!(answer.diagnostics, []);
    assert_eq!(answer.new_state, wire(&state));
}

#[tokio::test]
async fn case_16_messages_up_to_the_limit_are_accepted() {
    let (mut client, _) = serve().await;
    let answer = client.validate_resource_config(validate("x".repeat(200 << 20))).await;
    assert_eq!(answer.expect("no status").into_inner().diagnostics, []);
}

#[tokio::test]
async fn case_16_larger_messages_are_refused_and_the_connection_lives() {
    let (mut client, _) = serve().await;
    let too_large = "x".repeat(MAX_MESSAGE_BYTES);
    let status = client.validate_resource_config(validate(too_large)).await;
    assert_eq!(status.expect_err("it is refused").code(), Code::OutOfRange);
    let answer = client.validate_resource_config(validate("x".into())).await;
    assert_eq!(answer.expect("no status").into_inner().diagnostics, []);
}

#[tokio::test]
async fn case_18_a_panic_is_an_error_of_its_call_alone() {
    let (client, world) = serve().await;
    let mut other = client.clone();
    let slow =
        tokio::spawn(async move { other.apply_resource_change(apply("slow", "slow")).await });
    world.begun.acquire().await.expect("never closed").forget();

    let mut client = client;
    let answer = client.apply_resource_change(apply("broken", "panic")).await;
    let answer = answer.expect("no status").into_inner();
    assert!(has_errors(&told(answer.diagnostics)));
    // Terraform keeps what it had.
    assert_eq!(answer.new_state, None);

    world.may_end.add_permits(1);
    let answer = slow.await.expect("it is awaited").expect("no status").into_inner();
    assert_eq!(answer.diagnostics, []);
}

#[tokio::test]
async fn case_75_a_stop_ends_what_is_in_flight_and_nothing_else() {
    let (client, world) = serve().await;
    let mut calls = Vec::new();
    for (name, behaviour) in [("a", "slow"), ("b", "slow late")] {
        let mut client = client.clone();
        calls.push(tokio::spawn(async move {
            client.apply_resource_change(apply(name, behaviour)).await
        }));
    }
    world.begun.acquire_many(2).await.expect("never closed").forget();

    let mut client = client;
    let start = Instant::now();
    let stopped = client.stop_provider(proto::stop_provider::Request {}).await.expect("no status");
    assert_eq!(stopped.into_inner().error, "");
    let mut left = Vec::new();
    for call in calls {
        let answer = timeout(Duration::from_secs(5), call).await.expect("it ends");
        let answer = answer.expect("it is awaited").expect("no status").into_inner();
        assert!(has_errors(&told(answer.diagnostics)));
        let state = answer.new_state.expect("an answer has one").msgpack;
        left.push(msgpack::decode(&state, &crate::test_provider::thing::schema().ty()));
    }
    assert!(start.elapsed() < Duration::from_secs(5));
    // What exists is told, stop or not.
    let [Ok(nothing), Ok(made)] = &left[..] else { panic!("{left:?}") };
    assert!(nothing.is_null());
    assert_eq!(made.get("id"), &Value::from("id-b"));

    // Later calls are not concerned.
    world.may_end.add_permits(1);
    let answer = client.apply_resource_change(apply("c", "slow")).await.expect("no status");
    assert_eq!(answer.into_inner().diagnostics, []);
}

#[tokio::test]
async fn case_76_ten_calls_run_at_once_and_block_no_other() {
    let (client, world) = serve().await;
    let mut calls = Vec::new();
    for number in 0..10 {
        let mut client = client.clone();
        calls.push(tokio::spawn(async move {
            client.apply_resource_change(apply(&format!("n{number}"), "slow")).await
        }));
    }
    // All have begun, none has ended.
    let begun = timeout(Duration::from_secs(5), world.begun.acquire_many(10)).await;
    begun.expect("they run at once").expect("never closed").forget();
    let mut client = client;
    let quick = client.apply_resource_change(apply("quick", "")).await.expect("no status");
    assert_eq!(quick.into_inner().diagnostics, []);

    world.may_end.add_permits(10);
    for call in calls {
        let answer = call.await.expect("it is awaited").expect("no status");
        assert_eq!(answer.into_inner().diagnostics, []);
    }
    assert_eq!(world.objects().len(), 11);
}
