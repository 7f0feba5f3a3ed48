//! Fake Salesforce orgs: what AppFlow logs in to, and what publishes Case changes.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::secrets::digest;
use crate::switches::Switches;
use crate::wire::refusal::Refusal;

/// One org. Every secret in it is a digest.
#[derive(Clone, Debug, Default)]
pub(crate) struct Org {
    pub(crate) host: String,
    pub(crate) sandbox: bool,
    /// Objects ticked under Change Data Capture.
    pub(crate) cdc: BTreeSet<String>,
    /// Objects that can be listed; `Case` and some others are always there.
    pub(crate) entities: BTreeSet<String>,
    pub(crate) codes: BTreeMap<String, Code>,
    /// Accepted JWTs; when empty, any well-formed one.
    pub(crate) jwts: BTreeSet<String>,
    /// Accepted refresh tokens; when empty, any.
    pub(crate) refresh_tokens: BTreeSet<String>,
    /// Secrets that hold the connected app's client id; when not empty, a code needs one of them.
    pub(crate) client_credentials_arns: BTreeSet<String>,
    /// Ids of connected apps, for logins in a browser; when empty, any.
    pub(crate) client_ids: BTreeSet<String>,
    /// Callback URLs of the connected app; when empty, any.
    pub(crate) redirect_uris: BTreeSet<String>,
    /// The connected app is blocked: nobody gets in.
    pub(crate) app_blocked: bool,
    /// The org's edition has no API: logins work, everything else fails.
    pub(crate) api_disabled: bool,
}

/// An authorization code, good for one exchange.
#[derive(Clone, Debug, Default)]
pub(crate) struct Code {
    pub(crate) used: bool,
    /// Digest of the PKCE verifier that the login began with.
    pub(crate) verifier: Option<String>,
    /// Or what Salesforce knows of it: its SHA-256, as the login sent it.
    pub(crate) challenge: Option<String>,
    /// Where the code was sent, which the exchange must repeat.
    pub(crate) redirect_uri: Option<String>,
    pub(crate) expires_at: Option<f64>,
}

/// A login as AppFlow passes it on, after its own checks.
#[derive(Debug)]
pub(crate) enum Login<'a> {
    Code {
        code: &'a str,
        redirect_uri: Option<&'a str>,
        verifier: Option<&'a str>,
        client_credentials_arn: Option<&'a str>,
    },
    Jwt(&'a str),
    Tokens {
        refresh_token: &'a str,
    },
}

impl Org {
    /// Lets a login in or says why not. A code is used up by the attempt.
    pub(crate) fn log_in(
        &mut self,
        switches: &Switches,
        login: &Login<'_>,
        now: f64,
    ) -> Result<(), Refusal> {
        if self.app_blocked {
            return Err(denied("OAUTH_APP_BLOCKED", "this app is blocked by admin"));
        }
        match login {
            Login::Code { code, redirect_uri, verifier, client_credentials_arn } => {
                let known = &self.client_credentials_arns;
                if !known.is_empty()
                    && client_credentials_arn.is_none_or(|arn| !known.contains(arn))
                {
                    return Err(denied("invalid_client_id", "client identifier invalid"));
                }
                let known = &self.redirect_uris;
                if !known.is_empty() && redirect_uri.is_none_or(|uri| !known.contains(uri)) {
                    let message = "redirect_uri must match configuration";
                    return Err(denied("redirect_uri_mismatch", message));
                }
                self.exchange(switches, code, *redirect_uri, *verifier, now)
            }
            Login::Jwt(token) if self.jwts.contains(&digest(token)) => Ok(()),
            Login::Jwt(_) if !self.jwts.is_empty() => {
                Err(denied("invalid_grant", "user hasn't approved this consumer"))
            }
            Login::Jwt(token) if switches.jwt_claims_checked => self.check_jwt(token, now),
            Login::Jwt(_) => Ok(()),
            Login::Tokens { refresh_token } => {
                let known = &self.refresh_tokens;
                if known.is_empty() || known.contains(&digest(refresh_token)) {
                    Ok(())
                } else {
                    Err(denied("invalid_grant", "expired access/refresh token"))
                }
            }
        }
    }

    fn exchange(
        &mut self,
        switches: &Switches,
        code: &str,
        redirect_uri: Option<&str>,
        verifier: Option<&str>,
        now: f64,
    ) -> Result<(), Refusal> {
        let Some(found) = self.codes.get_mut(&digest(code)) else {
            return Err(denied("invalid_grant", "invalid authorization code"));
        };
        if found.used {
            let expired = denied("invalid_grant", "expired authorization code");
            return Err(Refusal { code: switches.used_code_error.clone(), ..expired });
        }
        found.used = true;
        if found.expires_at.is_some_and(|end| now >= end) {
            return Err(denied("invalid_grant", "expired authorization code"));
        }
        if found.verifier.is_some() && found.verifier != verifier.map(digest) {
            return Err(denied("invalid_grant", "invalid code verifier"));
        }
        if found.challenge.is_some() && found.challenge != verifier.map(challenge) {
            return Err(denied("invalid_grant", "invalid code verifier"));
        }
        if found.redirect_uri.is_some() && found.redirect_uri.as_deref() != redirect_uri {
            let message = "redirect_uri must match configuration";
            return Err(denied("redirect_uri_mismatch", message));
        }
        Ok(())
    }

