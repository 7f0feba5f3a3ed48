//! Finding rules: ListRules, which does not know associations, and SearchRules, which does.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::connect::instances;
use crate::connect::rules::Rule;
use crate::operations::Entry;
use crate::pages::CONNECT;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::Call;

pub(crate) const OPERATIONS: &[Entry] = &[("ListRules", list), ("SearchRules", search)];

fn list(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let status = input.optional_text("PublishStatus");
    let trigger = input.optional_text("EventSourceName");
    let place = call.place.clone();
    let instance = instances::find(call, input.text("InstanceId"))?;
    let rules: Vec<_> = instance
        .rules
        .values()
        .filter(|rule| status.is_none_or(|status| status == rule.publish_status))
        .filter(|rule| trigger.is_none_or(|trigger| trigger == rule.trigger))
        .map(|rule| {
            let shown = json!({
                "ActionSummaries": action_summaries(rule),
                "CreatedTime": rule.created_at,
                "EventSourceName": rule.trigger,
                "LastUpdatedTime": rule.updated_at,
                "Name": rule.name,
                "PublishStatus": rule.publish_status,
                "RuleArn": rule.arn(&place, &instance.id),
                "RuleId": rule.id,
            });
            (rule.id.clone(), shown)
        })
        .collect();
    CONNECT.answer(&call.world.switches, input, "RuleSummaryList", rules)
}

fn search(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let place = call.place.clone();
    let instance = instances::find(call, input.text("InstanceId"))?;
    let mut found = Vec::new();
    for rule in instance.searched_rules().values() {
        let wanted = input.value("SearchCriteria").map_or(Ok(true), |it| criteria(it, rule))?;
        let tagged =
            input.at("/SearchFilter/AttributeFilter").is_none_or(|it| tags(it, &rule.tags));
        if !wanted || !tagged {
            continue;
        }
        let shown = json!({
            "ActionSummaries": action_summaries(rule),
            "CreatedTime": rule.created_at,
            "LastUpdatedBy": rule.updated_by,
            "LastUpdatedTime": rule.updated_at,
            "Name": rule.name,
            "PublishStatus": rule.publish_status,
            "RuleArn": rule.arn(&place, &instance.id),
            "RuleId": rule.id,
            "Tags": rule.tags,
            "TriggerEventSource": rule.trigger_source(),
        });
        found.push((rule.id.clone(), shown));
    }
    let total = found.len();
    let mut answer = CONNECT.answer(&call.world.switches, input, "Rules", found)?;
    answer["ApproximateTotalCount"] = total.into();
    Ok(answer)
}

fn criteria(criteria: &Value, rule: &Rule) -> Result<bool, Refusal> {
    if let Value::Array(all) = &criteria["AndConditions"] {
        let results: Vec<bool> =
            all.iter().map(|one| self::criteria(one, rule)).collect::<Result<_, _>>()?;
        return Ok(results.into_iter().all(|holds| holds));
    }
    if let Value::Array(any) = &criteria["OrConditions"] {
        let results: Vec<bool> =
            any.iter().map(|one| self::criteria(one, rule)).collect::<Result<_, _>>()?;
        return Ok(results.into_iter().any(|holds| holds));
    }
    let Value::Object(condition) = &criteria["StringCondition"] else { return Ok(true) };
    let text = |name: &str| condition.get(name).and_then(Value::as_str).unwrap_or_default();
    let field = match text("FieldName").to_ascii_lowercase().as_str() {
        "name" => rule.name.as_str(),
        "publishstatus" => rule.publish_status.as_str(),
        "eventsourcename" => rule.trigger.as_str(),
        other => {
            return Err(Refusal::invalid_request(format!(
                "The field {other} can not be searched."
            )));
        }
    };
    let value = text("Value");
    Ok(match text("ComparisonType") {
        "STARTS_WITH" => field.starts_with(value),
        "CONTAINS" => field.contains(value),
        _ => field == value,
    })
}

fn tags(filter: &Value, tags: &BTreeMap<String, String>) -> bool {
    let has = |condition: &Value| {
        let found = condition["TagKey"].as_str().and_then(|key| tags.get(key));
        found.is_some_and(|found| {
            condition["TagValue"].as_str().is_none_or(|wanted| wanted == found)
        })
    };
    let all = |and: &Value| match &and["TagConditions"] {
        Value::Array(conditions) => conditions.iter().all(has),
        _ => true,
    };
    match (&filter["TagCondition"], &filter["AndCondition"], &filter["OrConditions"]) {
        (tag @ Value::Object(_), _, _) => has(tag),
        (_, and @ Value::Object(_), _) => all(and),
        (_, _, Value::Array(any)) => any.iter().any(all),
        _ => true,
    }
}

fn action_summaries(rule: &Rule) -> Vec<Value> {
    rule.actions.iter().map(|action| json!({"ActionType": action["ActionType"]})).collect()
}
