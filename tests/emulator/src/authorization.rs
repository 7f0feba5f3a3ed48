//! Salesforce's authorization endpoint, with a person at the browser who is logged in and agrees at
//! once (or, by a switch, refuses).
//!
//! An org is found by the `Host` header. Browsers cannot set it: for them the endpoint is also at
//! `/_emulator/orgs/HOST/services/oauth2/authorize`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::salesforce::{Code, Org};
use crate::secrets::digest;
use crate::wire::http::{Answer, Request};
use crate::world::World;

/// The answer, if the request is for this endpoint.
pub(crate) fn answer(world: &mut World, request: &Request) -> Option<Answer> {
    let host = match request.path.strip_suffix(ENDPOINT)? {
        "" => request.header("host")?.split(':').next()?,
        path => path.strip_prefix("/_emulator/orgs/")?,
    };
    let host = host.to_ascii_lowercase();
    let code = format!("aPrx{}==", world.ids.uuid().replace('-', "."));
    let (denies, now) = (world.switches.login_denied, world.now());
    let Some(org) = world.orgs.get_mut(&host) else {
        return Some(page(404, "There is no such org."));
    };
    Some(match authorize(org, request, denies) {
        Ok(Agreed { redirect_uri, state, challenge }) => {
            let issued = Code {
                challenge,
                redirect_uri: Some(redirect_uri.clone()),
                expires_at: Some(now + CODE_LIFE_SECONDS),
                ..Code::default()
            };
            org.codes.insert(digest(&code), issued);
            redirect(&redirect_uri, &[("code", &code), ("state", &state)])
        }
        Err(answer) => answer,
    })
}

const ENDPOINT: &str = "/services/oauth2/authorize";

/// Salesforce's codes are good for fifteen minutes.
const CODE_LIFE_SECONDS: f64 = 900.0;

struct Agreed {
    redirect_uri: String,
    state: String,
    challenge: Option<String>,
}

/// What Salesforce checks. An app or address that it does not know is told to the person, since
/// nobody else can be trusted with it; everything else goes back to the app.
fn authorize(org: &Org, request: &Request, denies: bool) -> Result<Agreed, Answer> {
    let text = |name: &str| {
        let found = request.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    if request.method != "GET" {
        return Err(page(405, "Use GET."));
    }
    let client_id = text("client_id");
    let is_known = org.client_ids.is_empty() || org.client_ids.contains(&client_id);
    if client_id.is_empty() || !is_known {
        return Err(page(
            400,
            "error=invalid_client_id&error_description=client identifier invalid",
        ));
    }
    let redirect_uri = text("redirect_uri");
    let is_known = org.redirect_uris.is_empty() || org.redirect_uris.contains(&redirect_uri);
    if redirect_uri.is_empty() || !is_known {
        return Err(page(
            400,
            "error=redirect_uri_mismatch&error_description=redirect_uri must match configuration",
        ));
    }
    let state = text("state");
    let back = |error: &str, description: &str| {
        let parts = [("error", error), ("error_description", description), ("state", &state)];
        redirect(&redirect_uri, &parts)
    };
    if text("response_type") != "code" {
        return Err(back("unsupported_response_type", "response type not supported"));
    }
    if org.app_blocked {
        return Err(back("OAUTH_APP_BLOCKED", "this app is blocked by admin"));
    }
    let challenge = text("code_challenge");
    // A SHA-256 has 32 bytes.
    let is_digest = URL_SAFE_NO_PAD.decode(&challenge).is_ok_and(|bytes| bytes.len() == 32);
    let method = text("code_challenge_method");
    if !challenge.is_empty() && (!is_digest || !matches!(method.as_str(), "" | "S256")) {
        return Err(back("invalid_request", "invalid code challenge"));
    }
    if denies {
        return Err(back("access_denied", "end-user denied authorization"));
    }
    let challenge = (!challenge.is_empty()).then_some(challenge);
    Ok(Agreed { redirect_uri, state, challenge })
}

fn redirect(to: &str, parts: &[(&str, &str)]) -> Answer {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let parts: Vec<String> = parts
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    let sign = if to.contains('?') { '&' } else { '?' };
    page(302, "").with_header("location", &format!("{to}{sign}{}", parts.join("&")))
}

fn page(status: u16, text: &str) -> Answer {
    Answer {
        status,
        headers: vec![("content-type".into(), "text/plain; charset=utf-8".into())],
        body: text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(world: &mut World, query: &str) -> Answer {
        let headers = vec![("host".into(), "acme.my.salesforce.com".into())];
        let request = Request::new("GET", ENDPOINT, query, headers, Vec::new());
        answer(world, &request).expect("it is the endpoint")
    }

    fn world() -> World {
        let mut world = World::default();
        let org = Org { host: "acme.my.salesforce.com".into(), ..Org::default() };
        world.orgs.insert(org.host.clone(), org);
        world
    }

    fn location(answer: &Answer) -> &str {
        answer.headers.iter().find(|(name, _)| name == "location").map_or("", |(_, to)| to)
    }

    const ASKED: &str = "response_type=code&client_id=c&redirect_uri=http://127.0.0.1:1/cb&state=s";

    #[test]
    fn a_code_goes_back_with_the_state() {
        let answer = ask(&mut world(), ASKED);
        assert_eq!(answer.status, 302);
        let to = location(&answer);
        assert!(
            to.starts_with("http://127.0.0.1:1/cb?code=aPrx") && to.ends_with("&state=s"),
            "{to}"
        );
    }

    #[test]
    fn an_unknown_address_gets_nothing() {
        let mut world = world();
        let org = world.orgs.get_mut("acme.my.salesforce.com").expect("it is there");
        org.redirect_uris.insert("https://elsewhere".into());
        let answer = ask(&mut world, ASKED);
        assert_eq!((answer.status, location(&answer)), (400, ""));
    }

    #[test]
    fn what_is_no_digest_is_no_challenge() {
        let answer = ask(&mut world(), &format!("{ASKED}&code_challenge=plain"));
        assert!(location(&answer).contains("error=invalid%5Frequest"), "{}", location(&answer));
    }

    #[test]
    fn a_person_may_refuse() {
        let mut world = world();
        world.switches.login_denied = true;
        let answer = ask(&mut world, ASKED);
        assert!(location(&answer).contains("error=access%5Fdenied"), "{}", location(&answer));
    }
}
