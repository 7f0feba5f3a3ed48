//! The language of a rule's conditions on Salesforce cases.
//!
//! A function is a JSON text: a tree of AND and OR over conditions, each comparing one field of the
//! case with one literal. Connect gives it back with other spacing, other order of keys and an
//! explicit `"Negate": false`, so functions are compared by meaning ([`equivalent`]).

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// A function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFunction {
    /// Its conditions.
    pub root: Group,
}

/// Conditions and further groups, joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// How they are joined.
    pub join: Join,
    /// What is joined, in order.
    pub operands: Vec<Operand>,
}

/// One member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A comparison.
    Condition(Condition),
    /// A group below.
    Group(Group),
}

/// How the members of a group are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// `AND`.
    All,
    /// `OR`.
    Any,
}

/// One comparison of a field with a literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What is compared.
    pub field: Field,
    /// How.
    pub operator: Comparison,
    /// With what.
    pub value: String,
    /// Whether the opposite is wanted.
    pub negate: bool,
}

/// A field of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// One of [`FIELDS`].
    Standard(&'static str),
    /// A field of the org's own, by API name, such as `Severity__c`.
    Custom(String),
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The whole field.
    Equals,
    /// A part of it.
    Contains,
}

/// A mistake in a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, as in `RuleFunction.Operands[1].Operator`; empty for the whole text.
    pub path: String,
    /// What, as a lowercase fragment.
    pub message: String,
    /// Whether Connect is known to refuse it.
    pub certain: bool,
}

/// The fields of a case and whether `CONTAINS` works on them; `EQUALS` works on all.
pub const FIELDS: &[(&str, bool)] = &[
    ("AccountId", false),
    ("Type", false),
    ("Reason", false),
    ("Origin", false),
    ("Priority", false),
    ("Name", true),
    ("Email", true),
    ("Phone", true),
    ("Company", true),
    ("Subject", true),
    ("Description", true),
];

/// Connect's limit of conditions in a rule.
pub const MOST_CONDITIONS: usize = 20;

impl RuleFunction {
    /// Reads a function.
    ///
    /// # Errors
    /// Every problem that Connect would refuse it for; doubts alone (see [`problems`]) are none.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::default();
        let function = reader.function(text);
        match function {
            Some(function) if !reader.problems.iter().any(|problem| problem.certain) => {
                Ok(function)
            }
            _ => Err(reader.problems),
        }
    }

    /// A function of conditions side by side.
    pub fn flat(join: Join, conditions: Vec<Condition>) -> Self {
        let operands = conditions.into_iter().map(Operand::Condition).collect();
        Self { root: Group { join, operands } }
    }

    /// The conditions, if they stand side by side.
    pub fn as_flat(&self) -> Option<(Join, Vec<&Condition>)> {
        let conditions: Option<Vec<&Condition>> = self
            .root
            .operands
            .iter()
            .map(|operand| match operand {
                Operand::Condition(condition) => Some(condition),
                Operand::Group(_) => None,
            })
            .collect();
        Some((self.root.join, conditions.filter(|conditions| !conditions.is_empty())?))
    }

    /// How many conditions it has.
    pub fn conditions(&self) -> usize {
        self.root.conditions()
    }

    /// The function as Connect documents it, without spaces, `Negate` spelled out.
    pub fn to_json(&self) -> String {
        let mut json = format!(r#"{{"Version":"{VERSION}","RuleFunction":"#);
        self.root.write(&mut json);
        json.push('}');
        json
    }
}

impl Group {
    fn conditions(&self) -> usize {
        self.operands
            .iter()
            .map(|operand| match operand {
                Operand::Condition(_) => 1,
                Operand::Group(group) => group.conditions(),
            })
            .sum()
    }

