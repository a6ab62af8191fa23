//! Two runs side by side.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use std::{collections::BTreeMap, fmt::Write};

use proptest::prelude::{ProptestConfig, Strategy, any, proptest};
use support::{SECURITIES, TRADES, Workspace, name, trades};
use touchstone_engine::{
    ChangeCounts, ColumnChange, CompareOptions, Comparison, ErrorKind, RowChange, compare, group_columns,
    never,
};

async fn compared(workspace: &Workspace, table: &str, options: &CompareOptions) -> Comparison {
    compare(&workspace.warehouse().await, &name(table), options, &never).await.unwrap()
}

/// A comparison for people: counts, columns, rows.
fn told(comparison: &Comparison) -> String {
    let summary = comparison.summary();
    let ChangeCounts { added, removed, changed, same } = summary.counts;
    let mut text = format!(
        "{}: {added} added, {removed} removed, {changed} changed, {same} same; key {:?}\n",
        summary.table, summary.key
    );
    for column in &summary.columns {
        if column.change != ColumnChange::Same || column.changed_values > 0 {
            writeln!(text, "  {}: {:?}, {} values", column.name, column.change, column.changed_values)
                .unwrap();
        }
    }
    let show = |row: &Option<Vec<Option<String>>>| match row {
        Some(row) => row.iter().map(|cell| cell.as_deref().unwrap_or("∅")).collect::<Vec<_>>().join("|"),
        None => "-".to_owned(),
    };
    for row in comparison.page(&[], 0, 1000).unwrap().rows {
        let columns: Vec<&str> =
            row.changed.iter().map(|place| summary.columns[*place].name.as_str()).collect();
        let (before, after) = (show(&row.before), show(&row.after));
        writeln!(text, "  {:?} {before} => {after} {}", row.change, columns.join(",")).unwrap();
    }
    text
}

#[tokio::test]
async fn what_a_changed_file_changes_is_shown_row_by_row() {
    let workspace = trades();
    workspace.run().await;
    let first = compared(&workspace, "trades.silver.trades", &CompareOptions::default()).await;
    assert!(first.summary().before.is_none());
    assert_eq!(first.summary().counts, ChangeCounts { added: 3, ..ChangeCounts::default() });
    workspace.write(
        "samples/trades.csv",
        "Report\nID;Trade Dt;Qty;Px;ISIN\nT9;01/04/2026;1000000;0,000001;US0378331005\nT1;02/03/2026;120;11,0;US0378331005\nT8;02/03/2026;1;1,0;DE0007164600\nTOTAL;;;;\n",
    );
    workspace.run().await;
    let silver = compared(&workspace, "trades.silver.trades", &CompareOptions::default()).await;
    assert_eq!(silver.summary().before.as_ref().unwrap().run_id.as_deref(), Some("run-1"));
    assert_eq!(silver.summary().after.run_id.as_deref(), Some("run-2"));
    insta::assert_snapshot!(told(&silver));
    // Gold has no key of its own; its groups name its rows.
    let key = group_columns(&workspace.pipelines[1].gold["exposure"]);
    assert_eq!(key, ["trade_date", "sector"]);
    let options = CompareOptions { key, ..CompareOptions::default() };
    insta::assert_snapshot!(told(&compared(&workspace, "trades.gold.exposure", &options).await));
    let whole = compared(&workspace, "trades.gold.exposure", &CompareOptions::default()).await;
    assert_eq!(whole.summary().counts.changed, 0);
    // Pages of one kind.
    let changed = silver.page(&[RowChange::Changed], 0, 1).unwrap();
    assert_eq!((changed.rows.len(), changed.total), (1, silver.summary().counts.changed));
    assert!(silver.page(&[RowChange::Changed], 5, 1).unwrap().rows.is_empty());
}

