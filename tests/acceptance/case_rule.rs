//! `connect_salesforce_case_rule`: a rule that makes a task of a case.

use serde_json::{Value, json};

use crate::harness::Expected::{Nothing, Recorded, Replaced, ReplacementPlanned, Updated};
use crate::harness::{
    ACCOUNT, Action, Association, Block, CONTACT_FLOW, Change, INSTANCE, Imports,
    OTHER_CONTACT_FLOW, OTHER_INSTANCE, Table, World, source_name,
};

const ADDRESS: &str = "connect_salesforce_case_rule.urgent";
const PATH: &str = "$.ThirdParty.Salesforce.CaseCreate";

fn case_rule(association: &Association) -> Block {
    Block::new(
        "connect_salesforce_case_rule",
        "urgent",
        &[
            ("instance_id", &format!("{INSTANCE:?}")),
            ("integration_association_id", &format!("{:?}", association.id)),
            ("name", r#""urgent-cases""#),
            ("conditions", r#"[{ field = "Priority", value = "High" }]"#),
            ("task", &format!("{{ name = \"Case\", contact_flow_id = {CONTACT_FLOW:?} }}")),
        ],
    )
}

/// A world with an integration that someone else made.
fn integrated() -> (World, Association) {
    let world = World::new();
    let association = world.aws().make_chain(INSTANCE);
    (world, association)
}

/// A world with the rule in it.
fn ruled() -> (World, Block) {
    let (world, association) = integrated();
    let rule = case_rule(&association);
    world.write(&rule);
    world.apply();
    (world, rule)
}

/// The rule as AWS has it.
fn observe(world: &World) -> Value {
    let state = world.state(ADDRESS);
    let id = state["rule_id"].as_str().expect("it has one");
    let rule = world.aws().rule(INSTANCE, id);
    json!({
        "rule": rule,
        "function": rule["Function"]["RuleFunction"],
        "task": rule["Actions"].as_array().into_iter().flatten()
            .find(|action| action["ActionType"] == "CREATE_TASK")
            .map(|action| &action["TaskAction"]),
        "actions": rule["Actions"].as_array().map(Vec::len),
    })
}

fn condition(field: &str, operator: &str, value: &str, negate: bool) -> Value {
    json!({
        "Operator": operator, "Operands": [value],
        "ComparisonValue": format!("{PATH}.{field}"), "Negate": negate,
    })
}

/// A function as HCL writes it.
fn function(operator: &str, operands: Value) -> String {
    let function = json!({
        "Version": "2022-11-25", "RuleFunction": {"Operator": operator, "Operands": operands},
    });
    format!("{:?}", function.to_string())
}

#[test]
fn a_rule_comes_stays_and_goes() {
    let (world, association) = integrated();
    world.write(case_rule(&association));
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Create));
    world.assert_settled();
    world.refresh();
    world.assert_settled();
    let state = world.state(ADDRESS);
    let id = state["rule_id"].as_str().expect("it has one");
    assert_eq!(state["id"], format!("{INSTANCE},{id}"));
    assert_eq!(
        state["arn"],
        format!("arn:aws:connect:us-east-1:{ACCOUNT}:instance/{INSTANCE}/rule/{id}")
    );
    assert_eq!(state["match"], "all");
    assert_eq!(state["publish_status"], "PUBLISHED");
    let json: Value = serde_json::from_str(state["function_json"].as_str().expect("a text"))
        .expect("the function is JSON");
    assert_eq!(json["RuleFunction"]["Operator"], "AND");
    assert_eq!(world.case(json!({"Priority": "High"})).len(), 1);
    assert_eq!(world.case(json!({"Priority": "Low"})).len(), 0);
    world.destroy();
    assert_eq!(world.inventory("rules"), [Value::Null; 0]);
}

