//! Regular expressions that Rust's `regex` and Java's `java.util.regex` read the same way: a check, and the rewriting
//! that Java needs to mean the same.

/// Checks a pattern. Gives the number of its groups, or what is wrong, with the position (characters from zero).
pub(crate) fn check(pattern: &str) -> Result<usize, (usize, String)> {
    let mut scan = Scan { characters: pattern.chars().collect(), position: 0, groups: 0 };
    scan.flags();
    scan.alternatives(0)?;
    if scan.position < scan.characters.len() {
        return Err((scan.position, "a `)` closes nothing; write `\\)` for the character".to_owned()));
    }
    Ok(scan.groups)
}

/// The same pattern in Java's words: `$` is the very end, `.` leaves out only the line feed, and classes such as `\d`
/// know Unicode, as in Rust.
pub(crate) fn for_java(pattern: &str) -> String {
    let (flags, rest) = match pattern.strip_prefix("(?i)") {
        Some(rest) => ("diuU", rest),
        None => ("dU", pattern),
    };
    let mut java = format!("(?{flags})");
    let mut plain = true;
    let (mut escaped, mut in_class) = (false, false);
    for character in rest.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '$' if !in_class => {
                plain = false;
                java.push_str("\\z");
                continue;
            }
            _ => {}
        }
        plain &= character != '.' && !escaped;
        java.push(character);
    }
    // Nothing in it that the flags change: leave it as the steward wrote it.
    if plain && flags == "dU" { pattern.to_owned() } else { java }
}

struct Scan {
    characters: Vec<char>,
    position: usize,
    groups: usize,
}

/// Deepest nesting of groups.
const DEPTH_LIMIT: usize = 20;

