//! A case as rules see it: fields by path, and texts with variables in them.

use serde_json::Value;

use crate::connect::function::PREFIX;

/// The value behind a path of a rule: web-to-case fields have other names in Salesforce.
pub(crate) fn field(detail: &Value, path: &str) -> Option<String> {
    let path = path.strip_prefix("CustomAttribute.").unwrap_or(path);
    let supplied = match path {
        "Name" | "Email" | "Phone" | "Company" => detail.get(format!("Supplied{path}")),
        _ => None,
    };
    supplied.or_else(|| detail.get(path)).map(plain)
}

pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Replaces `$.ThirdParty.Salesforce.CaseCreate.Field` in a text. Unknown fields stay as they are.
pub(crate) fn inject(text: &str, field: &impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(PREFIX) {
        let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
        let (name, tail) = after.split_at(end);
        out.push_str(before);
        if VARIABLES.contains(&name) {
            out.push_str(&field(name).unwrap_or_default());
        } else {
            out.push_str(PREFIX);
            out.push_str(name);
        }
        rest = tail;
    }
    out + rest
}

/// Paths that the documentation lists for variable injection.
const VARIABLES: &[&str] = &[
    "CaseNumber",
    "Company",
    "CreatedDate",
    "Description",
    "Email",
    "Name",
    "Origin",
    "Phone",
    "Priority",
    "Reason",
    "Subject",
    "Type",
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn variables_are_injected() {
        let detail = json!({"CaseNumber": "00042", "SuppliedEmail": "a@b.example"});
        let text = format!("Case {PREFIX}CaseNumber from {PREFIX}Email ({PREFIX}Unknown)");
        assert_eq!(
            inject(&text, &|path| field(&detail, path)),
            format!("Case 00042 from a@b.example ({PREFIX}Unknown)")
        );
    }
}
