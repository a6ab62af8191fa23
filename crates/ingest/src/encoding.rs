//! Character encodings: which can be split as bytes, and how their bytes become text.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::{IngestError, IngestErrorCode, IngestPlace};

/// How a file's bytes become text.
///
/// The splitter works on bytes in which delimiters, quotes and line ends are ASCII. That is the file itself for
/// UTF-8 and the single-byte encodings; UTF-16 is rewritten as UTF-8 on the way in (see [`crate::input`]).
#[derive(Debug, Clone)]
pub(crate) enum TextEncoding {
    Utf8,
    /// UTF-16, held as UTF-8; a lone surrogate is held as its three-byte form, which isn't valid UTF-8.
    Wide {
        big_endian: bool,
    },
    /// One byte, one character: what the bytes from 0x80 on stand for.
    Single {
        name: &'static str,
        upper: Box<[Option<char>; 128]>,
    },
    /// One to four bytes per character, of which those after the first may look like ASCII letters.
    Multi(&'static Encoding),
}

impl TextEncoding {
    /// Finds an encoding by its WHATWG label, and checks that the format's special characters can be found in it.
    pub(crate) fn named(label: &str, special: &[u8]) -> Result<Self, IngestError> {
        let refuse = |reason: String, next: &str| {
            IngestError::new(IngestErrorCode::Encoding, IngestPlace::default(), reason, next)
        };
        let Some(encoding) = Encoding::for_label_no_replacement(label.as_bytes()) else {
            return Err(refuse(
                format!("the encoding `{label}` is unknown"),
                "use utf-8, utf-16le, windows-1252, iso-8859-15 or another label of the WHATWG encoding standard",
            ));
        };
        if encoding == UTF_8 {
            Ok(Self::Utf8)
        } else if encoding == UTF_16LE || encoding == UTF_16BE {
            Ok(Self::Wide { big_endian: encoding == UTF_16BE })
        } else if encoding.is_single_byte() {
            Ok(Self::Single { name: encoding.name(), upper: Box::new(upper_half(encoding)) })
        } else if !encoding.is_ascii_compatible() {
            Err(refuse(
                format!("files in {label} can't be split into records"),
                "convert the file to UTF-8 first",
            ))
        } else if let Some(unsafe_byte) = special.iter().find(|byte| **byte >= 0x40 || byte.is_ascii_digit())
        {
            Err(refuse(
                format!("`{}` can also be part of a character in {label}", char::from(*unsafe_byte)),
                "convert the file to UTF-8 first",
            ))
        } else {
            Ok(Self::Multi(encoding))
        }
    }

    /// Text of these bytes; None when some of them mean nothing in the encoding.
    pub(crate) fn decode<'bytes>(&self, bytes: &'bytes [u8]) -> Option<Cow<'bytes, str>> {
        match self {
            Self::Utf8 | Self::Wide { .. } => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Single { upper, .. } => {
                if bytes.is_ascii() {
                    return std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
                }
                let mut text = String::with_capacity(bytes.len().saturating_add(8));
                for byte in bytes {
                    text.push(single(upper, *byte)?);
                }
                Some(Cow::Owned(text))
            }
            Self::Multi(encoding) => encoding.decode_without_bom_handling_and_without_replacement(bytes),
        }
    }

    /// Text of these bytes, with U+FFFD for those that mean nothing: for showing only.
    pub(crate) fn decode_lossy(&self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 | Self::Wide { .. } => String::from_utf8_lossy(bytes).into_owned(),
            Self::Single { upper, .. } => {
                bytes.iter().map(|byte| single(upper, *byte).unwrap_or('\u{FFFD}')).collect()
            }
            Self::Multi(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        }
    }

    /// How many bytes of the file these bytes stand for.
    pub(crate) fn source_length(&self, bytes: &[u8]) -> u64 {
        if !matches!(self, Self::Wide { .. }) {
            return bytes.len() as u64;
        }
        bytes.iter().fold(0_u64, |sum, byte| sum.saturating_add(wide_length(*byte)))
    }

    /// The bytes of the file that these bytes stand for.
    pub(crate) fn source_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let Self::Wide { big_endian } = self else { return bytes.to_vec() };
        let mut source = Vec::with_capacity(bytes.len().saturating_mul(2));
        let mut rest = bytes;
        while let [first, ..] = rest {
            let length = match first {
                0x00..=0x7F => 1,
                0xC0..=0xDF => 2,
                0xE0..=0xEF => 3,
                0xF0..=0xF7 => 4,
                _ => {
                    // The odd byte at the end of a file: its bits were kept in the two bytes after the marker.
                    if let [_, high, low, ..] = rest {
                        source.push(((high & 0x03) << 6) | (low & 0x3F));
                    }
                    break;
                }
            };
            let (character, after) = rest.split_at(length.min(rest.len()));
            rest = after;
            let code = code_point(character);
            if let Ok(unit) = u16::try_from(code) {
                source.extend(unit_bytes(unit, *big_endian));
            } else {
                let mut pair = [0; 2];
                for unit in char::from_u32(code).unwrap_or('\u{FFFD}').encode_utf16(&mut pair) {
                    source.extend(unit_bytes(*unit, *big_endian));
                }
            }
        }
        source
    }

    /// The label that a format would name.
    pub(crate) fn label(&self) -> String {
        match self {
            Self::Utf8 => "utf-8".to_owned(),
            Self::Wide { big_endian: true } => "utf-16be".to_owned(),
            Self::Wide { big_endian: false } => "utf-16le".to_owned(),
            Self::Single { name, .. } => name.to_ascii_lowercase(),
            Self::Multi(encoding) => encoding.name().to_ascii_lowercase(),
        }
    }
}

