//! Contact flows: where the tasks go that rules create. They are seeded.

use serde_json::{Value, json};

use crate::connect::instances;
use crate::operations::Entry;
use crate::pages::CONNECT;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::{Call, Place};

pub(crate) const OPERATIONS: &[Entry] =
    &[("ListContactFlows", list), ("DescribeContactFlow", describe)];

#[derive(Clone, Debug)]
pub(crate) struct ContactFlow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    /// SAVED flows exist, but cannot be run.
    pub(crate) published: bool,
}

impl ContactFlow {
    fn status(&self) -> &'static str {
        if self.published { "PUBLISHED" } else { "SAVED" }
    }

    fn arn(&self, place: &Place, instance: &str) -> String {
        place.arn("connect", &format!("instance/{instance}/contact-flow/{}", self.id))
    }
}

fn list(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let kinds = input.texts("ContactFlowTypes");
    let place = call.place.clone();
    let instance = instances::find(call, input.text("InstanceId"))?;
    let flows: Vec<_> = instance
        .contact_flows
        .values()
        .filter(|flow| kinds.is_empty() || kinds.contains(&flow.kind))
        .map(|flow| {
            let shown = json!({
                "Arn": flow.arn(&place, &instance.id),
                "ContactFlowState": "ACTIVE",
                "ContactFlowStatus": flow.status(),
                "ContactFlowType": flow.kind,
                "Id": flow.id,
                "Name": flow.name,
            });
            (flow.id.clone(), shown)
        })
        .collect();
    CONNECT.answer(&call.world.switches, input, "ContactFlowSummaryList", flows)
}

/// Describes the published version; `ID:$SAVED` asks for the saved one.
fn describe(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let place = call.place.clone();
    let instance = instances::find(call, input.text("InstanceId"))?;
    let asked = input.text("ContactFlowId");
    let (id, saved) = asked.strip_suffix(":$SAVED").map_or((asked, false), |id| (id, true));
    let Some(flow) = instance.contact_flows.get(id) else {
        return Err(Refusal::not_found(format!("Contact flow not found, ContactFlowId: {id}")));
    };
    if !flow.published && !saved {
        return Err(Refusal::new(
            "ContactFlowNotPublishedException",
            "The contact flow has not been published.",
        ));
    }
    Ok(json!({"ContactFlow": {
        "Arn": flow.arn(&place, &instance.id),
        "Content": "{}",
        "Id": flow.id,
        "Name": flow.name,
        "State": "ACTIVE",
        "Status": flow.status(),
        "Tags": {},
        "Type": flow.kind,
    }}))
}
