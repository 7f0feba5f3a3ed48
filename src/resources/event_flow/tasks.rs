//! The tasks of a flow, and which spellings of them are the same.
//!
//! AWS returns tasks in another order and with normalised properties
//! (hashicorp/terraform-provider-aws#43591, #35992).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::aws::flow::Task;
use crate::framework::value::Value;

/// A task as Terraform stores it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TaskModel {
    r#type: String,
    source_fields: Option<Vec<String>>,
    destination_field: Option<String>,
    operator: Option<String>,
    properties: Option<BTreeMap<String, String>>,
}

impl TaskModel {
    pub(super) fn to_api(&self) -> Task {
        Task {
            task_type: self.r#type.clone(),
            source_fields: self.source_fields.clone().unwrap_or_default(),
            destination_field: self.destination_field.clone(),
            operator: self.operator.clone(),
            properties: self.properties.clone().unwrap_or_default(),
        }
    }

    pub(super) fn from_api(task: &Task) -> Self {
        Self {
            r#type: task.task_type.clone(),
            source_fields: Some(task.source_fields.clone()),
            destination_field: task.destination_field.clone(),
            operator: task.operator.clone(),
            properties: (!task.properties.is_empty()).then(|| task.properties.clone()),
        }
    }
}

/// One task that maps every field under its own name: what the console makes.
pub(super) fn map_all() -> Value {
    Value::List(vec![Value::object([
        ("type", "Map_all".into()),
        ("source_fields", Value::List(Vec::new())),
        ("destination_field", Value::Null),
        ("operator", "NO_OP".into()),
        ("properties", Value::Map([(EXCLUDED.to_owned(), "[]".into())].into())),
    ])])
}

const EXCLUDED: &str = "EXCLUDE_SOURCE_FIELDS_LIST";

/// The data types of a mapped field, which AWS fills in where a task names none.
const FILLED_IN: [&str; 2] = ["SOURCE_DATA_TYPE", "DESTINATION_DATA_TYPE"];

/// Whether two lists of tasks do the same. Their order does not matter to AppFlow.
pub(super) fn equal(one: &Value, other: &Value) -> bool {
    let (one, other) = (canonical(one), canonical(other));
    one.len() == other.len()
        && one.iter().zip(&other).all(|((one, its_types), (other, other_types))| {
            one == other
                && its_types
                    .iter()
                    .zip(other_types)
                    .all(|(one, other)| one.is_none() || other.is_none() || one == other)
        })
}

/// A task by its effect.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Effect<'a> {
    kind: &'a str,
    fields: Vec<&'a str>,
    destination: &'a str,
    operator: &'a str,
    properties: Vec<(&'a str, &'a str)>,
}

/// The effects in one order, each with its data types as far as the task names them.
fn canonical(tasks: &Value) -> Vec<(Effect<'_>, [Option<&str>; 2])> {
    let tasks = tasks.elements().unwrap_or_default();
    let types = |task| FILLED_IN.map(|key| Value::get(task, "properties").get(key).as_str());
    let mut effects: Vec<_> = tasks.iter().map(|task| (effect(task), types(task))).collect();
    effects.sort();
    effects
}

fn effect(task: &Value) -> Effect<'_> {
    let kind = task.get("type").as_str().unwrap_or_default();
    let fields = task.get("source_fields").elements().unwrap_or_default();
    let properties = task.get("properties").entries().into_iter().flatten();
    Effect {
        kind,
        // A task over all fields names none, an empty one, or all of them.
        fields: match kind {
            "Map_all" => Vec::new(),
            _ => fields.iter().filter_map(Value::as_str).collect(),
        },
        destination: task.get("destination_field").as_str().unwrap_or_default(),
        operator: task.get("operator").as_str().unwrap_or("NO_OP"),
        properties: properties
            .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
            .filter(|(key, _)| !FILLED_IN.contains(key))
            .filter(|pair| *pair != (EXCLUDED, "[]"))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(kind: &str, fields: &[&str], operator: Value) -> Value {
        Value::object([
            ("type", kind.into()),
            ("source_fields", Value::List(fields.iter().map(|field| (*field).into()).collect())),
            ("destination_field", Value::Null),
            ("operator", operator),
            ("properties", Value::Null),
        ])
    }

    fn list(tasks: &[&Value]) -> Value {
        Value::List(tasks.iter().map(|task| (*task).clone()).collect())
    }

    #[test]
    fn map_all_has_many_spellings() {
        for fields in [&[][..], &[""], &["Id", "Subject"]] {
            let spelled = task("Map_all", fields, Value::Null);
            assert!(equal(&map_all(), &list(&[&spelled])), "{fields:?}");
        }
    }

    #[test]
    fn data_types_differ_only_where_both_are_named() {
        let typed = |types: &[(&str, &str)]| {
            let types = types.iter().map(|(key, name)| ((*key).to_owned(), (*name).into()));
            let mut task = task("Map", &["Name"], "NO_OP".into());
            task.put("properties", Value::Map(types.collect()));
            list(&[&task])
        };
        let text = typed(&[("SOURCE_DATA_TYPE", "string")]);
        assert!(equal(&typed(&[]), &text));
        assert!(!equal(&typed(&[("SOURCE_DATA_TYPE", "int")]), &text));
    }

    #[test]
    fn order_is_no_difference_but_fields_are() {
        let filter = task("Filter", &["Id"], "PROJECTION".into());
        let map = task("Map", &["Id"], "NO_OP".into());
        assert!(equal(&list(&[&filter, &map]), &list(&[&map, &filter])));
        let other = task("Map", &["Name"], "NO_OP".into());
        assert!(!equal(&list(&[&filter, &map]), &list(&[&filter, &other])));
        assert!(!equal(&list(&[&map]), &list(&[&map, &map])));
    }
}
