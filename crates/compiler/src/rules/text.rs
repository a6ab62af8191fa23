//! A ruleset's text, rule by rule: where each stands, what is wrong with it, and how one is changed without touching the
//! others.

use std::ops::Range;

use touchstone_spec::TableName;

use super::{
    bind::bind_one,
    form::RuleForm,
    parser::{self, ParsedText, Piece},
};
use crate::{
    Rule, Tables,
    editor::{TextFinding, in_text},
};

/// A ruleset as far as it is understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RulesText {
    /// What stands between the commas of `Rules = [ … ]`.
    pub rules: Vec<RuleText>,
    /// What is wrong, anywhere in the text.
    pub findings: Vec<TextFinding>,
}

/// One rule of a ruleset.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleText {
    /// Byte range of the rule in the text, without the comma.
    pub range: Range<usize>,
    /// The rule for a form; none when it can't be read.
    pub form: Option<RuleForm>,
    /// The rule bound to the table's columns; none when something is wrong with it, or where no table was given.
    pub rule: Option<Rule>,
    /// Whether one of the findings lies in it.
    pub is_wrong: bool,
}

/// Reads a ruleset without looking at any table.
pub fn read_rules(text: &str) -> RulesText {
    let read = parser::parse_text(text);
    let findings = in_text(text, read.findings.clone());
    let rules = read.pieces.iter().map(|piece| rule_text(piece, None, &findings)).collect();
    RulesText { rules, findings }
}

/// Reads a ruleset as the one of `table`: columns and types are looked at too.
pub fn check_rules(text: &str, table: &TableName, tables: &Tables) -> RulesText {
    let ParsedText { pieces, mut findings, .. } = parser::parse_text(text);
    let view = tables.view(&table.pipeline);
    let bound: Vec<Option<Rule>> = pieces
        .iter()
        .map(|piece| {
            let (rule, found) = bind_one(piece.rule.as_ref()?, tables.get(table)?, view);
            findings.extend(found);
            rule
        })
        .collect();
    let findings = in_text(text, findings);
    let rules = pieces.iter().zip(bound).map(|(piece, rule)| rule_text(piece, rule, &findings)).collect();
    RulesText { rules, findings }
}

fn rule_text(piece: &Piece, rule: Option<Rule>, findings: &[TextFinding]) -> RuleText {
    let inside = |finding: &TextFinding| {
        finding.range.start >= piece.range.start && finding.range.start < piece.range.end
    };
    RuleText {
        range: piece.range.clone(),
        form: piece.rule.as_ref().map(RuleForm::of),
        rule,
        is_wrong: piece.rule.is_none() || findings.iter().any(inside),
    }
}

/// The text with `rule` (DQDL without a comma) at `index`, or behind the last one. The other rules keep their bytes; the
/// new one takes the form of the list: a line of its own where the others have one.
///
/// # Errors
/// Says why the text can't be changed: it isn't a list of rules.
pub fn add_rule(text: &str, index: Option<usize>, rule: &str) -> Result<String, String> {
    let rule = rule.trim();
    if text.trim().is_empty() {
        return Ok(format!("Rules = [\n  {rule}\n]\n"));
    }
    let read = editable(text)?;
    let index = index.unwrap_or(read.pieces.len()).min(read.pieces.len());
    if let Some(next) = read.pieces.get(index) {
        let separator = format!(",{}", gap(text, next.range.start));
        return Ok(spliced(text, next.range.start..next.range.start, &format!("{rule}{separator}")));
    }
    if let Some(last) = read.pieces.last() {
        let gap = gap(text, last.range.start);
        // A comma that stands behind the last rule already is used.
        let (mut text, end) = match last.comma {
            Some(comma) => (text.to_owned(), comma + 1),
            None => (spliced(text, last.range.end..last.range.end, ","), last.range.end + 1),
        };
        // A comment behind the last rule stays there.
        let rest = text.get(end..).unwrap_or_default().split('\n').next().unwrap_or_default();
        let place =
            if gap.starts_with('\n') && rest.trim_start().starts_with('#') { end + rest.len() } else { end };
        text.insert_str(place, &format!("{gap}{rule}"));
        return Ok(text);
    }
    let inner = text.get(read.open..read.close).unwrap_or_default();
    let is_blank = inner.trim().is_empty();
    let (place, new) = match inner.rfind('\n') {
        // Between two brackets on lines of their own.
        Some(_) if is_blank => (read.open..read.close, format!("\n  {rule}\n{}", indent(text, read.close))),
        None if is_blank => (read.open..read.close, format!(" {rule} ")),
        // Only comments: behind them, on a new line.
        _ => (read.close..read.close, format!("\n  {rule}\n{}", indent(text, read.close))),
    };
    Ok(spliced(text, place, &new))
}

/// The text with another rule at `index`; all else keeps its bytes.
///
/// # Errors
/// Says why the text can't be changed: it isn't a list of rules, or has none at `index`.
pub fn replace_rule(text: &str, index: usize, rule: &str) -> Result<String, String> {
    let read = editable(text)?;
    let piece = read.pieces.get(index).ok_or_else(|| format!("there is no rule {}", index + 1))?;
    Ok(spliced(text, piece.range.clone(), rule.trim()))
}

