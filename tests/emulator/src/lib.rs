//! An in-memory AWS (AppFlow, EventBridge, AppIntegrations, Connect, STS) with Salesforce orgs behind it.
//!
//! It exists so that the provider and the modules of its users can be tested without an account: it
//! refuses what AWS refuses, keeps the same state machines, and turns an injected Salesforce case
//! into a task when the chain between them is complete. Constraints come from the public service
//! models (`models/`); what AWS does not document is one named switch each ([`switches`]).
//!
//! ```no_run
//! let emulator = connect_emulator::Emulator::start()?;
//! emulator.admin("POST", "/seed", serde_json::json!("demo"));
//! println!("{}", emulator.url());
//! # Ok::<(), std::io::Error>(())
//! ```

mod admin;
mod appflow;
mod appintegrations;
mod authorization;
mod aws;
mod connect;
mod console;
mod delivery;
mod deny;
mod drift;
mod events;
mod faults;
mod idempotency;
mod inventory;
mod journal;
mod operations;
mod pages;
mod salesforce;
mod secrets;
mod seed;
mod server;
mod sts;
pub mod switches;
mod throttle;
mod wire;
mod world;

use std::io;
use std::net::SocketAddr;
use std::thread::JoinHandle;

use serde_json::Value;
use tokio::sync::oneshot;

use crate::server::Shared;

/// Whether the API model of a service (by its signing name) takes a text as the value of a shape:
/// for tests that compare a client's own checks with AWS's.
///
/// # Panics
/// Without such a service or shape.
pub fn accepts(service: &str, shape: &str, text: &str) -> bool {
    let model = wire::model::service(service).expect("a service with a model");
    wire::decode::accepts(model, shape, text)
}

/// A running emulator. Dropping it stops the server and forgets everything.
#[derive(Debug)]
pub struct Emulator {
    shared: Shared,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Serves on a free port of 127.0.0.1 until dropped.
    pub fn start() -> io::Result<Self> {
        Self::start_on(SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// Serves on the given address until dropped. Listening has begun when this returns.
    pub fn start_on(address: SocketAddr) -> io::Result<Self> {
        let shared = Shared::default();
        let (listener, address) = server::bind(address)?;
        let (stop, stopped) = oneshot::channel();
        let serving = shared.clone();
        let thread = std::thread::Builder::new()
            .name("connect-emulator".into())
            .spawn(move || server::serve(listener, serving, stopped))?;
        Ok(Self { shared, address, stop: Some(stop), thread: Some(thread) })
    }

    /// The endpoint of every service and, under `/_emulator/`, of the admin API.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Calls the admin API in process; `path` is what follows `/_emulator`.
    ///
    /// # Panics
    /// When the emulator refuses: in a test that is a mistake of the test.
    pub fn admin(&self, method: &str, path: &str, body: Value) -> Value {
        match self.try_admin(method, path, body) {
            Ok(answer) => answer,
            Err(refusal) => panic!("{method} {path}: {refusal}"),
        }
    }

    /// Calls the admin API in process; the error is the emulator's message.
    pub fn try_admin(&self, method: &str, path: &str, body: Value) -> Result<Value, String> {
        self.shared.with(|world, snapshots| admin::call(world, snapshots, method, path, &body))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The server may have ended already; then nobody listens.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
