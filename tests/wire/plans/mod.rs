//! What plans say before anything happens: refusals, replacements, and what is known.

mod changes;
mod grants;
mod known;
mod limits;
mod unknowns;
mod unusual;

use serde_json::{Value as Json, json};
use terraform_provider_connect::framework::path::{Path, Step};
use terraform_provider_connect::framework::schema::{Block, Kind, Nesting};
use terraform_provider_connect::framework::value::Value;

use crate::account::{
    Account, CONNECTION, CONTACT_FLOW, FLOW, INTEGRATION, REDIRECT, SOURCE, base, with,
};

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const SECRET: &str = "arn:aws:secretsmanager:us-east-1:111122223333:secret:salesforce-app-AbCdEf";
/// A well-formed assertion; plans do not look into it.
const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl";

/// What has to be there before a resource of [`base`] or [`full`] can be made.
fn prepare(account: &Account, resource: &str) {
    match resource {
        CONNECTION => {}
        FLOW => account.connection(crate::account::CONSOLE_NAME),
        INTEGRATION => account.source(),
        _ => {
            account.console();
        }
    }
}

/// A configuration of each resource with every argument that goes with the others.
fn full(resource: &str) -> Json {
    let timeouts = json!({"create": "10m", "update": "10m", "delete": "10m"});
    let more = match resource {
        CONNECTION => json!({
            "region": "us-east-1",
            "sandbox": false,
            "connection_mode": "Private",
            "use_private_link_for_metadata_and_authorization": true,
            "kms_key_arn": KEY,
            "oauth_grant_type": "AUTHORIZATION_CODE",
            "client_credentials_arn": SECRET,
            "redirect_uri": REDIRECT,
            "code_verifier_wo": "abcdefghijklmnopqrstuvwxyz0123456789-._~ABCD",
        }),
        FLOW => json!({
            "region": "us-east-1",
            "source_object": "CaseChangeEvent",
            "event_source_name": SOURCE.replace("/acme", "/cases"),
            "description": "Cases of Acme",
            "kms_key_arn": KEY,
            "enabled": true,
            "tasks": [
                {"type": "Map_all", "operator": "NO_OP"},
                {
                    "type": "Map",
                    "source_fields": ["Name"],
                    "destination_field": "Name",
                    "operator": "NO_OP",
                    "properties": {"SOURCE_DATA_TYPE": "string"},
                },
            ],
            "error_handling": {
                "bucket_name": "acme-case-errors",
                "bucket_prefix": "cases",
                "fail_on_first_destination_error": true,
            },
            "event_bus": {
                "adopt": false,
                "description": "Cases of Acme",
                "kms_key_identifier": "alias/cases",
                "dead_letter_arn": "arn:aws:sqs:us-east-1:111122223333:lost-cases",
                "log_config": {"level": "INFO", "include_detail": "FULL"},
            },
            "force_destroy": false,
            "tags": {"team": "cases"},
        }),
        INTEGRATION => json!({
            "region": "us-east-1",
            "event_bus_name": SOURCE,
            "event_integration_name": "acme-cases",
            "event_integration_description": "Cases of Acme",
            "use_cases": ["RULES_EVALUATION"],
            "tags": {"team": "cases"},
        }),
        _ => json!({
            "region": "us-east-1",
            "publish_status": "PUBLISHED",
            "conditions": [
                {"field": "Priority", "operator": "EQUALS", "value": "High", "negate": false},
                {"custom_attribute": "Region__c", "value": "EMEA"},
            ],
            "match": "all",
            "task": {
                "name": "A case is urgent",
                "description": "Please hurry",
                "contact_flow_id": CONTACT_FLOW,
                "references": {"Case": "https://acme.lightning.force.com"},
            },
            "assign_contact_category": false,
            "tags": {"team": "cases"},
        }),
    };
    with(with(base(resource), &more), &json!({"timeouts": timeouts}))
}

/// Every argument of a resource, those in nested ones included; of lists the first element's.
pub(crate) fn arguments(block: &Block) -> Vec<String> {
    let mut all = Vec::new();
    collect(block, "", &mut all);
    all
}

fn collect(block: &Block, prefix: &str, all: &mut Vec<String>) {
    for attribute in block.attributes.iter().filter(|it| !it.is_read_only()) {
        let name = format!("{prefix}{}", attribute.name);
        all.push(name.clone());
        if let Kind::Nested(nesting, block) = &attribute.kind {
            let index = if *nesting == Nesting::List { ".0" } else { "" };
            collect(block, &format!("{name}{index}."), all);
        }
    }
    for nested in &block.blocks {
        collect(&nested.block, &format!("{prefix}{}.", nested.name), all);
    }
}

/// Puts a value where a path leads; what it leads through must be there.
fn put(target: &mut Value, path: &[Step], value: Value) {
    let inner = match (path.first(), &mut *target) {
        (None, _) => {
            *target = value;
            return;
        }
        (Some(Step::Attribute(name) | Step::Key(name)), Value::Object(entries)) => {
            entries.get_mut(name)
        }
        (Some(Step::Index(index)), Value::List(elements)) => elements.get_mut(*index),
        (step, target) => panic!("{step:?} does not lead into {target:?}"),
    };
    put(inner.expect("the path leads somewhere"), &path[1..], value);
}

/// The configuration with the value at a dotted path replaced.
fn replaced(mut config: Value, at: &str, value: Value) -> Value {
    put(&mut config, &Path::from(at).0, value);
    config
}

/// The same, in JSON; objects on the way are made.
fn set(mut arguments: Json, at: &str, value: &Json) -> Json {
    let mut target = &mut arguments;
    for step in at.split('.') {
        target = match step.parse::<usize>() {
            Ok(index) => &mut target[index],
            Err(_) => &mut target[step],
        };
    }
    *target = value.clone();
    arguments
}
