//! Which credentials go with which grant, and when AWS wants them.

use super::Model;
use crate::aws::connector_profile::Credentials;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::error::{Error, Kind};
use crate::framework::plan::Plan;
use crate::framework::schema::Block;
use crate::framework::value::Value;

/// The secrets of the authorization-code grant.
const CODE_SECRETS: [&str; 4] =
    ["authorization_code_wo", "code_verifier_wo", "access_token_wo", "refresh_token_wo"];

/// What AWS sends to Salesforce for nothing but these.
const SENT_WITH_A_LOGIN: [&str; 5] = [
    "credentials_wo_version",
    "instance_url",
    "sandbox",
    "connection_mode",
    "use_private_link_for_metadata_and_authorization",
];

/// Checks what can be told from the configuration alone. What is unknown may turn out to be null,
/// as secrets do that only some applies get, so it is neither too much nor missing.
pub(super) fn validate(config: &Value, diags: &mut Diagnostics) {
    let given = |name: &str| config.get(name).is_set();
    let missing = |name: &str| config.get(name).is_null();
    let grant = config.get("oauth_grant_type");
    if grant.is_unknown() {
        return;
    }
    if grant.as_str() == Some("JWT_BEARER") {
        for secret in CODE_SECRETS.into_iter().filter(|secret| given(secret)) {
            diags.error_at(
                secret,
                format!("{secret} does not go with JWT_BEARER"),
                "The JWT bearer grant takes `jwt_token_wo` alone. Remove this argument, or set \
                 `oauth_grant_type = \"AUTHORIZATION_CODE\"`.",
            );
        }
        return;
    }
    if given("jwt_token_wo") {
        diags.error_at(
            "jwt_token_wo",
            "jwt_token_wo needs the JWT bearer grant",
            "Set `oauth_grant_type = \"JWT_BEARER\"`, or remove this argument.",
        );
    }
    if given("code_verifier_wo") && missing("authorization_code_wo") {
        diags.error_at(
            "code_verifier_wo",
            "code_verifier_wo without authorization_code_wo",
            "A PKCE verifier belongs to the authorization code that was asked for with it: set \
             `authorization_code_wo` too.",
        );
    }
    for (one, other) in
        [("access_token_wo", "refresh_token_wo"), ("refresh_token_wo", "access_token_wo")]
    {
        if given(one) && missing(other) && missing("authorization_code_wo") {
            diags.error_at(
                one,
                format!("{one} without {other}"),
                format!(
                    "AppFlow takes the tokens of an earlier login as a pair: set `{other}` too."
                ),
            );
        }
    }
}

/// Refuses plans that AWS would refuse, or that would lose a login, for want of credentials.
pub(super) fn plan(plan: &mut Plan<'_>, block: &Block) {
    if is_complete(plan.config) {
        warn_without_redirect_uri(plan);
        if plan.is_replacement(block) {
            plan.diags.warning("The connection's login is replaced", REPLACED_LOGIN);
        }
        return;
    }
    let (attribute, remedy) = missing(plan.config);
    if plan.is_create() {
        plan.diags.error_at(
            attribute,
            "A new connection needs credentials",
            format!(
                "AppFlow logs in to Salesforce when the connection is made. {remedy} If the \
                 connection exists already, import it: then none are needed."
            ),
        );
    } else if plan.is_replacement(block) {
        plan.diags.error_at(
            attribute,
            "Replacing the connection would lose its login",
            format!(
                "The replacement deletes the connection first, and the configuration has no \
                 credentials to make the new one. {remedy} Or undo the change that replaces it."
            ),
        );
    } else if let Some(changed) = SENT_WITH_A_LOGIN
        .into_iter()
        // What is unknown may turn out to be what it was; the apply plans again and knows.
        .find(|name| plan.changes(name) && plan.get(name).is_wholly_known())
    {
        let reason = if changed == "credentials_wo_version" {
            "A new `credentials_wo_version` sends the credentials again, and there are none."
        } else {
            "AppFlow logs in anew when this changes, so the same apply needs fresh credentials."
        };
        plan.diags.error_at(
            changed,
            format!("Changing {changed} needs credentials"),
            format!("{reason} {remedy}"),
        );
    }
}

/// Whether the planned update sends credentials.
pub(super) fn are_sent(plan: &Plan<'_>) -> bool {
    SENT_WITH_A_LOGIN.into_iter().any(|name| plan.changes(name))
}

/// Whether the configuration holds all that its grant needs; unknown values count.
fn is_complete(config: &Value) -> bool {
    let given = |name: &str| !config.get(name).is_null();
    let code = given("authorization_code_wo");
    let tokens = given("access_token_wo") && given("refresh_token_wo");
    let grant = config.get("oauth_grant_type");
    match grant.as_str() {
        Some("JWT_BEARER") => given("jwt_token_wo"),
        _ if grant.is_unknown() => code || tokens || given("jwt_token_wo"),
        _ => code || tokens,
    }
}

