//! `grpc.health.v1`: go-plugin's contract asks for it, though Terraform has not been seen to call.

use futures_util::StreamExt as _;
use tokio_util::sync::CancellationToken;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, async_trait};

use super::proto::health::health_check_response::ServingStatus;
use super::proto::health::health_server::{Health, HealthServer};
use super::proto::health::{HealthCheckRequest, HealthCheckResponse};
use super::services::silence;

/// Says that we serve, until `shutdown`: while nothing works, nothing answers.
pub(super) fn service(shutdown: &CancellationToken) -> HealthServer<impl Health> {
    HealthServer::new(Check(shutdown.clone()))
}

/// The server as a whole, and the name that go-plugin gives to whatever a plugin serves.
const KNOWN: [&str; 2] = ["", "plugin"];

#[derive(Debug)]
struct Check(CancellationToken);

#[async_trait]
impl Health for Check {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let service = request.into_inner().service;
        if !KNOWN.contains(&service.as_str()) {
            return Err(Status::not_found("unknown service"));
        }
        Ok(Response::new(ServingStatus::Serving.into()))
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<BoxStream<HealthCheckResponse>>, Status> {
        let known = KNOWN.contains(&request.into_inner().service.as_str());
        let status = if known { ServingStatus::Serving } else { ServingStatus::ServiceUnknown };
        let now = futures_util::stream::iter([Ok(status.into())]);
        // Nothing appears or goes away later.
        let later = silence(self.0.clone().cancelled_owned());
        Ok(Response::new(Box::pin(now.chain(later))))
    }
}

impl From<ServingStatus> for HealthCheckResponse {
    fn from(status: ServingStatus) -> Self {
        HealthCheckResponse { status: status.into() }
    }
}
