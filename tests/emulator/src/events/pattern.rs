//! Event patterns: which events a rule on a bus takes.
//!
//! The operators that rules on partner buses are written with; an unknown one is refused.

use serde_json::Value;

/// A checked event pattern.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Value);

impl Pattern {
    /// Parses and checks a pattern; the error is the reason that EventBridge would give.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
        match &value {
            Value::Object(map) if !map.is_empty() => check(&value)?,
            _ => return Err("Filter is not an object".into()),
        }
        Ok(Self(value))
    }

    pub(crate) fn matches(&self, event: &Value) -> bool {
        matches(&self.0, Some(event))
    }
}

fn check(pattern: &Value) -> Result<(), String> {
    let Value::Object(map) = pattern else { return Ok(()) };
    for (name, value) in map {
        match value {
            Value::Array(alternatives) if name == "$or" => {
                alternatives.iter().try_for_each(check)?;
            }
            Value::Array(tests) if tests.is_empty() => {
                return Err(format!("\"{name}\" is empty: arrays must have a value"));
            }
            Value::Array(tests) => tests.iter().try_for_each(check_test)?,
            Value::Object(_) => check(value)?,
            _ => return Err(format!("\"{name}\" must be an object or an array")),
        }
    }
    Ok(())
}

fn check_test(test: &Value) -> Result<(), String> {
    let Value::Object(operators) = test else { return Ok(()) };
    match operators.keys().map(String::as_str).collect::<Vec<_>>()[..] {
        [operator] if OPERATORS.contains(&operator) => Ok(()),
        [operator] => Err(format!("Unrecognized match type {operator}")),
        _ => Err("Only one key allowed in match expression".into()),
    }
}

/// Every field of the pattern must match; a field that the event lacks matches `exists: false` only.
fn matches(pattern: &Value, event: Option<&Value>) -> bool {
    let Value::Object(fields) = pattern else { return false };
    fields.iter().all(|(name, wanted)| match wanted {
        Value::Array(alternatives) if name == "$or" => {
            alternatives.iter().any(|alternative| matches(alternative, event))
        }
        Value::Array(tests) => {
            let found = event.and_then(|event| event.get(name));
            tests.iter().any(|test| passes(test, found))
        }
        nested => matches(nested, event.and_then(|event| event.get(name))),
    })
}

/// A test passes for an array when it passes for one of its elements.
fn passes(test: &Value, found: Option<&Value>) -> bool {
    if let Some(exists) = test.get("exists") {
        return exists.as_bool() == Some(found.is_some());
    }
    let Some(found) = found else { return false };
    if let Value::Array(elements) = found {
        return elements.iter().any(|element| passes(test, Some(element)));
    }
    let Value::Object(operator) = test else { return test == found };
    let Some((operator, operand)) = operator.iter().next() else { return false };
    if operator == "anything-but" {
        return !any_of(operand, found);
    }
    compares(operator, operand, found)
}

fn compares(operator: &str, operand: &Value, found: &Value) -> bool {
    let texts = found.as_str().zip(operand.as_str());
    match operator {
        "prefix" => texts.is_some_and(|(text, prefix)| text.starts_with(prefix)),
        "suffix" => texts.is_some_and(|(text, suffix)| text.ends_with(suffix)),
        "equals-ignore-case" => texts.is_some_and(|(a, b)| a.to_lowercase() == b.to_lowercase()),
        "wildcard" => texts.is_some_and(|(text, pattern)| wildcard(pattern, text)),
        "numeric" => found.as_f64().is_some_and(|number| in_range(operand, number)),
        _ => false,
    }
}

/// `anything-but` takes a value, a list of values, or one operator.
fn any_of(operand: &Value, found: &Value) -> bool {
    match operand {
        Value::Array(values) => values.contains(found),
        Value::Object(inner) => inner.iter().any(|(operator, operand)| match operand {
            Value::Array(all) => all.iter().any(|one| compares(operator, one, found)),
            one => compares(operator, one, found),
        }),
        value => value == found,
    }
}

fn in_range(bounds: &Value, number: f64) -> bool {
    let Value::Array(bounds) = bounds else { return false };
    bounds.chunks(2).all(|pair| {
        let [operator, bound] = pair else { return false };
        let Some(bound) = bound.as_f64() else { return false };
        match operator.as_str() {
            Some("<") => number < bound,
            Some("<=") => number <= bound,
            Some(">") => number > bound,
            Some(">=") => number >= bound,
            Some("=") => (number - bound).abs() < f64::EPSILON,
            _ => false,
        }
    })
}

fn wildcard(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            let starts = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            starts.into_iter().any(|at| wildcard(tail, &rest[at..]))
        }),
    }
}

const OPERATORS: &[&str] =
    &["anything-but", "equals-ignore-case", "exists", "numeric", "prefix", "suffix", "wildcard"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn takes(pattern: &Value) -> bool {
        let event = json!({
            "source": "aws.partner/appflow/salesforce.com/1/acme",
            "detail": {"Priority": "High", "Count": 3, "tags": ["a", "b"]},
        });
        Pattern::parse(&pattern.to_string()).expect("a valid pattern").matches(&event)
    }

    #[test]
    fn patterns_select_events() {
        for (pattern, expected) in [
            (json!({"source": ["aws.partner/appflow/salesforce.com/1/acme"]}), true),
            (json!({"source": [{"prefix": "aws.partner/"}]}), true),
            (json!({"source": ["other"]}), false),
            (json!({"detail": {"Priority": ["Low", "High"]}}), true),
            (json!({"detail": {"Priority": [{"anything-but": ["Low"]}]}}), true),
            (json!({"detail": {"Priority": [{"anything-but": {"prefix": "Hi"}}]}}), false),
            (json!({"detail": {"Priority": [{"equals-ignore-case": "HIGH"}]}}), true),
            (json!({"detail": {"Reason": [{"exists": false}]}}), true),
            (json!({"detail": {"Priority": [{"exists": false}]}}), false),
            (json!({"detail": {"tags": ["b"]}}), true),
            (json!({"detail": {"Count": [{"numeric": [">", 2, "<=", 3]}]}}), true),
            (json!({"$or": [{"source": ["x"]}, {"detail": {"Count": [3]}}]}), true),
            (json!({"source": [{"wildcard": "aws.*/acme"}]}), true),
        ] {
            assert_eq!(takes(&pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn malformed_patterns_are_refused() {
        for text in ["{", "[]", "{}", r#"{"source": "x"}"#, r#"{"source": [{"like": "x"}]}"#] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }
}
