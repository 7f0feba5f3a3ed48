//! go-plugin's own services: one that ends us, and two that a host opens and we keep silent on.

use futures_util::StreamExt as _;
use tokio_util::sync::CancellationToken;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, Streaming, async_trait};

use super::proto::plugin::grpc_broker_server::{GrpcBroker, GrpcBrokerServer};
use super::proto::plugin::grpc_controller_server::{GrpcController, GrpcControllerServer};
use super::proto::plugin::grpc_stdio_server::{GrpcStdio, GrpcStdioServer};
use super::proto::plugin::{ConnInfo, Empty, StdioData};

/// `GRPCController`: Shutdown cancels `shutdown`.
pub(super) fn controller(
    shutdown: &CancellationToken,
) -> GrpcControllerServer<impl GrpcController> {
    GrpcControllerServer::new(Controller(shutdown.clone()))
}

/// `GRPCStdio`: open until `shutdown`. Terraform would log whatever came here as unexpected; what
/// we have to say is on stderr.
pub(super) fn stdio(shutdown: &CancellationToken) -> GrpcStdioServer<impl GrpcStdio> {
    GrpcStdioServer::new(Stdio(shutdown.clone()))
}

/// `GRPCBroker`: open until `shutdown` or until the host has had enough. Providers broker nothing.
pub(super) fn broker(shutdown: &CancellationToken) -> GrpcBrokerServer<impl GrpcBroker> {
    GrpcBrokerServer::new(Broker(shutdown.clone()))
}

/// A stream of nothing that ends when `end` does.
pub(super) fn silence<T: Send + 'static>(
    end: impl Future<Output = ()> + Send + 'static,
) -> BoxStream<T> {
    Box::pin(futures_util::stream::pending().take_until(end))
}

#[derive(Debug)]
struct Controller(CancellationToken);

#[async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.0.cancel();
        Ok(Response::new(Empty {}))
    }
}

#[derive(Debug)]
struct Stdio(CancellationToken);

#[async_trait]
impl GrpcStdio for Stdio {
    async fn stream_stdio(
        &self,
        _request: Request<()>,
    ) -> Result<Response<BoxStream<StdioData>>, Status> {
        Ok(Response::new(silence(self.0.clone().cancelled_owned())))
    }
}

#[derive(Debug)]
struct Broker(CancellationToken);

#[async_trait]
impl GrpcBroker for Broker {
    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<BoxStream<ConnInfo>>, Status> {
        let shutdown = self.0.clone();
        let mut offers = request.into_inner();
        let end = async move {
            // Offers are read, so that they fill no buffer, and forgotten.
            let half_closed = async { while let Ok(Some(_)) = offers.message().await {} };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = half_closed => {}
            }
        };
        Ok(Response::new(silence(end)))
    }
}
