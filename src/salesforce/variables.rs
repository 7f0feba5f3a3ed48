//! Variables that Connect fills in when a case makes a task.

/// Everything that a Salesforce case offers to a task's name, description and links.
pub const VARIABLES: &[&str] = &[
    "CaseNumber",
    "Name",
    "Email",
    "Phone",
    "Company",
    "Type",
    "Reason",
    "Origin",
    "Subject",
    "Priority",
    "CreatedDate",
    "Description",
];

/// What every variable begins with.
pub const PREFIX: &str = "$.ThirdParty.Salesforce.CaseCreate.";

/// Something that looks like a variable and is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// As it stands in the text.
    pub written: String,
    /// The variable that was probably meant.
    pub meant: Option<String>,
}

/// The variable of a field, as a task writes it. None for what a case does not offer.
pub fn variable(field: &str) -> Option<String> {
    VARIABLES.contains(&field).then(|| format!("{PREFIX}{field}"))
}

/// Finds what looks like a variable (`$.` and a word) and is not one that Connect documents.
pub fn unknown(text: &str) -> Vec<Unknown> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices("$.") {
        let rest = &text[start + 2..];
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
            .unwrap_or(rest.len());
        // A full stop after a variable ends the sentence, not the variable.
        let word = rest[..end].trim_end_matches('.');
        // `$.50` is a price.
        if !word.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let written = format!("$.{word}");
        let known = written.strip_prefix(PREFIX).is_some_and(|field| VARIABLES.contains(&field));
        let unknown = Unknown { meant: meant(word), written };
        if !known && !found.contains(&unknown) {
            found.push(unknown);
        }
    }
    found
}

/// The variable whose last part is like this one's, but for case and a slip of the finger.
fn meant(word: &str) -> Option<String> {
    let last = word.rsplit('.').next()?.to_ascii_lowercase();
    let nearest = VARIABLES
        .iter()
        .map(|field| (distance(&last, &field.to_ascii_lowercase()), field))
        .min_by_key(|(distance, _)| *distance)?;
    (nearest.0 <= MOST_SLIPS).then(|| format!("{PREFIX}{}", nearest.1))
}

/// Edits between two words, counted up to where it matters.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > MOST_SLIPS {
        return MOST_SLIPS + 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// More than two slips make another word.
const MOST_SLIPS: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_variables_are_known_wherever_they_stand() {
        let text = "Case $.ThirdParty.Salesforce.CaseCreate.CaseNumber: \
                    https://x/$.ThirdParty.Salesforce.CaseCreate.CaseNumber/view, \
                    $.ThirdParty.Salesforce.CaseCreate.Subject.";
        assert_eq!(unknown(text), []);
    }

    #[test]
    fn slips_get_a_suggestion() {
        let found = unknown("$.ThirdParty.Salesforce.CaseCreate.Casenumber");
        assert_eq!(
            found[0].meant.as_deref(),
            Some("$.ThirdParty.Salesforce.CaseCreate.CaseNumber")
        );
        let found = unknown("a $.Thirdparty.Salesforce.CaseCreate.Prioritty b");
        assert_eq!(found[0].written, "$.Thirdparty.Salesforce.CaseCreate.Prioritty");
        assert_eq!(found[0].meant.as_deref(), Some("$.ThirdParty.Salesforce.CaseCreate.Priority"));
        assert_eq!(unknown("$.Attributes.Whatever")[0].meant, None);
    }

    #[test]
    fn prices_and_lone_signs_are_no_variables() {
        assert_eq!(unknown("costs $.50, or $5. or $. or $"), []);
        assert_eq!(unknown("é$.é"), []);
    }
}
