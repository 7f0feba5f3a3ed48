//! Event buses. A partner event bus has the name of its source; nothing else links the two.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::events::rules::Rule;
use crate::events::{sources, tags};
use crate::operations::Entry;
use crate::pages::EVENTS;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::Call;

pub(crate) const OPERATIONS: &[Entry] = &[
    ("CreateEventBus", create),
    ("DescribeEventBus", describe),
    ("UpdateEventBus", update),
    ("ListEventBuses", list),
    ("DeleteEventBus", delete),
];

#[derive(Clone, Debug, Default)]
pub(crate) struct Bus {
    pub(crate) name: String,
    /// Description, KmsKeyIdentifier, DeadLetterConfig and LogConfig, as far as they are set.
    pub(crate) settings: Map<String, Value>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) rules: BTreeMap<String, Rule>,
    /// Deletions that still see rules after the last one went.
    pub(crate) lingering_rules: u32,
    created_at: f64,
    modified_at: f64,
}

impl Bus {
    /// A rule went; EventBridge may take a moment to notice that it was the last one.
    pub(crate) fn rule_removed(&mut self, lingering: u32) {
        if self.rules.is_empty() {
            self.lingering_rules = lingering;
        }
    }
}

fn create(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.text("Name").to_owned();
    let source = input.optional_text("EventSourceName");
    if source != Some(name.as_str()) {
        if name.starts_with("aws.") {
            return Err(Refusal::validation("EventBus name starting with 'aws.' is not valid."));
        }
        if source.is_some() {
            return Err(Refusal::validation(
                "The name of a partner event bus must be the name of its event source.",
            ));
        }
        if name.contains('/') {
            return Err(Refusal::validation("Event bus name must not contain '/'."));
        }
    }
    let new_tags = tags::check(input.list("Tags"))?;
    let exists = format!("Event bus {name} already exists.");
    let quota = BUS_QUOTA * call.world.switches.quota_factor;
    let region = call.region();
    if let Some(lingering) = region.lingering_buses.get_mut(&name) {
        *lingering = lingering.saturating_sub(1);
        if *lingering == 0 {
            region.lingering_buses.remove(&name);
        }
        return Err(Refusal::new("ResourceAlreadyExistsException", exists));
    }
    if name == DEFAULT || region.buses.contains_key(&name) {
        return Err(Refusal::new("ResourceAlreadyExistsException", exists));
    }
    if region.buses.keys().filter(|name| *name != DEFAULT).count() + 1 >= quota {
        return Err(Refusal::new(
            "LimitExceededException",
            format!("The requested resource exceeds the maximum number allowed: {quota}"),
        ));
    }
    if source.is_some() {
        let activating_reads = call.world.switches.event_source_activation_reads;
        let source = sources::find(call, &name)?;
        if source.state == sources::State::Deleted {
            return Err(Refusal::new(
                "InvalidStateException",
                format!("Event source {name} is deleted."),
            ));
        }
        source.activate(activating_reads);
    }
    let now = call.world.now();
    let mut bus = Bus {
        name: name.clone(),
        tags: new_tags,
        created_at: now,
        modified_at: now,
        ..Bus::default()
    };
    bus.change(input);
    let mut answer = Value::Object(bus.settings.clone());
    answer["EventBusArn"] = arn(call, &name).into();
    call.region().buses.insert(name, bus);
    Ok(answer)
}

fn describe(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = named(call, input.optional_text("Name"))?;
    let arn = arn(call, &name);
    let bus = find(call, &name)?;
    let mut answer = Value::Object(bus.settings.clone());
    answer["Arn"] = arn.into();
    answer["Name"] = name.into();
    answer["CreationTime"] = bus.created_at.into();
    answer["LastModifiedTime"] = bus.modified_at.into();
    Ok(answer)
}

