//! What a plan may say beside its configuration and prior state: core's "planned an invalid
//! value".

use super::Violation;
use super::state::{conform, storable};
use crate::framework::path::{Path, Step};
use crate::framework::schema::{Attribute, Block, Kind, NestedBlock, Nesting, Schema};
use crate::framework::value::{Refinements, Value};

/// Checks a plan and the paths for which it wants a new object. A null configuration is a
/// deletion, a null prior state a creation.
pub fn plan(
    schema: &Schema,
    config: &Value,
    prior: &Value,
    planned: &Value,
    replace: &[Path],
) -> Vec<Violation> {
    let mut checker = Checker { found: Vec::new() };
    conform(planned, &schema.ty(), &Path::ROOT, &mut checker.found);
    if !checker.found.is_empty() {
        return checker.found;
    }
    if !planned.is_null() {
        storable(&schema.block, planned, &Path::ROOT, &mut checker.found);
    }
    checker.object(&schema.block, config, prior, planned, &Path::ROOT);
    for path in replace.iter().filter(|path| !exists(prior, path) && !exists(planned, path)) {
        checker.add("replace-path", path, "a new object is wanted for a path that leads nowhere");
    }
    checker.found
}

/// Whether a path leads to a value, be it null; below what is null or unknown there is nothing.
fn exists(value: &Value, path: &Path) -> bool {
    let mut value = value;
    for step in &path.0 {
        let next = match (step, value) {
            (Step::Attribute(name), Value::Object(entries)) => entries.get(name),
            (Step::Key(key), Value::Map(entries)) => entries.get(key),
            (Step::Index(index), Value::List(elements) | Value::Tuple(elements)) => {
                elements.get(*index)
            }
            _ => None,
        };
        let Some(next) = next else { return false };
        value = next;
    }
    !path.0.is_empty()
}

struct Checker {
    found: Vec<Violation>,
}

impl Checker {
    fn add(&mut self, rule: &'static str, path: &Path, message: &str) {
        self.found.push(Violation::new(rule, path, message));
    }

    /// Presence follows the configuration. Says whether there is more to compare.
    fn presence(&mut self, config: &Value, planned: &Value, path: &Path) -> bool {
        match (config.is_null(), planned.is_null()) {
            (false, true) => {
                self.add("planned-absence", path, "what is configured is planned to be absent");
                false
            }
            (true, false) => {
                self.add("planned-existence", path, "what is not configured is planned to exist");
                false
            }
            (true, true) => false,
            (false, false) => true,
        }
    }

    fn object(
        &mut self,
        block: &Block,
        config: &Value,
        prior: &Value,
        planned: &Value,
        path: &Path,
    ) {
        if !self.presence(config, planned, path) || config.is_unknown() {
            return;
        }
        if planned.is_unknown() {
            self.add("planned-unknown", path, "what is configured is planned as unknown");
            return;
        }
        self.attributes(block, config, prior, planned, path);
        for nested in &block.blocks {
            let name = &nested.name;
            let (config, prior) = (config.get(name), prior.get(name));
            self.block(nested, config, prior, planned.get(name), &path.dot(name));
        }
    }

    fn attributes(
        &mut self,
        block: &Block,
        config: &Value,
        prior: &Value,
        planned: &Value,
        path: &Path,
    ) {
        for attribute in &block.attributes {
            let name = &attribute.name;
            let (config, prior) = (config.get(name), prior.get(name));
            self.attribute(attribute, config, prior, planned.get(name), &path.dot(name));
        }
    }

    fn attribute(
        &mut self,
        attribute: &Attribute,
        config: &Value,
        prior: &Value,
        planned: &Value,
        path: &Path,
    ) {
        // That write-only values are null is a rule of all states.
        if attribute.write_only || unrefined(planned) == unrefined(config) {
            return;
        }
        if planned == prior && !prior.is_null() && !config.is_null() {
            return;
        }
        if attribute.is_read_only() || config.is_null() && attribute.computed {
            return;
        }
        if config.is_null() {
            let message = "a value is planned that neither the configuration nor the schema allows";
            self.add("not-computed", path, message);
            return;
        }
        match &attribute.kind {
            Kind::Nested(nesting, block) => {
                self.nested(*nesting, block, config, prior, planned, path);
            }
            Kind::Plain(_) => {
                let message = "the planned value is neither the configured nor the prior one";
                self.add("config-value", path, message);
            }
        }
    }

