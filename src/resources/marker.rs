//! The marker of what an apply has made and not finished.
//!
//! Terraform's state is lost when it is killed between our call and its save. The marker proves
//! that an object was made by an apply of this provider that did not come to its end, so that the
//! next one may take it over. It is gone once the creation has come to its end; one that could not
//! be removed then is removed by the next apply.

use super::tags::Tags;
use crate::aws::Session;
use crate::framework::context::Cx;
use crate::framework::plan::Plan;

/// The marker's tag key.
pub(super) const MARKER: &str = "connect-tf:unfinished";

/// The note that the object still had the marker when it was last seen.
const UNFINISHED: &str = "unfinished";

/// Tags for a creation, the marker among them if there is room: nobody's own tag gives way to it.
pub(super) fn marked(tags: &Tags) -> Tags {
    let mut tags = tags.clone();
    if tags.len() < MOST_TAGS {
        tags.insert(MARKER.to_owned(), "true".to_owned());
    }
    tags
}

/// AppFlow and Connect take no more with a creation.
const MOST_TAGS: usize = 50;

/// Whether an apply has left the object unfinished.
pub(super) fn is_marked(tags: &Tags) -> bool {
    tags.contains_key(MARKER)
}

/// Notes whether an object that was read has the marker still.
pub(super) fn note<D>(cx: &Cx<D>, tags: &Tags) {
    match is_marked(tags) {
        true => cx.private().set(UNFINISHED, true),
        false => cx.private().remove(UNFINISHED),
    }
}

/// Whether there is a marker to remove.
pub(super) fn is_noted<D>(cx: &Cx<D>) -> bool {
    cx.private().get(UNFINISHED) == Some(true)
}

/// Plans an update that removes a marker.
pub(super) fn plan<D>(cx: &Cx<D>, plan: &mut Plan<'_>) {
    if is_noted(cx) && !plan.is_create() {
        plan.set_unknown("arn");
        plan.diags.warning(
            "The creation did not come to its end",
            format!("The object still has the tag {MARKER}. Applying removes it."),
        );
    }
}

/// Removes the marker. What was made is complete: that this fails is no reason to make it anew.
pub(super) async fn remove<D>(cx: &Cx<D>, session: &Session, arn: &str) {
    match session.untag(arn, &[MARKER.to_owned()]).await {
        Ok(()) => cx.private().remove(UNFINISHED),
        Err(error) => {
            cx.private().set(UNFINISHED, true);
            cx.warn(
                format!("The tag {MARKER} could not be removed"),
                format!("{} The next apply removes it.", error.diagnose("").detail),
            );
        }
    }
}
