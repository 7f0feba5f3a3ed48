//! Integration associations: what ties an instance to an event integration.
//!
//! Creating one makes Connect a client of the event integration and puts a rule with a target on
//! its bus; deleting it takes all three away, but leaves the event integration.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::appintegrations::event_integrations::{self, CLIENT_QUOTA, Client};
use crate::connect::instances;
use crate::connect::use_cases::UseCase;
use crate::events::buses;
use crate::events::rules::Rule as BusRule;
use crate::operations::Entry;
use crate::pages::CONNECT;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::{Call, Place};

pub(crate) const OPERATIONS: &[Entry] = &[
    ("CreateIntegrationAssociation", create),
    ("ListIntegrationAssociations", list),
    ("DeleteIntegrationAssociation", delete),
];

#[derive(Clone, Debug)]
pub(crate) struct Association {
    pub(crate) id: String,
    pub(crate) integration_type: String,
    pub(crate) integration_arn: String,
    /// SourceApplicationUrl, SourceApplicationName and SourceType, as far as they were given.
    pub(crate) source: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) use_cases: BTreeMap<String, UseCase>,
    /// What was made on other services; only for EVENT.
    pub(crate) wiring: Option<Wiring>,
    pub(crate) hidden_reads: u32,
    modified_at: f64,
}

/// Where an association reaches outside of Connect.
#[derive(Clone, Debug)]
pub(crate) struct Wiring {
    pub(crate) event_integration: String,
    client: String,
    pub(crate) bus: String,
    pub(crate) rule: String,
}

impl Association {
    pub(crate) fn source_type(&self) -> Option<&str> {
        self.source.get("SourceType").map(String::as_str)
    }

    pub(crate) fn arn(&self, place: &Place, instance: &str) -> String {
        place.arn("connect", &format!("instance/{instance}/integration-association/{}", self.id))
    }
}

/// There is no client token: the same call again is a duplicate.
fn create(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let instance_id = input.text("InstanceId").to_owned();
    let integration_type = input.text("IntegrationType").to_owned();
    let integration_arn = input.text("IntegrationArn").to_owned();
    instances::find(call, &instance_id)?;
    let event_integration = check(call, input)?;
    let quota_factor = call.world.switches.quota_factor;
    let unique_names = call.world.switches.source_application_name_unique;
    let hidden_reads = call.world.switches.new_association_hidden_reads;
    let instance = instances::find(call, &instance_id)?;
    let duplicate = instance.associations.values().any(|other| {
        let same_name = input.optional_text("SourceApplicationName").is_some_and(|name| {
            other.source.get("SourceApplicationName").map(String::as_str) == Some(name)
        });
        (other.integration_type == integration_type && other.integration_arn == integration_arn)
            || (unique_names && same_name)
    });
    if duplicate {
        return Err(Refusal::new(
            "DuplicateResourceException",
            "An integration association for this integration already exists on the instance.",
        ));
    }
    let events = instance.associations.values().filter(|other| other.wiring.is_some()).count();
    if event_integration.is_some() && events >= EVENT_QUOTA * quota_factor {
        return Err(Refusal::new(
            "ServiceQuotaExceededException",
            format!("The instance has reached its limit of {EVENT_QUOTA} event integrations."),
        ));
    }
    let id = call.world.ids.uuid();
    let wiring = match event_integration {
        Some(name) => Some(wire(call, &instance_id, &id, &name)?),
        None => None,
    };
    let source = ["SourceApplicationUrl", "SourceApplicationName", "SourceType"]
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), input.optional_text(name)?.to_owned())))
        .collect();
    let association = Association {
        id: id.clone(),
        integration_type,
        integration_arn,
        source,
        tags: input.text_map("Tags"),
        use_cases: BTreeMap::new(),
        wiring,
        hidden_reads,
        modified_at: call.world.now(),
    };
    let arn = association.arn(&call.place, &instance_id);
    instances::find(call, &instance_id)?.associations.insert(id.clone(), association);
    Ok(json!({"IntegrationAssociationId": id, "IntegrationAssociationArn": arn}))
}

