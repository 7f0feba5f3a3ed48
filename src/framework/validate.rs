//! Checking a configuration against its schema's validators.

use super::diagnostics::{Diagnostic, Diagnostics};
use super::path::Path;
use super::schema::{Attribute, Block, Kind, Nesting};
use super::value::Value;

/// Runs every validator of the block over a configuration. Unknown values pass: they are
/// checked again once they are known.
pub fn validate(block: &Block, config: &Value, diags: &mut Diagnostics) {
    validate_object(block, config, &Path::ROOT, diags);
}

fn validate_object(block: &Block, config: &Value, path: &Path, diags: &mut Diagnostics) {
    if !matches!(config, Value::Object(_)) {
        return;
    }
    for attribute in &block.attributes {
        validate_attribute(attribute, config.get(&attribute.name), path, diags);
    }
    for nested in &block.blocks {
        let path = path.dot(&nested.name);
        let config = config.get(&nested.name);
        validate_nested(nested.nesting, &nested.block, config, &path, diags);
    }
}

fn validate_attribute(attribute: &Attribute, config: &Value, path: &Path, diags: &mut Diagnostics) {
    let path = path.dot(&attribute.name);
    for validator in &attribute.validators {
        if let Some(breach) = validator.breach(&attribute.name, config) {
            diags.error_at(path.clone(), format!("Invalid {path}"), breach);
        }
    }
    if let Some(reason) = attribute.deprecated.as_ref().filter(|_| !config.is_null()) {
        diags.warning_at(path.clone(), format!("{path} is deprecated"), reason);
    }
    if let Kind::Nested(nesting, block) = &attribute.kind {
        validate_nested(*nesting, block, config, &path, diags);
    }
}

fn validate_nested(
    nesting: Nesting,
    block: &Block,
    config: &Value,
    path: &Path,
    diags: &mut Diagnostics,
) {
    match nesting {
        Nesting::Single => validate_object(block, config, path, diags),
        Nesting::List => {
            for (index, element) in config.elements().unwrap_or_default().iter().enumerate() {
                validate_object(block, element, &path.index(index), diags);
            }
        }
        // Terraform's paths cannot name an element of a set: they end there.
        Nesting::Set => {
            for element in config.elements().unwrap_or_default() {
                let mut inner = Diagnostics::new();
                validate_object(block, element, path, &mut inner);
                for diagnostic in inner {
                    diags.push(Diagnostic { path: Some(path.clone()), ..diagnostic });
                }
            }
        }
        Nesting::Map => {
            for (key, element) in config.entries().into_iter().flatten() {
                validate_object(block, element, &path.key(key), diags);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::validators;

    #[test]
    fn every_mistake_is_told_at_its_place() {
        let item = || Attribute::string("key").required().check(validators::length(1..=2));
        let block = Block::new(
            "",
            [
                Attribute::string("name").required().check(validators::length(1..=2)),
                Attribute::objects("items", [item()]).optional(),
            ],
        );
        let config = Value::object([
            ("name", "long".into()),
            (
                "items",
                Value::List(vec![
                    Value::object([("key", Value::UNKNOWN)]),
                    Value::object([("key", "long".into())]),
                ]),
            ),
        ]);
        let mut diags = Diagnostics::new();
        validate(&block, &config, &mut diags);
        let paths: Vec<String> =
            diags.iter().filter_map(|d| d.path.as_ref()).map(Path::to_string).collect();
        assert_eq!(paths, ["name", "items[1].key"]);
    }
}
