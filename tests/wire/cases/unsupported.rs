//! Abilities that a provider lacks, and names that nobody has heard of: case 79.

use terraform_provider_connect::framework::value::Value;
use terraform_provider_connect::protocol::proto;
use terraform_provider_connect::protocol::proto::provider_server::Provider as _;
use tokio_stream::StreamExt as _;
use tonic::{Code, Request};

use crate::core::{only_error, told, wire};
use crate::test_provider::ready;

const UNHEARD: &str = "test_unheard_of";

/// Asks for what is not there, and checks that exactly one error says so.
macro_rules! refused {
    ($core:ident.$rpc:ident($module:ident { $($field:ident: $value:expr),* $(,)? })) => {{
        #[allow(clippy::needless_update, reason = "some requests have no more fields")]
        let request = proto::$module::Request { $($field: $value,)* ..Default::default() };
        let answer = $core.service.$rpc(Request::new(request)).await.expect("no status");
        let answer = answer.into_inner();
        only_error(&told(answer.diagnostics.clone()));
        answer
    }};
}

#[tokio::test]
async fn case_79_types_that_are_not_there_are_refused() {
    let (core, _) = ready().await;
    let type_name = || UNHEARD.to_owned();
    refused!(core.validate_resource_config(validate_resource_config { type_name: type_name() }));
    refused!(core.upgrade_resource_state(upgrade_resource_state { type_name: type_name() }));
    refused!(core.upgrade_resource_identity(upgrade_resource_identity { type_name: type_name() }));
    refused!(core.read_resource(read_resource { type_name: type_name() }));
    refused!(core.plan_resource_change(plan_resource_change { type_name: type_name() }));
    refused!(core.apply_resource_change(apply_resource_change { type_name: type_name() }));
    refused!(core.import_resource_state(import_resource_state { type_name: type_name() }));
    refused!(core.move_resource_state(move_resource_state { target_type_name: type_name() }));
    refused!(core.generate_resource_config(generate_resource_config { type_name: type_name() }));
    refused!(
        core.validate_data_resource_config(validate_data_resource_config {
            type_name: type_name()
        })
    );
    refused!(core.read_data_source(read_data_source { type_name: type_name() }));
    refused!(core.validate_ephemeral_resource_config(validate_ephemeral_resource_config {
        type_name: type_name()
    }));
    refused!(core.open_ephemeral_resource(open_ephemeral_resource { type_name: type_name() }));
    refused!(core.renew_ephemeral_resource(renew_ephemeral_resource { type_name: type_name() }));
    refused!(core.close_ephemeral_resource(close_ephemeral_resource { type_name: type_name() }));
    refused!(
        core.validate_list_resource_config(validate_list_resource_config {
            type_name: type_name()
        })
    );
    refused!(core.validate_action_config(validate_action_config { type_name: type_name() }));
    refused!(core.plan_action(plan_action { action_type: type_name() }));
}

#[tokio::test]
async fn case_79_streams_of_what_is_not_there_end_with_an_error() {
    let (core, _) = ready().await;
    let request = proto::list_resource::Request { type_name: UNHEARD.into(), ..Default::default() };
    let answer = core.service.list_resource(Request::new(request)).await.expect("no status");
    let events: Vec<_> = answer.into_inner().collect().await;
    let [Ok(event)] = &events[..] else { panic!("{events:?}") };
    only_error(&told(event.diagnostic.clone()));

    let request = proto::invoke_action::Request {
        action_type: UNHEARD.into(),
        config: wire(&Value::Null),
        ..Default::default()
    };
    let answer = core.service.invoke_action(Request::new(request)).await.expect("no status");
    let events: Vec<_> = answer.into_inner().collect().await;
    let [Ok(event)] = &events[..] else { panic!("{events:?}") };
    let Some(proto::invoke_action::event::Type::Completed(completed)) = &event.r#type else {
        panic!("{event:?}");
    };
    only_error(&told(completed.diagnostics.clone()));
}

#[tokio::test]
async fn case_79_state_stores_are_refused() {
    let (core, _) = ready().await;
    refused!(core.validate_state_store_config(validate_state_store {}));
    refused!(core.lock_state(lock_state {}));
    refused!(core.unlock_state(unlock_state {}));
    refused!(core.get_states(get_states {}));
    refused!(core.delete_state(delete_state {}));
    // Terraform reads the capabilities of a refusal, too.
    let answer = refused!(core.configure_state_store(configure_state_store {}));
    assert!(answer.capabilities.is_some());
    let request = Request::new(proto::read_state_bytes::Request::default());
    let status = core.service.read_state_bytes(request).await.err().expect("not implemented");
    assert_eq!(status.code(), Code::Unimplemented);
}
