//! What goes wrong is said at the argument, with what to do.

use serde_json::{Value, json};

use crate::chain;
use crate::harness::{
    Action, Block, CODES, CONTACT_FLOW, Diagnostic, INSTANCE, ORG, OTHER_INSTANCE, World,
    core_version, source_name,
};

const REDIRECT: &str = r#""https://us-east-1.console.aws.amazon.com/appflow/oauth""#;

fn connection() -> Block {
    Block::new(
        "connect_salesforce_connection",
        "this",
        &[
            ("name", r#""salesforce-acme""#),
            ("instance_url", r#""https://acme.my.salesforce.com""#),
            ("authorization_code_wo", "var.code"),
            ("redirect_uri", REDIRECT),
            ("credentials_wo_version", "1"),
        ],
    )
}

fn event_flow() -> Block {
    Block::new(
        "connect_salesforce_event_flow",
        "this",
        &[("name", r#""cases""#), ("connection_name", r#""salesforce-acme""#)],
    )
}

fn app_integration() -> Block {
    Block::new(
        "connect_salesforce_app_integration",
        "this",
        &[
            ("instance_id", &format!("{INSTANCE:?}")),
            ("name", r#""cases""#),
            ("application_url", r#""https://acme.lightning.force.com""#),
            ("event_source_name", &format!("{:?}", source_name("cases"))),
        ],
    )
}

fn case_rule() -> Block {
    Block::new(
        "connect_salesforce_case_rule",
        "this",
        &[
            ("instance_id", &format!("{INSTANCE:?}")),
            ("integration_association_id", r#""99999999-2222-4333-8444-555555555555""#),
            ("name", r#""urgent-cases""#),
            ("conditions", r#"[{ field = "Priority", value = "High" }]"#),
            ("task", &format!("{{ name = \"Case\", contact_flow_id = {CONTACT_FLOW:?} }}")),
        ],
    )
}

#[test]
fn what_exists_already_comes_with_an_import_block_that_works() {
    let world = World::new();
    world.aws().make_connection("salesforce-acme", ORG);
    world.set_secret("code", CODES[0]);
    assert_import_block_works(&world, &connection(), &[]);
    world.unset_secret("code");

    let world = World::new();
    world.aws().make_connection("salesforce-acme", ORG);
    world.aws().make_event_source("cases", "salesforce-acme");
    assert_import_block_works(&world, &event_flow(), &["appflow:CreateFlow"]);

    let world = World::new();
    let association = world.aws().make_chain(INSTANCE);
    let integration = app_integration()
        .with("event_integration_arn", &format!("{:?}", association.event_integration_arn));
    assert_import_block_works(&world, &integration, &["connect:CreateIntegrationAssociation"]);

    let world = World::new();
    let association = world.aws().make_chain(INSTANCE);
    let rule = case_rule().with("integration_association_id", &format!("{:?}", association.id));
    world.write(rule.clone().with("conditions", r#"[{ field = "Origin", value = "Web" }]"#));
    world.apply();
    world.forget_state();
    assert_import_block_works(&world, &rule, &["connect:CreateRule"]);
}

/// Applies the block, which must fail after these writes, of which AWS refuses the last; pastes the
/// import block of the error, and applies again.
#[track_caller]
fn assert_import_block_works(world: &World, block: &Block, writes: &[&str]) {
    world.write(block);
    let before = world.latest_request();
    let errors = world.apply_errors();
    assert!(errors[0].summary.starts_with("creating "), "{errors:#?}");
    let import = errors[0].import_block("this");
    assert_eq!(world.writes_since(before), writes, "nothing is tried after the refusal");
    world.write(format!("{import}\n{block}"));
    let run = world.apply();
    assert_eq!(run.imports, [block.address()]);
    world.assert_settled();
}

#[test]
fn an_event_integration_of_the_same_name_can_be_used_instead() {
    let world = World::new();
    let association = world.aws().make_chain(OTHER_INSTANCE);
    world.write(app_integration().with("event_integration_name", r#""cases""#));
    let errors = world.apply_errors();
    assert_eq!(errors[0].argument(), "event_integration_name");
    assert!(errors[0].detail.contains(&association.event_integration_arn), "{errors:#?}");
}

#[test]
fn an_org_without_change_data_capture_is_told_where_to_switch_it_on() {
    let world = World::new();
    world.aws().make_connection("salesforce-acme", ORG);
    world.drift("disable_cdc", ORG);
    world.write(event_flow().with("source_object", r#""CaseChangeEvent""#));
    let errors = world.apply_errors();
    assert_eq!(errors[0].argument(), "source_object");
    for words in ["tick Case", "Change Data Capture", "Nothing was created."] {
        assert!(errors[0].detail.contains(words), "{words}: {errors:#?}");
    }
    assert_eq!(world.inventory("flows"), [Value::Null; 0]);
    world.drift("enable_cdc", ORG);
    world.apply();
    world.assert_settled();
}

#[test]
fn a_used_authorization_code_is_explained() {
    let world = World::new();
    world.set_secret("code", CODES[0]);
    world.write(connection());
    world.apply();
    world.write(connection().with("credentials_wo_version", "2"));
    let errors = world.apply_errors();
    assert!(errors[0].detail.contains("expired authorization code"), "{errors:#?}");
    assert!(errors[0].detail.contains("work once"), "{errors:#?}");
    assert_eq!(errors[0].argument(), "authorization_code_wo");
    world.set_secret("code", CODES[1]);
    world.apply();
    world.assert_settled();

    world.write(
        connection().to_string().replace("\"this\"", "\"second\"").replace("-acme\"", "-two\""),
    );
    world.forget_state();
    let errors = world.apply_errors();
    assert!(errors[0].detail.contains("work once"), "{errors:#?}");
    assert!(errors[0].detail.contains("Nothing was created."), "{errors:#?}");
    assert_eq!(world.inventory("connector_profiles").len(), 1);
}

#[test]
fn a_new_connection_without_credentials_is_refused_at_plan() {
    let world = World::new();
    world.write(connection());
    let errors = world.plan_errors();
    assert_eq!(errors[0].summary, "A new connection needs credentials");
    assert_eq!(errors[0].argument(), "authorization_code_wo");
    assert!(errors[0].detail.contains("import it"), "{errors:#?}");
    world.write(
        connection().with("oauth_grant_type", r#""JWT_BEARER""#).with("authorization_code_wo", ""),
    );
    let errors = world.plan_errors();
    assert!(errors[0].detail.contains("Set `jwt_token_wo`"), "{errors:#?}");
}

#[test]
fn a_connection_in_use_names_its_users() {
    let world = World::new();
    world.set_secret("code", CODES[0]);
    world.write(connection());
    world.apply();
    world.aws().make_flow("cases", "salesforce-acme");
    let errors = world.try_destroy().into_errors();
    assert!(errors[0].detail.contains("cases"), "{errors:#?}");
    assert_eq!(world.inventory("connector_profiles").len(), 1);
}

#[test]
fn a_denied_read_of_the_object_itself_is_an_error_and_keeps_the_state() {
    let world = World::new();
    world.aws().make_connection("salesforce-acme", ORG);
    world.write(event_flow());
    world.apply();
    world.admin("PUT", "/deny", json!({"actions": ["appflow:DescribeFlow"]}));
    let errors = world.plan_errors();
    assert!(errors[0].detail.contains("appflow:DescribeFlow"), "{errors:#?}");
    assert!(world.find_in_state("connect_salesforce_event_flow.this").is_some());
    world.admin("PUT", "/deny", json!({"actions": []}));
    world.assert_settled();
}

/// Bad values, one for each constraint: resource, argument, value, and the constraint in words.
type BadValue = (fn() -> Block, &'static str, &'static str, &'static str);

const BAD_VALUES: &[BadValue] = &[
    (connection, "name", r#""""#, "1 to 256 characters"),
    (connection, "name", r#"join("", [for i in range(257) : "n"])"#, "1 to 256 characters"),
    (connection, "name", r#""a b""#, "letters, digits and `_/!@#+=.-`"),
    (connection, "instance_url", r#""""#, "1 to 256 characters"),
    (connection, "instance_url", r#""https://acme.my.salesforce.com/a b""#, "blanks"),
    (connection, "connection_mode", r#""public""#, "`Public` or `Private`"),
    (
        connection,
        "use_private_link_for_metadata_and_authorization",
        "true",
        "connection_mode = \"Private\"",
    ),
    (connection, "kms_key_arn", r#""alias/key-of-connect""#, "ARN of a KMS key"),
    (connection, "oauth_grant_type", r#""CLIENT_CREDENTIALS""#, "does not support"),
    (connection, "oauth_grant_type", r#""PASSWORD""#, "`AUTHORIZATION_CODE` or `JWT_BEARER`"),
    (connection, "client_credentials_arn", r#""arn:aws:s3:::some-bucket""#, "Secrets Manager"),
    (connection, "redirect_uri", r#""a b""#, "blanks"),
    (connection, "authorization_code_wo", r#""a b""#, "blanks"),
    (connection, "code_verifier_wo", r#""short""#, "43 to 128 characters"),
    (connection, "access_token_wo", r#""a b""#, "blanks"),
    (connection, "refresh_token_wo", r#""a b""#, "blanks"),
    (connection, "jwt_token_wo", r#""not-a-jwt""#, "not a signed JWT"),
    (connection, "credentials_wo_version", "-1", "whole number"),
    (connection, "credentials_wo_version", "1.5", "whole number"),
    (connection, "region", r#""Virginia""#, "name of a region"),
    (event_flow, "name", r#""c""#, "2 to 256 characters"),
    (event_flow, "name", r#""-cases""#, "begin with a letter or digit"),
    (event_flow, "connection_name", r#""a b""#, "letters, digits and"),
    (event_flow, "source_object", r#""a b""#, "blanks"),
    (event_flow, "event_source_name", r#""cases""#, "begin with `aws.partner/`"),
    (event_flow, "event_source_name", r#""aws.partner/a b/c""#, "begin with `aws.partner/`"),
    (event_flow, "description", r#""Cases: all""#, "letters, digits, blanks and"),
    (event_flow, "description", r#""""#, "1 to 2048 characters"),
    (event_flow, "kms_key_arn", r#""alias/key-of-connect""#, "ARN of a KMS key"),
    (event_flow, "tasks", "[]", "not be empty"),
    (event_flow, "tags", r#"{ "aws:team" = "x" }"#, "`aws:`"),
    (event_flow, "tags", r#"{ "cost centre" = "x" }"#, "ASCII letters"),
    (event_flow, "tags", r#"{ team = null }"#, "is null"),
    (app_integration, "instance_id", r#""a b""#, "neither an id nor an ARN"),
    (
        app_integration,
        "instance_id",
        r#""arn:aws:connect:us-east-1:111122223333:instance/i/rule/r""#,
        "of type instance",
    ),
    (
        app_integration,
        "instance_id",
        r#""arn:aws:connect:eu-west-1:111122223333:instance/i""#,
        "us-east-1",
    ),
    (
        app_integration,
        "instance_id",
        r#""arn:aws:connect:us-east-1:444455556666:instance/i""#,
        "444455556666",
    ),
    (app_integration, "name", r#""Acme (cases)""#, "letters, digits, spaces and `_-`"),
    (app_integration, "name", r#"join("", [for i in range(101) : "n"])"#, "1 to 100 characters"),
    (app_integration, "application_url", r#""""#, "1 to 2000 characters"),
    (app_integration, "event_source_name", r#""cases""#, "begin with `aws.partner/`"),
    (app_integration, "event_bus_name", r#""a b""#, "letters, digits and"),
    (app_integration, "event_integration_arn", r#""cases""#, "ARN of an event integration"),
    (app_integration, "event_integration_name", r#""a b""#, "letters, digits and"),
    (app_integration, "event_integration_description", r#""""#, "1 to 1000 characters"),
    (app_integration, "use_cases", r#"["CAMPAIGNS"]"#, "`CONNECT_CAMPAIGNS`"),
    (app_integration, "tags", r#"{ "" = "x" }"#, "1 to 128"),
    (case_rule, "integration_association_id", r#""a b""#, "neither an id nor an ARN"),
    (case_rule, "name", r#""urgent cases""#, "letters, digits and `._-`"),
    (case_rule, "publish_status", r#""DELETED""#, "`PUBLISHED` or `DRAFT`"),
    (case_rule, "function", r#""{""#, "Connect would not accept the function"),
    (case_rule, "conditions", "[]", "1 to 20"),
    (
        case_rule,
        "conditions",
        r#"[for i in range(21) : { field = "Name", value = "x" }]"#,
        "1 to 20",
    ),
    (case_rule, "match", r#""some""#, "`all` or `any`"),
    (case_rule, "timeouts", r#"{ create = "soon" }"#, "duration"),
];

/// Bad values inside of arguments.
const BAD_NESTED_VALUES: &[BadValue] = &[
    (event_flow, "tasks", r#"[{ type = "MapAll" }]"#, "`Map_all`"),
    (event_flow, "tasks", r#"[{ type = "Map", operator = "COPY" }]"#, "`NO_OP`"),
    (event_flow, "tasks", r#"[{ type = "Map", properties = { COLOUR = "red" } }]"#, "VALUES"),
    (event_flow, "error_handling", r#"{ bucket_name = "b" }"#, "3 to 63 characters"),
    (event_flow, "event_bus", r#"{ log_config = { level = "DEBUG" } }"#, "`TRACE`"),
    (event_flow, "event_bus", r#"{ log_config = { include_detail = "SOME" } }"#, "`FULL`"),
    (event_flow, "event_bus", r#"{ kms_key_identifier = "a b" }"#, "letters, digits and"),
    (case_rule, "conditions", r#"[{ value = "High" }]"#, "Set `field`"),
    (case_rule, "conditions", r#"[{ field = "Colour", value = "red" }]"#, "`custom_attribute`"),
    (
        case_rule,
        "conditions",
        r#"[{ field = "Priority", operator = "CONTAINS", value = "H" }]"#,
        "`CONTAINS` works on",
    ),
    (
        case_rule,
        "conditions",
        r#"[{ field = "Priority", operator = "LIKE", value = "H" }]"#,
        "`EQUALS` or `CONTAINS`",
    ),
    (case_rule, "task", r#"{ name = "", contact_flow_id = "f" }"#, "1 to 512 characters"),
    (case_rule, "task", r#"{ name = "Case", contact_flow_id = "a b" }"#, "neither an id nor"),
    (
        case_rule,
        "task",
        r#"{ name = "Case", contact_flow_id = "f", references = { Case = null } }"#,
        "not hold null",
    ),
];

#[test]
fn bad_values_are_refused_at_their_argument_with_the_constraint_in_words() {
    assert_explained(BAD_VALUES, |error, argument| error.argument() == argument);
}

/// The text tells every core's user the place. The line is right where the core follows a path into
/// an argument.
#[test]
fn bad_nested_values_are_refused_at_their_place() {
    let follows_paths = core_version() >= (1, 15);
    assert_explained(BAD_NESTED_VALUES, |error, argument| {
        let is_told = format!("{} {}", error.summary, error.detail).contains(argument);
        is_told && (!follows_paths || error.argument() == argument)
    });
}

/// Every value is refused in the words it should be, at the place it should be.
#[track_caller]
fn assert_explained(values: &[BadValue], is_placed: impl Fn(&Diagnostic, &str) -> bool) {
    let world = World::new();
    let errors = errors_of_each(
        &world,
        values.iter().map(|(block, argument, value, _)| block().with(argument, value).to_string()),
    );
    let mut unexplained = Vec::new();
    for ((_, argument, value, words), errors) in values.iter().zip(&errors) {
        let told = errors.iter().any(|it| {
            is_placed(it, argument) && (it.summary.contains(words) || it.detail.contains(words))
        });
        if !told {
            let said: Vec<_> =
                errors.iter().map(|it| (&it.line, &it.summary, &it.detail)).collect();
            unexplained.push(format!("{argument} = {value} should say {words:?}: {said:?}"));
        }
    }
    assert!(unexplained.is_empty(), "not at the argument or not so:\n{}", unexplained.join("\n"));
}

/// Plans resources of one kind each by itself, and all in one run; the answer has the errors of
/// each.
fn errors_of_each(world: &World, blocks: impl Iterator<Item = String>) -> Vec<Vec<Diagnostic>> {
    let named =
        |(index, block): (usize, String)| block.replace("\"this\"", &format!("\"r{index}\""));
    let configuration: Vec<String> = blocks.enumerate().map(named).collect();
    world.write(configuration.join("\n"));
    // What a configuration alone can tell hides what only a plan can: two runs.
    let mut errors = world.plan_errors();
    let is_told = |index: usize, errors: &[Diagnostic]| {
        errors.iter().any(|it| it.address.ends_with(&format!(".r{index}")))
    };
    let rest: Vec<&str> = configuration
        .iter()
        .enumerate()
        .filter(|(index, _)| !is_told(*index, &errors))
        .map(|(_, block)| block.as_str())
        .collect();
    if !rest.is_empty() {
        world.write(rest.join("\n"));
        errors.extend(world.plan_errors());
    }
    (0..configuration.len())
        .map(|index| {
            let own = |it: &&Diagnostic| it.address.ends_with(&format!(".r{index}"));
            errors.iter().filter(own).cloned().collect()
        })
        .collect()
}

#[test]
fn unusual_but_legal_values_are_warned_of_and_only_when_they_change() {
    let world = World::new();
    world.set_secret("code", CODES[0]);
    let unusual = connection().with("instance_url", r#""https://acme.my.salesforce.com/""#);
    let association = world.aws().make_chain(INSTANCE);
    let rule =
        case_rule().with("integration_association_id", &format!("{:?}", association.id)).with(
            "task",
            &format!(
                "{{ name = \"$.ThirdParty.Salesforce.CaseCreate.Number\", contact_flow_id = \
                 {CONTACT_FLOW:?} }}"
            ),
        );
    let insecure = app_integration()
        .with("application_url", r#""http://acme.example""#)
        .with("name", r#""insecure""#);
    world.write(format!("{}\n{rule}\n{insecure}", unusual.with("name", r#""salesforce-two""#)));
    let run = world.apply();
    run.warning("The instance URL is unusual");
    run.warning("is no variable of Salesforce cases");
    run.warning("The application URL is not https");
    world.unset_secret("code");
    let run = world.plan();
    assert!(run.is_empty() && run.warnings().is_empty(), "{run}");
}

#[test]
fn unknown_values_are_no_error() {
    let world = World::new();
    world.set_secret("code", CODES[0]);
    world.write(UNKNOWN_CHAIN);
    assert_eq!(world.plan().changes.values().filter(|it| **it == Action::Create).count(), 5);
    world.apply();
    world.unset_secret("code");
    world.assert_settled();
    assert_eq!(world.case(json!({"Priority": "High"})).len(), 1);

    // A value that is unknown until the apply may turn out to be what it was.
    world.set_env("TF_VAR_trigger", "again");
    let run = world.plan();
    assert_eq!(run.action("connect_salesforce_connection.acme"), Some(Action::Update), "{run}");
    world.apply();
    world.assert_settled();
}

/// A chain of values that are known only after the apply.
const UNKNOWN_CHAIN: &str = r#"
variable "trigger" {
  default = "once"
}

resource "terraform_data" "values" {
  triggers_replace = var.trigger
  input = {
    instance_url = "https://acme.my.salesforce.com"
    mode         = "Public"
    description  = "Cases"
    enabled      = true
    prefix       = "cases"
    fields       = ["Name"]
    value        = "High"
    team         = "cases"
    case         = "https://acme.lightning.force.com"
    match        = "all"
  }
}

locals {
  values = terraform_data.values.output
}

resource "connect_salesforce_connection" "acme" {
  name                   = "salesforce-acme"
  instance_url           = local.values.instance_url
  connection_mode        = local.values.mode
  authorization_code_wo  = var.code
  redirect_uri           = "https://us-east-1.console.aws.amazon.com/appflow/oauth"
  credentials_wo_version = 1
}

resource "connect_salesforce_event_flow" "cases" {
  name            = "cases"
  connection_name = connect_salesforce_connection.acme.name
  description     = local.values.description
  enabled         = local.values.enabled
  error_handling  = { bucket_name = "acme-case-errors", bucket_prefix = local.values.prefix }
  event_bus       = { description = local.values.description }
  tasks = [
    { type = "Map_all" },
    { type = "Map", source_fields = local.values.fields, destination_field = "Name" },
  ]
  tags = { team = local.values.team }
}

resource "connect_salesforce_app_integration" "acme" {
  instance_id                   = "11111111-2222-4333-8444-555555555555"
  name                          = "Salesforce - Acme"
  application_url               = "https://acme.lightning.force.com"
  event_source_name             = connect_salesforce_event_flow.cases.event_source_name
  event_integration_description = local.values.description
  tags                          = { team = local.values.team }
}

resource "connect_salesforce_case_rule" "urgent" {
  instance_id                = "11111111-2222-4333-8444-555555555555"
  integration_association_id = connect_salesforce_app_integration.acme.integration_association_id
  name                       = "urgent-cases"
  match                      = local.values.match
  conditions                 = [{ field = "Priority", value = local.values.value }]
  task = {
    name            = "Case"
    description     = local.values.description
    contact_flow_id = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
    references      = { Case = local.values.case }
  }
  tags = { team = local.values.team }
}
"#;

#[test]
fn a_call_without_an_answer_is_looked_up_and_not_repeated() {
    let world = World::new();
    world.set_secret("code", CODES[0]);
    world.write(chain::CHAIN);
    world.admin("POST", "/snapshot", json!({"name": "before"}));
    for operation in [
        "CreateConnectorProfile",
        "CreateFlow",
        "CreateEventBus",
        "CreateEventIntegration",
        "CreateIntegrationAssociation",
        "CreateUseCase",
        "CreateRule",
    ] {
        for fault in [
            json!({"operation": operation, "kind": "drop_after"}),
            json!({
                "operation": operation, "kind": "error_after", "code": "InternalServerException",
                "status": 500, "message": "Something went wrong.",
            }),
        ] {
            world.note(&format!("--- {fault}"));
            world.admin("POST", "/restore", json!({"name": "before"}));
            world.forget_state();
            world.admin("POST", "/faults", fault.clone());
            world.apply();
            world.assert_settled();
            for kind in [
                "connector_profiles",
                "flows",
                "event_buses",
                "event_integrations",
                "integration_associations",
                "use_cases",
                "rules",
            ] {
                assert_eq!(world.inventory(kind).len(), 1, "{kind} after {fault}");
            }
        }
    }
}
