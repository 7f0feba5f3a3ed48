//! `authorize`: the login to Salesforce that only a person at a browser can make.
//!
//! The authorization-code grant with PKCE: Salesforce gives a code to whoever shows the address the
//! app is known by, and AppFlow exchanges it for tokens. The code is good once, for minutes, and
//! worth nothing without the verifier, so it may pass through a browser; the verifier stays in here
//! until both go to Terraform.

mod browser;
mod callback;
mod endpoint;
mod handover;
mod page;
mod pkce;

use std::time::Duration;

pub(crate) use self::browser::open;
pub(crate) use self::callback::{Loopback, of_pasted, wait};
pub(crate) use self::endpoint::endpoint;
pub(crate) use self::handover::{exports, run_with, variables};
use self::pkce::Verifier;
use crate::framework::secret::Secret;

/// A login that has begun.
#[derive(Debug)]
pub(crate) struct Login {
    redirect_uri: String,
    state: String,
    verifier: Verifier,
}

impl Login {
    /// Begins a login whose answer goes to this address.
    pub(crate) fn begin(redirect_uri: &str) -> Self {
        Self {
            redirect_uri: redirect_uri.to_owned(),
            state: pkce::random_text(),
            verifier: Verifier::random(),
        }
    }

    /// The address to open in a browser.
    pub(crate) fn url(&self, endpoint: &str, client_id: &str, scopes: &str) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", scopes)
            .append_pair("state", &self.state)
            .append_pair("code_challenge", &self.verifier.challenge())
            .append_pair("code_challenge_method", "S256")
            .finish();
        format!("{endpoint}?{query}")
    }

    /// Reads the query with which Salesforce sent the browser back.
    pub(crate) fn answer(&self, query: &str) -> Answer {
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let text = |name: &str| {
            let found = pairs.iter().find(|(key, value)| key == name && !value.is_empty());
            found.map(|(_, value)| value.as_str())
        };
        if text("state") != Some(self.state.as_str()) {
            return Answer::Foreign;
        }
        match (text("error"), text("code")) {
            (Some(error), _) => {
                Answer::Refused(refusal(error, text("error_description").unwrap_or_default()))
            }
            (None, Some(code)) => Answer::Code(Secret::new(code)),
            (None, None) => Answer::Foreign,
        }
    }
}

/// What a browser brings back.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The code.
    Code(Secret),
    /// Why there is none, in full sentences.
    Refused(String),
    /// Something that this login has not asked for.
    Foreign,
}

/// Salesforce's error in words, and what to do.
fn refusal(error: &str, description: &str) -> String {
    let advice = match error {
        "access_denied" => {
            "Nobody was let in: the person at the browser refused, or may not use the app. Log in \
             as a user who may, and allow the access."
        }
        "OAUTH_APP_BLOCKED" => {
            "The org blocks the connected app: unblock it under Setup \u{203a} Connected Apps OAuth \
             Usage."
        }
        "OAUTH_APPROVAL_ERROR_GENERIC" | "OAUTH_AUTHORIZATION_BLOCKED" => {
            "The org does not let this user use the app: look at its permitted users and IP \
             relaxation."
        }
        "invalid_scope" => {
            "The app has not got the scopes that were asked for: give it `api` and \
             `refresh_token, offline_access`, or name others with --scope."
        }
        "invalid_client_id" | "invalid_client" => {
            "The org does not know the app: check --client-id, and wait ten minutes if it is new."
        }
        "redirect_uri_mismatch" => {
            "The app has another callback URL: add this one to it, or name its own with \
             --redirect-uri."
        }
        _ => "Try again; if it stays so, ask the org's administrator.",
    };
    let said = if description.is_empty() { error } else { description };
    format!("Salesforce says: {said} ({error}). {advice}")
}

/// How long a person may take when nothing else is said: Salesforce's own login page gives up later.
pub(crate) const PATIENCE: Duration = Duration::from_mins(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_asks_for_a_code_with_pkce() {
        let login = Login::begin("http://127.0.0.1:8484/callback");
        let url = login.url("https://a.my.salesforce.com/x", "id&", "api refresh_token");
        let (endpoint, query) = url.split_once('?').expect("a query");
        assert_eq!(endpoint, "https://a.my.salesforce.com/x");
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "response_type",
                "client_id",
                "redirect_uri",
                "scope",
                "state",
                "code_challenge",
                "code_challenge_method"
            ]
        );
        assert_eq!(pairs[1].1, "id&");
    }

    #[test]
    fn only_the_own_login_is_answered() {
        let login = Login::begin("http://127.0.0.1:1/callback");
        let own = format!("state={}", login.state);
        assert!(matches!(login.answer("code=c&state=another"), Answer::Foreign));
        assert!(matches!(login.answer("code=c"), Answer::Foreign));
        assert!(matches!(login.answer(&own), Answer::Foreign));
        let Answer::Code(code) = login.answer(&format!("code=aPrx%3D%3D&{own}")) else {
            panic!("it is the own one");
        };
        assert_eq!(code.expose(), "aPrx==");
        let refused = login.answer(&format!("{own}&error=access_denied&error_description=no+way"));
        let Answer::Refused(words) = refused else { panic!("it is refused") };
        assert!(words.starts_with("Salesforce says: no way (access_denied). Nobody was let in"));
    }

    #[test]
    fn a_login_does_not_tell_its_verifier() {
        let login = Login::begin("http://127.0.0.1:1/callback");
        assert!(!format!("{login:?}").contains(login.verifier.expose()));
    }
}
