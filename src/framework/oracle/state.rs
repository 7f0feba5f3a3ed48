//! What a state may hold, whoever made it: a read, an apply, an import or an upgrade.

use super::Violation;
use crate::framework::path::Path;
use crate::framework::schema::{Block, Kind, Nesting, Schema};
use crate::framework::types::Type;
use crate::framework::value::Value;

/// Checks a state; null is one.
pub fn state(schema: &Schema, state: &Value) -> Vec<Violation> {
    let mut found = Vec::new();
    conform(state, &schema.ty(), &Path::ROOT, &mut found);
    known(state, &Path::ROOT, &mut found);
    if !state.is_null() {
        storable(&schema.block, state, &Path::ROOT, &mut found);
    }
    found
}

/// Checks the result of a data source, which is never null.
pub fn data(schema: &Schema, result: &Value) -> Vec<Violation> {
    let mut found = state(schema, result);
    if result.is_null() {
        let message = "the data source has no result";
        found.push(Violation::new("data-source-result", &Path::ROOT, message));
    }
    found
}

/// Checks the stub of an import, which is never null: what is not there shows at the read.
pub fn import(schema: &Schema, stub: &Value) -> Vec<Violation> {
    let mut found = state(schema, stub);
    if stub.is_null() {
        let message = "the import has no state";
        found.push(Violation::new("import-result", &Path::ROOT, message));
    }
    found
}

/// Notes where a value is not of a type.
pub(super) fn conform(value: &Value, ty: &Type, path: &Path, found: &mut Vec<Violation>) {
    let mut misfit = |message: &str| found.push(Violation::new("type", path, message));
    match (ty, value) {
        (_, Value::Null | Value::Unknown(_))
        | (Type::Bool, Value::Bool(_))
        | (Type::Number, Value::Number(_))
        | (Type::String, Value::String(_)) => {}
        (Type::Dynamic, Value::Dynamic(ty, value)) => conform(value, ty, path, found),
        (Type::List(ty), Value::List(elements)) => {
            for (index, element) in elements.iter().enumerate() {
                conform(element, ty, &path.index(index), found);
            }
        }
        (Type::Set(ty), Value::Set(elements)) => {
            if Value::set(elements.clone()) != *value {
                misfit("the set has an element twice, or out of order");
            }
            for element in elements {
                conform(element, ty, path, found);
            }
        }
        (Type::Map(ty), Value::Map(entries)) => {
            for (key, entry) in entries {
                conform(entry, ty, &path.key(key), found);
            }
        }
        (Type::Tuple(types), Value::Tuple(elements)) if types.len() == elements.len() => {
            for (index, (ty, element)) in types.iter().zip(elements).enumerate() {
                conform(element, ty, &path.index(index), found);
            }
        }
        (Type::Object(types), Value::Object(attributes)) => {
            for name in types.keys().filter(|name| !attributes.contains_key(*name)) {
                let message = "the object lacks an attribute";
                found.push(Violation::new("type", &path.dot(name), message));
            }
            for (name, value) in attributes {
                match types.get(name) {
                    Some(ty) => conform(value, ty, &path.dot(name), found),
                    None => found.push(Violation::new(
                        "type",
                        &path.dot(name),
                        "the object has an attribute that its type lacks",
                    )),
                }
            }
        }
        _ => misfit("the value is of another type"),
    }
}

