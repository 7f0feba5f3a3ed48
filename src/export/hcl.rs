//! HCL as `terraform fmt` leaves it.

use unicode_segmentation::UnicodeSegmentation;

/// A file or the inside of a block, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Body(pub(super) Vec<Item>);

/// What a body consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// `name = expression`
    Argument(String, Expression),
    /// A block: its type and labels, and what is in it.
    Block(String, Vec<String>, Body),
    /// A comment of one line.
    Comment(String),
    /// An empty line.
    Gap,
}

/// The right side of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    /// HCL as it is: a reference, a number, `true`.
    Raw(String),
    /// Text, to be quoted.
    Text(String),
    /// `[a, b]`
    List(Vec<Expression>),
    /// `{ a = b }`; the keys are texts.
    Object(Vec<(String, Expression)>),
    /// `function(argument)`
    Call(&'static str, Box<Expression>),
}

impl Body {
    /// Adds an argument.
    #[must_use]
    pub(super) fn argument(mut self, name: &str, expression: Expression) -> Self {
        self.0.push(Item::Argument(name.to_owned(), expression));
        self
    }

    /// Adds a block.
    #[must_use]
    pub(super) fn block(mut self, kind: &str, labels: &[&str], body: Body) -> Self {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        self.0.push(Item::Block(kind.to_owned(), labels, body));
        self
    }

    /// Adds a comment, one line of it for each of the text's.
    #[must_use]
    pub(super) fn comment(mut self, text: &str) -> Self {
        self.0.extend(text.lines().map(|line| Item::Comment(line.to_owned())));
        self
    }

    /// Adds an empty line, unless nothing is before it.
    #[must_use]
    pub(super) fn gap(mut self) -> Self {
        if !self.0.is_empty() {
            self.0.push(Item::Gap);
        }
        self
    }

    /// The text of a file.
    pub(super) fn render(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text
    }

    fn write(&self, text: &mut String, depth: usize) {
        let margin = INDENT.repeat(depth);
        let arguments: Vec<Option<(&str, String)>> = self
            .0
            .iter()
            .map(|item| match item {
                Item::Argument(name, expression) => Some((name.as_str(), expression.render(depth))),
                _ => None,
            })
            .collect();
        let widths = aligned(&arguments);
        for ((item, argument), width) in self.0.iter().zip(arguments).zip(widths) {
            match (item, argument) {
                (_, Some((name, expression))) => {
                    text.push_str(&format!("{margin}{} = {expression}\n", padded(name, width)));
                }
                (Item::Block(kind, labels, body), _) => {
                    let labels: String =
                        labels.iter().map(|label| format!(" {}", quoted(label))).collect();
                    text.push_str(&format!("{margin}{kind}{labels} {{\n"));
                    body.write(text, depth + 1);
                    text.push_str(&format!("{margin}}}\n"));
                }
                (Item::Comment(comment), _) => {
                    text.push_str(format!("{margin}# {comment}").trim_end());
                    text.push('\n');
                }
                (Item::Argument(..) | Item::Gap, _) => text.push('\n'),
            }
        }
    }
}

impl Expression {
    /// Text, to be quoted.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// HCL as it is.
    pub(super) fn raw(hcl: impl Into<String>) -> Self {
        Self::Raw(hcl.into())
    }

    /// The expression, as the right side of an argument at this depth.
    fn render(&self, depth: usize) -> String {
        match self {
            Self::Raw(hcl) => hcl.clone(),
            Self::Text(text) => quoted(text),
            Self::Call(function, argument) => format!("{function}({})", argument.render(depth)),
            Self::List(elements) if elements.is_empty() => "[]".to_owned(),
            Self::List(elements) => {
                let is_plain = elements.iter().all(Self::is_scalar);
                let inline: Vec<String> = elements.iter().map(Self::inline).collect();
                let line = format!("[{}]", inline.join(", "));
                if is_plain && line.len() <= LINE {
                    return line;
                }
                let margin = INDENT.repeat(depth + 1);
                let lines = elements.iter().zip(inline).map(|(element, inline)| {
                    let fits = element.is_flat() && inline.len() <= LINE;
                    let text = if fits { inline } else { element.render(depth + 1) };
                    format!("{margin}{text},\n")
                });
                format!("[\n{}{}]", lines.collect::<String>(), INDENT.repeat(depth))
            }
            Self::Object(entries) if entries.is_empty() => "{}".to_owned(),
            Self::Object(entries) => {
                let keys: Vec<String> = entries.iter().map(|(name, _)| key(name)).collect();
                let lines: Vec<Option<(&str, String)>> = keys
                    .iter()
                    .zip(entries)
                    .map(|(key, (_, value))| Some((key.as_str(), value.render(depth + 1))))
                    .collect();
                let widths = aligned(&lines);
                let margin = INDENT.repeat(depth + 1);
                let lines = lines.into_iter().flatten().zip(widths).map(|((key, value), width)| {
                    format!("{margin}{} = {value}\n", padded(key, width))
                });
                format!("{{\n{}{}}}", lines.collect::<String>(), INDENT.repeat(depth))
            }
        }
    }

