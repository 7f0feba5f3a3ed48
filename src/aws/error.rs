//! From the SDK's errors to ours: by error *code*, never by HTTP status alone.
//!
//! The status would mislead: Connect answers 429 to a reached quota (`LimitExceededException`),
//! AppFlow 402; EventBridge answers 400 to everything; and a proxy's 404 page is not a definite
//! "not found".

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;

use super::operation::Operation;
use super::remedies;
use crate::framework::error::{Error, Kind};
use crate::framework::secret::Secret;

/// Translates a failed call.
///
/// The message is AWS's own, followed by the details that Connect hides beside it; for failures
/// of the transport it is ours. Code and request id are kept, and a remedy is added where
/// operation, code and text decide it.
pub(super) fn from_sdk<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let mut translated = match error {
        SdkError::ServiceError(answer) => from_answer(operation, answer.err(), answer.raw()),
        _ => from_transport(operation, error),
    };
    translated.operation = Some(operation);
    translated.request_id = error.request_id().map(str::to_owned);
    remedies::add(operation, translated)
}

/// Masks what the request held in confidence, should the answer repeat it.
pub(super) fn scrub(mut error: Error, secrets: &[&Secret]) -> Error {
    for secret in secrets {
        error.message = secret.scrub(&error.message);
    }
    error
}

/// The call was stopped; `sent` says whether AWS may have seen it.
pub(super) fn stopped(operation: &'static str, sent: bool) -> Error {
    let message =
        if sent { "stopped before AWS answered" } else { "stopped before the request was sent" };
    Error { operation: Some(operation), ..Error::new(Kind::Stopped, message) }
}

/// What an error code means. `None` for a code that nobody has told us about.
pub(super) fn kind_of(operation: &'static str, code: &str) -> Option<Kind> {
    let operation = Operation(operation);
    Some(match code {
        "ResourceAlreadyExistsException" | "DuplicateResourceException" => Kind::AlreadyExists,
        "ConflictException" if operation.creates() => Kind::AlreadyExists,
        "ResourceConflictException" if operation.creates() => Kind::AlreadyExists,
        "ConflictException"
        | "ResourceConflictException"
        | "ResourceInUseException"
        | "ConcurrentModificationException"
        | "InvalidStateException"
        | "ManagedRuleException" => Kind::Conflict,
        "ResourceNotFoundException" | "NotFoundException" => Kind::NotFound,
        "AccessDeniedException"
        | "AccessDenied"
        | "NotAuthorized"
        | "NotAuthorizedException"
        | "UnauthorizedOperation"
        | "UnauthorizedException"
        | "ForbiddenException" => Kind::Denied,
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "AuthFailure"
        | "IDPCommunicationError"
        | "IDPRejectedClaim"
        | "InvalidIdentityToken" => Kind::Unauthenticated,
        code if QUOTA_CODES.contains(&code) => Kind::Quota,
        code if THROTTLING_CODES.contains(&code) => Kind::Throttled,
        "ConnectorAuthenticationException" | "ConnectorServerException" => Kind::Connector,
        "ValidationException"
        | "ValidationError"
        | "InvalidRequestException"
        | "InvalidParameterException"
        | "InvalidParameterValue"
        | "PropertyValidationException"
        | "ContactFlowNotPublishedException"
        | "UnsupportedOperationException"
        | "UnknownOperationException"
        | "OperationDisabledException"
        | "SerializationException"
        | "MalformedPolicyDocument"
        | "RegionDisabledException" => Kind::Invalid,
        "InternalServerException"
        | "InternalServiceException"
        | "InternalServiceError"
        | "InternalServerError"
        | "InternalException"
        | "InternalFailure"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => operation.unknown_outcome(),
        _ => return None,
    })
}

/// Codes that mean "you have too many", whatever their status. Retrying them is pointless.
pub(super) const QUOTA_CODES: &[&str] = &[
    "ServiceQuotaExceededException",
    "LimitExceededException",
    "ResourceQuotaExceededException",
    "QuotaExceededException",
];

/// Codes that mean "you ask too fast".
pub(super) const THROTTLING_CODES: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
];

/// Texts that tell a conflict with something else from a mistake in the request, where AWS uses
/// one code for both. Each is paired with its operation: a text alone decides nothing.
const CONFLICT_TEXTS: &[(&str, &str)] = &[
    ("events:DeleteEventBus", "has rules"),
    ("events:DeleteRule", "has targets"),
    ("connect:DeleteIntegrationAssociation", "use case"),
    ("app-integrations:DeleteEventIntegration", "associat"),
];

