//! The admin API under `/_emulator/`: unsigned JSON, for tests and people.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::delivery::{self, Change};
use crate::seed::DEFAULT_REGION;
use crate::sts::{DEFAULT_ACCOUNT, Identity};
use crate::wire::http::parse_pairs;
use crate::world::{Ids, Place, World};
use crate::{console, drift, inventory, operations, seed};

/// Worlds that were put aside, by name.
pub(crate) type Snapshots = BTreeMap<String, World>;

/// Handles one call; `path` is what follows `/_emulator` (or all of it), with its query.
pub(crate) fn call(
    world: &mut World,
    snapshots: &mut Snapshots,
    method: &str,
    path: &str,
    body: &Value,
) -> Result<Value, String> {
    let path = path.strip_prefix("/_emulator").unwrap_or(path);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let query: BTreeMap<String, String> = parse_pairs(query).into_iter().collect();
    match (method, path) {
        ("GET", "/health") => Ok(json!({"status": "ok", "time": world.now()})),
        ("POST", "/reset") => Ok(reset(world, body)),
        ("POST", "/seed") => seed::sow(world, body),
        ("POST", "/console") => console::connect(world, body),
        ("POST", "/console/disconnect") => {
            let instance = required(body, "instance_id")?;
            let association = required(body, "integration_association_id")?;
            console::disconnect(world, place(body), instance, association)
        }
        ("POST", "/drift") => drift::happen(world, body),
        ("POST", "/cases") => cases(world, body),
        ("GET", "/tasks") => to_json(&world.tasks),
        ("DELETE", "/tasks") => {
            world.tasks.clear();
            Ok(json!({}))
        }
        ("GET", "/requests") => requests(world, &query),
        ("DELETE", "/requests") => {
            world.journal.clear();
            Ok(json!({"last_id": world.journal.last_id()}))
        }
        ("GET", "/operations") => Ok(operations::actions().into()),
        ("GET", "/inventory") => Ok(inventory::list(world)),
        ("GET", "/credentials") => credentials(world),
        ("GET", "/switches") => to_json(&world.switches),
        ("PUT", "/switches") => {
            world.switches.change(body)?;
            to_json(&world.switches)
        }
        ("POST", "/clock") => clock(world, body),
        ("POST", "/snapshot") => {
            snapshots.insert(name(body), world.clone());
            Ok(json!({"name": name(body)}))
        }
        ("POST", "/restore") => {
            let found = snapshots.get(&name(body));
            *world = found.ok_or_else(|| format!("there is no snapshot {}", name(body)))?.clone();
            Ok(json!({"name": name(body)}))
        }
        ("GET", "/faults") => to_json(&world.faults.0),
        ("POST", "/faults") => {
            let fault = serde_json::from_value(body.clone());
            world.faults.add(fault.map_err(|error| format!("fault: {error}"))?)?;
            to_json(&world.faults.0)
        }
        ("DELETE", "/faults") => {
            world.faults.0.clear();
            Ok(json!([]))
        }
        ("GET", "/deny") => to_json(&world.deny),
        ("PUT", "/deny") => {
            let deny = serde_json::from_value(body.clone());
            world.deny = deny.map_err(|_| "deny needs actions [\"service:Operation\"]")?;
            to_json(&world.deny)
        }
        ("POST", "/identity") => {
            let account = required(body, "account")?;
            let identity = match body["arn"].as_str() {
                Some(arn) => Identity::new(account, arn),
                None => Identity::of(account),
            };
            let shown = json!({"account": account, "arn": identity.arn});
            world.identities.insert(required(body, "access_key_id")?, identity);
            Ok(shown)
        }
        _ => Err(format!("there is no {method} /_emulator{path}")),
    }
}

/// Forgets everything, switches and requests included. `seed` makes other ids.
fn reset(world: &mut World, body: &Value) -> Value {
    let seed = body["seed"].as_str().unwrap_or_default();
    *world = World { ids: Ids::seeded(seed), ..World::default() };
    json!({})
}

