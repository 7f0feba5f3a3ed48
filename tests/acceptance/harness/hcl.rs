//! Configurations that are varied argument by argument.

use std::fmt;

/// A resource, one line an argument.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    kind: &'static str,
    name: &'static str,
    arguments: Vec<(String, String)>,
}

impl Block {
    /// A `resource` block with these arguments, each an HCL expression.
    pub(crate) fn new(kind: &'static str, name: &'static str, arguments: &[(&str, &str)]) -> Self {
        let block = Self { kind, name, arguments: Vec::new() };
        arguments.iter().fold(block, |block, (name, value)| block.with(name, value))
    }

    pub(super) fn kind(&self) -> &'static str {
        self.kind
    }

    pub(crate) fn address(&self) -> String {
        format!("{}.{}", self.kind, self.name)
    }

    /// Sets an argument, or leaves it out if the expression is empty.
    #[must_use]
    pub(crate) fn with(mut self, argument: &str, expression: &str) -> Self {
        let position = self.arguments.iter().position(|(name, _)| name == argument);
        match (position, expression) {
            (None, "") => {}
            (None, _) => self.arguments.push((argument.into(), expression.into())),
            (Some(at), "") => {
                self.arguments.remove(at);
            }
            (Some(at), _) => self.arguments[at].1 = expression.into(),
        }
        self
    }

    #[must_use]
    pub(crate) fn with_all(self, arguments: &[(String, String)]) -> Self {
        arguments.iter().fold(self, |block, (name, value)| block.with(name, value))
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "resource {:?} {:?} {{", self.kind, self.name)?;
        for (name, expression) in &self.arguments {
            let sign = if ["timeouts", "lifecycle"].contains(&name.as_str()) { "" } else { " =" };
            writeln!(f, "  {name}{sign} {expression}")?;
        }
        writeln!(f, "}}")
    }
}
