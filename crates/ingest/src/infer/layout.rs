//! Where the table begins and ends inside its file: preamble, header, footer.

use super::{FooterEvidence, HeaderEvidence, dates, dialect::each_record, identifiers, numbers};
use crate::{encoding::TextEncoding, split::Dialect};

/// Lines at the beginning among which the header is looked for.
const HEADER_LINES: u64 = 200;

/// Records below the header that say what its columns hold.
const BODY_RECORDS: usize = 200;

/// Most records at the end that are looked at.
const FOOTER_RECORDS: usize = 10;

/// Words that begin a record of totals, in the languages that vendors write.
const TOTAL_WORDS: [&str; 22] = [
    "total",
    "totals",
    "totalen",
    "grand",
    "subtotal",
    "sum",
    "summe",
    "gesamt",
    "gesamtsumme",
    "somme",
    "totale",
    "suma",
    "count",
    "rows",
    "records",
    "rowcount",
    "recordcount",
    "trailer",
    "trl",
    "eof",
    "end",
    "footer",
];

/// Finds the header's line in the beginning of a file whose dialect is known.
pub(super) fn header(
    dialect: Dialect,
    columns: usize,
    beginning: &[u8],
    whole: bool,
    encoding: &TextEncoding,
) -> HeaderEvidence {
    let mut line = 1_u64;
    let mut window = beginning;
    let mut spans = Vec::new();
    let mut first: Option<(u64, &[u8])> = None;
    while line <= HEADER_LINES && !window.is_empty() {
        let Some((end, next)) = dialect.line(window, whole) else { break };
        if end > 0 {
            let good = dialect
                .record(window, whole, None, &mut spans)
                .is_some_and(|extent| extent.fault.is_none() && spans.len() == columns);
            if good {
                first = Some((line, window));
                break;
            }
        }
        window = window.get(next..).unwrap_or_default();
        line = line.saturating_add(1);
    }
    let Some((row, table)) = first else {
        return HeaderEvidence {
            row: 0,
            reason: format!("no line among the first {HEADER_LINES} has {columns} fields"),
            votes: Vec::new(),
        };
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    each_record(dialect, table, whole, BODY_RECORDS.saturating_add(1), |record, spans, good| {
        if good && spans.len() == columns {
            let cells = spans.iter().map(|span| {
                encoding.decode_lossy(record.get(span.start..span.end).unwrap_or_default()).trim().to_owned()
            });
            rows.push(cells.collect());
        }
    });
    let Some((names, body)) = rows.split_first() else {
        return HeaderEvidence { row: 0, reason: "there is no record".to_owned(), votes: Vec::new() };
    };
    vote(row, names, body)
}

/// What a cell is, as far as a header's cell never is.
fn kind(cell: &str) -> &'static str {
    if cell.is_empty() {
        "nothing"
    } else if numbers::is_number(cell) {
        "a number"
    } else if identifiers::identifier(cell).is_some() {
        "an identifier"
    } else {
        let shape = dates::shape(cell);
        let forms = dates::FORMS.of_shape(&shape).iter().copied();
        let iso = dates::FORMS.iso_timestamps(&shape).into_iter().flatten();
        let dated = forms
            .chain(iso)
            .filter_map(|form| dates::FORMS.get(form))
            .any(|form| form.pattern.read(cell).is_ok());
        if dated { "a date or time" } else { "text" }
    }
}

fn vote(row: u64, names: &[String], body: &[Vec<String>]) -> HeaderEvidence {
    let mut sum = 0_i32;
    let mut votes = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let cells: Vec<&str> = body
            .iter()
            .filter_map(|cells| cells.get(index))
            .map(String::as_str)
            .filter(|cell| !cell.is_empty())
            .collect();
        let usual = ["a number", "a date or time", "an identifier"]
            .into_iter()
            .find(|wanted| cells.iter().filter(|cell| kind(cell) == *wanted).count() * 10 >= cells.len() * 8);
        let own = kind(name);
        let (points, why) = if name.is_empty() {
            (0, None)
        } else if own != "text" {
            (-2, Some(format!("`{name}` is {own}, as values are")))
        } else if let Some(usual) = usual.filter(|_| !cells.is_empty()) {
            (2, Some(format!("`{name}` stands above values of which most are each {usual}")))
        } else if cells.contains(&name.as_str()) {
            (-2, Some(format!("`{name}` occurs again below")))
        } else if cells.is_empty() {
            (1, None)
        } else {
            let length = |cell: &str| cell.chars().count();
            let same = cells.first().map(|cell| length(cell));
            let fixed = cells.len() > 1 && cells.iter().all(|cell| Some(length(cell)) == same);
            if fixed && Some(length(name)) != same {
                (1, Some(format!("`{name}` is not of the length that all values have")))
            } else if identifiers::name_hint(name) == identifiers::NameHint::None {
                (0, None)
            } else {
                (1, Some(format!("`{name}` is a usual name")))
            }
        };
        sum += points;
        votes.extend(why);
    }
    let mut sorted: Vec<&String> = names.iter().filter(|name| !name.is_empty()).collect();
    sorted.sort_unstable();
    let repeated = sorted.windows(2).any(|pair| matches!(pair, [one, other] if one == other));
    let all_text = names.iter().all(|name| kind(name) == "text");
    let is_header = sum > 0 || (sum == 0 && all_text && !repeated);
    let reason = if !is_header {
        "the first record looks like those below it, so there is no header".to_owned()
    } else if sum > 0 {
        format!("line {row} differs from the records below it as names differ from values")
    } else {
        format!("line {row} has only texts, each once; nothing says for certain whether these are names")
    };
    HeaderEvidence { row: if is_header { row } else { 0 }, reason, votes }
}

