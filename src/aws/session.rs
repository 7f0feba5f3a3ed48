//! One caller's way to AWS: a region, and a token that ends every wait.

use std::collections::HashSet;
use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::SdkConfig;
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::connector_profile::ConnectorProfile;
use super::contact_flow::ContactFlow;
use super::event_integration::EventIntegration;
use super::event_source::EventSource;
use super::integration_association::IntegrationAssociation;
use super::operation::Operation;
use super::rate_limit::RateLimits;
use super::retries::NeverForQuotas;
use super::rule::RuleSummary;
use super::settings::Endpoints;
use super::sweep::Sweep;
use super::user_agent::UserAgent;
use super::{Aws, error};
use crate::framework::error::Result;
use crate::framework::secret::Secret;

/// What a resource talks to AWS with. Cheap to clone.
///
/// The operations are its methods, one file per noun. Reads answer `None` for a *definite*
/// not-found; every other failure is an error. Deletes of what is already gone succeed.
#[derive(Clone, Debug)]
pub struct Session {
    aws: Aws,
    region: Arc<Region>,
    stop: CancellationToken,
    /// How long a call may go on after the stop.
    grace: Duration,
}

impl Session {
    pub(super) fn new(aws: Aws, region: Arc<Region>, stop: CancellationToken) -> Self {
        Self { aws, region, stop, grace: Duration::ZERO }
    }

    /// The region, as in `eu-west-1`.
    pub fn region_name(&self) -> &str {
        &self.region.name
    }

    /// The partition of the region, as ARNs begin with.
    pub fn partition(&self) -> &'static str {
        super::partition(&self.region.name)
    }

    /// The account; see [`Aws::account_id`].
    ///
    /// # Errors
    /// As [`Aws::account_id`].
    pub async fn account_id(&self) -> Result<String> {
        self.aws.account_id().await
    }

    /// The provider's settings and identity.
    pub fn aws(&self) -> &Aws {
        &self.aws
    }

    /// The same, to look up what became of a call: a stop leaves each call [`LOOKUP_GRACE`].
    #[must_use]
    pub fn for_lookup(&self) -> Self {
        Self { grace: LOOKUP_GRACE, ..self.clone() }
    }

    /// Comes back when calls have to end.
    async fn stopped(&self) {
        self.stop.cancelled().await;
        if !self.grace.is_zero() {
            tokio::time::sleep(self.grace).await;
        }
    }

    /// Sends a request when its turn has come.
    ///
    /// The SDK's futures measure kilobytes and a resource's future holds dozens of them, so they
    /// go to the heap before anything stores them.
    ///
    /// # Errors
    /// Whatever AWS or the way to it answers, translated; `Kind::Stopped` within milliseconds of a
    /// stop (lookups have their grace), and then the outcome of a write is unknown.
    pub(super) fn call<'a, T, E>(
        &'a self,
        operation: &'static str,
        request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T>>
    where
        T: 'a,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let request = Box::pin(request);
        Box::pin(async move {
            tokio::select! {
                biased;
                () = self.stopped() => return Err(error::stopped(operation, false)),
                () = self.region.limits.admit(&self.region.name, Operation(operation)) => {}
            }
            let start = Instant::now();
            let answer = tokio::select! {
                biased;
                () = self.stopped() => Err(error::stopped(operation, true)),
                answer = request => {
                    answer.map_err(|failure| error::from_sdk(operation, &failure))
                }
            };
            // No message: it may repeat a secret of the request.
            let failure = answer.as_ref().err();
            tracing::debug!(
                operation,
                region = self.region.name,
                elapsed = ?start.elapsed(),
                failed = ?failure.map(|failure| failure.kind),
                code = failure.and_then(|failure| failure.code.as_deref()),
                request = failure.and_then(|failure| failure.request_id.as_deref()),
                "called AWS"
            );
            answer
        })
    }

    /// [`Session::call`] for a request that holds secrets: they are masked in the error.
    pub(super) async fn call_with_secrets<T, E>(
        &self,
        operation: &'static str,
        secrets: &[&Secret],
        request: BoxFuture<'_, Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        self.call(operation, request).await.map_err(|failure| error::scrub(failure, secrets))
    }

    pub(super) fn swept_profiles(&self) -> &Sweep<ConnectorProfile> {
        &self.region.swept_profiles
    }

    pub(super) fn swept_rules(&self) -> &Sweep<RuleSummary> {
        &self.region.swept_rules
    }

    /// Whether no rule of the instance has been refreshed in this process.
    pub(super) fn is_first_rule_of(&self, instance_id: &str) -> bool {
        let mut instances =
            self.region.instances_refreshed.lock().unwrap_or_else(PoisonError::into_inner);
        instances.insert(instance_id.to_owned())
    }

    pub(super) fn swept_contact_flows(&self) -> &Sweep<ContactFlow> {
        &self.region.swept_contact_flows
    }

    pub(super) fn swept_associations(&self) -> &Sweep<IntegrationAssociation> {
        &self.region.swept_associations
    }

    pub(super) fn swept_event_integrations(&self) -> &Sweep<EventIntegration> {
        &self.region.swept_event_integrations
    }

    pub(super) fn swept_event_sources(&self) -> &Sweep<EventSource> {
        &self.region.swept_event_sources
    }

    pub(super) fn appflow(&self) -> &aws_sdk_appflow::Client {
        self.region.appflow()
    }

    pub(super) fn appintegrations(&self) -> &aws_sdk_appintegrations::Client {
        self.region.appintegrations()
    }

    pub(super) fn connect(&self) -> &aws_sdk_connect::Client {
        self.region.connect()
    }

    pub(super) fn events(&self) -> &aws_sdk_eventbridge::Client {
        self.region.events()
    }
}

