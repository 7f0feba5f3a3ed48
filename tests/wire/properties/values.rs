//! Random types and values.

use terraform_provider_connect::framework::number::Number;
use terraform_provider_connect::framework::types::Type;
use terraform_provider_connect::framework::value::{Refined, Refinements, Value};

use super::choices::Choices;

/// A type that nests at most this deep.
pub(super) fn ty(choices: &mut Choices<'_>, depth: usize, dynamic: bool) -> Type {
    let simple = [Type::String, Type::Bool, Type::Number];
    let kinds = if depth == 0 { 3 } else { 9 };
    match choices.below(kinds) {
        kind @ 0..=2 => simple[kind].clone(),
        3 => Type::list(ty(choices, depth - 1, dynamic)),
        4 => Type::set(ty(choices, depth - 1, false)),
        5 => Type::map(ty(choices, depth - 1, dynamic)),
        6 => {
            let count = choices.below(3);
            Type::Tuple((0..count).map(|_| ty(choices, depth - 1, dynamic)).collect())
        }
        7 if dynamic => Type::Dynamic,
        _ => {
            let names = ["a", "b", "c"].into_iter().take(choices.below(4));
            Type::Object(
                names.map(|name| (name.to_owned(), ty(choices, depth - 1, dynamic))).collect(),
            )
        }
    }
}

/// What a random value may be besides known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gaps {
    /// Null at some places.
    Null,
    /// Null or unknown at some places.
    Unknown,
    /// The same, with something known of the unknown.
    Refined,
    /// Known everywhere.
    None,
}

/// A value of a type, itself neither null nor unknown.
pub(super) fn value(choices: &mut Choices<'_>, ty: &Type, gaps: Gaps) -> Value {
    let count = |choices: &mut Choices<'_>| choices.below(3);
    match ty {
        Type::Bool => Value::Bool(choices.once_in(2)),
        Type::Number => Value::Number(number(choices)),
        Type::String => Value::String(text(choices)),
        Type::List(element) => {
            Value::List((0..count(choices)).map(|_| any(choices, element, gaps)).collect())
        }
        Type::Set(element) => {
            Value::set((0..count(choices)).map(|_| any(choices, element, gaps)).collect())
        }
        Type::Map(element) => {
            let entries = (0..count(choices)).map(|_| (text(choices), any(choices, element, gaps)));
            Value::Map(entries.collect())
        }
        Type::Tuple(types) => Value::Tuple(types.iter().map(|ty| any(choices, ty, gaps)).collect()),
        Type::Object(types) => {
            let attributes = types.iter().map(|(name, ty)| (name.clone(), any(choices, ty, gaps)));
            Value::object(attributes.collect::<Vec<_>>())
        }
        Type::Dynamic => {
            let ty = self::ty(choices, 2, true);
            // A dynamic value that is null or unknown has no type on the wire.
            match value(choices, &ty, gaps) {
                // Nor is a type that is dynamic itself the type of a value.
                inner @ Value::Dynamic(..) => inner,
                inner => Value::Dynamic(Box::new(ty), Box::new(inner)),
            }
        }
    }
}

/// A value of a type, or a gap.
pub(super) fn any(choices: &mut Choices<'_>, ty: &Type, gaps: Gaps) -> Value {
    match (gaps, choices.below(8)) {
        (Gaps::Null | Gaps::Unknown | Gaps::Refined, 7) => Value::Null,
        (Gaps::Unknown | Gaps::Refined, 6) => Value::UNKNOWN,
        (Gaps::Refined, 5) => unknown(choices, ty),
        _ => value(choices, ty, gaps),
    }
}

/// An unknown value of which something is known, as far as its type allows.
pub(super) fn unknown(choices: &mut Choices<'_>, ty: &Type) -> Value {
    let mut refined = Refined { nullness: Some(false), ..Refined::default() };
    match ty {
        Type::Dynamic => return Value::UNKNOWN,
        Type::String => refined.prefix = Some(text(choices)),
        Type::Number => {
            refined.lower = Some((number(choices), choices.once_in(2)));
            refined.upper = Some((number(choices), choices.once_in(2)));
        }
        Type::List(_) | Type::Set(_) | Type::Map(_) => {
            refined.min_length = Some(choices.byte().into());
            refined.max_length = Some(choices.byte().into());
        }
        Type::Bool | Type::Tuple(_) | Type::Object(_) => {}
    }
    Value::Unknown(Refinements(Some(Box::new(refined))))
}

/// Text as it comes over the wire, normalised and never quite empty.
pub(super) fn text(choices: &mut Choices<'_>) -> String {
    let parts = ["a", "B", "x y", "\u{e9}", "\u{1f600}", "\"", "\n", "${", "$.a", "0"];
    let count = 1 + choices.below(3);
    (0..count).map(|_| choices.of(&parts)).collect()
}

fn number(choices: &mut Choices<'_>) -> Number {
    let sign = choices.of(&["", "-"]);
    let digits = |choices: &mut Choices<'_>, most: usize| -> String {
        (0..choices.below(most)).map(|_| char::from(b'0' + choices.byte() % 10)).collect()
    };
    let text = match choices.below(5) {
        0 => choices.byte().to_string(),
        1 => i64::MAX.to_string(),
        2 => format!("{}.{}", choices.byte(), choices.of(&["5", "25", "1", "001"])),
        3 => format!("1{}.{}1", digits(choices, 160), digits(choices, 100)),
        _ => format!("{}e{}", 1 + choices.byte() / 2, i32::from(choices.byte()) - 128),
    };
    Number::parse(&format!("{sign}{text}")).expect("it is a number")
}
