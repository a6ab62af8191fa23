//! Arithmetic on decimals, exact: results are rounded half up to the scale that the compiler gave them, and null where
//! their digits don't fit. Polars' own decimal kernels cut off and fail instead.

use arrow::datatypes::i256;
use touchstone_compiler::ArithmeticOp;

/// A decimal's unscaled value and its scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operand {
    pub(crate) unscaled: i128,
    pub(crate) scale: u8,
}

/// 10 to a power; none when it has more than 76 digits.
fn power(exponent: u32) -> Option<i256> {
    i256::from_i128(10).checked_pow(exponent)
}

/// The value as a decimal of this precision; none when it has more digits.
fn fitting(value: i256, precision: u8) -> Option<i128> {
    let value = value.to_i128()?;
    fits(value, precision).then_some(value)
}

/// Whether a value has at most so many digits.
pub(crate) fn fits(unscaled: i128, precision: u8) -> bool {
    10_u128.checked_pow(precision.into()).is_none_or(|limit| unscaled.unsigned_abs() < limit)
}

/// `numerator / denominator`, rounded half up (away from zero); none when the denominator is zero.
fn divide_rounded(numerator: i256, denominator: i256) -> Option<i256> {
    let quotient = numerator.checked_div(denominator)?;
    let remainder = numerator.checked_rem(denominator)?;
    round_quotient(quotient, remainder, denominator, numerator.is_negative() != denominator.is_negative())
}

fn round_quotient(quotient: i256, remainder: i256, denominator: i256, negative: bool) -> Option<i256> {
    // Twice the remainder could overflow: compare it with what is left to the denominator instead.
    let remainder = remainder.checked_abs()?;
    let rest = denominator.checked_abs()?.checked_sub(remainder)?;
    if remainder < rest {
        return Some(quotient);
    }
    let one = i256::from_i128(1);
    if negative { quotient.checked_sub(one) } else { quotient.checked_add(one) }
}

/// A wide value at another scale, rounded half up.
fn rescale_wide(value: i256, from: u32, to: u32) -> Option<i256> {
    if to >= from { value.checked_mul(power(to - from)?) } else { divide_rounded(value, power(from - to)?) }
}

/// The same number at another scale and precision, rounded half up; none when it doesn't fit.
pub(crate) fn rescale(value: Operand, precision: u8, scale: u8) -> Option<i128> {
    if value.scale == scale {
        return fits(value.unscaled, precision).then_some(value.unscaled);
    }
    fitting(rescale_wide(i256::from_i128(value.unscaled), value.scale.into(), scale.into())?, precision)
}

/// The whole part, towards zero.
pub(crate) fn truncate(value: Operand) -> i128 {
    10_i128.checked_pow(value.scale.into()).map_or(0, |divisor| value.unscaled / divisor)
}

/// The greatest whole number that isn't above.
pub(crate) fn floor(value: Operand) -> i128 {
    10_i128
        .checked_pow(value.scale.into())
        .map_or(if value.unscaled < 0 { -1 } else { 0 }, |divisor| value.unscaled.div_euclid(divisor))
}

/// The least whole number that isn't below.
pub(crate) fn ceil(value: Operand) -> i128 {
    -floor(Operand { unscaled: -value.unscaled, scale: value.scale })
}

/// Arithmetic on two decimals, as a decimal of this precision and scale; none on division by zero and overflow.
pub(crate) fn arithmetic(
    op: ArithmeticOp,
    left: Operand,
    right: Operand,
    precision: u8,
    scale: u8,
) -> Option<i128> {
    let (wide_left, wide_right) = (i256::from_i128(left.unscaled), i256::from_i128(right.unscaled));
    let common = u32::from(left.scale.max(right.scale));
    let aligned = || {
        Some((
            rescale_wide(wide_left, left.scale.into(), common)?,
            rescale_wide(wide_right, right.scale.into(), common)?,
        ))
    };
    let target = u32::from(scale);
    let result = match op {
        ArithmeticOp::Add => {
            let (left, right) = aligned()?;
            rescale_wide(left.checked_add(right)?, common, target)?
        }
        ArithmeticOp::Subtract => {
            let (left, right) = aligned()?;
            rescale_wide(left.checked_sub(right)?, common, target)?
        }
        ArithmeticOp::Multiply => {
            let product = wide_left.checked_mul(wide_right)?;
            rescale_wide(product, u32::from(left.scale) + u32::from(right.scale), target)?
        }
        ArithmeticOp::Remainder => {
            let (left, right) = aligned()?;
            rescale_wide(left.checked_rem(right)?, common, target)?
        }
        ArithmeticOp::Divide => divide(left, right, target)?,
    };
    fitting(result, precision)
}

