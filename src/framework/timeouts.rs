//! The `timeouts` block: how long a resource may take to create, update or delete.

use std::time::Duration;

use super::schema::{Attribute, Block, NestedBlock};
use super::validators::Validator;
use super::value::Value;

/// The limits of a resource type where the configuration sets none.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For creation.
    pub create: Duration,
    /// For updates in place.
    pub update: Duration,
    /// For deletion.
    pub delete: Duration,
}

/// The block's name.
pub const TIMEOUTS: &str = "timeouts";

impl Timeouts {
    /// The block, documented with these limits.
    pub fn block(self) -> NestedBlock {
        let limit = |name: &str, default: Duration| {
            Attribute::string(name)
                .optional()
                .doc(format!("Limit for `{name}`, such as `30m`; `{}` by default.", plain(default)))
                .check(duration())
        };
        NestedBlock::single(
            TIMEOUTS,
            Block::new(
                "How long Terraform waits.",
                [
                    limit("create", self.create),
                    limit("update", self.update),
                    limit("delete", self.delete),
                ],
            ),
        )
    }

    /// The limit for creation under a plan or state.
    pub fn create_of(self, value: &Value) -> Duration {
        configured(value, "create").unwrap_or(self.create)
    }

    /// The limit for updates under a plan or state.
    pub fn update_of(self, value: &Value) -> Duration {
        configured(value, "update").unwrap_or(self.update)
    }

    /// The limit for deletion under a plan or state.
    pub fn delete_of(self, value: &Value) -> Duration {
        configured(value, "delete").unwrap_or(self.delete)
    }
}

fn configured(value: &Value, name: &str) -> Option<Duration> {
    value.get(TIMEOUTS).get(name).as_str().and_then(parse)
}

fn duration() -> Validator {
    Validator::new("be a duration such as `30s`, `10m` or `1h30m`", |value| {
        value.as_str().is_none_or(|text| parse(text).is_some())
    })
}

/// Reads a duration in Go's notation: decimal numbers, each with a unit.
fn parse(text: &str) -> Option<Duration> {
    let mut seconds = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        let end = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let factor = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 0.001,
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * factor;
        rest = tail;
    }
    let limit = Duration::try_from_secs_f64(seconds).ok()?;
    (limit > Duration::ZERO && limit <= LONGEST).then_some(limit)
}

/// Longer than any console wait, and short enough for clock arithmetic.
const LONGEST: Duration = Duration::from_hours(24 * 7);

fn plain(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds.is_multiple_of(60) { format!("{}m", seconds / 60) } else { format!("{seconds}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_writes_them() {
        assert_eq!(parse("1h30m"), Some(Duration::from_mins(90)));
        assert_eq!(parse("1.5s"), Some(Duration::from_millis(1500)));
        assert_eq!(parse("300ms"), Some(Duration::from_millis(300)));
        for wrong in ["", "10", "-5m", "5x", "m", "1..5s", "0s", "99999h"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_configuration_overrides_the_default() {
        let defaults = Timeouts {
            create: Duration::from_mins(20),
            update: Duration::from_mins(20),
            delete: Duration::from_mins(20),
        };
        let block = Value::object([("create", "5m".into()), ("delete", Value::Null)]);
        let state = Value::object([(TIMEOUTS, block)]);
        assert_eq!(defaults.create_of(&state), Duration::from_mins(5));
        assert_eq!(defaults.delete_of(&state), Duration::from_mins(20));
    }
}
