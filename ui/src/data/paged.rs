//! Rows that come in pages, as a grid shows them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use touchstone_protocol::{AlternativeView, ColumnSummary, ColumnView, DataQuery, EvidenceView, ProfileView};
use touchstone_spec::{ContractField, DataType};

use super::{Row, Rows, query};
use crate::icon;
use crate::text;
use crate::theme::Tone;
use crate::widgets::grid::{Cell, GridColumn, GridRows, Sorted};

/// Rows of data, with headers of the columns that are shown.
pub(super) struct Paged<'a> {
    pub(super) columns: Vec<GridColumn>,
    /// The columns that are shown, as places in the data.
    pub(super) shown: Vec<usize>,
    pub(super) rows: &'a Rows,
}

impl<'a> Paged<'a> {
    pub(super) fn new(
        rows: &'a Rows,
        profile: Option<&ProfileView>,
        sorted: &DataQuery,
        hidden: &BTreeSet<String>,
        chosen: Option<&BTreeMap<String, AlternativeView>>,
        has_contract: bool,
    ) -> Self {
        let known = profile.map(|profile| profile.columns.as_slice()).unwrap_or_default();
        let shown = in_order(rows.columns(), hidden);
        let header = |(place, column): &(usize, &ColumnView)| {
            let summary = known.get(*place).filter(|summary| summary.name == column.name);
            let rows = profile.map_or(0, |profile| profile.rows);
            let chosen = chosen.and_then(|chosen| chosen.get(&column.name));
            let promised = sorted.types.iter().find(|field| has_contract && field.name == column.name);
            header(column, summary, chosen, promised, rows, sorted, has_contract)
        };
        Self {
            columns: shown.iter().map(header).collect(),
            shown: shown.into_iter().map(|(place, _)| place).collect(),
            rows,
        }
    }
}

/// The columns that are shown, with their places in the data. Who looks into a quarantine asks first where a row stands
/// and why it is there: that comes before the data.
pub(super) fn in_order<'a>(
    columns: &'a [ColumnView],
    hidden: &BTreeSet<String>,
) -> Vec<(usize, &'a ColumnView)> {
    const FIRST: [&str; 4] = ["_record", "_line", "_rules", "_reason"];
    let has = |name: &str| columns.iter().any(|column| column.name == name);
    let is_quarantine = has("_rules") && has("_reason");
    let rank = |column: &ColumnView| {
        let place = FIRST.iter().position(|name| *name == column.name);
        place.filter(|_| is_quarantine).unwrap_or(FIRST.len())
    };
    let all = columns.iter().enumerate();
    let mut shown: Vec<_> = all.filter(|(_, column)| !hidden.contains(&column.name)).collect();
    shown.sort_by_key(|(_, column)| rank(column));
    shown
}

impl GridRows for Paged<'_> {
    fn columns(&self) -> &[GridColumn] {
        &self.columns
    }

    fn len(&self) -> u64 {
        self.rows.total().unwrap_or_default()
    }

    fn number(&self, row: u64) -> Option<Cow<'_, str>> {
        let number = match self.rows.row(row) {
            Row::Known { id: Some(id), .. } => id + 1,
            _ => row + 1,
        };
        Some(text::number(number).into())
    }

    fn cell(&self, row: u64, column: usize) -> Cell<'_> {
        let Some(column) = self.shown.get(column).copied() else { return Cell::Blank };
        match self.rows.row(row) {
            Row::Pending => Cell::Pending,
            Row::Failed => Cell::Failed,
            Row::Known { cells, .. } => match cells.get(column) {
                Some(Some(text)) => match self.rows.bad(row, column) {
                    Some(reason) => Cell::Bad(Cow::Borrowed(text), Cow::Borrowed(reason)),
                    None if self.rows.is_null_text(row, column) => Cell::NullText(Cow::Borrowed(text)),
                    None => Cell::Text(Cow::Borrowed(text)),
                },
                Some(None) => Cell::Null,
                None => Cell::Blank,
            },
        }
    }
}

/// The sign of a type.
pub(crate) fn type_icon(data_type: &DataType) -> char {
    match data_type {
        DataType::Boolean => icon::BOOLEAN,
        DataType::Int | DataType::Long | DataType::Float | DataType::Double | DataType::Decimal { .. } => {
            icon::NUMBER
        }
        DataType::Date | DataType::Timestamp | DataType::Timestamptz => icon::DATE,
        DataType::Time => icon::CLOCK,
        DataType::String => icon::TEXT,
        DataType::Uuid => icon::IDENTITY,
        DataType::Binary => icon::BINARY,
        DataType::List(_) | DataType::Map(..) | DataType::Struct(_) => icon::NESTED,
    }
}

/// The header of a column of a table.
pub(crate) fn table_header(column: &ColumnView) -> GridColumn {
    GridColumn {
        name: column.name.clone(),
        numeric: column.data_type.is_numeric(),
        data: true,
        icon: Some(type_icon(&column.data_type)),
        detail: Some(column.data_type.to_string()),
        tooltip: tooltip(column, None),
        ..GridColumn::default()
    }
}

