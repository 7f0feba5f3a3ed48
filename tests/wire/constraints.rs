//! What AWS accepts is accepted, and what it refuses is refused before a plan, at the attribute and
//! with the constraint in words.
//!
//! The limits are those of the API models of AppFlow (2020-08-23), AppIntegrations (2020-07-29),
//! Connect (2017-08-08) and EventBridge (2015-10-07), written down once more: a slip in a schema
//! shows here.

use std::collections::BTreeSet;

use terraform_provider_connect::framework::path::{Path, Step};
use terraform_provider_connect::framework::schema::{Block, Kind, Schema};
use terraform_provider_connect::framework::types::Type;
use terraform_provider_connect::framework::value::Value;
use terraform_provider_connect::provider::Connect;

use crate::core::{Core, object};

const CONNECTION: &str = "connect_salesforce_connection";
const FLOW: &str = "connect_salesforce_event_flow";
const INTEGRATION: &str = "connect_salesforce_app_integration";
const RULE: &str = "connect_salesforce_case_rule";

/// One constraint of one argument.
struct Constraint {
    resource: &'static str,
    /// Where a value is put: `tasks.0.type`.
    at: &'static str,
    /// The words that tell the constraint.
    words: &'static str,
    good: Vec<Value>,
    bad: Vec<Value>,
}

fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Vec<Value> {
    texts.into_iter().map(|text| text.as_ref().into()).collect()
}

/// Texts of these lengths are good, one shorter or longer is bad.
fn length(
    resource: &'static str,
    at: &'static str,
    least: usize,
    most: usize,
    words: &'static str,
) -> Constraint {
    let text = |length: usize| Value::from("a".repeat(length));
    let bad = [least.checked_sub(1), Some(most + 1)];
    Constraint {
        resource,
        at,
        words,
        good: vec![text(least), text(most)],
        bad: bad.into_iter().flatten().map(text).collect(),
    }
}

fn limit(
    resource: &'static str,
    at: &'static str,
    words: &'static str,
    good: &[&str],
    bad: &[&str],
) -> Constraint {
    Constraint { resource, at, words, good: texts(good), bad: texts(bad) }
}

fn arn(prefix: &str, length: usize) -> Value {
    format!("{prefix}{}", "x".repeat(length - prefix.len())).into()
}

const KMS: &str = "arn:aws:kms:us-east-1:111122223333:key/";
const SECRET: &str = "arn:aws:secretsmanager:us-east-1:111122223333:secret:";

fn arns(
    resource: &'static str,
    at: &'static str,
    prefix: &str,
    most: usize,
    words: &'static str,
) -> [Constraint; 2] {
    let pattern = Constraint {
        resource,
        at,
        words,
        good: vec![arn(prefix, prefix.len() + 5)],
        bad: texts(["arn:aws:s3:::a-bucket-of-some-sort", "not an arn but long enough"]),
    };
    let lengths = Constraint {
        resource,
        at,
        words: "characters long",
        good: vec![arn(prefix, most)],
        bad: vec![arn(prefix, most + 1)],
    };
    [pattern, lengths]
}

fn map(entries: &[(&str, &str)]) -> Value {
    Value::Map(entries.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect())
}

fn tags(resource: &'static str, good: Vec<Value>, bad: Vec<Value>) -> [Constraint; 2] {
    let many = |count: usize| {
        Value::Map((0..count).map(|number| (format!("k{number}"), "v".into())).collect())
    };
    let content =
        Constraint { resource, at: "tags", words: "it wants keys of 1 to 128", good, bad };
    let count = Constraint {
        resource,
        at: "tags",
        words: "at most 50 elements",
        good: vec![many(0), many(50)],
        bad: vec![many(51)],
    };
    [content, count]
}

