//! Security identifiers with the check digits that real ones carry.

/// A CUSIP from its first eight characters.
pub(crate) fn cusip(base: &str) -> String {
    let sum: u32 = base
        .chars()
        .enumerate()
        .map(|(place, character)| {
            let value = character.to_digit(36).unwrap_or(0) * if place % 2 == 1 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    format!("{base}{}", (10 - sum % 10) % 10)
}

/// An ISIN from its country code and nine-character national number.
pub(crate) fn isin(country: &str, national: &str) -> String {
    let base = format!("{country}{national}");
    let digits: Vec<u32> = base
        .chars()
        .flat_map(|character| {
            let value = character.to_digit(36).unwrap_or(0);
            if value > 9 { vec![value / 10, value % 10] } else { vec![value] }
        })
        .collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = if place % 2 == 0 { digit * 2 } else { *digit };
            value / 10 + value % 10
        })
        .sum();
    format!("{base}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::{cusip, isin};

    #[test]
    fn check_digits_match_the_published_examples() {
        assert_eq!(cusip("03783310"), "037833100");
        assert_eq!(cusip("17275R10"), "17275R102");
        assert_eq!(isin("US", "037833100"), "US0378331005");
        assert_eq!(isin("GB", "000263494"), "GB0002634946");
    }
}
