//! Schemas as Terraform gets them: cases 31 to 38. The rules themselves are tested beside the
//! oracle.

use std::collections::BTreeSet;

use async_trait::async_trait;
use terraform_provider_connect::framework::data_source::AnyDataSource;
use terraform_provider_connect::framework::erased::{AnyResource, Erased};
use terraform_provider_connect::framework::provider::{Configuration, Provider};
use terraform_provider_connect::framework::schema::{Attribute, Block, Schema};
use terraform_provider_connect::framework::value::Value;
use terraform_provider_connect::protocol::proto::provider_server::Provider as Rpc;
use terraform_provider_connect::protocol::{Service, proto};
use terraform_provider_connect::provider::Connect;
use tonic::Request;

use crate::core::{Instance, told};
use crate::test_provider::thing::{THING, Thing};
use crate::test_provider::{Configured, TestProvider, ready, thing};

async fn schema(service: &impl Rpc) -> proto::get_provider_schema::Response {
    let request = Request::new(proto::get_provider_schema::Request {});
    service.get_provider_schema(request).await.expect("no status").into_inner()
}

async fn metadata(service: &impl Rpc) -> proto::get_metadata::Response {
    let request = Request::new(proto::get_metadata::Request {});
    service.get_metadata(request).await.expect("no status").into_inner()
}

/// A provider that was not thought through.
#[derive(Debug)]
struct Careless;

#[async_trait]
impl Provider for Careless {
    type Configured = Configured;

