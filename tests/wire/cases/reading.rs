//! Reads and imports: cases 61 to 66.

use serde_json::json;
use terraform_provider_connect::framework::error::Kind;
use terraform_provider_connect::framework::value::Value;

use crate::core::{Instance, object, only_error};
use crate::test_provider::thing::THING;
use crate::test_provider::{item, ready, thing};

fn named(given: &[(&str, Value)]) -> Value {
    let name = [("name", Value::from("a"))];
    thing(&name.iter().chain(given).cloned().collect::<Vec<_>>())
}

#[tokio::test]
async fn case_61_what_is_gone_is_dropped_without_a_word() {
    let (core, world) = ready().await;
    let made = core.create(THING, &named(&[])).await;
    world.objects().clear();
    let read = core.read(THING, &made).await;
    assert_eq!((read.new.state, read.diags), (None, vec![]));
}

#[tokio::test]
async fn case_61_what_cannot_be_read_stays() {
    let (core, world) = ready().await;
    let made = core.create(THING, &named(&[])).await;
    for kind in [Kind::Unavailable, Kind::Denied, Kind::Throttled, Kind::Ambiguous] {
        world.fail_next_read(kind);
        let read = core.read(THING, &made).await;
        assert_eq!(only_error(&read.diags).summary, "reading test_thing (a)");
        assert_eq!(read.new, made);
    }
}

#[tokio::test]
async fn case_61_notes_and_identity_come_back() {
    let (core, _) = ready().await;
    let made = core.create(THING, &named(&[])).await;
    assert!(!made.private.is_empty() && made.identity.is_some());
    assert_eq!(core.read(THING, &made).await.new, made);
}

#[tokio::test]
async fn case_62_drift_shows() {
    let (core, world) = ready().await;
    let made = core.create(THING, &named(&[("note", "n".into()), ("json", "{}".into())])).await;
    {
        let mut objects = world.objects();
        let remote = objects.get_mut("a").expect("it exists");
        remote["note"] = json!("drifted");
        remote["json"] = json!(" {}");
    }
    let state = core.read(THING, &made).await.new.value();
    assert_eq!(state.get("note"), &Value::from("drifted"));
    assert_eq!(state.get("json"), &Value::from("{}"));
}

#[tokio::test]
async fn case_63_data_sources_have_whole_results() {
    let (core, _) = ready().await;
    let config = |name: &str| object(core.data_schema("test_lookup"), &[("name", name.into())]);
    let (found, diags) = core.read_data("test_lookup", &config("x")).await;
    assert_eq!(diags, []);
    assert_eq!(found.get("found"), &Value::from("yes"));

    let (_, diags) = core.read_data("test_lookup", &config("null")).await;
    let summary = "test_lookup breaks Terraform's rule data-source-result";
    assert_eq!(only_error(&diags).summary, summary);
    let (_, diags) = core.read_data("test_lookup", &config("misfit")).await;
    assert!(only_error(&diags).detail.contains("This is a bug in the provider"));
    let (_, diags) = core.read_data("test_lookup", &config("missing")).await;
    assert_eq!(only_error(&diags).path, "name");
    let (_, diags) = core.read_data("test_lookup", &config("panic")).await;
    assert_eq!(only_error(&diags).summary, "The provider has a bug");
}

#[tokio::test]
async fn case_64_an_import_is_a_stub_to_be_read() {
    let (core, _) = ready().await;
    let given = [("list", Value::List(vec![item("k")])), ("token", "s3cret-token".into())];
    let made = core.create(THING, &named(&given)).await;
    let stub = core.import(THING, "a").await;
    assert_eq!(stub.diags, []);
    assert_eq!(stub.new.value().get("name"), &Value::from("a"));
    assert_eq!(stub.new.value().get("token"), &Value::Null);
    let read = core.read(THING, &stub.new).await;
    assert_eq!(read.diags, []);
    assert_eq!(read.new.value(), made.value());
    assert_eq!(read.new.identity, made.identity);
}

#[tokio::test]
async fn case_64_an_import_of_nothing_is_null_at_the_read() {
    let (core, _) = ready().await;
    let stub = core.import(THING, "nothing").await.new;
    let read = core.read(THING, &stub).await;
    assert_eq!((read.new.state, read.diags), (None, vec![]));
}

#[tokio::test]
async fn case_64_imports_that_cannot_be_are_refused() {
    let (core, _) = ready().await;
    let refused = core.import("test_plain", "a").await;
    assert_eq!(only_error(&refused.diags).summary, "importing test_plain");
    assert_eq!(only_error(&core.import(THING, "").await.diags).path, "name");
}

#[tokio::test]
async fn case_65_an_import_by_identity_returns_it() {
    let (core, _) = ready().await;
    let made = core.create(THING, &named(&[])).await;
    let whole = Value::object([("name", Value::from("a")), ("region", "here".into())]);
    let stub = core.import_identity(THING, &whole).await;
    assert_eq!(stub.new.identity, Some(whole));
    assert_eq!(core.read(THING, &stub.new).await.new.value(), made.value());

    let part = Value::object([("name", Value::from("a")), ("region", Value::Null)]);
    let stub = core.import_identity(THING, &part).await;
    assert_eq!(stub.new.identity, Some(part));
    assert_eq!(core.read(THING, &stub.new).await.new.identity, made.identity);
}

#[tokio::test]
async fn case_65_an_identity_needs_its_required_parts() {
    let (core, _) = ready().await;
    let part = Value::object([("name", Value::Null), ("region", "here".into())]);
    let refused = core.import_identity(THING, &part).await;
    assert_eq!(only_error(&refused.diags).path, "name");
}

#[tokio::test]
async fn case_66_an_import_plans_no_change() {
    let (core, _) = ready().await;
    let given = [
        ("note", "n".into()),
        ("json", "{}".into()),
        ("mode", "slow".into()),
        ("list", Value::List(vec![item("k")])),
        ("item", Value::List(vec![item("k")])),
    ];
    let config = named(&given);
    core.create(THING, &config).await;
    let stub = core.import(THING, "a").await.new;
    let imported = core.read(THING, &stub).await.new;
    let plan = core.plan(THING, &config, &imported).await;
    assert_eq!(plan.planned, imported.value());
}

#[tokio::test]
async fn case_66_a_state_reads_as_itself() {
    let (core, _) = ready().await;
    let plain = object(core.schema("test_plain"), &[("text", "x".into())]);
    let made = core.create("test_plain", &plain).await;
    assert_eq!(made, Instance::of(plain));
    assert_eq!(core.read("test_plain", &made).await.new, made);
}
