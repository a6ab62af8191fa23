//! Names in the quotes of rules.

use std::{ops::Range, sync::Arc};

use touchstone_spec::DocPath;

use super::{Decl, Form, NameUse, Named, Origin, place};
use crate::{finding::At, rules::quoted_tokens};

/// What the names inside one quoted text of a ruleset mean; ranges are of the text without quotes and escapes.
#[derive(Debug)]
pub(crate) enum Token {
    /// A column or a table, as a whole or in part.
    Name { at: At, range: Range<usize>, decl: Decl },
    /// A condition.
    Condition { at: At, text: String, names: Vec<Named> },
}

/// The names of the rules at `path`, by their bytes.
pub(crate) fn in_rules(path: &DocPath, text: &str, tokens: Vec<Token>) -> Vec<NameUse> {
    if tokens.is_empty() {
        return Vec::new();
    }
    let quoted = quoted_tokens(text);
    let mut found = Vec::new();
    for token in tokens {
        let (Token::Name { at, .. } | Token::Condition { at, .. }) = &token;
        let Some((_, bytes)) = quoted.iter().find(|(start, _)| start == at) else { continue };
        let Some(raw) = text.get(bytes.clone()) else { continue };
        let Some(quote) = raw.chars().next() else { continue };
        let inner = |range: Range<usize>| {
            let place = |offset| bytes.start + escaped(raw, quote, offset);
            place(range.start)..place(range.end)
        };
        match token {
            Token::Name { range, decl, .. } => {
                let form = if matches!(decl, Decl::Table(_)) { Form::Dotted } else { Form::Plain };
                found.push(NameUse {
                    path: path.clone(),
                    range: inner(range),
                    origin: Arc::new(Origin::own(decl)),
                    form,
                    quote: Some(quote),
                });
            }
            Token::Condition { text, names, .. } => found.extend(names.into_iter().map(|named| NameUse {
                path: path.clone(),
                range: inner(place::range(&text, &named)),
                origin: named.origin,
                form: named.form,
                quote: Some(quote),
            })),
        }
    }
    found
}

/// The byte of the quoted token at which the byte `offset` of its text stands.
fn escaped(raw: &str, quote: char, offset: usize) -> usize {
    let (mut at, mut read) = (quote.len_utf8(), 0);
    while read < offset {
        let rest = raw.get(at..).unwrap_or_default();
        let mut characters = rest.chars();
        let Some(first) = characters.next() else { break };
        if first == '\\' && characters.next() == Some(quote) {
            at += first.len_utf8() + quote.len_utf8();
            read += quote.len_utf8();
        } else {
            at += first.len_utf8();
            read += first.len_utf8();
        }
    }
    at
}
