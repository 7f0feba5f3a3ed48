//! What comes after a failed apply: the next one.

use serde_json::Value as Json;

use super::scenario::{Begun, Scenario, Verb};
use crate::core::{Answer, Instance, Told, has_errors};
use crate::emulated::chain::{APP_INTEGRATION, CASE_RULE, CONNECTION, EVENT_FLOW};
use crate::emulated::{PATIENT, Site, changes};

/// What Terraform has after the failed apply.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) instance: Instance,
    pub(super) tainted: bool,
    /// Whether something may exist that the state cannot know of.
    pub(super) unknown: bool,
}

/// Applies again until it is done; then there has to be what there should be, once.
pub(super) async fn recover(
    site: &Site,
    begun: &Begun,
    left: Left,
    end: &Json,
) -> Result<(), String> {
    let scenario = begun.scenario;
    site.start(PATIENT).await;
    let instance = match refresh(site, scenario.kind, left.instance).await? {
        found if left.tainted && found.state.is_some() => {
            destroy(site, scenario.kind, &found).await?;
            Instance::default()
        }
        found => found,
    };
    let done = match begun.target_with_fresh_login() {
        None => {
            if instance.state.is_some() {
                destroy(site, scenario.kind, &instance).await?;
            }
            Instance::default()
        }
        Some(config) => match apply(site, scenario.kind, &config, &instance).await? {
            answer if !has_errors(&answer.diags) => answer.new,
            answer if left.unknown && instance.state.is_none() => {
                let imported = import(site, scenario.kind, &answer.diags).await?;
                let answer = apply(site, scenario.kind, &config, &imported).await?;
                if has_errors(&answer.diags) {
                    return Err(format!("the apply after the import fails: {:#?}", answer.diags));
                }
                answer.new
            }
            answer => return Err(format!("the next apply fails: {:#?}", answer.diags)),
        },
    };
    let now = inventory(site);
    if now != *end {
        return Err(format!("there is {now:#}\ninstead of {end:#}"));
    }
    check_logins(site, scenario)?;
    match &begun.target {
        Some(config) => check_settled(site, scenario.kind, config, done).await,
        None => Ok(()),
    }
}

async fn refresh(site: &Site, kind: &str, instance: Instance) -> Result<Instance, String> {
    if instance.state.is_none() {
        return Ok(instance);
    }
    let Answer { new, diags } = site.core.read(kind, &instance).await;
    if has_errors(&diags) {
        return Err(format!("the next refresh fails: {diags:#?}"));
    }
    Ok(if new.state.is_some() { new } else { Instance::default() })
}

async fn apply(site: &Site, kind: &str, config: &Json, prior: &Instance) -> Result<Answer, String> {
    let plan = site.core.plan(kind, &site.config(kind, config), prior).await;
    if has_errors(&plan.diags) {
        return Err(format!("the next plan fails: {:#?}", plan.diags));
    }
    if plan.replace == ["integration_association_id"] {
        destroy(site, kind, prior).await?;
        let plan = site.core.plan(kind, &site.config(kind, config), &Instance::default()).await;
        return Ok(site.core.apply(kind, &plan).await);
    }
    if !plan.replace.is_empty() {
        return Err(format!("the next plan replaces because of {:?}", plan.replace));
    }
    if prior.state.is_some() && changes(&plan).is_empty() {
        return Ok(Answer { new: prior.clone(), diags: Vec::new() });
    }
    Ok(site.core.apply(kind, &plan).await)
}

async fn destroy(site: &Site, kind: &str, prior: &Instance) -> Result<(), String> {
    let plan = site.core.plan_destroy(kind, prior).await;
    let answer = site.core.apply(kind, &plan).await;
    if has_errors(&plan.diags) || has_errors(&answer.diags) || answer.new.state.is_some() {
        return Err(format!("it cannot be destroyed: {:#?} {:#?}", plan.diags, answer.diags));
    }
    Ok(())
}

