//! What the first records say of each column, for suggestions and for lists of values.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use egui::Ui;
use egui::cache::{ComputerMut, FrameCache};
use touchstone_compiler::ColumnFacts;
use touchstone_protocol::TablePage;
use touchstone_spec::DataType;

/// Most values and shapes that are listed.
const LISTED: usize = 50;

/// The facts of each column of a page; made once for each page.
pub(super) fn facts(ui: &Ui, page: &TablePage) -> Arc<Vec<ColumnFacts>> {
    ui.memory_mut(|memory| memory.caches.cache::<Cache>().get(Key(page)).clone())
}

type Cache = FrameCache<Arc<Vec<ColumnFacts>>, Survey>;

#[derive(Default)]
struct Survey;

/// A page, told from others by all of its cells.
#[derive(Clone, Copy)]
struct Key<'a>(&'a TablePage);

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for column in &self.0.columns {
            column.name.hash(state);
            column.data_type.to_string().hash(state);
        }
        self.0.rows.hash(state);
    }
}

impl ComputerMut<Key<'_>, Arc<Vec<ColumnFacts>>> for Survey {
    fn compute(&mut self, Key(page): Key<'_>) -> Arc<Vec<ColumnFacts>> {
        Arc::new(survey(page))
    }
}

fn survey(page: &TablePage) -> Vec<ColumnFacts> {
    let columns = page.columns.iter().enumerate();
    columns
        .map(|(place, column)| {
            let values = page.rows.iter().filter_map(|row| row.get(place)?.as_deref());
            column_facts(&column.name, &column.data_type, page.rows.len() as u64, values)
        })
        .collect()
}

fn column_facts<'a>(
    name: &str,
    data_type: &DataType,
    rows: u64,
    values: impl Iterator<Item = &'a str>,
) -> ColumnFacts {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let filled: u64 = counts.values().sum();
    let is_text = *data_type == DataType::String;
    let ordered = |one: &&&str, other: &&&str| {
        if data_type.is_numeric() {
            let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
            number(one).partial_cmp(&number(other)).unwrap_or(Ordering::Equal)
        } else {
            one.cmp(other)
        }
    };
    let has_order = data_type.is_numeric() || matches!(data_type, DataType::Date | DataType::Timestamp);
    let end = |end: Option<&&str>| {
        end.filter(|_| has_order)
            .map(|text| if data_type.is_numeric() { plain(text) } else { (*text).to_owned() })
    };
    let lengths = counts.keys().map(|value| value.chars().count());
    let length = lengths.clone().min().zip(lengths.max()).filter(|_| is_text);
    let mut shapes: BTreeMap<String, u64> = BTreeMap::new();
    if is_text {
        for (value, count) in &counts {
            *shapes.entry(shape(value)).or_default() += count;
        }
    }
    ColumnFacts {
        name: name.to_owned(),
        data_type: data_type.clone(),
        rows,
        nulls: rows - filled,
        distinct: counts.len() as u64,
        distinct_exact: true,
        min: end(counts.keys().min_by(ordered)),
        max: end(counts.keys().max_by(ordered)),
        length,
        values: most(counts.into_iter().map(|(value, count)| (value.to_owned(), count))),
        shapes: most(shapes.into_iter()),
        identifier: None,
    }
}

/// The most frequent first.
fn most(counts: impl Iterator<Item = (String, u64)>) -> Vec<(String, u64)> {
    let mut all: Vec<(String, u64)> = counts.collect();
    all.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    all.truncate(LISTED);
    all
}

/// A number without zeros that say nothing.
fn plain(number: &str) -> String {
    if number.contains('.') && !number.contains(['e', 'E']) {
        number.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        number.to_owned()
    }
}

/// `AA99-9` of `DE07-1`.
fn shape(value: &str) -> String {
    let sign = |letter: char| match letter {
        digit if digit.is_ascii_digit() => '9',
        letter if letter.is_uppercase() => 'A',
        letter if letter.is_lowercase() => 'a',
        other => other,
    };
    value.chars().map(sign).collect()
}

#[cfg(test)]
mod tests {
    use touchstone_compiler::suggest_rules;
    use touchstone_protocol::ColumnView;

    use super::*;

    fn page() -> TablePage {
        let column = |name: &str, data_type: DataType| ColumnView {
            name: name.to_owned(),
            data_type,
            expression: None,
        };
        let row = |at: u64| {
            let side = if at.is_multiple_of(3) { "BUY" } else { "SELL" };
            let price = (at != 7).then(|| format!("{}.500000", at + 9));
            vec![Some(format!("T{at:03}")), Some(side.to_owned()), price]
        };
        let decimal = DataType::Decimal { precision: 18, scale: 6 };
        TablePage {
            columns: vec![
                column("id", DataType::String),
                column("side", DataType::String),
                column("price", decimal),
            ],
            rows: (0..30).map(row).collect(),
            offset: 0,
            total: 30,
        }
    }

    #[test]
    fn a_page_says_what_its_columns_hold() {
        let facts = survey(&page());
        let [id, side, price] = facts.as_slice() else { panic!("{facts:?}") };
        assert_eq!(
            (id.distinct, id.length, id.shapes.as_slice()),
            (30, Some((4, 4)), &[("A999".to_owned(), 30)][..])
        );
        assert_eq!(side.values, [("SELL".to_owned(), 20), ("BUY".to_owned(), 10)]);
        assert_eq!((price.nulls, price.min.as_deref(), price.max.as_deref()), (1, Some("9.5"), Some("38.5")));
        assert_eq!(side.min, None);
    }

    #[test]
    fn rules_are_suggested_from_them() {
        let suggested = suggest_rules(&survey(&page()), &["id".to_owned()], false, "");
        let texts: Vec<&str> = suggested.iter().map(|one| one.text.as_str()).collect();
        assert!(texts.contains(&"IsPrimaryKey \"id\""), "{texts:?}");
        assert!(texts.iter().any(|text| text.starts_with("ColumnValues \"side\" in [")), "{texts:?}");
        assert!(texts.iter().any(|text| text.starts_with("ColumnValues \"price\" > 0")), "{texts:?}");
    }
}
