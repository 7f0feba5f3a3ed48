//! What may become of a plan: core's "inconsistent result after apply", and the final plan of an
//! apply, which may only know more than the one that was shown.

use super::refinement::admits;
use super::{Violation, state};
use crate::framework::path::Path;
use crate::framework::schema::{Block, NestedBlock, Nesting, Schema};
use crate::framework::value::Value;

/// Checks the state after a change that succeeded.
pub fn apply(schema: &Schema, planned: &Value, actual: &Value) -> Vec<Violation> {
    let mut found = state(schema, actual);
    // What is of another type cannot be compared.
    if found.iter().all(|violation| violation.rule != "type") {
        found.extend(final_plan(schema, planned, actual));
    }
    found
}

/// Checks a second plan against the first: what was known stays, what was unknown may become
/// known.
pub fn final_plan(schema: &Schema, initial: &Value, last: &Value) -> Vec<Violation> {
    let mut found = Vec::new();
    object(&schema.block, initial, last, &Path::ROOT, &mut found);
    found
}

fn object(block: &Block, planned: &Value, actual: &Value, path: &Path, found: &mut Vec<Violation>) {
    match (planned.is_null(), actual.is_null()) {
        (true, true) => return,
        (true, false) => {
            let message = "what was planned to be absent is there";
            return found.push(Violation::new("appeared", path, message));
        }
        (false, true) => {
            let message = "what was planned to exist is not there";
            return found.push(Violation::new("vanished", path, message));
        }
        (false, false) if planned.is_unknown() => return,
        (false, false) => {}
    }
    for attribute in &block.attributes {
        let name = &attribute.name;
        value(planned.get(name), actual.get(name), &path.dot(name), found);
    }
    for nested in &block.blocks {
        let name = &nested.name;
        blocks(nested, planned.get(name), actual.get(name), &path.dot(name), found);
    }
}

fn blocks(
    nested: &NestedBlock,
    planned: &Value,
    actual: &Value,
    path: &Path,
    found: &mut Vec<Violation>,
) {
    // A dynamic block that was not known can have become any number of blocks.
    if planned.is_unknown() {
        return;
    }
    match nested.nesting {
        Nesting::Single => object(&nested.block, planned, actual, path, found),
        Nesting::List => {
            let (before, after) = (elements(planned), elements(actual));
            if before.len() != after.len() {
                let message = "the number of blocks has changed";
                return found.push(Violation::new("block-count", path, message));
            }
            for (index, (planned, actual)) in before.iter().zip(after).enumerate() {
                object(&nested.block, planned, actual, &path.index(index), found);
            }
        }
        Nesting::Map => {
            let (before, after) = (keys(planned), keys(actual));
            if before != after {
                let message = "the keys of blocks have changed";
                return found.push(Violation::new("block-count", path, message));
            }
            for key in before {
                let (planned, actual) = (planned.get(key), actual.get(key));
                object(&nested.block, planned, actual, &path.key(key), found);
            }
        }
        Nesting::Set => {
            set(elements(planned), elements(actual), path, found, &|planned, actual| {
                let mut differences = Vec::new();
                object(&nested.block, planned, actual, path, &mut differences);
                differences.is_empty()
            })
        }
    }
}

fn value(planned: &Value, actual: &Value, path: &Path, found: &mut Vec<Violation>) {
    let mut differ = |rule, message: &str| found.push(Violation::new(rule, path, message));
    match (planned, actual) {
        (Value::Unknown(refinements), _) => {
            if !admits(refinements, actual) {
                differ("refinement", "the value is none of those that the plan left open");
            }
        }
        (Value::Dynamic(_, planned), _) if planned.is_unknown() => {}
        (Value::Dynamic(before, planned), Value::Dynamic(after, actual)) => {
            if before == after {
                value(planned, actual, path, found);
            } else {
                differ("planned-value", "the value is of another type than planned");
            }
        }
        (Value::Null, Value::Null) => {}
        (Value::Null, _) => differ("planned-value", "what was planned as null is not"),
        (_, Value::Null) => differ("planned-value", "what was planned is null now"),
        (_, Value::Unknown(_)) => differ("planned-value", "what was known is unknown now"),
        (Value::List(before), Value::List(after)) | (Value::Tuple(before), Value::Tuple(after)) => {
            if before.len() != after.len() {
                return differ("element-count", "elements have appeared or vanished");
            }
            for (index, (planned, actual)) in before.iter().zip(after).enumerate() {
                value(planned, actual, &path.index(index), found);
            }
        }
        (Value::Map(before), Value::Map(after)) => {
            if !before.keys().eq(after.keys()) {
                return differ("element-count", "elements have appeared or vanished");
            }
            for (key, planned) in before {
                value(planned, actual.get(key), &path.key(key), found);
            }
        }
        (Value::Object(before), Value::Object(_)) => {
            for (name, planned) in before {
                value(planned, actual.get(name), &path.dot(name), found);
            }
        }
        (Value::Set(before), Value::Set(after)) => {
            set(before, after, path, found, &|one, other| {
                let mut differences = Vec::new();
                value(one, other, path, &mut differences);
                differences.is_empty()
            })
        }
        _ if planned == actual => {}
        _ => differ("planned-value", "the value is another one than planned"),
    }
}

