//! Changes and what they leave behind: cases 53 to 60.

use terraform_provider_connect::framework::value::Value;

use crate::core::{Answer, Core, Instance, has_errors, only_error};
use crate::test_provider::thing::THING;
use crate::test_provider::{TestProvider, item, ready, thing};

fn named(given: &[(&str, Value)]) -> Value {
    let name = [("name", Value::from("a"))];
    thing(&name.iter().chain(given).cloned().collect::<Vec<_>>())
}

async fn apply(core: &Core<TestProvider>, config: &Value, prior: &Instance) -> Answer {
    let plan = core.plan(THING, config, prior).await;
    assert!(!has_errors(&plan.diags), "{:?}", plan.diags);
    core.apply(THING, &plan).await
}

/// Creates a thing that behaves like this.
async fn create(behaviour: &str, given: &[(&str, Value)]) -> Answer {
    let (core, _) = ready().await;
    let behaviour = [("behaviour", Value::from(behaviour))];
    let config = named(&behaviour.iter().chain(given).cloned().collect::<Vec<_>>());
    apply(&core, &config, &Instance::default()).await
}

#[tokio::test]
async fn case_54_creation_update_and_deletion() {
    let (core, world) = ready().await;
    let made =
        apply(&core, &named(&[("list", Value::List(vec![item("k")]))]), &Instance::default()).await;
    assert_eq!(made.diags, []);
    let state = made.new.value();
    assert!(state.is_wholly_known());
    assert_eq!(state.get("id"), &Value::from("id-a"));
    assert_eq!(state.get("status"), &Value::from("ready-1"));
    let identity = Value::object([("name", Value::from("a")), ("region", "here".into())]);
    assert_eq!(made.new.identity, Some(identity.clone()));
    assert!(!made.new.private.is_empty());

    let changed = apply(&core, &named(&[("note", "new".into())]), &made.new).await;
    assert_eq!(changed.diags, []);
    assert_eq!(changed.new.value().get("status"), &Value::from("ready-2"));
    assert_eq!(changed.new.identity, Some(identity));

    let plan = core.plan_destroy(THING, &changed.new).await;
    let gone = core.apply(THING, &plan).await;
    assert_eq!(gone.diags, []);
    assert_eq!((gone.new.state, gone.new.identity), (None, None));
    assert_eq!(world.calls(), ["create a", "update a", "delete a"]);
    assert!(world.objects().is_empty());
}

#[tokio::test]
async fn case_55_what_the_resource_leaves_open_is_null_and_saved() {
    let made = create("forget", &[]).await;
    assert_eq!(made.diags, []);
    assert_eq!(made.new.value().get("id"), &Value::Null);
    assert!(made.new.value().is_wholly_known());
}

#[tokio::test]
async fn case_55_a_result_that_fits_no_schema_is_a_bug_and_nothing_is_lost() {
    let made = create("misfit", &[("note", "n".into())]).await;
    let told = only_error(&made.diags);
    assert!(told.detail.contains("This is a bug in the provider"), "{told:?}");
    let state = made.new.value();
    assert_eq!(state.get("note"), &Value::from("n"));
    assert!(state.is_wholly_known());
}

#[tokio::test]
async fn case_56_what_a_failed_creation_made_is_kept() {
    let made = create("fail late", &[("note", "n".into())]).await;
    let told = only_error(&made.diags);
    assert_eq!(told.summary, "creating test_thing (a)");
    assert!(told.detail.contains("marked as tainted"), "{told:?}");
    assert_eq!(made.new.value().get("id"), &Value::from("id-a"));
    assert_eq!(made.new.value().get("note"), &Value::from("n"));
    assert!(made.new.identity.is_some());
}

#[tokio::test]
async fn case_56_a_creation_that_made_nothing_leaves_nothing() {
    let made = create("fail", &[]).await;
    let told = only_error(&made.diags);
    assert_eq!(told.path, "note");
    assert!(told.detail.contains("Nothing was created."), "{told:?}");
    assert_eq!(made.new.state, None);
}

