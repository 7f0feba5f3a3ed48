//! What was found, named and linked: which flow reads through which connection, and so on.

use std::collections::HashMap;

use super::names::Names;
use super::read::{Kind, Object};
use super::survey::{Foreign, Scope, Survey};
use crate::aws::event_integration::EventIntegration;
use crate::aws::event_source::EventSource;
use crate::aws::instance::Instance;

/// An object with the name of its resource.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) object: Object,
    /// The place of what it hangs on, among all objects.
    before: Option<usize>,
}

/// An instance with the name of its data source.
#[derive(Clone, Debug)]
pub(super) struct NamedInstance {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) alias: Option<String>,
}

/// Something that people should know, and what they can do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) what: String,
    pub(super) remedy: String,
}

/// Everything that is exported.
#[derive(Debug)]
pub(super) struct Estate {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) instances: Vec<NamedInstance>,
    /// By kind and name.
    pub(super) objects: Vec<Named>,
    pub(super) findings: Vec<Finding>,
    pub(super) foreign: Foreign,
    /// Flows and connections that belong to other instances, or to none.
    pub(super) elsewhere: usize,
}

/// A way from a connection to the rules of an integration; parts may be missing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Chain<'a> {
    pub(super) connection: Option<&'a Named>,
    pub(super) flow: Option<&'a Named>,
    pub(super) integration: Option<&'a Named>,
}

impl Estate {
    /// Names and links what was read.
    pub(super) fn new(
        account: String,
        region: String,
        scope: &Scope,
        survey: Survey,
        objects: Vec<Object>,
    ) -> Self {
        let instances = name_instances(&survey.instances);
        let (objects, refused): (Vec<_>, Vec<_>) =
            objects.into_iter().partition(|object| object.complaints.is_empty());
        let all = objects.len();
        let objects = match scope {
            Scope::Region => objects,
            Scope::Instances(_) => reachable(objects),
        };
        let mut estate = Self {
            account,
            region,
            elsewhere: all - objects.len(),
            objects: name_objects(objects, &instances),
            instances,
            findings: Vec::new(),
            foreign: survey.foreign,
        };
        estate.findings = refused.iter().map(not_exported).collect();
        estate.findings.extend(estate.objects.iter().flat_map(warnings));
        estate.findings.extend(estate.loose_ends());
        if *scope == Scope::Region {
            estate.findings.extend(estate.orphans(&survey));
        }
        estate.findings.extend(survey.denied.iter().map(|list| {
            Finding {
                what: format!("The role may not call {list}"),
                remedy: "What the console left behind is not complete below. Allow it and export \
                     again."
                    .to_owned(),
            }
        }));
        estate
    }

    /// The objects of a kind.
    pub(super) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Named> {
        self.objects.iter().filter(move |named| named.object.kind == kind)
    }

    /// The instance of an id.
    pub(super) fn instance(&self, id: &str) -> Option<&NamedInstance> {
        self.instances.iter().find(|instance| instance.id == id)
    }