/// Finds out how many of the last records aren't data. `tail` is the end of the file from the beginning of a line.
pub(super) fn footer(
    dialect: Dialect,
    columns: usize,
    tail: &[u8],
    encoding: &TextEncoding,
) -> (u64, FooterEvidence) {
    let mut rows: Vec<Vec<String>> = Vec::new();
    each_record(dialect, tail, true, usize::MAX, |record, spans, good| {
        let spans = if good { spans } else { &[] };
        let cells = spans.iter().map(|span| {
            encoding.decode_lossy(record.get(span.start..span.end).unwrap_or_default()).trim().to_owned()
        });
        rows.push(cells.collect());
    });
    // A table needs more records than its footer has; in a file of two lines nothing is certain.
    let most = FOOTER_RECORDS.min(rows.len().saturating_sub(2) / 2);
    let body = rows.get(..rows.len().saturating_sub(most)).unwrap_or_default();
    let usual = |index: usize| {
        let filled =
            body.iter().filter(|cells| cells.get(index).is_some_and(|cell| !cell.is_empty())).count();
        filled * 10 >= body.len() * 9
    };
    let usually_filled: Vec<bool> = (0..columns).map(usual).collect();
    let mut reasons: Vec<String> = Vec::new();
    for cells in rows.iter().rev().take(most) {
        match footer_reason(cells, columns, &usually_filled) {
            Some(reason) => reasons.push(reason),
            None => break,
        }
    }
    reasons.reverse();
    let evidence = FooterEvidence { reason: reasons.join("; "), records: Vec::new() };
    (reasons.len() as u64, evidence)
}

fn footer_reason(cells: &[String], columns: usize, usually_filled: &[bool]) -> Option<String> {
    let mut filled = cells.iter().filter(|cell| !cell.is_empty());
    let first = filled.next()?;
    let is_total = |cell: &str| {
        cell.to_lowercase()
            .split(|character: char| !character.is_alphabetic())
            .any(|word| TOTAL_WORDS.contains(&word))
    };
    let word = std::iter::once(first).chain(filled).find(|cell| is_total(cell))?;
    if cells.len() != columns {
        return Some(format!("`{}` in a record of {} fields", crate::value::shortened(word), cells.len()));
    }
    // A company may be called Total; a record of totals leaves empty what records of data fill.
    let missing = cells
        .iter()
        .zip(usually_filled)
        .filter(|(cell, usually_filled)| **usually_filled && cell.is_empty())
        .count();
    let bare = first.trim_matches(|character: char| !character.is_alphabetic()).to_lowercase();
    let begins = TOTAL_WORDS.contains(&bare.as_str());
    let usual = usually_filled.iter().filter(|filled| **filled).count();
    (missing > 0 && (begins || missing * 3 >= usual)).then(|| {
        format!(
            "`{}`, and {missing} of {usual} otherwise filled columns are empty",
            crate::value::shortened(word)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::dialect;

    fn layout(text: &str) -> String {
        let judged = dialect::judge(text.as_bytes(), true);
        let encoding = TextEncoding::Utf8;
        let header = header(judged.dialect, judged.columns, text.as_bytes(), true, &encoding);
        let (rows, footer) = footer(judged.dialect, judged.columns, text.as_bytes(), &encoding);
        format!("header {}: {}\n  footer {rows}: {}", header.row, header.reason, footer.reason)
    }

    #[test]
    fn tables_are_found_inside_their_files() {
        let report = [
            layout("id,px\n1,2.5\n2,3.5\n"),
            layout("1,2.5\n2,3.5\n"),
            layout("Report of prices\n\nas of 2026-03-01\nid,day,px\n1,2026-01-01,2.5\n2,2026-01-02,3.5\n"),
            layout("first,last\nAnna,Weiss\nJohn,Doe\n"),
            layout("Anna,Weiss\nJohn,Doe\nAnna,Doe\n"),
            layout("id;day;px\n1;2026-01-01;2\n2;2026-01-01;3\n3;2026-01-01;4\n4;2026-01-02;5\nTOTAL;;14\n"),
            layout(
                "id;day;name\n1;2026-01-01;Shell\n2;2026-01-01;x\n3;2026-01-01;y\n4;2026-01-02;Total S.A.\n",
            ),
            layout("id;day;px\n1;2026-01-01;2\n2;2026-01-01;3\n3;2026-01-01;4\n4;2026-01-01;4\n5;2026-0\n"),
            layout("id;day;px\n1;2026-01-01;2\n2;2026-01-01;3\n3;2026-01-01;4\n4;2026-01-01;4\nTRL;4\n"),
        ];
        insta::assert_snapshot!(report.join("\n"));
    }
}
