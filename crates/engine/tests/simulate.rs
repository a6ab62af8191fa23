//! Whole runs, from a dirty file to gold.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use support::{SECURITIES, TRADES, Workspace, masked, name, totals, trades};
use touchstone_engine::{ErrorKind, Outcome, RunReport, TableOutcome, Totals};

#[tokio::test]
async fn a_dirty_file_goes_to_gold_and_every_record_is_accounted_for() {
    let workspace = trades();
    let report = workspace.run().await;
    insta::assert_snapshot!(masked(&report));
    for table in &report.tables {
        assert!(table.totals.unwrap().add_up(), "{}", table.table);
        assert_eq!(table.outcome, TableOutcome::Written);
    }
    insta::assert_debug_snapshot!(workspace.rows("trades.silver.trades").await);
    insta::assert_debug_snapshot!(workspace.rows("trades.silver.trades_quarantine").await);
    insta::assert_debug_snapshot!(workspace.rows("trades.gold.exposure").await);
    insta::assert_debug_snapshot!(workspace.rows("trades.bronze.trades_rejects").await);
}

#[tokio::test]
async fn the_report_is_the_same_after_json() {
    let report = trades().run().await;
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<RunReport>(&json).unwrap(), report);
}

#[tokio::test]
async fn the_same_input_gives_the_same_report_and_rows() {
    let (first, second) = (trades(), trades());
    assert_eq!(masked(&first.run().await), masked(&second.run().await));
    for table in ["trades.silver.trades", "trades.gold.exposure", "trades.silver.trades_quarantine"] {
        assert_eq!(first.rows(table).await, second.rows(table).await);
    }
}

#[tokio::test]
async fn a_second_run_replaces_the_rows_and_keeps_the_history() {
    let workspace = trades();
    workspace.run().await;
    let before = workspace.rows("trades.silver.trades").await;
    workspace.write(
        "samples/trades.csv",
        "Report\nID;Trade Dt;Qty;Px;ISIN\nT1;02/03/2026;1;1,0;US0378331005\nTOTAL;;;;\n",
    );
    workspace.run().await;
    let after = workspace.rows("trades.silver.trades").await;
    assert_eq!((before.len(), after.len()), (3, 1));
    let snapshots = workspace.warehouse().await.snapshots(&name("trades.silver.trades")).await.unwrap();
    let told: Vec<_> = snapshots
        .iter()
        .map(|snapshot| {
            (snapshot.operation.as_str(), snapshot.rows, snapshot.run_id.as_deref(), snapshot.current)
        })
        .collect();
    assert_eq!(told, [("overwrite", 1, Some("run-2"), true), ("append", 3, Some("run-1"), false)]);
    // The quarantine of the first run is empty now, not left behind.
    assert!(workspace.rows("trades.silver.trades_quarantine").await.is_empty());
}

#[tokio::test]
async fn a_table_of_an_earlier_run_is_read_from_the_warehouse() {
    let mut workspace = trades();
    let together = workspace.run().await;
    let rows = workspace.rows("trades.gold.exposure").await;
    workspace.pipelines.remove(0);
    let alone = workspace.run().await;
    assert_eq!(workspace.rows("trades.gold.exposure").await, rows);
    assert_eq!(totals(&together, "trades.silver.trades"), totals(&alone, "trades.silver.trades"));
}

#[tokio::test]
async fn a_table_that_nobody_made_yet_is_named() {
    let mut workspace = trades();
    workspace.pipelines.remove(0);
    let report = workspace.run().await;
    assert_eq!(report.outcome, Outcome::Failed);
    let problem = report.problem.unwrap();
    assert_eq!(problem.kind, Some(ErrorKind::Missing));
    assert_eq!(problem.table, Some(name("trades.silver.trades")));
    assert!(problem.next_step.contains("securities"), "{}", problem.next_step);
}

#[tokio::test]
async fn a_halting_rule_leaves_its_table_as_it_was() {
    let mut workspace = trades();
    workspace.run().await;
    let before = workspace.rows("trades.silver.trades").await;
    let halting = TRADES.replace(
        "    partition_by: [month(trade_date)]\n",
        "    partition_by: [month(trade_date)]\n    on_failure: halt\n",
    );
    workspace.compile(&[SECURITIES, &halting]);
    let report = workspace.run().await;
    assert_eq!(report.outcome, Outcome::Halted);
    let outcomes: Vec<_> = report.tables.iter().map(|table| table.outcome).collect();
    assert_eq!(
        outcomes,
        [
            TableOutcome::Written,
            TableOutcome::Written,
            TableOutcome::Written,
            TableOutcome::Halted,
            TableOutcome::NotReached
        ]
    );
    assert_eq!(workspace.rows("trades.silver.trades").await, before);
    insta::assert_snapshot!(masked(&report));
}

