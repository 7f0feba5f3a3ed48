//! From configuration and prior state to a plan.
//!
//! Terraform proposes a new state in which computed attributes hold their prior value, or null at
//! creation. From there: [`propose`] fills in fallbacks, drops write-only values and keeps prior
//! spellings; the resource's own `plan` hook edits the result through [`Plan`]; [`mark_unknown`]
//! then marks what the provider will decide at apply; [`replacements`] names the changes that
//! need a new object. Terraform refuses a plan that breaks one of its rules, so all of them are
//! kept here and nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use super::diagnostics::Diagnostics;
use super::path::Path;
use super::schema::{Attribute, Block, Fallback, Kind, Nesting};
use super::value::Value;

/// A plan in the making, as a resource's hook sees it.
#[derive(Debug)]
pub struct Plan<'a> {
    /// What the practitioner wrote; may hold unknown values.
    pub config: &'a Value,
    /// The state so far; null at creation.
    pub prior: &'a Value,
    /// Errors and warnings about the plan.
    pub diags: Diagnostics,
    planned: Value,
    decided: BTreeSet<String>,
    replacements: BTreeSet<Path>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(config: &'a Value, prior: &'a Value, planned: Value) -> Self {
        Self {
            config,
            prior,
            planned,
            diags: Diagnostics::new(),
            decided: BTreeSet::new(),
            replacements: BTreeSet::new(),
        }
    }

    /// Whether a new object is made.
    pub fn is_create(&self) -> bool {
        self.prior.is_null()
    }

    /// Whether anything differs from the state.
    pub fn is_change(&self) -> bool {
        self.planned != *self.prior
    }

    /// The planned value of an attribute. Computed ones hold their prior value here: they are
    /// marked unknown after the hook.
    pub fn get(&self, name: &str) -> &Value {
        self.planned.get(name)
    }

    /// Whether an attribute's planned value differs from the state; true at creation if set.
    pub fn changes(&self, name: &str) -> bool {
        self.planned.get(name) != self.prior.get(name)
    }

    /// Decides an attribute: it is planned as `value`, whatever the schema's rules say.
    ///
    /// Terraform allows this for computed attributes that are not configured, and otherwise
    /// only for the prior value in another spelling.
    pub fn set(&mut self, name: &str, value: Value) {
        self.planned.put(name, value);
        self.decided.insert(name.to_owned());
    }

    /// Leaves an attribute to the apply.
    pub fn set_unknown(&mut self, name: &str) {
        self.set(name, Value::UNKNOWN);
    }

    /// Makes the change of an attribute a replacement.
    pub fn replace(&mut self, path: impl Into<Path>) {
        self.replacements.insert(path.into());
    }

    /// Whether the hook or, for changes so far, the schema asks for a new object.
    pub fn is_replacement(&self, block: &Block) -> bool {
        !self.prior.is_null()
            && (!self.replacements.is_empty()
                || !replacements(block, self.prior, &self.planned).is_empty())
    }

    pub(super) fn finish(self, block: &Block) -> (Value, Vec<Path>, Diagnostics) {
        let Self { config, prior, mut planned, diags, decided, replacements: mut paths } = self;
        if planned != *prior {
            mark_unknown(block, config, prior, &mut planned, &decided);
        }
        if !prior.is_null() {
            paths.extend(replacements(block, prior, &planned));
        }
        (planned, paths.into_iter().collect(), diags)
    }
}

/// The proposed state with fallbacks filled in, write-only values dropped, and the prior spelling
/// of what is equal all the same.
pub fn propose(block: &Block, config: &Value, prior: &Value, proposed: &Value) -> Value {
    let Value::Object(proposed) = proposed else { return proposed.clone() };
    let attributes = block.attributes.iter().map(|attribute| {
        let name = &attribute.name;
        let proposed = proposed.get(name).unwrap_or(&Value::Null);
        let value = propose_attribute(attribute, config.get(name), prior.get(name), proposed);
        (name.clone(), value)
    });
    let blocks = block.blocks.iter().map(|nested| {
        let name = &nested.name;
        let proposed = proposed.get(name).unwrap_or(&Value::Null);
        let (config, prior) = (config.get(name), prior.get(name));
        (name.clone(), propose_nested(nested.nesting, &nested.block, config, prior, proposed))
    });
    Value::Object(attributes.chain(blocks).collect())
}

