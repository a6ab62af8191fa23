//! Partition transforms: `field`, `year(field)`, `month(field)`, `day(field)`, `bucket(n, field)`, `truncate(n, field)`.

use touchstone_spec::{DataType, DocPath, TableName};

use crate::{
    PartitionField, Transform,
    catalog::KnownTable,
    finding::{At, Finding, Reporter, suggest},
    names::{Decl, NameUse},
    silver::Partitions,
};

/// All partition fields of a table; none when one is wrong.
pub(crate) fn compile(
    texts: &[String],
    path: &DocPath,
    (table, known): (&TableName, &KnownTable),
    reporter: &mut Reporter<'_>,
) -> Partitions {
    let mut fields: Vec<PartitionField> = Vec::new();
    let mut right = true;
    for (index, text) in texts.iter().enumerate() {
        match read(text, known) {
            Ok(Some(field)) if fields.contains(&field) => {
                reporter.at_value(
                    &path.index(index),
                    Finding::error(At::START, "duplicate-name", format!("`{text}` stands here twice"))
                        .help("remove one of the two"),
                );
                right = false;
            }
            Ok(Some(field)) => {
                let decl = Decl::Column(table.clone(), field.column.clone());
                let range = text.rfind(&field.column).map(|start| start..start + field.column.len());
                let part = range.map(|range| NameUse::part(path.index(index), range, decl));
                reporter.names.extend(part);
                fields.push(field);
            }
            Ok(None) => right = false,
            Err(finding) => {
                reporter.at_value(&path.index(index), finding);
                right = false;
            }
        }
    }
    right.then_some(fields)
}

fn read(text: &str, known: &KnownTable) -> Result<Option<PartitionField>, Finding> {
    let unreadable = || {
        Finding::error(At::START, "bad-partition", format!("`{text}` is not a partition")).help(
            "write field, year(field), month(field), day(field), or in quotes \"bucket(16, field)\" or \"truncate(4, field)\"",
        )
    };
    let compact: String = text.split_whitespace().collect();
    let (transform, column) = match compact.strip_suffix(')').and_then(|head| head.split_once('(')) {
        None if compact.contains(['(', ')', ',']) || compact.is_empty() => return Err(unreadable()),
        None => (Transform::Identity, compact.as_str()),
        Some((word, inner)) => match (word.to_lowercase().as_str(), inner.split_once(',')) {
            ("year" | "years", None) => (Transform::Year, inner),
            ("month" | "months", None) => (Transform::Month, inner),
            ("day" | "days", None) => (Transform::Day, inner),
            ("identity", None) => (Transform::Identity, inner),
            ("bucket", Some((number, column))) => {
                (Transform::Bucket(size(number).ok_or_else(unreadable)?), column)
            }
            ("truncate", Some((number, column))) => {
                (Transform::Truncate(size(number).ok_or_else(unreadable)?), column)
            }
            _ => return Err(unreadable()),
        },
    };
    let Some(found) = known.column(column) else {
        if known.open {
            return Ok(None);
        }
        let help = suggest(column, known.columns.iter().map(|column| column.name.as_str()), "columns");
        return Err(Finding::error(At::START, "unknown-column", format!("there is no column `{column}`"))
            .maybe_help(help));
    };
    let Some(data_type) = &found.data_type else { return Ok(None) };
    if !takes(transform, data_type) {
        return Err(Finding::error(At::START, "wrong-type", format!("`{column}` is {data_type}, which `{text}` can't divide"))
            .help("year, month and day take dates and timestamps; truncate takes text and exact numbers; bucket takes all but float, double and boolean"));
    }
    Ok(Some(PartitionField { column: column.to_owned(), transform }))
}

fn size(text: &str) -> Option<u32> {
    text.parse().ok().filter(|size| *size > 0)
}

/// Iceberg table specification, "Partition Transforms".
fn takes(transform: Transform, data_type: &DataType) -> bool {
    match transform {
        Transform::Identity => !data_type.is_nested(),
        Transform::Year | Transform::Month | Transform::Day => data_type.is_temporal(),
        Transform::Bucket(_) => {
            !data_type.is_nested()
                && !matches!(data_type, DataType::Float | DataType::Double | DataType::Boolean)
        }
        Transform::Truncate(_) => {
            data_type.is_integer()
                || matches!(data_type, DataType::Decimal { .. } | DataType::String | DataType::Binary)
        }
    }
}
