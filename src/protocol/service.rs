//! The provider service: every RPC, guarded.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};
use tracing::Instrument;

use super::proto::{self, provider_server};
use super::{actions, convert, faults, lists};
use crate::framework::action::AnyAction;
use crate::framework::data_source::AnyDataSource;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::ephemeral::AnyEphemeralResource;
use crate::framework::erased::AnyResource;
use crate::framework::error::{Error, Kind, Result as Outcome};
use crate::framework::function::Function;
use crate::framework::list::AnyListResource;
use crate::framework::provider::Provider;
use crate::framework::schema::Schema;

/// A provider behind tfplugin6. Cheap to clone: streams outlive the call that opened them.
pub struct Service<P: Provider>(Arc<Offer<P>>);

/// What a provider offers, by name, and how far it is configured.
pub struct Offer<P: Provider> {
    pub(super) provider: P,
    pub(super) schema: Schema,
    pub(super) resources: BTreeMap<&'static str, Box<dyn AnyResource<P::Configured>>>,
    pub(super) data_sources: BTreeMap<&'static str, Box<dyn AnyDataSource<P::Configured>>>,
    pub(super) functions: BTreeMap<&'static str, Box<dyn Function>>,
    pub(super) ephemeral_resources:
        BTreeMap<&'static str, Box<dyn AnyEphemeralResource<P::Configured>>>,
    pub(super) list_resources: BTreeMap<&'static str, Box<dyn AnyListResource<P::Configured>>>,
    pub(super) actions: BTreeMap<&'static str, Box<dyn AnyAction<P::Configured>>>,
    /// What is wrong with all that, as far as this is a debug build.
    pub(super) faults: Diagnostics,
    configured: RwLock<Outcome<Arc<P::Configured>>>,
    stop: Mutex<CancellationToken>,
}

/// What an RPC does; an error becomes the answer's diagnostics.
pub(super) type Call<T> = std::result::Result<T, Diagnostics>;
/// What tonic wants.
type Reply<T> = std::result::Result<Response<T>, Status>;

impl<P: Provider> Service<P> {
    /// A service that has not been configured yet.
    pub fn new(provider: P) -> Self {
        let resources = provider.resources();
        let data_sources = provider.data_sources();
        let functions = provider.functions();
        let ephemeral_resources = provider.ephemeral_resources();
        let list_resources = provider.list_resources();
        let actions = provider.actions();
        Self(Arc::new(Offer {
            schema: provider.schema(),
            resources: resources.into_iter().map(|any| (any.type_name(), any)).collect(),
            data_sources: data_sources.into_iter().map(|any| (any.type_name(), any)).collect(),
            functions: functions.into_iter().map(|any| (any.name(), any)).collect(),
            ephemeral_resources: ephemeral_resources
                .into_iter()
                .map(|any| (any.type_name(), any))
                .collect(),
            list_resources: list_resources.into_iter().map(|any| (any.type_name(), any)).collect(),
            actions: actions.into_iter().map(|any| (any.type_name(), any)).collect(),
            faults: if cfg!(debug_assertions) {
                faults::find(&provider)
            } else {
                Diagnostics::new()
            },
            configured: RwLock::new(Err(Error::new(
                Kind::Invalid,
                "the provider has not been configured",
            ))),
            stop: Mutex::default(),
            provider,
        }))
    }