    fn write(&self, json: &mut String) {
        let _ = write!(json, r#"{{"Operator":"{}","Operands":["#, self.join.as_str());
        for (position, operand) in self.operands.iter().enumerate() {
            if position > 0 {
                json.push(',');
            }
            match operand {
                Operand::Condition(condition) => condition.write(json),
                Operand::Group(group) => group.write(json),
            }
        }
        json.push_str("]}");
    }
}

impl Condition {
    fn write(&self, json: &mut String) {
        let _ = write!(
            json,
            r#"{{"Operator":"{}","Operands":[{}],"ComparisonValue":{},"Negate":{}}}"#,
            self.operator.as_str(),
            Value::String(self.value.clone()),
            Value::String(self.field.path()),
            self.negate
        );
    }
}

impl Join {
    /// As the function writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "AND",
            Self::Any => "OR",
        }
    }
}

impl Comparison {
    /// As the function writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equals => "EQUALS",
            Self::Contains => "CONTAINS",
        }
    }

    /// Reads what the function writes.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Equals, Self::Contains].into_iter().find(|it| it.as_str() == text)
    }
}

impl Field {
    /// The field of that name, if cases have it.
    pub fn standard(name: &str) -> Option<Self> {
        FIELDS.iter().find(|(field, _)| *field == name).map(|(field, _)| Self::Standard(field))
    }

    /// As the function writes it.
    pub fn path(&self) -> String {
        match self {
            Self::Standard(name) => format!("{PREFIX}{name}"),
            Self::Custom(key) => format!("{PREFIX}{CUSTOM}{key}"),
        }
    }

    /// Reads what the function writes.
    pub fn from_path(path: &str) -> Option<Self> {
        let name = path.strip_prefix(PREFIX)?;
        match name.strip_prefix(CUSTOM) {
            Some("") => None,
            Some(key) => Some(Self::Custom(key.to_owned())),
            None => Self::standard(name),
        }
    }

    /// Whether the comparison works on it.
    pub fn allows(&self, operator: Comparison) -> bool {
        match (operator, self) {
            (Comparison::Equals, _) => true,
            (Comparison::Contains, Self::Custom(_)) => false,
            (Comparison::Contains, Self::Standard(name)) => {
                FIELDS.iter().any(|(field, contains)| field == name && *contains)
            }
        }
    }
}

/// Everything that is wrong or doubtful with a function.
pub fn problems(text: &str) -> Vec<Problem> {
    let mut reader = Reader::default();
    reader.function(text);
    reader.problems
}

/// Whether two functions mean the same: spacing, the order of keys and an explicit
/// `"Negate": false` do not count, the order of operands does. What is no JSON means only itself.
pub fn equivalent(a: &str, b: &str) -> bool {
    match (a == b, meaning(a), meaning(b)) {
        (true, _, _) => true,
        (false, Some(a), Some(b)) => a == b,
        _ => false,
    }
}

/// The JSON without what says nothing.
fn meaning(text: &str) -> Option<Value> {
    fn strip(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(strip),
            Value::Object(members) => {
                if members.get("Negate") == Some(&Value::Bool(false)) {
                    members.remove("Negate");
                }
                members.values_mut().for_each(strip);
            }
            _ => {}
        }
    }
    let mut value = serde_json::from_str(text).ok()?;
    strip(&mut value);
    Some(value)
}

/// Reads a function and collects every problem on the way. The JSON parser limits the depth.
#[derive(Debug, Default)]
struct Reader {
    problems: Vec<Problem>,
    conditions: usize,
}

