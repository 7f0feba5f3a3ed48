//! Connector profiles: AppFlow's connections to Salesforce.
//!
//! AWS never gives back the credentials, the grant type, the redirect URI or the KMS key of a
//! profile, and an unknown name is an empty list, not an error. Profiles have no tags.

use std::sync::Arc;

use aws_sdk_appflow::types::{
    ConnectionMode, ConnectorOAuthRequest, ConnectorProfileConfig, ConnectorProfileCredentials,
    ConnectorProfileProperties, ConnectorType, OAuth2GrantType,
    SalesforceConnectorProfileCredentials, SalesforceConnectorProfileProperties,
};
use time::OffsetDateTime;

use super::convert::{moment, some_text};
use super::pages::Pages;
use super::retries::OnlyWhenThrottled;
use super::session::{Session, gone};
use crate::framework::error::Result;
use crate::framework::secret::Secret;

/// A profile as AWS shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorProfile {
    /// Its name, unique per account and region over all connector types.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// `Salesforce`, or another connector whose profile has this name.
    pub connector_type: String,
    /// `Public` or `Private`.
    pub connection_mode: String,
    /// The secret that AppFlow keeps the credentials in.
    pub credentials_arn: Option<String>,
    /// The org.
    pub instance_url: Option<String>,
    /// Whether the org is a sandbox.
    pub sandbox: bool,
    /// Whether metadata and authorization go through PrivateLink too.
    pub use_private_link: bool,
    /// How far the private connection is; none for public ones.
    pub private_status: Option<PrivateStatus>,
    /// When it was made.
    pub created_at: Option<OffsetDateTime>,
    /// When it was last changed, by whomever: credentials included.
    pub last_updated_at: Option<OffsetDateTime>,
}

/// How far a private connection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateStatus {
    /// `PENDING`, `CREATED` or `FAILED`.
    pub status: String,
    /// Why it failed, in words.
    pub failure_message: Option<String>,
    /// Why it failed, as in `CONNECTOR_AUTHENTICATION`.
    pub failure_cause: Option<String>,
}

/// A profile to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectorProfileInput {
    /// Its name; cannot change.
    pub name: String,
    /// `Public` or `Private`.
    pub connection_mode: String,
    /// The org.
    pub instance_url: String,
    /// Whether the org is a sandbox.
    pub sandbox: bool,
    /// Whether metadata and authorization go through PrivateLink too.
    pub use_private_link: bool,
    /// The key that encrypts the credentials; only heeded by a create.
    pub kms_key_arn: Option<String>,
    /// What AppFlow logs in with.
    pub credentials: Option<Credentials>,
}

/// What AppFlow logs in to Salesforce with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// `AUTHORIZATION_CODE` or `JWT_BEARER`.
    pub grant_type: Option<String>,
    /// One-shot, and minutes-lived.
    pub authorization_code: Option<Secret>,
    /// What the code was asked for with.
    pub redirect_uri: Option<String>,
    /// The PKCE verifier of the code.
    pub code_verifier: Option<Secret>,
    /// A token of an earlier login.
    pub access_token: Option<Secret>,
    /// A token of an earlier login.
    pub refresh_token: Option<Secret>,
    /// A signed assertion.
    pub jwt_token: Option<Secret>,
    /// The secret with the connected app's id and secret.
    pub client_credentials_arn: Option<String>,
}

