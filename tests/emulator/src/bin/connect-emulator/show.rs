//! Answers in a form for people.

use std::fmt::Write as _;

use serde_json::Value;

pub(crate) type Show = fn(&Value) -> String;

pub(crate) fn pretty(answer: &Value) -> String {
    format!("{answer:#}\n")
}

pub(crate) fn done(_: &Value) -> String {
    "done\n".into()
}

/// Instances with their contact flows, then orgs.
pub(crate) fn seeded(answer: &Value) -> String {
    let mut out = String::new();
    for instance in items(&answer["instances"]) {
        line(&mut out, format!("instance {}  {}", text(instance, "alias"), text(instance, "id")));
        for flow in items(&instance["contact_flows"]) {
            line(&mut out, format!("  contact flow {}  {}", text(flow, "id"), text(flow, "name")));
        }
    }
    for org in items(&answer["orgs"]) {
        line(&mut out, format!("org {}", text(org, "host")));
    }
    out
}

/// Every hop, then the tasks.
pub(crate) fn case(answer: &Value) -> String {
    let mut out = String::new();
    for step in items(&answer["trace"]) {
        line(&mut out, format!("- {}", step.as_str().unwrap_or_default()));
    }
    out + &tasks(&answer["tasks"])
}

pub(crate) fn tasks(answer: &Value) -> String {
    let mut out = String::new();
    for task in items(answer) {
        line(&mut out, format!("task {}", text(task, "name")));
        if !text(task, "description").is_empty() {
            line(&mut out, format!("  {}", text(task, "description")));
        }
        for (name, url) in task["references"].as_object().into_iter().flatten() {
            line(&mut out, format!("  {name}: {}", url.as_str().unwrap_or_default()));
        }
        let (rule, flow) = (text(task, "rule_name"), text(task, "contact_flow_name"));
        line(&mut out, format!("  by rule {rule}, to contact flow {flow}"));
    }
    if out.is_empty() { "no tasks\n".into() } else { out }
}

/// Place by place, kind by kind, each object on a line.
pub(crate) fn inventory(answer: &Value) -> String {
    let mut out = String::new();
    for (place, kinds) in answer["places"].as_object().into_iter().flatten() {
        line(&mut out, place.clone());
        for (kind, objects) in kinds.as_object().into_iter().flatten() {
            for object in items(objects) {
                let name = ["name", "source_application_name", "type", "id"]
                    .iter()
                    .find_map(|member| object[*member].as_str())
                    .unwrap_or_default();
                let state = ["status", "state", "publish_status"]
                    .iter()
                    .find_map(|member| object[*member].as_str())
                    .unwrap_or_default();
                line(&mut out, format!("  {:<26} {name}  {state}", kind.replace('_', " ")));
            }
        }
    }
    for instance in items(&answer["seeded"]["instances"]) {
        line(
            &mut out,
            format!("seeded: instance {}  {}", text(instance, "alias"), text(instance, "id")),
        );
    }
    for org in items(&answer["seeded"]["orgs"]) {
        line(&mut out, format!("seeded: org {}", text(org, "host")));
    }
    if out.is_empty() { "nothing exists\n".into() } else { out }
}

pub(crate) fn requests(answer: &Value) -> String {
    let mut out = String::new();
    for entry in items(answer) {
        let status = entry["status"].as_u64().map_or("---".into(), |status| status.to_string());
        line(
            &mut out,
            format!(
                "{:>5}  {status}  {}:{}  {}",
                entry["id"].as_u64().unwrap_or_default(),
                text(entry, "service"),
                text(entry, "operation"),
                text(entry, "code")
            ),
        );
    }
    if out.is_empty() { "no requests\n".into() } else { out }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

fn line(out: &mut String, text: String) {
    // Writing to a string can not fail.
    let _ = writeln!(out, "{}", text.trim_end());
}
