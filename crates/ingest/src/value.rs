//! One text to one typed value, by a contract field; or the reason why not, for people.

use std::borrow::Cow;

use touchstone_spec::{ContractField, CsvFormat, DataType, NegativeStyle};

use crate::{
    IngestError, IngestErrorCode, IngestPlace,
    number::{self, Number, NumberFault, NumberStyle},
    pattern::{Moment, Pattern, PatternFault},
};

/// A typed value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'text> {
    /// No value: an empty text (of any type but string), or one of the format's `null_values`.
    Null,
    /// True or false.
    Boolean(bool),
    /// 32-bit integer.
    Int(i32),
    /// 64-bit integer.
    Long(i64),
    /// 32-bit binary number.
    Float(f32),
    /// 64-bit binary number.
    Double(f64),
    /// `unscaled * 10^-scale`.
    Decimal {
        /// All digits, as a whole number.
        unscaled: i128,
        /// How many of them stand behind the point; the contract's scale.
        scale: u8,
    },
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since midnight.
    Time(i64),
    /// Microseconds since 1970-01-01 00:00, without zone.
    Timestamp(i64),
    /// Microseconds since 1970-01-01 00:00 UTC.
    Timestamptz(i64),
    /// The text itself, without blanks around it if the format trims.
    Text(Cow<'text, str>),
    /// The sixteen bytes in the order they are written.
    Uuid([u8; 16]),
    /// The text's bytes in UTF-8, as Spark's cast from string to binary gives them.
    Binary(Vec<u8>),
}

/// Why a text isn't a value of a type. Shown, it reads
/// "`31/02/2026` is not a date of the form dd/MM/yyyy: February 2026 has 28 days".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}{}", .reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default())]
pub struct ValueError {
    /// The text, shortened to a hundred characters.
    pub text: String,
    /// What it should have been: "a date of the form dd/MM/yyyy".
    pub expected: String,
    /// What is wrong with it, where there is more to say.
    pub reason: Option<String>,
}

/// Reads texts of one contract field; made once, used for every record.
#[derive(Debug, Clone)]
pub struct ValueParser {
    kind: Kind,
    nulls: Vec<String>,
    trim: bool,
}

#[derive(Debug, Clone)]
enum Kind {
    Boolean { truths: Vec<String>, falsehoods: Vec<String> },
    Int(NumberStyle),
    Long(NumberStyle),
    Float(NumberStyle),
    Double(NumberStyle),
    Decimal { style: NumberStyle, precision: u8, scale: u8 },
    Date(Pattern),
    Time(Pattern),
    Timestamp(Pattern),
    Timestamptz(Pattern),
    Text,
    Uuid,
    Binary,
}

/// What a cell is to the pipeline that reads it. Counts, marks and filters go by it, and so say what silver gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// No value: nothing there, or a text that is read as 'no value'.
    Null,
    /// The empty text.
    Empty,
    /// A text of nothing but blanks, as it is read: where the format drops blanks, none of ASCII is left.
    Blank,
    /// Any other value.
    Value,
    /// A text that isn't of the type.
    Misread,
}

impl Content {
    /// What a value is; None: its text could not be read.
    pub fn of(value: Option<&Value<'_>>) -> Self {
        match value {
            None => Self::Misread,
            Some(Value::Null) => Self::Null,
            Some(Value::Text(text)) if text.is_empty() => Self::Empty,
            Some(Value::Text(text)) if text.chars().all(char::is_whitespace) => Self::Blank,
            Some(_) => Self::Value,
        }
    }

    /// Whether it is not what a contract promises.
    pub fn is_bad(self, required: bool) -> bool {
        self == Self::Misread || required && self == Self::Null
    }
}

enum Fault {
    Number(NumberFault),
    Pattern(PatternFault),
    Plain,
}

impl From<NumberFault> for Fault {
    fn from(fault: NumberFault) -> Self {
        Self::Number(fault)
    }
}

impl From<PatternFault> for Fault {
    fn from(fault: PatternFault) -> Self {
        Self::Pattern(fault)
    }
}

const TRUTHS: [&str; 5] = ["true", "t", "yes", "y", "1"];
const FALSEHOODS: [&str; 5] = ["false", "f", "no", "n", "0"];

/// Reads one text by a parser: [`ValueParser::parse`] as a function.
///
/// # Errors
/// The text isn't a value of the parser's type.
pub fn parse_value<'text>(text: &'text str, parser: &ValueParser) -> Result<Value<'text>, ValueError> {
    parser.parse(text)
}

