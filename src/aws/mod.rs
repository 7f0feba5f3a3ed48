//! AWS: the only room that names the SDK, and none of its types leaves it.
//!
//! [`Aws`] is the configured provider: settings, credentials, budgets. A [`Session`] of it is one
//! call's way to a region; its methods are the API operations that the provider needs, one file per
//! noun. Failures are translated by code (`error.rs`), given a remedy (`remedies.rs`) and classified
//! for retries (`retries.rs`). Nothing in here knows Terraform.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_credential_types::provider::ProvideCredentials;
use aws_types::SdkConfig;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use self::environment::Environment;
use self::rate_limit::RateLimits;
use self::session::Region;
pub use self::session::Session;
use self::settings::{Endpoints, IgnoreTags, Settings};
pub use self::sts::Identity;
use self::user_agent::UserAgent;
use crate::framework::error::{Error, Kind, Result};

pub mod arn;
mod assume_role;
mod config;
pub mod connector_entity;
pub mod connector_profile;
pub mod contact_flow;
mod convert;
mod credentials;
mod environment;
mod error;
pub mod event_bus;
pub mod event_integration;
pub mod event_rule;
pub mod event_source;
pub mod flow;
mod http;
pub mod instance;
pub mod integration_association;
mod operation;
mod pages;
pub mod permissions;
pub mod policy;
mod rate_limit;
mod remedies;
mod retries;
pub mod rule;
mod session;
pub mod settings;
mod shared_files;
mod sts;
mod sweep;
pub mod tags;
#[cfg(test)]
mod testing;
mod unverified;
pub mod use_case;
mod user_agent;

/// The provider's way to AWS, configured. Cheap to clone.
#[derive(Clone)]
pub struct Aws(Arc<Inner>);

struct Inner {
    sdk: SdkConfig,
    region: String,
    endpoints: Endpoints,
    user_agent: UserAgent,
    limits: Arc<RateLimits>,
    lists_kept: Duration,
    default_tags: BTreeMap<String, String>,
    ignore_tags: IgnoreTags,
    any_region_name: bool,
    no_account_request: bool,
    regions: Mutex<HashMap<String, Arc<Region>>>,
    identity: OnceCell<Identity>,
}

impl Aws {
    /// Configures the provider: block, environment, shared files, credentials, one
    /// `sts:GetCallerIdentity` unless the block skips it.
    ///
    /// # Errors
    /// `Kind::Invalid` for settings that cannot be, a missing region, an account that is not
    /// allowed; `Kind::Unauthenticated` for missing or bad credentials.
    pub async fn connect(settings: Settings) -> Result<Self> {
        let environment = Environment::of_process();
        let settings = environment.complete(settings);
        let loaded = config::load(&settings, &environment).await?;
        Self::start(settings, loaded).await
    }

    async fn start(settings: Settings, loaded: config::Loaded) -> Result<Self> {
        let (allowed, forbidden) =
            (settings.allowed_account_ids.clone(), settings.forbidden_account_ids.clone());
        let skip_credentials_validation = settings.skip_credentials_validation == Some(true);
        let aws = Self::assemble(settings, loaded)?;
        if !skip_credentials_validation {
            aws.identity().await?;
        }
        if !allowed.is_empty() || !forbidden.is_empty() {
            check_account(&aws.account_id().await?, &allowed, &forbidden)?;
        }
        Ok(aws)
    }

    /// Puts the pieces together; nothing is sent.
    fn assemble(settings: Settings, loaded: config::Loaded) -> Result<Self> {
        let any_region_name = settings.skip_region_validation == Some(true);
        valid_region(&loaded.region, any_region_name)?;
        Ok(Self(Arc::new(Inner {
            sdk: loaded.sdk,
            region: loaded.region,
            endpoints: settings.endpoints.unwrap_or_default(),
            user_agent: UserAgent::new(&settings.user_agent),
            limits: Arc::new(RateLimits::new(settings.rate_limits)),
            lists_kept: settings.lists_kept.unwrap_or(sweep::FOR_A_REFRESH),
            default_tags: settings.default_tags.unwrap_or_default().tags,
            ignore_tags: settings.ignore_tags.unwrap_or_default(),
            any_region_name,
            no_account_request: settings.skip_requesting_account_id == Some(true),
            regions: Mutex::default(),
            identity: OnceCell::new(),
        })))
    }

    /// The provider's region.
    pub fn region_name(&self) -> &str {
        &self.0.region
    }