#[tokio::test]
async fn with_warn_all_rows_are_loaded() {
    let mut workspace = trades();
    let warning = TRADES.replace("    partition_by: [month(trade_date)]\n", "    on_failure: warn\n");
    workspace.compile(&[SECURITIES, &warning]);
    let report = workspace.run().await;
    assert_eq!(report.outcome, Outcome::SucceededWithFailures);
    let Totals::Silver { loaded, quarantined, .. } = totals(&report, "trades.silver.trades") else {
        panic!()
    };
    // T3 breaks a rule, and stays.
    assert_eq!((loaded, quarantined), (4, 4));
}

#[tokio::test]
async fn a_missing_column_is_named_with_the_nearest_one() {
    let workspace = trades();
    workspace.write("samples/trades.csv", "Report\nID;Trade Date;Qty;Px;ISIN\nTOTAL;;;;\n");
    let report = workspace.run().await;
    assert_eq!(report.outcome, Outcome::Failed);
    let problem = report.problem.unwrap();
    assert_eq!(problem.kind, Some(ErrorKind::Contract));
    assert_eq!(
        format!("{}: {}; {}", problem.place, problem.reason, problem.next_step),
        "samples/trades.csv: the file breaks its contract: it has no column `Trade Dt`; the header has `Trade Date`: \
         correct the name in the contract, or ask the sender"
    );
}

#[tokio::test]
async fn columns_may_stand_in_any_order() {
    let workspace = trades();
    workspace.write(
        "samples/trades.csv",
        "Report\nISIN;Px;Qty;Trade Dt;ID\nUS0378331005;1,5;2;02/03/2026;T1\nTOTAL;;;;\n",
    );
    workspace.run().await;
    assert_eq!(
        workspace.rows("trades.silver.trades").await,
        ["T1|2026-03-02|2.00|1.500000|3.00|US0378331005|Technology"]
    );
}

#[tokio::test]
async fn a_file_without_records_gives_empty_tables() {
    let workspace = trades();
    workspace.write("samples/trades.csv", "Report\nID;Trade Dt;Qty;Px;ISIN\nTOTAL;;;;\n");
    let report = workspace.run().await;
    assert!(workspace.rows("trades.silver.trades").await.is_empty());
    assert!(workspace.rows("trades.gold.exposure").await.is_empty());
    // RowCount can't hold without rows.
    assert_eq!(report.outcome, Outcome::SucceededWithFailures);
}

