//! `doctor`, against everything that the emulator can break.

use std::collections::BTreeSet;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::harness::{CONTACT_FLOW, INSTANCE, ORG, REGION, World, assert_untold, source_name};

const FLOW: &str = "cases";
const CONNECTION: &str = "salesforce-acme";

/// A world with a chain, and the ids in it.
struct Chained {
    world: World,
    association: String,
    rule: String,
    event_rule: String,
}

impl Chained {
    fn new() -> Self {
        let world = World::new();
        let association = world.aws().make_chain(INSTANCE).id;
        world.aws().make_rule("urgent-cases", &association);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let rule = text(&world.inventory("rules")[0]["id"]);
        let event_rule = text(&world.inventory("event_rules")[0]["name"]);
        Self { world, association, rule, event_rule }
    }

    fn source(&self) -> String {
        source_name(FLOW)
    }

    /// What `doctor` finds out, but for what is ok: kinds and statuses.
    fn findings(&self, arguments: &[&str]) -> Vec<(String, String)> {
        let report = report(&doctor(&self.world, arguments));
        let chains = report["chains"].as_array().cloned().unwrap_or_default();
        let links = chains.iter().flat_map(|it| it["links"].as_array().into_iter().flatten());
        links
            .filter(|link| link["status"] != "ok")
            .map(|link| {
                assert!(link["remedy"].is_string(), "{link:#}");
                let text = |name: &str| link[name].as_str().unwrap_or_default().to_owned();
                (text("kind"), text("status"))
            })
            .collect()
    }

    /// The instance's findings, with what AppFlow remembers grown old.
    fn after(&self, kind: &str, target: &str, more: &Value) -> Vec<(String, String)> {
        let mut drift = json!({"kind": kind, "target": target});
        for (name, value) in more.as_object().into_iter().flatten() {
            drift[name] = value.clone();
        }
        self.world.admin("POST", "/drift", drift);
        self.world.admin("POST", "/clock", json!({"advance_seconds": 3700}));
        self.findings(&["--json", "--instance-id", INSTANCE])
    }
}

