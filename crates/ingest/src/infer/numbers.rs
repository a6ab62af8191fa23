//! In which ways of writing numbers a column's texts are numbers, all ways tallied at once.

use touchstone_spec::NegativeStyle;

use crate::number::{self, NumberStyle};

/// Decimal and grouping mark of each way that is tried; the more usual ones first.
pub(super) const MARKS: [(char, Option<char>); 7] = [
    ('.', None),
    (',', None),
    ('.', Some(',')),
    (',', Some('.')),
    ('.', Some(' ')),
    (',', Some(' ')),
    ('.', Some('\'')),
];

/// Longest text that is tried as a number.
const LONGEST: usize = 64;

/// How a text shows its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    None,
    Leading,
    Trailing,
    Parentheses,
}

/// What was seen under one pair of marks.
#[derive(Debug, Clone, Default)]
pub(super) struct MarkTally {
    /// Texts that are numbers, by [`Sign`].
    signs: [u64; 4],
    /// Of these, how many have a decimal mark or an exponent.
    pub(super) fractional: u64,
    /// Of these, how many have an exponent.
    pub(super) exponents: u64,
    /// Of these, how many have a grouping mark.
    pub(super) grouped: u64,
    /// Most digits before the decimal mark, leading zeros aside.
    pub(super) whole_digits: usize,
    /// Most digits behind the decimal mark, as written.
    pub(super) scale: usize,
    /// Largest whole number, sign aside.
    pub(super) largest: u128,
    /// Smallest and largest number, with its text.
    pub(super) least: Option<(f64, String)>,
    pub(super) greatest: Option<(f64, String)>,
}

/// Tallies for all pairs of marks.
///
/// Most texts have no mark, or only a decimal one, and mean the same under several pairs: they are read and
/// tallied once, and put together with the others when asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct NumberTally {
    /// Texts of digits only.
    plain: MarkTally,
    /// Texts with a decimal point, and with a decimal comma, and no other mark.
    point: MarkTally,
    comma: MarkTally,
    /// Texts with a grouping mark.
    grouped: [MarkTally; MARKS.len()],
    /// Whole numbers of more than one digit that begin with 0.
    pub(super) leading_zeros: u64,
    /// Texts of digits only, and their shortest and longest length.
    pub(super) digits_only: u64,
    pub(super) digits_lengths: Option<(usize, usize)>,
}

/// Whether the text is a number in any of the ways.
pub(super) fn is_number(text: &str) -> bool {
    let (_, body) = split_sign(text);
    may_be_number(body) && MARKS.iter().any(|marks| number::read(body, &unsigned(*marks)).is_ok())
}

impl NumberTally {
    /// Tallies a text that occurs `weight` times. Says whether it is a number in any of the ways.
    pub(super) fn add(&mut self, text: &str, weight: u64) -> bool {
        let (sign, body) = split_sign(text);
        if !may_be_number(body) {
            return false;
        }
        if sign == Sign::None && body.bytes().all(|byte| byte.is_ascii_digit()) {
            self.digits_only = self.digits_only.saturating_add(weight);
            let length = body.len();
            let (shortest, longest) = self.digits_lengths.unwrap_or((length, length));
            self.digits_lengths = Some((shortest.min(length), longest.max(length)));
            if body.len() > 1 && body.starts_with('0') {
                self.leading_zeros = self.leading_zeros.saturating_add(weight);
            }
        }
        let has = |mark: u8| memchr::memchr(mark, body.as_bytes());
        let (point, comma) = (has(b'.'), has(b','));
        let other =
            body.bytes().any(|byte| !matches!(byte, b'0'..=b'9' | b'.' | b',' | b'e' | b'E' | b'+' | b'-'));
        let mut any = false;
        let mut read = |tally: &mut MarkTally, marks: (char, Option<char>)| {
            if let Ok(number) = number::read(body, &unsigned(marks)) {
                any = true;
                tally.see(text, sign, body, marks, number, weight);
            }
        };
        match (point, comma, other) {
            (None, None, false) => read(&mut self.plain, ('.', None)),
            (Some(_), None, false) => read(&mut self.point, ('.', None)),
            (None, Some(_), false) => read(&mut self.comma, (',', None)),
            _ => {}
        }
        if point.is_some() || comma.is_some() || other {
            for (marks, tally) in MARKS.iter().zip(&mut self.grouped) {
                let present = match marks.1 {
                    None => false,
                    Some('.') => point.is_some(),
                    Some(',') => comma.is_some(),
                    Some(_) => other,
                };
                if present {
                    read(tally, *marks);
                }
            }
        }
        any
    }

