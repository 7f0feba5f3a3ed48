//! Plans: cases 42 to 52. Every plan here is also held to the oracle's rules, case 41.

use terraform_provider_connect::framework::oracle;
use terraform_provider_connect::framework::path::Path;
use terraform_provider_connect::framework::value::Value;
use terraform_provider_connect::protocol::proto;
use terraform_provider_connect::protocol::proto::provider_server::Provider as _;
use tonic::Request;

use crate::core::{Instance, has_errors, only_error, wire};
use crate::test_provider::thing::{THING, schema};
use crate::test_provider::{item, ready, thing};

const NOTHING: Instance = Instance { state: None, identity: None, private: Vec::new() };

fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    value.at(&Path::from(path))
}

fn named(given: &[(&str, Value)]) -> Value {
    let name = [("name", Value::from("a"))];
    thing(&name.iter().chain(given).cloned().collect::<Vec<_>>())
}

fn everything() -> Vec<(&'static str, Value)> {
    let set = |key: &str| Value::object([("key", key.into()), ("made", Value::Null)]);
    let rule = |key: &str| Value::object([("key", Value::from(key))]);
    let entry = |value: Value| Value::Map([("k".to_owned(), value)].into());
    vec![
        ("note", "n".into()),
        ("one", item("o")),
        ("list", Value::List(vec![item("a"), item("b")])),
        ("map", entry(item("m"))),
        ("set", Value::set(vec![set("x"), set("y")])),
        ("once", item("o")),
        ("item", Value::List(vec![item("a")])),
        ("slot", entry(item("s"))),
        ("rule", Value::set(vec![rule("x"), rule("y")])),
    ]
}

#[tokio::test]
async fn case_42_creation_leaves_open_what_the_provider_decides() {
    let (core, _) = ready().await;
    let plan = core.plan(THING, &named(&everything()), &NOTHING).await;
    assert_eq!(plan.diags, []);
    let planned = &plan.planned;
    assert_eq!(at(planned, "id"), &Value::UNKNOWN);
    assert_eq!(at(planned, "status"), &Value::UNKNOWN);
    assert_eq!(at(planned, "on"), &Value::from(true));
    assert_eq!(at(planned, "mode"), &Value::from("fast"));
    assert_eq!(at(planned, "size"), &Value::Null);
    for element in ["one", "list.1", "once", "item.0"] {
        assert_eq!(at(planned, &format!("{element}.op")), &Value::from("EQ"), "{element}");
        assert_eq!(at(planned, &format!("{element}.made")), &Value::UNKNOWN, "{element}");
        assert_eq!(at(planned, &format!("{element}.kept")), &Value::UNKNOWN, "{element}");
    }
    assert_eq!(planned.get("map").get("k").get("made"), &Value::UNKNOWN);
    assert!(plan.replace.is_empty());
}

#[tokio::test]
async fn case_43_an_unchanged_configuration_plans_no_change() {
    let (core, _) = ready().await;
    let config = named(&everything());
    let made = core.create(THING, &config).await;
    let plan = core.plan(THING, &config, &made).await;
    assert_eq!(plan.planned, made.value());
    assert!(plan.replace.is_empty());
    assert_eq!(plan.identity, made.identity);
}

#[tokio::test]
async fn case_44_a_change_leaves_open_only_what_may_change_with_it() {
    let (core, _) = ready().await;
    let made = core.create(THING, &named(&[])).await;
    let plan = core.plan(THING, &named(&[("note", "new".into())]), &made).await;
    assert_eq!(plan.planned.get("status"), &Value::UNKNOWN);
    assert_eq!(plan.planned.get("id"), made.value().get("id"));
    assert_eq!(plan.planned.get("mode"), &Value::from("fast"));
}