impl ValueParser {
    /// Prepares a contract field's type, pattern and marks.
    ///
    /// # Errors
    /// The pattern can't be read or doesn't fit the type, the marks contradict each other, or the type is one
    /// that a text can't hold (list, map, struct). The place names the column.
    pub fn new(field: &ContractField, format: &CsvFormat) -> Result<Self, IngestError> {
        let kind = Kind::new(field).map_err(|(reason, next_step)| {
            IngestError::new(IngestErrorCode::Field, IngestPlace::column(&field.name), reason, next_step)
        })?;
        Ok(Self { kind, nulls: format.null_values.clone(), trim: format.trim })
    }

    /// Reads one text as it stands in the file.
    ///
    /// Empty texts are null, except that a string keeps an empty text that was in quotes (an unquoted empty
    /// field doesn't come here: it is missing already). Blanks around the text (U+0020 and the controls below
    /// it, as in Java's `String.trim`) are dropped when the format trims; a text of nothing but blanks is then
    /// null.
    ///
    /// # Errors
    /// The text isn't a value of the type.
    pub fn parse<'text>(&self, text: &'text str) -> Result<Value<'text>, ValueError> {
        let Some(kept) = self.kept(text) else { return Ok(Value::Null) };
        self.kind.read(kept).map_err(|fault| self.kind.explain(kept, &fault))
    }

    /// Whether this text stands for 'no value'.
    pub fn is_null(&self, text: &str) -> bool {
        self.kept(text).is_none()
    }

    /// What this text is to whoever reads it by this parser.
    pub fn content(&self, text: &str) -> Content {
        let Some(kept) = self.kept(text) else { return Content::Null };
        Content::of(self.kind.read(kept).ok().as_ref())
    }

    /// Whether this text is a value of the type, or null; cheaper than [`ValueParser::parse`] where it isn't.
    pub fn accepts(&self, text: &str) -> bool {
        self.kept(text).is_none_or(|kept| self.kind.read(kept).is_ok())
    }

    /// Reads a decimal's digits: [`ValueParser::parse`] for columns of one type. None is null.
    ///
    /// # Errors
    /// The text isn't a number of the type's precision and scale, or the type isn't a decimal.
    pub fn parse_decimal(&self, text: &str) -> Result<Option<i128>, ValueError> {
        match self.parse(text)? {
            Value::Null => Ok(None),
            Value::Decimal { unscaled, .. } => Ok(Some(unscaled)),
            _ => Err(self.kind.explain(text, &Fault::Plain)),
        }
    }

    /// The text without the blanks that the format drops.
    pub fn trimmed<'text>(&self, text: &'text str) -> &'text str {
        if self.trim { text.trim_matches(|character| character <= ' ') } else { text }
    }

    /// The text to be typed; None when it stands for 'no value'.
    fn kept<'text>(&self, text: &'text str) -> Option<&'text str> {
        let kept = self.trimmed(text);
        if kept.is_empty() {
            let quoted_empty = text.is_empty() && matches!(self.kind, Kind::Text);
            return quoted_empty.then_some(kept);
        }
        (!self.nulls.iter().any(|null| null == kept || null == text)).then_some(kept)
    }
}

impl Kind {
    fn new(field: &ContractField) -> Result<Self, (String, String)> {
        let style = || number_style(field);
        let kind = match &field.data_type {
            DataType::Boolean => {
                let words = |given: &[String]| given.to_vec();
                let (truths, falsehoods) = (words(&field.true_values), words(&field.false_values));
                if let Some(both) = truths.iter().find(|word| falsehoods.contains(word)) {
                    return Err((
                        format!("`{both}` is both among true_values and among false_values"),
                        "remove it from one of them".to_owned(),
                    ));
                }
                Self::Boolean { truths, falsehoods }
            }
            DataType::Int => Self::Int(style()?),
            DataType::Long => Self::Long(style()?),
            DataType::Float => Self::Float(style()?),
            DataType::Double => Self::Double(style()?),
            DataType::Decimal { precision, scale } => {
                Self::Decimal { style: style()?, precision: *precision, scale: *scale }
            }
            DataType::Date => Self::Date(pattern(field, Pattern::iso_date)?),
            DataType::Time => Self::Time(pattern(field, Pattern::iso_time)?),
            DataType::Timestamp => Self::Timestamp(pattern(field, Pattern::iso_timestamp)?),
            DataType::Timestamptz => Self::Timestamptz(pattern(field, Pattern::iso_timestamptz)?),
            DataType::String => Self::Text,
            DataType::Uuid => Self::Uuid,
            DataType::Binary => Self::Binary,
            nested @ (DataType::List(_) | DataType::Map(..) | DataType::Struct(_)) => {
                return Err((
                    format!("a column of delimited text can't be read as {nested}"),
                    "give it the type string, and take it apart in the mapping".to_owned(),
                ));
            }
        };
        Ok(kind)
    }

