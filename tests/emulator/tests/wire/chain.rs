//! The whole chain, built and taken down step by step.

use serde_json::{Value, json};

use crate::aws::{ACCOUNT, Answer, Aws, CONTACT_FLOW, ORG, label, refused};

pub(crate) const PROFILE: &str = "salesforce-acme";
pub(crate) const FLOW: &str = "salesforce-acme-cases";
pub(crate) const SOURCE: &str = "aws.partner/appflow/salesforce.com/111122223333/cases";
pub(crate) const INTEGRATION: &str = "salesforce-acme";

/// The ids of a complete chain.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) association: String,
    pub(crate) use_case: String,
    pub(crate) rule: String,
}

pub(crate) fn profile(credentials: Value) -> Value {
    json!({
        "connectorProfileName": PROFILE,
        "connectorType": "Salesforce",
        "connectionMode": "Public",
        "connectorProfileConfig": {
            "connectorProfileProperties": {
                "Salesforce": {"instanceUrl": format!("https://{ORG}")},
            },
            "connectorProfileCredentials": {"Salesforce": credentials},
        },
    })
}

pub(crate) fn authorization_code() -> Value {
    json!({"oAuthRequest": {
        "authCode": "demo-authorization-code",
        "redirectUri": "https://us-east-1.console.aws.amazon.com/appflow/oauth",
    }})
}

pub(crate) fn tokens() -> Value {
    json!({"accessToken": "access", "refreshToken": "refresh"})
}

pub(crate) fn flow() -> Value {
    json!({
        "flowName": FLOW,
        "triggerConfig": {"triggerType": "Event"},
        "sourceFlowConfig": {
            "connectorType": "Salesforce",
            "connectorProfileName": PROFILE,
            "sourceConnectorProperties": {"Salesforce": {"object": "CaseChangeEvent"}},
        },
        "destinationFlowConfigList": [{
            "connectorType": "EventBridge",
            "destinationConnectorProperties": {"EventBridge": {"object": SOURCE}},
        }],
        "tasks": [{"taskType": "Map_all", "sourceFields": []}],
    })
}

pub(crate) fn function(operands: Value) -> String {
    let top = json!({"Operator": "AND", "Operands": operands});
    json!({"Version": "2022-11-25", "RuleFunction": top}).to_string()
}

pub(crate) fn condition(operator: &str, field: &str, value: &str) -> Value {
    json!({
        "Operator": operator,
        "Operands": [value],
        "ComparisonValue": format!("$.ThirdParty.Salesforce.CaseCreate.{field}"),
    })
}

pub(crate) fn rule(association: &str) -> Value {
    json!({
        "Name": "urgent-cases",
        "PublishStatus": "PUBLISHED",
        "TriggerEventSource": {
            "EventSourceName": "OnSalesforceCaseCreate",
            "IntegrationAssociationId": association,
        },
        "Function": function(json!([condition("EQUALS", "Priority", "High")])),
        "Actions": [{"ActionType": "CREATE_TASK", "TaskAction": {
            "Name": "Case $.ThirdParty.Salesforce.CaseCreate.CaseNumber",
            "Description": "$.ThirdParty.Salesforce.CaseCreate.Subject",
            "ContactFlowId": CONTACT_FLOW,
            "References": {"Case": {"Type": "URL", "Value": "https://acme.lightning.force.com/"}},
        }}],
    })
}

pub(crate) fn association() -> Value {
    json!({
        "IntegrationType": "EVENT",
        "IntegrationArn": integration_arn(),
        "SourceType": "SALESFORCE",
        "SourceApplicationName": "Salesforce - Acme",
        "SourceApplicationUrl": "https://acme.my.salesforce.com",
    })
}

pub(crate) fn integration_arn() -> String {
    format!("arn:aws:app-integrations:us-east-1:{ACCOUNT}:event-integration/{INTEGRATION}")
}