fn connection() -> Vec<Constraint> {
    let jwt = format!("{}.{}.{}", "eyJhbGciOiJSUzI1NiJ9", "eyJpc3MiOiJhIn0", "c2ln");
    let of = |at, words, good: &[&str], bad: &[&str]| limit(CONNECTION, at, words, good, bad);
    let mut all = vec![
        length(CONNECTION, "name", 1, 256, "1 to 256 characters long"),
        of(
            "name",
            "letters, digits and `_/!@#+=.-`",
            &["a_/!@#+=.-9"],
            &["a b", "caf\u{e9}", "a$"],
        ),
        length(CONNECTION, "instance_url", 1, 256, "1 to 256 characters long"),
        of("instance_url", "blanks", &["https://acme.my.salesforce.com"], &["https://a b"]),
        of("connection_mode", "`Public` or `Private`", &["Public", "Private"], &["public", ""]),
        of(
            "oauth_grant_type",
            "JWT_BEARER",
            &["AUTHORIZATION_CODE", "JWT_BEARER"],
            &["CLIENT_CREDENTIALS", "PASSWORD", ""],
        ),
        length(CONNECTION, "redirect_uri", 1, 512, "1 to 512 characters long"),
        of("redirect_uri", "blanks", &["https://a/b"], &["https://a b"]),
        length(CONNECTION, "authorization_code_wo", 1, 4096, "1 to 4096 characters long"),
        of("authorization_code_wo", "blanks", &["aPrx=="], &["a b"]),
        length(CONNECTION, "code_verifier_wo", 43, 128, "43 to 128 characters long"),
        of(
            "code_verifier_wo",
            "letters, digits and `-._~`",
            &["abcdefghijklmnopqrstuvwxyz0123456789-._~ABCD"],
            &["abcdefghijklmnopqrstuvwxyz0123456789-._~AB+D"],
        ),
        length(CONNECTION, "access_token_wo", 1, 4096, "1 to 4096 characters long"),
        of("access_token_wo", "blanks", &["00D!x"], &["a b"]),
        length(CONNECTION, "refresh_token_wo", 1, 4096, "1 to 4096 characters long"),
        of("refresh_token_wo", "blanks", &["5Aep"], &["a b"]),
        of("jwt_token_wo", "", &[&jwt], &["", "a.b", "a b.c.d", "a-b.c.d"]),
        Constraint {
            resource: CONNECTION,
            at: "jwt_token_wo",
            words: "8000 characters long",
            good: vec![format!("a.b.{}", "c".repeat(7996)).into()],
            bad: vec![format!("a.b.{}", "c".repeat(7997)).into()],
        },
        Constraint {
            resource: CONNECTION,
            at: "credentials_wo_version",
            words: "whole number of at least 0",
            good: vec![0.into(), 1.into(), i64::MAX.into()],
            bad: vec![(-1).into()],
        },
    ];
    all.extend(arns(CONNECTION, "kms_key_arn", KMS, 2048, "ARN of a KMS key"));
    all.extend(arns(CONNECTION, "client_credentials_arn", SECRET, 2048, "Secrets Manager"));
    all
}

