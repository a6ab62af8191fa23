//! DQDL's words and signs, each with its place.

use std::ops::Range;

use crate::finding::{At, Finding};

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: At,
    /// The token as written.
    pub(super) text: String,
    /// Whether blanks or a comment stand in front of it.
    pub(super) spaced: bool,
    /// Its bytes.
    pub(super) range: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Word,
    /// Quoted text, without its quotes.
    Text(String),
    Number,
    Sign,
}

/// All tokens, up to the first place that can't be read. Comments run from `#` to the end of the line.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Option<Finding>) {
    let mut tokens = Vec::new();
    let stopped = read(text, &mut tokens).err();
    (tokens, stopped)
}

fn read(text: &str, tokens: &mut Vec<Token>) -> Result<(), Finding> {
    let mut reader = Reader { characters: text.chars().collect(), position: 0, at: At::START, offset: 0 };
    loop {
        let before = reader.position;
        reader.skip_blanks();
        let spaced = reader.position > before;
        let at = reader.at;
        let (start, offset) = (reader.position, reader.offset);
        let Some(first) = reader.peek() else { return Ok(()) };
        let kind = match first {
            '"' | '\'' => Kind::Text(reader.quoted(first)?),
            _ if first.is_ascii_digit()
                || first == '-' && reader.ahead(1).is_some_and(|next| next.is_ascii_digit()) =>
            {
                reader.step();
                reader.skip_while(|character| character.is_ascii_digit() || character == '.');
                Kind::Number
            }
            _ if first.is_alphabetic() || first == '_' => {
                reader.skip_while(|character| character.is_alphanumeric() || character == '_');
                Kind::Word
            }
            '=' | '[' | ']' | '(' | ')' | ',' | '+' | '-' | '{' | '}' | '.' | ':' | '*' | '/' => {
                reader.step();
                Kind::Sign
            }
            '<' | '>' | '!' => {
                reader.step();
                if reader.peek() == Some('=') || first == '<' && reader.peek() == Some('>') {
                    reader.step();
                }
                Kind::Sign
            }
            other => {
                return Err(Finding::error(at, "bad-rule", format!("`{other}` has no meaning in rules"))
                    .help("names and text stand in double quotes"));
            }
        };
        let text = reader.characters.iter().take(reader.position).skip(start).collect();
        tokens.push(Token { kind, at, text, spaced, range: offset..reader.offset });
    }
}

struct Reader {
    characters: Vec<char>,
    position: usize,
    at: At,
    /// Bytes read.
    offset: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.ahead(0)
    }

    fn ahead(&self, offset: usize) -> Option<char> {
        self.characters.get(self.position + offset).copied()
    }

    fn step(&mut self) {
        self.offset += self.peek().map_or(0, char::len_utf8);
        if self.peek() == Some('\n') {
            self.at = At { line: self.at.line + 1, column: 1 };
        } else {
            self.at.column += 1;
        }
        self.position += 1;
    }

    fn skip_while(&mut self, more: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&more) {
            self.step();
        }
    }

    fn skip_blanks(&mut self) {
        loop {
            self.skip_while(char::is_whitespace);
            if self.peek() != Some('#') {
                return;
            }
            self.skip_while(|character| character != '\n');
        }
    }

    /// Text up to the same quote; a `\` before a quote takes it literally.
    fn quoted(&mut self, quote: char) -> Result<String, Finding> {
        let opened = self.at;
        self.step();
        let mut text = String::new();
        loop {
            match self.peek() {
                None => {
                    return Err(Finding::error(opened, "bad-rule", "a quote opens here and is never closed")
                        .help("close it; a quote inside is written `\\\"`"));
                }
                Some(character) if character == quote => {
                    self.step();
                    return Ok(text);
                }
                Some('\\') if self.ahead(1) == Some(quote) => {
                    text.push(quote);
                    self.step();
                    self.step();
                }
                Some(character) => {
                    text.push(character);
                    self.step();
                }
            }
        }
    }
}
