//! What a practitioner reads when something goes wrong.
//!
//! Each case provokes one failure and says what must be told: the summary, the argument, and words
//! of the remedy. All of it is written to `tests/golden/diagnostics.txt`, so that texts are
//! reviewed as text; `make generate` writes the file anew.
//!
//! The failures of the four services are numbered 4.1 to 4.50; [`NOT_PROVOKED`] has those without a
//! case. 3.8 marks what users of other providers paste into issue trackers.

mod app_integration;
mod case_rule;
mod connection;
mod event_flow;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::{env, fs};

use futures_util::StreamExt;
use futures_util::stream;
use regex_lite::Regex;
use serde_json::{Value as Json, json};

use crate::account::{Account, RESOURCES, base, with};
use crate::core::{Instance, Told, has_errors};
use crate::plans::arguments;

/// A failure, what provokes it, and what must be told of it.
struct Case {
    /// The numbers in the catalogue.
    rows: &'static [&'static str],
    what: &'static str,
    resource: &'static str,
    given: fn(&Account),
    /// The configuration that is applied first; none if nothing is.
    made: Option<Json>,
    then: fn(&Account),
    /// What differs from the base of [`base`].
    config: Json,
    act: Act,
    says: Says,
}

/// What the practitioner does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Plan,
    Apply,
    Destroy,
    Import(&'static str),
}

/// What must be told.
#[derive(Debug)]
enum Says {
    /// Nothing: the provider copes with it.
    Nothing,
    /// An error, with its summary, argument and some words of its text.
    Error(&'static str, &'static str, &'static [&'static str]),
    /// A warning likewise.
    Warning(&'static str, &'static str, &'static [&'static str]),
}

impl Case {
    fn new(rows: &'static [&'static str], what: &'static str, resource: &'static str) -> Self {
        Self {
            rows,
            what,
            resource,
            given: |_| {},
            made: None,
            then: |_| {},
            config: json!({}),
            act: Act::Apply,
            says: Says::Nothing,
        }
    }

    /// What there is before.
    fn given(mut self, given: fn(&Account)) -> Self {
        self.given = given;
        self
    }

    /// The resource is made first, with these changes of the base.
    fn made(mut self, changes: Json) -> Self {
        self.made = Some(changes);
        self
    }

    /// What happens between making it and the act.
    fn then(mut self, then: fn(&Account)) -> Self {
        self.then = then;
        self
    }

    /// What differs from what was made, or else from the base.
    fn with(mut self, config: Json) -> Self {
        self.config = config;
        self
    }

    fn act(mut self, act: Act) -> Self {
        self.act = act;
        self
    }

    fn errs(
        mut self,
        summary: &'static str,
        path: &'static str,
        words: &'static [&'static str],
    ) -> Self {
        self.says = Says::Error(summary, path, words);
        self
    }

    fn warns(
        mut self,
        summary: &'static str,
        path: &'static str,
        words: &'static [&'static str],
    ) -> Self {
        self.says = Says::Warning(summary, path, words);
        self
    }

    /// Runs it; the answer is all that was told.
    async fn run(&self) -> Vec<Told> {
        let account = Account::start().await;
        (self.given)(&account);
        let mut config = base(self.resource);
        let mut before = Instance::default();
        if let Some(made) = &self.made {
            config = with(config, made);
            before = account.make(self.resource, &config).await;
            // The next command starts a new provider, which remembers nothing.
            account.configure(json!({})).await;
        }
        (self.then)(&account);
        let config = with(config, &self.config);
        match self.act {
            Act::Plan => account.plan_or_apply(self.resource, &config, &before, false).await,
            Act::Apply => account.plan_or_apply(self.resource, &config, &before, true).await,
            Act::Destroy => account.destroy(self.resource, &before).await,
            Act::Import(id) => account.import(self.resource, id).await,
        }
    }

    /// What is wrong with what was told.
    fn complaint(&self, told: &[Told]) -> Option<String> {
        let (error, summary, path, words) = match &self.says {
            Says::Nothing => {
                return (!told.is_empty()).then(|| format!("it should be silent: {told:#?}"));
            }
            Says::Error(summary, path, words) => (true, summary, path, words),
            Says::Warning(summary, path, words) => (false, summary, path, words),
        };
        if !error && has_errors(told) {
            return Some(format!("it should only warn: {told:#?}"));
        }
        let found = told.iter().find(|it| {
            it.error == error
                && it.summary == *summary
                && it.path == *path
                && words.iter().all(|words| it.detail.contains(words))
        });
        found.is_none().then(|| format!("no {summary:?} at {path:?} with {words:?}: {told:#?}"))
    }
}

impl Account {
    /// As `terraform plan` and `terraform apply` do; they stop at the first step with errors.
    async fn plan_or_apply(
        &self,
        resource: &str,
        arguments: &Json,
        before: &Instance,
        apply: bool,
    ) -> Vec<Told> {
        let config = self.config(resource, arguments);
        let mut told = self.core.validate(resource, &config).await;
        let mut before = before.clone();
        if !has_errors(&told) && before.state.is_some() {
            let answer = self.core.read(resource, &before).await;
            told.extend(answer.diags);
            before = answer.new;
        }
        if has_errors(&told) {
            return told;
        }
        let plan = self.core.plan(resource, &config, &before).await;
        told.extend(plan.diags.clone());
        if apply && !has_errors(&told) {
            assert_eq!(plan.replace, [""; 0], "a replacement takes two applies");
            told.extend(self.core.apply(resource, &plan).await.diags);
        }
        told
    }

