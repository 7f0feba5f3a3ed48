//! What the SDK may send again.
//!
//! Its own rules decide, with two corrections. They take `LimitExceededException` for throttling
//! (`aws-runtime`, `THROTTLING_ERRORS`), though for Connect and EventBridge it is a quota: see
//! [`NeverForQuotas`]. And they repeat every 5xx and dropped connection, though a create without
//! an idempotency token, or with a one-shot authorization code, may have taken effect: see
//! [`OnlyWhenThrottled`].

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};

use super::error::{QUOTA_CODES, THROTTLING_CODES};

/// Forbids repeating what a quota refused.
#[derive(Debug)]
pub(super) struct NeverForQuotas;

impl ClassifyRetry for NeverForQuotas {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match failed_code(context) {
            Some(code) if QUOTA_CODES.contains(&code.as_str()) => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "never for quotas"
    }

    fn priority(&self) -> RetryClassifierPriority {
        after_the_sdk()
    }
}

/// Allows repeating only what AWS refused to look at.
#[derive(Debug)]
pub(super) struct OnlyWhenThrottled;

impl ClassifyRetry for OnlyWhenThrottled {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        if !matches!(context.output_or_error(), Some(Err(_))) {
            return RetryAction::NoActionIndicated;
        }
        match failed_code(context) {
            Some(code) if THROTTLING_CODES.contains(&code.as_str()) => {
                RetryAction::throttling_error()
            }
            _ => RetryAction::RetryForbidden,
        }
    }

    fn name(&self) -> &'static str {
        "only when throttled"
    }

    fn priority(&self) -> RetryClassifierPriority {
        after_the_sdk()
    }
}

/// The last word: the SDK's own classifiers have all spoken.
fn after_the_sdk() -> RetryClassifierPriority {
    RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
}

/// The error code of a failed answer, from the raw answer because a classifier does not know the
/// operation's error type.
fn failed_code(context: &InterceptorContext) -> Option<String> {
    matches!(context.output_or_error(), Some(Err(_))).then_some(())?;
    code(context.response()?)
}

/// The code as the header has it (REST) or the body (EventBridge), without namespace and link.
fn code(response: &HttpResponse) -> Option<String> {
    let from_header = response.headers().get("x-amzn-errortype").map(str::to_owned);
    let code = from_header.or_else(|| {
        let body: serde_json::Value = serde_json::from_slice(response.body().bytes()?).ok()?;
        ["__type", "code"].iter().find_map(|name| Some(body.get(name)?.as_str()?.to_owned()))
    })?;
    let code = code.split(':').next()?;
    Some(code.rsplit('#').next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;
    use serde_json::{Value, json};
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::aws::connector_profile::{ConnectorProfileInput, Credentials};
    use crate::aws::flow::FlowInput;
    use crate::aws::integration_association::IntegrationAssociationInput;
    use crate::aws::settings::Settings;
    use crate::aws::testing::{Answer, FakeAws};

    fn answer(header: Option<&'static str>, body: &'static str) -> HttpResponse {
        let status = 400.try_into().expect("a status");
        let mut response = HttpResponse::new(status, SdkBody::from(body));
        if let Some(header) = header {
            response.headers_mut().insert("x-amzn-errortype", header);
        }
        response
    }

    #[test]
    fn the_code_is_found_wherever_the_service_puts_it() {
        let answers = [
            answer(Some("LimitExceededException"), "{}"),
            answer(Some("LimitExceededException:http://internal.amazon.com/"), "{}"),
            answer(None, r#"{"__type":"com.amazonaws.events#LimitExceededException"}"#),
            answer(None, r#"{"code":"LimitExceededException"}"#),
        ];
        for answer in answers {
            assert_eq!(code(&answer).as_deref(), Some("LimitExceededException"));
        }
        assert_eq!(code(&answer(None, "<html>")), None);
    }

    async fn requests_after(answer: Answer, create: bool) -> usize {
        let aws = FakeAws::answering([answer]);
        let settings = Settings { max_retries: Some(3), ..Settings::default() };
        let session =
            aws.aws_with(settings).session(None, CancellationToken::new()).expect("a session");
        if create {
            let input = IntegrationAssociationInput::default();
            session.create_integration_association("i", &input).await.expect_err("an error");
        } else {
            session.list_integration_associations("i").await.expect_err("an error");
        }
        aws.asked().len()
    }

    #[tokio::test]
    async fn reads_are_repeated_when_throttled_broken_or_down() {
        let throttled = Answer::Error(429, "ThrottlingException", "Rate exceeded");
        let down = Answer::Error(500, "InternalServiceException", "oops");
        for answer in [throttled, down, Answer::Broken, Answer::Refused] {
            assert_eq!(requests_after(answer.clone(), false).await, 3, "{answer:?}");
        }
    }

    #[tokio::test]
    async fn quotas_are_never_retried() {
        for answer in [
            Answer::Error(429, "LimitExceededException", "too many"),
            Answer::Error(429, "ResourceQuotaExceededException", "too many"),
            Answer::Error(402, "ServiceQuotaExceededException", "too many"),
        ] {
            assert_eq!(requests_after(answer.clone(), false).await, 1, "{answer:?}");
            assert_eq!(requests_after(answer.clone(), true).await, 1, "{answer:?}");
        }
    }

    #[tokio::test]
    async fn creates_without_a_token_are_only_repeated_when_throttled() {
        let throttled = Answer::Error(429, "ThrottlingException", "Rate exceeded");
        assert_eq!(requests_after(throttled, true).await, 3);
        let down = Answer::Error(500, "InternalServiceException", "oops");
        for answer in [down, Answer::Broken, Answer::Json(503, Value::Null)] {
            assert_eq!(requests_after(answer.clone(), true).await, 1, "{answer:?}");
        }
    }

    #[tokio::test]
    async fn one_shot_credentials_are_only_repeated_when_throttled() {
        let profile = |credentials| ConnectorProfileInput {
            name: "acme".into(),
            connection_mode: "Public".into(),
            instance_url: "https://acme.my.salesforce.com".into(),
            credentials,
            ..ConnectorProfileInput::default()
        };
        for (credentials, requests) in [(None, 10), (Some(Credentials::default()), 1)] {
            let aws = FakeAws::answering([Answer::Error(500, "InternalServerException", "oops")]);
            let input = profile(credentials);
            let session = aws.session();
            session.create_connector_profile(&input, "t").await.expect_err("an error");
            assert_eq!(aws.asked().len(), requests);
            session.update_connector_profile(&input, "t").await.expect_err("an error");
            assert_eq!(aws.asked().len(), 2 * requests);
        }
    }

    #[tokio::test]
    async fn creates_with_a_token_are_repeated_with_the_same_token() {
        let aws = FakeAws::answering([
            Answer::Broken,
            Answer::Json(200, json!({ "flowArn": "arn:f", "flowStatus": "Draft" })),
        ]);
        let created = aws.session().create_flow(&FlowInput::default(), "token-1").await;
        assert_eq!(created.expect("created").status, "Draft");
        let tokens: Vec<Value> =
            aws.asked().iter().map(|asked| asked.body["clientToken"].clone()).collect();
        assert_eq!(tokens, [json!("token-1"), json!("token-1")]);
    }
}
