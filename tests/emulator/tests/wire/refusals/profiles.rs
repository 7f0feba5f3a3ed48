//! Connector profiles.

use serde_json::{Value, json};

use crate::aws::{ACCOUNT, Aws, refused};
use crate::chain::{PROFILE, profile, tokens};
use crate::refusals::{CONFLICT, LOGIN, MISSING, VALIDATION, changed, table};

#[test]
fn constraints_of_a_profile() {
    let aws = Aws::new();
    let try_with = |pointer: &str, value: Value| {
        aws.appflow("create-connector-profile", changed(profile(tokens()), pointer, value))
    };
    let properties = "/connectorProfileConfig/connectorProfileProperties/Salesforce";
    let credentials = "/connectorProfileConfig/connectorProfileCredentials/Salesforce";
    let at = |base: &str, name: &str| format!("{base}/{name}");
    table(&[
        ("no name", VALIDATION, try_with("/connectorProfileName", Value::Null)),
        ("a blank in the name", VALIDATION, try_with("/connectorProfileName", json!("a b"))),
        ("an accent", VALIDATION, try_with("/connectorProfileName", json!("é"))),
        ("257 characters", VALIDATION, try_with("/connectorProfileName", json!("a".repeat(257)))),
        ("no mode", VALIDATION, try_with("/connectionMode", Value::Null)),
        ("an unknown mode", VALIDATION, try_with("/connectionMode", json!("Secret"))),
        ("no config", VALIDATION, try_with("/connectorProfileConfig", Value::Null)),
        ("another connector", VALIDATION, try_with("/connectorType", json!("Slack"))),
        ("a label", VALIDATION, try_with("/connectorLabel", json!("label1"))),
        ("a key's alias", VALIDATION, try_with("/kmsArn", json!("alias/my-key-with-a-name"))),
        (
            "a key elsewhere",
            VALIDATION,
            try_with("/kmsArn", json!(format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/k"))),
        ),
        (
            "a blank in the URL",
            VALIDATION,
            try_with(&at(properties, "instanceUrl"), json!("https://a b")),
        ),
        ("no URL", VALIDATION, try_with(&at(properties, "instanceUrl"), Value::Null)),
        (
            "no scheme",
            VALIDATION,
            try_with(&at(properties, "instanceUrl"), json!("acme.my.salesforce.com")),
        ),
        (
            "an unknown org",
            LOGIN,
            try_with(&at(properties, "instanceUrl"), json!("https://other.my.salesforce.com")),
        ),
        (
            "production taken for a sandbox",
            LOGIN,
            try_with(&at(properties, "isSandboxEnvironment"), json!(true)),
        ),
        (
            "private link on a public connection",
            VALIDATION,
            try_with(&at(properties, "usePrivateLinkForMetadataAndAuthorization"), json!(true)),
        ),
        (
            "a short secret ARN",
            VALIDATION,
            try_with(&at(credentials, "clientCredentialsArn"), json!("arn:aws:x")),
        ),
        ("no credentials", VALIDATION, {
            let pointer = "/connectorProfileConfig/connectorProfileCredentials";
            try_with(pointer, Value::Null)
        }),
        ("no refresh token", VALIDATION, try_with(&at(credentials, "refreshToken"), Value::Null)),
        (
            "client credentials",
            VALIDATION,
            try_with(&at(credentials, "oAuth2GrantType"), json!("CLIENT_CREDENTIALS")),
        ),
        (
            "a JWT grant without a JWT",
            VALIDATION,
            try_with(&at(credentials, "oAuth2GrantType"), json!("JWT_BEARER")),
        ),
        (
            "a dash in a JWT's payload",
            VALIDATION,
            try_with(&at(credentials, "jwtToken"), json!("a.b-c.d")),
        ),
        (
            "a short verifier",
            VALIDATION,
            try_with(&at(credentials, "oAuthRequest"), json!({"codeVerifier": "short"})),
        ),
        (
            "an unknown code",
            LOGIN,
            try_with(
                &at(credentials, "oAuthRequest"),
                json!({"authCode": "nope", "redirectUri": "https://x"}),
            ),
        ),
    ]);
    assert_eq!(aws.admin("GET", "/inventory", Value::Null)["count"], 0);
}

#[test]
fn an_arn_alone_is_answered_in_aws_words() {
    let aws = Aws::new();
    let arn = format!("arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:app");
    let credentials = json!({"clientCredentialsArn": arn});
    let failure = refused(aws.appflow("create-connector-profile", profile(credentials)));
    assert_eq!(failure.status, 400);
    assert_eq!(
        failure.message,
        "Validation exception: AuthCode cannot be blank for connector: SALESFORCE"
    );
}

#[test]
fn profiles_are_unique_limited_and_kept_while_used() {
    let aws = Aws::new();
    aws.build_events();
    let named = |name: &str| json!({"connectorProfileName": name});
    table(&[
        ("the same name", CONFLICT, aws.create_profile()),
        ("deleted while used", CONFLICT, aws.appflow("delete-connector-profile", named(PROFILE))),
        ("delete of nothing", MISSING, aws.appflow("delete-connector-profile", named("nope"))),
        (
            "update of nothing",
            MISSING,
            aws.appflow(
                "update-connector-profile",
                changed(profile(tokens()), "/connectorProfileName", json!("nope")),
            ),
        ),
        (
            "update without credentials",
            VALIDATION,
            aws.appflow(
                "update-connector-profile",
                changed(
                    profile(tokens()),
                    "/connectorProfileConfig/connectorProfileCredentials",
                    Value::Null,
                ),
            ),
        ),
    ]);
    for index in 1..100 {
        let request = changed(profile(tokens()), "/connectorProfileName", json!(index.to_string()));
        aws.appflow("create-connector-profile", request).expect("within the quota");
    }
    let request = changed(profile(tokens()), "/connectorProfileName", json!("100"));
    let failure = refused(aws.appflow("create-connector-profile", request));
    assert_eq!((failure.status, failure.code.as_str()), (402, "ServiceQuotaExceededException"));
    let forced = json!({"connectorProfileName": PROFILE, "forceDelete": true});
    aws.appflow("delete-connector-profile", forced).expect("forced");
}
