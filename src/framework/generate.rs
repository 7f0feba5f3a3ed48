//! The configuration of an object that exists: what Terraform writes for an import.

use super::schema::{Block, Equal, Fallback, Kind, Nesting};
use super::value::Value;

/// The least configuration that plans a state as it is: without what only the provider sets, what
/// is deprecated, and what falls back on the same value.
pub fn config_of(block: &Block, state: &Value) -> Value {
    let Value::Object(_) = state else { return state.clone() };
    let attributes = block.attributes.iter().map(|attribute| {
        let value = state.get(&attribute.name);
        let falls_back = match &attribute.fallback {
            Some(Fallback::Always(fallback) | Fallback::AtCreate(fallback)) => {
                let is_equal = |equal: Equal| !value.is_null() && equal(fallback, value);
                fallback == value || attribute.equal.is_some_and(is_equal)
            }
            None => false,
        };
        let is_empty = attribute.optional && value.as_str() == Some("");
        let hidden = attribute.is_read_only()
            || attribute.write_only
            || attribute.deprecated.is_some()
            || falls_back
            || is_empty;
        let config = match &attribute.kind {
            _ if hidden => Value::Null,
            Kind::Plain(_) => value.clone(),
            Kind::Nested(nesting, block) => nested_config_of(*nesting, block, value),
        };
        (attribute.name.clone(), config)
    });
    let blocks = block.blocks.iter().map(|nested| {
        let config = nested_config_of(nested.nesting, &nested.block, state.get(&nested.name));
        (nested.name.clone(), config)
    });
    Value::object(attributes.chain(blocks))
}

fn nested_config_of(nesting: Nesting, block: &Block, value: &Value) -> Value {
    let each = |elements: &[Value]| elements.iter().map(|it| config_of(block, it)).collect();
    match (nesting, value) {
        (Nesting::Single, value) => config_of(block, value),
        (_, Value::List(elements)) => Value::List(each(elements)),
        (_, Value::Set(elements)) => Value::set(each(elements)),
        (_, Value::Map(entries)) => Value::Map(
            entries.iter().map(|(key, it)| (key.clone(), config_of(block, it))).collect(),
        ),
        (_, other) => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::schema::Attribute;

    #[test]
    fn only_what_must_be_said_is_said() {
        let block = Block::new(
            "",
            [
                Attribute::string("name").required(),
                Attribute::string("note").optional(),
                Attribute::bool("on").or_always(true),
                Attribute::bool("off").or_at_create(false),
                Attribute::string("arn").computed(),
                Attribute::string("region").optional().computed(),
                Attribute::objects("items", [Attribute::string("op").or_at_create("EQ")])
                    .optional(),
            ],
        );
        let item = |op: Value| Value::List(vec![Value::object([("op", op)])]);
        let state = Value::object([
            ("name", "a".into()),
            ("note", "".into()),
            ("on", true.into()),
            ("off", true.into()),
            ("arn", "arn".into()),
            ("region", "r".into()),
            ("items", item("EQ".into())),
        ]);
        let config = Value::object([
            ("name", "a".into()),
            ("note", Value::Null),
            ("on", Value::Null),
            ("off", true.into()),
            ("arn", Value::Null),
            ("region", "r".into()),
            ("items", item(Value::Null)),
        ]);
        assert_eq!(config_of(&block, &state), config);
    }
}
