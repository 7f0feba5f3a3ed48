//! `connect_salesforce_event_flow`: flow, event source, bus and activation as one.

use serde_json::{Value, json};

use crate::harness::Expected::{Nothing, Recorded, Refused, Replaced, ReplacementPlanned, Updated};
use crate::harness::{
    ACCESS_TOKEN, ACCOUNT, Action, BUCKET, Block, Change, Imports, ORG, OTHER_ORG, REFRESH_TOKEN,
    Table, World, source_name,
};

const ADDRESS: &str = "connect_salesforce_event_flow.cases";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd";

fn event_flow() -> Block {
    Block::new(
        "connect_salesforce_event_flow",
        "cases",
        &[("name", r#""cases""#), ("connection_name", r#""salesforce-acme""#)],
    )
}

/// A world with a connection that someone else made: its name is all a flow needs.
fn connected() -> World {
    let world = World::new();
    world.aws().make_connection("salesforce-acme", ORG);
    world
}

/// A world with the flow in it.
fn flowing() -> World {
    let world = connected();
    world.write(event_flow());
    world.apply();
    world
}

/// Flow and bus as AWS has them.
fn observe(world: &World) -> Value {
    let state = world.state(ADDRESS);
    let text = |name: &str| state[name].as_str().unwrap_or_default().to_owned();
    let flow = world.aws().flow(&text("name"));
    json!({
        "bus": world.aws().bus(&text("event_source_name")),
        "destination": flow["destinationFlowConfigList"][0]["destinationConnectorProperties"]
            ["EventBridge"],
        "source": flow["sourceFlowConfig"],
        "flow": flow,
    })
}

#[test]
fn a_flow_comes_stays_and_goes() {
    let world = connected();
    world.write(event_flow());
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Create));
    world.assert_settled();
    world.refresh();
    world.assert_settled();
    let state = world.state(ADDRESS);
    let source = source_name("cases");
    assert_eq!(state["id"], "cases");
    assert_eq!(state["arn"], format!("arn:aws:appflow:us-east-1:{ACCOUNT}:flow/cases"));
    assert_eq!(state["event_source_name"], *source);
    assert_eq!(
        state["event_source_arn"],
        format!("arn:aws:events:us-east-1::event-source/{source}")
    );
    assert_eq!(state["event_source_state"], "ACTIVE");
    assert_eq!(state["event_bus_name"], *source);
    assert_eq!(
        state["event_bus_arn"],
        format!("arn:aws:events:us-east-1:{ACCOUNT}:event-bus/{source}")
    );
    assert_eq!(state["status"], "Active");
    let seen = observe(&world);
    assert_eq!(seen["flow"]["flowStatus"], "Active");
    assert_eq!(seen["flow"]["tags"], json!({}), "no marker stays behind");
    world.destroy();
    assert_eq!(world.inventory("flows"), [Value::Null; 0]);
    assert_eq!(world.inventory("event_buses"), [Value::Null; 0]);
    assert_eq!(world.inventory("event_sources"), [Value::Null; 0]);
}

