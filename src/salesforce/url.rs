//! Addresses of Salesforce orgs.
//!
//! An org has many hosts; AppFlow logs in at the one of its API,
//! `https://DOMAIN.my.salesforce.com`. The address bar of the browser shows another
//! (`lightning.force.com`), which is what gets pasted.

/// What kind of host an address has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// `acme.my.salesforce.com`, sandboxes and developer orgs included.
    MyDomain,
    /// A host of the user interface: `acme.lightning.force.com`, `acme.my.salesforce-setup.com`.
    UserInterface,
    /// A host without a domain of the org's own: `na123.salesforce.com`, `cs42.salesforce.com`.
    Legacy,
    /// `login.salesforce.com` or `test.salesforce.com`, which are nobody's in particular.
    Login,
    /// Anything else, such as a proxy's name.
    Other,
}

/// The parts of an address that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceUrl {
    /// Lower case; empty if there is none.
    pub scheme: String,
    /// Lower case, without port and user.
    pub host: String,
    /// What follows the host: port, path, query.
    pub rest: String,
}

impl InstanceUrl {
    /// Takes an address apart, whatever it looks like.
    pub fn parse(text: &str) -> Self {
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
        Self {
            scheme: scheme.to_ascii_lowercase(),
            host: host.to_ascii_lowercase(),
            rest: format!("{port}{path}"),
        }
    }

    /// What kind of host it is.
    pub fn kind(&self) -> Host {
        let host = self.host.as_str();
        let below = |domain: &str| host.strip_suffix(domain).is_some_and(|it| it.ends_with('.'));
        if matches!(host, "login.salesforce.com" | "test.salesforce.com") {
            Host::Login
        } else if MY_DOMAINS.iter().any(|domain| below(domain)) {
            Host::MyDomain
        } else if USER_INTERFACES.iter().any(|(domain, _)| below(domain)) {
            Host::UserInterface
        } else if below("salesforce.com") {
            Host::Legacy
        } else {
            Host::Other
        }
    }

    /// The address that AppFlow wants: the API's host of the same org, with https and nothing
    /// behind it. None where the org cannot be told from the address.
    pub fn normalized(&self) -> Option<String> {
        let host = match self.kind() {
            Host::MyDomain => self.host.clone(),
            Host::UserInterface => {
                let (org, api) = USER_INTERFACES.iter().find_map(|(domain, api)| {
                    Some((self.host.strip_suffix(domain)?.strip_suffix('.')?, api))
                })?;
                // Visualforce hosts name the package: acme--c.
                let org = org.strip_suffix("--c").unwrap_or(org);
                format!("{org}.{api}")
            }
            Host::Legacy | Host::Login | Host::Other => return None,
        };
        Some(format!("https://{host}"))
    }

    /// Whether the host is that of a sandbox, where it tells.
    pub fn is_sandbox(&self) -> Option<bool> {
        let first = self.host.split('.').next().unwrap_or_default();
        match self.kind() {
            Host::MyDomain | Host::UserInterface => {
                let labels = self.host.split('.').skip(1);
                let below_sandbox = labels.clone().any(|it| matches!(it, "sandbox" | "scratch"));
                let org = first.strip_suffix("--c").unwrap_or(first);
                Some(below_sandbox || org.contains("--"))
            }
            Host::Login => Some(first == "test"),
            Host::Legacy => {
                let pod = first.trim_end_matches(|c: char| c.is_ascii_digit());
                (pod.len() < first.len()).then_some(pod == "cs")
            }
            Host::Other => None,
        }
    }
}

/// Why the API refuses an address, as a lowercase fragment. None if it does not.
pub fn problem(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some("the address is empty".to_owned());
    }
    if text.chars().any(char::is_whitespace) {
        return Some("the address contains a blank".to_owned());
    }
    let characters = text.chars().count();
    (characters > MOST_CHARACTERS)
        .then(|| format!("the address has {characters} characters, {MOST_CHARACTERS} are allowed"))
}

/// What is odd about an address, in full sentences. `sandbox` is what the configuration says.
pub fn warnings(text: &str, sandbox: Option<bool>) -> Vec<String> {
    let url = InstanceUrl::parse(text);
    let mut warnings = Vec::new();
    match url.kind() {
        Host::MyDomain => {
            let wanted = url.normalized().unwrap_or_default();
            if url.scheme != "https" {
                warnings.push(format!("The address does not begin with https://: use {wanted}."));
            } else if !url.rest.is_empty() {
                warnings.push(format!("Only the host counts: use {wanted}."));
            }
        }
        Host::UserInterface => warnings.push(format!(
            "This is the address of the user interface; AppFlow needs that of the API: use {}.",
            url.normalized().unwrap_or_default()
        )),
        Host::Legacy => warnings.push(
            "This host is not the org's own and may change when Salesforce moves the org: use the \
             My Domain address, which Setup › My Domain shows, such as \
             https://acme.my.salesforce.com."
                .to_owned(),
        ),
        Host::Login => warnings.push(
            "This is the login page of all orgs: use the My Domain address of yours, which \
             Setup › My Domain shows, such as https://acme.my.salesforce.com."
                .to_owned(),
        ),
        Host::Other => warnings.push(
            "This is not a Salesforce host: the address of an org looks like \
             https://acme.my.salesforce.com."
                .to_owned(),
        ),
    }
    match (sandbox, url.is_sandbox()) {
        (Some(true), Some(false)) => warnings.push(
            "`sandbox` is true, but the host is that of a production org: the login will fail if \
             it is one."
                .to_owned(),
        ),
        (Some(false), Some(true)) => warnings.push(
            "`sandbox` is false, but the host is that of a sandbox: set it to true.".to_owned(),
        ),
        _ => {}
    }
    warnings
}

