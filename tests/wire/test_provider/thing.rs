//! `test_thing`: every kind of attribute and block there is.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value as Json, json};
use terraform_provider_connect::framework::context::Cx;
use terraform_provider_connect::framework::diagnostics::Diagnostics;
use terraform_provider_connect::framework::error::{Error, Kind, Result};
use terraform_provider_connect::framework::identity::{IdentityAttribute, IdentitySchema};
use terraform_provider_connect::framework::plan::Plan;
use terraform_provider_connect::framework::resource::{
    Applied, Failed, ImportId, OrKeep as _, Resource,
};
use terraform_provider_connect::framework::schema::{
    Attribute, Block, Kind as AttributeKind, NestedBlock, Nesting, Schema,
};
use terraform_provider_connect::framework::timeouts::Timeouts;
use terraform_provider_connect::framework::types::Type;
use terraform_provider_connect::framework::validators::length;
use terraform_provider_connect::framework::value::Value;

use super::{Configured, World};

pub(crate) const THING: &str = "test_thing";

/// The resource type. Its model is whatever the schema says, so that it can be wrong, too.
#[derive(Debug)]
pub(crate) struct Thing;

const TIMEOUTS: Timeouts = Timeouts {
    create: Duration::from_mins(1),
    update: Duration::from_mins(1),
    delete: Duration::from_mins(1),
};

pub(crate) fn schema() -> Schema {
    let nested = |name: &str, nesting, element| {
        let kind = AttributeKind::Nested(nesting, Block::new("", element));
        Attribute { kind, ..Attribute::bool(name).optional() }
    };
    let block = |name: &str, nesting, attributes: Vec<Attribute>| NestedBlock {
        name: name.to_owned(),
        nesting,
        block: Block::new("", attributes),
        max_items: 0,
    };
    let mut old = Attribute::string("old").optional();
    old.deprecated = Some("Use `note`.".to_owned());
    let attributes = [
        Attribute::string("name").required().replaces().check(length(1..=40)),
        Attribute::string("behaviour").optional().doc("How it misbehaves."),
        Attribute::string("note").optional(),
        Attribute::string("json")
            .optional()
            .equal(|one, other| one.as_str().map(str::trim) == other.as_str().map(str::trim)),
        Attribute::bool("on").or_always(true),
        Attribute::string("mode").or_at_create("fast"),
        Attribute::number("size").optional(),
        Attribute::set_of_strings("tags").optional(),
        Attribute::map_of_strings("labels").optional(),
        Attribute::list_of_strings("hosts").optional(),
        Attribute::new("any", Type::Dynamic).optional(),
        Attribute::string("token").write_only(),
        Attribute::string("secret").sensitive().optional(),
        old,
        nested("one", Nesting::Single, element()),
        nested("list", Nesting::List, element()),
        nested("map", Nesting::Map, element()),
        nested("set", Nesting::Set, vec![key(), Attribute::string("made").computed()]),
        Attribute::string("region").optional().computed().keeps().replaces(),
        Attribute::string("id").computed().keeps(),
        Attribute::string("status").computed(),
    ];
    let block = Block::new("A thing.", attributes)
        .block(block("once", Nesting::Single, element()))
        .block(block("item", Nesting::List, element()))
        .block(block("slot", Nesting::Map, element()))
        .block(block("rule", Nesting::Set, vec![key()]))
        .block(TIMEOUTS.block());
    Schema { version: 2, ..Schema::new(block) }
}

fn key() -> Attribute {
    Attribute::string("key").required().check(length(1..=5))
}

fn element() -> Vec<Attribute> {
    vec![
        key(),
        Attribute::string("op").or_at_create("EQ"),
        Attribute::string("made").computed(),
        Attribute::string("kept").computed().keeps(),
    ]
}

fn text<'a>(model: &'a Json, name: &str) -> &'a str {
    model[name].as_str().unwrap_or_default()
}