impl Scan {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.position).copied()
    }

    fn looks_at(&self, text: &str) -> bool {
        text.chars()
            .enumerate()
            .all(|(offset, wanted)| self.characters.get(self.position + offset) == Some(&wanted))
    }

    fn fail<T>(&self, message: impl Into<String>) -> Result<T, (usize, String)> {
        Err((self.position, message.into()))
    }

    fn flags(&mut self) {
        if self.looks_at("(?i)") {
            self.position += 4;
        }
    }

    fn alternatives(&mut self, depth: usize) -> Result<(), (usize, String)> {
        if depth > DEPTH_LIMIT {
            return self.fail("groups are nested too deep");
        }
        // Whether something stands before the position that a quantifier can repeat.
        let mut repeatable = false;
        while let Some(character) = self.peek() {
            match character {
                ')' => return Ok(()),
                '(' => {
                    self.group(depth)?;
                    repeatable = true;
                }
                '[' => {
                    self.class()?;
                    repeatable = true;
                }
                '\\' => repeatable = self.escape(false)?,
                '|' | '^' | '$' => {
                    repeatable = false;
                    self.position += 1;
                }
                '*' | '+' | '?' | '{' => {
                    if !repeatable {
                        return self.fail(format!("there is nothing in front of `{character}` to repeat; write `\\{character}` for the character"));
                    }
                    self.quantifier()?;
                    repeatable = false;
                }
                '}' => return self.fail("write `\\}` for the character"),
                _ => {
                    repeatable = true;
                    self.position += 1;
                }
            }
        }
        Ok(())
    }

    fn group(&mut self, depth: usize) -> Result<(), (usize, String)> {
        if self.looks_at("(?:") {
            self.position += 3;
        } else if self.looks_at("(?=")
            || self.looks_at("(?!")
            || self.looks_at("(?<=")
            || self.looks_at("(?<!")
        {
            return self.fail("lookaround isn't part of the portable regular expressions; test the two conditions one by one");
        } else if self.looks_at("(?") {
            return self.fail("only `(?:…)` groups, and `(?i)` at the very beginning, are portable");
        } else {
            self.groups += 1;
            self.position += 1;
        }
        let opened = self.position - 1;
        self.alternatives(depth + 1)?;
        if self.peek() != Some(')') {
            return Err((
                opened,
                "a group opens here and is never closed; write `\\(` for the character".to_owned(),
            ));
        }
        self.position += 1;
        Ok(())
    }

    fn quantifier(&mut self) -> Result<(), (usize, String)> {
        if self.peek() == Some('{') {
            let close = self.characters.iter().skip(self.position).position(|character| *character == '}');
            let inside: String = match close {
                Some(length) => {
                    self.characters.iter().skip(self.position + 1).take(length.saturating_sub(1)).collect()
                }
                None => {
                    return self.fail("a `{` opens here and is never closed; write `\\{` for the character");
                }
            };
            let number = |text: &str| -> Option<u32> {
                (!text.is_empty() && text.chars().all(|digit| digit.is_ascii_digit()))
                    .then(|| text.parse().ok())
                    .flatten()
            };
            let fits = match inside.split_once(',') {
                None => number(&inside).is_some_and(|count| count <= 1000),
                Some((low, "")) => number(low).is_some_and(|low| low <= 1000),
                Some((low, high)) => {
                    matches!((number(low), number(high)), (Some(low), Some(high)) if low <= high && high <= 1000)
                }
            };
            if !fits {
                return self.fail("a repetition is `{3}`, `{3,}` or `{3,5}`, up to 1000");
            }
            self.position += close.unwrap_or(0) + 1;
        } else {
            self.position += 1;
        }
        match self.peek() {
            Some('?') => self.position += 1,
            Some('+') => return self.fail("possessive repetition isn't portable; leave the second `+` out"),
            _ => {}
        }
        Ok(())
    }

    fn class(&mut self) -> Result<(), (usize, String)> {
        let opened = self.position;
        self.position += 1;
        if self.peek() == Some('^') {
            self.position += 1;
        }
        let mut members = 0_usize;
        loop {
            match self.peek() {
                None => {
                    return Err((
                        opened,
                        "a `[` opens here and is never closed; write `\\[` for the character".to_owned(),
                    ));
                }
                Some(']') if members == 0 => {
                    return self.fail("write `\\]` for the character; an empty class matches nothing");
                }
                Some(']') => break,
                Some('[') => {
                    return self
                        .fail("write `\\[` for the character; classes inside classes aren't portable");
                }
                Some('&') if self.looks_at("&&") => {
                    return self.fail("`&&` in a class isn't portable; write `\\&` for the character");
                }
                Some('~') if self.looks_at("~~") => {
                    return self.fail("`~~` in a class isn't portable; write `\\~` for the character");
                }
                Some('-') if self.looks_at("--") => {
                    return self.fail("`--` in a class isn't portable; write `\\-` for the character");
                }
                Some(_) => self.member()?,
            }
            members += 1;
        }
        self.position += 1;
        Ok(())
    }

    /// One character, escape or range of a class.
    fn member(&mut self) -> Result<(), (usize, String)> {
        let low = self.single()?;
        let next = self.characters.get(self.position + 1).copied();
        if self.peek() == Some('-') && next.is_some_and(|next| next != ']') {
            self.position += 1;
            let high = self.single()?;
            match (low, high) {
                (Some(low), Some(high)) if low <= high => {}
                _ => return self.fail("a range goes from a lower character to a higher one, such as `a-z`"),
            }
        }
        Ok(())
    }

    /// One character; none for an escape that stands for many.
    fn single(&mut self) -> Result<Option<char>, (usize, String)> {
        let character = self.peek();
        if character == Some('\\') {
            let escaped = self.characters.get(self.position + 1).copied();
            let many = self.escape(true)?;
            return Ok(escaped.filter(|escaped| many && !escaped.is_ascii_alphanumeric()));
        }
        if character == Some('[') {
            return self.fail("write `\\[` for the character");
        }
        self.position += 1;
        Ok(character)
    }

    /// Whether what the escape stands for can be repeated.
    fn escape(&mut self, in_class: bool) -> Result<bool, (usize, String)> {
        let next = self.characters.get(self.position + 1).copied();
        match next {
            None => self.fail("a `\\` at the end escapes nothing; write `\\\\` for the character"),
            Some('d' | 'D' | 'w' | 'W' | 's' | 'S' | 't' | 'n' | 'r' | 'f') => {
                self.position += 2;
                Ok(true)
            }
            Some('b' | 'B') if !in_class => {
                self.position += 2;
                Ok(false)
            }
            Some('p' | 'P') => self.property(),
            Some(digit) if digit.is_ascii_digit() => {
                self.fail("references back to a group aren't part of the portable regular expressions")
            }
            Some(letter) if letter.is_alphanumeric() => {
                self.fail(format!("`\\{letter}` isn't portable; the escapes are \\d \\w \\s \\b \\D \\W \\S \\B \\t \\n \\r \\p{{L}}"))
            }
            Some(' ' | '<' | '>') => self.fail("this character needs no `\\`"),
            Some(_) => {
                self.position += 2;
                Ok(true)
            }
        }
    }

    /// `\p{L}` and its like: general categories, which both know by the same names.
    fn property(&mut self) -> Result<bool, (usize, String)> {
        const CATEGORIES: [&str; 20] = [
            "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "N", "Nd", "Nl", "No", "P", "Pd", "S", "Sc", "Sm",
            "Z", "Zs", "C",
        ];
        let name: String = self
            .characters
            .iter()
            .skip(self.position + 3)
            .take_while(|character| **character != '}')
            .collect();
        if self.characters.get(self.position + 2) == Some(&'{') && CATEGORIES.contains(&name.as_str()) {
            self.position += 4 + name.chars().count();
            Ok(true)
        } else {
            self.fail("the portable classes are general categories: \\p{L}, \\p{Lu}, \\p{Ll}, \\p{N}, \\p{P}, \\p{S}, \\p{Z} …")
        }
    }
}

