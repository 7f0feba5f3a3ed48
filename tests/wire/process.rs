//! The provider as a process: started as a host starts it, watched from outside.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;
use tempfile::TempDir;

/// How to start the provider. Nothing of our own environment that it reads gets through.
#[derive(Debug)]
pub(crate) struct Launch {
    command: Command,
    /// Its `TMPDIR`, which is ours alone: what is left in it is litter.
    temp: TempDir,
}

impl Launch {
    /// As Terraform starts it without AutoMTLS.
    pub(crate) fn plain() -> Self {
        Launch::by_hand()
            .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
            .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
            .env("PLUGIN_MIN_PORT", "10000")
            .env("PLUGIN_MAX_PORT", "25000")
    }

    /// As Terraform starts it.
    pub(crate) fn with_tls(host: &CertifiedKey) -> Self {
        Launch::plain().env("PLUGIN_CLIENT_CERT", &pem(&host.cert[0]))
    }

    /// As a person starts it.
    pub(crate) fn by_hand() -> Self {
        let temp = tempfile::tempdir().expect("a folder for the test");
        let mut command = Command::new(env!("CARGO_BIN_EXE_terraform-provider-connect"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("TF_") || text.starts_with("PLUGIN_") {
                command.env_remove(name);
            }
        }
        command.env("TMPDIR", temp.path());
        Launch { command, temp }
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn arg(mut self, arg: &str) -> Self {
        self.command.arg(arg);
        self
    }

    pub(crate) fn temp(&self) -> &Path {
        self.temp.path()
    }

    /// A folder in [`Launch::temp`].
    pub(crate) fn folder(&self, name: &str) -> String {
        let folder = self.temp().join(name);
        fs::create_dir(&folder).expect("a folder for the test");
        folder.to_str().expect("a plain path").to_owned()
    }

    /// Starts it and leaves the rest to the caller.
    pub(crate) fn spawn(mut self) -> Plugin {
        self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("the provider was built");
        let stdout = child.stdout.take().expect("it is piped");
        let stderr = child.stderr.take().expect("it is piped");
        let (stdout, lines) = read_lines(stdout);
        Plugin { child: Running(child), lines, stdout, stderr: read(stderr), temp: self.temp }
    }

    /// Starts it and waits for its handshake.
    pub(crate) fn start(self) -> (Plugin, Handshake) {
        let plugin = self.spawn();
        let line = plugin.line();
        (plugin, Handshake::parse(&line))
    }
}

const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// How Go writes a certificate into the environment.
pub(crate) fn pem(certificate: &CertificateDer<'_>) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(certificate);
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// A provider that runs. It is killed when dropped.
#[derive(Debug)]
pub(crate) struct Plugin {
    child: Running,
    lines: mpsc::Receiver<String>,
    stdout: JoinHandle<String>,
    stderr: JoinHandle<String>,
    temp: TempDir,
}

/// All that a provider leaves behind.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// How long it took from the call of [`Plugin::finish`].
    pub(crate) took: Duration,
    /// Files in its `TMPDIR`.
    pub(crate) litter: Vec<String>,
}

impl Plugin {
    /// The next line on stdout.
    pub(crate) fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a line on stdout")
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.0.try_wait().expect("it is our child").is_none()
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: nix::sys::signal::Signal) {
        let id = i32::try_from(self.child.0.id()).expect("a process number");
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), signal).expect("it runs");
    }

    /// Waits for it to end of itself.
    pub(crate) fn finish(mut self) -> Finished {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.0.try_wait().expect("it is our child") {
                break status;
            }
            assert!(start.elapsed() < PATIENCE, "it has not ended within {PATIENCE:?}");
            thread::sleep(Duration::from_millis(1));
        };
        let took = start.elapsed();
        Finished {
            status,
            stdout: self.stdout.join().expect("it only reads"),
            stderr: self.stderr.join().expect("it only reads"),
            took,
            litter: list(self.temp.path()),
        }
    }

    /// Files in its `TMPDIR` now.
    pub(crate) fn litter(&self) -> Vec<String> {
        list(self.temp.path())
    }
}

#[derive(Debug)]
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Most have ended by now, and then there is nothing to kill.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn list(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is ours");
    let names = entries.map(|entry| entry.expect("the folder is ours").file_name());
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

fn read_lines(stdout: ChildStdout) -> (JoinHandle<String>, mpsc::Receiver<String>) {
    let (sender, lines) = mpsc::channel();
    let reading = thread::spawn(move || {
        let mut all = String::new();
        let mut stdout = BufReader::new(stdout);
        loop {
            let start = all.len();
            if stdout.read_line(&mut all).expect("stdout is UTF-8") == 0 {
                return all;
            }
            // The test may have heard enough.
            let _ = sender.send(all[start..].to_owned());
        }
    });
    (reading, lines)
}

fn read(mut stderr: ChildStderr) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut all = String::new();
        stderr.read_to_string(&mut all).expect("stderr is UTF-8");
        all
    })
}

/// What the handshake line says.
#[derive(Clone, Debug)]
pub(crate) struct Handshake {
    pub(crate) network: String,
    pub(crate) address: String,
    pub(crate) certificate: Option<CertificateDer<'static>>,
    /// All of its fields.
    pub(crate) fields: Vec<String>,
}

impl Handshake {
    /// Takes it apart as go-plugin does.
    pub(crate) fn parse(line: &str) -> Self {
        let fields = line.trim_end_matches('\n').split('|').map(str::to_owned).collect::<Vec<_>>();
        let [go_plugin, protocol, network, address, grpc, certificate, ..] = &fields[..] else {
            panic!("too few fields: {line:?}");
        };
        assert_eq!((&**go_plugin, &**protocol, &**grpc), ("1", "6", "grpc"));
        let certificate = (!certificate.is_empty())
            .then(|| STANDARD_NO_PAD.decode(certificate).expect("base64 without padding").into());
        Handshake { network: network.clone(), address: address.clone(), certificate, fields }
    }
}

/// Long enough for a machine that is busy with everything else.
const PATIENCE: Duration = Duration::from_secs(20);
