//! One run of Terraform, taken apart.

use std::collections::BTreeMap;
use std::fmt;
use std::process::Output;

use serde_json::Value;

/// What came of a run.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// The planned changes by address, without those that are none.
    pub(crate) changes: BTreeMap<String, Action>,
    /// The addresses that are imported.
    pub(crate) imports: Vec<String>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    command: String,
    code: Option<i32>,
    lines: Vec<String>,
}

/// What a plan does to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Create,
    Update,
    Replace,
    Delete,
    Other,
}

/// An error or warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    pub(crate) is_error: bool,
    pub(crate) summary: String,
    pub(crate) detail: String,
    pub(crate) address: String,
    /// The line of the configuration it points at; empty if it points at none.
    pub(crate) line: String,
}

/// What no output may ever say: each is Terraform's word for a provider that broke a rule.
const DISORDER: [&str; 5] =
    ["Provider produced", "invalid plan", "panic", "Plugin did not respond", "crashed"];

impl Run {
    pub(super) fn of(arguments: &[&str], output: &Output) -> Self {
        let mut run = Self {
            changes: BTreeMap::new(),
            imports: Vec::new(),
            diagnostics: Vec::new(),
            command: arguments.join(" "),
            code: output.status.code(),
            lines: Vec::new(),
        };
        for stream in [&output.stdout, &output.stderr] {
            for line in String::from_utf8_lossy(stream).lines() {
                match serde_json::from_str::<Value>(line) {
                    Ok(event) if event["type"].is_string() => run.take_in(&event),
                    _ => run.lines.push(line.to_owned()),
                }
            }
        }
        run
    }

    fn take_in(&mut self, event: &Value) {
        let message = event["@message"].as_str().unwrap_or_default();
        if message.contains("development overrides are in effect") {
            return;
        }
        self.lines.push(message.to_owned());
        match event["type"].as_str() {
            Some("diagnostic") => {
                let diagnostic = Diagnostic::of(&event["diagnostic"]);
                self.lines.push(format!("    {}", diagnostic.line));
                let detail = diagnostic.detail.lines().map(|line| format!("    {line}"));
                self.lines.extend(detail);
                self.diagnostics.push(diagnostic);
            }
            Some("planned_change") => {
                let change = &event["change"];
                let address = change["resource"]["addr"].as_str().unwrap_or_default();
                if !change["importing"].is_null() {
                    self.imports.push(address.to_owned());
                }
                let action = match change["action"].as_str() {
                    Some("create") => Action::Create,
                    Some("update") => Action::Update,
                    Some("replace") => Action::Replace,
                    Some("delete") => Action::Delete,
                    Some("import" | "noop") => return,
                    _ => Action::Other,
                };
                self.changes.insert(address.to_owned(), action);
            }
            _ => {}
        }
    }

    /// Everything that was printed.
    pub(crate) fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// Whether nothing would be changed or imported.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.imports.is_empty() && self.code == Some(0)
    }

    /// What is planned for a resource; `None` is nothing.
    pub(crate) fn action(&self, address: &str) -> Option<Action> {
        self.changes.get(address).copied()
    }

    pub(crate) fn errors(&self) -> Vec<&Diagnostic> {
        self.diagnostics.iter().filter(|it| it.is_error).collect()
    }

    /// The errors of a run that must have failed.
    #[track_caller]
    pub(crate) fn into_errors(self) -> Vec<Diagnostic> {
        assert!(!self.succeeded(), "this must fail:\n{self}");
        let errors: Vec<_> = self.diagnostics.into_iter().filter(|it| it.is_error).collect();
        assert!(!errors.is_empty(), "it failed without an error: {:?}", self.lines);
        errors
    }

    /// The warning with this summary.
    #[track_caller]
    pub(crate) fn warning(&self, summary: &str) -> &Diagnostic {
        let mut warnings = self.diagnostics.iter().filter(|it| !it.is_error);
        warnings
            .find(|it| it.summary.contains(summary))
            .unwrap_or_else(|| panic!("there must be the warning {summary:?}:\n{self}"))
    }

    pub(crate) fn warnings(&self) -> Vec<&Diagnostic> {
        self.diagnostics.iter().filter(|it| !it.is_error).collect()
    }

    pub(crate) fn succeeded(&self) -> bool {
        // With -detailed-exitcode, 2 is a plan with changes.
        matches!(self.code, Some(0 | 2)) && self.errors().is_empty()
    }

    #[track_caller]
    pub(crate) fn assert_success(&self) {
        assert!(self.succeeded(), "this must work:\n{self}");
    }

    #[track_caller]
    pub(super) fn assert_orderly(&self) {
        let text = self.text();
        let found: Vec<_> = DISORDER.iter().filter(|words| text.contains(**words)).collect();
        assert!(found.is_empty(), "the output has {found:?}:\n{self}");
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.map_or("a signal".to_owned(), |code| format!("status {code}"));
        writeln!(f, "$ terraform {} # ended with {code}", self.command)?;
        self.lines.iter().try_for_each(|line| writeln!(f, "  {line}"))
    }
}

impl Diagnostic {
    fn of(diagnostic: &Value) -> Self {
        let text = |name: &str| diagnostic[name].as_str().unwrap_or_default().to_owned();
        Self {
            is_error: diagnostic["severity"] == "error",
            summary: text("summary"),
            detail: text("detail"),
            address: text("address"),
            line: diagnostic["snippet"]["code"].as_str().unwrap_or_default().trim().to_owned(),
        }
    }

    /// The ready `import` block in it, for the resource of this name.
    #[track_caller]
    pub(crate) fn import_block(&self, name: &str) -> String {
        let detail = &self.detail;
        let start = detail.find("import {").unwrap_or_else(|| panic!("no import block: {detail}"));
        let end = start + detail[start..].find("\n}").expect("the block ends") + 2;
        detail[start..end].replace("NAME", name)
    }

    /// The argument it points at, or the block: the first word of its line.
    pub(crate) fn argument(&self) -> &str {
        match self.line.split_whitespace().next() {
            Some("resource" | "data" | "provider") | None => "",
            Some(name) => name,
        }
    }
}