impl Reader {
    fn function(&mut self, text: &str) -> Option<RuleFunction> {
        let value: Value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(error) => {
                self.refuse("", format!("this is not valid JSON: {error}"));
                return None;
            }
        };
        let function = self.object("", &value)?;
        self.doubt_unknown("", function, &["Version", "RuleFunction"]);
        match function.get("Version") {
            Some(Value::String(version)) if version == VERSION => {}
            Some(_) => self.refuse("Version", format!("the version must be \"{VERSION}\"")),
            None => self.refuse("", format!("\"Version\": \"{VERSION}\" is missing")),
        }
        let Some(root) = function.get("RuleFunction") else {
            self.refuse("", "\"RuleFunction\" is missing".to_owned());
            return None;
        };
        let root = match self.operand("RuleFunction", root)? {
            Operand::Group(group) => group,
            Operand::Condition(_) => {
                self.refuse(
                    "RuleFunction.Operator",
                    "the outermost operator must be AND or OR".to_owned(),
                );
                return None;
            }
        };
        if self.conditions > MOST_CONDITIONS {
            self.refuse(
                "RuleFunction",
                format!("there are {} conditions, {MOST_CONDITIONS} are allowed", self.conditions),
            );
        }
        Some(RuleFunction { root })
    }

    fn operand(&mut self, path: &str, value: &Value) -> Option<Operand> {
        let members = self.object(path, value)?;
        let operator = match members.get("Operator") {
            Some(Value::String(operator)) => operator.as_str(),
            Some(_) => return self.give_up(&at(path, "Operator"), "the operator must be a text"),
            None => return self.give_up(path, "\"Operator\" is missing"),
        };
        let operands = match members.get("Operands") {
            Some(Value::Array(operands)) => operands,
            Some(_) => return self.give_up(&at(path, "Operands"), "the operands must be a list"),
            None => return self.give_up(path, "\"Operands\" is missing"),
        };
        match operator {
            "AND" => self.group(path, Join::All, members, operands).map(Operand::Group),
            "OR" => self.group(path, Join::Any, members, operands).map(Operand::Group),
            _ => match Comparison::parse(operator) {
                Some(operator) => {
                    self.condition(path, operator, members, operands).map(Operand::Condition)
                }
                None => self.give_up(
                    &at(path, "Operator"),
                    &format!("`{operator}` is not one of AND, OR, EQUALS and CONTAINS"),
                ),
            },
        }
    }

    fn group(
        &mut self,
        path: &str,
        join: Join,
        members: &Map<String, Value>,
        operands: &[Value],
    ) -> Option<Group> {
        self.doubt_unknown(path, members, &["Operator", "Operands"]);
        if operands.is_empty() {
            self.doubt(&at(path, "Operands"), "there is no condition".to_owned());
        }
        let read: Vec<Option<Operand>> = operands
            .iter()
            .enumerate()
            .map(|(position, operand)| {
                self.operand(&format!("{}[{position}]", at(path, "Operands")), operand)
            })
            .collect();
        let operands = read.into_iter().collect::<Option<Vec<Operand>>>()?;
        Some(Group { join, operands })
    }

    fn condition(
        &mut self,
        path: &str,
        operator: Comparison,
        members: &Map<String, Value>,
        operands: &[Value],
    ) -> Option<Condition> {
        self.conditions += 1;
        self.doubt_unknown(path, members, &["Operator", "Operands", "ComparisonValue", "Negate"]);
        let value = match operands {
            [Value::String(value)] => Some(value.clone()),
            [_] => self.give_up(&at(path, "Operands"), "the value must be a text"),
            _ => self.give_up(&at(path, "Operands"), "a condition has exactly one value"),
        };
        let field = match members.get("ComparisonValue") {
            Some(Value::String(path_of_field)) => match Field::from_path(path_of_field) {
                Some(field) => Some(field),
                None => self.give_up(
                    &at(path, "ComparisonValue"),
                    &format!("`{path_of_field}` is not a field of a case: {}", known_fields()),
                ),
            },
            Some(_) => self.give_up(&at(path, "ComparisonValue"), "the field must be a text"),
            None => self.give_up(path, "\"ComparisonValue\" is missing"),
        };
        let negate = match members.get("Negate") {
            None => Some(false),
            Some(Value::Bool(negate)) => Some(*negate),
            Some(_) => self.give_up(&at(path, "Negate"), "must be true or false"),
        };
        if let Some(field) = &field
            && !field.allows(operator)
        {
            let name = field.path();
            let name = name.strip_prefix(PREFIX).unwrap_or(&name);
            self.refuse(
                &at(path, "Operator"),
                format!("`{name}` can only be compared with EQUALS, not {}", operator.as_str()),
            );
        }
        Some(Condition { field: field?, operator, value: value?, negate: negate? })
    }

    fn object<'a>(&mut self, path: &str, value: &'a Value) -> Option<&'a Map<String, Value>> {
        match value {
            Value::Object(members) => Some(members),
            _ => self.give_up(path, "this must be an object"),
        }
    }

    fn doubt_unknown(&mut self, path: &str, members: &Map<String, Value>, known: &[&str]) {
        for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
            self.doubt(&at(path, name), format!("\"{name}\" is not part of the language"));
        }
    }

    fn give_up<T>(&mut self, path: &str, message: &str) -> Option<T> {
        self.refuse(path, message.to_owned());
        None
    }

    fn refuse(&mut self, path: &str, message: String) {
        self.problems.push(Problem { path: path.to_owned(), message, certain: true });
    }

    fn doubt(&mut self, path: &str, message: String) {
        self.problems.push(Problem { path: path.to_owned(), message, certain: false });
    }
}

