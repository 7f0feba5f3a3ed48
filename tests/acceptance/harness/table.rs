//! What a change of each argument does: tables, walked row by row.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};

use super::{Action, Block, World};

/// A resource, and what AWS has of it.
pub(crate) struct Table<'a> {
    pub(crate) world: &'a World,
    /// The resource that the rows change.
    pub(crate) base: Block,
    /// What else is configured.
    pub(crate) rest: &'a str,
    /// Gathers from AWS what the rows look at.
    pub(crate) observe: &'a dyn Fn(&World) -> Value,
}

/// One row: a change of the base, and what must come of it.
pub(crate) struct Change {
    from: Vec<(String, String)>,
    to: Vec<(String, String)>,
    expected: Expected,
    shows: Vec<(&'static str, Value)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// No change is planned.
    Nothing,
    /// An update in place that asks AWS for nothing.
    Recorded,
    /// An update in place.
    Updated,
    /// A new object.
    Replaced,
    /// A new object, which is not made.
    ReplacementPlanned,
    /// A plan error at the argument, with these words.
    Refused(&'static str, &'static str),
}

impl Change {
    /// Sets an argument; an empty expression leaves it out.
    pub(crate) fn of(argument: &str, expression: &str) -> Self {
        Self {
            from: Vec::new(),
            to: vec![(argument.into(), expression.into())],
            expected: Expected::Nothing,
            shows: Vec::new(),
        }
    }

    /// Sets another argument too.
    pub(crate) fn and(mut self, argument: &str, expression: &str) -> Self {
        self.to.push((argument.into(), expression.into()));
        self
    }

    /// Sets an argument that the base has not before the change is made.
    pub(crate) fn from(mut self, argument: &str, expression: &str) -> Self {
        self.from.push((argument.into(), expression.into()));
        self
    }

    pub(crate) fn is(mut self, expected: Expected) -> Self {
        self.expected = expected;
        self
    }

    /// What AWS shows afterwards, by its JSON pointer into the observation.
    pub(crate) fn shows(mut self, pointer: &'static str, value: Value) -> Self {
        self.shows.push((pointer, value));
        self
    }

    fn label(&self) -> String {
        let list = |arguments: &[(String, String)]| {
            let each = arguments.iter().map(|(name, value)| match value.as_str() {
                "" => format!("no {name}"),
                value => format!("{name} = {value}"),
            });
            each.collect::<Vec<_>>().join(", ")
        };
        match self.from.as_slice() {
            [] => list(&self.to),
            from => format!("{} after {}", list(&self.to), list(from)),
        }
    }
}

impl Table<'_> {
    /// Makes the base, then each change from there, as if no other had been. Every argument of
    /// the resource must be among them.
    #[track_caller]
    pub(crate) fn walk(&self, changes: Vec<Change>) {
        self.walk_after(|| {}, changes);
    }

    /// As [`Self::walk`], with something done between the base and the changes.
    #[track_caller]
    pub(crate) fn walk_after(&self, prepare: impl Fn(), changes: Vec<Change>) {
        let changed = changes.iter().flat_map(|change| &change.to).map(|(name, _)| name.clone());
        let changed: Vec<String> = changed.collect();
        let mut unchanged = self.world.arguments_of(self.base.kind());
        unchanged.retain(|name| !changed.contains(name));
        assert!(unchanged.is_empty(), "no row changes {}", unchanged.join(", "));
        self.walk_some_after(prepare, changes);
    }

    /// As [`Self::walk_after`], with some of the arguments only.
    #[track_caller]
    pub(crate) fn walk_some_after(&self, prepare: impl Fn(), changes: Vec<Change>) {
        self.configure(&self.base);
        self.world.apply();
        prepare();
        self.world.assert_settled();
        let state = self.world.read_file(super::STATE);
        self.world.admin("POST", "/snapshot", json!({"name": "base"}));
        let mut failures = Vec::new();
        for change in changes {
            let label = change.label();
            self.world.admin("POST", "/restore", json!({"name": "base"}));
            self.world.write_file(super::STATE, &state);
            self.world.note(&format!("--- {label} ({:?})", change.expected));
            let outcome = catch_unwind(AssertUnwindSafe(|| self.make(&change)));
            if outcome.is_err() {
                eprintln!("^ {label} should be {:?}\n", change.expected);
                failures.push(label);
            }
        }
        assert!(failures.is_empty(), "these changes are wrong:\n  {}", failures.join("\n  "));
    }

    fn configure(&self, block: &Block) {
        self.world.write(format!("{block}\n{}", self.rest));
    }

    fn make(&self, change: &Change) {
        let world = self.world;
        if !change.from.is_empty() {
            self.configure(&self.base.clone().with_all(&change.from));
            world.apply();
        }
        let before = world.latest_request();
        self.configure(&self.base.clone().with_all(&change.to));
        let address = self.base.address();
        match change.expected {
            Expected::Nothing => world.assert_settled(),
            Expected::ReplacementPlanned => {
                assert_eq!(world.plan().action(&address), Some(Action::Replace));
            }
            Expected::Refused(argument, words) => {
                let errors = world.plan_errors();
                let found = errors.iter().any(|it| {
                    it.argument() == argument
                        && (it.summary.contains(words) || it.detail.contains(words))
                });
                assert!(found, "there is no error {words:?} at {argument}: {errors:#?}");
            }
            Expected::Recorded => {
                assert_eq!(world.apply().action(&address), Some(Action::Update));
                assert_eq!(world.writes_since(before), [""; 0], "AWS is not to be asked");
                world.assert_settled();
            }
            Expected::Updated => {
                assert_eq!(world.apply().action(&address), Some(Action::Update));
                assert_ne!(world.writes_since(before), [""; 0], "AWS is to be asked");
                world.assert_settled();
            }
            Expected::Replaced => {
                assert_eq!(world.apply().action(&address), Some(Action::Replace));
                world.assert_settled();
            }
        }
        if !change.shows.is_empty() {
            let seen = (self.observe)(world);
            for (pointer, value) in &change.shows {
                let shown = seen.pointer(pointer).unwrap_or(&Value::Null);
                assert_eq!(shown, value, "{pointer} in {seen:#}");
            }
        }
    }
}
