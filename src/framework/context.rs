//! What a call has at hand: the provider's data, Terraform's stop signal, a deadline, and places
//! to leave warnings and notes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::diagnostics::Diagnostics;
use super::error::{Error, Kind, Result};
use super::path::Path;
use super::private::Private;

/// The context of one call.
#[derive(Debug)]
pub struct Cx<D> {
    provider: Result<Arc<D>>,
    stop: CancellationToken,
    deadline: Instant,
    importing: bool,
    warnings: Mutex<Diagnostics>,
    private: Mutex<Private>,
}

impl<D> Cx<D> {
    /// A context for one call; `provider` is the error to report where the provider is not
    /// (completely) configured.
    pub fn new(provider: Result<Arc<D>>, stop: CancellationToken, private: Private) -> Self {
        Self {
            provider,
            stop,
            deadline: Instant::now() + NO_DEADLINE,
            importing: private.get(IMPORTED).unwrap_or(false),
            warnings: Mutex::default(),
            private: Mutex::new(private),
        }
    }

    /// The same, ending its waits after `limit`.
    #[must_use]
    pub fn with_deadline(mut self, limit: Duration) -> Self {
        self.deadline = Instant::now() + limit;
        self
    }

    /// What the provider's `configure` made.
    ///
    /// # Errors
    /// The provider block is not configured, or holds values that are not known before apply.
    pub fn provider(&self) -> Result<&D> {
        self.provider.as_deref().map_err(Clone::clone)
    }

    /// Cancelled as soon as Terraform asks to stop.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// An error once Terraform has asked to stop: for the gaps between calls.
    ///
    /// # Errors
    /// [`Kind::Stopped`].
    pub fn check_stop(&self) -> Result<()> {
        if self.stop.is_cancelled() {
            return Err(Error::new(Kind::Stopped, "interrupted before the next step"));
        }
        Ok(())
    }

    /// When waits of this call end.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Whether this is the first read after an import: there is no state but the natural key.
    pub fn is_importing(&self) -> bool {
        self.importing
    }

    /// Leaves a warning about the whole resource.
    pub fn warn(&self, summary: impl Into<String>, detail: impl Into<String>) {
        lock(&self.warnings).warning(summary, detail);
    }

    /// Leaves a warning at an attribute.
    pub fn warn_at(
        &self,
        path: impl Into<Path>,
        summary: impl Into<String>,
        detail: impl Into<String>,
    ) {
        lock(&self.warnings).warning_at(path, summary, detail);
    }

    /// The notes kept with the resource.
    pub fn private(&self) -> MutexGuard<'_, Private> {
        lock(&self.private)
    }

    /// The warnings and notes that go into the answer.
    pub fn finish(self) -> (Diagnostics, Private) {
        let warnings = self.warnings.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut private = self.private.into_inner().unwrap_or_else(PoisonError::into_inner);
        private.remove(IMPORTED);
        private.remove(NAMED);
        (warnings, private)
    }
}

/// The note that marks the stub of an import until its first read.
pub(super) const IMPORTED: &str = ".imported";

/// The note beside it: what the import said of where the object is.
pub(super) const NAMED: &str = ".named";

/// Reads and plans have no limit of their own: each AWS call has one.
const NO_DEADLINE: Duration = Duration::from_hours(24);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
