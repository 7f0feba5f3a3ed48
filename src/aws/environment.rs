//! What the environment adds to the provider block, under the names that `hashicorp/aws` reads.
//!
//! Variables that the SDK reads itself (keys, profile, files, endpoints, FIPS, dual stack, web
//! identity, containers) are not repeated here.

use std::collections::{BTreeMap, HashMap};

use super::settings::Settings;

/// The variables as they were when the provider was configured.
#[derive(Clone, Default)]
pub(super) struct Environment(HashMap<String, String>);

impl Environment {
    /// This process's. A variable that is not Unicode is left out.
    pub(super) fn of_process() -> Self {
        let readable = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Self(readable.collect())
    }

    /// The first of these variables that is set to something.
    pub(super) fn first(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.0.get(*name).filter(|value| !value.is_empty())).cloned()
    }

    /// All variables, for the SDK.
    pub(super) fn variables(&self) -> HashMap<String, String> {
        self.0.clone()
    }

    /// The settings, with what they leave out filled in.
    pub(super) fn complete(&self, mut settings: Settings) -> Settings {
        let or = |set: &mut Option<String>, names: &[&str]| {
            if set.as_deref().is_none_or(str::is_empty) {
                *set = self.first(names);
            }
        };
        or(&mut settings.region, &["AWS_REGION", "AWS_DEFAULT_REGION"]);
        or(&mut settings.custom_ca_bundle, &["AWS_CA_BUNDLE"]);
        or(&mut settings.retry_mode, &["AWS_RETRY_MODE"]);
        or(&mut settings.no_proxy, &["NO_PROXY", "no_proxy"]);
        // An empty https_proxy means none, whatever the environment says. Left out everywhere it is
        // the http_proxy of the block (not that of the environment), as in hashicorp/aws.
        let https_proxy = settings
            .https_proxy
            .take()
            .or_else(|| self.first(&["HTTPS_PROXY", "https_proxy"]))
            .or_else(|| settings.http_proxy.clone());
        settings.https_proxy = https_proxy.filter(|proxy| !proxy.is_empty());
        or(&mut settings.http_proxy, &["HTTP_PROXY", "http_proxy"]);
        settings.max_retries =
            settings.max_retries.or_else(|| self.first(&["AWS_MAX_ATTEMPTS"])?.parse().ok());
        settings.user_agent.extend(self.first(&["TF_APPEND_USER_AGENT"]));
        self.complete_tags(&mut settings);
        settings
    }

    fn complete_tags(&self, settings: &mut Settings) {
        let defaults: BTreeMap<String, String> = self
            .0
            .iter()
            .filter_map(|(name, value)| {
                let key = name.strip_prefix("TF_AWS_DEFAULT_TAGS_")?;
                (!key.is_empty()).then(|| (key.to_owned(), value.clone()))
            })
            .collect();
        if !defaults.is_empty() {
            let tags = &mut settings.default_tags.get_or_insert_default().tags;
            for (key, value) in defaults {
                tags.entry(key).or_insert(value);
            }
        }
        let list = |name: &str| -> Vec<String> {
            let listed = self.first(&[name]).unwrap_or_default();
            listed
                .split(',')
                .map(str::trim)
                .filter(|key| !key.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let keys = list("TF_AWS_IGNORE_TAGS_KEYS");
        let prefixes = list("TF_AWS_IGNORE_TAGS_KEY_PREFIXES");
        if !keys.is_empty() || !prefixes.is_empty() {
            let ignored = settings.ignore_tags.get_or_insert_default();
            ignored.keys.extend(keys);
            ignored.key_prefixes.extend(prefixes);
        }
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(variables: [(&str, &str); N]) -> Self {
        Self(variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }
}

impl std::fmt::Debug for Environment {
    /// Names only: the values hold keys and tokens.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::settings::DefaultTags;

    #[test]
    fn the_block_wins_over_the_environment() {
        let environment =
            Environment::from([("AWS_REGION", "eu-west-1"), ("AWS_MAX_ATTEMPTS", "4")]);
        let settings = environment
            .complete(Settings { region: Some("us-east-1".into()), ..Settings::default() });
        assert_eq!(settings.region.as_deref(), Some("us-east-1"));
        assert_eq!(settings.max_retries, Some(4));
    }

    #[test]
    fn an_empty_https_proxy_is_none() {
        let environment = Environment::from([("HTTPS_PROXY", "http://env:1")]);
        let block = |https_proxy: Option<&str>| Settings {
            http_proxy: Some("http://block:1".into()),
            https_proxy: https_proxy.map(str::to_owned),
            ..Settings::default()
        };
        assert_eq!(environment.complete(block(Some(""))).https_proxy, None);
        assert_eq!(environment.complete(block(None)).https_proxy.as_deref(), Some("http://env:1"));
        assert_eq!(
            Environment::default().complete(block(None)).https_proxy.as_deref(),
            Some("http://block:1")
        );
    }

    #[test]
    fn tags_of_the_environment_are_added() {
        let environment = Environment::from([
            ("TF_AWS_DEFAULT_TAGS_team", "ops"),
            ("TF_AWS_DEFAULT_TAGS_stage", "prod"),
            ("TF_AWS_IGNORE_TAGS_KEYS", "owner, cost"),
        ]);
        let settings = environment.complete(Settings {
            default_tags: Some(DefaultTags {
                tags: [("team".to_owned(), "contact-centre".to_owned())].into(),
            }),
            ..Settings::default()
        });
        let tags = settings.default_tags.expect("tags").tags;
        assert_eq!(tags["team"], "contact-centre");
        assert_eq!(tags["stage"], "prod");
        assert_eq!(settings.ignore_tags.expect("ignored").keys, ["owner", "cost"]);
    }
}
