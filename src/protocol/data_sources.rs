//! The RPCs about data sources.

use super::convert;
use super::proto;
use super::service::Service;
use crate::framework::context::Cx;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::private::Private;
use crate::framework::provider::Provider;

impl<P: Provider> Service<P> {
    pub(super) fn validate_data_source(
        &self,
        request: &proto::validate_data_resource_config::Request,
    ) -> Result<proto::validate_data_resource_config::Response, Diagnostics> {
        let source = self.data_source(&request.type_name)?;
        let config = convert::value(request.config.as_ref(), &source.schema().ty())?;
        let diagnostics = convert::diagnostics(source.validate(&config));
        Ok(proto::validate_data_resource_config::Response { diagnostics })
    }

    pub(super) async fn fetch_data_source(
        &self,
        request: &proto::read_data_source::Request,
    ) -> Result<proto::read_data_source::Response, Diagnostics> {
        let source = self.data_source(&request.type_name)?;
        let config = convert::value(request.config.as_ref(), &source.schema().ty())?;
        let cx = Cx::new(self.configured(), self.stop_signal(), Private::default());
        let (state, diags) = source.read(cx, config).await;
        Ok(proto::read_data_source::Response {
            state: Some(convert::dynamic_value(&state)),
            diagnostics: convert::diagnostics(diags),
            deferred: None,
        })
    }
}