impl Credentials {
    /// Everything in it that must not be seen.
    pub fn secrets(&self) -> Vec<&Secret> {
        [
            &self.authorization_code,
            &self.code_verifier,
            &self.access_token,
            &self.refresh_token,
            &self.jwt_token,
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Session {
    /// Makes a profile; the answer is its ARN.
    ///
    /// AppFlow logs in at once, so a wrong credential is `Kind::Connector`. Private connections
    /// are not ready when this returns. With credentials the call is never repeated, except when
    /// throttled: an authorization code works once.
    ///
    /// # Errors
    /// `Kind::AlreadyExists` for a taken name, and whatever else AWS answers.
    pub async fn create_connector_profile(
        &self,
        profile: &ConnectorProfileInput,
        token: &str,
    ) -> Result<Option<String>> {
        let request = self
            .appflow()
            .create_connector_profile()
            .connector_profile_name(&profile.name)
            .connector_type(ConnectorType::Salesforce)
            .connection_mode(ConnectionMode::from(profile.connection_mode.as_str()))
            .connector_profile_config(profile.config())
            .set_kms_arn(profile.kms_key_arn.clone())
            .client_token(token)
            .customize()
            .config_override(profile.retries());
        let answer =
            self.call_with_secrets(CREATE, &profile.secrets(), Box::pin(request.send())).await;
        self.swept_profiles().forget(ALL);
        Ok(answer?.connector_profile_arn)
    }

    /// Changes a profile: mode, address and, where given, credentials.
    ///
    /// With credentials the call is never repeated, except when throttled.
    ///
    /// # Errors
    /// `Kind::NotFound` when it is gone, `Kind::Connector` for wrong credentials, and whatever
    /// else AWS answers.
    pub async fn update_connector_profile(
        &self,
        profile: &ConnectorProfileInput,
        token: &str,
    ) -> Result<()> {
        let request = self
            .appflow()
            .update_connector_profile()
            .connector_profile_name(&profile.name)
            .connection_mode(ConnectionMode::from(profile.connection_mode.as_str()))
            .connector_profile_config(profile.config())
            .client_token(token)
            .customize()
            .config_override(profile.retries());
        let answer =
            self.call_with_secrets(UPDATE, &profile.secrets(), Box::pin(request.send())).await;
        self.swept_profiles().forget(ALL);
        answer.map(drop)
    }

    /// Finds a profile, whatever its connector.
    ///
    /// # Errors
    /// Whatever AWS answers.
    pub async fn describe_connector_profile(&self, name: &str) -> Result<Option<ConnectorProfile>> {
        let found = self.describe_connector_profiles(&[name.to_owned()]).await?;
        Ok(found.into_iter().find(|profile| profile.name == name))
    }

    /// [`Session::describe_connector_profile`] for refreshes: what another one has listed within
    /// the last half minute will do. Not for waiting.
    ///
    /// # Errors
    /// Whatever AWS answers.
    pub async fn refresh_connector_profile(&self, name: &str) -> Result<Option<ConnectorProfile>> {
        let all = self.shared_connector_profiles().await?;
        match all.iter().find(|profile| profile.name == name) {
            Some(profile) => Ok(Some(profile.clone())),
            None => self.describe_connector_profile(name).await,
        }
    }

    /// All profiles to Salesforce, in the list that refreshes share.
    ///
    /// # Errors
    /// Whatever AWS answers.
    pub async fn shared_connector_profiles(&self) -> Result<Arc<Vec<ConnectorProfile>>> {
        self.swept_profiles().all(ALL, self.list_connector_profiles()).await
    }

    /// Finds profiles by name, a hundred per call. Unknown names are left out.
    ///
    /// # Errors
    /// Whatever AWS answers.
    pub async fn describe_connector_profiles(
        &self,
        names: &[String],
    ) -> Result<Vec<ConnectorProfile>> {
        let mut profiles = Vec::new();
        for names in names.chunks(NAMES_PER_CALL) {
            profiles.extend(self.profiles(None, Some(names)).await?);
        }
        Ok(profiles)
    }

    /// Lists all profiles to Salesforce.
    ///
    /// # Errors
    /// Whatever AWS answers.
    pub async fn list_connector_profiles(&self) -> Result<Vec<ConnectorProfile>> {
        self.profiles(Some(ConnectorType::Salesforce), None).await
    }

    /// Deletes a profile. One that a flow still uses is not deleted.
    ///
    /// # Errors
    /// `Kind::Conflict` when a flow uses it, and whatever else AWS answers.
    pub async fn delete_connector_profile(&self, name: &str) -> Result<()> {
        let request = self
            .appflow()
            .delete_connector_profile()
            .connector_profile_name(name)
            .force_delete(false);
        let answer = self.call("appflow:DeleteConnectorProfile", request.send()).await;
        self.swept_profiles().forget(ALL);
        gone(answer)
    }

    async fn profiles(
        &self,
        connector: Option<ConnectorType>,
        names: Option<&[String]>,
    ) -> Result<Vec<ConnectorProfile>> {
        let mut profiles = Vec::new();
        let mut pages = Pages::of(DESCRIBE);
        loop {
            let request = self
                .appflow()
                .describe_connector_profiles()
                .set_connector_type(connector.clone())
                .set_connector_profile_names(names.map(<[String]>::to_vec))
                .max_results(PAGE_SIZE)
                .set_next_token(pages.token());
            let page = self.call(DESCRIBE, request.send()).await?;
            profiles.extend(
                page.connector_profile_details
                    .unwrap_or_default()
                    .iter()
                    .map(ConnectorProfile::from_api),
            );
            if !pages.turn(page.next_token)? {
                return Ok(profiles);
            }
        }
    }
}

impl ConnectorProfile {
    fn from_api(profile: &aws_sdk_appflow::types::ConnectorProfile) -> Self {
        let salesforce =
            profile.connector_profile_properties().and_then(ConnectorProfileProperties::salesforce);
        Self {
            name: profile.connector_profile_name().unwrap_or_default().to_owned(),
            arn: profile.connector_profile_arn().unwrap_or_default().to_owned(),
            connector_type: profile.connector_type().map_or("", |kind| kind.as_str()).to_owned(),
            connection_mode: profile.connection_mode().map_or("", |mode| mode.as_str()).to_owned(),
            credentials_arn: some_text(profile.credentials_arn()),
            instance_url: salesforce.and_then(|org| some_text(org.instance_url())),
            sandbox: salesforce.is_some_and(|org| org.is_sandbox_environment()),
            use_private_link: salesforce
                .is_some_and(|org| org.use_private_link_for_metadata_and_authorization()),
            private_status: profile.private_connection_provisioning_state().and_then(|state| {
                Some(PrivateStatus {
                    status: state.status()?.as_str().to_owned(),
                    failure_message: some_text(state.failure_message()),
                    failure_cause: state.failure_cause().map(|cause| cause.as_str().to_owned()),
                })
            }),
            created_at: moment(profile.created_at()),
            last_updated_at: moment(profile.last_updated_at()),
        }
    }
}

impl ConnectorProfileInput {
    fn config(&self) -> ConnectorProfileConfig {
        let properties = SalesforceConnectorProfileProperties::builder()
            .instance_url(&self.instance_url)
            .is_sandbox_environment(self.sandbox)
            .use_private_link_for_metadata_and_authorization(self.use_private_link)
            .build();
        ConnectorProfileConfig::builder()
            .connector_profile_properties(
                ConnectorProfileProperties::builder().salesforce(properties).build(),
            )
            .set_connector_profile_credentials(self.credentials.as_ref().map(Credentials::to_api))
            .build()
    }

    fn secrets(&self) -> Vec<&Secret> {
        self.credentials.as_ref().map(Credentials::secrets).unwrap_or_default()
    }

    fn retries(&self) -> aws_sdk_appflow::config::Builder {
        let config = aws_sdk_appflow::Config::builder();
        match self.credentials {
            Some(_) => config.retry_classifier(OnlyWhenThrottled),
            None => config,
        }
    }
}

impl Credentials {
    fn to_api(&self) -> ConnectorProfileCredentials {
        let text = |secret: &Option<Secret>| secret.as_ref().map(|it| it.expose().to_owned());
        let login = [&self.authorization_code, &self.code_verifier];
        let asks = self.redirect_uri.is_some() || login.into_iter().any(Option::is_some);
        let o_auth_request = asks.then(|| {
            ConnectorOAuthRequest::builder()
                .set_auth_code(text(&self.authorization_code))
                .set_redirect_uri(self.redirect_uri.clone())
                .set_code_verifier(text(&self.code_verifier))
                .build()
        });
        let salesforce = SalesforceConnectorProfileCredentials::builder()
            .set_access_token(text(&self.access_token))
            .set_refresh_token(text(&self.refresh_token))
            .set_o_auth_request(o_auth_request)
            .set_client_credentials_arn(self.client_credentials_arn.clone())
            .set_o_auth2_grant_type(self.grant_type.as_deref().map(OAuth2GrantType::from))
            .set_jwt_token(text(&self.jwt_token))
            .build();
        ConnectorProfileCredentials::builder().salesforce(salesforce).build()
    }
}

/// The region has one list.
const ALL: &str = "";

const CREATE: &str = "appflow:CreateConnectorProfile";
const UPDATE: &str = "appflow:UpdateConnectorProfile";
const DESCRIBE: &str = "appflow:DescribeConnectorProfiles";

/// AppFlow's largest page.
const PAGE_SIZE: i32 = 100;

/// AppFlow's longest list of names.
const NAMES_PER_CALL: usize = 100;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::aws::testing::{Answer, FakeAws};

    #[tokio::test]
    async fn a_create_sends_the_login_once_and_nothing_that_is_unset() {
        let aws =
            FakeAws::answering([Answer::Json(200, json!({ "connectorProfileArn": "arn:p" }))]);
        let profile = ConnectorProfileInput {
            name: "acme".into(),
            connection_mode: "Public".into(),
            instance_url: "https://acme.my.salesforce.com".into(),
            credentials: Some(Credentials {
                grant_type: Some("JWT_BEARER".into()),
                jwt_token: Some("a.b.c".into()),
                client_credentials_arn: Some("arn:aws:secretsmanager:x".into()),
                ..Credentials::default()
            }),
            ..ConnectorProfileInput::default()
        };
        let arn = aws.session().create_connector_profile(&profile, "token-1").await;
        assert_eq!(arn, Ok(Some("arn:p".to_owned())));
        assert_eq!(
            aws.only().body,
            json!({
                "connectorProfileName": "acme",
                "connectorType": "Salesforce",
                "connectionMode": "Public",
                "connectorProfileConfig": {
                    "connectorProfileProperties": { "Salesforce": {
                        "instanceUrl": "https://acme.my.salesforce.com",
                    } },
                    "connectorProfileCredentials": { "Salesforce": {
                        "oAuth2GrantType": "JWT_BEARER",
                        "jwtToken": "a.b.c",
                        "clientCredentialsArn": "arn:aws:secretsmanager:x",
                    } },
                },
                "clientToken": "token-1",
            })
        );
    }

    #[tokio::test]
    async fn an_unknown_profile_is_none_and_unknown_values_are_texts() {
        let aws = FakeAws::answering([
            Answer::Json(200, json!({ "connectorProfileDetails": [] })),
            Answer::Json(
                200,
                json!({ "connectorProfileDetails": [{
                    "connectorProfileName": "acme",
                    "connectionMode": "Quantum",
                    "connectorType": "Salesforce",
                    "connectorProfileProperties": { "Salesforce": { "isSandboxEnvironment": true } },
                    "privateConnectionProvisioningState": {
                        "status": "FAILED", "failureCause": "GREMLINS"
                    },
                    "somethingNew": {},
                }] }),
            ),
        ]);
        let session = aws.session();
        assert_eq!(session.describe_connector_profile("acme").await, Ok(None));
        let found = session.describe_connector_profile("acme").await.expect("an answer");
        let found = found.expect("a profile");
        assert_eq!((found.connection_mode.as_str(), found.sandbox), ("Quantum", true));
        let status = found.private_status.expect("a status");
        assert_eq!(status.failure_cause.as_deref(), Some("GREMLINS"));
    }

    #[tokio::test]
    async fn names_are_asked_for_by_the_hundred() {
        let aws = FakeAws::answering([Answer::Json(200, json!({}))]);
        let names: Vec<String> = (0..250).map(|n| format!("p{n}")).collect();
        aws.session().describe_connector_profiles(&names).await.expect("no profiles");
        let sizes: Vec<_> = aws
            .asked()
            .iter()
            .map(|asked| asked.body["connectorProfileNames"].as_array().map(Vec::len))
            .collect();
        assert_eq!(sizes, [Some(100), Some(100), Some(50)]);
    }

    #[tokio::test]
    async fn refreshes_share_one_list_and_look_again_for_what_is_missing() {
        let profile = |name: &str| json!({ "connectorProfileName": name });
        let list = json!({ "connectorProfileDetails": [profile("a"), profile("b")] });
        let one = json!({ "connectorProfileDetails": [profile("new")] });
        let aws = FakeAws::answering([Answer::Json(200, list), Answer::Json(200, one)]);
        let session = aws.session();
        let (a, b) = tokio::join!(
            session.refresh_connector_profile("a"),
            session.refresh_connector_profile("b")
        );
        assert!(matches!((a, b), (Ok(Some(_)), Ok(Some(_)))));
        assert_eq!(aws.asked().len(), 1);
        let new = session.refresh_connector_profile("new").await.expect("an answer");
        assert!(new.is_some());
        assert_eq!(aws.asked()[1].body["connectorProfileNames"], json!(["new"]));
    }
}