fn header(
    column: &ColumnView,
    summary: Option<&ColumnSummary>,
    chosen: Option<&AlternativeView>,
    edited: Option<&ContractField>,
    rows: u64,
    sorted: &DataQuery,
    has_contract: bool,
) -> GridColumn {
    let evidence = summary.and_then(|summary| summary.evidence.as_ref());
    let on_disk = evidence.and_then(|one| one.promised.as_ref());
    // What is edited isn't counted yet.
    let is_counted = edited.is_none_or(|edited| Some(&edited.data_type) == on_disk);
    let promised = edited.map(|edited| &edited.data_type).or(on_disk);
    let promised = evidence.and_then(|one| match promised {
        Some(promised) if *promised == one.inferred => None,
        Some(promised) if holds(promised, &one.inferred) => {
            Some((format!("contract: {promised}"), Tone::Neutral))
        }
        Some(promised) => Some((format!("contract: {promised}"), Tone::Warning)),
        None => has_contract.then(|| ("not in the contract".to_owned(), Tone::Warning)),
    });
    let place = sorted.sort.iter().position(|one| one.column == column.name);
    let sort = place.and_then(|place| sorted.sort.get(place).map(|one| (place, one.descending)));
    let inferred = evidence.map_or(&column.data_type, |one| &one.inferred);
    let data_type = chosen.map_or(inferred, |chosen| &chosen.data_type);
    let nulls = summary.map(|summary| {
        let whole = rows.max(1);
        let part = nulls_of(summary, whole);
        let share = part as f32 / whole as f32;
        let mut words = format!("{} null", text::share(part, whole));
        let bad = chosen.map_or(summary.bad, |chosen| chosen.failed);
        if bad > 0 && is_counted {
            words = format!("{words}, {} bad", text::number(bad));
        }
        (share, words)
    });
    GridColumn {
        icon: Some(type_icon(data_type)),
        detail: Some(data_type.to_string()),
        promised,
        bars: summary.map(|summary| summary.bars.clone()).unwrap_or_default(),
        nulls,
        sort: Some(sort.map_or(Sorted::Not, |(place, descending)| Sorted::By {
            descending,
            place: (sorted.sort.len() > 1).then_some(place),
        })),
        filter: Some(query::test_of(sorted, &column.name).is_some()),
        tooltip: format!(
            "{}\nClick shows everything about the column, right click what can be done with it",
            match chosen {
                Some(chosen) => format!(
                    "{} {}, as you chose\n{}",
                    column.name,
                    chosen.data_type,
                    text::with_counts(&chosen.reason)
                ),
                None => tooltip(column, evidence),
            }
        ),
        ..table_header(column)
    }
}

/// Nulls in so many rows, as the format reads them: texts that stand for 'no value' too.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count is a count")]
pub(crate) fn nulls_of(summary: &ColumnSummary, rows: u64) -> u64 {
    (f64::from(summary.null_share.clamp(0.0, 1.0)) * rows as f64).round() as u64
}

fn tooltip(column: &ColumnView, evidence: Option<&EvidenceView>) -> String {
    let mut lines = vec![format!("{} {}", column.name, column.data_type)];
    lines.extend(column.expression.clone());
    lines.extend(evidence.into_iter().flat_map(sentences));
    lines.join("\n")
}

/// Whether a column of the promised type can hold all values of the inferred one.
fn holds(promised: &DataType, inferred: &DataType) -> bool {
    match (inferred, promised) {
        (_, DataType::String) | (DataType::Date, DataType::Timestamp) => true,
        (DataType::Decimal { scale: from, .. }, DataType::Decimal { scale: to, .. }) => from <= to,
        (inferred, DataType::Decimal { .. }) => inferred.is_integer(),
        (inferred, DataType::Double) => inferred.is_numeric(),
        (inferred, promised) => inferred.widens_to(promised),
    }
}

/// What speaks for a column's type, in sentences.
pub(super) fn sentences(evidence: &EvidenceView) -> Vec<String> {
    let values = evidence.parsed + evidence.failed;
    let mut words = vec![
        text::with_counts(&evidence.reason),
        format!(
            "{} of {} read as {}",
            text::number(evidence.parsed),
            text::count(values, "value", "values"),
            evidence.inferred
        ),
    ];
    if !evidence.failed_examples.is_empty() {
        words.push(format!(
            "{} do not: {}",
            text::number(evidence.failed),
            evidence.failed_examples.join(" | ")
        ));
    }
    match &evidence.promised {
        Some(promised) if *promised != evidence.inferred => {
            words.push(format!("The contract promises {promised}"));
        }
        _ => {}
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_a_row_is_in_quarantine_comes_before_its_data() {
        let column =
            |name: &str| ColumnView { name: name.to_owned(), data_type: DataType::String, expression: None };
        let of = |names: &[&str]| names.iter().map(|name| column(name)).collect::<Vec<_>>();
        let order = |columns: &[ColumnView], hidden: &[&str]| {
            let hidden = hidden.iter().map(|name| (*name).to_owned()).collect();
            in_order(columns, &hidden).into_iter().map(|(place, _)| place).collect::<Vec<_>>()
        };
        let quarantine = of(&["id", "px", "_source_file", "_record", "_line", "_byte", "_rules", "_reason"]);
        assert_eq!(order(&quarantine, &[]), [3, 4, 6, 7, 0, 1, 2, 5]);
        assert_eq!(order(&quarantine, &["_line", "px"]), [3, 6, 7, 0, 2, 5]);
        assert_eq!(order(&of(&["id", "_record", "_line"]), &[]), [0, 1, 2], "only there");
    }

    #[test]
    fn a_promise_that_holds_all_values_is_no_warning() {
        let decimal = |scale| DataType::Decimal { precision: 18, scale };
        assert!(holds(&decimal(6), &decimal(4)) && !holds(&decimal(2), &decimal(4)));
        assert!(holds(&decimal(2), &DataType::Long) && holds(&DataType::String, &DataType::Date));
        assert!(holds(&DataType::Long, &DataType::Int) && !holds(&DataType::Int, &DataType::Long));
        assert!(!holds(&DataType::Long, &DataType::String) && !holds(&DataType::Date, &DataType::Timestamp));
    }
}