    /// What was seen under each pair of [`MARKS`].
    pub(super) fn by_marks(&self) -> [MarkTally; MARKS.len()] {
        let mut all = self.grouped.clone();
        for (tally, (decimal, _)) in all.iter_mut().zip(MARKS) {
            tally.add(&self.plain);
            tally.add(if decimal == ',' { &self.comma } else { &self.point });
        }
        all
    }
}

impl MarkTally {
    fn see(
        &mut self,
        text: &str,
        sign: Sign,
        body: &str,
        (decimal, grouping): (char, Option<char>),
        number: number::Number,
        weight: u64,
    ) {
        if let Some(count) = self.signs.get_mut(sign as usize) {
            *count = count.saturating_add(weight);
        }
        let (whole, fraction) = body.split_once(decimal).unwrap_or((body, ""));
        if number.fractional {
            self.fractional = self.fractional.saturating_add(weight);
        }
        if body.contains(['e', 'E']) {
            self.exponents = self.exponents.saturating_add(weight);
        }
        if grouping.is_some_and(|mark| whole.chars().any(|character| number::same_mark(mark, character))) {
            self.grouped = self.grouped.saturating_add(weight);
        }
        let digits = whole
            .trim_start_matches(|character: char| !character.is_ascii_digit() || character == '0')
            .bytes()
            .filter(u8::is_ascii_digit)
            .count();
        self.whole_digits = self.whole_digits.max(digits);
        self.scale = self.scale.max(fraction.len());
        if !number.fractional {
            self.largest = self.largest.max(number.mantissa);
        }
        let magnitude = number.mantissa as f64 * 10_f64.powi(number.scale.saturating_neg());
        let value = if sign == Sign::None { magnitude } else { -magnitude };
        self.least_is(value, text);
        self.greatest_is(value, text);
    }

    fn add(&mut self, other: &Self) {
        for (count, more) in self.signs.iter_mut().zip(other.signs) {
            *count = count.saturating_add(more);
        }
        self.fractional = self.fractional.saturating_add(other.fractional);
        self.exponents = self.exponents.saturating_add(other.exponents);
        self.grouped = self.grouped.saturating_add(other.grouped);
        self.whole_digits = self.whole_digits.max(other.whole_digits);
        self.scale = self.scale.max(other.scale);
        self.largest = self.largest.max(other.largest);
        if let Some((value, text)) = &other.least {
            self.least_is(*value, text);
        }
        if let Some((value, text)) = &other.greatest {
            self.greatest_is(*value, text);
        }
    }

    fn least_is(&mut self, value: f64, text: &str) {
        if self.least.as_ref().is_none_or(|(least, _)| value < *least) {
            self.least = Some((value, text.to_owned()));
        }
    }

    fn greatest_is(&mut self, value: f64, text: &str) {
        if self.greatest.as_ref().is_none_or(|(greatest, _)| value > *greatest) {
            self.greatest = Some((value, text.to_owned()));
        }
    }

    /// How many texts are numbers when negative ones are written so.
    pub(super) fn parsed(&self, negative: NegativeStyle) -> u64 {
        let [none, leading, trailing, parentheses] = self.signs;
        match negative {
            NegativeStyle::LeadingMinus => none.saturating_add(leading),
            NegativeStyle::TrailingMinus => none.saturating_add(trailing),
            NegativeStyle::Parentheses => none.saturating_add(leading).saturating_add(parentheses),
        }
    }

    /// The way of writing negative numbers that most texts agree with.
    pub(super) fn negative(&self) -> NegativeStyle {
        let mut best = NegativeStyle::LeadingMinus;
        for style in [NegativeStyle::Parentheses, NegativeStyle::TrailingMinus] {
            if self.parsed(style) > self.parsed(best) {
                best = style;
            }
        }
        best
    }
}

fn unsigned((decimal, grouping): (char, Option<char>)) -> NumberStyle {
    NumberStyle { decimal, grouping, negative: NegativeStyle::LeadingMinus }
}

fn split_sign(text: &str) -> (Sign, &str) {
    if let Some(body) = text.strip_prefix('-') {
        (Sign::Leading, body)
    } else if let Some(body) = text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        (Sign::Parentheses, body)
    } else if let Some(body) = text.strip_suffix('-') {
        (Sign::Trailing, body)
    } else {
        (Sign::None, text)
    }
}

/// Rules most texts out by their first and last character.
fn may_be_number(body: &str) -> bool {
    let bytes = body.as_bytes();
    let starts = bytes.first().is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    let ends = bytes.last().is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    starts && ends && body.len() <= LONGEST && bytes.iter().any(u8::is_ascii_digit)
}
