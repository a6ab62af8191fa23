//! How numbers, times and words are written for people.

use std::borrow::Cow;

use touchstone_spec::TableName;

/// `1 234 567`, with thin spaces: a comma would be a decimal mark to half of those who read it.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// `1 row`, `3 rows`.
pub(crate) fn count(how_many: u64, one: &str, more: &str) -> String {
    format!("{} {}", number(how_many), if how_many == 1 { one } else { more })
}

/// `812 bytes`, `3.4 MB`.
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1_000 {
        return count(bytes, "byte", "bytes");
    }
    let mut size = bytes as f64 / 1e3;
    let mut unit = UNITS[0];
    for larger in UNITS.into_iter().skip(1) {
        if size < 999.95 {
            break;
        }
        size /= 1e3;
        unit = larger;
    }
    format!("{size:.1} {unit}")
}

/// `85 ms`, `2.4 s`, `3 min 05 s`.
pub(crate) fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{:.1} s", milliseconds as f64 / 1e3),
        _ => format!("{} min {:02} s", milliseconds / 60_000, milliseconds / 1_000 % 60),
    }
}

/// `2026-03-02 14:05:09` of `2026-03-02T14:05:09.123Z`: what people compare, without what only machines do.
pub(crate) fn time(rfc3339: &str) -> String {
    let mut text: String = rfc3339.chars().take(19).collect();
    if text.get(10..11) == Some("T") {
        text.replace_range(10..11, " ");
    }
    text
}

/// A number as it is said where there is no room for all of it: `999`, `12.3 k`, `1.0 M`.
pub(crate) fn about(number: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let number = number as f64;
    let (unit, sign) = match number {
        ..999.5 => return format!("{number:.0}"),
        ..999_500.0 => (1e3, "k"),
        ..999_500_000.0 => (1e6, "M"),
        _ => (1e9, "bn"),
    };
    let units = number / unit;
    let digits = usize::from(units < 99.95);
    format!("{units:.digits$} {sign}")
}

/// The same times within a sentence of the back end.
pub(crate) fn with_times(text: &str) -> String {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    let is_time = |part: &[u8]| {
        let fits =
            |(have, shape): (&u8, &u8)| if *shape == b'0' { have.is_ascii_digit() } else { have == shape };
        part.len() == SHAPE.len() && part.iter().zip(SHAPE).all(fits)
    };
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(part) = rest.get(..SHAPE.len()).filter(|part| is_time(part.as_bytes())) {
            told.push_str(&time(part));
            let after = rest.get(SHAPE.len()..).unwrap_or_default();
            let zone = after.trim_start_matches(|part: char| part == '.' || part.is_ascii_digit());
            rest = zone.strip_prefix('Z').unwrap_or(after);
        } else {
            told.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    told
}

/// With a capital at its beginning.
pub(crate) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// The counts within a sentence of the back end, `999999 of 1000000 values`, as they are written everywhere else.
pub(crate) fn with_counts(text: &str) -> String {
    const BETWEEN: &str = " of ";
    let is_apart = |sign: Option<char>| sign.is_none_or(|sign| sign == ' ');
    let written = |digits: &str| digits.parse().map_or_else(|_| digits.to_owned(), number);
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(BETWEEN) {
        let (before, after) = (&rest[..at], &rest[at + BETWEEN.len()..]);
        let some = before.rsplit(|sign: char| !sign.is_ascii_digit()).next().unwrap_or_default();
        let all = after.split(|sign: char| !sign.is_ascii_digit()).next().unwrap_or_default();
        let front = &before[..before.len() - some.len()];
        let behind = &after[all.len()..];
        if !some.is_empty()
            && !all.is_empty()
            && is_apart(front.chars().next_back())
            && is_apart(behind.chars().next())
        {
            told.extend([front, &written(some), BETWEEN, &written(all)]);
            rest = behind;
        } else {
            told.extend([before, BETWEEN]);
            rest = after;
        }
    }
    told + rest
}

/// A sentence without the `` ` `` around what is data, where it can't be set apart.
pub(crate) fn unmarked(text: &str) -> Cow<'_, str> {
    if text.contains('`') { Cow::Owned(text.replace('`', "")) } else { Cow::Borrowed(text) }
}

/// `0 %`, `< 0.1 %`, `2.3 %`.
pub(crate) fn share(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return "0 %".to_owned();
    }
    let percent = part as f64 / whole as f64 * 100.0;
    match percent {
        ..0.1 => "< 0.1 %".to_owned(),
        99.95..100.0 => "> 99.9 %".to_owned(),
        100.0.. => "100 %".to_owned(),
        _ => format!("{percent:.1} %"),
    }
}

/// `silver.trades`; tables of another pipeline than `at_home` with that pipeline's name before them.
pub(crate) fn table(name: &TableName, at_home: Option<&str>) -> String {
    if at_home == Some(name.pipeline.as_str()) {
        format!("{}.{}", name.layer, name.table)
    } else {
        name.to_string()
    }
}

/// A value of a document, short enough for a line.
pub(crate) fn value(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_said_short() {
        let said = [7, 999, 1_000, 12_345, 99_960, 999_499, 999_998, 123_456_789, 4_000_000_000].map(about);
        assert_eq!(said, ["7", "999", "1.0 k", "12.3 k", "100 k", "999 k", "1.0 M", "123 M", "4.0 bn"]);
    }

    #[test]
    fn counts_within_a_sentence_are_grouped_and_data_is_not() {
        let told = with_counts("999999 of 1000000 values are whole numbers up to 20260302, 12 of 3000 not");
        assert_eq!(
            told,
            "999\u{202f}999 of 1\u{202f}000\u{202f}000 values are whole numbers up to 20260302, 12 of 3\u{202f}000 not"
        );
        for data in ["the form of 2026 is 1234", "A1234 of 5000", "1234 of 5000.5", "north of 5000", ""] {
            assert_eq!(with_counts(data), data);
        }
    }

    #[test]
    fn numbers_and_times_are_written_for_people() {
        assert_eq!(number(7), "7");
        assert_eq!(number(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(count(1, "row", "rows"), "1 row");
        assert_eq!(bytes(812), "812 bytes");
        assert_eq!(bytes(3_400_000), "3.4 MB");
        assert_eq!(bytes(999_990), "1.0 MB");
        assert_eq!(duration(950), "950 ms");
        assert_eq!(duration(61_400), "1 min 01 s");
        assert_eq!(time("2026-03-02T14:05:09.123Z"), "2026-03-02 14:05:09");
        assert_eq!(time("soon"), "soon");
        assert_eq!(with_times("on 2026-11-28T06:56:01Z"), "on 2026-11-28 06:56:01");
        let words = "the document changed since 2026-11-28T06:56:01.25Z; simulate it again";
        let told = "the document changed since 2026-11-28 06:56:01; simulate it again";
        assert_eq!(with_times(words), told);
        assert_eq!(with_times("größer als 2026-11-28"), "größer als 2026-11-28");
        assert_eq!(unmarked("set `owner`"), "set owner");
        assert_eq!(share(1, 100_000), "< 0.1 %");
        assert_eq!(share(23, 1_000), "2.3 %");
        assert_eq!(share(99_999, 100_000), "> 99.9 %");
        assert_eq!(share(5, 5), "100 %");
    }
}