#[tokio::test]
async fn without_a_header_columns_are_taken_by_position() {
    let workspace = Workspace::new(
        &[("a.csv", "1,x\n2,y,z\n3,\n")],
        &[r"
pipeline: p
sources:
  s:
    kind: file
    format: { csv: { header_row: 0 } }
    sample: a.csv
    contract: [ { name: number, type: long }, { name: letter, type: string, required: true } ]
silver:
  t: { from: s, fields: { number: { from: number }, letter: { from: letter } } }
"],
    );
    let report = workspace.run().await;
    assert_eq!(workspace.rows("p.silver.t").await, ["1|x"]);
    assert_eq!(
        totals(&report, "p.bronze.s"),
        Totals::Bronze { records: 3, loaded: 2, rejected: 1, footer: 0 }
    );
}

mod stopping {
    use std::fmt::Write;

    use super::{name, trades};
    use touchstone_compiler::CompiledPipeline;
    use touchstone_engine::{
        ErrorKind, Outcome, RunEvent, RunObserver, Step, TableOutcome, Unobserved, simulate,
    };

    /// Stops the run when a step of a table begins.
    struct StopAt(&'static str, Step, std::sync::Mutex<Vec<RunEvent>>);

    impl RunObserver for StopAt {
        fn progress(&self, event: RunEvent) {
            self.2.lock().unwrap().push(event);
        }

        fn cancelled(&self) -> bool {
            let events = self.2.lock().unwrap();
            let Some(RunEvent::Planned { steps }) = events.first() else { return false };
            events.iter().any(|event| {
                matches!(event, RunEvent::Started { step } if steps[*step].table == name(self.0) && steps[*step].step == self.1)
            })
        }
    }

    #[tokio::test]
    async fn a_cancelled_run_leaves_earlier_tables_complete_and_the_rest_untouched() {
        let workspace = trades();
        workspace.run().await;
        let before = workspace.warehouse().await.snapshots(&name("trades.silver.trades")).await.unwrap();
        for step in [Step::Contract, Step::Write] {
            let observer = StopAt("trades.silver.trades", step, std::sync::Mutex::default());
            let pipelines: Vec<&CompiledPipeline> = workspace.pipelines.iter().collect();
            let report = simulate(&pipelines, &workspace.options(), &observer).await.unwrap();
            assert_eq!(report.outcome, Outcome::Cancelled);
            assert_eq!(report.problem.as_ref().unwrap().kind, Some(ErrorKind::Cancelled));
            let silver =
                report.tables.iter().find(|table| table.table == name("trades.silver.trades")).unwrap();
            assert_eq!(silver.outcome, TableOutcome::NotReached);
            let after = workspace.warehouse().await.snapshots(&name("trades.silver.trades")).await.unwrap();
            assert_eq!(before, after);
        }
        // Nothing half-written stays: every data file belongs to a snapshot.
        let data = workspace.warehouse_folder().join("trades/silver/trades/data");
        let files = std::fs::read_dir(data).unwrap().count();
        assert_eq!(files, 2, "two partitions of the one run that was complete");
    }

    #[tokio::test]
    async fn long_steps_tell_how_far_they_are_and_can_be_stopped_meanwhile() {
        let workspace = trades();
        let mut csv = "Report\nID;Trade Dt;Qty;Px;ISIN\n".to_owned();
        for row in 0..70_000 {
            writeln!(csv, "T{row};02/03/2026;1;1,5;US0378331005").unwrap();
        }
        csv.push_str("TOTAL;;;;\n");
        workspace.write("samples/trades.csv", &csv);
        let pipelines: Vec<&CompiledPipeline> = workspace.pipelines.iter().collect();
        let watched = StopAt("nobody.silver.nothing", Step::Write, std::sync::Mutex::default());
        let report = simulate(&pipelines, &workspace.options(), &watched).await.unwrap();
        assert!(report.problem.is_none(), "{}", report.to_text());
        let events = watched.2.into_inner().unwrap();
        let RunEvent::Planned { steps } = &events[0] else { panic!("{events:?}") };
        for (step, planned) in steps.iter().enumerate() {
            let told: Vec<(u64, Option<u64>)> = events
                .iter()
                .filter_map(|event| match event {
                    RunEvent::Advanced { step: at, done, total } if *at == step => Some((*done, *total)),
                    _ => None,
                })
                .collect();
            for (done, total) in &told {
                assert!(total.is_none_or(|total| *done <= total), "{planned:?}: {done} of {total:?}");
            }
            let long = matches!(
                planned.step,
                Step::Read | Step::Contract | Step::Map | Step::Deduplicate | Step::Rules | Step::Write
            );
            if long
                && planned.table.pipeline == "trades"
                && planned.table.layer != touchstone_spec::Layer::Gold
            {
                assert!(told.len() >= 3, "{planned:?}: {told:?}");
                assert!(told.iter().any(|(done, _)| *done > 0), "{planned:?}: {told:?}");
                assert!(told.iter().all(|(_, total)| total.is_some()), "{planned:?}: {told:?}");
            }
        }
        // Stopped in the middle of a step, as soon as it tells anything.
        for (table, step) in [("trades.bronze.trades", Step::Write), ("trades.silver.trades", Step::Map)] {
            let observer = StopAfter(name(table), step, std::sync::Mutex::default());
            let report = simulate(&pipelines, &workspace.options(), &observer).await.unwrap();
            assert_eq!(report.outcome, Outcome::Cancelled);
            let events = observer.2.into_inner().unwrap();
            assert!(matches!(events.last(), Some(RunEvent::Advanced { .. })), "{:?}", events.last());
        }
    }

    /// Stops the run when a step of a table has told how far it is.
    struct StopAfter(touchstone_spec::TableName, Step, std::sync::Mutex<Vec<RunEvent>>);

    impl RunObserver for StopAfter {
        fn progress(&self, event: RunEvent) {
            self.2.lock().unwrap().push(event);
        }

        fn cancelled(&self) -> bool {
            let events = self.2.lock().unwrap();
            let Some(RunEvent::Planned { steps }) = events.first() else { return false };
            events.iter().any(|event| {
                matches!(event, RunEvent::Advanced { step, .. } if steps[*step].table == self.0 && steps[*step].step == self.1)
            })
        }
    }

    #[tokio::test]
    async fn two_runs_at_once_are_refused() {
        let workspace = trades();
        workspace.run().await;
        let lock = std::fs::File::options()
            .write(true)
            .open(workspace.warehouse_folder().join("simulate.lock"))
            .unwrap();
        lock.lock().unwrap();
        let pipelines: Vec<&CompiledPipeline> = workspace.pipelines.iter().collect();
        let error = simulate(&pipelines, &workspace.options(), &Unobserved).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Locked);
        assert!(error.reason.contains(&format!("(pid {})", std::process::id())), "{error}");
    }
}
