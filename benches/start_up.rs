//! What every run of Terraform pays before the first useful call, four times for an `apply`.
//!
//! The provider is started as Terraform starts it, with AutoMTLS, and measured from outside. The
//! limits are printed beside what was measured and fail nothing: a busy machine is no bug.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

#[allow(dead_code, unreachable_pub, reason = "the tests use the rest of it")]
#[path = "../tests/wire/client.rs"]
mod client;
#[allow(dead_code, reason = "the tests use the rest of it")]
#[path = "../tests/wire/go_certificate.rs"]
mod go_certificate;
#[allow(dead_code, reason = "the tests use the rest of it")]
#[path = "../tests/wire/process.rs"]
mod process;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustls::sign::CertifiedKey;
use terraform_provider_connect::protocol::MAX_MESSAGE_BYTES;
use terraform_provider_connect::protocol::proto::get_provider_schema;
use terraform_provider_connect::protocol::proto::provider_client::ProviderClient;

use crate::client::channel;
use crate::client::health::HealthCheckRequest;
use crate::client::health::health_client::HealthClient;
use crate::client::plugin::Empty;
use crate::client::plugin::grpc_controller_client::GrpcControllerClient;
use crate::process::{Handshake, pem};

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime of the bench's own");
    let host = go_certificate::generate();
    // In turns, so that both meet the same load. The first runs fill the page cache.
    let runs: Vec<(Duration, Run)> = (0..WARM_UP + RUNS)
        .map(|_| (spawn_true(), runtime.block_on(Run::of(&host))))
        .skip(WARM_UP)
        .collect();
    let (nothing, runs): (Vec<Duration>, Vec<Run>) = runs.into_iter().unzip();

    let limit = 6 * median(nothing.iter().copied());
    println!("{:<36}{:>9}{:>9}{:>11}", format!("{RUNS} runs"), "min", "median", "limit");
    row("spawn /bin/true", nothing.iter().copied(), None);
    row("spawn to handshake line", runs.iter().map(|run| run.handshake), Some(limit));
    row("connect, TLS, first health check", runs.iter().map(|run| run.connect), None);
    row(
        "first GetProviderSchema",
        runs.iter().map(|run| run.schema),
        Some(Duration::from_millis(3)),
    );
    row("second GetProviderSchema", runs.iter().map(|run| run.schema_again), None);
    row("Shutdown to exit", runs.iter().map(|run| run.exit), Some(Duration::from_millis(20)));
    memory_row("memory before Configure", runs.iter().map(|run| run.resident), Some(10));
    memory_row("  of it not pages of files", runs.iter().map(|run| run.anonymous), None);
    let size = fs::metadata(PROVIDER).expect("it was built").len();
    println!("{:<45}{:>6.1} MB", "size of the binary", megabytes(size));
    println!("{:<45}{:>6.1} kB", "size of the schema", megabytes(runs[0].schema_bytes) * 1024.0);
    println!("\nThe limit of the handshake is 6 times the median of /bin/true.");
}

/// One life of the provider.
#[derive(Debug)]
struct Run {
    handshake: Duration,
    connect: Duration,
    schema: Duration,
    schema_again: Duration,
    schema_bytes: u64,
    resident: u64,
    anonymous: u64,
    exit: Duration,
}

impl Run {
    async fn of(host: &CertifiedKey) -> Run {
        let start = Instant::now();
        let mut provider = Provider::start(host);
        let line = provider.handshake();
        let handshake = start.elapsed();
        let channel = channel(&Handshake::parse(&line), Some(host));

        let start = Instant::now();
        let mut health = HealthClient::new(channel.clone());
        health.check(HealthCheckRequest::default()).await.expect("it is healthy");
        let connect = start.elapsed();

        let mut client =
            ProviderClient::new(channel.clone()).max_decoding_message_size(MAX_MESSAGE_BYTES);
        let request = get_provider_schema::Request::default;
        let start = Instant::now();
        let answer = client.get_provider_schema(request()).await.expect("it has a schema");
        let schema = start.elapsed();
        let start = Instant::now();
        client.get_provider_schema(request()).await.expect("it has a schema");
        let schema_again = start.elapsed();
        let (resident, anonymous) = (provider.memory("VmRSS:"), provider.memory("RssAnon:"));

        let start = Instant::now();
        let mut controller = GrpcControllerClient::new(channel);
        // It may be gone before it has answered.
        let _ = controller.shutdown(Empty::default()).await;
        provider.0.wait().expect("it is our child");
        Run {
            handshake,
            connect,
            schema,
            schema_again,
            schema_bytes: prost::Message::encoded_len(answer.get_ref()) as u64,
            resident,
            anonymous,
            exit: start.elapsed(),
        }
    }
}

/// The provider as a process. It is killed when dropped.
#[derive(Debug)]
struct Provider(Child);

impl Provider {
    fn start(host: &CertifiedKey) -> Self {
        let mut command = Command::new(PROVIDER);
        command
            .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
            .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
            .env("PLUGIN_CLIENT_CERT", pem(&host.cert[0]))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        Self(command.spawn().expect("it was built"))
    }

    fn handshake(&mut self) -> String {
        let mut line = String::new();
        let stdout = self.0.stdout.as_mut().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("a line on stdout");
        line
    }

    /// A line of what Linux says about its memory, in bytes; 0 on other systems.
    fn memory(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|text| text.trim().strip_suffix(" kB")?.parse().ok());
        kilobytes.map_or(0, |kilobytes: u64| kilobytes * 1024)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // It has ended by now, unless the bench failed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn spawn_true() -> Duration {
    let start = Instant::now();
    let mut command = Command::new("/bin/true");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().and_then(|mut child| child.wait()).expect("every system has it");
    start.elapsed()
}

fn row(what: &str, times: impl Iterator<Item = Duration> + Clone, limit: Option<Duration>) {
    let min = times.clone().min().unwrap_or_default();
    let limit = limit.map_or(String::new(), |limit| format!("{:>8.1} ms", milliseconds(limit)));
    println!(
        "{what:<36}{:>6.2} ms{:>6.2} ms{limit}",
        milliseconds(min),
        milliseconds(median(times))
    );
}

fn memory_row(what: &str, bytes: impl Iterator<Item = u64>, limit: Option<u32>) {
    let mut bytes: Vec<u64> = bytes.collect();
    bytes.sort_unstable();
    let limit = limit.map_or(String::new(), |limit| format!("{limit:>8} MB"));
    println!(
        "{what:<36}{:>6.1} MB{:>6.1} MB{limit}",
        megabytes(bytes[0]),
        megabytes(bytes[bytes.len() / 2])
    );
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "one digit is printed")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

const PROVIDER: &str = env!("CARGO_BIN_EXE_terraform-provider-connect");
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
const WARM_UP: usize = 3;
const RUNS: usize = 60;
