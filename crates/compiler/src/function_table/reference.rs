//! The function reference, written from the table.

use std::fmt::Write;

use super::{Category, function_table};

/// All functions as a Markdown page.
pub fn function_reference() -> String {
    let mut page = String::from(
        "# Functions\n\nNames may be written in any case. `T` is one type for all parameters so marked, `O` one that has an order, `N` one number type; `…` repeats the parameter before it; a `literal` is written out, not computed.\n",
    );
    let mut heading = None;
    for entry in function_table() {
        if heading != Some(entry.category) {
            heading = Some(entry.category);
            let title = match entry.category {
                Category::Text => "Text",
                Category::Values => "Choices between values",
                Category::Numbers => "Numbers",
                Category::Dates => "Dates and times",
                Category::Aggregates => "Aggregates",
            };
            write_line(&mut page, &format!("\n## {title}"));
        }
        write_line(&mut page, &format!("\n### {}\n\n`{}`", entry.name(), entry.call()));
        write_line(&mut page, &format!("\n{} Nulls: {}.", entry.documentation, entry.nulls));
        if let Some((_, others)) = entry.names.split_first()
            && !others.is_empty()
        {
            write_line(&mut page, &format!("Also called {}.", others.join(", ")));
        }
        if entry.example.result.is_empty() {
            write_line(&mut page, &format!("\nExample: `{}`", entry.example.expression));
        } else {
            write_line(
                &mut page,
                &format!("\nExample: `{}` gives `{}`", entry.example.expression, entry.example.result),
            );
        }
    }
    page.push_str("\n## Lookup\n\n### lookup\n\n`lookup('table', key, 'column', 'by_column')`\n\nThe value of `column` in the row of `table` whose `by_column` equals `key`. Without `by_column`: the table's key, which must then be one column. Nulls: null if there is no such row or the key is null.\n\nExample: `lookup('securities', isin, 'sector', 'isin')`\n");
    page
}

fn write_line(page: &mut String, line: &str) {
    // Writing into a String can't fail.
    writeln!(page, "{line}").unwrap_or_default();
}
