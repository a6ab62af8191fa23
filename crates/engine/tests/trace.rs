//! From a cell back to the records of the file.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use std::{collections::BTreeMap, fmt::Write};

use proptest::prelude::{ProptestConfig, Strategy, proptest};
use support::{SECURITIES, TRADES, Workspace, name, trades};
use touchstone_compiler::CompiledPipeline;
use touchstone_engine::{ColumnUse, ErrorKind, SourceRecord, TraceRequest, TracedTable, Tracer, never};

async fn traced(
    workspace: &Workspace,
    tracer: &Tracer,
    (table, row, column): (&str, u64, &str),
) -> Result<TracedTable, touchstone_engine::EngineError> {
    let pipelines: Vec<&CompiledPipeline> = workspace.pipelines.iter().collect();
    let request = TraceRequest {
        table: name(table),
        row,
        column: (!column.is_empty()).then(|| column.to_owned()),
        limit: 100,
    };
    tracer.trace(&pipelines, &request, &never).await
}

async fn tracer(workspace: &Workspace) -> Tracer {
    Tracer::new(workspace.folder.path(), workspace.warehouse().await)
}

/// A trace for people.
fn told(table: &TracedTable) -> String {
    let mut text = String::new();
    tell(table, 0, &mut text);
    text
}

fn tell(table: &TracedTable, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let alias = table.alias.as_deref().map(|alias| format!(" as {alias}")).unwrap_or_default();
    writeln!(text, "{indent}{}{alias}: {} rows", table.table, table.total).unwrap();
    if let Some(ends) = &table.ends {
        writeln!(text, "{indent}  ends: {ends}").unwrap();
    }
    for column in table.columns.iter().filter(|column| column.usage != ColumnUse::None) {
        let expression = column.expression.as_deref().unwrap_or("-");
        writeln!(text, "{indent}  [{:?}] {} {} := {expression}", column.usage, column.name, column.data_type)
            .unwrap();
    }
    for row in &table.rows {
        let values: Vec<&str> = row.values.iter().map(|value| value.as_deref().unwrap_or("∅")).collect();
        writeln!(text, "{indent}  #{} {}", row.row, values.join("|")).unwrap();
        if let Some(record) = &row.record {
            writeln!(text, "{indent}    from {}", told_record(record)).unwrap();
        }
        for record in &row.gave_way {
            writeln!(text, "{indent}    over {}", told_record(record)).unwrap();
        }
        for lookup in &row.lookups {
            writeln!(
                text,
                "{indent}    {} looked up {}.{} where {} = {:?}: row {:?}, {:?}",
                lookup.field, lookup.table, lookup.column, lookup.by, lookup.key, lookup.row, lookup.value
            )
            .unwrap();
        }
    }
    for input in &table.inputs {
        tell(input, depth + 1, text);
    }
}

fn told_record(record: &SourceRecord) -> String {
    let used: Vec<String> = record
        .fields
        .iter()
        .filter(|field| field.usage == ColumnUse::Value)
        .map(|field| format!("{}={}", field.name, field.text.as_deref().unwrap_or("∅")))
        .collect();
    format!(
        "{} record {} line {} byte {}: {} [{}]",
        record.file,
        record.record,
        record.line.unwrap(),
        record.byte.unwrap(),
        record.text.as_deref().or(record.no_text.as_deref()).unwrap(),
        used.join(" ")
    )
}

