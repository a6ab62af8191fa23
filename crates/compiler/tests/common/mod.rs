//! What the tests share: a small workspace, and diagnostics as a steward sees them.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::format_push_string, reason = "a page of a few lines")]

use touchstone_compiler::{Compilation, compile};
use touchstone_spec::Document;

/// A reference table that others look into.
pub(crate) const SECURITIES: &str = r#"
pipeline: securities
sources:
  securities:
    kind: file
    format: { csv: {} }
    contract:
      - { name: security_id, type: string, required: true }
      - { name: isin, type: string }
      - { name: sector, type: string }
      - { name: lot, type: int }
silver:
  securities:
    from: securities
    key: [security_id]
    fields:
      security_id: { from: security_id, required: true }
      isin: { from: isin }
      sector: { from: sector }
      lot: { from: lot }
    rules: |
      Rules = [ IsUnique "isin" ]
"#;

/// A pipeline with all that a mapping needs; `{fields}`, `{table}` and `{gold}` are for the test to fill.
const TRADES: &str = r#"
pipeline: trades
sources:
  trades:
    kind: file
    format: { csv: {} }
    contract:
      - { name: Trade ID, type: string, required: true }
      - { name: Trade Dt, type: date }
      - { name: Booked, type: timestamp }
      - { name: ISIN, type: string }
      - { name: Qty, type: int }
      - { name: Px, type: "decimal(18,6)" }
      - { name: Rate, type: double }
      - { name: Active, type: boolean }
silver:
  trades:
    from: trades
{table}
    fields:
      trade_id: { from: Trade ID }
{fields}
{gold}
"#;

/// The trades pipeline with these fields, further keys of the table, and gold tables.
pub(crate) fn trades(fields: &str, table: &str, gold: &str) -> String {
    let indented = |text: &str, by: usize| {
        text.lines().map(|line| format!("{}{line}", " ".repeat(by))).collect::<Vec<_>>().join("\n")
    };
    TRADES
        .replace("{fields}", &indented(fields, 6))
        .replace("{table}", &indented(table, 4))
        .replace("{gold}", gold)
}

pub(crate) fn compile_all(texts: &[&str]) -> Compilation {
    let documents: Vec<Document> = texts
        .iter()
        .map(|text| {
            let name = text.lines().find_map(|line| line.strip_prefix("pipeline: ")).unwrap_or("unnamed");
            Document::read(format!("pipelines/{name}.yaml"), *text)
        })
        .collect();
    compile(&documents)
}

/// The diagnostics, each with the line that it points at.
pub(crate) fn told(texts: &[&str]) -> String {
    let compilation = compile_all(texts);
    let mut page = String::new();
    for diagnostic in &compilation.diagnostics.0 {
        let text = texts.iter().find(|text| {
            let name = text.lines().find_map(|line| line.strip_prefix("pipeline: ")).unwrap_or("unnamed");
            diagnostic.place.file == format!("pipelines/{name}.yaml")
        });
        let line = text
            .and_then(|text| text.lines().nth(diagnostic.place.line.saturating_sub(1)))
            .unwrap_or_default();
        let place = format!("{}:{}", diagnostic.place.line, diagnostic.place.column);
        page.push_str(&format!("{}[{}] {}\n", diagnostic.severity, diagnostic.code, diagnostic.message));
        page.push_str(&format!("  {place:>6} | {line}\n"));
        page.push_str(&format!("         | {}^\n", " ".repeat(diagnostic.place.column.saturating_sub(1))));
        if let Some(help) = &diagnostic.help {
            page.push_str(&format!("  help: {help}\n"));
        }
    }
    if page.is_empty() { "nothing\n".to_owned() } else { page }
}
