//! The two forms of a rule's conditions: a flat list, and Connect's function language.

use serde::{Deserialize, Serialize};

use crate::framework::diagnostics::Diagnostics;
use crate::framework::path::Path;
use crate::framework::plan::Plan;
use crate::framework::value::Value;
use crate::salesforce::rule_function::{
    self, Comparison, FIELDS, Field, Join, Problem, RuleFunction, problems,
};

/// One condition of the flat form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Condition {
    field: Option<String>,
    custom_attribute: Option<String>,
    operator: String,
    value: String,
    negate: bool,
}

/// The form in which a state shows a rule's conditions.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) function: Option<String>,
    pub(super) conditions: Option<Vec<Condition>>,
    pub(super) r#match: Option<String>,
}

const EQUALS: &str = "EQUALS";
const ALL: &str = "all";

/// Checks what no single attribute can tell.
pub(super) fn validate(config: &Value, diags: &mut Diagnostics) {
    let (function, conditions) = (config.get("function"), config.get("conditions"));
    if function.is_null() && conditions.is_null() {
        diags.error_at(
            "conditions",
            "The rule needs conditions",
            "Set `conditions`, or `function` for nested ones.",
        );
    }
    if function.is_set() && conditions.is_set() {
        diags.error_at(
            "function",
            "function and conditions are two forms of the same",
            "Keep `conditions` for a flat list, or `function` for nested conditions.",
        );
    }
    if conditions.is_null() && config.get("match").is_set() {
        diags.error_at(
            "match",
            "match without conditions",
            "`match` says how `conditions` combine; a `function` has operators of its own.",
        );
    }
    for (index, condition) in conditions.elements().unwrap_or_default().iter().enumerate() {
        validate_condition(condition, &Path::attribute("conditions").index(index), diags);
    }
}

fn validate_condition(condition: &Value, path: &Path, diags: &mut Diagnostics) {
    if condition.is_unknown() {
        return;
    }
    let (field, custom) = (condition.get("field"), condition.get("custom_attribute"));
    if field.is_null() && custom.is_null() {
        diags.error_at(
            path.dot("field"),
            "A condition needs a field",
            "Set `field`, or `custom_attribute` for a field of your own.",
        );
    }
    if field.is_set() && custom.is_set() {
        diags.error_at(
            path.dot("custom_attribute"),
            "field and custom_attribute in one condition",
            "A condition compares one of them: make two conditions, or remove one.",
        );
    }
    if condition.get("operator").as_str() != Some(Comparison::Contains.as_str()) {
        return;
    }
    let equals_only = match field.as_str() {
        Some(name) => {
            Field::standard(name).is_some_and(|field| !field.allows(Comparison::Contains))
        }
        None => custom.as_str().is_some(),
    };
    if equals_only {
        diags.error_at(
            path.dot("operator"),
            "The field can only be compared with EQUALS",
            format!("`CONTAINS` works on {}. Use `EQUALS` here.", names(true).join(", ")),
        );
    }
}

/// Why Connect would not accept a function, as far as these problems go.
pub(super) fn refusal(function: &str, counts: impl Fn(&Problem) -> bool) -> Option<String> {
    let problems = RuleFunction::parse(function).err()?;
    let problems: Vec<String> = problems
        .iter()
        .filter(|problem| counts(problem))
        .map(|problem| format!("{}: {}", problem.path, problem.message))
        .collect();
    let told = problems.join("; ");
    (!told.is_empty()).then(|| format!("Connect would not accept the function: {told}."))
}

/// Plans the form: operators, `match`, the canonical function, and which spelling stays.
pub(super) fn plan_conditions(plan: &mut Plan<'_>) {
    // One that is in AWS already has been accepted, whatever we know of the language.
    if plan.changes("function")
        && let Some(function) = plan.get("function").as_str()
        && let Some(refusal) = refusal(function, |_| true)
    {
        plan.diags.error_at("function", "Invalid function", refusal);
    }
    if plan.config.get("conditions").is_null() {
        // What is unknown stays so, even where it has nothing to combine.
        let configured = plan.config.get("match");
        plan.set("match", if configured.is_unknown() { Value::UNKNOWN } else { Value::Null });
    } else {
        let conditions =
            with_operators(plan.config.get("conditions"), plan.prior.get("conditions"));
        plan.set("conditions", conditions);
        if plan.config.get("match").is_null() && plan.config.get("conditions").is_unknown() {
            // Without conditions in the end there is nothing to combine.
            plan.set_unknown("match");
        } else if plan.config.get("match").is_null() {
            let before = plan.prior.get("match").clone();
            plan.set("match", if before.is_null() { ALL.into() } else { before });
        }
    }
    let json = match planned_function(plan) {
        Some(function) => function.to_json().into(),
        None if is_kept(plan) => plan.prior.get("function_json").clone(),
        None => Value::UNKNOWN,
    };
    plan.set("function_json", json);
}

/// The configured conditions with what they leave out: what the same condition had before, else
/// AWS's plain comparison. Terraform's own merge goes by position, which an insertion shifts.
fn with_operators(config: &Value, prior: &Value) -> Value {
    let Some(conditions) = config.elements() else { return config.clone() };
    let before = prior.elements().unwrap_or_default();
    let same = |one: &Value, other: &Value| {
        ["field", "custom_attribute", "value"].iter().all(|name| one.get(name) == other.get(name))
    };
    let whole = conditions.iter().enumerate().map(|(index, condition)| {
        // Where it was, first: two conditions may differ in what is left out alone.
        let mut candidates = before.get(index).into_iter().chain(before);
        let before = candidates.find(|before| same(condition, before));
        let mut whole = condition.clone();
        for (name, default) in [("operator", EQUALS.into()), ("negate", false.into())] {
            if condition.get(name).is_null() {
                let value = before.map_or(default, |before| before.get(name).clone());
                whole.put(name, value);
            }
        }
        whole
    });
    Value::List(whole.collect())
}