#[tokio::test]
async fn a_gold_cell_leads_to_the_records_of_the_file() {
    let workspace = trades();
    workspace.run().await;
    let tracer = tracer(&workspace).await;
    let rows = workspace.rows("trades.gold.exposure").await;
    let row = rows.iter().position(|row| row.starts_with("2026-03-02")).unwrap() as u64;
    let mut text = String::new();
    for cell in [
        ("trades.gold.exposure", row, "notional"),
        ("trades.gold.exposure", row, "trades"),
        ("trades.silver.trades", 0, "sector"),
        ("securities.bronze.securities", 1, "sector"),
        ("trades.gold.exposure", row, ""),
    ] {
        text.push_str(&told(&traced(&workspace, &tracer, cell).await.unwrap()));
        text.push('\n');
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn a_row_is_traced_to_what_its_run_read_whatever_ran_since() {
    let mut workspace = trades();
    workspace.run().await;
    let all = workspace.pipelines.clone();
    let securities = std::fs::read_to_string(workspace.folder.path().join("samples/securities.csv")).unwrap();
    // Only the other pipeline runs again, three times, with other values.
    workspace.pipelines.truncate(1);
    for sector in ["Energy", "Utilities", "Health"] {
        workspace.write("samples/securities.csv", &securities.replace("Technology", sector));
        workspace.run().await;
    }
    workspace.pipelines = all.clone();
    let tracer = tracer(&workspace).await;
    let cell = ("trades.silver.trades", 0, "sector");
    let trace = traced(&workspace, &tracer, cell).await.unwrap();
    let lookup = &trace.rows[0].lookups[0];
    assert_eq!(lookup.value.as_deref(), Some("Technology"));
    // The row that was found is followed in the snapshot that was looked into, whose file is another one now.
    let pipelines: Vec<&CompiledPipeline> = workspace.pipelines.iter().collect();
    let request = TraceRequest {
        table: lookup.table.clone(),
        row: lookup.row.unwrap(),
        column: Some(lookup.column.clone()),
        limit: 1,
    };
    let found =
        tracer.trace_snapshot(&pipelines, lookup.snapshot.as_deref(), &request, &never).await.unwrap();
    let record = found.rows[0].record.as_ref().unwrap();
    assert_eq!((found.rows[0].values[2].as_deref(), record.text.as_deref()), (Some("Technology"), None));
    assert_eq!(record.fields[2].text.as_deref(), Some("Technology"));
    // Then only this one: it reads the newest.
    workspace.pipelines = all[1..].to_vec();
    workspace.run().await;
    workspace.pipelines = all;
    let trace = traced(&workspace, &tracer, cell).await.unwrap();
    assert_eq!(trace.rows[0].lookups[0].value.as_deref(), Some("Health"));
    let snapshot = trace.snapshot.unwrap();
    let names: Vec<String> = snapshot.reads.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["securities.silver.securities", "trades.bronze.trades"]);
}

#[tokio::test]
async fn what_changed_after_the_run_is_said_not_guessed() {
    let mut workspace = trades();
    workspace.run().await;
    let tracer = tracer(&workspace).await;
    let cell = ("trades.silver.trades", 1, "notional");
    // The file is another one now: where the record stood is known, its text isn't.
    let text = std::fs::read_to_string(workspace.folder.path().join("samples/trades.csv")).unwrap();
    workspace.write("samples/trades.csv", &text.replace("120;10,5", "130;10,5"));
    let trace = traced(&workspace, &tracer, cell).await.unwrap();
    let record = trace.rows[0].record.as_ref().unwrap();
    assert_eq!((record.line, record.text.as_deref()), (Some(5), None));
    assert_eq!(record.no_text.as_deref(), Some("the file was changed after the run"));
    assert_eq!(record.fields[2].text.as_deref(), Some("120"));
    std::fs::remove_file(workspace.folder.path().join("samples/trades.csv")).unwrap();
    let trace = traced(&workspace, &tracer, cell).await.unwrap();
    let record = trace.rows[0].record.as_ref().unwrap();
    assert!(record.no_text.as_deref().unwrap().starts_with("the file can't be read again"), "{record:?}");
    // Another expression no longer makes the stored value.
    workspace.compile(&[SECURITIES, &TRADES.replace("quantity * price", "quantity * price * 2")]);
    let error = traced(&workspace, &tracer, cell).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Missing);
    assert!(error.reason.contains("was changed after this run"), "{error}");
    // The gold row is still what its query makes of the silver rows, which can't be followed further.
    let trace = traced(&workspace, &tracer, ("trades.gold.exposure", 0, "notional")).await.unwrap();
    assert!(trace.ends.is_none());
    assert!(trace.inputs[0].ends.as_deref().unwrap().contains("changed after this run"));
    assert!(!trace.inputs[0].rows.is_empty());
    for (cell, kind) in [
        (("trades.silver.trades", 77, "notional"), ErrorKind::Missing),
        (("trades.silver.other", 0, "notional"), ErrorKind::Missing),
        (("trades.gold.exposure", 0, "other"), ErrorKind::Missing),
    ] {
        assert_eq!(traced(&workspace, &tracer, cell).await.unwrap_err().kind, kind, "{cell:?}");
    }
}

type Row = (u8, u8, Option<i16>, bool);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    proptest::collection::vec(
        (0_u8..12, 1_u8..5, proptest::option::of(-300_i16..300), proptest::bool::ANY),
        0..25,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn traced_rows_make_the_cell_again(rows in rows(), keyed in proptest::bool::ANY, partition in 0_usize..3) {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
            .block_on(check(&rows, keyed, ["", "day", "id"][partition]));
    }
}

