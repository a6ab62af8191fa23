//! One text for one JSON value, so that a hash over it means something.
//!
//! The canonical form is RFC 8785 (JSON Canonicalization Scheme): UTF-8, no white space, object keys sorted
//! by their UTF-16 code units, strings with the shortest escapes (`\" \\ \b \f \n \r \t`, other control
//! characters as `\u00xx` in lower case), and numbers as ECMAScript prints a double. It differs in one point:
//! a whole number that fits 64 bits (−2^63 … 2^64−1) is written with all its digits instead of being rounded
//! to a double.
//!
//! A hash is SHA-256 over that text, in lower-case hexadecimal. In Python, for values without fractions:
//! `sha256(json.dumps(v, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()`.

use serde_json::{Map, Number, Value};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Up to here a double holds every whole number, so a whole double can be printed as one.
const LARGEST_PLAIN_EXPONENT: i32 = 21;

/// The canonical text of `value`.
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value);
    out
}

/// SHA-256 over the canonical text of `value`, in lower-case hexadecimal.
pub fn hash(value: &Value) -> String {
    let mut out = String::with_capacity(64);
    for byte in Sha256::digest(text(value)) {
        push_hex(&mut out, byte);
    }
    out
}

/// `value` as it comes back from a store: keys sorted, a number that is whole as a whole number.
pub fn normalise(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(normal_number(number)),
        Value::Array(items) => items.iter().map(normalise).collect(),
        Value::Object(map) => {
            let sorted: Map<String, Value> =
                sorted_entries(map).into_iter().map(|(key, value)| (key.clone(), normalise(value))).collect();
            Value::Object(sorted)
        }
        other => other.clone(),
    }
}

/// The canonical text of a number.
pub fn number_text(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => float_text(float),
        _ => number.to_string(),
    }
}

fn normal_number(number: &Number) -> Number {
    parse_number(&number_text(number)).unwrap_or_else(|| number.clone())
}

/// The number a canonical (or any other JSON) number text stands for; `None` when it is not a number or
/// beyond a double.
pub fn parse_number(text: &str) -> Option<Number> {
    if let Ok(signed) = text.parse::<i64>() {
        return Some(signed.into());
    }
    if let Ok(unsigned) = text.parse::<u64>() {
        return Some(unsigned.into());
    }
    let float = text.parse::<f64>().ok()?;
    // A store may write 1E+20 for what the canonical form writes in full.
    let plain = float_text(float);
    match plain.parse::<u64>() {
        Ok(unsigned) => Some(unsigned.into()),
        Err(_) => plain.parse::<i64>().map(Number::from).ok().or_else(|| Number::from_f64(float)),
    }
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => out.push_str(&number_text(number)),
        Value::String(string) => write_string(out, string),
        Value::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_value(out, item);
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push('{');
            for (position, (key, value)) in sorted_entries(map).into_iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_string(out, key);
                out.push(':');
                write_value(out, value);
            }
            out.push('}');
        }
    }
}

fn sorted_entries(map: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()));
    entries
}

fn write_string(out: &mut String, string: &str) {
    out.push('"');
    for character in string.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if u32::from(control) < 0x20 => {
                out.push_str("\\u00");
                push_hex(out, control as u8);
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

fn push_hex(out: &mut String, byte: u8) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    out.push(DIGITS[usize::from(byte >> 4)]);
    out.push(DIGITS[usize::from(byte & 15)]);
}

/// A double as ECMAScript's `Number::toString` writes it, which is what RFC 8785 asks for.
fn float_text(float: f64) -> String {
    if float == 0.0 {
        return "0".into();
    }
    // Rust prints the shortest digits that read back as the same double, as ECMAScript does.
    let scientific = format!("{:e}", float.abs());
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let Ok(exponent) = exponent.parse::<i32>() else { return scientific };
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let point = exponent + 1;
    let mut out = String::new();
    if float < 0.0 {
        out.push('-');
    }
    if count <= point && point <= LARGEST_PLAIN_EXPONENT {
        out.push_str(&digits);
        (count..point).for_each(|_| out.push('0'));
    } else if 0 < point && point <= LARGEST_PLAIN_EXPONENT {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        out.push_str(whole);
        out.push('.');
        out.push_str(fraction);
    } else if -6 < point && point <= 0 {
        out.push_str("0.");
        (point..0).for_each(|_| out.push('0'));
        out.push_str(&digits);
    } else {
        let (first, rest) = digits.split_at(1);
        out.push_str(first);
        if !rest.is_empty() {
            out.push('.');
            out.push_str(rest);
        }
        let sign = if exponent < 0 { '-' } else { '+' };
        // Writing to a String can't fail.
        if write!(out, "e{sign}{}", exponent.abs()).is_err() {
            return scientific;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn arbitrary_json() -> impl Strategy<Value = Value> {
        let number = prop_oneof![
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_filter("JSON has no infinities", |x| x.is_finite()).prop_map(Value::from),
            (-1e6..1e6).prop_map(Value::from),
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            number,
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    /// The same value with every object's keys in the opposite order.
    fn reversed(value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(reversed).collect(),
            Value::Object(map) => {
                Value::Object(map.iter().rev().map(|(k, v)| (k.clone(), reversed(v))).collect())
            }
            other => other.clone(),
        }
    }

    proptest! {
        #[test]
        fn the_order_of_keys_does_not_matter(value in arbitrary_json()) {
            prop_assert_eq!(text(&value), text(&reversed(&value)));
        }

        #[test]
        fn reading_and_writing_again_changes_nothing(value in arbitrary_json()) {
            let once = text(&value);
            let read: Value = serde_json::from_str(&once).unwrap();
            prop_assert_eq!(text(&read), once.clone());
            prop_assert_eq!(&normalise(&value), &normalise(&read));
            prop_assert_eq!(text(&normalise(&value)), once);
        }

        #[test]
        fn equal_texts_mean_equal_values(left in arbitrary_json(), right in arbitrary_json()) {
            prop_assert_eq!(text(&left) == text(&right), normalise(&left) == normalise(&right));
        }

        #[test]
        fn a_float_reads_back_as_itself(bits in any::<u64>()) {
            let float = f64::from_bits(bits);
            prop_assume!(float.is_finite());
            let read: f64 = float_text(float).parse().unwrap();
            prop_assert!(read.total_cmp(&float).is_eq() || float == 0.0);
        }
    }

    #[test]
    fn numbers_follow_rfc_8785() {
        // From the RFC's appendix B.
        for (bits, expected) in [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        ] {
            assert_eq!(float_text(f64::from_bits(bits)), expected);
        }
        assert_eq!(
            text(&json!([u64::MAX, i64::MIN, 1.0, -0.0])),
            "[18446744073709551615,-9223372036854775808,1,0]"
        );
    }

    #[test]
    fn strings_and_keys_follow_rfc_8785() {
        let value =
            json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7});
        assert_eq!(text(&value), "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}");
        assert_eq!(text(&json!("\u{1}\u{1f}\"\\/\u{7f}é")), "\"\\u0001\\u001f\\\"\\\\/\u{7f}é\"");
    }

    #[test]
    fn the_hash_is_what_other_tools_compute() {
        // printf '{"a":[1,true,null],"b":"é"}' | sha256sum
        assert_eq!(
            hash(&json!({"b": "é", "a": [1, true, null]})),
            "6eab153701ef60c995351765c772011bca6739878254f313acc3f11e1fef476b"
        );
    }
}