    /// What Salesforce asks of a bearer assertion, short of its signature.
    fn check_jwt(&self, token: &str, now: f64) -> Result<(), Refusal> {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, claims, _] = parts[..] else {
            return Err(denied("invalid_grant", "assertion is not a JWT"));
        };
        let (Some(header), Some(claims)) = (part(header), part(claims)) else {
            return Err(denied("invalid_grant", "assertion is not a JWT"));
        };
        if header["alg"] != "RS256" {
            return Err(denied("invalid_grant", "assertion must be signed with RS256"));
        }
        let text = |name: &str| claims[name].as_str().filter(|text| !text.is_empty());
        let (Some(_), Some(_), Some(audience)) = (text("iss"), text("sub"), text("aud")) else {
            return Err(denied("invalid_grant", "iss, sub and aud are required"));
        };
        let login = if self.sandbox { "test" } else { "login" };
        let own = format!("https://{}", self.host);
        let audience = audience.trim_end_matches('/');
        if audience != format!("https://{login}.salesforce.com") && audience != own {
            return Err(denied("invalid_grant", "audience is invalid"));
        }
        if claims["exp"].as_f64().is_none_or(|end| end <= now) {
            return Err(denied("invalid_grant", "expired assertion"));
        }
        Ok(())
    }

    /// Names of what can be a flow's source: objects, and change events of those with CDC on.
    pub(crate) fn listed(&self) -> Listed {
        let standard = STANDARD_OBJECTS.iter().map(|name| (*name).to_owned());
        Listed {
            objects: standard.chain(self.entities.iter().cloned()).collect(),
            events: self.cdc.iter().map(|object| change_event(object)).collect(),
        }
    }
}

/// What an org lists; AppFlow keeps it for an hour.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listed {
    pub(crate) objects: BTreeSet<String>,
    pub(crate) events: BTreeSet<String>,
}

impl Listed {
    pub(crate) fn contains(&self, entity: &str) -> bool {
        self.objects.contains(entity) || self.events.contains(entity)
    }
}

/// What a login sends ahead of its PKCE verifier.
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// The API name of an object's change event: `CaseChangeEvent`, `Foo__ChangeEvent`.
pub(crate) fn change_event(object: &str) -> String {
    match object.strip_suffix("__c") {
        Some(name) => format!("{name}__ChangeEvent"),
        None => format!("{object}ChangeEvent"),
    }
}

/// The host in an instance URL, in lower case; paths and a trailing slash do not matter.
pub(crate) fn host(instance_url: &str) -> Option<String> {
    let (scheme, rest) = instance_url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
    (matches!(scheme, "https" | "http") && !host.is_empty()).then_some(host)
}

/// How Salesforce's OAuth errors come back through AppFlow.
pub(crate) fn denied(error: &str, description: &str) -> Refusal {
    Refusal::new(
        "ConnectorAuthenticationException",
        format!(
            "Error while communicating to connector: \
             {{\"error\":\"{error}\",\"error_description\":\"{description}\"}}"
        ),
    )
}

fn part(text: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok().filter(Value::is_object)
}

const STANDARD_OBJECTS: &[&str] = &["Account", "Case", "Contact", "Lead", "Opportunity"];

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(claims: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2ln", encode(r#"{"alg":"RS256"}"#), encode(claims))
    }

    fn org() -> Org {
        Org { host: "acme.my.salesforce.com".into(), ..Org::default() }
    }

    #[test]
    fn a_code_works_once() {
        let mut org = org();
        org.codes.insert(digest("abc"), Code::default());
        let login = Login::Code {
            code: "abc",
            redirect_uri: None,
            verifier: None,
            client_credentials_arn: None,
        };
        let switches = Switches::default();
        assert_eq!(org.log_in(&switches, &login, 0.0), Ok(()));
        let second = org.log_in(&switches, &login, 0.0).expect_err("used");
        assert_eq!(second.code, "ConnectorAuthenticationException");
    }

    #[test]
    fn a_code_is_bound_to_its_login() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let issued = || Code {
            challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".into()),
            redirect_uri: Some("http://127.0.0.1:1/cb".into()),
            ..Code::default()
        };
        for (redirect_uri, verifier, is_good) in [
            ("http://127.0.0.1:1/cb", Some(verifier), true),
            ("http://127.0.0.1:1/cb", Some("another"), false),
            ("http://127.0.0.1:1/cb", None, false),
            ("http://127.0.0.1:2/cb", Some(verifier), false),
        ] {
            let mut org = org();
            org.codes.insert(digest("abc"), issued());
            let login = Login::Code {
                code: "abc",
                redirect_uri: Some(redirect_uri),
                verifier,
                client_credentials_arn: None,
            };
            let outcome = org.log_in(&Switches::default(), &login, 0.0);
            assert_eq!(outcome.is_ok(), is_good, "{redirect_uri} {verifier:?}");
        }
    }

    #[test]
    fn a_jwt_needs_its_claims() {
        let mut org = org();
        let good =
            r#"{"iss":"client","sub":"user","aud":"https://login.salesforce.com","exp":100}"#;
        let switches = Switches::default();
        assert_eq!(org.log_in(&switches, &Login::Jwt(&jwt(good)), 99.0), Ok(()));
        for (what, token, now) in [
            ("expired", jwt(good), 100.0),
            ("for a sandbox", jwt(&good.replace("login", "test")), 99.0),
            ("without issuer", jwt(&good.replace("iss", "x")), 99.0),
            ("not a JWT", "a.b.c".to_owned(), 99.0),
        ] {
            assert!(org.log_in(&switches, &Login::Jwt(&token), now).is_err(), "{what}");
        }
    }

    #[test]
    fn hosts_are_found_in_urls() {
        assert_eq!(host("https://Acme.my.salesforce.com/"), Some("acme.my.salesforce.com".into()));
        assert_eq!(host("acme.my.salesforce.com"), None);
    }

    #[test]
    fn custom_objects_have_their_own_event_names() {
        assert_eq!(change_event("Case"), "CaseChangeEvent");
        assert_eq!(change_event("Foo__c"), "Foo__ChangeEvent");
    }
}
