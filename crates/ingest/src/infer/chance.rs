//! Whether whole numbers repeat as they would if they were drawn at random: then they name nothing.

use super::{nulls, survey::Survey};

/// Below this number of repeats that chance would make, one can't tell chance from slips.
const TELLING: f64 = 8.0;

/// The least and the greatest of a column's whole numbers; None where it has other values.
pub(super) fn span(survey: &Survey) -> Option<(u64, u64)> {
    let (mut least, mut greatest, mut whole, mut others) = (u64::MAX, 0, 0_u64, 0_u64);
    for kept in survey.kept().into_iter().filter(|kept| !nulls::is_known(&kept.text)) {
        match kept.text.parse::<u64>() {
            Ok(number) => {
                (least, greatest) = (least.min(number), greatest.max(number));
                whole += 1;
            }
            Err(_) => others += 1,
        }
    }
    (whole > 1 && others.saturating_mul(20) <= whole).then_some((least, greatest))
}

/// Whether so many repeats among so many numbers of a span are what chance makes. Numbers that are given out one after the
/// other repeat far less, and a file that holds everything twice far more.
pub(super) fn explains(repeats: u64, numbers: u64, (least, greatest): (u64, u64)) -> bool {
    let span = greatest.saturating_sub(least) as f64 + 1.0;
    // Of `numbers` draws from `span`, so many are different ones.
    let different = span * -(numbers as f64 * (-1.0 / span).ln_1p()).exp_m1();
    let expected = numbers as f64 - different;
    expected >= TELLING && (expected / 2.0..=expected * 2.0).contains(&(repeats as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_numbers_are_told_from_numbers_that_are_given_out() {
        // Expected of 200 draws from a thousand: 18.6.
        assert!(explains(18, 200, (1, 1_000)) && explains(10, 200, (1, 1_000)));
        // One after the other, with two slips; sparse, with a few; each twice.
        assert!(!explains(2, 302, (10_000, 10_301)));
        assert!(!explains(3, 302, (10_000, 99_999)));
        assert!(!explains(500, 1_000, (1, 100_000)));
        assert!(!explains(0, 200, (1, 1_000)));
        // Few of many: nobody can tell.
        assert!(!explains(2, 200, (1, 10_000)));
    }
}
