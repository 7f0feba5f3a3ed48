//! Who may put events on a bus. Partner buses take no policy: the names of their buses are refused
//! by the pattern.

use serde_json::{Value, json};

use crate::events::buses;
use crate::operations::Entry;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::Call;

pub(crate) const OPERATIONS: &[Entry] = &[("PutPermission", put), ("RemovePermission", remove)];

/// Adds a statement, or replaces the whole policy.
fn put(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.optional_text("EventBusName").unwrap_or(buses::DEFAULT);
    let arn = buses::arn(call, name);
    let bus = buses::find(call, name)?;
    if let Some(policy) = input.optional_text("Policy") {
        let parsed = serde_json::from_str::<Value>(policy).ok().filter(Value::is_object);
        let parsed = parsed.ok_or_else(|| Refusal::validation("The policy is not valid JSON."))?;
        bus.settings.insert("Policy".into(), parsed.to_string().into());
        return Ok(json!({}));
    }
    let required = |name: &str| {
        input.optional_text(name).ok_or_else(|| {
            Refusal::validation(format!("{name} is required when no policy is specified."))
        })
    };
    let mut statement = json!({
        "Sid": required("StatementId")?,
        "Effect": "Allow",
        "Principal": required("Principal")?,
        "Action": required("Action")?,
        "Resource": arn,
    });
    if let Some(condition) = input.value("Condition") {
        statement["Condition"] = condition.clone();
    }
    let mut statements = statements(bus.settings.get("Policy"));
    statements.retain(|other| other["Sid"] != statement["Sid"]);
    statements.push(statement);
    bus.settings.insert("Policy".into(), policy(&statements).into());
    Ok(json!({}))
}

fn remove(call: &mut Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let name = input.optional_text("EventBusName").unwrap_or(buses::DEFAULT);
    let bus = buses::find(call, name)?;
    let mut statements = statements(bus.settings.get("Policy"));
    let before = statements.len();
    let id = input.optional_text("StatementId");
    statements.retain(|it| !input.flag("RemoveAllPermissions") && it["Sid"].as_str() != id);
    if statements.len() == before && !input.flag("RemoveAllPermissions") {
        return Err(Refusal::not_found("Statement with the provided id does not exist."));
    }
    if statements.is_empty() {
        bus.settings.remove("Policy");
    } else {
        bus.settings.insert("Policy".into(), policy(&statements).into());
    }
    Ok(json!({}))
}

fn statements(policy: Option<&Value>) -> Vec<Value> {
    let parsed =
        policy.and_then(Value::as_str).and_then(|text| serde_json::from_str::<Value>(text).ok());
    parsed.and_then(|policy| policy["Statement"].as_array().cloned()).unwrap_or_default()
}

fn policy(statements: &[Value]) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}
