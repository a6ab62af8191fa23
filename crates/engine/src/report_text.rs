//! A run report for people: plain text for a terminal.

use std::fmt::Write;

use crate::{FailingRow, Outcome, RuleOutcome, RunReport, TableOutcome, TableReport, Totals};

/// How many rows are listed per list; the report itself has more.
const SHOWN: usize = 5;

impl RunReport {
    /// The report as text.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        // Writing to a String can't fail.
        write_report(self, &mut text).ok();
        text
    }
}

fn write_report(report: &RunReport, out: &mut String) -> std::fmt::Result {
    writeln!(out, "Run {} of {}", report.run_id, report.pipelines.join(", "))?;
    writeln!(
        out,
        "{} after {}, started {}",
        match report.outcome {
            Outcome::Succeeded => "Succeeded",
            Outcome::SucceededWithFailures => "Succeeded, with failures,",
            Outcome::Halted => "Halted",
            Outcome::Failed => "Failed",
            Outcome::Cancelled => "Cancelled",
        },
        duration(report.duration_millis),
        report.started_at.format("%Y-%m-%d %H:%M:%S UTC"),
    )?;
    if let Some(limit) = report.row_limit {
        writeln!(out, "Only the first {} of each source", counted(limit, "record"))?;
    }
    for table in &report.tables {
        writeln!(out)?;
        write_table(table, out)?;
    }
    if let Some(problem) = &report.problem {
        let what = match report.outcome {
            Outcome::Halted => "halted",
            Outcome::Cancelled => "cancelled",
            _ => "error",
        };
        writeln!(out, "\n{what}: {}: {}", problem.place, problem.reason)?;
        writeln!(out, "  next: {}", problem.next_step)?;
    }
    Ok(())
}

fn write_table(table: &TableReport, out: &mut String) -> std::fmt::Result {
    let millis: u64 = table.steps.iter().map(|step| step.millis).sum();
    let state = match table.outcome {
        TableOutcome::Written => duration(millis),
        TableOutcome::Halted => "halted, not written".to_owned(),
        TableOutcome::Failed => "failed, not written".to_owned(),
        TableOutcome::NotReached => "not reached".to_owned(),
    };
    writeln!(out, "{}  ({state})", table.table)?;
    if let Some(file) = &table.file {
        writeln!(out, "  file         {file}")?;
    }
    if let Some(totals) = &table.totals {
        write_totals(totals, out)?;
    }
    if !table.extra_columns.is_empty() {
        writeln!(out, "  not in the contract, kept in bronze: {}", table.extra_columns.join(", "))?;
    }
    listed(out, "rejected", &table.rejects, |reject| {
        format!("record {}, line {}, byte {}: {}", reject.record, reject.line, reject.byte, reject.reason)
    })?;
    for quarantine in &table.quarantine {
        writeln!(out, "  quarantined by `{}`: {}", quarantine.rule, counted(quarantine.rows, "record"))?;
    }
    listed(out, "quarantined", &table.quarantined, |row| format!("record {}: {}", row.record, row.reason))?;
    listed(out, "duplicate", &table.duplicates, |duplicate| {
        format!(
            "record {}, {}: record {} stayed: {}",
            duplicate.record, duplicate.key, duplicate.kept, duplicate.reason
        )
    })?;
    for lost in &table.lost {
        let values = if lost.values == 1 { "value" } else { "values" };
        writeln!(
            out,
            "  field {}: {} {values} became null: {}",
            lost.field,
            thousands(lost.values),
            lost.reason
        )?;
        for row in lost.first.iter().take(SHOWN).filter(|row| !row.values.is_empty()) {
            writeln!(out, "          {}", failing(row))?;
        }
        more(out, lost.values, "          ")?;
    }
    for rule in &table.rules {
        let mark = match rule.outcome {
            RuleOutcome::Passed => "passed",
            RuleOutcome::Failed => "FAILED",
        };
        writeln!(out, "  {mark}  {}  ({})", rule.rule, rule.measured)?;
        for row in rule.failing.iter().take(SHOWN) {
            writeln!(out, "          {}", failing(row))?;
        }
        more(out, rule.failing_rows, "          ")?;
    }
    Ok(())
}

fn write_totals(totals: &Totals, out: &mut String) -> std::fmt::Result {
    let mut line = |name: &str, rows: u64| writeln!(out, "  {name:<12} {:>12}", thousands(rows));
    match totals {
        Totals::Bronze { records, loaded, rejected, footer } => {
            line("records", *records)?;
            line("loaded", *loaded)?;
            line("rejected", *rejected)?;
            if *footer > 0 {
                line("footer", *footer)?;
            }
        }
        Totals::Silver { records, loaded, filtered, deduplicated, quarantined } => {
            line("records", *records)?;
            line("loaded", *loaded)?;
            line("filtered", *filtered)?;
            line("duplicates", *deduplicated)?;
            line("quarantined", *quarantined)?;
        }
        Totals::Gold { records, loaded, quarantined } => {
            line("rows", *records)?;
            line("loaded", *loaded)?;
            line("quarantined", *quarantined)?;
        }
    }
    Ok(())
}

fn listed<T>(out: &mut String, title: &str, rows: &[T], text: impl Fn(&T) -> String) -> std::fmt::Result {
    for row in rows.iter().take(SHOWN) {
        writeln!(out, "  {title}: {}", text(row))?;
    }
    Ok(())
}

fn more(out: &mut String, rows: u64, indent: &str) -> std::fmt::Result {
    match rows.checked_sub(SHOWN as u64) {
        Some(0) | None => Ok(()),
        Some(rest) => writeln!(out, "{indent}… and {} more", thousands(rest)),
    }
}

fn failing(row: &FailingRow) -> String {
    let values: Vec<String> = row
        .values
        .iter()
        .map(|(name, value)| format!("{name} = {}", value.as_deref().unwrap_or("null")))
        .collect();
    format!("record {}: {}", row.record, values.join(", "))
}

fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(number), if number == 1 { "" } else { "s" })
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

fn duration(millis: u64) -> String {
    if millis < 1_000 {
        format!("{millis} ms")
    } else {
        format!("{}.{} s", millis / 1_000, millis % 1_000 / 100)
    }
}