#[tokio::test]
async fn case_45_kept_values_stay_known_where_there_are_some() {
    let (core, _) = ready().await;
    let list = |keys: &[&str]| Value::List(keys.iter().map(|key| item(*key)).collect());
    let made = core.create(THING, &named(&[("list", list(&["a"]))])).await;
    let plan = core.plan(THING, &named(&[("list", list(&["b", "c"]))]), &made).await;
    // The first element was there, the second is new.
    assert_eq!(at(&plan.planned, "list.0.kept"), &Value::from("by the service"));
    assert_eq!(at(&plan.planned, "list.1.kept"), &Value::UNKNOWN);
    assert_eq!(at(&plan.planned, "list.0.made"), &Value::UNKNOWN);
    // Configured as unknown, it is not the provider's to keep.
    let plan = core.plan(THING, &named(&[("region", Value::UNKNOWN)]), &made).await;
    assert_eq!(plan.planned.get("region"), &Value::UNKNOWN);
}

#[tokio::test]
async fn case_46_replacement_is_wanted_for_what_changes() {
    let (core, _) = ready().await;
    let made = core.create(THING, &named(&[])).await;
    let renamed = thing(&[("name", "b".into())]);
    let first = core.plan(THING, &renamed, &made).await;
    assert_eq!(first.replace, ["name"]);
    // Core plans a second time, as if nothing were there.
    let again = Instance { state: None, identity: first.identity, private: first.private };
    let second = core.plan(THING, &renamed, &again).await;
    assert_eq!(second.planned.get("id"), &Value::UNKNOWN);
    assert!(second.replace.is_empty());
    // A computed value that is not configured does not replace.
    let plan = core.plan(THING, &named(&[("note", "new".into())]), &made).await;
    assert!(plan.replace.is_empty());
    let plan = core.plan(THING, &named(&[("region", "there".into())]), &made).await;
    assert_eq!(plan.replace, ["region"]);
}

#[tokio::test]
async fn case_46_replacements_are_sorted_and_said_once() {
    let (core, _) = ready().await;
    let made = core.create(THING, &named(&[])).await;
    let given =
        [("name", "b".into()), ("region", "there".into()), ("behaviour", "replace status".into())];
    let plan = core.plan(THING, &thing(&given), &made).await;
    assert_eq!(plan.replace, ["name", "region", "status"]);
}

#[tokio::test]
async fn case_46_a_replacement_for_no_path_is_a_bug() {
    let (core, _) = ready().await;
    let made = core.create(THING, &named(&[])).await;
    let config = named(&[("behaviour", "replace nowhere".into())]);
    let plan = core.plan(THING, &config, &made).await;
    let told = only_error(&plan.diags);
    assert_eq!(told.summary, "test_thing breaks Terraform's rule replace-path");
}

#[tokio::test]
async fn case_47_unknown_configuration_is_planned_as_unknown() {
    let (core, _) = ready().await;
    let made = core.create(THING, &named(&everything())).await;
    for prior in [NOTHING, made] {
        let names = ["note", "on", "mode", "any", "list", "one", "map", "set", "tags"];
        for name in names.into_iter().chain(["item", "slot", "rule"]) {
            let plan = core.plan(THING, &named(&[(name, Value::UNKNOWN)]), &prior).await;
            assert_eq!(plan.diags, []);
            assert_eq!(plan.planned.get(name), &Value::UNKNOWN, "{name}");
        }
    }
}

#[tokio::test]
async fn case_48_another_spelling_is_no_change() {
    let (core, _) = ready().await;
    let made = core.create(THING, &named(&[("json", "{}".into())])).await;
    let plan = core.plan(THING, &named(&[("json", " {} ".into())]), &made).await;
    assert_eq!(plan.planned, made.value());
}

#[tokio::test]
async fn case_49_deletion_can_be_warned_of() {
    let (core, _) = ready().await;
    let config = named(&[("behaviour", "warn before delete".into())]);
    let made = core.create(THING, &config).await;
    let plan = core.plan_destroy(THING, &made).await;
    assert_eq!(plan.planned, Value::Null);
    assert_eq!(plan.private, made.private);
    let [told] = &plan.diags[..] else { panic!("{:?}", plan.diags) };
    assert!(!told.error);
}

#[tokio::test]
async fn case_50_plans_are_the_same_every_time() {
    let (core, _) = ready().await;
    let config = named(&everything());
    let (one, two) =
        (core.plan(THING, &config, &NOTHING).await, core.plan(THING, &config, &NOTHING).await);
    assert_eq!(one.planned, two.planned);
    assert_eq!(one.private, two.private);
}

