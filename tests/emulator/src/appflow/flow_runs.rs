//! Starting and stopping flows, and what their runs left behind.

use serde_json::{Value, json};

use crate::appflow::entities;
use crate::appflow::flows::{self, Flow, Status};
use crate::events::sources::State;
use crate::operations::Entry;
use crate::pages::APPFLOW;
use crate::switches::{CheckedAt, Repeated};
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::Call;

pub(crate) const OPERATIONS: &[Entry] =
    &[("StartFlow", start), ("StopFlow", stop), ("DescribeFlowExecutionRecords", records)];

/// One run of a flow; for an event flow, one event.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    id: String,
    at: f64,
    /// Why nothing arrived; absent when the run succeeded.
    failure: Option<String>,
    bytes: usize,
}

impl Run {
    /// The newest run, as DescribeFlow and ListFlows show it.
    pub(crate) fn summary(&self) -> Value {
        let mut summary = json!({
            "mostRecentExecutionStatus": self.status(),
            "mostRecentExecutionTime": self.at,
        });
        if let Some(failure) = &self.failure {
            summary["mostRecentExecutionMessage"] = failure.clone().into();
        }
        summary
    }

    fn status(&self) -> &'static str {
        if self.failure.is_none() { "Successful" } else { "Error" }
    }

    fn record(&self) -> Value {
        let mut result = json!({"bytesProcessed": self.bytes, "recordsProcessed": 1});
        match &self.failure {
            Some(failure) => {
                result["errorInfo"] = json!({"putFailuresCount": 1, "executionMessage": failure});
            }
            None => result["bytesWritten"] = self.bytes.into(),
        }
        json!({
            "executionId": self.id,
            "executionStatus": self.status(),
            "executionResult": result,
            "startedAt": self.at,
            "lastUpdatedAt": self.at,
        })
    }
}

impl Flow {
    /// Notes a run; the oldest go when there are many.
    pub(crate) fn ran(&mut self, id: String, at: f64, bytes: usize, failure: Option<&str>) {
        if self.runs.len() == RUNS_KEPT {
            self.runs.pop_front();
        }
        self.runs.push_back(Run { id, at, failure: failure.map(str::to_owned), bytes });
    }
}

/// An event flow starts only once its source is ACTIVE, that is: has a bus.
fn start(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.text("flowName").to_owned();
    let flow = flows::find(call, &name)?;
    let (status, definition) = (flow.status, flow.definition.clone());
    let arn = flows::arn(call, &name);
    if definition.trigger() == "OnDemand" {
        let id = call.world.ids.uuid();
        let now = call.world.now();
        flows::find(call, &name)?.ran(id.clone(), now, 0, None);
        return Ok(json!({"flowArn": arn, "flowStatus": "Active", "executionId": id}));
    }
    if status == Status::Active {
        return match call.world.switches.start_active_flow {
            Repeated::Succeeds => Ok(json!({"flowArn": arn, "flowStatus": "Active"})),
            Repeated::Refused => Err(Refusal::conflict(format!("Flow {name} is already active."))),
        };
    }
    check_login(call, &definition)?;
    if let Some(source) = definition.event_source() {
        let region = call.region();
        let active = region.sources.get(source).is_some_and(|found| found.state == State::Active);
        if !active || !region.buses.contains_key(source) {
            return Err(Refusal::new(
                &call.world.switches.start_without_active_source_error,
                format!(
                    "The partner event source {source} is not active. Associate it with an event \
                     bus before you activate the flow."
                ),
            ));
        }
    }
    let flow = flows::find(call, &name)?;
    flow.status = Status::Active;
    flow.status_message = None;
    Ok(json!({"flowArn": arn, "flowStatus": "Active"}))
}

fn check_login(
    call: &mut Call<'_>,
    definition: &crate::appflow::definition::Definition,
) -> Result<(), Refusal> {
    let profile = definition.profile().unwrap_or_default();
    let Some(profile) = call.region().profiles.get(profile) else {
        return Err(Refusal::conflict(format!("The connector profile {profile} does not exist.")));
    };
    if !profile.login_valid {
        return Err(entities::revoked());
    }
    let org = profile.org.clone();
    match call.world.switches.cdc_checked_at {
        CheckedAt::Start => flows::check_object(call, &org, definition.source_object()),
        CheckedAt::Create | CheckedAt::Never => Ok(()),
    }
}

fn stop(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.text("flowName");
    let arn = flows::arn(call, name);
    let refused = call.world.switches.stop_inactive_flow == Repeated::Refused;
    let flow = flows::find(call, name)?;
    if flow.definition.trigger() == "OnDemand" {
        return Err(Refusal::new(
            "UnsupportedOperationException",
            "StopFlow is only for scheduled and event-triggered flows.",
        ));
    }
    match flow.status {
        Status::Active => flow.status = Status::Suspended,
        Status::Draft | Status::Suspended | Status::Errored if refused => {
            return Err(Refusal::conflict(format!("Flow {name} is not active.")));
        }
        Status::Draft | Status::Suspended | Status::Errored => {}
    }
    Ok(json!({"flowArn": arn, "flowStatus": flow.status.name()}))
}

/// The newest run comes first.
fn records(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let flow = flows::find(call, input.text("flowName"))?;
    let runs: Vec<_> = flow
        .runs
        .iter()
        .rev()
        .enumerate()
        .map(|(index, run)| (format!("{index:06}"), run.record()))
        .collect();
    APPFLOW.answer(&call.world.switches, input, "flowExecutions", runs)
}

/// Enough for any test; an emulator may run for days.
const RUNS_KEPT: usize = 1000;