    fn nested(
        &mut self,
        nesting: Nesting,
        block: &Block,
        config: &Value,
        prior: &Value,
        planned: &Value,
        path: &Path,
    ) {
        if !self.presence(config, planned, path) {
            return;
        }
        if planned.is_unknown() || config.is_unknown() {
            let message = "unknown and known do not match configuration and plan";
            self.add("planned-unknown", path, message);
            return;
        }
        if !self.count("element-count", nesting, config, planned, path) {
            return;
        }
        for (config, prior, planned, path) in pairs(nesting, config, prior, planned, path) {
            if unrefined(planned) != unrefined(config) && self.presence(config, planned, &path) {
                self.attributes(block, config, prior, planned, &path);
            }
        }
    }

    fn block(
        &mut self,
        nested: &NestedBlock,
        config: &Value,
        prior: &Value,
        planned: &Value,
        path: &Path,
    ) {
        if planned == config {
            return;
        }
        if config.is_unknown() {
            self.add("unknown-block", path, "blocks that are not known yet are planned otherwise");
            return;
        }
        if planned.is_unknown() {
            self.add("unknown-block", path, "blocks are planned as unknown, not their attributes");
            return;
        }
        if nested.nesting == Nesting::Single {
            self.object(&nested.block, config, prior, planned, path);
            return;
        }
        // A null is told of by the rule of all states.
        if planned.is_null() || !self.count("block-count", nested.nesting, config, planned, path) {
            return;
        }
        for (config, prior, planned, path) in pairs(nested.nesting, config, prior, planned, path) {
            self.object(&nested.block, config, prior, planned, &path);
        }
    }

    /// As many elements as configured, under the same keys. Says whether that is so.
    fn count(
        &mut self,
        rule: &'static str,
        nesting: Nesting,
        config: &Value,
        planned: &Value,
        path: &Path,
    ) -> bool {
        let length = |value: &Value| match nesting {
            Nesting::Single => 1,
            Nesting::List | Nesting::Set => value.elements().map_or(0, <[Value]>::len),
            Nesting::Map => value.entries().map_or(0, |entries| entries.len()),
        };
        let keys = |value: &Value| -> Vec<String> {
            value.entries().into_iter().flatten().map(|(key, _)| key.clone()).collect()
        };
        let same = length(config) == length(planned)
            && (nesting != Nesting::Map || keys(config) == keys(planned));
        if !same {
            self.add(rule, path, "other elements are planned than configured");
        }
        same
    }
}

/// The elements of nested values that correspond: by index, by key, not at all in sets.
fn pairs<'v>(
    nesting: Nesting,
    config: &'v Value,
    prior: &'v Value,
    planned: &'v Value,
    path: &Path,
) -> Vec<(&'v Value, &'v Value, &'v Value, Path)> {
    match nesting {
        Nesting::Single => vec![(config, prior, planned, path.clone())],
        Nesting::List => {
            let elements = planned.elements().unwrap_or_default().iter().enumerate();
            let same = |value: &'v Value, index: usize| value.at(&Path::ROOT.index(index));
            elements
                .map(|(index, planned)| {
                    (same(config, index), same(prior, index), planned, path.index(index))
                })
                .collect()
        }
        Nesting::Map => {
            let entries = planned.entries().into_iter().flatten();
            entries
                .map(|(key, planned)| (config.get(key), prior.get(key), planned, path.key(key)))
                .collect()
        }
        Nesting::Set => Vec::new(),
    }
}