/// Does what the error says: one import block, to be copied.
async fn import(site: &Site, kind: &str, diags: &[Told]) -> Result<Instance, String> {
    let blocks: Vec<&str> =
        diags.iter().filter_map(|told| told.detail.split_once("import {")).map(|it| it.1).collect();
    let [block] = blocks.as_slice() else {
        return Err(format!("there is no import block to copy: {diags:#?}"));
    };
    if !block.contains(&format!("to = {kind}.")) {
        return Err(format!("the import block is of another type: {block}"));
    }
    let id = block.split_once("id = \"").and_then(|(_, rest)| rest.split('"').next());
    let id = id.ok_or_else(|| format!("the import block has no id: {block}"))?;
    let imported = site.core.import(kind, id).await;
    if has_errors(&imported.diags) {
        return Err(format!("the import fails: {:#?}", imported.diags));
    }
    refresh(site, kind, imported.new).await
}

async fn check_settled(
    site: &Site,
    kind: &str,
    config: &Json,
    instance: Instance,
) -> Result<(), String> {
    let instance = refresh(site, kind, instance).await?;
    let plan = site.core.plan(kind, &site.config(kind, config), &instance).await;
    match changes(&plan).as_slice() {
        [] => Ok(()),
        changed => Err(format!("the last plan still changes {changed:?}: {:#?}", plan.planned)),
    }
}

/// A login is made once for each time it is asked for, and its connection stays.
fn check_logins(site: &Site, scenario: &Scenario) -> Result<(), String> {
    let deletions = site.calls_of("DeleteConnectorProfile");
    let is_deleted = scenario.kind == CONNECTION && scenario.verb == Verb::Delete;
    if deletions > 0 && !is_deleted {
        return Err("a connection was deleted, and its login lost".into());
    }
    let credentials = site.admin("GET", "/credentials", Json::Null);
    for profile in credentials.as_array().into_iter().flatten() {
        let deliveries = profile["deliveries"].as_array().cloned().unwrap_or_default();
        let codes = deliveries.iter().map(|it| it["fields"]["oAuthRequest.authCode"].to_string());
        let mut codes: Vec<String> = codes.collect();
        let sent = codes.len();
        codes.sort();
        codes.dedup();
        if codes.len() < sent {
            return Err(format!("a code was used twice: {deliveries:?}"));
        }
    }
    Ok(())
}

/// All that exists, without the ids that differ from run to run.
pub(super) fn inventory(site: &Site) -> Json {
    let mut inventory = site.inventory();
    forget_ids(&mut inventory);
    inventory
}

fn forget_ids(json: &mut Json) {
    match json {
        Json::Array(all) => all.iter_mut().for_each(forget_ids),
        Json::Object(all) => all.values_mut().for_each(forget_ids),
        Json::String(text) => {
            let plain = text.strip_prefix("AmazonConnect-").unwrap_or(text);
            if plain.len() == 36 && plain.matches('-').count() == 4 {
                *text = "(id)".into();
            }
        }
        _ => {}
    }
}

/// What exists of a type of resource: kinds, and what a state would know it by.
pub(super) fn own_objects(site: &Site, kind: &str) -> Vec<(&'static str, String)> {
    let kinds: &[(&str, &str)] = match kind {
        CONNECTION => &[("connector_profiles", "name")],
        EVENT_FLOW => &[("flows", "name"), ("event_buses", "name"), ("event_sources", "name")],
        APP_INTEGRATION => &[
            ("event_integrations", "name"),
            // By which it is found where its id did not come back.
            ("integration_associations", "integration_arn"),
        ],
        CASE_RULE => &[("rules", "id")],
        other => unreachable!("{other} is not in the chain"),
    };
    let objects = kinds.iter().flat_map(|(kind, key)| {
        let all = site.made(kind).into_iter();
        all.map(move |it| (*kind, it[*key].as_str().unwrap_or_default().to_owned()))
    });
    objects.collect()
}
