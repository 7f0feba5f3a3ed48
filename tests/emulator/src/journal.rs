//! The request log: every AWS call, without secrets.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value;

/// The latest requests, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal {
    entries: VecDeque<Entry>,
    last_id: u64,
}

/// One call. `status` is absent when the connection was closed instead of answered.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) id: u64,
    pub(crate) time: f64,
    pub(crate) service: String,
    pub(crate) operation: String,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) status: Option<u16>,
    /// The error code; absent when the call succeeded.
    pub(crate) code: Option<String>,
    pub(crate) request: Value,
}

impl Journal {
    pub(crate) fn push(&mut self, mut entry: Entry) {
        self.last_id += 1;
        entry.id = self.last_id;
        if self.entries.len() == LIMIT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Ids count on through a clear, so `since` works across it.
    pub(crate) fn last_id(&self) -> u64 {
        self.last_id
    }
}

/// Long-running emulators must not grow without bound; no test makes this many calls.
const LIMIT: usize = 20_000;
