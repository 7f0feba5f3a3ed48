//! How a subcommand comes to AWS: as the provider does, with two settings on the command line.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use crate::aws::Aws;
use crate::aws::settings::{RateLimits, Settings};
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

    /// Requests a second to each API of Connect, where AWS has raised the quota
    #[arg(long, value_name = "NUMBER", default_value = "2", value_parser = rate)]
    connect_rate: f64,
}

impl AwsArguments {
    /// The way to AWS.
    ///
    /// # Errors
    /// As [`Aws::connect`].
    pub(super) async fn connect(&self) -> Result<Aws> {
        let rate_limits = RateLimits { connect: Some(self.connect_rate), ..RateLimits::default() };
        let settings = Settings {
            region: self.region.clone(),
            profile: self.profile.clone(),
            rate_limits: Some(rate_limits),
            lists_kept: Some(LISTS_KEPT),
            ..Settings::default()
        };
        Aws::connect(settings).await
    }
}

/// To the end of any subcommand: what it shows is of one moment. At Connect's two requests a second
/// thousands of objects take less.
const LISTS_KEPT: Duration = Duration::from_hours(1);

fn rate(text: &str) -> std::result::Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if rate.is_finite() && rate >= 0.1 { Ok(rate) } else { Err("write 0.1 or more".to_owned()) }
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
