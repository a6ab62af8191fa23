//! Patterns: LIKE and regular expressions.

use regex::{Regex, RegexBuilder};

use crate::{EngineError, ErrorKind};

/// Largest compiled pattern, in bytes: a pattern is a steward's, but a sample must not eat the memory.
const PATTERN_LIMIT: usize = 4 << 20;

/// A regular expression that matches anywhere.
pub(super) fn regular(pattern: &str) -> Result<Regex, EngineError> {
    RegexBuilder::new(pattern).size_limit(PATTERN_LIMIT).build().map_err(|error| {
        EngineError::new(
            ErrorKind::Unsupported,
            format!("pattern `{pattern}`"),
            error.to_string(),
            "correct the pattern",
        )
    })
}

/// A regular expression that matches the whole text.
pub(crate) fn whole_match(pattern: &str) -> Result<Regex, EngineError> {
    // Flags in front stay in front of the group, where they are valid in any case.
    regular(&format!(r"\A(?:{pattern})\z"))
}

/// LIKE: `%` any text, `_` any one character, `\` before one of these (or itself) takes it literally.
pub(super) fn like(pattern: &str) -> Result<Regex, EngineError> {
    let mut expression = String::from(r"(?s)\A");
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '%' => expression.push_str(".*"),
            '_' => expression.push('.'),
            '\\' if characters.peek().is_some_and(|next| matches!(next, '%' | '_' | '\\')) => {
                let literal = characters.next().unwrap_or('\\');
                expression.push_str(&regex::escape(literal.encode_utf8(&mut [0; 4])));
            }
            other => expression.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    expression.push_str(r"\z");
    regular(&expression)
}

/// Every match replaced. In the replacement `$1` is a group (as many digits as name a group) and `\` takes the next
/// character literally, as in Java; Rust's own syntax would read `$1a` as a group named `1a`.
pub(super) fn replace_all(regex: &Regex, text: &str, replacement: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut end = 0;
    for captures in regex.captures_iter(text) {
        let Some(whole) = captures.get(0) else { continue };
        result.push_str(text.get(end..whole.start()).unwrap_or_default());
        let mut characters = replacement.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '\\' => result.extend(characters.next()),
                '$' if characters.peek().is_some_and(char::is_ascii_digit) => {
                    let mut group = 0;
                    let mut first = true;
                    while let Some(digit) = characters.peek().and_then(|next| next.to_digit(10)) {
                        let longer = group * 10 + digit as usize;
                        if !first && longer >= captures.len() {
                            break;
                        }
                        first = false;
                        group = longer;
                        characters.next();
                    }
                    result.push_str(captures.get(group).map_or("", |group| group.as_str()));
                }
                other => result.push(other),
            }
        }
        end = whole.end();
    }
    result.push_str(text.get(end..).unwrap_or_default());
    result
}

#[cfg(test)]
mod tests {
    use super::{like, regular, replace_all, whole_match};

    #[test]
    fn like_knows_its_wildcards() {
        for (pattern, text, expected) in [
            ("US%", "US0378331005", true),
            ("US%", "DE0007164600", false),
            ("_B", "AB", true),
            ("_B", "é\u{301}B", false),
            ("100\\%", "100%", true),
            ("100\\%", "1000", false),
            ("a.c", "abc", false),
            ("a%c", "a\nc", true),
            ("a\\b", "a\\b", true),
            ("", "", true),
        ] {
            assert_eq!(like(pattern).unwrap().is_match(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn groups_are_put_in_as_java_does() {
        let replace = |pattern: &str, text: &str, replacement: &str| {
            replace_all(&regular(pattern).unwrap(), text, replacement)
        };
        assert_eq!(replace("([0-9]+)-([0-9]+)", "12-34", "$2/$1"), "34/12");
        assert_eq!(replace("(a)", "banana", "$1x"), "baxnaxnax");
        assert_eq!(replace("(a)", "ba", "$10"), "ba0");
        assert_eq!(replace("a", "ba", "\\$1"), "b$1");
    }

    #[test]
    fn a_whole_match_is_not_a_part() {
        assert!(whole_match("[A-Z]{3}|x").unwrap().is_match("USD"));
        assert!(!whole_match("[A-Z]{3}|x").unwrap().is_match("USDX"));
        assert!(whole_match("(?i)usd").unwrap().is_match("USD"));
    }
}