#[tokio::test]
async fn case_57_a_failed_update_keeps_the_state() {
    let (core, _) = ready().await;
    let made = core.create(THING, &named(&[])).await;
    let config = named(&[("behaviour", "fail".into()), ("note", "new".into())]);
    let failed = apply(&core, &config, &made).await;
    assert!(only_error(&failed.diags).detail.contains("The state is unchanged."));
    assert_eq!(failed.new.value(), made.value());
    assert_eq!(failed.new.identity, made.identity);
}

#[tokio::test]
async fn case_57_a_half_done_update_is_recorded() {
    let (core, _) = ready().await;
    let made = core.create(THING, &named(&[])).await;
    let given = [("behaviour", "update half".into()), ("note", "new".into()), ("size", 1.into())];
    let failed = apply(&core, &named(&given), &made).await;
    assert!(only_error(&failed.diags).detail.contains("The state shows what exists now."));
    assert_eq!(failed.new.value().get("note"), &Value::from("new"));
    assert_eq!(failed.new.value().get("size"), &Value::Null);
}

#[tokio::test]
async fn case_58_a_failed_deletion_keeps_the_state() {
    let (core, _) = ready().await;
    let made = core.create(THING, &named(&[("behaviour", "fail delete".into())])).await;
    let plan = core.plan_destroy(THING, &made).await;
    let failed = core.apply(THING, &plan).await;
    assert_eq!(only_error(&failed.diags).summary, "deleting test_thing (a)");
    assert_eq!(failed.new.value(), made.value());
    assert_eq!(failed.new.identity, made.identity);
}

#[tokio::test]
async fn case_58_a_created_object_is_not_forgotten() {
    let made = create("vanish", &[]).await;
    let told = only_error(&made.diags);
    assert_eq!(told.summary, "test_thing breaks Terraform's rule vanished");
}

#[tokio::test]
async fn case_59_the_plan_wins_over_what_the_resource_reports() {
    // AWS has written it another way: the next refresh shows it, this apply does not fail.
    let made = create("normalise", &[("note", "n".into())]).await;
    assert_eq!(made.diags, []);
    assert_eq!(made.new.value().get("note"), &Value::from("n"));
}

#[tokio::test]
async fn case_59_what_cannot_be_reconciled_is_noticed_before_core_does() {
    let made = create("drop elements", &[("list", Value::List(vec![item("k")]))]).await;
    let told = only_error(&made.diags);
    assert_eq!(told.summary, "test_thing breaks Terraform's rule element-count");
    assert_eq!(told.path, "list");
    // Terraform saves the object, tainted.
    assert!(made.new.state.is_some());
}

#[tokio::test]
async fn case_60_the_planned_spelling_stays() {
    let (core, world) = ready().await;
    let made = core.create(THING, &named(&[("json", " {}".into())])).await;
    world.objects().get_mut("a").expect("it exists")["json"] = "{} ".into();
    let read = core.read(THING, &made).await;
    assert_eq!(read.new.value(), made.value());
}

#[tokio::test]
async fn case_70_an_identity_that_changes_on_update_is_a_bug() {
    let (core, _) = ready().await;
    let made = core.create(THING, &named(&[("behaviour", "wander".into())])).await;
    let config = named(&[("behaviour", "wander".into()), ("note", "new".into())]);
    let changed = apply(&core, &config, &made).await;
    let told = only_error(&changed.diags);
    assert_eq!(told.summary, "test_thing breaks Terraform's rule identity-change");
}

#[tokio::test]
async fn case_70_an_identity_may_change_with_a_replacement() {
    let (core, _) = ready().await;
    let made = core.create(THING, &named(&[])).await;
    let plan = core.plan(THING, &thing(&[("name", "b".into())]), &made).await;
    assert_eq!(plan.diags, []);
    assert_eq!(plan.replace, ["name"]);
}
