//! Finds where a record ends and where its fields are.

use memchr::{memchr, memchr_iter, memchr2, memchr3};

/// Longest field in quotes. One that runs on past this was never closed.
pub(crate) const QUOTED_LIMIT: usize = 1 << 20;

/// How records end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineEnd {
    /// `\n`, or `\r\n`.
    Feed,
    /// `\r`, as old Macs wrote; `\n` and `\r\n` end a record too.
    Return,
}

impl LineEnd {
    /// Judged by the beginning of a file: where there is any `\n`, a lone `\r` is part of the text.
    pub(crate) fn of(beginning: &[u8]) -> Self {
        if memchr(b'\n', beginning).is_none() && memchr(b'\r', beginning).is_some() {
            Self::Return
        } else {
            Self::Feed
        }
    }
}

/// The special characters of a dialect, as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    pub(crate) quote: Option<u8>,
    pub(crate) escape: Option<u8>,
    pub(crate) line_end: LineEnd,
}

/// Where one field is in its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// First byte of the content, inside the quotes.
    pub(crate) start: usize,
    /// One past the content.
    pub(crate) end: usize,
    /// Whether it stands in quotes.
    pub(crate) quoted: bool,
    /// Whether the content has doubled or escaped quotes to be undone.
    pub(crate) folded: bool,
    /// Blanks between the closing quote and the delimiter.
    pub(crate) blanks: usize,
}

/// What makes a record unreadable before its fields are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    UnclosedQuote,
    TextAfterQuote,
}

/// One record's extent, counted from the window's first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    /// One past the last byte before the line end.
    pub(crate) end: usize,
    /// First byte of the next record.
    pub(crate) next: usize,
    /// Lines it stands on.
    pub(crate) lines: u64,
    /// Set when only the first line is meant, because its quotes make no sense.
    pub(crate) fault: Option<Fault>,
}

impl Dialect {
    /// The first line of the window, without regard to quotes: one past its text, and where the next one begins.
    /// None: the window is too short to tell.
    pub(crate) fn line(self, window: &[u8], at_end: bool) -> Option<(usize, usize)> {
        self.line_from(window, 0, at_end)
    }

    fn line_from(self, window: &[u8], from: usize, at_end: bool) -> Option<(usize, usize)> {
        let rest = window.get(from..)?;
        match self.line_end {
            LineEnd::Feed => match memchr(b'\n', rest) {
                Some(found) => {
                    let feed = from + found;
                    let returns = found > 0 && window.get(feed - 1) == Some(&b'\r');
                    Some((feed - usize::from(returns), feed + 1))
                }
                None if at_end => Some((window.len() - usize::from(rest.ends_with(b"\r")), window.len())),
                None => None,
            },
            LineEnd::Return => match memchr2(b'\r', b'\n', rest) {
                Some(found) => {
                    let end = from + found;
                    if window.get(end) == Some(&b'\n') {
                        return Some((end, end + 1));
                    }
                    match window.get(end + 1) {
                        Some(b'\n') => Some((end, end + 2)),
                        None if !at_end => None,
                        _ => Some((end, end + 1)),
                    }
                }
                None if at_end => Some((window.len(), window.len())),
                None => None,
            },
        }
    }

    /// The first record of the window; its fields go to `spans`.
    ///
    /// `width` is the number of fields that a record should have, when it is known. A quote that opens a field
    /// and isn't closed, or is closed only by the opening quote of a later record, must not swallow the records
    /// between: such a record is cut down to its first line, and has a fault. None: the window is too short.
    pub(crate) fn record(
        self,
        window: &[u8],
        at_end: bool,
        width: Option<usize>,
        spans: &mut Vec<Span>,
    ) -> Option<Extent> {
        spans.clear();
        let Some(quote) = self.quote else { return self.plain_record(window, at_end, spans) };
        if self.line_end == LineEnd::Feed {
            // Most lines have no quote at all.
            match memchr2(quote, b'\n', window) {
                None if !at_end => return None,
                Some(first) if window.get(first) == Some(&quote) => {}
                _ => return self.plain_record(window, at_end, spans),
            }
        }
        let extent = self.quoted_record(window, at_end, quote, spans)?;
        if extent.lines > 1 && extent.fault.is_none() && width.is_some_and(|width| width != spans.len()) {
            // Several lines and yet the wrong number of fields. If the second line is a good record by itself,
            // then it was a quote too few, not a line break in quotes.
            let (end, next) = self.line(window, at_end)?;
            let mut second = Vec::new();
            let after = self.quoted_record(window.get(next..)?, at_end, quote, &mut second)?;
            if after.fault.is_none() && Some(second.len()) == width {
                return Some(Extent { end, next, lines: 1, fault: Some(Fault::UnclosedQuote) });
            }
        }
        Some(extent)
    }

