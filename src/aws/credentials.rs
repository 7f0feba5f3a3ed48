//! Whose name the provider works in.
//!
//! Order as in `hashicorp/aws`: keys of the block, the profile of the block, a web identity of the
//! block, then the SDK's chain (environment, default profile, web identity, container, instance).
//! The roles of the block are assumed on top, one after the other.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_types::SdkConfig;

use super::assume_role::{RoleCredentials, WebIdentityCredentials};
use super::environment::Environment;
use super::settings::Settings;
use super::shared_files::SharedFiles;
use super::sts;
use crate::framework::error::{Error, Kind, Result};

/// What the block says, as a provider; none leaves it to the SDK's chain.
///
/// # Errors
/// `Kind::Invalid` for half a pair of keys.
pub(super) fn explicit(
    settings: &Settings,
    config: &ProviderConfig,
    files: &SharedFiles,
) -> Result<Option<SharedCredentialsProvider>> {
    let set = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
    let secret_key = settings.secret_key.as_ref().map(|key| key.expose());
    let token = settings.token.as_ref().map(|token| token.expose());
    match (settings.access_key.as_deref(), secret_key) {
        (Some(access_key), Some(secret_key)) if set(Some(access_key)) && set(Some(secret_key)) => {
            let token = token.filter(|token| !token.is_empty()).map(str::to_owned);
            return Ok(Some(SharedCredentialsProvider::new(Credentials::new(
                access_key,
                secret_key,
                token,
                None,
                "provider block",
            ))));
        }
        (access_key, secret_key) if set(access_key) || set(secret_key) || set(token) => {
            let missing = if set(access_key) { "secret_key" } else { "access_key" };
            return Err(Error::new(
                Kind::Invalid,
                format!("access_key and secret_key belong together: {missing} is missing"),
            )
            .at(missing));
        }
        _ => {}
    }
    let Some(profile) = settings.profile.as_deref().filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    let provider = ProfileFileCredentialsProvider::builder()
        .configure(config)
        .profile_files(files.files.clone())
        .profile_name(profile)
        .build();
    Ok(Some(SharedCredentialsProvider::new(provider)))
}

/// The configuration with the roles of the block on top of its credentials.
///
/// # Errors
/// `Kind::Invalid` for settings that cannot be.
pub(super) fn with_roles(
    mut sdk: SdkConfig,
    settings: &Settings,
    environment: &Environment,
) -> Result<SdkConfig> {
    let endpoint = settings.endpoints.as_ref().and_then(|endpoints| endpoints.sts.clone());
    if let Some(role) = settings.assume_role_with_web_identity.clone() {
        let sts = sts::client(&sdk, endpoint.as_deref());
        let provider = WebIdentityCredentials::new(sts, role, |name| environment.first(&[name]))?;
        sdk = with_provider(&sdk, SharedCredentialsProvider::new(provider));
    }
    for (position, role) in settings.assume_role.iter().cloned().enumerate() {
        let sts = sts::client(&sdk, endpoint.as_deref());
        let provider = RoleCredentials::new(sts, role, position)?;
        sdk = with_provider(&sdk, SharedCredentialsProvider::new(provider));
    }
    Ok(sdk)
}

/// Gets credentials once, so that none are missing when the first resource asks.
///
/// # Errors
/// `Kind::Unauthenticated` with the sources that were asked: within [`INSTANCE_METADATA_LIMIT`]
/// where only the instance's metadata service can have any, else within [`LIMIT`].
pub(super) async fn checked(
    sdk: SdkConfig,
    environment: &Environment,
    files: &SharedFiles,
    explicit: bool,
) -> Result<SdkConfig> {
    let Some(source) = sdk.credentials_provider() else {
        return Err(missing("no source is configured".to_owned()));
    };
    let limit = match explicit || elsewhere(environment, files) {
        true => LIMIT,
        false => INSTANCE_METADATA_LIMIT,
    };
    let first = match tokio::time::timeout(limit, source.provide_credentials()).await {
        Ok(Ok(credentials)) => Mutex::new(Some(credentials)),
        Ok(Err(error)) => return Err(missing(told(&error))),
        Err(_) => return Err(missing(format!("no answer after {} s", limit.as_secs()))),
    };
    Ok(with_provider(&sdk, SharedCredentialsProvider::new(Primed { first, source })))
}

/// Hands out what the check got, then asks again: a helper process that wants a person's attention
/// runs once, not twice.
#[derive(Debug)]
struct Primed {
    first: Mutex<Option<Credentials>>,
    source: SharedCredentialsProvider,
}

impl ProvideCredentials for Primed {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        match self.first.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(credentials) => future::ProvideCredentials::ready(Ok(credentials)),
            None => self.source.provide_credentials(),
        }
    }
}

/// Whether credentials may come from anywhere but the instance's metadata service.
fn elsewhere(environment: &Environment, files: &SharedFiles) -> bool {
    const SOURCES: &[&str] = &[
        "AWS_ACCESS_KEY_ID",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];
    environment.first(SOURCES).is_some() || files.any()
}

fn with_provider(sdk: &SdkConfig, provider: SharedCredentialsProvider) -> SdkConfig {
    sdk.to_builder().credentials_provider(provider).build()
}

fn missing(why: String) -> Error {
    Error::new(Kind::Unauthenticated, format!("no AWS credentials: {why}")).remedy(
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), name a `profile` \
         of ~/.aws/config in the provider block or in AWS_PROFILE (`aws sso login` if it uses SSO), \
         or run where a role is attached.",
    )
}

/// The error and its causes in one line.
fn told(error: &CredentialsError) -> String {
    let causes =
        std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |error| {
            error.source()
        });
    let mut told: Vec<String> = Vec::new();
    for cause in causes.take(MOST_CAUSES) {
        let text = cause.to_string();
        if !told.iter().any(|before| before.contains(&text)) {
            told.push(text);
        }
    }
    told.join(": ")
}

/// Deeper causes are the SDK's internals.
const MOST_CAUSES: usize = 8;

/// A metadata service that exists answers at once; one that does not must not hold up a plan.
const INSTANCE_METADATA_LIMIT: Duration = Duration::from_secs(2);

/// For helper processes that ask a vault or a person, and for roles assumed in a chain.
pub(super) const LIMIT: Duration = Duration::from_secs(60);