fn from_answer(
    operation: &'static str,
    answer: &impl ProvideErrorMetadata,
    raw: &HttpResponse,
) -> Error {
    let body = raw.body().bytes().unwrap_or_default();
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let code = answer.code().map(str::to_owned);
    let status = raw.status().as_u16();

    let mut message = match answer.message() {
        Some(message) if !message.trim().is_empty() => message.trim().to_owned(),
        _ => match &code {
            Some(code) => format!("AWS answered {code} without a message"),
            None => format!("AWS answered with status {status} and nothing to understand"),
        },
    };
    for detail in details(&body) {
        // Some answers say it in the message as well.
        if !message.contains(&detail) {
            message = format!("{}; {detail}", message.trim_end_matches('.'));
        }
    }

    let known = code.as_deref().and_then(|code| kind_of(operation, code));
    let mut kind = known.unwrap_or(match status {
        // An answer that only looks like a success was not understood, so nobody knows.
        ..=399 | 500.. => Operation(operation).unknown_outcome(),
        401 | 403 => Kind::Denied,
        _ => Kind::Invalid,
    });
    let conflicts = || {
        CONFLICT_TEXTS.iter().any(|(subject, text)| {
            *subject == operation && message.to_ascii_lowercase().contains(text)
        })
    };
    if kind == Kind::Invalid && conflicts() {
        kind = Kind::Conflict;
    }
    Error { code, ..Error::new(kind, message) }
}

/// What Connect puts beside the message: reasons, the objects in the way, the properties at fault.
///
/// Read from the raw answer, because each operation has its own type for it and new members must
/// not be lost.
fn details(body: &serde_json::Value) -> Vec<String> {
    let Some(members) = body.as_object() else { return Vec::new() };
    let mut found = Vec::new();
    for (name, value) in members {
        let shown = match name.to_ascii_lowercase().as_str() {
            "reason" => flatten(value),
            "propertylist" | "problems" => flatten(value),
            "resourceid" | "resourcetype" => match value.as_str() {
                Some(text) => format!("{name}: {text}"),
                None => continue,
            },
            _ => continue,
        };
        if !shown.is_empty() {
            found.push(shown);
        }
    }
    found
}

/// Objects and lists as `name: text` fragments, nesting ignored.
fn flatten(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => {
            items.iter().map(flatten).filter(|item| !item.is_empty()).collect::<Vec<_>>().join("; ")
        }
        serde_json::Value::Object(members) => members
            .iter()
            .map(|(name, value)| match flatten(value) {
                text if text.is_empty() => text,
                text => format!("{name}: {text}"),
            })
            .filter(|member| !member.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

fn from_transport<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Error
where
    E: std::error::Error + 'static,
{
    let chain = Chain::of(error);
    if chain.has::<CredentialsError>() {
        return Error::new(Kind::Unauthenticated, format!("no AWS credentials: {}", chain.told()));
    }
    let unknown = Operation(operation).unknown_outcome();
    match error {
        // The request could not even be written, so an argument is missing or malformed.
        SdkError::ConstructionFailure(_) => Error::new(Kind::Invalid, chain.told()),
        SdkError::TimeoutError(_) => {
            Error::new(unknown, format!("AWS did not answer in time: {}", chain.told()))
        }
        SdkError::DispatchFailure(failure) if failure.is_user() => {
            Error::new(Kind::Invalid, chain.told())
        }
        SdkError::DispatchFailure(_) if chain.never_connected() => {
            let unreachable =
                Error::new(Kind::Unavailable, format!("AWS cannot be reached: {}", chain.told()));
            match chain.distrusts() {
                true => unreachable.remedy(DISTRUST_REMEDY),
                false => unreachable,
            }
        }
        SdkError::DispatchFailure(_) => {
            Error::new(unknown, format!("the connection to AWS failed: {}", chain.told()))
        }
        SdkError::ResponseError(response) => Error::new(
            unknown,
            format!(
                "AWS's answer (status {}) cannot be understood: {}",
                response.raw().status().as_u16(),
                chain.told()
            ),
        ),
        _ => Error::new(unknown, chain.told()),
    }
}

const DISTRUST_REMEDY: &str = "The certificate is signed by an authority that is not trusted, as \
     behind a proxy that inspects traffic: name that authority's PEM file in custom_ca_bundle of \
     the provider block or in AWS_CA_BUNDLE.";

/// An error and its causes.
struct Chain<'a>(Vec<&'a (dyn std::error::Error + 'static)>);

impl<'a> Chain<'a> {
    fn of(error: &'a (dyn std::error::Error + 'static)) -> Self {
        let causes = std::iter::successors(Some(error), |error| error.source());
        Self(causes.take(LONGEST_CHAIN).collect())
    }

    fn has<T: std::error::Error + 'static>(&self) -> bool {
        self.0.iter().any(|error| error.is::<T>())
    }

    /// The causes that say more than their kind, outermost first.
    fn told(&self) -> String {
        let mut told: Vec<String> = Vec::new();
        for error in &self.0 {
            let text = error.to_string();
            let empty = EMPTY_PHRASES.contains(&text.as_str());
            if !empty && !told.iter().any(|before| before.contains(&text)) {
                told.push(text);
            }
        }
        match told.is_empty() {
            true => self.0.last().map(ToString::to_string).unwrap_or_default(),
            false => told.join(": "),
        }
    }

    /// Whether it is certain that no byte of the request left. Only then may a failed write count
    /// as not done, so what is not recognised is uncertain.
    fn never_connected(&self) -> bool {
        self.0.iter().any(|error| {
            let refused = error
                .downcast_ref::<std::io::Error>()
                .is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused);
            let text = error.to_string();
            refused || CONNECT_PHRASES.iter().any(|phrase| text.contains(phrase))
        })
    }

    fn distrusts(&self) -> bool {
        self.0.iter().any(|error| error.to_string().contains("invalid peer certificate"))
    }
}

