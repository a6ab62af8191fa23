//! Quarantine and rejects, with the records as they stand in the file.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use std::fmt::Write;

use support::{Workspace, name, trades};
use touchstone_engine::{ColumnUse, QuarantinePage, quarantine_page, rejects_page};

async fn quarantined(
    workspace: &Workspace,
    table: &str,
    rule: Option<&str>,
    page: (usize, usize),
) -> QuarantinePage {
    let pipeline = &workspace.pipelines[1];
    quarantine_page(&workspace.warehouse().await, workspace.folder.path(), pipeline, &name(table), rule, page)
        .await
        .unwrap()
}

fn told(page: &QuarantinePage) -> String {
    let mut text = format!("{} in all\n", page.total);
    for row in &page.rows {
        writeln!(text, "{}: {} because {:?}", row.number, row.reason, row.rules).unwrap();
        if let Some(record) = &row.record {
            let blamed: Vec<&str> = record
                .fields
                .iter()
                .filter(|field| field.usage == ColumnUse::Value)
                .map(|field| field.name.as_str())
                .collect();
            writeln!(
                text,
                "  line {} byte {} of {}: {} {blamed:?}",
                record.line.unwrap(),
                record.byte.unwrap(),
                record.file,
                record.text.as_deref().or(record.no_text.as_deref()).unwrap()
            )
            .unwrap();
        }
        for (column, value) in page.columns.iter().zip(&row.values) {
            writeln!(text, "  {} = {}", column.name, value.as_deref().unwrap_or("∅")).unwrap();
        }
    }
    text
}

#[tokio::test]
async fn each_row_in_quarantine_leads_to_its_record() {
    let workspace = trades();
    workspace.run().await;
    let all = quarantined(&workspace, "trades.silver.trades", None, (0, 100)).await;
    insta::assert_snapshot!(told(&all));
    let rule = r#"ColumnValues "quantity" > 0"#;
    let one = quarantined(&workspace, "trades.silver.trades", Some(rule), (0, 100)).await;
    assert_eq!((one.total, one.rows.len()), (1, 1));
    assert_eq!(one.rows[0].rules, [rule]);
    // Page by page they are the same rows.
    let mut paged = Vec::new();
    for offset in 0..all.rows.len() {
        paged.extend(quarantined(&workspace, "trades.silver.trades", None, (offset, 1)).await.rows);
    }
    assert_eq!(paged, all.rows);
    assert_eq!(quarantined(&workspace, "trades.gold.exposure", None, (0, 10)).await.total, 0);
}

#[tokio::test]
async fn what_the_filter_and_the_key_left_out_is_kept_and_says_why() {
    let mut workspace = trades();
    let report = workspace.run().await;
    insta::assert_debug_snapshot!(workspace.rows("trades.silver.trades_deduplicated").await);
    insta::assert_debug_snapshot!(workspace.rows("trades.silver.trades_filtered").await);
    let told = |report: &touchstone_engine::RunReport| {
        let silver = report.tables.iter().find(|table| table.table == name("trades.silver.trades")).unwrap();
        let told =
            |one: &touchstone_engine::Duplicate| (one.record, one.kept, one.key.clone(), one.reason.clone());
        silver.duplicates.iter().map(told).collect::<Vec<_>>()
    };
    let key = "trade_id = T1".to_owned();
    assert_eq!(told(&report), [(1, 3, key.clone(), "it stands later in the file".to_owned())]);

    // By a field, and the one that stayed breaks a rule.
    let ordered = support::TRADES
        .replace("key: [trade_id]", "key: [trade_id]\n    keep: first\n    order_by: quantity")
        .replace("\"quantity\" > 0", "\"quantity\" > 100");
    workspace.compile(&[support::SECURITIES, &ordered]);
    let report = workspace.run().await;
    let reason = "its quantity 100.00 comes before 120.00; it went to quarantine later".to_owned();
    assert_eq!(told(&report), [(3, 1, key, reason)]);

    // Without a filter and a key the tables of before are empty, not left behind.
    let plain = support::TRADES
        .replace("    where: Qty is not null and not (ID = 'T6')\n", "")
        .replace("    key: [trade_id]\n", "");
    workspace.compile(&[support::SECURITIES, &plain]);
    workspace.run().await;
    for table in ["trades.silver.trades_deduplicated", "trades.silver.trades_filtered"] {
        assert!(workspace.rows(table).await.is_empty(), "{table}");
    }
}

#[tokio::test]
async fn a_file_may_have_columns_named_like_those_that_say_why() {
    let document = r"
pipeline: p
sources:
  s: { kind: file, format: { csv: {} }, sample: s.csv, contract: [ { name: id, type: int } ] }
silver:
  t: { from: s, key: [id], fields: { id: { from: id } } }
";
    let csv = "id,_key,_reason,_rules,_kept_record\n1,a,b,c,d\n1,e,f,g,h\nx,i,j,k,l\n";
    let workspace = Workspace::new(&[("s.csv", csv)], &[document]);
    let report = workspace.run().await;
    assert!(report.problem.is_none(), "{}", report.to_text());
    let lost = workspace.rows("p.silver.t_deduplicated").await;
    assert_eq!(lost, ["id = 1|2|it stands later in the file|1|a|b|c|d|s.csv|1|2|36"]);
    assert_eq!(workspace.rows("p.silver.t_quarantine").await.len(), 1);
}

#[tokio::test]
async fn gold_rows_in_quarantine_are_shown_with_their_values() {
    let mut workspace = trades();
    let gold = support::TRADES.replace("ColumnValues \"notional\" >= 0", "ColumnValues \"trades\" > 1");
    workspace.compile(&[support::SECURITIES, &gold]);
    workspace.run().await;
    insta::assert_snapshot!(told(&quarantined(&workspace, "trades.gold.exposure", None, (0, 10)).await));
}

#[tokio::test]
async fn rejects_are_paged_beyond_the_first_hundred() {
    let workspace = trades();
    let mut csv = "Report\nID;Trade Dt;Qty;Px;ISIN\n".to_owned();
    for row in 0..250 {
        writeln!(csv, "T{row};02/03/2026").unwrap();
    }
    csv.push_str("TOTAL;;;;\n");
    workspace.write("samples/trades.csv", &csv);
    workspace.run().await;
    let warehouse = workspace.warehouse().await;
    let page = rejects_page(&warehouse, &name("trades.bronze.trades"), (240, 100)).await.unwrap();
    assert_eq!((page.total, page.rows.len()), (250, 10));
    let last = page.rows.last().unwrap();
    assert_eq!((last.record, last.line, last.text.as_str()), (250, 252, "T249;02/03/2026"));
    let byte = usize::try_from(last.byte).unwrap();
    assert_eq!(&csv[byte..byte + usize::try_from(last.length).unwrap()], "T249;02/03/2026\n");
    assert!(last.reason.contains("too few"), "{}", last.reason);
    let none = rejects_page(&warehouse, &name("securities.bronze.securities"), (0, 10)).await.unwrap();
    assert_eq!((none.total, none.rows.len()), (0, 0));
}
