//! The shared configuration files: `~/.aws/config`, `~/.aws/credentials`, or those of the block.
#![expect(
    deprecated,
    reason = "the new names of the two types are in aws-runtime, which nothing else here needs"
)]

use std::borrow::Cow;

use aws_config::profile::ProfileSet;
use aws_config::profile::profile_file::{ProfileFileKind, ProfileFiles};
use aws_types::os_shim_internal::{Env, Fs};

use super::environment::Environment;
use super::http;
use super::settings::Settings;
use crate::framework::error::{Error, Kind, Result};

/// Which files count, which profile of them, and what they say.
#[derive(Debug)]
pub(super) struct SharedFiles {
    /// The files.
    pub(super) files: ProfileFiles,
    /// The profile that someone asked for by name.
    pub(super) chosen: Option<String>,
    profiles: ProfileSet,
}

impl SharedFiles {
    /// Reads the files.
    ///
    /// # Errors
    /// `Kind::Invalid` for a file that cannot be read, `Kind::Unauthenticated` when the chosen
    /// profile is in none of them.
    pub(super) async fn read(settings: &Settings, environment: &Environment) -> Result<Self> {
        let files = files(settings);
        let chosen = chosen(settings, environment);
        let env = Env::from(environment.variables());
        let name = chosen.clone().map(Cow::Owned);
        let profiles =
            aws_config::profile::load(&Fs::real(), &env, &files, name).await.map_err(|error| {
                let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
                let cause = cause.unwrap_or_default();
                Error::new(
                    Kind::Invalid,
                    format!("the shared configuration files cannot be read: {error}{cause}"),
                )
            })?;
        if let Some(name) = &chosen
            && profiles.get_profile(name).is_none()
        {
            return Err(unknown(name, &profiles));
        }
        Ok(Self { files, chosen, profiles })
    }

    /// A property of the profile in use.
    pub(super) fn get(&self, key: &str) -> Option<String> {
        let profile = self.profiles.get_profile(self.profiles.selected_profile())?;
        profile.get(key).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// Whether the profile in use exists.
    pub(super) fn any(&self) -> bool {
        self.profiles.get_profile(self.profiles.selected_profile()).is_some()
    }
}

/// The files of the block in place of the usual ones.
fn files(settings: &Settings) -> ProfileFiles {
    let mut files = ProfileFiles::builder()
        .include_default_config_file(settings.shared_config_files.is_empty())
        .include_default_credentials_file(settings.shared_credentials_files.is_empty());
    for path in &settings.shared_config_files {
        files = files.with_file(ProfileFileKind::Config, http::home_expanded(path));
    }
    for path in &settings.shared_credentials_files {
        files = files.with_file(ProfileFileKind::Credentials, http::home_expanded(path));
    }
    files.build()
}

/// The SDK does not know `AWS_DEFAULT_PROFILE`.
fn chosen(settings: &Settings, environment: &Environment) -> Option<String> {
    settings
        .profile
        .clone()
        .filter(|name| !name.is_empty())
        .or_else(|| environment.first(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]))
}

fn unknown(name: &str, profiles: &ProfileSet) -> Error {
    let mut known: Vec<&str> = profiles.profiles().collect();
    known.sort_unstable();
    let known = match known.is_empty() {
        true => "There is none.".to_owned(),
        false => format!("There are: {}.", known.join(", ")),
    };
    Error::new(
        Kind::Unauthenticated,
        format!("there is no profile `{name}` in the shared configuration files"),
    )
    .remedy(format!(
        "{known} Name one of them in `profile` or AWS_PROFILE, or other files in \
         `shared_config_files` and `shared_credentials_files`."
    ))
    .at("profile")
}
