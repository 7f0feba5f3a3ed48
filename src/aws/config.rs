//! From the provider block to the SDK's shared configuration.
//!
//! Nothing here asks the instance's metadata service for the region: where none answers, that takes
//! seconds.

use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::identity::IdentityCache;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::{RetryConfig, RetryMode};
use aws_config::timeout::TimeoutConfig;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;
use aws_types::region::Region;

use super::environment::Environment;
use super::settings::Settings;
use super::shared_files::SharedFiles;
use super::{credentials, http};
use crate::framework::error::{Error, Kind, Result};

/// What the clients are made from.
#[derive(Debug)]
pub(super) struct Loaded {
    /// The shared configuration, roles included.
    pub(super) sdk: SdkConfig,
    /// The provider's region.
    pub(super) region: String,
}

/// Loads files and environment, checks what can be checked without AWS, and gets credentials once.
/// Roles are assumed when the first request needs them.
///
/// `settings` are complete: see [`Environment::complete`].
///
/// # Errors
/// `Kind::Invalid` for settings that cannot be, and without a region; `Kind::Unauthenticated`
/// without credentials.
pub(super) async fn load(settings: &Settings, environment: &Environment) -> Result<Loaded> {
    let http = http::client(settings)?;
    load_with(settings, environment, http).await
}

/// [`load`], over a given HTTP client.
///
/// # Errors
/// As [`load`].
pub(super) async fn load_with(
    settings: &Settings,
    environment: &Environment,
    http: SharedHttpClient,
) -> Result<Loaded> {
    let files = SharedFiles::read(settings, environment).await?;
    let region = region(settings.region.clone().or_else(|| files.get("region")))?;
    let retry = retry(settings, files.get("max_attempts"), files.get("retry_mode"))?;
    let provider_config = ProviderConfig::without_region()
        .with_region(Some(Region::new(region.clone())))
        .with_http_client(http.clone());
    let explicit = credentials::explicit(settings, &provider_config, &files)?;
    let is_explicit = explicit.is_some();

    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .region(Region::new(region.clone()))
        .http_client(http)
        .profile_files(files.files.clone())
        .retry_config(retry)
        .timeout_config(timeouts())
        .identity_cache(IdentityCache::lazy().load_timeout(credentials::LIMIT).build());
    if let Some(profile) = files.chosen.clone() {
        loader = loader.profile_name(profile);
    }
    if let Some(provider) = explicit {
        loader = loader.credentials_provider(provider);
    }
    if let Some(fips) = settings.use_fips_endpoint {
        loader = loader.use_fips(fips);
    }
    if let Some(dual_stack) = settings.use_dualstack_endpoint {
        loader = loader.use_dual_stack(dual_stack);
    }
    let mut sdk = loader.load().await;
    // A token from elsewhere needs no credentials of ours.
    if settings.assume_role_with_web_identity.is_none() {
        sdk = credentials::checked(sdk, environment, &files, is_explicit).await?;
    }
    let sdk = credentials::with_roles(sdk, settings, environment)?;
    Ok(Loaded { sdk, region })
}

fn region(region: Option<String>) -> Result<String> {
    region.filter(|region| !region.is_empty()).ok_or_else(|| {
        Error::new(Kind::Invalid, "no AWS region is set")
            .remedy(
                "Set `region` in the provider block, AWS_REGION or AWS_DEFAULT_REGION in the \
                 environment, or `region` in the profile of ~/.aws/config that is used.",
            )
            .at("region")
    })
}

pub(super) fn retry(
    settings: &Settings,
    profile_attempts: Option<String>,
    profile_mode: Option<String>,
) -> Result<RetryConfig> {
    let mode = settings.retry_mode.clone().filter(|mode| !mode.is_empty()).or(profile_mode);
    let mode = match mode.as_deref() {
        None => RetryMode::Standard,
        Some(mode) => mode.parse().map_err(|_| {
            Error::new(Kind::Invalid, format!("retry_mode is `{mode}`: write standard or adaptive"))
                .at("retry_mode")
        })?,
    };
    let attempts = settings
        .max_retries
        .or_else(|| profile_attempts?.parse().ok())
        .unwrap_or(DEFAULT_ATTEMPTS)
        .clamp(1, MOST_ATTEMPTS);
    Ok(RetryConfig::standard().with_retry_mode(mode).with_max_attempts(attempts))
}

pub(super) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_LIMIT)
        .read_timeout(ATTEMPT_LIMIT)
        .operation_attempt_timeout(ATTEMPT_LIMIT)
        .operation_timeout(OPERATION_LIMIT)
        .build()
}

/// About a minute of throttling before the practitioner hears of it. `hashicorp/aws` takes 25,
/// which hides a real failure for several minutes.
const DEFAULT_ATTEMPTS: u32 = 10;

/// More than this outlives [`OPERATION_LIMIT`] whatever happens.
const MOST_ATTEMPTS: u32 = 100;

/// A host that does not answer within this is not there.
const CONNECT_LIMIT: Duration = Duration::from_secs(3);

