//! Import ids: natural keys, ARNs and identities.

use std::collections::BTreeMap;

use crate::aws::arn::Arn;
use crate::aws::is_region_name;
use crate::framework::error::{Error, Kind, Result};
use crate::framework::resource::ImportId;
use crate::framework::value::Value;

/// What an import id names: the parts of the natural key, and maybe a region.
pub(super) type Key = BTreeMap<String, Value>;

/// How the import ids of a resource type look.
#[derive(Debug)]
pub(super) struct Form {
    /// The parts of the natural key, in order; the text separates them by commas.
    pub(super) parts: &'static [&'static str],
    /// The service in its ARN, such as `appflow`.
    pub(super) service: &'static str,
    /// Reads the parts from the resource of an ARN, such as `flow/acme`.
    pub(super) from_arn: fn(&str) -> Option<Vec<&str>>,
    /// An id as an example for messages.
    pub(super) example: &'static str,
}

impl Form {
    /// Reads an id.
    ///
    /// The text is the natural key or the ARN. A region is what follows the last `@`, and only if
    /// it is a region's name, since names may contain `@` themselves.
    ///
    /// # Errors
    /// Ids with too few or too many parts, and ARNs of something else.
    pub(super) fn read(&self, id: &ImportId) -> Result<Key> {
        let text = match id {
            ImportId::Text(text) => text.trim(),
            ImportId::Identity(parts) => return self.read_identity(parts),
        };
        if Arn::looks_like(text) {
            return self.read_arn(text);
        }
        let (text, region) = match text.rsplit_once('@') {
            Some((key, region)) if is_region_name(region) => (key, Some(region)),
            _ => (text, None),
        };
        let parts: Vec<&str> = match self.parts {
            [_] => vec![text],
            _ => text.split(',').map(str::trim).collect(),
        };
        self.key(&parts, region).ok_or_else(|| self.refuse())
    }

    fn read_arn(&self, text: &str) -> Result<Key> {
        let arn: Arn = text.parse()?;
        let parts = (arn.service == self.service).then(|| (self.from_arn)(&arn.resource)).flatten();
        let key = parts.and_then(|parts| self.key(&parts, Some(&arn.region)));
        let mut key = key.ok_or_else(|| self.refuse())?;
        // It also says in which account the object must be.
        key.insert("arn".to_owned(), text.into());
        Ok(key)
    }

    fn read_identity(&self, identity: &BTreeMap<String, String>) -> Result<Key> {
        let parts: Vec<&str> =
            self.parts.iter().map(|name| identity.get(*name).map_or("", String::as_str)).collect();
        let region = identity.get("region").map(String::as_str);
        self.key(&parts, region).ok_or_else(|| {
            let missing = self.parts.iter().find(|name| !identity.contains_key(**name));
            let error = self.refuse();
            match missing {
                Some(name) => error.at(*name),
                None => error,
            }
        })
    }

    fn key(&self, parts: &[&str], region: Option<&str>) -> Option<Key> {
        let complete = parts.len() == self.parts.len() && parts.iter().all(|part| !part.is_empty());
        complete.then(|| {
            let names = self.parts.iter().copied();
            let mut key: Key = names
                .zip(parts)
                .map(|(name, part)| (name.to_owned(), Value::from(*part)))
                .collect();
            key.extend(region.map(|region| ("region".to_owned(), region.into())));
            key
        })
    }

    fn refuse(&self) -> Error {
        let parts = self.parts.join(",").to_uppercase();
        Error::new(Kind::Invalid, "the import id cannot be read").remedy(format!(
            "Use `{parts}`, `{parts}@REGION` or the ARN, as in `{}`.",
            self.example
        ))
    }
}

/// An `import` block ready to be pasted, for the natural key `parts`. `region` is that of an object
/// outside of the provider's.
///
/// Where the key has several parts, the identity that Terraform 1.12 and later take instead of the
/// id is shown too, as a comment: an older one must be able to read the block.
pub(super) fn import_block(
    resource_type: &str,
    parts: &[(&str, &str)],
    region: Option<&str>,
) -> String {
    let key = parts.iter().map(|(_, value)| *value).collect::<Vec<_>>().join(",");
    let id = region.map_or_else(|| key.clone(), |region| format!("{key}@{region}"));
    let mut lines = vec![
        "import {".to_owned(),
        format!("  to = {resource_type}.NAME # this resource's name"),
        format!("  id = {id:?}"),
    ];
    if parts.len() > 1 {
        lines.push("  # or, from Terraform 1.12 on:".to_owned());
        lines.push("  # identity = {".to_owned());
        let region = region.map(|region| ("region", region));
        let identity = parts.iter().copied().chain(region);
        lines.extend(identity.map(|(name, value)| format!("  #   {name} = {value:?}")));
        lines.push("  # }".to_owned());
    }
    lines.push("}".to_owned());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: Form = Form {
        parts: &["name"],
        service: "appflow",
        from_arn: |resource| Some(vec![resource.strip_prefix("flow/")?]),
        example: "acme",
    };

    const RULE: Form = Form {
        parts: &["instance_id", "rule_id"],
        service: "connect",
        from_arn: |resource| {
            let (instance, rule) = resource.strip_prefix("instance/")?.split_once("/rule/")?;
            Some(vec![instance, rule])
        },
        example: "1111,2222",
    };

    fn read(form: &Form, text: &str) -> Option<Vec<(String, String)>> {
        let key = form.read(&ImportId::Text(text.into())).ok()?;
        Some(
            key.into_iter()
                .map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned()))
                .collect(),
        )
    }

    fn pairs(pairs: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        Some(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
    }

    #[test]
    fn an_import_block_is_one_of_every_core() {
        let parts = [("instance_id", "i"), ("rule_id", "r")];
        assert_eq!(
            import_block("x", &parts, Some("eu-west-1")),
            "import {\n  to = x.NAME # this resource's name\n  id = \"i,r@eu-west-1\"\n  \
             # or, from Terraform 1.12 on:\n  # identity = {\n  #   instance_id = \"i\"\n  \
             #   rule_id = \"r\"\n  #   region = \"eu-west-1\"\n  # }\n}"
        );
        assert!(!import_block("x", &parts[..1], None).contains("identity"));
    }

    #[test]
    fn names_may_contain_an_at_sign() {
        assert_eq!(read(&FLOW, "a@b"), pairs(&[("name", "a@b")]));
        assert_eq!(
            read(&FLOW, "a@b@eu-west-1"),
            pairs(&[("name", "a@b"), ("region", "eu-west-1")])
        );
    }

    #[test]
    fn arns_bring_their_region() {
        let arn = "arn:aws:appflow:eu-west-1:111122223333:flow/a@b";
        assert_eq!(
            read(&FLOW, arn),
            pairs(&[("arn", arn), ("name", "a@b"), ("region", "eu-west-1")])
        );
        assert_eq!(read(&FLOW, "arn:aws:s3:::bucket"), None);
    }

    #[test]
    fn composite_ids_need_every_part() {
        assert_eq!(
            read(&RULE, "i,r@us-east-1"),
            pairs(&[("instance_id", "i"), ("region", "us-east-1"), ("rule_id", "r")])
        );
        for wrong in ["", "i", "i,", "i,r,x"] {
            assert_eq!(read(&RULE, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_identity_points_at_the_part_it_lacks() {
        let identity = ImportId::Identity([("instance_id".to_owned(), "i".to_owned())].into());
        let error = RULE.read(&identity).expect_err("incomplete");
        assert_eq!(error.path, Some("rule_id".into()));
    }
}
