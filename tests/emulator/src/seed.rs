//! Seeding: what exists before anyone calls AWS (instances, contact flows, orgs, buckets).

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::connect::contact_flows::ContactFlow;
use crate::connect::instances::{Instance, Status};
use crate::salesforce::{Code, Org};
use crate::secrets::digest;
use crate::sts::DEFAULT_ACCOUNT;
use crate::world::{Place, World};

/// One document; the string `demo` stands for the demo's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seed {
    #[serde(default)]
    account: Option<String>,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    instances: Vec<InstanceSeed>,
    #[serde(default)]
    orgs: Vec<OrgSeed>,
    #[serde(default)]
    buckets: Vec<BucketSeed>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InstanceSeed {
    alias: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    contact_flows: Vec<ContactFlowSeed>,
    #[serde(default)]
    users: Vec<String>,
    #[serde(default)]
    task_templates: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ContactFlowSeed {
    name: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default = "yes")]
    published: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OrgSeed {
    host: String,
    #[serde(default)]
    sandbox: bool,
    /// Objects with Change Data Capture; `Case` when absent.
    #[serde(default)]
    cdc: Option<BTreeSet<String>>,
    #[serde(default)]
    entities: BTreeSet<String>,
    #[serde(default)]
    authorization_codes: Vec<CodeSeed>,
    #[serde(default)]
    accepted_jwts: Vec<String>,
    #[serde(default)]
    refresh_tokens: Vec<String>,
    #[serde(default)]
    client_credentials_arns: BTreeSet<String>,
    #[serde(default)]
    client_ids: BTreeSet<String>,
    #[serde(default)]
    redirect_uris: BTreeSet<String>,
    #[serde(default)]
    app_blocked: bool,
    #[serde(default)]
    api_disabled: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeSeed {
    code: String,
    #[serde(default)]
    used: bool,
    #[serde(default)]
    code_verifier: Option<String>,
    #[serde(default)]
    expires_in: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BucketSeed {
    name: String,
    #[serde(default = "yes")]
    writable: bool,
}

fn yes() -> bool {
    true
}

/// Adds what the document lists; an instance or org that exists already is replaced.
pub(crate) fn sow(world: &mut World, document: &Value) -> Result<Value, String> {
    let mut document = match document {
        Value::String(name) if name == "demo" => demo(),
        Value::String(name) => return Err(format!("there is no seed {name}; there is demo")),
        document => document.clone(),
    };
    spell_codes_out(&mut document);
    let seed: Seed = serde_json::from_value(document).map_err(|error| format!("seed: {error}"))?;
    let place = Place {
        account: seed.account.unwrap_or_else(|| DEFAULT_ACCOUNT.into()),
        region: seed.region.unwrap_or_else(|| DEFAULT_REGION.into()),
    };
    let mut instances = Vec::new();
    for instance in seed.instances {
        instances.push(sow_instance(world, &place, instance)?);
    }
    let mut orgs = Vec::new();
    for org in seed.orgs {
        let host = org.host.to_ascii_lowercase();
        let now = world.now();
        world.orgs.insert(host.clone(), org.grow(now));
        orgs.push(json!({"host": host}));
    }
    let buckets = seed.buckets.into_iter().map(|bucket| (bucket.name, bucket.writable));
    world.region(&place).buckets.extend(buckets);
    Ok(json!({
        "account": place.account,
        "region": place.region,
        "instances": instances,
        "orgs": orgs,
    }))
}

fn sow_instance(world: &mut World, place: &Place, seed: InstanceSeed) -> Result<Value, String> {
    let status = match seed.status.as_deref() {
        None | Some("ACTIVE") => Status::Active,
        Some("CREATION_IN_PROGRESS") => Status::Creating(world.switches.instance_creation_reads),
        Some("CREATION_FAILED") => Status::Failed,
        Some(other) => return Err(format!("an instance can not be {other}")),
    };
    let mut instance = Instance {
        id: seed.id.unwrap_or_else(|| world.ids.uuid()),
        alias: seed.alias,
        status,
        created_at: world.now(),
        ..Instance::default()
    };
    let mut flows = Vec::new();
    for flow in seed.contact_flows {
        let flow = ContactFlow {
            id: flow.id.unwrap_or_else(|| world.ids.uuid()),
            name: flow.name,
            kind: flow.kind.unwrap_or_else(|| "CONTACT_FLOW".into()),
            published: flow.published,
        };
        flows.push(json!({"id": flow.id, "name": flow.name}));
        instance.contact_flows.insert(flow.id.clone(), flow);
    }
    for name in seed.users {
        instance.users.insert(world.ids.uuid(), name);
    }
    for name in seed.task_templates {
        instance.task_templates.insert(world.ids.uuid(), name);
    }
    let sown = json!({
        "alias": instance.alias,
        "arn": instance.arn(place),
        "id": instance.id,
        "contact_flows": flows,
    });
    world.region(place).instances.insert(instance.id.clone(), instance);
    Ok(sown)
}

impl OrgSeed {
    /// The org, with digests in place of secrets.
    fn grow(self, now: f64) -> Org {
        let codes = self.authorization_codes.into_iter().map(|code| {
            let grown = Code {
                used: code.used,
                verifier: code.code_verifier.as_deref().map(digest),
                expires_at: code.expires_in.map(|seconds| now + seconds),
                ..Code::default()
            };
            (digest(&code.code), grown)
        });
        Org {
            host: self.host.to_ascii_lowercase(),
            sandbox: self.sandbox,
            cdc: self.cdc.unwrap_or_else(|| BTreeSet::from(["Case".into()])),
            entities: self.entities,
            codes: codes.collect(),
            jwts: self.accepted_jwts.iter().map(|token| digest(token)).collect(),
            refresh_tokens: self.refresh_tokens.iter().map(|token| digest(token)).collect(),
            client_credentials_arns: self.client_credentials_arns,
            client_ids: self.client_ids,
            redirect_uris: self.redirect_uris,
            app_blocked: self.app_blocked,
            api_disabled: self.api_disabled,
        }
    }
}

/// A code may be written as a plain string.
fn spell_codes_out(document: &mut Value) {
    let orgs = document.get_mut("orgs").and_then(Value::as_array_mut);
    for org in orgs.into_iter().flatten() {
        let codes = org.get_mut("authorization_codes").and_then(Value::as_array_mut);
        for code in codes.into_iter().flatten().filter(|code| code.is_string()) {
            *code = json!({ "code": code });
        }
    }
}

/// What the demo and the examples expect to find.
fn demo() -> Value {
    json!({
        "instances": [{
            "alias": "acme",
            "id": "11111111-2222-4333-8444-555555555555",
            "contact_flows": [{
                "name": "Salesforce cases",
                "id": "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
            }],
        }],
        "orgs": [{
            "host": "acme.my.salesforce.com",
            "authorization_codes": ["demo-authorization-code"],
        }],
        "buckets": [{"name": "acme-case-errors"}],
    })
}

pub(crate) const DEFAULT_REGION: &str = "us-east-1";
