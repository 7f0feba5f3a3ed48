//! The attributes of an event flow. Limits are those of the API models of AppFlow (2020-08-23)
//! and EventBridge (2015-10-07).

use super::tasks;
use crate::framework::schema::{Attribute, Block, Needs, Schema};
use crate::framework::timeouts::Timeouts;
use crate::framework::validators::{
    Validator, each, length, no_blanks, one_line, one_of, pattern, size,
};
use crate::framework::value::Value;
use crate::resources::region;
use crate::resources::tags::{self, Charset};

pub(super) fn schema(timeouts: Timeouts) -> Schema {
    let attributes = region::attributes("The name.")
        .into_iter()
        .chain(flow())
        .chain([tasks_attribute(), error_handling(), event_bus()])
        .chain(tags::attributes(Charset::AppFlow))
        .chain(results());
    Schema::new(
        Block::new(
            "An AppFlow flow that sends a Salesforce event to a partner event bus, with the \
             event source it makes, the bus, and its activation.",
            attributes,
        )
        .block(timeouts.block()),
    )
    .needs(NEEDS)
}

/// What concerns rules and event integrations is for deleting the bus.
const NEEDS: Needs = Needs {
    plan: &["appflow:DescribeFlow", "events:DescribeEventSource", "events:DescribeEventBus"],
    apply: &[
        "appflow:CreateFlow",
        "appflow:UpdateFlow",
        "appflow:StartFlow",
        "appflow:StopFlow",
        "appflow:DeleteFlow",
        "appflow:UseConnectorProfile",
        "appflow:ResetConnectorMetadataCache",
        "appflow:ListConnectorEntities",
        "appflow:TagResource",
        "appflow:UntagResource",
        "events:CreateEventBus",
        "events:ActivateEventSource",
        "events:UpdateEventBus",
        "events:DeleteEventBus",
        "events:ListRules",
        "events:ListTargetsByRule",
        "events:RemoveTargets",
        "events:DeleteRule",
        "events:ListTagsForResource",
        "events:TagResource",
        "events:UntagResource",
        "app-integrations:ListEventIntegrations",
        "app-integrations:ListEventIntegrationAssociations",
        "kms:CreateGrant",
        "kms:DescribeKey",
    ],
};

fn flow() -> Vec<Attribute> {
    vec![
        Attribute::string("name")
            .required()
            .replaces()
            .check(length(2..=256))
            .check(pattern(
                r"[a-zA-Z0-9][A-Za-z0-9_!@#.\-]*",
                "begin with a letter or digit and consist of letters, digits and `_!@#.-`",
            ))
            .doc("Name of the flow, unique per account and region."),
        Attribute::string("connection_name")
            .required()
            .check(length(1..=256))
            .check(pattern(r"[A-Za-z0-9_/!@#+=.\-]*", "consist of letters, digits and `_/!@#+=.-`"))
            .doc("Name of the AppFlow connection to Salesforce."),
        Attribute::string("source_object")
            .or_at_create("CaseChangeEvent")
            .replaces()
            .check(length(1..=512))
            .check(no_blanks())
            .doc("Salesforce event to send. Left out, `CaseChangeEvent` at creation."),
        Attribute::string("event_source_name")
            .optional()
            .computed()
            .keeps()
            .replaces()
            .check(length(1..=256))
            .check(pattern(
                r"aws\.partner(/[.\-_A-Za-z0-9]+){2,}",
                "begin with `aws.partner/` and have at least two parts of letters, digits and \
                 `.-_`",
            ))
            .doc(
                "Name of the partner event source and its bus. Left out, \
                 `aws.partner/appflow/salesforce.com/ACCOUNT/NAME` at creation. If you set it, \
                 give the app integrations `replace_triggered_by`, so that they are replaced \
                 with the flow.",
            ),
        Attribute::string("description")
            .optional()
            .check(length(1..=2048))
            .check(pattern(
                r"[A-Za-z0-9_!@#\-.?,\s]*",
                "consist of letters, digits, blanks and `_!@#-.?,`",
            ))
            .doc("What the flow is for."),
        Attribute::string("kms_key_arn")
            .optional()
            .computed()
            .keeps()
            .replaces()
            .check(length(20..=2048))
            .check(pattern(r"arn:aws:kms:.*:[0-9]+:.*", "be the ARN of a KMS key"))
            .doc("Key that encrypts the flow's data. Left out, AWS's own."),
        Attribute::bool("enabled")
            .or_always(true)
            .doc("Whether the flow is to be active. `true` by default."),
        Attribute::bool("force_destroy").or_always(false).doc(
            "Whether destroying also deletes rules of others on the bus, and an adopted bus. \
             Connect's own rule is never forced: destroy the app integration first.",
        ),
    ]
}

fn tasks_attribute() -> Attribute {
    Attribute::objects(
        "tasks",
        [
            Attribute::string("type")
                .required()
                .check(one_of(&[
                    "Arithmetic",
                    "Filter",
                    "Map",
                    "Map_all",
                    "Mask",
                    "Merge",
                    "Passthrough",
                    "Truncate",
                    "Validate",
                    "Partition",
                ]))
                .doc("What the task does: `Map_all`, `Map`, `Filter` …"),
            Attribute::list_of_strings("source_fields")
                .optional()
                .check(no_nulls())
                .check(each(length(0..=2048)))
                .check(each(one_line()))
                .doc("Fields it works on; none for `Map_all`."),
            Attribute::string("destination_field")
                .optional()
                .check(length(0..=256))
                .check(one_line())
                .doc("Field it writes."),
            Attribute::string("operator")
                .optional()
                .check(one_of(OPERATORS))
                .doc("Operation on the Salesforce field, such as `PROJECTION` or `NO_OP`."),
            Attribute::map_of_strings("properties")
                .optional()
                .check(no_nulls())
                .check(property_keys())
                .check(each(length(1..=2048)))
                .check(each(one_line()))
                .doc("Properties of the task, such as `EXCLUDE_SOURCE_FIELDS_LIST`."),
        ],
    )
    .or_at_create(tasks::map_all())
    .equal(tasks::equal)
    .check(size(1..=usize::MAX))
    .doc("What is done to the fields of an event. Left out, all are mapped as they are.")
}

