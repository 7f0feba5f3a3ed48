//! Where in a configuration or state something is.

use std::fmt;

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// An attribute of an object, or a nested block's type.
    Attribute(String),
    /// An element of a map.
    Key(String),
    /// An element of a list or tuple, counted from 0.
    Index(usize),
}

/// The way from a resource's root to one of its values.
///
/// Elements of sets have no step of their own in Terraform's protocol: a path ends at the set.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// The object itself.
    pub const ROOT: Path = Path(Vec::new());

    /// The path to a top-level attribute or block.
    pub fn attribute(name: impl Into<String>) -> Self {
        Self(vec![Step::Attribute(name.into())])
    }

    /// This path, one step further.
    #[must_use]
    pub fn join(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// This path, into an attribute.
    #[must_use]
    pub fn dot(&self, name: impl Into<String>) -> Self {
        self.join(Step::Attribute(name.into()))
    }

    /// This path, into an element of a list.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.join(Step::Index(index))
    }

    /// This path, into an element of a map.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        self.join(Step::Key(key.into()))
    }
}

impl From<&str> for Path {
    /// Parses dotted attribute names; a number is an index: `tasks.0.type`.
    fn from(dotted: &str) -> Self {
        Self(
            dotted
                .split('.')
                .map(|part| match part.parse() {
                    Ok(index) => Step::Index(index),
                    Err(_) => Step::Attribute(part.to_owned()),
                })
                .collect(),
        )
    }
}

impl fmt::Display for Path {
    /// As HCL writes it: `task.references["Case"]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_like_hcl() {
        let path = Path::from("tasks.0").dot("properties").key("SOURCE");
        assert_eq!(path.to_string(), r#"tasks[0].properties["SOURCE"]"#);
    }
}
