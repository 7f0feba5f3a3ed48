//! Names of resources: what people call a thing, as identifiers that occur once.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

/// The names that are taken.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// A name that was not given yet: the first of these texts that makes one, else the first with
    /// a number. `fallback` stands in for texts without a letter of the Latin alphabet.
    pub(super) fn name(&mut self, texts: &[&str], fallback: &str) -> String {
        let candidates: Vec<String> = texts.iter().filter_map(|text| identifier(text)).collect();
        let base = candidates.first().cloned().unwrap_or_else(|| fallback.to_owned());
        let numbered = (2_u64..).map(|number| format!("{base}_{number}"));
        let free = candidates
            .into_iter()
            .chain([base.clone()])
            .chain(numbered)
            .find(|candidate| !self.0.contains(candidate))
            .expect("some number is free");
        self.0.insert(free.clone());
        free
    }
}

/// The identifier that reads like a text; none if nothing of it can be in one.
fn identifier(text: &str) -> Option<String> {
    let mut identifier = String::new();
    // Decomposed, the letter of an accented one stays.
    for c in text.nfkd().filter(|c| !is_accent(*c)) {
        if c.is_ascii_alphanumeric() {
            identifier.push(c.to_ascii_lowercase());
        } else if !identifier.is_empty() && !identifier.ends_with('_') {
            identifier.push('_');
        }
    }
    identifier.truncate(LONGEST);
    let identifier = identifier.trim_end_matches('_');
    let first = identifier.chars().next()?;
    Some(if first.is_ascii_digit() { format!("_{identifier}") } else { identifier.to_owned() })
}

fn is_accent(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Longer ones make long lines.
const LONGEST: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_like_what_they_are_of() {
        for (text, name) in [
            ("Salesforce - Acme", "salesforce_acme"),
            ("Zürich (Süd)!", "zurich_sud"),
            ("2nd line", "_2nd_line"),
            ("工单", "rule"),
            ("", "rule"),
        ] {
            assert_eq!(Names::default().name(&[text], "rule"), name, "{text}");
        }
    }

    #[test]
    fn a_name_is_given_once() {
        let mut names = Names::default();
        let given: Vec<String> = (0..4).map(|_| names.name(&["Acme", "Acme beta"], "x")).collect();
        assert_eq!(given, ["acme", "acme_beta", "acme_2", "acme_3"]);
    }
}
