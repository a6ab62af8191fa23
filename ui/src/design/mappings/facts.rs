//! What is known of the columns of a source: a sample value, the share of nulls, some of the values.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::{Id, Ui};
use touchstone_compiler::SourceColumn;
use touchstone_protocol::{DataRef, ProfileView, TablePage};
use touchstone_spec::{ContractField, Source};

use super::map::{self, Column};
use crate::command::Command as AppCommand;
use crate::data;
use crate::design::view::Desk;

/// Rows that are looked through for a value.
const LOOKED_AT: u64 = 200;
/// Values of one column that are compared.
const VALUES: usize = 40;

/// What is known of a source's data.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    rows: Option<&'a data::Rows>,
    profile: Option<&'a ProfileView>,
    input: Option<&'a TablePage>,
}

impl<'a> Facts<'a> {
    /// What is known of `source`; asks for what isn't, where the sample can be read at all.
    pub(super) fn of(desk: &Desk<'a>, source: &str, input: Option<&'a TablePage>) -> Self {
        let state = desk.state;
        let input = input.filter(|page| !page.columns.is_empty());
        let file = match desk.pipeline.sources.get(source) {
            Some(Source::File(file)) => file.sample.as_ref(),
            None => None,
        };
        // The back end knows what is saved only.
        let listed = state.selected_state().is_some_and(|one| one.name == desk.name());
        if file.is_none() || !listed {
            return Self { rows: None, profile: None, input };
        }
        let data = DataRef::Sample { pipeline: desk.name().to_owned(), source: source.to_owned() };
        let of = data::RowsOf::all(data.clone());
        let rows = state.data.rows.get(&of);
        let profile = state.data.profiles.get(&data);
        if profile.is_none() {
            desk.commands.send(AppCommand::Data(data::Command::NeedProfile(data)));
        }
        if rows.is_none_or(|rows| !rows.missing(&(0..1)).is_empty()) {
            desk.commands.send(AppCommand::Data(data::Command::NeedRows(of, 0..1)));
        }
        Self { rows, profile: profile.and_then(|profile| profile.value()), input }
    }

    /// Share of nulls in a column.
    pub(super) fn nulls(&self, column: &str) -> Option<f32> {
        let columns = &self.profile?.columns;
        columns.iter().find(|one| one.name == column).map(|one| one.null_share)
    }

    /// The first value that says something.
    pub(super) fn sample(&self, column: &str) -> Option<&'a str> {
        self.all(column).find(|value| !value.trim().is_empty())
    }

    /// Some of a column's different values, in the order of the rows.
    fn values(&self, column: &str) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let different = self.all(column).filter(|value| !value.trim().is_empty() && seen.insert(*value));
        different.take(VALUES).map(str::to_owned).collect()
    }

    fn all(&self, column: &str) -> Box<dyn Iterator<Item = &'a str> + 'a> {
        if let Some(rows) = self.rows
            && let Some(place) = rows.columns().iter().position(|one| one.name == column)
        {
            let count = rows.total().unwrap_or_default().min(LOOKED_AT);
            return Box::new((0..count).filter_map(move |row| match rows.row(row) {
                data::Row::Known { cells, .. } => cells.get(place)?.as_deref(),
                _ => None,
            }));
        }
        let Some(page) = self.input else { return Box::new(std::iter::empty()) };
        let Some(place) = page.columns.iter().position(|one| one.name == column) else {
            return Box::new(std::iter::empty());
        };
        Box::new(page.rows.iter().filter_map(move |cells| cells.get(place)?.as_deref()))
    }

    fn are_known(&self) -> bool {
        self.rows.is_some_and(|rows| rows.total().is_some()) || self.input.is_some()
    }
}

/// The columns with some of their values, to be compared with fields; made anew when the contract changes.
pub(super) fn source_columns(
    ui: &Ui,
    desk: &Desk<'_>,
    source: &str,
    contract: &[ContractField],
    facts: &Facts<'_>,
) -> Arc<Vec<SourceColumn>> {
    type Kept = (bool, Arc<Vec<ContractField>>, Arc<Vec<SourceColumn>>);
    let id = Id::unique(("source columns", desk.file, source));
    if let Some((are_known, of, columns)) = ui.data(|data| data.get_temp::<Kept>(id))
        && are_known == facts.are_known()
        && *of == contract
    {
        return columns;
    }
    let columns: Vec<SourceColumn> = contract
        .iter()
        .map(|one| {
            let values = facts.values(&one.name);
            let shapes = shapes(&values);
            SourceColumn { values, shapes, ..map::source_column(one) }
        })
        .collect();
    let columns = Arc::new(columns);
    let kept: Kept = (facts.are_known(), Arc::new(contract.to_vec()), Arc::clone(&columns));
    ui.data_mut(|data| data.insert_temp(id, kept));
    columns
}

/// Shapes of values, the most frequent first: `9` for a digit, `A` and `a` for letters.
fn shapes(values: &[String]) -> Vec<String> {
    let mut counted: Vec<(String, usize)> = Vec::new();
    for value in values {
        let shape: String = value
            .trim()
            .chars()
            .map(|letter| match letter {
                letter if letter.is_ascii_digit() => '9',
                letter if letter.is_uppercase() => 'A',
                letter if letter.is_lowercase() => 'a',
                letter => letter,
            })
            .collect();
        match counted.iter_mut().find(|(known, _)| *known == shape) {
            Some((_, count)) => *count += 1,
            None => counted.push((shape, 1)),
        }
    }
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counted.into_iter().map(|(shape, _)| shape).collect()
}

/// What is known of a column, in one line.
pub(super) fn about(column: &Column, facts: &Facts<'_>) -> String {
    let mut lines = vec![format!("{} {}", column.name, column.data_type)];
    if column.required {
        lines.push("The contract promises a value in every record".to_owned());
    }
    if let Some(nulls) = facts.nulls(&column.name) {
        lines.push(format!("{} null", percent(nulls)));
    }
    lines.extend(column.description.clone());
    lines.join("\n")
}

/// A share from 0 to 1, for people.
pub(super) fn percent(share: f32) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of 100 000")]
    let part = (f64::from(share.clamp(0.0, 1.0)) * 100_000.0).round() as u64;
    crate::text::share(part, 100_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_shape_comes_first() {
        let values = ["A1", "b-2", "C3"].map(str::to_owned);
        assert_eq!(shapes(&values), ["A9", "a-9"]);
        assert_eq!(percent(0.023), "2.3 %");
    }
}
