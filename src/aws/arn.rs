//! Amazon resource names, as far as this provider looks into them.

use std::fmt;
use std::str::FromStr;

use crate::framework::error::{Error, Kind};

/// The parts of `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.
///
/// Region and account may be empty (partner event sources have no account). The resource is
/// everything after the fifth colon and may hold colons and slashes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arn {
    /// `aws`, `aws-cn` or `aws-us-gov`, as a rule.
    pub partition: String,
    /// The service's ARN namespace, such as `app-integrations`.
    pub service: String,
    /// Where it lives.
    pub region: String,
    /// Whose it is.
    pub account: String,
    /// What it is, such as `instance/…/rule/…`.
    pub resource: String,
}

impl Arn {
    /// Whether the text means to be an ARN, valid or not.
    pub fn looks_like(text: &str) -> bool {
        text.starts_with("arn:")
    }

    /// The last segment of the resource: the id or short name.
    pub fn last_segment(&self) -> &str {
        self.resource.rsplit('/').next().unwrap_or_default()
    }

    /// What follows `prefix/` in the resource, where it starts so.
    pub fn resource_after(&self, prefix: &str) -> Option<&str> {
        self.resource.strip_prefix(prefix)?.strip_prefix('/')
    }
}

impl FromStr for Arn {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parts = text.splitn(6, ':');
        let arn = (|| {
            (parts.next()? == "arn").then_some(())?;
            Some(Arn {
                partition: parts.next()?.to_owned(),
                service: parts.next()?.to_owned(),
                region: parts.next()?.to_owned(),
                account: parts.next()?.to_owned(),
                resource: parts.next()?.to_owned(),
            })
        })();
        arn.filter(|arn| {
            !arn.partition.is_empty() && !arn.service.is_empty() && !arn.resource.is_empty()
        })
        .ok_or_else(|| {
            Error::new(
                Kind::Invalid,
                format!("`{text}` is not an ARN (arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE)"),
            )
        })
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_and_colons_stay_in_the_resource() {
        let text =
            "arn:aws:events:us-east-1::event-source/aws.partner/appflow/salesforce.com/1/x:y";
        let arn: Arn = text.parse().expect("an ARN");
        assert_eq!(arn.account, "");
        assert_eq!(
            arn.resource_after("event-source"),
            Some("aws.partner/appflow/salesforce.com/1/x:y")
        );
        assert_eq!(arn.last_segment(), "x:y");
        assert_eq!(arn.to_string(), text);
    }

    #[test]
    fn what_is_short_of_a_part_is_refused() {
        for text in [
            "",
            "arn",
            "arn:aws:connect:us-east-1:1",
            "arn:aws:connect:us-east-1:1:",
            "x:a:b:c:d:e",
        ] {
            assert!(text.parse::<Arn>().is_err(), "{text}");
        }
    }
}
