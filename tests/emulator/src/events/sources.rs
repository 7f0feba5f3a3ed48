//! Partner event sources: offered by AppFlow, active while a bus of the same name takes them.

use serde_json::{Value, json};

use crate::operations::Entry;
use crate::pages::EVENTS;
use crate::switches::{Repeated, SourceFate};
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::{Call, Region};

pub(crate) const OPERATIONS: &[Entry] = &[
    ("DescribeEventSource", describe),
    ("ListEventSources", list),
    ("ActivateEventSource", activate),
    ("DeactivateEventSource", deactivate),
];

#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) state: State,
    created_at: f64,
    /// Only a PENDING source expires.
    expires_at: Option<f64>,
    hidden_reads: u32,
    visible_at: f64,
    /// Describes that still say PENDING although the source is ACTIVE.
    activating_reads: u32,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum State {
    Pending,
    Active,
    Deleted,
}

impl State {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Active => "ACTIVE",
            Self::Deleted => "DELETED",
        }
    }
}

impl Source {
    pub(crate) fn pend(&mut self, now: f64) {
        self.state = State::Pending;
        self.expires_at = Some(now + PENDING_SECONDS);
    }

    pub(crate) fn activate(&mut self, activating_reads: u32) {
        self.state = State::Active;
        self.expires_at = None;
        self.activating_reads = activating_reads;
    }

    pub(crate) fn delete(&mut self) {
        self.state = State::Deleted;
        self.expires_at = None;
    }

    /// Whether this read sees the source; one that it does not see brings the moment nearer.
    fn seen(&mut self, now: f64) -> bool {
        if self.hidden_reads > 0 {
            self.hidden_reads -= 1;
            return false;
        }
        now >= self.visible_at
    }

    fn shown(&mut self, region: &str) -> Value {
        let mut state = self.state;
        if state == State::Active && self.activating_reads > 0 {
            self.activating_reads -= 1;
            state = State::Pending;
        }
        let mut shown = json!({
            "Arn": arn(region, &self.name),
            "CreatedBy": self.name.split('/').take(2).collect::<Vec<_>>().join("/"),
            "CreationTime": self.created_at,
            "Name": self.name,
            "State": state.name(),
        });
        if let Some(expires_at) = self.expires_at {
            shown["ExpirationTime"] = expires_at.into();
        }
        shown
    }
}

/// The account in the ARN of a partner event source is empty.
pub(crate) fn arn(region: &str, name: &str) -> String {
    format!("arn:aws:events:{region}::event-source/{name}")
}

/// AppFlow offers a source when a flow names it. One that is there already stays as it is,
/// unless it was DELETED.
pub(crate) fn offer(call: &mut Call<'_>, name: &str) {
    let now = call.world.now();
    let switches = call.world.switches.clone();
    if let Some(source) = call.region().sources.get_mut(name) {
        if source.state == State::Deleted && switches.new_flow_revives_source {
            source.pend(now);
        }
        return;
    }
    let source = Source {
        name: name.into(),
        state: State::Pending,
        created_at: now,
        expires_at: Some(now + PENDING_SECONDS),
        hidden_reads: switches.event_source_delay_reads,
        visible_at: now + switches.event_source_delay_seconds,
        activating_reads: 0,
    };
    call.region().sources.insert(name.into(), source);
}

/// Something that the source hung on is gone.
pub(crate) fn forsake(call: &mut Call<'_>, name: &str, fate: SourceFate) {
    let now = call.world.now();
    let region = call.region();
    let has_bus = region.buses.contains_key(name);
    let Some(source) = region.sources.get_mut(name) else { return };
    match fate {
        SourceFate::Kept => {}
        SourceFate::Pending if source.state == State::Active => source.pend(now),
        SourceFate::Pending => {}
        SourceFate::Deleted => source.delete(),
    }
    if source.state == State::Deleted && !has_bus {
        region.sources.remove(name);
    }
}

/// A PENDING source goes after two weeks; if a bus matches it, it stays to be seen as DELETED.
pub(crate) fn expire(region: &mut Region, now: f64) {
    let buses = &region.buses;
    region.sources.retain(|name, source| {
        if source.expires_at.is_none_or(|end| now < end) {
            return true;
        }
        source.delete();
        buses.contains_key(name)
    });
}

/// Finds a source that the caller can see by now.
pub(crate) fn find<'a>(call: &'a mut Call<'_>, name: &str) -> Result<&'a mut Source, Refusal> {
    let now = call.world.now();
    let source = call.region().sources.get_mut(name);
    source
        .and_then(|source| source.seen(now).then_some(source))
        .ok_or_else(|| Refusal::not_found(format!("Event source {name} does not exist.")))
}

fn describe(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let region = call.place.region.clone();
    Ok(find(call, input.text("Name"))?.shown(&region))
}

fn list(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let now = call.world.now();
    let region = call.place.region.clone();
    let prefix = input.optional_text("NamePrefix").unwrap_or_default();
    let mut shown = Vec::new();
    for source in call.region().sources.values_mut() {
        if source.name.starts_with(prefix) && source.seen(now) {
            shown.push((source.name.clone(), source.shown(&region)));
        }
    }
    EVENTS.answer(&call.world.switches, input, "EventSources", shown)
}

fn activate(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let source = matched(call, input)?;
    match source.state {
        State::Pending => source.activate(0),
        State::Active => return already(call, input, "active"),
        State::Deleted => return Err(deleted(input)),
    }
    Ok(json!({}))
}

fn deactivate(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let now = call.world.now();
    let source = matched(call, input)?;
    match source.state {
        State::Active => source.pend(now),
        State::Pending => return already(call, input, "pending"),
        State::Deleted => return Err(deleted(input)),
    }
    Ok(json!({}))
}

/// Both need the source and its bus.
fn matched<'a>(call: &'a mut Call<'_>, input: &Input) -> Result<&'a mut Source, Refusal> {
    let name = input.text("Name");
    let region = call.region();
    let has_bus = region.buses.contains_key(name);
    region.sources.get_mut(name).filter(|_| has_bus).ok_or_else(|| {
        Refusal::not_found(format!("Event source {name} or event bus {name} does not exist."))
    })
}

fn already(call: &Call<'_>, input: &Input, what: &str) -> Result<Value, Refusal> {
    match call.world.switches.source_already_in_state {
        Repeated::Succeeds => Ok(json!({})),
        Repeated::Refused => Err(Refusal::new(
            "InvalidStateException",
            format!("Event source {} is already {what}.", input.text("Name")),
        )),
    }
}

fn deleted(input: &Input) -> Refusal {
    Refusal::new(
        "InvalidStateException",
        format!("Event source {} is deleted.", input.text("Name")),
    )
}

/// Two weeks, says the API reference.
const PENDING_SECONDS: f64 = 14.0 * 24.0 * 3600.0;
