//! Tags: a resource's own, the provider's defaults, and those of others.

use std::collections::BTreeMap;

use crate::framework::context::Cx;
use crate::framework::plan::Plan;
use crate::framework::schema::Attribute;
use crate::framework::validators::{Validator, size};
use crate::framework::value::Value;
use crate::provider::Configured;

/// Tags by key.
pub(super) type Tags = BTreeMap<String, String>;

/// Which characters the services accept that get the tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    /// AppFlow: ASCII letters, digits and some punctuation, in keys and values.
    AppFlow,
    /// Connect: letters, digits and spaces of any script, and some punctuation, in keys.
    Connect,
}

/// `tags` and `tags_all`.
pub(super) fn attributes(charset: Charset) -> [Attribute; 2] {
    [
        Attribute::map_of_strings("tags")
            .optional()
            .check(size(0..=MAX_TAGS))
            .check(Validator::explained(
                format!("be tags that AWS accepts: {}", charset.words()),
                move |tags| complaint(charset, tags),
            ))
            .doc("Tags of the object, besides the provider's `default_tags`."),
        Attribute::map_of_strings("tags_all")
            .computed()
            .keeps()
            .doc("All tags: `tags` and the provider's `default_tags`."),
    ]
}

/// AWS's limit per object.
const MAX_TAGS: usize = 50;

impl Charset {
    fn words(self) -> &'static str {
        match self {
            Self::AppFlow => {
                "keys of 1 to 128 ASCII letters, digits and `_+-=.,:;/<`, not beginning with \
                 `aws:`; values of up to 256 of these, spaces or `@`"
            }
            Self::Connect => {
                "keys of 1 to 128 letters, digits, spaces and `_.:/=+-@`, not beginning with \
                 `aws:`; values of up to 256 characters"
            }
        }
    }

    fn accepts_in_key(self, c: char) -> bool {
        match self {
            // The API's pattern has a range from `+` to `=`.
            Self::AppFlow => c.is_ascii_alphabetic() || ('+'..='=').contains(&c) || c == '_',
            // Any separator of Unicode's is a space to the API.
            Self::Connect => {
                let is_separator = c.is_whitespace() && !c.is_control();
                c.is_alphanumeric() || is_separator || "_.:/=+-@".contains(c)
            }
        }
    }

    fn accepts_in_value(self, c: char) -> bool {
        match self {
            Self::AppFlow => self.accepts_in_key(c) || c.is_ascii_whitespace() || c == '@',
            Self::Connect => true,
        }
    }

    fn accepts(self, key: &str, value: &str) -> bool {
        (1..=128).contains(&key.chars().count())
            && !key.starts_with("aws:")
            && key.chars().all(|c| self.accepts_in_key(c))
            && value.chars().count() <= 256
            && value.chars().all(|c| self.accepts_in_value(c))
    }
}

fn complaint(charset: Charset, tags: &Value) -> Option<String> {
    let (key, value) = tags
        .entries()?
        .iter()
        .find(|(key, value)| !value.as_str().is_some_and(|value| charset.accepts(key, value)))?;
    Some(match value {
        Value::Null => format!("The tag {key:?} is null: give it a value, or leave it out."),
        _ => format!("AWS does not accept the tag {key:?}: it wants {}.", charset.words()),
    })
}

/// Plans `tags_all`: the provider's defaults under the resource's own, without ignored ones.
pub(super) fn plan_tags(cx: &Cx<Configured>, plan: &mut Plan<'_>, charset: Charset) {
    let Ok(configured) = cx.provider() else { return };
    let own = plan.config.get("tags");
    if own.is_unknown() || configured.default_tags.is_unknown() {
        plan.set_unknown("tags_all");
        return;
    }
    let mut all = BTreeMap::new();
    for tags in [&configured.default_tags, own] {
        for (key, value) in tags.entries().into_iter().flatten() {
            if !configured.aws.ignore_tags().ignores(key) && !value.is_null() {
                all.insert(key.clone(), value.clone());
            }
        }
    }
    let all = Value::Map(all);
    let broken = if all.is_wholly_known() { complaint(charset, &all) } else { None };
    if let Some(complaint) = broken.filter(|_| complaint(charset, own).is_none()) {
        plan.diags.error(
            "The provider's default_tags do not fit this resource",
            format!("{complaint} Correct it in `default_tags`, or override it in `tags`."),
        );
    }
    if all.entries().is_some_and(|all| all.len() > MAX_TAGS) {
        plan.diags.error_at(
            "tags",
            "Too many tags",
            format!(
                "With the provider's default_tags these are more than {MAX_TAGS}, AWS's limit."
            ),
        );
    }
    plan.set("tags_all", all);
}

/// What a state shows of an object's tags: `tags` and `tags_all`.
///
/// Foreign tags (`aws:*` and the provider's `ignore_tags`) are not shown. A tag that equals one of
/// the defaults is the resource's own only if the state had it so.
pub(super) fn shown(
    cx: &Cx<Configured>,
    remote: &Tags,
    before: Option<&Tags>,
) -> (Option<Tags>, Tags) {
    let Ok(configured) = cx.provider() else { return (before.cloned(), remote.clone()) };
    let ignored = |key: &str| configured.aws.ignore_tags().ignores(key);
    let all: Tags = remote
        .iter()
        .filter(|(key, _)| !ignored(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let is_default = |key: &str, value: &str| {
        configured.default_tags.get(key).as_str() == Some(value)
            && !before.is_some_and(|before| before.contains_key(key))
    };
    let mut own: Tags = all
        .iter()
        .filter(|(key, value)| !is_default(key, value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    // An ignored key that is configured all the same stays as it was: nobody looks at it.
    let configured_but_ignored = before.into_iter().flatten().filter(|(key, _)| ignored(key));
    own.extend(configured_but_ignored.map(|(key, value)| (key.clone(), value.clone())));
    let shown = !own.is_empty() || before.is_some_and(BTreeMap::is_empty);
    (shown.then_some(own), all)
}

/// What to set and what to remove to get from one set of tags to another.
pub(super) fn changes(before: &Tags, after: &Tags) -> (Tags, Vec<String>) {
    let set = after
        .iter()
        .filter(|(key, value)| before.get(*key) != Some(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let remove = before.keys().filter(|key| !after.contains_key(*key)).cloned().collect();
    (set, remove)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appflow_is_stricter_than_connect() {
        assert!(Charset::AppFlow.accepts("cost-centre", "a b@c"));
        assert!(!Charset::AppFlow.accepts("cost centre", "x"));
        assert!(!Charset::AppFlow.accepts("team", "caf\u{e9}"));
        assert!(Charset::Connect.accepts("Kosten stelle", "caf\u{e9} (x)"));
        assert!(!Charset::Connect.accepts("aws:x", "y"));
        assert!(!Charset::Connect.accepts("", "y"));
        assert!(!Charset::Connect.accepts("x", &"y".repeat(257)));
    }

    #[test]
    fn only_differences_are_sent() {
        let before: Tags = [("a", "1"), ("b", "2")].map(|(k, v)| (k.into(), v.into())).into();
        let after: Tags = [("b", "3"), ("c", "4")].map(|(k, v)| (k.into(), v.into())).into();
        let (set, remove) = changes(&before, &after);
        assert_eq!(set.keys().collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(remove, ["a"]);
    }
}
