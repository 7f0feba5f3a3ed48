//! The provider in process, configured for an emulated AWS account: a whole apply in milliseconds.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::OnceLock;

use connect_emulator::Emulator;
use serde_json::{Value as Json, json};
use terraform_provider_connect::framework::json;
use terraform_provider_connect::framework::provider::Provider;
use terraform_provider_connect::framework::value::Value;
use terraform_provider_connect::provider::Connect;

use crate::core::{Core, Instance, Told, has_errors};

pub(crate) const CONNECTION: &str = "connect_salesforce_connection";
pub(crate) const FLOW: &str = "connect_salesforce_event_flow";
pub(crate) const INTEGRATION: &str = "connect_salesforce_app_integration";
pub(crate) const RULE: &str = "connect_salesforce_case_rule";
pub(crate) const RESOURCES: [&str; 4] = [CONNECTION, FLOW, INTEGRATION, RULE];

pub(crate) const INSTANCE: &str = "11111111-2222-4333-8444-555555555555";
pub(crate) const OTHER_INSTANCE: &str = "11111111-2222-4333-8444-666666666666";
pub(crate) const CONTACT_FLOW: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
pub(crate) const OTHER_CONTACT_FLOW: &str = "aaaaaaaa-bbbb-4ccc-8ddd-ffffffffffff";
pub(crate) const ORG: &str = "acme.my.salesforce.com";
pub(crate) const SOURCE: &str = "aws.partner/appflow/salesforce.com/111122223333/acme";
/// What the console calls its connection to [`ORG`], and the event integration.
pub(crate) const CONSOLE_NAME: &str = "amazon-connect-salesforce-acme";
pub(crate) const REDIRECT: &str = "https://us-east-1.console.aws.amazon.com/appflow/oauth";

/// An account in `us-east-1` with two Connect instances and three Salesforce orgs, and a core
/// whose provider works there.
#[derive(Debug)]
pub(crate) struct Account {
    emulator: Emulator,
    pub(crate) core: Core<Connect>,
    /// What [`ASSOCIATION`] stands for.
    association: OnceLock<String>,
}

impl Account {
    pub(crate) async fn start() -> Self {
        let account = Self::unconfigured();
        let told = account.configure(json!({})).await;
        assert_eq!(told, []);
        account
    }

    /// The same, before the provider is configured.
    pub(crate) fn unconfigured() -> Self {
        let emulator = Emulator::start().expect("a free port");
        emulator.admin("POST", "/seed", seed());
        Self { emulator, core: Core::new(Connect), association: OnceLock::new() }
    }

    /// Configures the provider with these arguments and what leads it to the emulator.
    pub(crate) async fn configure(&self, arguments: Json) -> Vec<Told> {
        self.core.configure(&self.provider_block(arguments)).await
    }

    pub(crate) fn provider_block(&self, arguments: Json) -> Value {
        let url = self.emulator.url();
        let mut block = json!({
            "region": "us-east-1",
            "access_key": "AKIAEMULATOR00000001",
            "secret_key": "test-only-secret-key-of-the-emulator",
            // A failure is told at once, and tests do not wait for Connect's rate.
            "max_retries": 1,
            "rate_limits": {"connect": 10_000},
            "assume_role": [],
            "endpoints": {
                "appflow": url, "appintegrations": url, "connect": url, "events": url, "sts": url,
            },
        });
        for (name, value) in arguments.as_object().into_iter().flatten() {
            block[name] = value.clone();
        }
        json::decode(&block, &Connect.schema().ty()).expect("the block fits")
    }

    /// Calls the emulator's admin API.
    pub(crate) fn admin(&self, method: &str, path: &str, body: Json) -> Json {
        self.emulator.admin(method, path, body)
    }

    /// Something happens behind Terraform's back.
    pub(crate) fn drift(&self, kind: &str, target: &str) {
        self.admin("POST", "/drift", json!({"kind": kind, "target": target}));
    }

    /// The next call of an operation is answered with an error.
    pub(crate) fn fail(&self, operation: &str, code: &str, message: &str) {
        self.fault("error", operation, code, message);
    }

