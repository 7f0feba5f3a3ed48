//! The data sources, over a chain that the console made.

use serde_json::{Value, json};

use crate::chain::CHAIN;
use crate::harness::{CODES, CONTACT_FLOW, INSTANCE, OTHER_INSTANCE, World, source_name};

/// The flow that the console makes for the tests' org.
const FLOW: &str = "amazon-connect-salesforce-to-eventbridge-acme";
const CONNECTION: &str = "amazon-connect-salesforce-acme";

/// A world with the console's chain; the answer has its names and ids.
fn with_console_chain() -> (World, Value) {
    let world = World::new();
    let made = world.admin(
        "POST",
        "/console",
        json!({
            "instance": "acme",
            "org": "acme.my.salesforce.com",
            "friendly_name": "Salesforce - Acme",
            "tags": {"team": "ops"},
            "rule": {
                "Name": "urgent-cases",
                "Function": json!({"Version": "2022-11-25", "RuleFunction": {
                    "Operator": "AND", "Operands": [],
                }}).to_string(),
                "Actions": [{"ActionType": "CREATE_TASK", "TaskAction": {
                    "Name": "Case", "ContactFlowId": CONTACT_FLOW,
                }}],
                "PublishStatus": "PUBLISHED",
            },
        }),
    );
    (world, made)
}

#[test]
fn appflow_is_read_by_name_and_in_lists() {
    let (world, made) = with_console_chain();
    world.write(format!(
        r#"
data "connect_salesforce_connection" "it" {{ name = "{CONNECTION}" }}
data "connect_salesforce_connections" "all" {{}}
data "connect_salesforce_connections" "other" {{ instance_url = "https://globex.my.salesforce.com" }}
data "connect_salesforce_event_flow" "it" {{ name = "{FLOW}" }}
data "connect_salesforce_event_flows" "active" {{
  status          = "Active"
  connection_name = data.connect_salesforce_connection.it.name
}}
data "connect_salesforce_event_flows" "drafts" {{ status = "Draft" }}
data "connect_salesforce_entities" "it" {{ connection_name = "{CONNECTION}" }}
data "connect_salesforce_entities" "leads" {{
  connection_name = "{CONNECTION}"
  object          = "Lead"
}}
data "connect_partner_event_source" "it" {{ state = "ACTIVE" }}
data "connect_flow_executions" "it" {{ flow_name = "{FLOW}" }}
"#
    ));
    world.case(json!({"Priority": "High"}));
    let before = world.latest_request();
    world.apply();
    assert_eq!(world.writes_since(before), [""; 0]);

    let connection = world.state("data.connect_salesforce_connection.it");
    assert_eq!(connection["instance_url"], "https://acme.my.salesforce.com");
    assert_eq!(connection["sandbox"], false);
    assert!(connection["last_updated_at"].as_str().is_some_and(|at| at.ends_with('Z')));
    let all = world.state("data.connect_salesforce_connections.all");
    assert_eq!(all["names"], json!([CONNECTION]));
    assert_eq!(all["connections"][0]["arn"], connection["arn"]);
    assert_eq!(world.state("data.connect_salesforce_connections.other")["names"], json!([]));

    let flow = world.state("data.connect_salesforce_event_flow.it");
    assert_eq!((&flow["status"], &flow["enabled"]), (&json!("Active"), &json!(true)));
    assert_eq!(flow["connection_name"], CONNECTION);
    assert_eq!(flow["tasks"][0]["type"], "Map_all");
    assert_eq!(flow["event_source_state"], "ACTIVE");
    assert_eq!(flow["tags"]["team"], "ops");
    assert_eq!(world.state("data.connect_salesforce_event_flows.active")["names"], json!([FLOW]));
    assert_eq!(world.state("data.connect_salesforce_event_flows.drafts")["names"], json!([]));

    let source = world.state("data.connect_partner_event_source.it");
    assert_eq!(source["name"], made["event_source"]);
    assert_eq!(source["name"], flow["event_source_name"]);
    let entities = world.state("data.connect_salesforce_entities.it");
    assert_eq!(entities["change_event"], "CaseChangeEvent");
    assert_eq!(entities["change_data_capture_enabled"], true);
    let leads = world.state("data.connect_salesforce_entities.leads");
    assert_eq!(leads["change_data_capture_enabled"], false);
    let runs = world.state("data.connect_flow_executions.it");
    assert_eq!(runs["executions"][0]["status"], "Successful");
}