#[test]
fn each_argument_changes_as_aws_allows() {
    let (world, association) = integrated();
    let source = world.aws().make_event_source("other", "salesforce-acme");
    let other = world.aws().make_association(INSTANCE, "other", &source);
    assert_eq!(source, source_name("other"));
    let arn = |kind: &str, id: &str| {
        format!("\"arn:aws:connect:us-east-1:{ACCOUNT}:instance/{INSTANCE}/{kind}/{id}\"")
    };
    let task = |arguments: &str| format!("{{ {arguments} }}");
    let flow = format!("contact_flow_id = {CONTACT_FLOW:?}");
    let two = r#"[
      { field = "Priority", value = "High" },
      { field = "Subject", operator = "CONTAINS", value = "refund", negate = true },
    ]"#;
    let spelled = function("AND", json!([condition("Priority", "EQUALS", "High", false)]));
    let spaced = spelled.replace("\\\",", "\\\" ,").replace(r#",\"Negate\":false"#, "");
    assert_ne!(spelled, spaced);
    let nested = function(
        "OR",
        json!([
            condition("Priority", "EQUALS", "High", false),
            {"Operator": "AND", "Operands": [
                condition("Origin", "EQUALS", "Web", false),
                condition("Subject", "CONTAINS", "refund", false),
            ]},
        ]),
    );
    Table { world: &world, base: case_rule(&association), rest: "", observe: &observe }.walk(vec![
        Change::of("instance_id", &format!("{OTHER_INSTANCE:?}")).is(ReplacementPlanned),
        Change::of(
            "instance_id",
            &format!("\"arn:aws:connect:us-east-1:{ACCOUNT}:instance/{INSTANCE}\""),
        )
        .is(Nothing),
        Change::of("integration_association_id", &format!("{:?}", other.id))
            .is(Replaced)
            .shows("/rule/TriggerEventSource/IntegrationAssociationId", json!(other.id)),
        Change::of("integration_association_id", &format!("{:?}", association.arn)).is(Nothing),
        Change::of("name", r#""more-urgent""#)
            .is(Updated)
            .shows("/rule/Name", json!("more-urgent")),
        Change::of("publish_status", r#""DRAFT""#)
            .is(Updated)
            .shows("/rule/PublishStatus", json!("DRAFT")),
        Change::of("publish_status", "").from("publish_status", r#""DRAFT""#).is(Nothing),
        Change::of("conditions", r#"[{ field = "Priority", value = "Low" }]"#)
            .is(Updated)
            .shows("/function/Operands/0", condition("Priority", "EQUALS", "Low", false)),
        Change::of("conditions", r#"[{ field = "Priority", value = "High", negate = true }]"#)
            .is(Updated)
            .shows("/function/Operands/0", condition("Priority", "EQUALS", "High", true)),
        Change::of("conditions", r#"[{ custom_attribute = "Region__c", value = "EU" }]"#)
            .is(Updated)
            .shows(
                "/function/Operands/0",
                condition("CustomAttribute.Region__c", "EQUALS", "EU", false),
            ),
        Change::of("conditions", two)
            .is(Updated)
            .shows("/function/Operands/1", condition("Subject", "CONTAINS", "refund", true)),
        Change::of("conditions", r#"[{ field = "Priority", value = "High" }]"#)
            .from("conditions", two)
            .is(Updated)
            .shows("/function/Operands/1", Value::Null),
        Change::of(
            "conditions",
            r#"[{ field = "Subject", value = "refund" }, { field = "Priority", value = "High" }]"#,
        )
        .from("conditions", two)
        .is(Updated)
        .shows("/function/Operands/0", condition("Subject", "CONTAINS", "refund", true))
        .shows("/function/Operands/1", condition("Priority", "EQUALS", "High", false)),
        Change::of("match", r#""any""#).is(Updated).shows("/function/Operator", json!("OR")),
        Change::of("match", "").from("match", r#""any""#).is(Nothing),
        Change::of("function", &spelled)
            .and("conditions", "")
            .is(Updated)
            .shows("/function/Operands/0", condition("Priority", "EQUALS", "High", false)),
        Change::of("function", &nested)
            .and("conditions", "")
            .is(Updated)
            .shows("/function/Operands/1/Operator", json!("AND")),
        Change::of("task", &task(&format!("name = \"Urgent\", {flow}")))
            .is(Updated)
            .shows("/task/Name", json!("Urgent")),
        Change::of("task", &task(&format!("name = \"Case\", description = \"New\", {flow}")))
            .is(Updated)
            .shows("/task/Description", json!("New")),
        Change::of("task", &task(&format!("name = \"Case\", {flow}")))
            .from("task", &task(&format!("name = \"Case\", description = \"Old\", {flow}")))
            .is(Updated)
            .shows("/task/Description", Value::Null),
        Change::of("task", &task(&format!("name = \"Case\", description = \"\", {flow}")))
            .is(Updated),
        Change::of(
            "task",
            &task(&format!("name = \"Case\", contact_flow_id = {OTHER_CONTACT_FLOW:?}")),
        )
        .is(Updated)
        .shows("/task/ContactFlowId", json!(OTHER_CONTACT_FLOW)),
        Change::of(
            "task",
            &task(&format!(
                "name = \"Case\", contact_flow_id = {}",
                arn("contact-flow", CONTACT_FLOW)
            )),
        )
        .is(Nothing),
        Change::of(
            "task",
            &task(&format!(
                "name = \"Case\", {flow}, references = {{ Case = \"https://a.example\" }}"
            )),
        )
        .is(Updated)
        .shows("/task/References/Case", json!({"Type": "URL", "Value": "https://a.example"})),
        Change::of("task", &task(&format!("name = \"Case\", {flow}")))
            .from(
                "task",
                &task(&format!(
                    "name = \"Case\", {flow}, references = {{ Case = \"https://a.example\" }}"
                )),
            )
            .is(Updated)
            .shows("/task/References/Case", Value::Null),
        Change::of("assign_contact_category", "true").is(Updated).shows("/actions", json!(2)),
        Change::of("assign_contact_category", "")
            .from("assign_contact_category", "true")
            .is(Nothing),
        Change::of("tags", r#"{ team = "cases" }"#)
            .is(Updated)
            .shows("/rule/Tags", json!({"team": "cases"})),
        Change::of("tags", "")
            .from("tags", r#"{ team = "cases" }"#)
            .is(Updated)
            .shows("/rule/Tags", json!({})),
        Change::of("region", r#""us-east-1""#).is(Nothing),
        Change::of("region", r#""eu-west-1""#).is(ReplacementPlanned),
        Change::of("timeouts", r#"{ delete = "1h" }"#).is(Recorded),
    ]);
}

#[test]
fn a_functions_spelling_is_no_difference() {
    let (world, association) = integrated();
    let spelled = function(
        "AND",
        json!([
            condition("Priority", "EQUALS", "High", false),
            condition("Subject", "CONTAINS", "refund", true),
        ]),
    );
    let base = case_rule(&association).with("conditions", "").with("function", &spelled);
    let spaced = r#"<<-EOT
    { "RuleFunction": {
        "Operands": [
          { "ComparisonValue": "$.ThirdParty.Salesforce.CaseCreate.Priority",
            "Operator": "EQUALS", "Operands": ["High"] },
          { "ComparisonValue": "$.ThirdParty.Salesforce.CaseCreate.Subject",
            "Operator": "CONTAINS", "Operands": ["refund"], "Negate": true }
        ],
        "Operator": "AND" },
      "Version": "2022-11-25" }
  EOT"#;
    let flat = r#"[
      { field = "Priority", value = "High" },
      { field = "Subject", operator = "CONTAINS", value = "refund", negate = true },
    ]"#;
    let other = function("AND", json!([condition("Priority", "EQUALS", "High", false)]));
    Table { world: &world, base, rest: "", observe: &observe }.walk_some_after(
        || {},
        vec![
            Change::of("function", spaced).is(Nothing),
            Change::of("function", "").and("conditions", flat).is(Updated),
            Change::of("function", &other).is(Updated).shows("/function/Operands/1", Value::Null),
        ],
    );
}

#[test]
fn an_import_of_ours_changes_nothing() {
    let (world, association) = integrated();
    let full = case_rule(&association)
        .with("publish_status", r#""DRAFT""#)
        .with("match", r#""any""#)
        .with("assign_contact_category", "true")
        .with("tags", r#"{ team = "cases" }"#);
    world.write(&full);
    world.apply();
    let state = world.state(ADDRESS);
    let text = |name: &str| state[name].as_str().unwrap_or_default().to_owned();
    Imports {
        world: &world,
        minimal: case_rule(&association).with("tags", r#"{ team = "cases" }"#),
        full: Some(full),
        ids: vec![text("id"), text("arn"), format!("{}@us-east-1", text("id"))],
        identity: format!("{{ instance_id = {INSTANCE:?}, rule_id = {:?} }}", text("rule_id")),
    }
    .walk();
}

#[test]
fn an_import_from_the_console_changes_nothing() {
    let flat = json!({"Operator": "OR", "Operands": [
        condition("Priority", "EQUALS", "High", false),
        condition("Subject", "CONTAINS", "refund", true),
    ]});
    let nested = json!({"Operator": "AND", "Operands": [
        condition("Priority", "EQUALS", "High", false),
        flat.clone(),
    ]});
    let empty = json!({"Operator": "AND", "Operands": []});
    let as_conditions = (
        "conditions",
        r#"[
      { field = "Priority", value = "High" },
      { field = "Subject", operator = "CONTAINS", value = "refund", negate = true },
    ]"#
        .to_owned(),
    );
    let as_function = |rule_function: &Value| {
        let function = json!({"Version": "2022-11-25", "RuleFunction": rule_function});
        ("function", format!("{:?}", function.to_string()))
    };
    for (rule_function, (argument, expression)) in [
        (flat, as_conditions),
        (nested.clone(), as_function(&nested)),
        (empty.clone(), as_function(&empty)),
    ] {
        let world = World::new();
        let function = json!({"Version": "2022-11-25", "RuleFunction": rule_function});
        let made = world.admin(
            "POST",
            "/console",
            json!({
                "instance": "acme",
                "org": crate::harness::ORG,
                "rule": {
                    "Name": "by-hand",
                    "Function": function.to_string(),
                    "PublishStatus": "PUBLISHED",
                    "Actions": [{"ActionType": "CREATE_TASK", "TaskAction": {
                        "Name": "Case",
                        "Description": "New",
                        "ContactFlowId": CONTACT_FLOW,
                        "References": {"Case": {"Type": "URL", "Value": "/case"}},
                    }}],
                },
            }),
        );
        let rule_id = made["rule_id"].as_str().expect("it made one");
        let id = format!("{INSTANCE},{rule_id}");
        Imports {
            world: &world,
            minimal: Block::new(
                "connect_salesforce_case_rule",
                "urgent",
                &[
                    ("instance_id", &format!("{INSTANCE:?}")),
                    ("integration_association_id", &made["integration_association_id"].to_string()),
                    ("name", r#""by-hand""#),
                    (argument, &expression),
                    (
                        "task",
                        &format!(
                            "{{ name = \"Case\", description = \"New\", contact_flow_id = \
                         {CONTACT_FLOW:?}, references = {{ Case = \"/case\" }} }}"
                        ),
                    ),
                ],
            ),
            full: None,
            ids: vec![id.clone(), format!("{id}@us-east-1")],
            identity: format!("{{ instance_id = {INSTANCE:?}, rule_id = {rule_id:?} }}"),
        }
        .walk();
    }
}

#[test]
fn a_rule_that_disappears_is_made_again() {
    let (world, _) = ruled();
    let id = world.state(ADDRESS)["rule_id"].clone();
    world.drift("delete_rule", id.as_str().expect("it has one"));
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Create));
    world.assert_settled();
}

#[test]
fn edits_by_hand_are_undone() {
    let (world, _) = ruled();
    let id = world.state(ADDRESS)["rule_id"].clone();
    let function = json!({"Version": "2022-11-25", "RuleFunction": {
        "Operator": "OR", "Operands": [condition("Priority", "EQUALS", "Low", false)],
    }});
    world.edit(
        "edit_rule",
        id.as_str().expect("it has one"),
        json!({
            "Name": "by-hand", "Function": function.to_string(), "tags": {"by": "hand"},
        }),
    );
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Update));
    // How conditions combine is chosen once: the edit by hand has chosen anew.
    world.assert_settled();
    let seen = observe(&world);
    assert_eq!(seen["rule"]["Name"], "urgent-cases");
    assert_eq!(seen["rule"]["Tags"], json!({}));
    assert_eq!(
        seen["function"]["Operands"],
        json!([condition("Priority", "EQUALS", "High", false)])
    );
}

#[test]
fn conditions_that_became_nested_by_hand_are_undone() {
    let (world, _) = ruled();
    let id = world.state(ADDRESS)["rule_id"].clone();
    let function = json!({"Version": "2022-11-25", "RuleFunction": {"Operator": "OR", "Operands": [
        {"Operator": "AND", "Operands": [condition("Origin", "EQUALS", "Web", false)]},
    ]}});
    world.edit(
        "edit_rule",
        id.as_str().expect("it has one"),
        json!({
            "Function": function.to_string(),
        }),
    );
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Update));
    world.assert_settled();
    assert_eq!(
        observe(&world)["function"]["Operands"],
        json!([condition("Priority", "EQUALS", "High", false)])
    );
}