/// `AppFlow` logs in to Salesforce, or reads its metadata, before it answers.
const ATTEMPT_LIMIT: Duration = Duration::from_mins(1);

/// One call, its retries and their back-off included.
const OPERATION_LIMIT: Duration = Duration::from_mins(5);

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use aws_credential_types::provider::ProvideCredentials;

    use super::*;

    async fn failure(settings: Settings, environment: Environment) -> Error {
        load(&environment.complete(settings), &environment).await.expect_err("an error")
    }

    /// No files of this machine.
    fn no_files() -> Settings {
        Settings {
            shared_config_files: vec!["/dev/null".into()],
            shared_credentials_files: vec!["/dev/null".into()],
            ..Settings::default()
        }
    }

    #[tokio::test]
    async fn a_missing_region_is_said_at_once() {
        let start = Instant::now();
        let error = failure(no_files(), Environment::default()).await;
        assert!(start.elapsed() < Duration::from_millis(500));
        assert_eq!(error.kind, Kind::Invalid);
        assert_eq!(error.message, "no AWS region is set");
        assert_eq!(error.path, Some("region".into()));
    }

    #[tokio::test]
    async fn an_unknown_profile_is_named() {
        let settings = Settings { profile: Some("nope".into()), ..no_files() };
        let error = failure(settings, Environment::from([("AWS_REGION", "us-east-1")])).await;
        assert_eq!(error.message, "there is no profile `nope` in the shared configuration files");
    }

    #[tokio::test]
    async fn a_profile_brings_region_and_keys() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("config");
        std::fs::write(
            &path,
            "[profile ops]\nregion = eu-west-1\naws_access_key_id = A\n\
             aws_secret_access_key = B\nmax_attempts = 7\n",
        )
        .expect("writable");
        let settings = Settings {
            profile: Some("ops".into()),
            shared_config_files: vec![path.display().to_string()],
            ..no_files()
        };
        let environment = Environment::default();
        let loaded = load(&environment.complete(settings), &environment).await.expect("loads");
        assert_eq!(loaded.region, "eu-west-1");
        assert_eq!(loaded.sdk.retry_config().map(RetryConfig::max_attempts), Some(7));
        let provider = loaded.sdk.credentials_provider().expect("a provider");
        let credentials = provider.provide_credentials().await.expect("credentials");
        assert_eq!(credentials.access_key_id(), "A");
    }

    #[tokio::test]
    async fn half_a_pair_of_keys_is_refused() {
        let settings = Settings { access_key: Some("AKID".into()), ..no_files() };
        let error = failure(settings, Environment::from([("AWS_REGION", "us-east-1")])).await;
        assert_eq!(error.path, Some("secret_key".into()));
    }

    /// The SDK reads the environment itself, so these run in a process of their own.
    mod without_credentials {
        use super::*;

        /// Runs an ignored test of this module under other variables.
        fn in_child(test: &str, variables: &[(&str, &str)]) {
            let program = std::env::current_exe().expect("this test program");
            let module = module_path!().split_once("::").expect("below the crate").1;
            let output = std::process::Command::new(program)
                .args([&format!("{module}::{test}"), "--exact", "--ignored"])
                .env_clear()
                .envs(variables.iter().copied())
                .output()
                .expect("the test program runs");
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && said.contains("1 passed"), "{said}");
        }

        #[test]
        fn their_absence_is_said_at_once() {
            in_child("child", &[("AWS_EC2_METADATA_DISABLED", "true")]);
        }

        #[test]
        fn a_silent_metadata_service_does_not_hang_the_plan() {
            // Accepts connections and never answers, as a firewalled metadata service does.
            let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a local port");
            let url = format!("http://{}", silent.local_addr().expect("its address"));
            in_child("child", &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url)]);
        }

        #[tokio::test]
        #[ignore = "run by the tests above"]
        async fn child() {
            let settings = Settings { region: Some("us-east-1".into()), ..no_files() };
            let start = Instant::now();
            let error = failure(settings, Environment::of_process()).await;
            assert!(start.elapsed() < Duration::from_millis(2500), "{:?}", start.elapsed());
            assert_eq!(error.kind, Kind::Unauthenticated);
            assert!(error.message.starts_with("no AWS credentials: "), "{}", error.message);
        }
    }

    #[test]
    fn attempts_are_bounded() {
        let with = |max_retries| Settings { max_retries, ..Settings::default() };
        let attempts = |settings: Settings, profile: Option<&str>| {
            retry(&settings, profile.map(str::to_owned), None).expect("valid").max_attempts()
        };
        assert_eq!(attempts(with(None), None), DEFAULT_ATTEMPTS);
        assert_eq!(attempts(with(Some(0)), None), 1);
        assert_eq!(attempts(with(Some(4)), Some("9")), 4);
        assert_eq!(attempts(with(None), Some("9")), 9);
        assert_eq!(attempts(with(Some(u32::MAX)), None), MOST_ATTEMPTS);
    }
}
