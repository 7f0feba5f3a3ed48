//! The attributes of a case rule. Limits are those of Connect's API model (2017-08-08) and its
//! rules function language.

use super::condition;
use crate::framework::schema::{Attribute, Block, Needs, Schema};
use crate::framework::timeouts::Timeouts;
use crate::framework::types::Type;
use crate::framework::validators::{Validator, each, length, one_of, pattern, size};
use crate::framework::value::Value;
use crate::resources::tags::{self, Charset};
use crate::resources::{reference, region};
use crate::salesforce::rule_function::{Field, equivalent};

pub(super) fn schema(timeouts: Timeouts) -> Schema {
    let attributes = region::attributes("`INSTANCE,RULE`: the ids of both.")
        .into_iter()
        .chain(arguments())
        .chain([conditions(), r#match(), task()])
        .chain(tags::attributes(Charset::Connect))
        .chain(results());
    Schema::new(
        Block::new("A Connect rule that makes a task of a new Salesforce case.", attributes)
            .block(timeouts.block()),
    )
    .needs(NEEDS)
}

const NEEDS: Needs = Needs {
    plan: &["connect:DescribeRule", "connect:SearchRules", "connect:ListContactFlows"],
    apply: &[
        "connect:CreateRule",
        "connect:UpdateRule",
        "connect:DeleteRule",
        "connect:ListRules",
        "connect:TagResource",
        "connect:UntagResource",
    ],
};

fn arguments() -> Vec<Attribute> {
    vec![
        reference::attribute("instance_id", "instance")
            .required()
            .replaces()
            .doc("Id or ARN of the Connect instance."),
        reference::attribute("integration_association_id", "integration-association")
            .required()
            .replaces()
            .doc("Id or ARN of the app integration's association: where the cases come from."),
        Attribute::string("name")
            .required()
            .check(length(1..=200))
            .check(pattern("[0-9a-zA-Z._-]*", "consist of letters, digits and `._-`"))
            .doc("Name of the rule, unique in the instance."),
        Attribute::string("publish_status")
            .or_at_create("PUBLISHED")
            .check(one_of(&["PUBLISHED", "DRAFT"]))
            .doc("`PUBLISHED`, or `DRAFT` to store it only. Left out, `PUBLISHED` at creation."),
        Attribute::string("function")
            .optional()
            .equal(|one, other| match (one.as_str(), other.as_str()) {
                (Some(one), Some(other)) => equivalent(one, other),
                _ => false,
            })
            .check(Validator::explained("be a rule function in JSON", |value| {
                // Whether Connect knows its words is for the plan: it may have learnt some.
                condition::refusal(value.as_str()?, |problem| problem.path.is_empty())
            }))
            .doc("Conditions in Connect's function language, as JSON. This or `conditions`."),
        Attribute::bool("assign_contact_category")
            .or_at_create(false)
            .doc("Whether the task gets the rule's name as a category. Left out, `false`."),
    ]
}

fn conditions() -> Attribute {
    Attribute::objects(
        "conditions",
        [
            Attribute::string("field")
                .optional()
                .check(Validator::explained("be a field of Salesforce cases", |value| {
                    let name = value.as_str()?;
                    Field::standard(name).is_none().then(|| {
                        format!(
                            "{name:?} is not a field that rules can compare: use {}, or \
                             `custom_attribute` for a field of your own.",
                            condition::names(false).join(", ")
                        )
                    })
                }))
                .doc("Field of the case, such as `Priority`."),
            Attribute::string("custom_attribute")
                .optional()
                .check(length(1..=512))
                .doc("API name of a custom field, such as `Region__c`. Only with `EQUALS`."),
            Attribute::string("operator")
                .or_at_create("EQUALS")
                .check(one_of(&["EQUALS", "CONTAINS"]))
                .doc("`EQUALS`, or `CONTAINS` for texts. Left out, `EQUALS`."),
            Attribute::string("value").required().doc("What the field is compared with."),
            Attribute::bool("negate")
                .or_at_create(false)
                .doc("Whether the condition holds where the comparison does not."),
        ],
    )
    .optional()
    .check(size(1..=20))
    .doc("Conditions of the rule, at most 20. This or `function`.")
}

fn r#match() -> Attribute {
    Attribute::string("match")
        .optional()
        .computed()
        .keeps()
        .check(one_of(&["all", "any"]))
        .doc("Whether `all` of the conditions must hold, the default, or `any`.")
}

fn task() -> Attribute {
    Attribute::object(
        "task",
        [
            Attribute::string("name")
                .required()
                .check(length(1..=512))
                .doc("Name of the task; may hold variables such as `$.ThirdParty.Salesforce.CaseCreate.CaseNumber`."),
            Attribute::string("description")
                .optional()
                .check(length(0..=4096))
                .doc("Description that agents see; may hold variables."),
            reference::attribute("contact_flow_id", "contact-flow")
                .required()
                .doc("Id or ARN of the contact flow that the task goes through."),
            Attribute::new("references", Type::map(Type::String))
                .optional()
                .check(no_nulls())
                .check(each(length(0..=4096)))
                .check(Validator::new("have keys of 1 to 4096 characters", |value| {
                    value.entries().is_none_or(|entries| {
                        entries.keys().all(|key| (1..=4096).contains(&key.chars().count()))
                    })
                }))
                .doc("URLs that agents can open, by the text that is shown; may hold variables."),
        ],
    )
    .required()
    .doc("The task that is made.")
}

fn results() -> Vec<Attribute> {
    vec![
        Attribute::string("rule_id").computed().keeps().doc("Id of the rule."),
        Attribute::string("function_json")
            .computed()
            .doc("The conditions in Connect's function language, in one spelling."),
    ]
}

fn no_nulls() -> Validator {
    Validator::new("not hold null", |value| {
        value.entries().is_none_or(|entries| !entries.values().any(Value::is_null))
    })
}
