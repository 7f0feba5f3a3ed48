//! What people and time do behind the provider's back.

use serde_json::{Value, json};

use crate::appflow::flows;
use crate::aws::call_inside;
use crate::connect::associations;
use crate::connect::instances::Instance;
use crate::events::{buses, sources};
use crate::salesforce;
use crate::seed::DEFAULT_REGION;
use crate::sts::{DEFAULT_ACCOUNT, Identity};
use crate::switches::Noticed;
use crate::wire::refusal::Refusal;
use crate::world::{Call, Place, World};

/// One change: `kind`, usually a `target`, and what the kind needs.
///
/// Unlike calls through AWS, these obey no rule: a bus goes with rules on it.
pub(crate) fn happen(world: &mut World, request: &Value) -> Result<Value, String> {
    let text = |name: &str| request[name].as_str();
    let kind = text("kind").ok_or("drift needs a kind")?;
    let Some((_, act)) = KINDS.iter().find(|(name, _)| *name == kind) else {
        let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        return Err(format!("there is no drift {kind}; there are {}", names.join(", ")));
    };
    let place = Place {
        account: text("account").unwrap_or(DEFAULT_ACCOUNT).into(),
        region: text("region").unwrap_or(DEFAULT_REGION).into(),
    };
    let caller = Identity::of(&place.account);
    let mut call = Call { world, place, caller };
    call.region();
    let target = text("target").ok_or_else(|| format!("drift {kind} needs a target"))?;
    act(&mut call, target, request)?;
    Ok(json!({}))
}

