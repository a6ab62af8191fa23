//! One column's cells: what is shown, what value it is, and what is wrong with it.

use std::{borrow::Cow, cmp::Ordering};

use arrow::{
    array::{Array, ArrayRef, AsArray, StringArray},
    datatypes::UInt64Type,
};
use touchstone_ingest::{Value, ValueParser};
use touchstone_spec::DataType;

use crate::{EngineError, types::value_text, warehouse::each_value};

/// How a column's cells are read.
#[derive(Debug, Clone)]
pub(super) enum Reading {
    /// Text of a file, which a contract field gives a type.
    Text {
        /// Reads the text.
        parser: Box<ValueParser>,
        /// Whether a cell without a value breaks the contract.
        required: bool,
    },
    /// Values of a table.
    Typed,
}

/// What a cell is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'text> {
    /// No value: missing, or a text that stands for 'no value'.
    Null,
    /// A value of the column's type. Empty and blank texts are values too.
    Value(Value<'text>),
    /// A text that isn't of the column's type.
    Bad,
}

/// A value that can be compared with others of its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key<'text> {
    /// Whole numbers, days, moments, true and false; floating numbers in the order of their bits.
    Small(i64),
    /// Decimals and UUIDs.
    Wide(i128),
    /// Texts by code point, and bytes.
    Bytes(Cow<'text, [u8]>),
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Small(one), Self::Small(other)) => one.cmp(other),
            (Self::Wide(one), Self::Wide(other)) => one.cmp(other),
            (Self::Bytes(one), Self::Bytes(other)) => one.cmp(other),
            // Keys of one column are of one kind.
            (one, other) => one.kind().cmp(&other.kind()),
        }
    }
}

impl Key<'_> {
    /// The same key, on its own.
    pub(super) fn to_owned_key(&self) -> Key<'static> {
        match self {
            Self::Small(key) => Key::Small(*key),
            Self::Wide(key) => Key::Wide(*key),
            Self::Bytes(key) => Key::Bytes(Cow::Owned(key.to_vec())),
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Small(_) => 0,
            Self::Wide(_) => 1,
            Self::Bytes(_) => 2,
        }
    }
}

/// The key of a value; none for null.
pub(super) fn key(value: Value<'_>) -> Option<Key<'_>> {
    Some(match value {
        Value::Null => return None,
        Value::Boolean(value) => Key::Small(value.into()),
        Value::Int(value) | Value::Date(value) => Key::Small(value.into()),
        Value::Long(value) | Value::Time(value) | Value::Timestamp(value) | Value::Timestamptz(value) => {
            Key::Small(value)
        }
        Value::Float(value) => Key::Small(float_order(value.into())),
        Value::Double(value) => Key::Small(float_order(value)),
        Value::Decimal { unscaled, .. } => Key::Wide(unscaled),
        // The first bit turned over: an unsigned order in a signed number.
        Value::Uuid(bytes) => Key::Wide(i128::from_be_bytes(bytes) ^ i128::MIN),
        Value::Text(text) => Key::Bytes(match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        }),
        Value::Binary(bytes) => Key::Bytes(Cow::Owned(bytes)),
    })
}

/// A whole number that is ordered as the floating ones are: both zeros are one, NaN is the greatest, as in Spark.
pub(super) fn float_order(value: f64) -> i64 {
    let value = if value == 0.0 { 0.0 } else { value };
    let bits = if value.is_nan() { f64::NAN.to_bits() & !(1 << 63) } else { value.to_bits() };
    let signed = bits.cast_signed();
    signed ^ ((signed >> 63).cast_unsigned() >> 1).cast_signed()
}

impl Reading {
    /// Hands out the cells in order.
    pub(super) fn each_cell(
        &self,
        array: &ArrayRef,
        data_type: &DataType,
        mut each: impl FnMut(Cell<'_>),
    ) -> Result<(), EngineError> {
        match self {
            Self::Text { parser, .. } => {
                for text in texts(array)? {
                    each(judge(parser, text));
                }
                Ok(())
            }
            Self::Typed => each_value(array, data_type, |value| {
                each(if value == Value::Null { Cell::Null } else { Cell::Value(value) });
            }),
        }
    }

    /// Hands out the cells' texts in order, as they are shown.
    pub(super) fn each_text(
        &self,
        array: &ArrayRef,
        data_type: &DataType,
        mut each: impl FnMut(Option<&str>),
    ) -> Result<(), EngineError> {
        match self {
            Self::Text { .. } => {
                texts(array)?.iter().for_each(each);
                Ok(())
            }
            Self::Typed => each_value(array, data_type, |value| each(value_text(&value).as_deref())),
        }
    }

    /// Why a text is bad, or none. Missing texts are bad where the contract requires a value.
    pub(super) fn fault(&self, text: Option<&str>) -> Option<String> {
        let Self::Text { parser, required } = self else { return None };
        match text.map(|text| parser.parse(text)) {
            Some(Err(error)) => Some(error.to_string()),
            None | Some(Ok(Value::Null)) if *required => {
                Some("there is no value, and the contract requires one".to_owned())
            }
            _ => None,
        }
    }

    /// A text as it is read, where the column is one of texts: without the blanks that the format drops.
    pub(super) fn text_read<'text>(&self, text: &'text str) -> Cow<'text, str> {
        match self {
            Self::Text { parser, .. } => match parser.parse(text) {
                Ok(Value::Text(read)) => read,
                _ => Cow::Borrowed(text),
            },
            Self::Typed => Cow::Borrowed(text),
        }
    }
}

/// What a text of a file is.
pub(super) fn judge<'text>(parser: &ValueParser, text: Option<&'text str>) -> Cell<'text> {
    match text.map(|text| parser.parse(text)) {
        None | Some(Ok(Value::Null)) => Cell::Null,
        Some(Ok(value)) => Cell::Value(value),
        Some(Err(_)) => Cell::Bad,
    }
}

/// The texts of a file's column.
pub(super) fn texts(array: &ArrayRef) -> Result<&StringArray, EngineError> {
    array.as_string_opt::<i32>().ok_or_else(|| {
        EngineError::internal("grid", format!("a column of {} where text was", array.data_type()))
    })
}

/// A number of a file's record, line or byte.
pub(super) fn number(array: &ArrayRef, row: usize) -> Option<u64> {
    let numbers = array.as_primitive_opt::<UInt64Type>()?;
    (row < numbers.len()).then(|| numbers.value(row))
}

#[cfg(test)]
mod tests {
    use super::float_order;

    #[test]
    fn floating_numbers_are_in_order() {
        let ordered =
            [f64::NEG_INFINITY, -1e9, -1.5, -1e-300, 0.0, 1e-300, 1.5, 1e9, f64::INFINITY, f64::NAN];
        for pair in ordered.windows(2) {
            assert!(float_order(pair[0]) < float_order(pair[1]), "{pair:?}");
        }
        assert_eq!(float_order(-0.0), float_order(0.0));
        assert_eq!(float_order(-f64::NAN), float_order(f64::NAN));
    }
}
