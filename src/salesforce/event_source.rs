//! Names of partner event sources: what AppFlow calls the stream of a Salesforce flow.
//!
//! `aws.partner/appflow/salesforce.com/ACCOUNT/NAME`, where the name is missing in some that AWS
//! made. EventBridge allows 256 characters, an event integration's bus 255.

use std::fmt;

/// The parts of a partner event source's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSourceName {
    /// The partner: `appflow`.
    pub partner: String,
    /// The application: `salesforce.com`.
    pub application: String,
    /// The account that it delivers to.
    pub account_id: String,
    /// What tells it from others, slashes included; empty where there is none.
    pub name: String,
}

impl EventSourceName {
    /// The name of a Salesforce flow's source.
    ///
    /// # Errors
    /// Why EventBridge would refuse it, as a lowercase fragment.
    pub fn of_salesforce(account_id: &str, name: &str) -> Result<Self, String> {
        if account_id.len() != 12 || !account_id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("`{account_id}` is not an account id of 12 digits"));
        }
        if name.is_empty() {
            return Err("the name is empty".to_owned());
        }
        let source = Self {
            partner: APPFLOW.to_owned(),
            application: SALESFORCE.to_owned(),
            account_id: account_id.to_owned(),
            name: name.to_owned(),
        };
        check(&source.to_string())?;
        Ok(source)
    }

    /// Takes a name apart. Any partner will do.
    ///
    /// # Errors
    /// Why it is not the name of a partner event source, as a lowercase fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        check(text)?;
        let rest = text.strip_prefix(PREFIX).unwrap_or_default();
        let mut parts = rest.splitn(4, '/');
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let (partner, application, account_id, name) = (next(), next(), next(), next());
        if account_id.is_empty() {
            return Err(format!("`{text}` has no account: {SHAPE}"));
        }
        Ok(Self { partner, application, account_id, name })
    }

    /// Whether AppFlow makes it from Salesforce.
    pub fn is_salesforce(&self) -> bool {
        self.partner == APPFLOW && self.application == SALESFORCE
    }
}

impl fmt::Display for EventSourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partner, application, account_id, name } = self;
        write!(f, "{PREFIX}{partner}/{application}/{account_id}")?;
        if name.is_empty() { Ok(()) } else { write!(f, "/{name}") }
    }
}

/// Whether EventBridge and AppIntegrations take the whole name.
///
/// # Errors
/// Why they do not, as a lowercase fragment.
pub fn check(text: &str) -> Result<(), String> {
    if text.len() > MOST_CHARACTERS {
        return Err(format!(
            "`{text}` has {} characters, {MOST_CHARACTERS} are allowed",
            text.chars().count()
        ));
    }
    let Some(rest) = text.strip_prefix(PREFIX) else {
        return Err(format!("`{text}` does not begin with {PREFIX}: {SHAPE}"));
    };
    if rest.split('/').count() < 2 || rest.split('/').any(str::is_empty) {
        return Err(format!("`{text}` has an empty or missing part: {SHAPE}"));
    }
    match rest.chars().find(|c| !is_allowed(*c)) {
        Some(c) => Err(format!(
            "`{text}` contains {c:?}: letters, digits, `.`, `-`, `_` and `/` are allowed"
        )),
        None => Ok(()),
    }
}

fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".-_/".contains(c)
}

const PREFIX: &str = "aws.partner/";
const APPFLOW: &str = "appflow";
const SALESFORCE: &str = "salesforce.com";
const SHAPE: &str = "the form is aws.partner/appflow/salesforce.com/ACCOUNT/NAME";

/// The bus of an event integration has the source's name and may be this long.
const MOST_CHARACTERS: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_built_and_taken_apart() {
        let source = EventSourceName::of_salesforce("123456789012", "acme-cases").expect("valid");
        let text = "aws.partner/appflow/salesforce.com/123456789012/acme-cases";
        assert_eq!(source.to_string(), text);
        assert_eq!(EventSourceName::parse(text), Ok(source));
    }

    #[test]
    fn names_with_slashes_and_without_a_name_exist() {
        let nested = EventSourceName::parse("aws.partner/appflow/salesforce.com/1/a/b");
        assert_eq!(nested.map(|source| source.name).as_deref(), Ok("a/b"));
        let bare = EventSourceName::parse("aws.partner/appflow/salesforce.com/123456789012");
        let bare = bare.expect("valid");
        assert!(bare.is_salesforce());
        assert_eq!(bare.to_string(), "aws.partner/appflow/salesforce.com/123456789012");
    }

    #[test]
    fn flow_names_that_do_not_fit_are_refused() {
        let of = |name: &str| EventSourceName::of_salesforce("123456789012", name);
        assert!(of("cases@acme").is_err_and(|why| why.contains("'@'")));
        assert!(of("").is_err());
        assert!(of(&"x".repeat(220)).is_err_and(|why| why.contains("255")));
        assert!(EventSourceName::of_salesforce("12", "x").is_err());
    }

    #[test]
    fn other_words_are_no_sources() {
        for text in
            ["", "aws.cases", "aws.partner", "aws.partner/", "aws.partner/a", "aws.partner//b/c"]
        {
            assert!(EventSourceName::parse(text).is_err(), "{text}");
        }
    }
}