/// What the service makes of a plan: it fills in all that the provider computes.
fn made(plan: &Json, count: usize) -> Json {
    let mut made = plan.clone();
    made["id"] = json!(format!("id-{}", text(plan, "name")));
    made["status"] = json!(format!("ready-{count}"));
    if plan["region"].is_null() {
        made["region"] = json!("here");
    }
    for name in ["one", "list", "map", "set", "once", "item", "slot"] {
        fill(&mut made[name]);
    }
    made
}

fn fill(value: &mut Json) {
    match value {
        Json::Array(elements) => elements.iter_mut().for_each(fill),
        Json::Object(object) if object.contains_key("made") => {
            for name in ["made", "kept"] {
                if object.get(name).is_some_and(Json::is_null) {
                    object.insert(name.to_owned(), json!("by the service"));
                }
            }
        }
        Json::Object(entries) => entries.values_mut().for_each(fill),
        _ => {}
    }
}

async fn wait(cx: &Cx<Configured>, world: &World) -> Result<()> {
    world.begun.add_permits(1);
    tokio::select! {
        permit = world.may_end.acquire() => {
            permit.expect("it is never closed").forget();
            Ok(())
        }
        () = cx.stop().cancelled() => Err(Error::new(Kind::Stopped, "interrupted")),
    }
}

/// The result of a change, right or wrong, as the configuration wants it.
async fn act(cx: &Cx<Configured>, plan: &Json, made: Json) -> Applied<Json> {
    let world = &cx.provider()?.world;
    let mut made = made;
    match text(plan, "behaviour") {
        "panic" => panic!("as the test wants it: {}", text(plan, "secret")),
        "fail" => return Err(Error::new(Kind::Denied, "not allowed").at("note").into()),
        "slow" => wait(cx, world).await?,
        _ => {}
    }
    world.objects().insert(text(plan, "name").to_owned(), made.clone());
    match text(plan, "behaviour") {
        "fail late" => Err(Error::new(Kind::Unavailable, "half done")).or_keep(&made),
        "slow late" => {
            wait(cx, world).await.or_keep(&made)?;
            Ok(made)
        }
        "normalise" => {
            made["note"] = json!(text(plan, "note").to_uppercase());
            Ok(made)
        }
        "forget" => {
            made["id"] = Json::Null;
            Ok(made)
        }
        "misfit" => {
            made["status"] = json!(["not a text"]);
            Ok(made)
        }
        "vanish" => Ok(Json::Null),
        "drop elements" => {
            made["list"] = json!([]);
            Ok(made)
        }
        "keep token" => {
            made["token"] = json!("s3cret-token");
            Ok(made)
        }
        _ => {
            cx.private().set("revision", text(&made, "status"));
            Ok(made)
        }
    }
}

#[async_trait]
impl Resource<Configured> for Thing {
    type Model = Json;

    const TYPE: &'static str = THING;

    const TIMEOUTS: Timeouts = TIMEOUTS;

    fn schema(&self) -> Schema {
        schema()
    }

    fn identity(&self) -> IdentitySchema {
        IdentitySchema::new([
            IdentityAttribute::required("name", "Its name."),
            IdentityAttribute::optional("region", "Its region."),
        ])
    }

    fn identify(&self, state: &Value) -> BTreeMap<String, Value> {
        let part = |name: &str| (name.to_owned(), state.get(name).clone());
        // A wandering thing is another one whenever its status is another one.
        let name = match state.get("behaviour").as_str() {
            Some("wander") => ("name".to_owned(), state.get("status").clone()),
            _ => part("name"),
        };
        BTreeMap::from([name, part("region")])
    }

    fn validate(&self, config: &Value, diags: &mut Diagnostics) {
        if config.get("note").as_str() == Some("forbidden") {
            diags.error_at("note", "Forbidden note", "Write something else.");
        }
    }

