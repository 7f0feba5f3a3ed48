//! What to do about errors whose cause follows from operation, code and text.
//!
//! One table, most specific row first. AWS's texts change and some are inferred, so a text is only
//! ever a hint beside operation and code: a row without a text catches what its hints miss. What
//! has no row gets the advice of its kind. Objects that exist already are not in here: the
//! resource knows the import block to print.

use std::borrow::Cow;

use crate::framework::error::{Error, Kind};

/// The remedy for a failed operation, if we know one.
pub(super) fn find(operation: &'static str, error: &Error) -> Option<Cow<'static, str>> {
    let code = error.code.as_deref()?;
    let message = error.message.to_ascii_lowercase();
    let row = TABLE.iter().find(|row| {
        row.operations.contains(&operation)
            && row.codes.contains(&code)
            && (row.texts.is_empty() || row.texts.iter().any(|text| message.contains(text)))
    });
    match row {
        Some(row) => Some(Cow::Borrowed(row.remedy)),
        None if error.kind == Kind::Denied => Some(Cow::Owned(format!(
            "Allow {operation} to the role that Terraform runs as; the data source \
             connect_iam_policy writes the whole policy."
        ))),
        None => None,
    }
}

/// Every remedy of the table.
#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|row| row.remedy)
}

struct Row {
    operations: &'static [&'static str],
    codes: &'static [&'static str],
    /// Any of these, in lower case; none is any text.
    texts: &'static [&'static str],
    remedy: &'static str,
}

/// Operations that log in with new credentials.
const LOGIN: &[&str] = &["appflow:CreateConnectorProfile", "appflow:UpdateConnectorProfile"];

/// Operations that use the stored login.
const USES_LOGIN: &[&str] = &[
    "appflow:ListConnectorEntities",
    "appflow:DescribeConnectorEntity",
    "appflow:CreateFlow",
    "appflow:UpdateFlow",
    "appflow:StartFlow",
];

const FLOW: &[&str] = &["appflow:CreateFlow", "appflow:UpdateFlow", "appflow:StartFlow"];

const RULE: &[&str] = &["connect:CreateRule", "connect:UpdateRule"];

const VALIDATION: &str = "ValidationException";
const AUTHENTICATION: &str = "ConnectorAuthenticationException";
const SERVER: &str = "ConnectorServerException";
const DENIED: &str = "AccessDeniedException";
const INVALID: &str = "InvalidRequestException";

