//! Text to numbers, exactly: marks, groups of three, signs, never a rounding.

use touchstone_spec::NegativeStyle;

/// How a column writes its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NumberStyle {
    /// Between whole and fraction.
    pub(crate) decimal: char,
    /// Between groups of three digits.
    pub(crate) grouping: Option<char>,
    pub(crate) negative: NegativeStyle,
}

impl NumberStyle {
    /// `-1234.5`
    pub(crate) const PLAIN: Self =
        Self { decimal: '.', grouping: None, negative: NegativeStyle::LeadingMinus };
}

/// Why a text is not the number it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberFault {
    NotANumber,
    Groups,
    HasFraction,
    TooFine { scale: u8 },
    TooLarge,
}

/// A number as it was written: `mantissa * 10^-scale`, without the fraction's trailing zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number {
    pub(crate) negative: bool,
    pub(crate) mantissa: u128,
    pub(crate) scale: i32,
    /// Whether a decimal mark or an exponent was written.
    pub(crate) fractional: bool,
}

/// Reads a number in a style.
pub(crate) fn read(text: &str, style: &NumberStyle) -> Result<Number, NumberFault> {
    let (negative, body) = sign(text, style.negative)?;
    let mut mantissa = 0_u128;
    let mut scale = 0_i32;
    let mut zeros = 0_u32;
    let mut digits = 0_usize;
    let mut in_fraction = false;
    let mut group = 0_usize;
    let mut grouped = false;
    let mut characters = body.chars();
    let mut exponent = 0_i32;
    while let Some(character) = characters.next() {
        if let Some(digit) = character.to_digit(10) {
            digits += 1;
            if in_fraction {
                if digit == 0 {
                    zeros += 1;
                    continue;
                }
                mantissa = appended(mantissa, zeros)?;
                scale = scale.saturating_add_unsigned(zeros + 1);
                zeros = 0;
            } else {
                group += 1;
            }
            mantissa = mantissa
                .checked_mul(10)
                .and_then(|shifted| shifted.checked_add(u128::from(digit)))
                .ok_or(NumberFault::TooLarge)?;
        } else if character == style.decimal && !in_fraction {
            if grouped && group != 3 {
                return Err(NumberFault::Groups);
            }
            in_fraction = true;
        } else if !in_fraction && style.grouping.is_some_and(|mark| same_mark(mark, character)) {
            if group == 0 || group > 3 || (grouped && group != 3) {
                return Err(NumberFault::Groups);
            }
            grouped = true;
            group = 0;
        } else if matches!(character, 'e' | 'E') && digits > 0 {
            exponent = read_exponent(characters.as_str())?;
            break;
        } else {
            return Err(NumberFault::NotANumber);
        }
    }
    if digits == 0 {
        return Err(NumberFault::NotANumber);
    }
    if grouped && !in_fraction && group != 3 {
        return Err(NumberFault::Groups);
    }
    let fractional = in_fraction || exponent != 0 || !characters.as_str().is_empty();
    Ok(Number { negative, mantissa, scale: scale.saturating_sub(exponent), fractional })
}

fn sign(text: &str, style: NegativeStyle) -> Result<(bool, &str), NumberFault> {
    let leading = |text| match <str>::strip_prefix(text, '-') {
        Some(body) => (true, body),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    match style {
        NegativeStyle::LeadingMinus => Ok(leading(text)),
        NegativeStyle::TrailingMinus => Ok(match text.strip_suffix('-') {
            Some(body) => (true, body),
            None => (false, text.strip_suffix('+').unwrap_or(text)),
        }),
        NegativeStyle::Parentheses => match text.strip_prefix('(') {
            Some(inner) => inner.strip_suffix(')').map(|body| (true, body)).ok_or(NumberFault::NotANumber),
            None => Ok(leading(text)),
        },
    }
}

/// A grouping mark stands for its typographic twins too: any space that doesn't break, either apostrophe.
pub(crate) fn same_mark(mark: char, character: char) -> bool {
    let space = |one: char| matches!(one, ' ' | '\u{A0}' | '\u{202F}' | '\u{2009}');
    let apostrophe = |one: char| matches!(one, '\'' | '\u{2019}');
    mark == character || (space(mark) && space(character)) || (apostrophe(mark) && apostrophe(character))
}

fn read_exponent(text: &str) -> Result<i32, NumberFault> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberFault::NotANumber);
    }
    text.parse().map_err(|_| NumberFault::NotANumber)
}

