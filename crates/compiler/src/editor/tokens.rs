//! Words and signs of a text that needn't parse: every text has tokens.

use std::ops::Range;

/// A word, a sign or a text, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) range: Range<usize>,
    /// Whether a quote or a comment that opens is closed.
    pub(crate) closed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    /// `"a name"`
    Name,
    /// `'a text'`
    Text,
    Number,
    Sign,
    Comment,
    /// A character that has no meaning.
    Unknown,
}

/// The tokens of an SQL text, comments included, blanks left out.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut position = 0;
    while let Some(first) = text.get(position..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(position..).unwrap_or_default();
        if first.is_whitespace() {
            position += first.len_utf8();
            continue;
        }
        let (kind, length, closed) = token(first, rest);
        found.push(Token { kind, range: position..position + length, closed });
        position += length;
    }
    found
}

/// Kind, length and closedness of the token that `rest` begins with.
fn token(first: char, rest: &str) -> (Kind, usize, bool) {
    match first {
        '\'' => quoted(Kind::Text, first, rest),
        '"' | '`' => quoted(Kind::Name, first, rest),
        _ if rest.starts_with("--") => (Kind::Comment, rest.find('\n').unwrap_or(rest.len()), true),
        _ if rest.starts_with("/*") => match rest.find("*/") {
            Some(end) => (Kind::Comment, end + 2, true),
            None => (Kind::Comment, rest.len(), false),
        },
        _ if first.is_alphabetic() || first == '_' => {
            (Kind::Word, run(rest, |letter| letter.is_alphanumeric() || letter == '_'), true)
        }
        _ if first.is_ascii_digit() => (Kind::Number, number(rest), true),
        _ => {
            let two = ["||", "<=", ">=", "<>", "!="].iter().any(|sign| rest.starts_with(sign));
            let known = two || "=<>+-*/%(),.;[]".contains(first);
            let kind = if known { Kind::Sign } else { Kind::Unknown };
            (kind, if two { 2 } else { first.len_utf8() }, true)
        }
    }
}

/// Length of the longest beginning whose characters all pass.
pub(crate) fn run(text: &str, passes: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !passes(letter)).unwrap_or(text.len())
}

/// A doubled quote stands for itself.
fn quoted(kind: Kind, quote: char, rest: &str) -> (Kind, usize, bool) {
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((index, letter)) = letters.next() {
        if letter == quote {
            if letters.peek().is_some_and(|(_, next)| *next == quote) {
                letters.next();
            } else {
                return (kind, index + quote.len_utf8(), true);
            }
        }
    }
    (kind, rest.len(), false)
}

fn number(rest: &str) -> usize {
    let digits = |text: &str| run(text, |letter| letter.is_ascii_digit());
    let from = |start: usize| rest.get(start..).unwrap_or_default();
    let mut length = digits(rest);
    if from(length).starts_with('.') {
        length += 1 + digits(from(length + 1));
    }
    if let Some(exponent) = from(length).strip_prefix(['e', 'E']) {
        let sign = usize::from(exponent.starts_with(['+', '-']));
        let count = digits(exponent.get(sign..).unwrap_or_default());
        if count > 0 {
            length += 1 + sign + count;
        }
    }
    length
}

impl Token {
    pub(crate) fn text<'text>(&self, text: &'text str) -> &'text str {
        text.get(self.range.clone()).unwrap_or_default()
    }

    /// Whether it is this sign, or this word in any case.
    pub(crate) fn is(&self, text: &str, wanted: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Sign) && self.text(text).eq_ignore_ascii_case(wanted)
    }

    /// What stands inside its quotes; for a token without quotes, the token.
    pub(crate) fn content(&self, text: &str) -> String {
        let written = self.text(text);
        let Some(quote) = written.chars().next().filter(|first| matches!(first, '\'' | '"' | '`')) else {
            return written.to_owned();
        };
        let inner = written.get(1..).unwrap_or_default();
        let inner = if self.closed { inner.strip_suffix(quote).unwrap_or(inner) } else { inner };
        inner.replace(&format!("{quote}{quote}"), &quote.to_string())
    }
}

/// A text cut at the cursor: what stands before, and the token that the cursor is in or right behind.
#[derive(Debug)]
pub(crate) struct AtCursor {
    /// The tokens before the current one, comments left out.
    pub(crate) before: Vec<Token>,
    /// The word, number, text, name or comment that the cursor touches. It ends where it ends without the cursor, but
    /// never behind a quote that is missing.
    pub(crate) current: Option<Token>,
    /// The tokens behind, comments left out.
    pub(crate) after: Vec<Token>,
    /// The cursor, moved to the nearest place between two characters.
    pub(crate) cursor: usize,
}

/// Cuts `text` at a byte offset.
pub(crate) fn at_cursor(text: &str, cursor: usize) -> AtCursor {
    let cursor = floor_boundary(text, cursor);
    let mut all = tokens(text);
    let touched = all.iter().position(|token| {
        let inside = token.range.start < cursor && cursor < token.range.end;
        let behind = token.range.end == cursor && token.range.start < cursor;
        match token.kind {
            Kind::Word | Kind::Number => inside || behind,
            // Behind a quote that is closed, the text is over.
            Kind::Name | Kind::Text => inside || behind && !token.closed,
            // A line's comment goes on until the line ends.
            Kind::Comment => inside || behind && !token.text(text).ends_with("*/"),
            Kind::Sign | Kind::Unknown => false,
        }
    });
    let Some(touched) = touched else {
        let split = all.iter().position(|token| token.range.start >= cursor).unwrap_or(all.len());
        let after = all.split_off(split);
        return AtCursor { before: spoken(all), current: None, after: spoken(after), cursor };
    };
    let mut after = all.split_off(touched + 1);
    let mut current = all.pop();
    if let Some(token) = &mut current
        && matches!(token.kind, Kind::Name | Kind::Text)
    {
        // A quote that is still open swallows what stands behind it, up to the next quote or the end: what looks like
        // the rest of a call is taken for that.
        let rest = text.get(cursor..token.range.end).unwrap_or_default();
        let word = run(rest, |letter| letter.is_alphanumeric() || matches!(letter, '_' | '.' | ' '));
        let stops = rest.get(word..).is_some_and(|stop| stop.starts_with([',', ')', '(', '\n']));
        if !token.closed || token.kind == Kind::Text && stops && odd_quotes(text) {
            token.range.end =
                cursor + run(rest, |letter| letter.is_alphanumeric() || matches!(letter, '_' | '.'));
            token.closed = false;
            after = tokens(text.get(token.range.end..).unwrap_or_default())
                .into_iter()
                .map(|behind| Token {
                    range: behind.range.start + token.range.end..behind.range.end + token.range.end,
                    ..behind
                })
                .collect();
        }
    }
    AtCursor { before: spoken(all), current, after: spoken(after), cursor }
}

/// Whether the quotes of the whole text don't pair up.
fn odd_quotes(text: &str) -> bool {
    !text.matches('\'').count().is_multiple_of(2)
}

fn spoken(tokens: Vec<Token>) -> Vec<Token> {
    tokens.into_iter().filter(|token| token.kind != Kind::Comment).collect()
}

/// The nearest place between two characters at or before `offset`.
pub(crate) fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}