/// A change in an org; by default the creation of a case.
fn cases(world: &mut World, body: &Value) -> Result<Value, String> {
    let text = |name: &str, default: &str| body[name].as_str().unwrap_or(default).to_owned();
    let org = match body["org"].as_str() {
        Some(org) => org.to_ascii_lowercase(),
        None => only_org(world)?,
    };
    if !world.orgs.contains_key(&org) {
        return Err(format!("there is no org {org}"));
    }
    let mut fields = match &body["fields"] {
        Value::Null => Map::new(),
        Value::Object(fields) => fields.clone(),
        _ => return Err("fields is an object of names and values".into()),
    };
    // Salesforce has no such field: it stands for the custom fields of the case.
    if let Some(Value::Object(custom)) = fields.remove("CustomAttribute") {
        fields.extend(custom);
    }
    let number = format!("{:08}", world.tasks.len() + 1);
    fields.entry("CaseNumber").or_insert(number.into());
    let change = Change {
        org,
        object: text("object", "Case"),
        change_type: text("change_type", "CREATE"),
        fields,
    };
    let outcome = delivery::publish(world, &change);
    Ok(json!({"tasks": outcome.tasks, "trace": outcome.trace}))
}

fn only_org(world: &World) -> Result<String, String> {
    let mut hosts = world.orgs.keys();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => Ok(host.clone()),
        (None, _) => Err("there is no org; seed one".into()),
        _ => Err("there are several orgs: say which".into()),
    }
}

/// Filters: `service`, `operation`, `since` (the id after which to begin).
fn requests(world: &World, query: &BTreeMap<String, String>) -> Result<Value, String> {
    let since = match query.get("since") {
        Some(text) => text.parse::<u64>().map_err(|_| "since is the id of a request")?,
        None => 0,
    };
    let wanted = |name: &str, value: &str| query.get(name).is_none_or(|wanted| wanted == value);
    let entries: Vec<_> = world
        .journal
        .entries()
        .filter(|entry| entry.id > since)
        .filter(|entry| wanted("service", &entry.service))
        .filter(|entry| wanted("operation", &entry.operation))
        .collect();
    to_json(&entries)
}

/// Which credential members arrived for each profile, with the fingerprints of their values.
fn credentials(world: &World) -> Result<Value, String> {
    let mut profiles = Vec::new();
    for (place, region) in &world.places {
        for profile in region.profiles.values() {
            profiles.push(json!({
                "account": place.account,
                "region": place.region,
                "connector_profile": profile.name,
                "deliveries": to_json(&profile.received)?,
            }));
        }
    }
    Ok(Value::Array(profiles))
}

/// `advance_seconds` moves time on, `freeze_at` (epoch seconds) stops it, `unfreeze` lets it go.
fn clock(world: &mut World, body: &Value) -> Result<Value, String> {
    if let Some(at) = body["freeze_at"].as_f64() {
        world.clock.frozen_at = Some(at);
        world.clock.advanced = 0.0;
    }
    if body["unfreeze"] == true {
        world.clock.frozen_at = None;
    }
    if let Some(seconds) = body["advance_seconds"].as_f64() {
        if seconds < 0.0 {
            return Err("time does not run backwards".into());
        }
        world.clock.advanced += seconds;
    }
    world.settle();
    Ok(json!({"time": world.now()}))
}

fn place(body: &Value) -> Place {
    Place {
        account: body["account"].as_str().unwrap_or(DEFAULT_ACCOUNT).into(),
        region: body["region"].as_str().unwrap_or(DEFAULT_REGION).into(),
    }
}

fn name(body: &Value) -> String {
    body["name"].as_str().unwrap_or("default").into()
}

fn required<'a>(body: &'a Value, name: &str) -> Result<&'a str, String> {
    body[name].as_str().ok_or_else(|| format!("{name} is required"))
}

fn to_json(value: &impl serde::Serialize) -> Result<Value, String> {
    serde_json::to_value(value).map_err(|error| error.to_string())
}