/// AWS answers a lookup in a fraction of this. Who interrupts an apply because AWS hangs must not
/// be kept waiting by it.
const LOOKUP_GRACE: Duration = Duration::from_secs(3);

/// A definite not-found is an answer, not an error.
pub(super) fn found<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// What is already gone need not be deleted.
pub(super) fn gone<T>(answer: Result<T>) -> Result<()> {
    found(answer).map(drop)
}

/// One region: its clients, made on first use (half a millisecond each), and its lists.
pub(super) struct Region {
    name: String,
    sdk: SdkConfig,
    endpoints: Endpoints,
    user_agent: UserAgent,
    limits: Arc<RateLimits>,
    appflow: OnceLock<aws_sdk_appflow::Client>,
    appintegrations: OnceLock<aws_sdk_appintegrations::Client>,
    connect: OnceLock<aws_sdk_connect::Client>,
    events: OnceLock<aws_sdk_eventbridge::Client>,
    swept_profiles: Sweep<ConnectorProfile>,
    swept_associations: Sweep<IntegrationAssociation>,
    swept_rules: Sweep<RuleSummary>,
    swept_contact_flows: Sweep<ContactFlow>,
    swept_event_integrations: Sweep<EventIntegration>,
    swept_event_sources: Sweep<EventSource>,
    instances_refreshed: Mutex<HashSet<String>>,
}

/// Builds a service's client: shared configuration, our endpoint, our rules for retries.
///
/// The SDK's own brake on retries (a token bucket per process) is off: it fails whole plans once a
/// busy account has emptied it (hashicorp/terraform-provider-awscc#3295). Attempts are bounded, and
/// [`RateLimits`] keeps the pace.
macro_rules! client {
    ($sdk:ident, $region:expr, $endpoint:ident) => {{
        use $sdk::config::retry::{RetryPartition, TokenBucket};

        let mut config = $sdk::config::Builder::from(&$region.sdk)
            .retry_classifier(NeverForQuotas)
            .retry_partition(
                RetryPartition::custom(concat!("connect-", stringify!($endpoint)))
                    .token_bucket(TokenBucket::unlimited())
                    .build(),
            )
            .interceptor($region.user_agent.clone());
        if let Some(url) = &$region.endpoints.$endpoint {
            config = config.endpoint_url(url);
        }
        $sdk::Client::from_conf(config.build())
    }};
}

