//! Other Iceberg readers open the tables and find the same rows.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use std::process::Command;

use support::{name, trades};

const SCRIPT: &str = r#"
import json, sys
from pyiceberg.catalog.sql import SqlCatalog
import duckdb

root, tables = sys.argv[1], sys.argv[2:]
catalog = SqlCatalog("touchstone", uri=f"sqlite:///{root}/catalog.db", warehouse=f"file://{root}")

def text(value):
    if value is None:
        return None
    return str(value)

def rows(arrow):
    return [[text(row[name]) for name in arrow.column_names] for row in arrow.to_pylist()]

def duck(table):
    connection = duckdb.connect()
    connection.execute("SET autoinstall_known_extensions = false")
    try:
        connection.execute("LOAD iceberg")
        source = f"iceberg_scan('{table.metadata_location}')"
    except Exception:
        # DuckDB without its Iceberg extension reads the data files that the table names.
        files = [row["file_path"].removeprefix("file://") for row in table.inspect.files().to_pylist()]
        if not files:
            return []
        source = f"read_parquet({files})"
    connection.execute("SET TimeZone = 'UTC'")
    return [list(row) for row in connection.execute(f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM {source}").fetchall()]

found = {}
for name in tables:
    table = catalog.load_table(name)
    snapshots = [[snapshot.summary.operation.value, snapshot.summary.additional_properties["total-records"],
                  rows(table.scan(snapshot_id=snapshot.snapshot_id).to_arrow())] for snapshot in table.metadata.snapshots]
    found[name] = {
        "rows": rows(table.scan().to_arrow()),
        "types": {field.name: str(field.field_type) for field in table.schema().fields},
        "partitions": [field.name for field in table.spec().fields],
        "snapshots": snapshots,
        "files": [[row["content"], row["record_count"]] for row in table.inspect.files().to_pylist()],
        "pruned": table.scan(row_filter="trade_date >= '2026-04-01'").to_arrow().num_rows if name.endswith("silver.trades") else None,
        "duckdb": duck(table),
    }
found["namespaces"] = sorted(".".join(parts) for parts in catalog.list_namespaces())
found["listed"] = sorted(".".join(parts) for parts in catalog.list_tables("trades.silver"))
print(json.dumps(found))
"#;

#[tokio::test]
async fn pyiceberg_and_duckdb_find_the_same_rows() {
    let python = std::env::var("TOUCHSTONE_PYTHON").unwrap_or_else(|_| {
        panic!("TOUCHSTONE_PYTHON is not set: run `cargo xtask test`, which sets it up");
    });
    let workspace = trades();
    workspace.run().await;
    let first = workspace.rows("trades.silver.trades").await;
    workspace.write(
        "samples/trades.csv",
        "Report\nID;Trade Dt;Qty;Px;ISIN\nT1;02/03/2026;1;1,0;US0378331005\nT2;01/04/2026;9;2,0;DE0007164600\nT2;01/04/2026;2;2,0;DE0007164600\nT6;01/04/2026;2;2,0;DE0007164600\nT3;01/04/2026;-1;2,0;DE0007164600\nTOTAL;;;;\n",
    );
    workspace.run().await;
    let tables = [
        "trades.silver.trades",
        "trades.silver.trades_quarantine",
        "trades.silver.trades_filtered",
        "trades.silver.trades_deduplicated",
        "trades.gold.exposure",
        "trades.bronze.trades",
        "trades.bronze.trades_rejects",
    ];
    let output = Command::new(python)
        .arg("-c")
        .arg(SCRIPT)
        .arg(workspace.warehouse_folder())
        .args(tables)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();

    for table in tables {
        let ours: Vec<String> =
            sorted(workspace.rows(table).await.into_iter().map(|row| comparable(&row)).collect());
        assert_eq!(texts(&found[table]["rows"]), ours, "{table} in PyIceberg");
        assert_eq!(texts(&found[table]["duckdb"]), ours, "{table} in DuckDB");
    }
    let silver = &found["trades.silver.trades"];
    assert_eq!(silver["types"]["notional"], "decimal(18, 2)");
    assert_eq!(silver["types"]["trade_date"], "date");
    assert_eq!(silver["partitions"], serde_json::json!(["trade_date_month"]));
    assert_eq!(silver["pruned"], 1);
    assert_eq!(silver["files"], serde_json::json!([[0, 1], [0, 1]]));
    // The first run's rows are still there, in its snapshot.
    assert_eq!(silver["snapshots"][0][0], "append");
    assert_eq!(silver["snapshots"][0][1], "3");
    assert_eq!(texts(&silver["snapshots"][0][2]), sorted(first.iter().map(|row| comparable(row)).collect()));
    assert_eq!(silver["snapshots"][1][0], "overwrite");
    assert_eq!(silver["snapshots"][1][1], "2");
    assert_eq!(found["namespaces"], serde_json::json!(["securities", "trades"]));
    assert_eq!(
        found["listed"],
        serde_json::json!([
            "trades.silver.trades",
            "trades.silver.trades_deduplicated",
            "trades.silver.trades_filtered",
            "trades.silver.trades_quarantine"
        ])
    );
    assert_eq!(
        workspace
            .warehouse()
            .await
            .tables()
            .await
            .unwrap()
            .iter()
            .filter(|table| table.pipeline == "trades")
            .count(),
        7
    );
    assert!(workspace.warehouse().await.contains(&name("trades.gold.exposure")).await.unwrap());
}

/// Rows of a JSON array of arrays as text, in one order: readers may give files in any.
fn texts(rows: &serde_json::Value) -> Vec<String> {
    let rows = rows.as_array().unwrap().iter().map(|row| {
        let cells: Vec<&str> =
            row.as_array().unwrap().iter().map(|cell| cell.as_str().unwrap_or("∅")).collect();
        comparable(&cells.join("|"))
    });
    sorted(rows.collect())
}

/// Python and DuckDB write a timestamp with its zone.
fn comparable(row: &str) -> String {
    row.replace("+00:00", "").replace("+00", "")
}

fn sorted(mut rows: Vec<String>) -> Vec<String> {
    rows.sort();
    rows
}
