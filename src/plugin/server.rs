//! The gRPC server: the provider's service, go-plugin's, and the connections to both.

use std::convert::Infallible;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use super::accept::accept;
use super::listener::Listener;
use super::presence::Presence;
use super::router::{Route, Router};
use super::tls::Tls;
use super::{GrpcService, health, services};

/// A server at work.
#[derive(Debug)]
pub(super) struct Server {
    task: JoinHandle<Result<(), tonic::transport::Error>>,
    shutdown: CancellationToken,
}

impl Server {
    /// Serves whoever `tls` lets in, and everybody without it.
    pub(super) fn start(
        service: impl GrpcService,
        listener: Listener,
        tls: Option<Tls>,
        presence: &Presence,
    ) -> Self {
        let shutdown = CancellationToken::new();
        let router = Router::new([
            Route::to(service),
            Route::to(services::controller(&shutdown)),
            Route::to(services::stdio(&shutdown)),
            Route::to(services::broker(&shutdown)),
            Route::to(health::service(&shutdown)),
        ]);
        let (sender, connections) = mpsc::channel(WAITING_CONNECTIONS);
        tokio::spawn(accept(listener, tls, presence.clone(), sender));
        let connections = ReceiverStream::new(connections).map(Ok::<_, Infallible>);
        let task = tokio::spawn(tonic::transport::Server::builder().serve_with_incoming_shutdown(
            router,
            connections,
            shutdown.clone().cancelled_owned(),
        ));
        Server { task, shutdown }
    }

    /// Ready when the host has called Shutdown. Its answer may not be out yet.
    pub(super) async fn shut_down(&self) {
        self.shutdown.cancelled().await;
    }

    /// Takes no more connections and lets answers out that are on their way.
    ///
    /// Streams that were held open end by the same token, so this is a matter of a millisecond
    /// unless calls are in flight, for which nobody waits any more.
    pub(super) async fn finish(self) {
        self.shutdown.cancel();
        match timeout(LAST_WORDS, self.task).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::warn!(%error, "the server failed"),
            Ok(Err(error)) => tracing::error!(%error, "the server panicked"),
            Err(_) => tracing::debug!("left calls in flight"),
        }
    }
}

/// A host waits two seconds after Shutdown before it kills. An answer takes a millisecond.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// Connections between their handshake and the server's next turn. A host opens one.
const WAITING_CONNECTIONS: usize = 8;