async fn check(rows: &[Row], keyed: bool, partition: &str) {
    let mut csv = "id,day,amount\n".to_owned();
    for (id, day, amount, quoted) in rows {
        let amount = amount.map(|amount| amount.to_string()).unwrap_or_default();
        let id = if *quoted { format!("\"{id}\"") } else { id.to_string() };
        writeln!(csv, "{id},2026-03-{day:02},{amount}").unwrap();
    }
    let key = if keyed { "key: [id]" } else { "" };
    let document = format!(
        r#"
pipeline: p
sources:
  s: {{ kind: file, format: {{ csv: {{}} }}, sample: s.csv, contract: [ {{ name: id, type: int }}, {{ name: day, type: date }}, {{ name: amount, type: int }} ] }}
  d: {{ kind: file, format: {{ csv: {{}} }}, sample: d.csv, contract: [ {{ name: day, type: date }}, {{ name: name, type: string }} ] }}
silver:
  t:
    from: s
    {key}
    where: amount is null or amount <> 7
    fields: {{ id: {{ from: id, required: {keyed} }}, day: {{ from: day }}, amount: {{ from: amount }} }}
    rules: |
      Rules = [ ColumnValues "id" < 11 ]
    partition_by: [{partition}]
  d: {{ from: d, key: [day], fields: {{ day: {{ from: day }}, name: {{ from: name }} }} }}
gold:
  g:
    sql: |
      with big as (select day, id, amount from silver.t where amount > -200)
      select d.name, sum(big.amount) as total, count(*) as entries, max(big.amount) as most
      from big join silver.d d on big.day = d.day
      group by d.name
      order by total desc
    rules: |
      Rules = [ ColumnValues "entries" > 1 ]
"#
    );
    let days = "day,name\n2026-03-01,odd\n2026-03-02,even\n2026-03-03,odd\n";
    let workspace = Workspace::new(&[("s.csv", &csv), ("d.csv", days)], &[&document]);
    let report = workspace.run().await;
    assert!(report.problem.is_none(), "{}", report.to_text());
    let tracer = tracer(&workspace).await;

    let gold = workspace.warehouse().await.page(&name("p.gold.g"), 0, 100).await.unwrap();
    for (row, values) in gold.rows.iter().enumerate() {
        let trace = traced(&workspace, &tracer, ("p.gold.g", row as u64, "total")).await.unwrap();
        assert_eq!(&trace.rows[0].values, values);
        let [silver, names] = trace.inputs.as_slice() else { panic!("two tables: {trace:?}") };
        assert_eq!(silver.total, silver.rows.len() as u64);
        let amounts: Vec<i64> =
            silver.rows.iter().filter_map(|row| row.values[2].as_ref()?.parse().ok()).collect();
        assert_eq!(Some(amounts.iter().sum::<i64>().to_string()), values[1]);
        assert_eq!(Some(silver.total.to_string()), values[2]);
        assert_eq!(amounts.iter().max().map(ToString::to_string), values[3]);
        for day in &names.rows {
            assert_eq!(day.values[1], values[0]);
        }
        let usage = |table: &TracedTable, name: &str| {
            table.columns.iter().find(|column| column.name == name).unwrap().usage
        };
        assert_eq!(usage(silver, "amount"), ColumnUse::Value);
        assert_eq!(usage(names, "name"), ColumnUse::Rows);
    }

    // Each silver row leads to a record with its values, and each record to one row.
    let silver = workspace.warehouse().await.page(&name("p.silver.t"), 0, 100).await.unwrap();
    let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
    let mut told = silver.rows.len();
    for (row, values) in silver.rows.iter().enumerate() {
        let trace = traced(&workspace, &tracer, ("p.silver.t", row as u64, "amount")).await.unwrap();
        let row = &trace.rows[0];
        let record = row.record.as_ref().unwrap();
        let fields: Vec<Option<String>> = record.fields.iter().map(|field| field.text.clone()).collect();
        assert_eq!(&fields, values);
        let byte = usize::try_from(record.byte.unwrap()).unwrap();
        assert!(csv[byte..].starts_with(&format!("{}\n", record.text.as_ref().unwrap())));
        assert_eq!(csv[..byte].matches('\n').count() as u64 + 1, record.line.unwrap());
        for record in std::iter::once(record).chain(&row.gave_way) {
            *seen.entry(record.record).or_default() += 1;
            assert_eq!(record.fields[0].text, values[0], "it gave way to a row with its key");
        }
        told += row.gave_way.len();
    }
    assert!(seen.values().all(|times| *times == 1));
    assert_eq!(seen.len(), told);
}