#[test]
fn connect_is_read_by_name_and_in_lists() {
    let (world, made) = with_console_chain();
    world.write(format!(
        r#"
data "connect_salesforce_app_integration" "it" {{
  instance_id = "{INSTANCE}"
  name        = "Salesforce - Acme"
}}
data "connect_salesforce_app_integration" "same" {{
  instance_id                = "{INSTANCE}"
  integration_association_id = data.connect_salesforce_app_integration.it.arn
}}
data "connect_salesforce_app_integrations" "all" {{}}
data "connect_salesforce_app_integrations" "other" {{ instance_id = "{OTHER_INSTANCE}" }}
data "connect_salesforce_case_rules" "all" {{ instance_id = "{INSTANCE}" }}
data "connect_salesforce_case_rules" "drafts" {{
  instance_id    = "{INSTANCE}"
  publish_status = "DRAFT"
}}
data "connect_contact_flow" "it" {{
  instance_id = "{INSTANCE}"
  name        = "Salesforce cases"
}}
data "connect_contact_flow" "same" {{
  instance_id     = "{INSTANCE}"
  contact_flow_id = "{CONTACT_FLOW}"
}}
"#
    ));
    world.apply();
    let integration = world.state("data.connect_salesforce_app_integration.it");
    let association = &made["integration_association_id"];
    assert_eq!(&integration["integration_association_id"], association);
    assert_eq!(integration["use_cases"], json!(["RULES_EVALUATION"]));
    assert_eq!(integration["event_source_name"], made["event_source"]);
    let id = format!("{INSTANCE},{}", association.as_str().unwrap_or_default());
    assert_eq!(integration["id"], json!(id));
    assert_eq!(integration["tags"]["team"], "ops");
    let same = world.state("data.connect_salesforce_app_integration.same");
    assert_eq!((&same["id"], &same["name"]), (&integration["id"], &integration["name"]));
    let all = world.state("data.connect_salesforce_app_integrations.all");
    assert_eq!(all["ids"], json!([id]));
    assert_eq!(world.state("data.connect_salesforce_app_integrations.other")["ids"], json!([]));

    let rules = world.state("data.connect_salesforce_case_rules.all");
    assert_eq!(rules["names"], json!(["urgent-cases"]));
    assert_eq!(&rules["rules"][0]["integration_association_id"], association);
    assert_eq!(world.state("data.connect_salesforce_case_rules.drafts")["names"], json!([]));

    let flow = world.state("data.connect_contact_flow.it");
    assert_eq!(
        (&flow["contact_flow_id"], &flow["status"]),
        (&json!(CONTACT_FLOW), &json!("PUBLISHED"))
    );
    assert_eq!(world.state("data.connect_contact_flow.same")["name"], "Salesforce cases");
}

#[test]
fn what_is_not_found_is_answered_with_what_there_is() {
    let (world, made) = with_console_chain();
    world.aws().make_flow("cases", CONNECTION);
    let source = made["event_source"].as_str().unwrap_or_default();
    for (data, words) in [
        (
            "data \"connect_salesforce_connection\" \"x\" { name = \"typo\" }".to_owned(),
            vec![CONNECTION.to_owned()],
        ),
        (
            "data \"connect_salesforce_event_flow\" \"x\" { name = \"typo\" }".to_owned(),
            vec![FLOW.to_owned(), "cases".to_owned()],
        ),
        (
            "data \"connect_partner_event_source\" \"x\" {}".to_owned(),
            vec![format!("{source} (ACTIVE)"), format!("{} (PENDING)", source_name("cases"))],
        ),
        (
            format!(
                "data \"connect_contact_flow\" \"x\" {{\n  instance_id = {INSTANCE:?}\n  name = \"typo\"\n}}"
            ),
            vec!["Complaints (CONTACT_FLOW, ".to_owned()],
        ),
        (
            format!(
                "data \"connect_salesforce_app_integration\" \"x\" {{\n  instance_id = {INSTANCE:?}\n  name = \"typo\"\n}}"
            ),
            vec!["Salesforce - Acme (".to_owned()],
        ),
        (
            "data \"connect_flow_executions\" \"x\" { flow_name = \"typo\" }".to_owned(),
            vec!["there is no flow".to_owned()],
        ),
    ] {
        world.write(&data);
        let errors = world.plan_errors();
        let detail = errors[0].detail.to_lowercase();
        for word in words {
            assert!(detail.contains(&word.to_lowercase()), "{word} is not in {:#?}", errors[0]);
        }
    }
}

