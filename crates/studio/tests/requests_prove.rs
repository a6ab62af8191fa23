//! Requests that prove: runs side by side, a cell followed back to its records.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use support::Desk;
use touchstone_protocol::{
    DataQuery, DataRef, ErrorCode, LastRun, Preview, RowChange, Rows, RunDiff, RunOutcome, RunView, Trace,
};
use touchstone_spec::{Layer, TableName};

fn silver() -> TableName {
    TableName::new("trades", Layer::Silver, "trades")
}

fn gold() -> TableName {
    TableName::new("trades", Layer::Gold, "sector_exposure")
}

fn diff(table: TableName) -> RunDiff {
    RunDiff { table, before: None, after: None, kind: None, offset: 0, limit: 5 }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_simulations_stand_side_by_side() {
    let desk = Desk::with_samples().await;
    assert_eq!(desk.ask(diff(silver())).await.unwrap_err().code, ErrorCode::NotFound);
    let first = desk.simulate("trades").await;
    let new = desk.ask(diff(silver())).await.unwrap();
    assert_eq!((new.before, new.removed, new.changed), (None, 0, 0));
    assert!(new.added > 0);

    desk.edit("pipelines/trades.yaml", "expr: quantity * price", "expr: quantity * price * 2");
    desk.edit("pipelines/trades.yaml", "      trader: { from: Trader }\n", "");
    let second = desk.simulate("trades").await;
    let changed = desk.ask(diff(silver())).await.unwrap();
    assert_eq!((changed.before.as_deref(), &changed.after), (Some(first.id.as_str()), &second.id));
    assert_eq!((changed.added, changed.removed), (0, 0));
    assert!(changed.changed > 0);
    assert_eq!(changed.key, ["trade_id"]);
    assert!(changed.schema_changes.contains(&"trader is gone".to_owned()), "{:?}", changed.schema_changes);
    assert_eq!((changed.rows.len(), changed.total), (5, changed.changed));
    let notional = changed.columns.iter().position(|column| column.name == "notional").unwrap();
    assert_eq!(changed.changed_in[notional], changed.changed);
    let row = &changed.rows[0];
    assert_eq!(row.kind, RowChange::Changed);
    assert_ne!(row.before.as_ref().unwrap()[notional], row.after.as_ref().unwrap()[notional]);

    let added = desk.ask(RunDiff { kind: Some(RowChange::Added), ..diff(silver()) }).await.unwrap();
    assert_eq!((added.rows.len(), added.total), (0, 0));
    let itself = RunDiff { before: Some(first.id.clone()), after: Some(first.id), ..diff(silver()) };
    let itself = desk.ask(itself).await.unwrap();
    assert_eq!((itself.changed, itself.same), (0, changed.changed + changed.same));
    let unknown = RunDiff { before: Some("no-run".to_owned()), ..diff(silver()) };
    assert_eq!(desk.ask(unknown).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gold_cell_is_followed_to_the_records_of_the_file() {
    let desk = Desk::with_samples().await;
    desk.simulate("trades").await;
    let rows = Rows {
        data: DataRef::Table { table: gold(), run: None },
        query: DataQuery::default(),
        offset: 3,
        limit: 1,
    };
    let page = desk.ask(rows).await.unwrap();
    let column = page.columns.iter().position(|column| column.name == "gross_notional").unwrap();
    let asked = Trace { table: gold(), row: page.row_ids[0], column: Some("gross_notional".to_owned()) };
    let traced = desk.ask(asked.clone()).await.unwrap();
    let cell = &traced.steps[0];
    assert_eq!((cell.place.as_str(), cell.layer.as_str()), ("trades.gold.sector_exposure", "gold"));
    assert_eq!(cell.columns[0], "gross_notional");
    assert_eq!(cell.rows[0][0], page.rows[0][column]);
    assert!(cell.expression.as_ref().unwrap().contains("sum(notional)"), "{:?}", cell.expression);
    let silver = traced.steps.iter().find(|step| step.layer == "silver").unwrap();
    assert_eq!(silver.columns[0], "notional");
    assert!(silver.total >= 1 && !silver.rows.is_empty());
    let source = traced.steps.iter().find(|step| step.layer == "source").unwrap();
    assert_eq!(source.place, "samples/trades_20260302.csv");
    let record = &source.records[0];
    assert!(record.line > 4 && !record.raw.is_empty() && !record.fields.is_empty());

    assert!(!desk.ask(Trace { column: None, ..asked.clone() }).await.unwrap().steps.is_empty());
    let beyond = Trace { row: 1_000_000, ..asked };
    assert_eq!(desk.ask(beyond).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsaved_document_is_tried_over_the_first_records_and_nothing_is_written() {
    let desk = Desk::with_samples().await;
    let file = "pipelines/trades.yaml".to_owned();
    let on_disk = std::fs::read_to_string(desk.workspace().join(&file)).unwrap();
    let text = on_disk.replace("expr: quantity * price", "expr: quantity * price / (quantity - quantity)");
    let asked = Preview { file, text: text.clone(), table: silver(), limit: 200 };
    let seen = desk.ask(asked.clone()).await.unwrap();
    assert!(seen.is_part && !seen.page.rows.is_empty());
    assert_eq!(seen.page.rows.len(), seen.input.rows.len());
    let trade = |page: &touchstone_protocol::TablePage, name: &str| {
        let column = page.columns.iter().position(|column| column.name == name).unwrap();
        page.rows[0][column].clone()
    };
    assert_eq!(trade(&seen.page, "trade_id"), trade(&seen.input, "Trade ID"));
    assert_eq!(trade(&seen.page, "notional"), None);
    let lost = seen.lost.iter().find(|lost| lost.field == "notional").unwrap();
    assert!(lost.rows > 0 && lost.reason.contains("zero"), "{lost:?}");
    assert_eq!(seen.rules.len(), seen.failing.len());
    let flow = seen.flow;
    assert_eq!(flow.rows_in, flow.loaded + flow.filtered + flow.deduplicated + flow.quarantined);
    assert_eq!(seen.quarantined.total, flow.quarantined);

    // A rule that one late row breaks shows it, however many break another before.
    let id = seen.page.rows.last().unwrap()[0].clone().unwrap();
    let rules = format!(
        "IsPrimaryKey \"trade_id\",\n        ColumnValues \"quantity\" > 1000000000,\n        ColumnValues \"trade_id\" != \"{id}\","
    );
    let strict = on_disk.replacen("IsPrimaryKey \"trade_id\",", &rules, 1);
    let strict = desk.ask(Preview { text: strict, ..asked.clone() }).await.unwrap();
    assert!(strict.page.rows.is_empty() && strict.flow.quarantined > 100);
    let place = |words: &str| strict.rules.iter().position(|rule| rule.rule.contains(words)).unwrap();
    assert_eq!(strict.failing_aside[place("1000000000")].len(), 101, "the late row breaks it too");
    let late = &strict.failing_aside[place("!=")];
    assert_eq!(late.len(), 1);
    let row = &strict.quarantined.rows[usize::try_from(late[0]).unwrap()];
    assert!(row.contains(&Some(id)), "{row:?}");
    assert_eq!(strict.quarantined.total, strict.flow.quarantined);

    let gold_seen =
        desk.ask(Preview { table: gold(), text: on_disk.clone(), ..asked.clone() }).await.unwrap();
    assert!(!gold_seen.page.rows.is_empty() && gold_seen.input.rows.is_empty());
    let broken = Preview { text: text.replace("from: Qty", "from: Quantities"), ..asked };
    let error = desk.ask(broken).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidSpec);
    assert!(error.message.starts_with("pipelines/trades.yaml:"), "{}", error.message);
    assert_eq!(std::fs::read_to_string(desk.workspace().join("pipelines/trades.yaml")).unwrap(), on_disk);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_one_of_every_pipeline_whose_tables_it_made() {
    let desk = Desk::with_samples().await;
    let last = async |pipeline: &str| -> Option<RunView> {
        desk.ask(LastRun { pipeline: pipeline.to_owned() }).await.unwrap()
    };
    let run = desk.simulate("trades").await;
    assert_eq!(run.along_with, None);
    let along = last("securities").await.unwrap();
    assert_eq!((along.id.as_str(), along.pipeline.as_str()), (run.id.as_str(), "securities"));
    assert_eq!(along.along_with.as_deref(), Some("trades"));
    // Of its own tables and no others, as the run made them; and it ended as they did.
    let of_it = |run: &RunView| {
        let mut tables = run.tables.clone();
        tables.retain(|table| table.table.pipeline == "securities");
        tables
    };
    assert_eq!(along.tables, of_it(&run));
    assert!(!along.tables.is_empty());
    assert!(last("prices").await.is_none(), "trades doesn't read it");
    assert!(last("trades").await.unwrap().tables.len() > along.tables.len());

    let own = desk.simulate("securities").await;
    let now = last("securities").await.unwrap();
    assert_eq!((now.id, now.along_with), (own.id, None));
    assert_eq!(of_it(&run)[0].flow, now.tables[0].flow);

    // What went wrong behind it is nothing of it; a run that fails at it is.
    std::fs::remove_file(desk.workspace().join("samples/trades_20260302.csv")).unwrap();
    let failed = desk.simulate("trades").await;
    assert_eq!(failed.outcome, RunOutcome::Failed);
    let along = last("securities").await.unwrap();
    assert_eq!((along.id.as_str(), along.message), (failed.id.as_str(), None));
    assert_eq!(along.outcome, now.outcome);
    std::fs::write(desk.workspace().join("samples/securities.txt"), "no;columns\n").unwrap();
    desk.simulate("trades").await;
    assert_eq!(last("securities").await.unwrap().id, failed.id, "it came to no table of it");
}