#[tokio::test]
async fn case_50_the_plan_at_apply_only_knows_more() {
    let (core, _) = ready().await;
    let shown = core.plan(THING, &named(&[("note", Value::UNKNOWN)]), &NOTHING).await;
    let last = core.plan(THING, &named(&[("note", "now".into())]), &NOTHING).await;
    assert_eq!(oracle::final_plan(&schema(), &shown.planned, &last.planned), []);
}

#[tokio::test]
async fn case_50_notes_travel_from_plan_to_apply_and_state() {
    let (core, _) = ready().await;
    let plan = core.plan(THING, &named(&[]), &NOTHING).await;
    assert!(String::from_utf8_lossy(&plan.private).contains("planned"));
    let made = core.apply(THING, &plan).await.new;
    let private = String::from_utf8_lossy(&made.private).into_owned();
    assert!(private.contains("planned") && private.contains("revision"), "{private}");
    assert_eq!(core.read(THING, &made).await.new.private, made.private);
}

#[tokio::test]
async fn case_51_write_only_values_reach_the_resource_and_nothing_else() {
    let (core, _) = ready().await;
    let given = [("token", "s3cret-token".into()), ("behaviour", "need token".into())];
    let plan = core.plan(THING, &named(&given), &NOTHING).await;
    assert_eq!(plan.planned.get("token"), &Value::Null);
    let made = core.apply(THING, &plan).await;
    assert_eq!(made.diags, []);
    assert_eq!(made.new.value().get("token"), &Value::Null);
    assert_eq!(core.read(THING, &made.new).await.new.value().get("token"), &Value::Null);
}

#[tokio::test]
async fn case_51_a_resource_that_keeps_them_is_cleaned_up_after() {
    let (core, _) = ready().await;
    let made = core.create(THING, &named(&[("behaviour", "keep token".into())])).await;
    assert_eq!(made.value().get("token"), &Value::Null);
}

#[tokio::test]
async fn case_52_nothing_is_deferred() {
    let (core, _) = ready().await;
    for deferral_allowed in [false, true] {
        let request = proto::plan_resource_change::Request {
            type_name: THING.into(),
            config: wire(&named(&[("region", Value::UNKNOWN)])),
            proposed_new_state: wire(&named(&[("region", Value::UNKNOWN)])),
            client_capabilities: Some(proto::ClientCapabilities {
                deferral_allowed,
                ..Default::default()
            }),
            ..Default::default()
        };
        let answer = core.service.plan_resource_change(Request::new(request)).await;
        let answer = answer.expect("no status").into_inner();
        assert_eq!((answer.deferred, answer.diagnostics), (None, vec![]));
    }
}

#[tokio::test]
async fn case_41_a_plan_of_the_resources_own_is_held_to_the_rules() {
    let (core, _) = ready().await;
    let config = named(&[("behaviour", "plan otherwise".into()), ("note", "n".into())]);
    let plan = core.plan(THING, &config, &NOTHING).await;
    let told = only_error(&plan.diags);
    assert_eq!(told.summary, "test_thing breaks Terraform's rule config-value");
    assert_eq!(told.path, "note");
    let config = named(&[("behaviour", "plan known id".into())]);
    let plan = core.plan(THING, &config, &NOTHING).await;
    assert_eq!((plan.diags.len(), plan.planned.get("id")), (0, &"id-known".into()));
}

#[tokio::test]
async fn failures_of_a_plan_are_told() {
    let (core, _) = ready().await;
    for behaviour in ["plan fail", "plan panic"] {
        let plan = core.plan(THING, &named(&[("behaviour", behaviour.into())]), &NOTHING).await;
        assert!(has_errors(&plan.diags), "{behaviour}");
    }
    let plan = core.plan(THING, &named(&[("behaviour", "plan warning".into())]), &NOTHING).await;
    assert!(!plan.diags.is_empty() && !has_errors(&plan.diags));
}
