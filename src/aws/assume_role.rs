//! Credentials from STS: for a role, or for a role and a token from elsewhere.
//!
//! The SDK's own providers know neither transitive tags and source identities, nor a token that is
//! not in a file.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, Result as Provided, future};
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};

use super::settings::{AssumeRole, AssumeRoleWithWebIdentity};
use super::{error, http};
use crate::framework::error::{Error, Kind, Result};
use crate::framework::secret::Secret;

/// A session of a role that our credentials may assume.
#[derive(Debug)]
pub(super) struct RoleCredentials {
    sts: aws_sdk_sts::Client,
    role: AssumeRole,
    session_name: String,
    seconds: Option<i32>,
}

impl RoleCredentials {
    /// Checks the settings; nothing is sent. `position` is the role's in the block.
    ///
    /// # Errors
    /// `Kind::Invalid` for a missing role or a duration that is none.
    pub(super) fn new(sts: aws_sdk_sts::Client, role: AssumeRole, position: usize) -> Result<Self> {
        let path = |attribute: &str| format!("assume_role.{position}.{attribute}");
        if role.role_arn.is_empty() {
            return Err(Error::new(Kind::Invalid, "assume_role needs a role_arn")
                .at(path("role_arn").as_str()));
        }
        let seconds = seconds(role.duration.as_deref(), &path("duration"))?;
        let session_name = role.session_name.clone().unwrap_or_else(new_session_name);
        Ok(Self { sts, role, session_name, seconds })
    }

    async fn assume(&self) -> Provided {
        let tags: Vec<Tag> = self
            .role
            .tags
            .iter()
            .map(|(key, value)| Tag::builder().key(key).value(value).build())
            .collect::<Result<_, _>>()
            .map_err(CredentialsError::invalid_configuration)?;
        let answer = self
            .sts
            .assume_role()
            .role_arn(&self.role.role_arn)
            .role_session_name(&self.session_name)
            .set_external_id(self.role.external_id.clone())
            .set_duration_seconds(self.seconds)
            .set_policy(self.role.policy.clone())
            .set_policy_arns(policies(&self.role.policy_arns))
            .set_tags((!tags.is_empty()).then_some(tags))
            .set_transitive_tag_keys(
                (!self.role.transitive_tag_keys.is_empty())
                    .then(|| self.role.transitive_tag_keys.clone()),
            )
            .set_source_identity(self.role.source_identity.clone())
            .send()
            .await
            .map_err(|failure| {
                let error = error::from_sdk("sts:AssumeRole", &failure);
                refused(&self.role.role_arn, &error)
            })?;
        session(answer.credentials, "AssumeRole")
    }
}

impl ProvideCredentials for RoleCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}

/// A session of a role that trusts the issuer of a token.
#[derive(Debug)]
pub(super) struct WebIdentityCredentials {
    sts: aws_sdk_sts::Client,
    role_arn: String,
    session_name: String,
    seconds: Option<i32>,
    policy: Option<String>,
    policy_arns: Vec<String>,
    token: Token,
}

#[derive(Debug)]
enum Token {
    Given(Secret),
    File(String),
}

impl WebIdentityCredentials {
    /// Checks the settings; nothing is sent. `variable` reads the environment, which may name role,
    /// session and token file.
    ///
    /// # Errors
    /// `Kind::Invalid` for a missing role or token, or a duration that is none.
    pub(super) fn new(
        sts: aws_sdk_sts::Client,
        role: AssumeRoleWithWebIdentity,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        const BLOCK: &str = "assume_role_with_web_identity";
        let invalid = |attribute: &str, message: &str| {
            Error::new(Kind::Invalid, message).at(format!("{BLOCK}.{attribute}").as_str())
        };
        let token_file =
            role.web_identity_token_file.or_else(|| variable("AWS_WEB_IDENTITY_TOKEN_FILE"));
        let token = match (role.web_identity_token, token_file) {
            (Some(token), _) if !token.is_empty() => Token::Given(token),
            (_, Some(file)) => Token::File(file),
            (_, None) => {
                let message = "assume_role_with_web_identity needs a web_identity_token or a \
                               web_identity_token_file";
                return Err(invalid("web_identity_token", message));
            }
        };
        let role_arn = role
            .role_arn
            .or_else(|| variable("AWS_ROLE_ARN"))
            .ok_or_else(|| invalid("role_arn", "assume_role_with_web_identity needs a role_arn"))?;
        Ok(Self {
            sts,
            role_arn,
            session_name: role
                .session_name
                .or_else(|| variable("AWS_ROLE_SESSION_NAME"))
                .unwrap_or_else(new_session_name),
            seconds: seconds(role.duration.as_deref(), &format!("{BLOCK}.duration"))?,
            policy: role.policy,
            policy_arns: role.policy_arns,
            token,
        })
    }