/// Whether the function stays as it is.
fn is_kept(plan: &Plan<'_>) -> bool {
    !plan.get("function").is_null() && !plan.changes("function")
}

fn planned_function(plan: &Plan<'_>) -> Option<RuleFunction> {
    if let Some(function) = plan.get("function").as_str() {
        return RuleFunction::parse(function).ok();
    }
    let (conditions, r#match) = (plan.get("conditions"), plan.get("match"));
    if conditions.is_null() || !conditions.is_wholly_known() || r#match.is_unknown() {
        return None;
    }
    let conditions: Vec<Condition> = conditions
        .elements()?
        .iter()
        .map(crate::framework::model::decode)
        .collect::<Result<_, _>>()
        .ok()?;
    Some(to_function(&conditions, r#match.as_str()))
}

/// The function of flat conditions.
pub(super) fn to_function(conditions: &[Condition], r#match: Option<&str>) -> RuleFunction {
    let conditions = conditions.iter().map(|condition| rule_function::Condition {
        field: match (&condition.field, &condition.custom_attribute) {
            (Some(name), _) => Field::standard(name).unwrap_or_else(|| Field::Custom(name.clone())),
            (None, custom) => Field::Custom(custom.clone().unwrap_or_default()),
        },
        operator: Comparison::parse(&condition.operator).unwrap_or(Comparison::Equals),
        value: condition.value.clone(),
        negate: condition.negate,
    });
    let join = if r#match == Some("any") { Join::Any } else { Join::All };
    RuleFunction::flat(join, conditions.collect())
}

/// The form of a rule in AWS: the state's own where it can hold the rule, else a flat list, else
/// the function.
pub(super) fn shown(function: &str, before: Option<&str>) -> Form {
    let as_function =
        || Form { function: Some(function.to_owned()), conditions: None, r#match: None };
    if before.is_some() {
        return as_function();
    }
    // A list of conditions cannot hold what the language does not have.
    if !problems(function).is_empty() {
        return as_function();
    }
    let Ok(parsed) = RuleFunction::parse(function) else { return as_function() };
    let Some((join, conditions)) = parsed.as_flat() else { return as_function() };
    let conditions = conditions.into_iter().map(|condition| {
        let (field, custom_attribute) = match &condition.field {
            Field::Standard(name) => (Some((*name).to_owned()), None),
            Field::Custom(key) => (None, Some(key.clone())),
        };
        Condition {
            field,
            custom_attribute,
            operator: condition.operator.as_str().to_owned(),
            value: condition.value.clone(),
            negate: condition.negate,
        }
    });
    let combine = match join {
        Join::All => ALL,
        Join::Any => "any",
    };
    Form {
        function: None,
        conditions: Some(conditions.collect()),
        r#match: Some(combine.to_owned()),
    }
}

/// The fields that conditions can name; only texts, if so asked.
pub(super) fn names(texts_only: bool) -> Vec<&'static str> {
    FIELDS.iter().filter(|(_, is_text)| *is_text || !texts_only).map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(value: &str, operator: Value) -> Value {
        Value::object([
            ("field", "Subject".into()),
            ("custom_attribute", Value::Null),
            ("operator", operator),
            ("value", value.into()),
            ("negate", Value::Null),
        ])
    }

    #[test]
    fn an_inserted_condition_does_not_inherit_its_neighbours_operator() {
        let before =
            with_operators(&Value::List(vec![condition("a", "CONTAINS".into())]), &Value::Null);
        let config = Value::List(vec![condition("b", Value::Null), condition("a", Value::Null)]);
        let planned = with_operators(&config, &before);
        assert_eq!(planned.at(&"0.operator".into()), &Value::from("EQUALS"));
        assert_eq!(planned.at(&"1.operator".into()), &Value::from("CONTAINS"));
    }

    #[test]
    fn of_two_conditions_alike_each_keeps_what_it_had() {
        let config = Value::List(vec![condition("a", Value::Null), condition("a", Value::Null)]);
        let before =
            Value::List(vec![condition("a", "EQUALS".into()), condition("a", "CONTAINS".into())]);
        let planned = with_operators(&config, &before);
        assert_eq!(planned.at(&"0.operator".into()), &Value::from("EQUALS"));
        assert_eq!(planned.at(&"1.operator".into()), &Value::from("CONTAINS"));
    }

    #[test]
    fn a_flat_function_shows_as_conditions_unless_it_was_written_as_a_function() {
        let flat = to_function(
            &[Condition {
                field: Some("Priority".into()),
                custom_attribute: None,
                operator: EQUALS.into(),
                value: "High".into(),
                negate: false,
            }],
            Some("any"),
        )
        .to_json();
        let form = shown(&flat, None);
        assert_eq!(form.r#match.as_deref(), Some("any"));
        assert_eq!(form.conditions.map(|conditions| conditions.len()), Some(1));
        assert_eq!(shown(&flat, Some("{}")).function, Some(flat.clone()));
        let more = flat.replace("\"Negate\":", "\"CaseSensitive\":true,\"Negate\":");
        assert_eq!(shown(&more, None).function, Some(more));
    }
}
