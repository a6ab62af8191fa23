//! Where in an expression the cursor stands: in which argument of which call, behind a value or in front of one.

use super::tokens::{Kind, Token};

/// A bracket that is open at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Open {
    /// The word in front of it, in lower case: the function; none for a bracket of its own.
    pub(crate) word: Option<String>,
    /// Index of the bracket among the tokens.
    pub(crate) bracket: usize,
    /// Indexes of the commas since.
    pub(crate) commas: Vec<usize>,
}

impl Open {
    /// Which argument the cursor is in, from zero.
    pub(crate) fn argument(&self) -> usize {
        self.commas.len()
    }

    /// Index of the first token of an argument.
    pub(crate) fn start_of(&self, argument: usize) -> usize {
        match argument.checked_sub(1).and_then(|before| self.commas.get(before)) {
            Some(comma) => comma + 1,
            None => self.bracket + 1,
        }
    }
}

/// A bracket or a `case` that is open at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Frame {
    Bracket(Open),
    /// `case`, with its last word: `case`, `when`, `then` or `else`.
    Case(&'static str),
}

/// What may stand at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// A column, a value, a call.
    Operand,
    /// An operator, or what goes on behind a value.
    Operator,
}

/// Words behind which a value is expected.
const BEFORE_OPERAND: [&str; 22] = [
    "and", "or", "not", "when", "then", "else", "case", "in", "like", "between", "is", "select", "distinct",
    "where", "having", "on", "by", "from", "join", "limit", "all", "using",
];

/// Everything that is open behind these tokens, the innermost last.
pub(crate) fn frames(text: &str, tokens: &[Token]) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if token.is(text, "(") {
            let word = index.checked_sub(1).and_then(|before| tokens.get(before));
            let word = word.filter(|word| word.kind == Kind::Word).map(|word| word.text(text).to_lowercase());
            let word = word.filter(|word| word == "in" || !BEFORE_OPERAND.contains(&word.as_str()));
            frames.push(Frame::Bracket(Open { word, bracket: index, commas: Vec::new() }));
        } else if token.is(text, ")") {
            while let Some(Frame::Case(_)) = frames.pop() {}
        } else if token.is(text, ",") {
            // A case that was never ended is over where the argument is.
            while let Some(Frame::Case(_)) = frames.last() {
                frames.pop();
            }
            if let Some(Frame::Bracket(open)) = frames.last_mut() {
                open.commas.push(index);
            }
        } else if token.is(text, "case") {
            frames.push(Frame::Case("case"));
        } else if token.is(text, "end") {
            if let Some(Frame::Case(_)) = frames.last() {
                frames.pop();
            }
        } else if let Some(Frame::Case(word)) = frames.last_mut() {
            for next in ["when", "then", "else"] {
                if token.is(text, next) {
                    *word = next;
                }
            }
        }
    }
    frames
}

/// The innermost open bracket that belongs to a word.
pub(crate) fn enclosing(frames: &[Frame]) -> Option<&Open> {
    frames.iter().rev().find_map(|frame| match frame {
        Frame::Bracket(open) => Some(open),
        Frame::Case(_) => None,
    })
}

/// What may stand behind these tokens.
pub(crate) fn position(text: &str, tokens: &[Token]) -> Position {
    let Some(last) = tokens.last() else { return Position::Operand };
    match last.kind {
        Kind::Word if BEFORE_OPERAND.iter().any(|word| last.is(text, word)) => Position::Operand,
        Kind::Sign if last.is(text, ")") || last.is(text, "]") => Position::Operator,
        // `count(*` and `select *` are values; `price *` isn't.
        Kind::Sign if last.is(text, "*") => {
            let before = tokens.len().checked_sub(2).and_then(|index| tokens.get(index));
            let alone = before
                .is_some_and(|before| ["(", ",", "select", "."].iter().any(|sign| before.is(text, sign)));
            if alone { Position::Operator } else { Position::Operand }
        }
        Kind::Sign | Kind::Unknown => Position::Operand,
        _ => Position::Operator,
    }
}
