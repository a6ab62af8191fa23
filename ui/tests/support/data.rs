//! What the script knows of single columns, and how it filters and finds.

use touchstone_protocol::{
    AlternativeView, BadCell, BinView, ColumnProfileView, DataView, FilterTest, Find, FoundView, Rows,
    ValueCount,
};
use touchstone_spec::DataType;

/// A page, with a bad cell and as many rows as pass the filters.
pub(super) fn rows(asked: &Rows, mut page: DataView) -> DataView {
    let left = if asked.query.search.is_some() { 41 } else { 700 };
    if asked
        .query
        .filters
        .iter()
        .any(|filter| matches!(&filter.test, FilterTest::Is(value) if value == "nothing"))
    {
        return DataView { rows: Vec::new(), row_ids: Vec::new(), total: 0, ..page };
    }
    if !asked.query.filters.is_empty() || asked.query.search.is_some() {
        page.total = left;
        let kept = usize::try_from(left.saturating_sub(page.offset)).unwrap_or_default();
        page.rows.truncate(kept);
        page.row_ids.truncate(kept);
    }
    if asked.query.sort.iter().any(|sort| sort.descending) {
        page.rows.reverse();
        page.row_ids.reverse();
    }
    for field in &asked.query.types {
        let Some(place) = page.columns.iter().position(|column| column.name == field.name) else { continue };
        page.columns[place].data_type = field.data_type.clone();
        if page.rows.len() > 2 {
            let reason = format!("it is not a {}", field.data_type);
            page.bad.push(BadCell { row: 2, column: place, reason });
        }
    }
    if let Some(cell) = page.rows.get_mut(5).and_then(|row| row.get_mut(6)) {
        *cell = Some("n/a".to_owned());
        page.bad.push(BadCell { row: 5, column: 6, reason: "n/a is not a decimal(18,6)".to_owned() });
    }
    page
}

pub(super) fn find(asked: &Find) -> Option<FoundView> {
    let row =
        asked.from.map_or(4_000, |from| if asked.backward { from.saturating_sub(100) } else { from + 100 });
    (asked.text != "nowhere").then_some(FoundView { row, column: 7 })
}

pub(super) fn column(name: &str) -> ColumnProfileView {
    let count = |value: &str, count| ValueCount { value: value.to_owned(), count };
    let bins = [12, 80, 340, 912, 1_204, 760, 388, 190, 77, 60, 41, 12, 0, 3];
    let bin = |(place, count): (usize, &u64)| BinView {
        low: format!("{}", place * 25),
        high: format!("{}", place * 25 + 25),
        count: *count,
    };
    let decimal = DataType::Decimal { precision: 18, scale: 6 };
    let alternative = |data_type, parsed, failed, chosen| AlternativeView {
        data_type,
        format: None,
        decimal_mark: Some(",".to_owned()),
        group_mark: None,
        negative: None,
        true_values: Vec::new(),
        false_values: Vec::new(),
        parsed,
        failed,
        failed_examples: if failed > 0 { vec!["n/a".to_owned(), "TBD".to_owned()] } else { Vec::new() },
        reason: "4,560 of 4,565 values read as it; the others are notes of the desk".to_owned(),
        chosen,
    };
    ColumnProfileView {
        name: name.to_owned(),
        data_type: decimal.clone(),
        rows: 5_021,
        complete: true,
        nulls: 456,
        empties: 0,
        blanks: 0,
        bad: 5,
        misread: 5,
        bad_examples: vec!["n/a".to_owned(), "TBD".to_owned()],
        null_like: if name == "Qty" { vec![count("-", 5)] } else { Vec::new() },
        distinct: 1_180,
        distinct_exact: true,
        min: Some("0.0100".to_owned()),
        max: Some("349.9900".to_owned()),
        mean: Some("118.4213".to_owned()),
        histogram: bins.iter().enumerate().map(bin).collect(),
        histogram_of: "values".to_owned(),
        top: vec![count("80,00", 56), count("81,01", 55), count("", 12), count("97,50", 9)],
        shapes: vec![count("99,99", 4_100), count("999,99", 460), count("A/A", 5)],
        distinct_shapes: 3,
        alternatives: vec![
            alternative(decimal, 4_560, 5, true),
            alternative(DataType::Double, 4_560, 5, false),
            alternative(DataType::String, 4_565, 0, false),
        ],
        reason: Some("Numbers with a decimal comma and at most six digits behind it".to_owned()),
    }
}
