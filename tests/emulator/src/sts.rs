//! STS by hand: who calls, and roles that can be assumed.
//!
//! Unlike the others it speaks the query protocol: a form goes in, XML comes out.

use std::collections::BTreeMap;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::wire::http::{Answer, Request, parse_pairs};
use crate::wire::refusal::{Refusal, escape};
use crate::wire::sigv4::Scope;
use crate::world::World;

/// Known access keys. Any other key is a user of the default account.
#[derive(Clone, Debug)]
pub(crate) struct Identities(BTreeMap<String, Identity>);

/// Who a key belongs to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Identity {
    pub(crate) account: String,
    pub(crate) arn: String,
    user_id: String,
    session: Option<Session>,
}

/// A role session: its keys work only together with its token, and not for ever.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Session {
    token: String,
    expires: String,
    expires_at: i64,
}

impl Identity {
    /// The user that keys of an account belong to unless told otherwise.
    pub(crate) fn of(account: &str) -> Self {
        Self::new(account, &format!("arn:aws:iam::{account}:user/emulator"))
    }

    pub(crate) fn new(account: &str, arn: &str) -> Self {
        let user_id = format!("AIDA{}", &crate::secrets::digest(arn)[..16].to_uppercase());
        Self { account: account.into(), arn: arn.into(), user_id, session: None }
    }
}

impl Default for Identities {
    fn default() -> Self {
        Self(BTreeMap::from([
            (DEFAULT_KEY.into(), Identity::of(DEFAULT_ACCOUNT)),
            (SECOND_KEY.into(), Identity::of(SECOND_ACCOUNT)),
        ]))
    }
}

impl Identities {
    pub(crate) fn insert(&mut self, access_key_id: &str, identity: Identity) {
        self.0.insert(access_key_id.into(), identity);
    }

    /// The caller behind a key. Keys of a role session need their session token.
    pub(crate) fn caller(
        &self,
        scope: &Scope<'_>,
        request: &Request,
        now: f64,
    ) -> Result<Identity, Refusal> {
        let Some(identity) = self.0.get(scope.access_key_id) else {
            return Ok(Identity::of(DEFAULT_ACCOUNT));
        };
        if let Some(session) = &identity.session {
            if request.header("x-amz-security-token") != Some(session.token.as_str()) {
                return Err(Refusal::new(
                    "UnrecognizedClientException",
                    "The security token included in the request is invalid.",
                ));
            }
            if now >= session.expires_at as f64 {
                return Err(Refusal::new(
                    "ExpiredTokenException",
                    "The security token included in the request is expired",
                ));
            }
        }
        Ok(identity.clone())
    }
}

/// Parameters of a form-encoded STS call.
#[derive(Debug)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the form of a request, if it is one.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        let form = request.header("content-type")?.starts_with("application/x-www-form-urlencoded");
        let body = std::str::from_utf8(&request.body).ok()?;
        form.then(|| Self(parse_pairs(body)))
    }

    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn action(&self) -> &str {
        self.value("Action").unwrap_or_default()
    }
}

/// Answers a call of a known caller.
pub(crate) fn call(world: &mut World, caller: &Identity, form: &Form) -> Result<Answer, Refusal> {
    match form.action() {
        "GetCallerIdentity" => Ok(Answer::xml(
            200,
            wrap(
                "GetCallerIdentity",
                &format!(
                    "<Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account>",
                    escape(&caller.arn),
                    caller.user_id,
                    caller.account
                ),
            ),
        )),
        "AssumeRole" => {
            let (session, identity) = assume(world, form)?;
            let denied =
                format!("User: {} is not authorized to perform: sts:AssumeRole", caller.arn);
            if world.deny.denies("sts:AssumeRole") {
                return Err(Refusal::new("AccessDenied", denied));
            }
            Ok(Answer::xml(200, wrap("AssumeRole", &admit(world, session, identity))))
        }
        action => Err(Refusal::new(
            "InvalidAction",
            format!("Could not find operation {action} for version 2011-06-15"),
        )),
    }
}

/// AssumeRoleWithWebIdentity is not signed: the token in it is the credential.
pub(crate) fn call_unsigned(world: &mut World, form: &Form) -> Result<Answer, Refusal> {
    if form.value("WebIdentityToken").is_none_or(|token| token.len() < 4) {
        return Err(Refusal::new(
            "ValidationError",
            "WebIdentityToken must have at least 4 characters",
        ));
    }
    let (session, identity) = assume(world, form)?;
    Ok(Answer::xml(200, wrap("AssumeRoleWithWebIdentity", &admit(world, session, identity))))
}

/// Checks the role and makes its session.
fn assume(world: &mut World, form: &Form) -> Result<(Session, Identity), Refusal> {
    let role_arn = form.value("RoleArn").unwrap_or_default();
    let name = form.value("RoleSessionName").unwrap_or_default();
    let seconds = form.value("DurationSeconds").unwrap_or("3600").parse::<i64>().unwrap_or(0);
    let Some((account, role)) = role_arn
        .strip_prefix("arn:aws:iam::")
        .and_then(|rest| rest.split_once(":role/"))
        .filter(|(account, role)| {
            account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) && !role.is_empty()
        })
    else {
        return Err(Refusal::new("ValidationError", format!("{role_arn} is invalid")));
    };
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if !(2..=64).contains(&name.len()) || !name.chars().all(allowed) {
        return Err(Refusal::new(
            "ValidationError",
            "1 validation error detected: Value at 'roleSessionName' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [\\w+=,.@-]*",
        ));
    }
    if !(900..=43_200).contains(&seconds) {
        return Err(Refusal::new(
            "ValidationError",
            "1 validation error detected: Value at 'durationSeconds' failed to satisfy constraint: \
             Member must have value between 900 and 43200",
        ));
    }
    // The path of a role is not part of its session's ARN.
    let role = role.rsplit('/').next().unwrap_or(role);
    let arn = format!("arn:aws:sts::{account}:assumed-role/{role}/{name}");
    let expires_at = world.now() as i64 + seconds;
    let expires = OffsetDateTime::from_unix_timestamp(expires_at)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default();
    let session = Session { token: world.ids.uuid(), expires, expires_at };
    let identity = Identity { session: Some(session.clone()), ..Identity::new(account, &arn) };
    Ok((session, identity))
}

/// Registers the session's key and shows its credentials.
fn admit(world: &mut World, session: Session, identity: Identity) -> String {
    let digits = world.ids.uuid().replace('-', "").to_uppercase();
    let key = format!("ASIA{}", &digits[..16]);
    let answer = format!(
        "<AssumedRoleUser><AssumedRoleId>{}:session</AssumedRoleId><Arn>{}</Arn></AssumedRoleUser>\
         <Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
         <SessionToken>{}</SessionToken><Expiration>{}</Expiration></Credentials>",
        identity.user_id,
        escape(&identity.arn),
        world.ids.uuid(),
        session.token,
        session.expires
    );
    world.identities.insert(&key, identity);
    answer
}

fn wrap(action: &str, result: &str) -> String {
    format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <{action}Result>{result}</{action}Result></{action}Response>"
    )
}

/// The documentation's account, for every key that is not registered.
pub(crate) const DEFAULT_ACCOUNT: &str = "111122223333";
pub(crate) const SECOND_ACCOUNT: &str = "444455556666";
/// Keys that the emulator knows from the start.
const DEFAULT_KEY: &str = "AKIAEMULATOR00000001";
const SECOND_KEY: &str = "AKIAEMULATOR00000002";
