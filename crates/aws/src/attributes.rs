//! JSON bodies as DynamoDB attributes, so that the console shows them and the platform's job reads them.
//!
//! An item has three attributes: `pk` and `sk` (strings) and `body` (a map). Inside it, objects are maps,
//! arrays lists, and numbers numbers. Three things that JSON can say and DynamoDB can't are wrapped:
//!
//! | JSON | attribute |
//! |---|---|
//! | an object or array more than 24 levels deep | `{"$json": "<its canonical JSON text>"}` |
//! | a number beyond ±9.9e125 or closer to zero than 1e-130 | `{"$number": "<its text>"}` |
//! | a key that is empty or begins with `$` | the key with one more `$` in front |
//!
//! So a reader takes a map with the single key `$json` or `$number` for what its text says, and drops the first
//! `$` of any other key. Numbers are sent with all their digits (at most 20, DynamoDB keeps 38) and come back as
//! they were.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Number, Value};
use std::collections::HashMap;
use touchstone_registry::canonical;

/// Maps and lists may be nested 32 deep in an item; this leaves room for the wrapping.
const DEEPEST: usize = 24;
const JSON_TAG: &str = "$json";
const NUMBER_TAG: &str = "$number";
const LARGEST: f64 = 9.9e125;
const SMALLEST: f64 = 1e-130;

/// The attribute that says `value`.
pub(crate) fn to_attribute(value: &Value) -> AttributeValue {
    attribute_at(value, 0)
}

/// A key of an object as an attribute name.
pub(crate) fn attribute_name(key: &str) -> String {
    if key.is_empty() || key.starts_with('$') { format!("${key}") } else { key.to_owned() }
}

fn attribute_at(value: &Value, depth: usize) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(truth) => AttributeValue::Bool(*truth),
        Value::Number(number) => number_attribute(number),
        Value::String(text) => AttributeValue::S(text.clone()),
        Value::Array(_) | Value::Object(_) if depth >= DEEPEST => tagged(JSON_TAG, canonical::text(value)),
        Value::Array(items) => {
            AttributeValue::L(items.iter().map(|item| attribute_at(item, depth + 1)).collect())
        }
        Value::Object(map) => AttributeValue::M(
            map.iter().map(|(key, value)| (attribute_name(key), attribute_at(value, depth + 1))).collect(),
        ),
    }
}

fn number_attribute(number: &Number) -> AttributeValue {
    let text = canonical::number_text(number);
    let size = number.as_f64().map_or(0.0, f64::abs);
    if size == 0.0 || (SMALLEST..=LARGEST).contains(&size) {
        AttributeValue::N(text)
    } else {
        tagged(NUMBER_TAG, text)
    }
}

fn tagged(tag: &str, text: String) -> AttributeValue {
    AttributeValue::M(HashMap::from([(tag.to_owned(), AttributeValue::S(text))]))
}

/// What an attribute says, or why it can't be what this crate wrote.
pub(crate) fn from_attribute(attribute: AttributeValue) -> Result<Value, String> {
    match attribute {
        AttributeValue::Null(_) => Ok(Value::Null),
        AttributeValue::Bool(truth) => Ok(Value::Bool(truth)),
        AttributeValue::N(text) => number(&text),
        AttributeValue::S(text) => Ok(Value::String(text)),
        AttributeValue::L(items) => items.into_iter().map(from_attribute).collect(),
        AttributeValue::M(map) => from_map(map),
        _ => Err("it holds a set or bytes, which a registry never writes".to_owned()),
    }
}

fn from_map(map: HashMap<String, AttributeValue>) -> Result<Value, String> {
    if map.len() == 1 {
        if let Some(AttributeValue::S(text)) = map.get(JSON_TAG) {
            return serde_json::from_str(text)
                .map_err(|error| format!("the text in {JSON_TAG} is not JSON: {error}"));
        }
        if let Some(AttributeValue::S(text)) = map.get(NUMBER_TAG) {
            return number(text);
        }
    }
    let object = map
        .into_iter()
        .map(|(name, attribute)| {
            let key = match name.strip_prefix('$') {
                Some(key) => key.to_owned(),
                None => name,
            };
            Ok((key, from_attribute(attribute)?))
        })
        .collect::<Result<Map<String, Value>, String>>()?;
    // The map came in no order at all; every store gives the canonical one.
    Ok(canonical::normalise(&Value::Object(object)))
}

fn number(text: &str) -> Result<Value, String> {
    canonical::parse_number(text).map(Value::Number).ok_or_else(|| format!("{text:?} is not a number"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn arbitrary_json() -> impl Strategy<Value = Value> {
        let key = prop_oneof![any::<String>(), "[$a]{0,3}(json|number)?"];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_filter("JSON has no infinities", |x| x.is_finite()).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 40, 5, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((key.clone(), inner), 0..5)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    fn depth(attribute: &AttributeValue) -> usize {
        match attribute {
            AttributeValue::L(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
            AttributeValue::M(map) => 1 + map.values().map(depth).max().unwrap_or(0),
            _ => 0,
        }
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(value in arbitrary_json()) {
            prop_assert_eq!(from_attribute(to_attribute(&value)), Ok(canonical::normalise(&value)));
        }

        #[test]
        fn nothing_is_nested_too_deep(levels in 0_usize..100, leaf in arbitrary_json()) {
            let value = (0..levels).fold(leaf, |inner, level| {
                if level % 2 == 0 { json!([inner]) } else { json!({ "down": inner }) }
            });
            let attribute = to_attribute(&value);
            prop_assert!(depth(&attribute) <= 30);
            prop_assert_eq!(from_attribute(attribute), Ok(canonical::normalise(&value)));
        }
    }

    #[test]
    fn plain_values_stay_plain() {
        let body = to_attribute(&json!({ "n": 1.50, "list": ["a", null], "$json": 1 }));
        let AttributeValue::M(map) = body else { panic!("{body:?}") };
        assert_eq!(map["n"], AttributeValue::N("1.5".into()));
        assert_eq!(
            map["list"],
            AttributeValue::L(vec![AttributeValue::S("a".into()), AttributeValue::Null(true)])
        );
        assert_eq!(map["$$json"], AttributeValue::N("1".into()));
    }

    #[test]
    fn numbers_are_read_however_they_are_written() {
        for (text, expected) in
            [("1E+2", json!(100)), ("100.0", json!(100)), ("1E-3", json!(0.001)), ("-0", json!(0))]
        {
            assert_eq!(from_attribute(AttributeValue::N(text.into())), Ok(expected));
        }
        assert!(from_attribute(AttributeValue::Ss(vec![])).is_err());
    }
}
