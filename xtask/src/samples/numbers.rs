//! Numbers the way vendors write them.

/// A number in minor units with thousands separators and a decimal mark; `decimals` 0 leaves the mark out.
pub(crate) fn grouped(value: u64, decimals: u32, thousands: char, mark: char) -> String {
    let unit = 10_u64.pow(decimals);
    let whole = (value / unit).to_string();
    let mut text = String::with_capacity(whole.len() * 2);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(thousands);
        }
        text.push(digit);
    }
    if decimals > 0 {
        let width = decimals as usize;
        text.push(mark);
        let fraction = (value % unit).to_string();
        text.extend(std::iter::repeat_n('0', width - fraction.len()));
        text.push_str(&fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(123_450, 2, '.', ','), "1.234,50");
        assert_eq!(grouped(12, 0, '.', ','), "12");
        assert_eq!(grouped(1_234_567, 0, ',', '.'), "1,234,567");
        assert_eq!(grouped(5, 2, ',', '.'), "0.05");
    }
}