#[test]
fn each_argument_changes_as_aws_allows() {
    let world = connected();
    world.aws().make_connection("salesforce-two", OTHER_ORG);
    let map_name = r#"[{ type = "Map", source_fields = ["Name"], destination_field = "Name" }]"#;
    let filter_and_map = r#"[
      { type = "Filter", source_fields = ["Id", "Name"], operator = "PROJECTION" },
      { type = "Map_all", source_fields = [], operator = "NO_OP" },
    ]"#;
    let map_and_filter = r#"[
      { type = "Map_all", operator = "NO_OP", properties = { EXCLUDE_SOURCE_FIELDS_LIST = "[]" } },
      { type = "Filter", source_fields = ["Id", "Name"], operator = "PROJECTION" },
    ]"#;
    let bucket = format!("{{ bucket_name = {BUCKET:?}, bucket_prefix = \"a\" }}");
    let queue = "arn:aws:sqs:us-east-1:111122223333:dead";
    let bus = format!(
        r#"{{
      description        = "Cases"
      kms_key_identifier = "alias/cases"
      dead_letter_arn    = {queue:?}
      log_config         = {{ level = "INFO", include_detail = "FULL" }}
    }}"#
    );
    Table { world: &world, base: event_flow(), rest: "", observe: &observe }.walk(vec![
        Change::of("name", r#""more-cases""#)
            .is(Replaced)
            .shows("/flow/flowName", json!("more-cases"))
            .shows("/destination/object", json!(source_name("more-cases"))),
        Change::of("connection_name", r#""salesforce-two""#)
            .is(Updated)
            .shows("/source/connectorProfileName", json!("salesforce-two"))
            .shows("/flow/flowStatus", json!("Active")),
        Change::of("source_object", r#""AccountChangeEvent""#).is(Replaced).shows(
            "/source/sourceConnectorProperties/Salesforce/object",
            json!("AccountChangeEvent"),
        ),
        Change::of("event_source_name", &format!("{:?}", source_name("other")))
            .is(Replaced)
            .shows("/bus/Name", json!(source_name("other"))),
        Change::of("event_source_name", &format!("{:?}", source_name("cases"))).is(Nothing),
        Change::of("description", r#""Cases of Acme, new ones""#)
            .is(Updated)
            .shows("/flow/description", json!("Cases of Acme, new ones")),
        Change::of("description", r#""New""#)
            .from("description", r#""Old""#)
            .is(Updated)
            .shows("/flow/description", json!("New")),
        Change::of("description", "")
            .from("description", r#""Old""#)
            .is(Updated)
            .shows("/flow/description", Value::Null),
        Change::of("kms_key_arn", &format!("{KEY:?}"))
            .is(Replaced)
            .shows("/flow/kmsArn", json!(KEY)),
        Change::of("enabled", "false").is(Updated).shows("/flow/flowStatus", json!("Suspended")),
        Change::of("enabled", "true")
            .from("enabled", "false")
            .is(Updated)
            .shows("/flow/flowStatus", json!("Active")),
        Change::of("enabled", "")
            .from("enabled", "false")
            .is(Updated)
            .shows("/flow/flowStatus", json!("Active")),
        Change::of("tasks", map_name)
            .is(Updated)
            .shows("/flow/tasks/0/sourceFields", json!(["Name"])),
        Change::of("tasks", "").from("tasks", map_name).is(Nothing),
        Change::of("tasks", map_and_filter).from("tasks", filter_and_map).is(Nothing),
        Change::of("tasks", r#"[{ type = "Map_all" }]"#).is(Nothing),
        Change::of("error_handling", &bucket)
            .is(Updated)
            .shows("/destination/errorHandlingConfig/bucketName", json!(BUCKET))
            .shows("/destination/errorHandlingConfig/bucketPrefix", json!("a")),
        Change::of("error_handling", r#"{ bucket_name = "other-case-errors" }"#)
            .from("error_handling", &bucket)
            .is(Updated)
            .shows("/destination/errorHandlingConfig/bucketName", json!("other-case-errors"))
            .shows("/destination/errorHandlingConfig/bucketPrefix", Value::Null),
        Change::of(
            "error_handling",
            &format!("{{ bucket_name = {BUCKET:?}, bucket_prefix = \"\" }}"),
        )
        .is(Updated)
        .shows("/destination/errorHandlingConfig/bucketName", json!(BUCKET)),
        Change::of("error_handling", "{}").is(Updated),
        Change::of("event_bus", "{}").is(Recorded),
        Change::of("tasks", r#"[{ type = "Map_all", destination_field = "" }]"#).is(Nothing),
        Change::of("error_handling", "{ fail_on_first_destination_error = true }")
            .is(Updated)
            .shows("/destination/errorHandlingConfig/failOnFirstDestinationError", json!(true)),
        Change::of("error_handling", "")
            .from("error_handling", &bucket)
            .is(Updated)
            .shows("/destination/errorHandlingConfig/bucketName", Value::Null),
        Change::of("event_bus", &bus)
            .is(Updated)
            .shows("/bus/Description", json!("Cases"))
            .shows("/bus/KmsKeyIdentifier", json!("alias/cases"))
            .shows("/bus/DeadLetterConfig/Arn", json!(queue))
            .shows("/bus/LogConfig", json!({"Level": "INFO", "IncludeDetail": "FULL"})),
        Change::of("event_bus", r#"{ log_config = { level = "ERROR" } }"#)
            .from("event_bus", &bus)
            .is(Updated)
            .shows("/bus/Description", Value::Null)
            .shows("/bus/LogConfig/Level", json!("ERROR")),
        Change::of("event_bus", "")
            .from("event_bus", &bus)
            .is(Updated)
            .shows("/bus/Description", Value::Null)
            .shows("/bus/KmsKeyIdentifier", Value::Null)
            .shows("/bus/DeadLetterConfig/Arn", Value::Null),
        Change::of("event_bus", "{ adopt = true }").is(Recorded),
        Change::of("force_destroy", "true").is(Recorded),
        Change::of("tags", r#"{ team = "cases", stage = "test" }"#)
            .is(Updated)
            .shows("/flow/tags", json!({"team": "cases", "stage": "test"}))
            .shows("/bus/Tags", json!({"team": "cases", "stage": "test"})),
        Change::of("tags", r#"{ team = "calls" }"#)
            .from("tags", r#"{ team = "cases", stage = "test" }"#)
            .is(Updated)
            .shows("/flow/tags", json!({"team": "calls"}))
            .shows("/bus/Tags", json!({"team": "calls"})),
        Change::of("tags", "")
            .from("tags", r#"{ team = "cases" }"#)
            .is(Updated)
            .shows("/flow/tags", json!({}))
            .shows("/bus/Tags", json!({})),
        Change::of("region", r#""us-east-1""#).is(Nothing),
        Change::of("region", r#""eu-west-1""#).is(ReplacementPlanned),
        Change::of("timeouts", r#"{ update = "1h" }"#).is(Recorded),
        Change::of("name", r#""more@cases""#).is(Refused("", "The event source needs a name")),
    ]);
}

#[test]
fn everything_at_once_comes_and_goes() {
    let world = connected();
    world.write(
        event_flow()
            .with("source_object", r#""AccountChangeEvent""#)
            .with("event_source_name", &format!("{:?}", source_name("by-hand")))
            .with("description", r#""Accounts""#)
            .with("kms_key_arn", &format!("{KEY:?}"))
            .with("enabled", "false")
            .with("tasks", r#"[{ type = "Map", source_fields = ["Name"], destination_field = "Name", operator = "NO_OP" }]"#)
            .with("error_handling", &format!("{{ bucket_name = {BUCKET:?} }}"))
            .with("event_bus", r#"{ description = "Accounts" }"#)
            .with("force_destroy", "true")
            .with("tags", r#"{ team = "accounts" }"#)
            .with("timeouts", r#"{ create = "5m" }"#),
    );
    world.apply();
    world.assert_settled();
    assert_eq!(world.state(ADDRESS)["status"], "Draft");
    assert_eq!(observe(&world)["bus"]["Tags"], json!({"team": "accounts"}));
    world.destroy();
    assert_eq!(world.inventory("event_buses"), [Value::Null; 0]);
}

#[test]
fn aws_may_return_tasks_in_another_order_and_spelling() {
    let world = connected();
    world.switch(json!({"reorder_tasks": true}));
    world.write(event_flow().with(
        "tasks",
        r#"[
    { type = "Filter", source_fields = ["Id"], operator = "PROJECTION" },
    { type = "Map", source_fields = ["Name"], destination_field = "Name", operator = "NO_OP" },
    { type = "Map_all" },
  ]"#,
    ));
    world.apply();
    world.assert_settled();
}

#[test]
fn an_import_of_ours_changes_nothing() {
    let world = connected();
    let full = event_flow()
        .with("description", r#""Cases""#)
        .with("error_handling", &format!("{{ bucket_name = {BUCKET:?} }}"))
        .with("event_bus", r#"{ description = "Cases", log_config = { level = "INFO" } }"#)
        .with("tags", r#"{ team = "cases" }"#);
    world.write(&full);
    world.apply();
    Imports {
        world: &world,
        minimal: full.clone(),
        full: Some(full.with("source_object", r#""CaseChangeEvent""#).with("enabled", "true")),
        ids: vec![
            "cases".into(),
            format!("arn:aws:appflow:us-east-1:{ACCOUNT}:flow/cases"),
            "cases@us-east-1".into(),
        ],
        identity: r#"{ name = "cases", region = "us-east-1" }"#.into(),
    }
    .walk();
}

#[test]
fn an_import_that_differs_from_every_default_needs_only_what_is_required() {
    let world = connected();
    let tasks = r#"[{ type = "Map", source_fields = ["Name"], destination_field = "Name", operator = "NO_OP" }]"#;
    world.write(
        event_flow()
            .with("source_object", r#""AccountChangeEvent""#)
            .with("event_source_name", &format!("{:?}", source_name("by-hand")))
            .with("kms_key_arn", &format!("{KEY:?}"))
            .with("tasks", tasks),
    );
    world.apply();
    Imports {
        world: &world,
        minimal: event_flow(),
        full: None,
        ids: vec!["cases".into()],
        identity: r#"{ name = "cases" }"#.into(),
    }
    .walk();
}

#[test]
fn an_import_from_the_console_changes_nothing() {
    for (switches, wishes) in [
        (json!({}), json!({})),
        (
            json!({"console_filter_task": true, "console_excludes_spelt_out": false}),
            json!({"error_bucket": BUCKET, "kms_key_arn": KEY, "source_suffix": "odd_1.2"}),
        ),
    ] {
        let world = World::new();
        world.switch(switches);
        let mut wish = json!({"instance": "acme", "org": ORG});
        wish.as_object_mut()
            .expect("an object")
            .extend(wishes.as_object().cloned().unwrap_or_default());
        let made = world.admin("POST", "/console", wish.clone());
        let name = made["flow"].as_str().expect("it made a flow").to_owned();
        let minimal = event_flow()
            .with("name", &format!("{name:?}"))
            .with("connection_name", r#""amazon-connect-salesforce-acme""#);
        let minimal = match wish["error_bucket"].as_str() {
            Some(bucket) => {
                minimal.with("error_handling", &format!("{{ bucket_name = {bucket:?} }}"))
            }
            None => minimal,
        };
        Imports {
            world: &world,
            minimal,
            full: None,
            ids: vec![name.clone(), format!("{name}@us-east-1")],
            identity: format!("{{ name = {name:?} }}"),
        }
        .walk();
    }
}

#[test]
fn names_with_an_at_sign_import_with_and_without_a_region() {
    let world = connected();
    let block = event_flow()
        .with("name", r#""cases@acme""#)
        .with("event_source_name", &format!("{:?}", source_name("cases")));
    world.write(&block);
    world.apply();
    Imports {
        world: &world,
        minimal: block.with("event_source_name", ""),
        full: None,
        ids: vec!["cases@acme".into(), "cases@acme@us-east-1".into()],
        identity: r#"{ name = "cases@acme" }"#.into(),
    }
    .walk();
}

#[test]
fn a_flow_of_another_region_is_imported_with_its_region() {
    let world = World::new();
    world.set_secret("access_token", ACCESS_TOKEN);
    world.set_secret("refresh_token", REFRESH_TOKEN);
    let connection = Block::new(
        "connect_salesforce_connection",
        "acme",
        &[
            ("region", r#""eu-west-1""#),
            ("name", r#""salesforce-acme""#),
            ("instance_url", r#""https://acme.my.salesforce.com""#),
            ("access_token_wo", "var.access_token"),
            ("refresh_token_wo", "var.refresh_token"),
            ("credentials_wo_version", "1"),
        ],
    );
    let flow = event_flow()
        .with("region", "connect_salesforce_connection.acme.region")
        .with("connection_name", "connect_salesforce_connection.acme.name");
    world.write(format!("{connection}\n{flow}"));
    world.apply();
    world.assert_settled();
    assert_eq!(world.inventory("flows"), [Value::Null; 0], "nothing is in us-east-1");
    assert_eq!(
        world.state(ADDRESS)["arn"],
        format!("arn:aws:appflow:eu-west-1:{ACCOUNT}:flow/cases")
    );
    Imports {
        world: &world,
        minimal: event_flow().with("region", r#""eu-west-1""#),
        full: None,
        ids: vec![
            "cases@eu-west-1".into(),
            format!("arn:aws:appflow:eu-west-1:{ACCOUNT}:flow/cases"),
        ],
        identity: r#"{ name = "cases", region = "eu-west-1" }"#.into(),
    }
    .walk();
}

#[test]
fn a_flow_that_aws_suspended_is_planned_to_run_again_and_says_why() {
    let world = flowing();
    world.admin(
        "POST",
        "/drift",
        json!({
            "kind": "suspend_flow", "target": "cases", "message": "The refresh token was revoked.",
        }),
    );
    let run = world.plan();
    assert_eq!(run.action(ADDRESS), Some(Action::Update));
    let warning = run.warning("The flow is Suspended, not Active");
    assert!(warning.detail.contains("AWS says: The refresh token was revoked."), "{run}");
    world.apply();
    world.assert_settled();
    assert_eq!(observe(&world)["flow"]["flowStatus"], "Active");
}

#[test]
fn a_flow_that_someone_stopped_is_started_again() {
    let world = flowing();
    world.drift("stop_flow", "cases");
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Update));
    world.assert_settled();
    // A flow that is to be stopped may be stopped by anyone.
    world.write(event_flow().with("enabled", "false"));
    world.drift("stop_flow", "cases");
    world.apply();
    world.assert_settled();
}

#[test]
fn missing_parts_are_named_and_repaired_in_place() {
    let source = source_name("cases");
    for (kind, target, summary) in [
        ("delete_flow", "cases", "The flow is missing"),
        ("delete_bus", source.as_str(), "The event bus is missing"),
        ("delete_source", source.as_str(), "The partner event source is gone"),
        ("expire_source", source.as_str(), "The partner event source is gone"),
        ("deactivate_source", source.as_str(), "The partner event source is not connected"),
    ] {
        let world = flowing();
        world.drift(kind, target);
        let run = world.plan();
        assert_eq!(run.action(ADDRESS), Some(Action::Update), "{kind}");
        run.warning(summary);
        world.apply();
        world.assert_settled();
        let state = world.state(ADDRESS);
        assert_eq!(state["status"], "Active", "{kind}");
        assert_eq!(state["event_source_state"], "ACTIVE", "{kind}");
        assert_eq!(observe(&world)["flow"]["tags"], json!({}), "{kind}");
        world.destroy();
        assert_eq!(world.inventory("event_sources"), [Value::Null; 0], "{kind}");
    }
}

#[test]
fn a_source_that_expires_soon_is_warned_of() {
    let world = connected();
    let twelve_days_ago = std::time::SystemTime::now() - std::time::Duration::from_hours(12 * 24);
    let seconds = twelve_days_ago.duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    world.admin("POST", "/clock", json!({"freeze_at": seconds.as_secs_f64()}));
    world.write(event_flow());
    world.apply();
    world.drift("delete_bus", &source_name("cases"));
    world.plan().warning("The partner event source expires soon");
    world.apply();
    assert!(world.plan().warnings().is_empty());
}

#[test]
fn without_flow_and_bus_the_resource_is_gone() {
    let world = flowing();
    world.drift("delete_flow", "cases");
    world.drift("delete_bus", &source_name("cases"));
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Create));
    world.assert_settled();
}

#[test]
fn edits_by_hand_are_undone() {
    let world = flowing();
    let source = source_name("cases");
    world.edit("edit_flow", "cases", json!({"description": "By hand", "tags": {"by": "hand"}}));
    world.edit("edit_bus", &source, json!({"Description": "By hand"}));
    assert_eq!(world.apply().action(ADDRESS), Some(Action::Update));
    world.assert_settled();
    let seen = observe(&world);
    assert_eq!(seen["flow"]["description"], Value::Null);
    assert_eq!(seen["flow"]["tags"], json!({}));
    assert_eq!(seen["bus"]["Description"], Value::Null);
}

#[test]
fn tags_of_the_bus_are_repaired_and_those_of_others_stay() {
    let world = connected();
    world.write(event_flow().with("tags", r#"{ team = "cases" }"#));
    world.apply();
    let source = source_name("cases");
    world.edit("edit_bus", &source, json!({"tags": {"team": "calls", "owner": "someone"}}));
    world.write(event_flow().with("tags", r#"{ team = "cases", stage = "test" }"#));
    world.apply();
    world.assert_settled();
    assert_eq!(
        world.aws().bus(&source)["Tags"],
        json!({"team": "cases", "stage": "test", "owner": "someone"})
    );
}

#[test]
fn a_slow_event_source_is_waited_for() {
    let world = connected();
    world.switch(json!({
        "event_source_delay_reads": 2, "event_source_activation_reads": 2, "bus_has_rules_reads": 1,
    }));
    world.write(event_flow());
    world.apply();
    world.assert_settled();
    world.destroy();
}

#[test]
fn a_bus_left_behind_is_taken_over_only_when_asked_to() {
    let world = connected();
    let source = world.aws().make_event_source("cases", "salesforce-acme");
    // "Remove connection" and a deleted flow leave the bus behind; a new flow revives its source.
    world.drift("delete_flow", "cases");
    world.write(event_flow());
    let errors = world.apply_errors();
    assert!(errors[0].detail.contains("event_bus = { adopt = true }"), "{errors:#?}");
    world.write(event_flow().with("event_bus", "{ adopt = true }"));
    world.apply();
    world.assert_settled();
    world.destroy();
    assert_eq!(world.inventory("event_buses").len(), 1, "it was there before us");
    assert_eq!(world.aws().bus(&source)["Name"], source);
}

#[test]
fn a_bus_with_rules_of_others_is_not_deleted_unforced() {
    let world = flowing();
    let source = source_name("cases");
    world.aws().events(
        "PutRule",
        json!({
            "Name": "audit", "EventBusName": source,
            "EventPattern": json!({"source": [source]}).to_string(),
        }),
    );
    let errors = world.try_destroy().into_errors();
    assert!(errors[0].detail.contains("has rules: audit"), "{errors:#?}");
    assert_eq!(world.inventory("flows").len(), 1, "nothing is deleted half");
    world.write(event_flow().with("force_destroy", "true"));
    world.apply();
    world.destroy();
    assert_eq!(world.inventory("event_buses"), [Value::Null; 0]);
}

#[test]
fn connects_own_rule_is_never_forced() {
    let world = connected();
    world.write(event_flow().with("force_destroy", "true"));
    world.apply();
    world.aws().make_association(crate::harness::INSTANCE, "cases", &source_name("cases"));
    let errors = world.try_destroy().into_errors();
    assert!(errors[0].detail.contains("replace_triggered_by"), "{errors:#?}");
    assert_eq!(world.inventory("flows").len(), 1);
}
