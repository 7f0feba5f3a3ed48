//! What a provider offers as a whole: names, and every schema.
//!
//! Core checks all of it when it loads a provider; a single mistake makes every command fail.

use std::collections::BTreeSet;

use super::schema::is_name;
use super::{Violation, identity_schema, report, schema};
use crate::framework::diagnostics::Diagnostics;
use crate::framework::function::Signature;
use crate::framework::identity::IdentitySchema;
use crate::framework::path::Path;
use crate::framework::schema::Schema;

/// What a schema is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The provider block.
    Provider,
    /// A managed resource.
    Resource,
    /// A data source.
    DataSource,
    /// An ephemeral resource.
    EphemeralResource,
    /// The filters of a list resource.
    ListResource,
    /// An action.
    Action,
}

/// One type of a provider.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// What it is.
    pub role: Role,
    /// Its type name.
    pub name: &'a str,
    /// Its attributes and blocks.
    pub schema: &'a Schema,
    /// What identifies its objects, for resources.
    pub identity: Option<&'a IdentitySchema>,
}

/// Checks a provider block and all types.
pub fn provider(block: &Schema, offers: &[Offer<'_>]) -> Diagnostics {
    let mut diags = Diagnostics::new();
    report("the provider block", schema(block, Role::Provider), &mut diags);
    let prefix = offers.first().map(|offer| first_word(offer.name));
    let mut seen = BTreeSet::new();
    for offer in offers {
        let mut found = schema(offer.schema, offer.role);
        found.extend(offer.identity.into_iter().flat_map(identity_schema));
        found.extend(name(offer.name, prefix));
        let mut add = |rule, message| found.push(Violation::new(rule, &Path::ROOT, message));
        if !seen.insert((offer.role, offer.name)) {
            add("duplicate-type", "the type name is taken");
        }
        if offer.role == Role::ListResource && !is_identified(offers, offer.name) {
            add("list-identity", "a list is of a resource type that has an identity");
        }
        report(offer.name, found, &mut diags);
    }
    diags
}

/// Checks a function's names: parameters have to be told apart.
pub fn function(name: &str, signature: &Signature) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut add = |rule, name: &str, message| {
        found.push(Violation::new(rule, &Path::attribute(name), message));
    };
    if !is_name(name) {
        add("function-name", name, "the function's name is no identifier");
    }
    let mut seen = BTreeSet::new();
    for parameter in &signature.parameters {
        if !is_name(parameter.name) {
            add("parameter-name", parameter.name, "the parameter's name is no identifier");
        }
        if !seen.insert(parameter.name) {
            add("parameter-name", parameter.name, "the parameter's name is taken");
        }
    }
    found
}

/// Terraform infers the provider from the first word of a type's name.
fn name(name: &str, prefix: Option<&str>) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut add = |rule, message| found.push(Violation::new(rule, &Path::ROOT, message));
    if !is_name(name) {
        add("type-name", "the type name is not of lower-case letters, digits and underscores");
    }
    if Some(first_word(name)) != prefix || !name.contains('_') {
        add("type-prefix", "the type name does not begin with the provider's name");
    }
    found
}

fn first_word(name: &str) -> &str {
    name.split('_').next().unwrap_or_default()
}

fn is_identified(offers: &[Offer<'_>], name: &str) -> bool {
    offers.iter().any(|offer| {
        offer.role == Role::Resource
            && offer.name == name
            && offer.identity.is_some_and(|identity| !identity.attributes.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::function::Parameter;
    use crate::framework::identity::IdentityAttribute;
    use crate::framework::schema::{Attribute, Block};
    use crate::framework::types::Type;

    /// The summaries of what is wrong with types of these names.
    fn broken(offered: &[(Role, &str, Option<&IdentitySchema>)]) -> Vec<String> {
        let empty = Schema::new(Block::default());
        let offers: Vec<Offer<'_>> = offered
            .iter()
            .map(|(role, name, identity)| Offer {
                role: *role,
                name,
                schema: &empty,
                identity: *identity,
            })
            .collect();
        provider(&empty, &offers).into_iter().map(|diagnostic| diagnostic.summary).collect()
    }

    fn resources(names: &[&str]) -> Vec<String> {
        let offered: Vec<_> = names.iter().map(|name| (Role::Resource, *name, None)).collect();
        broken(&offered)
    }

    #[test]
    fn case_33_type_names_are_unique_and_share_the_providers_name() {
        assert_eq!(resources(&["acme_a", "acme_b"]), <[&str; 0]>::default());
        assert_eq!(
            resources(&["acme_a", "acme_a"]),
            ["acme_a breaks Terraform's rule duplicate-type"]
        );
        assert_eq!(
            resources(&["acme_a", "other_b"]),
            ["other_b breaks Terraform's rule type-prefix"]
        );
        assert_eq!(resources(&["acme_A"]), ["acme_A breaks Terraform's rule type-name"]);
        assert_eq!(resources(&["acme"]), ["acme breaks Terraform's rule type-prefix"]);
    }

    #[test]
    fn case_31_every_schema_is_checked() {
        let bad = Schema::new(Block::new("", [Attribute::string("a")]));
        let offer = Offer { role: Role::DataSource, name: "acme_a", schema: &bad, identity: None };
        let found: Vec<String> =
            provider(&bad, &[offer]).into_iter().map(|diagnostic| diagnostic.summary).collect();
        assert_eq!(
            found,
            [
                "the provider block breaks Terraform's rule attribute-mode",
                "acme_a breaks Terraform's rule attribute-mode"
            ]
        );
    }

    #[test]
    fn case_72_lists_are_of_resources_with_an_identity() {
        let identity = IdentitySchema::new([IdentityAttribute::required("id", "")]);
        let list = (Role::ListResource, "acme_a", None);
        let with = (Role::Resource, "acme_a", Some(&identity));
        assert_eq!(broken(&[list, with]), <[&str; 0]>::default());
        let without = (Role::Resource, "acme_a", None);
        assert_eq!(broken(&[list, without]), ["acme_a breaks Terraform's rule list-identity"]);
    }

    #[test]
    fn case_35_functions_have_identifiers() {
        let parameter = |name| Parameter { name, ty: Type::String, doc: "" };
        let rules = |name: &str, parameters: &[&'static str]| {
            let parameters = parameters.iter().map(|name| parameter(name)).collect();
            let signature = Signature { summary: "", doc: "", parameters, returns: Type::String };
            function(name, &signature).iter().map(|found| found.rule).collect::<Vec<_>>()
        };
        assert_eq!(rules("join", &["a", "b"]), <[&str; 0]>::default());
        assert_eq!(rules("join!", &[]), ["function-name"]);
        assert_eq!(rules("join", &["a", "a"]), ["parameter-name"]);
        assert_eq!(rules("join", &["a b"]), ["parameter-name"]);
    }
}
