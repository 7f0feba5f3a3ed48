//! References to Connect's objects: ids or ARNs, whichever the practitioner has at hand.

use std::str::FromStr;

use crate::aws::arn::Arn;
use crate::framework::context::Cx;
use crate::framework::plan::Plan;
use crate::framework::schema::Attribute;
use crate::framework::validators::Validator;
use crate::framework::value::Value;
use crate::provider::Configured;

/// The id in an id or ARN.
pub(crate) fn id_of(reference: &str) -> &str {
    match Arn::looks_like(reference) {
        true => reference.rsplit('/').next().unwrap_or(reference),
        false => reference,
    }
}

/// An attribute that takes the id or ARN of a `kind` of object, as in `contact-flow`.
pub(crate) fn attribute(name: &str, kind: &'static str) -> Attribute {
    Attribute::string(name)
        .equal(|one, other| one.as_str().map(id_of) == other.as_str().map(id_of))
        .check(is_reference(kind))
}

/// The most characters that Connect's API takes as an id.
fn longest_id(kind: &str) -> usize {
    match kind {
        "instance" => 100,
        "integration-association" => 200,
        _ => 500,
    }
}

fn is_reference(kind: &'static str) -> Validator {
    let longest = longest_id(kind);
    let words = format!("be the id or ARN of an object of type {kind}");
    Validator::explained(words, move |value| {
        let text = value.as_str()?;
        if !(1..=longest).contains(&id_of(text).chars().count()) {
            return Some(format!("The id must be 1 to {longest} characters long."));
        }
        if !Arn::looks_like(text) {
            let is_id = !text.contains(|c: char| c.is_whitespace() || c == '/');
            return (!is_id).then(|| format!("{text:?} is neither an id nor an ARN."));
        }
        let is_kind = Arn::from_str(text).is_ok_and(|arn| {
            let path: Vec<&str> = arn.resource.split('/').collect();
            arn.service == "connect" && path.len() >= 2 && path[path.len() - 2] == kind
        });
        (!is_kind).then(|| format!("{text:?} is not the ARN of an object of type {kind}."))
    })
}

/// Refuses ARNs of another region or account than the resource's.
pub(super) async fn check_home(cx: &Cx<Configured>, plan: &mut Plan<'_>, names: &[&str]) {
    for name in names {
        let Some(Ok(arn)) = plan
            .config
            .at(&(*name).into())
            .as_str()
            .filter(|text| Arn::looks_like(text))
            .map(Arn::from_str)
        else {
            continue;
        };
        if let Some(region) = plan.get("region").as_str().filter(|region| *region != arn.region) {
            let detail = format!(
                "The ARN is of region {}, the resource is in {region}. Use an object of the same \
                 region, or set `region = \"{}\"`.",
                arn.region, arn.region
            );
            plan.diags.error_at(*name, format!("{name} is in another region"), detail);
        }
        let Ok(configured) = cx.provider() else { continue };
        if let Ok(account) = configured.aws.account_id().await
            && account != arn.account
        {
            plan.diags.error_at(
                *name,
                format!("{name} is in another account"),
                format!(
                    "The ARN is of account {}, the provider works in {account}. Use an object of \
                     the same account, or a provider of the other one.",
                    arn.account
                ),
            );
        }
    }
}

/// The id in a planned or stored reference; unknown and null stay what they are.
pub(super) fn id_value(reference: &Value) -> Value {
    reference.as_str().map_or_else(|| reference.clone(), |text| id_of(text).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:connect:us-east-1:111122223333:instance/i-1";

    #[test]
    fn an_id_and_its_arn_are_the_same() {
        assert_eq!(id_of(ARN), "i-1");
        assert_eq!(id_of("i-1"), "i-1");
        let equal = attribute("instance_id", "instance").equal.expect("it has an equality");
        assert!(equal(&ARN.into(), &"i-1".into()));
        assert!(!equal(&ARN.into(), &"i-2".into()));
    }

    #[test]
    fn arns_of_other_things_are_refused() {
        let check = is_reference("contact-flow");
        assert!(check.breach("x", &ARN.into()).is_some());
        assert!(check.breach("x", &format!("{ARN}/contact-flow/f").into()).is_none());
        assert!(check.breach("x", &"8f0e".into()).is_none());
        assert!(check.breach("x", &"a b".into()).is_some());
        assert!(check.breach("x", &"arn:aws:s3:::x".into()).is_some());
    }
}