    /// As `terraform destroy` does.
    async fn destroy(&self, resource: &str, before: &Instance) -> Vec<Told> {
        let answer = self.core.read(resource, before).await;
        let mut told = answer.diags;
        if has_errors(&told) {
            return told;
        }
        let plan = self.core.plan_destroy(resource, &answer.new).await;
        told.extend(plan.diags.clone());
        if !has_errors(&told) {
            told.extend(self.core.apply(resource, &plan).await.diags);
        }
        told
    }

    /// As `terraform import` does.
    async fn import(&self, resource: &str, id: &str) -> Vec<Told> {
        let stub = self.core.import(resource, id).await;
        let mut told = stub.diags;
        if !has_errors(&told) {
            told.extend(self.core.read(resource, &stub.new).await.diags);
        }
        told
    }
}

fn all() -> Vec<Case> {
    [connection::cases(), event_flow::cases(), app_integration::cases(), case_rule::cases()]
        .into_iter()
        .flatten()
        .collect()
}

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/diagnostics.txt");

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_told_as_the_golden_file_has_them() {
    let cases = all();
    // Some wait for what never comes, so they run side by side.
    let told: Vec<Vec<Told>> =
        stream::iter(cases.iter().map(Case::run)).buffered(16).collect().await;
    let mut written = "Generated by `make generate`; do not edit.\n".to_owned();
    let mut complaints = Vec::new();
    for (case, told) in cases.iter().zip(&told) {
        render(&mut written, case, told);
        if let Some(complaint) = case.complaint(told) {
            complaints.push(format!("{} {}: {complaint}", case.rows.join(", "), case.what));
        }
    }
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(GOLDEN, &written).expect("the golden file can be written");
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    let golden = fs::read_to_string(GOLDEN).expect("tests/golden/diagnostics.txt is there");
    assert!(golden == written, "texts differ from tests/golden/diagnostics.txt: make generate");
}

fn render(text: &mut String, case: &Case, told: &[Told]) {
    let rows = case.rows.join(", ");
    let _ = writeln!(text, "\n== {}", format!("{rows} {}", case.what).trim_start());
    if told.is_empty() {
        let _ = writeln!(text, "(nothing is told)");
    }
    for it in told {
        let severity = if it.error { "Error" } else { "Warning" };
        let _ = writeln!(text, "{severity}: {}", it.summary);
        if !it.path.is_empty() {
            let _ = writeln!(text, "  at {}", it.path);
        }
        for line in steady(&it.detail).lines() {
            let _ = writeln!(text, "{}", format!("  | {line}").trim_end());
        }
    }
}

/// The text without what differs from run to run: request ids, seconds, moments.
fn steady(text: &str) -> String {
    let masks = [
        (r"request [0-9a-f]{8}-[0-9a-f-]{27}", "request (id)"),
        (r"after \d+s", "after (some)s"),
        (r"\d{4}-\d\d-\d\d at \d\d:\d\d UTC", "(day) at (time) UTC"),
    ];
    masks.iter().fold(text.to_owned(), |text, (pattern, mask)| {
        Regex::new(pattern).expect("a constant").replace_all(&text, *mask).into_owned()
    })
}

#[test]
fn texts_name_only_arguments_that_exist() {
    let golden = fs::read_to_string(GOLDEN).expect("tests/golden/diagnostics.txt is there");
    let account = Account::unconfigured();
    let mut known: BTreeSet<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    for resource in RESOURCES {
        known.insert(resource.to_owned());
        let block = &account.core.schema(resource).block;
        for argument in arguments(block) {
            known.extend(argument.split('.').map(str::to_owned));
        }
    }
    let quoted = golden.lines().skip(1).flat_map(|line| line.split('`').skip(1).step_by(2));
    let is_name =
        |text: &&str| text.len() > 2 && text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    for name in quoted.filter_map(|text| text.split([' ', '=']).next()).filter(is_name) {
        assert!(known.contains(name), "`{name}` is no argument");
    }
}

/// What else is quoted in texts.
const NAMES: &[&str] = &["aud", "all", "any", "https", "removed", "destroy"];

#[test]
fn every_failure_of_the_catalogue_is_provoked_or_explained() {
    let provoked: BTreeSet<&str> = all().iter().flat_map(|case| case.rows).copied().collect();
    let excused: BTreeSet<&str> = NOT_PROVOKED.iter().map(|(row, _)| *row).collect();
    for number in 1..=50 {
        let row = format!("4.{number}");
        let (is_provoked, is_excused) =
            (provoked.contains(row.as_str()), excused.contains(row.as_str()));
        assert!(is_provoked || is_excused, "{row} is neither provoked nor explained");
        assert!(!(is_provoked && is_excused), "{row} is provoked: it needs no excuse");
    }
}

/// What of the catalogue shows nowhere in the provider, and why.
const NOT_PROVOKED: &[(&str, &str)] = &[
    (
        "4.26",
        "a bus is always made with the event source of its own name, so AWS never sees one without",
    ),
    ("4.45", "too many tasks at a time is a matter of when cases arrive: no call of ours meets it"),
    ("4.46", "events too large show in the flow's run records and the error bucket alone"),
];
