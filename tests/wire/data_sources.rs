//! Every data source over the wire, on what the Connect console has made.

use serde_json::{Value as Json, json};
use terraform_provider_connect::framework::json;
use terraform_provider_connect::framework::provider::Provider as _;
use terraform_provider_connect::framework::value::Value;
use terraform_provider_connect::provider::Connect;

use crate::account::{Account, CONSOLE_NAME, INSTANCE, SOURCE};
use crate::core::Told;

/// Arguments for each, and a result with its value; null in place of a value is any but null.
fn table(made: &Json) -> Vec<(&'static str, Json, &'static str, Json)> {
    let flow = &made["flow"];
    let association = &made["integration_association_id"];
    vec![
        (
            "connect_contact_flow",
            json!({"instance_id": INSTANCE, "name": "Salesforce cases"}),
            "id",
            Json::Null,
        ),
        ("connect_flow_executions", json!({"flow_name": flow}), "executions", json!([])),
        ("connect_iam_policy", json!({"mode": "plan"}), "json", Json::Null),
        ("connect_instance", json!({"alias": "acme"}), "id", json!(INSTANCE)),
        (
            "connect_integration_health",
            json!({"integration_association_id": association}),
            "healthy",
            json!(false),
        ),
        ("connect_partner_event_source", json!({"name": SOURCE}), "state", json!("ACTIVE")),
        (
            "connect_salesforce_app_integration",
            json!({"instance_id": INSTANCE, "integration_association_id": association}),
            "event_source_name",
            json!(SOURCE),
        ),
        ("connect_salesforce_app_integrations", json!({}), "app_integrations", Json::Null),
        ("connect_salesforce_case_rules", json!({"instance_id": INSTANCE}), "names", json!([])),
        (
            "connect_salesforce_connection",
            json!({"name": CONSOLE_NAME}),
            "instance_url",
            json!("https://acme.my.salesforce.com"),
        ),
        ("connect_salesforce_connections", json!({}), "names", json!([CONSOLE_NAME])),
        (
            "connect_salesforce_entities",
            json!({"connection_name": CONSOLE_NAME, "object": "CaseChangeEvent"}),
            "change_data_capture_enabled",
            json!(true),
        ),
        ("connect_salesforce_event_flow", json!({"name": flow}), "status", json!("Active")),
        ("connect_salesforce_event_flows", json!({}), "names", json!([flow])),
    ]
}

async fn read(account: &Account, name: &str, arguments: &Json) -> (Value, Vec<Told>) {
    let ty = account.core.data_schema(name).ty();
    let config = json::decode(arguments, &ty).expect("it fits the schema");
    account.core.read_data(name, &config).await
}

#[tokio::test]
async fn every_data_source_reads_what_the_console_made() {
    let account = Account::start().await;
    let made = account.console();
    let table = table(&made);
    let mut offered: Vec<_> = Connect.data_sources().iter().map(|it| it.type_name()).collect();
    offered.sort_unstable();
    assert_eq!(table.iter().map(|row| row.0).collect::<Vec<_>>(), offered);
    for (name, arguments, result, expected) in table {
        let (value, diags) = read(&account, name, &arguments).await;
        assert_eq!(diags, [], "{name}");
        assert!(value.is_wholly_known() && !value.is_null(), "{name}: {value:?}");
        let found = json::encode(value.get(result));
        match expected {
            Json::Null => assert_ne!(found, Json::Null, "{name}.{result}"),
            expected => assert_eq!(found, expected, "{name}.{result}"),
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_an_error() {
    let account = Account::start().await;
    let absent = json!({"name": "absent"});
    for name in ["connect_salesforce_connection", "connect_salesforce_event_flow"] {
        let (value, diags) = read(&account, name, &absent).await;
        assert!(value.is_null() && diags.iter().any(|told| told.error), "{name}: {diags:?}");
    }
}
