//! The provider service: every RPC, guarded.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};
use tracing::Instrument;

use super::convert;
use super::proto::{self, provider_server};
use crate::framework::data_source::AnyDataSource;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::erased::AnyResource;
use crate::framework::error::{Error, Kind, Result as Outcome};
use crate::framework::provider::Provider;
use crate::framework::schema::Schema;

/// A provider behind tfplugin6.
pub struct Service<P: Provider> {
    pub(super) provider: P,
    pub(super) schema: Schema,
    pub(super) resources: BTreeMap<&'static str, Box<dyn AnyResource<P::Configured>>>,
    pub(super) data_sources: BTreeMap<&'static str, Box<dyn AnyDataSource<P::Configured>>>,
    configured: RwLock<Outcome<Arc<P::Configured>>>,
    stop: Mutex<CancellationToken>,
}

/// What an RPC does; an error becomes the answer's diagnostics.
type Call<T> = std::result::Result<T, Diagnostics>;
/// What tonic wants.
type Reply<T> = std::result::Result<Response<T>, Status>;

impl<P: Provider> Service<P> {
    /// A service that has not been configured yet.
    pub fn new(provider: P) -> Self {
        let resources = provider.resources();
        let data_sources = provider.data_sources();
        Self {
            schema: provider.schema(),
            resources: resources.into_iter().map(|any| (any.type_name(), any)).collect(),
            data_sources: data_sources.into_iter().map(|any| (any.type_name(), any)).collect(),
            configured: RwLock::new(Err(Error::new(
                Kind::Invalid,
                "the provider has not been configured",
            ))),
            stop: Mutex::default(),
            provider,
        }
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
    let outcome = AssertUnwindSafe(call).catch_unwind().instrument(span.clone()).await;
    let answer = match outcome {
        Ok(Ok(answer)) => answer,
        Ok(Err(diags)) => T::failed(convert::diagnostics(diags)),
        Err(_) => T::failed(convert::diagnostics(panicked(rpc))),
    };
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
        let name = request.into_inner().target_type_name;
        let call = async { Err(unsupported("moves from other resource types")) };
        guard("MoveResourceState", &name, call).await
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
        let name = request.into_inner().type_name;
        let call = async { Err(unsupported("configuration generator")) };
        guard("GenerateResourceConfig", &name, call).await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<proto::validate_ephemeral_resource_config::Request>,
    ) -> Reply<proto::validate_ephemeral_resource_config::Response> {
        let name = request.into_inner().type_name;
        let call = async { Err(unsupported("ephemeral resources")) };
        guard("ValidateEphemeralResourceConfig", &name, call).await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<proto::open_ephemeral_resource::Request>,
    ) -> Reply<proto::open_ephemeral_resource::Response> {
        let name = request.into_inner().type_name;
        let call = async { Err(unsupported("ephemeral resources")) };
        guard("OpenEphemeralResource", &name, call).await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<proto::renew_ephemeral_resource::Request>,
    ) -> Reply<proto::renew_ephemeral_resource::Response> {
        let name = request.into_inner().type_name;
        let call = async { Err(unsupported("ephemeral resources")) };
        guard("RenewEphemeralResource", &name, call).await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<proto::close_ephemeral_resource::Request>,
    ) -> Reply<proto::close_ephemeral_resource::Response> {
        let name = request.into_inner().type_name;
        let call = async { Err(unsupported("ephemeral resources")) };
        guard("CloseEphemeralResource", &name, call).await
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<proto::validate_list_resource_config::Request>,
    ) -> Reply<proto::validate_list_resource_config::Response> {
        let name = request.into_inner().type_name;
        let call = async { Err(unsupported("list resources")) };
        guard("ValidateListResourceConfig", &name, call).await
    }

    async fn get_functions(
        &self,
        _: Request<proto::get_functions::Request>,
    ) -> Reply<proto::get_functions::Response> {
        guard("GetFunctions", "", async { Ok(Default::default()) }).await
    }

    async fn call_function(
        &self,
        request: Request<proto::call_function::Request>,
    ) -> Reply<proto::call_function::Response> {
        let name = request.into_inner().name;
        let error = proto::FunctionError {
            text: format!("The provider has no function {name:?}."),
            function_argument: None,
        };
        Ok(Response::new(proto::call_function::Response { result: None, error: Some(error) }))
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
        _: Request<proto::validate_action_config::Request>,
    ) -> Reply<proto::validate_action_config::Response> {
        guard("ValidateActionConfig", "", async { Err(unsupported("actions")) }).await
    }

    async fn plan_action(
        &self,
        _: Request<proto::plan_action::Request>,
    ) -> Reply<proto::plan_action::Response> {
        guard("PlanAction", "", async { Err(unsupported("actions")) }).await
    }

    async fn invoke_action(
        &self,
        _: Request<proto::invoke_action::Request>,
    ) -> Reply<BoxStream<proto::invoke_action::Event>> {
        use proto::invoke_action::event::{Completed, Type};
        let diagnostics = convert::diagnostics(unsupported("actions"));
        let completed = Type::Completed(Completed { diagnostics });
        let event = proto::invoke_action::Event { r#type: Some(completed) };
        Ok(Response::new(Box::pin(tokio_stream::once(Ok(event)))))
    }
}
