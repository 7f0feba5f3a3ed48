//! Tags of event integrations.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::appintegrations::event_integrations;
use crate::operations::Entry;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::Call;

pub(crate) const OPERATIONS: &[Entry] =
    &[("TagResource", tag), ("UntagResource", untag), ("ListTagsForResource", list)];

fn tag(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let new_tags = input.text_map("tags");
    check_keys(&new_tags)?;
    let tags = tags(call, input)?;
    let mut all = tags.clone();
    all.extend(new_tags);
    if all.len() > TAG_LIMIT {
        return Err(Refusal::invalid_request(format!(
            "A resource can have at most {TAG_LIMIT} tags."
        )));
    }
    *tags = all;
    Ok(json!({}))
}

fn untag(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let keys = input.texts("tagKeys");
    tags(call, input)?.retain(|key, _| !keys.contains(key));
    Ok(json!({}))
}

fn list(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    Ok(json!({"tags": tags(call, input)?}))
}

/// The model has no pattern for keys, but `aws:` is reserved everywhere.
pub(crate) fn check_keys(tags: &BTreeMap<String, String>) -> Result<(), Refusal> {
    match tags.keys().find(|key| key.to_ascii_lowercase().starts_with("aws:")) {
        Some(key) => Err(Refusal::invalid_request(format!(
            "The tag key {key} is reserved: it begins with aws:."
        ))),
        None => Ok(()),
    }
}

fn tags<'a>(
    call: &'a mut Call<'_>,
    input: &Input,
) -> Result<&'a mut BTreeMap<String, String>, Refusal> {
    let arn = input.text("resourceArn");
    let resource = call.place.resource("app-integrations", arn);
    let name = resource.and_then(|rest| rest.strip_prefix("event-integration/"));
    let Some(name) = name.map(str::to_owned) else {
        return Err(Refusal::not_found(format!("{arn} does not exist.")));
    };
    Ok(&mut event_integrations::find(call, &name)?.tags)
}

const TAG_LIMIT: usize = 50;
