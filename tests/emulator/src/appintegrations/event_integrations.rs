//! Event integrations. They are metadata: whether the bus exists is nobody's concern here.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::operations::Entry;
use crate::pages::APP_INTEGRATIONS;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::{Call, Place};

pub(crate) const OPERATIONS: &[Entry] = &[
    ("CreateEventIntegration", create),
    ("GetEventIntegration", get),
    ("ListEventIntegrations", list),
    ("UpdateEventIntegration", update),
    ("DeleteEventIntegration", delete),
    ("ListEventIntegrationAssociations", list_associations),
];

#[derive(Clone, Debug)]
pub(crate) struct EventIntegration {
    pub(crate) name: String,
    pub(crate) source: String,
    pub(crate) bus: String,
    pub(crate) tags: BTreeMap<String, String>,
    /// Clients by the id of their association. Only services make them, with the caller's rights.
    pub(crate) clients: BTreeMap<String, Client>,
    description: Option<String>,
}

/// A service that listens: for us, a Connect instance.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) client_id: String,
    pub(crate) rule: String,
}

fn create(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.text("Name").to_owned();
    super::tags::check_keys(&input.text_map("Tags"))?;
    let arn = arn(&call.place, &name);
    let quota = INTEGRATION_QUOTA * call.world.switches.quota_factor;
    let region = call.region();
    if region.event_integrations.contains_key(&name) {
        return Err(Refusal::new(
            "DuplicateResourceException",
            format!("Event integration {name} already exists."),
        ));
    }
    if region.event_integrations.len() >= quota {
        return Err(Refusal::new(
            "ResourceQuotaExceededException",
            format!("The limit of {quota} event integrations is reached."),
        ));
    }
    let filter = input.at("/EventFilter/Source").and_then(Value::as_str);
    let integration = EventIntegration {
        source: filter.expect("the model requires the source").to_owned(),
        bus: input.text("EventBridgeBus").into(),
        tags: input.text_map("Tags"),
        clients: BTreeMap::new(),
        description: description(input),
        name: name.clone(),
    };
    region.event_integrations.insert(name, integration);
    Ok(json!({"EventIntegrationArn": arn}))
}

fn get(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let place = call.place.clone();
    Ok(find(call, input.text("Name"))?.shown(&place))
}

fn list(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let place = call.place.clone();
    let integrations: Vec<_> = call
        .region()
        .event_integrations
        .values()
        .map(|integration| (integration.name.clone(), integration.shown(&place)))
        .collect();
    APP_INTEGRATIONS.answer(&call.world.switches, input, "EventIntegrations", integrations)
}

/// Only the description can change; everything else is fixed at creation.
fn update(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let integration = find(call, input.text("Name"))?;
    if input.value("Description").is_some() {
        integration.description = description(input);
    }
    Ok(json!({}))
}

fn delete(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.text("Name");
    if !find(call, name)?.clients.is_empty() {
        return Err(Refusal::invalid_request(format!(
            "The event integration {name} is associated with one or more clients."
        )));
    }
    call.region().event_integrations.remove(name);
    Ok(json!({}))
}

fn list_associations(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.text("EventIntegrationName");
    let place = call.place.clone();
    let clients: Vec<_> = find(call, name)?
        .clients
        .iter()
        .map(|(id, client)| {
            let resource = format!("event-integration-association/{name}/{id}");
            let shown = json!({
                "EventIntegrationAssociationArn": place.arn("app-integrations", &resource),
                "EventIntegrationAssociationId": id,
                "EventIntegrationName": name,
                "ClientId": client.client_id,
                "EventBridgeRuleName": client.rule,
                "ClientAssociationMetadata": {},
            });
            (id.clone(), shown)
        })
        .collect();
    APP_INTEGRATIONS.answer(&call.world.switches, input, "EventIntegrationAssociations", clients)
}

impl EventIntegration {
    fn shown(&self, place: &Place) -> Value {
        let mut shown = json!({
            "EventBridgeBus": self.bus,
            "EventFilter": {"Source": self.source},
            "EventIntegrationArn": arn(place, &self.name),
            "Name": self.name,
            "Tags": self.tags,
        });
        if let Some(description) = &self.description {
            shown["Description"] = description.clone().into();
        }
        shown
    }
}

fn description(input: &Input) -> Option<String> {
    input.optional_text("Description").filter(|text| !text.is_empty()).map(str::to_owned)
}

pub(crate) fn find<'a>(
    call: &'a mut Call<'_>,
    name: &str,
) -> Result<&'a mut EventIntegration, Refusal> {
    call.region()
        .event_integrations
        .get_mut(name)
        .ok_or_else(|| Refusal::not_found(format!("Event integration {name} does not exist.")))
}

pub(crate) fn arn(place: &Place, name: &str) -> String {
    place.arn("app-integrations", &format!("event-integration/{name}"))
}

/// Both are adjustable quotas of the Connect service limits page.
const INTEGRATION_QUOTA: usize = 10;
pub(crate) const CLIENT_QUOTA: usize = 10;
