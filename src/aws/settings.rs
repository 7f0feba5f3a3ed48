//! The provider block as plain data.
//!
//! Names and meaning are those of `hashicorp/aws`, so that a block can be copied over. Everything
//! is optional; what is left out comes from the environment ([`super::environment`]) and the
//! shared configuration files.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use crate::framework::secret::Secret;

/// The provider block.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Where to work; resources may name another region.
    pub region: Option<String>,
    /// A profile of the shared configuration files.
    pub profile: Option<String>,
    /// Static access key; needs `secret_key`.
    pub access_key: Option<String>,
    /// Static secret key; needs `access_key`.
    pub secret_key: Option<Secret>,
    /// Session token of static keys.
    pub token: Option<Secret>,
    /// Instead of `~/.aws/config`.
    #[serde(deserialize_with = "null_is_default")]
    pub shared_config_files: Vec<String>,
    /// Instead of `~/.aws/credentials`.
    #[serde(deserialize_with = "null_is_default")]
    pub shared_credentials_files: Vec<String>,
    /// Roles to assume, one after the other.
    #[serde(deserialize_with = "null_is_default")]
    pub assume_role: Vec<AssumeRole>,
    /// A role to assume with a token from elsewhere, before `assume_role`.
    pub assume_role_with_web_identity: Option<AssumeRoleWithWebIdentity>,
    /// Refuse to work in any other account.
    #[serde(deserialize_with = "null_is_default")]
    pub allowed_account_ids: Vec<String>,
    /// Refuse to work in these accounts.
    #[serde(deserialize_with = "null_is_default")]
    pub forbidden_account_ids: Vec<String>,
    /// Tags of everything.
    pub default_tags: Option<DefaultTags>,
    /// Tags that others manage.
    pub ignore_tags: Option<IgnoreTags>,
    /// Other endpoints than AWS's.
    pub endpoints: Option<Endpoints>,
    /// Attempts per call, the first included (as `hashicorp/aws` counts).
    pub max_retries: Option<u32>,
    /// `standard` or `adaptive`.
    pub retry_mode: Option<String>,
    /// Proxy for `http://` endpoints, and for `https://` ones where `https_proxy` is not set.
    pub http_proxy: Option<String>,
    /// Proxy for `https://` endpoints; `""` for none.
    pub https_proxy: Option<String>,
    /// Hosts that are reached directly.
    pub no_proxy: Option<String>,
    /// PEM file with the certificate authorities to trust instead of the system's.
    pub custom_ca_bundle: Option<String>,
    /// Accept any certificate.
    pub insecure: Option<bool>,
    /// Use FIPS endpoints.
    pub use_fips_endpoint: Option<bool>,
    /// Use dual-stack endpoints.
    pub use_dualstack_endpoint: Option<bool>,
    /// Do not ask STS who we are when the provider starts.
    pub skip_credentials_validation: Option<bool>,
    /// Never ask STS for the account.
    pub skip_requesting_account_id: Option<bool>,
    /// Accept any name as a region.
    pub skip_region_validation: Option<bool>,
    /// Added to the user agent of every request.
    #[serde(deserialize_with = "null_is_default")]
    pub user_agent: Vec<String>,
    /// Requests a second, per operation, account and region.
    pub rate_limits: Option<RateLimits>,
    /// How long lists are good for that many reads share; as long as a refresh takes when left
    /// out. Not in the provider block: only what reads a whole account needs more.
    #[serde(skip)]
    pub lists_kept: Option<Duration>,
}

/// One link of a role chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AssumeRole {
    /// The role.
    pub role_arn: String,
    /// Shown in CloudTrail; made up when left out.
    pub session_name: Option<String>,
    /// What the role's trust policy asks for.
    pub external_id: Option<String>,
    /// How long the session lives, as in `1h30m`; 15 minutes when left out.
    pub duration: Option<String>,
    /// A policy that narrows the role.
    pub policy: Option<String>,
    /// Managed policies that narrow the role.
    #[serde(deserialize_with = "null_is_default")]
    pub policy_arns: Vec<String>,
    /// Session tags.
    #[serde(deserialize_with = "null_is_default")]
    pub tags: BTreeMap<String, String>,
    /// Session tags that further roles inherit.
    #[serde(deserialize_with = "null_is_default")]
    pub transitive_tag_keys: Vec<String>,
    /// Who stands behind the session.
    pub source_identity: Option<String>,
}