    /// What `configure` made, or why there is nothing.
    pub(super) fn configured(&self) -> Outcome<Arc<P::Configured>> {
        self.configured.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_configured(&self, configured: Outcome<Arc<P::Configured>>) {
        *self.configured.write().unwrap_or_else(PoisonError::into_inner) = configured;
    }

    /// The signal that ends what is in flight when Terraform asks to stop.
    pub(super) fn stop_signal(&self) -> CancellationToken {
        self.stop.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stops what is in flight. Calls that come later are not concerned: Terraform still closes
    /// and saves after a stop.
    fn stop(&self) {
        let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *stop).cancel();
    }

    pub(super) fn resource(&self, name: &str) -> Call<&dyn AnyResource<P::Configured>> {
        self.resources.get(name).map(AsRef::as_ref).ok_or_else(|| unknown("resource type", name))
    }

    pub(super) fn data_source(&self, name: &str) -> Call<&dyn AnyDataSource<P::Configured>> {
        self.data_sources.get(name).map(AsRef::as_ref).ok_or_else(|| unknown("data source", name))
    }

    pub(super) fn ephemeral_resource(
        &self,
        name: &str,
    ) -> Call<&dyn AnyEphemeralResource<P::Configured>> {
        let found = self.ephemeral_resources.get(name).map(AsRef::as_ref);
        found.ok_or_else(|| unknown("ephemeral resource", name))
    }

    pub(super) fn list_resource(&self, name: &str) -> Call<&dyn AnyListResource<P::Configured>> {
        let found = self.list_resources.get(name).map(AsRef::as_ref);
        found.ok_or_else(|| unknown("list resource", name))
    }

    pub(super) fn action(&self, name: &str) -> Call<&dyn AnyAction<P::Configured>> {
        self.actions.get(name).map(AsRef::as_ref).ok_or_else(|| unknown("action", name))
    }
}

impl<P: Provider> Clone for Service<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P: Provider> Deref for Service<P> {
    type Target = Offer<P>;

    fn deref(&self) -> &Offer<P> {
        &self.0
    }
}

impl<P: Provider> fmt::Debug for Offer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offer").field("resources", &self.resources.keys()).finish_non_exhaustive()
    }
}

impl<P: Provider> fmt::Debug for Service<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("resources", &self.resources.keys()).finish_non_exhaustive()
    }
}

fn unknown(what: &str, name: &str) -> Diagnostics {
    let mut diags = Diagnostics::new();
    diags.error(
        format!("Unknown {what} {name:?}"),
        format!("This version of the provider has no {what} of that name."),
    );
    diags
}

fn unsupported(what: &str) -> Diagnostics {
    let mut diags = Diagnostics::new();
    diags.error(
        format!("The provider has no {what}"),
        format!("This version of the provider does not offer {what}."),
    );
    diags
}

/// An answer that can carry diagnostics.
trait Answer: Default {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self;

    fn diagnostics(&self) -> &[proto::Diagnostic];
}

macro_rules! answers {
    ($($message:ident),+ $(,)?) => {$(
        impl Answer for proto::$message::Response {
            #[allow(clippy::needless_update, reason = "some answers are diagnostics alone")]
            fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
                Self { diagnostics, ..Default::default() }
            }

            fn diagnostics(&self) -> &[proto::Diagnostic] {
                &self.diagnostics
            }
        }
    )+};
}

answers!(
    apply_resource_change,
    close_ephemeral_resource,
    configure_provider,
    configure_state_store,
    delete_state,
    generate_resource_config,
    get_functions,
    get_metadata,
    get_provider_schema,
    get_resource_identity_schemas,
    get_states,
    import_resource_state,
    lock_state,
    move_resource_state,
    open_ephemeral_resource,
    plan_action,
    plan_resource_change,
    read_data_source,
    read_resource,
    renew_ephemeral_resource,
    unlock_state,
    upgrade_resource_identity,
    upgrade_resource_state,
    validate_action_config,
    validate_data_resource_config,
    validate_ephemeral_resource_config,
    validate_list_resource_config,
    validate_provider_config,
    validate_resource_config,
    validate_state_store,
);

