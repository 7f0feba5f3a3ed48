//! The IAM actions behind everything the provider does: the one list of them.
//!
//! [`super::policy`] writes policies from it. Tests hold the calls of this room, the remedies and
//! what the resources document to it.

/// What a role is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Validate, plan, refresh, import, query, data sources, `doctor` and `export`: only reads.
    Plan,
    /// Applies too: everything.
    Apply,
}

/// Which objects a role needs an action on.
///
/// Where AWS has no resource-level permission for an action, or documents none, it is [`Scope::Any`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything: the action cannot be narrowed.
    Any,
    /// AppFlow connector profiles.
    Connections,
    /// AppFlow flows.
    Flows,
    /// Partner event sources and buses of AppFlow.
    EventSources,
    /// Partner event buses of AppFlow.
    EventBuses,
    /// Rules on those buses.
    EventRules,
    /// Event integrations and their associations.
    EventIntegrations,
    /// Connect instances and what is in them.
    Instances,
    /// Secrets that AppFlow makes for the credentials of connections.
    ConnectionSecrets,
    /// The secret of the connected app, where there is one.
    AppSecret,
    /// Customer-managed keys, where there are some.
    Keys,
    /// The role that AppIntegrations makes for itself at its first use.
    ServiceLinkedRole,
}

/// Actions of one purpose on one kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Begins the id of its statement in a policy.
    pub name: &'static str,
    /// What the actions are needed for.
    pub purpose: Purpose,
    /// What they are needed on.
    pub scope: Scope,
    /// The actions, as IAM spells them.
    pub actions: &'static [&'static str],
}

/// Every action, in groups.
pub const TABLE: &[Group] = &[
    Group {
        name: "Find",
        purpose: Purpose::Plan,
        scope: Scope::Any,
        actions: &[
            "app-integrations:ListEventIntegrations",
            "appflow:DescribeConnectorEntity",
            "appflow:DescribeConnectorProfiles",
            "appflow:ListConnectorEntities",
            "appflow:ListFlows",
            "connect:ListInstances",
            "events:ListEventBuses",
            "events:ListEventSources",
            "events:ListRules",
        ],
    },
    Group {
        name: "ReadFlows",
        purpose: Purpose::Plan,
        scope: Scope::Flows,
        actions: &[
            "appflow:DescribeFlow",
            "appflow:DescribeFlowExecutionRecords",
            "appflow:ListTagsForResource",
        ],
    },
    Group {
        name: "ReadEventSources",
        purpose: Purpose::Plan,
        scope: Scope::EventSources,
        actions: &["events:DescribeEventSource"],
    },
    Group {
        name: "ReadEventBuses",
        purpose: Purpose::Plan,
        scope: Scope::EventBuses,
        actions: &["events:DescribeEventBus", "events:ListTagsForResource"],
    },
    Group {
        name: "ReadEventRules",
        purpose: Purpose::Plan,
        scope: Scope::EventRules,
        actions: &["events:DescribeRule", "events:ListTargetsByRule"],
    },
    Group {
        name: "ReadEventIntegrations",
        purpose: Purpose::Plan,
        scope: Scope::EventIntegrations,
        actions: &[
            "app-integrations:GetEventIntegration",
            "app-integrations:ListEventIntegrationAssociations",
            "app-integrations:ListTagsForResource",
        ],
    },
    Group {
        name: "ReadInstances",
        purpose: Purpose::Plan,
        scope: Scope::Instances,
        actions: &[
            "connect:DescribeContactFlow",
            "connect:DescribeInstance",
            "connect:DescribeRule",
            "connect:ListContactFlows",
            "connect:ListIntegrationAssociations",
            "connect:ListRules",
            "connect:ListTagsForResource",
            "connect:ListUseCases",
            "connect:SearchRules",
        ],
    },
    Group {
        name: "Make",
        purpose: Purpose::Apply,
        scope: Scope::Any,
        actions: &[
            "app-integrations:CreateEventIntegration",
            "appflow:CreateConnectorProfile",
            "appflow:CreateFlow",
            "appflow:ResetConnectorMetadataCache",
            "ds:DescribeDirectories",
        ],
    },
    Group {
        name: "ChangeConnections",
        purpose: Purpose::Apply,
        scope: Scope::Connections,
        actions: &[
            "appflow:DeleteConnectorProfile",
            "appflow:UpdateConnectorProfile",
            "appflow:UseConnectorProfile",
        ],
    },
    Group {
        name: "ChangeFlows",
        purpose: Purpose::Apply,
        scope: Scope::Flows,
        actions: &[
            "appflow:DeleteFlow",
            "appflow:StartFlow",
            "appflow:StopFlow",
            "appflow:TagResource",
            "appflow:UntagResource",
            "appflow:UpdateFlow",
        ],
    },
    Group {
        name: "ChangeEventSources",
        purpose: Purpose::Apply,
        scope: Scope::EventSources,
        actions: &[
            "events:ActivateEventSource",
            "events:CreateEventBus",
            "events:DeactivateEventSource",
        ],
    },
    Group {
        name: "ChangeEventBuses",
        purpose: Purpose::Apply,
        scope: Scope::EventBuses,
        actions: &[
            "events:DeleteEventBus",
            "events:TagResource",
            "events:UntagResource",
            "events:UpdateEventBus",
        ],
    },
    Group {
        name: "ChangeEventRules",
        purpose: Purpose::Apply,
        scope: Scope::EventRules,
        actions: &[
            "events:DeleteRule",
            "events:PutRule",
            "events:PutTargets",
            "events:RemoveTargets",
        ],
    },
    Group {
        name: "ChangeEventIntegrations",
        purpose: Purpose::Apply,
        scope: Scope::EventIntegrations,
        actions: &[
            "app-integrations:CreateEventIntegrationAssociation",
            "app-integrations:DeleteEventIntegration",
            "app-integrations:DeleteEventIntegrationAssociation",
            "app-integrations:TagResource",
            "app-integrations:UntagResource",
            "app-integrations:UpdateEventIntegration",
        ],
    },
    Group {
        name: "ChangeInstances",
        purpose: Purpose::Apply,
        scope: Scope::Instances,
        actions: &[
            "connect:CreateIntegrationAssociation",
            "connect:CreateRule",
            "connect:CreateUseCase",
            "connect:DeleteIntegrationAssociation",
            "connect:DeleteRule",
            "connect:DeleteUseCase",
            "connect:TagResource",
            "connect:UntagResource",
            "connect:UpdateRule",
        ],
    },
    Group {
        name: "KeepCredentials",
        purpose: Purpose::Apply,
        scope: Scope::ConnectionSecrets,
        actions: &["secretsmanager:CreateSecret", "secretsmanager:PutResourcePolicy"],
    },
    Group {
        name: "ReadAppSecret",
        purpose: Purpose::Apply,
        scope: Scope::AppSecret,
        actions: &["secretsmanager:GetSecretValue"],
    },
    Group {
        name: "UseKeys",
        purpose: Purpose::Apply,
        scope: Scope::Keys,
        actions: &["kms:CreateGrant", "kms:DescribeKey", "kms:ListGrants"],
    },
    Group {
        name: "MakeServiceLinkedRole",
        purpose: Purpose::Apply,
        scope: Scope::ServiceLinkedRole,
        actions: &["iam:CreateServiceLinkedRole"],
    },
];

