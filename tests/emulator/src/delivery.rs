//! What a case does: org, flow, partner bus, rule on the bus, association, Connect rule, task.
//!
//! Every hop leaves a line in the trace, above all the one at which an event is lost.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::appflow::entities;
use crate::appflow::flows::Status;
use crate::appflow::mapping::mapped;
use crate::connect::function::Function;
use crate::connect::rules::{Rule, SALESFORCE};
use crate::connect::variables::{field, inject};
use crate::events::pattern::Pattern;
use crate::events::sources::State;
use crate::salesforce::change_event;
use crate::world::{Place, World};

/// A task that a rule created.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) time: f64,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) instance_id: String,
    pub(crate) rule_id: String,
    pub(crate) rule_name: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) references: BTreeMap<String, String>,
    pub(crate) contact_flow_id: String,
    pub(crate) contact_flow_name: String,
    /// The rule's name, when the rule assigns it as a category.
    pub(crate) category: Option<String>,
    pub(crate) case_number: String,
}

/// A change of a record in an org.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) org: String,
    pub(crate) object: String,
    pub(crate) change_type: String,
    pub(crate) fields: Map<String, Value>,
}

/// What became of a change.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) tasks: Vec<Task>,
    pub(crate) trace: Vec<String>,
}

/// Publishes a change to all flows that listen to the org.
pub(crate) fn publish(world: &mut World, change: &Change) -> Outcome {
    world.settle();
    let mut outcome = Outcome::default();
    let object = change_event(&change.object);
    let Some(org) = world.orgs.get(&change.org) else {
        outcome.trace.push(format!("there is no org {}", change.org));
        return outcome;
    };
    if !org.cdc.contains(&change.object) {
        let line = "publishes nothing: Change Data Capture is off for";
        outcome.trace.push(format!("org {} {line} {}", change.org, change.object));
        return outcome;
    }
    let listening = listening(world, &change.org, &object);
    outcome.trace.push(format!(
        "org {} publishes {object} ({}), {} flow(s) listen",
        change.org,
        change.change_type,
        listening.len()
    ));
    for (place, flow) in listening {
        let mut hop = Hop { world, place, change, outcome: &mut outcome };
        hop.flow(&flow);
    }
    world.tasks.extend(outcome.tasks.iter().cloned());
    outcome
}

/// Event flows with this source object and a profile of this org, wherever they are.
fn listening(world: &World, org: &str, object: &str) -> Vec<(Place, String)> {
    let places = world.places.iter();
    places
        .flat_map(|(place, region)| {
            let listens = move |flow: &&crate::appflow::flows::Flow| {
                let profile = flow.profile().and_then(|name| region.profiles.get(name));
                flow.definition.trigger() == "Event"
                    && flow.definition.source_object() == object
                    && profile.is_some_and(|profile| profile.org == org)
            };
            let flows = region.flows.values().filter(listens);
            flows.map(|flow| (place.clone(), flow.name.clone()))
        })
        .collect()
}

/// One change on its way through one account and region.
struct Hop<'a> {
    world: &'a mut World,
    place: Place,
    change: &'a Change,
    outcome: &'a mut Outcome,
}

