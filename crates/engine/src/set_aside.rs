//! Rows that didn't come into a table: quarantine and rejects, each with its reason and the record as it stands in the
//! file.

use std::{collections::BTreeSet, path::Path};

use serde::{Deserialize, Serialize};
use touchstone_compiler::{CompiledPipeline, Lineage, SilverPlan};
use touchstone_spec::{DataType, Layer, TableName};

use crate::{
    ColumnUse, EngineError, ErrorKind, PageColumn, SourceRecord, Table, Warehouse,
    bronze::{ADDED, RECORD},
    page::texts,
    quality::columns_of,
    silver::table_rows,
    trace::{SourceFile, Wanted},
};

/// Rows in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantinePage {
    /// Columns of a gold table; none for silver, whose rows are shown as records of the file.
    pub columns: Vec<PageColumn>,
    /// The rows, in the order of the file; in gold, of the query's result.
    pub rows: Vec<QuarantinedRow>,
    /// How many there are, of those that broke the rule asked for.
    pub total: u64,
}

/// A row in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantinedRow {
    /// Number of the record in its file; in gold, number of the row in the query's result.
    pub number: u64,
    /// The rules that it broke, as written; those of the contract begin with `contract:`.
    pub rules: Vec<String>,
    /// What was wrong, with the values.
    pub reason: String,
    /// Silver: the record. Fields that are to blame are marked as used for their values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<SourceRecord>,
    /// Gold: the values as text; none for null.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Option<String>>,
}

/// Records that couldn't be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectsPage {
    /// The records, in the order of the file.
    pub rows: Vec<RejectedRow>,
    /// How many there are.
    pub total: u64,
}

/// A record that couldn't be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRow {
    /// The file, relative to the workspace.
    pub file: String,
    /// Number of the record, counted from one after the header.
    pub record: u64,
    /// Line on which it begins.
    pub line: u64,
    /// Byte at which it begins.
    pub byte: u64,
    /// Bytes in the file, its line end included.
    pub length: u64,
    /// Why.
    pub reason: String,
    /// Its text, as read; only the beginning of one that is very long.
    pub text: String,
}

/// Some rows of the quarantine of a silver or gold table: of all, or of those that broke `rule`. An empty page when
/// nothing is in quarantine.
///
/// # Errors
/// When the pipeline has no such table, or the warehouse can't be read.
pub async fn quarantine_page(
    warehouse: &Warehouse,
    workspace: &Path,
    pipeline: &CompiledPipeline,
    table: &TableName,
    rule: Option<&str>,
    (offset, limit): (usize, usize),
) -> Result<QuarantinePage, EngineError> {
    let name = TableName::new(&table.pipeline, table.layer, format!("{}_quarantine", table.table));
    let known = match table.layer {
        Layer::Silver => pipeline.silver.get(&table.table).map(|plan| &plan.rules),
        _ => pipeline.gold.get(&table.table).map(|plan| &plan.rules),
    };
    let Some(known) = known else { return Err(no_table(table)) };
    if !warehouse.contains(&name).await? {
        return Ok(QuarantinePage { columns: Vec::new(), rows: Vec::new(), total: 0 });
    }
    let stored = warehouse.read(&name).await?;
    let known: Vec<&str> = known.rules.iter().map(|rule| rule.text.as_str()).collect();
    let rules: Vec<Vec<String>> = stored
        .series("_rules")?
        .str()?
        .iter()
        .map(|rules| split_rules(rules.unwrap_or_default(), &known))
        .collect();
    let wanted: Vec<usize> = rules
        .iter()
        .enumerate()
        .filter(|(_, rules)| rule.is_none_or(|wanted| rules.iter().any(|rule| rule == wanted)))
        .map(|(row, _)| row)
        .collect();
    let shown: Vec<usize> = wanted.iter().copied().skip(offset).take(limit).collect();
    let taken = table_rows(&stored, &shown.iter().map(|row| Some(*row)).collect::<Vec<_>>())?;
    let numbers = taken.series(RECORD)?.i64()?.clone();
    let reasons = taken.series("_reason")?.str()?.clone();
    let mut rows: Vec<QuarantinedRow> = shown
        .iter()
        .zip(numbers.iter().zip(reasons.iter()))
        .map(|(row, (number, reason))| QuarantinedRow {
            number: number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0),
            rules: rules.get(*row).cloned().unwrap_or_default(),
            reason: reason.unwrap_or_default().to_owned(),
            record: None,
            values: Vec::new(),
        })
        .collect();
    let mut columns = Vec::new();
    if let Some(plan) = pipeline.silver.get(&table.table).filter(|_| table.layer == Layer::Silver) {
        let source = pipeline.sources.get(&plan.source).ok_or_else(|| no_table(table))?;
        let all: Vec<usize> = (0..shown.len()).collect();
        let records = SourceFile::new(workspace, source).records(&taken, &all, &|_| ColumnUse::None)?;
        let lineage = Lineage::of([pipeline]);
        for (row, mut record) in rows.iter_mut().zip(records) {
            let blamed: BTreeSet<String> =
                row.rules.iter().flat_map(|rule| blamed(plan, &lineage, rule)).collect();
            for field in &mut record.fields {
                if blamed.contains(&field.name) {
                    field.usage = ColumnUse::Value;
                }
            }
            row.record = Some(record);
        }
    } else {
        columns = add_values(&taken, &mut rows)?;
    }
    Ok(QuarantinePage { columns, rows, total: wanted.len() as u64 })
}