    /// The operation takes effect, and is refused all the same.
    pub(crate) fn fail_after(&self, operation: &str, code: &str, message: &str) {
        self.fault("error_after", operation, code, message);
    }

    fn fault(&self, kind: &str, operation: &str, code: &str, message: &str) {
        let fault = json!({"operation": operation, "kind": kind, "code": code, "message": message});
        self.admin("POST", "/faults", fault);
    }

    pub(crate) fn deny(&self, actions: &[&str]) {
        self.admin("PUT", "/deny", json!({"actions": actions}));
    }

    pub(crate) fn switch(&self, switches: Json) {
        self.admin("PUT", "/switches", switches);
    }

    /// Changes what the org is like.
    pub(crate) fn org(&self, with: Json) {
        let mut org = json!({"host": ORG, "authorization_codes": ["first-code", "second-code"]});
        for (name, value) in with.as_object().into_iter().flatten() {
            org[name] = value.clone();
        }
        self.admin("POST", "/seed", json!({"orgs": [org]}));
    }

    /// Someone has connected the org in the Connect console: connection, flow, source, bus,
    /// event integration and association. The answer has all names.
    pub(crate) fn console(&self) -> Json {
        let made = self.admin("POST", "/console", json!({"instance": INSTANCE, "org": ORG}));
        let id = made["integration_association_id"].as_str().expect("it was made");
        self.association.set(id.to_owned()).expect("one console connection a test");
        made
    }

    /// A connection, its flow, and the bus of its event source.
    pub(crate) fn source(&self) {
        self.connection(CONSOLE_NAME);
        self.flow("acme", SOURCE);
        self.events("CreateEventBus", &json!({"Name": SOURCE, "EventSourceName": SOURCE}));
    }

    /// Somebody else's connection.
    pub(crate) fn connection(&self, name: &str) {
        let request = json!({
            "connectorProfileName": name,
            "connectorType": "Salesforce",
            "connectionMode": "Public",
            "connectorProfileConfig": {
                "connectorProfileProperties": {
                    "Salesforce": {"instanceUrl": format!("https://{ORG}")},
                },
                "connectorProfileCredentials": {
                    "Salesforce": {"accessToken": "access", "refreshToken": "refresh"},
                },
            },
        });
        self.call("appflow", "POST", "/create-connector-profile", &request);
    }

    /// Somebody else's flow from [`CONSOLE_NAME`]; it has no bus yet.
    pub(crate) fn flow(&self, name: &str, source: &str) {
        let request = json!({
            "flowName": name,
            "triggerConfig": {"triggerType": "Event"},
            "sourceFlowConfig": {
                "connectorType": "Salesforce",
                "connectorProfileName": CONSOLE_NAME,
                "sourceConnectorProperties": {"Salesforce": {"object": "CaseChangeEvent"}},
            },
            "destinationFlowConfigList": [{
                "connectorType": "EventBridge",
                "destinationConnectorProperties": {"EventBridge": {"object": source}},
            }],
            "tasks": [{
                "taskType": "Map_all",
                "sourceFields": [],
                "connectorOperator": {"Salesforce": "NO_OP"},
                "taskProperties": {},
            }],
        });
        self.call("appflow", "POST", "/create-flow", &request);
    }

    pub(crate) fn events(&self, operation: &str, request: &Json) -> Json {
        let headers = format!("x-amz-target: AWSEvents.{operation}\r\n");
        self.send("events", "POST", "/", &headers, "application/x-amz-json-1.1", request)
    }

    /// A call of someone else's, which must succeed.
    pub(crate) fn call(&self, service: &str, method: &str, path: &str, request: &Json) -> Json {
        self.send(service, method, path, "", "application/json", request)
    }

