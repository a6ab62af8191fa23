//! Compiled plans as Spark SQL, for Spark 3.5 without ANSI mode (AWS Glue 5), meaning what the typed tree means.

mod expression;
mod gold;
mod silver;
mod source;

use touchstone_spec::{DataType, TableName};

pub(crate) use gold::render as gold;
pub(crate) use silver::render as silver;
pub use source::spark_sql_typed_source;

/// Session settings that the rendered SQL relies on.
pub const SPARK_SETTINGS: [(&str, &str); 5] = [
    ("spark.sql.ansi.enabled", "false"),
    ("spark.sql.session.timeZone", "UTC"),
    ("spark.sql.legacy.timeParserPolicy", "CORRECTED"),
    ("spark.sql.parser.escapedStringLiterals", "false"),
    ("spark.sql.caseSensitive", "false"),
];

/// Name of the temporary view under which rendered SQL reads a table: `trades__silver__trades`.
pub fn spark_view(table: &TableName) -> String {
    format!("{}__{}__{}", table.pipeline, table.layer, table.table)
}

/// A name in backquotes.
pub(crate) fn name(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// Text as a literal.
pub(crate) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Spark's name of a type. Times and UUIDs, which Spark 3.5 doesn't have, are text there.
pub(crate) fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Boolean => "BOOLEAN".to_owned(),
        DataType::Int => "INT".to_owned(),
        DataType::Long => "BIGINT".to_owned(),
        DataType::Float => "FLOAT".to_owned(),
        DataType::Double => "DOUBLE".to_owned(),
        DataType::Decimal { precision, scale } => format!("DECIMAL({precision},{scale})"),
        DataType::Date => "DATE".to_owned(),
        DataType::Timestamp => "TIMESTAMP_NTZ".to_owned(),
        DataType::Timestamptz => "TIMESTAMP".to_owned(),
        DataType::Binary => "BINARY".to_owned(),
        _ => "STRING".to_owned(),
    }
}

/// The steps of a query as common table expressions, the last one selected from.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    steps: Vec<(String, String)>,
}

impl Steps {
    /// Adds a step under a name and gives the name in backquotes.
    pub(crate) fn add(&mut self, step: &str, sql: String) -> String {
        let quoted = name(step);
        self.steps.push((quoted.clone(), sql));
        quoted
    }

    /// Adds a numbered step.
    pub(crate) fn next(&mut self, sql: String) -> String {
        let number = self.steps.len() + 1;
        self.add(&format!("_step_{number}"), sql)
    }

    /// The whole statement.
    pub(crate) fn finish(self, last: &str) -> String {
        if self.steps.is_empty() {
            return last.to_owned();
        }
        let steps: Vec<String> =
            self.steps.into_iter().map(|(step, sql)| format!("{step} AS (\n{}\n)", indent(&sql))).collect();
        format!("WITH {}\n{last}", steps.join(",\n"))
    }
}

/// `SELECT` with one column a line.
pub(crate) fn select(columns: &[String], rest: &str) -> String {
    format!("SELECT\n  {}\n{rest}", columns.join(",\n  "))
}

fn indent(sql: &str) -> String {
    sql.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
