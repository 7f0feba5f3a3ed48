//! The attributes of a connection. Limits are those of AppFlow's API model (2020-08-23).

use crate::framework::schema::{Attribute, Block, Needs, Schema};
use crate::framework::timeouts::Timeouts;
use crate::framework::validators::{Validator, length, no_blanks, one_of, pattern, whole_number};
use crate::resources::region;
use crate::salesforce::jwt;

pub(super) fn schema(timeouts: Timeouts) -> Schema {
    let attributes = region::attributes("The name.")
        .into_iter()
        .chain(settings())
        .chain(grant())
        .chain(secrets())
        .chain(results());
    Schema::new(
        Block::new(
            "A connection of Amazon AppFlow to one Salesforce org. It holds the login, so it \
             stands alone: nothing that fails or is replaced further down costs one.",
            attributes,
        )
        .block(timeouts.block()),
    )
    .needs(NEEDS)
}

/// AppFlow makes the secret, and the grants on a key, with the caller's permissions. The flows are
/// read to name those that keep a connection from being deleted.
const NEEDS: Needs = Needs {
    plan: &["appflow:DescribeConnectorProfiles"],
    apply: &[
        "appflow:CreateConnectorProfile",
        "appflow:UpdateConnectorProfile",
        "appflow:DeleteConnectorProfile",
        "appflow:ListFlows",
        "appflow:DescribeFlow",
        "secretsmanager:CreateSecret",
        "secretsmanager:PutResourcePolicy",
        "kms:CreateGrant",
        "kms:DescribeKey",
    ],
};

fn settings() -> Vec<Attribute> {
    vec![
        Attribute::string("name")
            .required()
            .replaces()
            .check(length(1..=256))
            .check(pattern(r"[A-Za-z0-9_/!@#+=.\-]*", "consist of letters, digits and `_/!@#+=.-`"))
            .doc("Name of the connection, unique per account and region."),
        Attribute::string("instance_url")
            .required()
            .check(length(1..=256))
            .check(no_blanks())
            .doc("URL of the org, as in `https://acme.my.salesforce.com`."),
        Attribute::bool("sandbox")
            .or_at_create(false)
            .doc("Whether the org is a sandbox. Left out, `false` at creation."),
        Attribute::string("connection_mode")
            .or_at_create("Public")
            .check(one_of(&["Public", "Private"]))
            .doc("`Public`, or `Private` for AWS PrivateLink. Left out, `Public` at creation."),
        Attribute::bool("use_private_link_for_metadata_and_authorization")
            .optional()
            .doc("Whether metadata and logins use PrivateLink too. Only with `Private`."),
        Attribute::string("kms_key_arn")
            .optional()
            .check(length(20..=2048))
            .check(pattern(r"arn:aws:kms:.*:[0-9]+:.*", "be the ARN of a KMS key"))
            .doc(
                "Key that encrypts the credentials. AWS does not tell it again: a change \
                 replaces a connection that Terraform made, and is only recorded for an \
                 imported one.",
            ),
    ]
}

fn grant() -> Vec<Attribute> {
    vec![
        Attribute::string("oauth_grant_type")
            .optional()
            .check(Validator::explained("be `AUTHORIZATION_CODE` or `JWT_BEARER`", |grant| {
                match grant.as_str()? {
                    "AUTHORIZATION_CODE" | "JWT_BEARER" => None,
                    "CLIENT_CREDENTIALS" => Some(
                        "AppFlow does not support the client-credentials grant for Salesforce. \
                         Use `JWT_BEARER` for a login without a browser."
                            .into(),
                    ),
                    _ => Some(
                        "`oauth_grant_type` must be `AUTHORIZATION_CODE` or `JWT_BEARER`.".into(),
                    ),
                }
            }))
            .doc("How AppFlow logs in: `AUTHORIZATION_CODE` (AWS's default) or `JWT_BEARER`."),
        Attribute::string("client_credentials_arn")
            .optional()
            .check(length(20..=2048))
            .check(pattern(
                r"arn:aws:secretsmanager:.*:[0-9]+:.*",
                "be the ARN of a secret in Secrets Manager",
            ))
            .doc(
                "ARN of the secret with the connected app's `clientId` and `clientSecret`. \
                 Sent with the next credentials; changed alone it is only recorded.",
            ),
        Attribute::string("redirect_uri").optional().check(length(1..=512)).check(no_blanks()).doc(
            "Redirect URI that the authorization code was asked for with. Sent with the \
                 next credentials; changed alone it is only recorded.",
        ),
    ]
}

fn secrets() -> Vec<Attribute> {
    vec![
        Attribute::string("authorization_code_wo")
            .write_only()
            .check(length(1..=4096))
            .check(no_blanks())
            .doc("Authorization code of a fresh login; it works once."),
        Attribute::string("code_verifier_wo")
            .write_only()
            .check(length(43..=128))
            .check(pattern(r"[A-Za-z0-9\-._~]*", "consist of letters, digits and `-._~`"))
            .doc("PKCE verifier of the authorization code."),
        Attribute::string("access_token_wo")
            .write_only()
            .check(length(1..=4096))
            .check(no_blanks())
            .doc("Access token of an earlier login."),
        Attribute::string("refresh_token_wo")
            .write_only()
            .check(length(1..=4096))
            .check(no_blanks())
            .doc("Refresh token of an earlier login."),
        Attribute::string("jwt_token_wo")
            .write_only()
            .check(length(1..=8000))
            .check(Validator::explained("be a signed JWT", |token| {
                let problem = jwt::check(token.as_str()?).err()?;
                Some(format!("AppFlow would refuse it: {}.", problem.message()))
            }))
            .doc("Signed bearer assertion for the `JWT_BEARER` grant."),
        Attribute::number("credentials_wo_version")
            .optional()
            .check(whole_number(0..=i64::MAX))
            .doc(
                "Any number; a change sends the credentials again. They are sent at creation \
                 in any case.",
            ),
    ]
}

fn results() -> Vec<Attribute> {
    vec![
        Attribute::string("credentials_arn")
            .computed()
            .keeps()
            .doc("ARN of the secret in which AppFlow keeps the credentials."),
        Attribute::string("private_connection_status")
            .computed()
            .keeps()
            .doc("`PENDING`, `CREATED` or `FAILED` for a private connection, else null."),
    ]
}
