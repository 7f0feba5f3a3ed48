//! What is wrong with a provider's own schemas and names.
//!
//! Terraform says so too, but of the first mistake only and without naming the rule.

use std::collections::BTreeSet;

use crate::framework::diagnostics::Diagnostics;
use crate::framework::oracle::{self, Offer, Role};
use crate::framework::provider::Provider;
use crate::framework::schema::Schema;

/// Checks everything that a provider offers. It takes a while, so debug builds alone do it.
pub(super) fn find<P: Provider>(provider: &P) -> Diagnostics {
    let resources = provider.resources();
    let data_sources = provider.data_sources();
    let ephemeral_resources = provider.ephemeral_resources();
    let list_resources = provider.list_resources();
    let actions = provider.actions();
    let mut offers: Vec<Offer<'_>> = Vec::new();
    offers.extend(resources.iter().map(|any| Offer {
        role: Role::Resource,
        name: any.type_name(),
        schema: any.schema(),
        identity: Some(any.identity_schema()),
    }));
    offers.extend(named(Role::DataSource, &data_sources, |any| (any.type_name(), any.schema())));
    offers.extend(named(Role::EphemeralResource, &ephemeral_resources, |any| {
        (any.type_name(), any.schema())
    }));
    offers
        .extend(named(Role::ListResource, &list_resources, |any| (any.type_name(), any.schema())));
    offers.extend(named(Role::Action, &actions, |any| (any.type_name(), any.schema())));
    let mut diags = oracle::provider(&provider.schema(), &offers);
    let mut seen = BTreeSet::new();
    for function in provider.functions() {
        let name = function.name();
        oracle::report(name, oracle::function(name, &function.signature()), &mut diags);
        if !seen.insert(name) {
            diags.error(format!("{name} is offered twice"), "This is a bug in the provider.");
        }
    }
    diags
}

fn named<'a, T: ?Sized>(
    role: Role,
    all: &'a [Box<T>],
    describe: impl Fn(&'a T) -> (&'static str, &'a Schema),
) -> impl Iterator<Item = Offer<'a>> {
    all.iter().map(move |any| {
        let (name, schema) = describe(any.as_ref());
        Offer { role, name, schema, identity: None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Connect;

    #[test]
    fn case_31_the_provider_offers_nothing_that_terraform_refuses() {
        assert_eq!(find(&Connect), Diagnostics::new());
    }
}
