//! What the reference says that a role needs is enough: everything else is denied, and everything
//! works.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use terraform_provider_connect::framework::provider::Provider;
use terraform_provider_connect::framework::schema::Needs;
use terraform_provider_connect::provider::Connect;

use crate::harness::{CODES, CONTACT_FLOW, INSTANCE, ORG, World, source_name};

const CONNECTION: &str = r#"
resource "connect_salesforce_connection" "it" {
  name                   = "salesforce-acme"
  instance_url           = "https://acme.my.salesforce.com"
  authorization_code_wo  = var.code
  redirect_uri           = "https://us-east-1.console.aws.amazon.com/appflow/oauth"
  credentials_wo_version = NUMBER
}
"#;

const FLOW: &str = r#"
resource "connect_salesforce_event_flow" "it" {
  name            = "cases"
  connection_name = "salesforce-acme"
  description     = "Number NUMBER"
  enabled         = NUMBER == 1
  event_bus       = { description = "Number NUMBER" }
  tags            = { numberNUMBER = "tag" }
}
"#;

const INTEGRATION: &str = r#"
resource "connect_salesforce_app_integration" "it" {
  instance_id                   = "INSTANCE"
  name                          = "Salesforce"
  application_url               = "https://acme.my.salesforce.com"
  event_source_name             = "SOURCE"
  event_integration_description = "Number NUMBER"
  use_cases                     = NUMBER == 1 ? ["RULES_EVALUATION"] : ["CONNECT_CAMPAIGNS"]
  tags                          = { numberNUMBER = "tag" }
}
"#;

const RULE: &str = r#"
resource "connect_salesforce_case_rule" "it" {
  instance_id                = "INSTANCE"
  integration_association_id = "ASSOCIATION"
  name                       = "rule-NUMBER"
  conditions                 = [{ field = "Priority", value = "High" }]
  task                       = { name = "Case", contact_flow_id = "CONTACT_FLOW" }
  tags                       = { numberNUMBER = "tag" }
}
"#;

#[test]
fn a_connection_needs_what_its_page_lists() {
    let world = World::new();
    Life { world: &world, kind: "connect_salesforce_connection", hcl: CONNECTION.into() }.live();
}

#[test]
fn an_event_flow_needs_what_its_page_lists() {
    let world = World::new();
    world.aws().make_connection("salesforce-acme", ORG);
    Life { world: &world, kind: "connect_salesforce_event_flow", hcl: FLOW.into() }.live();
}

#[test]
fn an_app_integration_needs_what_its_page_lists() {
    let world = World::new();
    world.aws().make_connection("salesforce-acme", ORG);
    world.aws().make_event_source("cases", "salesforce-acme");
    let hcl = INTEGRATION.replace("INSTANCE", INSTANCE).replace("SOURCE", &source_name("cases"));
    Life { world: &world, kind: "connect_salesforce_app_integration", hcl }.live();
}

#[test]
fn a_case_rule_needs_what_its_page_lists() {
    let world = World::new();
    let association = world.aws().make_chain(INSTANCE);
    let hcl = RULE
        .replace("INSTANCE", INSTANCE)
        .replace("ASSOCIATION", &association.id)
        .replace("CONTACT_FLOW", CONTACT_FLOW);
    Life { world: &world, kind: "connect_salesforce_case_rule", hcl }.live();
}

#[test]
fn only_actions_that_exist_are_listed() {
    let known = actions();
    for resource in Connect.resources() {
        let Needs { plan, apply } = resource.schema().needs;
        let unknown: Vec<_> =
            plan.iter().chain(apply).filter(|action| !known.contains(**action)).collect();
        assert!(unknown.is_empty(), "{}: {unknown:?}", resource.type_name());
    }
}

/// A resource from its creation to its end, under a role that may do what its page lists.
struct Life<'a> {
    world: &'a World,
    kind: &'static str,
    /// With a `NUMBER` that changes.
    hcl: String,
}