/// Runs one call: logged, and with a panic as a diagnostic of this call alone.
async fn guard<T: Answer>(
    rpc: &'static str,
    of: &str,
    call: impl Future<Output = Call<T>>,
) -> Reply<T> {
    let id = uuid::Uuid::new_v4();
    let span = tracing::info_span!("rpc", tf_rpc = rpc, tf_req_id = %id, tf_resource_type = of);
    let start = Instant::now();
    let outcome = isolate(rpc, call).instrument(span.clone()).await;
    let answer = outcome.unwrap_or_else(|diags| T::failed(convert::diagnostics(diags)));
    let elapsed = start.elapsed().as_secs_f64() * 1000.0;
    span.in_scope(|| {
        tracing::debug!(
            tf_req_duration_ms = elapsed,
            diagnostic_count = answer.diagnostics().len(),
            "answered"
        );
    });
    Ok(Response::new(answer))
}

/// Keeps a panic to the call that it happened in.
async fn isolate<T>(rpc: &str, call: impl Future<Output = Call<T>>) -> Call<T> {
    AssertUnwindSafe(call).catch_unwind().await.unwrap_or_else(|_| Err(panicked(rpc)))
}

/// The panic's text is on stderr, where the hook put it; it may quote values, so it is not here.
fn panicked(rpc: &str) -> Diagnostics {
    let error = Error::bug(format!("the provider failed in {rpc}"));
    error.diagnose("The provider has a bug").into()
}

#[tonic::async_trait]
impl<P: Provider> provider_server::Provider for Service<P> {
    async fn get_metadata(
        &self,
        _: Request<proto::get_metadata::Request>,
    ) -> Reply<proto::get_metadata::Response> {
        guard("GetMetadata", "", async { Ok(self.metadata()) }).await
    }

    async fn get_provider_schema(
        &self,
        _: Request<proto::get_provider_schema::Request>,
    ) -> Reply<proto::get_provider_schema::Response> {
        guard("GetProviderSchema", "", async { Ok(self.provider_schema()) }).await
    }

    async fn validate_provider_config(
        &self,
        request: Request<proto::validate_provider_config::Request>,
    ) -> Reply<proto::validate_provider_config::Response> {
        let request = request.into_inner();
        guard("ValidateProviderConfig", "", async { self.validate_provider(&request) }).await
    }

    async fn configure_provider(
        &self,
        request: Request<proto::configure_provider::Request>,
    ) -> Reply<proto::configure_provider::Response> {
        let request = request.into_inner();
        guard("ConfigureProvider", "", self.configure(&request)).await
    }

    async fn validate_resource_config(
        &self,
        request: Request<proto::validate_resource_config::Request>,
    ) -> Reply<proto::validate_resource_config::Response> {
        let request = request.into_inner();
        let call = async { self.validate_resource(&request) };
        guard("ValidateResourceConfig", &request.type_name, call).await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<proto::upgrade_resource_state::Request>,
    ) -> Reply<proto::upgrade_resource_state::Response> {
        let request = request.into_inner();
        let call = async { self.upgrade_state(&request) };
        guard("UpgradeResourceState", &request.type_name, call).await
    }

    async fn get_resource_identity_schemas(
        &self,
        _: Request<proto::get_resource_identity_schemas::Request>,
    ) -> Reply<proto::get_resource_identity_schemas::Response> {
        guard("GetResourceIdentitySchemas", "", async { Ok(self.identity_schemas()) }).await
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<proto::upgrade_resource_identity::Request>,
    ) -> Reply<proto::upgrade_resource_identity::Response> {
        let request = request.into_inner();
        let call = async { self.upgrade_identity(&request) };
        guard("UpgradeResourceIdentity", &request.type_name, call).await
    }

    async fn read_resource(
        &self,
        request: Request<proto::read_resource::Request>,
    ) -> Reply<proto::read_resource::Response> {
        let request = request.into_inner();
        guard("ReadResource", &request.type_name, self.read(&request)).await
    }

    async fn plan_resource_change(
        &self,
        request: Request<proto::plan_resource_change::Request>,
    ) -> Reply<proto::plan_resource_change::Response> {
        let request = request.into_inner();
        guard("PlanResourceChange", &request.type_name, self.plan(&request)).await
    }