/// The groups that a role of this purpose needs.
pub fn groups(purpose: Purpose) -> impl Iterator<Item = &'static Group> {
    TABLE.iter().filter(move |group| group.purpose <= purpose)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use regex_lite::Regex;

    use super::*;
    use crate::aws::operation::Operation;
    use crate::aws::remedies;
    use crate::framework::provider::Provider as _;
    use crate::provider::Connect;

    fn listed() -> BTreeSet<&'static str> {
        TABLE.iter().flat_map(|group| group.actions).copied().collect()
    }

    /// `service:Action` in a text.
    fn actions_in(text: &str) -> BTreeSet<String> {
        let services = "app-integrations|appflow|connect|ds|events|iam|kms|secretsmanager";
        let action = Regex::new(&format!("(?:{services}):[A-Z][A-Za-z]+")).expect("a pattern");
        action.find_iter(text).map(|found| found.as_str().to_owned()).collect()
    }

    #[test]
    fn every_call_of_this_room_is_listed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/aws");
        for file in fs::read_dir(folder).expect("it is in the repository") {
            let path = file.expect("it can be read").path();
            // What it writes is for others too.
            if path.ends_with("policy.rs") {
                continue;
            }
            let text = fs::read_to_string(&path).expect("source is text");
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            for action in actions_in(text) {
                assert!(listed().contains(action.as_str()), "{}: {action}", path.display());
            }
        }
    }

    #[test]
    fn plans_only_read() {
        for group in groups(Purpose::Plan) {
            for action in group.actions {
                assert!(Operation(action).reads(), "{action}");
            }
        }
    }

    #[test]
    fn no_action_is_listed_twice() {
        let all: Vec<_> = TABLE.iter().flat_map(|group| group.actions).collect();
        assert_eq!(all.len(), listed().len());
        for group in TABLE {
            assert!(group.actions.is_sorted(), "{}", group.name);
        }
    }

    #[test]
    fn remedies_name_listed_actions() {
        for remedy in remedies::all() {
            for action in
                actions_in(remedy).iter().filter(|action| !TO_OTHERS.contains(&&***action))
            {
                assert!(listed().contains(action.as_str()), "{action}");
            }
        }
    }

    #[test]
    fn what_resources_document_is_listed() {
        for resource in Connect.resources() {
            let needs = resource.schema().needs;
            let reads: BTreeSet<_> = groups(Purpose::Plan).flat_map(|it| it.actions).collect();
            for action in needs.plan {
                assert!(reads.contains(action), "{}: {action}", resource.type_name());
            }
            for action in needs.apply {
                assert!(listed().contains(action), "{}: {action}", resource.type_name());
            }
        }
    }

    /// What a resource policy allows to a service, not to the caller.
    const TO_OTHERS: &[&str] =
        &["secretsmanager:DescribeSecret", "kms:Decrypt", "kms:GenerateDataKey"];
}