/// The Salesforce operators of the API model.
const OPERATORS: &[&str] = &[
    "PROJECTION",
    "LESS_THAN",
    "CONTAINS",
    "GREATER_THAN",
    "BETWEEN",
    "LESS_THAN_OR_EQUAL_TO",
    "GREATER_THAN_OR_EQUAL_TO",
    "EQUAL_TO",
    "NOT_EQUAL_TO",
    "ADDITION",
    "MULTIPLICATION",
    "DIVISION",
    "SUBTRACTION",
    "MASK_ALL",
    "MASK_FIRST_N",
    "MASK_LAST_N",
    "VALIDATE_NON_NULL",
    "VALIDATE_NON_ZERO",
    "VALIDATE_NON_NEGATIVE",
    "VALIDATE_NUMERIC",
    "NO_OP",
];

/// The task properties of the API model.
const PROPERTIES: &[&str] = &[
    "VALUE",
    "VALUES",
    "DATA_TYPE",
    "UPPER_BOUND",
    "LOWER_BOUND",
    "SOURCE_DATA_TYPE",
    "DESTINATION_DATA_TYPE",
    "VALIDATION_ACTION",
    "MASK_VALUE",
    "MASK_LENGTH",
    "TRUNCATE_LENGTH",
    "MATH_OPERATION_FIELDS_ORDER",
    "CONCAT_FORMAT",
    "SUBFIELD_CATEGORY_MAP",
    "EXCLUDE_SOURCE_FIELDS_LIST",
    "INCLUDE_NEW_FIELDS",
    "ORDERED_PARTITION_KEYS_LIST",
];

fn error_handling() -> Attribute {
    Attribute::object(
        "error_handling",
        [
            Attribute::string("bucket_name")
                .optional()
                .check(length(3..=63))
                .check(no_blanks())
                .doc("Bucket for what cannot be delivered, such as events over 256 KB."),
            Attribute::string("bucket_prefix")
                .optional()
                .check(length(0..=512))
                .check(one_line())
                .doc("Prefix of the objects in the bucket."),
            Attribute::bool("fail_on_first_destination_error")
                .optional()
                .doc("Whether the flow stops at the first event that cannot be delivered."),
        ],
    )
    .optional()
    .doc("What becomes of events that cannot be delivered.")
}

fn event_bus() -> Attribute {
    let log_config = Attribute::object(
        "log_config",
        [
            Attribute::string("level")
                .optional()
                .check(one_of(&["OFF", "ERROR", "INFO", "TRACE"]))
                .doc("`OFF`, `ERROR`, `INFO` or `TRACE`."),
            Attribute::string("include_detail")
                .optional()
                .check(one_of(&["NONE", "FULL"]))
                .doc("Whether logs hold the events: `NONE` or `FULL`."),
        ],
    );
    Attribute::object(
        "event_bus",
        [
            Attribute::bool("adopt").optional().doc(
                "Take over an existing bus of this source, as \"Remove connection\" in the \
                 console leaves one. It is then deleted only with `force_destroy`.",
            ),
            Attribute::string("description")
                .optional()
                .check(length(1..=512))
                .doc("What the bus is for."),
            Attribute::string("kms_key_identifier")
                .optional()
                .check(length(1..=2048))
                .check(pattern(r"[a-zA-Z0-9_\-/:]*", "consist of letters, digits and `_-/:`"))
                .doc("Key that encrypts the events: id, ARN or alias."),
            Attribute::string("dead_letter_arn")
                .optional()
                .check(length(1..=1600))
                .doc("ARN of the queue for events that cannot be delivered."),
            log_config.optional().doc("What the bus logs."),
        ],
    )
    .optional()
    .doc("Settings of the event bus. What is left out is cleared.")
}

fn results() -> Vec<Attribute> {
    let result = |name: &str, doc: &str| Attribute::string(name).computed().keeps().doc(doc);
    vec![
        result("event_source_arn", "ARN of the partner event source."),
        result("event_source_state", "`PENDING`, `ACTIVE` or `DELETED`."),
        result("event_bus_name", "Name of the event bus: that of the event source."),
        result("event_bus_arn", "ARN of the event bus."),
        result("status", "Status of the flow: `Active`, `Draft`, `Suspended` …"),
        result("status_message", "What AWS says about the status."),
    ]
}

fn no_nulls() -> Validator {
    Validator::new("not hold null", |value| {
        value.elements().is_none_or(|elements| !elements.iter().any(Value::is_null))
            && value.entries().is_none_or(|entries| !entries.values().any(Value::is_null))
    })
}

fn property_keys() -> Validator {
    Validator::new(
        format!("have only keys that AppFlow knows: {}", PROPERTIES.join(", ")),
        |value| {
            value
                .entries()
                .is_none_or(|entries| entries.keys().all(|key| PROPERTIES.contains(&key.as_str())))
        },
    )
}