/// A role that trusts an identity provider, such as a CI system.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AssumeRoleWithWebIdentity {
    /// The role.
    pub role_arn: Option<String>,
    /// Shown in CloudTrail; made up when left out.
    pub session_name: Option<String>,
    /// How long the session lives, as in `1h30m`.
    pub duration: Option<String>,
    /// A policy that narrows the role.
    pub policy: Option<String>,
    /// Managed policies that narrow the role.
    #[serde(deserialize_with = "null_is_default")]
    pub policy_arns: Vec<String>,
    /// The token itself.
    pub web_identity_token: Option<Secret>,
    /// The file that holds the token; read anew for every session.
    pub web_identity_token_file: Option<String>,
}

/// Tags of everything this provider makes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DefaultTags {
    /// The tags.
    #[serde(deserialize_with = "null_is_default")]
    pub tags: BTreeMap<String, String>,
}

/// Tags that others manage: neither shown nor removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IgnoreTags {
    /// Whole keys.
    #[serde(deserialize_with = "null_is_default")]
    pub keys: Vec<String>,
    /// Beginnings of keys.
    #[serde(deserialize_with = "null_is_default")]
    pub key_prefixes: Vec<String>,
}

impl IgnoreTags {
    /// Whether the tag is someone else's. `aws:*` always is.
    pub fn ignores(&self, key: &str) -> bool {
        key.starts_with("aws:")
            || self.keys.iter().any(|ignored| ignored == key)
            || self.key_prefixes.iter().any(|prefix| key.starts_with(prefix.as_str()))
    }
}

/// Other endpoints than AWS's, such as an emulator's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Endpoints {
    /// Amazon AppFlow.
    pub appflow: Option<String>,
    /// Amazon AppIntegrations.
    pub appintegrations: Option<String>,
    /// Amazon Connect.
    pub connect: Option<String>,
    /// Amazon EventBridge.
    pub events: Option<String>,
    /// AWS STS.
    pub sts: Option<String>,
}

/// Requests a second, for each operation of a service.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct RateLimits {
    /// Amazon AppFlow; not limited when left out.
    pub appflow: Option<f64>,
    /// Amazon AppIntegrations; not limited when left out.
    pub appintegrations: Option<f64>,
    /// Amazon Connect; AWS's documented limit when left out.
    pub connect: Option<f64>,
    /// Amazon EventBridge; not limited when left out.
    pub events: Option<f64>,
}

/// A block or list that is null is one that is not there.
fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_of_nulls_is_an_empty_block() {
        let settings: Settings = serde_json::from_str(
            r#"{"region":null,"assume_role":null,"user_agent":null,"default_tags":{"tags":null}}"#,
        )
        .expect("nulls are fine");
        assert_eq!(
            settings,
            Settings { default_tags: Some(DefaultTags::default()), ..Settings::default() }
        );
    }

    #[test]
    fn secrets_of_the_block_are_masked() {
        let settings: Settings =
            serde_json::from_str(r#"{"secret_key":"wJalrXUtn","access_key":"AKID"}"#)
                .expect("valid settings");
        let shown = format!("{settings:?}");
        assert!(!shown.contains("wJalrXUtn"), "{shown}");
    }

    #[test]
    fn tags_of_aws_and_of_others_are_ignored() {
        let ignored =
            IgnoreTags { keys: vec!["owner".into()], key_prefixes: vec!["kubernetes.io/".into()] };
        assert!(ignored.ignores("aws:cloudformation:stack-name"));
        assert!(ignored.ignores("kubernetes.io/cluster"));
        assert!(ignored.ignores("owner"));
        assert!(!ignored.ignores("owners"));
    }
}
