//! A fake AWS for the tests of this room: answers by script, remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use aws_types::region::Region;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::environment::Environment;
use super::settings::Settings;
use super::{Aws, Session, config};
use crate::framework::error::Result;

/// What the fake answers to one request.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// A status and a JSON body.
    Json(u16, Value),
    /// XML, as STS has it.
    Xml(&'static str),
    /// A status and any body.
    Status(u16, &'static str),
    /// A status, an error code in the header, a message in the body.
    Error(u16, &'static str, &'static str),
    /// The connection breaks.
    Broken,
    /// Nobody listens.
    Refused,
    /// Nothing, ever.
    Silence,
}

/// A request as the fake saw it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    /// Method and URL, as in `POST https://appflow.us-east-1.amazonaws.com/describe-flow`.
    pub(super) line: String,
    /// The body, null if it is no JSON.
    pub(super) body: Value,
    /// The body as it is.
    pub(super) text: String,
    /// The EventBridge operation.
    pub(super) target: Option<String>,
    /// The user agent.
    pub(super) user_agent: String,
}

/// Answers by script; the last answer is repeated.
#[derive(Clone, Debug, Default)]
pub(super) struct FakeAws {
    script: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl FakeAws {
    pub(super) fn answering<const N: usize>(answers: [Answer; N]) -> Self {
        Self { script: Arc::new(Mutex::new(answers.into())), asked: Arc::default() }
    }

    /// A session in us-east-1 whose retries hardly wait.
    pub(super) fn session(&self) -> Session {
        self.session_until(CancellationToken::new())
    }

    pub(super) fn session_until(&self, stop: CancellationToken) -> Session {
        self.aws().session(None, stop).expect("a region's name")
    }

    pub(super) fn aws(&self) -> Aws {
        self.aws_with(Settings::default())
    }

    pub(super) fn aws_with(&self, settings: Settings) -> Aws {
        let credentials = Credentials::new("AKID", "secret", None, None, "test");
        let retry = config::retry(&settings, None, None)
            .expect("valid retries")
            .with_initial_backoff(Duration::from_millis(1))
            .with_max_backoff(Duration::from_millis(5));
        let sdk = SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::v2026_01_12())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(SharedHttpClient::new(self.clone()))
            .retry_config(retry)
            .timeout_config(config::timeouts())
            .build();
        Aws::assemble(settings, config::Loaded { sdk, region: "us-east-1".into() })
            .expect("valid settings")
    }

    /// The provider configured from end to end, on this fake, without anything of this machine.
    pub(super) async fn connect(&self, settings: Settings) -> Result<Aws> {
        let settings = Settings {
            region: Some("us-east-1".into()),
            access_key: Some("AKID".into()),
            secret_key: Some("secret".into()),
            shared_config_files: vec!["/dev/null".into()],
            shared_credentials_files: vec!["/dev/null".into()],
            max_retries: Some(1),
            ..settings
        };
        let environment = Environment::default();
        let http = SharedHttpClient::new(self.clone());
        let loaded = config::load_with(&settings, &environment, http).await?;
        Aws::start(settings, loaded).await
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic while locked").clone()
    }

    /// The only request.
    pub(super) fn only(&self) -> Asked {
        let asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked[0].clone()
    }
}

impl HttpClient for FakeAws {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for FakeAws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let header = |name: &str| request.headers().get(name).map(str::to_owned);
        let body = request.body().bytes().unwrap_or_default();
        self.asked.lock().expect("no panic while locked").push(Asked {
            line: format!("{} {}", request.method(), request.uri()),
            body: serde_json::from_slice(body).unwrap_or_default(),
            text: String::from_utf8_lossy(body).into_owned(),
            target: header("x-amz-target"),
            user_agent: header("user-agent").unwrap_or_default(),
        });
        let mut script = self.script.lock().expect("no panic while locked");
        let answer = match script.len() {
            0 | 1 => script.front().cloned().expect("an answer in the script"),
            _ => script.pop_front().expect("an answer in the script"),
        };
        HttpConnectorFuture::new(async move {
            match answer {
                Answer::Json(status, body) => Ok(response(status, None, body.to_string())),
                Answer::Xml(body) => Ok(response(200, None, body.to_owned())),
                Answer::Status(status, body) => Ok(response(status, None, body.to_owned())),
                Answer::Error(status, code, message) => {
                    let body = serde_json::json!({ "message": message });
                    Ok(response(status, Some(code), body.to_string()))
                }
                Answer::Broken => {
                    let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
                    Err(ConnectorError::io(reset.into()))
                }
                Answer::Refused => {
                    let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
                    Err(ConnectorError::io(refused.into()))
                }
                Answer::Silence => {
                    tokio::time::sleep(Duration::from_hours(24)).await;
                    Err(ConnectorError::timeout("a day has passed".into()))
                }
            }
        })
    }
}

/// What STS answers to `GetCallerIdentity`.
pub(super) const IDENTITY: Answer = Answer::Xml(
    "<GetCallerIdentityResponse><GetCallerIdentityResult>\
     <Arn>arn:aws:sts::123456789012:assumed-role/ops/me</Arn><UserId>U</UserId>\
     <Account>123456789012</Account>\
     </GetCallerIdentityResult></GetCallerIdentityResponse>",
);

fn response(status: u16, code: Option<&'static str>, body: String) -> HttpResponse {
    let status = status.try_into().expect("a status");
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    response.headers_mut().insert("x-amzn-requestid", "request-1");
    if let Some(code) = code {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
    response
}
