//! Values as msgpack, the way Terraform encodes them.
//!
//! The bytes do not describe themselves: the schema's type decides whether an array is a list, a
//! set or a tuple. Unknown values are extensions, dynamic values a pair of type and value, and a
//! number comes as an integer, a double or decimal text, whichever is exact.

use std::collections::BTreeMap;

use rmp::Marker;
use rmp::encode as write;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::framework::number::Number;
use crate::framework::types::Type;
use crate::framework::value::{Refined, Refinements, Value};

/// How deep values may nest; the types of our schemas bound it far below, dynamic values do not.
const MAX_DEPTH: usize = 128;

/// How many elements a list is prepared for before they are read.
const AT_ONCE: usize = 64;

/// The extension type of an unknown value about which something is known.
const REFINED: i8 = 12;

/// Reads a value of a type.
///
/// # Errors
/// Bytes that are no value of this type, or more than one. The message names the place and never
/// quotes content. Memory use is bounded by the length of the input.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, String> {
    let mut reader = Reader { rest: bytes };
    let value = reader.value(ty, MAX_DEPTH)?;
    if reader.rest.is_empty() { Ok(value) } else { Err("bytes follow the value".into()) }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or("the value is truncated")?;
        self.rest = rest;
        Ok(taken)
    }

    fn unsigned(&mut self, bytes: usize) -> Result<u64, String> {
        Ok(self.take(bytes)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn signed(&mut self, bytes: usize) -> Result<i64, String> {
        let unused = 64 - 8 * bytes as u32;
        Ok(((self.unsigned(bytes)? << unused) as i64) >> unused)
    }

    fn size(&mut self, bytes: usize) -> Result<usize, String> {
        usize::try_from(self.unsigned(bytes)?).map_err(|_| "a length is out of range".to_owned())
    }

    fn marker(&mut self) -> Result<Marker, String> {
        Ok(Marker::from_u8(self.take(1)?[0]))
    }

    fn value(&mut self, ty: &Type, depth: usize) -> Result<Value, String> {
        if depth == 0 {
            return Err(format!("the value nests deeper than {MAX_DEPTH} levels"));
        }
        let marker = self.marker()?;
        if marker == Marker::Null {
            return Ok(Value::Null);
        }
        if let Some(length) = self.extension_length(marker)? {
            return self.unknown(length).map(Value::Unknown);
        }
        match ty {
            Type::Bool => match marker {
                Marker::True => Ok(Value::Bool(true)),
                Marker::False => Ok(Value::Bool(false)),
                _ => Err("not a boolean".into()),
            },
            Type::Number => self.number(marker).map(Value::Number),
            Type::String => self.text(marker).map(Value::String),
            Type::Dynamic => self.dynamic(marker, depth),
            Type::List(element) => self.elements(marker, element, depth).map(Value::List),
            Type::Set(element) => self.elements(marker, element, depth).map(Value::set),
            Type::Map(element) => self.map(marker, element, depth).map(Value::Map),
            Type::Tuple(elements) => self.tuple(marker, elements, depth).map(Value::Tuple),
            Type::Object(attributes) => self.object(marker, attributes, depth).map(Value::Object),
        }
    }

    fn number(&mut self, marker: Marker) -> Result<Number, String> {
        match marker {
            Marker::FixPos(number) => Ok(i64::from(number).into()),
            Marker::FixNeg(number) => Ok(i64::from(number).into()),
            Marker::U8 => self.unsigned(1).map(Number::from),
            Marker::U16 => self.unsigned(2).map(Number::from),
            Marker::U32 => self.unsigned(4).map(Number::from),
            Marker::U64 => self.unsigned(8).map(Number::from),
            Marker::I8 => self.signed(1).map(Number::from),
            Marker::I16 => self.signed(2).map(Number::from),
            Marker::I32 => self.signed(4).map(Number::from),
            Marker::I64 => self.signed(8).map(Number::from),
            Marker::F32 => {
                let bits = self.unsigned(4)? as u32;
                Number::from_f64(f64::from(f32::from_bits(bits)))
            }
            Marker::F64 => Number::from_f64(f64::from_bits(self.unsigned(8)?)),
            _ => Number::parse(&self.text(marker).map_err(|_| "not a number")?),
        }
    }

    fn text(&mut self, marker: Marker) -> Result<String, String> {
        let length = match marker {
            Marker::FixStr(length) => usize::from(length),
            Marker::Str8 => self.size(1)?,
            Marker::Str16 => self.size(2)?,
            Marker::Str32 => self.size(4)?,
            _ => return Err("not a text".into()),
        };
        let bytes = self.take(length)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| "a text is not UTF-8".into())
    }

    fn array_length(&mut self, marker: Marker) -> Result<usize, String> {
        match marker {
            Marker::FixArray(length) => Ok(usize::from(length)),
            Marker::Array16 => self.size(2),
            Marker::Array32 => self.size(4),
            _ => Err("not an array".into()),
        }
    }

    fn map_length(&mut self, marker: Marker) -> Result<usize, String> {
        match marker {
            Marker::FixMap(length) => Ok(usize::from(length)),
            Marker::Map16 => self.size(2),
            Marker::Map32 => self.size(4),
            _ => Err("not a map".into()),
        }
    }

    fn elements(
        &mut self,
        marker: Marker,
        element: &Type,
        depth: usize,
    ) -> Result<Vec<Value>, String> {
        let length = self.array_length(marker)?;
        // A header can claim anything: memory is taken as elements come.
        let mut elements = Vec::with_capacity(length.min(AT_ONCE));
        for index in 0..length {
            elements
                .push(self.value(element, depth - 1).map_err(|error| in_element(index, &error))?);
        }
        Ok(elements)
    }

    fn tuple(
        &mut self,
        marker: Marker,
        elements: &[Type],
        depth: usize,
    ) -> Result<Vec<Value>, String> {
        if self.array_length(marker)? != elements.len() {
            return Err(format!("not a tuple of {} elements", elements.len()));
        }
        let mut values = Vec::with_capacity(elements.len());
        for (index, ty) in elements.iter().enumerate() {
            values.push(self.value(ty, depth - 1).map_err(|error| in_element(index, &error))?);
        }
        Ok(values)
    }

    fn map(
        &mut self,
        marker: Marker,
        element: &Type,
        depth: usize,
    ) -> Result<BTreeMap<String, Value>, String> {
        let length = self.map_length(marker)?;
        let mut entries = BTreeMap::new();
        for _ in 0..length {
            let marker = self.marker()?;
            let key = self.text(marker)?;
            let value = self.value(element, depth - 1)?;
            if entries.insert(key, value).is_some() {
                return Err("a map has a key twice".into());
            }
        }
        Ok(entries)
    }

    fn object(
        &mut self,
        marker: Marker,
        attributes: &BTreeMap<String, Type>,
        depth: usize,
    ) -> Result<BTreeMap<String, Value>, String> {
        let length = self.map_length(marker)?;
        if length != attributes.len() {
            return Err(format!("not an object of {} attributes", attributes.len()));
        }
        let mut values = BTreeMap::new();
        for _ in 0..length {
            let marker = self.marker()?;
            let name = self.text(marker)?;
            let Some(ty) = attributes.get(&name) else {
                return Err("an object has an attribute that its type lacks".into());
            };
            let value = self.value(ty, depth - 1).map_err(|error| format!("{name}: {error}"))?;
            if values.insert(name, value).is_some() {
                return Err("an object has an attribute twice".into());
            }
        }
        Ok(values)
    }

    fn dynamic(&mut self, marker: Marker, depth: usize) -> Result<Value, String> {
        if self.array_length(marker)? != 2 {
            return Err("a dynamic value is not a pair of type and value".into());
        }
        let length = match self.marker()? {
            Marker::Bin8 => self.size(1)?,
            Marker::Bin16 => self.size(2)?,
            Marker::Bin32 => self.size(4)?,
            _ => return Err("a dynamic value's type is not binary".into()),
        };
        let json = serde_json::from_slice(self.take(length)?)
            .map_err(|_| "a dynamic value's type is not JSON")?;
        let ty = Type::from_json(&json)?;
        let value = self.value(&ty, depth - 1)?;
        Ok(Value::Dynamic(Box::new(ty), Box::new(value)))
    }

    /// The payload's length if the marker begins an extension.
    fn extension_length(&mut self, marker: Marker) -> Result<Option<usize>, String> {
        Ok(Some(match marker {
            Marker::FixExt1 => 1,
            Marker::FixExt2 => 2,
            Marker::FixExt4 => 4,
            Marker::FixExt8 => 8,
            Marker::FixExt16 => 16,
            Marker::Ext8 => self.size(1)?,
            Marker::Ext16 => self.size(2)?,
            Marker::Ext32 => self.size(4)?,
            _ => return Ok(None),
        }))
    }

    /// Any extension is an unknown value; only refinements that we can read are kept.
    fn unknown(&mut self, length: usize) -> Result<Refinements, String> {
        let kind = self.take(1)?[0] as i8;
        let payload = self.take(length)?;
        if kind != REFINED {
            return Ok(Refinements::default());
        }
        let refined = Reader { rest: payload }.refinements().unwrap_or_default();
        let empty = refined == Refined::default();
        Ok(Refinements((!empty).then(|| Box::new(refined))))
    }

    fn refinements(&mut self) -> Result<Refined, String> {
        let marker = self.marker()?;
        let mut refined = Refined::default();
        for _ in 0..self.map_length(marker)? {
            let marker = self.marker()?;
            let key = self.number(marker)?.as_i64();
            match key {
                Some(1) => refined.nullness = self.value(&Type::Bool, 1)?.as_bool(),
                Some(2) => {
                    let marker = self.marker()?;
                    refined.prefix = Some(self.text(marker)?);
                }
                Some(3) => refined.lower = Some(self.bound()?),
                Some(4) => refined.upper = Some(self.bound()?),
                Some(5) => refined.min_length = self.length_bound()?,
                Some(6) => refined.max_length = self.length_bound()?,
                // A refinement of the future: what it says of a length we do not know we cannot
                // skip, so the ones read so far are all there are.
                _ => break,
            }
        }
        Ok(refined)
    }

    fn bound(&mut self) -> Result<(Number, bool), String> {
        let marker = self.marker()?;
        if self.array_length(marker)? != 2 {
            return Err("a bound is not a pair".into());
        }
        let marker = self.marker()?;
        let number = self.number(marker)?;
        let inclusive = self.value(&Type::Bool, 1)?.as_bool().ok_or("a bound is not a pair")?;
        Ok((number, inclusive))
    }

    fn length_bound(&mut self) -> Result<Option<i64>, String> {
        let marker = self.marker()?;
        Ok(self.number(marker)?.as_i64())
    }
}

