//! Which schemas Terraform accepts, and which of those this framework can carry out.

use std::collections::BTreeSet;

use super::state::conform;
use super::{Role, Violation};
use crate::framework::identity::IdentitySchema;
use crate::framework::path::Path;
use crate::framework::schema::{Attribute, Block, Fallback, Kind, NestedBlock, Nesting, Schema};

/// Checks a schema.
pub fn schema(schema: &Schema, role: Role) -> Vec<Violation> {
    let mut checker = Checker { role, found: Vec::new() };
    if schema.version < 0 {
        checker.add("schema-version", &Path::ROOT, "the version is negative");
    }
    checker.reserved(&schema.block);
    checker.block(&schema.block, &Path::ROOT, Place::ROOT);
    checker.found
}

/// Checks an identity's schema.
pub fn identity_schema(schema: &IdentitySchema) -> Vec<Violation> {
    let mut checker = Checker { role: Role::Resource, found: Vec::new() };
    if schema.version < 0 {
        checker.add("schema-version", &Path::ROOT, "the identity's version is negative");
    }
    checker.names(schema.attributes.iter().map(|part| part.name), &Path::ROOT);
    checker.found
}

/// What surrounds a block.
#[derive(Clone, Copy, Debug)]
struct Place {
    root: bool,
    /// Inside of a nested attribute, where there can be no blocks.
    attribute: bool,
    set: bool,
}

impl Place {
    const ROOT: Place = Place { root: true, attribute: false, set: false };

    fn inside(self, nesting: Nesting) -> Self {
        Place { root: false, set: self.set || nesting == Nesting::Set, ..self }
    }
}

struct Checker {
    role: Role,
    found: Vec<Violation>,
}

impl Checker {
    fn add(&mut self, rule: &'static str, path: &Path, message: &str) {
        self.found.push(Violation::new(rule, path, message));
    }

    fn reserved(&mut self, block: &Block) {
        let reserved: &[&str] = match self.role {
            Role::Provider => &["alias", "version"],
            _ => &[
                "connection",
                "count",
                "depends_on",
                "for_each",
                "lifecycle",
                "provider",
                "provisioner",
            ],
        };
        let attributes = block.attributes.iter().map(|attribute| attribute.name.as_str());
        for name in attributes.chain(block.blocks.iter().map(|nested| nested.name.as_str())) {
            if reserved.contains(&name) {
                let message = "the name has a meaning of its own in Terraform";
                self.add("reserved-name", &Path::attribute(name), message);
            }
        }
    }

