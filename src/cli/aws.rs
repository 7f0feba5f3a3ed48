//! How a subcommand comes to AWS: as the provider does, with two settings on the command line.

use std::process::ExitCode;

use clap::Args;

use crate::aws::Aws;
use crate::aws::settings::Settings;
use crate::framework::error::Result;

/// What may differ from the environment and the shared configuration files.
#[derive(Debug, Args)]
pub(super) struct AwsArguments {
    /// Region to work in [default: AWS_REGION, or the profile's]
    #[arg(long, value_name = "NAME")]
    pub(super) region: Option<String>,

    /// Profile of the shared configuration files [default: AWS_PROFILE]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
}

impl AwsArguments {
    /// The way to AWS.
    ///
    /// # Errors
    /// As [`Aws::connect`].
    pub(super) async fn connect(&self) -> Result<Aws> {
        let settings = Settings {
            region: self.region.clone(),
            profile: self.profile.clone(),
            ..Settings::default()
        };
        Aws::connect(settings).await
    }
}

/// Runs a subcommand to its end.
pub(super) fn run(command: impl Future<Output = ExitCode>) -> ExitCode {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(command),
        Err(error) => {
            eprintln!("the runtime does not start: {error}");
            ExitCode::FAILURE
        }
    }
}
