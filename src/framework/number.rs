//! Numbers of any size and precision: Terraform's are not floats.

use std::fmt;
use std::str::FromStr;

use bigdecimal::{BigDecimal, ToPrimitive};

/// A decimal number without loss.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(BigDecimal);

/// The number of digits before or after the point that is taken from outside.
///
/// Terraform computes with 512 bits, about 155 digits; a double reaches 10^308 and 2^-1074.
const MAX_DIGITS: i64 = 2_000;

/// What a plain notation has besides its digits: `-0.`.
const SIGN_AND_POINT: i64 = 3;

impl Number {
    /// Reads a decimal with optional fraction and exponent.
    ///
    /// # Errors
    /// Text that is no number, and numbers whose plain notation would fill the memory.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() as i64 > MAX_DIGITS + SIGN_AND_POINT {
            return Err("a number has too many digits".into());
        }
        let number = BigDecimal::from_str(text).map_err(|_| "malformed number".to_owned())?;
        // What is read here can be read again from its plain notation.
        let number = number.normalized();
        let (digits, scale) = (number.digits() as i64, number.fractional_digit_count());
        let plain = if scale > 0 { digits.max(scale) } else { digits.saturating_sub(scale) };
        if plain > MAX_DIGITS {
            return Err("a number's exponent is out of range".into());
        }
        Ok(Self(number))
    }

    /// The exact value of a double.
    ///
    /// # Errors
    /// Infinities and NaN.
    pub fn from_f64(float: f64) -> Result<Self, String> {
        BigDecimal::try_from(float)
            .map(|number| Self(number.normalized()))
            .map_err(|_| "a number is not finite".to_owned())
    }

    /// The value as an integer, where it is one of that range.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.is_integer().then(|| self.0.to_i64()).flatten()
    }

    /// The double of exactly this value, where there is one.
    pub fn as_exact_f64(&self) -> Option<f64> {
        let float = self.as_f64();
        (Self::from_f64(float).as_ref() == Ok(self)).then_some(float)
    }

    /// The nearest double.
    pub fn as_f64(&self) -> f64 {
        self.0.to_plain_string().parse().unwrap_or(f64::NAN)
    }

    /// Whether it has no fraction.
    pub fn is_integer(&self) -> bool {
        self.0.is_integer()
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self(BigDecimal::from(integer).normalized())
    }
}

impl From<u64> for Number {
    fn from(integer: u64) -> Self {
        Self(BigDecimal::from(integer).normalized())
    }
}

impl fmt::Display for Number {
    /// Plain decimal digits, never an exponent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_plain_string())
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_equal_however_they_are_written() {
        assert_eq!(Number::parse("1.50"), Number::from_f64(1.5));
        assert_eq!(Number::parse("1e3"), Ok(Number::from(1000_i64)));
        assert_eq!(Number::parse("1e3").map(|n| n.to_string()), Ok("1000".to_owned()));
    }

    #[test]
    fn only_exact_doubles_are_doubles() {
        assert_eq!(Number::parse("0.5").map(|n| n.as_exact_f64()), Ok(Some(0.5)));
        assert_eq!(Number::parse("0.1").map(|n| n.as_exact_f64()), Ok(None));
    }

    #[test]
    fn integers_are_told_from_fractions() {
        assert_eq!(Number::parse("9223372036854775807").map(|n| n.as_i64()), Ok(Some(i64::MAX)));
        assert_eq!(Number::parse("9223372036854775808").map(|n| n.as_i64()), Ok(None));
        assert_eq!(Number::parse("1.5").map(|n| n.as_i64()), Ok(None));
    }

    #[test]
    fn numbers_at_the_limit_survive_their_plain_notation() {
        for text in ["1e1999", "-1e-2000", "-123e-1999"] {
            let number = Number::parse(text).expect("it is within the limit");
            assert_eq!(Number::parse(&number.to_string()), Ok(number), "{text}");
        }
        assert!(Number::parse("1e2000").is_err());
        assert!(Number::parse("1e-2001").is_err());
    }

    #[test]
    fn numbers_that_would_fill_the_memory_are_refused() {
        assert!(Number::parse("1e999999999").is_err());
        assert!(Number::parse("1e-999999999").is_err());
        assert!(Number::parse("1e9223372036854775807").is_err());
        assert!(Number::parse(&"9".repeat(100_000)).is_err());
        assert!(Number::from_f64(f64::NAN).is_err());
    }
}
