//! Which delimiter and quote a file uses: each is tried on the beginning of the file and scored.
//!
//! The idea of weighing how regular the rows are by how typical their cells are is from G. J. J. van den Burg,
//! A. Nazábal, C. Sutton, "Wrangling messy CSV files by detecting row and type patterns", 2019.

use super::{DialectCandidate, DialectEvidence, dates, identifiers, numbers};
use crate::split::{Dialect, LineEnd, Span};

const DELIMITERS: [u8; 9] = [b',', b';', b'\t', b'|', b'^', b'~', b':', 0x01, 0x1F];

/// Records that each candidate is tried on.
const RECORDS: usize = 1_000;

/// A delimiter scoring less than this separates nothing: the file has one column.
const LEAST_SCORE: f64 = 0.2;

/// The dialect, the number of columns, and the evidence.
pub(super) struct Judged {
    pub(super) dialect: Dialect,
    pub(super) columns: usize,
    pub(super) evidence: DialectEvidence,
}

/// Judges by the beginning of a file; `whole` says whether that is all of it.
pub(super) fn judge(beginning: &[u8], whole: bool) -> Judged {
    let line_end = LineEnd::of(beginning);
    let mut candidates = Vec::new();
    for delimiter in DELIMITERS.into_iter().filter(|byte| memchr::memchr(*byte, beginning).is_some()) {
        for quote in quotes(beginning) {
            let dialect = Dialect { delimiter, quote, escape: None, line_end };
            candidates.push((dialect, score(dialect, beginning, whole)));
        }
    }
    // Stable, so that of equals the more usual one stays first.
    candidates.sort_by(|(_, one), (_, other)| other.score.total_cmp(&one.score));
    let best = candidates.first().filter(|(_, best)| best.score >= LEAST_SCORE && best.columns > 1);
    let (mut dialect, columns, mut reason) = match best {
        Some((dialect, best)) => (
            *dialect,
            best.columns,
            format!(
                "with {} {:.1} % of the first {} records have {} fields, and {:.1} % of the cells look like data",
                shown(best.delimiter),
                best.consistency * 100.0,
                best.records,
                best.columns,
                best.typed * 100.0
            ),
        ),
        None => (
            Dialect { delimiter: absent(beginning), quote: Some(b'"'), escape: None, line_end },
            1,
            "no delimiter splits the records regularly: one column".to_owned(),
        ),
    };
    if uses_escape(dialect, beginning, whole) {
        dialect.escape = Some(b'\\');
        reason += "; quotes inside quotes stand behind a backslash";
    }
    let candidates = candidates.into_iter().map(|(_, candidate)| candidate).take(6).collect();
    Judged { dialect, columns, evidence: DialectEvidence { reason, candidates } }
}

/// A delimiter that doesn't occur, for a file of one column.
fn absent(beginning: &[u8]) -> u8 {
    DELIMITERS.into_iter().find(|byte| memchr::memchr(*byte, beginning).is_none()).unwrap_or(b',')
}

/// A delimiter in words.
fn shown(delimiter: char) -> String {
    match delimiter {
        '\t' => "tabs".to_owned(),
        control if control.is_control() => format!("U+{:04X}", u32::from(control)),
        other => format!("`{other}`"),
    }
}

/// Quotes worth trying; the double quote first, and always.
fn quotes(beginning: &[u8]) -> Vec<Option<u8>> {
    let mut quotes = vec![Some(b'"')];
    if memchr::memchr(b'\'', beginning).is_some() {
        quotes.push(Some(b'\''));
    }
    if memchr::memchr(b'"', beginning).is_some() {
        quotes.push(None);
    }
    quotes
}

