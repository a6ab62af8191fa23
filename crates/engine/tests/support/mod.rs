//! A workspace in a temporary folder, compiled and run.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test binary uses a part of it, and stops where something is missing"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use tempfile::TempDir;
use touchstone_compiler::{CompiledPipeline, compile};
use touchstone_engine::{RunReport, SimulateOptions, Totals, Unobserved, Warehouse, simulate};
use touchstone_spec::{Document, TableName};

pub struct Workspace {
    pub folder: TempDir,
    pub pipelines: Vec<CompiledPipeline>,
    runs: std::cell::Cell<u32>,
}

impl Workspace {
    /// A workspace with these files and pipeline documents, which must compile. Pipelines run in the order given.
    pub fn new(files: &[(&str, &str)], documents: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            write(folder.path(), name, text);
        }
        let mut workspace = Self { folder, pipelines: Vec::new(), runs: std::cell::Cell::new(0) };
        workspace.compile(documents);
        workspace
    }

    pub fn compile(&mut self, documents: &[&str]) {
        let documents: Vec<Document> = documents
            .iter()
            .enumerate()
            .map(|(index, text)| Document::read(format!("pipelines/{index}.yaml"), (*text).to_owned()))
            .collect();
        let compilation = compile(&documents);
        let told: Vec<String> = compilation.diagnostics.0.iter().map(ToString::to_string).collect();
        assert!(!compilation.diagnostics.has_errors(), "{}", told.join("\n"));
        let order: Vec<String> =
            documents.iter().map(|document| document.pipeline.as_ref().unwrap().pipeline.clone()).collect();
        self.pipelines = order.iter().map(|name| compilation.pipelines[name].clone()).collect();
    }

    pub fn write(&self, name: &str, text: &str) {
        write(self.folder.path(), name, text);
    }

    pub fn warehouse_folder(&self) -> PathBuf {
        self.folder.path().join(".touchstone/warehouse")
    }

    pub async fn warehouse(&self) -> Warehouse {
        Warehouse::open(&self.warehouse_folder()).await.unwrap()
    }

    pub fn options(&self) -> SimulateOptions {
        self.runs.set(self.runs.get() + 1);
        SimulateOptions {
            workspace: self.folder.path().to_owned(),
            warehouse: self.warehouse_folder(),
            run_id: format!("run-{}", self.runs.get()),
            started_at: started_at(),
            row_limit: None,
        }
    }

    pub async fn run(&self) -> RunReport {
        let pipelines: Vec<&CompiledPipeline> = self.pipelines.iter().collect();
        simulate(&pipelines, &self.options(), &Unobserved).await.unwrap()
    }

    /// Rows of a table as text, with `|` between columns.
    pub async fn rows(&self, table: &str) -> Vec<String> {
        let page = self.warehouse().await.page(&name(table), 0, usize::MAX >> 1).await.unwrap();
        page.rows
            .iter()
            .map(|row| row.iter().map(|cell| cell.as_deref().unwrap_or("∅")).collect::<Vec<_>>().join("|"))
            .collect()
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

pub fn name(table: &str) -> TableName {
    table.parse().unwrap()
}

pub fn started_at() -> DateTime<Utc> {
    "2026-03-02T06:00:00Z".parse().unwrap()
}

pub fn totals(report: &RunReport, table: &str) -> Totals {
    let table = name(table);
    report.tables.iter().find(|report| report.table == table).and_then(|report| report.totals).unwrap()
}

/// The text of a report without what differs from run to run.
pub fn masked(report: &RunReport) -> String {
    let mut report = report.clone();
    report.duration_millis = 0;
    for table in &mut report.tables {
        for step in &mut table.steps {
            step.millis = 0;
        }
        if let Some(written) = &mut table.written {
            "(snapshot)".clone_into(&mut written.snapshot_id);
            "(metadata)".clone_into(&mut written.metadata);
            written.troubled_snapshot_id =
                written.troubled_snapshot_id.as_ref().map(|_| "(snapshot)".to_owned());
        }
    }
    report.to_text()
}

pub const TRADES_CSV: &str = "\
Report of trades
ID;Trade Dt;Qty;Px;ISIN;Book
T1;02/03/2026;100;10,5;US0378331005;A
T2;02/03/2026;50;2,25;US0378331005;A
T1;02/03/2026;120;10,5;US0378331005;A
T3;03/03/2026;-5;1,0;DE0007164600;A
T4;31/02/2026;1;1,0;DE0007164600;A
T5;03/03/2026;1;n/a;DE0007164600;B
;03/03/2026;1;1,0;DE0007164600;A
T6;03/03/2026;7;3,333;DE0007164600;TEST
T7;04/03/2026;8;;XX;A
T8;04/03/2026;8;1
T9;01/04/2026;1000000;0,000001;US0378331005;A
TOTAL;;;;;
";

pub const SECURITIES_CSV: &str =
    "isin,name,sector\nUS0378331005,Apple,Technology\nDE0007164600,SAP,Technology\n";

pub const SECURITIES: &str = r"
pipeline: securities
sources:
  securities:
    kind: file
    format: { csv: {} }
    sample: samples/securities.csv
    contract:
      - { name: isin, type: string, required: true }
      - { name: name, type: string }
      - { name: sector, type: string }
silver:
  securities:
    from: securities
    key: [isin]
    fields:
      isin: { from: isin, required: true }
      name: { from: name }
      sector: { from: sector }
";

pub const TRADES: &str = r#"
pipeline: trades
sources:
  trades:
    kind: file
    format: { csv: { delimiter: ";", header_row: 2, footer_rows: 1 } }
    sample: samples/trades.csv
    contract:
      - { name: ID, type: string, required: true }
      - { name: Trade Dt, type: date, format: dd/MM/yyyy, required: true }
      - { name: Qty, type: "decimal(18,2)", required: true }
      - { name: Px, type: "decimal(18,6)", decimal_mark: "," }
      - { name: ISIN, type: string, required: true }
silver:
  trades:
    from: trades
    where: Qty is not null and not (ID = 'T6')
    key: [trade_id]
    fields:
      trade_id: { from: ID, required: true }
      trade_date: { from: Trade Dt }
      quantity: { from: Qty }
      price: { from: Px, required: true }
      notional: { type: "decimal(18,2)", expr: quantity * price }
      isin: { from: ISIN }
      sector: { expr: "lookup('securities', isin, 'sector')", if_missing: UNKNOWN }
    rules: |
      Rules = [
        IsPrimaryKey "trade_id",
        ColumnValues "quantity" > 0,
        ColumnLength "isin" = 12,
        ReferentialIntegrity "isin" "securities.isin" = 1.0,
        Completeness "sector" > 0.98,
        RowCount between 1 and 100
      ]
    partition_by: [month(trade_date)]
gold:
  exposure:
    sql: |
      select trade_date, sector, sum(notional) as notional, count(*) as trades
      from silver.trades group by trade_date, sector
      order by trade_date desc
    rules: |
      Rules = [ ColumnValues "notional" >= 0, RowCount > 0 ]
"#;

/// Two pipelines over a dirty file.
pub fn trades() -> Workspace {
    Workspace::new(
        &[("samples/trades.csv", TRADES_CSV), ("samples/securities.csv", SECURITIES_CSV)],
        &[SECURITIES, TRADES],
    )
}
