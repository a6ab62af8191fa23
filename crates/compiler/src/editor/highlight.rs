//! Colours of an SQL text and of rules, finished or not.

use std::ops::Range;

use super::tokens::{Kind, Token, run, tokens};
use crate::{function_table::function_named, rules};

/// What a piece of text is, to be coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    /// A word of the language; a rule's type; a YAML key.
    Keyword,
    /// A function or an aggregate.
    Function,
    /// A type.
    Type,
    /// A column, a table, an alias.
    Name,
    /// Text in quotes.
    Text,
    /// A number.
    Number,
    /// `true`, `false`, `null`
    Constant,
    /// `+`, `=`, `||`
    Operator,
    /// Brackets, commas, dots.
    Punctuation,
    /// A comment.
    Comment,
    /// A character without a meaning, or a quote that is never closed.
    Wrong,
}

/// Words of the portable SQL.
pub(crate) const KEYWORDS: [&str; 47] = [
    "all",
    "and",
    "as",
    "asc",
    "between",
    "by",
    "case",
    "cross",
    "desc",
    "distinct",
    "else",
    "end",
    "except",
    "exists",
    "first",
    "from",
    "full",
    "group",
    "having",
    "in",
    "inner",
    "intersect",
    "is",
    "join",
    "last",
    "left",
    "like",
    "limit",
    "not",
    "nulls",
    "offset",
    "on",
    "or",
    "order",
    "outer",
    "right",
    "select",
    "then",
    "union",
    "using",
    "values",
    "when",
    "where",
    "with",
    "over",
    "partition",
    "escape",
];

const TYPE_WORDS: [&str; 16] = [
    "boolean",
    "int",
    "long",
    "float",
    "double",
    "decimal",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "string",
    "uuid",
    "binary",
    "bigint",
    "integer",
    "varchar",
];

/// The coloured pieces of an SQL expression or query, in order; blanks are left out.
pub fn highlight(text: &str) -> Vec<(Range<usize>, TokenKind)> {
    let all = tokens(text);
    all.iter()
        .enumerate()
        .map(|(index, token)| (token.range.clone(), kind_of(text, &all, index, token)))
        .collect()
}

fn kind_of(text: &str, all: &[Token], index: usize, token: &Token) -> TokenKind {
    match token.kind {
        Kind::Text | Kind::Name if !token.closed => TokenKind::Wrong,
        Kind::Text => TokenKind::Text,
        Kind::Name => TokenKind::Name,
        Kind::Number => TokenKind::Number,
        Kind::Comment => TokenKind::Comment,
        Kind::Unknown => TokenKind::Wrong,
        Kind::Sign if "(),.;[]".contains(token.text(text)) => TokenKind::Punctuation,
        Kind::Sign => TokenKind::Operator,
        Kind::Word => word_kind(text, all, index, token),
    }
}

fn word_kind(text: &str, all: &[Token], index: usize, token: &Token) -> TokenKind {
    let word = token.text(text).to_lowercase();
    let before = index.checked_sub(1).and_then(|before| all.get(before));
    let next = all.get(index + 1);
    if before.is_some_and(|before| before.is(text, ".")) {
        return TokenKind::Name;
    }
    let is_call = next.is_some_and(|next| next.is(text, "("));
    if matches!(word.as_str(), "true" | "false" | "null") {
        TokenKind::Constant
    } else if is_call
        && (function_named(&word).is_some() || matches!(word.as_str(), "lookup" | "cast" | "try_cast"))
    {
        TokenKind::Function
    } else if TYPE_WORDS.contains(&word.as_str()) {
        // `as date` and `date '2026-03-02'` are types; a column may be called so.
        let typed = before.is_some_and(|before| before.is(text, "as"))
            || next.is_some_and(|next| next.kind == Kind::Text);
        if typed || word == "decimal" && is_call { TokenKind::Type } else { TokenKind::Name }
    } else if KEYWORDS.contains(&word.as_str()) {
        TokenKind::Keyword
    } else if is_call {
        TokenKind::Wrong
    } else {
        TokenKind::Name
    }
}

/// Words of conditions in rules.
const RULE_WORDS: [&str; 10] =
    ["rules", "between", "and", "or", "in", "not", "matches", "where", "with", "threshold"];

/// The coloured pieces of a ruleset, in order; blanks are left out. Text in quotes that names a column is a name.
pub fn highlight_dqdl(text: &str) -> Vec<(Range<usize>, TokenKind)> {
    let mut found: Vec<(Range<usize>, TokenKind)> = Vec::new();
    let mut position = 0;
    // Whether texts name columns: between a rule's type and its condition.
    let mut names = false;
    while let Some(first) = text.get(position..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(position..).unwrap_or_default();
        let (length, kind) = match first {
            _ if first.is_whitespace() => {
                position += first.len_utf8();
                continue;
            }
            '#' => (rest.find('\n').unwrap_or(rest.len()), TokenKind::Comment),
            '"' | '\'' => match quoted(rest, first) {
                Some(length) => (length, if names { TokenKind::Name } else { TokenKind::Text }),
                None => (rest.len(), TokenKind::Wrong),
            },
            _ if first.is_ascii_digit() => {
                (run(rest, |letter| letter.is_ascii_digit() || letter == '.'), TokenKind::Number)
            }
            _ if first.is_alphabetic() || first == '_' => {
                let length = run(rest, |letter| letter.is_alphanumeric() || letter == '_');
                let word = rest.get(..length).unwrap_or_default();
                let is_rule = rules::KNOWN.contains(&word) || rules::GLUE_ONLY.contains(&word);
                names = is_rule;
                let is_word = RULE_WORDS.iter().any(|known| known.eq_ignore_ascii_case(word));
                let is_constant = ["null", "empty", "whitespaces_only"]
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(word));
                let kind = if is_rule {
                    TokenKind::Function
                } else if is_word {
                    TokenKind::Keyword
                } else if is_constant {
                    TokenKind::Constant
                } else {
                    TokenKind::Wrong
                };
                (length, kind)
            }
            '[' | ']' | '(' | ')' | ',' | '{' | '}' | '.' | ':' => (1, TokenKind::Punctuation),
            '=' | '<' | '>' | '!' | '+' | '-' | '*' | '/' => {
                names = false;
                (run(rest, |letter| "=<>!".contains(letter)).max(1), TokenKind::Operator)
            }
            _ => (first.len_utf8(), TokenKind::Wrong),
        };
        found.push((position..position + length, kind));
        position += length;
    }
    found
}

/// Length of a quoted text; a `\` before the quote takes it literally. None when it is never closed.
fn quoted(rest: &str, quote: char) -> Option<usize> {
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((index, letter)) = letters.next() {
        if letter == '\\' && letters.peek().is_some_and(|(_, next)| *next == quote) {
            letters.next();
        } else if letter == quote {
            return Some(index + 1);
        }
    }
    None
}
