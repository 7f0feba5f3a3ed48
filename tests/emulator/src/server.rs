//! The listener: HTTP/1.1 with keep-alive; admin calls go one way, AWS calls the other.
//!
//! All state sits behind one lock and every call is short, so one thread serves all connections.
//! Only injected delays are awaited, outside the lock.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::admin::{self, Snapshots};
use crate::authorization;
use crate::aws;
use crate::wire::http::{Answer, Request};
use crate::world::World;

/// The world and its snapshots, shared by connections and by in-process callers.
#[derive(Clone, Default)]
pub(crate) struct Shared(Arc<Mutex<(World, Snapshots)>>);

impl Shared {
    /// Runs `f` alone with the world.
    pub(crate) fn with<T>(&self, f: impl FnOnce(&mut World, &mut Snapshots) -> T) -> T {
        // A panicking operation is a bug that its own connection reports; the others go on.
        let mut guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (world, snapshots) = &mut *guard;
        f(world, snapshots)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}

/// Binds at once, so that the port is known and accepts before the server thread runs.
pub(crate) fn bind(address: SocketAddr) -> io::Result<(std::net::TcpListener, SocketAddr)> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Serves until `stopped` resolves. Open connections are cut then.
pub(crate) fn serve(
    listener: std::net::TcpListener,
    shared: Shared,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs only a few file descriptors");
    runtime.block_on(async move {
        let listener = TcpListener::from_std(listener).expect("the listener is non-blocking");
        tokio::select! {
            () = accept(listener, shared) => {}
            _ = stopped => {}
        }
    });
}

async fn accept(listener: TcpListener, shared: Shared) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        // Small answers must not wait for the client's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
        let shared = shared.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(shared.clone(), request));
            // A connection that ends in error is the client's affair, or a fault that was asked for.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// Hyper closes the connection without an answer when the service fails.
#[derive(Debug)]
struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("connection dropped as asked")
    }
}

impl std::error::Error for Dropped {}

async fn answer(
    shared: Shared,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, Dropped> {
    let request = match read(request).await {
        Ok(request) => request,
        Err(answer) => return Ok(response(answer)),
    };
    if let Some(answer) = shared.with(|world, _| authorization::answer(world, &request)) {
        return Ok(response(answer));
    }
    if let Some(path) = request.path.strip_prefix("/_emulator") {
        return Ok(response(admin_answer(&shared, path, &request)));
    }
    let reply = shared.with(|world, _| aws::handle(world, &request));
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    reply.answer.map(response).ok_or(Dropped)
}

async fn read(request: hyper::Request<Incoming>) -> Result<Request, Answer> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_LIMIT).collect().await else {
        return Err(Answer::json(413, &serde_json::json!({"message": "the body is too large"})));
    };
    let headers = head
        .headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    Ok(Request::new(
        head.method.as_str(),
        head.uri.path(),
        head.uri.query().unwrap_or_default(),
        headers,
        body.to_bytes().to_vec(),
    ))
}

fn admin_answer(shared: &Shared, path: &str, request: &Request) -> Answer {
    let body = match request.body.as_slice() {
        [] => Value::Null,
        bytes => match serde_json::from_slice(bytes) {
            Ok(body) => body,
            Err(error) => {
                let message = format!("the body is not JSON: {error}");
                return Answer::json(400, &serde_json::json!({ "error": message }));
            }
        },
    };
    let path = if request.query.is_empty() {
        path.to_owned()
    } else {
        let query: Vec<String> = request.query.iter().map(|(k, v)| format!("{k}={v}")).collect();
        format!("{path}?{}", query.join("&"))
    };
    let outcome = shared
        .with(|world, snapshots| admin::call(world, snapshots, &request.method, &path, &body));
    match outcome {
        Ok(answer) => Answer::json(200, &answer),
        Err(error) => Answer::json(400, &serde_json::json!({ "error": error })),
    }
}

fn response(answer: Answer) -> hyper::Response<Full<Bytes>> {
    let mut response = hyper::Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response
        .body(Full::new(Bytes::from(answer.body)))
        .unwrap_or_else(|error: hyper::http::Error| unreachable_header(&error))
}

/// Header values are ids, error codes and media types; a bad one is answered as our bug.
fn unreachable_header(error: &hyper::http::Error) -> hyper::Response<Full<Bytes>> {
    let mut response =
        hyper::Response::new(Full::new(Bytes::from(format!("bad answer header: {error}"))));
    *response.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
    response
}

/// EventBridge takes 256 KB an event, so nothing that AWS accepts comes near.
const BODY_LIMIT: usize = 8 << 20;
