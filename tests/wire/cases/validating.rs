//! Configurations and what is wrong with them: cases 39, 40, 51, 77 and 78.

use terraform_provider_connect::framework::value::Value;
use terraform_provider_connect::protocol::proto;
use terraform_provider_connect::protocol::proto::provider_server::Provider as _;
use tonic::Request;

use crate::core::{Core, Told, only_error, wire};
use crate::test_provider::thing::THING;
use crate::test_provider::{TestProvider, item, ready, thing};

fn block(label: impl Into<Value>) -> Value {
    Value::object([("label", label.into()), ("refuse", Value::Null)])
}

async fn label_seen(core: &Core<TestProvider>) -> (Value, Vec<Told>) {
    let schema = core.data_schema("test_lookup").clone();
    let config = crate::core::object(&schema, &[("name", "x".into())]);
    let (found, diags) = core.read_data("test_lookup", &config).await;
    (found.get("label").clone(), diags)
}

#[tokio::test]
async fn case_39_the_provider_block_may_be_unknown() {
    let core = Core::new(TestProvider::default());
    assert_eq!(core.validate_provider(&block(Value::UNKNOWN)).await, []);
    assert_eq!(core.configure(&block(Value::UNKNOWN)).await, []);
    // Only who needs it hears of it.
    let (_, diags) = label_seen(&core).await;
    assert_eq!(only_error(&diags).detail, "The label is not known.");
}

#[tokio::test]
async fn case_39_configuring_again_replaces_the_first() {
    let core = Core::new(TestProvider::default());
    for label in ["one", "two"] {
        assert_eq!(core.configure(&block(label)).await, []);
        assert_eq!(label_seen(&core).await, (label.into(), vec![]));
    }
}

#[tokio::test]
async fn case_39_calls_before_configuration_are_refused() {
    let core = Core::new(TestProvider::default());
    let (_, diags) = label_seen(&core).await;
    assert_eq!(only_error(&diags).detail, "The provider has not been configured.");
}

#[tokio::test]
async fn case_39_a_refused_configuration_points_at_its_argument() {
    let core = Core::new(TestProvider::default());
    let config = Value::object([("label", Value::Null), ("refuse", true.into())]);
    let diags = core.configure(&config).await;
    assert_eq!(only_error(&diags).path, "refuse");
    let diags = core.validate_provider(&block("a label that is too long")).await;
    assert_eq!(only_error(&diags).path, "label");
}

#[tokio::test]
async fn case_40_unknown_values_are_checked_once_they_are_known() {
    let (core, _) = ready().await;
    assert_eq!(core.validate(THING, &thing(&[("name", Value::UNKNOWN)])).await, []);
    let diags = core.validate(THING, &thing(&[("name", "".into())])).await;
    let told = only_error(&diags);
    assert_eq!(told.path, "name");
    assert_eq!(told.detail, "`name` must be 1 to 40 characters long.");
}

#[tokio::test]
async fn case_40_paths_lead_to_the_very_value_and_so_does_the_text() {
    let (core, _) = ready().await;
    let bad = || item("too long");
    let entry = |value: Value| Value::Map([("k".to_owned(), value)].into());
    let in_set = Value::object([("key", "too long".into()), ("made", Value::Null)]);
    for (name, value, path) in [
        ("one", bad(), "one.key"),
        ("list", Value::List(vec![item("ok"), bad()]), "list[1].key"),
        ("map", entry(bad()), r#"map["k"].key"#),
        ("once", bad(), "once.key"),
        ("item", Value::List(vec![item("ok"), bad()]), "item[1].key"),
        ("slot", entry(bad()), r#"slot["k"].key"#),
        // A path cannot name an element of a set, so it ends there.
        ("set", Value::set(vec![in_set]), "set"),
    ] {
        let diags = core.validate(THING, &thing(&[("name", "a".into()), (name, value)])).await;
        let told = only_error(&diags);
        assert_eq!(told.path, path);
        // Cores before 1.15 show a wrong line for a path into an argument, or none.
        let place = if name == "set" { "set.key" } else { path };
        assert_eq!(told.summary, format!("Invalid {place}"));
    }
}

#[tokio::test]
async fn case_40_the_resources_own_checks_run_too() {
    let (core, _) = ready().await;
    let config = thing(&[("name", "a".into()), ("note", "forbidden".into())]);
    assert_eq!(only_error(&core.validate(THING, &config).await).path, "note");
}

#[tokio::test]
async fn case_40_deprecated_arguments_are_warned_of() {
    let (core, _) = ready().await;
    let config = thing(&[("name", "a".into()), ("old", "x".into())]);
    let diags = core.validate(THING, &config).await;
    let [told] = &diags[..] else { panic!("{diags:?}") };
    assert_eq!((told.error, told.path.as_str()), (false, "old"));
}

#[tokio::test]
async fn case_51_older_cores_are_refused_write_only_values() {
    let (core, _) = ready().await;
    let with = thing(&[("name", "a".into()), ("token", "s3cret-token".into())]);
    assert_eq!(core.validate(THING, &with).await, []);
    let without = thing(&[("name", "a".into())]);
    assert_eq!(core.validate_as(THING, &without, None).await, []);
    let diags = core.validate_as(THING, &with, None).await;
    assert_eq!(only_error(&diags).path, "token");
}

#[tokio::test]
async fn case_77_provider_meta_is_neither_needed_nor_in_the_way() {
    let (core, _) = ready().await;
    let schema = core.data_schema("test_lookup").clone();
    let config = crate::core::object(&schema, &[("name", "x".into())]);
    for provider_meta in [None, wire(&Value::Null), wire(&Value::object([("m", Value::from(1))]))] {
        let request = proto::read_data_source::Request {
            type_name: "test_lookup".into(),
            config: wire(&config),
            provider_meta,
            client_capabilities: None,
        };
        let answer = core.service.read_data_source(Request::new(request)).await;
        assert_eq!(answer.expect("no status").into_inner().diagnostics, []);
    }
}

#[tokio::test]
async fn case_78_messages_do_not_quote_secrets() {
    let (core, _) = ready().await;
    let secrets = [("token", "s3cret-token".into()), ("secret", "s3cret-kept".into())];
    for behaviour in ["panic", "fail", "misfit", "keep token", "drop elements", "normalise"] {
        let mut given = vec![
            ("name", Value::from("a")),
            ("behaviour", behaviour.into()),
            ("note", "n".into()),
            ("list", Value::List(vec![item("a")])),
        ];
        given.extend(secrets.clone());
        let plan = core.plan(THING, &thing(&given), &Default::default()).await;
        let answer = core.apply(THING, &plan).await;
        let told = format!("{:?}{:?}", plan.diags, answer.diags);
        assert!(!told.contains("s3cret"), "{behaviour}: {told}");
    }
}
