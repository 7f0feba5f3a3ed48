//! The types of Terraform's values and their JSON notation, such as `["list","string"]`.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

/// A type constraint as Terraform knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `true` or `false`.
    Bool,
    /// A number of any size and precision.
    Number,
    /// Unicode text.
    String,
    /// Any type; each value says its own.
    Dynamic,
    /// Elements of one type, in order.
    List(Box<Type>),
    /// Elements of one type, each once, in no order.
    Set(Box<Type>),
    /// Elements of one type by name.
    Map(Box<Type>),
    /// Elements of a type each, in order.
    Tuple(Vec<Type>),
    /// Attributes of a type each, by name.
    Object(BTreeMap<String, Type>),
}

/// How deep a type may nest; Terraform's own are a handful of levels deep.
const MAX_DEPTH: usize = 64;

impl Type {
    /// `list(element)`.
    pub fn list(element: Type) -> Self {
        Self::List(Box::new(element))
    }

    /// `set(element)`.
    pub fn set(element: Type) -> Self {
        Self::Set(Box::new(element))
    }

    /// `map(element)`.
    pub fn map(element: Type) -> Self {
        Self::Map(Box::new(element))
    }

    /// Whether a value of this type can hold values of a type chosen at run time.
    pub fn has_dynamic(&self) -> bool {
        match self {
            Self::Dynamic => true,
            Self::Bool | Self::Number | Self::String => false,
            Self::List(element) | Self::Set(element) | Self::Map(element) => element.has_dynamic(),
            Self::Tuple(elements) => elements.iter().any(Type::has_dynamic),
            Self::Object(attributes) => attributes.values().any(Type::has_dynamic),
        }
    }

    /// The JSON notation of Terraform's schemas and dynamic values.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Bool => json!("bool"),
            Self::Number => json!("number"),
            Self::String => json!("string"),
            Self::Dynamic => json!("dynamic"),
            Self::List(element) => json!(["list", element.to_json()]),
            Self::Set(element) => json!(["set", element.to_json()]),
            Self::Map(element) => json!(["map", element.to_json()]),
            Self::Tuple(elements) => {
                json!(["tuple", elements.iter().map(Type::to_json).collect::<Vec<_>>()])
            }
            Self::Object(attributes) => {
                let attributes: serde_json::Map<String, Json> =
                    attributes.iter().map(|(name, ty)| (name.clone(), ty.to_json())).collect();
                json!(["object", attributes])
            }
        }
    }

    /// Reads the JSON notation. Optional-attribute lists of objects are accepted and ignored.
    ///
    /// # Errors
    /// Anything that is not a type, or one that nests absurdly deep.
    pub fn from_json(json: &Json) -> Result<Self, String> {
        Self::parse(json, MAX_DEPTH)
    }

    fn parse(json: &Json, depth: usize) -> Result<Self, String> {
        if depth == 0 {
            return Err(format!("a type nests deeper than {MAX_DEPTH} levels"));
        }
        match json {
            Json::String(name) => match name.as_str() {
                "bool" => Ok(Self::Bool),
                "number" => Ok(Self::Number),
                "string" => Ok(Self::String),
                "dynamic" => Ok(Self::Dynamic),
                _ => Err(format!("unknown type {name:?}")),
            },
            Json::Array(parts) => match parts.as_slice() {
                [Json::String(kind), element] => Self::parse_collection(kind, element, depth - 1),
                [Json::String(kind), object, Json::Array(_)] if kind == "object" => {
                    Self::parse_collection(kind, object, depth - 1)
                }
                _ => Err("a compound type is a pair of its kind and its elements".into()),
            },
            _ => Err("a type is a name or a pair".into()),
        }
    }

    fn parse_collection(kind: &str, inner: &Json, depth: usize) -> Result<Self, String> {
        match (kind, inner) {
            ("list", element) => Ok(Self::list(Self::parse(element, depth)?)),
            ("set", element) => Ok(Self::set(Self::parse(element, depth)?)),
            ("map", element) => Ok(Self::map(Self::parse(element, depth)?)),
            ("tuple", Json::Array(elements)) => elements
                .iter()
                .map(|element| Self::parse(element, depth))
                .collect::<Result<_, _>>()
                .map(Self::Tuple),
            ("object", Json::Object(attributes)) => attributes
                .iter()
                .map(|(name, ty)| Ok((name.clone(), Self::parse(ty, depth)?)))
                .collect::<Result<_, String>>()
                .map(Self::Object),
            _ => Err(format!("unknown type {kind:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_constructor_survives_its_notation() {
        let ty = Type::Object(BTreeMap::from([
            ("a".into(), Type::list(Type::set(Type::Bool))),
            ("b".into(), Type::map(Type::Tuple(vec![Type::Number, Type::Dynamic]))),
            ("c".into(), Type::String),
        ]));
        assert_eq!(Type::from_json(&ty.to_json()), Ok(ty));
    }

    #[test]
    fn garbage_is_refused() {
        for garbage in [
            r#""str""#,
            r#"["list"]"#,
            r#"["list","string","string"]"#,
            r#"["tuple","string"]"#,
            r#"["object",["string"]]"#,
            "1",
            "null",
            "[]",
        ] {
            let json = serde_json::from_str(garbage).expect("test data is JSON");
            assert!(Type::from_json(&json).is_err(), "{garbage}");
        }
    }

    #[test]
    fn absurd_depth_is_refused_without_overflowing_the_stack() {
        let mut json = json!("string");
        for _ in 0..100 {
            json = json!(["list", json]);
        }
        assert!(Type::from_json(&json).is_err());
    }
}
