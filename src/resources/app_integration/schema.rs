//! The attributes of an app integration. Limits are those of the API models of Connect
//! (2017-08-08) and AppIntegrations (2020-07-29).

use crate::framework::schema::{Attribute, Block, Needs, Schema};
use crate::framework::timeouts::Timeouts;
use crate::framework::types::Type;
use crate::framework::validators::{each, length, one_line, one_of, pattern};
use crate::framework::value::Value;
use crate::resources::tags::{self, Charset};
use crate::resources::{reference, region};

pub(super) fn schema(timeouts: Timeouts) -> Schema {
    let attributes = region::attributes("`INSTANCE,ASSOCIATION`: the ids of both.")
        .into_iter()
        .chain(arguments())
        .chain(tags::attributes(Charset::Connect))
        .chain(results());
    Schema::new(
        Block::new(
            "Makes the events of a Salesforce flow known to a Connect instance: an event \
             integration, the association with the instance, and its use cases.",
            attributes,
        )
        .block(timeouts.block()),
    )
    .needs(NEEDS)
}

/// Connect makes and removes its rule on the bus with the caller's permissions.
const NEEDS: Needs = Needs {
    plan: &[
        "connect:ListIntegrationAssociations",
        "connect:ListUseCases",
        "connect:ListTagsForResource",
        "app-integrations:GetEventIntegration",
        "app-integrations:ListEventIntegrationAssociations",
        "events:DescribeEventSource",
        "events:DescribeEventBus",
        "events:DescribeRule",
    ],
    apply: &[
        "connect:CreateIntegrationAssociation",
        "connect:DeleteIntegrationAssociation",
        "connect:CreateUseCase",
        "connect:DeleteUseCase",
        "connect:DescribeInstance",
        "connect:SearchRules",
        "connect:TagResource",
        "connect:UntagResource",
        "app-integrations:CreateEventIntegration",
        "app-integrations:UpdateEventIntegration",
        "app-integrations:DeleteEventIntegration",
        "app-integrations:CreateEventIntegrationAssociation",
        "app-integrations:DeleteEventIntegrationAssociation",
        "app-integrations:TagResource",
        "app-integrations:UntagResource",
        "events:PutRule",
        "events:PutTargets",
        "events:ListTargetsByRule",
        "events:RemoveTargets",
        "events:DeleteRule",
        "ds:DescribeDirectories",
    ],
};

fn arguments() -> Vec<Attribute> {
    let source_words = "consist of letters, digits and `/._-`";
    vec![
        reference::attribute("instance_id", "instance")
            .required()
            .replaces()
            .doc("Id or ARN of the Connect instance."),
        Attribute::string("name")
            .required()
            .replaces()
            .check(length(1..=100))
            .check(pattern("[a-zA-Z0-9_ -]*", "consist of letters, digits, spaces and `_-`"))
            .doc("Name that the Connect console shows, also when rules are made."),
        Attribute::string("application_url")
            .required()
            .replaces()
            .check(length(1..=2000))
            .doc("URL of the Salesforce application, for the links of tasks."),
        Attribute::string("event_source_name")
            .optional()
            .computed()
            .keeps()
            .replaces()
            .check(length(1..=256))
            .check(pattern(r"aws\.partner/.*", "begin with `aws.partner/`"))
            .doc("Name of the partner event source; needed unless `event_integration_arn` is set."),
        Attribute::string("event_bus_name")
            .optional()
            .computed()
            .keeps()
            .replaces()
            .check(length(1..=255))
            .check(pattern(r"[a-zA-Z0-9/._\-]*", source_words))
            .doc("Name of the event bus. Left out, that of the event source."),
        Attribute::string("event_integration_arn")
            .optional()
            .check(length(1..=140))
            .check(pattern(
                r"arn:aws[a-z-]*:app-integrations:[^:]+:[0-9]{12}:event-integration/.+",
                "be the ARN of an event integration",
            ))
            .doc(
                "ARN of an event integration to use; it is never deleted here. Left out, one is \
                 made and goes with this resource.",
            ),
        Attribute::string("event_integration_name")
            .optional()
            .computed()
            .keeps()
            .replaces()
            .check(length(1..=255))
            .check(pattern(r"[a-zA-Z0-9/._\-]*", source_words))
            .doc(
                "Name of the event integration. Left out, made from the name, instance and source.",
            ),
        Attribute::string("event_integration_description")
            .optional()
            .check(length(1..=1000))
            .check(one_line())
            .doc("What the event integration is for."),
        Attribute::new("use_cases", Type::set(Type::String))
            .or_always(Value::set(vec!["RULES_EVALUATION".into()]))
            .check(each(one_of(&["RULES_EVALUATION", "CONNECT_CAMPAIGNS"])))
            .doc("What Connect may use it for. `RULES_EVALUATION` by default."),
    ]
}

fn results() -> Vec<Attribute> {
    let result = |name: &str, doc: &str| Attribute::string(name).computed().keeps().doc(doc);
    vec![
        result("integration_arn", "ARN of the event integration."),
        result("integration_association_id", "Id of the association, for rules."),
        Attribute::map_of_strings("use_case_ids")
            .computed()
            .keeps()
            .doc("Ids of the use cases by type."),
        result("event_bridge_rule_name", "Name of the rule that Connect made on the event bus."),
    ]
}