/// The number with `zeros` zeros put behind it.
fn appended(mantissa: u128, zeros: u32) -> Result<u128, NumberFault> {
    if mantissa == 0 {
        return Ok(0);
    }
    10_u128.checked_pow(zeros).and_then(|power| mantissa.checked_mul(power)).ok_or(NumberFault::TooLarge)
}

impl Number {
    /// The number times `10^scale`, when it has at most `precision` digits and none is lost.
    pub(crate) fn to_decimal(self, precision: u8, scale: u8) -> Result<i128, NumberFault> {
        if self.mantissa == 0 {
            return Ok(0);
        }
        let shift = i32::from(scale).saturating_sub(self.scale);
        let magnitude = if let Ok(up) = u32::try_from(shift) {
            appended(self.mantissa, up)?
        } else {
            // An exponent can leave zeros at the end: 1500e-2 is 15.
            let power = 10_u128.checked_pow(shift.unsigned_abs()).ok_or(NumberFault::TooFine { scale })?;
            if !self.mantissa.is_multiple_of(power) {
                return Err(NumberFault::TooFine { scale });
            }
            self.mantissa / power
        };
        let limit = 10_u128.checked_pow(u32::from(precision)).ok_or(NumberFault::TooLarge)?;
        if magnitude >= limit {
            return Err(NumberFault::TooLarge);
        }
        let unscaled = i128::try_from(magnitude).map_err(|_| NumberFault::TooLarge)?;
        Ok(if self.negative { -unscaled } else { unscaled })
    }

    /// The whole number, when it was written as one.
    pub(crate) fn to_whole(self) -> Result<i128, NumberFault> {
        if self.fractional {
            return Err(NumberFault::HasFraction);
        }
        let whole = i128::try_from(self.mantissa).map_err(|_| NumberFault::TooLarge)?;
        Ok(if self.negative { -whole } else { whole })
    }
}

/// The nearest binary number, as IEEE 754 rounds; too large is an error, not infinity.
pub(crate) fn read_double(text: &str, style: &NumberStyle) -> Result<f64, NumberFault> {
    match text {
        "NaN" => return Ok(f64::NAN),
        "Infinity" | "+Infinity" | "Inf" => return Ok(f64::INFINITY),
        "-Infinity" | "-Inf" => return Ok(f64::NEG_INFINITY),
        _ => {}
    }
    normalised(text, style)?
        .parse::<f64>()
        .map_err(|_| NumberFault::NotANumber)
        .and_then(|value| if value.is_finite() { Ok(value) } else { Err(NumberFault::TooLarge) })
}

/// [`read_double`] for 32 bits, rounded once.
pub(crate) fn read_float(text: &str, style: &NumberStyle) -> Result<f32, NumberFault> {
    match text {
        "NaN" => return Ok(f32::NAN),
        "Infinity" | "+Infinity" | "Inf" => return Ok(f32::INFINITY),
        "-Infinity" | "-Inf" => return Ok(f32::NEG_INFINITY),
        _ => {}
    }
    normalised(text, style)?
        .parse::<f32>()
        .map_err(|_| NumberFault::NotANumber)
        .and_then(|value| if value.is_finite() { Ok(value) } else { Err(NumberFault::TooLarge) })
}