const TABLE: &[Row] = &[
    // Logging in to Salesforce.
    Row {
        operations: LOGIN,
        codes: &[VALIDATION],
        texts: &["authcode cannot be blank"],
        remedy: "AppFlow wants a complete login: with the grant AUTHORIZATION_CODE set \
                 `authorization_code_wo` and `redirect_uri`, or `access_token_wo` and \
                 `refresh_token_wo`; with JWT_BEARER set `jwt_token_wo`. `client_credentials_arn` \
                 alone is not enough, and CLIENT_CREDENTIALS does not exist for Salesforce.",
    },
    Row {
        operations: LOGIN,
        codes: &[AUTHENTICATION, SERVER, VALIDATION],
        texts: &["redirect_uri_mismatch", "redirect_uri must match"],
        remedy: "`redirect_uri` must be https://REGION.console.aws.amazon.com/appflow/oauth with \
                 the connection's region, and be listed as a callback URL of the connected app in \
                 Salesforce, exactly as the code was asked for.",
    },
    Row {
        operations: LOGIN,
        codes: &[AUTHENTICATION, SERVER, VALIDATION],
        texts: &["invalid_grant", "expired authorization code", "authorization code"],
        remedy: "Authorization codes work once and live about 15 minutes: get a new one for \
                 `authorization_code_wo` and apply at once. For `jwt_token_wo`: it must not be \
                 expired, and its user must be pre-authorised for the connected app.",
    },
    Row {
        operations: LOGIN,
        codes: &[AUTHENTICATION, SERVER, VALIDATION],
        texts: &[
            "oauth_app_blocked",
            "oauth_app_access_denied",
            "app must be installed",
            "not approved",
        ],
        remedy: "Salesforce blocks the connected app: an administrator installs or approves it \
                 under Setup › Connected Apps OAuth Usage, then apply again with fresh credentials.",
    },
    Row {
        operations: &[
            "appflow:CreateConnectorProfile",
            "appflow:UpdateConnectorProfile",
            "appflow:ListConnectorEntities",
            "appflow:DescribeConnectorEntity",
            "appflow:CreateFlow",
            "appflow:UpdateFlow",
            "appflow:StartFlow",
        ],
        codes: &[AUTHENTICATION, SERVER, VALIDATION],
        texts: &["api_disabled_for_org", "api is not enabled", "api is disabled"],
        remedy: "The org has no API access: it needs an edition with API and Change Data Capture \
                 (Enterprise, Unlimited, Performance or Developer).",
    },
    Row {
        operations: &[
            "appflow:CreateConnectorProfile",
            "appflow:UpdateConnectorProfile",
            "appflow:ListConnectorEntities",
            "appflow:DescribeConnectorEntity",
            "appflow:CreateFlow",
            "appflow:UpdateFlow",
            "appflow:StartFlow",
        ],
        codes: &[AUTHENTICATION, SERVER],
        texts: &[
            "ip restricted",
            "ip range",
            "insufficient_access",
            "insufficient access",
            "api_currently_disabled",
            "api_disabled",
        ],
        remedy: "Give the Salesforce user the permissions API Enabled and View Setup and \
                 Configuration, and relax the IP restrictions of the connected app and of the \
                 user's profile.",
    },
    Row {
        operations: LOGIN,
        codes: &[AUTHENTICATION, SERVER],
        texts: &[],
        remedy: "Check that `instance_url` is the org's own https://….my.salesforce.com address, \
                 that `sandbox` says what it is, that the connected app is installed in the org \
                 and that the credentials are fresh.",
    },
    Row {
        operations: LOGIN,
        codes: &[VALIDATION, DENIED],
        texts: &["secretsmanager", "secrets manager", "secret"],
        remedy: "The secret of `client_credentials_arn` must hold the keys clientId and \
                 clientSecret, let appflow.amazonaws.com call secretsmanager:GetSecretValue and \
                 secretsmanager:DescribeSecret, and its key must allow kms:Decrypt: the data source \
                 connect_iam_policy writes these policies.",
    },
    // Keys, buckets and permissions around the flow.
    Row {
        operations: &["appflow:CreateConnectorProfile", "appflow:CreateFlow"],
        codes: &[VALIDATION, DENIED],
        texts: &["kms"],
        remedy: "The key of `kms_key_arn` must be symmetric, enabled and in the same region, and \
                 the role that Terraform runs as needs kms:CreateGrant, kms:DescribeKey and \
                 kms:ListGrants on it.",
    },
    Row {
        operations: FLOW,
        codes: &[VALIDATION, DENIED],
        texts: &["bucket", "s3"],
        remedy: "The bucket of `error_handling` must be in the same region and let \
                 appflow.amazonaws.com write to it: the data source connect_iam_policy writes the \
                 bucket policy.",
    },
    Row {
        operations: FLOW,
        codes: &[DENIED],
        texts: &[],
        remedy: "Allow the failed action and appflow:UseConnectorProfile on the connection to the \
                 role that Terraform runs as; the data source connect_iam_policy writes the whole \
                 policy.",
    },
    // What the org publishes.
    Row {
        operations: FLOW,
        codes: &[VALIDATION, SERVER],
        texts: &["change data capture", "changeevent", "cdc"],
        remedy: "Salesforce does not publish the changes of `source_object`: open Setup › \
                 Integrations › Change Data Capture in Salesforce, select Case, and apply again.",
    },
    Row {
        operations: USES_LOGIN,
        codes: &[AUTHENTICATION],
        texts: &[],
        remedy: "Salesforce no longer accepts the stored login. Set the connected app's policy to \
                 \"Refresh token is valid until revoked\", then log in again: give the \
                 connect_salesforce_connection fresh credentials and raise its \
                 `credentials_wo_version` (or reconnect in the AppFlow console), and apply again.",
    },
    Row {
        operations: USES_LOGIN,
        codes: &[SERVER],
        texts: &[],
        remedy: "Salesforce answered AppFlow with an error. Check that `source_object` exists and \
                 is selected under Setup › Integrations › Change Data Capture, and that the user \
                 of the connection may read it.",
    },
    Row {
        operations: &["appflow:UpdateFlow"],
        codes: &[VALIDATION],
        texts: &["destination object"],
        remedy: "AWS does not let a flow change its event source: replace the flow to change \
                 `event_source_name`.",
    },
    Row {
        operations: &["appflow:StartFlow"],
        codes: &["ConflictException"],
        texts: &[],
        remedy: "A flow starts only when its event source is ACTIVE, that is once it has its event \
                 bus: apply again in a minute.",
    },
    Row {
        operations: &["appflow:DeleteConnectorProfile"],
        codes: &["ConflictException"],
        texts: &[],
        remedy: "A flow still uses this connection: delete the flow, or give it another \
                 `connection_name`, and destroy the connection again.",
    },
    Row {
        operations: &["appflow:CreateConnectorProfile", "appflow:CreateFlow"],
        codes: &["ServiceQuotaExceededException"],
        texts: &[],
        remedy: "This is AppFlow's quota for the account and region: delete connections and flows \
                 that nobody uses, or ask for more in the Service Quotas console.",
    },
    // Event source and bus.
    Row {
        operations: &["events:CreateEventBus"],
        codes: &["ResourceAlreadyExistsException"],
        texts: &[],
        remedy: "The event source has a bus already, of another flow or left behind by \"Remove \
                 connection\": set `adopt = true` in `event_bus` to take it over, or choose another \
                 `event_source_name`.",
    },
    Row {
        operations: &["events:CreateEventBus"],
        codes: &["ResourceNotFoundException"],
        texts: &[],
        remedy: "AppFlow makes the event source shortly after the flow, and EventBridge drops it \
                 after 14 days without a bus: apply again; if it stays away, replace the flow.",
    },
    Row {
        operations: &["events:CreateEventBus", "events:ActivateEventSource"],
        codes: &["InvalidStateException"],
        texts: &[],
        remedy: "The event source is DELETED: its flow is gone, or it expired after 14 days. \
                 Replace the flow.",
    },
    Row {
        operations: &["events:ActivateEventSource", "events:DeactivateEventSource"],
        codes: &["ResourceNotFoundException"],
        texts: &[],
        remedy: "Check region and account of the provider: the event source lives where its flow \
                 does, and it can be activated only once it has a bus.",
    },
    Row {
        operations: &["events:CreateEventBus"],
        codes: &["LimitExceededException"],
        texts: &[],
        remedy: "This is EventBridge's quota, 100 buses per account and region unless raised: \
                 delete buses that nobody uses, or ask for more in the Service Quotas console.",
    },
    Row {
        operations: &["events:CreateEventBus", "events:UpdateEventBus"],
        codes: &[VALIDATION, DENIED, "InvalidParameterException"],
        texts: &["kms"],
        remedy: "The key of `event_bus` must let events.amazonaws.com and the role that Terraform \
                 runs as use it, and be in the same region.",
    },
    Row {
        operations: &["events:DeleteEventBus"],
        codes: &[VALIDATION],
        texts: &["has rules"],
        remedy: "Remove the rules on the bus first. Amazon Connect's own rule goes with its app \
                 integration: where the flow is replaced, give the connect_salesforce_app_integration \
                 `lifecycle { replace_triggered_by = [...] }` on the flow. For rules of others set \
                 `force_destroy = true`.",
    },
    Row {
        operations: &["events:DeleteRule", "events:RemoveTargets"],
        codes: &["ManagedRuleException"],
        texts: &[],
        remedy: "The rule belongs to an AWS service: remove the app integration that it serves.",
    },
    Row {
        operations: &[
            "events:CreateEventBus",
            "events:UpdateEventBus",
            "events:DescribeEventSource",
            "events:ListEventSources",
            "events:ActivateEventSource",
            "events:DeactivateEventSource",
        ],
        codes: &["OperationDisabledException"],
        texts: &[],
        remedy: "EventBridge has no partner event sources in this region: choose another `region`.",
    },
    // The app integration.
    Row {
        operations: &["app-integrations:CreateEventIntegration"],
        codes: &["ResourceQuotaExceededException"],
        texts: &[],
        remedy: "This is AppIntegrations' quota, ten event integrations per account and region \
                 unless raised, and no throttling. \"Remove connection\" in the Connect console \
                 leaves them behind: delete those without associations, or ask for more in the \
                 Service Quotas console.",
    },
    Row {
        operations: &["app-integrations:DeleteEventIntegration"],
        codes: &[INVALID],
        texts: &["associat", "client"],
        remedy: "Another Connect instance or application still uses this event integration: \
                 remove its association first.",
    },
    Row {
        operations: &["connect:CreateIntegrationAssociation"],
        codes: &[DENIED],
        texts: &[],
        remedy: CONNECT_ACTS_FOR_THE_CALLER,
    },
    Row {
        operations: &["connect:CreateIntegrationAssociation"],
        codes: &[INVALID],
        texts: &["not authorized", "access denied", "accessdenied"],
        remedy: CONNECT_ACTS_FOR_THE_CALLER,
    },
    Row {
        operations: &["connect:CreateIntegrationAssociation"],
        codes: &[INVALID],
        texts: &[],
        remedy: "Check that `event_integration_arn` names an event integration of the same account \
                 and region, `name` has only letters, digits, blanks, `_` and `-`, and \
                 `application_url` is a URL.",
    },
    Row {
        operations: &["connect:CreateIntegrationAssociation"],
        codes: &["ServiceQuotaExceededException", "LimitExceededException"],
        texts: &[],
        remedy: "This is Connect's quota of event integrations per instance: remove one that \
                 nobody uses, or ask for more in the Service Quotas console.",
    },
    Row {
        operations: &["connect:DeleteIntegrationAssociation"],
        codes: &[DENIED],
        texts: &[],
        remedy: "Connect removes its EventBridge rule with the caller's permissions: allow \
                 connect:DeleteIntegrationAssociation, \
                 app-integrations:DeleteEventIntegrationAssociation, events:ListTargetsByRule, \
                 events:RemoveTargets and events:DeleteRule to the role that Terraform runs as; \
                 the data source connect_iam_policy writes the whole policy.",
    },
    Row {
        operations: &["connect:DeleteIntegrationAssociation"],
        codes: &[INVALID, "ResourceInUseException"],
        texts: &["use case"],
        remedy: "The integration still has use cases that are not listed in `use_cases`: remove \
                 them, and destroy again.",
    },
    // Rules.
    Row {
        operations: RULE,
        codes: &[INVALID],
        texts: &["contact flow", "contactflow"],
        remedy: "The flow of `contact_flow_id` must be published and belong to the same instance.",
    },
    Row {
        operations: RULE,
        codes: &[INVALID],
        texts: &[],
        remedy: "Check that the integration of `integration_association_id` has the use case \
                 RULES_EVALUATION, that the flow of `contact_flow_id` is published in the same \
                 instance, and that the values of `references` are URLs; a rule made in the \
                 console shows the `function` that it accepts.",
    },
    Row {
        operations: &["connect:CreateRule"],
        codes: &["ServiceQuotaExceededException", "LimitExceededException"],
        texts: &[],
        remedy: "This is Connect's quota, 500 rules per event source and instance unless raised: \
                 delete rules that nobody uses, or ask for more in the Service Quotas console.",
    },
    Row {
        operations: &["connect:UpdateRule"],
        codes: &["ResourceConflictException"],
        texts: &[],
        remedy: "Another rule of the instance has this `name`, or someone is changing the rule: \
                 choose another name, or apply again.",
    },
    Row {
        operations: &[
            "connect:CreateIntegrationAssociation",
            "connect:CreateUseCase",
            "connect:CreateRule",
        ],
        codes: &["ResourceNotFoundException"],
        texts: &[],
        remedy: "Check `instance_id` and the region: an instance, its integrations and its rules \
                 live in one account and region.",
    },
];

