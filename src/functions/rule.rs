//! `case_rule_function` and `case_variable`.

use crate::framework::function::{Function, FunctionError, Parameter, Signature};
use crate::framework::types::Type;
use crate::framework::value::Value;
use crate::salesforce::rule_function::{Comparison, Condition, FIELDS, Field, Join, RuleFunction};
use crate::salesforce::variables::{self, VARIABLES};

/// Writes the function of a case rule.
#[derive(Debug)]
pub(super) struct CaseRuleFunction;

impl Function for CaseRuleFunction {
    fn name(&self) -> &'static str {
        "case_rule_function"
    }

    fn signature(&self) -> Signature {
        let condition = [
            ("field", Type::String),
            ("operator", Type::String),
            ("value", Type::String),
            ("negate", Type::Bool),
        ];
        let condition = condition.map(|(name, ty)| (name.to_owned(), ty)).into();
        Signature {
            summary: "Writes the function of a case rule",
            doc: "Gives the JSON of Connect's function language for conditions side by side. A \
                  field that is not one of the standard ones is a custom attribute.",
            parameters: vec![
                Parameter {
                    name: "match",
                    ty: Type::String,
                    doc: "`all` or `any` of the conditions must hold.",
                },
                Parameter {
                    name: "conditions",
                    ty: Type::list(Type::Object(condition)),
                    doc: "Objects of `field`, `operator`, `value` and `negate`.",
                },
            ],
            returns: Type::String,
        }
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let join = match arguments[0].as_str() {
            Some("all") => Join::All,
            Some("any") => Join::Any,
            _ => return Err(FunctionError::at(0, "`match` must be `all` or `any`.")),
        };
        let conditions: Result<Vec<Condition>, FunctionError> =
            arguments[1].elements().unwrap_or_default().iter().map(condition).collect();
        let function = RuleFunction::flat(join, conditions?).to_json();
        match RuleFunction::parse(&function) {
            Ok(function) => Ok(function.to_json().into()),
            Err(problems) => {
                let problems: Vec<String> =
                    problems.into_iter().map(|problem| problem.message).collect();
                Err(FunctionError::at(1, format!("Connect refuses it: {}.", problems.join("; "))))
            }
        }
    }
}

fn condition(condition: &Value) -> Result<Condition, FunctionError> {
    let text = |name: &str| {
        condition
            .get(name)
            .as_str()
            .ok_or_else(|| FunctionError::at(1, format!("Every condition needs a `{name}`.")))
    };
    let field = text("field")?;
    let field = Field::standard(field).unwrap_or_else(|| Field::Custom(field.to_owned()));
    let operator = text("operator")?;
    let operator = Comparison::parse(operator).ok_or_else(|| {
        FunctionError::at(1, format!("{operator:?} is neither `EQUALS` nor `CONTAINS`."))
    })?;
    let negate = condition.get("negate").as_bool().unwrap_or_default();
    Ok(Condition { field, operator, value: text("value")?.to_owned(), negate })
}

/// Gives the variable of a case's field.
#[derive(Debug)]
pub(super) struct CaseVariable;

impl Function for CaseVariable {
    fn name(&self) -> &'static str {
        "case_variable"
    }

    fn signature(&self) -> Signature {
        Signature {
            summary: "Gives the variable of a case's field",
            doc: "Gives `$.ThirdParty.Salesforce.CaseCreate.FIELD`, for names, descriptions and \
                  references of tasks.",
            parameters: vec![Parameter {
                name: "field",
                ty: Type::String,
                doc: "The field, such as `CaseNumber`.",
            }],
            returns: Type::String,
        }
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let field = arguments[0].as_str().unwrap_or_default();
        variables::variable(field).map(Value::from).ok_or_else(|| {
            let known = VARIABLES.join(", ");
            let hint = if FIELDS.iter().any(|(name, _)| *name == field) {
                " Rules can compare it, tasks cannot show it."
            } else {
                ""
            };
            FunctionError::at(0, format!("Cases offer {known} to tasks, not {field:?}.{hint}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(field: &str, operator: &str) -> Value {
        Value::List(vec![Value::object([
            ("field", field.into()),
            ("operator", operator.into()),
            ("value", "x".into()),
            ("negate", false.into()),
        ])])
    }

    #[test]
    fn a_written_function_is_one_that_connect_takes() {
        let written = CaseRuleFunction.call(&["any".into(), conditions("Subject", "CONTAINS")]);
        let written = written.expect("a function");
        assert!(RuleFunction::parse(written.as_str().expect("text")).is_ok());
        let refused = CaseRuleFunction.call(&["any".into(), conditions("Priority", "CONTAINS")]);
        assert_eq!(refused.map_err(|error| error.argument), Err(Some(1)));
        let refused = CaseRuleFunction.call(&["none".into(), conditions("Priority", "EQUALS")]);
        assert_eq!(refused.map_err(|error| error.argument), Err(Some(0)));
    }

    #[test]
    fn only_documented_variables_are_given() {
        let variable = CaseVariable.call(&["CaseNumber".into()]);
        assert_eq!(variable, Ok("$.ThirdParty.Salesforce.CaseCreate.CaseNumber".into()));
        assert!(CaseVariable.call(&["Owner".into()]).is_err());
    }
}
