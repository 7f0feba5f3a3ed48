//! Failures of `connect_salesforce_connection`.

use serde_json::json;

use super::{Act, Case};
use crate::account::{CONNECTION, CONSOLE_NAME, ORG, SOURCE};

const CREATING: &str = "creating connect_salesforce_connection (salesforce-acme)";
const UPDATING: &str = "updating connect_salesforce_connection (salesforce-acme)";
const DELETING: &str = "deleting connect_salesforce_connection (salesforce-acme)";

fn case(rows: &'static [&'static str], what: &'static str) -> Case {
    Case::new(rows, what, CONNECTION)
}

pub(super) fn cases() -> Vec<Case> {
    [logging_in(), around_it(), afterwards()].into_iter().flatten().collect()
}

fn logging_in() -> Vec<Case> {
    const CREATE: &str = "CreateConnectorProfile";
    const REFUSED: &str = "ConnectorAuthenticationException";
    vec![
        case(&["4.4"], "an authorization code that was used already")
            .given(|it| {
                it.org(json!({"authorization_codes": [{"code": "first-code", "used": true}]}));
            })
            .errs(CREATING, "authorization_code_wo", &["work once", "Nothing was created."]),
        case(&["4.4"], "a used code, as ValidationException")
            .given(|it| {
                it.switch(json!({"used_code_error": "ValidationException"}));
                it.org(json!({"authorization_codes": [{"code": "first-code", "used": true}]}));
            })
            .errs(CREATING, "authorization_code_wo", &["work once"]),
        case(&["4.4"], "new credentials with a used code")
            .made(json!({}))
            .with(json!({"credentials_wo_version": 2}))
            .errs(UPDATING, "authorization_code_wo", &["work once", "The state is unchanged."]),
        case(&["4.4"], "an assertion that has expired")
            .with(json!({
                "oauth_grant_type": "JWT_BEARER",
                "authorization_code_wo": null,
                "redirect_uri": null,
                "jwt_token_wo": EXPIRED_JWT,
            }))
            .errs(CREATING, "jwt_token_wo", &["expired", "`aud`"]),
        case(&["4.5", "3.8"], "nothing but the connected app's secret")
            .with(json!({
                "authorization_code_wo": null,
                "client_credentials_arn": SECRET,
            }))
            .errs(
                "A new connection needs credentials",
                "authorization_code_wo",
                &["`authorization_code_wo` and `redirect_uri`", "`jwt_token_wo`"],
            ),
        case(&["4.5", "3.8"], "AppFlow itself misses the code")
            .then(|it| {
                let message = "Validation exception: AuthCode cannot be blank for connector: \
                               SALESFORCE";
                it.fail(CREATE, "ValidationException", message);
            })
            .errs(CREATING, "authorization_code_wo", &["`jwt_token_wo`", "CLIENT_CREDENTIALS"]),
        case(&["4.5"], "the grant that AppFlow has not for Salesforce")
            .with(json!({"oauth_grant_type": "CLIENT_CREDENTIALS"}))
            .errs("Invalid oauth_grant_type", "oauth_grant_type", &["`JWT_BEARER`"]),
        case(&["4.6"], "another redirect URI than the connected app's")
            .given(|it| it.org(json!({"redirect_uris": ["https://example.com/callback"]})))
            .errs(CREATING, "redirect_uri", &["callback URL", "appflow/oauth"]),
        case(&["4.7"], "an org that does not exist")
            .with(json!({"instance_url": "https://acmee.my.salesforce.com"}))
            .errs(CREATING, "authorization_code_wo", &["`instance_url`"]),
        case(&["4.7"], "a sandbox that is not called one")
            .with(json!({"instance_url": "https://acme--uat.sandbox.my.salesforce.com"}))
            .errs(CREATING, "sandbox", &["test.salesforce.com", "fresh"]),
        case(&["4.7"], "the address of the user interface")
            .with(json!({"instance_url": "https://acme.lightning.force.com/lightning/page/home"}))
            .act(Act::Plan)
            .warns(
                "The instance URL is unusual",
                "instance_url",
                &["use https://acme.my.salesforce.com."],
            ),
        case(&["3.8"], "Salesforce does not answer AppFlow")
            .then(|it| {
                let message = "Error while communicating to connector: No valid response";
                it.fail(CREATE, "ConnectorServerException", message);
            })
            .errs(CREATING, "instance_url", &["No valid response", "`instance_url`", "`sandbox`"]),
        case(&["4.8"], "a blank in the instance URL")
            .with(json!({"instance_url": "https://acme my.salesforce.com"}))
            .errs("Invalid instance_url", "instance_url", &["blanks"]),
        case(&["4.9"], "a connected app that the org blocks")
            .given(|it| it.org(json!({"app_blocked": true})))
            .errs(CREATING, "", &["Connected Apps OAuth Usage", "fresh credentials"]),
        case(&["4.10"], "a user without access to the API")
            .then(|it| {
                let message = "API_CURRENTLY_DISABLED: API is disabled for this User";
                it.fail(CREATE, REFUSED, message);
            })
            .errs(CREATING, "", &["API Enabled", "IP restrictions"]),
        case(&["4.13"], "another connected app's secret")
            .given(|it| it.org(json!({"client_credentials_arns": [SECRET]})))
            .errs(CREATING, "client_credentials_arn", &["clientId", "clientSecret"]),
        case(&["4.13", "3.8"], "a secret that AppFlow cannot read")
            .with(json!({"client_credentials_arn": SECRET}))
            .then(|it| {
                let message =
                    "AppFlow is not authorized to read the secret of ClientCredentialsArn";
                it.fail(CREATE, "AccessDeniedException", message);
            })
            .errs(
                CREATING,
                "client_credentials_arn",
                &["appflow.amazonaws.com", "secretsmanager:GetSecretValue", "connect_iam_policy"],
            ),
    ]
}

