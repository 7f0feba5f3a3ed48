//! AWS without the provider: what others make there, and what there is.

use std::io::{Read, Write};
use std::net::TcpStream;

use connect_emulator::Emulator;
use serde_json::{Value, json};

use super::{ACCESS_TOKEN, ACCOUNT, REFRESH_TOKEN, REGION};

/// A client in `us-east-1`.
pub(crate) struct Aws<'a> {
    emulator: &'a Emulator,
}

/// An association of an instance with an event integration.
pub(crate) struct Association {
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) event_integration_arn: String,
}

impl<'a> Aws<'a> {
    pub(super) fn new(emulator: &'a Emulator) -> Self {
        Self { emulator }
    }

    /// A connection with a login of its own.
    pub(crate) fn make_connection(&self, name: &str, org: &str) {
        let request = json!({
            "connectorProfileName": name,
            "connectorType": "Salesforce",
            "connectionMode": "Public",
            "connectorProfileConfig": {
                "connectorProfileProperties": {
                    "Salesforce": {"instanceUrl": format!("https://{org}")},
                },
                "connectorProfileCredentials": {
                    "Salesforce": {"accessToken": ACCESS_TOKEN, "refreshToken": REFRESH_TOKEN},
                },
            },
        });
        self.appflow("create-connector-profile", request);
    }

    /// An active event flow and its bus; the answer is the name of the event source.
    pub(crate) fn make_event_source(&self, flow: &str, connection: &str) -> String {
        let source = source_name(flow);
        self.make_flow(flow, connection);
        self.events("CreateEventBus", json!({"Name": source, "EventSourceName": source}));
        self.appflow("start-flow", json!({"flowName": flow}));
        source
    }

    /// An event flow without a bus.
    pub(crate) fn make_flow(&self, flow: &str, connection: &str) {
        let request = json!({
            "flowName": flow,
            "triggerConfig": {"triggerType": "Event"},
            "sourceFlowConfig": {
                "connectorType": "Salesforce",
                "connectorProfileName": connection,
                "sourceConnectorProperties": {"Salesforce": {"object": "CaseChangeEvent"}},
            },
            "destinationFlowConfigList": [{
                "connectorType": "EventBridge",
                "destinationConnectorProperties": {"EventBridge": {"object": source_name(flow)}},
            }],
            "tasks": [{
                "taskType": "Map_all",
                "sourceFields": [],
                "connectorOperator": {"Salesforce": "NO_OP"},
                "taskProperties": {},
            }],
        });
        self.appflow("create-flow", request);
    }

    pub(crate) fn make_event_integration(&self, name: &str, source: &str) -> String {
        let request =
            json!({"Name": name, "EventFilter": {"Source": source}, "EventBridgeBus": source});
        let made = self.rest("app-integrations", "POST", "/eventIntegrations", request);
        text(&made["EventIntegrationArn"])
    }

    /// An association with the use case that rules need.
    pub(crate) fn make_association(
        &self,
        instance: &str,
        event_integration: &str,
        source: &str,
    ) -> Association {
        let event_integration_arn = self.make_event_integration(event_integration, source);
        self.associate(instance, &event_integration_arn, event_integration)
    }

    pub(crate) fn associate(&self, instance: &str, arn: &str, name: &str) -> Association {
        let request = json!({
            "IntegrationType": "EVENT",
            "IntegrationArn": arn,
            "SourceType": "SALESFORCE",
            "SourceApplicationName": name,
            "SourceApplicationUrl": "https://acme.lightning.force.com",
        });
        let path = format!("/instance/{instance}/integration-associations");
        let made = self.rest("connect", "PUT", &path, request);
        let id = text(&made["IntegrationAssociationId"]);
        let use_case = json!({"UseCaseType": "RULES_EVALUATION"});
        self.rest("connect", "PUT", &format!("{path}/{id}/use-cases"), use_case);
        Association {
            id,
            arn: text(&made["IntegrationAssociationArn"]),
            event_integration_arn: arn.to_owned(),
        }
    }

    /// Connection, active flow and association: all that a rule needs.
    pub(crate) fn make_chain(&self, instance: &str) -> Association {
        self.make_connection("salesforce-acme", super::ORG);
        let source = self.make_event_source("cases", "salesforce-acme");
        self.make_association(instance, "cases", &source)
    }

    /// A rule of the first instance for urgent cases, as the chain of the tests has it.
    pub(crate) fn make_rule(&self, name: &str, association: &str) {
        let function = json!({"Version": "2022-11-25", "RuleFunction": {
            "Operator": "AND",
            "Operands": [{
                "Operator": "EQUALS",
                "Operands": ["High"],
                "ComparisonValue": "$.ThirdParty.Salesforce.CaseCreate.Priority",
                "Negate": false,
            }],
        }});
        let request = json!({
            "Name": name,
            "TriggerEventSource": {
                "EventSourceName": "OnSalesforceCaseCreate",
                "IntegrationAssociationId": association,
            },
            "Function": function.to_string(),
            "Actions": [{
                "ActionType": "CREATE_TASK",
                "TaskAction": {"Name": "Case", "ContactFlowId": super::CONTACT_FLOW},
            }],
            "PublishStatus": "PUBLISHED",
        });
        self.rest("connect", "POST", &format!("/rules/{}", super::INSTANCE), request);
    }

