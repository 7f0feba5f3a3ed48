//! Errors of AWS, and the envelope each service puts them in.

use serde_json::{Value, json};

use crate::wire::http::Answer;
use crate::wire::model;

/// An error answer: the code decides everything, the message is for people.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) message: String,
    /// Set by injected faults only; otherwise the code decides.
    pub(crate) status: Option<u16>,
}

impl Refusal {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), status: None }
    }

    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new("ConflictException", message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new("ResourceNotFoundException", message)
    }

    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new("InvalidRequestException", message)
    }

    /// What the service itself calls an input that breaks a constraint.
    pub(crate) fn constraint(service: &str, message: impl Into<String>) -> Self {
        match service {
            "connect" | "app-integrations" => Self::invalid_request(message),
            _ => Self::validation(message),
        }
    }

    /// The HTTP status that the service gives this code.
    pub(crate) fn status_in(&self, service: &str) -> u16 {
        if let Some(status) = self.status {
            return status;
        }
        // EventBridge speaks AWS JSON: 400 for everything that is not its own fault.
        if service == "events" && !UNSIGNED.contains(&self.code.as_str()) {
            return if self.code.starts_with("Internal") { 500 } else { 400 };
        }
        let modelled = model::service(service).and_then(|service| service.errors.get(&self.code));
        modelled.copied().unwrap_or_else(|| match self.code.as_str() {
            "UnknownOperationException" if service != "events" => 404,
            "AccessDenied" | "AccessDeniedException" => 403,
            code if UNSIGNED.contains(&code) => 403,
            "ServiceQuotaExceededException" => 402,
            "ThrottlingException" | "LimitExceededException" => 429,
            code if code.starts_with("Internal") => 500,
            _ => 400,
        })
    }

    /// The answer as the service sends it. `decorated` adds the suffix and the namespace that AWS
    /// may add to the code.
    pub(crate) fn answer(&self, service: &str, decorated: bool) -> Answer {
        let status = self.status_in(service);
        match service {
            "events" => {
                let prefix = if decorated { "com.amazonaws.events#" } else { "" };
                let code = format!("{prefix}{}", self.code);
                Answer::json(status, &json!({"__type": code, "message": self.message}))
            }
            "sts" => Answer::xml(status, self.xml()),
            _ => {
                let key = if service == "appflow" { "message" } else { "Message" };
                let suffix =
                    if decorated { ":http://internal.amazon.com/coral/com.amazonaws/" } else { "" };
                let mut body = serde_json::Map::new();
                body.insert(key.into(), Value::String(self.message.clone()));
                Answer::json(status, &Value::Object(body))
                    .with_header("x-amzn-ErrorType", &format!("{}{suffix}", self.code))
            }
        }
    }

    fn xml(&self) -> String {
        let kind = if self.status_in("sts") < 500 { "Sender" } else { "Receiver" };
        format!(
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
             <Type>{kind}</Type><Code>{}</Code><Message>{}</Message></Error></ErrorResponse>",
            escape(&self.code),
            escape(&self.message)
        )
    }
}

/// Escapes text for XML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Refusals of the signature itself, which are 403 in every protocol.
const UNSIGNED: &[&str] = &[
    "MissingAuthenticationTokenException",
    "InvalidSignatureException",
    "UnrecognizedClientException",
    "ExpiredTokenException",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_its_own_envelope() {
        let refusal = Refusal::not_found("gone");
        let appflow = refusal.answer("appflow", false);
        assert_eq!((appflow.status, appflow.body.as_str()), (404, r#"{"message":"gone"}"#));
        let connect = refusal.answer("connect", false);
        assert_eq!((connect.status, connect.body.as_str()), (404, r#"{"Message":"gone"}"#));
        let events = refusal.answer("events", true);
        assert_eq!(
            (events.status, events.body.as_str()),
            (
                400,
                r#"{"__type":"com.amazonaws.events#ResourceNotFoundException","message":"gone"}"#
            )
        );
    }

    #[test]
    fn quotas_are_402_and_429_as_modelled() {
        let quota = Refusal::new("ServiceQuotaExceededException", "");
        assert_eq!(quota.status_in("appflow"), 402);
        assert_eq!(
            Refusal::new("ResourceQuotaExceededException", "").status_in("app-integrations"),
            429
        );
        assert_eq!(Refusal::new("ConnectorAuthenticationException", "").status_in("appflow"), 401);
    }
}
