//! Random schemas, and configurations and states of them.

use serde_json::Value as Json;
use terraform_provider_connect::framework::schema::{
    Attribute, Block, Kind, NestedBlock, Nesting, Schema,
};
use terraform_provider_connect::framework::types::Type;
use terraform_provider_connect::framework::value::Value;

use super::choices::Choices;
use super::values::{self, Gaps};

/// A schema that Terraform accepts.
pub(super) fn schema(choices: &mut Choices<'_>) -> Schema {
    let root = Place { depth: 2, root: true, attribute: false, set: false, nested_set: false };
    Schema::new(block(choices, root))
}

#[derive(Clone, Copy)]
struct Place {
    depth: usize,
    root: bool,
    attribute: bool,
    set: bool,
    nested_set: bool,
}

impl Place {
    fn inside(self, nesting: Nesting) -> Self {
        let is_set = nesting == Nesting::Set;
        Place {
            depth: self.depth - 1,
            root: false,
            set: self.set || is_set,
            nested_set: self.nested_set || self.set && is_set,
            ..self
        }
    }
}

const NESTINGS: [Nesting; 4] = [Nesting::Single, Nesting::List, Nesting::Map, Nesting::Set];

fn block(choices: &mut Choices<'_>, place: Place) -> Block {
    let count = 1 + choices.below(if place.root { 6 } else { 3 });
    let attributes: Vec<Attribute> =
        (0..count).map(|number| attribute(choices, &format!("a{number}"), place)).collect();
    let mut block = Block::new("", attributes);
    if !place.attribute && place.depth > 0 {
        for number in 0..choices.below(3) {
            let nesting = choices.of(&NESTINGS);
            block = block.block(NestedBlock {
                name: format!("b{number}"),
                nesting,
                block: self::block(choices, place.inside(nesting)),
                max_items: 0,
            });
        }
    }
    block
}

fn attribute(choices: &mut Choices<'_>, name: &str, place: Place) -> Attribute {
    let nested = place.depth > 0 && choices.once_in(3);
    let kind = if nested {
        let nesting = choices.of(&NESTINGS);
        let inside = Place { attribute: true, ..place.inside(nesting) };
        Kind::Nested(nesting, block(choices, inside))
    } else {
        Kind::Plain(values::ty(choices, 2, !place.set))
    };
    let attribute = Attribute { kind, ..Attribute::bool(name) };
    if place.set {
        // Core does not look for computed values in sets that are in sets.
        let modes = if place.nested_set { 2 } else { 3 };
        return match choices.below(modes) {
            0 => attribute.required(),
            1 => attribute.optional(),
            _ => attribute.computed(),
        };
    }
    let fallback = |choices: &mut Choices<'_>| values::value(choices, &attribute.ty(), Gaps::None);
    let mut attribute = match choices.below(9) {
        0 => attribute.required(),
        1 | 2 => attribute.optional(),
        3 => attribute.computed(),
        4 => attribute.computed().keeps(),
        5 => attribute.optional().computed(),
        6 => attribute.optional().computed().keeps(),
        // Fallbacks are written by hand: none holds what only the provider knows.
        7 if !nested => {
            let value = fallback(choices);
            attribute.or_always(value)
        }
        8 if !nested => {
            let value = fallback(choices);
            attribute.or_at_create(value)
        }
        _ if place.root && !nested => return attribute.write_only(),
        _ => attribute.optional(),
    };
    if choices.once_in(4) {
        attribute = attribute.replaces();
    }
    if attribute.ty() == Type::String && choices.once_in(2) {
        attribute = attribute.equal(|one, other| {
            one.as_str().map(str::to_lowercase) == other.as_str().map(str::to_lowercase)
        });
    }
    attribute
}

