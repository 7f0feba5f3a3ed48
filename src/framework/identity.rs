//! What a resource is found by, apart from its state: Terraform's resource identity.

use std::collections::BTreeMap;

use super::types::Type;
use super::value::Value;

/// The identity of a resource type. Empty where it has none.
#[derive(Debug, Clone, Default)]
pub struct IdentitySchema {
    /// The version of its shape.
    pub version: i64,
    /// Its parts.
    pub attributes: Vec<IdentityAttribute>,
}

/// One part of an identity; always text.
#[derive(Debug, Clone)]
pub struct IdentityAttribute {
    /// Its name, by habit that of the attribute which holds it.
    pub name: &'static str,
    /// Whether an import must give it; otherwise the provider knows a value.
    pub required: bool,
    /// One sentence about it.
    pub doc: &'static str,
}

impl IdentitySchema {
    /// An identity of these parts.
    pub fn new(attributes: impl IntoIterator<Item = IdentityAttribute>) -> Self {
        Self { version: 0, attributes: attributes.into_iter().collect() }
    }

    /// The type of its values.
    pub fn ty(&self) -> Type {
        let attributes: BTreeMap<String, Type> =
            self.attributes.iter().map(|part| (part.name.to_owned(), Type::String)).collect();
        Type::Object(attributes)
    }

    /// The identity of these parts, null where one is missing.
    pub fn of(&self, mut parts: BTreeMap<String, Value>) -> Value {
        Value::object(
            self.attributes.iter().map(|attribute| {
                (attribute.name, parts.remove(attribute.name).unwrap_or(Value::Null))
            }),
        )
    }
}

impl IdentityAttribute {
    /// A part that an import must give.
    pub fn required(name: &'static str, doc: &'static str) -> Self {
        Self { name, required: true, doc }
    }

    /// A part that an import may leave to the provider.
    pub fn optional(name: &'static str, doc: &'static str) -> Self {
        Self { name, required: false, doc }
    }
}
