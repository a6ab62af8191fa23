//! Documents made by rule: fifty of them have five hundred tables, files and bronze tables among them.

use std::fmt::Write as _;

/// How many documents lineage is measured with.
pub(crate) const MANY: usize = 50;
/// Silver and gold tables of a pipeline.
const TABLES: usize = 4;
/// Columns that a silver table takes from its source.
const FIELDS: usize = 5;

/// The pipeline's name.
pub(crate) fn name(number: usize) -> String {
    format!("p{number:02}")
}

/// A pipeline with a source, its bronze table, four silver and four gold tables, which reads the pipeline before it.
pub(crate) fn text(number: usize) -> String {
    let (name, other) = (name(number), name(number.saturating_sub(1)));
    let mut text = format!(
        "pipeline: {name}\nowner: {name}@example.com\nsources:\n  s:\n    kind: file\n    format: {{ csv: {{}} }}\n    contract:\n      - {{ name: Trade ID, type: string, required: true }}\n"
    );
    // Writing into a String can't fail.
    let mut line = |line: std::fmt::Arguments<'_>| writeln!(text, "{line}").unwrap_or_default();
    for field in 0..FIELDS {
        line(format_args!("      - {{ name: Col {field}, type: \"decimal(18,4)\" }}"));
    }
    line(format_args!("silver:"));
    for table in 0..TABLES {
        line(format_args!("  t{table}:\n    from: s\n    key: [id]\n    fields:"));
        line(format_args!("      id: {{ from: Trade ID, required: true }}"));
        for field in 0..FIELDS {
            match (field, table) {
                (0, 1..) => {
                    line(format_args!("      f0: {{ expr: \"lookup('silver.t{}', id, 'f1')\" }}", table - 1));
                }
                (field, _) => line(format_args!(
                    "      f{field}: {{ type: \"decimal(18,4)\", expr: \"coalesce(\\\"Col {field}\\\", 0) * 2\" }}"
                )),
            }
        }
        line(format_args!("    rules: |\n      Rules = [ IsComplete \"id\", ColumnValues \"f1\" > 0 ]"));
    }
    line(format_args!("gold:"));
    for table in 0..TABLES {
        let fields: Vec<String> =
            (0..FIELDS).map(|field| format!("sum(t.f{field} + o.f{field}) as f{field}")).collect();
        line(format_args!(
            "  g{table}:\n    sql: >-\n      select t.id, {} from silver.t{table} t join {other}.t{table} o on t.id = o.id where t.f2 > 0 group by t.id",
            fields.join(", ")
        ));
    }
    text
}
