//! Tags of Connect: on instances, associations, use cases and rules.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::connect::instances;
use crate::operations::Entry;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::Call;

pub(crate) const OPERATIONS: &[Entry] =
    &[("TagResource", tag), ("UntagResource", untag), ("ListTagsForResource", list)];

fn tag(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    lag_searches(call, input);
    let tags = tags(call, input)?;
    let mut all = tags.clone();
    all.extend(input.text_map("tags"));
    if all.len() > TAG_LIMIT {
        return Err(Refusal::invalid_request(format!(
            "A resource can have at most {TAG_LIMIT} tags."
        )));
    }
    *tags = all;
    Ok(json!({}))
}

fn untag(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    lag_searches(call, input);
    let keys = input.texts("tagKeys");
    tags(call, input)?.retain(|key, _| !keys.contains(key));
    Ok(json!({}))
}

fn list(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    Ok(json!({"tags": tags(call, input)?}))
}

/// Searches see the tags of rules, and may see them late.
fn lag_searches(call: &mut Call<'_>, input: &Input) {
    let lag = call.world.switches.rule_change_hidden_searches;
    let arn = input.text("resourceArn");
    let mut instances = call.region().instances.values_mut();
    if let Some(instance) = instances.find(|it| arn.contains(&format!("instance/{}/rule/", it.id)))
    {
        instance.lag_searches(lag);
    }
}

fn tags<'a>(
    call: &'a mut Call<'_>,
    input: &Input,
) -> Result<&'a mut BTreeMap<String, String>, Refusal> {
    let arn = input.text("resourceArn");
    let missing = || Refusal::not_found(format!("{arn} does not exist."));
    let resource = call.place.resource("connect", arn).ok_or_else(missing)?.to_owned();
    let parts: Vec<&str> = resource.split('/').collect();
    let ["instance", instance, rest @ ..] = &parts[..] else {
        return Err(Refusal::invalid_request(format!(
            "{arn} is not the ARN of a Connect resource."
        )));
    };
    let instance = instances::find(call, instance)?;
    let found = match rest {
        [] => Some(&mut instance.tags),
        ["integration-association", id] => {
            instance.associations.get_mut(*id).map(|association| &mut association.tags)
        }
        ["use-case", id] => instance
            .associations
            .values_mut()
            .find_map(|association| association.use_cases.get_mut(*id))
            .map(|use_case| &mut use_case.tags),
        ["rule", id] => instance.rules.get_mut(*id).map(|rule| &mut rule.tags),
        _ => None,
    };
    found.ok_or_else(missing)
}

const TAG_LIMIT: usize = 50;