/// A configuration that core would accept, with these gaps in it.
pub(super) fn config(choices: &mut Choices<'_>, block: &Block, gaps: Gaps) -> Value {
    let attributes: Vec<(String, Value)> = block
        .attributes
        .iter()
        .map(|attribute| (attribute.name.clone(), configured(choices, attribute, gaps)))
        .collect();
    let mut config = Value::object(attributes);
    for nested in &block.blocks {
        let blocks = if gaps != Gaps::Null && choices.once_in(10) {
            Value::UNKNOWN
        } else if nested.nesting == Nesting::Single && choices.once_in(2) {
            Value::Null
        } else {
            elements(choices, nested.nesting, &mut |choices| {
                self::config(choices, &nested.block, gaps)
            })
        };
        config.put(&nested.name, blocks);
    }
    config
}

fn configured(choices: &mut Choices<'_>, attribute: &Attribute, gaps: Gaps) -> Value {
    if attribute.is_read_only() || attribute.optional && choices.once_in(3) {
        return Value::Null;
    }
    if gaps != Gaps::Null && choices.once_in(5) {
        return match gaps {
            Gaps::Refined => values::unknown(choices, &attribute.ty()),
            _ => Value::UNKNOWN,
        };
    }
    match &attribute.kind {
        Kind::Plain(ty) => values::value(choices, ty, gaps),
        Kind::Nested(nesting, block) => {
            elements(choices, *nesting, &mut |choices| config(choices, block, gaps))
        }
    }
}

