//! Tables as they stand in the warehouse: every type, partitions, changing schemas, damage.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use std::fs;

use iceberg::{Catalog, CatalogBuilder, TableIdent, io::LocalFsStorageFactory};
use iceberg_catalog_sql::SqlCatalogBuilder;
use support::{Workspace, name, trades};
use touchstone_engine::{CATALOG_NAME, ErrorKind, Outcome};

const TYPES_CSV: &str = "\
i,l,f,d,dec,b,day,time,stamp,zoned,text,uuid
1,9007199254740993,0.1,0.1,12345678901234567890123456789012345.678,true,0001-01-01,23:59:59.999999,1969-12-31T23:59:59.999999,2026-03-02T01:00:00+01:00,\"a\nb\",123e4567-e89b-12d3-a456-426614174000
-2147483648,-9223372036854775808,-1.5e10,1e300,-99999999999999999999999999999999999.999,false,9999-12-31,00:00:00,9999-12-31T23:59:59,1970-01-01T00:00:00Z,\"\",00000000-0000-0000-0000-000000000000
,,,,,,,,,,,
";

fn types(partition: &str) -> Workspace {
    let document = r#"
pipeline: kinds
sources:
  kinds:
    kind: file
    format: { csv: {} }
    sample: kinds.csv
    contract:
      - { name: i, type: int }
      - { name: l, type: long }
      - { name: f, type: float }
      - { name: d, type: double }
      - { name: dec, type: "decimal(38,3)" }
      - { name: b, type: boolean }
      - { name: day, type: date }
      - { name: time, type: time }
      - { name: stamp, type: timestamp }
      - { name: zoned, type: timestamptz }
      - { name: text, type: string }
      - { name: uuid, type: uuid }
silver:
  kinds:
    from: kinds
    fields:
      i: { from: i }
      l: { from: l }
      f: { from: f }
      d: { from: d }
      dec: { from: dec }
      b: { from: b }
      day: { from: day }
      time: { from: time }
      stamp: { from: stamp }
      zoned: { from: zoned }
      text: { from: text }
      uuid: { from: uuid }
    partition_by: [PARTITION]
"#;
    let document = document
        .replace("PARTITION", &if partition.is_empty() { String::new() } else { format!("\"{partition}\"") });
    Workspace::new(&[("kinds.csv", TYPES_CSV)], &[&document])
}

#[tokio::test]
async fn every_type_comes_back_as_it_was() {
    let workspace = types("");
    let report = workspace.run().await;
    assert_eq!(report.outcome, Outcome::Succeeded, "{}", report.to_text());
    insta::assert_debug_snapshot!(workspace.rows("kinds.silver.kinds").await);
}

#[tokio::test]
async fn every_partition_keeps_every_row() {
    let expected = types("");
    expected.run().await;
    let mut expected = expected.rows("kinds.silver.kinds").await;
    expected.sort();
    for partition in [
        "day",
        "year(day)",
        "month(day)",
        "day(stamp)",
        "year(zoned)",
        "bucket(4, l)",
        "truncate(1, text)",
        "i",
        "text",
        "dec",
        "bucket(3, dec)",
        "truncate(10, i)",
        "bucket(2, uuid)",
        "b",
    ] {
        let workspace = types(partition);
        let report = workspace.run().await;
        assert_eq!(report.outcome, Outcome::Succeeded, "{partition}: {}", report.to_text());
        let mut rows = workspace.rows("kinds.silver.kinds").await;
        rows.sort();
        assert_eq!(rows, expected, "{partition}");
        // Twice, so that old files are marked as deleted under that partition spec.
        assert_eq!(workspace.run().await.outcome, Outcome::Succeeded, "{partition}");
        assert_eq!(workspace.rows("kinds.silver.kinds").await.len(), 3, "{partition}");
    }
}

#[tokio::test]
async fn a_changed_schema_and_partition_keep_old_snapshots_readable() {
    let pipeline = |fields: &str, partition: &str| {
        format!(
            "pipeline: p\nsources:\n  s: {{ kind: file, format: {{ csv: {{}} }}, sample: s.csv, contract: [ {{ name: a, type: int }}, {{ name: b, type: string }} ] }}\nsilver:\n  t: {{ from: s, fields: {{ {fields} }}, partition_by: [{partition}] }}\n"
        )
    };
    let mut workspace =
        Workspace::new(&[("s.csv", "a,b\n1,x\n2,y\n")], &[&pipeline("a: { from: a }, b: { from: b }", "b")]);
    workspace.run().await;
    workspace.compile(&[&pipeline("a: { from: a, type: long }, c: { expr: 'a * 2' }", "\"bucket(2, a)\"")]);
    let report = workspace.run().await;
    assert_eq!(report.outcome, Outcome::Succeeded, "{}", report.to_text());
    assert_eq!(sorted(workspace.rows("p.silver.t").await), ["1|2", "2|4"]);
    workspace.compile(&[&pipeline("b: { from: b }, a: { from: a, type: long }", "")]);
    let report = workspace.run().await;
    assert_eq!(report.outcome, Outcome::Succeeded, "{}", report.to_text());
    assert_eq!(workspace.rows("p.silver.t").await, ["x|1", "y|2"]);

    let file = workspace.warehouse().await.metadata_file(&name("p.silver.t")).await.unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let ids: Vec<Vec<String>> = metadata["schemas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|schema| {
            let fields = schema["fields"].as_array().unwrap();
            fields
                .iter()
                .map(|field| format!("{} {} {}", field["id"], field["name"], field["type"]))
                .collect()
        })
        .collect();
    let mut ids = ids;
    ids.sort();
    assert_eq!(
        ids,
        [
            vec!["1 \"a\" \"int\"", "2 \"b\" \"string\""],
            vec!["1 \"a\" \"long\"", "3 \"c\" \"long\""],
            vec!["4 \"b\" \"string\"", "1 \"a\" \"long\""],
        ]
    );
    assert_eq!(workspace.warehouse().await.snapshots(&name("p.silver.t")).await.unwrap().len(), 3);
}

