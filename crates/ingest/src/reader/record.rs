//! Judges one record: its texts go to the batch, or it becomes a reject with its reason.

use super::{
    Dialect, Fault, Found, ReadTotals, RecordFault, Reject, RejectCode, RejectReason, Span, TextBatch,
    TextEncoding, add, show,
};

/// Memory that is used again for each record.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) text: String,
    /// Beginning of a record that was too long for the window.
    pub(super) kept: Vec<u8>,
}

/// What a record is judged by.
pub(super) struct Judge<'reader> {
    pub(super) encoding: &'reader TextEncoding,
    pub(super) dialect: &'reader Dialect,
    pub(super) width: usize,
    pub(super) raw_limit: usize,
    pub(super) record_limit: usize,
    pub(super) nul_seen: bool,
}

impl Judge<'_> {
    /// Puts the record's texts into the batch, or its reject.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of the reader that a record touches, borrowed apart"
    )]
    pub(super) fn take(
        &self,
        found: Found,
        number: u64,
        bytes: &[u8],
        spans: &[Span],
        scratch: &mut String,
        batch: &mut TextBatch,
        totals: &mut ReadTotals,
    ) {
        match self.load(&found, bytes, spans, scratch, batch) {
            Ok(()) => {
                batch.record_numbers.push(number);
                batch.byte_offsets.push(found.at.byte);
                batch.lines.push(found.at.line);
                add(&mut totals.loaded, 1);
                add(&mut totals.byte_totals.loaded, found.length);
            }
            Err(reason) => {
                let shown = show(bytes, self.encoding, self.raw_limit);
                batch.rejects.push(Reject {
                    record: number,
                    line: found.at.line,
                    byte: found.at.byte,
                    length: found.length,
                    reason,
                    raw: shown.text,
                    raw_bytes: shown.bytes,
                    raw_cut: shown.cut,
                });
                add(&mut totals.rejected, 1);
                add(&mut totals.byte_totals.rejected, found.length);
            }
        }
    }

    /// All texts of the record, or none.
    fn load(
        &self,
        found: &Found,
        bytes: &[u8],
        spans: &[Span],
        scratch: &mut String,
        batch: &mut TextBatch,
    ) -> Result<(), RejectReason> {
        if let Some(fault) = found.fault {
            return Err(self.fault_reason(fault));
        }
        if spans.len() != self.width {
            return Err(self.width_reason(spans.len()));
        }
        if self.nul_seen
            && let Some(at) = memchr::memchr(0, bytes)
        {
            return Err(reason(
                RejectCode::NulByte,
                format!("a NUL byte at byte {} of the file", self.file_offset(found, bytes, at)),
            ));
        }
        if let Ok(text) = std::str::from_utf8(bytes)
            && (self.encoding_is_utf8() || bytes.is_ascii())
        {
            for (column, span) in batch.columns.iter_mut().zip(spans) {
                let field = text.get(span.start..span.end).unwrap_or_default();
                if !span.quoted {
                    column.push((!field.is_empty()).then_some(field));
                } else if span.folded || span.blanks > 0 {
                    scratch.clear();
                    self.finish_quoted(field, span, bytes, scratch);
                    column.push(Some(scratch));
                } else {
                    column.push(Some(field));
                }
            }
            return Ok(());
        }
        self.load_decoded(found, bytes, spans, scratch, batch)
    }

    /// The way of encodings other than UTF-8: field by field, checked as a whole before any is pushed.
    fn load_decoded(
        &self,
        found: &Found,
        bytes: &[u8],
        spans: &[Span],
        scratch: &mut String,
        batch: &mut TextBatch,
    ) -> Result<(), RejectReason> {
        scratch.clear();
        let mut ends = Vec::with_capacity(spans.len());
        for (index, span) in spans.iter().enumerate() {
            let field = bytes.get(span.start..span.end).unwrap_or_default();
            let Some(text) = self.encoding.decode(field) else {
                return Err(self.undecodable(found, bytes, span, index));
            };
            if span.quoted {
                self.finish_quoted(&text, span, bytes, scratch);
            } else {
                scratch.push_str(&text);
            }
            ends.push(scratch.len());
        }
        let mut start = 0;
        for ((column, span), end) in batch.columns.iter_mut().zip(spans).zip(ends) {
            let text = scratch.get(start..end).unwrap_or_default();
            column.push((span.quoted || !text.is_empty()).then_some(text));
            start = end;
        }
        Ok(())
    }

    fn finish_quoted(&self, content: &str, span: &Span, record: &[u8], out: &mut String) {
        if span.folded {
            self.dialect.unfold(content, out);
        } else {
            out.push_str(content);
        }
        let blanks = record.get(span.end.saturating_add(1)..).unwrap_or_default();
        out.extend(blanks.iter().take(span.blanks).map(|byte| char::from(*byte)));
    }

    fn encoding_is_utf8(&self) -> bool {
        matches!(self.encoding, TextEncoding::Utf8 | TextEncoding::Wide { .. })
    }

    fn undecodable(&self, found: &Found, bytes: &[u8], span: &Span, index: usize) -> RejectReason {
        let field = bytes.get(span.start..span.end).unwrap_or_default();
        let good = match self.encoding {
            TextEncoding::Utf8 | TextEncoding::Wide { .. } => {
                std::str::from_utf8(field).map_or_else(|error| error.valid_up_to(), str::len)
            }
            _ => (0..=field.len())
                .rev()
                .find(|end| field.get(..*end).is_some_and(|head| self.encoding.decode(head).is_some()))
                .unwrap_or(0),
        };
        let at = span.start.saturating_add(good);
        let wrong = match self.encoding {
            TextEncoding::Utf8 => match std::str::from_utf8(field) {
                Err(error) => error.error_len().unwrap_or(field.len().saturating_sub(good)),
                Ok(_) => 1,
            },
            TextEncoding::Wide { .. } => 3,
            _ => 1,
        };
        let end = bytes.len().min(at.saturating_add(wrong));
        let source = self.encoding.source_bytes(bytes.get(at..end).unwrap_or_default());
        let shown: Vec<String> = source.iter().map(|byte| format!("{byte:02X}")).collect();
        reason(
            RejectCode::Undecodable,
            format!(
                "{} (hexadecimal) at byte {} of the file, in field {}, means nothing in {}",
                shown.join(" "),
                self.file_offset(found, bytes, at),
                index.saturating_add(1),
                self.encoding.label()
            ),
        )
    }

    fn file_offset(&self, found: &Found, bytes: &[u8], at: usize) -> u64 {
        let before = self.encoding.source_length(bytes.get(..at).unwrap_or_default());
        found.at.byte.saturating_add(before)
    }

    fn width_reason(&self, fields: usize) -> RejectReason {
        let (code, word) = if fields < self.width {
            (RejectCode::TooFewFields, "too few")
        } else {
            (RejectCode::TooManyFields, "too many")
        };
        reason(code, format!("{fields} fields where the header has {}: {word}", self.width))
    }

    fn fault_reason(&self, fault: RecordFault) -> RejectReason {
        let quote = self.dialect.quote.map_or('"', char::from);
        match fault {
            RecordFault::Quotes(Fault::UnclosedQuote) => reason(
                RejectCode::UnclosedQuote,
                format!(
                    "a field begins with {quote} and isn't closed by another; reading went on with the next line"
                ),
            ),
            RecordFault::Quotes(Fault::TextAfterQuote) => reason(
                RejectCode::TextAfterQuote,
                format!(
                    "text stands after a closing {quote}; quotes inside a quoted field must be doubled, and a \
                     quoted field must end before the next one begins"
                ),
            ),
            RecordFault::TooLong => reason(
                RejectCode::TooLong,
                format!("longer than {} MiB, the most a record may have", self.record_limit >> 20),
            ),
        }
    }
}

fn reason(code: RejectCode, message: String) -> RejectReason {
    RejectReason { code, message }
}
