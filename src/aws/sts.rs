//! STS: who we are.

use aws_types::SdkConfig;

use super::error;
use crate::framework::error::{Error, Kind, Result};

/// The caller, as STS knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account.
    pub account_id: String,
    /// The user or the role's session.
    pub arn: String,
}

/// Asks who the credentials belong to. Needs no permission.
///
/// # Errors
/// `Kind::Unauthenticated` for bad credentials, and whatever else STS answers.
pub(super) async fn caller_identity(sts: &aws_sdk_sts::Client) -> Result<Identity> {
    const OPERATION: &str = "sts:GetCallerIdentity";
    let answer = sts
        .get_caller_identity()
        .send()
        .await
        .map_err(|failure| error::from_sdk(OPERATION, &failure))?;
    match (answer.account, answer.arn) {
        (Some(account_id), arn) if !account_id.is_empty() => {
            Ok(Identity { account_id, arn: arn.unwrap_or_default() })
        }
        _ => Err(Error {
            operation: Some(OPERATION),
            ..Error::new(Kind::Unavailable, "STS answered without an account")
        }),
    }
}

/// A client for one configuration.
pub(super) fn client(sdk: &SdkConfig, endpoint: Option<&str>) -> aws_sdk_sts::Client {
    let mut config = aws_sdk_sts::config::Builder::from(sdk);
    if let Some(url) = endpoint {
        config = config.endpoint_url(url);
    }
    aws_sdk_sts::Client::from_conf(config.build())
}