fn sorted(mut rows: Vec<String>) -> Vec<String> {
    rows.sort();
    rows
}

#[tokio::test]
async fn the_sql_catalog_of_iceberg_opens_the_tables() {
    let workspace = trades();
    workspace.run().await;
    let root = workspace.warehouse_folder();
    let catalog = SqlCatalogBuilder::default()
        .uri(format!("sqlite://{}", root.join("catalog.db").display()))
        .warehouse_location(format!("file://{}", root.display()))
        .sql_bind_style(iceberg_catalog_sql::SqlBindStyle::QMark)
        .with_storage_factory(std::sync::Arc::new(LocalFsStorageFactory))
        .load(CATALOG_NAME, std::collections::HashMap::new())
        .await
        .unwrap();
    let table =
        catalog.load_table(&TableIdent::from_strs(["trades", "silver", "trades"]).unwrap()).await.unwrap();
    assert_eq!(table.metadata().current_schema().as_struct().fields().len(), 7);
    let summary = &table.metadata().current_snapshot().unwrap().summary().additional_properties;
    assert_eq!(summary["total-records"], "3");
    assert_eq!(summary["total-data-files"], "2");
}

#[tokio::test]
async fn a_damaged_table_is_named_and_others_stay() {
    let workspace = trades();
    workspace.run().await;
    let file = workspace.warehouse().await.metadata_file(&name("trades.silver.trades")).await.unwrap();
    fs::write(&file, "{").unwrap();
    let error = workspace.warehouse().await.read(&name("trades.silver.trades")).await.unwrap_err();
    assert_eq!((error.kind, error.place.as_str()), (ErrorKind::Warehouse, "trades.silver.trades"));
    assert_eq!(workspace.rows("trades.gold.exposure").await.len(), 2);
    let report = workspace.run().await;
    assert_eq!(report.outcome, Outcome::Failed);
    assert_eq!(report.problem.unwrap().table, Some(name("trades.silver.trades")));
}

#[tokio::test]
async fn a_catalog_that_is_no_database_is_an_error_with_a_next_step() {
    let workspace = trades();
    fs::create_dir_all(workspace.warehouse_folder()).unwrap();
    fs::write(workspace.warehouse_folder().join("catalog.db"), "this is no database, however long it may be")
        .unwrap();
    let error = touchstone_engine::Warehouse::open(&workspace.warehouse_folder()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Warehouse);
    assert!(error.place.ends_with("catalog.db"), "{error}");
}

#[tokio::test]
async fn a_missing_table_says_which_pipeline_makes_it() {
    let workspace = trades();
    let error = workspace.warehouse().await.read(&name("trades.silver.trades")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Missing);
    assert_eq!(error.next_step, "simulate the pipeline `trades` first");
}

#[tokio::test]
async fn a_table_that_somebody_else_changed_meanwhile_is_not_overwritten() {
    // The pointer is moved by compare-and-swap: a lost race must change nothing. Two warehouses stage over the same
    // state; the second commit fails. (Within one process the lock is what normally prevents it.)
    let workspace = trades();
    workspace.run().await;
    let pool = sqlx::SqlitePool::connect(&format!(
        "sqlite://{}",
        workspace.warehouse_folder().join("catalog.db").display()
    ))
    .await
    .unwrap();
    // Makes every pointer of the table change right before the engine moves it.
    sqlx::query(
        "CREATE TRIGGER raced BEFORE INSERT ON iceberg_namespace_properties WHEN NEW.namespace = 'trades.gold' BEGIN
         UPDATE iceberg_tables SET metadata_location = metadata_location || '.moved' WHERE table_namespace = 'trades.gold';
         END",
    )
    .execute(&pool)
    .await
    .unwrap();
    let report = workspace.run().await;
    assert_eq!(report.outcome, Outcome::Failed);
    let problem = report.problem.unwrap();
    assert_eq!(problem.table, Some(name("trades.gold.exposure")));
    assert_eq!(problem.reason, "another program changed this table meanwhile");
    // The transaction was rolled back whole, and the files that it would have shown are gone.
    assert_eq!(workspace.rows("trades.gold.exposure").await.len(), 2);
    let data = fs::read_dir(workspace.warehouse_folder().join("trades/gold/exposure/data")).unwrap().count();
    assert_eq!(data, 1);
}