/// `left / right` at a scale, rounded half up. Long division: the numerator with all digits that the scale asks for
/// can have more digits than 256 bits hold.
fn divide(left: Operand, right: Operand, scale: u32) -> Option<i256> {
    if right.unscaled == 0 {
        return None;
    }
    let denominator = i256::from_i128(right.unscaled);
    let numerator = i256::from_i128(left.unscaled);
    let exponent = i64::from(scale) + i64::from(right.scale) - i64::from(left.scale);
    let Ok(mut digits) = u32::try_from(exponent) else {
        let shift = power(u32::try_from(-exponent).ok()?)?;
        return divide_rounded(numerator, denominator.checked_mul(shift)?);
    };
    let mut quotient = numerator.checked_div(denominator)?;
    let mut remainder = numerator.checked_rem(denominator)?;
    while digits > 0 {
        // A remainder has at most 38 digits (39 for a value outside every decimal): 37 more fit into 256 bits.
        let step = digits.min(37);
        let shift = power(step)?;
        let shifted = remainder.checked_mul(shift)?;
        quotient = quotient.checked_mul(shift)?.checked_add(shifted.checked_div(denominator)?)?;
        remainder = shifted.checked_rem(denominator)?;
        digits -= step;
    }
    round_quotient(quotient, remainder, denominator, (left.unscaled < 0) != (right.unscaled < 0))
}

/// The mean of values whose sum and number are known, at a scale, rounded half up.
pub(crate) fn mean(sum: i256, count: i64, from_scale: u8, precision: u8, scale: u8) -> Option<i128> {
    let sum = rescale_wide(sum, from_scale.into(), u32::from(scale.max(from_scale)))?;
    let denominator =
        i256::from_i128(count.into()).checked_mul(power(u32::from(scale.max(from_scale) - scale))?)?;
    fitting(divide_rounded(sum, denominator)?, precision)
}