    /// The partition of the provider's region.
    pub fn partition(&self) -> &'static str {
        partition(&self.0.region)
    }

    /// Tags that everything gets.
    pub fn default_tags(&self) -> &BTreeMap<String, String> {
        &self.0.default_tags
    }

    /// Tags that others manage.
    pub fn ignore_tags(&self) -> &IgnoreTags {
        &self.0.ignore_tags
    }

    /// Who the provider is, asked once.
    ///
    /// # Errors
    /// `Kind::Unauthenticated` for bad credentials, and whatever else STS answers.
    pub async fn identity(&self) -> Result<Identity> {
        let endpoint = self.0.endpoints.sts.as_deref();
        let ask = async || sts::caller_identity(&sts::client(&self.0.sdk, endpoint)).await;
        self.0.identity.get_or_try_init(ask).await.cloned()
    }

    /// Who the provider is, if it has been asked: for messages about missing permissions.
    pub fn known_identity(&self) -> Option<&Identity> {
        self.0.identity.get()
    }

    /// The account.
    ///
    /// With `skip_requesting_account_id` STS is not asked: only credentials that name their account
    /// will do.
    ///
    /// # Errors
    /// As [`Aws::identity`]; `Kind::Invalid` when the account is not known and may not be asked for.
    pub async fn account_id(&self) -> Result<String> {
        if let Some(identity) = self.known_identity() {
            return Ok(identity.account_id.clone());
        }
        if !self.0.no_account_request {
            return Ok(self.identity().await?.account_id);
        }
        let named = match self.0.sdk.credentials_provider() {
            Some(provider) => provider.provide_credentials().await.ok(),
            None => None,
        };
        named
            .and_then(|credentials| Some(credentials.account_id()?.as_str().to_owned()))
            .ok_or_else(|| {
                Error::new(
                    Kind::Invalid,
                    "the account is not known: the credentials do not name it, and \
                     skip_requesting_account_id forbids to ask",
                )
                .remedy(
                    "Remove `skip_requesting_account_id` from the provider block, or set the \
                     attributes that are made from the account, such as `event_source_name`.",
                )
                .at("skip_requesting_account_id")
            })
    }

    /// A way to a region: the provider's, or the one named. Everything it does ends within
    /// milliseconds of `stop`.
    ///
    /// # Errors
    /// `Kind::Invalid` for what is no region's name.
    pub fn session(&self, region: Option<&str>, stop: CancellationToken) -> Result<Session> {
        let name = region.unwrap_or(&self.0.region);
        valid_region(name, self.0.any_region_name)?;
        let mut regions = self.0.regions.lock().unwrap_or_else(PoisonError::into_inner);
        let region = match regions.get(name) {
            Some(region) => Arc::clone(region),
            None => {
                let region = Arc::new(Region::new(
                    name,
                    &self.0.sdk,
                    self.0.endpoints.clone(),
                    self.0.user_agent.clone(),
                    Arc::clone(&self.0.limits),
                    self.0.lists_kept,
                ));
                regions.insert(name.to_owned(), Arc::clone(&region));
                region
            }
        };
        Ok(Session::new(self.clone(), region, stop))
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aws")
            .field("region", &self.0.region)
            .field("identity", &self.0.identity.get())
            .finish_non_exhaustive()
    }
}

/// Whether the text has the form of a region's name, as in `eu-west-1` or `us-gov-east-1`.
pub fn is_region_name(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return false };
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    (2..=4).contains(&first.len())
        && word(first)
        && !middle.is_empty()
        && middle.iter().all(|part| word(part))
        && (1..=2).contains(&last.len())
        && last.bytes().all(|b| b.is_ascii_digit())
}

/// The partition that a region belongs to.
pub fn partition(region: &str) -> &'static str {
    const PREFIXES: &[(&str, &str)] = &[
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-iso-", "aws-iso"),
        ("eusc-", "aws-eusc"),
    ];
    PREFIXES
        .iter()
        .find(|(prefix, _)| region.starts_with(prefix))
        .map_or("aws", |(_, partition)| partition)
}

fn valid_region(name: &str, any: bool) -> Result<()> {
    if any || is_region_name(name) {
        return Ok(());
    }
    Err(Error::new(Kind::Invalid, format!("`{name}` is not the name of an AWS region"))
        .remedy(
            "Write a name such as us-east-1, or set `skip_region_validation` in the provider block \
             where regions have other names.",
        )
        .at("region"))
}