    fn names<'n>(&mut self, names: impl Iterator<Item = &'n str>, path: &Path) {
        let mut seen = BTreeSet::new();
        for name in names {
            let path = path.dot(name);
            if !is_name(name) {
                let message = "the name is not of lower-case letters, digits and underscores";
                self.add("attribute-name", &path, message);
            }
            if !seen.insert(name) {
                self.add("duplicate-name", &path, "the name is taken");
            }
        }
    }

    fn block(&mut self, block: &Block, path: &Path, place: Place) {
        let attributes = block.attributes.iter().map(|attribute| attribute.name.as_str());
        let blocks = block.blocks.iter().map(|nested| nested.name.as_str());
        self.names(attributes.chain(blocks), path);
        for attribute in &block.attributes {
            self.attribute(attribute, &path.dot(&attribute.name), place);
        }
        for nested in &block.blocks {
            self.nested_block(nested, &path.dot(&nested.name), place);
        }
    }

    fn nested_block(&mut self, nested: &NestedBlock, path: &Path, place: Place) {
        if place.attribute {
            self.add("block-in-attribute", path, "a nested attribute cannot hold blocks");
        }
        let counts = matches!(nested.nesting, Nesting::List | Nesting::Set);
        if nested.max_items < 0 || nested.max_items > 0 && !counts {
            self.add("block-count", path, "only lists and sets have a limit, of 0 or more");
        }
        self.block(&nested.block, path, place.inside(nested.nesting));
    }

    fn attribute(&mut self, attribute: &Attribute, path: &Path, place: Place) {
        self.mode(attribute, path);
        self.fallback(attribute, path, place);
        self.secrecy(attribute, path, place);
        if attribute.deprecated.as_ref().is_some_and(String::is_empty) {
            self.add("deprecation", path, "it is deprecated without saying why");
        }
        if place.set {
            self.set_element(attribute, path);
        }
        if let Kind::Nested(nesting, block) = &attribute.kind {
            let inside = Place { attribute: true, ..place.inside(*nesting) };
            self.block(block, path, inside);
        }
    }

    fn mode(&mut self, attribute: &Attribute, path: &Path) {
        let Attribute { required, optional, computed, .. } = *attribute;
        if !required && !optional && !computed {
            self.add("attribute-mode", path, "it is neither required, optional nor computed");
        }
        if required && (optional || computed) {
            self.add("attribute-mode", path, "it is required, and optional or computed as well");
        }
        if computed && matches!(self.role, Role::Provider | Role::ListResource | Role::Action) {
            self.add("attribute-mode", path, "what has no state has no computed attributes");
        }
        if attribute.keeps && !computed {
            self.add("attribute-mode", path, "only computed attributes keep their value");
        }
    }

    fn fallback(&mut self, attribute: &Attribute, path: &Path, place: Place) {
        let Some(Fallback::Always(value) | Fallback::AtCreate(value)) = &attribute.fallback else {
            return;
        };
        if !attribute.optional || !attribute.computed {
            self.add("fallback", path, "only optional, computed attributes have a fallback");
        }
        let mut misfits = Vec::new();
        conform(value, &attribute.ty(), path, &mut misfits);
        if value.is_null() || !value.is_wholly_known() || !misfits.is_empty() {
            self.add("fallback", path, "the fallback is no known value of the attribute's type");
        }
        if self.role != Role::Resource && place.root {
            self.add("fallback", path, "only resources are planned");
        }
    }

    fn secrecy(&mut self, attribute: &Attribute, path: &Path, place: Place) {
        if !attribute.write_only {
            return;
        }
        if attribute.computed {
            self.add("write-only", path, "what is write-only cannot be computed");
        }
        if self.role != Role::Resource {
            self.add("write-only", path, "only resources have write-only attributes");
        }
        // Terraform allows more; the framework hands over those at the root alone.
        if !place.root || matches!(attribute.kind, Kind::Nested(..)) {
            self.add("write-only", path, "only plain attributes at the root are write-only here");
        }
    }

    /// Elements of a set are told apart by their content alone. So nothing in it may come from a
    /// prior element or from us before apply: two elements could become one, and Terraform counts.
    fn set_element(&mut self, attribute: &Attribute, path: &Path) {
        if attribute.ty().has_dynamic() {
            self.add("set-element", path, "elements of sets cannot have a dynamic type");
        }
        let chosen = attribute.fallback.is_some() || attribute.optional && attribute.computed;
        if chosen || attribute.equal.is_some() || attribute.keeps || attribute.replaces {
            self.add("set-element", path, "in a set, a value is either configured or computed");
        }
    }
}

