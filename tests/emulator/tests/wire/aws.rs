//! A small AWS client: signed-looking headers, each service's protocol, errors taken apart.

use connect_emulator::Emulator;
use serde_json::{Value, json};
use ureq::http;

/// An emulator with the demo's seed, and a caller in one region of one account.
pub(crate) struct Aws {
    pub(crate) emulator: Emulator,
    pub(crate) key: String,
    pub(crate) region: String,
    pub(crate) token: Option<String>,
    agent: ureq::Agent,
}

/// An error answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
}

pub(crate) type Answer = Result<Value, Failure>;

pub(crate) const INSTANCE: &str = "11111111-2222-4333-8444-555555555555";
pub(crate) const CONTACT_FLOW: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const ORG: &str = "acme.my.salesforce.com";

impl Aws {
    pub(crate) fn new() -> Self {
        let emulator = Emulator::start().expect("a free port");
        emulator.admin("POST", "/seed", json!("demo"));
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .build()
            .into();
        Self {
            emulator,
            key: "AKIAEMULATOR00000001".into(),
            region: "us-east-1".into(),
            token: None,
            agent,
        }
    }

    pub(crate) fn with(switches: Value) -> Self {
        let aws = Self::new();
        aws.switch(switches);
        aws
    }

    pub(crate) fn switch(&self, switches: Value) {
        self.emulator.admin("PUT", "/switches", switches);
    }

    pub(crate) fn admin(&self, method: &str, path: &str, body: Value) -> Value {
        self.emulator.admin(method, path, body)
    }

    pub(crate) fn drift(&self, kind: &str, target: &str) {
        self.admin("POST", "/drift", json!({"kind": kind, "target": target}));
    }

    /// AppFlow: `POST /kebab-case`.
    pub(crate) fn appflow(&self, operation: &str, input: Value) -> Answer {
        self.rest("appflow", "POST", &format!("/{operation}"), input)
    }

    /// EventBridge: the operation is in a header.
    pub(crate) fn events(&self, operation: &str, input: Value) -> Answer {
        let target = format!("AWSEvents.{operation}");
        let headers = [
            ("authorization", self.authorization("events")),
            ("x-amz-date", DATE.into()),
            ("x-amz-target", target),
            ("content-type", "application/x-amz-json-1.1".into()),
        ];
        let raw = self.send("POST", "/", &headers, &input.to_string()).expect("an answer");
        let body: Value = serde_json::from_str(&raw.body).expect("JSON");
        if raw.status == 200 {
            return Ok(body);
        }
        Err(Failure {
            status: raw.status,
            code: body["__type"].as_str().unwrap_or_default().into(),
            message: body["message"].as_str().unwrap_or_default().into(),
        })
    }

    pub(crate) fn integrations(&self, method: &str, path: &str, input: Value) -> Answer {
        self.rest("app-integrations", method, path, input)
    }

    /// Connect; `{i}` in the path is the demo's instance.
    pub(crate) fn connect(&self, method: &str, path: &str, input: Value) -> Answer {
        self.rest("connect", method, &path.replace("{i}", INSTANCE), input)
    }

    pub(crate) fn rest(&self, service: &str, method: &str, path: &str, input: Value) -> Answer {
        let raw = self.try_rest(service, method, path, input).expect("an answer");
        let body: Value = serde_json::from_str(&raw.body).expect("JSON");
        if raw.status == 200 {
            return Ok(body);
        }
        let key = if service == "appflow" { "message" } else { "Message" };
        let code = raw.headers.get("x-amzn-errortype").expect("an error type");
        Err(Failure {
            status: raw.status,
            code: code.to_str().expect("text").into(),
            message: body[key].as_str().unwrap_or_default().into(),
        })
    }

    /// As it came; `None` when the connection was closed instead.
    pub(crate) fn try_rest(
        &self,
        service: &str,
        method: &str,
        path: &str,
        input: Value,
    ) -> Option<Raw> {
        let body = if input.is_null() { String::new() } else { input.to_string() };
        let mut headers = vec![
            ("authorization", self.authorization(service)),
            ("x-amz-date", DATE.into()),
            ("content-type", "application/json".into()),
        ];
        if let Some(token) = &self.token {
            headers.push(("x-amz-security-token", token.clone()));
        }
        self.send(method, path, &headers, &body)
    }

    pub(crate) fn authorization(&self, service: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential={}/20260101/{}/{service}/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, Signature={}",
            self.key,
            self.region,
            "0".repeat(64)
        )
    }

    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &str,
    ) -> Option<Raw> {
        let url = format!("{}{path}", self.emulator.url());
        let mut request = http::Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let sent = if matches!(method, "GET" | "DELETE") && body.is_empty() {
            self.agent.run(request.body(()).expect("a request"))
        } else {
            self.agent.run(request.body(body.to_owned()).expect("a request"))
        };
        let mut response = sent.ok()?;
        Some(Raw {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.body_mut().read_to_string().expect("text"),
        })
    }
}

/// `/` and `:` in a path label.
pub(crate) fn label(text: &str) -> String {
    text.replace('/', "%2F").replace(':', "%3A")
}

/// The error, of a call that must fail.
#[track_caller]
pub(crate) fn refused(answer: Answer) -> Failure {
    answer.expect_err("should be refused")
}

/// The code of a call that must fail.
#[track_caller]
pub(crate) fn code(answer: Answer) -> String {
    refused(answer).code
}

pub(crate) const DATE: &str = "20260101T000000Z";