/// Notes where something is unknown.
pub(super) fn known(value: &Value, path: &Path, found: &mut Vec<Violation>) {
    match value {
        Value::Unknown(_) => {
            let message = "a value is unknown after all is done";
            found.push(Violation::new("wholly-known", path, message));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        Value::List(elements) | Value::Tuple(elements) => {
            for (index, element) in elements.iter().enumerate() {
                known(element, &path.index(index), found);
            }
        }
        Value::Set(elements) => elements.iter().for_each(|element| known(element, path, found)),
        Value::Map(entries) => {
            entries.iter().for_each(|(key, entry)| known(entry, &path.key(key), found));
        }
        Value::Object(entries) => {
            entries.iter().for_each(|(name, entry)| known(entry, &path.dot(name), found));
        }
        Value::Dynamic(_, value) => known(value, path, found),
    }
}

/// Notes write-only values, and repeated blocks that are null instead of none.
pub(super) fn storable(block: &Block, value: &Value, path: &Path, found: &mut Vec<Violation>) {
    for attribute in &block.attributes {
        let (value, path) = (value.get(&attribute.name), path.dot(&attribute.name));
        if attribute.write_only && !value.is_null() {
            let message = "a write-only value is kept";
            found.push(Violation::new("write-only-null", &path, message));
        }
        if let Kind::Nested(nesting, block) = &attribute.kind {
            each(*nesting, value, &path, &mut |value, path| storable(block, value, path, found));
        }
    }
    for nested in &block.blocks {
        let (value, path) = (value.get(&nested.name), path.dot(&nested.name));
        if value.is_null() && nested.nesting != Nesting::Single {
            let message = "no blocks are written as null instead of as none";
            found.push(Violation::new("block-null", &path, message));
        }
        each(nested.nesting, value, &path, &mut |value, path| {
            storable(&nested.block, value, path, found);
        });
    }
}

/// Visits the objects of a nested value that are there.
fn each(nesting: Nesting, value: &Value, path: &Path, visit: &mut dyn FnMut(&Value, &Path)) {
    match (nesting, value) {
        (Nesting::Single, Value::Object(_)) => visit(value, path),
        (Nesting::List, Value::List(elements)) => {
            for (index, element) in elements.iter().enumerate() {
                visit(element, &path.index(index));
            }
        }
        (Nesting::Set, Value::Set(elements)) => {
            elements.iter().for_each(|element| visit(element, path));
        }
        (Nesting::Map, Value::Map(entries)) => {
            entries.iter().for_each(|(key, entry)| visit(entry, &path.key(key)));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::schema::{Attribute, NestedBlock};

    fn archive() -> Schema {
        let item = Block::new("", [Attribute::string("key").required()]);
        Schema::new(
            Block::new(
                "",
                [
                    Attribute::string("name").required(),
                    Attribute::string("token").write_only(),
                    Attribute::set_of_strings("tags").optional(),
                ],
            )
            .block(NestedBlock::list("item", 0, item)),
        )
    }

    fn with(changes: &[(&str, Value)]) -> Value {
        let mut value = Value::object([
            ("name", Value::from("a")),
            ("token", Value::Null),
            ("tags", Value::Null),
            ("item", Value::List(Vec::new())),
        ]);
        changes.iter().for_each(|(name, change)| value.put(name, change.clone()));
        value
    }

    fn broken(value: &Value) -> Vec<(&'static str, String)> {
        let found = state(&archive(), value);
        found.into_iter().map(|found| (found.rule, found.path.to_string())).collect()
    }

    fn one(rule: &'static str, path: &str) -> Vec<(&'static str, String)> {
        vec![(rule, path.to_owned())]
    }

    #[test]
    fn states_that_fit_pass() {
        assert_eq!(broken(&with(&[])), []);
        assert_eq!(broken(&Value::Null), []);
    }

    #[test]
    fn states_are_wholly_known() {
        assert_eq!(broken(&with(&[("name", Value::UNKNOWN)])), one("wholly-known", "name"));
        let tags = Value::Set(vec![Value::UNKNOWN]);
        assert_eq!(broken(&with(&[("tags", tags)])), one("wholly-known", "tags"));
    }

    #[test]
    fn write_only_values_are_not_kept() {
        assert_eq!(broken(&with(&[("token", "s".into())])), one("write-only-null", "token"));
    }

    #[test]
    fn no_blocks_are_not_null() {
        assert_eq!(broken(&with(&[("item", Value::Null)])), one("block-null", "item"));
    }

    #[test]
    fn values_are_of_their_type() {
        assert_eq!(broken(&with(&[("name", true.into())])), one("type", "name"));
        assert_eq!(broken(&with(&[("extra", Value::Null)])), one("type", "extra"));
        let items = Value::List(vec![Value::object([("key", Value::from(1))])]);
        assert_eq!(broken(&with(&[("item", items)])), one("type", "item[0].key"));
        let tags = Value::Set(vec!["b".into(), "a".into()]);
        assert_eq!(broken(&with(&[("tags", tags)])), one("type", "tags"));
    }

    #[test]
    fn data_sources_and_imports_have_a_result() {
        assert_eq!(data(&archive(), &Value::Null)[0].rule, "data-source-result");
        assert_eq!(import(&archive(), &Value::Null)[0].rule, "import-result");
    }
}
