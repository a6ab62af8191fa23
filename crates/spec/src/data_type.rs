//! Iceberg's types, written the way Iceberg's specification writes them.

use std::{fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A column's type: Apache Iceberg's primitive and nested types
/// (source: Iceberg table specification, "Schemas and Data Types").
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataType {
    /// True or false.
    Boolean,
    /// 32-bit signed integer.
    Int,
    /// 64-bit signed integer.
    Long,
    /// 32-bit IEEE 754 number.
    Float,
    /// 64-bit IEEE 754 number.
    Double,
    /// Exact number of at most `precision` digits, `scale` of them behind the point.
    Decimal {
        /// Digits in all, 1 to 38.
        precision: u8,
        /// Digits behind the point, 0 to `precision`.
        scale: u8,
    },
    /// Calendar date without time or zone.
    Date,
    /// Time of day in microseconds, without date or zone.
    Time,
    /// Date and time in microseconds, without zone.
    Timestamp,
    /// Point in time in microseconds, stored in UTC.
    Timestamptz,
    /// UTF-8 text.
    String,
    /// Universally unique identifier.
    Uuid,
    /// Bytes of any length.
    Binary,
    /// List of one element type.
    List(Box<DataType>),
    /// Map from one key type to one value type.
    Map(Box<DataType>, Box<DataType>),
    /// Record of named fields.
    Struct(Vec<StructField>),
}

/// One field of a [`DataType::Struct`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StructField {
    /// Name of the field.
    pub name: String,
    /// Type of the field.
    pub data_type: DataType,
}

/// Why a text isn't a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a type: {reason}")]
pub struct ParseTypeError {
    /// The text as given.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Names of the types that stand alone, in the order in which help texts list them.
const SIMPLE: [(&str, DataType); 12] = [
    ("boolean", DataType::Boolean),
    ("int", DataType::Int),
    ("long", DataType::Long),
    ("float", DataType::Float),
    ("double", DataType::Double),
    ("date", DataType::Date),
    ("time", DataType::Time),
    ("timestamp", DataType::Timestamp),
    ("timestamptz", DataType::Timestamptz),
    ("string", DataType::String),
    ("uuid", DataType::Uuid),
    ("binary", DataType::Binary),
];

/// Deepest nesting of list, map and struct that a document may ask for.
const DEPTH_LIMIT: usize = 16;

impl DataType {
    /// Whether values can be added and multiplied.
    pub fn is_numeric(&self) -> bool {
        matches!(self, Self::Int | Self::Long | Self::Float | Self::Double | Self::Decimal { .. })
    }

    /// Whether values are whole numbers of fixed width.
    pub fn is_integer(&self) -> bool {
        matches!(self, Self::Int | Self::Long)
    }

    /// Whether values carry a calendar date.
    pub fn is_temporal(&self) -> bool {
        matches!(self, Self::Date | Self::Timestamp | Self::Timestamptz)
    }

    /// Whether values have an order, so that `<`, `min` and sorting make sense.
    pub fn is_ordered(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Map(..) | Self::Struct(_))
    }

    /// Whether the type holds other types.
    pub fn is_nested(&self) -> bool {
        matches!(self, Self::List(_) | Self::Map(..) | Self::Struct(_))
    }

    /// Whether a column may change from `self` to `to` without rewriting data:
    /// Iceberg's schema evolution (int to long, float to double, a decimal to more precision of the same
    /// scale). Equal types widen to themselves.
    pub fn widens_to(&self, to: &Self) -> bool {
        match (self, to) {
            (Self::Int, Self::Long) | (Self::Float, Self::Double) => true,
            (Self::Decimal { precision: from, scale: from_scale }, Self::Decimal { precision, scale }) => {
                scale == from_scale && precision >= from
            }
            (Self::List(from), Self::List(to)) => from.widens_to(to),
            (Self::Map(from_key, from), Self::Map(to_key, to)) => from_key == to_key && from.widens_to(to),
            (from, to) => from == to,
        }
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((name, _)) = SIMPLE.iter().find(|(_, simple)| simple == self) {
            return f.write_str(name);
        }
        match self {
            Self::Decimal { precision, scale } => write!(f, "decimal({precision},{scale})"),
            Self::List(element) => write!(f, "list<{element}>"),
            Self::Map(key, value) => write!(f, "map<{key},{value}>"),
            Self::Struct(fields) => {
                f.write_str("struct<")?;
                for (index, field) in fields.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{}:{}", field.name, field.data_type)?;
                }
                f.write_str(">")
            }
            _ => Ok(()),
        }
    }
}

impl FromStr for DataType {
    type Err = ParseTypeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text, 0).map_err(|reason| ParseTypeError { text: text.to_owned(), reason })
    }
}

fn parse(text: &str, depth: usize) -> Result<DataType, String> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    if depth > DEPTH_LIMIT {
        return Err(format!("it is nested deeper than {DEPTH_LIMIT} levels"));
    }
    if let Some((_, simple)) = SIMPLE.iter().find(|(name, _)| *name == lower) {
        return Ok(simple.clone());
    }
    if let Some(arguments) = between(&lower, "decimal", '(', ')') {
        return parse_decimal(arguments);
    }
    if lower == "decimal" {
        return Err("a decimal needs precision and scale, for example decimal(18,2)".to_owned());
    }
    // Names inside a struct keep their case, so the original text is cut, not the lower-case one.
    if let Some(inner) = between(text, "list", '<', '>') {
        return Ok(DataType::List(Box::new(parse(inner, depth + 1)?)));
    }
    if let Some(inner) = between(text, "map", '<', '>') {
        let parts = split_top(inner);
        let [key, value] = parts.as_slice() else {
            return Err("a map needs a key and a value type, for example map<string,int>".to_owned());
        };
        return Ok(DataType::Map(Box::new(parse(key, depth + 1)?), Box::new(parse(value, depth + 1)?)));
    }
    if let Some(inner) = between(text, "struct", '<', '>') {
        return parse_struct(inner, depth);
    }
    Err(suggestion(&lower))
}

