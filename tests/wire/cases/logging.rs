//! What is logged, and what is not: cases 59 and 78.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use terraform_provider_connect::framework::value::Value;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

use crate::core::Instance;
use crate::test_provider::thing::THING;
use crate::test_provider::{item, ready, thing};

/// All that is logged in this thread, at any level.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    /// Listens until the guard is dropped.
    fn listen() -> (Self, DefaultGuard) {
        let log = Log::default();
        let subscriber = tracing_subscriber::registry().with(log.clone());
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(log, "{field}={value:?}").expect("it is memory");
    }
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        attributes.record(&mut self.clone());
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut self.clone());
    }
}

#[tokio::test]
async fn case_78_logs_do_not_quote_values() {
    let (log, _guard) = Log::listen();
    let (core, _) = ready().await;
    for behaviour in ["", "fail", "fail late", "misfit", "keep token", "normalise"] {
        let config = thing(&[
            ("name", "a".into()),
            ("behaviour", behaviour.into()),
            ("note", "s3cret-note".into()),
            ("token", "s3cret-token".into()),
            ("secret", "s3cret-kept".into()),
            ("list", Value::List(vec![item("s3cr")])),
        ]);
        core.validate(THING, &config).await;
        let plan = core.plan(THING, &config, &Instance::default()).await;
        let made = core.apply(THING, &plan).await.new;
        if made.state.is_some() {
            core.read(THING, &made).await;
        }
    }
    let text = log.text();
    assert!(text.contains("tf_rpc=\"ApplyResourceChange\""), "{text}");
    assert!(!text.contains("s3cr"), "{text}");
}

#[tokio::test]
async fn case_59_a_result_that_contradicts_its_plan_is_logged() {
    let (log, _guard) = Log::listen();
    let (core, _) = ready().await;
    let config =
        thing(&[("name", "a".into()), ("behaviour", "normalise".into()), ("note", "n".into())]);
    core.create(THING, &config).await;
    let text = log.text();
    assert!(text.contains("the result differs from the plan, which is kept\npath=note"), "{text}");
}