#[test]
fn the_policy_for_applies_is_enough_for_a_chains_whole_life() {
    let world = World::new();
    let policy = "data \"connect_iam_policy\" \"it\" {}\n";
    world.write(policy);
    world.apply();
    let actions = world.state("data.connect_iam_policy.it")["actions"].clone();
    world.admin("PUT", "/deny", json!({"actions": ["*"], "except": actions}));
    world.provider("default_tags { tags = { team = \"ops\" } }");
    world.set_secret("code", CODES[0]);
    world.write(CHAIN);
    world.apply();
    world.unset_secret("code");
    world.assert_settled();
    assert_eq!(world.case(json!({"Priority": "High"})).len(), 1);

    world.provider("default_tags { tags = { cost = \"1\" } }");
    let changed = CHAIN
        .replace("connection_name =", "description = \"changed\"\n  connection_name =")
        .replace("application_url   =", "event_integration_description = \"changed\"\n  use_cases = [\"RULES_EVALUATION\", \"CONNECT_CAMPAIGNS\"]\n  application_url   =")
        .replace("name                       = \"urgent-cases\"", "name = \"very-urgent-cases\"");
    world.write(&changed);
    world.apply();
    world.assert_settled();
    world.drift("stop_flow", "cases");
    world.apply();
    world.write(changed.replace("  name            = \"cases\"", "  name = \"events\""));
    world.apply();
    world.assert_settled();
    world.destroy();
    world.assert_nothing_left();
}

#[test]
fn the_policy_for_plans_is_enough_for_plan_refresh_and_import() {
    let world = World::new();
    world.set_secret("code", CODES[0]);
    world.write(CHAIN);
    world.apply();
    world.unset_secret("code");
    let integration = world.state("connect_salesforce_app_integration.acme")["id"].clone();
    world.write_file("policy.tf", "data \"connect_iam_policy\" \"it\" { mode = \"plan\" }\n");
    world.apply();
    let policy = world.state("data.connect_iam_policy.it");
    world.remove_file("policy.tf");
    world.admin("PUT", "/deny", json!({"actions": ["*"], "except": policy["actions"]}));

    let run = world.plan();
    assert!(run.is_empty() && run.warnings().is_empty(), "{run}");
    world.refresh();
    world.forget_state();
    let integration = integration.as_str().unwrap_or_default();
    let rule = world.inventory("rules")[0]["id"].clone();
    let rule = format!("{INSTANCE},{}", rule.as_str().unwrap_or_default());
    let import = |to: &str, id: &str| format!("import {{\n  to = {to}\n  id = {id:?}\n}}\n");
    world.write_file(
        "imports.tf",
        &[
            import("connect_salesforce_connection.acme", "salesforce-acme"),
            import("connect_salesforce_event_flow.cases", "cases"),
            import("connect_salesforce_app_integration.acme", integration),
            import("connect_salesforce_case_rule.urgent", &rule),
        ]
        .concat(),
    );
    // AWS does not tell the version, and another one would send credentials.
    world.write(CHAIN.replace("  credentials_wo_version = 1\n", ""));
    let run = world.plan();
    assert_eq!(run.imports.len(), 4, "{run}");
}

#[test]
fn health_is_a_check_that_tells_what_to_do() {
    let (world, _) = with_console_chain();
    world.write(format!(
        r#"
check "cases_become_tasks" {{
  data "connect_integration_health" "it" {{ instance_id = "{INSTANCE}" }}
  assert {{
    condition     = data.connect_integration_health.it.healthy
    error_message = join("\n", data.connect_integration_health.it.problems)
  }}
}}
data "connect_integration_health" "flow" {{ flow_name = "{FLOW}" }}
"#
    ));
    let run = world.apply();
    assert!(run.warnings().is_empty(), "{run}");
    let health = world.state("data.connect_integration_health.flow");
    assert_eq!(health["status"], "ok", "{health:#}");
    let kinds: Vec<&str> = health["links"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it["kind"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "connection",
            "login",
            "change_data_capture",
            "flow",
            "event_source",
            "event_bus",
            "event_integration",
            "event_rule",
            "instance",
            "association",
            "use_case",
            "rule",
            "contact_flow",
        ]
    );

    world.drift("stop_flow", FLOW);
    let run = world.apply();
    let warning = run.warning("Check block assertion failed");
    assert!(warning.detail.contains("It is Suspended"), "{}", warning.detail);
    assert!(warning.detail.contains("connect_flow_start"), "{}", warning.detail);

    world.admin("PUT", "/deny", json!({"actions": ["appflow:DescribeFlow"]}));
    world.apply();
    let health = world.state("data.connect_integration_health.flow");
    assert_eq!(health["status"], "unknown");
    assert!(
        health["problems"][0].as_str().is_some_and(|it| it.contains("Allow appflow:DescribeFlow"))
    );
}