/// A decimal from text: digits with an optional sign, point and exponent, rounded half up to the scale; none when it
/// isn't a number or doesn't fit.
pub(crate) fn parse(text: &str, precision: u8, scale: u8) -> Option<i128> {
    let text = text.trim();
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (negative, mantissa) = match mantissa.as_bytes().first()? {
        b'-' => (true, mantissa.get(1..)?),
        b'+' => (false, mantissa.get(1..)?),
        _ => (false, mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = whole.bytes().chain(fraction.bytes());
    if whole.len() + fraction.len() == 0 || !digits.clone().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Place of the last digit that counts, from the left; the digit after it decides the rounding.
    let keep = i64::try_from(whole.len()).ok()?.checked_add(exponent)?.checked_add(scale.into())?;
    let mut value: i128 = 0;
    let mut round_up = false;
    let mut place: i64 = 0;
    for byte in digits {
        if place < keep {
            value = value.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
        } else {
            round_up = place == keep && byte >= b'5';
            break;
        }
        place += 1;
    }
    while place < keep && value != 0 {
        value = value.checked_mul(10)?;
        place += 1;
    }
    value = value.checked_add(i128::from(round_up))?;
    fits(value, precision).then_some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::{Operand, arithmetic, ceil, floor, parse, rescale};
    use proptest::prelude::{ProptestConfig, Strategy, prop_assert_eq, proptest};
    use touchstone_compiler::ArithmeticOp;

    fn operand(unscaled: i128, scale: u8) -> Operand {
        Operand { unscaled, scale }
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        assert_eq!(rescale(operand(125, 2), 10, 1), Some(13));
        assert_eq!(rescale(operand(-125, 2), 10, 1), Some(-13));
        assert_eq!(rescale(operand(124, 2), 10, 1), Some(12));
        assert_eq!(arithmetic(ArithmeticOp::Divide, operand(1, 0), operand(3, 0), 11, 6), Some(333_333));
        assert_eq!(arithmetic(ArithmeticOp::Divide, operand(2, 0), operand(-3, 0), 11, 6), Some(-666_667));
        assert_eq!(arithmetic(ArithmeticOp::Divide, operand(1, 0), operand(0, 0), 11, 6), None);
    }

    #[test]
    fn what_does_not_fit_is_null() {
        let most = operand(10_i128.pow(38) - 1, 0);
        assert_eq!(arithmetic(ArithmeticOp::Add, most, operand(1, 0), 38, 0), None);
        assert_eq!(arithmetic(ArithmeticOp::Multiply, most, most, 38, 0), None);
        assert_eq!(rescale(operand(1_000, 0), 3, 0), None);
        // 38 digits over 38 digits behind the point: the numerator alone has 82 digits.
        let tiny = operand(3, 38);
        assert_eq!(
            arithmetic(ArithmeticOp::Divide, operand(1, 10), tiny, 38, 6),
            Some(333_333_333_333_333_333_333_333_333_333_333_333 / 100)
        );
    }

    #[test]
    fn text_becomes_a_decimal() {
        assert_eq!(parse(" 12.345 ", 10, 2), Some(1235));
        assert_eq!(parse("-0.005", 10, 2), Some(-1));
        assert_eq!(parse("1e3", 10, 2), Some(100_000));
        assert_eq!(parse("12e-1", 10, 2), Some(120));
        assert_eq!(parse(".5", 3, 1), Some(5));
        assert_eq!(parse("0e99999999999", 3, 1), Some(0));
        for text in ["", ".", "1,5", "--1", "1e", "abc", "100"] {
            assert_eq!(parse(text, 3, 1), None, "{text}");
        }
    }

    #[test]
    fn whole_numbers_below_and_above() {
        assert_eq!((floor(operand(-15, 1)), ceil(operand(-15, 1))), (-2, -1));
        assert_eq!((floor(operand(15, 1)), ceil(operand(15, 1))), (1, 2));
    }

    /// Numbers of any length as decimal digits: the schoolbook, slow and plain, to hold the kernels against.
    mod schoolbook {
        use std::cmp::Ordering;

        /// Digits, least first, without zeros at the end.
        #[derive(Clone, PartialEq, Eq, Debug)]
        pub(super) struct Natural(pub(super) Vec<u8>);

        impl Natural {
            pub(super) fn of(value: u128) -> Self {
                Self::trimmed(value.to_string().bytes().rev().map(|byte| byte - b'0').collect())
            }

            fn trimmed(mut digits: Vec<u8>) -> Self {
                while digits.last() == Some(&0) {
                    digits.pop();
                }
                Self(digits)
            }

            pub(super) fn shifted(&self, places: usize) -> Self {
                Self::trimmed(std::iter::repeat_n(0, places).chain(self.0.iter().copied()).collect())
            }

            pub(super) fn compare(&self, other: &Self) -> Ordering {
                self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
            }

            pub(super) fn plus(&self, other: &Self) -> Self {
                let mut digits = Vec::new();
                let mut carry = 0;
                for place in 0..=self.0.len().max(other.0.len()) {
                    let sum = self.0.get(place).unwrap_or(&0) + other.0.get(place).unwrap_or(&0) + carry;
                    digits.push(sum % 10);
                    carry = sum / 10;
                }
                Self::trimmed(digits)
            }

            pub(super) fn minus(&self, other: &Self) -> Self {
                let mut digits = Vec::new();
                let mut borrow = 0_i8;
                for place in 0..self.0.len() {
                    let mut digit = i8::try_from(self.0[place]).unwrap()
                        - borrow
                        - i8::try_from(*other.0.get(place).unwrap_or(&0)).unwrap();
                    borrow = i8::from(digit < 0);
                    digit += 10 * borrow;
                    digits.push(u8::try_from(digit).unwrap());
                }
                Self::trimmed(digits)
            }

            pub(super) fn times(&self, other: &Self) -> Self {
                let mut sum = Self(Vec::new());
                for (place, digit) in other.0.iter().enumerate() {
                    for _ in 0..*digit {
                        sum = sum.plus(&self.shifted(place));
                    }
                }
                sum
            }

            /// Quotient and remainder.
            pub(super) fn over(&self, other: &Self) -> (Self, Self) {
                let mut rest = Self(Vec::new());
                let mut quotient = Vec::new();
                for digit in self.0.iter().rev() {
                    rest = rest.shifted(1).plus(&Self::trimmed(vec![*digit]));
                    let mut times = 0;
                    while rest.compare(other) != Ordering::Less {
                        rest = rest.minus(other);
                        times += 1;
                    }
                    quotient.push(times);
                }
                quotient.reverse();
                (Self::trimmed(quotient), rest)
            }

            pub(super) fn over_rounded(&self, other: &Self) -> Self {
                let (quotient, rest) = self.over(other);
                if rest.plus(&rest).compare(other) == Ordering::Less {
                    quotient
                } else {
                    quotient.plus(&Self::of(1))
                }
            }

            pub(super) fn rescaled(&self, from: u32, to: u32) -> Self {
                if to >= from {
                    self.shifted((to - from) as usize)
                } else {
                    self.over_rounded(&Self::of(1).shifted((from - to) as usize))
                }
            }

            pub(super) fn to_i128(&self, precision: u8, negative: bool) -> Option<i128> {
                if self.0.len() > usize::from(precision) {
                    return None;
                }
                let value = self.0.iter().rev().fold(0_i128, |value, digit| value * 10 + i128::from(*digit));
                Some(if negative { -value } else { value })
            }
        }
    }

    fn any_operand() -> impl Strategy<Value = Operand> {
        (0_u32..=38, 0_u8..=38, proptest::num::i128::ANY)
            .prop_map(|(digits, scale, value)| operand(value % 10_i128.pow(digits), scale))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn the_kernels_agree_with_the_schoolbook(
            left in any_operand(), right in any_operand(), precision in 1_u8..=38, scale in 0_u8..=38
        ) {
            use schoolbook::Natural;
            let scale = scale.min(precision);
            let (a, b) = (Natural::of(left.unscaled.unsigned_abs()), Natural::of(right.unscaled.unsigned_abs()));
            let (s1, s2, target) = (u32::from(left.scale), u32::from(right.scale), u32::from(scale));
            let different_signs = (left.unscaled < 0) != (right.unscaled < 0);

            let product = a.times(&b).rescaled(s1 + s2, target).to_i128(precision, different_signs);
            prop_assert_eq!(arithmetic(ArithmeticOp::Multiply, left, right, precision, scale), product);

            let common = s1.max(s2);
            let (x, y) = (a.rescaled(s1, common), b.rescaled(s2, common));
            let (magnitude, negative) = if !different_signs {
                (x.plus(&y), left.unscaled < 0)
            } else if x.compare(&y).is_ge() {
                (x.minus(&y), left.unscaled < 0)
            } else {
                (y.minus(&x), right.unscaled < 0)
            };
            let sum = magnitude.rescaled(common, target).to_i128(precision, negative);
            prop_assert_eq!(arithmetic(ArithmeticOp::Add, left, right, precision, scale), sum);
            let negated = operand(-right.unscaled, right.scale);
            prop_assert_eq!(arithmetic(ArithmeticOp::Subtract, left, negated, precision, scale), sum);

            if right.unscaled == 0 {
                prop_assert_eq!(arithmetic(ArithmeticOp::Divide, left, right, precision, scale), None);
                prop_assert_eq!(arithmetic(ArithmeticOp::Remainder, left, right, precision, scale), None);
            } else {
                let quotient = a.shifted((target + s2) as usize).over_rounded(&b.shifted(s1 as usize));
                prop_assert_eq!(
                    arithmetic(ArithmeticOp::Divide, left, right, precision, scale),
                    quotient.to_i128(precision, different_signs)
                );
                let remainder = x.over(&y).1.rescaled(common, target).to_i128(precision, left.unscaled < 0);
                prop_assert_eq!(arithmetic(ArithmeticOp::Remainder, left, right, precision, scale), remainder);
            }
        }
    }
}