/// The value without what is known of its unknown parts: a plan may know more or less of them.
fn unrefined(value: &Value) -> Value {
    let all = |elements: &[Value]| elements.iter().map(unrefined).collect();
    match value {
        Value::Unknown(_) => Value::Unknown(Refinements(None)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
        Value::List(elements) => Value::List(all(elements)),
        Value::Set(elements) => Value::set(all(elements)),
        Value::Tuple(elements) => Value::Tuple(all(elements)),
        Value::Map(entries) => {
            Value::Map(entries.iter().map(|(key, value)| (key.clone(), unrefined(value))).collect())
        }
        Value::Object(entries) => {
            Value::object(entries.iter().map(|(name, value)| (name.clone(), unrefined(value))))
        }
        Value::Dynamic(ty, value) => Value::Dynamic(ty.clone(), Box::new(unrefined(value))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::value::Refined;

    fn archive() -> Schema {
        let item = || [Attribute::string("key").required(), Attribute::string("made").computed()];
        let several = |name: &str, nesting| {
            let kind = Kind::Nested(nesting, Block::new("", item()));
            Attribute { kind, ..Attribute::bool(name).optional() }
        };
        let block = |name: &str, nesting| NestedBlock {
            name: name.into(),
            nesting,
            block: Block::new("", item()),
            max_items: 0,
        };
        Schema::new(
            Block::new(
                "",
                [
                    Attribute::string("name").optional(),
                    Attribute::string("mode").optional().computed(),
                    Attribute::string("id").computed(),
                    Attribute::string("token").write_only(),
                    several("one", Nesting::Single),
                    several("list", Nesting::List),
                    several("set", Nesting::Set),
                    several("map", Nesting::Map),
                ],
            )
            .block(block("block", Nesting::Single))
            .block(block("blocks", Nesting::List))
            .block(block("block_set", Nesting::Set)),
        )
    }

    fn with(changes: &[(&str, Value)]) -> Value {
        let schema = archive();
        let mut value =
            Value::object(schema.block.attributes.iter().map(|a| (a.name.clone(), Value::Null)));
        value.put("block", Value::Null);
        value.put("blocks", Value::List(Vec::new()));
        value.put("block_set", Value::Set(Vec::new()));
        changes.iter().for_each(|(name, change)| value.put(name, change.clone()));
        value
    }

    fn item(key: impl Into<Value>, made: impl Into<Value>) -> Value {
        Value::object([("key", key.into()), ("made", made.into())])
    }

    fn list(elements: impl IntoIterator<Item = Value>) -> Value {
        Value::List(elements.into_iter().collect())
    }

    /// The broken rules where one attribute or block has these values.
    fn broken(
        name: &str,
        config: Value,
        prior: Value,
        planned: Value,
    ) -> Vec<(&'static str, String)> {
        let [config, prior, planned] = [config, prior, planned].map(|value| with(&[(name, value)]));
        plan(&archive(), &config, &prior, &planned, &[])
            .into_iter()
            .map(|found| (found.rule, found.path.to_string()))
            .collect()
    }

    fn one(rule: &'static str, path: &str) -> Vec<(&'static str, String)> {
        vec![(rule, path.to_owned())]
    }

    const NULL: Value = Value::Null;
    const UNKNOWN: Value = Value::UNKNOWN;

    fn text(text: &str) -> Value {
        text.into()
    }

    #[test]
    fn case_41_configured_values_are_planned_as_they_are_or_as_they_were() {
        assert_eq!(broken("name", text("a"), NULL, text("a")), []);
        assert_eq!(broken("name", text("a"), text("A"), text("A")), []);
        assert_eq!(broken("name", text("a"), text("b"), text("c")), one("config-value", "name"));
        assert_eq!(broken("name", text("a"), NULL, UNKNOWN), one("config-value", "name"));
        assert_eq!(broken("name", text("a"), NULL, NULL), one("config-value", "name"));
        assert_eq!(broken("mode", text("a"), NULL, UNKNOWN), one("config-value", "mode"));
    }

    #[test]
    fn case_41_only_computed_values_come_from_the_provider() {
        assert_eq!(broken("name", NULL, text("a"), text("a")), one("not-computed", "name"));
        assert_eq!(broken("name", NULL, text("a"), UNKNOWN), one("not-computed", "name"));
        assert_eq!(broken("mode", NULL, NULL, UNKNOWN), []);
        assert_eq!(broken("mode", NULL, NULL, text("a")), []);
        assert_eq!(broken("id", NULL, text("a"), text("b")), []);
    }

    #[test]
    fn case_41_unknown_configuration_stays_unknown() {
        assert_eq!(broken("name", UNKNOWN, text("a"), UNKNOWN), []);
        assert_eq!(broken("name", UNKNOWN, NULL, text("a")), one("config-value", "name"));
        let refined = Refined { nullness: Some(false), ..Refined::default() };
        let refined = Value::Unknown(Refinements(Some(Box::new(refined))));
        assert_eq!(broken("name", refined, NULL, UNKNOWN), []);
    }

    #[test]
    fn case_51_write_only_values_are_not_planned() {
        assert_eq!(broken("token", text("s"), NULL, NULL), []);
        assert_eq!(broken("token", text("s"), NULL, text("s")), one("write-only-null", "token"));
    }

    #[test]
    fn case_41_nested_objects_exist_as_configured() {
        assert_eq!(broken("one", item("a", NULL), NULL, item("a", UNKNOWN)), []);
        assert_eq!(broken("one", item("a", NULL), NULL, NULL), one("planned-absence", "one"));
        assert_eq!(broken("one", NULL, NULL, item("a", NULL)), one("not-computed", "one"));
        assert_eq!(broken("one", item("a", NULL), NULL, UNKNOWN), one("planned-unknown", "one"));
        assert_eq!(
            broken("one", item("a", NULL), NULL, item("b", NULL)),
            one("config-value", "one.key")
        );
    }

    #[test]
    fn case_41_nested_elements_correspond_to_the_configuration() {
        let (one_item, two) =
            (list([item("a", NULL)]), list([item("a", UNKNOWN), item("b", UNKNOWN)]));
        assert_eq!(broken("list", one_item.clone(), NULL, two), one("element-count", "list"));
        let other = list([item("b", NULL)]);
        assert_eq!(
            broken("list", one_item.clone(), NULL, other.clone()),
            one("config-value", "list[0].key")
        );
        // By index, the prior element suppresses the change.
        assert_eq!(broken("list", one_item, other.clone(), other), []);
    }

    #[test]
    fn case_41_nested_maps_have_the_configured_keys() {
        let map = |key: &str, value: Value| Value::Map([(key.to_owned(), value)].into());
        let config = map("k", item("a", NULL));
        assert_eq!(broken("map", config.clone(), NULL, map("k", item("a", UNKNOWN))), []);
        assert_eq!(
            broken("map", config.clone(), NULL, map("l", item("a", NULL))),
            one("element-count", "map")
        );
        assert_eq!(
            broken("map", config, NULL, map("k", item("b", NULL))),
            one("config-value", r#"map["k"].key"#)
        );
    }

    #[test]
    fn case_41_sets_are_only_counted() {
        let set = |keys: &[&str]| Value::set(keys.iter().map(|key| item(*key, NULL)).collect());
        assert_eq!(broken("set", set(&["a"]), NULL, set(&["b"])), []);
        assert_eq!(broken("set", set(&["a"]), NULL, set(&["a", "b"])), one("element-count", "set"));
        let set = |keys: &[&str]| Value::set(keys.iter().map(|key| item(*key, NULL)).collect());
        assert_eq!(
            broken("block_set", set(&["a"]), set(&[]), set(&["a", "b"])),
            one("block-count", "block_set")
        );
    }

    #[test]
    fn case_41_blocks_are_counted_and_never_null_or_unknown() {
        let none = || list([]);
        let config = || list([item("a", NULL)]);
        assert_eq!(broken("blocks", config(), none(), list([item("a", UNKNOWN)])), []);
        assert_eq!(broken("blocks", config(), none(), none()), one("block-count", "blocks"));
        assert_eq!(broken("blocks", none(), none(), NULL), one("block-null", "blocks"));
        assert_eq!(broken("blocks", config(), none(), UNKNOWN), one("unknown-block", "blocks"));
        assert_eq!(broken("blocks", UNKNOWN, none(), UNKNOWN), []);
        assert_eq!(broken("blocks", UNKNOWN, none(), none()), one("unknown-block", "blocks"));
        assert_eq!(
            broken("blocks", config(), none(), list([UNKNOWN])),
            one("planned-unknown", "blocks[0]")
        );
        assert_eq!(broken("block", NULL, NULL, item("a", NULL)), one("planned-existence", "block"));
        assert_eq!(
            broken("block", item("a", NULL), NULL, item("b", NULL)),
            one("config-value", "block.key")
        );
    }

    #[test]
    fn case_49_deletions_plan_nothing() {
        let state = with(&[]);
        assert_eq!(plan(&archive(), &Value::Null, &state, &Value::Null, &[]), []);
        let found = plan(&archive(), &Value::Null, &state, &state, &[]);
        assert_eq!(found[0].rule, "planned-existence");
    }

    #[test]
    fn case_46_replacements_are_for_paths_that_exist() {
        let config = with(&[("list", list([item("a", NULL)]))]);
        let rules = |path: &str| -> Vec<_> {
            plan(&archive(), &config, &Value::Null, &config, &[Path::from(path)])
                .iter()
                .map(|found| found.rule)
                .collect()
        };
        assert!(rules("name").is_empty());
        assert!(rules("list.0.key").is_empty());
        assert_eq!(rules("list.1.key"), ["replace-path"]);
        assert_eq!(rules("nonsense"), ["replace-path"]);
    }
}