fn flow() -> Vec<Constraint> {
    let of = |at, words, good: &[&str], bad: &[&str]| limit(FLOW, at, words, good, bad);
    let source = "aws.partner/appflow/salesforce.com/111122223333/acme";
    let list = |texts_: &[&str]| Value::List(texts(texts_));
    let long = "a".repeat(2049);
    let mut all = vec![
        length(FLOW, "name", 2, 256, "2 to 256 characters long"),
        of("name", "begin with a letter or digit", &["9a_!@#.-"], &["_a", "a b", "a/b", "a\u{e9}"]),
        length(FLOW, "connection_name", 1, 256, "1 to 256 characters long"),
        of("connection_name", "letters, digits", &["a_/!@#+=.-9"], &["a b"]),
        length(FLOW, "source_object", 1, 512, "1 to 512 characters long"),
        of("source_object", "blanks", &["Invoice__ChangeEvent"], &["Case ChangeEvent"]),
        of(
            "event_source_name",
            "begin with `aws.partner/`",
            &[source, "aws.partner/a/b"],
            &["aws.partner/a", "aws.other/a/b", "aws.partner/a/b c", "aws.partner/a//b"],
        ),
        Constraint {
            resource: FLOW,
            at: "event_source_name",
            words: "1 to 256 characters long",
            good: vec![arn("aws.partner/a/", 256)],
            bad: vec![arn("aws.partner/a/", 257)],
        },
        // The API takes an empty description for none, which null says here.
        length(FLOW, "description", 1, 2048, "1 to 2048 characters long"),
        of(
            "description",
            "letters, digits, blanks",
            &["A flow, yes? @#-_!."],
            &["100 %", "caf\u{e9}"],
        ),
        of("tasks.0.type", "`Map_all`", &["Map_all", "Filter", "Partition"], &["map_all", ""]),
        Constraint {
            resource: FLOW,
            at: "tasks.0.source_fields",
            words: "at most 2048 characters long",
            good: vec![list(&[]), list(&["", "Id"])],
            bad: vec![list(&["Id", &long])],
        },
        length(FLOW, "tasks.0.destination_field", 0, 256, "at most 256 characters long"),
        of("tasks.0.operator", "`NO_OP`", &["NO_OP", "MASK_FIRST_N"], &["no_op", "NOOP", ""]),
        Constraint {
            resource: FLOW,
            at: "tasks.0.properties",
            words: "keys that AppFlow knows",
            good: vec![map(&[]), map(&[("VALUE", "1"), ("INCLUDE_NEW_FIELDS", "true")])],
            bad: vec![map(&[("value", "1")])],
        },
        Constraint {
            resource: FLOW,
            at: "tasks.0.properties",
            words: "1 to 2048 characters long",
            good: vec![map(&[("VALUE", "1")])],
            bad: vec![map(&[("VALUE", "")]), map(&[("VALUE", &long)])],
        },
        length(FLOW, "error_handling.bucket_name", 3, 63, "3 to 63 characters long"),
        of("error_handling.bucket_name", "blanks", &["a.b-c"], &["a b c"]),
        length(FLOW, "error_handling.bucket_prefix", 0, 512, "at most 512 characters long"),
        length(FLOW, "event_bus.description", 1, 512, "1 to 512 characters long"),
        length(FLOW, "event_bus.kms_key_identifier", 1, 2048, "1 to 2048 characters long"),
        of("event_bus.kms_key_identifier", "`_-/:`", &["alias/a_b", KMS], &["a b", "a.b"]),
        length(FLOW, "event_bus.dead_letter_arn", 1, 1600, "1 to 1600 characters long"),
        of("event_bus.log_config.level", "`TRACE`", &["OFF", "ERROR", "INFO", "TRACE"], &["WARN"]),
        of("event_bus.log_config.include_detail", "`FULL`", &["NONE", "FULL"], &["SOME", ""]),
    ];
    all.extend(arns(FLOW, "kms_key_arn", KMS, 2048, "ARN of a KMS key"));
    let good = vec![map(&[("cost-centre", "a b@c"), ("a:b/c=d;e", ""), (&"k".repeat(128), "v")])];
    let bad = vec![
        map(&[("cost centre", "x")]),
        map(&[("aws:x", "x")]),
        map(&[("", "x")]),
        map(&[(&"k".repeat(129), "x")]),
        map(&[("k", &"v".repeat(257))]),
        map(&[("k", "caf\u{e9}")]),
    ];
    all.extend(tags(FLOW, good, bad));
    all
}

fn connect_tags(resource: &'static str) -> [Constraint; 2] {
    let good = vec![map(&[
        ("Kosten stelle", "caf\u{e9} (x)"),
        // Any separator of Unicode's is one.
        ("a\u{a0}b\u{3000}c", ""),
        ("\u{540d}\u{524d}", "x"),
        ("k", &"v".repeat(256)),
    ])];
    let bad = vec![
        map(&[("aws:x", "x")]),
        map(&[("", "x")]),
        map(&[("a!", "x")]),
        map(&[("a\nb", "x")]),
        map(&[(&"k".repeat(129), "x")]),
        map(&[("k", &"v".repeat(257))]),
    ];
    tags(resource, good, bad)
}

const INSTANCE: &str = "arn:aws:connect:us-east-1:111122223333:instance/";