    async fn assume(&self) -> Provided {
        let token = match &self.token {
            Token::Given(token) => token.clone(),
            // CI systems renew the file; it is read for every session.
            Token::File(path) => tokio::fs::read_to_string(http::home_expanded(path))
                .await
                .map(|text| Secret::new(text.trim()))
                .map_err(|error| {
                    CredentialsError::provider_error(format!(
                        "the token file {path} cannot be read: {error}"
                    ))
                })?,
        };
        let answer = self
            .sts
            .assume_role_with_web_identity()
            .role_arn(&self.role_arn)
            .role_session_name(&self.session_name)
            .web_identity_token(token.expose())
            .set_duration_seconds(self.seconds)
            .set_policy(self.policy.clone())
            .set_policy_arns(policies(&self.policy_arns))
            .send()
            .await
            .map_err(|failure| {
                let error = error::from_sdk("sts:AssumeRoleWithWebIdentity", &failure);
                refused(&self.role_arn, &error::scrub(error, &[&token]))
            })?;
        session(answer.credentials, "AssumeRoleWithWebIdentity")
    }
}

impl ProvideCredentials for WebIdentityCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}

fn refused(role: &str, error: &Error) -> CredentialsError {
    CredentialsError::provider_error(format!(
        "the role {role} cannot be assumed: {}",
        error.message
    ))
}

fn session(
    credentials: Option<aws_sdk_sts::types::Credentials>,
    provider: &'static str,
) -> Provided {
    let credentials = credentials
        .ok_or_else(|| CredentialsError::unhandled("STS answered without credentials"))?;
    let expiration = credentials.expiration().to_owned();
    Ok(Credentials::new(
        credentials.access_key_id,
        credentials.secret_access_key,
        Some(credentials.session_token),
        std::time::SystemTime::try_from(expiration).ok(),
        provider,
    ))
}

fn policies(arns: &[String]) -> Option<Vec<PolicyDescriptorType>> {
    (!arns.is_empty())
        .then(|| arns.iter().map(|arn| PolicyDescriptorType::builder().arn(arn).build()).collect())
}

fn new_session_name() -> String {
    format!("terraform-{}", uuid::Uuid::new_v4().simple())
}

fn seconds(duration: Option<&str>, path: &str) -> Result<Option<i32>> {
    let Some(text) = duration.filter(|text| !text.is_empty()) else { return Ok(None) };
    let parsed = parse_duration(text).and_then(|it| i32::try_from(it.as_secs()).ok());
    match parsed {
        Some(seconds) if seconds > 0 => Ok(Some(seconds)),
        _ => Err(Error::new(
            Kind::Invalid,
            format!("`{text}` is not a duration such as 15m or 1h30m"),
        )
        .at(path)),
    }
}

