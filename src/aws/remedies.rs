//! What to do about errors whose cause follows from operation, code and text.
//!
//! One table, most specific row first. AWS's texts change and some are inferred, so a text is only
//! ever a hint beside operation and code: a row without a text catches what its hints miss. What
//! has no row gets the advice of its kind. Objects that exist already are not in here: the
//! resource knows the import block to print.

use crate::framework::error::{Error, Kind};

/// The error with its remedy and the attribute at fault, as far as we know them.
pub(super) fn add(operation: &'static str, error: Error) -> Error {
    let Some(code) = error.code.as_deref() else { return error };
    let message = error.message.to_ascii_lowercase();
    let row = TABLE.iter().find(|row| {
        row.operations.contains(&operation)
            && row.codes.contains(&code)
            && (row.texts.is_empty() || row.texts.iter().any(|text| message.contains(text)))
    });
    match row {
        Some(Row { remedy, at: "", .. }) => error.remedy(*remedy),
        Some(Row { remedy, at, .. }) => error.remedy(*remedy).at(*at),
        None if error.kind == Kind::Denied => error.remedy(format!(
            "Allow {operation} to the role that Terraform runs as; the data source \
             connect_iam_policy writes the whole policy."
        )),
        None => error,
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
    /// The attribute at fault, empty for none. Every resource that calls the operations has it.
    at: &'static str,
    remedy: &'static str,
}

/// Operations that log in with new credentials.
const LOGIN: &[&str] = &["appflow:CreateConnectorProfile", "appflow:UpdateConnectorProfile"];

/// Operations that log in or use the stored login.
const REACHES_SALESFORCE: &[&str] = &[
    "appflow:CreateConnectorProfile",
    "appflow:UpdateConnectorProfile",
    "appflow:ListConnectorEntities",
    "appflow:DescribeConnectorEntity",
    "appflow:CreateFlow",
    "appflow:UpdateFlow",
    "appflow:StartFlow",
];

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
        at: "authorization_code_wo",
        remedy: "AppFlow wants a complete login: with the grant AUTHORIZATION_CODE set \
                 `authorization_code_wo` and `redirect_uri`, or `access_token_wo` and \
                 `refresh_token_wo`; with JWT_BEARER set `jwt_token_wo`. `client_credentials_arn` \
                 alone is not enough, and CLIENT_CREDENTIALS does not exist for Salesforce.",
    },
    Row {
        operations: LOGIN,
        codes: &[AUTHENTICATION, SERVER, VALIDATION],
        texts: &["redirect_uri_mismatch", "redirect_uri must match"],
        at: "redirect_uri",
        remedy: "`redirect_uri` must be https://REGION.console.aws.amazon.com/appflow/oauth with \
                 the connection's region, and be listed as a callback URL of the connected app in \
                 Salesforce, exactly as the code was asked for.",
    },
    Row {
        operations: LOGIN,
        codes: &[AUTHENTICATION, SERVER, VALIDATION],
        texts: &["authorization code"],
        at: "authorization_code_wo",
        remedy: "Authorization codes work once and live about 15 minutes: log in to Salesforce \
                 again and apply with the new `authorization_code_wo` at once.",
    },
    Row {
        operations: LOGIN,
        codes: &[AUTHENTICATION, SERVER, VALIDATION],
        texts: &["code verifier", "code_verifier"],
        at: "code_verifier_wo",
        remedy: "`code_verifier_wo` must be the one whose challenge the code was asked for with: \
                 log in to Salesforce again and apply with the new code and its verifier.",
    },
    Row {
        operations: LOGIN,
        codes: &[AUTHENTICATION, SERVER, VALIDATION],
        texts: &["invalid_client", "client identifier", "client secret"],
        at: "client_credentials_arn",
        remedy: SECRET_OF_THE_APP,
    },
    Row {
        operations: LOGIN,
        codes: &[AUTHENTICATION, SERVER, VALIDATION],
        texts: &["failure at login.salesforce.com", "failure at test.salesforce.com"],
        at: "sandbox",
        remedy: "Sandboxes log in at test.salesforce.com and other orgs at login.salesforce.com: \
                 set `sandbox` to what the org of `instance_url` is, and apply again with fresh \
                 credentials.",
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
        at: "",
        remedy: "Salesforce blocks the connected app: an administrator installs or approves it \
                 under Setup › Connected Apps OAuth Usage, then apply again with fresh credentials.",
    },
    Row {
        operations: REACHES_SALESFORCE,
        codes: &[AUTHENTICATION, SERVER, VALIDATION],
        texts: &["api_disabled_for_org", "api is not enabled for this org"],
        at: "",
        remedy: "The org has no API access: it needs an edition with API and Change Data Capture \
                 (Enterprise, Unlimited, Performance or Developer).",
    },
    Row {
        operations: REACHES_SALESFORCE,
        codes: &[AUTHENTICATION, SERVER],
        texts: &[
            "ip restricted",
            "ip range",
            "insufficient_access",
            "insufficient access",
            "api_currently_disabled",
            "api is disabled",
            "api is not enabled",
        ],
        at: "",
        remedy: "Give the Salesforce user the permissions API Enabled and View Setup and \
                 Configuration, and relax the IP restrictions of the connected app and of the \
                 user's profile.",
    },
    Row {
        operations: LOGIN,
        codes: &[SERVER],
        texts: &[],
        at: "instance_url",
        remedy: "Check that `instance_url` is the org's own https://….my.salesforce.com address, \
                 that `sandbox` says what it is, and that the connected app is installed in the \
                 org, then apply again with fresh credentials.",
    },
    Row {
        operations: LOGIN,
        codes: &[VALIDATION, DENIED],
        texts: &["secretsmanager:createsecret", "secretsmanager:putresourcepolicy"],
        at: "",
        remedy: "AppFlow keeps the login in a secret that it makes in the caller's name: allow \
                 secretsmanager:CreateSecret and secretsmanager:PutResourcePolicy on secrets that \
                 are named appflow!* to the role that Terraform runs as; the data source \
                 connect_iam_policy writes the whole policy.",
    },
    Row {
        operations: LOGIN,
        codes: &[VALIDATION, DENIED],
        // A name in the message may hold "secret" as well.
        texts: &["secretsmanager", "secrets manager", "clientcredentials", "the secret"],
        at: "client_credentials_arn",
        remedy: SECRET_OF_THE_APP,
    },
    // Keys, buckets and permissions around the flow.
    Row {
        operations: &["appflow:CreateConnectorProfile", "appflow:CreateFlow"],
        codes: &[VALIDATION, DENIED],
        texts: &["kms"],
        at: "kms_key_arn",
        remedy: "The key of `kms_key_arn` must be symmetric, enabled and in the same region, and \
                 its policy or that of the role that Terraform runs as must allow the role \
                 kms:CreateGrant, kms:DescribeKey and kms:ListGrants on it: the data source \
                 connect_iam_policy writes the statements.",
    },
    Row {
        operations: &["appflow:CreateFlow", "appflow:UpdateFlow"],
        codes: &[VALIDATION, DENIED],
        texts: &["bucket", "s3:"],
        at: "error_handling.bucket_name",
        remedy: "The bucket of `error_handling` must exist in the same region, and its policy must \
                 let the service appflow.amazonaws.com call s3:PutObject, s3:PutObjectAcl, \
                 s3:GetBucketAcl, s3:AbortMultipartUpload, s3:ListMultipartUploadParts and \
                 s3:ListBucketMultipartUploads: the data source connect_iam_policy writes it.",
    },
    Row {
        operations: FLOW,
        codes: &[DENIED],
        texts: &[],
        at: "",
        remedy: "Allow the failed action and appflow:UseConnectorProfile on the connection to the \
                 role that Terraform runs as; the data source connect_iam_policy writes the whole \
                 policy.",
    },
    // What the org publishes.
    Row {
        operations: &["appflow:CreateFlow", "appflow:UpdateFlow"],
        codes: &[VALIDATION, SERVER],
        texts: UNPUBLISHED,
        at: "source_object",
        remedy: PUBLISH,
    },
    Row {
        operations: &["appflow:StartFlow"],
        codes: &[VALIDATION, SERVER],
        texts: UNPUBLISHED,
        at: "",
        remedy: PUBLISH,
    },
    Row {
        operations: USES_LOGIN,
        codes: &[AUTHENTICATION],
        texts: &[],
        at: "",
        remedy: "Salesforce no longer accepts the stored login. Set the connected app's policy to \
                 \"Refresh token is valid until revoked\", then log in again: give the \
                 connect_salesforce_connection fresh credentials and raise its \
                 `credentials_wo_version` (or reconnect in the AppFlow console), and apply again.",
    },
    Row {
        operations: USES_LOGIN,
        codes: &[SERVER],
        texts: &[],
        at: "",
        remedy: "Salesforce answered AppFlow with an error. Check that `source_object` exists and \
                 is selected under Setup › Integrations › Change Data Capture, and that the user \
                 of the connection may read it.",
    },
    Row {
        operations: &["appflow:UpdateFlow"],
        codes: &[VALIDATION],
        texts: &["destination object"],
        at: "event_source_name",
        remedy: "AWS does not let a flow change its event source. Someone has changed it, or the \
                 state is old: run terraform plan again, or replace the flow with terraform apply \
                 -replace=ADDRESS.",
    },
    Row {
        operations: &["appflow:StartFlow"],
        codes: &["ConflictException"],
        texts: &[],
        at: "",
        remedy: "A flow starts only when its event source is ACTIVE, that is once it has its event \
                 bus: apply again in a minute.",
    },
    Row {
        operations: &["appflow:DeleteConnectorProfile"],
        codes: &["ConflictException"],
        texts: &[],
        at: "",
        remedy: "A flow still uses this connection: delete the flow, or give it another \
                 `connection_name`, and destroy the connection again.",
    },
    Row {
        operations: &["appflow:CreateConnectorProfile", "appflow:CreateFlow"],
        codes: &["ServiceQuotaExceededException"],
        texts: &[],
        at: "",
        remedy: "This is AppFlow's quota for the account and region: delete connections and flows \
                 that nobody uses, or ask for more in the Service Quotas console.",
    },
    // Event source and bus.
    Row {
        operations: &["events:CreateEventBus"],
        codes: &["ResourceAlreadyExistsException"],
        texts: &[],
        at: "event_bus",
        remedy: "The event source has a bus already, of another flow or left behind by \"Remove \
                 connection\": set `adopt = true` in `event_bus` to take it over, or choose another \
                 `event_source_name`.",
    },
    Row {
        operations: &["events:CreateEventBus"],
        codes: &["ResourceNotFoundException"],
        texts: &[],
        at: "",
        remedy: "AppFlow makes the event source shortly after the flow, and EventBridge drops it \
                 after 14 days without a bus: apply again; if it stays away, replace the flow.",
    },
    Row {
        operations: &["events:CreateEventBus", "events:ActivateEventSource"],
        codes: &["InvalidStateException"],
        texts: &[],
        at: "",
        remedy: "The event source is DELETED: its flow is gone, or it expired after 14 days. \
                 Replace the flow.",
    },
    Row {
        operations: &["events:ActivateEventSource", "events:DeactivateEventSource"],
        codes: &["ResourceNotFoundException"],
        texts: &[],
        at: "",
        remedy: "Check region and account of the provider: the event source lives where its flow \
                 does, and it can be activated only once it has a bus.",
    },
    Row {
        operations: &["events:CreateEventBus"],
        codes: &["LimitExceededException"],
        texts: &[],
        at: "",
        remedy: "This is EventBridge's quota, 100 buses per account and region unless raised: \
                 delete buses that nobody uses, or ask for more in the Service Quotas console.",
    },
    Row {
        operations: &["events:CreateEventBus", "events:UpdateEventBus"],
        codes: &[VALIDATION, DENIED, "InvalidParameterException"],
        texts: &["kms"],
        at: "event_bus.kms_key_identifier",
        remedy: "The key of `event_bus` must be in the same region, and its policy must let the \
                 service events.amazonaws.com call kms:Decrypt and kms:GenerateDataKey, and the \
                 role that Terraform runs as kms:DescribeKey.",
    },
    Row {
        operations: &["events:DeleteEventBus"],
        codes: &[VALIDATION],
        texts: &["has rules"],
        at: "",
        remedy: "Remove the rules on the bus first. Amazon Connect's own rule goes with its app \
                 integration: where the flow is replaced, give the connect_salesforce_app_integration \
                 `lifecycle { replace_triggered_by = [...] }` on the flow. For rules of others set \
                 `force_destroy = true`.",
    },
    Row {
        operations: &["events:DeleteRule", "events:RemoveTargets"],
        codes: &["ManagedRuleException"],
        texts: &[],
        at: "",
        remedy: "The rule belongs to an AWS service, which alone can delete it. Remove what it \
                 serves there, such as an app integration of Amazon Connect, schema discovery or \
                 an archive, and destroy again.",
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
        at: "region",
        remedy: "EventBridge has no partner event sources in this region: choose another `region`.",
    },
    // The app integration.
    Row {
        operations: &["app-integrations:CreateEventIntegration"],
        codes: &["ResourceQuotaExceededException"],
        texts: &[],
        at: "",
        remedy: "This is AppIntegrations' quota, ten event integrations per account and region \
                 unless raised, and no throttling. \"Remove connection\" in the Connect console \
                 leaves them behind: delete those without associations, or ask for more in the \
                 Service Quotas console.",
    },
    Row {
        operations: &["app-integrations:DeleteEventIntegration"],
        codes: &[INVALID],
        texts: &["associat", "client"],
        at: "",
        remedy: "Another Connect instance or application still uses this event integration: \
                 remove its association first.",
    },
    Row {
        operations: &["connect:CreateIntegrationAssociation"],
        codes: &[DENIED],
        texts: &[],
        at: "",
        remedy: CONNECT_ACTS_FOR_THE_CALLER,
    },
    Row {
        operations: &["connect:CreateIntegrationAssociation"],
        codes: &[INVALID],
        texts: &["not authorized", "access denied", "accessdenied"],
        at: "",
        remedy: CONNECT_ACTS_FOR_THE_CALLER,
    },
    Row {
        operations: &["connect:CreateIntegrationAssociation"],
        codes: &[INVALID],
        texts: &[],
        at: "",
        remedy: "Check that `event_integration_arn` names an event integration of the same account \
                 and region, `name` has only letters, digits, blanks, `_` and `-`, and \
                 `application_url` is a URL.",
    },
    Row {
        operations: &["connect:CreateIntegrationAssociation"],
        codes: &["ServiceQuotaExceededException", "LimitExceededException"],
        texts: &[],
        at: "",
        remedy: "This is Connect's quota of event integrations per instance: remove one that \
                 nobody uses, or ask for more in the Service Quotas console.",
    },
    Row {
        operations: &["connect:DeleteIntegrationAssociation"],
        codes: &[DENIED],
        texts: &[],
        at: "",
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
        at: "",
        remedy: "The integration still has use cases that are not listed in `use_cases`: remove \
                 them, and destroy again.",
    },
    // Rules.
    Row {
        operations: RULE,
        codes: &[INVALID, "ContactFlowNotPublishedException"],
        texts: &["contact flow", "contactflow"],
        at: "task.contact_flow_id",
        remedy: "The flow of `contact_flow_id` must be published and belong to the same instance.",
    },
    Row {
        operations: RULE,
        codes: &[INVALID, "PropertyValidationException"],
        texts: &[],
        at: "",
        remedy: "Check that the integration of `integration_association_id` has the use case \
                 RULES_EVALUATION, that the flow of `contact_flow_id` is published in the same \
                 instance, and that the values of `references` are URLs; a rule made in the \
                 console shows the `function` that it accepts.",
    },
    Row {
        operations: &["connect:CreateRule"],
        codes: &["ServiceQuotaExceededException", "LimitExceededException"],
        texts: &[],
        at: "",
        remedy: "This is Connect's quota, 500 rules per event source and instance unless raised: \
                 delete rules that nobody uses, or ask for more in the Service Quotas console.",
    },
    Row {
        operations: &["connect:UpdateRule"],
        codes: &["ResourceConflictException"],
        texts: &[],
        at: "",
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
        at: "",
        remedy: "Check `instance_id` and the region: an instance, its integrations and its rules \
                 live in one account and region.",
    },
];

