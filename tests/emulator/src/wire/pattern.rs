//! Patterns of the service models: Java syntax, matched against the whole value.

use fancy_regex::Regex;

/// A pattern that must match a value from its first to its last character.
#[derive(Debug)]
pub(crate) struct Pattern(Regex);

impl Pattern {
    pub(crate) fn new(pattern: &str) -> Self {
        let translated = format!("^(?:{})$", translate(pattern));
        Self(Regex::new(&translated).expect("a test compiles every pattern of the models"))
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        // The engine gives up on catastrophic backtracking; AWS would not accept such a value either.
        // `$` also matches before a final line feed, which Java's `matches` does not.
        match self.0.find(text) {
            Ok(Some(found)) => found.end() == text.len(),
            Ok(None) | Err(_) => false,
        }
    }
}

/// Java's classes are ASCII, its dot stops at every line terminator, and it writes UTF-16 escapes.
fn translate(pattern: &str) -> String {
    let pattern = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\x{10000}-\x{10FFFF}");
    let mut out = String::new();
    let mut in_class = false;
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match (chars.next(), in_class) {
                (Some('w'), true) => out.push_str("A-Za-z0-9_"),
                (Some('w'), false) => out.push_str("[A-Za-z0-9_]"),
                (Some('d'), true) => out.push_str("0-9"),
                (Some('d'), false) => out.push_str("[0-9]"),
                (Some('s'), true) => out.push_str(r" \t\n\x0B\x0C\r"),
                (Some('s'), false) => out.push_str(r"[ \t\n\x0B\x0C\r]"),
                (Some('S'), _) => out.push_str(r"[^ \t\n\x0B\x0C\r]"),
                (Some('u'), _) => {
                    let digits: String = chars.by_ref().take(4).collect();
                    out.push_str(&format!(r"\x{{{digits}}}"));
                }
                // Needless escapes, which the engine here refuses in part.
                (Some(escaped @ ('_' | '/' | ':')), _) => out.push(escaped),
                (Some(escaped), _) => out.extend(['\\', escaped]),
                (None, _) => out.push('\\'),
            },
            '[' => {
                in_class = true;
                out.push('[');
            }
            ']' => {
                in_class = false;
                out.push(']');
            }
            '.' if !in_class => out.push_str(r"[^\n\r\x{85}\x{2028}\x{2029}]"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_value_must_match() {
        let name = Pattern::new(r"^[0-9a-zA-Z._-]+");
        assert!(name.matches("urgent-cases"));
        assert!(!name.matches("urgent cases"));
        assert!(!name.matches("urgent\n"));
    }

    #[test]
    fn classes_are_ascii() {
        assert!(!Pattern::new(r"[\w/!@#+=.-]+").matches("café"));
        assert!(Pattern::new(r"[\w/!@#+=.-]+").matches("a_b/c!"));
    }

    #[test]
    fn lookaheads_keep_reserved_tags_out() {
        let key = Pattern::new(r"^(?!aws:)[a-zA-Z+-=._:/]+$");
        assert!(key.matches("team1"));
        assert!(!key.matches("aws:team"));
    }

    #[test]
    fn a_dash_is_refused_in_a_jwt_payload() {
        let jwt = Pattern::new(r"^([a-zA-Z0-9_=]+)\.([a-zA-Z0-9_=]+)\.([a-zA-Z0-9_\-\+\/=]*)");
        assert!(jwt.matches("eyJ.eyJ.a-b"));
        assert!(!jwt.matches("eyJ.ey-J.ab"));
    }
}
