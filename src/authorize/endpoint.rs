//! Where an org lets people log in.

use crate::salesforce::url::{Host, InstanceUrl, problem};

/// The authorization endpoint of the org at this address: its own domain, also when the address was
/// copied out of Salesforce's user interface.
///
/// # Errors
/// A sentence on what is wrong with the address.
pub(crate) fn endpoint(instance_url: &str) -> Result<String, String> {
    if let Some(problem) = problem(instance_url) {
        return Err(format!("--instance-url cannot be used: {problem}."));
    }
    let url = InstanceUrl::parse(instance_url);
    let is_local = matches!(url.host.as_str(), "127.0.0.1" | "localhost");
    let origin = match (url.normalized(), url.scheme.as_str()) {
        (Some(origin), _) => origin,
        // An emulated org: its path tells which.
        (None, "http") if is_local => instance_url.trim_end_matches('/').to_owned(),
        (None, "http") => {
            return Err("--instance-url begins with http://: a login needs https://.".to_owned());
        }
        (None, _) if url.host.is_empty() => {
            return Err(format!("--instance-url {instance_url:?} has no host."));
        }
        (None, _) if url.kind() == Host::Other => {
            let port = url.rest.split(['/', '?', '#']).next().unwrap_or_default();
            format!("https://{}{port}", url.host)
        }
        (None, _) => format!("https://{}", url.host),
    };
    Ok(format!("{origin}/services/oauth2/authorize"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_log_in_at_the_domain_of_the_org() {
        for (address, origin) in [
            ("https://acme.my.salesforce.com", "https://acme.my.salesforce.com"),
            ("acme.my.salesforce.com/", "https://acme.my.salesforce.com"),
            ("https://acme.lightning.force.com/lightning", "https://acme.my.salesforce.com"),
            ("https://test.salesforce.com", "https://test.salesforce.com"),
            ("https://proxy.example:8443/x", "https://proxy.example:8443"),
            ("http://127.0.0.1:4566/orgs/a/", "http://127.0.0.1:4566/orgs/a"),
        ] {
            let wanted = format!("{origin}/services/oauth2/authorize");
            assert_eq!(endpoint(address), Ok(wanted), "{address}");
        }
    }

    #[test]
    fn a_login_is_not_sent_in_clear() {
        assert!(endpoint("http://proxy.example").is_err());
        assert!(endpoint("").is_err());
        assert!(endpoint("https://").is_err());
    }
}