type Act = fn(&mut Call<'_>, &str, &Value) -> Result<(), String>;

const KINDS: &[(&str, Act)] = &[
    ("stop_flow", stop_flow),
    ("suspend_flow", suspend_flow),
    ("error_flow", error_flow),
    ("delete_flow", delete_flow),
    ("edit_flow", edit_flow),
    ("delete_profile", delete_profile),
    ("edit_profile", edit_profile),
    ("reconnect_profile", reconnect_profile),
    ("revoke_token", revoke_token),
    ("disable_cdc", disable_cdc),
    ("enable_cdc", enable_cdc),
    ("delete_source", delete_source),
    ("expire_source", expire_source),
    ("deactivate_source", deactivate_source),
    ("delete_bus", delete_bus),
    ("edit_bus", edit_bus),
    ("disable_event_rule", disable_event_rule),
    ("delete_event_rule", delete_event_rule),
    ("delete_event_integration", delete_event_integration),
    ("edit_event_integration", edit_event_integration),
    ("delete_association", delete_association),
    ("hide_associations", hide_associations),
    ("delete_use_case", delete_use_case),
    ("delete_rule", delete_rule),
    ("edit_rule", edit_rule),
    ("delete_instance", delete_instance),
    ("delete_contact_flow", delete_contact_flow),
    ("unpublish_contact_flow", unpublish_contact_flow),
];

fn flow<'a>(call: &'a mut Call<'_>, name: &str) -> Result<&'a mut flows::Flow, String> {
    flows::find(call, name).map_err(message)
}

fn stop_flow(call: &mut Call<'_>, name: &str, _: &Value) -> Result<(), String> {
    flow(call, name)?.status = flows::Status::Suspended;
    Ok(())
}

/// AppFlow itself deactivates a flow and says why (`message`).
fn suspend_flow(call: &mut Call<'_>, name: &str, request: &Value) -> Result<(), String> {
    let why = request["message"].as_str().unwrap_or("The flow was deactivated.");
    flow(call, name)?.suspend(why);
    Ok(())
}

fn error_flow(call: &mut Call<'_>, name: &str, request: &Value) -> Result<(), String> {
    let flow = flow(call, name)?;
    flow.status = flows::Status::Errored;
    flow.status_message = request["message"].as_str().map(str::to_owned);
    Ok(())
}

fn delete_flow(call: &mut Call<'_>, name: &str, _: &Value) -> Result<(), String> {
    flow(call, name)?;
    flows::remove(call, name);
    Ok(())
}

/// `changes` replaces members of the definition, and `tags`.
fn edit_flow(call: &mut Call<'_>, name: &str, request: &Value) -> Result<(), String> {
    let now = call.world.now();
    let flow = flow(call, name)?;
    for (member, value) in changes(request)? {
        if member == "tags" {
            flow.tags = serde_json::from_value(value).map_err(|error| error.to_string())?;
        } else if value.is_null() {
            flow.definition.0.remove(&member);
        } else {
            flow.definition.0.insert(member, value);
        }
    }
    flow.touch(now);
    Ok(())
}

fn delete_profile(call: &mut Call<'_>, name: &str, _: &Value) -> Result<(), String> {
    let removed = call.region().profiles.remove(name);
    removed.map(|_| ()).ok_or_else(|| missing("connector profile", name))
}

/// `changes` replaces Salesforce properties such as `instanceUrl`.
fn edit_profile(call: &mut Call<'_>, name: &str, request: &Value) -> Result<(), String> {
    let now = call.world.now();
    let profile = call.region().profiles.get_mut(name);
    let profile = profile.ok_or_else(|| missing("connector profile", name))?;
    for (member, value) in changes(request)? {
        if member == "instanceUrl"
            && let Some(host) = value.as_str().and_then(salesforce::host)
        {
            profile.org = host;
        }
        profile.properties.insert(member, value);
    }
    profile.updated_at = now;
    Ok(())
}

/// Someone logged in again in the AppFlow console.
fn reconnect_profile(call: &mut Call<'_>, name: &str, _: &Value) -> Result<(), String> {
    let now = call.world.now();
    let profile = call.region().profiles.get_mut(name);
    let profile = profile.ok_or_else(|| missing("connector profile", name))?;
    profile.login_valid = true;
    profile.updated_at = now;
    Ok(())
}

/// The target is a connector profile, or an org's host: then all its profiles.
fn revoke_token(call: &mut Call<'_>, target: &str, _: &Value) -> Result<(), String> {
    let at_once = call.world.switches.revoked_token_noticed == Noticed::AtOnce;
    let region = call.region();
    let mut revoked = Vec::new();
    for profile in region.profiles.values_mut() {
        if profile.name == target || profile.org == target {
            profile.login_valid = false;
            revoked.push(profile.name.clone());
        }
    }
    if revoked.is_empty() {
        return Err(missing("connector profile or org", target));
    }
    let why = crate::appflow::entities::revoked().message;
    for flow in region.flows.values_mut().filter(|_| at_once) {
        if flow.profile().is_some_and(|name| revoked.iter().any(|gone| gone == name)) {
            flow.suspend(&why);
        }
    }
    Ok(())
}

/// `object` is `Case` unless it says otherwise.
fn disable_cdc(call: &mut Call<'_>, host: &str, request: &Value) -> Result<(), String> {
    let object = request["object"].as_str().unwrap_or("Case");
    let org = call.world.orgs.get_mut(host).ok_or_else(|| missing("org", host))?;
    org.cdc.remove(object);
    Ok(())
}

fn enable_cdc(call: &mut Call<'_>, host: &str, request: &Value) -> Result<(), String> {
    let object = request["object"].as_str().unwrap_or("Case");
    let org = call.world.orgs.get_mut(host).ok_or_else(|| missing("org", host))?;
    org.cdc.insert(object.into());
    Ok(())
}

fn source<'a>(call: &'a mut Call<'_>, name: &str) -> Result<&'a mut sources::Source, String> {
    call.region().sources.get_mut(name).ok_or_else(|| missing("event source", name))
}

/// The partner deletes the source; a bus that matches it stays.
fn delete_source(call: &mut Call<'_>, name: &str, _: &Value) -> Result<(), String> {
    source(call, name)?;
    sources::forsake(call, name, crate::switches::SourceFate::Deleted);
    Ok(())
}

/// The source is gone altogether, as after two weeks without a bus.
fn expire_source(call: &mut Call<'_>, name: &str, _: &Value) -> Result<(), String> {
    source(call, name)?;
    call.region().sources.remove(name);
    Ok(())
}

fn deactivate_source(call: &mut Call<'_>, name: &str, _: &Value) -> Result<(), String> {
    let now = call.world.now();
    source(call, name)?.pend(now);
    Ok(())
}

fn delete_bus(call: &mut Call<'_>, name: &str, _: &Value) -> Result<(), String> {
    buses::find(call, name).map_err(message)?;
    buses::remove(call, name);
    Ok(())
}

/// `changes` replaces Description, KmsKeyIdentifier, DeadLetterConfig, LogConfig, and `tags`.
fn edit_bus(call: &mut Call<'_>, name: &str, request: &Value) -> Result<(), String> {
    let bus = buses::find(call, name).map_err(message)?;
    for (member, value) in changes(request)? {
        if member == "tags" {
            bus.tags = serde_json::from_value(value).map_err(|error| error.to_string())?;
        } else if value.is_null() {
            bus.settings.remove(&member);
        } else {
            bus.settings.insert(member, value);
        }
    }
    Ok(())
}

/// The target is the name of a rule, on whichever bus.
fn disable_event_rule(call: &mut Call<'_>, name: &str, _: &Value) -> Result<(), String> {
    let mut buses = call.region().buses.values_mut();
    let rule = buses.find_map(|bus| bus.rules.get_mut(name));
    rule.ok_or_else(|| missing("rule on a bus", name))?.state = "DISABLED".into();
    Ok(())
}

fn delete_event_rule(call: &mut Call<'_>, name: &str, _: &Value) -> Result<(), String> {
    let mut buses = call.region().buses.values_mut();
    let removed = buses.find_map(|bus| bus.rules.remove(name));
    removed.map(|_| ()).ok_or_else(|| missing("rule on a bus", name))
}

fn delete_event_integration(call: &mut Call<'_>, name: &str, _: &Value) -> Result<(), String> {
    let removed = call.region().event_integrations.remove(name);
    removed.map(|_| ()).ok_or_else(|| missing("event integration", name))
}

/// `changes` is what UpdateEventIntegration takes, and `tags`.
fn edit_event_integration(call: &mut Call<'_>, name: &str, request: &Value) -> Result<(), String> {
    let integration = call.region().event_integrations.get_mut(name);
    let integration = integration.ok_or_else(|| missing("event integration", name))?;
    let mut input = changes(request)?;
    if let Some(tags) = input.remove("tags") {
        integration.tags = serde_json::from_value(tags).map_err(|error| error.to_string())?;
    }
    input.insert("Name".into(), name.into());
    call_inside(
        call.world,
        &call.place.clone(),
        "app-integrations",
        "UpdateEventIntegration",
        Value::Object(input),
    )
    .map(|_| ())
    .map_err(message)
}

/// The instance that has what `found` looks for.
fn instance<'a>(
    call: &'a mut Call<'_>,
    what: &str,
    target: &str,
    found: impl Fn(&Instance) -> bool,
) -> Result<&'a mut Instance, String> {
    let mut instances = call.region().instances.values_mut();
    instances.find(|instance| found(instance)).ok_or_else(|| missing(what, target))
}

