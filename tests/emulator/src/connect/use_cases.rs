//! Use cases of an association: what its events may be used for.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::connect::{associations, instances};
use crate::operations::Entry;
use crate::pages::CONNECT;
use crate::switches::Repeated;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::{Call, Place};

pub(crate) const OPERATIONS: &[Entry] =
    &[("CreateUseCase", create), ("ListUseCases", list), ("DeleteUseCase", delete)];

#[derive(Clone, Debug)]
pub(crate) struct UseCase {
    pub(crate) kind: String,
    pub(crate) tags: BTreeMap<String, String>,
}

/// An association has at most one use case of each type.
fn create(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let kind = input.text("UseCaseType").to_owned();
    let instance = input.text("InstanceId").to_owned();
    let association = input.text("IntegrationAssociationId");
    let found = associations::find(call, &instance, association)?;
    if found.use_cases.values().any(|other| other.kind == kind) {
        return Err(Refusal::new(
            "DuplicateResourceException",
            format!("The integration association already has a use case of type {kind}."),
        ));
    }
    let id = call.world.ids.uuid();
    let arn = arn(&call.place, &instance, &id);
    let use_case = UseCase { kind, tags: input.text_map("Tags") };
    associations::find(call, &instance, association)?.use_cases.insert(id.clone(), use_case);
    Ok(json!({"UseCaseId": id, "UseCaseArn": arn}))
}

fn list(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let place = call.place.clone();
    let instance = input.text("InstanceId").to_owned();
    let association = associations::find(call, &instance, input.text("IntegrationAssociationId"))?;
    let use_cases: Vec<_> = association
        .use_cases
        .iter()
        .map(|(id, use_case)| {
            let shown = json!({
                "UseCaseArn": arn(&place, &instance, id),
                "UseCaseId": id,
                "UseCaseType": use_case.kind,
            });
            (id.clone(), shown)
        })
        .collect();
    CONNECT.answer(&call.world.switches, input, "UseCaseSummaryList", use_cases)
}

fn delete(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let (instance, id) = (input.text("InstanceId"), input.text("UseCaseId"));
    let association = input.text("IntegrationAssociationId");
    let refused = call.world.switches.delete_use_case_with_rules == Repeated::Refused;
    if !associations::find(call, instance, association)?.use_cases.contains_key(id) {
        return Err(Refusal::not_found(format!("Use case {id} does not exist.")));
    }
    let mut rules = instances::find(call, instance)?.rules.values();
    if refused && rules.any(|rule| rule.association.as_deref() == Some(association)) {
        return Err(Refusal::invalid_request("Rules use this use case; delete them first."));
    }
    associations::find(call, instance, association)?.use_cases.remove(id);
    Ok(json!({}))
}

/// The association's id is not part of it.
fn arn(place: &Place, instance: &str, id: &str) -> String {
    place.arn("connect", &format!("instance/{instance}/use-case/{id}"))
}
