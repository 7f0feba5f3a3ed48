//! Several gRPC services on one port, told apart by the path of a call: `/package.Service/Method`.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Service, http};

use super::GrpcService;

/// Hands each call to the service it names. What none is named for is unimplemented.
#[derive(Clone)]
pub(super) struct Router(Arc<[Route]>);

/// A service and its full name.
pub(super) struct Route {
    name: &'static str,
    call: Box<dyn Fn(http::Request<Body>) -> Answer + Send + Sync>,
}

type Answer = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

impl Router {
    pub(super) fn new<const N: usize>(routes: [Route; N]) -> Self {
        Self(Arc::new(routes))
    }
}

impl Route {
    /// tonic's services are always ready for another call.
    pub(super) fn to<S: GrpcService>(service: S) -> Self {
        let call = move |request| -> Answer { Box::pin(service.clone().call(request)) };
        Self { name: S::NAME, call: Box::new(call) }
    }
}

impl Service<http::Request<Body>> for Router {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Answer {
        let named = request.uri().path().strip_prefix('/').and_then(|path| path.split_once('/'));
        match named.and_then(|(name, _)| self.0.iter().find(|route| route.name == name)) {
            Some(route) => (route.call)(request),
            None => Box::pin(async { Ok(Status::unimplemented("unknown service").into_http()) }),
        }
    }
}
