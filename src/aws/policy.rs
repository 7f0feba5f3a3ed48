//! IAM policies: what a role needs, and what AppFlow and EventBridge need of objects of others.

use serde_json::{Value, json};

use super::permissions::{Group, Purpose, Scope, groups};

/// Where the objects are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// `aws`, as a rule.
    pub partition: String,
    /// The region.
    pub region: String,
    /// The account.
    pub account: String,
}

/// Which objects a role may work with; what is not named is not narrowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// The Connect instance.
    pub instance_id: Option<String>,
    /// The AppFlow connection.
    pub connection_name: Option<String>,
    /// The AppFlow flow.
    pub flow_name: Option<String>,
    /// The connected app's secret; without one the role needs none.
    pub client_credentials_arn: Option<String>,
    /// The customer-managed key; without one the role needs none.
    pub kms_key_arn: Option<String>,
}

/// The policy of a role.
pub fn of_role(place: &Place, purpose: Purpose, narrowing: &Narrowing) -> Value {
    let statements: Vec<Value> = groups(purpose)
        .filter_map(|group| Some(statement(group, resources(place, group.scope, narrowing)?)))
        .collect();
    document(statements)
}

/// The actions that [`of_role`] allows, sorted.
pub fn actions(purpose: Purpose, narrowing: &Narrowing) -> Vec<&'static str> {
    let mut actions: Vec<_> = groups(purpose)
        .filter(|group| is_needed(group.scope, narrowing))
        .flat_map(|group| group.actions)
        .copied()
        .collect();
    actions.sort_unstable();
    actions
}

/// The resource policy of the secret that holds the connected app's id and secret.
pub fn of_app_secret(place: &Place, secret: &str) -> Value {
    document(vec![json!({
        "Sid": "AppFlowReadsTheConnectedApp",
        "Effect": "Allow",
        "Principal": { "Service": "appflow.amazonaws.com" },
        "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
        "Resource": secret,
        "Condition": { "StringEquals": { "aws:SourceAccount": place.account } },
    })])
}

/// The policy of a key for the connected app's secret, the connection, the flow or the bus.
///
/// The first statement keeps the key manageable through IAM: without such a one KMS refuses the
/// policy, or nobody can ever change it again.
pub fn of_key(place: &Place) -> Value {
    let here = json!({ "StringEquals": { "aws:SourceAccount": place.account } });
    let root = format!("arn:{}:iam::{}:root", place.partition, place.account);
    document(vec![
        json!({
            "Sid": "TheAccountManagesTheKey",
            "Effect": "Allow",
            "Principal": { "AWS": root },
            "Action": "kms:*",
            "Resource": "*",
        }),
        json!({
            "Sid": "AppFlowReadsTheConnectedApp",
            "Effect": "Allow",
            "Principal": { "Service": "appflow.amazonaws.com" },
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": here,
        }),
        json!({
            "Sid": "EventBridgeEncryptsTheEventBus",
            "Effect": "Allow",
            "Principal": { "Service": "events.amazonaws.com" },
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
            "Resource": "*",
            "Condition": here,
        }),
    ])
}

/// The policy of the bucket that gets what a flow cannot deliver.
pub fn of_error_bucket(place: &Place, bucket: &str) -> Value {
    let arn = format!("arn:{}:s3:::{bucket}", place.partition);
    document(vec![json!({
        "Sid": "AppFlowKeepsWhatItCannotDeliver",
        "Effect": "Allow",
        "Principal": { "Service": "appflow.amazonaws.com" },
        "Action": [
            "s3:AbortMultipartUpload",
            "s3:GetBucketAcl",
            "s3:ListBucketMultipartUploads",
            "s3:ListMultipartUploadParts",
            "s3:PutObject",
            "s3:PutObjectAcl",
        ],
        "Resource": [arn.clone(), format!("{arn}/*")],
        "Condition": { "StringEquals": { "aws:SourceAccount": place.account } },
    })])
}

fn document(statements: Vec<Value>) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn statement(group: &Group, resources: Vec<String>) -> Value {
    let mut statement = json!({
        "Sid": group.name,
        "Effect": "Allow",
        "Action": group.actions,
        "Resource": resources,
    });
    if group.scope == Scope::ServiceLinkedRole {
        statement["Condition"] =
            json!({ "StringEquals": { "iam:AWSServiceName": "app-integrations.amazonaws.com" } });
    }
    statement
}

fn is_needed(scope: Scope, narrowing: &Narrowing) -> bool {
    match scope {
        Scope::AppSecret => narrowing.client_credentials_arn.is_some(),
        Scope::Keys => narrowing.kms_key_arn.is_some(),
        _ => true,
    }
}