/// Longer chains are loops.
const LONGEST_CHAIN: usize = 16;

/// What wrappers of the SDK and of hyper say, which the kind says already.
const EMPTY_PHRASES: &[&str] = &[
    "dispatch failure",
    "request has timed out",
    "failed to construct request",
    "response error",
    "io error",
    "timeout",
    "other",
    "error trying to connect",
    "client error (Connect)",
    "client error (SendRequest)",
];

/// How hyper and the SDK's connector name failures on the way to a connection.
const CONNECT_PHRASES: &[&str] = &[
    "client error (Connect)",
    "error trying to connect",
    "tcp connect error",
    "dns error",
    "HTTP connect timeout",
    "invalid peer certificate",
];

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::aws::connector_profile::{ConnectorProfileInput, Credentials};
    use crate::aws::rule::RuleInput;
    use crate::aws::settings::Settings;
    use crate::aws::testing::{Answer, FakeAws};

    #[test]
    fn a_conflict_of_a_create_means_that_it_exists() {
        assert_eq!(kind_of("appflow:CreateFlow", "ConflictException"), Some(Kind::AlreadyExists));
        assert_eq!(kind_of("appflow:StartFlow", "ConflictException"), Some(Kind::Conflict));
        assert_eq!(
            kind_of("connect:CreateRule", "ResourceConflictException"),
            Some(Kind::AlreadyExists)
        );
        assert_eq!(
            kind_of("connect:UpdateRule", "ResourceConflictException"),
            Some(Kind::Conflict)
        );
    }

    #[test]
    fn quotas_are_told_from_throttling_by_code() {
        for code in QUOTA_CODES {
            assert_eq!(kind_of("connect:CreateUseCase", code), Some(Kind::Quota));
        }
        for code in THROTTLING_CODES {
            assert_eq!(kind_of("connect:CreateUseCase", code), Some(Kind::Throttled));
        }
    }

    #[test]
    fn a_failure_of_the_service_leaves_only_writes_in_doubt() {
        let code = "InternalServiceException";
        assert_eq!(kind_of("connect:CreateUseCase", code), Some(Kind::Ambiguous));
        assert_eq!(kind_of("connect:ListUseCases", code), Some(Kind::Unavailable));
    }

    #[test]
    fn reasons_and_properties_beside_the_message_are_found() {
        let body = serde_json::json!({
            "Message": "bad",
            "Reason": { "AttachedFileInvalidRequestExceptionReason": "INVALID" },
            "PropertyList": [{ "PropertyPath": "Name", "Message": "too long" }],
            "ResourceId": "f00",
        });
        assert_eq!(
            details(&body),
            [
                "Message: too long, PropertyPath: Name",
                "AttachedFileInvalidRequestExceptionReason: INVALID",
                "ResourceId: f00"
            ]
        );
    }

    async fn describing_a_flow(answer: Answer) -> Error {
        let aws = FakeAws::answering([answer]);
        let settings = Settings { max_retries: Some(1), ..Settings::default() };
        let session = aws.aws_with(settings).session(None, CancellationToken::new());
        session.expect("a session").describe_flow("f").await.expect_err("an error")
    }

    async fn creating_a_rule(answer: Answer) -> Error {
        let aws = FakeAws::answering([answer]);
        let settings = Settings { max_retries: Some(1), ..Settings::default() };
        let session = aws.aws_with(settings).session(None, CancellationToken::new());
        let rule = RuleInput::default();
        session.expect("a session").create_rule("i", &rule, "t").await.expect_err("an error")
    }

    #[tokio::test]
    async fn an_answer_keeps_its_words_code_operation_and_request() {
        let answer = Answer::Error(403, "AccessDeniedException", "User: x is not authorized");
        let error = describing_a_flow(answer).await;
        assert_eq!(error.kind, Kind::Denied);
        assert_eq!(error.message, "User: x is not authorized");
        assert_eq!(error.operation, Some("appflow:DescribeFlow"));
        assert_eq!(error.code.as_deref(), Some("AccessDeniedException"));
        assert_eq!(error.request_id.as_deref(), Some("request-1"));
        assert!(error.remedy.is_some_and(|remedy| remedy.contains("appflow:DescribeFlow")));
    }

    #[tokio::test]
    async fn codes_become_kinds() {
        for (status, code, kind) in [
            (402, "ServiceQuotaExceededException", Kind::Quota),
            (429, "LimitExceededException", Kind::Quota),
            (429, "ThrottlingException", Kind::Throttled),
            (409, "ResourceConflictException", Kind::AlreadyExists),
            (404, "ResourceNotFoundException", Kind::NotFound),
            (400, "InvalidRequestException", Kind::Invalid),
            (403, "AccessDeniedException", Kind::Denied),
            (403, "ExpiredTokenException", Kind::Unauthenticated),
            (500, "InternalServiceException", Kind::Ambiguous),
        ] {
            let error = creating_a_rule(Answer::Error(status, code, "so it is")).await;
            assert_eq!((error.kind, error.message.as_str()), (kind, "so it is"), "{code}");
        }
    }

    #[tokio::test]
    async fn an_unknown_404_is_no_definite_not_found() {
        let error = describing_a_flow(Answer::Json(404, serde_json::json!("nginx"))).await;
        assert_eq!(error.kind, Kind::Invalid);
        let gone = Answer::Error(404, "ResourceNotFoundException", "no such flow");
        let aws = FakeAws::answering([gone]);
        assert_eq!(aws.session().describe_flow("f").await, Ok(None));
    }

    #[tokio::test]
    async fn only_what_never_left_counts_as_not_done() {
        assert_eq!(creating_a_rule(Answer::Refused).await.kind, Kind::Unavailable);
        assert_eq!(creating_a_rule(Answer::Broken).await.kind, Kind::Ambiguous);
        assert_eq!(describing_a_flow(Answer::Broken).await.kind, Kind::Unavailable);
        let html = Answer::Json(200, serde_json::json!("<html>"));
        assert_eq!(creating_a_rule(html).await.kind, Kind::Ambiguous);
    }

    #[tokio::test]
    async fn what_stands_beside_the_message_is_appended() {
        let body = serde_json::json!({
            "__type": "InvalidRequestException",
            "Message": "Invalid request.",
            "Reason": { "Detail": "FLOW_NOT_FOUND" },
        });
        let error = creating_a_rule(Answer::Json(400, body)).await;
        assert_eq!(error.message, "Invalid request; Detail: FLOW_NOT_FOUND");
    }

    #[tokio::test]
    async fn a_bus_with_rules_is_a_conflict() {
        let message = "EventBus can't be deleted since it has rules.";
        let aws = FakeAws::answering([Answer::Error(400, "ValidationException", message)]);
        let error = aws.session().delete_event_bus("aws.partner/x").await.expect_err("rules");
        assert_eq!(error.kind, Kind::Conflict);
    }

    #[tokio::test]
    async fn a_secret_that_aws_repeats_is_masked() {
        let message = "invalid_grant: aPrx4.code== and eyJ.token are not good";
        let aws =
            FakeAws::answering([Answer::Error(401, "ConnectorAuthenticationException", message)]);
        let profile = ConnectorProfileInput {
            credentials: Some(Credentials {
                authorization_code: Some("aPrx4.code==".into()),
                jwt_token: Some("eyJ.token".into()),
                ..Credentials::default()
            }),
            ..ConnectorProfileInput::default()
        };
        let error = aws.session().create_connector_profile(&profile, "t").await.expect_err("bad");
        assert_eq!(error.kind, Kind::Connector);
        assert_eq!(error.message, "invalid_grant: *** and *** are not good");
        assert!(!format!("{profile:?}").contains("aPrx4"));
    }

    #[test]
    fn not_being_reached_is_told_without_the_sdks_wrappers() {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        let chain = Chain::of(&refused);
        assert!(chain.never_connected());
        assert_eq!(chain.told(), "connection refused");
    }
}