/// The same number as Rust writes numbers.
fn normalised(text: &str, style: &NumberStyle) -> Result<String, NumberFault> {
    match read(text, style) {
        // More digits than fit 128 bits are fine for a binary number.
        Ok(_) | Err(NumberFault::TooLarge) => {}
        Err(fault) => return Err(fault),
    }
    let (negative, body) = sign(text, style.negative)?;
    let mut plain = String::with_capacity(body.len().saturating_add(1));
    if negative {
        plain.push('-');
    }
    for character in body.chars() {
        if character == style.decimal {
            plain.push('.');
        } else if character.is_ascii_digit() || matches!(character, 'e' | 'E' | '+' | '-') {
            plain.push(character);
        }
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EUROPEAN: NumberStyle =
        NumberStyle { decimal: ',', grouping: Some('.'), negative: NegativeStyle::LeadingMinus };
    const BOOKS: NumberStyle =
        NumberStyle { decimal: '.', grouping: Some(','), negative: NegativeStyle::Parentheses };
    const MAINFRAME: NumberStyle =
        NumberStyle { decimal: '.', grouping: None, negative: NegativeStyle::TrailingMinus };

    #[test]
    fn decimals_are_exact_or_an_error() {
        for (text, style, precision, scale, expected) in [
            ("1.234,50", EUROPEAN, 18, 2, Ok(123_450)),
            ("-1.234.567,8900", EUROPEAN, 18, 2, Ok(-123_456_789)),
            ("1.23,4", EUROPEAN, 18, 2, Err(NumberFault::Groups)),
            ("12.34", EUROPEAN, 18, 2, Err(NumberFault::Groups)),
            ("1234.567", EUROPEAN, 18, 2, Err(NumberFault::Groups)),
            (".123", EUROPEAN, 18, 2, Err(NumberFault::Groups)),
            ("1,5,5", EUROPEAN, 18, 2, Err(NumberFault::NotANumber)),
            ("(8,795.80)", BOOKS, 18, 2, Ok(-879_580)),
            ("-8,795.80", BOOKS, 18, 2, Ok(-879_580)),
            ("(8,795.80", BOOKS, 18, 2, Err(NumberFault::NotANumber)),
            ("(-1)", BOOKS, 18, 2, Err(NumberFault::NotANumber)),
            ("12.5-", MAINFRAME, 18, 2, Ok(-1250)),
            ("-12.5", MAINFRAME, 18, 2, Err(NumberFault::NotANumber)),
            ("0.005", NumberStyle::PLAIN, 18, 2, Err(NumberFault::TooFine { scale: 2 })),
            ("0.00500000000000000000000000000000000000000000000", NumberStyle::PLAIN, 18, 3, Ok(5)),
            ("1.5e3", NumberStyle::PLAIN, 18, 0, Ok(1500)),
            ("1500e-2", NumberStyle::PLAIN, 18, 0, Ok(15)),
            ("1e-3", NumberStyle::PLAIN, 18, 2, Err(NumberFault::TooFine { scale: 2 })),
            ("1e999", NumberStyle::PLAIN, 38, 0, Err(NumberFault::TooLarge)),
            ("999", NumberStyle::PLAIN, 2, 0, Err(NumberFault::TooLarge)),
            (".5", NumberStyle::PLAIN, 2, 1, Ok(5)),
            ("5.", NumberStyle::PLAIN, 2, 1, Ok(50)),
            (".", NumberStyle::PLAIN, 2, 1, Err(NumberFault::NotANumber)),
            ("", NumberStyle::PLAIN, 2, 1, Err(NumberFault::NotANumber)),
            ("e5", NumberStyle::PLAIN, 2, 1, Err(NumberFault::NotANumber)),
        ] {
            let read = read(text, &style).and_then(|number| number.to_decimal(precision, scale));
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn spaces_that_do_not_break_group_like_spaces() {
        let style = NumberStyle { decimal: ',', grouping: Some(' '), ..NumberStyle::PLAIN };
        for text in ["1 234 567,5", "1\u{A0}234\u{A0}567,5", "1\u{202F}234\u{202F}567,5"] {
            assert_eq!(read(text, &style).unwrap().to_decimal(18, 1), Ok(12_345_675), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_decimal_comes_back(unscaled in -(10_i128.pow(37))..10_i128.pow(37), scale in 0_u8..=20) {
            let power = 10_i128.pow(u32::from(scale));
            let sign = if unscaled < 0 { "-" } else { "" };
            let (whole, fraction) = ((unscaled / power).abs(), (unscaled % power).abs());
            let text = if scale == 0 {
                format!("{sign}{whole}")
            } else {
                format!("{sign}{whole}.{fraction:0width$}", width = usize::from(scale))
            };
            prop_assert_eq!(read(&text, &NumberStyle::PLAIN).unwrap().to_decimal(38, scale), Ok(unscaled));
        }

        #[test]
        fn doubles_are_read_as_rust_reads_them(value: f64) {
            prop_assume!(value.is_finite());
            let text = format!("{value:e}");
            prop_assert_eq!(read_double(&text, &NumberStyle::PLAIN), Ok(value));
        }

        #[test]
        fn no_text_panics(text in "[-+(),. '0-9eE\\PC]{0,60}") {
            for style in [NumberStyle::PLAIN, EUROPEAN, BOOKS, MAINFRAME] {
                if let Ok(unscaled) = read(&text, &style).and_then(|number| number.to_decimal(38, 10)) {
                    prop_assert!(unscaled.unsigned_abs() < 10_u128.pow(38));
                }
                prop_assert!(read_double(&text, &style).map_or(true, |value| value.is_finite() || text.contains('I') || text.contains('N')));
            }
        }
    }
}