    pub(crate) fn connection(&self, name: &str) -> Value {
        let request = json!({"connectorProfileNames": [name]});
        self.appflow("describe-connector-profiles", request)["connectorProfileDetails"][0].clone()
    }

    pub(crate) fn flow(&self, name: &str) -> Value {
        self.appflow("describe-flow", json!({ "flowName": name }))
    }

    pub(crate) fn bus(&self, name: &str) -> Value {
        let mut bus = self.events("DescribeEventBus", json!({ "Name": name }));
        let tags = self.events("ListTagsForResource", json!({ "ResourceARN": bus["Arn"] }));
        let tags = tags["Tags"].as_array().cloned().unwrap_or_default();
        bus["Tags"] =
            tags.iter().map(|tag| (text(&tag["Key"]), tag["Value"].clone())).collect::<Value>();
        bus
    }

    pub(crate) fn event_integration(&self, name: &str) -> Value {
        self.rest("app-integrations", "GET", &format!("/eventIntegrations/{name}"), Value::Null)
    }

    pub(crate) fn associations(&self, instance: &str) -> Vec<Value> {
        let path = format!("/instance/{instance}/integration-associations");
        let list = self.rest("connect", "GET", &path, Value::Null);
        list["IntegrationAssociationSummaryList"].as_array().cloned().unwrap_or_default()
    }

    pub(crate) fn use_cases(&self, instance: &str, association: &str) -> Vec<String> {
        let path = format!("/instance/{instance}/integration-associations/{association}/use-cases");
        let list = self.rest("connect", "GET", &path, Value::Null);
        let list = list["UseCaseSummaryList"].as_array().cloned().unwrap_or_default();
        list.iter().map(|it| text(&it["UseCaseType"])).collect()
    }

    /// The tags of something in Connect.
    pub(crate) fn tags(&self, arn: &str) -> Value {
        self.rest("connect", "GET", &format!("/tags/{}", encode(arn)), Value::Null)["tags"].clone()
    }

    /// A rule; its function, a text of JSON, is taken apart.
    pub(crate) fn rule(&self, instance: &str, id: &str) -> Value {
        let found = self.rest("connect", "GET", &format!("/rules/{instance}/{id}"), Value::Null);
        let mut rule = found["Rule"].clone();
        rule["Function"] = serde_json::from_str(rule["Function"].as_str().unwrap_or_default())
            .expect("a function is JSON");
        rule
    }

    pub(crate) fn appflow(&self, operation: &str, request: Value) -> Value {
        self.rest("appflow", "POST", &format!("/{operation}"), request)
    }

    pub(crate) fn events(&self, operation: &str, request: Value) -> Value {
        let headers = format!(
            "x-amz-target: AWSEvents.{operation}\r\ncontent-type: application/x-amz-json-1.1\r\n"
        );
        self.call("events", "POST", "/", &headers, &request)
    }

    pub(crate) fn rest(&self, service: &str, method: &str, path: &str, request: Value) -> Value {
        self.call(service, method, path, "content-type: application/json\r\n", &request)
    }

    /// One call, which must succeed. The emulator wants a signature, but cannot verify it.
    fn call(&self, service: &str, method: &str, path: &str, more: &str, request: &Value) -> Value {
        let url = self.emulator.url();
        let host = url.trim_start_matches("http://");
        let body = if request.is_null() { String::new() } else { request.to_string() };
        let message = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
             x-amz-date: 20260101T000000Z\r\nauthorization: AWS4-HMAC-SHA256 \
             Credential=AKIAEMULATOR00000001/20260101/{REGION}/{service}/aws4_request, \
             SignedHeaders=host;x-amz-date, Signature={}\r\n{more}content-length: {}\r\n\r\n{body}",
            "0".repeat(64),
            body.len(),
        );
        let mut stream = TcpStream::connect(host).expect("the emulator listens");
        stream.write_all(message.as_bytes()).expect("it takes the request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
        assert!(head.starts_with("HTTP/1.1 200"), "{service} {path}: {head}\n{body}");
        serde_json::from_str(body).unwrap_or(Value::Null)
    }
}

/// The event source of a flow, as the provider names it too.
pub(crate) fn source_name(flow: &str) -> String {
    format!("aws.partner/appflow/salesforce.com/{ACCOUNT}/{flow}")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn encode(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).into(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect()
}
