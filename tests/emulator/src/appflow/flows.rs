//! Flows: made as Draft, and with each EventBridge flow its partner event source.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use crate::appflow::connector_profiles;
use crate::appflow::definition::Definition;
use crate::appflow::entities;
use crate::appflow::flow_runs::Run;
use crate::events::sources;
use crate::operations::Entry;
use crate::pages::APPFLOW;
use crate::switches::{CheckedAt, UpdatedFlow};
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::{Call, uuid_of};

pub(crate) const OPERATIONS: &[Entry] = &[
    ("CreateFlow", create),
    ("UpdateFlow", update),
    ("DescribeFlow", describe),
    ("ListFlows", list),
    ("DeleteFlow", delete),
];

#[derive(Clone, Debug)]
pub(crate) struct Flow {
    pub(crate) name: String,
    pub(crate) definition: Definition,
    pub(crate) status: Status,
    /// Why AppFlow itself stopped the flow.
    pub(crate) status_message: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) runs: VecDeque<Run>,
    kms_key_arn: Option<String>,
    created_at: f64,
    created_by: String,
    updated_at: f64,
    updated_by: String,
}

/// Draft until first started; Suspended when stopped, by the caller or by AppFlow.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Status {
    Active,
    Draft,
    Suspended,
    Errored,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Draft => "Draft",
            Self::Suspended => "Suspended",
            Self::Errored => "Errored",
        }
    }
}

impl Flow {
    pub(crate) fn profile(&self) -> Option<&str> {
        self.definition.profile()
    }

    /// Somebody edited it just now.
    pub(crate) fn touch(&mut self, now: f64) {
        self.updated_at = now;
    }

    /// What happens when AppFlow finds that it cannot go on.
    pub(crate) fn suspend(&mut self, why: &str) {
        if self.status == Status::Active {
            self.status = Status::Suspended;
            self.status_message = Some(why.into());
        }
    }
}

fn create(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.text("flowName").to_owned();
    let definition = Definition::of(input);
    definition.check(&call.place, call.world.switches.strict_partner_source_names)?;
    if call.region().flows.contains_key(&name) {
        return Err(Refusal::conflict(format!("Flow with name: {name} already exists.")));
    }
    if call.region().flows.len() >= FLOW_QUOTA {
        return Err(Refusal::new(
            "ServiceQuotaExceededException",
            format!("The account has reached its limit of {FLOW_QUOTA} flows."),
        ));
    }
    connector_profiles::check_kms_key(call, input)?;
    check_surroundings(call, &definition)?;
    if let Some(source) = definition.event_source() {
        sources::offer(call, source);
    }
    let now = call.world.now();
    let caller = call.caller.arn.clone();
    let flow = Flow {
        status: if definition.trigger() == "OnDemand" { Status::Active } else { Status::Draft },
        status_message: None,
        tags: input.text_map("tags"),
        runs: VecDeque::new(),
        kms_key_arn: input.optional_text("kmsArn").map(str::to_owned),
        created_at: now,
        created_by: caller.clone(),
        updated_at: now,
        updated_by: caller,
        name: name.clone(),
        definition,
    };
    let answer = json!({"flowArn": arn(call, &name), "flowStatus": flow.status.name()});
    call.region().flows.insert(name, flow);
    Ok(answer)
}

fn update(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.text("flowName").to_owned();
    let definition = Definition::of(input);
    definition.check(&call.place, call.world.switches.strict_partner_source_names)?;
    let switches = call.world.switches.clone();
    let current = find(call, &name)?;
    let active = current.status == Status::Active && current.definition.trigger() != "OnDemand";
    if active && switches.update_active_flow == UpdatedFlow::Refused {
        return Err(Refusal::conflict(format!(
            "Flow {name} is active; stop it before updating it."
        )));
    }
    if current.definition.event_source() != definition.event_source() {
        return Err(failed("Destination object for the destination connector can not be updated"));
    }
    if current.definition.destination_type() != definition.destination_type()
        || current.definition.source_type() != definition.source_type()
    {
        return Err(failed("The connector types of a flow can not be updated"));
    }
    if current.definition.trigger() != definition.trigger() {
        return Err(failed("The trigger type of a flow can not be updated"));
    }
    if switches.source_object_change_refused
        && current.definition.source_object() != definition.source_object()
    {
        return Err(failed("Source object for the source connector can not be updated"));
    }
    check_surroundings(call, &definition)?;
    if let Some(source) = definition.event_source()
        && switches.update_flow_recreates_source
    {
        sources::offer(call, source);
    }
    let now = call.world.now();
    let caller = call.caller.arn.clone();
    let flow = find(call, &name)?;
    flow.definition = definition;
    flow.updated_at = now;
    flow.updated_by = caller;
    if active && switches.update_active_flow == UpdatedFlow::BecomesSuspended {
        flow.status = Status::Suspended;
    }
    Ok(json!({"flowStatus": flow.status.name()}))
}