fn score(dialect: Dialect, beginning: &[u8], whole: bool) -> DialectCandidate {
    let mut widths: Vec<(usize, usize)> = Vec::new();
    let (mut records, mut cells, mut typed) = (0_usize, 0_usize, 0_usize);
    each_record(dialect, beginning, whole, RECORDS, |record, spans, good| {
        records += 1;
        if !good {
            return;
        }
        match widths.iter_mut().find(|(width, _)| *width == spans.len()) {
            Some((_, count)) => *count += 1,
            None => widths.push((spans.len(), 1)),
        }
        // The header and lines above it aren't typical of anything.
        if records > 1 && spans.len() > 1 {
            for span in spans {
                cells += 1;
                let cell = record.get(span.start..span.end).unwrap_or_default();
                typed += usize::from(looks_like_data(&String::from_utf8_lossy(cell), dialect.quote));
            }
        }
    });
    let (columns, count) =
        widths.iter().copied().max_by_key(|(width, count)| (*count, *width)).unwrap_or((0, 0));
    let consistency = count as f64 / records.max(1) as f64;
    // A header alone has no cells that could speak against it.
    let typed = if cells == 0 && records == 1 { 1.0 } else { typed as f64 / cells.max(1) as f64 };
    let regular = if columns > 1 { (columns - 1) as f64 / columns as f64 } else { 0.0 };
    let score = consistency * consistency * regular * (0.2 + 0.8 * typed);
    let rounded = |value: f64| (value * 10_000.0).round() / 10_000.0;
    DialectCandidate {
        delimiter: char::from(dialect.delimiter),
        quote: dialect.quote.map(char::from),
        score: rounded(score),
        columns,
        consistency: rounded(consistency),
        typed: rounded(typed),
        records,
    }
}

/// Whether a cell is of a kind that cells often are: nothing, a number, a date, a code, a few words.
fn looks_like_data(cell: &str, quote: Option<u8>) -> bool {
    let text = cell.trim();
    if text.is_empty() || numbers::is_number(text) || identifiers::identifier(text).is_some() {
        return true;
    }
    // Quotes around a cell that the dialect takes for text.
    let wrapped = |mark: char| quote.map(char::from) != Some(mark) && text.starts_with(mark);
    if wrapped('"') || wrapped('\'') {
        return false;
    }
    let shape = dates::shape(text);
    if !dates::FORMS.of_shape(&shape).is_empty() || dates::FORMS.iso_timestamps(&shape).is_some() {
        return true;
    }
    let code = |character: char| character.is_alphanumeric() || "-_./&'() +#@%".contains(character);
    text.chars().count() <= 40 && text.chars().all(code)
}

/// Calls `see` with each record's bytes, its fields, and whether its quotes make sense. Blank lines are left out.
pub(super) fn each_record(
    dialect: Dialect,
    beginning: &[u8],
    whole: bool,
    limit: usize,
    mut see: impl FnMut(&[u8], &[Span], bool),
) {
    let mut spans = Vec::new();
    let mut window = beginning;
    let mut seen = 0;
    while seen < limit && !window.is_empty() {
        // Past the end of the beginning a record may go on: it isn't judged.
        let Some(extent) = dialect.record(window, whole, None, &mut spans) else { break };
        let record = window.get(..extent.end).unwrap_or_default();
        if !record.iter().all(|byte| matches!(byte, b' ' | b'\t') && *byte != dialect.delimiter) {
            see(record, &spans, extent.fault.is_none());
            seen += 1;
        }
        window = window.get(extent.next..).unwrap_or_default();
    }
}

/// Whether quotes stand behind a backslash: records make sense with that which don't without.
fn uses_escape(dialect: Dialect, beginning: &[u8], whole: bool) -> bool {
    let Some(quote) = dialect.quote else { return false };
    if !beginning.windows(2).any(|pair| pair == [b'\\', quote]) {
        return false;
    }
    let bad = |dialect: Dialect| {
        let mut bad = 0_usize;
        each_record(dialect, beginning, whole, RECORDS, |_, _, good| bad += usize::from(!good));
        bad
    };
    bad(Dialect { escape: Some(b'\\'), ..dialect }) < bad(dialect)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> String {
        let judged = judge(text.as_bytes(), true);
        format!(
            "{:?} {:?} {:?}: {}",
            char::from(judged.dialect.delimiter),
            judged.dialect.quote.map(char::from),
            judged.dialect.escape.map(char::from),
            judged.evidence.reason
        )
    }

    #[test]
    fn dialects_are_told_apart() {
        let report = [
            judged("id,name,px\n1,Smith,1.5\n2,Jones,2.5\n"),
            judged("id;px;qty\n1;1,5;10\n2;2,5;20\n3;1,25;30\n"),
            judged("id\tname\n1\tSmith, John\n2\tDoe, Jane\n"),
            judged("id|note\n1|\"a|b\"\n2|\"c|d\"\n"),
            judged("id,note\n1,'a,b'\n2,'c,d'\n"),
            judged("id,note\n1,\"say \\\"hi\\\", he said\"\n2,\"x\"\n"),
            judged("name\nSmith, John\nDoe\nMiller, A, B\n"),
            judged("at,px\n10:20:30,1\n10:20:31,2\n"),
        ];
        insta::assert_snapshot!(report.join("\n"));
    }
}
