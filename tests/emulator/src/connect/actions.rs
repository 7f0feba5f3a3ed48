//! Actions of a rule, as far as a Salesforce case can cause them.

use serde_json::{Map, Value};

use crate::connect::function::PREFIX;
use crate::connect::instances::Instance;
use crate::switches::{ContactFlowCheck, Switches};

/// Exactly one CREATE_TASK, at most one ASSIGN_CONTACT_CATEGORY, nothing else.
///
/// EventBridge and notification actions are not valid for OnSalesforceCaseCreate.
pub(crate) fn check(
    actions: &[Value],
    instance: &Instance,
    switches: &Switches,
) -> Result<(), String> {
    let mut tasks = 0;
    let mut categories = 0;
    for action in actions {
        let kind = action["ActionType"].as_str().unwrap_or_default();
        let member = match kind {
            "CREATE_TASK" => "TaskAction",
            "ASSIGN_CONTACT_CATEGORY" => "AssignContactCategoryAction",
            _ => return Err(format!("{kind} is not supported for OnSalesforceCaseCreate")),
        };
        let others = action.as_object().into_iter().flatten().map(|(name, _)| name);
        if others.into_iter().any(|name| name != "ActionType" && name != member) {
            return Err(format!("{kind} takes only {member}"));
        }
        let Some(Value::Object(definition)) = action.get(member) else {
            return Err(format!("{kind} needs {member}"));
        };
        if kind == "CREATE_TASK" {
            tasks += 1;
            check_task(definition, instance, switches)?;
        } else {
            categories += 1;
        }
    }
    match (tasks, categories) {
        (1, 0 | 1) => Ok(()),
        (1, _) => Err("only one ASSIGN_CONTACT_CATEGORY action is allowed".into()),
        _ => Err("exactly one CREATE_TASK action is required".into()),
    }
}

fn check_task(
    task: &Map<String, Value>,
    instance: &Instance,
    switches: &Switches,
) -> Result<(), String> {
    let flow = task.get("ContactFlowId").and_then(Value::as_str).unwrap_or_default();
    let found = instance.contact_flows.get(flow);
    let usable = match switches.rule_contact_flow_checked {
        ContactFlowCheck::Never => true,
        ContactFlowCheck::Exists => found.is_some(),
        ContactFlowCheck::Published => found.is_some_and(|flow| flow.published),
    };
    if !usable {
        return Err(format!("ContactFlowId {flow} does not belong to the instance"));
    }
    let references = task.get("References").and_then(Value::as_object);
    for (name, reference) in references.into_iter().flatten() {
        if reference["Type"] != "URL" {
            return Err(format!("reference {name}: only type URL is supported"));
        }
        let Some(value) = reference.get("Value").and_then(Value::as_str) else {
            return Err(format!("reference {name} has no value"));
        };
        let starts = ["/", "https:", PREFIX];
        if switches.reference_urls_checked && !starts.iter().any(|start| value.starts_with(start)) {
            return Err(format!("reference {name}: {value} is not a URL"));
        }
    }
    Ok(())
}
