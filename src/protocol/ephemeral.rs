//! The RPCs about ephemeral resources.

use super::convert;
use super::proto;
use super::service::{Call, Service};
use crate::framework::context::Cx;
use crate::framework::private::Private;
use crate::framework::provider::Provider;

impl<P: Provider> Service<P> {
    pub(super) fn validate_ephemeral(
        &self,
        request: &proto::validate_ephemeral_resource_config::Request,
    ) -> Call<proto::validate_ephemeral_resource_config::Response> {
        let resource = self.ephemeral_resource(&request.type_name)?;
        let config = convert::value(request.config.as_ref(), &resource.schema().ty())?;
        let diagnostics = convert::diagnostics(resource.validate(&config));
        Ok(proto::validate_ephemeral_resource_config::Response { diagnostics })
    }

    pub(super) async fn open_ephemeral(
        &self,
        request: &proto::open_ephemeral_resource::Request,
    ) -> Call<proto::open_ephemeral_resource::Response> {
        let resource = self.ephemeral_resource(&request.type_name)?;
        let config = convert::value(request.config.as_ref(), &resource.schema().ty())?;
        let cx = Cx::new(self.configured(), self.stop_signal(), Private::default());
        let (result, diags) = resource.open(cx, config).await;
        Ok(proto::open_ephemeral_resource::Response {
            result: Some(convert::dynamic_value(&result)),
            diagnostics: convert::diagnostics(diags),
            ..Default::default()
        })
    }

    /// Nothing has to be renewed; what comes in goes back, as OpenTofu closes with it.
    pub(super) fn renew_ephemeral(
        &self,
        request: proto::renew_ephemeral_resource::Request,
    ) -> Call<proto::renew_ephemeral_resource::Response> {
        self.ephemeral_resource(&request.type_name)?;
        Ok(proto::renew_ephemeral_resource::Response {
            private: request.private,
            ..Default::default()
        })
    }

    pub(super) fn close_ephemeral(
        &self,
        request: &proto::close_ephemeral_resource::Request,
    ) -> Call<proto::close_ephemeral_resource::Response> {
        self.ephemeral_resource(&request.type_name)?;
        Ok(proto::close_ephemeral_resource::Response::default())
    }
}