/// Checks the replacement of `regexp_replace`: `$` and a digit is a group, and nothing else is special.
pub(crate) fn check_replacement(replacement: &str, groups: usize) -> Result<(), String> {
    let mut characters = replacement.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => return Err("a `\\` in a replacement isn't portable".to_owned()),
            '$' => {
                let digit = characters.next().and_then(|digit| digit.to_digit(10));
                match digit {
                    None => {
                        return Err("a `$` in a replacement stands before the number of a group, as in `$1`"
                            .to_owned());
                    }
                    Some(group) if group as usize > groups => {
                        return Err(format!("there is no group {group}; the pattern has {groups}"));
                    }
                    Some(_) if characters.peek().is_some_and(char::is_ascii_digit) => {
                        return Err("a digit behind `$1` isn't portable".to_owned());
                    }
                    Some(_) => {}
                }
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_portable_patterns_pass() {
        for (pattern, groups) in [
            ("^[A-Z]{2}[A-Z0-9]{9}[0-9]$", 0),
            ("([0-9]+)-(?:a|b)([0-9]+?)", 2),
            ("(?i)n/?a", 0),
            (r"\d{1,3}(\.\d+)?", 1),
            (r"[\w.\-]+@[^@\s]+", 0),
            (r"\p{Lu}\p{L}*", 0),
            ("[a-]", 0),
            ("", 0),
        ] {
            assert_eq!(check(pattern), Ok(groups), "{pattern}");
        }
    }

    #[test]
    fn what_engines_read_differently_is_refused_with_its_place() {
        let mut told = Vec::new();
        for pattern in [
            "a(?=b)",
            "(?<!a)b",
            r"(a)\1",
            "a++",
            "[a&&b]",
            "[[a]]",
            "*a",
            "a{2,1}",
            "(a",
            "a)",
            "[a",
            "[z-a]",
            r"\p{Alpha}",
            r"\h",
            "(?<name>a)",
            "a{",
            "[]a]",
            "\\",
        ] {
            let (position, message) = check(pattern).unwrap_err();
            told.push(format!("{pattern:<12} {position}  {message}"));
        }
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn java_is_told_to_mean_the_same() {
        for (pattern, java) in [
            ("^[A-Z]{2}", "^[A-Z]{2}"),
            ("^a$", "(?dU)^a\\z"),
            (r"\d+\$", r"(?dU)\d+\$"),
            ("[$]", "[$]"),
            ("(?i)n/a", "(?diuU)n/a"),
        ] {
            assert_eq!(for_java(pattern), java);
        }
    }

    #[test]
    fn replacements_name_groups_that_exist() {
        assert_eq!(check_replacement("$2/$1", 2), Ok(()));
        assert!(check_replacement("$3", 2).is_err());
        assert!(check_replacement("US$", 0).is_err());
        assert!(check_replacement(r"\1", 1).is_err());
    }
}
