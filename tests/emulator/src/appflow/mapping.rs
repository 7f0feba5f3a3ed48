//! What a flow's tasks do to a record.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::connect::variables;

/// The fields that a flow's tasks let through, or why a filter holds the record back.
pub(crate) fn mapped(
    tasks: &[Value],
    fields: &Map<String, Value>,
) -> Result<Map<String, Value>, String> {
    let mut out = Map::new();
    for task in tasks {
        let names = task["sourceFields"].as_array();
        let names: Vec<&str> = names.into_iter().flatten().filter_map(Value::as_str).collect();
        match task["taskType"].as_str() {
            Some("Map_all") => {
                let listed = task["taskProperties"]["EXCLUDE_SOURCE_FIELDS_LIST"].as_str();
                let excluded: BTreeSet<String> =
                    serde_json::from_str(listed.unwrap_or("[]")).unwrap_or_default();
                let kept = fields.iter().filter(|(name, _)| !excluded.contains(*name));
                out.extend(kept.map(|(name, value)| (name.clone(), value.clone())));
            }
            Some("Map") => {
                let target = task["destinationField"].as_str().unwrap_or_default();
                if let Some(value) = names.first().and_then(|name| fields.get(*name)) {
                    out.insert(target.into(), value.clone());
                }
            }
            Some("Filter") => filter(task, &names, fields)?,
            _ => {}
        }
    }
    Ok(out)
}

/// PROJECTION only names fields; the comparisons hold records back.
fn filter(task: &Value, names: &[&str], fields: &Map<String, Value>) -> Result<(), String> {
    let wanted = task["taskProperties"]["VALUE"].as_str().unwrap_or_default();
    let name = names.first().copied().unwrap_or_default();
    let value = fields.get(name).map(variables::plain).unwrap_or_default();
    let passes = match task["connectorOperator"]["Salesforce"].as_str() {
        Some("EQUAL_TO") => value == wanted,
        Some("NOT_EQUAL_TO") => value != wanted,
        Some("CONTAINS") => value.contains(wanted),
        _ => true,
    };
    if passes { Ok(()) } else { Err(format!("its filter on {name} does not match")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_mapped_fields_reach_the_event() {
        let fields = json!({"Priority": "High", "Secret__c": "x"});
        let fields = fields.as_object().expect("an object");
        let all = json!([{"taskType": "Map_all", "sourceFields": [],
            "taskProperties": {"EXCLUDE_SOURCE_FIELDS_LIST": "[\"Secret__c\"]"}}]);
        let kept = mapped(all.as_array().expect("a list"), fields).expect("no filter");
        assert_eq!(Value::Object(kept), json!({"Priority": "High"}));
        let renamed = json!([{"taskType": "Map", "sourceFields": ["Priority"],
            "destinationField": "Urgency"}]);
        let kept = mapped(renamed.as_array().expect("a list"), fields).expect("no filter");
        assert_eq!(Value::Object(kept), json!({"Urgency": "High"}));
    }

    #[test]
    fn filters_hold_records_back() {
        let fields = json!({"Priority": "Low"});
        let filter = json!([{"taskType": "Filter", "sourceFields": ["Priority"],
            "connectorOperator": {"Salesforce": "EQUAL_TO"}, "taskProperties": {"VALUE": "High"}}]);
        assert!(
            mapped(filter.as_array().expect("a list"), fields.as_object().expect("an object"))
                .is_err()
        );
    }
}