/// An id of this many characters at most, or the ARN of something of this kind.
fn reference(
    resource: &'static str,
    at: &'static str,
    most: usize,
    words: &'static str,
    kind: Option<&str>,
) -> [Constraint; 2] {
    let good = match kind {
        None => format!("{INSTANCE}i-1"),
        Some(kind) => format!("{INSTANCE}i-1/{kind}/x-1"),
    };
    let other = format!("{INSTANCE}i-1/queue/q-1");
    let arns = limit(
        resource,
        at,
        "",
        &["8f0e0b1c-2d3e-4f50-8a9b-0c1d2e3f4a5b", &good],
        &["a b", "a/b", "arn:aws:s3:::x", &other],
    );
    [length(resource, at, 1, most, words), arns]
}

fn integration() -> Vec<Constraint> {
    let of = |at, words, good: &[&str], bad: &[&str]| limit(INTEGRATION, at, words, good, bad);
    let set = |texts_: &[&str]| Value::set(texts(texts_));
    let arn_of = "arn:aws:app-integrations:us-east-1:111122223333:event-integration/";
    let mut all = vec![
        length(INTEGRATION, "name", 1, 100, "1 to 100 characters long"),
        of("name", "letters, digits, spaces and `_-`", &["Acme Cases_1-2"], &["a.b", "caf\u{e9}"]),
        length(INTEGRATION, "application_url", 1, 2000, "1 to 2000 characters long"),
        of(
            "event_source_name",
            "begin with `aws.partner/`",
            &["aws.partner/appflow/salesforce.com/1/a"],
            &["aws.cases", "partner/a", ""],
        ),
        Constraint {
            resource: INTEGRATION,
            at: "event_source_name",
            words: "1 to 256 characters long",
            good: vec![arn("aws.partner/", 256)],
            bad: vec![arn("aws.partner/", 257)],
        },
        length(INTEGRATION, "event_bus_name", 1, 255, "1 to 255 characters long"),
        of("event_bus_name", "`/._-`", &["aws.partner/a_b-c"], &["a b", "a:b"]),
        of(
            "event_integration_arn",
            "ARN of an event integration",
            &[&format!("{arn_of}a")],
            &["a", "arn:aws:s3:::x", arn_of],
        ),
        Constraint {
            resource: INTEGRATION,
            at: "event_integration_arn",
            words: "140 characters long",
            good: vec![arn(arn_of, 140)],
            bad: vec![arn(arn_of, 141)],
        },
        length(INTEGRATION, "event_integration_name", 1, 255, "1 to 255 characters long"),
        of("event_integration_name", "`/._-`", &["a/b.c_d-e"], &["a b", "a:b"]),
        length(INTEGRATION, "event_integration_description", 1, 1000, "1 to 1000 characters long"),
        Constraint {
            resource: INTEGRATION,
            at: "use_cases",
            words: "`RULES_EVALUATION` or `CONNECT_CAMPAIGNS`",
            good: vec![set(&[]), set(&["RULES_EVALUATION"]), set(&["CONNECT_CAMPAIGNS"])],
            bad: vec![set(&["rules_evaluation"]), set(&["RULES_EVALUATION", "X"])],
        },
    ];
    all.extend(reference(INTEGRATION, "instance_id", 100, "100 characters", None));
    all.extend(connect_tags(INTEGRATION));
    all
}