fn propose_attribute(
    attribute: &Attribute,
    config: &Value,
    prior: &Value,
    proposed: &Value,
) -> Value {
    if attribute.write_only {
        return Value::Null;
    }
    if config.is_null() {
        return match &attribute.fallback {
            Some(Fallback::Always(value)) => value.clone(),
            // Terraform proposes null for a nested value that only a configuration can have set.
            Some(Fallback::AtCreate(_)) if !prior.is_null() => prior.clone(),
            Some(Fallback::AtCreate(value)) if proposed.is_null() => value.clone(),
            _ => proposed.clone(),
        };
    }
    if let Some(equal) = attribute.equal
        && !prior.is_null()
        && prior.is_wholly_known()
        && config.is_wholly_known()
        && equal(config, prior)
    {
        return prior.clone();
    }
    match &attribute.kind {
        Kind::Plain(_) => proposed.clone(),
        Kind::Nested(nesting, block) => propose_nested(*nesting, block, config, prior, proposed),
    }
}

fn propose_nested(
    nesting: Nesting,
    block: &Block,
    config: &Value,
    prior: &Value,
    proposed: &Value,
) -> Value {
    zip_nested(nesting, block, config, prior, proposed, &|config, prior, proposed| {
        propose(block, config, prior, proposed)
    })
}

/// Rebuilds a nested value element by element, each beside its configuration and prior state.
fn zip_nested(
    nesting: Nesting,
    block: &Block,
    config: &Value,
    prior: &Value,
    planned: &Value,
    rebuild: &dyn Fn(&Value, &Value, &Value) -> Value,
) -> Value {
    match (nesting, planned) {
        (Nesting::Single, Value::Object(_)) => rebuild(config, prior, planned),
        (Nesting::List, Value::List(elements)) => {
            let element = |value: &'_ Value, index: usize| {
                value.elements().and_then(|all| all.get(index)).cloned().unwrap_or(Value::Null)
            };
            let rebuilt = elements.iter().enumerate().map(|(index, planned)| {
                rebuild(&element(config, index), &element(prior, index), planned)
            });
            Value::List(rebuilt.collect())
        }
        (Nesting::Map, Value::Map(entries)) => {
            let rebuilt = entries.iter().map(|(key, planned)| {
                (key.clone(), rebuild(config.get(key), prior.get(key), planned))
            });
            Value::Map(rebuilt.collect())
        }
        (Nesting::Set, Value::Set(elements)) => {
            let rebuilt = elements.iter().map(|planned| {
                let config = config.elements().unwrap_or_default();
                let config = config.iter().find(|config| may_derive_from(block, config, planned));
                rebuild(config.unwrap_or(planned), &Value::Null, planned)
            });
            Value::set(rebuilt.collect())
        }
        _ => planned.clone(),
    }
}

/// Whether a planned set element can stem from a configured one: all that is configured agrees.
fn may_derive_from(block: &Block, config: &Value, planned: &Value) -> bool {
    let attributes = block.attributes.iter().all(|attribute| {
        let (config, planned) = (config.get(&attribute.name), planned.get(&attribute.name));
        match &attribute.kind {
            _ if config == planned || attribute.write_only => true,
            _ if attribute.computed && config.is_null() => true,
            Kind::Nested(nesting, block) => may_nested_derive(*nesting, block, config, planned),
            Kind::Plain(_) => false,
        }
    });
    attributes
        && block.blocks.iter().all(|nested| {
            let (config, planned) = (config.get(&nested.name), planned.get(&nested.name));
            config == planned || may_nested_derive(nested.nesting, &nested.block, config, planned)
        })
}

/// The same for what is nested in an element; sets in sets have to be equal.
fn may_nested_derive(nesting: Nesting, block: &Block, config: &Value, planned: &Value) -> bool {
    match (nesting, config, planned) {
        (Nesting::Single, Value::Object(_), Value::Object(_)) => {
            may_derive_from(block, config, planned)
        }
        (Nesting::List, Value::List(config), Value::List(planned)) => {
            config.len() == planned.len()
                && config.iter().zip(planned).all(|(one, other)| may_derive_from(block, one, other))
        }
        (Nesting::Map, Value::Map(config), Value::Map(planned)) => {
            config.keys().eq(planned.keys())
                && config.iter().all(|(key, one)| may_derive_from(block, one, &planned[key]))
        }
        _ => false,
    }
}