    fn is_scalar(&self) -> bool {
        matches!(self, Self::Raw(_) | Self::Text(_))
    }

    /// Whether it is a scalar, or an object of nothing else.
    fn is_flat(&self) -> bool {
        match self {
            Self::Object(entries) => entries.iter().all(|(_, value)| value.is_scalar()),
            other => other.is_scalar(),
        }
    }

    /// The expression on one line.
    fn inline(&self) -> String {
        match self {
            Self::Object(entries) if self.is_flat() && !entries.is_empty() => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(name, value)| format!("{} = {}", key(name), value.inline()))
                    .collect();
                format!("{{ {} }}", entries.join(", "))
            }
            other => other.render(0),
        }
    }
}

const INDENT: &str = "  ";

/// What is longer goes on lines of its own.
const LINE: usize = 90;

/// The width of each name: those of neighbours of one line each are aligned.
fn aligned(lines: &[Option<(&str, String)>]) -> Vec<usize> {
    let columns = |line: &Option<(&str, String)>| match line {
        Some((name, value)) if !value.contains('\n') => Some(name.graphemes(true).count()),
        _ => None,
    };
    let mut widths = Vec::new();
    for group in lines.chunk_by(|a, b| columns(a).is_some() == columns(b).is_some()) {
        let width = group.iter().filter_map(columns).max().unwrap_or_default();
        widths.extend(group.iter().map(|_| width));
    }
    widths
}

fn padded(name: &str, width: usize) -> String {
    let missing = width.saturating_sub(name.graphemes(true).count());
    format!("{name}{}", " ".repeat(missing))
}

/// A key of an object: quoted unless it is a plain word.
fn key(name: &str) -> String {
    let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !KEYWORDS.contains(&name);
    if is_word { name.to_owned() } else { quoted(name) }
}

/// Words that mean something else at the beginning of an object.
const KEYWORDS: [&str; 6] = ["for", "if", "in", "null", "true", "false"];

/// Text as a template that is nothing but this text.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '$' | '%' if characters.peek() == Some(&'{') => {
                // Doubled it begins no template. After another of its kind it would: a pair
                // before it is taken for plain text.
                if quoted.ends_with(c) {
                    quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
                } else {
                    quoted.extend([c, c]);
                }
            }
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_a_template() {
        assert_eq!(quoted("${a} %{b} $a 5%"), r#""$${a} %%{b} $a 5%""#);
        assert_eq!(quoted("$${a}"), r#""$\u0024{a}""#);
        assert_eq!(quoted("a\"b\\c\nd\u{1}"), r#""a\"b\\c\nd\u0001""#);
    }

    #[test]
    fn neighbours_are_aligned_and_lists_break_the_line() {
        let items = Expression::List(vec![
            Expression::Object(vec![("field".into(), Expression::text("Priority"))]),
            Expression::Object(vec![("a b".into(), Expression::List(vec![]))]),
        ]);
        let body = Body::default().comment("Why.").block(
            "resource",
            &["t", "n"],
            Body::default()
                .argument("name", Expression::text("x"))
                .argument("instance_id", Expression::raw("data.i.id"))
                .argument("items", items)
                .argument("on", Expression::raw("true")),
        );
        let text = r#"# Why.
resource "t" "n" {
  name        = "x"
  instance_id = data.i.id
  items = [
    { field = "Priority" },
    {
      "a b" = []
    },
  ]
  on = true
}
"#;
        assert_eq!(body.render(), text);
    }
}
