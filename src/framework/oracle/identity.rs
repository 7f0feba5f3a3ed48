//! What an identity may be: known once the object exists, and the same as long as it does.
//!
//! Core checks that it is known and fits its schema. That it neither changes nor gets lost is
//! HashiCorp's own framework's rule, without which imports by identity lead astray.

use super::Violation;
use super::state::{conform, known};
use crate::framework::identity::IdentitySchema;
use crate::framework::path::Path;
use crate::framework::value::Value;

/// When an identity is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The plan of a new object, also in place of another.
    PlanOfNew,
    /// The plan of a change in place.
    PlanOfUpdate,
    /// After a creation or a read without earlier identity.
    New,
    /// After an update or a later read.
    Later,
}

/// Checks the identity of an object that exists or is planned to; `before` is null where there
/// was none.
pub fn identity(
    schema: &IdentitySchema,
    before: &Value,
    now: &Value,
    moment: Moment,
) -> Vec<Violation> {
    let mut found = Vec::new();
    if schema.attributes.is_empty() {
        if !now.is_null() {
            let message = "an identity is told without a schema";
            found.push(Violation::new("identity-schema", &Path::ROOT, message));
        }
        return found;
    }
    if now.is_null() {
        if matches!(moment, Moment::New | Moment::Later) {
            let message = "the object has no identity";
            found.push(Violation::new("identity-missing", &Path::ROOT, message));
        }
        return found;
    }
    conform(now, &schema.ty(), &Path::ROOT, &mut found);
    if moment != Moment::PlanOfNew {
        known(now, &Path::ROOT, &mut found);
    }
    if matches!(moment, Moment::PlanOfUpdate | Moment::Later) {
        for (name, part) in before.entries().into_iter().flatten() {
            if !part.is_null() && !part.is_unknown() && part != now.get(name) {
                let message = "the identity changes while the object stays";
                found.push(Violation::new("identity-change", &Path::attribute(name), message));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::identity::IdentityAttribute;

    fn rules(before: &Value, now: &Value, moment: Moment) -> Vec<&'static str> {
        let schema = IdentitySchema::new([IdentityAttribute::required("id", "")]);
        identity(&schema, before, now, moment).iter().map(|found| found.rule).collect()
    }

    fn id(id: impl Into<Value>) -> Value {
        Value::object([("id", id.into())])
    }

    #[test]
    fn case_70_an_identity_stays() {
        assert!(rules(&id("a"), &id("a"), Moment::Later).is_empty());
        assert_eq!(rules(&id("a"), &id("b"), Moment::Later), ["identity-change"]);
        assert_eq!(rules(&id("a"), &id("b"), Moment::PlanOfUpdate), ["identity-change"]);
        assert!(rules(&id("a"), &id("b"), Moment::PlanOfNew).is_empty());
        assert!(rules(&id(Value::Null), &id("b"), Moment::Later).is_empty());
    }

    #[test]
    fn an_identity_is_known_once_there_is_an_object() {
        assert!(rules(&Value::Null, &id(Value::UNKNOWN), Moment::PlanOfNew).is_empty());
        assert_eq!(rules(&Value::Null, &id(Value::UNKNOWN), Moment::New), ["wholly-known"]);
        assert_eq!(rules(&Value::Null, &Value::Null, Moment::New), ["identity-missing"]);
    }

    #[test]
    fn an_identity_fits_its_schema() {
        assert_eq!(rules(&Value::Null, &id(true), Moment::New), ["type"]);
        let none = IdentitySchema::default();
        let found = identity(&none, &Value::Null, &id("a"), Moment::New);
        assert_eq!(found[0].rule, "identity-schema");
    }
}