fn describe(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.text("flowName");
    let arn = arn(call, name);
    let reorder = call.world.switches.reorder_tasks;
    let default_key = call
        .world
        .switches
        .flow_shows_default_key
        .then(|| call.arn("kms", &format!("key/{}", uuid_of(&format!("{:?}", call.place)))));
    let flow = find(call, name)?;
    let mut answer = Value::Object(flow.definition.0.clone());
    if reorder {
        answer["tasks"] = flow.definition.reordered();
    }
    answer["flowArn"] = arn.into();
    answer["flowName"] = flow.name.clone().into();
    answer["flowStatus"] = flow.status.name().into();
    answer["createdAt"] = flow.created_at.into();
    answer["createdBy"] = flow.created_by.clone().into();
    answer["lastUpdatedAt"] = flow.updated_at.into();
    answer["lastUpdatedBy"] = flow.updated_by.clone().into();
    answer["tags"] = json!(flow.tags);
    answer["schemaVersion"] = 1.into();
    if let Some(message) = &flow.status_message {
        answer["flowStatusMessage"] = message.clone().into();
    }
    if let Some(key) = flow.kms_key_arn.clone().or(default_key) {
        answer["kmsArn"] = key.into();
    }
    if let Some(run) = flow.runs.back() {
        answer["lastRunExecutionDetails"] = run.summary();
    }
    Ok(answer)
}

/// Neither the profile nor the object is listed; that takes DescribeFlow.
fn list(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let place = call.place.clone();
    let flows: Vec<_> = call
        .region()
        .flows
        .values()
        .map(|flow| {
            let mut shown = json!({
                "flowArn": place.arn("appflow", &format!("flow/{}", flow.name)),
                "flowName": flow.name,
                "flowStatus": flow.status.name(),
                "sourceConnectorType": flow.definition.source_type(),
                "destinationConnectorType": flow.definition.destination_type(),
                "triggerType": flow.definition.trigger(),
                "createdAt": flow.created_at,
                "createdBy": flow.created_by,
                "lastUpdatedAt": flow.updated_at,
                "lastUpdatedBy": flow.updated_by,
                "tags": flow.tags,
            });
            if let Some(description) = flow.definition.0.get("description") {
                shown["description"] = description.clone();
            }
            if let Some(run) = flow.runs.back() {
                shown["lastRunExecutionDetails"] = run.summary();
            }
            (flow.name.clone(), shown)
        })
        .collect();
    APPFLOW.answer(&call.world.switches, input, "flows", flows)
}

fn delete(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.text("flowName");
    let flow = find(call, name)?;
    let running = flow.status == Status::Active && flow.definition.trigger() != "OnDemand";
    if running && !input.flag("forceDelete") {
        return Err(Refusal::conflict(format!(
            "Flow {name} is active; deactivate it before deleting it, or use forceDelete."
        )));
    }
    remove(call, name);
    Ok(json!({}))
}

/// Removes a flow and, unless another flow still writes to it, settles its event source.
pub(crate) fn remove(call: &mut Call<'_>, name: &str) {
    let Some(flow) = call.region().flows.remove(name) else { return };
    let Some(source) = flow.definition.event_source() else { return };
    let shared =
        call.region().flows.values().any(|other| other.definition.event_source() == Some(source));
    if !shared {
        let fate = call.world.switches.source_after_flow_deletion;
        sources::forsake(call, source, fate);
    }
}

/// What a definition needs around it: a profile that works, the object, the error bucket.
fn check_surroundings(call: &mut Call<'_>, definition: &Definition) -> Result<(), Refusal> {
    let Some(name) = definition.profile() else {
        return Err(Refusal::validation(
            "A connector profile is required for connector: SALESFORCE",
        ));
    };
    let missing = call.world.switches.missing_profile_error.clone();
    let profile = connector_profiles::find_for_use(call, name)
        .map_err(|refusal| Refusal { code: missing, ..refusal })?;
    let (login_valid, org) = (profile.login_valid, profile.org.clone());
    if !login_valid {
        return Err(entities::revoked());
    }
    if call.world.switches.cdc_checked_at == CheckedAt::Create {
        check_object(call, &org, definition.source_object())?;
    }
    let Some(bucket) = definition.error_bucket() else { return Ok(()) };
    let strict = call.world.switches.unknown_bucket_refused;
    match call.region().buckets.get(bucket) {
        Some(true) => Ok(()),
        None if !strict => Ok(()),
        Some(false) => Err(Refusal::validation(format!(
            "AppFlow is unable to write to bucket {bucket}: the bucket policy does not allow it."
        ))),
        None => Err(Refusal::validation(format!("The bucket {bucket} does not exist."))),
    }
}

/// Whether the org publishes the object, past the metadata cache.
pub(crate) fn check_object(call: &Call<'_>, org: &str, object: &str) -> Result<(), Refusal> {
    if entities::ask(call, org)?.contains(object) {
        return Ok(());
    }
    let message = format!(
        "Validation exception: the object {object} is not available; \
         change data capture may not be enabled for it in Salesforce."
    );
    Err(Refusal::new(&call.world.switches.cdc_missing_error, message))
}

pub(crate) fn find<'a>(call: &'a mut Call<'_>, name: &str) -> Result<&'a mut Flow, Refusal> {
    call.region()
        .flows
        .get_mut(name)
        .ok_or_else(|| Refusal::not_found(format!("Flow with name: {name} does not exist.")))
}

pub(crate) fn arn(call: &Call<'_>, name: &str) -> String {
    call.arn("appflow", &format!("flow/{name}"))
}

fn failed(reason: &str) -> Refusal {
    Refusal::validation(format!("Update Flow request failed due to:[{reason}]"))
}

/// The AppFlow quotas page.
const FLOW_QUOTA: usize = 1000;
