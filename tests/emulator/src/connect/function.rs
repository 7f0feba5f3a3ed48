//! The rules function language: AND/OR over comparisons of a case's fields.

use serde_json::{Value, json};

use crate::switches::Switches;

/// A checked rule function.
#[derive(Clone, Debug)]
pub(crate) struct Function(Expression);

#[derive(Clone, Debug)]
enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Condition(Condition),
}

#[derive(Clone, Debug)]
struct Condition {
    operator: Operator,
    operand: String,
    /// The path after `$.ThirdParty.Salesforce.CaseCreate.`.
    path: String,
    negate: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Operator {
    Equals,
    Contains,
}

impl Function {
    /// Parses a function for OnSalesforceCaseCreate; the error names the offending place.
    pub(crate) fn parse(text: &str, switches: &Switches) -> Result<Self, String> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| format!("Function is not JSON: {error}"))?;
        let Value::Object(map) = &value else { return Err("Function is not an object".into()) };
        if let Some(name) =
            map.keys().find(|name| !["Version", "RuleFunction"].contains(&name.as_str()))
        {
            return Err(format!("Function has an unknown member {name}"));
        }
        if value["Version"] != VERSION {
            return Err(format!("Version must be {VERSION}"));
        }
        let top = &value["RuleFunction"];
        if !matches!(top["Operator"].as_str(), Some("AND" | "OR")) {
            return Err("RuleFunction.Operator must be AND or OR".into());
        }
        let expression = expression(top, "RuleFunction")?;
        let conditions = expression.conditions();
        if conditions == 0 && !switches.rule_without_conditions {
            return Err("RuleFunction.Operands is empty".into());
        }
        if conditions > CONDITION_LIMIT {
            return Err(format!("a rule can have at most {CONDITION_LIMIT} conditions"));
        }
        let limit = switches.rule_nesting_limit;
        if limit > 0 && expression.depth() > limit {
            return Err(format!("RuleFunction nests deeper than {limit}"));
        }
        Ok(Self(expression))
    }

    /// Whether a case satisfies the function; `field` finds the value of a path.
    pub(crate) fn holds(&self, field: &impl Fn(&str) -> Option<String>) -> bool {
        self.0.holds(field)
    }

    /// As DescribeRule shows it: every default spelt out.
    pub(crate) fn normalised(&self) -> String {
        json!({"Version": VERSION, "RuleFunction": self.0.to_json()}).to_string()
    }
}

fn expression(value: &Value, at: &str) -> Result<Expression, String> {
    let Value::Object(map) = value else { return Err(format!("{at} is not an object")) };
    let allowed = match value["Operator"].as_str() {
        Some("AND" | "OR") => &["Operator", "Operands"][..],
        Some("EQUALS" | "CONTAINS") => &["Operator", "Operands", "ComparisonValue", "Negate"][..],
        _ => return Err(format!("{at}.Operator is not AND, OR, EQUALS or CONTAINS")),
    };
    if let Some(name) = map.keys().find(|name| !allowed.contains(&name.as_str())) {
        return Err(format!("{at} has an unknown member {name}"));
    }
    let Value::Array(operands) = &value["Operands"] else {
        return Err(format!("{at}.Operands is not a list"));
    };
    match value["Operator"].as_str() {
        Some("AND") => Ok(Expression::All(all(operands, at)?)),
        Some("OR") => Ok(Expression::Any(all(operands, at)?)),
        operator => condition(value, operands, operator == Some("CONTAINS"), at),
    }
}

fn all(operands: &[Value], at: &str) -> Result<Vec<Expression>, String> {
    let operands = operands.iter().enumerate();
    operands.map(|(index, value)| expression(value, &format!("{at}.Operands[{index}]"))).collect()
}

fn condition(
    value: &Value,
    operands: &[Value],
    contains: bool,
    at: &str,
) -> Result<Expression, String> {
    let [Value::String(operand)] = operands else {
        return Err(format!("{at}.Operands must be exactly one string"));
    };
    let negate = match &value["Negate"] {
        Value::Null => false,
        Value::Bool(negate) => *negate,
        _ => return Err(format!("{at}.Negate is not a boolean")),
    };
    let path = value["ComparisonValue"].as_str().and_then(|path| path.strip_prefix(PREFIX));
    let Some(path) = path else {
        return Err(format!("{at}.ComparisonValue must begin with {PREFIX}"));
    };
    let custom = path.strip_prefix("CustomAttribute.").is_some_and(|key| !key.is_empty());
    let known = if contains {
        CONTAINS_FIELDS.contains(&path)
    } else {
        EQUALS_FIELDS.contains(&path) || CONTAINS_FIELDS.contains(&path) || custom
    };
    if !known {
        let operator = if contains { "CONTAINS" } else { "EQUALS" };
        return Err(format!("{at}: {operator} is not supported for {path}"));
    }
    Ok(Expression::Condition(Condition {
        operator: if contains { Operator::Contains } else { Operator::Equals },
        operand: operand.clone(),
        path: path.into(),
        negate,
    }))
}

