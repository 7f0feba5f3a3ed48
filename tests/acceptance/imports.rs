//! Import is a promise: whoever made an object, and however odd it is, its import plans nothing.
//!
//! Here are whole chains and what is unusual; what is special to one resource is in its own file.

use serde_json::{Value, json};

use crate::chain::CHAIN;
use crate::harness::{
    ACCESS_TOKEN, ACCOUNT, Action, BUCKET, Block, CODES, CONTACT_FLOW, INSTANCE, Imports, ORG,
    OTHER_CONTACT_FLOW, OTHER_INSTANCE, REFRESH_TOKEN, SANDBOX, World, core_version, source_name,
};

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd";
const QUEUE: &str = "arn:aws:sqs:us-east-1:111122223333:lost-cases";
const PATH: &str = "$.ThirdParty.Salesforce.CaseCreate";

/// An object with the spellings that follow from its natural key and ARN.
fn object<'a>(
    world: &'a World,
    block: Block,
    key: &str,
    arn: String,
    identity: &str,
) -> Imports<'a> {
    Imports {
        world,
        minimal: block,
        full: None,
        ids: vec![key.to_owned(), arn, format!("{key}@us-east-1")],
        identity: format!("{{ {identity} }}"),
    }
}

fn connection<'a>(
    world: &'a World,
    label: &'static str,
    name: &str,
    arguments: &[(&str, &str)],
) -> Imports<'a> {
    let block = Block::new("connect_salesforce_connection", label, arguments);
    let arn = format!("arn:aws:appflow:us-east-1:{ACCOUNT}:connectorprofile/{name}");
    let block = block.with("name", &format!("{name:?}"));
    object(world, block, name, arn, &format!("name = {name:?}"))
}

fn flow<'a>(
    world: &'a World,
    label: &'static str,
    name: &str,
    arguments: &[(&str, &str)],
) -> Imports<'a> {
    let block = Block::new("connect_salesforce_event_flow", label, arguments);
    let block = block.with("name", &format!("{name:?}"));
    let arn = format!("arn:aws:appflow:us-east-1:{ACCOUNT}:flow/{name}");
    object(world, block, name, arn, &format!("name = {name:?}, region = \"us-east-1\""))
}

fn integration<'a>(
    world: &'a World,
    label: &'static str,
    (instance, id): (&str, &str),
    arguments: &[(&str, &str)],
) -> Imports<'a> {
    let block = Block::new("connect_salesforce_app_integration", label, arguments);
    let block = block.with("instance_id", &format!("{instance:?}"));
    let arn = format!(
        "arn:aws:connect:us-east-1:{ACCOUNT}:instance/{instance}/integration-association/{id}"
    );
    let identity = format!("instance_id = {instance:?}, integration_association_id = {id:?}");
    object(world, block, &format!("{instance},{id}"), arn, &identity)
}

fn rule<'a>(
    world: &'a World,
    label: &'static str,
    id: &str,
    arguments: &[(&str, &str)],
) -> Imports<'a> {
    let block = Block::new("connect_salesforce_case_rule", label, arguments);
    let block = block.with("instance_id", &format!("{INSTANCE:?}"));
    let arn = format!("arn:aws:connect:us-east-1:{ACCOUNT}:instance/{INSTANCE}/rule/{id}");
    let identity =
        format!("instance_id = {INSTANCE:?}, rule_id = {id:?}, account_id = {ACCOUNT:?}");
    object(world, block, &format!("{INSTANCE},{id}"), arn, &identity)
}

fn comparison(field: &str, operator: &str, value: &str, negate: bool) -> Value {
    json!({
        "Operator": operator, "Operands": [value],
        "ComparisonValue": format!("{PATH}.{field}"), "Negate": negate,
    })
}

fn function(operator: &str, operands: Value) -> String {
    let function = json!({
        "Version": "2022-11-25", "RuleFunction": {"Operator": operator, "Operands": operands},
    });
    function.to_string()
}

fn task(name: &str) -> Value {
    json!([{"ActionType": "CREATE_TASK", "TaskAction": {
        "Name": name, "ContactFlowId": CONTACT_FLOW,
    }}])
}