impl Aws {
    pub(crate) fn create_profile(&self) -> Answer {
        self.appflow("create-connector-profile", profile(tokens()))
    }

    pub(crate) fn create_bus(&self) -> Answer {
        self.events("CreateEventBus", json!({"Name": SOURCE, "EventSourceName": SOURCE}))
    }

    pub(crate) fn start_flow(&self) -> Answer {
        self.appflow("start-flow", json!({"flowName": FLOW}))
    }

    pub(crate) fn describe_flow(&self) -> Answer {
        self.appflow("describe-flow", json!({"flowName": FLOW}))
    }

    pub(crate) fn source_state(&self) -> String {
        let source = self.events("DescribeEventSource", json!({"Name": SOURCE}));
        source.map_or("gone".into(), |it| it["State"].as_str().unwrap_or_default().into())
    }

    pub(crate) fn create_integration(&self) -> Answer {
        self.integrations(
            "POST",
            "/eventIntegrations",
            json!({
                "Name": INTEGRATION,
                "EventFilter": {"Source": SOURCE},
                "EventBridgeBus": SOURCE,
            }),
        )
    }

    pub(crate) fn create_association(&self) -> Answer {
        self.connect("PUT", "/instance/{i}/integration-associations", association())
    }

    pub(crate) fn create_use_case(&self, association: &str) -> Answer {
        let path = format!("/instance/{{i}}/integration-associations/{association}/use-cases");
        self.connect("PUT", &path, json!({"UseCaseType": "RULES_EVALUATION"}))
    }

    pub(crate) fn create_rule(&self, rule: Value) -> Answer {
        self.connect("POST", "/rules/{i}", rule)
    }

    /// Profile, flow, bus; the flow is Active.
    pub(crate) fn build_events(&self) {
        self.create_profile().expect("profile");
        self.appflow("create-flow", flow()).expect("flow");
        self.create_bus().expect("bus");
        self.start_flow().expect("start");
    }

    /// Everything, up to a published rule.
    pub(crate) fn build(&self) -> Chain {
        self.build_events();
        self.create_integration().expect("event integration");
        let association = self.create_association().expect("association");
        let association = text(&association, "IntegrationAssociationId");
        let use_case = text(&self.create_use_case(&association).expect("use case"), "UseCaseId");
        let rule = text(&self.create_rule(rule(&association)).expect("rule"), "RuleId");
        Chain { association, use_case, rule }
    }

    /// Creates a case with this priority; the names of the tasks it makes.
    pub(crate) fn case(&self, priority: &str) -> Vec<String> {
        let fields = json!({"CaseNumber": "00042", "Priority": priority, "Subject": "Help"});
        let answer = self.admin("POST", "/cases", json!({"org": ORG, "fields": fields}));
        let tasks = answer["tasks"].as_array().expect("tasks").iter();
        tasks.map(|task| text(task, "name")).collect()
    }
}

pub(crate) fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_else(|| panic!("no {member} in {value}")).to_owned()
}

#[test]
fn a_case_becomes_a_task() {
    let aws = Aws::new();
    aws.build();
    let fields = json!({"CaseNumber": "00042", "Priority": "High", "Subject": "Help"});
    let answer = aws.admin("POST", "/cases", json!({"org": ORG, "fields": fields}));
    let task = &answer["tasks"][0];
    assert_eq!(task["name"], "Case 00042");
    assert_eq!(task["description"], "Help");
    assert_eq!(task["references"]["Case"], "https://acme.lightning.force.com/");
    assert_eq!(task["contact_flow_name"], "Salesforce cases");
    assert_eq!(aws.case("Low"), Vec::<String>::new());
    assert_eq!(aws.admin("GET", "/tasks", Value::Null).as_array().map(Vec::len), Some(1));
}

#[test]
fn authorization_codes_work_too() {
    let aws = Aws::new();
    let created = aws.appflow("create-connector-profile", profile(authorization_code()));
    assert_eq!(
        created.expect("profile")["connectorProfileArn"],
        format!("arn:aws:appflow:us-east-1:{ACCOUNT}:connectorprofile/{PROFILE}")
    );
}

