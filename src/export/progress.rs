//! How far an export has come, for people who watch.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A line on stderr that is written over; nothing where stderr is not a terminal.
#[derive(Debug)]
pub(crate) struct Progress {
    is_shown: bool,
    done: AtomicUsize,
    all: AtomicUsize,
}

impl Progress {
    /// For whoever looks at stderr.
    pub(crate) fn on_stderr() -> Self {
        Self {
            is_shown: std::io::stderr().is_terminal(),
            done: AtomicUsize::new(0),
            all: AtomicUsize::new(0),
        }
    }

    /// Something is done that has no count.
    pub(super) fn say(&self, what: &str) {
        if self.is_shown {
            // Where nobody reads any more there is nobody to tell.
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K{what}");
        }
    }

    /// So many objects are to be read.
    pub(super) fn expect(&self, count: usize) {
        self.all.store(count, Ordering::Relaxed);
        self.count();
    }

    /// One of them is.
    pub(super) fn advance(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
        self.count();
    }

    fn count(&self) {
        let (done, all) = (self.done.load(Ordering::Relaxed), self.all.load(Ordering::Relaxed));
        self.say(&format!("Reading {done} of {all} objects"));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.say("");
    }
}
