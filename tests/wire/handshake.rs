//! How a host and the provider get together and part: the conformance cases of go-plugin's
//! contract, by their numbers, against the real binary.

use std::time::Duration;

use rcgen::{CertificateParams, KeyPair};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::pki_types::{PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{ProtocolVersion, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{sleep, timeout};
use tonic::Code;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic_prost::ProstCodec;

use crate::client::health::HealthCheckRequest;
use crate::client::health::health_check_response::ServingStatus;
use crate::client::health::health_client::HealthClient;
use crate::client::plugin::Empty;
use crate::client::plugin::grpc_broker_client::GrpcBrokerClient;
use crate::client::plugin::grpc_controller_client::GrpcControllerClient;
use crate::client::plugin::grpc_stdio_client::GrpcStdioClient;
use crate::client::{Io, channel, connect, connect_tls};
use crate::go_certificate;
use crate::process::{Handshake, Launch};

#[test]
fn case_01_nobody_but_a_host_is_served() {
    let cookie = "TF_PLUGIN_MAGIC_COOKIE";
    for launch in [Launch::plain().without(cookie), Launch::plain().env(cookie, "d602")] {
        let finished = launch.spawn().finish();
        assert_eq!(finished.status.code(), Some(1));
        assert_eq!(finished.stdout, "");
        assert!(finished.stderr.starts_with("This program is a plugin"), "{}", finished.stderr);
    }
}

#[tokio::test]
async fn case_02_stdout_has_the_handshake_line_and_nothing_else() {
    let host = go_certificate::generate();
    let (plugin, handshake) = Launch::with_tls(&host).start();
    assert_eq!(handshake.fields.len(), 6);
    let certificate = handshake.fields[5].as_str();
    let base64 = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
    // Go takes the field for a certificate above fifty characters.
    assert!(certificate.len() > 50 && certificate.chars().all(base64), "{certificate}");

    shut_down(channel(&handshake, Some(&host))).await;
    let stdout = plugin.finish().stdout;
    assert_eq!(stdout, handshake.fields.join("|") + "\n");
}

#[test]
fn case_03_every_list_of_versions_is_answered_with_6() {
    for versions in ["6", "5,6", "6,5", "4", "x,6", "", ","] {
        let (_plugin, handshake) =
            Launch::plain().env("PLUGIN_PROTOCOL_VERSIONS", versions).start();
        assert_eq!(handshake.fields[1], "6", "for {versions:?}");
    }
    let (_plugin, handshake) = Launch::plain().without("PLUGIN_PROTOCOL_VERSIONS").start();
    assert_eq!(handshake.fields[1], "6");
}

#[test]
fn case_04_multiplexing_is_declined_when_asked_for() {
    let (_plugin, handshake) = Launch::plain().env("PLUGIN_MULTIPLEX_GRPC", "true").start();
    assert_eq!(handshake.fields[5..], ["", "false"]);
}

#[cfg(unix)]
#[test]
fn case_05_socket_is_in_a_folder_that_only_we_can_enter() {
    let (_plugin, handshake) = Launch::plain().start();
    let folder = std::path::Path::new(&handshake.address).parent().expect("it has a folder");
    assert_eq!(mode(folder.to_str().expect("a plain path")), 0o700);
    assert_eq!(mode(&handshake.address), 0o600);
}

#[cfg(unix)]
#[test]
fn case_05_socket_is_right_in_the_folder_that_was_asked_for() {
    let launch = Launch::plain();
    let folder = launch.folder("sockets");
    let (_plugin, handshake) = launch.env("PLUGIN_UNIX_SOCKET_DIR", &folder).start();
    let name = handshake.address.strip_prefix(&format!("{folder}/")).expect("it is in there");
    assert!(!name.contains('/'), "{name}");
}

#[cfg(unix)]
#[test]
fn case_05_group_may_use_the_socket() {
    use std::os::unix::fs::MetadataExt as _;

    let launch = Launch::plain();
    // Our own group is the one that we can always give.
    let group = std::fs::metadata(launch.temp()).expect("it is there").gid().to_string();
    let (_plugin, handshake) = launch.env("PLUGIN_UNIX_SOCKET_GROUP", &group).start();
    assert_eq!(mode(&handshake.address), 0o660);
    let socket = std::fs::metadata(&handshake.address).expect("it is there");
    assert_eq!(socket.gid().to_string(), group);
    let folder = std::path::Path::new(&handshake.address).parent().expect("it has a folder");
    assert_eq!(mode(folder.to_str().expect("a plain path")), 0o710);
}

#[cfg(unix)]
#[test]
fn case_05_unknown_group_is_an_error() {
    let launch = Launch::plain().env("PLUGIN_UNIX_SOCKET_GROUP", "no such group");
    let finished = launch.spawn().finish();
    assert_eq!(finished.status.code(), Some(1));
    assert_eq!(
        finished.stderr,
        "[ERROR] PLUGIN_UNIX_SOCKET_GROUP names \"no such group\", which is no group of this \
         machine\n"
    );
}

#[tokio::test]
async fn case_06_port_within_the_range_where_no_socket_is_possible() {
    let host = go_certificate::generate();
    let launch = Launch::with_tls(&host).env("PLUGIN_MIN_PORT", "20000");
    let folder = launch.folder(&"x".repeat(TOO_LONG));
    let (plugin, handshake) = launch.env("TMPDIR", &folder).start();
    assert_eq!(handshake.network, "tcp");
    let port = handshake.address.strip_prefix("127.0.0.1:").expect("a local address");
    assert!((20_000..=25_000).contains(&port.parse().expect("a number")), "{port}");

    shut_down(channel(&handshake, Some(&host))).await;
    assert!(plugin.finish().status.success());
}

#[test]
fn case_06_two_providers_take_two_ports() {
    let launch = || {
        let launch = Launch::plain();
        let folder = launch.folder(&"x".repeat(TOO_LONG));
        launch.env("TMPDIR", &folder).start()
    };
    let (first, second) = (launch(), launch());
    assert_ne!(first.1.address, second.1.address);
}

#[test]
fn case_06_ports_the_wrong_way_round_are_an_error() {
    let finished = Launch::plain().env("PLUGIN_MAX_PORT", "9999").spawn().finish();
    assert_eq!(finished.status.code(), Some(1));
    assert_eq!(finished.stdout, "");
    assert_eq!(
        finished.stderr,
        "[ERROR] PLUGIN_MIN_PORT is 10000, above PLUGIN_MAX_PORT, which is 9999\n"
    );
}

#[tokio::test]
async fn case_07_only_the_pinned_client_certificate_connects() {
    let host = go_certificate::generate();
    let (_plugin, handshake) = Launch::with_tls(&host).start();

    let stranger = go_certificate::generate();
    for versions in [[&TLS13], [&TLS12]] {
        for anyone in [Some(&stranger), None] {
            let tls = connect_tls(&handshake, anyone, &versions).await;
            assert!(is_refused(tls).await, "{versions:?} {anyone:?}");
        }
    }
    let mut plaintext = connect(&handshake).await.expect("the socket is there");
    plaintext.write_all(PREFACE).await.expect("it is sent");
    assert!(is_refused(Ok(plaintext)).await);

    assert_eq!(check(channel(&handshake, Some(&host)), "").await, Ok(ServingStatus::Serving));
}

#[tokio::test]
async fn case_07_certificate_without_its_key_is_refused() {
    let host = go_certificate::generate();
    let (_plugin, handshake) = Launch::with_tls(&host).start();
    // Everybody who sees our environment has the certificate.
    let thief = CertifiedKey::new(host.cert.clone(), go_certificate::generate().key);
    for versions in [[&TLS13], [&TLS12]] {
        let tls = connect_tls(&handshake, Some(&thief), &versions).await;
        assert!(is_refused(tls).await, "{versions:?}");
    }
}

#[test]
fn case_07_unreadable_client_certificate_is_an_error() {
    let finished = Launch::plain().env("PLUGIN_CLIENT_CERT", "certificate").spawn().finish();
    assert_eq!(finished.status.code(), Some(1));
    assert_eq!(finished.stdout, "");
    let error = "[ERROR] PLUGIN_CLIENT_CERT holds no certificate: ";
    assert!(finished.stderr.starts_with(error), "{}", finished.stderr);
}

#[tokio::test]
async fn case_08_certificate_in_the_shape_of_go_is_accepted() {
    let host = go_certificate::generate();
    let (_plugin, handshake) = Launch::with_tls(&host).start();
    assert_eq!(check(channel(&handshake, Some(&host)), "").await, Ok(ServingStatus::Serving));
}

#[tokio::test]
async fn case_08_certificate_with_another_kind_of_key_is_accepted() {
    let key = KeyPair::generate().expect("P-256 needs nothing");
    let params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("it is our key");
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("PKCS #8");
    let key = rustls::crypto::ring::sign::any_supported_type(&key).expect("P-256");
    let host = CertifiedKey::new(vec![certificate.into()], key);

    let (_plugin, handshake) = Launch::with_tls(&host).start();
    assert_eq!(check(channel(&handshake, Some(&host)), "").await, Ok(ServingStatus::Serving));
}

#[test]
fn case_09_server_certificate_is_for_localhost_and_valid_since_half_a_minute() {
    let host = go_certificate::generate();
    let (_plugin, handshake) = Launch::with_tls(&host).start();
    let certificate = handshake.certificate.expect("there is one with TLS");

    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).expect("it can be a root");
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), provider)
        .build()
        .expect("it has a root");
    let is_valid = |name: &'static str, time: u64| {
        let name = ServerName::try_from(name).expect("a name");
        let time = UnixTime::since_unix_epoch(Duration::from_secs(time));
        verifier.verify_server_cert(&certificate, &[], &name, &[], time).is_ok()
    };
    let now = UnixTime::now().as_secs();
    assert!(is_valid("localhost", now));
    assert!(is_valid("localhost", now - 25));
    assert!(!is_valid("localhost", now - 60));
    assert!(!is_valid("example.com", now));
    let days = 24 * 60 * 60;
    assert!(is_valid("localhost", now + 365 * days));
}

