//! IAM, as far as tests need it: a list of denied actions, with exceptions.
//!
//! Operations that act for the caller need the caller's permission for those actions too.

use serde::{Deserialize, Serialize};

use crate::sts::Identity;
use crate::switches::Switches;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;
use crate::world::Place;

/// Patterns of actions such as `appflow:CreateFlow`, `connect:*` or `events:Put*`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deny {
    /// What is denied.
    pub(crate) actions: Vec<String>,
    /// What is allowed all the same: with `actions` of `*`, a policy's list.
    #[serde(default)]
    pub(crate) except: Vec<String>,
}

impl Deny {
    pub(crate) fn denies(&self, action: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, action));
        any(&self.actions) && !any(&self.except)
    }

    /// Refuses when the operation itself, or what it does on the caller's behalf, is denied.
    pub(crate) fn check(
        &self,
        switches: &Switches,
        caller: &Identity,
        place: &Place,
        (service, operation): (&str, &str),
        input: &Input,
    ) -> Result<(), Refusal> {
        let own = format!("{service}:{operation}");
        if self.denies(&own) {
            return Err(refusal("AccessDeniedException", caller, &own, &resource(place, input)));
        }
        let Some(denied) = dependent(service, operation, input).find(|action| self.denies(action))
        else {
            return Ok(());
        };
        let code = match (service, operation) {
            ("connect", "CreateIntegrationAssociation" | "DeleteIntegrationAssociation") => {
                &switches.dependent_action_denied_error
            }
            _ => "AccessDeniedException",
        };
        Err(refusal(code, caller, denied, "*"))
    }
}

/// Actions that an operation performs with the caller's permissions.
fn dependent(
    service: &str,
    operation: &str,
    input: &Input,
) -> impl Iterator<Item = &'static str> + use<> {
    let mut actions: Vec<&'static str> = match (service, operation) {
        ("appflow", "CreateConnectorProfile") => {
            vec!["secretsmanager:CreateSecret", "secretsmanager:PutResourcePolicy"]
        }
        ("appflow", "CreateFlow" | "UpdateFlow") => vec!["appflow:UseConnectorProfile"],
        ("connect", "CreateIntegrationAssociation") => vec![
            "connect:DescribeInstance",
            "ds:DescribeDirectories",
            "app-integrations:CreateEventIntegrationAssociation",
            "events:PutRule",
            "events:PutTargets",
        ],
        ("connect", "DeleteIntegrationAssociation") => vec![
            "connect:DescribeInstance",
            "ds:DescribeDirectories",
            "app-integrations:DeleteEventIntegrationAssociation",
            "events:ListTargetsByRule",
            "events:RemoveTargets",
            "events:DeleteRule",
        ],
        _ => vec![],
    };
    if service == "appflow" && input.value("kmsArn").is_some() {
        actions.extend(["kms:CreateGrant", "kms:DescribeKey"]);
    }
    // Tags given at creation need the permission to tag as well.
    let tagged = ["tags", "Tags"].iter().any(|name| input.value(name).is_some());
    if tagged && operation.starts_with("Create") {
        actions.push(match service {
            "appflow" => "appflow:TagResource",
            "events" => "events:TagResource",
            "connect" => "connect:TagResource",
            _ => "app-integrations:TagResource",
        });
    }
    actions.into_iter()
}

fn refusal(code: &str, caller: &Identity, action: &str, resource: &str) -> Refusal {
    let message = format!(
        "User: {} is not authorized to perform: {action} on resource: {resource} because no \
         identity-based policy allows the {action} action",
        caller.arn
    );
    Refusal::new(code, message)
}

/// The ARN that AWS would name, as far as the input tells.
fn resource(place: &Place, input: &Input) -> String {
    let named = [
        ("flowName", "appflow", "flow/"),
        ("connectorProfileName", "appflow", "connectorprofile/"),
        ("InstanceId", "connect", "instance/"),
    ];
    named
        .iter()
        .find_map(|(member, service, prefix)| {
            let name = input.optional_text(member)?;
            Some(place.arn(service, &format!("{prefix}{name}")))
        })
        .or_else(|| input.optional_text("resourceArn").map(str::to_owned))
        .unwrap_or_else(|| "*".into())
}

/// `*` stands for any run of characters.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            rest.char_indices()
                .map(|(at, _)| at)
                .chain([rest.len()])
                .any(|at| matches(tail, &rest[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_match_any_run() {
        assert!(matches("connect:*", "connect:CreateRule"));
        assert!(matches("*:Create*", "appflow:CreateFlow"));
        assert!(!matches("connect:*", "appflow:CreateFlow"));
        assert!(!matches("appflow:Create", "appflow:CreateFlow"));
    }

    #[test]
    fn what_is_excepted_is_allowed() {
        let deny = Deny { actions: vec!["*".into()], except: vec!["connect:List*".into()] };
        assert!(deny.denies("connect:CreateRule"));
        assert!(!deny.denies("connect:ListRules"));
    }

    #[test]
    fn an_association_needs_put_rule() {
        let deny = Deny { actions: vec!["events:PutRule".into()], except: vec![] };
        let place = Place { account: "111122223333".into(), region: "us-east-1".into() };
        let refusal = deny
            .check(
                &Switches::default(),
                &Identity::of("111122223333"),
                &place,
                ("connect", "CreateIntegrationAssociation"),
                &Input::default(),
            )
            .expect_err("denied");
        assert!(refusal.message.contains("is not authorized to perform: events:PutRule on"));
    }
}