/// The name of the event integration, for type EVENT.
fn check(call: &mut Call<'_>, input: &Input) -> Result<Option<String>, Refusal> {
    let arn = input.text("IntegrationArn");
    let given = ["SourceApplicationUrl", "SourceApplicationName", "SourceType"]
        .map(|name| (name, input.value(name).is_some()));
    if input.text("IntegrationType") != "EVENT" {
        if let Some((name, _)) = given.iter().find(|(_, given)| *given) {
            return Err(Refusal::invalid_request(format!(
                "{name} is only for the EVENT integration type."
            )));
        }
        if !arn.starts_with("arn:aws:") {
            return Err(Refusal::invalid_request("IntegrationArn is not a valid ARN."));
        }
        return Ok(None);
    }
    if let Some((name, _)) = given.iter().find(|(_, given)| !*given) {
        return Err(Refusal::invalid_request(format!(
            "{name} is required for the EVENT integration type."
        )));
    }
    let resource = call.place.resource("app-integrations", arn);
    let name = resource.and_then(|rest| rest.strip_prefix("event-integration/"));
    let Some(name) = name.map(str::to_owned) else {
        return Err(Refusal::invalid_request(
            "IntegrationArn must be the ARN of an event integration of this account and region.",
        ));
    };
    let integration = event_integrations::find(call, &name)?;
    if integration.clients.len() >= CLIENT_QUOTA {
        return Err(Refusal::new(
            "ServiceQuotaExceededException",
            format!("The event integration has reached its limit of {CLIENT_QUOTA} associations."),
        ));
    }
    let bus = integration.bus.clone();
    if call.world.switches.association_needs_bus {
        buses::find(call, &bus).map_err(|refusal| Refusal::not_found(refusal.message))?;
    }
    Ok(Some(name))
}

/// Makes the client, the rule and its target.
fn wire(
    call: &mut Call<'_>,
    instance: &str,
    id: &str,
    integration_name: &str,
) -> Result<Wiring, Refusal> {
    let rule = call.world.switches.connect_rule_name.replace("{id}", id);
    let managed_by = call.world.switches.connect_rule_managed_by.clone();
    let client = call.world.ids.uuid();
    let client_id = call.arn("connect", &format!("instance/{instance}"));
    let account = call.place.account.clone();
    let integration = event_integrations::find(call, integration_name)?;
    let (source, bus) = (integration.source.clone(), integration.bus.clone());
    let connection = Client { client_id: client_id.clone(), rule: rule.clone() };
    integration.clients.insert(client.clone(), connection);
    if let Ok(found) = buses::find(call, &bus) {
        let target = ("AmazonConnect", client_id.as_str());
        let made = BusRule::of_connect(&bus, &rule, &source, &managed_by, target, &account);
        found.rules.insert(rule.clone(), made);
    }
    Ok(Wiring { event_integration: integration_name.into(), client, bus, rule })
}

fn list(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let kind = input.optional_text("IntegrationType");
    let arn = input.optional_text("IntegrationArn");
    let place = call.place.clone();
    let instance = instances::find(call, input.text("InstanceId"))?;
    let blind = instance.blind_reads > 0;
    instance.blind_reads = instance.blind_reads.saturating_sub(1);
    let mut shown = Vec::new();
    for association in instance.associations.values_mut() {
        if association.hidden_reads > 0 {
            association.hidden_reads -= 1;
            continue;
        }
        if blind
            || kind.is_some_and(|kind| kind != association.integration_type)
            || arn.is_some_and(|arn| arn != association.integration_arn)
        {
            continue;
        }
        let mut item = json!({
            "InstanceId": instance.id,
            "IntegrationArn": association.integration_arn,
            "IntegrationAssociationArn": association.arn(&place, &instance.id),
            "IntegrationAssociationId": association.id,
            "IntegrationType": association.integration_type,
            "LastModifiedRegion": place.region,
            "LastModifiedTime": association.modified_at,
        });
        for (name, value) in &association.source {
            item[name] = value.clone().into();
        }
        shown.push((association.id.clone(), item));
    }
    CONNECT.answer(&call.world.switches, input, "IntegrationAssociationSummaryList", shown)
}

fn delete(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let (instance, id) = (input.text("InstanceId"), input.text("IntegrationAssociationId"));
    if !find(call, instance, id)?.use_cases.is_empty() {
        return Err(Refusal::invalid_request(
            "The integration association has use cases; delete them first.",
        ));
    }
    remove(call, instance, id)?;
    Ok(json!({}))
}

/// Takes an association away with what it made. Its rules stay, without effect.
pub(crate) fn remove(call: &mut Call<'_>, instance: &str, id: &str) -> Result<(), Refusal> {
    let lingering = call.world.switches.bus_has_rules_reads;
    let removed = instances::find(call, instance)?.associations.remove(id);
    let Some(wiring) = removed.and_then(|association| association.wiring) else { return Ok(()) };
    let region = call.region();
    if let Some(integration) = region.event_integrations.get_mut(&wiring.event_integration) {
        integration.clients.remove(&wiring.client);
    }
    if let Some(bus) = region.buses.get_mut(&wiring.bus)
        && bus.rules.remove(&wiring.rule).is_some()
    {
        bus.rule_removed(lingering);
    }
    Ok(())
}

pub(crate) fn find<'a>(
    call: &'a mut Call<'_>,
    instance: &str,
    id: &str,
) -> Result<&'a mut Association, Refusal> {
    instances::find(call, instance)?.associations.get_mut(id).ok_or_else(|| missing(id))
}

pub(crate) fn missing(id: &str) -> Refusal {
    Refusal::not_found(format!("Integration association {id} does not exist."))
}

/// "Event integrations used for task triggers" of the Connect feature limits.
const EVENT_QUOTA: usize = 10;