fn around_it() -> Vec<Case> {
    vec![
        case(&["4.11"], "no permission to make connections")
            .then(|it| it.deny(&["appflow:CreateConnectorProfile"]))
            .errs(CREATING, "", &["Allow appflow:CreateConnectorProfile", "Nothing was created."]),
        case(&["4.13"], "no permission to make AppFlow's secret")
            .then(|it| it.deny(&["secretsmanager:CreateSecret"]))
            .errs(CREATING, "", &["secretsmanager:CreateSecret", "appflow!*"]),
        case(&["4.12"], "no permission to let AppFlow use the key")
            .with(json!({"kms_key_arn": KEY}))
            .then(|it| it.deny(&["kms:CreateGrant"]))
            .errs(CREATING, "kms_key_arn", &["kms:CreateGrant", "connect_iam_policy"]),
        case(&["4.12"], "a key of another region")
            .with(json!({"kms_key_arn": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"}))
            .errs(CREATING, "kms_key_arn", &["same region"]),
        case(&["4.15"], "the name of a connection is taken")
            .given(|it| it.connection("salesforce-acme"))
            .errs(CREATING, "name", &["import {", "id = \"salesforce-acme\"", "another name"]),
        case(&["4.20", "3.8"], "AppFlow's quota of connections")
            .then(|it| {
                let message = "The account has reached its limit of 100 connector profiles.";
                it.fail("CreateConnectorProfile", "ServiceQuotaExceededException", message);
            })
            .errs(CREATING, "", &["quota", "Service Quotas"]),
        case(&["4.21"], "a private connection that AWS cannot provision")
            .given(|it| {
                it.switch(json!({
                    "private_connection_polls": 0,
                    "private_connection_failure": "ACCESS_DENIED",
                }));
            })
            .with(json!({"connection_mode": "Private"}))
            .errs(CREATING, "connection_mode", &["ACCESS_DENIED", "tainted"]),
        case(&[], "AppFlow does not answer in time")
            .then(|it| {
                it.fail("CreateConnectorProfile", "InternalServerException", "Try again later.");
            })
            .errs(CREATING, "", &["Apply again", "not made twice"]),
    ]
}

fn afterwards() -> Vec<Case> {
    vec![
        case(&["4.17"], "a flow still uses the connection")
            .made(json!({"name": CONSOLE_NAME}))
            .then(|it| {
                it.flow("cases", SOURCE);
                it.flow("complaints", &SOURCE.replace("acme", "complaints"));
            })
            .act(Act::Destroy)
            .errs(
                "deleting connect_salesforce_connection (amazon-connect-salesforce-acme)",
                "",
                &["cases, complaints", "The state is unchanged."],
            ),
        case(&[], "a denied deletion")
            .made(json!({}))
            .then(|it| it.deny(&["appflow:DeleteConnectorProfile"]))
            .act(Act::Destroy)
            .errs(DELETING, "", &["Allow appflow:DeleteConnectorProfile"]),
        case(&["4.50"], "a denied refresh")
            .made(json!({}))
            .then(|it| it.deny(&["appflow:DescribeConnectorProfiles"]))
            .act(Act::Plan)
            .errs(
                "reading connect_salesforce_connection (salesforce-acme)",
                "",
                &["Allow appflow:DescribeConnectorProfiles"],
            ),
        case(&[], "someone logged in anew in the console")
            .made(json!({}))
            .then(|it| {
                it.admin("POST", "/clock", json!({"advance_seconds": 60}));
                it.drift("reconnect_profile", "salesforce-acme");
            })
            .act(Act::Plan)
            .warns(
                "The connection salesforce-acme was changed outside of Terraform",
                "",
                &["credentials"],
            ),
        case(&["4.15"], "a name that is taken in another region than the provider's")
            .given(|it| {
                let fault = json!({
                    "operation": "CreateConnectorProfile", "kind": "error",
                    "code": "ConflictException",
                    "message": "ConnectorProfile with name: salesforce-acme already exists.",
                });
                it.admin("POST", "/faults", fault);
            })
            .with(json!({"region": "eu-central-1"}))
            .errs(CREATING, "name", &["id = \"salesforce-acme@eu-central-1\""]),
        case(&[], "tokens that Salesforce no longer takes")
            .given(|it| it.org(json!({"refresh_tokens": ["another"]})))
            .with(json!({
                "authorization_code_wo": null,
                "redirect_uri": null,
                "access_token_wo": "00D-test-only",
                "refresh_token_wo": "5Aep-test-only",
            }))
            .errs(CREATING, "refresh_token_wo", &["new pair"]),
        case(&[], "a new address without a new login")
            .made(json!({}))
            .with(json!({
                "instance_url": format!("https://{ORG}/"),
                "authorization_code_wo": null,
            }))
            .errs("Changing instance_url needs credentials", "instance_url", &["fresh"]),
        case(&[], "another name without a new login")
            .made(json!({}))
            .with(json!({"name": "salesforce", "authorization_code_wo": null}))
            .errs(
                "Replacing the connection would lose its login",
                "authorization_code_wo",
                &["deletes the connection first"],
            ),
        case(&[], "the import of a connection that is not there")
            .act(Act::Import("arn:aws:s3:::bucket"))
            .errs(
                "importing connect_salesforce_connection",
                "",
                &["`NAME`", "amazon-connect-salesforce-acme"],
            ),
    ]
}

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const SECRET: &str = "arn:aws:secretsmanager:us-east-1:111122223333:secret:salesforce-app-AbCdEf";
/// `{"alg":"RS256"}` and claims that ended in 2001.
const EXPIRED_JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIiwic3ViIjoiYiIsImF1ZCI6Imh0dHBzOi8vbG9n\
                           aW4uc2FsZXNmb3JjZS5jb20iLCJleHAiOjEwMDAwMDAwMDB9.c2lnbmF0dXJl";