    fn read<'text>(&self, text: &'text str) -> Result<Value<'text>, Fault> {
        Ok(match self {
            Self::Boolean { truths, falsehoods } => {
                Value::Boolean(boolean(text, truths, falsehoods).ok_or(Fault::Plain)?)
            }
            Self::Int(style) => {
                let whole = number::read(text, style).and_then(Number::to_whole)?;
                Value::Int(i32::try_from(whole).map_err(|_| NumberFault::TooLarge)?)
            }
            Self::Long(style) => {
                let whole = number::read(text, style).and_then(Number::to_whole)?;
                Value::Long(i64::try_from(whole).map_err(|_| NumberFault::TooLarge)?)
            }
            Self::Float(style) => Value::Float(number::read_float(text, style)?),
            Self::Double(style) => Value::Double(number::read_double(text, style)?),
            Self::Decimal { style, precision, scale } => Value::Decimal {
                unscaled: number::read(text, style)?.to_decimal(*precision, *scale)?,
                scale: *scale,
            },
            Self::Date(pattern) => Value::Date(pattern.read(text)?.days),
            Self::Time(pattern) => Value::Time(pattern.read(text)?.micros),
            Self::Timestamp(pattern) => Value::Timestamp(pattern.read(text).map(Moment::local_micros)?),
            Self::Timestamptz(pattern) => Value::Timestamptz(pattern.read(text).map(Moment::utc_micros)?),
            Self::Text => Value::Text(Cow::Borrowed(text)),
            Self::Uuid => Value::Uuid(uuid(text).ok_or(Fault::Plain)?),
            Self::Binary => Value::Binary(text.as_bytes().to_vec()),
        })
    }

    fn explain(&self, text: &str, fault: &Fault) -> ValueError {
        let reason = match fault {
            _ if text != text.trim() => Some("there are blanks around it; set trim in the format".to_owned()),
            Fault::Number(fault) => self.number_reason(text, *fault),
            Fault::Pattern(fault) => fault.reason(),
            Fault::Plain => None,
        };
        ValueError { text: shortened(text), expected: self.expected(), reason }
    }

    fn number_reason(&self, text: &str, fault: NumberFault) -> Option<String> {
        match fault {
            NumberFault::NotANumber if text.contains(['$', '€', '£', '¥', '%']) => {
                Some("it has a currency or percent sign".to_owned())
            }
            NumberFault::NotANumber => None,
            NumberFault::Groups => {
                let mark = self.style().and_then(|style| style.grouping).unwrap_or(',');
                Some(format!("`{mark}` must stand between groups of three digits"))
            }
            NumberFault::HasFraction => Some("it has a fraction; a decimal can hold it".to_owned()),
            NumberFault::TooFine { scale } => {
                Some(format!("it has more than {scale} digits behind the point, and nothing is rounded"))
            }
            NumberFault::TooLarge => Some("it is too large".to_owned()),
        }
    }

    fn style(&self) -> Option<&NumberStyle> {
        match self {
            Self::Int(style)
            | Self::Long(style)
            | Self::Float(style)
            | Self::Double(style)
            | Self::Decimal { style, .. } => Some(style),
            _ => None,
        }
    }

    fn expected(&self) -> String {
        let plain = match self {
            Self::Boolean { truths, falsehoods } => {
                let list = |given: &[String], default: &[&str]| {
                    if given.is_empty() { default.join(", ") } else { given.join(", ") }
                };
                return format!("one of {} or {}", list(truths, &TRUTHS), list(falsehoods, &FALSEHOODS));
            }
            Self::Int(_) => "a whole number of 32 bits (int)".to_owned(),
            Self::Long(_) => "a whole number of 64 bits (long)".to_owned(),
            Self::Float(_) => "a number (float)".to_owned(),
            Self::Double(_) => "a number (double)".to_owned(),
            Self::Decimal { precision, scale, .. } => format!("a decimal({precision},{scale})"),
            Self::Date(pattern) => return format!("a date of the form {}", pattern.text),
            Self::Time(pattern) => return format!("a time of the form {}", pattern.text),
            Self::Timestamp(pattern) => return format!("a timestamp of the form {}", pattern.text),
            Self::Timestamptz(pattern) => {
                return format!("a timestamp with zone of the form {}", pattern.text);
            }
            Self::Text => "a text".to_owned(),
            Self::Uuid => "a UUID".to_owned(),
            Self::Binary => "a byte string".to_owned(),
        };
        match self.style() {
            Some(style) if *style != NumberStyle::PLAIN => format!("{plain} written like {}", example(style)),
            _ => plain,
        }
    }
}

