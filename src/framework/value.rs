//! The values of configurations, plans and states: a tree that knows null and unknown.

use std::collections::BTreeMap;

use super::number::Number;
use super::path::{Path, Step};
use super::types::Type;

/// A value as Terraform sees it.
///
/// Null is "not set", unknown is "decided at apply": both are legal at any place of a
/// configuration or plan. States have no unknowns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Not set.
    Null,
    /// Not known yet.
    Unknown(Refinements),
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    String(String),
    /// Elements in order.
    List(Vec<Value>),
    /// Elements without order or duplicates; build it with [`Value::set`].
    Set(Vec<Value>),
    /// Elements by name.
    Map(BTreeMap<String, Value>),
    /// Elements of different types in order.
    Tuple(Vec<Value>),
    /// Attributes and blocks by name.
    Object(BTreeMap<String, Value>),
    /// A value that carries its type, where the schema leaves it open.
    Dynamic(Box<Type>, Box<Value>),
}

/// What is known of an unknown value. Empty for most.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refinements(pub Option<Box<Refined>>);

/// The facts a refinement can state.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refined {
    /// `Some(false)`: it will not be null.
    pub nullness: Option<bool>,
    /// What its text will begin with.
    pub prefix: Option<String>,
    /// The least number it can be, and whether that one is included.
    pub lower: Option<(Number, bool)>,
    /// The greatest number it can be, and whether that one is included.
    pub upper: Option<(Number, bool)>,
    /// The fewest elements it can have.
    pub min_length: Option<i64>,
    /// The most elements it can have.
    pub max_length: Option<i64>,
}

static NULL: Value = Value::Null;

impl Value {
    /// An unknown value of which nothing more is known.
    pub const UNKNOWN: Value = Value::Unknown(Refinements(None));

    /// A set of these elements: equal ones are one, and the order is always the same.
    ///
    /// Elements that are not known yet may turn out different: each of them stays.
    pub fn set(mut elements: Vec<Value>) -> Self {
        elements.sort();
        elements.dedup_by(|a, b| a == b && a.is_wholly_known());
        Self::Set(elements)
    }

    /// An object of these attributes.
    pub fn object<N: Into<String>>(attributes: impl IntoIterator<Item = (N, Value)>) -> Self {
        Self::Object(attributes.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// Text, or null for none.
    pub fn string(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Null, |text| Self::String(text.into()))
    }

    /// Whether it is not set.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether there is a value for certain: what is unknown may turn out to be null.
    pub fn is_set(&self) -> bool {
        !self.is_null() && !self.is_unknown()
    }

    /// Whether it is decided at apply.
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown(_) => true,
            Self::Dynamic(_, value) => value.is_unknown(),
            _ => false,
        }
    }

    /// Whether neither it nor anything in it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => true,
            Self::List(elements) | Self::Set(elements) | Self::Tuple(elements) => {
                elements.iter().all(Value::is_wholly_known)
            }
            Self::Map(entries) | Self::Object(entries) => {
                entries.values().all(Value::is_wholly_known)
            }
            Self::Dynamic(_, value) => value.is_wholly_known(),
        }
    }

    /// The attribute of an object or the entry of a map; null where there is none.
    pub fn get(&self, name: &str) -> &Value {
        self.entries().and_then(|entries| entries.get(name)).unwrap_or(&NULL)
    }

    /// The value at a path; null where the path leads nowhere.
    pub fn at(&self, path: &Path) -> &Value {
        let mut value = self;
        for step in &path.0 {
            value = match step {
                Step::Attribute(name) | Step::Key(name) => value.get(name),
                Step::Index(index) => {
                    value.elements().and_then(|elements| elements.get(*index)).unwrap_or(&NULL)
                }
            };
        }
        value
    }

    /// Sets an attribute of an object. Anything but an object is left as it is.
    pub fn put(&mut self, name: &str, value: Value) {
        if let Self::Object(attributes) = self {
            attributes.insert(name.to_owned(), value);
        }
    }

    /// The text, where it is a known text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, where it is a known one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(boolean) => Some(*boolean),
            _ => None,
        }
    }

    /// The elements of a known list, set or tuple.
    pub fn elements(&self) -> Option<&[Value]> {
        match self {
            Self::List(elements) | Self::Set(elements) | Self::Tuple(elements) => Some(elements),
            _ => None,
        }
    }

    /// The entries of a known map or object.
    pub fn entries(&self) -> Option<&BTreeMap<String, Value>> {
        match self {
            Self::Map(entries) | Self::Object(entries) => Some(entries),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(boolean: bool) -> Self {
        Self::Bool(boolean)
    }
}

impl From<i64> for Value {
    fn from(integer: i64) -> Self {
        Self::Number(integer.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_have_one_form() {
        let set = Value::set(vec!["b".into(), "a".into(), "b".into()]);
        assert_eq!(set, Value::Set(vec!["a".into(), "b".into()]));
    }

    #[test]
    fn unknown_elements_of_sets_may_differ() {
        let two = vec![Value::UNKNOWN, Value::UNKNOWN];
        assert_eq!(Value::set(two.clone()), Value::Set(two));
    }

    #[test]
    fn what_is_not_there_is_null() {
        let value = Value::object([("list", Value::List(vec!["a".into()]))]);
        assert_eq!(value.at(&Path::from("list.0")), &Value::from("a"));
        assert_eq!(value.at(&Path::from("list.1.x")), &Value::Null);
    }
}