#[tokio::test]
async fn case_10_tls_13_with_http_2() {
    let host = go_certificate::generate();
    let (_plugin, handshake) = Launch::with_tls(&host).start();
    let tls = connect_tls(&handshake, Some(&host), &[&TLS13]).await.expect("it is the host");
    assert_eq!(tls.get_ref().1.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    assert_eq!(tls.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    assert!(!is_refused(Ok(tls)).await);
}

#[tokio::test]
async fn case_10_tls_12_with_http_2() {
    let host = go_certificate::generate();
    let (_plugin, handshake) = Launch::with_tls(&host).start();
    let tls = connect_tls(&handshake, Some(&host), &[&TLS12]).await.expect("it is the host");
    assert_eq!(tls.get_ref().1.protocol_version(), Some(ProtocolVersion::TLSv1_2));
    assert_eq!(tls.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    assert!(!is_refused(Ok(tls)).await);
}

#[tokio::test]
async fn case_11_plaintext_without_a_client_certificate() {
    let (_plugin, handshake) = Launch::plain().start();
    assert_eq!(handshake.certificate, None);
    assert_eq!(check(channel(&handshake, None), "").await, Ok(ServingStatus::Serving));
}

#[tokio::test]
async fn case_12_health_knows_the_plugin_and_the_server() {
    let (_plugin, handshake) = Launch::plain().start();
    let channel = channel(&handshake, None);
    assert_eq!(check(channel.clone(), "plugin").await, Ok(ServingStatus::Serving));
    assert_eq!(check(channel.clone(), "").await, Ok(ServingStatus::Serving));
    assert_eq!(check(channel, "nonsense").await, Err(Code::NotFound));
}

#[tokio::test]
async fn what_no_service_is_named_for_is_unimplemented() {
    let (_plugin, handshake) = Launch::plain().start();
    let mut client = tonic::client::Grpc::new(channel(&handshake, None));
    for path in ["/plugin.GRPCNothing/Shutdown", "/plugin.GRPCController/Nothing", "/nothing", "/"]
    {
        client.ready().await.expect("it serves");
        let codec = ProstCodec::<Empty, Empty>::default();
        let path = PathAndQuery::from_static(path);
        let answer = client.unary(tonic::Request::new(Empty {}), path.clone(), codec).await;
        assert_eq!(answer.expect_err("nothing").code(), Code::Unimplemented, "{path}");
    }
}

#[tokio::test]
async fn case_12_health_can_be_watched() {
    let (_plugin, handshake) = Launch::plain().start();
    let mut client = HealthClient::new(channel(&handshake, None));
    for (service, expected) in
        [("plugin", ServingStatus::Serving), ("nonsense", ServingStatus::ServiceUnknown)]
    {
        let request = HealthCheckRequest { service: service.to_owned() };
        let mut watch = client.watch(request).await.expect("it is there").into_inner();
        let first = watch.message().await.expect("no error").expect("a message");
        assert_eq!(first.status(), expected);
        // Nothing changes from then on.
        assert!(timeout(Duration::from_millis(50), watch.message()).await.is_err());
    }
}

#[tokio::test]
async fn case_13_shutdown_is_answered_and_ends_the_process_at_once() {
    let host = go_certificate::generate();
    let (plugin, handshake) = Launch::with_tls(&host).start();
    let channel = channel(&handshake, Some(&host));
    let stdio = GrpcStdioClient::new(channel.clone()).stream_stdio(()).await;
    let mut stdio = stdio.expect("it is there").into_inner();
    let offers = tokio_stream::pending();
    let broker = GrpcBrokerClient::new(channel.clone()).start_stream(offers).await;
    let mut broker = broker.expect("it is there").into_inner();
    let silent = async { tokio::join!(stdio.message(), broker.message()) };
    assert!(timeout(Duration::from_millis(50), silent).await.is_err());

    shut_down(channel).await;
    let finished = tokio::task::spawn_blocking(|| plugin.finish()).await.expect("it ends");
    assert_eq!(finished.status.code(), Some(0));
    assert!(finished.took < Duration::from_millis(500), "{:?}", finished.took);
    assert_eq!(finished.litter, <[&str; 0]>::default());
    assert_eq!(finished.stderr, "");
}

#[cfg(unix)]
#[tokio::test]
async fn case_14_sigint_is_left_to_the_host() {
    use nix::sys::signal::Signal::{SIGINT, SIGTERM};

    let (mut plugin, handshake) = Launch::plain().start();
    let channel = channel(&handshake, None);
    let stdio = GrpcStdioClient::new(channel.clone()).stream_stdio(()).await;
    let mut stdio = stdio.expect("it is there").into_inner();

    for _ in 0..3 {
        plugin.signal(SIGINT);
        assert!(timeout(Duration::from_millis(50), stdio.message()).await.is_err());
    }
    assert!(plugin.is_running());
    assert_eq!(check(channel, "").await, Ok(ServingStatus::Serving));

    plugin.signal(SIGTERM);
    let finished = tokio::task::spawn_blocking(|| plugin.finish()).await.expect("it ends");
    assert_eq!(finished.status.code(), Some(143));
}

#[cfg(unix)]
#[test]
fn case_14_sigterm_before_anybody_came_leaves_no_socket() {
    let (plugin, _handshake) = Launch::plain().start();
    plugin.signal(nix::sys::signal::Signal::SIGTERM);
    assert_eq!(plugin.finish().litter, <[&str; 0]>::default());
}

#[tokio::test]
async fn case_15_probes_disturb_nobody() {
    let host = go_certificate::generate();
    for (launch, host) in [(Launch::plain(), None), (Launch::with_tls(&host), Some(&host))] {
        let (plugin, handshake) = launch.start();
        for _ in 0..3 {
            drop(connect(&handshake).await.expect("the socket is there"));
        }
        let hanging = connect(&handshake).await.expect("the socket is there");
        sleep(Duration::from_millis(50)).await;

        let channel = channel(&handshake, host);
        assert_eq!(check(channel.clone(), "").await, Ok(ServingStatus::Serving));
        shut_down(channel).await;
        let finished = tokio::task::spawn_blocking(|| plugin.finish()).await.expect("it ends");
        assert_eq!(finished.status.code(), Some(0));
        assert_eq!(finished.stderr, "");
        drop(hanging);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn socket_is_gone_as_soon_as_the_host_is_in() {
    let host = go_certificate::generate();
    let (plugin, handshake) = Launch::with_tls(&host).start();
    assert_eq!(plugin.litter().len(), 1);
    let channel = channel(&handshake, Some(&host));
    assert_eq!(check(channel.clone(), "").await, Ok(ServingStatus::Serving));
    sleep(Duration::from_millis(50)).await;
    assert_eq!(plugin.litter(), <[&str; 0]>::default());
    assert_eq!(check(channel, "").await, Ok(ServingStatus::Serving));
}

#[tokio::test]
async fn plugin_whose_host_died_ends_of_itself() {
    let (plugin, handshake) = Launch::plain().start();
    let channel = channel(&handshake, None);
    assert_eq!(check(channel.clone(), "").await, Ok(ServingStatus::Serving));
    drop(channel);
    let finished = tokio::task::spawn_blocking(|| plugin.finish()).await.expect("it ends");
    assert_eq!(finished.status.code(), Some(0));
    assert!(finished.stderr.contains("the host has been gone for 5s"), "{}", finished.stderr);
}

#[tokio::test]
async fn case_17_every_line_on_stderr_is_an_entry() {
    let host = go_certificate::generate();
    let (plugin, handshake) = Launch::with_tls(&host).env("TF_LOG", "trace").start();
    let stranger = connect_tls(&handshake, None, &[&TLS13]).await;
    assert!(is_refused(stranger).await);
    shut_down(channel(&handshake, Some(&host))).await;

    let stderr = plugin.finish().stderr;
    assert!(stderr.lines().count() >= 3, "{stderr}");
    for line in stderr.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        let level = entry["@level"].as_str().expect("a string");
        assert!(["trace", "debug", "info", "warn", "error"].contains(&level), "{level}");
        assert!(entry["@message"].is_string(), "{line}");
        let timestamp = entry["@timestamp"].as_str().expect("a string");
        let shape = timestamp.replace(|c: char| c.is_ascii_digit(), "0");
        assert_eq!(shape, "0000-00-00T00:00:00.000000Z");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn case_19_debug_mode_serves_one_run_after_the_other() {
    let launch = Launch::by_hand();
    let file = launch.temp().join("env");
    let file = file.to_str().expect("a plain path").to_owned();
    let plugin = launch.arg("-debug").arg("-debug-env-file").arg(&file).spawn();

    let said = std::iter::repeat_with(|| plugin.line()).find(|line| line.contains("TF_REATTACH"));
    let said = std::iter::once(said.expect("it has no end"))
        .chain(std::iter::repeat_with(|| plugin.line()).take(4))
        .find(|line| line.starts_with('\t'))
        .expect("a line to copy");
    let written = std::fs::read_to_string(&file).expect("it is written before it is said");
    assert_eq!(said.trim_start_matches('\t'), written);

    let reattach = written.trim_end().strip_prefix("TF_REATTACH_PROVIDERS='");
    let reattach = reattach.and_then(|rest| rest.strip_suffix('\'')).expect("it is in quotes");
    let reattach: serde_json::Value = serde_json::from_str(reattach).expect("it is JSON");
    let reattach = reattach.as_object().and_then(|map| map.values().next()).expect("a provider");
    assert_eq!(reattach["Protocol"], "grpc");
    assert_eq!(reattach["ProtocolVersion"], 6);
    assert_eq!(reattach["Test"], true);
    assert!(reattach["Pid"].is_number());

    let text = |value: &serde_json::Value| value.as_str().expect("a string").to_owned();
    let handshake = Handshake {
        network: text(&reattach["Addr"]["Network"]),
        address: text(&reattach["Addr"]["String"]),
        certificate: None,
        fields: Vec::new(),
    };
    for _ in 0..2 {
        // Terraform looks whether anybody is there before it attaches.
        drop(connect(&handshake).await.expect("the socket is there"));
        let channel = channel(&handshake, None);
        assert_eq!(check(channel, "").await, Ok(ServingStatus::Serving));
    }

    plugin.signal(nix::sys::signal::Signal::SIGINT);
    let finished = tokio::task::spawn_blocking(|| plugin.finish()).await.expect("it ends");
    assert_eq!(finished.status.code(), Some(0));
    assert_eq!(finished.litter, ["env"]);
}

async fn check(channel: Channel, service: &str) -> Result<ServingStatus, Code> {
    let request = HealthCheckRequest { service: service.to_owned() };
    let answer = HealthClient::new(channel).check(request).await;
    answer.map(|answer| answer.get_ref().status()).map_err(|status| status.code())
}

async fn shut_down(channel: Channel) {
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.expect("an answer");
}

/// Whether the server hangs up instead of talking HTTP/2.
async fn is_refused(connection: std::io::Result<impl Io>) -> bool {
    let Ok(mut connection) = connection else { return true };
    // It may hang up while we write.
    let _ = connection.write_all(PREFACE).await;
    let mut first = [0; 9];
    let read = timeout(Duration::from_secs(5), connection.read_exact(&mut first)).await;
    let hung_up = read.expect("an answer or an end").is_err();
    // A server begins with SETTINGS, frame type 4. An alert of TLS is an error above.
    hung_up || first[3] != 4
}

#[cfg(unix)]
fn mode(path: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;

    std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// What an HTTP/2 client says first, with empty SETTINGS.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";

/// A folder with this many characters leaves no room for a socket's name.
const TOO_LONG: usize = 100;
