//! What a document makes of its samples while it is being edited.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use std::fmt::Write;

use support::{SECURITIES, TRADES, Workspace, name, trades};
use touchstone_compiler::CompiledPipeline;
use touchstone_engine::{
    EngineError, ErrorKind, LeftBecause, Preview, PreviewOptions, Previewer, Totals, never,
};

async fn previewed(
    workspace: &Workspace,
    previewer: &Previewer,
    table: &str,
    records: u64,
) -> Result<Preview, EngineError> {
    let pipelines: Vec<&CompiledPipeline> = workspace.pipelines.iter().collect();
    let options = PreviewOptions {
        records,
        ..PreviewOptions::new(workspace.folder.path(), workspace.warehouse_folder())
    };
    previewer.preview(&pipelines, &name(table), &options, &never).await
}

/// A preview for people.
fn told(preview: &Preview) -> String {
    let mut text = format!("{}: {:?}, part {}\n", preview.table, preview.totals, preview.is_part);
    for input in &preview.inputs {
        let alias = input.alias.as_deref().unwrap_or("-");
        let (shown, total) = (input.page.rows.len(), input.page.total);
        writeln!(text, "  input {} as {alias} from {:?}: {shown} of {total} rows", input.table, input.origin)
            .unwrap();
    }
    for (row, values) in preview.rows.iter().zip(&preview.result.rows) {
        writeln!(text, "  {} {}", row.number, line(values)).unwrap();
        for (from, input) in row.from.iter().zip(&preview.inputs) {
            let rows = from.rows.iter().map(|row| line(&input.page.rows[*row])).collect::<Vec<_>>();
            writeln!(text, "    of {} {}: {}", from.total, input.table, rows.join(" + ")).unwrap();
        }
    }
    for left in &preview.left {
        writeln!(text, "  left {}: {:?}", left.number, left.why).unwrap();
    }
    for rule in &preview.rules {
        let result = &rule.result;
        writeln!(
            text,
            "  {:?} {} ({}): {:?}",
            result.outcome, result.rule, result.measured, rule.failing_numbers
        )
        .unwrap();
    }
    for lost in &preview.lost {
        writeln!(text, "  lost {} × {}: {} {:?}", lost.field, lost.values, lost.reason, lost.first).unwrap();
    }
    text
}

fn line(values: &[Option<String>]) -> String {
    values.iter().map(|value| value.as_deref().unwrap_or("∅")).collect::<Vec<_>>().join("|")
}

#[tokio::test]
async fn a_preview_shows_before_and_after_and_writes_nothing() {
    let workspace = trades();
    let previewer = Previewer::default();
    let silver = previewed(&workspace, &previewer, "trades.silver.trades", 1000).await.unwrap();
    let gold = previewed(&workspace, &previewer, "trades.gold.exposure", 1000).await.unwrap();
    insta::assert_snapshot!(format!("{}\n{}", told(&silver), told(&gold)));
    assert!(!workspace.warehouse_folder().exists(), "a preview writes nothing");
    // A run comes to the same rows.
    let report = workspace.run().await;
    let lines: Vec<String> = silver.result.rows.iter().map(|row| line(row)).collect();
    let mut stored = workspace.rows("trades.silver.trades").await;
    assert_eq!(
        {
            let mut lines = lines;
            lines.sort();
            lines
        },
        {
            stored.sort();
            stored
        }
    );
    assert_eq!(silver.totals, support::totals(&report, "trades.silver.trades"));
    assert_eq!(gold.totals, support::totals(&report, "trades.gold.exposure"));
    // Fewer records.
    let part = previewed(&workspace, &previewer, "trades.silver.trades", 2).await.unwrap();
    assert_eq!(part.totals.records(), 2);
    assert!(part.is_part);
    let pipelines: Vec<&CompiledPipeline> = workspace.pipelines.iter().collect();
    let elsewhere = workspace.folder.path().join("no-warehouse");
    let options =
        PreviewOptions { upstream_records: 4, ..PreviewOptions::new(workspace.folder.path(), elsewhere) };
    let part = previewer.preview(&pipelines, &name("trades.gold.exposure"), &options, &never).await.unwrap();
    assert!(part.is_part && !gold.is_part);
    assert_eq!(part.inputs[0].page.total, 2);
}

#[tokio::test]
async fn what_is_kept_follows_the_document_and_the_file() {
    let mut workspace = trades();
    let previewer = Previewer::default();
    let first = previewed(&workspace, &previewer, "trades.silver.trades", 1000).await.unwrap();
    assert_eq!(first, previewed(&workspace, &previewer, "trades.silver.trades", 1000).await.unwrap());
    // Another expression over the same records.
    workspace.compile(&[SECURITIES, &TRADES.replace("quantity * price", "quantity + price")]);
    let edited = previewed(&workspace, &previewer, "trades.silver.trades", 1000).await.unwrap();
    assert_ne!(first.result, edited.result);
    let gold = previewed(&workspace, &previewer, "trades.gold.exposure", 1000).await.unwrap();
    let price = edited.result.rows[0][4].clone();
    assert!(
        gold.inputs[0].page.rows.iter().any(|row| row[4] == price),
        "gold is made from the edited silver"
    );
    // Another file, of the same length: its time tells.
    let securities = std::fs::read_to_string(workspace.folder.path().join("samples/securities.csv")).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(20));
    workspace.write("samples/securities.csv", &securities.replace("Technology", "Industrial"));
    let other = previewed(&workspace, &previewer, "trades.silver.trades", 1000).await.unwrap();
    assert_eq!(other.result.rows[0][6].as_deref(), Some("Industrial"));
    // Once simulated, the other pipeline's table comes from the warehouse, its own from the sample.
    workspace.run().await;
    workspace.write("samples/securities.csv", &securities);
    let stored = previewed(&workspace, &previewer, "trades.silver.trades", 1000).await.unwrap();
    assert_eq!(stored.result.rows[0][6].as_deref(), Some("Industrial"));
    workspace.run().await;
    let stored = previewed(&workspace, &previewer, "trades.silver.trades", 1000).await.unwrap();
    assert_eq!(stored.result.rows[0][6].as_deref(), Some("Technology"));
}

