//! Reads that only support another: a role may lack the permission, and the object is there all the
//! same.

use crate::framework::context::Cx;
use crate::framework::error::{Error, Kind, Result};
use crate::provider::Configured;

/// What was seen; none, with a warning, where the role may not look: the state then keeps what it
/// knew. An import knows nothing yet, so there it is an error.
///
/// # Errors
/// Everything but a denied read.
pub(super) fn seen<T>(cx: &Cx<Configured>, looked: Result<T>) -> Result<Option<T>> {
    match looked {
        Err(error) if error.kind == Kind::Denied && !cx.is_importing() => {
            cx.warn(
                "A part could not be read",
                format!("{}\n\nThe state keeps what was known of it.", error.diagnose("").detail),
            );
            Ok(None)
        }
        looked => looked.map(Some),
    }
}

/// What was made or changed is there, though it could not be read back: no reason to make it anew.
pub(super) fn warn_unread(cx: &Cx<Configured>, name: &str, error: &Error) {
    cx.warn(
        format!("{name} exists, but could not be read back"),
        format!("{} The next plan reads it again.", error.diagnose("").detail),
    );
}
