//! The marker of what an apply has made and not finished.
//!
//! Terraform's state is lost when it is killed between our call and its save. The marker proves
//! that an object was made by an apply of this provider that did not come to its end, so that the
//! next one may take it over. It is gone once the creation has come to its end.

use super::tags::Tags;

/// The marker's tag key.
pub(super) const MARKER: &str = "connect-tf:unfinished";

/// Tags for a creation, the marker among them.
pub(super) fn marked(tags: &Tags) -> Tags {
    let mut tags = tags.clone();
    tags.insert(MARKER.to_owned(), "true".to_owned());
    tags
}

/// Whether an apply has left the object unfinished.
pub(super) fn is_marked(tags: &Tags) -> bool {
    tags.contains_key(MARKER)
}