    /// Every way through the objects; each connection, flow and integration is in at least one.
    pub(super) fn chains(&self) -> Vec<Chain<'_>> {
        let mut chains = Vec::new();
        for connection in self.of_kind(Kind::Connection).map(Some).chain([None]) {
            let flows = self.after(Kind::Flow, connection);
            if flows.is_empty() && connection.is_some() {
                chains.push(Chain { connection, ..Chain::default() });
            }
            for flow in flows {
                let chain = Chain { connection, flow: Some(flow), integration: None };
                let integrations = self.after(Kind::Integration, Some(flow));
                if integrations.is_empty() {
                    chains.push(chain);
                }
                let whole =
                    integrations.into_iter().map(|it| Chain { integration: Some(it), ..chain });
                chains.extend(whole);
            }
        }
        let alone = self.after(Kind::Integration, None).into_iter();
        chains.extend(alone.map(|it| Chain { integration: Some(it), ..Chain::default() }));
        chains
    }

    /// What an object hangs on: a flow on its connection, an integration on its flow, a rule on its
    /// integration.
    pub(super) fn before(&self, named: &Named) -> Option<&Named> {
        named.before.and_then(|place| self.objects.get(place))
    }

    /// The objects of a kind that hang on this one, or on none.
    pub(super) fn after(&self, kind: Kind, before: Option<&Named>) -> Vec<&Named> {
        let place = before.and_then(|before| {
            self.objects
                .binary_search_by(|it| {
                    (it.object.kind, &it.name).cmp(&(before.object.kind, &before.name))
                })
                .ok()
        });
        self.of_kind(kind).filter(|it| it.before == place).collect()
    }

    /// Links that lead nowhere.
    fn loose_ends(&self) -> Vec<Finding> {
        let rules = self.after(Kind::Rule, None).into_iter();
        let rules = rules.map(|rule| Finding {
            what: format!("The rule {:?} belongs to no integration", rule.object.text("name")),
            remedy: format!(
                "Its association {} is not exported, or does not exist any more; then it is never \
                 triggered. Give the rule the `integration_association_id` of another integration, \
                 which replaces it, or destroy it.",
                rule.object.text("integration_association_id")
            ),
        });
        let flows = self.after(Kind::Flow, None).into_iter();
        let flows = flows.map(|flow| Finding {
            what: format!("The connection of the flow {:?} is missing", flow.object.text("name")),
            remedy: format!(
                "There is no connection {:?} to Salesforce. Give the flow another \
                 `connection_name`.",
                flow.object.text("connection_name")
            ),
        });
        rules.chain(flows).chain(self.of_kind(Kind::Flow).filter_map(repair)).collect()
    }

    /// What "Remove connection" and other deletions leave behind.
    fn orphans(&self, survey: &Survey) -> Vec<Finding> {
        let unused = |kind: Kind, user: Kind| {
            let all = self.of_kind(kind);
            all.filter(|it| self.after(user, Some(it)).is_empty()).collect::<Vec<_>>()
        };
        let flows = unused(Kind::Flow, Kind::Integration).into_iter().map(|flow| Finding {
            what: format!("No instance uses the flow {:?}", flow.object.text("name")),
            remedy: format!(
                "It is exported as connect_salesforce_event_flow.{}. Use it in a \
                 connect_salesforce_app_integration, or destroy it together with its bus.",
                flow.name
            ),
        });
        let connections = unused(Kind::Connection, Kind::Flow).into_iter().map(|connection| Finding {
            what: format!("No event flow uses the connection {:?}", connection.object.text("name")),
            remedy: format!(
                "It is exported as connect_salesforce_connection.{}. Its login still works: keep \
                 it for a new flow, or remove `prevent_destroy` and destroy it.",
                connection.name
            ),
        });
        let has_flow = |source: &str| {
            self.of_kind(Kind::Flow).any(|flow| flow.object.text("event_source_name") == source)
        };
        let integrations =
            survey.event_integrations.iter().filter(|it| !survey.associated.contains(&it.arn));
        let integrations = integrations.map(|it| unassociated(it, has_flow(&it.event_source_name)));
        let buses =
            survey.event_buses.iter().filter(|bus| !has_flow(bus)).map(|bus| bus_alone(bus));
        let sources = survey
            .event_sources
            .iter()
            .filter(|source| !has_flow(&source.name) && !survey.event_buses.contains(&source.name));
        flows
            .chain(connections)
            .chain(integrations)
            .chain(buses)
            .chain(sources.map(source_alone))
            .collect()
    }
}

/// What the first plan will want to repair, the one change after an import.
fn repair(flow: &Named) -> Option<Finding> {
    let missing = |name: &str| flow.object.text(name).is_empty();
    let state = flow.object.text("event_source_state");
    let broken = if missing("event_source_arn") || state == "DELETED" {
        "event source"
    } else if missing("event_bus_arn") || state == "PENDING" {
        "event bus"
    } else {
        return None;
    };
    Some(Finding {
        what: format!("The {broken} of the flow {:?} is missing", flow.object.text("name")),
        remedy: "No event gets through. The plan shows the repair; applying it makes the chain \
                 whole again."
            .to_owned(),
    })
}

fn unassociated(integration: &EventIntegration, has_flow: bool) -> Finding {
    let EventIntegration { name, arn, .. } = integration;
    let reuse = if has_flow {
        format!(
            "To use it again, set `event_integration_arn = \"{arn}\"` in a \
             connect_salesforce_app_integration. Otherwise delete it"
        )
    } else {
        "Its flow does not exist any more, so nothing will ever come through it. Delete it".into()
    };
    Finding {
        what: format!("No instance uses the event integration {name:?}"),
        remedy: format!(
            "{reuse}: `aws appintegrations delete-event-integration --name {name}`. It counts \
             against a quota of ten."
        ),
    }
}

fn bus_alone(bus: &str) -> Finding {
    Finding {
        what: format!("No flow writes to the event bus {bus:?}"),
        remedy: format!(
            "To use it again, make a connect_salesforce_event_flow with this as \
             `event_source_name` and `event_bus = {{ adopt = true }}`. Otherwise delete its rules, \
             then the bus: `aws events delete-event-bus --name {bus}`."
        ),
    }
}

fn source_alone(source: &EventSource) -> Finding {
    let end = source.expires_at.map_or_else(
        || "two weeks after it was made".to_owned(),
        |end| format!("on {}", end.date()),
    );
    Finding {
        what: format!("The event source {:?} has neither flow nor bus", source.name),
        remedy: format!("Nothing needs to be done: AWS drops it {end}."),
    }
}