fn doctor(world: &World, arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_terraform-provider-connect"))
        .arg("doctor")
        .args(arguments)
        .env_clear()
        .env("HOME", world.path(""))
        .env("AWS_REGION", REGION)
        .env("AWS_ACCESS_KEY_ID", "AKIAEMULATOR00000001")
        .env("AWS_SECRET_ACCESS_KEY", crate::harness::SECRET_KEY)
        .env("AWS_ENDPOINT_URL", world.url())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .expect("the binary starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    world.note(&format!("doctor {}: {}\n{text}", arguments.join(" "), output.status));
    assert_untold(&output);
    output
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn a_sound_chain_is_healthy_from_wherever_one_looks() {
    let chained = Chained::new();
    let before = chained.world.latest_request();
    for target in [
        &["--all"][..],
        &["--instance-id", INSTANCE],
        &["--flow", FLOW],
        &["--association", &chained.association],
    ] {
        let output = doctor(&chained.world, target);
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{text}");
        assert!(text.contains("cases (instance 11111111-"), "{text}");
        assert!(text.contains("13 ok, 0 failed, 0 warning, 0 unknown"), "{text}");
        assert!(!text.contains('\u{1b}'), "no colours in a pipe: {text}");
    }
    assert_eq!(chained.world.writes_since(before), [""; 0]);
}

/// Every drift of the emulator: where it is done, with what, and the link that must be failed.
#[test]
fn every_drift_is_found_or_no_fault() {
    let chained = Chained::new();
    let world = &chained.world;
    let source = chained.source();
    let named = |target: &str| target.to_owned();
    let nothing = json!({});
    let faults = [
        ("stop_flow", named(FLOW), nothing.clone(), "flow"),
        ("suspend_flow", named(FLOW), json!({"message": "The buffer is full."}), "flow"),
        ("error_flow", named(FLOW), nothing.clone(), "flow"),
        ("delete_flow", named(FLOW), nothing.clone(), "flow"),
        ("delete_profile", named(CONNECTION), nothing.clone(), "connection"),
        ("revoke_token", named(CONNECTION), nothing.clone(), "login"),
        ("disable_cdc", named(ORG), nothing.clone(), "change_data_capture"),
        ("delete_source", source.clone(), nothing.clone(), "event_source"),
        ("expire_source", source.clone(), nothing.clone(), "event_source"),
        ("deactivate_source", source.clone(), nothing.clone(), "event_source"),
        ("delete_bus", source.clone(), nothing.clone(), "event_bus"),
        ("disable_event_rule", chained.event_rule.clone(), nothing.clone(), "event_rule"),
        ("delete_event_rule", chained.event_rule.clone(), nothing.clone(), "event_rule"),
        ("delete_event_integration", named(FLOW), nothing.clone(), "event_integration"),
        ("delete_association", chained.association.clone(), nothing.clone(), "association"),
        ("delete_use_case", chained.association.clone(), nothing.clone(), "use_case"),
        ("delete_rule", chained.rule.clone(), nothing.clone(), "rule"),
        ("edit_rule", chained.rule.clone(), json!({"changes": {"PublishStatus": "DRAFT"}}), "rule"),
        ("delete_instance", named(INSTANCE), nothing.clone(), "instance"),
        ("delete_contact_flow", named(CONTACT_FLOW), nothing.clone(), "contact_flow"),
        ("unpublish_contact_flow", named(CONTACT_FLOW), nothing.clone(), "contact_flow"),
    ];
    let no_faults = [
        // Changes that Terraform's plan shows, and that leave the chain working.
        ("edit_flow", named(FLOW), json!({"changes": {"description": "other"}})),
        ("edit_bus", source, json!({"changes": {"Description": "other"}})),
        ("edit_event_integration", named(FLOW), json!({"changes": {"Description": "other"}})),
        ("edit_profile", named(CONNECTION), json!({"changes": {"isSandboxEnvironment": false}})),
        // Cures.
        ("reconnect_profile", named(CONNECTION), nothing.clone()),
        ("enable_cdc", named(ORG), nothing),
        // Lists lag: missing once does not mean gone.
        ("hide_associations", named(INSTANCE), json!({"reads": 1})),
    ];
    let known: BTreeSet<&str> =
        faults.iter().map(|it| it.0).chain(no_faults.iter().map(|it| it.0)).collect();
    assert_eq!(known, drifts(world).iter().map(String::as_str).collect());

    world.admin("POST", "/snapshot", json!({}));
    for (kind, target, more, link) in faults {
        world.admin("POST", "/restore", json!({}));
        let findings = chained.after(kind, &target, &more);
        let expected = (link.to_owned(), "failed".to_owned());
        assert!(findings.contains(&expected), "{kind}: {findings:?}");
    }
    for (kind, target, more) in no_faults {
        world.admin("POST", "/restore", json!({}));
        assert_eq!(chained.after(kind, &target, &more), [], "{kind}");
    }
}

/// The emulator tells its kinds to whoever asks for another.
fn drifts(world: &World) -> Vec<String> {
    let error = world.refusal("/drift", json!({"kind": "nonsense", "target": "x"}));
    let (_, kinds) = error.split_once("there are ").expect("it lists them");
    kinds.split(", ").map(str::to_owned).collect()
}

#[test]
fn what_drifts_do_not_reach_is_found_too() {
    let chained = Chained::new();
    let world = &chained.world;
    world.admin("POST", "/snapshot", json!({}));
    let failed = |kind: &str| (kind.to_owned(), "failed".to_owned());
    let instance = ["--json", "--instance-id", INSTANCE];

    let source = chained.source();
    world.aws().events(
        "RemoveTargets",
        json!({"EventBusName": source, "Rule": chained.event_rule, "Ids": ["AmazonConnect"]}),
    );
    assert_eq!(chained.findings(&instance), [failed("event_rule")]);

    // A source that lost its bus, and the clock runs.
    world.admin("POST", "/restore", json!({}));
    world.drift("delete_bus", &source);
    let all = report(&doctor(world, &instance)).to_string();
    assert!(all.contains("It is PENDING") && all.contains("It expires"), "{all}");

    // A flow that was never activated, and that nobody uses.
    world.admin("POST", "/restore", json!({}));
    world.aws().make_flow("unused", CONNECTION);
    let findings = chained.findings(&["--json", "--all"]);
    for kind in ["flow", "event_source", "event_bus", "association"] {
        assert!(findings.contains(&failed(kind)), "{kind}: {findings:?}");
    }
    assert_eq!(chained.findings(&instance), []);

    // A flow that is healthy in AppFlow but cannot deliver.
    world.admin("POST", "/restore", json!({}));
    let private =
        json!({"private_connection_failure": "VALIDATION", "private_connection_polls": 0});
    world.switch(private);
    world.aws().appflow(
        "create-connector-profile",
        json!({
            "connectorProfileName": "private",
            "connectorType": "Salesforce",
            "connectionMode": "Private",
            "connectorProfileConfig": {
                "connectorProfileProperties": {"Salesforce": {"instanceUrl": format!("https://{ORG}")}},
                "connectorProfileCredentials": {"Salesforce": {
                    "accessToken": crate::harness::ACCESS_TOKEN,
                    "refreshToken": crate::harness::REFRESH_TOKEN,
                }},
            },
        }),
    );
    world.edit(
        "edit_flow",
        FLOW,
        json!({"sourceFlowConfig": {
            "connectorType": "Salesforce",
            "connectorProfileName": "private",
            "sourceConnectorProperties": {"Salesforce": {"object": "CaseChangeEvent"}},
        }}),
    );
    let findings = chained.findings(&instance);
    assert!(findings.contains(&failed("connection")), "{findings:?}");

    // Salesforce's administrators lock AppFlow out.
    for setting in ["api_disabled", "app_blocked"] {
        world.admin("POST", "/restore", json!({}));
        world.admin(
            "POST",
            "/seed",
            json!({"orgs": [{"host": ORG, "cdc": ["Case"], setting: true}]}),
        );
        world.admin("POST", "/clock", json!({"advance_seconds": 3700}));
        let findings = chained.findings(&instance);
        assert!(findings.contains(&failed("login")), "{setting}: {findings:?}");
    }

    // No rule at all is told apart from a rule that is a draft beside a published one.
    world.admin("POST", "/restore", json!({}));
    world.aws().make_rule("another", &chained.association);
    world.edit("edit_rule", &chained.rule, json!({"PublishStatus": "DRAFT"}));
    assert_eq!(chained.findings(&instance), [("rule".to_owned(), "warning".to_owned())]);
    assert_eq!(doctor(world, &["--all"]).status.code(), Some(1));
}

#[test]
fn what_may_not_be_read_is_unknown_and_names_the_action() {
    let chained = Chained::new();
    let world = &chained.world;
    for (action, kind) in [
        ("appflow:DescribeConnectorProfiles", "connection"),
        ("appflow:ListConnectorEntities", "login"),
        ("appflow:ListFlows", "flow"),
        ("appflow:DescribeFlowExecutionRecords", "flow_run"),
        ("events:DescribeEventSource", "event_source"),
        ("events:DescribeEventBus", "event_bus"),
        ("events:DescribeRule", "event_rule"),
        ("events:ListTargetsByRule", "event_rule"),
        ("app-integrations:GetEventIntegration", "event_integration"),
        ("app-integrations:ListEventIntegrationAssociations", "event_rule"),
        ("connect:DescribeInstance", "instance"),
        ("connect:ListIntegrationAssociations", "association"),
        ("connect:ListUseCases", "use_case"),
        ("connect:DescribeRule", "contact_flow"),
        ("connect:ListContactFlows", "contact_flow"),
    ] {
        world.admin("PUT", "/deny", json!({"actions": [action]}));
        let output = doctor(world, &["--json", "--instance-id", INSTANCE]);
        assert_eq!(output.status.code(), Some(2), "{action}");
        let report = report(&output);
        assert_eq!(report["status"], "unknown", "{action}");
        let links = report["chains"][0]["links"].as_array().cloned().unwrap_or_default();
        let unknown = links.iter().find(|link| link["status"] == "unknown").expect("a link");
        assert_eq!(unknown["kind"], kind, "{action}");
        let remedy = unknown["remedy"].as_str().unwrap_or_default();
        assert!(remedy.contains(action), "{action}: {remedy}");
        // Nothing is called unused or missing because it could not be read.
        for target in [&["--all"][..], &["--flow", FLOW]] {
            assert_eq!(doctor(world, target).status.code(), Some(2), "{action} {target:?}");
        }
    }
    // Searching is only the quick way to the rules.
    world.admin("PUT", "/deny", json!({"actions": ["connect:SearchRules"]}));
    assert_eq!(doctor(world, &["--all"]).status.code(), Some(0));
    // One failed link weighs more than what is unknown.
    world.drift("stop_flow", FLOW);
    world.admin("PUT", "/deny", json!({"actions": ["connect:ListUseCases"]}));
    assert_eq!(doctor(world, &["--all"]).status.code(), Some(1));
}

#[test]
fn without_anything_to_look_at_the_status_is_2() {
    let world = World::new();
    let output = doctor(&world, &["--all"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).contains("There is no Salesforce integration"));
    // Neither is there a target that was not named.
    assert_eq!(doctor(&world, &[]).status.code(), Some(2));
    assert_eq!(doctor(&world, &["--all", "--flow", "x"]).status.code(), Some(2));
    let help = String::from_utf8_lossy(&doctor(&world, &["--help"]).stdout).into_owned();
    assert!(help.contains("Exit status:") && help.contains("\"version\": 1"), "{help}");
}