fn update(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.optional_text("Name").unwrap_or(DEFAULT).to_owned();
    let now = call.world.now();
    let arn = arn(call, &name);
    let bus = find(call, &name)?;
    bus.change(input);
    bus.modified_at = now;
    let mut settings = bus.settings.clone();
    settings.remove("Policy");
    let mut answer = Value::Object(settings);
    answer["Arn"] = arn.into();
    answer["Name"] = name.into();
    Ok(answer)
}

impl Bus {
    /// Takes over what the input names. An empty text, or an empty structure, unsets.
    fn change(&mut self, input: &Input) {
        for name in ["Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig"] {
            let Some(value) = input.value(name) else { continue };
            let empty = value == "" || value.as_object().is_some_and(Map::is_empty);
            if empty {
                self.settings.remove(name);
            } else {
                self.settings.insert(name.into(), value.clone());
            }
        }
    }
}

fn list(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let prefix = input.optional_text("NamePrefix").unwrap_or_default();
    let place = call.place.clone();
    let mut shown = Vec::new();
    find(call, DEFAULT)?;
    for bus in call.region().buses.values().filter(|bus| bus.name.starts_with(prefix)) {
        let mut item = json!({
            "Name": bus.name,
            "Arn": place.arn("events", &format!("event-bus/{}", bus.name)),
            "CreationTime": bus.created_at,
            "LastModifiedTime": bus.modified_at,
        });
        if let Some(description) = bus.settings.get("Description") {
            item["Description"] = description.clone();
        }
        shown.push((bus.name.clone(), item));
    }
    EVENTS.answer(&call.world.switches, input, "EventBuses", shown)
}

/// A bus that does not exist is deleted with success.
fn delete(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.text("Name");
    if name == DEFAULT {
        return Err(Refusal::validation("Cannot delete event bus default."));
    }
    let Some(bus) = call.region().buses.get_mut(name) else { return Ok(json!({})) };
    if bus.lingering_rules > 0 || !bus.rules.is_empty() {
        bus.lingering_rules = bus.lingering_rules.saturating_sub(1);
        return Err(Refusal::validation("EventBus can't be deleted since it has rules."));
    }
    remove(call, name);
    Ok(json!({}))
}

/// Removes a bus whatever is on it, and settles its source.
pub(crate) fn remove(call: &mut Call<'_>, name: &str) {
    let lingering = call.world.switches.deleted_bus_lingers_creates;
    let fate = call.world.switches.source_after_bus_deletion;
    let region = call.region();
    if region.buses.remove(name).is_none() {
        return;
    }
    if lingering > 0 {
        region.lingering_buses.insert(name.into(), lingering);
    }
    sources::forsake(call, name, fate);
}

/// A bus by name, where a name or an ARN of this account and region may stand.
pub(crate) fn named(call: &Call<'_>, name_or_arn: Option<&str>) -> Result<String, Refusal> {
    let Some(text) = name_or_arn else { return Ok(DEFAULT.into()) };
    if !text.starts_with("arn:") {
        return Ok(text.into());
    }
    let name = call.place.resource("events", text).and_then(|rest| rest.strip_prefix("event-bus/"));
    name.map(str::to_owned).ok_or_else(|| missing(text))
}

/// Finds a bus; the default one is always there.
pub(crate) fn find<'a>(call: &'a mut Call<'_>, name: &str) -> Result<&'a mut Bus, Refusal> {
    if name == DEFAULT {
        let now = call.world.now();
        let bus =
            || Bus { name: DEFAULT.into(), created_at: now, modified_at: now, ..Bus::default() };
        return Ok(call.region().buses.entry(DEFAULT.into()).or_insert_with(bus));
    }
    call.region().buses.get_mut(name).ok_or_else(|| missing(name))
}

pub(crate) fn arn(call: &Call<'_>, name: &str) -> String {
    call.arn("events", &format!("event-bus/{name}"))
}

fn missing(name: &str) -> Refusal {
    Refusal::not_found(format!("Event bus {name} does not exist."))
}

/// Every account and region has it from the start.
pub(crate) const DEFAULT: &str = "default";
/// The EventBridge quotas page.
const BUS_QUOTA: usize = 100;
