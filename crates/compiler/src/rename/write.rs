//! Names as the texts around them write them: in quotes where they need some, and where they had some.

use crate::{editor::written_name, typing::scope::needs_quotes};

/// A name as a word of an expression, in place of `old`.
pub(super) fn word(old: &str, name: &str, quote: Option<char>) -> String {
    let plain = old.replace('\\', "");
    let sign = plain.chars().next().filter(|first| matches!(first, '"' | '`'));
    let inner = plain.trim_matches(['"', '`']);
    // Quotes that nothing asked for are the steward's, and stay.
    let had_quotes = sign.filter(|_| !needs_quotes(inner) && written_name(inner) == inner);
    let word = match had_quotes {
        Some(sign) => format!("{sign}{}{sign}", name.replace(sign, &format!("{sign}{sign}"))),
        None => written_name(name),
    };
    quoted(&word, quote)
}

/// A text as it stands inside the quotes of a rule.
pub(super) fn quoted(text: &str, quote: Option<char>) -> String {
    match quote {
        Some(quote) => text.replace(quote, &format!("\\{quote}")),
        None => text.to_owned(),
    }
}

/// Whether what is written is the name, in any case and quotes.
pub(super) fn is_name(written: &str, name: &str) -> bool {
    let fold = |text: &str| text.replace(['"', '`', '\\'], "").to_lowercase();
    fold(written) == fold(name)
}

/// The words of a dotted name.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for character in text.chars() {
        match quote {
            Some(sign) if character == sign => quote = None,
            None if matches!(character, '"' | '`') => quote = Some(character),
            None if character == '.' => words.push(String::new()),
            _ => words.last_mut().into_iter().for_each(|word| word.push(character)),
        }
    }
    words.iter().map(|word| word.trim().to_owned()).collect()
}

/// A dotted name in place of `old`: words that stay are written as they were.
pub(super) fn joined(old: &str, parts: &[String], in_query: bool) -> String {
    let before: Vec<&str> = old.split('.').map(str::trim).collect();
    let written = |(index, part): (usize, &String)| {
        let from_end = parts.len() - index;
        let same = before.len().checked_sub(from_end).and_then(|place| before.get(place));
        match same.filter(|same| is_name(same, part)) {
            Some(same) => (*same).to_owned(),
            None if in_query => word(same.copied().unwrap_or_default(), part, None),
            None => part.clone(),
        }
    };
    parts.iter().enumerate().map(written).collect::<Vec<_>>().join(".")
}

/// Line and column of a byte, from one; columns in characters.
pub(super) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}