#[test]
fn the_reverse_order_leaves_nothing() {
    let aws = Aws::new();
    let chain = aws.build();
    let base = format!("/instance/{{i}}/integration-associations/{}", chain.association);
    aws.connect("DELETE", &format!("/rules/{{i}}/{}", chain.rule), Value::Null).expect("rule");
    aws.connect("DELETE", &format!("{base}/use-cases/{}", chain.use_case), Value::Null)
        .expect("use case");
    aws.connect("DELETE", &base, Value::Null).expect("association");
    aws.integrations("DELETE", &format!("/eventIntegrations/{INTEGRATION}"), Value::Null)
        .expect("event integration");
    aws.appflow("stop-flow", json!({"flowName": FLOW})).expect("stop");
    aws.appflow("delete-flow", json!({"flowName": FLOW})).expect("flow");
    assert_eq!(aws.source_state(), "DELETED");
    aws.events("DeleteEventBus", json!({"Name": SOURCE})).expect("bus");
    aws.appflow("delete-connector-profile", json!({"connectorProfileName": PROFILE}))
        .expect("profile");
    assert_eq!(aws.admin("GET", "/inventory", Value::Null)["count"], 0);
}

#[test]
fn a_flow_starts_only_after_its_source_has_a_bus() {
    let aws = Aws::new();
    assert_eq!(aws.source_state(), "gone");
    assert_eq!(refused(aws.create_bus()).code, "ResourceNotFoundException");
    aws.create_profile().expect("profile");
    assert_eq!(aws.appflow("create-flow", flow()).expect("flow")["flowStatus"], "Draft");
    assert_eq!(aws.source_state(), "PENDING");
    assert_eq!(refused(aws.start_flow()).code, "ConflictException");
    aws.create_bus().expect("bus");
    assert_eq!(aws.source_state(), "ACTIVE");
    assert_eq!(aws.start_flow().expect("start")["flowStatus"], "Active");
    let stopped = aws.appflow("stop-flow", json!({"flowName": FLOW})).expect("stop");
    assert_eq!(stopped["flowStatus"], "Suspended");
    assert_eq!(aws.start_flow().expect("start again")["flowStatus"], "Active");
}

#[test]
fn an_association_makes_and_removes_its_rule() {
    let aws = Aws::new();
    let chain = aws.build();
    let path = format!("/eventIntegrations/{}/associations", label(INTEGRATION));
    let clients = aws.integrations("GET", &path, Value::Null).expect("clients");
    let client = &clients["EventIntegrationAssociations"][0];
    let rule = text(client, "EventBridgeRuleName");
    let found = aws.events("DescribeRule", json!({"Name": rule, "EventBusName": SOURCE}));
    assert_eq!(found.expect("rule")["State"], "ENABLED");
    let targets = aws.events("ListTargetsByRule", json!({"Rule": rule, "EventBusName": SOURCE}));
    assert_eq!(targets.expect("targets")["Targets"].as_array().map(Vec::len), Some(1));

    let base = format!("/instance/{{i}}/integration-associations/{}", chain.association);
    aws.connect("DELETE", &format!("{base}/use-cases/{}", chain.use_case), Value::Null)
        .expect("use case");
    aws.connect("DELETE", &base, Value::Null).expect("association");
    let rules = aws.events("ListRules", json!({"EventBusName": SOURCE})).expect("rules");
    assert_eq!(rules["Rules"], json!([]));
    let clients = aws.integrations("GET", &path, Value::Null).expect("clients");
    assert_eq!(clients["EventIntegrationAssociations"], json!([]));
    let kept = aws.integrations("GET", &format!("/eventIntegrations/{INTEGRATION}"), Value::Null);
    assert_eq!(kept.expect("still there")["EventFilter"]["Source"], SOURCE);
}
