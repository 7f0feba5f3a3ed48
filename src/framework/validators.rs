//! What a value must satisfy, and how to say it.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::{Arc, OnceLock};

use regex_lite::Regex;

use super::value::Value;

/// A rule for one attribute.
///
/// It judges known, non-null values only. Its words complete the sentence
/// "`name` must …" and serve error messages and documentation alike.
#[derive(Clone)]
pub struct Validator {
    words: String,
    judge: Arc<dyn Fn(&Value) -> bool + Send + Sync>,
    explain: Option<Arc<Explain>>,
}

/// Why a value breaks a rule; none for a good one.
type Explain = dyn Fn(&Value) -> Option<String> + Send + Sync;

impl Validator {
    /// A rule in words, and its judgement.
    pub fn new(
        words: impl Into<String>,
        judge: impl Fn(&Value) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self { words: words.into(), judge: Arc::new(judge), explain: None }
    }

    /// A rule whose breach needs words of its own: `explain` gives none for a good value.
    pub fn explained(
        words: impl Into<String>,
        explain: impl Fn(&Value) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let explain = Arc::new(explain);
        let judge = Arc::clone(&explain);
        Self {
            words: words.into(),
            judge: Arc::new(move |value| judge(value).is_none()),
            explain: Some(explain),
        }
    }

    /// The rule in words: "be 1 to 256 characters long".
    pub fn words(&self) -> &str {
        &self.words
    }

    /// Why the value breaks the rule; none where it does not, or is not known or not set.
    pub fn breach(&self, name: &str, value: &Value) -> Option<String> {
        if value.is_null() || !value.is_wholly_known() || (self.judge)(value) {
            return None;
        }
        let own_words = self.explain.as_ref().and_then(|explain| explain(value));
        Some(own_words.unwrap_or_else(|| format!("`{name}` must {}.", self.words)))
    }
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Validator({})", self.words)
    }
}

/// Text of this many characters.
pub fn length(range: RangeInclusive<usize>) -> Validator {
    let words = match (*range.start(), *range.end()) {
        (0, most) => format!("be at most {most} characters long"),
        (least, usize::MAX) => format!("be at least {least} characters long"),
        (least, most) => format!("be {least} to {most} characters long"),
    };
    Validator::new(words, move |value| {
        value.as_str().is_none_or(|text| range.contains(&text.chars().count()))
    })
}

/// Text that a pattern matches from end to end; `words` say the pattern.
///
/// The pattern is compiled at its first use: a schema is built at every start of the provider,
/// its patterns are rarely needed. It must be a valid regular expression, which
/// [`Validator::breach`] on any text proves.
pub fn pattern(pattern: &'static str, words: impl Into<String>) -> Validator {
    let regex = OnceLock::new();
    Validator::new(words, move |value| {
        let regex = regex.get_or_init(|| {
            Regex::new(&format!("^(?:{pattern})$")).expect("patterns are constants")
        });
        value.as_str().is_none_or(|text| regex.is_match(text))
    })
}

/// Text without what AWS's patterns call a blank: spaces and line ends of ASCII.
pub fn no_blanks() -> Validator {
    Validator::new("not contain blanks", |value| {
        let is_blank = |c: char| c.is_ascii_whitespace() || c == '\u{b}';
        value.as_str().is_none_or(|text| !text.contains(is_blank))
    })
}

/// Text of one line, as AWS's patterns mean with a dot.
pub fn one_line() -> Validator {
    Validator::new("be on one line", |value| {
        value.as_str().is_none_or(|text| !text.contains(LINE_ENDS))
    })
}

const LINE_ENDS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// One of these texts.
pub fn one_of(choices: &'static [&'static str]) -> Validator {
    let quoted: Vec<String> = choices.iter().map(|choice| format!("`{choice}`")).collect();
    let words = match quoted.as_slice() {
        [] => "be empty".to_owned(),
        [only] => format!("be {only}"),
        [first @ .., last] => format!("be {} or {last}", first.join(", ")),
    };
    Validator::new(words, move |value| value.as_str().is_none_or(|text| choices.contains(&text)))
}

/// A whole number in a range.
pub fn whole_number(range: RangeInclusive<i64>) -> Validator {
    let words = match (*range.start(), *range.end()) {
        (least, i64::MAX) => format!("be a whole number of at least {least}"),
        (least, most) => format!("be a whole number from {least} to {most}"),
    };
    Validator::new(words, move |value| match value {
        Value::Number(number) => number.as_i64().is_some_and(|integer| range.contains(&integer)),
        _ => true,
    })
}

/// A collection of this many elements.
pub fn size(range: RangeInclusive<usize>) -> Validator {
    let words = match (*range.start(), *range.end()) {
        (0, most) => format!("have at most {most} elements"),
        (1, usize::MAX) => "not be empty".to_owned(),
        (least, most) => format!("have {least} to {most} elements"),
    };
    Validator::new(words, move |value| {
        let elements = value.elements().map(<[Value]>::len);
        let size = elements.or_else(|| value.entries().map(|entries| entries.len()));
        size.is_none_or(|size| range.contains(&size))
    })
}

/// Every element of a collection satisfies a rule for elements.
pub fn each(element: Validator) -> Validator {
    let words = format!("hold only elements that each must {}", element.words());
    Validator::new(words, move |value| {
        let judge = |value: &Value| element.breach("", value).is_none();
        value.elements().is_none_or(|elements| elements.iter().all(judge))
            && value.entries().is_none_or(|entries| entries.values().all(judge))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breach_says_the_rule() {
        let rule = length(1..=3);
        assert_eq!(
            rule.breach("name", &"four".into()).as_deref(),
            Some("`name` must be 1 to 3 characters long.")
        );
        assert_eq!(rule.breach("name", &"abc".into()), None);
    }

    #[test]
    fn what_is_not_known_or_not_set_is_not_judged() {
        let rule = one_of(&["a", "b"]);
        assert_eq!(rule.words(), "be `a` or `b`");
        assert_eq!(rule.breach("x", &Value::Null), None);
        assert_eq!(rule.breach("x", &Value::UNKNOWN), None);
        assert!(rule.breach("x", &"c".into()).is_some());
    }

    #[test]
    fn patterns_match_from_end_to_end() {
        let rule = pattern("[a-z]|[0-9]+", "be a letter or digits");
        assert!(rule.breach("x", &"a".into()).is_none());
        assert!(rule.breach("x", &"a1".into()).is_some());
        assert!(rule.breach("x", &"1\n".into()).is_some());
    }

    #[test]
    fn fractions_are_no_whole_numbers() {
        let fraction = Value::Number(super::super::number::Number::parse("1.5").expect("number"));
        assert!(whole_number(1..=3).breach("x", &fraction).is_some());
        assert!(whole_number(1..=3).breach("x", &Value::from(3)).is_none());
    }
}