fn elements(
    choices: &mut Choices<'_>,
    nesting: Nesting,
    element: &mut dyn FnMut(&mut Choices<'_>) -> Value,
) -> Value {
    let count = choices.below(3);
    match nesting {
        Nesting::Single => element(choices),
        Nesting::List => Value::List((0..count).map(|_| element(choices)).collect()),
        Nesting::Set => Value::set((0..count).map(|_| element(choices)).collect()),
        Nesting::Map => {
            let entries = (0..count).map(|_| (choices.of(&["k", "l", "m"]), element(choices)));
            Value::Map(entries.map(|(key, value)| (key.to_owned(), value)).collect())
        }
    }
}

/// The configuration with everything known: what was unknown is decided now.
pub(super) fn resolved(choices: &mut Choices<'_>, block: &Block, config: &Value) -> Value {
    let attributes: Vec<(String, Value)> = block
        .attributes
        .iter()
        .map(|attribute| {
            let value = config.get(&attribute.name);
            let resolved = match (value, &attribute.kind) {
                (Value::Unknown(_), _) => configured(choices, attribute, Gaps::Null),
                (value, Kind::Plain(ty)) => resolved_plain(choices, ty, value),
                (value, Kind::Nested(_, block)) => resolved_elements(choices, block, value),
            };
            (attribute.name.clone(), resolved)
        })
        .collect();
    let mut resolved = Value::object(attributes);
    for nested in &block.blocks {
        let blocks = match config.get(&nested.name) {
            Value::Unknown(_) => elements(choices, nested.nesting, &mut |choices| {
                self::config(choices, &nested.block, Gaps::Null)
            }),
            known => resolved_elements(choices, &nested.block, known),
        };
        resolved.put(&nested.name, blocks);
    }
    resolved
}

fn resolved_elements(choices: &mut Choices<'_>, block: &Block, value: &Value) -> Value {
    let mut each = |value: &Value| match value {
        Value::Object(_) => resolved(choices, block, value),
        other => other.clone(),
    };
    match value {
        Value::List(elements) => Value::List(elements.iter().map(each).collect()),
        Value::Set(elements) => Value::set(elements.iter().map(each).collect()),
        Value::Map(entries) => {
            Value::Map(entries.iter().map(|(key, value)| (key.clone(), each(value))).collect())
        }
        other => each(other),
    }
}

fn resolved_plain(choices: &mut Choices<'_>, ty: &Type, value: &Value) -> Value {
    if value.is_wholly_known() {
        return value.clone();
    }
    match (ty, value) {
        (Type::List(ty), Value::List(elements)) => {
            Value::List(elements.iter().map(|it| resolved_plain(choices, ty, it)).collect())
        }
        (Type::Set(ty), Value::Set(elements)) => {
            Value::set(elements.iter().map(|it| resolved_plain(choices, ty, it)).collect())
        }
        (Type::Map(ty), Value::Map(entries)) => {
            let resolved =
                entries.iter().map(|(key, it)| (key.clone(), resolved_plain(choices, ty, it)));
            Value::Map(resolved.collect())
        }
        (Type::Tuple(types), Value::Tuple(elements)) => {
            let resolved =
                types.iter().zip(elements).map(|(ty, it)| resolved_plain(choices, ty, it));
            Value::Tuple(resolved.collect())
        }
        (Type::Object(types), Value::Object(entries)) => {
            let resolved: Vec<(String, Value)> = types
                .iter()
                .map(|(name, ty)| (name.clone(), resolved_plain(choices, ty, &entries[name])))
                .collect();
            Value::object(resolved)
        }
        (_, Value::Dynamic(ty, inner)) => {
            let inner = resolved_plain(choices, ty, inner);
            Value::Dynamic(ty.clone(), Box::new(inner))
        }
        (ty, _) => values::value(choices, ty, Gaps::None),
    }
}

/// A state as a read might find it, whatever was configured.
pub(super) fn drifted(choices: &mut Choices<'_>, block: &Block) -> Value {
    let attributes: Vec<(String, Value)> = block
        .attributes
        .iter()
        .map(|attribute| {
            let value = match &attribute.kind {
                _ if attribute.write_only || choices.once_in(4) => Value::Null,
                Kind::Plain(ty) => values::value(choices, ty, Gaps::Null),
                Kind::Nested(nesting, block) => {
                    elements(choices, *nesting, &mut |choices| drifted(choices, block))
                }
            };
            (attribute.name.clone(), value)
        })
        .collect();
    let mut state = Value::object(attributes);
    for nested in &block.blocks {
        let blocks = match nested.nesting {
            Nesting::Single if choices.once_in(2) => Value::Null,
            nesting => elements(choices, nesting, &mut |choices| drifted(choices, &nested.block)),
        };
        state.put(&nested.name, blocks);
    }
    state
}

/// What a service makes of a plan: it decides what the plan left open, and writes some of the
/// rest in its own way.
pub(super) fn made(choices: &mut Choices<'_>, block: &Block, planned: &Json, in_set: bool) -> Json {
    let mut made = planned.clone();
    let Json::Object(entries) = &mut made else { return made };
    for attribute in &block.attributes {
        let Some(value) = entries.get_mut(&attribute.name) else { continue };
        let nested = matches!(attribute.kind, Kind::Nested(..));
        if value.is_null() && nested && attribute.optional {
            // What could be configured inside is not for the service to choose: core would take
            // it for something that was configured before.
        } else if value.is_null() && attribute.computed {
            let chosen = values::any(choices, &attribute.ty(), Gaps::Null);
            *value = terraform_provider_connect::framework::json::encode(&chosen);
        } else if let Kind::Nested(nesting, block) = &attribute.kind {
            made_elements(choices, *nesting, block, value, in_set);
        } else if !in_set && choices.once_in(6) {
            // As AWS answers with another case, or nothing at all.
            *value = match &*value {
                Json::String(text) => Json::String(text.to_uppercase()),
                _ => Json::Null,
            };
        }
    }
    for nested in &block.blocks {
        let Some(value) = entries.get_mut(&nested.name) else { continue };
        made_elements(choices, nested.nesting, &nested.block, value, in_set);
    }
    made
}

fn made_elements(
    choices: &mut Choices<'_>,
    nesting: Nesting,
    block: &Block,
    value: &mut Json,
    in_set: bool,
) {
    let in_set = in_set || nesting == Nesting::Set;
    match (nesting, value) {
        (Nesting::Single, value) => *value = made(choices, block, value, in_set),
        (_, Json::Array(elements)) => {
            for element in elements {
                *element = made(choices, block, element, in_set);
            }
        }
        (_, Json::Object(entries)) => {
            for (_, element) in entries.iter_mut() {
                *element = made(choices, block, element, in_set);
            }
        }
        _ => {}
    }
}
