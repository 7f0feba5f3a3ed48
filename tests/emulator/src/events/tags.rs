//! Tags of EventBridge: on buses and rules, as lists of keys and values.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::events::{buses, rules};
use crate::operations::Entry;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::Call;

pub(crate) const OPERATIONS: &[Entry] =
    &[("TagResource", tag), ("UntagResource", untag), ("ListTagsForResource", list)];

fn tag(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let new_tags = check(input.list("Tags"))?;
    let tags = tags(call, input)?;
    let mut all = tags.clone();
    all.extend(new_tags);
    if all.len() > TAG_LIMIT {
        return Err(too_many());
    }
    *tags = all;
    Ok(json!({}))
}

fn untag(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let keys = input.texts("TagKeys");
    tags(call, input)?.retain(|key, _| !keys.contains(key));
    Ok(json!({}))
}

fn list(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let tags: Vec<Value> =
        tags(call, input)?.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    Ok(json!({"Tags": tags}))
}

/// Reads a list of tags; keys may not repeat, nor begin with `aws:`.
pub(crate) fn check(list: &[Value]) -> Result<BTreeMap<String, String>, Refusal> {
    let mut tags = BTreeMap::new();
    for tag in list {
        let text = |name: &str| tag[name].as_str().unwrap_or_default().to_owned();
        let key = text("Key");
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(Refusal::validation("Tag keys starting with 'aws:' are reserved."));
        }
        if tags.insert(key, text("Value")).is_some() {
            return Err(Refusal::validation("Duplicate tag keys are not allowed."));
        }
    }
    if tags.len() > TAG_LIMIT {
        return Err(too_many());
    }
    Ok(tags)
}

fn too_many() -> Refusal {
    Refusal::validation(format!("A resource can have at most {TAG_LIMIT} tags."))
}

/// The tags of a bus or of a rule. The names of partner buses have slashes, so the rule is what
/// follows the last one.
fn tags<'a>(
    call: &'a mut Call<'_>,
    input: &Input,
) -> Result<&'a mut BTreeMap<String, String>, Refusal> {
    let arn = input.text("ResourceARN");
    let missing = || Refusal::not_found(format!("{arn} does not exist."));
    let resource = call.place.resource("events", arn).ok_or_else(missing)?.to_owned();
    if let Some(bus) = resource.strip_prefix("event-bus/") {
        return Ok(&mut buses::find(call, bus)?.tags);
    }
    let rule = resource.strip_prefix("rule/").ok_or_else(missing)?;
    let (bus, name) = rule.rsplit_once('/').unwrap_or((buses::DEFAULT, rule));
    Ok(&mut rules::find(call, bus, name)?.tags)
}

const TAG_LIMIT: usize = 50;
