//! A function, an ephemeral resource, a list and an action of the test provider.

use async_trait::async_trait;
use serde_json::{Value as Json, json};
use terraform_provider_connect::framework::action::{Action, AnyAction, ErasedAction, Progress};
use terraform_provider_connect::framework::context::Cx;
use terraform_provider_connect::framework::ephemeral::{
    AnyEphemeralResource, EphemeralResource, ErasedEphemeralResource,
};
use terraform_provider_connect::framework::error::{Error, Kind, Result};
use terraform_provider_connect::framework::function::{
    Function, FunctionError, Parameter, Signature,
};
use terraform_provider_connect::framework::list::{
    AnyListResource, ErasedListResource, Found, ListResource,
};
use terraform_provider_connect::framework::schema::{Attribute, Block, Schema};
use terraform_provider_connect::framework::types::Type;
use terraform_provider_connect::framework::validators::length;
use terraform_provider_connect::framework::value::Value;

use super::Configured;
use super::thing::THING;

pub(super) fn functions() -> Vec<Box<dyn Function>> {
    vec![Box::new(Repeat)]
}

pub(super) fn ephemeral_resources() -> Vec<Box<dyn AnyEphemeralResource<Configured>>> {
    vec![ErasedEphemeralResource::boxed(Pass)]
}

pub(super) fn list_resources() -> Vec<Box<dyn AnyListResource<Configured>>> {
    vec![ErasedListResource::boxed(Things)]
}

pub(super) fn actions() -> Vec<Box<dyn AnyAction<Configured>>> {
    vec![ErasedAction::boxed(Shake)]
}

struct Repeat;

impl Function for Repeat {
    fn name(&self) -> &'static str {
        "repeat"
    }

    fn signature(&self) -> Signature {
        Signature {
            summary: "Repeats a text.",
            doc: "",
            parameters: vec![
                Parameter { name: "text", ty: Type::String, doc: "" },
                Parameter { name: "times", ty: Type::Number, doc: "" },
            ],
            returns: Type::list(Type::String),
        }
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let [Value::String(text), Value::Number(times)] = arguments else {
            panic!("other arguments than parameters");
        };
        let Some(times) = times.as_i64().and_then(|times| usize::try_from(times).ok()) else {
            return Err(FunctionError::at(1, "Write a number of times."));
        };
        assert!(times < 1000, "as the test wants it");
        Ok(Value::List(vec![text.as_str().into(); times]))
    }
}

#[derive(Debug)]
struct Pass;

#[async_trait]
impl EphemeralResource<Configured> for Pass {
    type Model = Json;

    const TYPE: &'static str = "test_pass";

    fn schema(&self) -> Schema {
        Schema::new(Block::new(
            "",
            [
                Attribute::string("user").required().check(length(1..=40)),
                Attribute::string("pass").computed().sensitive(),
            ],
        ))
    }

    async fn open(&self, _: &Cx<Configured>, config: Json) -> Result<Json> {
        match config["user"].as_str() {
            Some("null") => Ok(Json::Null),
            Some("panic") => panic!("as the test wants it"),
            Some("nobody") => Err(Error::new(Kind::NotFound, "nobody is nobody").at("user")),
            user => Ok(json!({ "user": user, "pass": "s3cret-pass" })),
        }
    }
}

#[derive(Debug)]
struct Things;

#[async_trait]
impl ListResource<Configured> for Things {
    type Config = Json;

    const TYPE: &'static str = THING;

    fn schema(&self) -> Schema {
        Schema::new(Block::new("", [Attribute::string("prefix").optional().check(length(1..=9))]))
    }

    async fn list(&self, cx: &Cx<Configured>, config: Json, _: usize) -> Result<Vec<Found>> {
        let prefix = config["prefix"].as_str().unwrap_or_default();
        match prefix {
            "panic" => panic!("as the test wants it"),
            "denied" => return Err(Error::new(Kind::Denied, "not allowed")),
            "warn" => cx.warn("Not all were found", "Some are hidden."),
            _ => {}
        }
        let objects = cx.provider()?.world.objects();
        let names = objects.keys().filter(|name| prefix == "warn" || name.starts_with(prefix));
        let found = names.map(|name| Found {
            display_name: format!("the thing {name}"),
            key: [("name".to_owned(), name.as_str().into()), ("region".to_owned(), "here".into())]
                .into(),
        });
        Ok(found.collect())
    }
}

#[derive(Debug)]
struct Shake;

#[async_trait]
impl Action<Configured> for Shake {
    type Config = Json;

    const TYPE: &'static str = "test_shake";

    fn schema(&self) -> Schema {
        Schema::new(Block::new("", [Attribute::string("name").required().check(length(1..=9))]))
    }

    async fn invoke(&self, cx: &Cx<Configured>, config: Json, progress: &Progress) -> Result<()> {
        let world = &cx.provider()?.world;
        progress.say("shaking");
        match config["name"].as_str() {
            Some("panic") => panic!("as the test wants it"),
            Some("stuck") => return Err(Error::new(Kind::Conflict, "it is stuck")),
            Some("slow") => {
                world.begun.add_permits(1);
                tokio::select! {
                    permit = world.may_end.acquire() => permit.expect("never closed").forget(),
                    () = cx.stop().cancelled() => {
                        return Err(Error::new(Kind::Stopped, "interrupted"));
                    }
                }
            }
            _ => {}
        }
        progress.say("shaken");
        Ok(())
    }
}