/// The hosts of the API.
const MY_DOMAINS: &[&str] = &["my.salesforce.com", "my.salesforce.mil", "my.sfcrmproducts.cn"];

/// The hosts of the user interface, each with that of the API.
const USER_INTERFACES: &[(&str, &str)] = &[
    ("lightning.force.com", "my.salesforce.com"),
    ("my.salesforce-setup.com", "my.salesforce.com"),
    ("vf.force.com", "my.salesforce.com"),
    ("my.salesforce-sites.com", "my.salesforce.com"),
    ("my.site.com", "my.salesforce.com"),
    ("lightning.crmforce.mil", "my.salesforce.mil"),
];

/// The API's limit.
const MOST_CHARACTERS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(text: &str) -> Option<String> {
        InstanceUrl::parse(text).normalized()
    }

    #[test]
    fn what_the_browser_shows_becomes_what_appflow_wants() {
        for (pasted, wanted) in [
            (
                "https://acme.lightning.force.com/lightning/page/home",
                "https://acme.my.salesforce.com",
            ),
            (
                "https://acme--uat.sandbox.lightning.force.com",
                "https://acme--uat.sandbox.my.salesforce.com",
            ),
            (
                "https://acme.my.salesforce-setup.com/lightning/setup",
                "https://acme.my.salesforce.com",
            ),
            ("https://acme--c.vf.force.com/apex/x", "https://acme.my.salesforce.com"),
            ("http://ACME.my.salesforce.com/", "https://acme.my.salesforce.com"),
            ("acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        ] {
            assert_eq!(normalized(pasted).as_deref(), Some(wanted), "{pasted}");
        }
        for pasted in
            ["https://na123.salesforce.com", "https://login.salesforce.com", "https://x.example"]
        {
            assert_eq!(normalized(pasted), None, "{pasted}");
        }
    }

    #[test]
    fn a_good_address_has_no_warning() {
        assert!(warnings("https://acme.my.salesforce.com", Some(false)).is_empty());
        assert!(warnings("https://acme--uat.sandbox.my.salesforce.com", Some(true)).is_empty());
        assert!(warnings("https://acme-dev-ed.develop.my.salesforce.com", Some(false)).is_empty());
    }

    #[test]
    fn odd_addresses_are_explained() {
        let first = |text: &str| warnings(text, None).remove(0);
        assert!(
            first("https://acme.lightning.force.com")
                .ends_with("use https://acme.my.salesforce.com.")
        );
        assert!(first("http://acme.my.salesforce.com").contains("https://"));
        assert!(first("https://acme.my.salesforce.com/").starts_with("Only the host counts"));
        assert!(first("https://eu12.salesforce.com").contains("My Domain"));
        assert!(first("https://test.salesforce.com").contains("login page"));
        assert!(first("https://my.salesforce.com.evil.example").contains("not a Salesforce host"));
        assert!(first("https://evilmy.salesforce.com").contains("may change"));
    }

    #[test]
    fn the_sandbox_flag_is_compared_with_the_host() {
        let says = |text: &str, sandbox: bool| {
            warnings(text, Some(sandbox)).iter().any(|warning| warning.contains("`sandbox`"))
        };
        assert!(says("https://acme--uat.sandbox.my.salesforce.com", false));
        assert!(says("https://acme--uat.my.salesforce.com", false));
        assert!(says("https://cs42.salesforce.com", false));
        assert!(says("https://test.salesforce.com", false));
        assert!(says("https://acme.my.salesforce.com", true));
        assert!(!says("https://proxy.example", true));
    }

    #[test]
    fn only_what_the_api_refuses_is_a_problem() {
        assert_eq!(problem("http://localhost:8080/x"), None);
        assert!(problem("").is_some());
        assert!(problem("https://a b").is_some());
        assert!(problem(&"x".repeat(257)).is_some());
    }

    #[test]
    fn nothing_panics() {
        for text in
            ["", "://", "@", ":", "https://", "https://@:/", "é://é", "https://.my.salesforce.com"]
        {
            warnings(text, Some(true));
            normalized(text);
        }
    }
}