fn check_account(account: &str, allowed: &[String], forbidden: &[String]) -> Result<()> {
    let (list, attribute, wrong) = match allowed.is_empty() {
        false => (allowed, "allowed_account_ids", !allowed.iter().any(|id| id == account)),
        true => (forbidden, "forbidden_account_ids", forbidden.iter().any(|id| id == account)),
    };
    if !wrong && !forbidden.iter().any(|id| id == account) {
        return Ok(());
    }
    Err(Error::new(
        Kind::Invalid,
        format!(
            "the credentials belong to account {account}, which {attribute} rules out ({})",
            list.join(", ")
        ),
    )
    .remedy(format!(
        "Use credentials of another account, or change `{attribute}` if {account} is the right one."
    ))
    .at(attribute))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::testing::{Answer, FakeAws, IDENTITY};

    #[test]
    fn region_names_are_told_from_other_words() {
        for name in ["us-east-1", "us-gov-west-1", "eusc-de-east-1", "ap-southeast-12"] {
            assert!(is_region_name(name), "{name}");
        }
        for name in ["", "us-east", "US-EAST-1", "useast1", "us--1", "us-east-1a", "cases", "a-b-1"]
        {
            assert!(!is_region_name(name), "{name}");
        }
    }

    #[test]
    fn the_partition_follows_from_the_region() {
        assert_eq!(partition("eu-west-1"), "aws");
        assert_eq!(partition("cn-north-1"), "aws-cn");
        assert_eq!(partition("us-gov-west-1"), "aws-us-gov");
    }

    #[test]
    fn the_account_that_is_ruled_out_is_named() {
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert!(check_account("1", &ids(&["1", "2"]), &[]).is_ok());
        assert!(check_account("1", &[], &ids(&["2"])).is_ok());
        let error = check_account("3", &ids(&["1", "2"]), &[]).expect_err("not allowed");
        assert_eq!(
            error.message,
            "the credentials belong to account 3, which allowed_account_ids rules out (1, 2)"
        );
        let error = check_account("2", &[], &ids(&["2"])).expect_err("forbidden");
        assert_eq!(error.path, Some("forbidden_account_ids".into()));
    }

    #[tokio::test]
    async fn connecting_asks_sts_once() {
        let fake = FakeAws::answering([IDENTITY]);
        let aws = fake.connect(Settings::default()).await.expect("connected");
        assert_eq!(aws.account_id().await.as_deref(), Ok("123456789012"));
        let identity = aws.known_identity().expect("asked already");
        assert_eq!(identity.arn, "arn:aws:sts::123456789012:assumed-role/ops/me");
        assert_eq!(fake.only().line, "POST https://sts.us-east-1.amazonaws.com/");
    }

    #[tokio::test]
    async fn a_wrong_account_is_refused_before_anything_happens() {
        let settings = Settings { allowed_account_ids: vec!["1".into()], ..Settings::default() };
        let fake = FakeAws::answering([IDENTITY]);
        let error = fake.connect(settings).await.expect_err("wrong account");
        assert_eq!(error.path, Some("allowed_account_ids".into()));
    }

    #[tokio::test]
    async fn sts_can_be_left_out() {
        let settings = Settings {
            skip_credentials_validation: Some(true),
            skip_requesting_account_id: Some(true),
            ..Settings::default()
        };
        let fake = FakeAws::default();
        let aws = fake.connect(settings).await.expect("connected");
        let error = aws.account_id().await.expect_err("nobody knows");
        assert_eq!(error.path, Some("skip_requesting_account_id".into()));
        assert!(fake.asked().is_empty());
    }

    #[tokio::test]
    async fn bad_credentials_are_unauthenticated() {
        let fake = FakeAws::answering([Answer::Status(
            403,
            "<ErrorResponse><Error><Code>InvalidClientTokenId</Code>\
             <Message>no</Message></Error></ErrorResponse>",
        )]);
        let error = fake.connect(Settings::default()).await.expect_err("bad credentials");
        assert_eq!(error.kind, Kind::Unauthenticated);
    }

    #[tokio::test]
    async fn endpoints_of_the_block_are_used() {
        let settings = Settings {
            endpoints: Some(Endpoints {
                events: Some("http://127.0.0.1:9".into()),
                sts: Some("http://127.0.0.1:7".into()),
                ..Endpoints::default()
            }),
            ..Settings::default()
        };
        let fake = FakeAws::answering([IDENTITY, Answer::Json(200, serde_json::json!({}))]);
        let aws = fake.connect(settings).await.expect("connected");
        let session = aws.session(None, CancellationToken::new()).expect("a session");
        session.list_event_sources("aws.partner/").await.expect("no sources");
        let lines: Vec<String> = fake.asked().into_iter().map(|asked| asked.line).collect();
        assert_eq!(lines, ["POST http://127.0.0.1:7/", "POST http://127.0.0.1:9/"]);
    }
}
