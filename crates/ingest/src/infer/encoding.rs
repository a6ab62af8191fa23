//! Which encoding a file is in, from all of its bytes.

use std::io::Read;

use encoding_rs::Encoding;

use super::{EncodingCandidate, EncodingEvidence};
use crate::{IngestError, encoding::wide_label};

/// Eight-bit encodings that are weighed, the most usual first: it wins a tie.
const EIGHT_BIT: [&str; 5] = ["windows-1252", "iso-8859-15", "windows-1250", "iso-8859-2", "windows-1251"];

const CHUNK: usize = 1 << 20;

/// Counts over a file's bytes from 0x80 on.
#[derive(Debug, Clone)]
struct Tally {
    bytes: u64,
    non_ascii: u64,
    /// Sequences that are characters of UTF-8, and bytes that aren't part of any.
    utf_8: u64,
    not_utf_8: u64,
    first_wrong: Option<u64>,
    /// By byte (less 0x80): next to a letter of ASCII, and not.
    in_word: [u64; 128],
    alone: [u64; 128],
}

/// Surveys the bytes. `tick` is called now and then with the number of bytes seen.
pub(super) fn survey(
    mut reader: impl Read,
    name: &str,
    tick: &dyn Fn(u64) -> Result<(), IngestError>,
) -> Result<EncodingEvidence, IngestError> {
    let mut tally = Tally {
        bytes: 0,
        non_ascii: 0,
        utf_8: 0,
        not_utf_8: 0,
        first_wrong: None,
        in_word: [0; 128],
        alone: [0; 128],
    };
    let mut chunk: Vec<u8> = Vec::with_capacity(CHUNK);
    let mut wide = None;
    let mut mark = false;
    loop {
        let carried = chunk.len();
        let read = (&mut reader)
            .take(CHUNK as u64)
            .read_to_end(&mut chunk)
            .map_err(|error| IngestError::reading(name, error))?;
        if tally.bytes == 0 && carried == 0 {
            let head = chunk.get(..chunk.len().min(64 << 10)).unwrap_or_default();
            wide = wide_label(head);
            mark = head.starts_with("\u{FEFF}".as_bytes());
        }
        if wide.is_some() {
            break;
        }
        let last = read < CHUNK;
        let kept = tally.chunk(&chunk, last);
        let rest = chunk.len().saturating_sub(kept);
        chunk.drain(..kept);
        tick(tally.bytes)?;
        if last && (rest == 0 || read == 0) {
            break;
        }
    }
    Ok(match wide {
        Some(label) => EncodingEvidence {
            encoding: label.to_owned(),
            reason: "byte order mark, or a NUL byte beside each ASCII character".to_owned(),
            non_ascii_bytes: tally.non_ascii,
            candidates: Vec::new(),
        },
        None => tally.judge(mark),
    })
}

