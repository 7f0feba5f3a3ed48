//! Tags of AppFlow. Only flows have them.

use serde_json::{Value, json};

use crate::appflow::flows;
use crate::operations::Entry;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::Call;

pub(crate) const OPERATIONS: &[Entry] =
    &[("TagResource", tag), ("UntagResource", untag), ("ListTagsForResource", list)];

fn tag(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let flow = flow(call, input)?;
    let mut tags = flow.tags.clone();
    tags.extend(input.text_map("tags"));
    if tags.len() > TAG_LIMIT {
        return Err(Refusal::validation(format!("A resource can have at most {TAG_LIMIT} tags.")));
    }
    flow.tags = tags;
    Ok(json!({}))
}

fn untag(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let keys = input.texts("tagKeys");
    flow(call, input)?.tags.retain(|key, _| !keys.contains(key));
    Ok(json!({}))
}

fn list(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    Ok(json!({"tags": flow(call, input)?.tags}))
}

fn flow<'a>(call: &'a mut Call<'_>, input: &Input) -> Result<&'a mut flows::Flow, Refusal> {
    let arn = input.text("resourceArn");
    let name = call.place.resource("appflow", arn).and_then(|rest| rest.strip_prefix("flow/"));
    let Some(name) = name.map(str::to_owned) else {
        return Err(Refusal::validation(format!("The resource {arn} does not support tags.")));
    };
    flows::find(call, &name)
}

const TAG_LIMIT: usize = 50;
