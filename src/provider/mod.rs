//! The provider: its block, what it offers, and how it gets ready.

mod schema;

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::aws::Aws;
use crate::aws::settings::Settings;
use crate::framework::action::AnyAction;
use crate::framework::data_source::AnyDataSource;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::ephemeral::AnyEphemeralResource;
use crate::framework::erased::AnyResource;
use crate::framework::error::{Error, Kind};
use crate::framework::function::Function;
use crate::framework::list::AnyListResource;
use crate::framework::model;
use crate::framework::provider::{Configuration, Provider};
use crate::framework::schema::Schema;
use crate::framework::value::Value;
use crate::{actions, data_sources, ephemeral, functions, list_resources, resources};

/// Where the provider is published.
pub const ADDRESS: &str = "registry.terraform.io/connect-tf/connect";

/// How configurations name it.
pub(crate) const SOURCE: &str = "connect-tf/connect";

/// The `connect` provider.
#[derive(Debug)]
pub struct Connect;

/// What every call gets.
#[derive(Debug)]
pub struct Configured {
    /// The way to AWS.
    pub aws: Aws,
    /// Tags of everything; values in it may be unknown during a plan.
    pub default_tags: Value,
}

#[async_trait]
impl Provider for Connect {
    type Configured = Configured;

    fn schema(&self) -> Schema {
        schema::provider()
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource<Configured>>> {
        resources::all()
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<Configured>>> {
        data_sources::all()
    }

    fn functions(&self) -> Vec<Box<dyn Function>> {
        functions::all()
    }

    fn ephemeral_resources(&self) -> Vec<Box<dyn AnyEphemeralResource<Configured>>> {
        ephemeral::all()
    }

    fn list_resources(&self) -> Vec<Box<dyn AnyListResource<Configured>>> {
        list_resources::all()
    }

    fn actions(&self) -> Vec<Box<dyn AnyAction<Configured>>> {
        actions::all()
    }

    fn validate(&self, config: &Value, diags: &mut Diagnostics) {
        for (one, other) in [("access_key", "secret_key"), ("secret_key", "access_key")] {
            if config.get(one).is_set() && config.get(other).is_null() {
                diags.error_at(
                    one,
                    format!("{one} without {other}"),
                    format!("Static credentials need both: set `{other}` too, or remove `{one}`."),
                );
            }
        }
        let both = ["allowed_account_ids", "forbidden_account_ids"];
        if both.iter().all(|name| config.get(name).is_set()) {
            diags.error_at(
                both[1],
                "allowed_account_ids with forbidden_account_ids",
                "What is not allowed is forbidden already: keep one of the two.",
            );
        }
    }

    async fn configure(&self, config: &Value) -> Configuration<Configured> {
        let unknown = unknown_arguments(config);
        if !unknown.is_empty() {
            return Configuration::Incomplete(
                Error::new(
                    Kind::Invalid,
                    format!(
                        "the provider block's {} is not known before apply",
                        unknown.join(", ")
                    ),
                )
                .remedy(
                    "Give the provider block values that are known at plan, or apply what they \
                     depend on first (-target).",
                ),
            );
        }
        let configured_tags = config.get("default_tags").get("tags");
        let settings: Settings = match model::decode(&with_known_tags(config)) {
            Ok(settings) => settings,
            Err(bug) => return Err(bug).into(),
        };
        let connected = Aws::connect(settings).await;
        let configured = connected.map(|aws| {
            let default_tags = all_default_tags(&aws, configured_tags);
            Configured { aws, default_tags }
        });
        configured.into()
    }
}

/// The block with only those default tags that have a value by now.
fn with_known_tags(config: &Value) -> Value {
    let mut known = config.clone();
    let tags = config.get("default_tags").get("tags").entries();
    if !config.get("default_tags").is_null() {
        let tags = tags.into_iter().flatten().filter(|(_, value)| value.as_str().is_some());
        let tags = tags.map(|(key, value)| (key.clone(), value.clone())).collect();
        known.put("default_tags", Value::object([("tags", Value::Map(tags))]));
    }
    known
}

/// The tags of the block, those that are not known yet included, over those of the environment.
fn all_default_tags(aws: &Aws, configured: &Value) -> Value {
    if configured.is_unknown() {
        return Value::UNKNOWN;
    }
    let known = aws.default_tags().iter().map(|(key, value)| (key.clone(), value.as_str().into()));
    let mut all: BTreeMap<String, Value> = known.collect();
    for (key, value) in configured.entries().into_iter().flatten() {
        if !value.is_null() {
            all.insert(key.clone(), value.clone());
        }
    }
    Value::Map(all)
}

/// The arguments without which AWS cannot be reached, as far as they hold unknown values.
fn unknown_arguments(config: &Value) -> Vec<String> {
    const NOT_NEEDED: &[&str] = &["default_tags"];
    let arguments = config.entries().into_iter().flatten();
    arguments
        .filter(|(name, value)| !NOT_NEEDED.contains(&name.as_str()) && !value.is_wholly_known())
        .map(|(name, _)| format!("`{name}`"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::json;

    fn config(known: &[(&str, Value)]) -> Value {
        let empty = serde_json::json!({});
        let mut config = json::decode(&empty, &Connect.schema().ty()).expect("all is optional");
        for (name, value) in known {
            config.put(name, value.clone());
        }
        config
    }

    #[tokio::test]
    async fn unknown_values_are_no_error_until_they_are_needed() {
        let config = config(&[("region", Value::UNKNOWN)]);
        let Configuration::Incomplete(error) = Connect.configure(&config).await else {
            panic!("it cannot be complete");
        };
        assert_eq!(error.message, "the provider block's `region` is not known before apply");
    }

    #[test]
    fn the_block_is_the_settings() {
        let settings: Settings = model::decode(&config(&[])).expect("settings fit the block");
        assert_eq!(settings, Settings::default());
    }

    #[test]
    fn half_a_key_pair_is_refused() {
        let mut diags = Diagnostics::new();
        Connect.validate(&config(&[("access_key", "AKIA".into())]), &mut diags);
        assert_eq!(
            diags.iter().map(|d| d.summary.as_str()).collect::<Vec<_>>(),
            ["access_key without secret_key"]
        );
    }
}
