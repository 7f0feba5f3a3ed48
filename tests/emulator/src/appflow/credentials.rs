//! Which credentials AppFlow asks for, before Salesforce sees any.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::salesforce::Login;
use crate::secrets::fingerprint;
use crate::wire::refusal::Refusal;

/// Picks the login out of `connectorProfileCredentials.Salesforce`, per grant.
///
/// Without a grant type AppFlow assumes an authorization code. `CLIENT_CREDENTIALS` is in the
/// enumeration that all connectors share, but the model's text says: not for Salesforce.
pub(crate) fn login(credentials: Option<&Map<String, Value>>) -> Result<Login<'_>, Refusal> {
    let blank = |what: &str| {
        let message =
            format!("Validation exception: {what} cannot be blank for connector: SALESFORCE");
        Refusal::validation(message)
    };
    let Some(credentials) = credentials else { return Err(blank("AuthCode")) };
    let text = |name: &str| credentials.get(name).and_then(Value::as_str);
    match text("oAuth2GrantType") {
        Some("CLIENT_CREDENTIALS") => {
            return Err(Refusal::validation(
                "Validation exception: OAuth2 grant type CLIENT_CREDENTIALS is not supported for \
                 connector: SALESFORCE",
            ));
        }
        Some("JWT_BEARER") => return text("jwtToken").map(Login::Jwt).ok_or(blank("JwtToken")),
        _ => {}
    }
    let request = credentials.get("oAuthRequest");
    let part = |name: &str| request.and_then(|request| request[name].as_str());
    if let Some(code) = part("authCode") {
        let redirect_uri = part("redirectUri").ok_or(blank("RedirectUri"))?;
        return Ok(Login::Code {
            code,
            redirect_uri: Some(redirect_uri),
            verifier: part("codeVerifier"),
            client_credentials_arn: text("clientCredentialsArn"),
        });
    }
    match (text("accessToken"), text("refreshToken")) {
        (Some(_), Some(refresh_token)) => Ok(Login::Tokens { refresh_token }),
        _ => Err(blank("AuthCode")),
    }
}

/// The credential members that arrived, each with the fingerprint of its value.
pub(crate) fn received(credentials: &Map<String, Value>) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    for (name, value) in credentials {
        match value {
            Value::String(text) => {
                fields.insert(name.clone(), fingerprint(text));
            }
            Value::Object(inner) => {
                for (inner_name, text) in received(inner) {
                    fields.insert(format!("{name}.{inner_name}"), text);
                }
            }
            _ => {}
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(credentials: Value) -> String {
        login(credentials.as_object()).expect_err("refused").message
    }

    #[test]
    fn an_arn_alone_is_not_a_login() {
        assert_eq!(
            refused(json!({"clientCredentialsArn": "arn:aws:secretsmanager:us-east-1:1:secret:x"})),
            "Validation exception: AuthCode cannot be blank for connector: SALESFORCE"
        );
    }

    #[test]
    fn client_credentials_are_not_for_salesforce() {
        assert!(
            refused(json!({"oAuth2GrantType": "CLIENT_CREDENTIALS"})).contains("not supported")
        );
    }

    #[test]
    fn an_access_token_needs_its_refresh_token() {
        assert!(refused(json!({"accessToken": "a"})).contains("AuthCode"));
        let both = json!({"accessToken": "a", "refreshToken": "r"});
        assert!(login(both.as_object()).is_ok());
    }

    #[test]
    fn received_fields_are_named_but_not_shown() {
        let credentials = json!({"oAuthRequest": {"authCode": "abc"}});
        assert_eq!(
            received(credentials.as_object().expect("an object")),
            BTreeMap::from([("oAuthRequest.authCode".into(), "ba7816bf8f01cfea".into())])
        );
    }
}