fn rule() -> Vec<Constraint> {
    let of = |at, words, good: &[&str], bad: &[&str]| limit(RULE, at, words, good, bad);
    let condition = |number: usize| {
        Value::object([
            ("field", "Priority".into()),
            ("custom_attribute", Value::Null),
            ("operator", Value::Null),
            ("value", format!("{number}").into()),
            ("negate", Value::Null),
        ])
    };
    let conditions = |count: usize| Value::List((0..count).map(condition).collect());
    let long = "a".repeat(4097);
    let mut all = vec![
        length(RULE, "name", 1, 200, "1 to 200 characters long"),
        of("name", "letters, digits and `._-`", &["a.b_c-9"], &["a b", "caf\u{e9}", "a/b"]),
        of("publish_status", "`PUBLISHED` or `DRAFT`", &["PUBLISHED", "DRAFT"], &["draft", ""]),
        of("function", "Connect would not accept the function", &[], &["", "{", "[]", "{}"]),
        of("match", "`all` or `any`", &["all", "any"], &["ALL", "none"]),
        Constraint {
            resource: RULE,
            at: "conditions",
            words: "1 to 20 elements",
            good: vec![conditions(1), conditions(20)],
            bad: vec![conditions(0), conditions(21)],
        },
        of(
            "conditions.0.field",
            "not a field",
            &["Priority", "Origin"],
            &["priority", "Wages", ""],
        ),
        length(RULE, "conditions.0.custom_attribute", 1, 512, "1 to 512 characters long"),
        of("conditions.0.operator", "`EQUALS` or `CONTAINS`", &["EQUALS"], &["IS", "equals"]),
        length(RULE, "task.name", 1, 512, "1 to 512 characters long"),
        length(RULE, "task.description", 0, 4096, "at most 4096 characters long"),
        Constraint {
            resource: RULE,
            at: "task.references",
            words: "at most 4096 characters long",
            good: vec![map(&[]), map(&[("Case", "https://a")])],
            bad: vec![map(&[("Case", &long)])],
        },
        Constraint {
            resource: RULE,
            at: "task.references",
            words: "keys of 1 to 4096 characters",
            good: vec![map(&[("k", "")])],
            bad: vec![map(&[("", "https://a")]), map(&[(&long, "https://a")])],
        },
    ];
    all.extend(reference(RULE, "instance_id", 100, "100 characters", None));
    all.extend(reference(
        RULE,
        "integration_association_id",
        200,
        "200 characters",
        Some("integration-association"),
    ));
    all.extend(reference(
        RULE,
        "task.contact_flow_id",
        500,
        "500 characters",
        Some("contact-flow"),
    ));
    all.extend(connect_tags(RULE));
    all
}

fn common(resource: &'static str) -> Vec<Constraint> {
    let durations = ["timeouts.create", "timeouts.update", "timeouts.delete"];
    let durations = durations.map(|at| {
        let (good, bad) = (&["30s", "10m", "1h30m"][..], &["", "10", "-5m", "soon"][..]);
        limit(resource, at, "duration", good, bad)
    });
    let region = limit(
        resource,
        "region",
        "name of a region",
        &["us-east-1", "us-gov-west-1"],
        &["", "us", "US-EAST-1"],
    );
    durations.into_iter().chain([region]).collect()
}

fn all() -> Vec<Constraint> {
    let own = [connection(), flow(), integration(), rule()];
    let common = [CONNECTION, FLOW, INTEGRATION, RULE].map(common);
    own.into_iter().chain(common).flatten().collect()
}

/// A configuration in which nothing is wrong.
fn complete(resource: &str, schema: &Schema) -> Value {
    let task = Value::object([
        ("name", "New case".into()),
        ("description", Value::Null),
        ("contact_flow_id", "f-1".into()),
        ("references", Value::Null),
    ]);
    let condition = Value::object([
        ("field", "Priority".into()),
        ("custom_attribute", Value::Null),
        ("operator", Value::Null),
        ("value", "High".into()),
        ("negate", Value::Null),
    ]);
    let given: Vec<(&str, Value)> = match resource {
        CONNECTION => vec![("instance_url", "https://acme.my.salesforce.com".into())],
        FLOW => vec![("connection_name", "acme".into())],
        INTEGRATION => vec![
            ("instance_id", "i-1".into()),
            ("application_url", "https://acme.my.salesforce.com".into()),
            ("event_source_name", "aws.partner/appflow/salesforce.com/1/acme".into()),
        ],
        _ => vec![
            ("instance_id", "i-1".into()),
            ("integration_association_id", "a-1".into()),
            ("task", task),
            ("conditions", Value::List(vec![condition])),
        ],
    };
    let name = [("name", Value::from("acme"))];
    object(schema, &name.into_iter().chain(given).collect::<Vec<_>>())
}

