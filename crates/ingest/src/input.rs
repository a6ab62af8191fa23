//! A file as a sliding window of bytes in which delimiters and line ends are ASCII.

use std::io::{self, Read};

use crate::encoding::{ODD_BYTE, TextEncoding};

/// Bytes asked for at a time.
const CHUNK: usize = 1 << 20;

/// The unread part of a file. UTF-16 is rewritten as UTF-8 on the way in; lone surrogates become their
/// three-byte form (as in WTF-8) so that nothing is lost and the record is known to be undecodable.
pub(crate) struct Input {
    reader: Box<dyn Read + Send>,
    wide: Option<Wide>,
    buffer: Vec<u8>,
    start: usize,
    at_end: bool,
    nul_seen: bool,
}

/// UTF-16 between two reads.
struct Wide {
    big_endian: bool,
    /// Bytes of a unit, or of a pair, that was cut by the end of a read.
    carried: Vec<u8>,
}

impl Input {
    pub(crate) fn new(reader: Box<dyn Read + Send>, encoding: &TextEncoding) -> Self {
        let wide = match encoding {
            TextEncoding::Wide { big_endian } => Some(Wide { big_endian: *big_endian, carried: Vec::new() }),
            _ => None,
        };
        Self { reader, wide, buffer: Vec::new(), start: 0, at_end: false, nul_seen: false }
    }

    /// What has been read and not consumed.
    pub(crate) fn window(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// Whether nothing comes after the window.
    pub(crate) fn at_end(&self) -> bool {
        self.at_end
    }

    /// Whether a NUL byte has been met so far.
    pub(crate) fn nul_seen(&self) -> bool {
        self.nul_seen
    }

    /// Drops the first bytes of the window.
    pub(crate) fn consume(&mut self, bytes: usize) {
        self.start = self.start.saturating_add(bytes).min(self.buffer.len());
    }

    /// Makes the window longer, at least doubling it, unless the file ends.
    pub(crate) fn more(&mut self) -> io::Result<()> {
        if self.start > 0 {
            let kept = self.buffer.len() - self.start;
            self.buffer.copy_within(self.start.., 0);
            self.buffer.truncate(kept);
            self.start = 0;
        }
        let wanted = self.buffer.len().max(CHUNK);
        let before = self.buffer.len();
        if self.wide.is_some() {
            let mut raw = Vec::with_capacity(wanted);
            let read = (&mut self.reader).take(wanted as u64).read_to_end(&mut raw)?;
            self.at_end = read < wanted;
            if let Some(wide) = &mut self.wide {
                wide.rewrite(&raw, self.at_end, &mut self.buffer);
            }
        } else {
            let read = (&mut self.reader).take(wanted as u64).read_to_end(&mut self.buffer)?;
            self.at_end = read < wanted;
        }
        if !self.nul_seen {
            let added = self.buffer.get(before..).unwrap_or_default();
            self.nul_seen = memchr::memchr(0, added).is_some();
        }
        Ok(())
    }
}

impl Wide {
    fn rewrite(&mut self, raw: &[u8], at_end: bool, out: &mut Vec<u8>) {
        let mut bytes = std::mem::take(&mut self.carried);
        bytes.extend_from_slice(raw);
        let mut rest = bytes.as_slice();
        while let [first, second, after @ ..] = rest {
            let unit = self.unit(*first, *second);
            let mut used = after;
            let code = if (0xD800..=0xDBFF).contains(&unit) {
                match after {
                    [third, fourth, behind @ ..] => {
                        let low = self.unit(*third, *fourth);
                        if (0xDC00..=0xDFFF).contains(&low) {
                            used = behind;
                            0x1_0000 + ((u32::from(unit) & 0x3FF) << 10) + (u32::from(low) & 0x3FF)
                        } else {
                            u32::from(unit)
                        }
                    }
                    _ if !at_end => break,
                    _ => u32::from(unit),
                }
            } else {
                u32::from(unit)
            };
            push_code_point(code, out);
            rest = used;
        }
        if at_end {
            if let [odd] = rest {
                out.extend([ODD_BYTE, 0x80 | (odd >> 6), 0x80 | (odd & 0x3F)]);
            }
        } else {
            self.carried = rest.to_vec();
        }
    }

    fn unit(&self, first: u8, second: u8) -> u16 {
        if self.big_endian {
            u16::from_be_bytes([first, second])
        } else {
            u16::from_le_bytes([first, second])
        }
    }
}

/// Appends a code point's UTF-8 form; unlike `char`'s, this also takes surrogates.
fn push_code_point(code: u32, out: &mut Vec<u8>) {
    let tail = |shift: u32| 0x80 | low_byte((code >> shift) & 0x3F);
    match code {
        0..=0x7F => out.push(low_byte(code)),
        0x80..=0x7FF => out.extend([0xC0 | low_byte(code >> 6), tail(0)]),
        0x800..=0xFFFF => out.extend([0xE0 | low_byte(code >> 12), tail(6), tail(0)]),
        _ => out.extend([0xF0 | low_byte(code >> 18), tail(12), tail(6), tail(0)]),
    }
}

fn low_byte(code: u32) -> u8 {
    let [low, ..] = code.to_le_bytes();
    low
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn utf_16_keeps_every_byte(raw in proptest::collection::vec(any::<u8>(), 0..200), big_endian: bool) {
            let encoding = TextEncoding::Wide { big_endian };
            let mut input = Input::new(Box::new(io::Cursor::new(raw.clone())), &encoding);
            input.more().unwrap();
            prop_assert_eq!(encoding.source_length(input.window()), raw.len() as u64);
            prop_assert_eq!(encoding.source_bytes(input.window()), raw.clone());
        }
    }

    #[test]
    fn a_pair_cut_by_a_read_is_put_together() {
        let mut wide = Wide { big_endian: false, carried: Vec::new() };
        let mut out = Vec::new();
        wide.rewrite(&[0x3D, 0xD8, 0x00], false, &mut out);
        wide.rewrite(&[0xDE, 0x41, 0x00], true, &mut out);
        assert_eq!(out, "\u{1F600}A".as_bytes());
    }
}
