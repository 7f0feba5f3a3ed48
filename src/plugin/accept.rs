//! Takes connections and passes on those that may come in.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio::time::{sleep, timeout};

use super::connection::{Connection, Io};
use super::listener::Listener;
use super::presence::Presence;
use super::tls::Tls;

/// Accepts for as long as somebody takes the connections.
///
/// Every handshake has a task of its own, so that a caller who is slow, a stranger or not speaking
/// TLS at all is refused without anybody noticing.
pub(super) async fn accept(
    listener: Listener,
    tls: Option<Tls>,
    presence: Presence,
    connections: mpsc::Sender<Connection>,
) {
    let handshakes = Arc::new(Semaphore::new(HANDSHAKES));
    while !connections.is_closed() {
        let permit = Arc::clone(&handshakes).acquire_owned().await;
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = connections.closed() => return,
        };
        let io = match accepted {
            Ok(io) => io,
            Err(error) => {
                // Out of file descriptors, most likely: it would fail again at once.
                tracing::warn!(%error, "cannot accept a connection");
                sleep(PAUSE).await;
                continue;
            }
        };
        let (tls, presence, connections) = (tls.clone(), presence.clone(), connections.clone());
        tokio::spawn(async move {
            match authenticate(io, tls).await {
                // A server that has ended takes no more connections.
                Ok(io) => drop(connections.send(Connection::new(io, presence.arrive())).await),
                Err(error) if is_probe(&error) => tracing::trace!("a connection was only tried"),
                Err(error) => tracing::warn!(%error, "refused a connection"),
            }
            drop(permit);
        });
    }
}

async fn authenticate(io: Box<dyn Io>, tls: Option<Tls>) -> io::Result<Box<dyn Io>> {
    let Some(tls) = tls else { return Ok(io) };
    timeout(HANDSHAKE, tls.accept(io)).await.map_err(|_| io::ErrorKind::TimedOut)?
}

/// Health checks and port scans connect and close.
fn is_probe(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset)
}

/// Handshakes at a time. A host makes one; whoever else can reach the socket may not have all.
const HANDSHAKES: usize = 32;

/// A handshake takes 5 ms. This is for a machine that swaps.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Long enough not to spin, short enough for a host not to notice.
const PAUSE: Duration = Duration::from_millis(100);
