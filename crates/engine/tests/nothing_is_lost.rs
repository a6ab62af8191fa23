//! Whatever stands in a file and whatever the pipeline asks for, every record ends in exactly one place.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use std::collections::BTreeSet;

use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof, proptest};
use support::{Workspace, name, totals};
use touchstone_engine::{TableOutcome, Totals};

/// A cell: good values, bad ones, and such as break the record.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (0_i32..20).prop_map(|number| number.to_string()),
        2 => (-500_i32..500).prop_map(|cents| format!("{}.{:02}", cents / 100, cents.abs() % 100)),
        2 => (1_u32..31).prop_map(|day| format!("2026-03-{day:02}")),
        2 => Just(String::new()),
        1 => Just("\"\"".to_owned()),
        1 => Just("N/A".to_owned()),
        1 => Just("\"a,b\"\"c\nd\"".to_owned()),
        1 => Just("\"open".to_owned()),
        1 => Just("1,2".to_owned()),
        1 => Just("é".to_owned()),
    ]
}

fn file() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::collection::vec(cell(), 4), 0..30).prop_map(|rows| {
        let mut text = "id,day,amount,note\n".to_owned();
        for row in rows {
            text.push_str(&row.join(","));
            text.push('\n');
        }
        text
    })
}

fn document() -> impl Strategy<Value = String> {
    let pick = |options: &'static [&'static str]| (0..options.len()).prop_map(|index| options[index]);
    (
        pick(&["", "where: amount > 0", "where: note is not null and amount <> 3", "where: id in (1, 2, 3) or day > date '2026-03-15'"]),
        pick(&["", "key: [id]", "key: [id, day]", "key: [note]"]),
        pick(&["", "keep: first"]),
        pick(&["", "order_by: day", "order_by: amount"]),
        pick(&["false", "true"]),
        pick(&["", "IsUnique \"id\"", "ColumnValues \"amount\" > 1", "ColumnValues \"doubled\" between 0 and 20 with threshold > 0.5, IsComplete \"note\"", "IsPrimaryKey \"id\" \"day\", (ColumnLength \"note\" > 1) or (ColumnValues \"amount\" > 5)", "RowCount > 5, Completeness \"note\" > 0.9"]),
        pick(&["quarantine", "warn"]),
        pick(&["", "month(day)", "day", "id"]),
        pick(&["", "footer_rows: 1, ", "footer_rows: 3, "]),
    )
        .prop_map(|(filter, key, keep, order, required, rules, on_failure, partition, footer)| {
            let rules = if rules.is_empty() { String::new() } else { format!("    rules: |\n      Rules = [ {rules} ]\n") };
            let keep = if key.is_empty() { "" } else { keep };
            let order = if key.is_empty() { "" } else { order };
            format!(
                "pipeline: p\nsources:\n  s:\n    kind: file\n    format: {{ csv: {{ {footer}null_values: [N/A] }} }}\n    sample: s.csv\n    contract:\n      - {{ name: id, type: int, required: {required} }}\n      - {{ name: day, type: date }}\n      - {{ name: amount, type: \"decimal(5,2)\" }}\n      - {{ name: note, type: string }}\nsilver:\n  t:\n    from: s\n    {filter}\n    {key}\n    {keep}\n    {order}\n    fields:\n      id: {{ from: id }}\n      day: {{ from: day }}\n      amount: {{ from: amount }}\n      doubled: {{ expr: amount * 2 }}\n      note: {{ from: note }}\n{rules}    on_failure: {on_failure}\n    partition_by: [{partition}]\ngold:\n  g:\n    sql: select day, sum(amount) as amount, count(*) as rows from silver.t group by day\n    rules: |\n      Rules = [ ColumnValues \"amount\" > 2 ]\n"
            )
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn nothing_is_lost(file in file(), document in document()) {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(check(&file, &document));
    }
}

async fn check(file: &str, document: &str) {
    let workspace = Workspace::new(&[("s.csv", file)], &[document]);
    let report = workspace.run().await;
    assert!(report.problem.is_none(), "{}", report.to_text());
    for table in &report.tables {
        assert_eq!(table.outcome, TableOutcome::Written);
        assert!(table.totals.unwrap().add_up());
    }
    let Totals::Bronze { records, loaded: bronze, rejected, .. } = totals(&report, "p.bronze.s") else {
        panic!()
    };
    let Totals::Silver { records: into_silver, loaded: silver, filtered, deduplicated, quarantined } =
        totals(&report, "p.silver.t")
    else {
        panic!()
    };
    assert_eq!(records, bronze + rejected);
    assert_eq!(bronze, into_silver);
    // What the warehouse holds is what the totals say.
    let warehouse = workspace.warehouse().await;
    let held = async |table: &str| {
        if warehouse.contains(&name(table)).await.unwrap() {
            warehouse.read(&name(table)).await.unwrap().height()
        } else {
            0
        }
    };
    assert_eq!(held("p.bronze.s").await, bronze);
    assert_eq!(held("p.bronze.s_rejects").await, rejected);
    assert_eq!(held("p.silver.t").await, silver);
    assert_eq!(held("p.silver.t_quarantine").await, quarantined);
    assert_eq!(held("p.silver.t_filtered").await, filtered);
    assert_eq!(held("p.silver.t_deduplicated").await, deduplicated);
    assert_eq!(into_silver, silver + filtered + deduplicated + quarantined);

    // Each record number stands in exactly one of bronze and rejects.
    let numbers = async |table: &str, column: &str| -> Vec<u64> {
        if !warehouse.contains(&name(table)).await.unwrap() {
            return Vec::new();
        }
        let page = warehouse.page(&name(table), 0, 10_000).await.unwrap();
        let column = page.columns.iter().position(|known| known.name == column).unwrap();
        page.rows.iter().map(|row| row[column].as_ref().unwrap().parse().unwrap()).collect()
    };
    let bronze = numbers("p.bronze.s", "_record").await;
    let mut read = [bronze.clone(), numbers("p.bronze.s_rejects", "_record").await].concat();
    read.sort_unstable();
    assert_eq!(read, (1..=records).collect::<Vec<_>>());

    // Each row of bronze stands in at most one of the tables of rows set aside; all others are loaded.
    let lost = numbers("p.silver.t_deduplicated", "_record").await;
    let kept = numbers("p.silver.t_deduplicated", "_kept_record").await;
    let left = numbers("p.silver.t_filtered", "_record").await;
    let broken = numbers("p.silver.t_quarantine", "_record").await;
    let aside: BTreeSet<u64> = [lost.as_slice(), &left, &broken].concat().into_iter().collect();
    assert_eq!(aside.len(), lost.len() + left.len() + broken.len());
    assert!(aside.iter().all(|record| bronze.contains(record)), "{aside:?}");
    assert_eq!(bronze.len() - aside.len(), usize::try_from(silver).unwrap());
    // The record that stayed gave way to none and passed the filter.
    assert!(kept.iter().all(|record| bronze.contains(record)), "{kept:?}");
    assert!(!kept.iter().any(|record| lost.contains(record) || left.contains(record)), "{kept:?}");
}
