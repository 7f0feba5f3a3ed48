//! `export`: what was clicked together is taken over without a change.

use std::process::Output;

use serde_json::{Value, json};

use crate::harness::{
    ACCOUNT, CONTACT_FLOW, INSTANCE, ORG, OTHER_INSTANCE, OTHER_ORG, Run, SANDBOX, World,
    assert_untold, core,
};

/// Where the tests export to, below the world's directory.
const DIRECTORY: &str = "exported";

/// What no text may be taken for: templates, escapes, ends of lines and of strings.
const AWKWARD: &str =
    "5 $ ${a} $${b} $$${c} %{if} %%{x} 100% \"q\" \\n\n\ttab ünï 工单 👩‍👧 `x` #{y}";

fn export(world: &World, arguments: &[&str]) -> Output {
    let mut all = vec!["export", "--dir", DIRECTORY, "--connect-rate", "10000"];
    all.extend(arguments);
    let output = world.binary(&all).output().expect("the binary starts");
    assert_untold(&output);
    world.note(&String::from_utf8_lossy(&output.stderr));
    output
}

#[track_caller]
fn exported(world: &World, arguments: &[&str]) -> String {
    let output = export(world, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the summary is text")
}

fn in_export(world: &World, arguments: &[&str]) -> Run {
    let chdir = format!("-chdir={DIRECTORY}");
    let mut all = vec![chdir.as_str()];
    all.extend(arguments);
    world.set_env("AWS_ENDPOINT_URL", &world.url());
    world.terraform(&all)
}

/// The promise: formatted, everything is imported, nothing changes, before and after the import.
#[track_caller]
fn assert_taken_over(world: &World, count: usize) {
    let formatted = in_export(world, &["fmt", "-check", "-diff", "-no-color"]);
    formatted.assert_success();
    let plan = in_export(world, &["plan", "-json", "-detailed-exitcode", "-out=plan.bin"]);
    plan.assert_success();
    let planned = in_export(world, &["show", "-no-color", "plan.bin"]).text();
    assert_eq!(plan.imports.len(), count, "{planned}");
    assert!(plan.changes.is_empty(), "an import must change nothing:\n{planned}");
    let before = world.latest_request();
    in_export(world, &["apply", "-json", "-auto-approve"]).assert_success();
    assert_eq!(world.writes_since(before), [] as [&str; 0]);
    let again = in_export(world, &["plan", "-json", "-detailed-exitcode"]);
    again.assert_success();
    assert!(again.is_empty(), "{again}");
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A chain as the console makes it.
fn click(world: &World, instance: &str, org: &str, name: &str, more: Value) -> Value {
    let mut wishes = json!({"instance": instance, "org": org, "friendly_name": name});
    for (key, value) in more.as_object().into_iter().flatten() {
        wishes[key] = value.clone();
    }
    world.admin("POST", "/console", wishes)
}

fn equals(field: &str, value: &str) -> Value {
    json!({
        "Operator": "EQUALS",
        "Operands": [value],
        "ComparisonValue": format!("$.ThirdParty.Salesforce.CaseCreate.{field}"),
        "Negate": false,
    })
}

fn rule(name: &str, description: &str, function: Value) -> Value {
    let function = json!({"Version": "2022-11-25", "RuleFunction": function});
    json!({
        "Name": name,
        "Function": function.to_string(),
        "PublishStatus": "PUBLISHED",
        "Actions": [{"ActionType": "CREATE_TASK", "TaskAction": {
            "Name": "Case",
            "Description": description,
            "ContactFlowId": CONTACT_FLOW,
            "References": {"Fäll öffnen": {"Type": "URL", "Value": "https://x/${y}"}},
        }}],
    })
}

/// Conditions that a flat list cannot say.
fn nested() -> Value {
    let high = json!({"Operator": "AND", "Operands": [equals("Priority", "High")]});
    let odd = json!({"Operator": "AND", "Operands": [equals("Subject", AWKWARD)]});
    json!({"Operator": "OR", "Operands": [high, odd]})
}

fn flat() -> Value {
    json!({"Operator": "AND", "Operands": [equals("Priority", "High")]})
}

/// Three chains in two instances, one of them disconnected, and things of others.
fn estate(world: &World) {
    let options = json!({
        "rule": rule("urgent-cases", "A case", flat()),
        "tags": {"team": "cases", "cost:centre": "42"},
    });
    click(world, INSTANCE, ORG, "Salesforce - Acme", options);
    let odd = json!({"rule": rule("awkward.cases", AWKWARD, nested())});
    click(world, INSTANCE, SANDBOX, "Acme UAT", odd);
    let gone = click(world, OTHER_INSTANCE, OTHER_ORG, "Globex", json!({}));
    let ids = ["instance_id", "integration_association_id"];
    let ids: Value = ids.iter().map(|id| ((*id).to_owned(), gone[*id].clone())).collect();
    world.admin("POST", "/console/disconnect", ids);
    // A second instance on the first org's events.
    let source = format!("aws.partner/appflow/salesforce.com/{ACCOUNT}/acme");
    let shared = json!({"existing_event_source": source, "event_integration_name": "shared"});
    click(world, OTHER_INSTANCE, ORG, "Salesforce - Acme", shared);
    others(world);
}

/// What is not ours: nothing of it may be exported.
fn others(world: &World) {
    let aws = world.aws();
    aws.make_event_integration("other", "aws.partner/zendesk.com/1/other");
    let request = json!({
        "Name": "analysis",
        "TriggerEventSource": {"EventSourceName": "OnPostCallAnalysisAvailable"},
        "Function": json!({"Version": "2022-11-25", "RuleFunction": {
            "Operator": "AND",
            "Operands": [{
                "Operator": "CONTAINS_ANY",
                "ComparisonValue": "$.ContactLens.PostCall.ExactMatch.Transcript",
                "Operands": ["help"],
                "Negate": false,
            }],
        }}).to_string(),
        "Actions": [{"ActionType": "ASSIGN_CONTACT_CATEGORY", "AssignContactCategoryAction": {}}],
        "PublishStatus": "PUBLISHED",
    });
    aws.rest("connect", "POST", &format!("/rules/{INSTANCE}"), request);
}

#[test]
fn a_region_is_taken_over_without_a_change() {
    let world = World::new();
    estate(&world);
    let before = world.latest_request();
    let summary = exported(&world, &["--all"]);
    assert_eq!(world.writes_since(before), [] as [&str; 0]);
    assert!(summary.contains("Connections: 3. Flows: 3. Integrations: 3. Rules: 2."), "{summary}");
    let foreign = "Not exported: 1 rules on something else, 1 event integrations of other sources.";
    assert!(summary.contains(foreign), "{summary}");
    for finding in [
        "! No instance uses the flow \"amazon-connect-salesforce-to-eventbridge-globex\".",
        "! No instance uses the event integration ",
    ] {
        assert!(summary.contains(finding), "{finding}\n{summary}");
    }
    assert_taken_over(&world, 11);
}

#[test]
fn resources_refer_to_each_other_and_are_called_as_people_call_them() {
    let world = World::new();
    estate(&world);
    exported(&world, &["--all"]);
    let file = |name: &str| world.read_file(&format!("{DIRECTORY}/{name}"));
    let integrations = file("app_integrations.tf");
    let acme = r#"resource "connect_salesforce_app_integration" "salesforce_acme" {
  instance_id            = data.connect_instance.acme.id
  name                   = "Salesforce - Acme"
  application_url        = connect_salesforce_connection.acme.instance_url
  event_source_name      = connect_salesforce_event_flow.acme.event_source_name
"#;
    let other = r#"resource "connect_salesforce_app_integration" "salesforce_acme_globex" {"#;
    for part in [acme, other] {
        assert!(integrations.contains(part), "{part}\n{integrations}");
    }
    let connections = file("connections.tf");
    assert!(connections.contains("prevent_destroy = true"), "{connections}");
    let rules = file("case_rules.tf");
    assert!(rules.contains("\"connect_salesforce_case_rule\" \"awkward_cases\""), "{rules}");
    assert!(rules.contains("function = jsonencode({"), "{rules}");
    assert!(!rules.contains("null"), "{rules}");
    let readme = file("README.md");
    for part in
        ["```mermaid", "c_acme --> f_acme", "f_acme -->|\"globex\"| i_salesforce_acme_globex"]
    {
        assert!(readme.contains(part), "{part}\n{readme}");
    }
}

#[test]
fn an_instance_brings_what_it_hangs_on_and_nothing_else() {
    let world = World::new();
    estate(&world);
    let summary = exported(&world, &["--instance-id", "globex"]);
    assert!(summary.contains("Connections: 1. Flows: 1. Integrations: 1. Rules: 0."), "{summary}");
    let left = "4 flows and connections that these instances do not use";
    assert!(summary.contains(left), "{summary}");
    assert_taken_over(&world, 3);
}

#[test]
fn objects_can_be_imported_by_identity() {
    if core::version() < (1, 12) {
        return;
    }
    let world = World::new();
    estate(&world);
    exported(&world, &["--all", "--identity"]);
    assert_taken_over(&world, 11);
}

#[test]
fn what_leads_nowhere_is_exported_and_named() {
    let world = World::new();
    let made = click(&world, INSTANCE, ORG, "Acme", json!({"rule": rule("r", "d", flat())}));
    let association = json!({
        "instance_id": INSTANCE,
        "integration_association_id": made["integration_association_id"],
    });
    world.admin("POST", "/console/disconnect", association);
    world.aws().appflow("stop-flow", json!({"flowName": made["flow"]}));
    world.aws().appflow("delete-flow", json!({"flowName": made["flow"], "forceDelete": false}));
    let summary = exported(&world, &["--all"]);
    for finding in [
        "! The rule \"r\" belongs to no integration.",
        "! No event flow uses the connection \"amazon-connect-salesforce-acme\".",
        &format!("! No flow writes to the event bus {:?}.", text(&made["event_bus"])),
        "Delete it: `aws appintegrations delete-event-integration --name",
    ] {
        assert!(summary.contains(finding), "{finding}\n{summary}");
    }
    assert_taken_over(&world, 2);
}

#[test]
fn an_integration_without_its_event_integration_is_told_and_left_out() {
    let world = World::new();
    let made = click(&world, INSTANCE, ORG, "Acme", json!({}));
    world.drift("delete_event_integration", text(&made["event_integration"]));
    let summary = exported(&world, &["--all"]);
    let finding = "! connect_salesforce_app_integration \"Acme\" is not exported";
    assert!(summary.contains(finding), "{summary}");
    assert_taken_over(&world, 2);
}

#[test]
fn an_export_is_repeated_on_demand_only_and_is_the_same_again() {
    let world = World::new();
    estate(&world);
    exported(&world, &["--all"]);
    let rules = world.read_file(&format!("{DIRECTORY}/case_rules.tf"));
    let before = world.latest_request();
    let output = export(&world, &["--all"]);
    let refusal = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && refusal.contains("exported already holds"), "{refusal}");
    assert_eq!(world.latest_request(), before, "nothing is asked of AWS");
    exported(&world, &["--all", "--force"]);
    assert_eq!(world.read_file(&format!("{DIRECTORY}/case_rules.tf")), rules);
}

#[test]
fn an_unknown_instance_is_answered_with_those_there_are() {
    let world = World::new();
    let output = export(&world, &["--instance-id", "acne"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("There is no Connect instance \"acne\" in us-east-1"), "{error}");
    assert!(error.contains("There are: acme, globex."), "{error}");
}

#[test]
fn what_the_role_may_not_list_is_said() {
    let world = World::new();
    estate(&world);
    let lists = ["events:ListEventSources", "events:ListEventBuses", "connect:SearchRules"];
    world.admin("PUT", "/deny", json!({"actions": lists}));
    let summary = exported(&world, &["--all"]);
    assert!(summary.contains("! The role may not call events:ListEventBuses."), "{summary}");
    assert_taken_over(&world, 11);
}

/// As many chains as one is asked for, spread over the instances.
fn many(world: &World, count: usize) {
    world.switch(json!({"quota_factor": 100}));
    let host = |number| format!("org{number}.my.salesforce.com");
    let orgs: Vec<Value> = (0..count).map(|number| json!({"host": host(number)})).collect();
    world.admin("POST", "/seed", json!({"orgs": orgs}));
    for number in 0..count {
        let rule = rule(&format!("rule-{number}"), "A case", flat());
        let (instance, more) = match number % 3 {
            0 => (OTHER_INSTANCE, json!({})),
            _ => (INSTANCE, json!({"rule": rule})),
        };
        click(world, instance, &host(number), &format!("Org {number}"), more);
    }
}

/// The fewest requests by which AWS tells all that there is.
fn fewest_requests(world: &World) -> usize {
    let count = |kind| world.inventory(kind).len();
    let of_instance = |kind, instance: &str| {
        world.inventory(kind).iter().filter(|it| it["instance_id"] == instance).count()
    };
    let pages = |objects: usize, page: usize| objects.div_ceil(page).max(1);
    let flows = count("flows");
    let associations = count("integration_associations");
    let lists = [
        1,                                       // sts:GetCallerIdentity: whose account it is
        pages(2, 10),                            // connect:ListInstances
        pages(count("connector_profiles"), 100), // with all that a connection is
        pages(flows, 100),                       // without connection, object and tasks
        pages(count("event_sources"), 100),      // with all that a source is
        pages(count("event_buses"), 100),        // without key, queue and logging
        pages(count("event_integrations"), 50),  // with all that an event integration is
    ];
    let of_instances = [INSTANCE, OTHER_INSTANCE].map(|instance| {
        // ListIntegrationAssociations without use cases and tags, SearchRules without functions.
        pages(of_instance("integration_associations", instance), 100)
            + pages(of_instance("rules", instance), 200)
    });
    let each = [
        flows,                // appflow:DescribeFlow
        count("event_buses"), // events:DescribeEventBus
        count("rules"),       // connect:DescribeRule
        associations,         // connect:ListUseCases
        associations,         // connect:ListTagsForResource
        associations,         // app-integrations:ListEventIntegrationAssociations
        associations,         // events:DescribeRule: whether Connect's own rule is enabled
    ];
    [lists.iter().sum::<usize>(), of_instances.iter().sum(), each.iter().sum()].iter().sum()
}

/// Requests since `before`: all answered, and close to the fewest.
#[track_caller]
fn assert_frugal(world: &World, before: u64) {
    let requests = world.admin("GET", &format!("/requests?since={before}"), Value::Null);
    let requests = requests.as_array().cloned().unwrap_or_default();
    let failed: Vec<&Value> = requests.iter().filter(|it| it["status"] != 200).collect();
    assert!(failed.is_empty(), "{failed:?}");
    let fewest = fewest_requests(world);
    assert!(
        (fewest..=fewest + fewest / 10).contains(&requests.len()),
        "{} requests where {fewest} would do",
        requests.len()
    );
}

#[test]
fn two_hundred_chains_take_the_fewest_requests() {
    let world = World::new();
    many(&world, 200);
    let before = world.latest_request();
    let summary = exported(&world, &["--all"]);
    assert!(summary.contains("Connections: 200. Flows: 200. Integrations: 200. Rules: 133."));
    assert_frugal(&world, before);
}

#[test]
fn the_pace_of_connect_is_kept_without_a_refusal() {
    let world = World::new();
    many(&world, 12);
    world.switch(json!({"throttling": true}));
    let before = world.latest_request();
    let output = world.binary(&["export", "--all", "--dir", DIRECTORY]).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_frugal(&world, before);
}

#[test]
fn what_the_first_plan_will_repair_is_said() {
    let world = World::new();
    let made = click(&world, INSTANCE, ORG, "Acme", json!({}));
    world.drift("delete_bus", text(&made["event_bus"]));
    let summary = exported(&world, &["--all"]);
    let finding =
        "! The event bus of the flow \"amazon-connect-salesforce-to-eventbridge-acme\" is";
    assert!(summary.contains(finding), "{summary}");
    let plan = in_export(&world, &["plan", "-json"]);
    plan.assert_success();
    assert_eq!(plan.changes.len(), 1, "{plan}");
}
