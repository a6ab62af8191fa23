//! What a decoder says about a wrong value, in the words of those who write documents.

/// `invalid type: string "x", expected u64` as `a whole number is expected here, not the text "x"`. What isn't known is
/// given back as it is.
pub fn in_plain_words(message: &str) -> String {
    let line = message.lines().next().unwrap_or(message);
    if let Some(rest) = line.strip_prefix("missing field ") {
        return format!("the key {rest} is missing");
    }
    if let Some(rest) = line.strip_prefix("unknown field ") {
        return format!("unknown key {rest}");
    }
    let said = line.strip_prefix("invalid type: ").or_else(|| line.strip_prefix("invalid value: "));
    let Some((found, expected)) = said.and_then(|said| said.rsplit_once(", expected ")) else {
        return line.to_owned();
    };
    format!("{} is expected here, not {}", wanted(expected), seen(found))
}

fn wanted(expected: &str) -> String {
    let expected = expected.split(" at line ").next().unwrap_or(expected);
    match expected {
        "a string" | "a borrowed string" | "str" => "a text",
        "a character" => "a single character",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "a group of keys",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        other if other.starts_with("struct ") => "a group of keys",
        other => other,
    }
    .to_owned()
}

fn seen(found: &str) -> String {
    match found.split_once(' ') {
        Some(("string", text)) => format!("the text {text}"),
        Some(("integer", number)) => format!("the number {}", number.trim_matches('`')),
        Some(("floating", rest)) => {
            let number = rest.strip_prefix("point ").unwrap_or(rest);
            format!("the number {}", number.trim_matches('`'))
        }
        Some(("boolean", value)) => value.trim_matches('`').to_owned(),
        Some(("unit", _)) => "nothing".to_owned(),
        _ => match found {
            "sequence" => "a list".to_owned(),
            "map" => "a group of keys".to_owned(),
            "null" => "nothing".to_owned(),
            other => other.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::in_plain_words;

    #[test]
    fn a_decoder_speaks_to_people() {
        for (said, plain) in [
            (
                "invalid type: string \"x\", expected u64",
                "a whole number from 0 is expected here, not the text \"x\"",
            ),
            ("invalid type: sequence, expected a string", "a text is expected here, not a list"),
            ("invalid type: integer `-3`, expected a sequence", "a list is expected here, not the number -3"),
            (
                "invalid type: floating point `1.5`, expected i64",
                "a whole number is expected here, not the number 1.5",
            ),
            (
                "invalid type: boolean `true`, expected struct Csv",
                "a group of keys is expected here, not true",
            ),
            (
                "invalid value: string \"ab\", expected a character",
                "a single character is expected here, not the text \"ab\"",
            ),
            ("invalid type: null, expected a map", "a group of keys is expected here, not nothing"),
            ("missing field `table`\nin environments.dev", "the key `table` is missing"),
            ("unknown field `tabel`, expected `table`", "unknown key `tabel`, expected `table`"),
            ("`x` is not a period", "`x` is not a period"),
        ] {
            assert_eq!(in_plain_words(said), plain);
        }
    }
}