#[test]
fn what_the_console_made_is_imported_as_it_is() {
    let spare = (json!({}), json!({}), [""; 2]);
    let rich = (
        json!({
            "console_filter_task": true, "console_excludes_spelt_out": false,
            "reorder_tasks": true, "console_source_suffix": "connect-{sub}_1",
            "console_event_integration_name": "Salesforce/{sub}.1",
        }),
        json!({
            "error_bucket": BUCKET, "kms_key_arn": KEY, "tags": {"team": "cases", "cost:at": "1"},
            "extra_tasks": [{
                "taskType": "Map", "sourceFields": ["Subject"], "destinationField": "Subject",
                "connectorOperator": {"Salesforce": "NO_OP"},
                "taskProperties": {"SOURCE_DATA_TYPE": "string"},
            }],
        }),
        [r#"{ bucket_name = "acme-case-errors" }"#, r#"{ team = "cases", "cost:at" = "1" }"#],
    );
    for (switches, wishes, [error_handling, tags]) in [spare, rich] {
        let world = World::new();
        world.switch(switches);
        let operands = json!([comparison("Priority", "EQUALS", "High", false)]);
        let mut wish = json!({
            "instance": "acme", "org": ORG,
            "rule": {
                "Name": "by-hand", "Function": function("OR", operands), "PublishStatus": "DRAFT",
                "Actions": task("Case"),
            },
        });
        let all = wish.as_object_mut().expect("an object");
        all.extend(wishes.as_object().cloned().unwrap_or_default());
        let made = world.admin("POST", "/console", wish);
        let text = |name: &str| made[name].as_str().expect("it made one");
        let association = text("integration_association_id");
        Imports::walk_all(&[
            connection(
                &world,
                "acme",
                text("connector_profile"),
                &[("instance_url", r#""https://acme.my.salesforce.com""#)],
            ),
            flow(
                &world,
                "cases",
                text("flow"),
                &[
                    ("connection_name", r#""amazon-connect-salesforce-acme""#),
                    ("error_handling", error_handling),
                    ("tags", tags),
                ],
            ),
            integration(
                &world,
                "acme",
                (INSTANCE, association),
                &[
                    ("name", r#""Salesforce acme""#),
                    ("application_url", r#""https://acme.my.salesforce.com""#),
                    ("event_source_name", &made["event_source"].to_string()),
                    ("tags", tags),
                ],
            ),
            rule(
                &world,
                "by_hand",
                text("rule_id"),
                &[
                    ("integration_association_id", &format!("{association:?}")),
                    ("name", r#""by-hand""#),
                    ("conditions", r#"[{ field = "Priority", value = "High" }]"#),
                    ("task", &format!("{{ name = \"Case\", contact_flow_id = {CONTACT_FLOW:?} }}")),
                ],
            ),
        ]);
    }
}

/// Lists are found by `terraform query`, from Terraform 1.14 on.
#[test]
fn what_a_query_finds_is_imported_as_it_is_by_a_role_that_may_only_read() {
    if core_version() < (1, 14) {
        return;
    }
    let world = World::new();
    make_odd_connections(&world);
    let association = world.aws().make_chain(INSTANCE);
    make_odd_flow(&world);
    make_odd_rules(&world, &association.id);
    let kinds = ["connection", "event_flow", "app_integration", "case_rule"];
    let list =
        |kind| format!("list \"connect_salesforce_{kind}\" \"all\" {{\n  provider = connect\n}}\n");
    world.write_file("all.tfquery.hcl", &kinds.map(list).concat());
    world.deny_writes();
    let option = "-generate-config-out=found.tf";
    world.terraform(&["query", "-json", option]).assert_success();
    let run = world.plan();
    assert_eq!(run.imports.len(), 3 + 2 + 1 + 3, "{run}");
    assert!(run.changes.is_empty(), "an import must change nothing:\n{}", world.planned());
    world.apply();
    world.assert_settled();
}

#[test]
fn what_we_made_is_imported_as_it_is() {
    let world = World::new();
    world.set_secret("code", CODES[0]);
    world.write(CHAIN);
    world.apply();
    world.unset_secret("code");
    let made = |address: &str, name: &str| {
        world.state(address)[name].as_str().expect("it has one").to_owned()
    };
    let association = made("connect_salesforce_app_integration.acme", "integration_association_id");
    let rule_id = made("connect_salesforce_case_rule.urgent", "rule_id");
    Imports::walk_all(&[
        connection(
            &world,
            "acme",
            "salesforce-acme",
            &[("instance_url", r#""https://acme.my.salesforce.com""#)],
        ),
        flow(&world, "cases", "cases", &[("connection_name", r#""salesforce-acme""#)]),
        integration(
            &world,
            "acme",
            (INSTANCE, &association),
            &[
                ("name", r#""Salesforce - Acme""#),
                ("application_url", r#""https://acme.my.salesforce.com""#),
                ("event_source_name", &format!("{:?}", source_name("cases"))),
            ],
        ),
        rule(
            &world,
            "urgent",
            &rule_id,
            &[
                ("integration_association_id", &format!("{association:?}")),
                ("name", r#""urgent-cases""#),
                ("conditions", r#"[{ field = "Priority", value = "High" }]"#),
                ("task", &format!("{{ name = \"Case\", contact_flow_id = {CONTACT_FLOW:?} }}")),
            ],
        ),
    ]);
}

/// A private connection to a sandbox, and one whose URL we would warn of: neither is what we make
/// by default.
fn make_odd_connections(world: &World) {
    for (name, mode, properties) in [
        (
            "sandbox/#1",
            "Private",
            json!({
                "instanceUrl": format!("https://{SANDBOX}/"), "isSandboxEnvironment": true,
                "usePrivateLinkForMetadataAndAuthorization": true,
            }),
        ),
        ("legacy=@acme", "Public", json!({"instanceUrl": format!("http://{ORG}")})),
    ] {
        world.aws().appflow(
            "create-connector-profile",
            json!({
                "connectorProfileName": name, "connectorType": "Salesforce",
                "connectionMode": mode, "kmsArn": KEY,
                "connectorProfileConfig": {
                    "connectorProfileProperties": {"Salesforce": properties},
                    "connectorProfileCredentials": {"Salesforce": {
                        "accessToken": ACCESS_TOKEN, "refreshToken": REFRESH_TOKEN,
                    }},
                },
            }),
        );
    }
}

#[test]
fn connections_that_differ_from_every_default_need_only_what_is_required() {
    let world = World::new();
    make_odd_connections(&world);
    Imports::walk_all(&[
        connection(
            &world,
            "sandbox",
            "sandbox/#1",
            &[
                ("instance_url", &format!("\"https://{SANDBOX}/\"")),
                ("use_private_link_for_metadata_and_authorization", "true"),
            ],
        ),
        connection(
            &world,
            "legacy",
            "legacy=@acme",
            &[("instance_url", &format!("\"http://{ORG}\""))],
        ),
    ]);
}

/// A flow with every option that AppFlow has, whose bus has every setting; it does not run.
fn make_odd_flow(world: &World) {
    let source = source_name("odd_1.2");
    world.aws().appflow(
        "create-flow",
        json!({
            "flowName": "odd@acme#1", "description": "Cases, by hand!", "kmsArn": KEY,
            "triggerConfig": {"triggerType": "Event"},
            "sourceFlowConfig": {
                "connectorType": "Salesforce", "connectorProfileName": "salesforce-acme",
                "apiVersion": "58.0",
                "sourceConnectorProperties": {"Salesforce": {
                    "object": "AccountChangeEvent", "enableDynamicFieldUpdate": true,
                    "includeDeletedRecords": true, "dataTransferApi": "REST_SYNC",
                }},
            },
            "destinationFlowConfigList": [{
                "connectorType": "EventBridge", "apiVersion": "1.0",
                "destinationConnectorProperties": {"EventBridge": {
                    "object": source,
                    "errorHandlingConfig": {
                        "failOnFirstDestinationError": true, "bucketName": BUCKET,
                        "bucketPrefix": "cases/lost",
                    },
                }},
            }],
            "tasks": [
                {
                    "taskType": "Filter", "sourceFields": ["Id", "Name"],
                    "connectorOperator": {"Salesforce": "PROJECTION"}, "taskProperties": {},
                },
                {
                    "taskType": "Map", "sourceFields": ["Id"], "destinationField": "Id",
                    "connectorOperator": {"Salesforce": "NO_OP"},
                    "taskProperties": {"SOURCE_DATA_TYPE": "id", "DESTINATION_DATA_TYPE": "string"},
                },
                {
                    "taskType": "Mask", "sourceFields": ["Name"], "destinationField": "Name",
                    "connectorOperator": {"Salesforce": "MASK_LAST_N"},
                    "taskProperties": {"MASK_LENGTH": "4", "MASK_VALUE": "*"},
                },
            ],
            "metadataCatalogConfig": {"glueDataCatalog": {
                "databaseName": "cases", "tablePrefix": "sf",
                "roleArn": "arn:aws:iam::111122223333:role/catalog",
            }},
        }),
    );
    world.edit(
        "edit_flow",
        "odd@acme#1",
        json!({"tags": {"aws:cloudformation:stack-name": "s", "owner": "someone"}}),
    );
    world.aws().events(
        "CreateEventBus",
        json!({
            "Name": source, "EventSourceName": source, "Description": "Cases: by hand",
            "KmsKeyIdentifier": KEY, "DeadLetterConfig": {"Arn": QUEUE},
            "LogConfig": {"Level": "TRACE", "IncludeDetail": "FULL"},
            "Tags": [{"Key": "owner", "Value": "someone else"}],
        }),
    );
}

/// A flow and its bus as the resources of `hashicorp/aws` make them.
fn make_flow_of_aws_provider(world: &World) {
    let source = source_name("aws");
    world.aws().appflow(
        "create-flow",
        json!({
            "flowName": "aws", "triggerConfig": {"triggerType": "Event"},
            "sourceFlowConfig": {
                "connectorType": "Salesforce", "connectorProfileName": "salesforce-acme",
                "sourceConnectorProperties": {"Salesforce": {
                    "object": "CaseChangeEvent", "enableDynamicFieldUpdate": false,
                    "includeDeletedRecords": false,
                }},
            },
            "destinationFlowConfigList": [{
                "connectorType": "EventBridge",
                "destinationConnectorProperties": {"EventBridge": {"object": source}},
            }],
            "tasks": [{
                "taskType": "Map_all", "sourceFields": [],
                "connectorOperator": {"Salesforce": "NO_OP"}, "taskProperties": {},
            }],
            "tags": {"team": "cases"},
        }),
    );
    world.aws().events(
        "CreateEventBus",
        json!({
            "Name": source, "EventSourceName": source,
            "LogConfig": {"Level": "OFF", "IncludeDetail": "NONE"},
            "Tags": [{"Key": "team", "Value": "cases"}],
        }),
    );
    world.aws().appflow("start-flow", json!({"flowName": "aws"}));
}

#[test]
fn flows_of_others_are_imported_and_keep_what_we_do_not_model() {
    let world = World::new();
    world.switch(json!({"reorder_tasks": true, "flow_shows_default_key": true}));
    world.aws().make_connection("salesforce-acme", ORG);
    make_odd_flow(&world);
    make_flow_of_aws_provider(&world);
    let odd = [
        ("connection_name", r#""salesforce-acme""#),
        ("description", r#""Cases, by hand!""#),
        ("enabled", "false"),
        (
            "error_handling",
            &format!(
                "{{ bucket_name = {BUCKET:?}, bucket_prefix = \"cases/lost\", \
                 fail_on_first_destination_error = true }}"
            ),
        ),
        (
            "event_bus",
            &format!(
                "{{ description = \"Cases: by hand\", kms_key_identifier = {KEY:?}, \
                 dead_letter_arn = {QUEUE:?}, log_config = {{ level = \"TRACE\", \
                 include_detail = \"FULL\" }} }}"
            ),
        ),
        ("tags", r#"{ owner = "someone" }"#),
    ];
    let imports = [
        flow(&world, "odd", "odd@acme#1", &odd),
        flow(
            &world,
            "aws",
            "aws",
            &[("connection_name", r#""salesforce-acme""#), ("tags", r#"{ team = "cases" }"#)],
        ),
    ];
    Imports::walk_all(&imports);

    let before = world.aws().flow("odd@acme#1");
    let block = &imports[0].minimal;
    let import = "import {\n  to = connect_salesforce_event_flow.odd\n  id = \"odd@acme#1\"\n}\n";
    world.write(format!("{import}{}", block.clone().with("description", r#""Cases""#)));
    assert_eq!(world.apply().action(&block.address()), Some(Action::Update));
    let after = world.aws().flow("odd@acme#1");
    assert_eq!(after["description"], "Cases");
    for member in [
        "sourceFlowConfig",
        "destinationFlowConfigList",
        "metadataCatalogConfig",
        "triggerConfig",
        "tasks",
        "tags",
        "flowStatus",
    ] {
        assert_eq!(after[member], before[member], "{member} must stay as it was");
    }
}

#[test]
fn integrations_of_others_are_imported_as_they_are() {
    let world = World::new();
    world.aws().make_connection("salesforce-acme", ORG);
    let source = world.aws().make_event_source("cases", "salesforce-acme");
    world.aws().events("CreateEventBus", json!({"Name": "by-hand"}));
    let event_integration = json!({
        "Name": "acme/cases.v1", "Description": "Made by hand",
        "EventFilter": {"Source": source}, "EventBridgeBus": "by-hand",
        "Tags": {"team": "cases"},
    });
    let made =
        world.aws().rest("app-integrations", "POST", "/eventIntegrations", event_integration);
    let arn = made["EventIntegrationArn"].as_str().expect("it has one");
    let associate = |instance: &str, use_cases: &[&str]| {
        let request = json!({
            "IntegrationType": "EVENT", "IntegrationArn": arn, "SourceType": "SALESFORCE",
            "SourceApplicationName": "By hand", "SourceApplicationUrl": "http://acme.example/x?y=1",
            "Tags": {"owner": "someone"},
        });
        let path = format!("/instance/{instance}/integration-associations");
        let made = world.aws().rest("connect", "PUT", &path, request);
        let id = made["IntegrationAssociationId"].as_str().expect("it has one").to_owned();
        for kind in use_cases {
            let path = format!("{path}/{id}/use-cases");
            world.aws().rest("connect", "PUT", &path, json!({"UseCaseType": kind}));
        }
        id
    };
    let without = associate(INSTANCE, &[]);
    let with_more = associate(OTHER_INSTANCE, &["RULES_EVALUATION", "CONNECT_CAMPAIGNS"]);
    let arguments = [
        ("name", r#""By hand""#),
        ("application_url", r#""http://acme.example/x?y=1""#),
        ("event_source_name", &format!("{source:?}")),
        ("event_integration_description", r#""Made by hand""#),
        ("tags", r#"{ owner = "someone" }"#),
    ];
    let other = r#"["RULES_EVALUATION", "CONNECT_CAMPAIGNS"]"#;
    let with = |use_cases| [&arguments[..], &[("use_cases", use_cases)]].concat();
    Imports::walk_all(&[
        integration(&world, "without", (INSTANCE, &without), &with("[]")),
        integration(&world, "with_more", (OTHER_INSTANCE, &with_more), &with(other)),
    ]);
}

/// Rules by their name: what the function is, and the rest of them.
fn make_odd_rules(world: &World, association: &str) -> Vec<String> {
    let nested = json!([
        comparison("Priority", "EQUALS", "High", true),
        {"Operator": "OR", "Operands": [
            comparison("Subject", "CONTAINS", "\"refund\" \u{20ac}", true),
            comparison("CustomAttribute.Tier__c", "EQUALS", "", false),
            {"Operator": "AND", "Operands": []},
        ]},
    ]);
    let twice = json!([
        comparison("CustomAttribute.Tier__c", "EQUALS", "gold", true),
        comparison("CustomAttribute.Tier__c", "EQUALS", "gold", false),
        comparison("Subject", "CONTAINS", "refund", true),
    ]);
    let actions = json!([
        {"ActionType": "ASSIGN_CONTACT_CATEGORY", "AssignContactCategoryAction": {}},
        {"ActionType": "CREATE_TASK", "TaskAction": {
            "Name": format!("Case {PATH}.CaseNumber"), "Description": "",
            "ContactFlowId": OTHER_CONTACT_FLOW,
            "References": {
                "Case": {"Type": "URL", "Value": "/case"},
                "Org, see": {"Type": "URL", "Value": "https://acme.example"},
            },
        }},
    ]);
    [
        ("nested", function("AND", nested), task("Case"), "PUBLISHED"),
        ("twice", function("OR", twice), actions, "DRAFT"),
        ("future", function("AND", json!([])), task("Case"), "PUBLISHED"),
    ]
    .map(|(name, function, actions, status)| {
        let request = json!({
            "Name": name, "Function": function, "Actions": actions, "PublishStatus": status,
            "TriggerEventSource": {
                "EventSourceName": "OnSalesforceCaseCreate",
                "IntegrationAssociationId": association,
            },
        });
        let made = world.aws().rest("connect", "POST", &format!("/rules/{INSTANCE}"), request);
        made["RuleId"].as_str().expect("it has one").to_owned()
    })
    .into()
}

#[test]
fn rules_of_others_are_imported_as_they_are() {
    let world = World::new();
    let association = world.aws().make_chain(INSTANCE);
    let ids = make_odd_rules(&world, &association.id);
    // A field and an operator that this version does not know.
    let future = function("AND", json!([comparison("Escalation", "STARTS_WITH", "1", false)]));
    world.edit("edit_rule", &ids[2], json!({"Function": future, "tags": {"aws:x": "y"}}));
    let association = format!("{:?}", association.id);
    let task = format!("{{ name = \"Case\", contact_flow_id = {CONTACT_FLOW:?} }}");
    // As a person would write it: other spaces, and without the defaults.
    let nested = format!(
        r#"jsonencode({{ Version = "2022-11-25", RuleFunction = {{ Operator = "AND", Operands = [
          {{ Operator = "EQUALS", Operands = ["High"], ComparisonValue = "{PATH}.Priority", Negate = true }},
          {{ Operator = "OR", Operands = [
            {{ Operator = "CONTAINS", Operands = ["\"refund\" €"], ComparisonValue = "{PATH}.Subject", Negate = true }},
            {{ Operator = "EQUALS", Operands = [""], ComparisonValue = "{PATH}.CustomAttribute.Tier__c" }},
            {{ Operator = "AND", Operands = [] }},
          ] }},
        ] }} }})"#
    );
    let of = |name: &'static str, id: &str, arguments: [(&str, &str); 2]| {
        let name_argument = format!("{name:?}");
        let common =
            [("integration_association_id", association.as_str()), ("name", &name_argument)];
        rule(&world, name, id, &[&common[..], &arguments[..]].concat())
    };
    Imports::walk_all(&[
        of("nested", &ids[0], [("function", &nested), ("task", &task)]),
        of(
            "twice",
            &ids[1],
            [
                (
                    "conditions",
                    r#"[
                      { custom_attribute = "Tier__c", value = "gold" },
                      { custom_attribute = "Tier__c", value = "gold" },
                      { field = "Subject", value = "refund" },
                    ]"#,
                ),
                (
                    "task",
                    &format!(
                        "{{ name = \"Case {PATH}.CaseNumber\", contact_flow_id = \
                         {OTHER_CONTACT_FLOW:?}, references = {{ Case = \"/case\", \
                         \"Org, see\" = \"https://acme.example\" }} }}"
                    ),
                ),
            ],
        ),
        of("future", &ids[2], [("function", &format!("{future:?}")), ("task", &task)]),
    ]);
}

#[test]
fn a_function_that_is_new_must_be_in_the_language() {
    let world = World::new();
    let association = world.aws().make_chain(INSTANCE);
    let future = function("AND", json!([comparison("Escalation", "STARTS_WITH", "1", false)]));
    let task = format!("{{ name = \"Case\", contact_flow_id = {CONTACT_FLOW:?} }}");
    let new = rule(
        &world,
        "new",
        "none",
        &[
            ("integration_association_id", &format!("{:?}", association.id)),
            ("name", r#""new""#),
            ("function", &format!("{future:?}")),
            ("task", &task),
        ],
    );
    world.write(&new.minimal);
    let errors = world.plan_errors();
    assert_eq!(errors[0].argument(), "function");
    assert!(errors[0].detail.contains("`STARTS_WITH` is not one of"), "{errors:#?}");
}