fn at(path: &str, member: &str) -> String {
    if path.is_empty() { member.to_owned() } else { format!("{path}.{member}") }
}

fn known_fields() -> String {
    let names: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
    format!("there are {PREFIX}… {} and {CUSTOM}KEY", names.join(", "))
}

const VERSION: &str = "2022-11-25";
const PREFIX: &str = "$.ThirdParty.Salesforce.CaseCreate.";
const CUSTOM: &str = "CustomAttribute.";

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENTED: &str = r#"{"Version":"2022-11-25","RuleFunction":{"Operator":"AND","Operands":[
        {"Operator":"EQUALS","Operands":["High"],"ComparisonValue":"$.ThirdParty.Salesforce.CaseCreate.Priority","Negate":false},
        {"Operator":"CONTAINS","Operands":["refund"],"ComparisonValue":"$.ThirdParty.Salesforce.CaseCreate.Subject","Negate":false}]}}"#;

    fn condition(field: &str, operator: &str) -> String {
        format!(
            r#"{{"Operator":"{operator}","Operands":["x"],"ComparisonValue":"{PREFIX}{field}"}}"#
        )
    }

    fn all(operands: &[String]) -> String {
        format!(
            r#"{{"Version":"{VERSION}","RuleFunction":{{"Operator":"AND","Operands":[{}]}}}}"#,
            operands.join(",")
        )
    }

    #[test]
    fn the_documented_example_is_flat() {
        let function = RuleFunction::parse(DOCUMENTED).expect("valid");
        let (join, conditions) = function.as_flat().expect("flat");
        assert_eq!(join, Join::All);
        assert_eq!(conditions[0].field, Field::Standard("Priority"));
        assert_eq!(conditions[1].operator, Comparison::Contains);
        assert_eq!(conditions[1].value, "refund");
    }

    #[test]
    fn printing_and_reading_are_inverse() {
        let function = RuleFunction::parse(DOCUMENTED).expect("valid");
        let printed = function.to_json();
        assert_eq!(RuleFunction::parse(&printed), Ok(function));
        assert!(equivalent(&printed, DOCUMENTED));
        let custom = Condition {
            field: Field::Custom("Severity__c".into()),
            operator: Comparison::Equals,
            value: "a \"quoted\" \u{1}\u{e9}".into(),
            negate: true,
        };
        let function = RuleFunction::flat(Join::Any, vec![custom]);
        assert_eq!(RuleFunction::parse(&function.to_json()), Ok(function));
    }

    #[test]
    fn groups_nest() {
        let inner = format!(
            r#"{{"Operator":"OR","Operands":[{},{}]}}"#,
            condition("Type", "EQUALS"),
            condition("Origin", "EQUALS")
        );
        let function = RuleFunction::parse(&all(&[condition("Name", "CONTAINS"), inner]));
        let function = function.expect("valid");
        assert_eq!(function.conditions(), 3);
        assert_eq!(function.as_flat(), None);
        assert_eq!(RuleFunction::parse(&function.to_json()), Ok(function));
    }

    #[test]
    fn meaning_ignores_spacing_keys_and_the_default_of_negate() {
        let bare = all(&[condition("Type", "EQUALS"), condition("Origin", "EQUALS")]);
        let spelled =
            bare.replace(r#""Operands":["x"],"#, r#""Negate": false, "Operands": ["x"],"#);
        assert_ne!(bare, spelled);
        assert!(equivalent(&bare, &spelled));
        let negated = spelled.replacen("false", "true", 1);
        assert!(!equivalent(&bare, &negated));
        let swapped = all(&[condition("Origin", "EQUALS"), condition("Type", "EQUALS")]);
        assert!(!equivalent(&bare, &swapped));
        assert!(equivalent("not json", "not json"));
        assert!(!equivalent("not json", "not  json"));
    }

    #[test]
    fn problems_are_collected_with_their_places() {
        let text = all(&[
            condition("Type", "CONTAINS"),
            condition("Nope", "EQUALS"),
            r#"{"Operator":"LIKE","Operands":[]}"#.into(),
            r#"{"Operator":"EQUALS","Operands":["a","b"],"Negate":"no"}"#.into(),
        ]);
        let problems = RuleFunction::parse(&text).expect_err("invalid");
        let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "RuleFunction.Operands[0].Operator",
                "RuleFunction.Operands[1].ComparisonValue",
                "RuleFunction.Operands[2].Operator",
                "RuleFunction.Operands[3].Operands",
                "RuleFunction.Operands[3]",
                "RuleFunction.Operands[3].Negate",
            ]
        );
        assert_eq!(problems[0].message, "`Type` can only be compared with EQUALS, not CONTAINS");
    }

    #[test]
    fn custom_attributes_are_only_equal() {
        assert!(
            RuleFunction::parse(&all(&[condition("CustomAttribute.Foo__c", "EQUALS")])).is_ok()
        );
        assert!(
            RuleFunction::parse(&all(&[condition("CustomAttribute.Foo__c", "CONTAINS")])).is_err()
        );
        assert!(RuleFunction::parse(&all(&[condition("CustomAttribute.", "EQUALS")])).is_err());
    }

    #[test]
    fn the_outermost_operator_joins() {
        let text =
            format!(r#"{{"Version":"{VERSION}","RuleFunction":{}}}"#, condition("Type", "EQUALS"));
        let problems = RuleFunction::parse(&text).expect_err("invalid");
        assert_eq!(problems[0].path, "RuleFunction.Operator");
    }

    #[test]
    fn twenty_conditions_are_the_limit() {
        let some = |count| all(&vec![condition("Type", "EQUALS"); count]);
        assert!(RuleFunction::parse(&some(20)).is_ok());
        let problems = RuleFunction::parse(&some(21)).expect_err("too many");
        assert_eq!(problems[0].message, "there are 21 conditions, 20 are allowed");
    }

    #[test]
    fn what_connect_may_accept_is_only_doubted() {
        let text = all(&[condition("Type", "EQUALS").replace("}", r#","Comment":"x"}"#)]);
        assert!(RuleFunction::parse(&text).is_ok());
        let doubts = problems(&text);
        assert_eq!(doubts.len(), 1);
        assert!(!doubts[0].certain);
        assert!(RuleFunction::parse(&all(&[])).is_ok());
    }

    #[test]
    fn no_input_panics() {
        let deep = "[".repeat(100_000);
        let nested = format!(
            r#"{{"Version":"{VERSION}","RuleFunction":{}"#,
            r#"{"Operator":"AND","Operands":["#.repeat(10_000)
        );
        let odd = [
            "",
            "null",
            "1",
            "\"x\"",
            "[]",
            "{}",
            "{\"Version\":1}",
            "{\"RuleFunction\":[]}",
            "\u{0}",
            "{\"RuleFunction\":{\"Operator\":\"AND\",\"Operands\":{}}}",
            "1e999999",
            &deep,
            &nested,
        ];
        for text in odd {
            assert!(RuleFunction::parse(text).is_err());
            equivalent(text, DOCUMENTED);
        }
        // Every prefix and every dropped character of a valid function.
        for end in 0..DOCUMENTED.len() {
            let _ = RuleFunction::parse(&DOCUMENTED[..end]);
            let mut dropped = DOCUMENTED.to_owned();
            dropped.remove(end);
            let _ = problems(&dropped);
        }
    }
}
