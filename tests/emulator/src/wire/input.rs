//! A decoded and validated request. Accessors expect what the model requires.

use serde_json::{Map, Value};

/// The input of an operation: only members that the model has, none of them null.
#[derive(Clone, Debug, Default)]
pub(crate) struct Input(pub(crate) Map<String, Value>);

impl Input {
    /// A string that the model requires.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.optional_text(name).expect("the model requires this string")
    }

    pub(crate) fn optional_text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// A boolean; absent is false, as for every boolean of these services.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.0.get(name)?.as_u64().and_then(|number| usize::try_from(number).ok())
    }

    pub(crate) fn list(&self, name: &str) -> &[Value] {
        self.0.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The strings of a list of strings.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        self.list(name).iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// A structure or map that is present.
    pub(crate) fn object(&self, name: &str) -> Option<&Map<String, Value>> {
        self.0.get(name)?.as_object()
    }

    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A value deep inside, by JSON pointer.
    pub(crate) fn at(&self, pointer: &str) -> Option<&Value> {
        let (first, rest) = pointer.strip_prefix('/')?.split_once('/')?;
        self.0.get(first)?.pointer(&format!("/{rest}"))
    }

    /// A map of strings, empty when absent.
    pub(crate) fn text_map(&self, name: &str) -> std::collections::BTreeMap<String, String> {
        let pairs = self.object(name).into_iter().flatten();
        pairs.map(|(k, v)| (k.clone(), v.as_str().unwrap_or_default().to_owned())).collect()
    }
}

impl From<Value> for Input {
    /// For calls that the emulator makes itself.
    fn from(value: Value) -> Self {
        match value {
            Value::Object(map) => Self(map.into_iter().filter(|(_, v)| !v.is_null()).collect()),
            _ => Self::default(),
        }
    }
}