    async fn plan(&self, cx: &Cx<Configured>, plan: &mut Plan<'_>) -> Result<()> {
        let (config, create) = (plan.config, plan.is_create());
        match config.get("behaviour").as_str() {
            Some("plan otherwise") => plan.set("note", "otherwise".into()),
            Some("plan known id") if create => plan.set("id", "id-known".into()),
            Some("replace nowhere") => plan.replace("nonsense"),
            Some("replace status") => plan.replace("status"),
            Some("plan panic") => panic!("as the test wants it"),
            Some("plan fail") => return Err(Error::new(Kind::Denied, "not allowed")),
            Some("plan warning") => cx.warn_at("note", "A warning", "It may rain."),
            _ => {}
        }
        if create {
            cx.private().set("planned", true);
        }
        Ok(())
    }

    async fn plan_destroy(&self, _: &Cx<Configured>, state: &Json, diags: &mut Diagnostics) {
        if text(state, "behaviour") == "warn before delete" {
            diags.warning("It will be gone", "Really.");
        }
    }

    async fn create(&self, cx: &Cx<Configured>, plan: Json) -> Applied<Json> {
        let configured = cx.provider()?;
        configured.world.note("create", text(&plan, "name"));
        if text(&plan, "behaviour") == "need token"
            && plan["token"].as_str() != Some("s3cret-token")
        {
            return Err(Error::new(Kind::Invalid, "the token was not handed over").into());
        }
        let made = made(&plan, 1);
        act(cx, &plan, made).await
    }

    async fn read(&self, cx: &Cx<Configured>, state: Json) -> Result<Option<Json>> {
        let world = &cx.provider()?.world;
        world.note("read", text(&state, "name"));
        world.check_read()?;
        let found = world.objects().get(text(&state, "name")).cloned();
        Ok(found)
    }

    async fn update(&self, cx: &Cx<Configured>, state: Json, plan: Json) -> Applied<Json> {
        cx.provider()?.world.note("update", text(&plan, "name"));
        if text(&plan, "behaviour") == "update half" {
            let half = json!({ "note": plan["note"] });
            let mut left = state;
            left["note"] = half["note"].clone();
            return Err(Failed {
                error: Error::new(Kind::Unavailable, "half done"),
                left: Some(Box::new(left)),
            });
        }
        let made = made(&plan, 2);
        act(cx, &plan, made).await
    }

    async fn delete(&self, cx: &Cx<Configured>, state: Json) -> Applied<(), Json> {
        let world = &cx.provider()?.world;
        world.note("delete", text(&state, "name"));
        match text(&state, "behaviour") {
            "fail delete" => return Err(Error::new(Kind::Conflict, "in use").into()),
            "panic delete" => panic!("as the test wants it"),
            _ => {}
        }
        world.objects().remove(text(&state, "name"));
        Ok(())
    }

    fn generate(&self, _: &Cx<Configured>, _: &Value, config: &mut Value) {
        config.put("behaviour", Value::Null);
    }

    fn take_over(&self, source_type: &str, state: &Json) -> Option<BTreeMap<String, Value>> {
        let name = state["title"].as_str()?;
        (source_type == "other_thing").then(|| BTreeMap::from([("name".into(), name.into())]))
    }

    fn upgrades(&self) -> &'static [fn(Json) -> Json] {
        &[
            // Version 0 had a title for a name.
            |mut state| {
                state["name"] = state["title"].take();
                state
            },
            // Version 1 counted its size in thousands.
            |mut state| {
                state["size"] =
                    state["size"].as_i64().map_or(Json::Null, |size| json!(size * 1000));
                state
            },
        ]
    }

    fn import(&self, id: &ImportId) -> Result<BTreeMap<String, Value>> {
        let name = match id {
            ImportId::Text(name) => Some(name),
            ImportId::Identity(parts) => parts.get("name"),
        };
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return Err(Error::new(Kind::Invalid, "the import id has no name").at("name"));
        };
        let region = match id {
            ImportId::Identity(parts) => parts.get("region"),
            ImportId::Text(_) => None,
        };
        let mut key = BTreeMap::from([("name".to_owned(), Value::from(name.as_str()))]);
        key.extend(region.map(|region| ("region".to_owned(), Value::from(region.as_str()))));
        Ok(key)
    }
}
