//! The RPCs about actions.

use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::convert;
use super::proto;
use super::proto::invoke_action::event::{Completed, Progress as ProgressMessage, Type};
use super::service::{Call, Service};
use crate::framework::action::Progress;
use crate::framework::context::Cx;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::private::Private;
use crate::framework::provider::Provider;

impl<P: Provider> Service<P> {
    pub(super) fn validate_action(
        &self,
        request: &proto::validate_action_config::Request,
    ) -> Call<proto::validate_action_config::Response> {
        let action = self.action(&request.type_name)?;
        let config = convert::value(request.config.as_ref(), &action.schema().ty())?;
        let diagnostics = convert::diagnostics(action.validate(&config));
        Ok(proto::validate_action_config::Response { diagnostics })
    }

    /// Planning an action checks it again: more of it is known now.
    pub(super) fn check_action(
        &self,
        request: &proto::plan_action::Request,
    ) -> Call<proto::plan_action::Response> {
        let action = self.action(&request.action_type)?;
        let config = convert::value(request.config.as_ref(), &action.schema().ty())?;
        let diagnostics = convert::diagnostics(action.validate(&config));
        Ok(proto::plan_action::Response { diagnostics, ..Default::default() })
    }

    /// Carries an action out; what it tells goes to `events`.
    pub(super) async fn carry_out(
        &self,
        request: &proto::invoke_action::Request,
        events: &Sender,
    ) -> Call<Diagnostics> {
        let action = self.action(&request.action_type)?;
        let config = convert::value(request.config.as_ref(), &action.schema().ty())?;
        let cx = Cx::new(self.configured(), self.stop_signal(), Private::default());
        let events = events.clone();
        let progress = Progress::new(move |line| events.tell(line));
        Ok(action.invoke(cx, config, progress).await)
    }
}

/// Events, or the status that tonic wants in their place.
type Item = Result<proto::invoke_action::Event, tonic::Status>;

/// Where an action's events go; a client that has left is no error.
#[derive(Clone)]
pub(super) struct Sender(mpsc::UnboundedSender<Item>);

impl Sender {
    /// Waits for the client to leave.
    pub(super) async fn closed(&self) {
        self.0.closed().await;
    }

    fn tell(&self, message: String) {
        self.send(Type::Progress(ProgressMessage { message }));
    }

    /// Sends the event that ends every action, exactly once.
    pub(super) fn complete(self, diags: Diagnostics) {
        self.send(Type::Completed(Completed { diagnostics: convert::diagnostics(diags) }));
    }

    fn send(&self, event: Type) {
        let _ = self.0.send(Ok(proto::invoke_action::Event { r#type: Some(event) }));
    }
}

/// A channel for the events of one action.
pub(super) fn channel() -> (Sender, UnboundedReceiverStream<Item>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Sender(sender), UnboundedReceiverStream::new(receiver))
}