/// The attribute to point at, and what to set.
fn missing(config: &Value) -> (&'static str, &'static str) {
    match config.get("oauth_grant_type").as_str() {
        Some("JWT_BEARER") => ("jwt_token_wo", "Set `jwt_token_wo`, a signed bearer assertion."),
        _ => (
            "authorization_code_wo",
            "Set `authorization_code_wo` and `redirect_uri` from a fresh login to Salesforce (or \
             `access_token_wo` and `refresh_token_wo`), or use `oauth_grant_type = \
             \"JWT_BEARER\"` with `jwt_token_wo`.",
        ),
    }
}

const REPLACED_LOGIN: &str = "The replacement deletes the connection, and the login in it, before it \
     logs in with the credentials of the configuration. Make sure that they are fresh: an \
     authorization code works once. Flows that use the connection have to be replaced or moved to \
     another one first.";

fn warn_without_redirect_uri(plan: &mut Plan<'_>) {
    let sends = plan.is_create() || are_sent(plan);
    let code = plan.config.get("authorization_code_wo");
    if sends && !code.is_null() && plan.config.get("redirect_uri").is_null() {
        plan.diags.warning_at(
            "authorization_code_wo",
            "An authorization code without its redirect URI",
            "Salesforce wants the `redirect_uri` that the code was asked for with; without it \
             the login will most likely be refused.",
        );
    }
}

/// Says what to do about a refused login, for the grant that was used. Where Salesforce's words
/// tell the cause, that has been said already.
pub(super) fn explain(error: Error, plan: &Model) -> Error {
    if error.kind != Kind::Connector || error.remedy.is_some() {
        return error;
    }
    let (attribute, remedy) = match plan.oauth_grant_type.as_deref() {
        Some("JWT_BEARER") => (
            "jwt_token_wo",
            "Salesforce refused the assertion: check that the connected app has the certificate \
             of the key it was signed with, that the user is pre-authorised for the app, that \
             `aud` is the login host of the org, and that it has not expired.",
        ),
        _ if plan.authorization_code_wo.is_none() => (
            "refresh_token_wo",
            "Salesforce refused the tokens: they must be of the connected app whose secret \
             `client_credentials_arn` names, and not be revoked or expired. Log in to Salesforce \
             again and apply with the new pair.",
        ),
        _ => (
            "authorization_code_wo",
            "Authorization codes work once and for about 15 minutes: log in to Salesforce again \
             and apply with the new code at once. The `redirect_uri` must be the one the code was \
             asked for with, and a callback URL of the connected app; `instance_url` and \
             `sandbox` must be those of the org.",
        ),
    };
    error.remedy(remedy).at(attribute)
}

impl Model {
    /// What AppFlow is to log in with.
    pub(super) fn credentials(&self) -> Credentials {
        Credentials {
            grant_type: self.oauth_grant_type.clone(),
            authorization_code: self.authorization_code_wo.clone(),
            redirect_uri: self.redirect_uri.clone(),
            code_verifier: self.code_verifier_wo.clone(),
            access_token: self.access_token_wo.clone(),
            refresh_token: self.refresh_token_wo.clone(),
            jwt_token: self.jwt_token_wo.clone(),
            client_credentials_arn: self.client_credentials_arn.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(known: &[(&str, &str)]) -> Value {
        Value::object(known.iter().map(|(name, text)| (*name, Value::from(*text))))
    }

    #[test]
    fn each_grant_has_its_credentials() {
        for (config, complete) in [
            (config(&[]), false),
            (config(&[("authorization_code_wo", "c")]), true),
            (config(&[("access_token_wo", "a")]), false),
            (config(&[("access_token_wo", "a"), ("refresh_token_wo", "r")]), true),
            (config(&[("oauth_grant_type", "JWT_BEARER")]), false),
            (config(&[("oauth_grant_type", "JWT_BEARER"), ("authorization_code_wo", "c")]), false),
            (config(&[("oauth_grant_type", "JWT_BEARER"), ("jwt_token_wo", "j")]), true),
        ] {
            assert_eq!(is_complete(&config), complete, "{config:?}");
        }
    }

    #[test]
    fn contradictions_are_told_at_the_attribute_to_change() {
        for (config, attribute) in [
            (config(&[("jwt_token_wo", "j")]), "jwt_token_wo"),
            (
                config(&[("oauth_grant_type", "JWT_BEARER"), ("access_token_wo", "a")]),
                "access_token_wo",
            ),
            (config(&[("code_verifier_wo", "v")]), "code_verifier_wo"),
            (config(&[("refresh_token_wo", "r")]), "refresh_token_wo"),
        ] {
            let mut diags = Diagnostics::new();
            validate(&config, &mut diags);
            let paths: Vec<_> = diags.iter().map(|d| d.path.clone()).collect();
            assert_eq!(paths, [Some(attribute.into())], "{config:?}");
        }
    }

    #[test]
    fn what_is_unknown_may_be_right() {
        let mut config = config(&[("jwt_token_wo", "j")]);
        config.put("oauth_grant_type", Value::UNKNOWN);
        let mut diags = Diagnostics::new();
        validate(&config, &mut diags);
        assert!(diags.is_empty());
        assert!(is_complete(&config));
    }
}