/// Puts a value where a path leads, making the objects on the way.
fn put(block: &Block, target: &mut Value, path: &[Step], value: Value) {
    let [Step::Attribute(name), rest @ ..] = path else { panic!("no attribute: {path:?}") };
    let Value::Object(entries) = target else { panic!("no object: {target:?}") };
    let entry = entries.get_mut(name).expect("it is in the schema");
    let nested = block.attribute(name).and_then(|attribute| match &attribute.kind {
        Kind::Nested(_, block) => Some(block),
        Kind::Plain(_) => None,
    });
    let inner = block.blocks.iter().find(|nested| nested.name == *name).map(|it| &it.block);
    let make = |block: &Block| object(&Schema::new(block.clone()), &[]);
    match (rest, nested.or(inner)) {
        ([], _) => *entry = value,
        ([Step::Index(0), rest @ ..], Some(block)) => {
            let mut element = entry.elements().and_then(|all| all.first().cloned());
            let element = element.get_or_insert_with(|| make(block));
            put(block, element, rest, value);
            *entry = Value::List(vec![element.clone()]);
        }
        (rest, Some(block)) => {
            if entry.is_null() {
                *entry = make(block);
            }
            put(block, entry, rest, value);
        }
        _ => panic!("it leads nowhere: {path:?}"),
    }
}

#[tokio::test]
async fn constraints_of_the_api_are_checked_at_the_attribute() {
    let core = Core::new(Connect);
    let mut wrong = Vec::new();
    for Constraint { resource, at, words, good, bad } in all() {
        let schema = core.schema(resource);
        let path = Path::from(at);
        let config = |value: &Value| {
            let mut config = complete(resource, schema);
            put(&schema.block, &mut config, &path.0, value.clone());
            config
        };
        let place = path.to_string();
        for value in &good {
            let diags = core.validate(resource, &config(value)).await;
            // Whether it goes with other arguments is another matter.
            let summary = format!("Invalid {place}");
            if let Some(told) = diags.iter().find(|told| told.error && told.summary == summary) {
                wrong.push(format!("{resource}: {place} refuses {}: {told:?}", short(value)));
            }
        }
        for value in &bad {
            let diags = core.validate(resource, &config(value)).await;
            let told = |told: &&crate::core::Told| {
                told.error && told.path == place && told.detail.contains(words)
            };
            if diags.iter().find(told).is_none() {
                let value = short(value);
                wrong.push(format!(
                    "{resource}: {place} takes {value}, or not for {words:?}: {diags:?}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn short(value: &Value) -> String {
    format!("{value:?}").chars().take(120).collect()
}

#[tokio::test]
async fn complete_configurations_are_complete() {
    let core = Core::new(Connect);
    for resource in [CONNECTION, FLOW, INTEGRATION, RULE] {
        let config = complete(resource, core.schema(resource));
        let diags = core.validate(resource, &config).await;
        assert!(diags.iter().all(|told| !told.error), "{resource}: {diags:?}");
    }
}

#[test]
fn every_argument_has_its_constraints_here() {
    let core = Core::new(Connect);
    let tested: BTreeSet<(&str, String)> =
        all().iter().map(|it| (it.resource, it.at.to_owned())).collect();
    for resource in [CONNECTION, FLOW, INTEGRATION, RULE] {
        let mut arguments = Vec::new();
        collect(&core.schema(resource).block, "", &mut arguments);
        for argument in arguments.iter().filter(|at| !UNLIMITED.contains(&at.as_str())) {
            let is_tested = tested.contains(&(resource, argument.clone()));
            assert!(is_tested, "{resource}: no constraint of {argument} is tested");
        }
    }
}

/// Any text will do.
const UNLIMITED: &[&str] = &["conditions.0.value"];

/// Arguments that take more than a truth value or other arguments.
fn collect(block: &Block, prefix: &str, arguments: &mut Vec<String>) {
    for attribute in block.attributes.iter().filter(|it| !it.is_read_only()) {
        let name = format!("{prefix}{}", attribute.name);
        match &attribute.kind {
            Kind::Plain(Type::Bool) => {}
            Kind::Plain(_) => arguments.push(name),
            Kind::Nested(nesting, block) => {
                use terraform_provider_connect::framework::schema::Nesting;
                let index = if *nesting == Nesting::List { ".0" } else { "" };
                collect(block, &format!("{name}{index}."), arguments);
            }
        }
    }
    for nested in &block.blocks {
        collect(&nested.block, &format!("{prefix}{}.", nested.name), arguments);
    }
}