/// Use cases and wiring go with it; rules stay dangling.
fn delete_association(call: &mut Call<'_>, id: &str, _: &Value) -> Result<(), String> {
    let has = |instance: &Instance| instance.associations.contains_key(id);
    let instance = instance(call, "integration association", id, has)?.id.clone();
    associations::remove(call, &instance, id).map_err(message)
}

/// The next `reads` lists of the instance (by id or alias) miss all its associations.
fn hide_associations(call: &mut Call<'_>, target: &str, request: &Value) -> Result<(), String> {
    let has = |instance: &Instance| instance.id == target || instance.alias == target;
    let reads = request["reads"].as_u64().and_then(|reads| u32::try_from(reads).ok()).unwrap_or(1);
    instance(call, "instance", target, has)?.blind_reads = reads;
    Ok(())
}

/// The target is the use case's id, or its association's: then all of them.
fn delete_use_case(call: &mut Call<'_>, target: &str, _: &Value) -> Result<(), String> {
    let has = |instance: &Instance| {
        instance
            .associations
            .iter()
            .any(|(id, association)| id == target || association.use_cases.contains_key(target))
    };
    for (id, association) in &mut instance(call, "use case", target, has)?.associations {
        association.use_cases.retain(|use_case, _| use_case != target && id != target);
    }
    Ok(())
}

fn delete_rule(call: &mut Call<'_>, id: &str, _: &Value) -> Result<(), String> {
    let has = |instance: &Instance| instance.rules.contains_key(id);
    instance(call, "rule", id, has)?.rules.remove(id);
    Ok(())
}

/// `changes` takes Name, Function, Actions, PublishStatus and `tags`, as the console saves them.
fn edit_rule(call: &mut Call<'_>, id: &str, request: &Value) -> Result<(), String> {
    let now = call.world.now();
    let has = |instance: &Instance| instance.rules.contains_key(id);
    let rules = &mut instance(call, "rule", id, has)?.rules;
    let rule = rules.get_mut(id).ok_or_else(|| missing("rule", id))?;
    for (member, value) in changes(request)? {
        let text = value.as_str().map(str::to_owned);
        match (member.as_str(), text, value) {
            ("Name", Some(name), _) => rule.name = name,
            ("Function", Some(function), _) => rule.function = function,
            ("PublishStatus", Some(status), _) => rule.publish_status = status,
            ("Actions", _, Value::Array(actions)) => rule.actions = actions,
            ("tags", _, tags) => {
                rule.tags = serde_json::from_value(tags).map_err(|error| error.to_string())?;
            }
            (other, _, _) => return Err(format!("a rule's {other} can not be edited so")),
        }
    }
    rule.updated_at = now;
    Ok(())
}

fn delete_instance(call: &mut Call<'_>, target: &str, _: &Value) -> Result<(), String> {
    let has = |instance: &Instance| instance.id == target || instance.alias == target;
    let id = instance(call, "instance", target, has)?.id.clone();
    call.region().instances.remove(&id);
    Ok(())
}

fn delete_contact_flow(call: &mut Call<'_>, id: &str, _: &Value) -> Result<(), String> {
    let has = |instance: &Instance| instance.contact_flows.contains_key(id);
    instance(call, "contact flow", id, has)?.contact_flows.remove(id);
    Ok(())
}

fn unpublish_contact_flow(call: &mut Call<'_>, id: &str, _: &Value) -> Result<(), String> {
    let has = |instance: &Instance| instance.contact_flows.contains_key(id);
    let flows = &mut instance(call, "contact flow", id, has)?.contact_flows;
    flows.get_mut(id).ok_or_else(|| missing("contact flow", id))?.published = false;
    Ok(())
}

fn changes(request: &Value) -> Result<serde_json::Map<String, Value>, String> {
    request["changes"].as_object().cloned().ok_or_else(|| "this drift needs changes {…}".into())
}

fn missing(what: &str, name: &str) -> String {
    format!("there is no {what} {name}")
}

fn message(refusal: Refusal) -> String {
    refusal.message
}
