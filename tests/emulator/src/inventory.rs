//! Everything that exists, by name: what a test compares before and after.

use serde_json::{Value, json};

use crate::events::buses::DEFAULT;
use crate::world::{Place, Region, World};

/// What was made through AWS, by place; what was seeded, apart; and how much there is of the former.
pub(crate) fn list(world: &World) -> Value {
    let mut places = json!({});
    let mut instances = Vec::new();
    let mut count = 0;
    for (place, region) in &world.places {
        let made = made(region);
        let lists = made.as_object().into_iter().flatten();
        let here: usize = lists.map(|(_, list)| list.as_array().map_or(0, Vec::len)).sum();
        if here > 0 {
            places[format!("{}/{}", place.account, place.region)] = made;
        }
        count += here;
        instances.extend(seeded(place, region));
    }
    let orgs: Vec<Value> = world
        .orgs
        .values()
        .map(|org| {
            json!({
                "host": org.host,
                "sandbox": org.sandbox,
                "cdc": org.cdc,
                "authorization_codes": org.codes.len(),
                "authorization_codes_used": org.codes.values().filter(|code| code.used).count(),
            })
        })
        .collect();
    json!({"count": count, "places": places, "seeded": {"instances": instances, "orgs": orgs}})
}

fn made(region: &Region) -> Value {
    let profiles: Vec<Value> = region
        .profiles
        .values()
        .map(|profile| {
            json!({
                "name": profile.name,
                "org": profile.org,
                "mode": profile.mode,
                "kms_key_arn": profile.kms_key_arn,
                "login_valid": profile.login_valid,
            })
        })
        .collect();
    let flows: Vec<Value> = region
        .flows
        .values()
        .map(|flow| {
            json!({
                "name": flow.name,
                "status": flow.status.name(),
                "connector_profile": flow.profile(),
                "event_source": flow.definition.event_source(),
                "tags": flow.tags,
            })
        })
        .collect();
    let sources: Vec<Value> = region
        .sources
        .values()
        .map(|source| json!({"name": source.name, "state": source.state.name()}))
        .collect();
    let buses: Vec<Value> = region
        .buses
        .values()
        .filter(|bus| bus.name != DEFAULT)
        .map(|bus| json!({"name": bus.name, "tags": bus.tags}))
        .collect();
    let bus_rules: Vec<Value> = region
        .buses
        .values()
        .flat_map(|bus| {
            bus.rules.values().map(|rule| {
                json!({
                    "bus": bus.name,
                    "name": rule.name,
                    "state": rule.state,
                    "targets": rule.targets.len(),
                })
            })
        })
        .collect();
    let integrations: Vec<Value> = region
        .event_integrations
        .values()
        .map(|it| {
            json!({
                "name": it.name,
                "source": it.source,
                "bus": it.bus,
                "clients": it.clients.len(),
                "tags": it.tags,
            })
        })
        .collect();
    let mut associations = Vec::new();
    let mut use_cases = Vec::new();
    let mut rules = Vec::new();
    for instance in region.instances.values() {
        for association in instance.associations.values() {
            associations.push(json!({
                "instance_id": instance.id,
                "id": association.id,
                "integration_type": association.integration_type,
                "integration_arn": association.integration_arn,
                "source_application_name": association.source.get("SourceApplicationName"),
                "event_rule": association.wiring.as_ref().map(|wiring| &wiring.rule),
                "tags": association.tags,
            }));
            for (id, use_case) in &association.use_cases {
                use_cases.push(json!({
                    "association_id": association.id,
                    "id": id,
                    "type": use_case.kind,
                    "tags": use_case.tags,
                }));
            }
        }
        for rule in instance.rules.values() {
            rules.push(json!({
                "instance_id": instance.id,
                "association_id": rule.association,
                "id": rule.id,
                "name": rule.name,
                "publish_status": rule.publish_status,
                "tags": rule.tags,
            }));
        }
    }
    json!({
        "connector_profiles": profiles,
        "flows": flows,
        "event_sources": sources,
        "event_buses": buses,
        "event_rules": bus_rules,
        "event_integrations": integrations,
        "integration_associations": associations,
        "use_cases": use_cases,
        "rules": rules,
    })
}

fn seeded(place: &Place, region: &Region) -> Vec<Value> {
    let instances = region.instances.values();
    instances
        .map(|instance| {
            let flows: Vec<Value> = instance
                .contact_flows
                .values()
                .map(|it| json!({"id": it.id, "name": it.name, "published": it.published}))
                .collect();
            json!({
                "account": place.account,
                "region": place.region,
                "alias": instance.alias,
                "arn": instance.arn(place),
                "id": instance.id,
                "contact_flows": flows,
            })
        })
        .collect()
}