fn in_element(index: usize, error: &str) -> String {
    format!("element {index}: {error}")
}

/// Writes a value. Text is normalised to NFC, as Terraform would do on reading it.
pub fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_into(value, &mut bytes);
    bytes
}

/// Writing into memory does not fail.
const INFALLIBLE: &str = "a vector takes every write";

fn encode_into(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => write::write_nil(out).expect(INFALLIBLE),
        Value::Unknown(Refinements(None)) => out.extend([0xd4, 0, 0]),
        Value::Unknown(Refinements(Some(refined))) => encode_refined(refined, out),
        Value::Bool(boolean) => write::write_bool(out, *boolean).expect(INFALLIBLE),
        Value::Number(number) => encode_number(number, out),
        Value::String(text) => encode_text(text, out),
        Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) => {
            write::write_array_len(out, length(elements.len())).expect(INFALLIBLE);
            elements.iter().for_each(|element| encode_into(element, out));
        }
        Value::Map(entries) | Value::Object(entries) => {
            write::write_map_len(out, length(entries.len())).expect(INFALLIBLE);
            for (key, value) in entries {
                encode_text(key, out);
                encode_into(value, out);
            }
        }
        Value::Dynamic(_, value) if value.is_null() || value.is_unknown() => {
            encode_into(value, out);
        }
        Value::Dynamic(ty, value) => {
            write::write_array_len(out, 2).expect(INFALLIBLE);
            write::write_bin(out, ty.to_json().to_string().as_bytes()).expect(INFALLIBLE);
            encode_into(value, out);
        }
    }
}