/// Marks what the provider decides at apply: computed attributes that are neither configured nor
/// fall back on a constant nor keep their prior value, except those in `decided`.
fn mark_unknown(
    block: &Block,
    config: &Value,
    prior: &Value,
    planned: &mut Value,
    decided: &BTreeSet<String>,
) {
    let Value::Object(attributes) = planned else { return };
    for attribute in &block.attributes {
        if decided.contains(&attribute.name) {
            continue;
        }
        let config = config.get(&attribute.name);
        let earlier = prior.get(&attribute.name);
        let Some(value) = attributes.get_mut(&attribute.name) else { continue };
        if config.is_null() {
            let kept = attribute.keeps && !prior.is_null();
            if attribute.computed && attribute.fallback.is_none() && !kept {
                *value = Value::UNKNOWN;
            }
        } else if let Kind::Nested(nesting, block) = &attribute.kind {
            // A prior spelling that was kept is no change and stays as it is.
            if value != earlier {
                *value = mark_nested(*nesting, block, config, earlier, value);
            }
        }
    }
    for nested in &block.blocks {
        let (config, prior) = (config.get(&nested.name), prior.get(&nested.name));
        let Some(value) = attributes.get_mut(&nested.name) else { continue };
        *value = mark_nested(nested.nesting, &nested.block, config, prior, value);
    }
}

fn mark_nested(
    nesting: Nesting,
    block: &Block,
    config: &Value,
    prior: &Value,
    planned: &Value,
) -> Value {
    zip_nested(nesting, block, config, prior, planned, &|config, prior, planned| {
        let mut planned = planned.clone();
        mark_unknown(block, config, prior, &mut planned, &BTreeSet::new());
        planned
    })
}

/// The changed attributes that need a new object.
fn replacements(block: &Block, prior: &Value, planned: &Value) -> Vec<Path> {
    let mut paths = Vec::new();
    collect_replacements(block, prior, planned, &Path::ROOT, &mut paths);
    paths
}

fn collect_replacements(
    block: &Block,
    prior: &Value,
    planned: &Value,
    path: &Path,
    paths: &mut Vec<Path>,
) {
    for attribute in &block.attributes {
        let (prior, planned) = (prior.get(&attribute.name), planned.get(&attribute.name));
        if prior == planned {
            continue;
        }
        let path = path.dot(&attribute.name);
        match &attribute.kind {
            _ if attribute.replaces => paths.push(path),
            Kind::Nested(nesting, block) => {
                collect_nested_replacements(*nesting, block, prior, planned, &path, paths);
            }
            Kind::Plain(_) => {}
        }
    }
    for nested in &block.blocks {
        let (prior, planned) = (prior.get(&nested.name), planned.get(&nested.name));
        let path = path.dot(&nested.name);
        collect_nested_replacements(nested.nesting, &nested.block, prior, planned, &path, paths);
    }
}

/// Only elements that were there before can be replaced; those of sets have no path.
fn collect_nested_replacements(
    nesting: Nesting,
    block: &Block,
    prior: &Value,
    planned: &Value,
    path: &Path,
    paths: &mut Vec<Path>,
) {
    match (nesting, prior, planned) {
        (Nesting::Single, ..) => collect_replacements(block, prior, planned, path, paths),
        (Nesting::List, Value::List(prior), Value::List(planned)) => {
            for (index, (prior, planned)) in prior.iter().zip(planned).enumerate() {
                collect_replacements(block, prior, planned, &path.index(index), paths);
            }
        }
        (Nesting::Map, Value::Map(prior), Value::Map(planned)) => {
            for (key, prior) in prior {
                let Some(planned) = planned.get(key) else { continue };
                collect_replacements(block, prior, planned, &path.key(key), paths);
            }
        }
        _ => {}
    }
}

