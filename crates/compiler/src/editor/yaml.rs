//! Colours of a pipeline document, finished or not; SQL and rules inside it are coloured as such.

use std::ops::Range;

use super::{
    highlight::{TokenKind, highlight, highlight_dqdl},
    tokens::run,
};

/// The coloured pieces of a YAML text, in order; blanks are left out.
pub fn highlight_yaml(text: &str) -> Vec<(Range<usize>, TokenKind)> {
    let mut painter = Painter { text, found: Vec::new() };
    let mut lines = lines(text).peekable();
    while let Some(line) = lines.next() {
        let indent = indent_of(text, &line);
        let Some(block) = painter.line(&line) else { continue };
        // A block scalar: all that is indented deeper.
        let mut end = line.end;
        while let Some(next) = lines.next_if(|next| {
            let blank = text.get((*next).clone()).unwrap_or_default().trim().is_empty();
            blank || indent_of(text, next) > indent
        }) {
            end = next.end;
        }
        painter.embedded(line.end..end, block);
    }
    painter.found
}

/// What a block holds, by its key.
#[derive(Debug, Clone, Copy)]
enum Block {
    Sql,
    Rules,
    Text,
}

struct Painter<'text> {
    text: &'text str,
    found: Vec<(Range<usize>, TokenKind)>,
}

impl Painter<'_> {
    /// Colours one line; says what the block holds that begins at its end.
    fn line(&mut self, line: &Range<usize>) -> Option<Block> {
        let mut position = line.start;
        let mut key = String::new();
        // Brackets of flow mappings that are open.
        let mut depth = 0_usize;
        let mut expects_value = false;
        while position < line.end {
            let rest = self.text.get(position..line.end).unwrap_or_default();
            let Some(first) = rest.chars().next() else { break };
            let length = match first {
                _ if first.is_whitespace() => {
                    position += first.len_utf8();
                    continue;
                }
                '#' => {
                    let is_comment = position == line.start
                        || self
                            .text
                            .get(..position)
                            .is_some_and(|before| before.ends_with(char::is_whitespace));
                    let length = if is_comment { rest.trim_end().len() } else { 1 };
                    self.push(
                        position,
                        length,
                        if is_comment { TokenKind::Comment } else { TokenKind::Text },
                    );
                    length
                }
                '{' | '[' => {
                    depth += 1;
                    expects_value = false;
                    self.push(position, 1, TokenKind::Punctuation)
                }
                '}' | ']' => {
                    depth = depth.saturating_sub(1);
                    self.push(position, 1, TokenKind::Punctuation)
                }
                ',' if depth > 0 => {
                    expects_value = false;
                    self.push(position, 1, TokenKind::Punctuation)
                }
                '-' if rest == "-" || rest.starts_with("- ") => {
                    self.push(position, 1, TokenKind::Punctuation)
                }
                '|' | '>' if expects_value && depth == 0 && is_block_header(rest) => {
                    let length = run(rest, |letter| {
                        matches!(letter, '|' | '>' | '-' | '+') || letter.is_ascii_digit()
                    });
                    self.push(position, length, TokenKind::Operator);
                    return Some(match key.as_str() {
                        "sql" | "expr" | "where" => Block::Sql,
                        "rules" => Block::Rules,
                        _ => Block::Text,
                    });
                }
                '"' | '\'' => {
                    let length = quoted(rest, first);
                    let behind = rest.get(length..).unwrap_or_default().trim_start();
                    let is_key = !expects_value && behind.starts_with(':');
                    if is_key {
                        rest.get(1..length.saturating_sub(1)).unwrap_or_default().clone_into(&mut key);
                    }
                    self.push(position, length, if is_key { TokenKind::Keyword } else { TokenKind::Text })
                }
                ':' => {
                    expects_value = true;
                    self.push(position, 1, TokenKind::Punctuation)
                }
                _ => {
                    let plain = plain(rest, depth > 0);
                    let written = rest.get(..plain).unwrap_or_default().trim_end();
                    let length = written.len().max(first.len_utf8());
                    let behind = rest.get(length..).unwrap_or_default().trim_start();
                    if !expects_value && (behind.starts_with(": ") || behind == ":") {
                        written.clone_into(&mut key);
                        self.push(position, length, TokenKind::Keyword);
                    } else if expects_value && matches!(key.as_str(), "expr" | "where") {
                        self.embedded(position..position + length, Block::Sql);
                    } else {
                        self.push(position, length, scalar(written));
                    }
                    length
                }
            };
            position += length;
        }
        None
    }

    fn push(&mut self, position: usize, length: usize, kind: TokenKind) -> usize {
        self.found.push((position..position + length, kind));
        length
    }

    /// Colours a range by the language that it is in.
    fn embedded(&mut self, range: Range<usize>, block: Block) {
        let inner = self.text.get(range.clone()).unwrap_or_default();
        let pieces = match block {
            Block::Sql => highlight(inner),
            Block::Rules => highlight_dqdl(inner),
            Block::Text => {
                let trimmed = inner.trim();
                if !trimmed.is_empty() {
                    let start = inner.len() - inner.trim_start().len();
                    self.push(range.start + start, trimmed.len(), TokenKind::Text);
                }
                return;
            }
        };
        self.found.extend(
            pieces
                .into_iter()
                .map(|(piece, kind)| (piece.start + range.start..piece.end + range.start, kind)),
        );
    }
}

/// Byte ranges of the lines, without their ends.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split('\n').map(move |line| {
        let range = start..start + line.len();
        start = range.end + 1;
        range
    })
}

fn indent_of(text: &str, line: &Range<usize>) -> usize {
    run(text.get(line.clone()).unwrap_or_default(), |letter| letter == ' ')
}

fn is_block_header(rest: &str) -> bool {
    let header = run(rest, |letter| matches!(letter, '|' | '>' | '-' | '+') || letter.is_ascii_digit());
    let behind = rest.get(header..).unwrap_or_default().trim();
    behind.is_empty() || behind.starts_with('#')
}

/// Length of a quoted scalar, to the end of the line when it isn't closed there.
fn quoted(rest: &str, quote: char) -> usize {
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((index, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        if quote == '"' && letter == '\\' || quote == '\'' && letter == quote && next == Some(quote) {
            letters.next();
        } else if letter == quote {
            return index + 1;
        }
    }
    rest.len()
}

/// Length of a plain scalar: to `: `, ` #`, and inside brackets to what ends an item.
fn plain(rest: &str, in_flow: bool) -> usize {
    let mut before = ' ';
    for (index, letter) in rest.char_indices() {
        let behind = rest.get(index + letter.len_utf8()..).unwrap_or_default();
        let ends = match letter {
            ':' => {
                behind.is_empty() || behind.starts_with(' ') || in_flow && behind.starts_with([',', '}', ']'])
            }
            '#' => before.is_whitespace() && index > 0,
            ',' | '}' | ']' | '{' | '[' => in_flow,
            _ => false,
        };
        if ends {
            return index;
        }
        before = letter;
    }
    rest.len()
}

fn scalar(text: &str) -> TokenKind {
    if matches!(text, "true" | "false" | "null" | "~") {
        TokenKind::Constant
    } else if text.parse::<f64>().is_ok()
        && text.starts_with(|first: char| first.is_ascii_digit() || first == '-')
    {
        TokenKind::Number
    } else if text.parse::<touchstone_spec::DataType>().is_ok() {
        TokenKind::Type
    } else {
        TokenKind::Text
    }
}