#[tokio::test]
async fn columns_that_came_went_or_changed_are_shown() {
    let mut workspace = trades();
    workspace.run().await;
    let changed = TRADES
        .replace(
            "      isin: { from: ISIN }\n",
            "      instrument: { from: ISIN }\n      venue: { from: ISIN }\n",
        )
        .replace("lookup('securities', isin, 'sector')", "lookup('securities', instrument, 'sector')")
        .replace("\"isin\"", "\"instrument\"")
        .replace("quantity: { from: Qty }", "quantity: { from: Qty, type: \"decimal(18,3)\" }");
    workspace.compile(&[SECURITIES, &changed]);
    workspace.run().await;
    let silver = compared(&workspace, "trades.silver.trades", &CompareOptions::default()).await;
    insta::assert_snapshot!(told(&silver));
    let json = serde_json::to_string(silver.summary()).unwrap();
    assert!(json.contains(r#""change":{"change":"renamed","from":"isin"}"#), "{json}");
}

#[tokio::test]
async fn runs_and_their_snapshots_are_listed() {
    let workspace = trades();
    workspace.run().await;
    workspace.run().await;
    let warehouse = workspace.warehouse().await;
    let runs = warehouse.runs().await.unwrap();
    assert_eq!(runs.iter().map(|run| run.run_id.as_str()).collect::<Vec<_>>(), ["run-2", "run-1"]);
    let tables: Vec<String> = runs[1].tables.iter().map(|table| table.table.to_string()).collect();
    assert_eq!(
        tables,
        [
            "securities.bronze.securities",
            "securities.silver.securities",
            "trades.bronze.trades",
            "trades.bronze.trades_rejects",
            "trades.silver.trades",
            "trades.silver.trades_deduplicated",
            "trades.silver.trades_filtered",
            "trades.silver.trades_quarantine",
            "trades.gold.exposure",
        ]
    );
    // Each snapshot gives its rows, and two of the same input are the same.
    for table in &runs[1].tables {
        let rows = warehouse.read_snapshot(&table.table, &table.snapshot.id).await.unwrap();
        assert_eq!(rows.height(), table.snapshot.rows);
        let comparison = compared(&workspace, &table.table.to_string(), &CompareOptions::default()).await;
        let same = ChangeCounts { same: rows.height(), ..ChangeCounts::default() };
        assert_eq!(comparison.summary().counts, same, "{}", table.table);
    }
    let error = warehouse.read_snapshot(&name("trades.silver.trades"), "1").await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Missing);
    let stopped = compare(&warehouse, &name("trades.silver.trades"), &CompareOptions::default(), &|| true)
        .await
        .unwrap_err();
    assert_eq!(stopped.kind, ErrorKind::Cancelled);
}

type Rows = Vec<(u8, Option<u8>, u8)>;

fn rows() -> impl Strategy<Value = Rows> {
    proptest::collection::vec((0_u8..8, proptest::option::of(0_u8..3), 0_u8..3), 0..14)
}

fn csv(rows: &Rows) -> String {
    let mut text = "id,a,b\n".to_owned();
    for (id, a, b) in rows {
        writeln!(text, "{id},{},{b}", a.map(|a| a.to_string()).unwrap_or_default()).unwrap();
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn counts_add_up_and_say_what_changed(before in rows(), after in rows(), keyed in any::<bool>()) {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
            .block_on(check(&before, &after, keyed));
    }
}

async fn check(before: &Rows, after: &Rows, keyed: bool) {
    let key = if keyed { "key: [id], " } else { "" };
    let document = format!(
        "pipeline: p\nsources:\n  s: {{ kind: file, format: {{ csv: {{}} }}, sample: s.csv, contract: [ {{ name: id, type: int }}, {{ name: a, type: int }}, {{ name: b, type: int }} ] }}\nsilver:\n  t: {{ from: s, {key}fields: {{ id: {{ from: id, required: {keyed} }}, a: {{ from: a }}, b: {{ from: b }} }} }}\n"
    );
    let workspace = Workspace::new(&[("s.csv", &csv(before))], &[&document]);
    workspace.run().await;
    workspace.write("s.csv", &csv(after));
    workspace.run().await;
    let comparison = compared(&workspace, "p.silver.t", &CompareOptions::default()).await;
    let ChangeCounts { added, removed, changed, same } = comparison.summary().counts;
    let warehouse = workspace.warehouse().await;
    let snapshots = warehouse.snapshots(&name("p.silver.t")).await.unwrap();
    assert_eq!(snapshots[1].rows, removed + changed + same);
    assert_eq!(snapshots[0].rows, added + changed + same);
    // The same, counted another way: the latest row of each key, or how often each row stands.
    let expected = if keyed {
        let latest = |rows: &Rows| rows.iter().map(|(id, a, b)| (*id, (*a, *b))).collect::<BTreeMap<_, _>>();
        let (before, after) = (latest(before), latest(after));
        let stays = |same: bool| {
            before
                .iter()
                .filter(|(id, row)| after.get(*id).is_some_and(|other| (other == *row) == same))
                .count()
        };
        (
            after.keys().filter(|id| !before.contains_key(*id)).count(),
            before.keys().filter(|id| !after.contains_key(*id)).count(),
            stays(false),
            stays(true),
        )
    } else {
        let count = |rows: &Rows| {
            rows.iter().fold(BTreeMap::new(), |mut counts: BTreeMap<_, usize>, row| {
                *counts.entry(*row).or_default() += 1;
                counts
            })
        };
        let (counts_before, counts_after) = (count(before), count(after));
        let same: usize = counts_before
            .iter()
            .map(|(row, times)| (*times).min(counts_after.get(row).copied().unwrap_or(0)))
            .sum();
        (after.len() - same, before.len() - same, 0, same)
    };
    let found = [added, removed, changed, same].map(|count| usize::try_from(count).unwrap());
    assert_eq!((found[0], found[1], found[2], found[3]), expected);
    // Rows come in the order of their keys, and each tells of itself what the counts tell of all.
    let page = comparison.page(&[], 0, 1000).unwrap();
    let ids: Vec<u8> = page
        .rows
        .iter()
        .map(|row| row.after.as_ref().or(row.before.as_ref()).unwrap()[0].as_ref().unwrap().parse().unwrap())
        .collect();
    assert!(ids.is_sorted(), "{ids:?}");
    for row in &page.rows {
        match row.change {
            RowChange::Added => assert!(row.before.is_none() && row.after.is_some()),
            RowChange::Removed => assert!(row.before.is_some() && row.after.is_none()),
            RowChange::Same => assert_eq!(row.before, row.after),
            RowChange::Changed => {
                let (before, after) = (row.before.as_ref().unwrap(), row.after.as_ref().unwrap());
                let differs: Vec<usize> =
                    (0..before.len()).filter(|place| before[*place] != after[*place]).collect();
                assert_eq!(row.changed, differs);
            }
        }
    }
}