/// The result of an apply: what the plan had fixed, and the rest as it turned out.
///
/// Terraform refuses results that differ from what was planned; where AWS normalised a value, the
/// next refresh shows it.
pub fn settle(planned: &Value, actual: &Value) -> Value {
    if planned.is_wholly_known() {
        return planned.clone();
    }
    match (planned, actual) {
        (Value::Object(planned), Value::Object(actual)) => {
            Value::Object(settle_entries(planned, actual))
        }
        (Value::Map(planned), Value::Map(actual)) => Value::Map(settle_entries(planned, actual)),
        (Value::List(planned), Value::List(actual)) if planned.len() == actual.len() => {
            Value::List(planned.iter().zip(actual).map(|(p, a)| settle(p, a)).collect())
        }
        _ => actual.clone(),
    }
}

fn settle_entries(
    planned: &BTreeMap<String, Value>,
    actual: &BTreeMap<String, Value>,
) -> BTreeMap<String, Value> {
    let settled = planned.iter().map(|(name, planned)| {
        (name.clone(), settle(planned, actual.get(name).unwrap_or(&Value::Null)))
    });
    settled.collect()
}

/// The planned values that a result contradicts, as far as both can be compared.
///
/// A change of spelling is none. What remains is most often AWS normalising an argument: the next
/// refresh shows it, as [`settle`] keeps the plan's value.
pub fn contradictions(block: &Block, planned: &Value, actual: &Value) -> Vec<Path> {
    let mut paths = Vec::new();
    collect_contradictions(block, planned, actual, &Path::ROOT, &mut paths);
    paths
}

fn collect_contradictions(
    block: &Block,
    planned: &Value,
    actual: &Value,
    path: &Path,
    paths: &mut Vec<Path>,
) {
    for attribute in block.attributes.iter().filter(|attribute| !attribute.write_only) {
        let (planned, actual) = (planned.get(&attribute.name), actual.get(&attribute.name));
        let path = path.dot(&attribute.name);
        let spelled_otherwise = || {
            let both = !planned.is_null() && !actual.is_null();
            attribute.equal.is_some_and(|equal| both && equal(planned, actual))
        };
        match (&attribute.kind, planned, actual) {
            (Kind::Nested(Nesting::Single, block), Value::Object(_), Value::Object(_)) => {
                collect_contradictions(block, planned, actual, &path, paths);
            }
            _ if planned.is_wholly_known() && planned != actual && !spelled_otherwise() => {
                paths.push(path);
            }
            _ => {}
        }
    }
}

/// A plan as far as it is known: what is there of an object of which nothing was reported.
pub fn known_part(planned: &Value) -> Value {
    let all = |elements: &[Value]| elements.iter().map(known_part).collect();
    let each = |entries: &BTreeMap<String, Value>| {
        entries.iter().map(|(name, value)| (name.clone(), known_part(value))).collect()
    };
    match planned {
        planned if planned.is_wholly_known() => planned.clone(),
        Value::List(elements) => Value::List(all(elements)),
        Value::Set(elements) => Value::set(all(elements)),
        Value::Tuple(elements) => Value::Tuple(all(elements)),
        Value::Map(entries) => Value::Map(each(entries)),
        Value::Object(entries) => Value::Object(each(entries)),
        _ => Value::Null,
    }
}

/// A value as a state may hold it, whatever a resource returned: write-only values are null, and
/// where there are no repeated blocks there is an empty collection.
pub fn storable(block: &Block, value: &Value) -> Value {
    let Value::Object(entries) = value else { return value.clone() };
    let mut entries = entries.clone();
    for attribute in &block.attributes {
        let Some(value) = entries.get_mut(&attribute.name) else { continue };
        if attribute.write_only {
            *value = Value::Null;
        } else if let Kind::Nested(nesting, block) = &attribute.kind {
            *value = storable_nested(*nesting, block, value);
        }
    }
    for nested in &block.blocks {
        let Some(value) = entries.get_mut(&nested.name) else { continue };
        *value = match (nested.nesting, &*value) {
            (Nesting::List, Value::Null) => Value::List(Vec::new()),
            (Nesting::Set, Value::Null) => Value::Set(Vec::new()),
            (Nesting::Map, Value::Null) => Value::Map(BTreeMap::new()),
            (nesting, value) => storable_nested(nesting, &nested.block, value),
        };
    }
    Value::Object(entries)
}

fn storable_nested(nesting: Nesting, block: &Block, value: &Value) -> Value {
    zip_nested(nesting, block, value, value, value, &|_, _, value| storable(block, value))
}