    async fn apply_resource_change(
        &self,
        request: Request<proto::apply_resource_change::Request>,
    ) -> Reply<proto::apply_resource_change::Response> {
        let request = request.into_inner();
        guard("ApplyResourceChange", &request.type_name, self.apply(&request)).await
    }

    async fn import_resource_state(
        &self,
        request: Request<proto::import_resource_state::Request>,
    ) -> Reply<proto::import_resource_state::Response> {
        let request = request.into_inner();
        let call = async { self.import(&request) };
        guard("ImportResourceState", &request.type_name, call).await
    }

    async fn move_resource_state(
        &self,
        request: Request<proto::move_resource_state::Request>,
    ) -> Reply<proto::move_resource_state::Response> {
        let request = request.into_inner();
        let call = async { self.move_state(&request) };
        guard("MoveResourceState", &request.target_type_name, call).await
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<proto::validate_data_resource_config::Request>,
    ) -> Reply<proto::validate_data_resource_config::Response> {
        let request = request.into_inner();
        let call = async { self.validate_data_source(&request) };
        guard("ValidateDataResourceConfig", &request.type_name, call).await
    }

    async fn read_data_source(
        &self,
        request: Request<proto::read_data_source::Request>,
    ) -> Reply<proto::read_data_source::Response> {
        let request = request.into_inner();
        guard("ReadDataSource", &request.type_name, self.fetch_data_source(&request)).await
    }

    async fn stop_provider(
        &self,
        _: Request<proto::stop_provider::Request>,
    ) -> Reply<proto::stop_provider::Response> {
        tracing::info!(tf_rpc = "StopProvider", "stopping the calls in flight");
        self.stop();
        Ok(Response::new(proto::stop_provider::Response::default()))
    }