impl Tally {
    /// Counts a chunk; says how many bytes of it are done. The rest may be the beginning of a character.
    fn chunk(&mut self, chunk: &[u8], last: bool) -> usize {
        if chunk.is_ascii() {
            self.bytes = self.bytes.saturating_add(chunk.len() as u64);
            return chunk.len();
        }
        let mut at = 0;
        while let Some(rest) = chunk.get(at..).filter(|rest| !rest.is_empty()) {
            let (valid, wrong) = match std::str::from_utf8(rest) {
                Ok(text) => (text.len(), 0),
                Err(error) => match error.error_len() {
                    Some(length) => (error.valid_up_to(), length),
                    None if last => (error.valid_up_to(), rest.len() - error.valid_up_to()),
                    None => {
                        self.utf_8 = self.utf_8.saturating_add(leads(rest.get(..error.valid_up_to())));
                        at += error.valid_up_to();
                        break;
                    }
                },
            };
            self.utf_8 = self.utf_8.saturating_add(leads(rest.get(..valid)));
            if wrong > 0 {
                let place = self.bytes.saturating_add((at + valid) as u64);
                self.first_wrong.get_or_insert(place);
                self.not_utf_8 = self.not_utf_8.saturating_add(wrong as u64);
            }
            at += valid + wrong;
        }
        let done = chunk.get(..at).unwrap_or_default();
        for (index, byte) in done.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
            self.non_ascii = self.non_ascii.saturating_add(1);
            let letter = |near: Option<&u8>| near.is_some_and(u8::is_ascii_alphabetic);
            let before = index.checked_sub(1).and_then(|before| done.get(before));
            let tally = if letter(before) || letter(done.get(index + 1)) {
                &mut self.in_word
            } else {
                &mut self.alone
            };
            if let Some(count) = tally.get_mut(usize::from(byte & 0x7F)) {
                *count = count.saturating_add(1);
            }
        }
        self.bytes = self.bytes.saturating_add(at as u64);
        at
    }

    fn judge(&self, mark: bool) -> EncodingEvidence {
        let evidence = |encoding: &str, reason: String, candidates| EncodingEvidence {
            encoding: encoding.to_owned(),
            reason,
            non_ascii_bytes: self.non_ascii,
            candidates,
        };
        if mark {
            return evidence("utf-8", "byte order mark of UTF-8".to_owned(), Vec::new());
        }
        if self.non_ascii == 0 {
            return evidence(
                "utf-8",
                "only ASCII characters, which UTF-8 reads as they are".to_owned(),
                Vec::new(),
            );
        }
        if self.not_utf_8 == 0 {
            let reason = format!("all {} characters beyond ASCII are valid UTF-8", self.utf_8);
            return evidence("utf-8", reason, Vec::new());
        }
        if self.utf_8 > self.not_utf_8.saturating_mul(10) {
            let reason = format!(
                "{} characters beyond ASCII are valid UTF-8, {} bytes aren't (the first at byte {}); their \
                 records will be rejected",
                self.utf_8,
                self.not_utf_8,
                self.first_wrong.unwrap_or(0)
            );
            return evidence("utf-8", reason, Vec::new());
        }
        let mut candidates: Vec<EncodingCandidate> =
            EIGHT_BIT.iter().filter_map(|label| self.candidate(label)).collect();
        // Stable: of equals the more usual one stays first.
        candidates.sort_by(|one, other| other.score.total_cmp(&one.score));
        let best =
            candidates.first().map_or("windows-1252", |candidate| candidate.encoding.as_str()).to_owned();
        let controls: u64 =
            self.in_word.iter().chain(&self.alone).enumerate().fold(0, |sum, (index, count)| {
                if index % 128 < 32 { sum.saturating_add(*count) } else { sum }
            });
        let mut reason = format!(
            "not UTF-8 (first at byte {}); {} bytes beyond ASCII",
            self.first_wrong.unwrap_or(0),
            self.non_ascii
        );
        if controls > 0 {
            reason = format!(
                "{reason}, {controls} of them in 80–9F, which are signs in windows code pages and controls in \
                 ISO 8859"
            );
        } else if best == "windows-1252" {
            reason += ", none in 80–9F, so iso-8859-1 would read the same";
        }
        evidence(&best, reason, candidates)
    }

    /// How well the bytes make sense in an encoding: letters in words, signs elsewhere, no controls. 0 to 1.
    fn candidate(&self, label: &str) -> Option<EncodingCandidate> {
        let encoding = Encoding::for_label(label.as_bytes())?;
        let mut sense = 0.0;
        let mut examples = String::new();
        for ((byte, in_word), alone) in (0x80_u8..=0xFF).zip(&self.in_word).zip(&self.alone) {
            let decoded = encoding
                .decode_without_bom_handling_and_without_replacement(&[byte])
                .and_then(|text| text.chars().next());
            let (word, sign) = match decoded {
                None => (-1.0, -1.0),
                Some(character) if character.is_control() => (-1.0, -1.0),
                Some(character) if character.is_alphabetic() => (1.0, 0.5),
                Some('\u{A0}' | '–' | '—' | '…' | '€' | '£' | '°' | '§' | '’' | '‘' | '“' | '”') => {
                    (0.8, 1.0)
                }
                Some(_) => (0.0, 0.6),
            };
            sense += *in_word as f64 * word + *alone as f64 * sign;
            if (*in_word > 0 || *alone > 0) && examples.chars().count() < 12 {
                examples.extend(decoded);
            }
        }
        let score = (sense / self.non_ascii.max(1) as f64).max(0.0);
        Some(EncodingCandidate {
            encoding: label.to_owned(),
            score: (score * 1000.0).round() / 1000.0,
            examples,
        })
    }
}

fn leads(bytes: Option<&[u8]>) -> u64 {
    bytes.unwrap_or_default().iter().filter(|byte| **byte >= 0xC0).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(bytes: &[u8]) -> String {
        let evidence = survey(bytes, "x", &|_| Ok(())).unwrap();
        format!("{}: {}", evidence.encoding, evidence.reason)
    }

    #[test]
    fn encodings_are_told_apart() {
        let report = [
            judged(b"plain,text\n"),
            judged("\u{FEFF}a,b\n".as_bytes()),
            judged("Müller,Łódź\n".as_bytes()),
            judged(b"M\xFCller,Lef\xE8vre\n"),
            judged(b"5 \x80 \x96 M\xFCller\n"),
            judged(b"5 \xA4, c\xBDur, M\xFCller\n"),
            judged(b"Pozna\xF1, \x9Cwiat, Krak\xF3w, W\xB9tek, \xB3ad\n"),
            judged(&"a,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()),
            judged(format!("{}\u{7f}", "é,ü\n".repeat(20)).as_bytes()),
            judged(&[&"é,ü\n".repeat(20).into_bytes()[..], b"\xE9\n"].concat()),
        ];
        insta::assert_snapshot!(report.join("\n"));
    }

    #[test]
    fn a_character_cut_by_a_chunk_is_counted_once() {
        let mut bytes = vec![b'a'; CHUNK - 1];
        bytes.extend("é\n".bytes());
        assert!(judged(&bytes).starts_with("utf-8: all 1 characters"));
    }
}
