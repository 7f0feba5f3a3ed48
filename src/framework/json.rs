//! Values as JSON: how state files and the models of resources hold them.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::number::Number;
use super::path::Path;
use super::types::Type;
use super::value::Value;

/// Reads a value of a known type.
///
/// It is as tolerant as state upgrades need: attributes the type does not have are dropped,
/// missing ones are null, and text, numbers and booleans stand in for each other.
///
/// # Errors
/// JSON that cannot be of this type; the message names the place, never the content.
pub fn decode(json: &Json, ty: &Type) -> Result<Value, String> {
    decode_at(json, ty, &Path::ROOT)
}

fn decode_at(json: &Json, ty: &Type, path: &Path) -> Result<Value, String> {
    let mismatch = || Err(format!("{}: not a {}", place(path), ty.to_json()));
    match (ty, json) {
        (_, Json::Null) => Ok(Value::Null),
        (Type::Dynamic, Json::Object(wrapper)) => {
            let (Some(ty), Some(inner)) = (wrapper.get("type"), wrapper.get("value")) else {
                return Err(format!("{}: a dynamic value lacks its type", place(path)));
            };
            let ty = Type::from_json(ty).map_err(|reason| format!("{}: {reason}", place(path)))?;
            let inner = decode_at(inner, &ty, path)?;
            Ok(Value::Dynamic(Box::new(ty), Box::new(inner)))
        }
        (Type::Bool, Json::Bool(boolean)) => Ok(Value::Bool(*boolean)),
        (Type::Bool, Json::String(text)) => match text.as_str() {
            "true" | "1" => Ok(Value::Bool(true)),
            "false" | "0" => Ok(Value::Bool(false)),
            _ => mismatch(),
        },
        (Type::Number, Json::Number(number)) => parse_number(&number.to_string(), path),
        (Type::Number, Json::String(text)) => parse_number(text, path),
        (Type::String, Json::String(text)) => Ok(Value::String(text.clone())),
        (Type::String, Json::Bool(boolean)) => Ok(Value::String(boolean.to_string())),
        (Type::String, Json::Number(number)) => Ok(Value::String(number.to_string())),
        (Type::List(element), Json::Array(items)) => {
            decode_elements(items, |_| element, path).map(Value::List)
        }
        (Type::Set(element), Json::Array(items)) => {
            decode_elements(items, |_| element, path).map(Value::set)
        }
        (Type::Tuple(elements), Json::Array(items)) if elements.len() == items.len() => {
            decode_elements(items, |index| &elements[index], path).map(Value::Tuple)
        }
        (Type::Map(element), Json::Object(entries)) => entries
            .iter()
            .map(|(key, json)| Ok((key.clone(), decode_at(json, element, &path.key(key))?)))
            .collect::<Result<_, String>>()
            .map(Value::Map),
        (Type::Object(attributes), Json::Object(entries)) => attributes
            .iter()
            .map(|(name, ty)| {
                let json = entries.get(name).unwrap_or(&Json::Null);
                Ok((name.clone(), decode_at(json, ty, &path.dot(name))?))
            })
            .collect::<Result<_, String>>()
            .map(Value::Object),
        _ => mismatch(),
    }
}

fn decode_elements<'t>(
    items: &[Json],
    ty: impl Fn(usize) -> &'t Type,
    path: &Path,
) -> Result<Vec<Value>, String> {
    items
        .iter()
        .enumerate()
        .map(|(index, json)| decode_at(json, ty(index), &path.index(index)))
        .collect()
}

fn parse_number(text: &str, path: &Path) -> Result<Value, String> {
    Number::parse(text).map(Value::Number).map_err(|reason| format!("{}: {reason}", place(path)))
}

fn place(path: &Path) -> String {
    if path.0.is_empty() { "value".to_owned() } else { path.to_string() }
}

/// Writes a value; what is unknown becomes null.
pub fn encode(value: &Value) -> Json {
    match value {
        Value::Null | Value::Unknown(_) => Json::Null,
        Value::Bool(boolean) => Json::Bool(*boolean),
        Value::Number(number) => serde_json::from_str(&number.to_string()).unwrap_or(Json::Null),
        Value::String(text) => Json::String(text.clone()),
        Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) => {
            Json::Array(elements.iter().map(encode).collect())
        }
        Value::Map(entries) | Value::Object(entries) => encode_entries(entries),
        Value::Dynamic(ty, value) => Json::Object(Map::from_iter([
            ("type".to_owned(), ty.to_json()),
            ("value".to_owned(), encode(value)),
        ])),
    }
}

fn encode_entries(entries: &BTreeMap<String, Value>) -> Json {
    Json::Object(entries.iter().map(|(key, value)| (key.clone(), encode(value))).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(attributes: &[(&str, Type)]) -> Type {
        Type::Object(attributes.iter().map(|(name, ty)| ((*name).to_owned(), ty.clone())).collect())
    }

    #[test]
    fn a_state_of_another_version_is_read_as_far_as_it_goes() {
        let ty = object(&[("new", Type::String), ("count", Type::Number), ("on", Type::Bool)]);
        let value = decode(&json!({"old": 1, "count": "2", "on": "true"}), &ty);
        assert_eq!(
            value,
            Ok(Value::object([
                ("new", Value::Null),
                ("count", Value::from(2)),
                ("on", Value::from(true)),
            ]))
        );
    }

    #[test]
    fn numbers_keep_their_digits() {
        let json: Json = serde_json::from_str("123456789012345678901234567890.5").expect("JSON");
        let value = decode(&json, &Type::Number).expect("a number");
        assert_eq!(encode(&value).to_string(), "123456789012345678901234567890.5");
    }

    #[test]
    fn an_error_names_the_place_and_not_the_content() {
        let ty = object(&[("token", Type::list(Type::Bool))]);
        let error = decode(&json!({"token": ["s3cret"]}), &ty).expect_err("no boolean");
        assert_eq!(error, r#"token[0]: not a "bool""#);
    }

    #[test]
    fn dynamic_values_carry_their_type() {
        let json = json!({"type": ["list", "string"], "value": ["a"]});
        let value = decode(&json, &Type::Dynamic).expect("a dynamic value");
        assert_eq!(encode(&value), json);
    }
}