/// The ARNs of a scope; none if the role does not need it.
fn resources(place: &Place, scope: Scope, narrowing: &Narrowing) -> Option<Vec<String>> {
    let Place { partition, region, account } = place;
    let arn = |service: &str, resource: &str| {
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    };
    let or_any = |name: &Option<String>| name.clone().unwrap_or_else(|| "*".to_owned());
    let bus = format!("event-bus/{SOURCES}");
    let source = format!("arn:{partition}:events:{region}::event-source/{SOURCES}");
    Some(match scope {
        Scope::Any => vec!["*".to_owned()],
        Scope::Connections => {
            let name = or_any(&narrowing.connection_name);
            vec![arn("appflow", &format!("connectorprofile/{name}"))]
        }
        Scope::Flows => {
            vec![arn("appflow", &format!("flow/{}", or_any(&narrowing.flow_name)))]
        }
        Scope::EventSources => vec![source, arn("events", &bus)],
        Scope::EventBuses => vec![arn("events", &bus)],
        Scope::EventRules => vec![arn("events", &format!("rule/{SOURCES}"))],
        Scope::EventIntegrations => vec![
            arn("app-integrations", "event-integration/*"),
            arn("app-integrations", "event-integration-association/*"),
        ],
        Scope::Instances => {
            let id = or_any(&narrowing.instance_id);
            let instance = arn("connect", &format!("instance/{id}"));
            vec![instance.clone(), format!("{instance}/*")]
        }
        Scope::ConnectionSecrets => vec![arn("secretsmanager", "secret:appflow!*")],
        Scope::AppSecret => vec![narrowing.client_credentials_arn.clone()?],
        Scope::Keys => vec![narrowing.kms_key_arn.clone()?],
        Scope::ServiceLinkedRole => vec![format!(
            "arn:{partition}:iam::{account}:role/aws-service-role/app-integrations.amazonaws.com/*"
        )],
    })
}

/// The names of AppFlow's partner event sources, their buses and the rules on them.
const SOURCES: &str = "aws.partner/appflow*";

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            partition: "aws".into(),
            region: "eu-west-1".into(),
            account: "111122223333".into(),
        }
    }

    fn of_sid<'a>(policy: &'a Value, sid: &str) -> Option<&'a Value> {
        policy["Statement"].as_array()?.iter().find(|it| it["Sid"] == sid)
    }

    #[test]
    fn a_role_is_narrowed_to_what_is_named() {
        let narrowing = Narrowing {
            instance_id: Some("i-1".into()),
            flow_name: Some("cases".into()),
            ..Narrowing::default()
        };
        let policy = of_role(&place(), Purpose::Apply, &narrowing);
        let resources = |sid: &str| of_sid(&policy, sid).map(|it| it["Resource"].clone());
        assert_eq!(
            resources("ReadInstances"),
            Some(json!([
                "arn:aws:connect:eu-west-1:111122223333:instance/i-1",
                "arn:aws:connect:eu-west-1:111122223333:instance/i-1/*",
            ]))
        );
        assert_eq!(
            resources("ChangeFlows"),
            Some(json!(["arn:aws:appflow:eu-west-1:111122223333:flow/cases"]))
        );
        assert_eq!(
            resources("ChangeConnections"),
            Some(json!(["arn:aws:appflow:eu-west-1:111122223333:connectorprofile/*"]))
        );
        assert_eq!(resources("UseKeys"), None);
    }

    #[test]
    fn a_plan_gets_no_write() {
        let policy = of_role(&place(), Purpose::Plan, &Narrowing::default());
        assert!(of_sid(&policy, "ReadFlows").is_some());
        assert!(of_sid(&policy, "ChangeFlows").is_none());
        let actions = actions(Purpose::Plan, &Narrowing::default());
        assert!(actions.contains(&"appflow:DescribeFlow"));
        assert!(!actions.iter().any(|action| action.contains("Create")));
    }

    #[test]
    fn a_key_and_a_secret_are_only_used_where_they_are_named() {
        let narrowing = Narrowing {
            kms_key_arn: Some("arn:aws:kms:eu-west-1:111122223333:key/k".into()),
            ..Narrowing::default()
        };
        let actions = actions(Purpose::Apply, &narrowing);
        assert!(actions.contains(&"kms:CreateGrant"));
        assert!(!actions.contains(&"secretsmanager:GetSecretValue"));
        let policy = of_role(&place(), Purpose::Apply, &narrowing);
        assert!(of_sid(&policy, "UseKeys").is_some());
    }

    #[test]
    fn an_iam_policy_fits_into_a_managed_policy() {
        let all = Narrowing {
            instance_id: Some("11111111-2222-4333-8444-555555555555".into()),
            connection_name: Some("amazon-connect-salesforce-acme".into()),
            flow_name: Some("amazon-connect-salesforce-to-eventbridge-acme".into()),
            client_credentials_arn: Some("arn:aws:secretsmanager:eu-west-1:1:secret:acme".into()),
            kms_key_arn: Some("arn:aws:kms:eu-west-1:111122223333:key/k".into()),
        };
        let policy = of_role(&place(), Purpose::Apply, &all).to_string();
        assert!(policy.len() < IAM_LIMIT, "{}", policy.len());
    }

    /// IAM's limit for the characters of a managed policy, white space not counted.
    const IAM_LIMIT: usize = 6144;
}
