//! Small steps between the SDK's types and plain ones.

use std::collections::{BTreeMap, HashMap};

use aws_smithy_types::DateTime;
use aws_smithy_types::error::operation::BuildError;
use time::OffsetDateTime;

use crate::framework::error::{Error, Kind};

/// A moment, to the millisecond: AWS writes fractions of seconds, which are not exact below that.
/// One that no calendar holds is left out.
pub(super) fn moment(at: Option<&DateTime>) -> Option<OffsetDateTime> {
    const MILLISECOND: i128 = 1_000_000;
    let nanos = at?.as_nanos();
    let rounded = nanos.checked_add(MILLISECOND / 2)?.div_euclid(MILLISECOND) * MILLISECOND;
    OffsetDateTime::from_unix_timestamp_nanos(rounded).ok()
}

/// Tags in a fixed order.
pub(super) fn tags(tags: Option<&HashMap<String, String>>) -> BTreeMap<String, String> {
    tags.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Tags as the SDK wants them; an empty map is left out, because most services refuse one.
pub(super) fn some_tags(tags: &BTreeMap<String, String>) -> Option<HashMap<String, String>> {
    (!tags.is_empty())
        .then(|| tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// An empty text is how some services say that there is none.
pub(super) fn some_text(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A request that lacks a member: the SDK's builders only refuse what we did not set.
#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
pub(super) fn incomplete(error: BuildError) -> Error {
    Error::new(Kind::Bug, format!("the request is incomplete: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_rounded_to_milliseconds() {
        let at = DateTime::from_secs_and_nanos(1_795_340_088, 430_000_066);
        let millisecond = moment(Some(&at)).map(|at| at.nanosecond());
        assert_eq!(millisecond, Some(430_000_000));
        assert_eq!(moment(Some(&DateTime::from_secs(i64::MAX))), None);
    }
}