fn not_exported(object: &Object) -> Finding {
    let why: Vec<String> =
        object.complaints.iter().map(|it| format!("{}. {}", it.summary, it.detail)).collect();
    Finding {
        what: format!(
            "{} {:?} is not exported, for Terraform would refuse it",
            object.kind.resource_type(),
            object.text("name")
        ),
        remedy: format!("{} Its import id is `{}`.", one_line(&why.join(" ")), object.import_id),
    }
}

fn warnings(named: &Named) -> Vec<Finding> {
    let address = format!("{}.{}", named.object.kind.resource_type(), named.name);
    let warnings = named.object.warnings.iter();
    warnings
        .map(|warning| Finding {
            what: format!("{address}: {}", warning.summary),
            remedy: one_line(&warning.detail.replace("ADDRESS", &address)),
        })
        .collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The objects that the integrations and rules among them hang on, and these.
fn reachable(objects: Vec<Object>) -> Vec<Object> {
    let values = |kind, attribute: &str| -> Vec<String> {
        let of_kind = objects.iter().filter(|object| object.kind == kind);
        of_kind.map(|object| object.text(attribute).to_owned()).collect()
    };
    let sources = values(Kind::Integration, "event_source_name");
    let is_used_flow =
        |object: &Object| sources.iter().any(|source| source == object.text("event_source_name"));
    let connections: Vec<String> = objects
        .iter()
        .filter(|object| object.kind == Kind::Flow && is_used_flow(object))
        .map(|flow| flow.text("connection_name").to_owned())
        .collect();
    let is_reached = |object: &Object| match object.kind {
        Kind::Connection => connections.iter().any(|name| name == object.text("name")),
        Kind::Flow => is_used_flow(object),
        Kind::Integration | Kind::Rule => true,
    };
    objects.iter().filter(|object| is_reached(object)).cloned().collect()
}

fn name_instances(instances: &[Instance]) -> Vec<NamedInstance> {
    let mut names = Names::default();
    let mut named: Vec<NamedInstance> = instances
        .iter()
        .map(|it| NamedInstance {
            name: names.name(&[it.alias.as_deref().unwrap_or_default()], "instance"),
            id: it.id.clone(),
            alias: it.alias.clone(),
        })
        .collect();
    named.sort_by(|a, b| a.name.cmp(&b.name));
    named
}

fn name_objects(objects: Vec<Object>, instances: &[NamedInstance]) -> Vec<Named> {
    let mut named = Vec::new();
    for kind in Kind::ALL {
        let mut names = Names::default();
        for object in objects.iter().filter(|object| object.kind == kind) {
            let name = object.text("name");
            let short = CONSOLE_PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix));
            let instance = instances.iter().find(|it| it.id == object.text("instance_id"));
            let longer = match instance {
                Some(instance) => format!("{name} {}", instance.name),
                None => name.to_owned(),
            };
            let texts = [short.unwrap_or(name), &longer];
            let name = names.name(&texts, fallback(kind));
            named.push(Named { name, object: object.clone(), before: None });
        }
    }
    named.sort_by(|a, b| (a.object.kind, &a.name).cmp(&(b.object.kind, &b.name)));
    link(&mut named);
    named
}

/// Finds out what each object hangs on.
fn link(objects: &mut [Named]) {
    let mut places: HashMap<(Kind, String), usize> = HashMap::new();
    for (place, named) in objects.iter().enumerate() {
        let object = &named.object;
        let key = match object.kind {
            Kind::Connection => object.text("name"),
            Kind::Flow => object.text("event_source_name"),
            Kind::Integration => object.text("integration_association_id"),
            Kind::Rule => continue,
        };
        places.entry((object.kind, key.to_owned())).or_insert(place);
    }
    for named in objects {
        let object = &named.object;
        let key = match object.kind {
            Kind::Connection => continue,
            Kind::Flow => (Kind::Connection, object.text("connection_name").to_owned()),
            Kind::Integration => (Kind::Flow, object.text("event_source_name").to_owned()),
            Kind::Rule => (Kind::Integration, object.text("integration_association_id").to_owned()),
        };
        named.before = places.get(&key).copied();
    }
}

/// How the Connect console begins the names of what it makes; the rest is the org's.
const CONSOLE_PREFIXES: [&str; 2] =
    ["amazon-connect-salesforce-to-eventbridge-", "amazon-connect-salesforce-"];

fn fallback(kind: Kind) -> &'static str {
    match kind {
        Kind::Connection => "connection",
        Kind::Flow => "flow",
        Kind::Integration => "integration",
        Kind::Rule => "rule",
    }
}