const CONNECT_ACTS_FOR_THE_CALLER: &str = "Connect makes an EventBridge rule with the caller's \
     permissions: allow connect:CreateIntegrationAssociation, connect:DescribeInstance, \
     ds:DescribeDirectories, app-integrations:CreateEventIntegrationAssociation, events:PutRule and \
     events:PutTargets to the role that Terraform runs as. AmazonConnect_FullAccess lacks them; the \
     data source connect_iam_policy writes the whole policy.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::error::kind_of;

    fn remedy(operation: &'static str, code: &str, message: &str) -> Option<String> {
        let kind = kind_of(operation, code).unwrap_or(Kind::Invalid);
        let error = Error { code: Some(code.to_owned()), ..Error::new(kind, message) };
        find(operation, &error).map(Cow::into_owned)
    }

    fn advises(operation: &'static str, code: &str, message: &str, word: &str) {
        let remedy = remedy(operation, code, message);
        assert!(
            remedy.as_ref().is_some_and(|remedy| remedy.contains(word)),
            "{operation} {code}: {remedy:?}"
        );
    }

    #[test]
    fn real_messages_get_their_remedy() {
        advises(
            "appflow:CreateConnectorProfile",
            VALIDATION,
            "Validation exception: AuthCode cannot be blank for connector: SALESFORCE",
            "`jwt_token_wo`",
        );
        advises(
            "appflow:UpdateFlow",
            VALIDATION,
            "Update Flow request failed due to:[Destination object for the destination connector \
             can not be updated]",
            "`event_source_name`",
        );
        advises(
            "events:DeleteEventBus",
            VALIDATION,
            "EventBus can't be deleted since it has rules.",
            "replace_triggered_by",
        );
        advises(
            "events:ActivateEventSource",
            "ResourceNotFoundException",
            "Event source X or event bus X does not exist.",
            "region",
        );
    }

    #[test]
    fn salesforce_is_told_apart_by_what_it_says() {
        let create = "appflow:CreateConnectorProfile";
        advises(create, AUTHENTICATION, "error=invalid_grant", "work once");
        advises(create, AUTHENTICATION, "error=redirect_uri_mismatch", "`redirect_uri`");
        advises(create, AUTHENTICATION, "OAUTH_APP_BLOCKED", "OAuth Usage");
        advises(create, AUTHENTICATION, "something else", "`instance_url`");
        advises("appflow:ListConnectorEntities", AUTHENTICATION, "", "`credentials_wo_version`");
        advises("appflow:StartFlow", SERVER, "CaseChangeEvent is unknown", "Change Data Capture");
    }

    #[test]
    fn missing_permissions_of_dependent_actions_are_listed() {
        let create = "connect:CreateIntegrationAssociation";
        advises(create, DENIED, "no", "events:PutRule");
        advises(create, INVALID, "User is not authorized to perform events:PutRule", "ds:Describe");
        advises("appflow:CreateFlow", DENIED, "no", "appflow:UseConnectorProfile");
        advises("appflow:DescribeFlow", DENIED, "no", "Allow appflow:DescribeFlow");
    }

    #[test]
    fn what_is_not_known_has_no_remedy() {
        assert_eq!(remedy("appflow:DescribeFlow", "ResourceNotFoundException", "gone"), None);
        assert_eq!(remedy("appflow:CreateFlow", "ConflictException", "there"), None);
    }

    #[test]
    fn every_row_can_be_reached() {
        for (position, row) in TABLE.iter().enumerate() {
            for operation in row.operations {
                let shadowed = |code: &&'static str| {
                    TABLE[..position].iter().any(|before| {
                        before.operations.contains(operation)
                            && before.codes.contains(code)
                            && before.texts.is_empty()
                    })
                };
                assert!(
                    !row.codes.iter().all(shadowed),
                    "row {position} ({operation}) comes after one that catches everything"
                );
            }
        }
    }

    #[test]
    fn remedies_name_only_what_exists() {
        const ATTRIBUTES: &[&str] = &[
            "access_token_wo",
            "adopt = true",
            "application_url",
            "authorization_code_wo",
            "client_credentials_arn",
            "connection_name",
            "contact_flow_id",
            "credentials_wo_version",
            "error_handling",
            "event_bus",
            "event_integration_arn",
            "event_source_name",
            "force_destroy = true",
            "function",
            "instance_id",
            "instance_url",
            "integration_association_id",
            "jwt_token_wo",
            "kms_key_arn",
            "lifecycle { replace_triggered_by = [...] }",
            "name",
            "redirect_uri",
            "references",
            "refresh_token_wo",
            "region",
            "sandbox",
            "source_object",
            "use_cases",
            "_",
            "-",
        ];
        for row in TABLE {
            for (position, quoted) in row.remedy.split('`').enumerate() {
                let inside = position % 2 == 1;
                assert!(!inside || ATTRIBUTES.contains(&quoted), "{quoted}");
            }
            assert!(row.remedy.ends_with('.'), "{}", row.remedy);
            assert!(row.texts.iter().all(|text| *text == text.to_ascii_lowercase()));
        }
    }
}