/// Some records of a source that couldn't be read: those that the last run rejected. `source` is its bronze table.
///
/// # Errors
/// When the warehouse can't be read.
pub async fn rejects_page(
    warehouse: &Warehouse,
    source: &TableName,
    (offset, limit): (usize, usize),
) -> Result<RejectsPage, EngineError> {
    let name = TableName::new(&source.pipeline, source.layer, format!("{}_rejects", source.table));
    if !warehouse.contains(&name).await? {
        return Ok(RejectsPage { rows: Vec::new(), total: 0 });
    }
    let stored = warehouse.read(&name).await?;
    let rows = stored.frame.slice(i64::try_from(offset).unwrap_or(i64::MAX), limit);
    let page = Table { columns: stored.columns.clone(), frame: rows };
    let text = |name: &str| texts(page.series(name)?, &DataType::String);
    let number = |name: &str| -> Result<Vec<u64>, EngineError> {
        let values = page.series(name)?.i64()?.iter();
        Ok(values.map(|value| value.and_then(|value| u64::try_from(value).ok()).unwrap_or(0)).collect())
    };
    let (files, reasons, shown) = (text("_source_file")?, text("_reason")?, text("_raw")?);
    let (records, lines) = (number("_record")?, number("_line")?);
    let (bytes, lengths) = (number("_byte")?, number("_length")?);
    let texts = files.into_iter().zip(reasons).zip(shown);
    let places = records.into_iter().zip(lines).zip(bytes).zip(lengths);
    let rows = texts
        .zip(places)
        .map(|(((file, reason), text), (((record, line), byte), length))| RejectedRow {
            file: file.unwrap_or_default(),
            record,
            line,
            byte,
            length,
            reason: reason.unwrap_or_default(),
            text: text.unwrap_or_default(),
        })
        .collect();
    Ok(RejectsPage { rows, total: stored.height() })
}

fn no_table(table: &TableName) -> EngineError {
    EngineError::new(
        ErrorKind::Missing,
        table.to_string(),
        "the pipeline has no such table",
        "choose one of its silver or gold tables",
    )
}

/// Takes apart what the quarantine table holds as one text. A rule may itself hold the separator.
fn split_rules(joined: &str, known: &[&str]) -> Vec<String> {
    let mut rules = Vec::new();
    let mut rest = joined;
    while !rest.is_empty() {
        let whole = known
            .iter()
            .filter_map(|rule| {
                let after = rest.strip_prefix(rule)?;
                (after.is_empty() || after.starts_with("; ")).then_some(rule.len())
            })
            .max();
        let end = whole.or_else(|| rest.find("; ")).unwrap_or(rest.len());
        let (rule, after) = rest.split_at(end);
        rules.push(rule.to_owned());
        rest = after.strip_prefix("; ").unwrap_or(after);
    }
    rules
}

/// Columns of the file that a rule is about: those that the contract's rule names, or that a field's are made from.
fn blamed(plan: &SilverPlan, lineage: &Lineage, rule: &str) -> Vec<String> {
    let table = &plan.schema.name;
    if let Some(contract) = rule.strip_prefix("contract: ") {
        let field = contract
            .strip_suffix(" is required")
            .or_else(|| contract.rsplit_once(" is ").map(|parts| parts.0));
        return field.map(str::to_owned).into_iter().collect();
    }
    let fields = match rule.strip_prefix("key: ").or_else(|| rule.strip_prefix("required: ")) {
        Some(field) => vec![field.to_owned()],
        None => plan.rules.rules.iter().filter(|known| known.text == rule).flat_map(columns_of).collect(),
    };
    let bronze = TableName::new(&table.pipeline, Layer::Bronze, &plan.source);
    fields
        .iter()
        .flat_map(|field| {
            let below = Wanted::value(field).within(lineage, table).below(lineage, table, &bronze);
            below.names().into_iter().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

/// Fills in the values of gold rows; gives their columns.
fn add_values(taken: &Table, rows: &mut [QuarantinedRow]) -> Result<Vec<PageColumn>, EngineError> {
    let mut columns = Vec::new();
    let own = taken.columns.iter().take_while(|column| !ADDED.contains(&column.name.as_str()));
    for column in own {
        columns.push(PageColumn { name: column.name.clone(), data_type: column.data_type.clone() });
        let values = texts(taken.series(&column.name)?, &column.data_type)?;
        for (row, value) in rows.iter_mut().zip(values) {
            row.values.push(value);
        }
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::split_rules;

    #[test]
    fn a_rule_may_hold_the_separator() {
        let known = [r#"ColumnValues "a" in ["x; y"]"#, "RowCount > 1"];
        let joined = format!("contract: b is int; {}; {}", known[0], known[1]);
        assert_eq!(split_rules(&joined, &known), ["contract: b is int", known[0], known[1]]);
        assert!(split_rules("", &known).is_empty());
    }
}
