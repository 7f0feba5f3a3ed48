//! The RPCs about list resources.

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::convert;
use super::proto;
use super::service::{Call, Service};
use crate::framework::context::Cx;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::erased::AnyResource;
use crate::framework::list::Found;
use crate::framework::private::Private;
use crate::framework::provider::Provider;

/// Events, or the status that tonic wants in their place.
pub(super) type Events = ReceiverStream<Result<proto::list_resource::Event, tonic::Status>>;

/// How many events wait for Terraform to take them.
const AHEAD: usize = 16;

/// What Terraform asks for where the practitioner sets no limit.
const DEFAULT_LIMIT: usize = 100;

impl<P: Provider> Service<P> {
    pub(super) fn validate_list(
        &self,
        request: &proto::validate_list_resource_config::Request,
    ) -> Call<proto::validate_list_resource_config::Response> {
        let list = self.list_resource(&request.type_name)?;
        let config = convert::value(request.config.as_ref(), &list.schema().ty())?;
        let diagnostics = convert::diagnostics(list.validate(&config));
        Ok(proto::validate_list_resource_config::Response { diagnostics })
    }

    /// Finds objects and sends them one by one. Terraform stops reading when it has enough: that
    /// ends the work.
    pub(super) async fn send_list(
        &self,
        request: &proto::list_resource::Request,
        events: &mpsc::Sender<Result<proto::list_resource::Event, tonic::Status>>,
    ) -> Call<()> {
        let list = self.list_resource(&request.type_name)?;
        let resource = self.resource(&request.type_name)?;
        let config = convert::value(request.config.as_ref(), &list.schema().ty())?;
        let cx = || Cx::new(self.configured(), self.stop_signal(), Private::default());
        let limit = usize::try_from(request.limit).ok().filter(|limit| *limit > 0);
        let searching = cx();
        let found = list.list(&searching, &config, limit.unwrap_or(DEFAULT_LIMIT)).await?;
        let (warnings, _) = searching.finish();
        if !warnings.is_empty() {
            let diagnostic = convert::diagnostics(warnings);
            let event = proto::list_resource::Event { diagnostic, ..Default::default() };
            if events.send(Ok(event)).await.is_err() {
                return Ok(());
            }
        }
        for found in found {
            let event = self.event(resource, found, request.include_resource_object).await;
            if events.send(Ok(event)).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn event(
        &self,
        resource: &dyn AnyResource<P::Configured>,
        found: Found,
        include_object: bool,
    ) -> proto::list_resource::Event {
        let stub = resource.stub(found.key);
        if !include_object {
            return proto::list_resource::Event {
                identity: convert::identity_data(&stub.identity),
                display_name: found.display_name,
                ..Default::default()
            };
        }
        let cx = Cx::new(self.configured(), self.stop_signal(), stub.private);
        let read = resource.read(cx, stub.state, stub.identity.clone()).await;
        // Gone between the list and the read: it is listed as it was.
        let identity = if read.identity.is_null() { &stub.identity } else { &read.identity };
        proto::list_resource::Event {
            identity: convert::identity_data(identity),
            display_name: found.display_name,
            resource_object: (!read.state.is_null() && !read.diags.has_errors())
                .then(|| convert::dynamic_value(&read.state)),
            diagnostic: convert::diagnostics(read.diags),
        }
    }
}

/// An event that carries nothing but messages; errors end the list.
pub(super) fn failure(diags: Diagnostics) -> proto::list_resource::Event {
    let diagnostic = convert::diagnostics(diags);
    proto::list_resource::Event { diagnostic, ..Default::default() }
}

/// A channel for the events of one list.
pub(super) fn channel() -> (mpsc::Sender<Result<proto::list_resource::Event, tonic::Status>>, Events)
{
    let (sender, receiver) = mpsc::channel(AHEAD);
    (sender, ReceiverStream::new(receiver))
}