fn parse_decimal(arguments: &str) -> Result<DataType, String> {
    let numbers: Vec<Option<u8>> = arguments.split(',').map(|part| part.trim().parse().ok()).collect();
    match numbers.as_slice() {
        [Some(precision), Some(scale)] if (1..=38).contains(precision) && scale <= precision => {
            Ok(DataType::Decimal { precision: *precision, scale: *scale })
        }
        _ => Err("precision is 1 to 38 and scale 0 to precision, for example decimal(18,2)".to_owned()),
    }
}

fn parse_struct(inner: &str, depth: usize) -> Result<DataType, String> {
    let mut fields: Vec<StructField> = Vec::new();
    for part in split_top(inner) {
        let Some((name, field_type)) = part.split_once(':') else {
            return Err("each field of a struct is `name: type`".to_owned());
        };
        let name = name.trim().to_owned();
        if name.is_empty() || fields.iter().any(|field| field.name == name) {
            return Err(format!("the struct's field name `{name}` is empty or stands twice"));
        }
        fields.push(StructField { name, data_type: parse(field_type, depth + 1)? });
    }
    Ok(DataType::Struct(fields))
}

/// What stands between `open` and `close` after `word`, when the text has just that form.
fn between<'text>(text: &'text str, word: &str, open: char, close: char) -> Option<&'text str> {
    let head = text.get(..word.len())?;
    if !head.eq_ignore_ascii_case(word) {
        return None;
    }
    text.get(word.len()..)?.trim_start().strip_prefix(open)?.strip_suffix(close)
}

/// Splits at commas that stand outside any bracket.
fn split_top(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (index, character) in text.char_indices() {
        match character {
            '<' | '(' => depth += 1,
            '>' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn suggestion(lower: &str) -> String {
    let known = match lower {
        "text" | "varchar" | "str" | "char" | "object" | "utf8" => Some("string"),
        "integer" | "int32" | "smallint" | "tinyint" => Some("int"),
        "bigint" | "int64" => Some("long"),
        "number" | "numeric" | "money" => Some("decimal(18,2)"),
        "real" | "float32" => Some("float"),
        "float64" => Some("double"),
        "bool" => Some("boolean"),
        "datetime" => Some("timestamp"),
        "bytes" => Some("binary"),
        "array" => Some("list<string>"),
        _ => None,
    };
    let nearest = known
        .or_else(|| crate::nearest(lower, SIMPLE.iter().map(|(name, _)| *name).chain(["decimal(18,2)"])));
    match nearest {
        Some(name) => format!("did you mean `{name}`?"),
        None => "the types are boolean, int, long, float, double, decimal(p,s), date, time, timestamp, \
                 timestamptz, string, uuid, binary, list<…>, map<…,…> and struct<…>"
            .to_owned(),
    }
}

impl Serialize for DataType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DataType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for DataType {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DataType".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "An Iceberg type: boolean, int, long, float, double, decimal(p,s), date, time, \
                            timestamp, timestamptz, string, uuid, binary, list<…>, map<…,…> or struct<…>.",
            "anyOf": [
                { "enum": SIMPLE.iter().map(|(name, _)| *name).collect::<Vec<_>>() },
                { "pattern": "^decimal\\(\\s*\\d{1,2}\\s*,\\s*\\d{1,2}\\s*\\)$" },
                { "pattern": "^(list|map|struct)<.+>$" }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_type() -> impl Strategy<Value = DataType> {
        let leaf = prop_oneof![
            proptest::sample::select(SIMPLE.iter().map(|(_, simple)| simple.clone()).collect::<Vec<_>>()),
            (1_u8..=38)
                .prop_flat_map(|precision| (Just(precision), 0..=precision))
                .prop_map(|(precision, scale)| DataType::Decimal { precision, scale }),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                inner.clone().prop_map(|element| DataType::List(Box::new(element))),
                (inner.clone(), inner.clone())
                    .prop_map(|(key, value)| DataType::Map(Box::new(key), Box::new(value))),
                proptest::collection::vec(inner, 1..3).prop_map(|types| DataType::Struct(
                    types
                        .into_iter()
                        .enumerate()
                        .map(|(index, data_type)| StructField { name: format!("Field_{index}"), data_type })
                        .collect()
                )),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(data_type in any_type()) {
            prop_assert_eq!(data_type.to_string().parse::<DataType>(), Ok(data_type));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            prop_assert!(text.parse::<DataType>().map_or(true, |read| !read.to_string().is_empty()));
        }
    }

    #[test]
    fn a_wrong_name_gets_the_nearest_right_one() {
        for (text, expected) in [
            ("varchar", "did you mean `string`?"),
            ("bigint", "did you mean `long`?"),
            ("dat", "did you mean `date`?"),
            ("decimal", "needs precision and scale"),
            ("decimal(40,2)", "precision is 1 to 38"),
            ("decimal(4,6)", "scale 0 to precision"),
            ("map<string>", "a map needs a key and a value type"),
        ] {
            let error = text.parse::<DataType>().unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn evolution_follows_iceberg() {
        let decimal = |precision, scale| DataType::Decimal { precision, scale };
        assert!(DataType::Int.widens_to(&DataType::Long));
        assert!(!DataType::Long.widens_to(&DataType::Int));
        assert!(decimal(10, 2).widens_to(&decimal(12, 2)));
        assert!(!decimal(10, 2).widens_to(&decimal(12, 3)));
        assert!(!DataType::Int.widens_to(&DataType::String));
    }
}
