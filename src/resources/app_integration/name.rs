//! The name of an owned event integration, where the configuration gives none.

use sha2::{Digest, Sha256};

/// CloudFormation's limit for the ARN that an association takes.
const MAX_ARN: usize = 140;

/// A readable name that is the same for the same name, instance and source, and differs otherwise:
/// a slug and eight hexadecimal digits. `prefix` is the ARN up to the name.
pub(super) fn event_integration(prefix: &str, name: &str, instance: &str, source: &str) -> String {
    let hash = Sha256::digest(format!("{instance}\n{source}"));
    let suffix: String = hash[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    let room = MAX_ARN.saturating_sub(prefix.len() + 1 + suffix.len());
    let mut slug = String::new();
    for c in name.chars().map(|c| c.to_ascii_lowercase()) {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.truncate(room);
    match slug.trim_end_matches('-') {
        "" => suffix,
        slug => format!("{slug}-{suffix}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PREFIX: &str = "arn:aws:app-integrations:ap-northeast-1:123456789012:event-integration/";

    #[test]
    fn names_are_readable_and_tell_instances_and_sources_apart() {
        let name =
            |instance, source| event_integration(PREFIX, "Salesforce - Acme", instance, source);
        assert!(name("i", "s").starts_with("salesforce-acme-"));
        assert_eq!(name("i", "s"), name("i", "s"));
        assert_ne!(name("i", "s"), name("j", "s"));
        assert_ne!(name("i", "s"), name("i", "t"));
    }

    #[test]
    fn the_arn_stays_within_its_limit() {
        let name = event_integration(PREFIX, &"long ".repeat(20), "i", "s");
        assert!(PREFIX.len() + name.len() <= MAX_ARN);
        assert!(!name.contains("--"));
    }

    #[test]
    fn a_name_without_letters_still_makes_one() {
        assert_eq!(event_integration(PREFIX, " - ", "i", "s").len(), 8);
    }
}