impl Expression {
    fn conditions(&self) -> usize {
        match self {
            Self::All(inner) | Self::Any(inner) => inner.iter().map(Self::conditions).sum(),
            Self::Condition(_) => 1,
        }
    }

    fn depth(&self) -> usize {
        match self {
            Self::All(inner) | Self::Any(inner) => {
                1 + inner.iter().map(Self::depth).max().unwrap_or(0)
            }
            Self::Condition(_) => 0,
        }
    }

    /// Without operands both AND and OR hold: the rule has no condition.
    fn holds(&self, field: &impl Fn(&str) -> Option<String>) -> bool {
        match self {
            Self::All(inner) => inner.iter().all(|one| one.holds(field)),
            Self::Any(inner) => inner.is_empty() || inner.iter().any(|one| one.holds(field)),
            Self::Condition(condition) => {
                let value = field(&condition.path).unwrap_or_default();
                let holds = match condition.operator {
                    Operator::Equals => value == condition.operand,
                    Operator::Contains => value.contains(&condition.operand),
                };
                holds != condition.negate
            }
        }
    }

    fn to_json(&self) -> Value {
        let nested = |operator: &str, inner: &[Self]| {
            let operands: Vec<Value> = inner.iter().map(Self::to_json).collect();
            json!({"Operator": operator, "Operands": operands})
        };
        match self {
            Self::All(inner) => nested("AND", inner),
            Self::Any(inner) => nested("OR", inner),
            Self::Condition(condition) => json!({
                "Operator": match condition.operator {
                    Operator::Equals => "EQUALS",
                    Operator::Contains => "CONTAINS",
                },
                "Operands": [condition.operand],
                "ComparisonValue": format!("{PREFIX}{}", condition.path),
                "Negate": condition.negate,
            }),
        }
    }
}

/// Where a case's fields are found, in functions and in the texts of a task.
pub(crate) const PREFIX: &str = "$.ThirdParty.Salesforce.CaseCreate.";
const VERSION: &str = "2022-11-25";
const CONDITION_LIMIT: usize = 20;
const EQUALS_FIELDS: &[&str] = &["AccountId", "Type", "Reason", "Origin", "Priority"];
const CONTAINS_FIELDS: &[&str] = &["Name", "Email", "Phone", "Company", "Subject", "Description"];

#[cfg(test)]
mod tests {
    use super::*;

    fn function(rule_function: &Value) -> String {
        json!({"Version": VERSION, "RuleFunction": rule_function}).to_string()
    }

    fn when(operator: &str, path: &str, operand: &str) -> Value {
        json!({
            "Operator": operator,
            "Operands": [operand],
            "ComparisonValue": format!("{PREFIX}{path}"),
        })
    }

    fn parse(rule_function: &Value) -> Result<Function, String> {
        Function::parse(&function(rule_function), &Switches::default())
    }

    #[test]
    fn functions_are_evaluated() {
        let urgent = when("EQUALS", "Priority", "High");
        let refund = when("CONTAINS", "Subject", "refund");
        let case = |path: &str| match path {
            "Priority" => Some("High".to_owned()),
            "Subject" => Some("a question".to_owned()),
            _ => None,
        };
        for (operator, expected) in [("AND", false), ("OR", true)] {
            let both = json!({"Operator": operator, "Operands": [urgent, refund]});
            assert_eq!(parse(&both).expect("valid").holds(&case), expected, "{operator}");
        }
        let mut negated = refund.clone();
        negated["Negate"] = true.into();
        let both = json!({"Operator": "AND", "Operands": [urgent, negated]});
        assert!(parse(&both).expect("valid").holds(&case));
    }

    #[test]
    fn what_the_language_lacks_is_refused() {
        let condition = when("EQUALS", "Priority", "High");
        let top = |operands: Value| json!({"Operator": "AND", "Operands": operands});
        let mut two = condition.clone();
        two["Operands"] = json!(["High", "Low"]);
        let mut extra = condition.clone();
        extra["Note"] = "x".into();
        for (what, rule_function) in [
            ("a condition on top", condition.clone()),
            ("CONTAINS on Priority", top(json!([when("CONTAINS", "Priority", "H")]))),
            ("an unknown field", top(json!([when("EQUALS", "Status", "New")]))),
            ("an empty custom attribute", top(json!([when("EQUALS", "CustomAttribute.", "x")]))),
            ("two operands", top(json!([two]))),
            ("an unknown member", top(json!([extra]))),
            ("an unknown operator", top(json!([when("LIKE", "Subject", "x")]))),
            ("too many conditions", top(json!(vec![condition.clone(); 21]))),
        ] {
            assert!(parse(&rule_function).is_err(), "{what}");
        }
        let old = function(&top(json!([condition]))).replace(VERSION, "2020-01-01");
        assert!(Function::parse(&old, &Switches::default()).is_err(), "an old version");
    }

    #[test]
    fn normalising_spells_defaults_out() {
        let text = parse(&json!({"Operator": "AND", "Operands": [when("EQUALS", "Type", "x")]}))
            .expect("valid")
            .normalised();
        assert!(text.contains(r#""Negate":false"#), "{text}");
    }
}