/// Marks the odd byte at the end of a UTF-16 file; never part of UTF-8.
pub(crate) const ODD_BYTE: u8 = 0xFF;

/// Bytes of UTF-16 that a byte of its UTF-8 form stands for: all counted at the first byte of a character.
fn wide_length(byte: u8) -> u64 {
    match byte {
        0x80..=0xBF => 0,
        0xF0..=0xF7 => 4,
        ODD_BYTE => 1,
        _ => 2,
    }
}

fn unit_bytes(unit: u16, big_endian: bool) -> [u8; 2] {
    if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() }
}

fn code_point(character: &[u8]) -> u32 {
    let mut bytes = character.iter().map(|byte| u32::from(*byte));
    let Some(first) = bytes.next() else { return 0 };
    let lead = match character.len() {
        1 => first,
        2 => first & 0x1F,
        3 => first & 0x0F,
        _ => first & 0x07,
    };
    bytes.fold(lead, |code, byte| (code << 6) | (byte & 0x3F))
}

fn single(upper: &[Option<char>; 128], byte: u8) -> Option<char> {
    if byte.is_ascii() {
        Some(char::from(byte))
    } else {
        upper.get(usize::from(byte & 0x7F)).copied().flatten()
    }
}

fn upper_half(encoding: &'static Encoding) -> [Option<char>; 128] {
    let mut upper = [None; 128];
    for (slot, byte) in upper.iter_mut().zip(0x80_u8..=0xFF) {
        *slot = encoding
            .decode_without_bom_handling_and_without_replacement(&[byte])
            .and_then(|text| text.chars().next());
    }
    upper
}

/// A kind of file that is often taken for text.
pub(crate) struct KnownBinary {
    pub(crate) what: &'static str,
    pub(crate) next_step: &'static str,
}

/// Tells common file formats by their first bytes (their 'magic numbers', from each format's specification).
pub(crate) fn known_binary(beginning: &[u8]) -> Option<KnownBinary> {
    const KINDS: [(&[u8], &str, &str); 9] = [
        (b"PK\x03\x04", "an Excel workbook or a zip archive", "save the sheet as CSV, or unpack the archive"),
        (b"\xD0\xCF\x11\xE0", "an old Excel workbook", "save the sheet as CSV"),
        (b"\x1F\x8B", "a gzip file", "unpack it first (gunzip)"),
        (b"BZh", "a bzip2 file", "unpack it first (bunzip2)"),
        (b"\xFD7zXZ\0", "an xz file", "unpack it first (unxz)"),
        (b"\x28\xB5\x2F\xFD", "a Zstandard file", "unpack it first (unzstd)"),
        (b"%PDF-", "a PDF document", "ask for the data as CSV"),
        (b"PAR1", "a Parquet file", "export it as CSV, or read it with a tool for Parquet"),
        (b"SQLite format 3\0", "an SQLite database", "export the table as CSV"),
    ];
    KINDS
        .iter()
        .find(|(magic, _, _)| beginning.starts_with(magic))
        .map(|(_, what, next_step)| KnownBinary { what, next_step })
}

/// UTF-16 told by its byte order mark, or by ASCII characters with a NUL byte on one side throughout.
pub(crate) fn wide_label(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(&[0xFF, 0xFE]) {
        return Some("utf-16le");
    }
    if head.starts_with(&[0xFE, 0xFF]) {
        return Some("utf-16be");
    }
    let pairs = head.len() / 2;
    if pairs < 4 {
        return None;
    }
    let count = |little: bool| {
        head.chunks_exact(2)
            .filter(|pair| match pair {
                [first, second] => {
                    let (low, high) = if little { (first, second) } else { (second, first) };
                    *high == 0 && *low != 0
                }
                _ => false,
            })
            .count()
    };
    if count(true) * 10 >= pairs * 7 {
        Some("utf-16le")
    } else if count(false) * 10 >= pairs * 7 {
        Some("utf-16be")
    } else {
        None
    }
}

/// Whether more than one byte in twenty is a control character that text doesn't have.
pub(crate) fn looks_binary(head: &[u8], delimiter: Option<u8>) -> bool {
    let controls = head
        .iter()
        .filter(|byte| matches!(byte, 0..=0x08 | 0x0E..=0x1A | 0x1C..=0x1F) && Some(**byte) != delimiter)
        .count();
    controls.saturating_mul(20) > head.len()
}