/// The text without the rule at `index`, its comma, and its line with the comment behind it, where it stands alone on
/// one. The other rules keep their bytes.
///
/// # Errors
/// Says why the text can't be changed: it isn't a list of rules, or has none at `index`.
pub fn remove_rule(text: &str, index: usize) -> Result<String, String> {
    let read = editable(text)?;
    let piece = read.pieces.get(index).ok_or_else(|| format!("there is no rule {}", index + 1))?;
    let before = index.checked_sub(1).and_then(|before| read.pieces.get(before));
    let end = piece.comma.map_or(piece.range.end, |comma| comma + 1);
    // The last rule takes the comma of the one before it along.
    let mut text = text.to_owned();
    let removed = whole_line(&text, piece.range.start, end);
    text.replace_range(removed, "");
    if piece.comma.is_none()
        && let Some(comma) = before.and_then(|before| before.comma)
    {
        text.replace_range(comma..=comma, "");
    }
    Ok(text)
}

/// The text with the rule at `from` moved to `to`, with its line and the comments at and right above it, where it stands
/// alone on one. All else keeps its bytes.
///
/// # Errors
/// Says why the text can't be changed: it isn't a list of rules, or has none at one of the places.
pub fn move_rule(text: &str, from: usize, to: usize) -> Result<String, String> {
    let count = editable(text)?.pieces.len();
    if let Some(missing) = [from, to].into_iter().find(|index| *index >= count) {
        return Err(format!("there is no rule {}", missing + 1));
    }
    let mut text = text.to_owned();
    for index in from..to {
        text = with_next_first(&text, index)?;
    }
    for index in (to..from).rev() {
        text = with_next_first(&text, index)?;
    }
    Ok(text)
}

/// The text with the rule at `index` and the next one in each other's place.
fn with_next_first(text: &str, index: usize) -> Result<String, String> {
    let read = editable(text)?;
    let (Some(first), Some(second)) = (read.pieces.get(index), read.pieces.get(index + 1)) else {
        return Err(format!("there is no rule {}", index + 2));
    };
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    let lines = |piece: &Piece| lines_with_comments(text, piece, read.open);
    // On one line with others, the rules alone move.
    let (mut one, mut other) = (first.range.clone(), second.range.clone());
    let (mut upper, mut lower) = (part(one.clone()).to_owned(), part(other.clone()).to_owned());
    if let (Some(first_lines), Some(second_lines), Some(comma)) = (lines(first), lines(second), first.comma) {
        (upper, lower) = (part(first_lines.clone()).to_owned(), part(second_lines.clone()).to_owned());
        if second.comma.is_none() {
            // The comma stays between them.
            upper.remove(comma - first_lines.start);
            lower.insert(second.range.end - second_lines.start, ',');
        }
        (one, other) = (first_lines, second_lines);
    }
    let (before, between, after) = (0..one.start, one.end..other.start, other.end..text.len());
    Ok([part(before), &lower, part(between), &upper, part(after)].concat())
}

/// The lines of a rule that has them for itself, with the comment lines right above it.
fn lines_with_comments(text: &str, piece: &Piece, open: usize) -> Option<Range<usize>> {
    let end = piece.comma.map_or(piece.range.end, |comma| comma + 1);
    let lines = whole_line(text, piece.range.start, end);
    let is_whole = text.get(..lines.end)?.ends_with('\n') && text.get(..lines.start)?.ends_with('\n');
    if !is_whole || lines.start > piece.range.start {
        return None;
    }
    let mut start = lines.start;
    while let Some(above) = text.get(open..start)?.strip_suffix('\n') {
        let line = above.rsplit('\n').next().unwrap_or_default();
        if !above.contains('\n') || !line.trim_start().starts_with('#') {
            break;
        }
        start -= line.len() + 1;
    }
    Some(start..lines.end)
}

/// A ruleset whose list is closed.
struct Editable {
    open: usize,
    close: usize,
    pieces: Vec<Piece>,
}

fn editable(text: &str) -> Result<Editable, String> {
    let read = parser::parse_text(text);
    match (read.open, read.close) {
        (Some(open), Some(close)) => Ok(Editable { open, close, pieces: read.pieces }),
        (None, _) => Err("rules are written: Rules = [ … ]".to_owned()),
        (Some(_), None) => Err("close the list of rules with `]` first".to_owned()),
    }
}

fn spliced(text: &str, range: Range<usize>, new: &str) -> String {
    let mut text = text.to_owned();
    text.replace_range(range, new);
    text
}

/// The blanks in front of a place, from the line's beginning.
fn indent(text: &str, place: usize) -> &str {
    let before = text.get(..place).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let blanks = line.len() - line.trim_start().len();
    line.get(..blanks).unwrap_or_default()
}

/// What stands between two rules: a new line where the rule at `place` begins one.
fn gap(text: &str, place: usize) -> String {
    let before = text.get(..place).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    if line.trim().is_empty() && before.contains('\n') { format!("\n{line}") } else { " ".to_owned() }
}

/// The range, with all of its lines where nothing but a comment stands beside it; else with the blanks behind it.
fn whole_line(text: &str, start: usize, end: usize) -> Range<usize> {
    let line_start = text.get(..start).and_then(|before| before.rfind('\n')).map(|index| index + 1);
    let behind = text.get(end..).unwrap_or_default();
    let line_end = behind.find('\n');
    let rest = line_end.map_or(behind, |line_end| behind.get(..line_end).unwrap_or_default()).trim();
    if let (Some(line_start), Some(line_end)) = (line_start, line_end)
        && text.get(line_start..start).unwrap_or_default().trim().is_empty()
        && (rest.is_empty() || rest.starts_with('#'))
    {
        return line_start..end + line_end + 1;
    }
    let blanks = behind.len() - behind.trim_start_matches([' ', '\t']).len();
    start..end + blanks
}