impl Region {
    pub(super) fn new(
        name: &str,
        sdk: &SdkConfig,
        endpoints: Endpoints,
        user_agent: UserAgent,
        limits: Arc<RateLimits>,
        lists_kept: Duration,
    ) -> Self {
        let region = aws_types::region::Region::new(name.to_owned());
        Self {
            name: name.to_owned(),
            sdk: sdk.to_builder().region(region).build(),
            endpoints,
            user_agent,
            limits,
            appflow: OnceLock::new(),
            appintegrations: OnceLock::new(),
            connect: OnceLock::new(),
            events: OnceLock::new(),
            swept_profiles: Sweep::new(lists_kept),
            swept_associations: Sweep::new(lists_kept),
            swept_rules: Sweep::new(lists_kept),
            swept_contact_flows: Sweep::new(lists_kept),
            swept_event_integrations: Sweep::new(lists_kept),
            swept_event_sources: Sweep::new(lists_kept),
            instances_refreshed: Mutex::default(),
        }
    }

    fn appflow(&self) -> &aws_sdk_appflow::Client {
        self.appflow.get_or_init(|| client!(aws_sdk_appflow, self, appflow))
    }

    fn appintegrations(&self) -> &aws_sdk_appintegrations::Client {
        self.appintegrations.get_or_init(|| client!(aws_sdk_appintegrations, self, appintegrations))
    }

    fn connect(&self) -> &aws_sdk_connect::Client {
        self.connect.get_or_init(|| client!(aws_sdk_connect, self, connect))
    }

    fn events(&self) -> &aws_sdk_eventbridge::Client {
        self.events.get_or_init(|| client!(aws_sdk_eventbridge, self, events))
    }
}

impl std::fmt::Debug for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Region").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::testing::{Answer, FakeAws};
    use crate::framework::error::Kind;

    #[tokio::test]
    async fn a_stop_ends_a_call_at_once_and_leaves_it_in_doubt() {
        let aws = FakeAws::answering([Answer::Silence]);
        let stop = CancellationToken::new();
        let session = aws.session_until(stop.clone());
        let start = Instant::now();
        let (error, ()) = tokio::join!(session.delete_flow("f"), async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            stop.cancel();
        });
        let error = error.expect_err("stopped");
        assert!(start.elapsed() < Duration::from_millis(500));
        assert_eq!((error.kind, error.operation), (Kind::Stopped, Some("appflow:DeleteFlow")));
        assert!(error.is_ambiguous());
        assert_eq!(aws.asked().len(), 1);
    }

    #[tokio::test]
    async fn after_a_stop_nothing_is_sent_but_lookups() {
        let aws = FakeAws::answering([Answer::Json(200, serde_json::json!({ "flowName": "f" }))]);
        let stop = CancellationToken::new();
        stop.cancel();
        let session = aws.session_until(stop);
        let error = session.describe_flow("f").await.expect_err("stopped");
        assert_eq!(error.message, "stopped before the request was sent");
        assert!(aws.asked().is_empty());
        let found = session.for_lookup().describe_flow("f").await;
        assert_eq!(found.expect("an answer").map(|flow| flow.name).as_deref(), Some("f"));
    }

    #[tokio::test]
    async fn a_lookup_does_not_outlive_a_stop_by_much() {
        let aws = FakeAws::answering([Answer::Silence]);
        let stop = CancellationToken::new();
        stop.cancel();
        let error = aws.session_until(stop).for_lookup().describe_flow("f").await;
        assert_eq!(error.expect_err("stopped").kind, Kind::Stopped);
        assert_eq!(aws.asked().len(), 1);
    }

    #[tokio::test]
    async fn requests_go_to_the_region_and_introduce_the_provider() {
        let aws = FakeAws::answering([Answer::Json(200, serde_json::json!({}))]).clone();
        let session = aws.aws().session(Some("eu-west-1"), CancellationToken::new());
        session.expect("a region").list_flows().await.expect("no flows");
        let asked = aws.only();
        assert_eq!(asked.line, "POST https://appflow.eu-west-1.amazonaws.com/list-flows");
        assert!(
            asked
                .user_agent
                .ends_with(concat!("terraform-provider-connect/", env!("CARGO_PKG_VERSION"))),
            "{}",
            asked.user_agent
        );
    }

    #[tokio::test]
    async fn what_is_no_region_is_refused() {
        let aws = FakeAws::default().aws();
        let error = aws.session(Some("mars"), CancellationToken::new()).expect_err("no region");
        assert_eq!(error.kind, Kind::Invalid);
    }
}
