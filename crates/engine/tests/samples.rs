//! The sample workspace runs, from the files that the generator writes.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use std::{fs, path::Path};

use chrono::Utc;
use touchstone_compiler::{CompiledPipeline, compile};
use touchstone_engine::{
    PreviewOptions, Previewer, RunReport, SimulateOptions, TableOutcome, Totals, TraceRequest, TracedTable,
    Tracer, Unobserved, Warehouse, never, simulate,
};
use touchstone_spec::{Document, Layer};

fn samples() -> (std::path::PathBuf, Vec<CompiledPipeline>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let documents: Vec<Document> = ["securities", "prices", "trades", "positions"]
        .iter()
        .map(|name| {
            let file = format!("pipelines/{name}.yaml");
            Document::read(file.clone(), fs::read_to_string(root.join(file)).unwrap())
        })
        .collect();
    let compilation = compile(&documents);
    let told: Vec<String> = compilation.diagnostics.0.iter().map(ToString::to_string).collect();
    assert!(!compilation.diagnostics.has_errors(), "{}", told.join("\n"));
    let pipelines = ["securities", "prices", "trades", "positions"]
        .iter()
        .map(|name| compilation.pipelines[*name].clone());
    (root, pipelines.collect())
}

fn options(root: &Path, warehouse: &Path) -> SimulateOptions {
    SimulateOptions {
        workspace: root.to_owned(),
        warehouse: warehouse.to_owned(),
        run_id: "samples".to_owned(),
        started_at: Utc::now(),
        row_limit: None,
    }
}

#[tokio::test]
async fn the_sample_workspace_runs_and_its_totals_add_up() {
    let (root, pipelines) = samples();
    let folder = tempfile::tempdir().unwrap();
    let options = options(&root, folder.path());
    let pipelines: Vec<&CompiledPipeline> = pipelines.iter().collect();
    let report = simulate(&pipelines, &options, &Unobserved).await.unwrap();
    assert!(report.problem.is_none(), "{}", report.to_text());
    for table in &report.tables {
        assert_eq!(table.outcome, TableOutcome::Written, "{}", report.to_text());
        assert!(table.totals.unwrap().add_up());
    }
    if std::env::var_os("TOUCHSTONE_SHOW").is_some() {
        println!("{}", report.to_text());
        for table in &report.tables {
            println!(
                "{}: {:?}",
                table.table,
                table.steps.iter().map(|step| (step.step, step.millis)).collect::<Vec<_>>()
            );
        }
    }
    assert!(loaded(&report, "trades.silver.trades") > 1_000);
    assert!(loaded(&report, "trades.gold.sector_exposure") > 10);
    assert!(loaded(&report, "positions.gold.holdings_valued") > 100);
    // Dirty files have rejects, duplicates and quarantined records.
    let trades =
        report.tables.iter().find(|table| table.table.to_string() == "trades.bronze.trades").unwrap();
    assert!(
        matches!(trades.totals, Some(Totals::Bronze { rejected: 1.., footer: 1, .. })),
        "{}",
        report.to_text()
    );
    let trades =
        report.tables.iter().find(|table| table.table.to_string() == "trades.silver.trades").unwrap();
    assert!(
        matches!(trades.totals, Some(Totals::Silver { deduplicated: 1.., quarantined: 1.., .. })),
        "{}",
        report.to_text()
    );
    let warehouse = Warehouse::open(folder.path()).await.unwrap();
    let holdings = warehouse.page(&"positions.gold.holdings_valued".parse().unwrap(), 0, 5).await.unwrap();
    assert_eq!(holdings.rows.len(), 5);
    assert_eq!(holdings.total, loaded(&report, "positions.gold.holdings_valued"));

    // A preview over the tables just made: of every table, with every record accounted for.
    let previewer = Previewer::default();
    let options = PreviewOptions { records: 200, ..PreviewOptions::new(&root, folder.path()) };
    for schema in pipelines.iter().flat_map(|pipeline| pipeline.schemas()) {
        let seen = previewer.preview(&pipelines, &schema.name, &options, &never).await.unwrap();
        assert!(seen.totals.add_up());
        assert_eq!(seen.result.total, seen.totals.loaded());
        // Of a gold table as many rows are shown as records are asked for.
        let shown = seen.totals.records().min(options.records + seen.left.len() as u64);
        assert_eq!(shown, seen.rows.len() as u64 + seen.left.len() as u64, "{}", schema.name);
        for (row, values) in seen.rows.iter().zip(&seen.result.rows) {
            assert_eq!(values.len(), schema.columns.len());
            assert!(row.from.iter().any(|from| from.total > 0 && !from.rows.is_empty()), "{}", schema.name);
        }
    }
    // Every first row leads back to the file.
    let tracer = Tracer::new(&root, warehouse);
    for schema in pipelines.iter().flat_map(|pipeline| pipeline.schemas()) {
        let request = TraceRequest { table: schema.name.clone(), row: 0, column: None, limit: 3 };
        let trace = tracer.trace(&pipelines, &request, &never).await.unwrap();
        assert_followed(&trace);
    }
}

fn assert_followed(trace: &TracedTable) {
    assert_eq!(trace.ends, None, "{}", trace.table);
    assert!(trace.total > 0 && !trace.rows.is_empty(), "{}", trace.table);
    match trace.table.layer {
        Layer::Gold => assert!(!trace.inputs.is_empty()),
        _ => {
            for row in &trace.rows {
                let record = row.record.as_ref().unwrap();
                assert_eq!(record.no_text, None);
                assert!(!record.text.as_ref().unwrap().is_empty());
            }
        }
    }
    trace.inputs.iter().for_each(assert_followed);
}

fn loaded(report: &RunReport, table: &str) -> u64 {
    report.tables.iter().find(|report| report.table.to_string() == table).unwrap().totals.unwrap().loaded()
}
