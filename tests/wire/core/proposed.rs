//! What Terraform core proposes as the new state: configuration and prior state, merged.
//!
//! Computed attributes that are not configured keep their prior value; elements of nested lists
//! correspond by index, those of maps by key, those of sets by what they could stem from.

use terraform_provider_connect::framework::path::{Path, Step};
use terraform_provider_connect::framework::schema::{Attribute, Block, Kind, NestedBlock, Nesting};
use terraform_provider_connect::framework::value::Value;

/// The state that core proposes.
pub(crate) fn proposed(block: &Block, prior: &Value, config: &Value) -> Value {
    if config.is_null() && prior.is_null() {
        return Value::Null;
    }
    if prior.is_null() {
        merge(block, &nothing(block), config)
    } else {
        merge(block, prior, config)
    }
}

/// What an empty configuration would be.
fn nothing(block: &Block) -> Value {
    let attributes = block.attributes.iter().map(|it| (it.name.clone(), Value::Null));
    let blocks = block.blocks.iter().map(|nested| {
        let none = match nested.nesting {
            Nesting::Single => Value::Null,
            Nesting::List => Value::List(Vec::new()),
            Nesting::Set => Value::Set(Vec::new()),
            Nesting::Map => Value::Map([].into()),
        };
        (nested.name.clone(), none)
    });
    Value::object(attributes.chain(blocks))
}

fn merge(block: &Block, prior: &Value, config: &Value) -> Value {
    if config.is_null() || config.is_unknown() {
        return prior.clone();
    }
    let attributes = merge_attributes(block, prior, config);
    let blocks = block.blocks.iter().map(|nested| {
        let name = &nested.name;
        (name.clone(), merge_blocks(nested, prior.get(name), config.get(name)))
    });
    Value::object(attributes.into_iter().chain(blocks))
}

fn merge_blocks(nested: &NestedBlock, prior: &Value, config: &Value) -> Value {
    if config.is_unknown() || config.is_null() {
        return config.clone();
    }
    let block = &nested.block;
    let merge = |prior: &Value, config: &Value| proposed(block, prior, config);
    merge_elements(nested.nesting, block, prior, config, &merge)
}

fn merge_attributes(block: &Block, prior: &Value, config: &Value) -> Vec<(String, Value)> {
    let merged = block.attributes.iter().map(|attribute| {
        let name = &attribute.name;
        (name.clone(), merge_attribute(attribute, prior.get(name), config.get(name)))
    });
    merged.collect()
}

fn merge_attribute(attribute: &Attribute, prior: &Value, config: &Value) -> Value {
    if attribute.computed && config.is_null() {
        // A prior value that holds configured parts was configured once: it is not computed.
        let was_configured = match &attribute.kind {
            Kind::Nested(nesting, block) if attribute.optional => {
                holds_configured(*nesting, block, prior)
            }
            _ => false,
        };
        return if was_configured { Value::Null } else { prior.clone() };
    }
    match &attribute.kind {
        Kind::Nested(nesting, block) if !config.is_null() && !config.is_unknown() => {
            let merge = |prior: &Value, config: &Value| {
                if config.is_null() || config.is_unknown() {
                    return config.clone();
                }
                Value::object(merge_attributes(block, prior, config))
            };
            merge_elements(*nesting, block, prior, config, &merge)
        }
        _ => config.clone(),
    }
}

fn merge_elements(
    nesting: Nesting,
    block: &Block,
    prior: &Value,
    config: &Value,
    merge: &dyn Fn(&Value, &Value) -> Value,
) -> Value {
    match (nesting, config) {
        (Nesting::Single, config) => merge(prior, config),
        (Nesting::List, Value::List(elements)) => {
            let before = prior.elements().unwrap_or_default();
            let merged = elements.iter().enumerate().map(|(index, config)| {
                before.get(index).map_or_else(|| config.clone(), |prior| merge(prior, config))
            });
            Value::List(merged.collect())
        }
        (Nesting::Map, Value::Map(entries)) => {
            let before = prior.entries();
            let merged = entries.iter().map(|(key, config)| {
                let prior = before.and_then(|before| before.get(key));
                let merged = prior.map_or_else(|| config.clone(), |prior| merge(prior, config));
                (key.clone(), merged)
            });
            Value::Map(merged.collect())
        }
        (Nesting::Set, Value::Set(elements)) => {
            let mut before = prior.elements().unwrap_or_default().to_vec();
            let merged = elements.iter().map(|config| {
                let found = before.iter().position(|prior| may_be_prior(block, prior, config));
                let prior = found.map_or(Value::Null, |index| before.remove(index));
                merge(&prior, config)
            });
            Value::set(merged.collect())
        }
        (_, other) => other.clone(),
    }
}

/// Whether a prior element can have been made from this configuration: it differs at most in
/// computed values that are not configured. Core does not look into sets in sets.
fn may_be_prior(block: &Block, prior: &Value, config: &Value) -> bool {
    let nested = |nesting: Nesting, block: &Block, prior: &Value, config: &Value| match (
        nesting, prior, config,
    ) {
        (Nesting::Single, Value::Object(_), Value::Object(_)) => may_be_prior(block, prior, config),
        (Nesting::List, Value::List(prior), Value::List(config)) => {
            prior.len() == config.len()
                && prior.iter().zip(config).all(|(one, other)| may_be_prior(block, one, other))
        }
        (Nesting::Map, Value::Map(prior), Value::Map(config)) => {
            prior.keys().eq(config.keys())
                && prior.iter().all(|(key, one)| may_be_prior(block, one, &config[key]))
        }
        _ => false,
    };
    let attributes = block.attributes.iter().all(|attribute| {
        let (prior, config) = (prior.get(&attribute.name), config.get(&attribute.name));
        match &attribute.kind {
            _ if prior == config => true,
            _ if attribute.computed && config.is_null() => true,
            Kind::Nested(nesting, block) => nested(*nesting, block, prior, config),
            Kind::Plain(_) => false,
        }
    });
    attributes
        && block.blocks.iter().all(|inner| {
            let (prior, config) = (prior.get(&inner.name), config.get(&inner.name));
            prior == config || nested(inner.nesting, &inner.block, prior, config)
        })
}

fn holds_configured(nesting: Nesting, block: &Block, value: &Value) -> bool {
    let elements: Vec<&Value> = match (nesting, value) {
        (Nesting::Single, value) => vec![value],
        (_, Value::List(elements) | Value::Set(elements)) => elements.iter().collect(),
        (_, Value::Map(entries)) => entries.values().collect(),
        _ => Vec::new(),
    };
    elements.iter().any(|element| {
        block.attributes.iter().any(|attribute| {
            let inner = element.at(&Path(vec![Step::Attribute(attribute.name.clone())]));
            let nested = match &attribute.kind {
                Kind::Nested(nesting, block) => holds_configured(*nesting, block, inner),
                Kind::Plain(_) => false,
            };
            !inner.is_null() && (!attribute.computed || nested)
        })
    })
}
