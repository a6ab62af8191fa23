//! What a sample's grid says of a cell is what bronze and silver make of it, whatever the text, the type and the format.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use proptest::{
    prelude::{Just, ProptestConfig, Strategy, prop_oneof, proptest},
    sample::{select, subsequence},
};
use support::{Workspace, name};
use touchstone_engine::{Filter, Grid, GridFile, GridMemory, GridQuery, Test, grid_unwatched};

const NULLS: [&str; 5] = ["N/A", "-", "?", " ", "x y"];

/// A field as it is written in the file: missing, empty, blank in many ways, words for 'no value', values of all types,
/// with and without blanks around, in quotes or not.
fn field() -> impl Strategy<Value = String> {
    let text = select(&[
        "",
        "N/A",
        "-",
        "?",
        "x y",
        "7",
        "007",
        "-1.50",
        "2026-03-31",
        "2026-02-31",
        "true",
        "no",
        "\u{a0}",
        "\u{2003}",
        "é",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
    ]);
    let around = || select(&["", "", "", " ", "  ", "\t"]);
    (around(), text, around(), prop_oneof![Just(true), Just(false)]).prop_map(
        |(before, text, behind, quoted)| {
            let text = format!("{before}{text}{behind}");
            if quoted { format!("\"{text}\"") } else { text }
        },
    )
}

/// What a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Is {
    Null,
    Empty,
    Blank,
    Value,
    Bad,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_grid_says_what_silver_gets(
        fields in proptest::collection::vec(field(), 1..60),
        data_type in select(&["string", "int", "decimal(5,2)", "date", "boolean", "uuid", "double"]),
        trim in select(&[true, false]),
        required in select(&[true, false]),
        nulls in subsequence(&NULLS, 0..=NULLS.len()),
    ) {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
            .block_on(check(&fields, data_type, trim, required, &nulls));
    }
}

async fn check(fields: &[String], data_type: &str, trim: bool, required: bool, nulls: &[&str]) {
    let mut file = "row,value\n".to_owned();
    for (row, field) in fields.iter().enumerate() {
        writeln!(file, "{row},{field}").unwrap();
    }
    let nulls = serde_json::to_string(nulls).unwrap();
    let document = format!(
        "pipeline: p\nsources:\n  s:\n    kind: file\n    format: {{ csv: {{ trim: {trim}, null_values: {nulls} }} }}\n    \
         sample: s.csv\n    contract:\n      - {{ name: row, type: int }}\n      \
         - {{ name: value, type: \"{data_type}\", required: {required} }}\nsilver:\n  t:\n    from: s\n    fields:\n      \
         row: {{ from: row }}\n      value: {{ from: value }}\n"
    );
    let workspace = Workspace::new(&[("s.csv", &file)], &[&document]);
    let report = workspace.run().await;
    assert!(report.problem.is_none(), "{}", report.to_text());
    let made = made(&workspace).await;
    assert_eq!(made.len(), fields.len());

    let source = &workspace.pipelines[0].sources["s"];
    let path = workspace.folder.path().join("s.csv");
    let read = GridFile { path: &path, format: &source.format, types: &source.contract, first: None };
    let cache = workspace.folder.path().join("cache");
    let grid = Grid::of_csv(&read, &cache, &GridMemory::default(), &grid_unwatched).unwrap();
    let page = grid.page(&grid.all(), 0, 100, None).unwrap();
    let bad: BTreeSet<usize> =
        page.bad.iter().filter(|cell| cell.place.column == 1).map(|cell| cell.place.row).collect();
    let marked: BTreeSet<usize> =
        page.null_markers.iter().filter(|place| place.column == 1).map(|place| place.row).collect();
    let filtered = |test: Test| -> BTreeSet<usize> {
        let query = GridQuery { filters: vec![Filter { column: 1, test }], ..GridQuery::default() };
        let view = grid.view(&query, &grid_unwatched).unwrap();
        (0..view.len()).map(|place| usize::try_from(view.row(place).unwrap()).unwrap()).collect()
    };
    let (null, not_null) = (filtered(Test::IsNull), filtered(Test::IsNotNull));
    let (empty, blank) = (filtered(Test::IsEmpty), filtered(Test::IsBlank));
    assert_eq!(filtered(Test::IsBad), bad);

    let mut counts = [0_u64; 5];
    for (row, is) in &made {
        let told = format!("{:?} as {data_type}, trim {trim}, required {required}, {nulls}", fields[*row]);
        // A row whose required value is missing is in quarantine for it: bad, and without a value.
        let is_null = page.rows[*row][1].is_none() || marked.contains(row);
        assert_eq!(bad.contains(row), *is == Is::Bad, "{told}");
        assert_eq!(null.contains(row), is_null, "{told}");
        assert_eq!(not_null.contains(row), !is_null, "{told}");
        assert_eq!(is_null, *is == Is::Null || *is == Is::Bad && is_null && required, "{told}");
        assert_eq!(empty.contains(row), *is == Is::Empty, "{told}");
        assert_eq!(blank.contains(row), *is == Is::Blank, "{told}");
        counts[if is_null { 0 } else { *is as usize }] += 1;
    }
    let profile = grid.profile(&grid.all(), 1, &grid_unwatched).unwrap().counts;
    assert_eq!(profile, grid.summary(&grid.all(), false, &grid_unwatched).unwrap()[1].counts);
    let [nulls, empties, blanks, values, misread] = counts;
    assert_eq!(profile.nulls + profile.null_markers, nulls);
    assert_eq!((profile.empties, profile.blanks, profile.misread), (empties, blanks, misread));
    assert_eq!(profile.rows, nulls + empties + blanks + values + misread);
    assert_eq!(profile.bad, bad.len() as u64);
}

/// What silver and its quarantine have of each row.
async fn made(workspace: &Workspace) -> BTreeMap<usize, Is> {
    let warehouse = workspace.warehouse().await;
    let mut made = BTreeMap::new();
    for (table, is_quarantine) in [("p.silver.t", false), ("p.silver.t_quarantine", true)] {
        if !warehouse.contains(&name(table)).await.unwrap() {
            continue;
        }
        let page = warehouse.page(&name(table), 0, 1_000).await.unwrap();
        let place = |name: &str| page.columns.iter().position(|column| column.name == name).unwrap();
        for row in &page.rows {
            let is = match row[place("value")].as_deref() {
                _ if is_quarantine => Is::Bad,
                None => Is::Null,
                Some("") => Is::Empty,
                Some(text) if text.trim().is_empty() => Is::Blank,
                Some(_) => Is::Value,
            };
            made.insert(row[place("row")].as_ref().unwrap().parse().unwrap(), is);
        }
    }
    made
}
