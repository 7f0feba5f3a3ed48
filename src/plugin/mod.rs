//! The provider's side of go-plugin: how Terraform and OpenTofu start us, find us and end us.
//!
//! A host runs this program with a cookie, its certificate and its wishes in the environment
//! ([`environment`]). We listen on a socket ([`listener`]), say where in one line on stdout
//! ([`handshake`]), let nobody in but that host ([`tls`]) and serve gRPC until it calls
//! `GRPCController.Shutdown` ([`services`]), goes away ([`presence`]) or sends SIGTERM
//! ([`signals`]). With `-debug` a person is the host ([`debug`]).
//!
//! The facts are those of go-plugin 1.8 and its handshake version 1, as Terraform 1.8 to 1.15 and
//! OpenTofu use it. What is served is the caller's: nothing here knows `tfplugin6`.

mod accept;
mod certificate;
mod connection;
mod debug;
mod environment;
mod handshake;
pub mod hclog;
mod health;
mod listener;
mod p521;
pub mod panic;
mod presence;
mod proto;
mod router;
mod server;
mod services;
mod signals;
mod start_error;
mod tls;

use std::convert::Infallible;
use std::io::Write as _;
use std::process::ExitCode;

use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::NamedService;

pub use self::debug::Debug;

/// Reading the environment, for the fuzz targets alone.
#[doc(hidden)]
pub mod fuzzing {
    use std::ffi::OsString;

    /// Whether a host could be served with these variables.
    ///
    /// # Errors
    /// What a person would read on stderr.
    pub fn read_environment(variable: impl Fn(&str) -> Option<OsString>) -> Result<(), String> {
        super::Environment::read(variable).map(drop).map_err(|error| error.to_string())
    }
}

use self::environment::Environment;
use self::listener::{Endpoint, Wishes};
use self::presence::Presence;
use self::server::Server;
use self::signals::Signals;
use self::start_error::StartError;
use self::tls::Tls;

/// Who started us.
#[derive(Clone, Debug)]
pub enum Mode {
    /// Terraform or OpenTofu: it passes the cookie, reads the handshake line and ends us.
    Hosted,
    /// A person, who sets `TF_REATTACH_PROVIDERS` for as many runs as they like and ends us with
    /// Ctrl-C.
    Debug(Debug),
}

/// What tonic makes of a `.proto` file's service, once somebody implements it.
pub trait GrpcService:
    Service<
        http::Request<Body>,
        Response = http::Response<Body>,
        Error = Infallible,
        Future: Send + 'static,
    > + NamedService
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> GrpcService for S where
    S: Service<
            http::Request<Body>,
            Response = http::Response<Body>,
            Error = Infallible,
            Future: Send + 'static,
        > + NamedService
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// Serves until the end, on a runtime of its own.
///
/// Unlike a `#[tokio::main]` this does not wait for blocking work that is still going on, such as
/// the lookup of a host name: a host kills a plugin that is not gone two seconds after Shutdown.
pub fn run(service: impl GrpcService, mode: Mode) -> ExitCode {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = match runtime.worker_threads(WORKERS).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return StartError::Runtime(error).complain(),
    };
    let code = runtime.block_on(serve(service, mode));
    runtime.shutdown_background();
    code
}

/// Calls wait for AWS and compute for less than a millisecond, so that two threads serve any number
/// of them. One for each core would be started three times a plan, to idle.
const WORKERS: usize = 2;

/// Serves `service` next to go-plugin's own services and returns when the process should end.
///
/// Message limits are the caller's to set on `service`. Whatever keeps us from serving is said on
/// stderr. Nothing but the handshake line, or in debug mode the instructions, goes to stdout.
pub async fn serve(service: impl GrpcService, mode: Mode) -> ExitCode {
    let served = match mode {
        Mode::Hosted => serve_host(service).await,
        Mode::Debug(debug) => serve_person(service, &debug).await,
    };
    match served {
        Ok(End::Terminated) => ExitCode::from(TERMINATED),
        Ok(End::Shutdown | End::Interrupted | End::Abandoned) => ExitCode::SUCCESS,
        Err(error) => error.complain(),
    }
}

/// Why serving ended.
#[derive(Debug)]
enum End {
    /// The host called Shutdown.
    Shutdown,
    /// SIGINT, in debug mode.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// There is no host any more, or never was one.
    Abandoned,
}

async fn serve_host(service: impl GrpcService) -> Result<End, StartError> {
    let environment = Environment::read(|name| std::env::var_os(name))?;
    // Before the handshake: from then on Ctrl-C in the host's terminal reaches us too.
    let signals = Signals::install()?;
    let endpoint = Endpoint::bind(&environment.wishes).await?;
    let tls = environment.client_certificate.map(Tls::for_client).transpose()?;

    let certificate = tls.as_ref().map(Tls::certificate);
    print(&handshake::line(&endpoint.address, certificate, environment.multiplexing))?;

    let Endpoint { listener, address, place } = endpoint;
    tracing::debug!(network = address.network, address = address.text, "serving");
    let presence = Presence::default();
    let server = Server::start(service, listener, tls, &presence);

    // Once the host is in, nobody else is to come: without its file the socket cannot be found,
    // and a host that kills us leaves no litter behind.
    let unlink = async {
        presence.host_spoke().await;
        drop(place);
        std::future::pending::<Infallible>().await
    };
    let end = tokio::select! {
        () = server.shut_down() => End::Shutdown,
        () = signals.terminated() => End::Terminated,
        () = presence.abandoned() => End::Abandoned,
        never = unlink => match never {},
    };
    tracing::debug!(?end, "ending");
    server.finish().await;
    Ok(end)
}

async fn serve_person(service: impl GrpcService, debug: &Debug) -> Result<End, StartError> {
    let signals = Signals::install()?;
    let Endpoint { listener, address, place: _place } = Endpoint::bind(&Wishes::default()).await?;
    let reattach = debug.reattach(&address);
    debug.write_env_file(&reattach)?;
    print(&debug::instructions(&reattach))?;

    let server = Server::start(service, listener, None, &Presence::default());
    let end = tokio::select! {
        () = server.shut_down() => End::Shutdown,
        () = signals.interrupted() => End::Interrupted,
        () = signals.terminated() => End::Terminated,
    };
    tracing::debug!(?end, "ending");
    server.finish().await;
    Ok(end)
}

/// Writes to stdout, which nobody else does, and makes sure that it gets there.
fn print(text: &str) -> Result<(), StartError> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(StartError::Handshake)
}

/// What a shell makes of a death by SIGTERM (128 + 15).
const TERMINATED: u8 = 143;