/// What AppFlow and Salesforce say of an object whose changes are not published.
const UNPUBLISHED: &[&str] = &["change data capture", "changeevent", "cdc"];

const PUBLISH: &str = "Salesforce does not publish the changes of the flow's `source_object`: open \
     Setup › Integrations › Change Data Capture in Salesforce, tick its object (Case for \
     CaseChangeEvent), and apply again.";

const SECRET_OF_THE_APP: &str = "The secret of `client_credentials_arn` must hold the keys clientId \
     and clientSecret of the connected app. Its resource policy must let the service \
     appflow.amazonaws.com call secretsmanager:GetSecretValue and secretsmanager:DescribeSecret, \
     and where it has a key of its own, the key's policy kms:Decrypt: the data source \
     connect_iam_policy writes both.";

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
        add(operation, error).remedy
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
            "-replace=ADDRESS",
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
        advises(create, AUTHENTICATION, "expired authorization code", "work once");
        advises(create, AUTHENTICATION, "error=redirect_uri_mismatch", "`redirect_uri`");
        advises(create, AUTHENTICATION, "OAUTH_APP_BLOCKED", "OAuth Usage");
        advises(create, SERVER, "something else", "`instance_url`");
        // What it means depends on the grant, which the resource knows.
        assert_eq!(remedy(create, AUTHENTICATION, "error=invalid_grant"), None);
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
            "code_verifier_wo",
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
