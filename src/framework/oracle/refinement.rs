//! What is known of an unknown value has to be true of the value it becomes.

use crate::framework::value::{Refined, Refinements, Value};

/// Whether a value is one of those that a refinement leaves open.
pub(super) fn admits(refinements: &Refinements, actual: &Value) -> bool {
    let Some(refined) = &refinements.0 else { return true };
    match actual {
        Value::Null => refined.nullness != Some(false),
        // It is not known yet itself.
        Value::Unknown(_) => true,
        Value::Dynamic(_, inner) => admits(refinements, inner),
        known => refined.nullness != Some(true) && holds(refined, known),
    }
}

fn holds(refined: &Refined, known: &Value) -> bool {
    match known {
        Value::String(text) => {
            refined.prefix.as_ref().is_none_or(|prefix| text.starts_with(prefix.as_str()))
        }
        Value::Number(number) => {
            let lower = refined.lower.as_ref();
            let upper = refined.upper.as_ref();
            lower.is_none_or(|(bound, including)| number > bound || *including && number == bound)
                && upper.is_none_or(|(bound, including)| {
                    number < bound || *including && number == bound
                })
        }
        Value::List(elements) | Value::Set(elements) => has_length(refined, elements.len()),
        Value::Map(entries) => has_length(refined, entries.len()),
        _ => true,
    }
}

fn has_length(refined: &Refined, length: usize) -> bool {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    refined.min_length.is_none_or(|least| length >= least)
        && refined.max_length.is_none_or(|most| length <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(refined: Refined, actual: impl Into<Value>) -> bool {
        admits(&Refinements(Some(Box::new(refined))), &actual.into())
    }

    fn refined() -> Refined {
        Refined::default()
    }

    #[test]
    fn prefixes_bounds_and_lengths_hold() {
        let prefix = || Refined { prefix: Some("a-".into()), ..refined() };
        assert!(admitted(prefix(), "a-b"));
        assert!(!admitted(prefix(), "b"));
        let lower = || Refined { lower: Some((1_i64.into(), false)), ..refined() };
        assert!(admitted(lower(), 2));
        assert!(!admitted(lower(), 1));
        let upper = || Refined { upper: Some((1_i64.into(), true)), ..refined() };
        assert!(admitted(upper(), 1));
        assert!(!admitted(upper(), 2));
        let most = || Refined { max_length: Some(1), ..refined() };
        assert!(admitted(most(), Value::List(vec![1.into()])));
        assert!(!admitted(most(), Value::List(vec![1.into(), 2.into()])));
    }

    #[test]
    fn what_is_not_null_does_not_become_null() {
        let not_null = || Refined { nullness: Some(false), ..refined() };
        assert!(!admitted(not_null(), Value::Null));
        assert!(admitted(not_null(), "x"));
    }
}