/// Elements that were unknown may turn out equal, so a set can shrink; it cannot grow, and every
/// element has its like in the other set.
fn set(
    planned: &[Value],
    actual: &[Value],
    path: &Path,
    found: &mut Vec<Violation>,
    compatible: &dyn Fn(&Value, &Value) -> bool,
) {
    if actual.len() > planned.len() {
        let message = "the set has grown";
        return found.push(Violation::new("set-length", path, message));
    }
    let has_like = planned.iter().all(|one| actual.iter().any(|other| compatible(one, other)));
    let is_like = actual.iter().all(|other| planned.iter().any(|one| compatible(one, other)));
    if !has_like || !is_like {
        let message = "the set holds other elements than planned";
        found.push(Violation::new("set-element", path, message));
    }
}

fn elements(value: &Value) -> &[Value] {
    value.elements().unwrap_or_default()
}

fn keys(value: &Value) -> Vec<&String> {
    value.entries().into_iter().flatten().map(|(key, _)| key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::schema::{Attribute, Kind};
    use crate::framework::types::Type;
    use crate::framework::value::{Refined, Refinements};

    const NULL: Value = Value::Null;
    const UNKNOWN: Value = Value::UNKNOWN;

    /// The rules that the result of an attribute or block of this kind breaks.
    fn broken(schema: &Schema, planned: Value, actual: Value) -> Vec<(&'static str, String)> {
        let [planned, actual] = [planned, actual].map(|value| Value::object([("x", value)]));
        apply(schema, &planned, &actual)
            .into_iter()
            .map(|found| (found.rule, found.path.to_string()))
            .collect()
    }

    fn attribute(ty: Type) -> Schema {
        Schema::new(Block::new("", [Attribute::new("x", ty).optional().computed()]))
    }

    fn items(nesting: Nesting) -> Schema {
        let item = [Attribute::string("key").required(), Attribute::string("made").computed()];
        let kind = Kind::Nested(nesting, Block::new("", item));
        Schema::new(Block::new("", [Attribute { kind, ..Attribute::bool("x").optional() }]))
    }

    fn item_blocks(nesting: Nesting) -> Schema {
        let item = [Attribute::string("key").required(), Attribute::string("made").computed()];
        let block = Block::new("", item);
        let nested = NestedBlock { name: "x".into(), nesting, block, max_items: 0 };
        Schema::new(Block::default().block(nested))
    }

    fn item(key: impl Into<Value>, made: impl Into<Value>) -> Value {
        Value::object([("key", key.into()), ("made", made.into())])
    }

    fn list(elements: impl IntoIterator<Item = Value>) -> Value {
        Value::List(elements.into_iter().collect())
    }

    fn one(rule: &'static str, path: &str) -> Vec<(&'static str, String)> {
        vec![(rule, path.to_owned())]
    }

    #[test]
    fn case_53_known_values_stay() {
        let text = attribute(Type::String);
        assert_eq!(broken(&text, "a".into(), "a".into()), []);
        assert_eq!(broken(&text, "a".into(), "b".into()), one("planned-value", "x"));
        assert_eq!(broken(&text, "a".into(), NULL), one("planned-value", "x"));
        assert_eq!(broken(&text, NULL, "a".into()), one("planned-value", "x"));
        assert_eq!(broken(&text, NULL, NULL), []);
    }

    #[test]
    fn case_53_unknown_values_become_anything_that_their_refinements_admit() {
        let text = attribute(Type::String);
        assert_eq!(broken(&text, UNKNOWN, "a".into()), []);
        assert_eq!(broken(&text, UNKNOWN, NULL), []);
        let refined = Refined { prefix: Some("b".into()), ..Refined::default() };
        let refined = Value::Unknown(Refinements(Some(Box::new(refined))));
        assert_eq!(broken(&text, refined.clone(), "a".into()), one("refinement", "x"));
        assert_eq!(broken(&text, refined, "b".into()), []);
        assert_eq!(broken(&text, UNKNOWN, true.into()), one("type", "x"));
    }

    #[test]
    fn case_55_nothing_is_unknown_after_apply() {
        let text = attribute(Type::String);
        assert_eq!(broken(&text, UNKNOWN, UNKNOWN), one("wholly-known", "x"));
    }

    #[test]
    fn case_53_collections_keep_their_elements() {
        let texts = attribute(Type::list(Type::String));
        let planned = list(["a".into(), UNKNOWN]);
        assert_eq!(broken(&texts, planned.clone(), list(["a".into(), "b".into()])), []);
        assert_eq!(broken(&texts, planned.clone(), list(["a".into()])), one("element-count", "x"));
        let other = list(["c".into(), "b".into()]);
        assert_eq!(broken(&texts, planned, other), one("planned-value", "x[0]"));
        let map = |key: &str| Value::Map([(key.to_owned(), Value::from("v"))].into());
        let maps = attribute(Type::map(Type::String));
        assert_eq!(broken(&maps, map("a"), map("b")), one("element-count", "x"));
        assert_eq!(
            broken(&items(Nesting::List), list([item("a", UNKNOWN)]), list([item("b", "m")])),
            one("planned-value", "x[0].key")
        );
    }

    #[test]
    fn case_53_sets_may_shrink_but_not_grow() {
        let texts = attribute(Type::set(Type::String));
        let planned = Value::set(vec!["a".into(), UNKNOWN]);
        let set = |elements: &[&str]| {
            Value::set(elements.iter().map(|element| Value::from(*element)).collect())
        };
        assert_eq!(broken(&texts, planned.clone(), set(&["a"])), []);
        assert_eq!(broken(&texts, planned.clone(), set(&["a", "b"])), []);
        assert_eq!(broken(&texts, planned.clone(), set(&["b"])), one("set-element", "x"));
        assert_eq!(broken(&texts, planned, set(&["a", "b", "c"])), one("set-length", "x"));
    }

    #[test]
    fn case_53_blocks_keep_their_number() {
        let blocks = item_blocks(Nesting::List);
        let planned = list([item("a", UNKNOWN)]);
        assert_eq!(broken(&blocks, planned.clone(), list([item("a", "m")])), []);
        assert_eq!(broken(&blocks, planned.clone(), list([])), one("block-count", "x"));
        assert_eq!(broken(&blocks, UNKNOWN, list([])), []);
        let sets = item_blocks(Nesting::Set);
        let set = |items: &[Value]| Value::set(items.to_vec());
        let planned = set(&[item("a", UNKNOWN)]);
        assert_eq!(broken(&sets, planned.clone(), set(&[item("a", "m")])), []);
        assert_eq!(broken(&sets, planned, set(&[item("b", "m")])), one("set-element", "x"));
        let single = item_blocks(Nesting::Single);
        assert_eq!(broken(&single, item("a", UNKNOWN), NULL), one("vanished", "x"));
        assert_eq!(broken(&single, NULL, item("a", "m")), one("appeared", "x"));
        let maps = item_blocks(Nesting::Map);
        let map = |key: &str| Value::Map([(key.to_owned(), item("a", "m"))].into());
        assert_eq!(broken(&maps, map("k"), map("l")), one("block-count", "x"));
    }

    #[test]
    fn case_58_what_was_planned_to_exist_exists() {
        let schema = attribute(Type::String);
        let planned = Value::object([("x", UNKNOWN)]);
        assert_eq!(apply(&schema, &planned, &Value::Null)[0].rule, "vanished");
        assert_eq!(apply(&schema, &Value::Null, &planned)[0].rule, "wholly-known");
    }

    #[test]
    fn case_50_a_second_plan_knows_more_and_nothing_else() {
        let schema = attribute(Type::String);
        let plan = |value: Value| Value::object([("x", value)]);
        assert_eq!(final_plan(&schema, &plan(UNKNOWN), &plan(UNKNOWN)), []);
        assert_eq!(final_plan(&schema, &plan(UNKNOWN), &plan("a".into())), []);
        let back = final_plan(&schema, &plan("a".into()), &plan(UNKNOWN));
        assert_eq!(back[0].rule, "planned-value");
    }
}