/// Reads `1h30m` or `90s`: whole numbers with units, as in Go, which `hashicorp/aws` takes.
fn parse_duration(text: &str) -> Option<Duration> {
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let one = match &rest[..unit] {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            _ => return None,
        };
        total = total.checked_add(Duration::from_secs(number.checked_mul(one)?))?;
        rest = &rest[unit..];
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::settings::Settings;
    use crate::aws::testing::{Answer, FakeAws, IDENTITY};

    #[test]
    fn durations_are_written_as_in_go() {
        assert_eq!(parse_duration("1h30m"), Some(Duration::from_secs(5400)));
        assert_eq!(parse_duration("900s"), Some(Duration::from_secs(900)));
        for text in ["", "1", "h", "1d", "1h30", "-1h", "99999999999999999999h", "é"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn a_duration_that_is_none_is_pointed_at() {
        let error = seconds(Some("soon"), "assume_role.0.duration").expect_err("no duration");
        assert_eq!(error.path, Some("assume_role.0.duration".into()));
    }

    const SESSION: Answer = Answer::Xml(
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId>\
         <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
         <Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>\
         </AssumeRoleResponse>",
    );

    const WEB_SESSION: Answer = Answer::Xml(
        "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>\
         <AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
         <SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration>\
         </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>",
    );

    fn role(arn: &str) -> AssumeRole {
        AssumeRole { role_arn: arn.into(), ..AssumeRole::default() }
    }

    #[tokio::test]
    async fn roles_are_assumed_one_after_the_other() {
        let second = AssumeRole {
            session_name: Some("me".into()),
            external_id: Some("ext".into()),
            duration: Some("1h".into()),
            tags: [("team".into(), "ops".into())].into(),
            transitive_tag_keys: vec!["team".into()],
            source_identity: Some("boss".into()),
            ..role("arn:second")
        };
        let settings =
            Settings { assume_role: vec![role("arn:first"), second], ..Settings::default() };
        let fake = FakeAws::answering([SESSION, SESSION, IDENTITY]);
        fake.connect(settings).await.expect("connected");
        let asked = fake.asked();
        assert_eq!(asked.len(), 3);
        assert!(asked[0].text.contains("RoleArn=arn%3Afirst&RoleSessionName=terraform-"));
        let last = &asked[1].text;
        for part in [
            "RoleArn=arn%3Asecond",
            "RoleSessionName=me",
            "ExternalId=ext",
            "DurationSeconds=3600",
            "Tags.member.1.Key=team",
            "TransitiveTagKeys.member.1=team",
            "SourceIdentity=boss",
        ] {
            assert!(last.contains(part), "{part} is not in {last}");
        }
    }

    #[tokio::test]
    async fn a_token_from_elsewhere_is_sent_and_never_shown() {
        let settings = |token: &str| Settings {
            assume_role_with_web_identity: Some(AssumeRoleWithWebIdentity {
                role_arn: Some("arn:ci".into()),
                web_identity_token: Some(token.into()),
                ..AssumeRoleWithWebIdentity::default()
            }),
            ..Settings::default()
        };
        let fake = FakeAws::answering([WEB_SESSION, IDENTITY]);
        fake.connect(settings("eyJ.token")).await.expect("connected");
        assert!(fake.asked()[0].text.contains("WebIdentityToken=eyJ.token"));
        let refusal = "<ErrorResponse><Error><Code>InvalidIdentityToken</Code>\
                       <Message>eyJ.token is bad</Message></Error></ErrorResponse>";
        let fake = FakeAws::answering([Answer::Status(400, refusal)]);
        let error = fake.connect(settings("eyJ.token")).await.expect_err("refused");
        assert_eq!(error.kind, Kind::Unauthenticated);
        assert!(
            error.message.contains("the role arn:ci cannot be assumed: *** is bad"),
            "{}",
            error.message
        );
    }

    #[tokio::test]
    async fn a_role_without_a_token_is_refused() {
        let settings = Settings {
            assume_role_with_web_identity: Some(AssumeRoleWithWebIdentity {
                role_arn: Some("arn:ci".into()),
                ..AssumeRoleWithWebIdentity::default()
            }),
            ..Settings::default()
        };
        let error = FakeAws::default().connect(settings).await.expect_err("no token");
        assert_eq!(error.path, Some("assume_role_with_web_identity.web_identity_token".into()));
    }
}