    fn send(
        &self,
        service: &str,
        method: &str,
        path: &str,
        headers: &str,
        content_type: &str,
        request: &Json,
    ) -> Json {
        let url = self.emulator.url();
        let host = url.trim_start_matches("http://");
        let body = request.to_string();
        let message = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
             x-amz-date: 20260101T000000Z\r\nauthorization: AWS4-HMAC-SHA256 \
             Credential=AKIAEMULATOR00000001/20260101/us-east-1/{service}/aws4_request, \
             SignedHeaders=host;x-amz-date, Signature={}\r\ncontent-type: {content_type}\r\n\
             {headers}content-length: {}\r\n\r\n{body}",
            "0".repeat(64),
            body.len(),
        );
        let mut stream = TcpStream::connect(host).expect("the emulator listens");
        stream.write_all(message.as_bytes()).expect("it takes the request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
        assert!(head.starts_with("HTTP/1.1 200"), "{service} {path}: {head}\n{body}");
        serde_json::from_str(body).unwrap_or(Json::Null)
    }

    /// A configuration; what it leaves out is null.
    pub(crate) fn config(&self, resource: &str, arguments: &Json) -> Value {
        let association = self.association.get().map_or("not-made", String::as_str);
        let text = arguments.to_string().replace(ASSOCIATION, association);
        let arguments = serde_json::from_str(&text).expect("it was JSON");
        json::decode(&arguments, &self.core.schema(resource).ty()).expect("it fits the schema")
    }

    /// Makes a resource through the provider, which must work.
    pub(crate) async fn make(&self, resource: &str, arguments: &Json) -> Instance {
        self.core.create(resource, &self.config(resource, arguments)).await
    }

    /// Imports and reads, which must work.
    pub(crate) async fn adopt(&self, resource: &str, id: &str) -> Instance {
        let stub = self.core.import(resource, id).await;
        assert!(!has_errors(&stub.diags), "{:?}", stub.diags);
        let answer = self.core.read(resource, &stub.new).await;
        assert!(!has_errors(&answer.diags), "{:?}", answer.diags);
        assert!(answer.new.state.is_some(), "{id} does not exist");
        answer.new
    }
}

fn seed() -> Json {
    json!({
        "instances": [
            {
                "alias": "acme",
                "id": INSTANCE,
                "contact_flows": [
                    {"name": "Salesforce cases", "id": CONTACT_FLOW},
                    {"name": "Complaints", "id": OTHER_CONTACT_FLOW},
                ],
            },
            {"alias": "globex", "id": OTHER_INSTANCE},
        ],
        "orgs": [
            {"host": ORG, "authorization_codes": ["first-code", "second-code"]},
            {"host": "globex.my.salesforce.com"},
            {"host": "acme--uat.sandbox.my.salesforce.com", "sandbox": true},
        ],
        "buckets": [
            {"name": "acme-case-errors"},
            {"name": "acme-closed", "writable": false},
        ],
    })
}

/// A small valid configuration of each resource, for what [`Account::console`] or a connection of
/// its name has made.
pub(crate) fn base(resource: &str) -> Json {
    match resource {
        CONNECTION => json!({
            "name": "salesforce-acme",
            "instance_url": "https://acme.my.salesforce.com",
            "authorization_code_wo": "first-code",
            "redirect_uri": REDIRECT,
            "credentials_wo_version": 1,
        }),
        FLOW => json!({"name": "cases", "connection_name": CONSOLE_NAME}),
        INTEGRATION => json!({
            "instance_id": INSTANCE,
            "name": "Salesforce - Acme",
            "application_url": "https://acme.lightning.force.com",
            "event_source_name": SOURCE,
        }),
        RULE => json!({
            "instance_id": INSTANCE,
            "integration_association_id": ASSOCIATION,
            "name": "urgent-cases",
            "conditions": [{"field": "Priority", "value": "High"}],
            "task": {"name": "A case is urgent", "contact_flow_id": CONTACT_FLOW},
        }),
        other => panic!("there is no base of {other}"),
    }
}

/// The arguments, some of them changed; null leaves one out.
pub(crate) fn with(mut arguments: Json, changes: &Json) -> Json {
    for (name, value) in changes.as_object().into_iter().flatten() {
        arguments[name] = value.clone();
    }
    arguments
}

/// Stands for the id of the association that [`Account::console`] has made.
pub(crate) const ASSOCIATION: &str = "{association}";