/// A number in the style, for messages.
fn example(style: &NumberStyle) -> String {
    let group = style.grouping.map(String::from).unwrap_or_default();
    let number = format!("1{group}234{}5", style.decimal);
    match style.negative {
        NegativeStyle::LeadingMinus => number,
        NegativeStyle::TrailingMinus => format!("{number} or {number}-"),
        NegativeStyle::Parentheses => format!("{number} or ({number})"),
    }
}

fn number_style(field: &ContractField) -> Result<NumberStyle, (String, String)> {
    let decimal = field.decimal_mark.unwrap_or('.');
    let usable = |mark: char| !mark.is_alphanumeric() && !"+-()\"".contains(mark);
    for (key, mark) in [("decimal_mark", Some(decimal)), ("grouping_mark", field.grouping_mark)] {
        if let Some(mark) = mark.filter(|mark| !usable(*mark)) {
            return Err((
                format!("{key} {mark:?} can't be told from the number itself"),
                "use a punctuation mark or a blank".to_owned(),
            ));
        }
    }
    if field.grouping_mark == Some(decimal) {
        return Err((
            format!("`{decimal}` is both the decimal mark and the grouping mark"),
            "set decimal_mark and grouping_mark to different characters".to_owned(),
        ));
    }
    let negative = field.negative.unwrap_or(NegativeStyle::LeadingMinus);
    Ok(NumberStyle { decimal, grouping: field.grouping_mark, negative })
}

fn pattern(field: &ContractField, iso: fn() -> Pattern) -> Result<Pattern, (String, String)> {
    let Some(text) = &field.format else { return Ok(iso()) };
    let correct = || "correct the field's format".to_owned();
    let compiled = Pattern::new(text)
        .map_err(|reason| (format!("the format `{text}` can't be read: {reason}"), correct()))?;
    let misfit = match field.data_type {
        _ if compiled.half_day_is_open() => Some("`h` needs `a` (AM or PM); hours to 23 are `H`"),
        DataType::Time if !compiled.has_time() => Some("a time needs at least an hour (HH)"),
        DataType::Time if compiled.names_date() => {
            Some("a time has no date; use the type timestamp, or leave the date out")
        }
        DataType::Time => None,
        _ if !compiled.has_date() => Some("year (yyyy), month (MM) and day (dd) must all be there"),
        DataType::Date if compiled.has_time() => {
            Some("a date has no time; use the type timestamp, and take the date in the mapping")
        }
        DataType::Timestamptz if !compiled.has_zone() => {
            Some("a timestamptz needs a zone (XXX); without one use the type timestamp")
        }
        DataType::Timestamp if compiled.has_zone() => {
            Some("a timestamp has no zone; use the type timestamptz")
        }
        _ => None,
    };
    match misfit {
        Some(reason) => Err((
            format!("the format `{text}` doesn't fit the type {}: {reason}", field.data_type),
            correct(),
        )),
        None => Ok(compiled),
    }
}

/// Each list that isn't given stands for its default words, in any case.
fn boolean(text: &str, truths: &[String], falsehoods: &[String]) -> Option<bool> {
    let among = |given: &[String], default: &[&str]| {
        if given.is_empty() {
            default.iter().any(|word| word.eq_ignore_ascii_case(text))
        } else {
            given.iter().any(|word| word == text)
        }
    };
    // A word that is given for one side isn't also a default word of the other.
    if !truths.is_empty() && among(truths, &[]) {
        Some(true)
    } else if among(falsehoods, &FALSEHOODS) {
        Some(false)
    } else {
        (truths.is_empty() && among(truths, &TRUTHS)).then_some(true)
    }
}

/// `8-4-4-4-12` hexadecimal digits (RFC 9562).
fn uuid(text: &str) -> Option<[u8; 16]> {
    if text.len() != 36 {
        return None;
    }
    let mut bytes = [0_u8; 16];
    let mut digits = 0_usize;
    for (position, character) in text.bytes().enumerate() {
        if matches!(position, 8 | 13 | 18 | 23) {
            if character != b'-' {
                return None;
            }
            continue;
        }
        let digit = u8::try_from(char::from(character).to_digit(16)?).ok()?;
        let slot = bytes.get_mut(digits / 2)?;
        *slot = (*slot << 4) | digit;
        digits += 1;
    }
    Some(bytes)
}

/// At most a hundred characters of a text.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