impl Life<'_> {
    #[track_caller]
    fn live(&self) {
        let world = self.world;
        let before = world.latest_request();
        for (number, code) in [("1", CODES[0]), ("2", CODES[1])] {
            world.set_secret("code", code);
            world.write(self.hcl.replace("NUMBER", number));
            self.allow_plans();
            world.plan();
            self.allow_applies();
            world.apply();
            self.allow_plans();
            world.assert_settled();
        }
        self.allow_applies();
        world.destroy();
        let requests = world.admin("GET", &format!("/requests?since={before}"), Value::Null);
        let requests = requests.as_array().cloned().unwrap_or_default();
        assert!(!requests.is_empty(), "AWS was asked");
        // A denied look at a supporting part is a warning, not an error.
        let denied: Vec<String> = requests
            .iter()
            .filter(|it| it["code"] == "AccessDeniedException")
            .map(|it| format!("{}:{}", it["service"], it["operation"]))
            .collect();
        assert!(denied.is_empty(), "these are not listed: {denied:?}");
        let called: BTreeSet<String> = requests
            .iter()
            .filter_map(|it| Some((it["service"].as_str()?, it["operation"].as_str()?)))
            .map(|(service, operation)| format!("{service}:{operation}"))
            .collect();
        let Needs { plan, apply } = self.needs();
        let idle: Vec<_> = plan
            .iter()
            .chain(apply)
            .filter(|action| !called.contains(**action))
            .filter(|action| !IN_THE_CALLERS_NAME.contains(action) && !IN_TROUBLE.contains(action))
            .collect();
        assert!(idle.is_empty(), "these are listed for nothing: {idle:?}");
    }

    fn allow_plans(&self) {
        self.allow(self.needs().plan.iter().copied());
    }

    fn allow_applies(&self) {
        let Needs { plan, apply } = self.needs();
        self.allow(plan.iter().chain(apply).copied());
    }

    /// Allows these actions, and denies all others.
    fn allow<'b>(&self, allowed: impl Iterator<Item = &'b str>) {
        let mut denied = actions();
        for action in allowed {
            denied.remove(action);
        }
        self.world.admin("PUT", "/deny", json!({ "actions": denied }));
    }

    fn needs(&self) -> Needs {
        let resources = Connect.resources();
        let resource = resources.iter().find(|it| it.type_name() == self.kind);
        resource.expect("the provider has it").schema().needs
    }
}

/// All actions there are: operations of the services, and what they do in the caller's name.
fn actions() -> BTreeSet<String> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulator/models");
    let services = [
        ("appflow", "appflow"),
        ("appintegrations", "app-integrations"),
        ("connect", "connect"),
        ("events", "events"),
    ];
    let mut actions: BTreeSet<String> = IN_THE_CALLERS_NAME.map(str::to_owned).into();
    for (file, service) in services {
        let model = fs::read_to_string(models.join(format!("{file}.json"))).expect("it is there");
        let model: Value = serde_json::from_str(&model).expect("models are JSON");
        let operations = model["operations"].as_object().expect("a model has operations");
        actions.extend(operations.keys().map(|operation| format!("{service}:{operation}")));
    }
    actions
}

/// Actions that AWS performs for the caller within other operations.
const IN_THE_CALLERS_NAME: [&str; 14] = [
    "app-integrations:CreateEventIntegrationAssociation",
    "app-integrations:DeleteEventIntegrationAssociation",
    "appflow:UseConnectorProfile",
    "connect:DescribeInstance",
    "ds:DescribeDirectories",
    "events:DeleteRule",
    "events:ListTargetsByRule",
    "events:PutRule",
    "events:PutTargets",
    "events:RemoveTargets",
    "kms:CreateGrant",
    "kms:DescribeKey",
    "secretsmanager:CreateSecret",
    "secretsmanager:PutResourcePolicy",
];

/// Actions for what these lives do not meet.
const IN_TROUBLE: [&str; 7] = [
    // The connection cannot be deleted: which flows use it?
    "appflow:ListFlows",
    "appflow:DescribeFlow",
    // The bus cannot be deleted: who uses it?
    "app-integrations:ListEventIntegrations",
    "app-integrations:ListEventIntegrationAssociations",
    // The event source was deactivated.
    "events:ActivateEventSource",
    // What became of a creation that was not answered?
    "connect:ListRules",
    // Many rules are read at once.
    "connect:SearchRules",
];