    fn plain_record(self, window: &[u8], at_end: bool, spans: &mut Vec<Span>) -> Option<Extent> {
        let (end, next) = self.line(window, at_end)?;
        let mut start = 0;
        for delimiter in memchr_iter(self.delimiter, window.get(..end)?) {
            spans.push(Span { start, end: delimiter, quoted: false, folded: false, blanks: 0 });
            start = delimiter + 1;
        }
        spans.push(Span { start, end, quoted: false, folded: false, blanks: 0 });
        Some(Extent { end, next, lines: 1, fault: None })
    }

    fn quoted_record(self, window: &[u8], at_end: bool, quote: u8, spans: &mut Vec<Span>) -> Option<Extent> {
        let mut at = 0;
        loop {
            if window.get(at) == Some(&quote) {
                let start = at + 1;
                let (end, folded) = match self.closing_quote(window, start, at_end, quote)? {
                    Closing::At { end, folded } => (end, folded),
                    Closing::Never => return self.faulty(window, at_end, Fault::UnclosedQuote),
                };
                let mut after = end + 1;
                while let Some(b' ' | b'\t') = window.get(after) {
                    if window.get(after) == Some(&self.delimiter) {
                        break;
                    }
                    after += 1;
                }
                spans.push(Span { start, end, quoted: true, folded, blanks: after - end - 1 });
                match window.get(after) {
                    Some(byte) if *byte == self.delimiter => at = after + 1,
                    None if at_end => return Some(self.extent(window, after, after)),
                    None => return None,
                    Some(b'\r' | b'\n') => match self.line_from(window, after, at_end)? {
                        (line_end, next) if line_end == after => {
                            return Some(self.extent(window, after, next));
                        }
                        _ => return self.faulty(window, at_end, Fault::TextAfterQuote),
                    },
                    Some(_) => return self.faulty(window, at_end, Fault::TextAfterQuote),
                }
            } else {
                let rest = window.get(at..)?;
                let found = match self.line_end {
                    LineEnd::Feed => memchr2(self.delimiter, b'\n', rest),
                    LineEnd::Return => memchr3(self.delimiter, b'\n', b'\r', rest),
                };
                let plain = |end| Span { start: at, end, quoted: false, folded: false, blanks: 0 };
                match found {
                    Some(found) if rest.get(found) == Some(&self.delimiter) => {
                        spans.push(plain(at + found));
                        at += found + 1;
                    }
                    _ => {
                        let (end, next) = self.line_from(window, at, at_end)?;
                        spans.push(plain(end));
                        return Some(self.extent(window, end, next));
                    }
                }
            }
        }
    }

    fn closing_quote(self, window: &[u8], start: usize, at_end: bool, quote: u8) -> Option<Closing> {
        let mut at = start;
        let mut folded = false;
        loop {
            let rest = window.get(at..)?;
            let found = match self.escape {
                Some(escape) => memchr2(quote, escape, rest),
                None => memchr(quote, rest),
            };
            let Some(found) = found else {
                return (at_end || window.len() - start > QUOTED_LIMIT).then_some(Closing::Never);
            };
            let here = at + found;
            if here - start > QUOTED_LIMIT {
                return Some(Closing::Never);
            }
            let following = window.get(here + 1).copied();
            if following.is_none() && !at_end {
                return None;
            }
            if window.get(here) == Some(&quote) {
                if following != Some(quote) {
                    return Some(Closing::At { end: here, folded });
                }
                folded = true;
                at = here + 2;
            } else if following == Some(quote) || following == self.escape {
                folded = true;
                at = here + 2;
            } else {
                at = here + 1;
            }
        }
    }

    fn extent(self, window: &[u8], end: usize, next: usize) -> Extent {
        let record = window.get(..end).unwrap_or_default();
        Extent { end, next, lines: self.line_breaks(record).saturating_add(1), fault: None }
    }

    fn faulty(self, window: &[u8], at_end: bool, fault: Fault) -> Option<Extent> {
        let (end, next) = self.line(window, at_end)?;
        Some(Extent { end, next, lines: 1, fault: Some(fault) })
    }

    /// How many line breaks these bytes hold.
    fn line_breaks(self, bytes: &[u8]) -> u64 {
        let feeds = memchr_iter(b'\n', bytes).count();
        let breaks = match self.line_end {
            LineEnd::Feed => feeds,
            LineEnd::Return => {
                let pairs = bytes.windows(2).filter(|pair| *pair == b"\r\n").count();
                feeds + memchr_iter(b'\r', bytes).count() - pairs
            }
        };
        breaks as u64
    }

    /// Undoes doubled and escaped quotes of a field's text.
    pub(crate) fn unfold(self, text: &str, out: &mut String) {
        let Some(quote) = self.quote.map(char::from) else {
            out.push_str(text);
            return;
        };
        let escape = self.escape.map(char::from);
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let next = characters.peek().copied();
            let pair = (character == quote && next == Some(quote))
                || (Some(character) == escape && (next == Some(quote) || next == escape));
            if pair {
                out.extend(characters.next());
            } else {
                out.push(character);
            }
        }
    }
}

enum Closing {
    At { end: usize, folded: bool },
    Never,
}
