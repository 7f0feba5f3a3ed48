//! Terraform core's rules about a provider's answers, as code of our own.
//!
//! Core holds every schema, plan, state and identity to rules, and says "Provider produced …"
//! where one is broken: nothing a practitioner can act on. Here each rule has a name and each
//! breach is data, so that a test fails with the rule's name first. [`watch`] holds the answers of
//! every resource and data source to them in debug builds; release builds skip it.
//!
//! Messages name places and rules, never values: those may be secrets.

mod apply;
mod identity;
mod offer;
mod plan;
mod refinement;
mod schema;
mod state;
pub(super) mod watch;

pub use self::apply::{apply, final_plan};
pub use self::identity::{Moment, identity};
pub use self::offer::{Offer, Role, function, provider};
pub use self::plan::plan;
pub use self::schema::{identity_schema, schema};
pub use self::state::{data, import, state};

use super::diagnostics::Diagnostics;
use super::path::Path;

/// A rule of Terraform's that an answer breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule's name.
    pub rule: &'static str,
    /// Where it is broken; the root where it is the whole object.
    pub path: Path,
    /// How, in a lowercase fragment without values.
    pub message: String,
}

impl Violation {
    fn new(rule: &'static str, path: &Path, message: impl Into<String>) -> Self {
        Self { rule, path: path.clone(), message: message.into() }
    }
}

/// The violations as messages about `subject`, such as a resource type.
pub fn report(subject: &str, violations: Vec<Violation>, diags: &mut Diagnostics) {
    for Violation { rule, path, message } in violations {
        let summary = format!("{subject} breaks Terraform's rule {rule}");
        if path == Path::ROOT {
            diags.error(summary, format!("This is a bug in the provider: {message}."));
        } else {
            let detail = format!("This is a bug in the provider: {message} at {path}.");
            diags.error_at(path, summary, detail);
        }
    }
}