impl Hop<'_> {
    fn say(&mut self, line: impl Into<String>) {
        self.outcome.trace.push(line.into());
    }

    fn flow(&mut self, name: &str) {
        let Some(flow) = self.world.region(&self.place).flows.get(name).cloned() else { return };
        if flow.status != Status::Active {
            let status = flow.status.name();
            return self.say(format!("flow {name} is {status}: the event is dropped"));
        }
        let region = self.world.region(&self.place);
        let login = flow.profile().and_then(|profile| region.profiles.get(profile));
        if !login.is_some_and(|profile| profile.login_valid) {
            if let Some(flow) = region.flows.get_mut(name) {
                flow.suspend(&entities::revoked().message);
            }
            return self.say(format!("flow {name} can not log in: it is Suspended now"));
        }
        let fields = match mapped(flow.definition.tasks(), &self.change.fields) {
            Ok(fields) => fields,
            Err(reason) => return self.say(format!("flow {name} drops the event: {reason}")),
        };
        let source = flow.definition.event_source().unwrap_or_default().to_owned();
        let event = self.event(&source, fields);
        let bytes = event.to_string().len();
        let (id, now) = (self.world.ids.uuid(), self.world.now());
        let failure = (bytes > EVENT_LIMIT).then_some("the event is larger than 256 KB");
        if let Some(flow) = self.world.region(&self.place).flows.get_mut(name) {
            flow.ran(id, now, bytes, failure);
        }
        if let Some(failure) = failure {
            let whereto = match flow.definition.error_bucket() {
                Some(bucket) => format!("it is written to bucket {bucket}"),
                None => "there is no error bucket, so it is lost".into(),
            };
            return self.say(format!("flow {name}: {failure}; {whereto}"));
        }
        self.say(format!("flow {name} sends the event to {source}"));
        self.bus(&source, &event);
    }

    fn event(&mut self, source: &str, mut detail: Map<String, Value>) -> Value {
        let id = self.world.ids.uuid();
        detail.insert(
            "ChangeEventHeader".into(),
            json!({
                "changeType": self.change.change_type,
                "entityName": self.change.object,
                "recordIds": [format!("500{}", &id.replace('-', "").to_uppercase()[..15])],
                "changeOrigin": "",
                "changedFields": [],
            }),
        );
        json!({
            "version": "0",
            "id": id,
            "detail-type": change_event(&self.change.object),
            "source": source,
            "account": self.place.account,
            "time": self.world.now(),
            "region": self.place.region,
            "resources": [],
            "detail": detail,
        })
    }

    fn bus(&mut self, name: &str, event: &Value) {
        let region = self.world.region(&self.place);
        let state = region.sources.get(name).map(|source| source.state);
        if state != Some(State::Active) {
            let state = state.map_or("gone", State::name);
            return self.say(format!("event source {name} is {state}: the event is dropped"));
        }
        let Some(bus) = region.buses.get(name) else {
            return self.say(format!("there is no event bus {name}: the event is dropped"));
        };
        let mut lines = Vec::new();
        let mut taken = Vec::new();
        for rule in bus.rules.values() {
            let pattern = rule.pattern.as_deref().and_then(|text| Pattern::parse(text).ok());
            if !pattern.is_some_and(|pattern| pattern.matches(event)) {
                lines.push(format!("rule {} on the bus does not match", rule.name));
            } else if !rule.enabled() {
                lines.push(format!("rule {} on the bus is DISABLED", rule.name));
            } else if rule.targets.is_empty() {
                lines.push(format!("rule {} on the bus has no target", rule.name));
            } else {
                lines.push(format!("rule {} on the bus takes the event", rule.name));
                taken.push(rule.name.clone());
            }
        }
        if bus.rules.is_empty() {
            lines.push(format!("event bus {name} has no rules: the event goes nowhere"));
        }
        self.outcome.trace.extend(lines);
        for rule in taken {
            self.associations(name, &rule, event);
        }
    }

    fn associations(&mut self, bus: &str, rule: &str, event: &Value) {
        let region = self.world.region(&self.place);
        let mut wired = Vec::new();
        for instance in region.instances.values() {
            for association in instance.associations.values() {
                let wiring = association.wiring.as_ref();
                if wiring.is_some_and(|wiring| wiring.bus == bus && wiring.rule == rule) {
                    let evaluates =
                        association.use_cases.values().any(|it| it.kind == "RULES_EVALUATION");
                    wired.push((instance.id.clone(), association.id.clone(), evaluates));
                }
            }
        }
        for (instance, association, evaluates) in wired {
            if evaluates {
                self.say(format!("integration association {association} receives the event"));
                self.rules(&instance, &association, event);
            } else {
                self.say(format!(
                    "integration association {association} has no RULES_EVALUATION use case"
                ));
            }
        }
    }

    fn rules(&mut self, instance: &str, association: &str, event: &Value) {
        if event["detail"]["ChangeEventHeader"]["changeType"] != "CREATE" {
            return self.say("the case was not created but changed: no rule is evaluated");
        }
        let Some(found) = self.world.region(&self.place).instances.get(instance) else { return };
        let rules: Vec<Rule> = found
            .rules
            .values()
            .filter(|rule| rule.trigger == SALESFORCE)
            .filter(|rule| rule.association.as_deref() == Some(association))
            .cloned()
            .collect();
        if rules.is_empty() {
            self.say(format!("no rule hangs on integration association {association}"));
        }
        for rule in rules {
            self.evaluate(instance, &rule, event);
        }
    }

    fn evaluate(&mut self, instance: &str, rule: &Rule, event: &Value) {
        if !rule.published() {
            return self.say(format!("rule {} is a draft", rule.name));
        }
        let field = |path: &str| field(&event["detail"], path);
        let holds = Function::parse(&rule.function, &self.world.switches)
            .is_ok_and(|function| function.holds(&field));
        if !holds {
            return self.say(format!("rule {} does not hold for this case", rule.name));
        }
        let actions = &rule.actions;
        let Some(action) = actions.iter().find_map(|action| action.get("TaskAction")) else {
            return;
        };
        let flow_id = action["ContactFlowId"].as_str().unwrap_or_default();
        let region = self.world.region(&self.place);
        let flows = region.instances.get(instance).map(|instance| &instance.contact_flows);
        let flow = flows.and_then(|flows| flows.get(flow_id)).filter(|flow| flow.published);
        let Some(flow) = flow.cloned() else {
            return self.say(format!(
                "rule {} fails: \"Amazon Connect Rules Action Execution Failed\", \
                 ResourceNotFoundException: ContactFlowId {flow_id} does not belong to connect \
                 instance or is not published",
                rule.name
            ));
        };
        let text = |value: &Value| inject(value.as_str().unwrap_or_default(), &field);
        let references = action["References"].as_object().into_iter().flatten();
        let category = actions.iter().any(|one| one["ActionType"] == "ASSIGN_CONTACT_CATEGORY");
        let task = Task {
            id: self.world.ids.uuid(),
            time: self.world.now(),
            account: self.place.account.clone(),
            region: self.place.region.clone(),
            instance_id: instance.into(),
            rule_id: rule.id.clone(),
            rule_name: rule.name.clone(),
            name: text(&action["Name"]),
            description: text(&action["Description"]),
            references: references.map(|(key, it)| (key.clone(), text(&it["Value"]))).collect(),
            contact_flow_id: flow.id,
            contact_flow_name: flow.name,
            category: category.then(|| rule.name.clone()),
            case_number: field("CaseNumber").unwrap_or_default(),
        };
        self.say(format!("rule {} creates task \"{}\"", rule.name, task.name));
        self.outcome.tasks.push(task);
    }
}

/// The size of an EventBridge record.
const EVENT_LIMIT: usize = 256 * 1024;