/// A state just read, with the prior spelling of whatever means the same.
pub fn keep_spelling(block: &Block, prior: &Value, read: &Value) -> Value {
    let (Value::Object(_), Value::Object(entries)) = (prior, read) else { return read.clone() };
    let mut entries = entries.clone();
    for attribute in &block.attributes {
        let earlier = prior.get(&attribute.name);
        let Some(value) = entries.get_mut(&attribute.name) else { continue };
        let same = attribute
            .equal
            .is_some_and(|equal| !earlier.is_null() && !value.is_null() && equal(value, earlier));
        if same {
            *value = earlier.clone();
        } else if let Kind::Nested(nesting, block) = &attribute.kind {
            *value = keep_nested_spelling(*nesting, block, earlier, value);
        }
    }
    for nested in &block.blocks {
        let earlier = prior.get(&nested.name);
        let Some(value) = entries.get_mut(&nested.name) else { continue };
        *value = keep_nested_spelling(nested.nesting, &nested.block, earlier, value);
    }
    Value::Object(entries)
}

fn keep_nested_spelling(nesting: Nesting, block: &Block, prior: &Value, read: &Value) -> Value {
    zip_nested(nesting, block, &Value::Null, prior, read, &|_, prior, read| {
        keep_spelling(block, prior, read)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::schema::NestedBlock;

    fn block() -> Block {
        Block::new(
            "",
            [
                Attribute::string("name").required().replaces(),
                Attribute::string("note").optional(),
                Attribute::string("json")
                    .optional()
                    .equal(|a, b| a.as_str().map(str::trim) == b.as_str().map(str::trim)),
                Attribute::bool("on").or_always(true),
                Attribute::string("mode").or_at_create("fast"),
                Attribute::string("secret").write_only(),
                Attribute::string("id").computed().keeps(),
                Attribute::string("status").computed(),
                Attribute::objects(
                    "items",
                    [
                        Attribute::string("key").required(),
                        Attribute::string("op").or_at_create("EQ"),
                        Attribute::string("made").computed(),
                    ],
                )
                .optional(),
            ],
        )
    }

    fn complete(known: &[(&str, Value)]) -> Value {
        let mut value =
            Value::object(block().attributes.iter().map(|a| (a.name.clone(), Value::Null)));
        for (name, known) in known {
            value.put(name, known.clone());
        }
        value
    }

    /// What core proposes, for configurations without nested objects.
    fn proposed(config: &Value, prior: &Value) -> Value {
        let mut proposed = config.clone();
        for attribute in block().attributes.iter().filter(|a| a.computed) {
            if config.get(&attribute.name).is_null() {
                proposed.put(&attribute.name, prior.get(&attribute.name).clone());
            }
        }
        proposed
    }

    fn plan(config: &Value, prior: &Value) -> (Value, Vec<Path>) {
        let planned = propose(&block(), config, prior, &proposed(config, prior));
        let (planned, paths, _) = Plan::new(config, prior, planned).finish(&block());
        (planned, paths)
    }

    fn state() -> Value {
        complete(&[
            ("name", "a".into()),
            ("on", true.into()),
            ("mode", "slow".into()),
            ("id", "1".into()),
            ("status", "ok".into()),
            ("json", " x".into()),
        ])
    }

    #[test]
    fn creation_leaves_computed_values_open_and_fills_in_the_rest() {
        let config = complete(&[("name", "a".into()), ("secret", "s".into())]);
        let (planned, paths) = plan(&config, &Value::Null);
        assert_eq!(planned.get("on"), &Value::from(true));
        assert_eq!(planned.get("mode"), &Value::from("fast"));
        assert_eq!(planned.get("secret"), &Value::Null);
        assert_eq!(planned.get("note"), &Value::Null);
        assert_eq!(planned.get("id"), &Value::UNKNOWN);
        assert_eq!(planned.get("status"), &Value::UNKNOWN);
        assert!(paths.is_empty());
    }

    #[test]
    fn an_unchanged_configuration_plans_the_state() {
        let config = complete(&[("name", "a".into()), ("json", "x ".into())]);
        assert_eq!(plan(&config, &state()).0, state());
    }

    #[test]
    fn a_change_leaves_open_only_what_can_change_with_it() {
        let config =
            complete(&[("name", "a".into()), ("json", "x".into()), ("note", "new".into())]);
        let (planned, paths) = plan(&config, &state());
        assert_eq!(planned.get("id"), &Value::from("1"));
        assert_eq!(planned.get("status"), &Value::UNKNOWN);
        assert_eq!(planned.get("mode"), &Value::from("slow"));
        assert!(paths.is_empty());
    }

    #[test]
    fn what_was_chosen_at_creation_stays_even_if_terraform_proposes_null() {
        let config = complete(&[("name", "a".into()), ("json", "x".into())]);
        let mut proposal = proposed(&config, &state());
        proposal.put("mode", Value::Null);
        let planned = propose(&block(), &config, &state(), &proposal);
        assert_eq!(planned.get("mode"), &Value::from("slow"));
    }

    #[test]
    fn a_removed_argument_falls_back() {
        let mut prior = state();
        prior.put("on", false.into());
        let config = complete(&[("name", "a".into()), ("json", "x".into())]);
        assert_eq!(plan(&config, &prior).0.get("on"), &Value::from(true));
    }

    #[test]
    fn replacement_is_asked_for_where_the_value_changes_or_may_change() {
        let config = complete(&[("name", "b".into()), ("json", "x".into())]);
        assert_eq!(plan(&config, &state()).1, [Path::from("name")]);
        let config = complete(&[("name", Value::UNKNOWN), ("json", "x".into())]);
        assert_eq!(plan(&config, &state()).1, [Path::from("name")]);
    }

    #[test]
    fn elements_of_lists_have_fallbacks_and_open_values_of_their_own() {
        let item = Value::object([("key", "k".into()), ("op", Value::Null), ("made", Value::Null)]);
        let config = complete(&[("name", "a".into()), ("items", Value::List(vec![item]))]);
        let (planned, _) = plan(&config, &Value::Null);
        assert_eq!(planned.at(&Path::from("items.0.op")), &Value::from("EQ"));
        assert_eq!(planned.at(&Path::from("items.0.made")), &Value::UNKNOWN);
    }

    #[test]
    fn a_result_follows_its_plan_and_fills_the_gaps() {
        let planned = Value::object([("a", "planned".into()), ("b", Value::UNKNOWN)]);
        let actual = Value::object([("a", "other".into()), ("b", "made".into())]);
        let result = Value::object([("a", "planned".into()), ("b", "made".into())]);
        assert_eq!(settle(&planned, &actual), result);
    }

    #[test]
    fn a_result_that_contradicts_its_plan_is_noticed() {
        let mut actual = state();
        actual.put("json", "x".into());
        assert_eq!(contradictions(&block(), &state(), &actual), []);
        actual.put("mode", "fast".into());
        assert_eq!(contradictions(&block(), &state(), &actual), [Path::from("mode")]);
    }

    #[test]
    fn of_a_plan_the_known_part_remains() {
        let planned = Value::object([("a", "x".into()), ("b", Value::UNKNOWN)]);
        let known = Value::object([("a", "x".into()), ("b", Value::Null)]);
        assert_eq!(known_part(&planned), known);
    }

    #[test]
    fn no_blocks_are_stored_as_none() {
        let block = Block::default().block(NestedBlock::list("item", 0, Block::default()));
        let stored = storable(&block, &Value::object([("item", Value::Null)]));
        assert_eq!(stored.get("item"), &Value::List(Vec::new()));
    }

    #[test]
    fn a_change_inside_a_block_can_replace() {
        let inner = Block::new("", [Attribute::string("name").required().replaces()]);
        let block = Block::default().block(NestedBlock::list("item", 0, inner));
        let with = |name: &str| {
            let item = Value::object([("name", Value::from(name))]);
            Value::object([("item", Value::List(vec![item]))])
        };
        assert_eq!(replacements(&block, &with("a"), &with("b")), [Path::from("item.0.name")]);
    }

    #[test]
    fn a_refresh_keeps_the_spelling_of_what_is_equal() {
        let mut read = state();
        read.put("json", "x".into());
        read.put("note", "drift".into());
        let kept = keep_spelling(&block(), &state(), &read);
        assert_eq!(kept.get("json"), &Value::from(" x"));
        assert_eq!(kept.get("note"), &Value::from("drift"));
    }
}