pub(super) fn is_name(name: &str) -> bool {
    let start = |c: char| c.is_ascii_lowercase() || c == '_';
    name.starts_with(start) && name.chars().all(|c| start(c) || c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::identity::IdentityAttribute;
    use crate::framework::types::Type;
    use crate::framework::value::Value;

    /// The rules that a resource with this attribute breaks.
    fn broken(attribute: Attribute) -> Vec<&'static str> {
        broken_by(Block::new("", [attribute]))
    }

    fn broken_by(block: Block) -> Vec<&'static str> {
        schema(&Schema::new(block), Role::Resource).iter().map(|found| found.rule).collect()
    }

    fn none() -> Vec<&'static str> {
        Vec::new()
    }

    #[test]
    fn case_31_legal_attributes_pass() {
        assert_eq!(broken(Attribute::string("name").required().replaces()), none());
        assert_eq!(broken(Attribute::string("mode").or_always("fast")), none());
        assert_eq!(broken(Attribute::string("token").write_only()), none());
    }

    #[test]
    fn case_31_modes_exclude_each_other() {
        assert_eq!(broken(Attribute::string("name")), ["attribute-mode"]);
        assert_eq!(broken(Attribute::string("name").required().optional()), ["attribute-mode"]);
        assert_eq!(broken(Attribute::string("name").required().computed()), ["attribute-mode"]);
        assert_eq!(broken(Attribute::string("name").optional().keeps()), ["attribute-mode"]);
        let computed = Schema::new(Block::new("", [Attribute::string("name").computed()]));
        assert_eq!(schema(&computed, Role::Provider)[0].rule, "attribute-mode");
    }

    #[test]
    fn case_31_fallbacks_are_values_of_their_attribute() {
        assert_eq!(broken(Attribute::bool("on").or_always("yes")), ["fallback"]);
        assert_eq!(broken(Attribute::bool("on").or_at_create(Value::Null)), ["fallback"]);
        let mut required = Attribute::bool("on").or_always(true);
        required.computed = false;
        assert_eq!(broken(required), ["fallback"]);
    }

    #[test]
    fn case_31_deprecations_say_why() {
        let mut old = Attribute::string("name").optional();
        old.deprecated = Some(String::new());
        assert_eq!(broken(old), ["deprecation"]);
    }

    #[test]
    fn case_31_versions_count_from_zero() {
        let mut negative = Schema::new(Block::default());
        negative.version = -1;
        assert_eq!(schema(&negative, Role::Resource)[0].rule, "schema-version");
    }

    #[test]
    fn case_31_write_only_values_are_plain_ones_of_resources() {
        assert_eq!(broken(Attribute::string("token").write_only().computed()), ["write-only"]);
        let object = Attribute::object("login", [Attribute::string("token").write_only()]);
        assert_eq!(broken(object.optional()), ["write-only"]);
        let source = Schema::new(Block::new("", [Attribute::string("token").write_only()]));
        assert_eq!(schema(&source, Role::DataSource)[0].rule, "write-only");
    }

    #[test]
    fn case_32_elements_of_sets_are_configured_or_computed() {
        let set = |attribute| {
            let nested = Kind::Nested(Nesting::Set, Block::new("", [attribute]));
            broken(Attribute { kind: nested, ..Attribute::bool("items").optional() })
        };
        assert_eq!(set(Attribute::string("key").required()), none());
        assert_eq!(set(Attribute::string("made").computed()), none());
        assert_eq!(set(Attribute::new("any", Type::Dynamic).optional()), ["set-element"]);
        assert_eq!(set(Attribute::string("key").or_always("x")), ["set-element"]);
        assert_eq!(set(Attribute::string("key").optional().computed()), ["set-element"]);
        assert_eq!(set(Attribute::string("key").write_only()), ["write-only"]);
    }

    #[test]
    fn case_32_nested_attributes_hold_no_blocks() {
        let inner = NestedBlock::single("inner", Block::default());
        let nested = Kind::Nested(Nesting::Single, Block::default().block(inner));
        let attribute = Attribute { kind: nested, ..Attribute::bool("outer").optional() };
        assert_eq!(broken(attribute), ["block-in-attribute"]);
    }

    #[test]
    fn case_31_only_repeated_blocks_are_counted() {
        let mut single = NestedBlock::single("once", Block::default());
        single.max_items = 1;
        assert_eq!(broken_by(Block::default().block(single)), ["block-count"]);
        let list = NestedBlock::list("several", 3, Block::default());
        assert_eq!(broken_by(Block::default().block(list)), none());
    }

    #[test]
    fn case_33_names_are_valid_free_and_unique() {
        assert_eq!(broken(Attribute::string("Name").optional()), ["attribute-name"]);
        assert_eq!(broken(Attribute::string("1st").optional()), ["attribute-name"]);
        assert_eq!(broken(Attribute::string("count").optional()), ["reserved-name"]);
        let twice = Block::new("", [Attribute::string("a").optional()])
            .block(NestedBlock::single("a", Block::default()));
        assert_eq!(broken_by(twice), ["duplicate-name"]);
        let alias = Schema::new(Block::new("", [Attribute::string("alias").optional()]));
        assert_eq!(schema(&alias, Role::Provider)[0].rule, "reserved-name");
        assert!(schema(&alias, Role::Resource).is_empty());
    }

    #[test]
    fn case_34_identities_have_valid_names() {
        let parts = |name| IdentitySchema::new([IdentityAttribute::required(name, "")]);
        assert!(identity_schema(&parts("name")).is_empty());
        assert_eq!(identity_schema(&parts("Name"))[0].rule, "attribute-name");
    }
}
