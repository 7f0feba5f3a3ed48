//! Between value trees and the plain Rust structs that resources work with.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::error::{Error, Result};
use super::json;
use super::schema::{Block, Fallback, Kind, Nesting};
use super::types::Type;
use super::value::Value;

/// Reads a model from a value; unknown values arrive as if they were not set.
///
/// # Errors
/// A model that does not fit its schema, which is a bug.
pub fn decode<M: DeserializeOwned>(value: &Value) -> Result<M> {
    serde_json::from_value(json::encode(value)).map_err(|error| mismatch::<M>(&error))
}

/// Writes a model as a value of the schema's type; what the model lacks is null.
///
/// # Errors
/// A model that does not fit its schema, which is a bug.
pub fn encode<M: Serialize>(model: &M, ty: &Type) -> Result<Value> {
    let json: Json = serde_json::to_value(model).map_err(|error| mismatch::<M>(&error))?;
    json::decode(&json, ty)
        .map_err(|place| Error::bug(format!("{} has a field that is {place}", name::<M>())))
}

/// Serde's message can quote a value, so only developers see it.
fn mismatch<M>(error: &serde_json::Error) -> Error {
    let detail = if cfg!(debug_assertions) { error.to_string() } else { "wrong shape".into() };
    Error::bug(format!("the model {} does not fit its schema: {detail}", name::<M>()))
}

fn name<M>() -> &'static str {
    let path = std::any::type_name::<M>();
    path.rsplit("::").next().unwrap_or(path)
}

/// A plan with the write-only values of the configuration put in, for the resource's eyes only.
pub(super) fn with_write_only(block: &Block, planned: &Value, config: &Value) -> Value {
    let mut whole = planned.clone();
    for attribute in block.attributes.iter().filter(|attribute| attribute.write_only) {
        whole.put(&attribute.name, config.get(&attribute.name).clone());
    }
    whole
}

/// An import's stub with values where a model insists on some: fallbacks, or else empty ones, since
/// its reader looks only at the natural key.
pub(super) fn fill_stub(block: &Block, stub: &Value) -> Value {
    let mut filled = stub.clone();
    for attribute in &block.attributes {
        if !stub.get(&attribute.name).is_null() {
            continue;
        }
        let value = match (&attribute.fallback, &attribute.kind) {
            (Some(Fallback::Always(value) | Fallback::AtCreate(value)), _) => value.clone(),
            (None, _) if !attribute.required => continue,
            (None, Kind::Nested(Nesting::Single, block)) => fill_stub(block, &nothing(block)),
            (None, Kind::Nested(..)) => Value::List(Vec::new()),
            (None, Kind::Plain(ty)) => empty(ty),
        };
        filled.put(&attribute.name, value);
    }
    filled
}

/// An object of the block's type in which nothing is set.
pub(super) fn nothing(block: &Block) -> Value {
    json::decode(&Json::Object(serde_json::Map::new()), &block.ty()).unwrap_or(Value::Null)
}

fn empty(ty: &Type) -> Value {
    match ty {
        Type::Bool => Value::Bool(false),
        Type::Number => Value::from(0),
        Type::String => Value::from(""),
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => Value::List(Vec::new()),
        Type::Map(_) | Type::Object(_) | Type::Dynamic => Value::Map([].into()),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::framework::schema::Attribute;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Archive {
        name: String,
        days: Option<i64>,
    }

    fn ty() -> Type {
        Type::Object([("name".into(), Type::String), ("days".into(), Type::Number)].into())
    }

    #[test]
    fn models_are_plain_rust() {
        let value = Value::object([("name", "a".into()), ("days", Value::UNKNOWN)]);
        let model: Archive = decode(&value).expect("it fits");
        assert_eq!(model, Archive { name: "a".into(), days: None });
        let value = Value::object([("name", "a".into()), ("days", Value::Null)]);
        assert_eq!(encode(&model, &ty()), Ok(value));
    }

    #[test]
    fn an_import_stub_fits_a_model() {
        let block = Block::new(
            "",
            [
                Attribute::string("name").required(),
                Attribute::object("inner", [Attribute::bool("on").required()]).required(),
                Attribute::number("days").optional(),
                Attribute::bool("hot").or_always(true),
            ],
        );
        let stub = Value::object([("name", "a".into()), ("inner", Value::Null)]);
        let filled = fill_stub(&block, &stub);
        assert_eq!(filled.get("inner"), &Value::object([("on", Value::from(false))]));
        assert_eq!(filled.get("name"), &Value::from("a"));
        assert_eq!(filled.get("hot"), &Value::from(true));
        assert_eq!(filled.get("days"), &Value::Null);
    }
}
