//! A source's bronze text as typed columns.

use touchstone_spec::{ContractField, DataType, NegativeStyle};

use super::{Steps, name, select, text, type_name};
use crate::CompiledSource;

/// The relation `source` that silver mappings read: one SELECT over the bronze table, registered as `bronze`.
///
/// Columns have the contract's names and types; text that is no value of its type becomes null, and `_broken` lists
/// the columns for which a record breaks the contract, so that the job can quarantine it. `_source_file`, `_record` and
/// `_loaded_at` are passed on.
pub fn spark_sql_typed_source(source: &CompiledSource) -> String {
    let origin = ["`_source_file`", "`_record`", "`_loaded_at`"].map(str::to_owned);
    let mut steps = Steps::default();
    let mut texts: Vec<String> = source
        .contract
        .iter()
        .map(|field| format!("{} AS {}", plain_text(source, field), name(&field.name)))
        .collect();
    texts.extend(origin.clone());
    let from = steps.add("_text", select(&texts, "FROM `bronze`"));
    let mut columns: Vec<String> =
        source.contract.iter().map(|field| format!("{} AS {}", typed(field), name(&field.name))).collect();
    let broken: Vec<String> = source.contract.iter().filter_map(breach).collect();
    let list = if broken.is_empty() {
        "CAST(array() AS ARRAY<STRING>)".to_owned()
    } else {
        format!("array_compact(array(\n    {}\n  ))", broken.join(",\n    "))
    };
    columns.push(format!("{list} AS `_broken`"));
    columns.extend(origin);
    steps.finish(&select(&columns, &format!("FROM {from}")))
}

/// The text without blanks around it, and null where it stands for 'no value'.
fn plain_text(source: &CompiledSource, field: &ContractField) -> String {
    let column = name(&field.name);
    let column = if source.format.trim { format!("trim(BOTH ' \\t' FROM {column})") } else { column };
    let nulls: Vec<String> =
        std::iter::once("").chain(source.format.null_values.iter().map(String::as_str)).map(text).collect();
    format!("if({column} IN ({}), NULL, {column})", nulls.join(", "))
}

/// When a record breaks the contract in this column, its name, else null.
fn breach(field: &ContractField) -> Option<String> {
    let column = name(&field.name);
    let value = typed(field);
    let condition = match (field.required, value == column) {
        (true, true) => format!("{column} IS NULL"),
        (true, false) => format!("{value} IS NULL"),
        (false, true) => return None,
        (false, false) => format!("{column} IS NOT NULL AND {value} IS NULL"),
    };
    Some(format!("CASE WHEN {condition} THEN {} END", text(&field.name)))
}

fn typed(field: &ContractField) -> String {
    let column = name(&field.name);
    let spark_type = type_name(&field.data_type);
    // A text must have the form of the type: Spark's casts let more pass (exponents, partial dates).
    let guarded = |value: &str, form: &str| {
        format!("if(regexp_like({value}, {}), TRY_CAST({value} AS {spark_type}), NULL)", text(form))
    };
    match &field.data_type {
        DataType::Boolean => boolean(field, &column),
        DataType::Int | DataType::Long => guarded(&number(field, &column), r"^[+-]?[0-9]+\z"),
        DataType::Decimal { scale, .. } => {
            // Digits that the scale can't hold would be lost.
            let fraction = format!(r"[0-9]{{0,{scale}}}0*");
            guarded(
                &number(field, &column),
                &format!(r"^[+-]?([0-9]+(\.{fraction})?|\.(?=[0-9]){fraction})\z"),
            )
        }
        DataType::Float | DataType::Double => {
            guarded(&number(field, &column), r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\z")
        }
        DataType::Date => match &field.format {
            Some(pattern) => format!("to_date({column}, {})", text(pattern)),
            None => guarded(&column, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\z"),
        },
        DataType::Timestamp => match &field.format {
            Some(pattern) => format!("to_timestamp_ntz({column}, {})", text(pattern)),
            None => guarded(&column, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9:.]+)?\z"),
        },
        DataType::Timestamptz => match &field.format {
            Some(pattern) => format!("to_timestamp({column}, {})", text(pattern)),
            None => {
                guarded(&column, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?)?\z")
            }
        },
        DataType::Uuid => {
            let form = text(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\z");
            format!("if(regexp_like(lower({column}), {form}), lower({column}), NULL)")
        }
        _ => column,
    }
}

fn boolean(field: &ContractField, column: &str) -> String {
    let list = |values: &[String]| values.iter().map(|value| text(value)).collect::<Vec<_>>().join(", ");
    let defaults = |values: [&str; 5]| values.map(text).join(", ");
    let (on, on_text) = if field.true_values.is_empty() {
        (defaults(["true", "t", "yes", "y", "1"]), format!("lower({column})"))
    } else {
        (list(&field.true_values), column.to_owned())
    };
    let (off, off_text) = if field.false_values.is_empty() {
        (defaults(["false", "f", "no", "n", "0"]), format!("lower({column})"))
    } else {
        (list(&field.false_values), column.to_owned())
    };
    format!("CASE WHEN {on_text} IN ({on}) THEN TRUE WHEN {off_text} IN ({off}) THEN FALSE END")
}

/// The number with a point, without grouping, the minus in front.
fn number(field: &ContractField, column: &str) -> String {
    let mut value = column.to_owned();
    if let Some(mark) = field.grouping_mark {
        value = format!("replace({value}, {}, '')", text(&mark.to_string()));
    }
    if let Some(mark) = field.decimal_mark.filter(|mark| *mark != '.') {
        value = format!("replace({value}, {}, '.')", text(&mark.to_string()));
    }
    match field.negative {
        Some(NegativeStyle::Parentheses) => {
            format!("regexp_replace({value}, '^[(](.*)[)]\\\\z', '-$1')")
        }
        Some(NegativeStyle::TrailingMinus) => {
            format!("regexp_replace({value}, '^(.*)-\\\\z', '-$1')")
        }
        _ => value,
    }
}