fn length(length: usize) -> u32 {
    u32::try_from(length).expect("a message of 256 MiB has fewer than 2^32 elements")
}

fn encode_text(text: &str, out: &mut Vec<u8>) {
    // Most text is, and large text is checked in no time.
    if text.is_ascii() || is_nfc(text) {
        write::write_str(out, text).expect(INFALLIBLE);
    } else {
        write::write_str(out, &text.nfc().collect::<String>()).expect(INFALLIBLE);
    }
}

fn encode_number(number: &Number, out: &mut Vec<u8>) {
    if let Some(integer) = number.as_i64() {
        write::write_sint(out, integer).expect(INFALLIBLE);
    } else if let Some(float) = number.as_exact_f64().filter(|_| !number.is_integer()) {
        write::write_f64(out, float).expect(INFALLIBLE);
    } else {
        write::write_str(out, &number.to_string()).expect(INFALLIBLE);
    }
}

fn encode_refined(refined: &Refined, out: &mut Vec<u8>) {
    let mut facts: Vec<(u8, Value)> = Vec::new();
    let bound = |(number, inclusive): &(Number, bool)| {
        Value::Tuple(vec![Value::Number(number.clone()), Value::Bool(*inclusive)])
    };
    facts.extend(refined.nullness.map(|nullness| (1, Value::Bool(nullness))));
    facts.extend(refined.prefix.as_ref().map(|prefix| (2, Value::from(prefix.as_str()))));
    facts.extend(refined.lower.as_ref().map(|lower| (3, bound(lower))));
    facts.extend(refined.upper.as_ref().map(|upper| (4, bound(upper))));
    facts.extend(refined.min_length.map(|length| (5, Value::from(length))));
    facts.extend(refined.max_length.map(|length| (6, Value::from(length))));
    let mut payload = Vec::new();
    write::write_map_len(&mut payload, length(facts.len())).expect(INFALLIBLE);
    for (key, fact) in facts {
        write::write_sint(&mut payload, i64::from(key)).expect(INFALLIBLE);
        encode_into(&fact, &mut payload);
    }
    write::write_ext_meta(out, length(payload.len()), REFINED).expect(INFALLIBLE);
    out.extend(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let hex: Vec<u8> = hex.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        hex.chunks(2)
            .map(|pair| {
                let pair = std::str::from_utf8(pair).expect("test data is hex");
                u8::from_str_radix(pair, 16).expect("test data is hex")
            })
            .collect()
    }

    fn number(text: &str) -> Value {
        Value::Number(Number::parse(text).expect("test data is a number"))
    }

    fn unknown(refined: Refined) -> Value {
        Value::Unknown(Refinements(Some(Box::new(refined))))
    }

    /// Bytes that Terraform 1.11.4 sent for these values.
    fn vectors() -> Vec<(&'static str, Type, Value)> {
        let not_null = Refined { nullness: Some(false), ..Refined::default() };
        let prefix = Refined { prefix: Some("pfx-".into()), ..not_null.clone() };
        vec![
            ("c0", Type::String, Value::Null),
            ("01", Type::Number, Value::from(1)),
            ("ff", Type::Number, Value::from(-1)),
            ("cd012c", Type::Number, Value::from(300)),
            ("cf0000000100000000", Type::Number, Value::from(4_294_967_296)),
            ("d38000000000000000", Type::Number, Value::from(i64::MIN)),
            ("cf0020000000000001", Type::Number, number("9007199254740993")),
            ("cb3ff8000000000000", Type::Number, number("1.5")),
            ("cb3fe0000000000000", Type::Number, number("0.5")),
            ("a3302e31", Type::Number, number("0.1")),
            ("a5302e303031", Type::Number, number("1e-3")),
            (
                "b339323233333732303336383534373735383038",
                Type::Number,
                number("9223372036854775808"),
            ),
            ("a668c3a96c6c6f", Type::String, "h\u{e9}llo".into()),
            ("c3", Type::Bool, true.into()),
            ("91a161", Type::list(Type::String), Value::List(vec!["a".into()])),
            ("92a161a162", Type::set(Type::String), Value::set(vec!["b".into(), "a".into()])),
            ("81a16b01", Type::map(Type::Number), Value::Map([("k".into(), 1.into())].into())),
            (
                "92a174c3",
                Type::Tuple(vec![Type::String, Type::Bool]),
                Value::Tuple(vec!["t".into(), true.into()]),
            ),
            (
                "81a161a16f",
                Type::Object([("a".into(), Type::String)].into()),
                Value::object([("a", "o".into())]),
            ),
            ("c0", Type::Dynamic, Value::Null),
            ("d40000", Type::Dynamic, Value::UNKNOWN),
            ("d40000", Type::String, Value::UNKNOWN),
            ("c7030c8101c2", Type::String, unknown(not_null)),
            ("c7090c8201c202a47066782d", Type::String, unknown(prefix)),
            ("91d40000", Type::set(Type::String), Value::Set(vec![Value::UNKNOWN])),
            ("90", Type::list(Type::String), Value::List(vec![])),
            ("80", Type::map(Type::String), Value::Map([].into())),
        ]
    }

    #[test]
    fn case_21_terraforms_own_bytes_are_read_and_written_back() {
        for (hex, ty, value) in vectors() {
            assert_eq!(decode(&bytes(hex), &ty).as_ref(), Ok(&value), "{hex}");
            assert_eq!(encode(&value), bytes(hex), "{hex}");
        }
    }

    #[test]
    fn case_28_dynamic_values_bring_their_type() {
        let ty = Type::Object(
            [("a".into(), Type::String), ("b".into(), Type::Tuple(vec![Type::Number, Type::Bool]))]
                .into(),
        );
        let inner =
            Value::object([("a", "x".into()), ("b", Value::Tuple(vec![1.into(), true.into()]))]);
        let value = Value::Dynamic(Box::new(ty), Box::new(inner));
        assert_eq!(decode(&encode(&value), &Type::Dynamic), Ok(value));
    }

    #[test]
    fn case_23_any_extension_is_unknown() {
        for hex in ["d40000", "c70000", "d4057f", "c7020cffff"] {
            assert_eq!(decode(&bytes(hex), &Type::Number), Ok(Value::UNKNOWN), "{hex}");
        }
        let all = Refined {
            nullness: Some(false),
            prefix: Some("p".into()),
            lower: Some((1_i64.into(), true)),
            upper: Some((Number::parse("2.5").expect("number"), false)),
            min_length: Some(1),
            max_length: Some(9),
        };
        let value = unknown(all);
        assert_eq!(decode(&encode(&value), &Type::Number), Ok(value));
    }

    #[test]
    fn case_27_malformed_values_are_errors_and_claim_no_memory() {
        let object = Type::Object([("a".into(), Type::String)].into());
        for (hex, ty) in [
            ("", &Type::String),
            ("a5", &Type::String),
            ("a1ff", &Type::String),
            ("dbffffffff", &Type::String),
            ("ddffffffff", &Type::list(Type::Bool)),
            ("dfffffffff", &Type::map(Type::Bool)),
            ("80", &object),
            ("82a161a16fa162a16f", &object),
            ("81a162a16f", &object),
            ("c1", &Type::String),
            ("0101", &Type::Number),
            ("cb7ff0000000000000", &Type::Number),
            ("aa31653939393939393939", &Type::Number),
            ("92c40122c0", &Type::Dynamic),
        ] {
            assert!(decode(&bytes(hex), ty).is_err(), "{hex}");
        }
    }

    #[test]
    fn absurd_depth_is_an_error() {
        let mut ty = Type::String;
        for _ in 0..200 {
            ty = Type::list(ty);
        }
        assert!(decode(&[0x91; 300], &ty).is_err());
    }

    #[test]
    fn text_is_written_in_nfc() {
        assert_eq!(encode(&"e\u{301}".into()), encode(&"\u{e9}".into()));
    }
}
