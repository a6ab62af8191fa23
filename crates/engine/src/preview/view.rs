//! What a preview shows.

use std::collections::BTreeSet;

use touchstone_compiler::GoldPlan;
use touchstone_spec::TableName;

use super::{
    InputOrigin, LeftBecause, PreviewInput, PreviewLeft, PreviewOrigin, PreviewProblem, PreviewRow,
    PreviewRule, needed::Needed,
};
use crate::{
    EngineError, RuleResult, Table, TablePage,
    bronze::{ADDED, Bronze},
    expression::table,
    gold::Checked,
    relation::Made,
    silver::{Fault, Passage, Quarantined, table_rows},
};

/// Rows of a gold table that are shown.
pub(super) fn shown(needed: &Needed<'_>) -> usize {
    usize::try_from(needed.options.records).unwrap_or(usize::MAX)
}

/// How many rows there are, and the first of them.
type Counted = (u64, Vec<usize>);

/// Rows of an input that are shown for one gold row.
const ORIGINS_SHOWN: usize = 5;

/// All rows of a table.
pub(super) fn whole(table: &Table) -> Result<TablePage, EngineError> {
    TablePage::of(table, 0, table.frame.height())
}

/// The records of a source, without the columns that Touchstone adds.
pub(super) fn records(bronze: &Bronze, name: &TableName) -> Result<PreviewInput, EngineError> {
    let table = Table {
        columns: bronze
            .table
            .columns
            .iter()
            .filter(|column| !ADDED.contains(&column.name.as_str()))
            .cloned()
            .collect(),
        frame: bronze.table.frame.drop_many(ADDED),
    };
    Ok(PreviewInput {
        table: name.clone(),
        alias: None,
        origin: InputOrigin::Sample,
        page: whole(&table)?,
        numbers: bronze.records.clone(),
    })
}

/// Where the rows of a silver table came from.
pub(super) fn silver_rows(passage: &Passage<'_>) -> Vec<PreviewRow> {
    passage
        .origins()
        .iter()
        .map(|row| PreviewRow {
            number: passage.record(*row),
            from: vec![PreviewOrigin { total: 1, rows: vec![*row] }],
        })
        .collect()
}

/// The rows that wouldn't be loaded, in the order of the file.
pub(super) fn left(passage: &Passage<'_>) -> Vec<PreviewLeft> {
    let filtered = passage.filtered.iter().map(|row| (*row, LeftBecause::Filtered));
    let lost = passage
        .lost
        .iter()
        .map(|(row, kept)| (*row, LeftBecause::Deduplicated { kept: passage.record(*kept) }));
    let quarantined = passage
        .quarantined
        .iter()
        .map(|row| (row.origin, LeftBecause::Quarantined { problems: problems(row) }));
    let mut left: Vec<PreviewLeft> = filtered
        .chain(lost)
        .chain(quarantined)
        .map(|(row, why)| PreviewLeft { number: passage.record(row), input: Some(row), why })
        .collect();
    left.sort_by_key(|row| row.input);
    left
}

fn problems(row: &Quarantined) -> Vec<PreviewProblem> {
    let problem = |fault: &Fault| PreviewProblem {
        column: fault.column.clone(),
        rule: fault.rule.clone(),
        reason: fault.reason.clone(),
    };
    row.faults.iter().map(problem).collect()
}

/// The rules with all rows that break them.
pub(super) fn rules(results: &[RuleResult], failing: &[Vec<u64>]) -> Vec<PreviewRule> {
    results
        .iter()
        .zip(failing)
        .map(|(result, failing)| PreviewRule { result: result.clone(), failing_numbers: failing.clone() })
        .collect()
}

/// The rows of a gold query that wouldn't be loaded.
pub(super) fn gold_left(checked: &Checked) -> Vec<PreviewLeft> {
    checked
        .quarantined
        .iter()
        .map(|row| PreviewLeft {
            number: row.origin as u64 + 1,
            input: None,
            why: LeftBecause::Quarantined { problems: problems(row) },
        })
        .collect()
}

/// The tables that a gold table reads, with the rows that made the rows shown.
pub(super) fn gold_inputs(
    needed: &Needed<'_>,
    plan: &GoldPlan,
    made: &Made,
    checked: &Checked,
) -> Result<(Vec<PreviewInput>, Vec<PreviewRow>), EngineError> {
    let limit = shown(needed);
    let gone: BTreeSet<usize> = checked.quarantined.iter().map(|row| row.origin).collect();
    let shown: Vec<usize> = (0..made.rows.height()).filter(|row| !gone.contains(row)).take(limit).collect();
    // Without any row the query still reads its tables.
    let mut used: Vec<(&TableName, &str, BTreeSet<usize>)> = made
        .origins(&plan.query, &[])
        .into_iter()
        .map(|origin| (origin.table, origin.alias, BTreeSet::new()))
        .collect();
    let mut rows: Vec<(u64, Vec<Counted>)> = Vec::new();
    for row in shown {
        let mut from = Vec::new();
        for (origin, (_, _, used)) in made.origins(&plan.query, &[row]).into_iter().zip(&mut used) {
            let first: Vec<usize> = origin.rows.iter().copied().take(ORIGINS_SHOWN).collect();
            used.extend(first.iter().copied());
            from.push((origin.rows.len() as u64, first));
        }
        rows.push((row as u64 + 1, from));
    }
    let mut inputs = Vec::new();
    for (name, alias, rows) in &used {
        let all = table(&needed.tables, name)?;
        let places: Vec<Option<usize>> = rows.iter().map(|row| Some(*row)).collect();
        let page = whole(&table_rows(all, &places)?)?;
        inputs.push(PreviewInput {
            table: (*name).clone(),
            alias: Some((*alias).to_owned()),
            origin: needed.origin(name),
            page: TablePage { total: all.height(), ..page },
            numbers: rows.iter().map(|row| *row as u64).collect(),
        });
    }
    let rows = rows
        .into_iter()
        .map(|(number, from)| PreviewRow {
            number,
            from: from
                .into_iter()
                .zip(&inputs)
                .map(|((total, rows), input)| PreviewOrigin {
                    total,
                    rows: rows
                        .iter()
                        .filter_map(|row| input.numbers.binary_search(&(*row as u64)).ok())
                        .collect(),
                })
                .collect(),
        })
        .collect();
    Ok((inputs, rows))
}