    fn schema(&self) -> Schema {
        Schema::new(Block::new("", [Attribute::string("alias").optional()]))
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource<Configured>>> {
        vec![Erased::boxed(Thing), Erased::boxed(Thing)]
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<Configured>>> {
        Vec::new()
    }

    async fn configure(&self, _: &Value) -> Configuration<Configured> {
        panic!("nobody configures it")
    }
}

#[tokio::test]
async fn case_31_bad_schemas_are_told_by_rule() {
    let answer = schema(&Service::new(Careless)).await;
    let told = told(answer.diagnostics);
    let summaries: Vec<&str> = told.iter().map(|told| told.summary.as_str()).collect();
    assert_eq!(
        summaries,
        [
            "the provider block breaks Terraform's rule reserved-name",
            "test_thing breaks Terraform's rule duplicate-type",
        ]
    );
    assert!(told.iter().all(|told| told.error));
}

#[tokio::test]
async fn case_31_both_providers_pass() {
    assert_eq!(schema(&Service::new(Connect)).await.diagnostics, []);
    assert_eq!(schema(&Service::new(TestProvider::default())).await.diagnostics, []);
}

#[tokio::test]
async fn case_32_attributes_have_a_type_or_a_nested_type() {
    let answers = [
        schema(&Service::new(Connect)).await,
        schema(&Service::new(TestProvider::default())).await,
    ];
    for schema in answers.iter().flat_map(|answer| answer.resource_schemas.values()) {
        check_attributes(&schema.block.as_ref().expect("a block").attributes);
    }
}

fn check_attributes(attributes: &[proto::schema::Attribute]) {
    assert!(!attributes.is_empty());
    for attribute in attributes {
        assert_eq!(attribute.r#type.is_empty(), attribute.nested_type.is_some(), "{attribute:?}");
        if let Some(nested) = &attribute.nested_type {
            check_attributes(&nested.attributes);
        }
    }
}

#[tokio::test]
async fn case_34_identities_say_how_they_are_imported() {
    let service = Service::new(Connect);
    let request = Request::new(proto::get_resource_identity_schemas::Request {});
    let answer = service.get_resource_identity_schemas(request).await.expect("no status");
    let answer = answer.into_inner();
    assert_eq!(answer.diagnostics, []);
    assert_eq!(answer.identity_schemas.len(), schema(&service).await.resource_schemas.len());
    for identity in answer.identity_schemas.values() {
        assert!(identity.identity_attributes.iter().any(|part| part.required_for_import));
        for part in &identity.identity_attributes {
            assert_ne!(part.required_for_import, part.optional_for_import);
            assert_eq!(part.r#type, br#""string""#);
        }
    }
}

#[tokio::test]
async fn case_34_types_without_identity_have_no_identity_schema() {
    let service = Service::new(TestProvider::default());
    let request = Request::new(proto::get_resource_identity_schemas::Request {});
    let answer = service.get_resource_identity_schemas(request).await.expect("no status");
    let names: Vec<String> = answer.into_inner().identity_schemas.into_keys().collect();
    assert_eq!(names, [THING]);
}

#[tokio::test]
async fn case_35_functions_say_what_they_return() {
    for answer in
        [schema(&Service::new(Connect)).await, schema(&Service::new(TestProvider::default())).await]
    {
        for function in answer.functions.values() {
            let returns = function.r#return.as_ref().expect("Terraform panics without");
            assert!(!returns.r#type.is_empty());
            assert!(function.parameters.iter().all(|parameter| !parameter.r#type.is_empty()));
        }
    }
}

#[tokio::test]
async fn case_36_metadata_lists_what_the_schema_has() {
    fn keys<V>(map: &std::collections::HashMap<String, V>) -> BTreeSet<&str> {
        map.keys().map(String::as_str).collect()
    }
    async fn check(service: &impl Rpc) {
        let (schema, metadata) = (schema(service).await, metadata(service).await);
        assert_eq!(schema.server_capabilities, metadata.server_capabilities);
        let resources = metadata.resources.iter().map(|it| it.type_name.as_str());
        assert_eq!(resources.collect::<BTreeSet<_>>(), keys(&schema.resource_schemas));
        let sources = metadata.data_sources.iter().map(|it| it.type_name.as_str());
        assert_eq!(sources.collect::<BTreeSet<_>>(), keys(&schema.data_source_schemas));
        let functions = metadata.functions.iter().map(|it| it.name.as_str());
        assert_eq!(functions.collect::<BTreeSet<_>>(), keys(&schema.functions));
        let ephemeral = metadata.ephemeral_resources.iter().map(|it| it.type_name.as_str());
        assert_eq!(ephemeral.collect::<BTreeSet<_>>(), keys(&schema.ephemeral_resource_schemas));
        let lists = metadata.list_resources.iter().map(|it| it.type_name.as_str());
        assert_eq!(lists.collect::<BTreeSet<_>>(), keys(&schema.list_resource_schemas));
        let actions = metadata.actions.iter().map(|it| it.type_name.as_str());
        assert_eq!(actions.collect::<BTreeSet<_>>(), keys(&schema.action_schemas));
        assert_eq!(metadata.state_stores, []);
        assert!(schema.state_store_schemas.is_empty());
    }
    check(&Service::new(Connect)).await;
    check(&Service::new(TestProvider::default())).await;
}

#[tokio::test]
async fn case_36_schemas_are_the_same_every_time() {
    let service = Service::new(Connect);
    assert_eq!(schema(&service).await, schema(&service).await);
    assert_eq!(schema(&service).await, schema(&Service::new(Connect)).await);
}

#[tokio::test]
async fn case_37_descriptions_are_markdown_and_deprecations_say_why() {
    let answer = schema(&Service::new(TestProvider::default())).await;
    let block = answer.resource_schemas[THING].block.clone().expect("a block");
    assert_eq!(block.description_kind(), proto::StringKind::Markdown);
    assert_eq!(block.description, "A thing.");
    let old = block.attributes.iter().find(|it| it.name == "old").expect("it is there");
    assert!(old.deprecated);
    assert_eq!(old.deprecation_message, "Use `note`.");
    assert_eq!(old.description_kind(), proto::StringKind::Markdown);
}

#[tokio::test]
async fn case_38_calls_do_not_wait_for_the_schema() {
    let (core, _) = ready().await;
    let config = thing(&[("name", "a".into())]);
    assert_eq!(core.validate(THING, &config).await, []);
    assert_eq!(core.plan(THING, &config, &Instance::default()).await.diags, []);
    assert!(!core.import(THING, "a").await.new.value().is_null());
}
