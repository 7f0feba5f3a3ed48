//! Values that are known only at apply never fail a plan by themselves: every argument in turn.

use serde_json::json;
use terraform_provider_connect::framework::path::Path;
use terraform_provider_connect::framework::provider::Provider;
use terraform_provider_connect::framework::schema::{Attribute, Block, Kind};
use terraform_provider_connect::framework::types::Type;
use terraform_provider_connect::framework::value::Value;
use terraform_provider_connect::provider::Connect;

use super::{arguments, full, prepare, put, replaced};
use crate::account::{Account, RESOURCES, RULE, base, with};
use crate::core::{Instance, Told};

fn errors(told: Vec<Told>) -> Vec<Told> {
    told.into_iter().filter(|it| it.error).collect()
}

/// Configurations with something unknown in them, and what it is.
fn variants(account: &Account, resource: &str) -> Vec<(String, Value)> {
    let block = &account.core.schema(resource).block;
    let config = account.config(resource, &full(resource));
    let mut all = Vec::new();
    for at in arguments(block) {
        all.push((at.clone(), replaced(config.clone(), &at, Value::UNKNOWN)));
        // What a collection holds may be unknown although the collection is not.
        let within = match config.at(&Path::from(at.as_str())) {
            Value::List(elements) if !elements.is_empty() => {
                Some(Value::List(vec![Value::UNKNOWN; elements.len()]))
            }
            Value::Set(_) => Some(Value::Set(vec![Value::UNKNOWN])),
            Value::Map(entries) => {
                Some(Value::Map(entries.keys().map(|key| (key.clone(), Value::UNKNOWN)).collect()))
            }
            _ => None,
        };
        if let Some(within) = within {
            all.push((format!("what is in {at}"), replaced(config.clone(), &at, within)));
        }
    }
    let mut nothing_known = config;
    for attribute in block.attributes.iter().filter(|it| !it.is_read_only()) {
        put(&mut nothing_known, &Path::attribute(&attribute.name).0, Value::UNKNOWN);
    }
    all.push(("everything".into(), nothing_known));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn no_unknown_argument_fails_a_plan() {
    let mut wrong = Vec::new();
    for resource in RESOURCES {
        let account = Account::start().await;
        prepare(&account, resource);
        let prior = account.make(resource, &base(resource)).await;
        for (at, config) in variants(&account, resource) {
            let told = account.core.validate(resource, &config).await;
            wrong.extend(
                errors(told).iter().map(|it| format!("{resource} {at} (validate): {it:?}")),
            );
            for (what, before) in [("create", &Instance::default()), ("update", &prior)] {
                let told = account.core.plan(resource, &config, before).await.diags;
                let told = errors(told);
                wrong.extend(told.iter().map(|it| format!("{resource} {at} ({what}): {it:?}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_two_forms_of_conditions_may_both_be_unknown() {
    let account = Account::start().await;
    account.console();
    let config = account.config(RULE, &with(base(RULE), &json!({"conditions": null})));
    for (function, conditions) in [
        (Value::UNKNOWN, Value::Null),
        (Value::Null, Value::UNKNOWN),
        (Value::UNKNOWN, Value::UNKNOWN),
    ] {
        let mut config = config.clone();
        config.put("function", function);
        config.put("conditions", conditions);
        config.put("match", Value::UNKNOWN);
        assert_eq!(account.core.validate(RULE, &config).await, []);
        let plan = account.core.plan(RULE, &config, &Instance::default()).await;
        assert_eq!(errors(plan.diags), []);
    }
}

/// A block in which one argument is unknown, for each.
fn unknown_in(block: &Block, whole: &Value) -> Vec<(String, Value)> {
    let attributes = block.attributes.iter().map(|it| {
        let mut config = whole.clone();
        config.put(&it.name, Value::UNKNOWN);
        (it.name.clone(), config)
    });
    let nested = block.blocks.iter().flat_map(|nested| {
        let nothing = nested.block.attributes.iter().map(|it| (it.name.clone(), Value::Null));
        let nothing = Value::object(nothing);
        let here = if whole.get(&nested.name).entries().is_some() {
            whole.get(&nested.name).clone()
        } else {
            nothing
        };
        unknown_in(&nested.block, &here).into_iter().map(move |(name, inner)| {
            let mut config = whole.clone();
            let is_list = matches!(whole.get(&nested.name), Value::List(_));
            config.put(&nested.name, if is_list { Value::List(vec![inner]) } else { inner });
            (format!("{}.{name}", nested.name), config)
        })
    });
    attributes.chain(nested).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_unknown_argument_of_the_provider_block_fails_a_plan() {
    let block = Connect.schema().block;
    let probe = Account::unconfigured();
    let variants = unknown_in(&block, &probe.provider_block(json!({})));
    assert!(variants.len() > 40, "the whole block is walked: {}", variants.len());
    let mut wrong = Vec::new();
    for (at, config) in variants {
        let told =
            [probe.core.validate_provider(&config).await, probe.core.configure(&config).await];
        wrong.extend(errors(told.concat()).iter().map(|it| format!("{at}: {it:?}")));
        for resource in RESOURCES {
            let config = probe.config(resource, &base(resource));
            let plan = probe.core.plan(resource, &config, &Instance::default()).await;
            wrong.extend(errors(plan.diags).iter().map(|it| format!("{at}, {resource}: {it:?}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_argument_is_made_unknown() {
    let account = Account::unconfigured();
    for resource in RESOURCES {
        let made: Vec<String> =
            variants(&account, resource).into_iter().map(|(at, _)| at).collect();
        let block = &account.core.schema(resource).block;
        let is_nested = |it: &&Attribute| matches!(it.kind, Kind::Plain(Type::Bool));
        assert!(made.len() > block.attributes.iter().filter(is_nested).count());
        for at in arguments(block) {
            assert!(made.contains(&at), "{resource}: {at}");
        }
    }
}