#[tokio::test]
async fn what_cannot_be_previewed_is_said() {
    let workspace = trades();
    let previewer = Previewer::default();
    for table in ["trades.bronze.trades", "trades.silver.other", "other.silver.trades"] {
        let error = previewed(&workspace, &previewer, table, 10).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Missing, "{table}");
    }
    std::fs::remove_file(workspace.folder.path().join("samples/trades.csv")).unwrap();
    let error = previewed(&workspace, &previewer, "trades.silver.trades", 10).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Input);
    let pipelines: Vec<&CompiledPipeline> = workspace.pipelines.iter().collect();
    let options = PreviewOptions::new(workspace.folder.path(), workspace.warehouse_folder());
    let table = name("securities.silver.securities");
    let stopped = previewer.preview(&pipelines, &table, &options, &|| true).await.unwrap_err();
    assert_eq!(stopped.kind, ErrorKind::Cancelled);
    // Without its pipeline and a run, a table that is looked into is missing.
    let alone: Vec<&CompiledPipeline> = pipelines.into_iter().skip(1).collect();
    workspace.write("samples/trades.csv", support::TRADES_CSV);
    let error = previewer.preview(&alone, &name("trades.silver.trades"), &options, &never).await.unwrap_err();
    assert_eq!((error.kind, error.place.as_str()), (ErrorKind::Missing, "securities.silver.securities"));
}

const LOSSES: &str = r#"
pipeline: p
sources:
  s: { kind: file, format: { csv: {} }, sample: s.csv, contract: [ { name: id, type: int }, { name: a, type: int }, { name: b, type: int }, { name: day, type: string } ] }
silver:
  t:
    from: s
    fields:
      id: { from: id }
      share: { type: "decimal(6,2)", expr: "cast(a as decimal(10,2)) / b" }
      small: { type: "decimal(3,1)", expr: "a * 1.0" }
      chosen: { expr: "case when b = 0 then null else a / b end" }
      kept: { expr: "coalesce(a / b, 0)" }
      day: { expr: "to_date(day, 'dd/MM/yyyy')" }
      needed: { expr: "cast(day as date)", required: true }
gold:
  g:
    sql: select sum(id / (id - 2)) as total, sum(cast(id as decimal(38,0)) * cast(9999999999999999999999999999999999999 as decimal(38,0))) as large from silver.t
"#;

#[tokio::test]
async fn values_that_become_null_because_they_do_not_fit_are_counted() {
    let csv = "id,a,b,day\n1,100,0,01/02/2026\n2,5,2,02/02/2026\n3,,0,03/02/2026\n4,1000000,0,04/02/2026\n5,7,,2026-02-05\n6,1000000,3,06/02/2026\n";
    let csv = csv.replace("2026-02-05", "05.02.2026");
    let document = LOSSES.replace(
        "needed: { expr: \"cast(day as date)\", required: true }",
        "needed: { expr: \"if(id = 5, null, id)\" }",
    );
    let workspace = Workspace::new(&[("s.csv", &csv)], &[&document]);
    let report = workspace.run().await;
    assert!(report.problem.is_none(), "{}", report.to_text());
    insta::assert_snapshot!(support::masked(&report));
    let silver = report.tables.iter().find(|table| table.table == name("p.silver.t")).unwrap();
    let preview = previewed(&workspace, &Previewer::default(), "p.silver.t", 1000).await.unwrap();
    assert_eq!(preview.lost, silver.lost);
}

#[tokio::test]
async fn a_required_value_that_was_lost_says_why() {
    let document = LOSSES.replace(
        "needed: { expr: \"cast(day as date)\", required: true }",
        "needed: { expr: \"a / b\", required: true }",
    );
    let workspace =
        Workspace::new(&[("s.csv", "id,a,b,day\n1,100,0,01/02/2026\n2,,1,01/02/2026\n")], &[&document]);
    let preview = previewed(&workspace, &Previewer::default(), "p.silver.t", 1000).await.unwrap();
    let reasons: Vec<&str> = preview
        .left
        .iter()
        .map(|left| match &left.why {
            LeftBecause::Quarantined { problems } => problems[0].reason.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        reasons,
        [
            "needed has no value (from a / b): division by zero",
            "needed has no value (from a / b): a has no value"
        ]
    );
    assert!(preview.lost.is_empty(), "only values of loaded rows are counted");
    assert_eq!(
        preview.totals,
        Totals::Silver { records: 2, loaded: 0, filtered: 0, deduplicated: 0, quarantined: 2 }
    );
}
