//! What a practitioner reads when something is wrong, or worth knowing.

use super::path::Path;

/// How bad it is. Terraform goes on after a warning and stops after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Something cannot be done.
    Error,
    /// Something is odd, but can be done.
    Warning,
}

/// One message to the practitioner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the operation fails.
    pub severity: Severity,
    /// The bold first line: what we did to what. No full stop.
    pub summary: String,
    /// The paragraphs below it: what happened, what to do, what is left.
    pub detail: String,
    /// The attribute at fault; none where it is the whole resource.
    pub path: Option<Path>,
}

/// Messages in the order they came up, without duplicates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No messages yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a message; one that is already there is not repeated.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if !self.0.contains(&diagnostic) {
            self.0.push(diagnostic);
        }
    }

    /// Adds an error about the whole object.
    pub fn error(&mut self, summary: impl Into<String>, detail: impl Into<String>) {
        self.add(Severity::Error, None, summary, detail);
    }

    /// Adds an error at an attribute.
    pub fn error_at(
        &mut self,
        path: impl Into<Path>,
        summary: impl Into<String>,
        detail: impl Into<String>,
    ) {
        self.add(Severity::Error, Some(path.into()), summary, detail);
    }

    /// Adds a warning about the whole object.
    pub fn warning(&mut self, summary: impl Into<String>, detail: impl Into<String>) {
        self.add(Severity::Warning, None, summary, detail);
    }

    /// Adds a warning at an attribute.
    pub fn warning_at(
        &mut self,
        path: impl Into<Path>,
        summary: impl Into<String>,
        detail: impl Into<String>,
    ) {
        self.add(Severity::Warning, Some(path.into()), summary, detail);
    }

    /// Takes over all messages of `other`.
    pub fn append(&mut self, other: Diagnostics) {
        for diagnostic in other.0 {
            self.push(diagnostic);
        }
    }

    /// Whether the operation has failed.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The messages in order.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    fn add(
        &mut self,
        severity: Severity,
        path: Option<Path>,
        summary: impl Into<String>,
        detail: impl Into<String>,
    ) {
        self.push(Diagnostic { severity, summary: summary.into(), detail: detail.into(), path });
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_message_is_said_once() {
        let mut diags = Diagnostics::new();
        diags.error("a", "b");
        diags.error("a", "b");
        diags.error_at("name", "a", "b");
        assert_eq!(diags.iter().count(), 2);
    }
}