    async fn generate_resource_config(
        &self,
        request: Request<proto::generate_resource_config::Request>,
    ) -> Reply<proto::generate_resource_config::Response> {
        let request = request.into_inner();
        let call = async { self.generate_config(&request) };
        guard("GenerateResourceConfig", &request.type_name, call).await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<proto::validate_ephemeral_resource_config::Request>,
    ) -> Reply<proto::validate_ephemeral_resource_config::Response> {
        let request = request.into_inner();
        let call = async { self.validate_ephemeral(&request) };
        guard("ValidateEphemeralResourceConfig", &request.type_name, call).await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<proto::open_ephemeral_resource::Request>,
    ) -> Reply<proto::open_ephemeral_resource::Response> {
        let request = request.into_inner();
        guard("OpenEphemeralResource", &request.type_name, self.open_ephemeral(&request)).await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<proto::renew_ephemeral_resource::Request>,
    ) -> Reply<proto::renew_ephemeral_resource::Response> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        guard("RenewEphemeralResource", &name, async { self.renew_ephemeral(request) }).await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<proto::close_ephemeral_resource::Request>,
    ) -> Reply<proto::close_ephemeral_resource::Response> {
        let request = request.into_inner();
        let call = async { self.close_ephemeral(&request) };
        guard("CloseEphemeralResource", &request.type_name, call).await
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<proto::validate_list_resource_config::Request>,
    ) -> Reply<proto::validate_list_resource_config::Response> {
        let request = request.into_inner();
        let call = async { self.validate_list(&request) };
        guard("ValidateListResourceConfig", &request.type_name, call).await
    }

    async fn list_resource(
        &self,
        request: Request<proto::list_resource::Request>,
    ) -> Reply<BoxStream<proto::list_resource::Event>> {
        let (service, request) = (self.clone(), request.into_inner());
        let (sender, events) = lists::channel();
        tokio::spawn(async move {
            let listing = isolate("ListResource", service.send_list(&request, &sender));
            let ended = tokio::select! {
                () = sender.closed() => Ok(()),
                ended = listing => ended,
            };
            if let Err(diags) = ended {
                let _ = sender.send(Ok(lists::failure(diags))).await;
            }
        });
        Ok(Response::new(Box::pin(events)))
    }

    async fn get_functions(
        &self,
        _: Request<proto::get_functions::Request>,
    ) -> Reply<proto::get_functions::Response> {
        let functions = self.function_signatures();
        let answer = proto::get_functions::Response { functions, diagnostics: Vec::new() };
        guard("GetFunctions", "", async { Ok(answer) }).await
    }

    async fn call_function(
        &self,
        request: Request<proto::call_function::Request>,
    ) -> Reply<proto::call_function::Response> {
        let request = request.into_inner();
        let call = async { Ok(self.call(&request)) };
        let answer = isolate("CallFunction", call).await.unwrap_or_else(|_| {
            let error = proto::FunctionError {
                text: "The function failed, which is a bug in the provider.".to_owned(),
                function_argument: None,
            };
            proto::call_function::Response { result: None, error: Some(error) }
        });
        Ok(Response::new(answer))
    }

    async fn validate_state_store_config(
        &self,
        _: Request<proto::validate_state_store::Request>,
    ) -> Reply<proto::validate_state_store::Response> {
        guard("ValidateStateStoreConfig", "", async { Err(unsupported("state stores")) }).await
    }

    async fn configure_state_store(
        &self,
        request: Request<proto::configure_state_store::Request>,
    ) -> Reply<proto::configure_state_store::Response> {
        // Terraform reads the capabilities even of a refusal, and does not survive their absence.
        let chunk_size = request.into_inner().capabilities.map_or(0, |client| client.chunk_size);
        Ok(Response::new(proto::configure_state_store::Response {
            diagnostics: convert::diagnostics(unsupported("state stores")),
            capabilities: Some(proto::StateStoreServerCapabilities { chunk_size }),
        }))
    }

    async fn lock_state(
        &self,
        _: Request<proto::lock_state::Request>,
    ) -> Reply<proto::lock_state::Response> {
        guard("LockState", "", async { Err(unsupported("state stores")) }).await
    }

    async fn unlock_state(
        &self,
        _: Request<proto::unlock_state::Request>,
    ) -> Reply<proto::unlock_state::Response> {
        guard("UnlockState", "", async { Err(unsupported("state stores")) }).await
    }

    async fn get_states(
        &self,
        _: Request<proto::get_states::Request>,
    ) -> Reply<proto::get_states::Response> {
        guard("GetStates", "", async { Err(unsupported("state stores")) }).await
    }

    async fn delete_state(
        &self,
        _: Request<proto::delete_state::Request>,
    ) -> Reply<proto::delete_state::Response> {
        guard("DeleteState", "", async { Err(unsupported("state stores")) }).await
    }

    async fn validate_action_config(
        &self,
        request: Request<proto::validate_action_config::Request>,
    ) -> Reply<proto::validate_action_config::Response> {
        let request = request.into_inner();
        let call = async { self.validate_action(&request) };
        guard("ValidateActionConfig", &request.type_name, call).await
    }

    async fn plan_action(
        &self,
        request: Request<proto::plan_action::Request>,
    ) -> Reply<proto::plan_action::Response> {
        let request = request.into_inner();
        let call = async { self.check_action(&request) };
        guard("PlanAction", &request.action_type, call).await
    }

    async fn invoke_action(
        &self,
        request: Request<proto::invoke_action::Request>,
    ) -> Reply<BoxStream<proto::invoke_action::Event>> {
        let (service, request) = (self.clone(), request.into_inner());
        let (sender, events) = actions::channel();
        tokio::spawn(async move {
            let acting = isolate("InvokeAction", service.carry_out(&request, &sender));
            let done = tokio::select! {
                () = sender.closed() => return,
                done = acting => done,
            };
            sender.complete(done.unwrap_or_else(|diags| diags));
        });
        Ok(Response::new(Box::pin(events)))
    }
}
