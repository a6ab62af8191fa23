//! After an edit, what is compiled anew and what is taken over make what a whole compilation makes.

mod common;

use common::{SECURITIES, trades};
use proptest::prelude::*;
use touchstone_compiler::{Compilation, compile, recompile, recompile_part};
use touchstone_spec::Document;

const FIELDS: &str = r#"
isin: { from: ISIN }
quantity: { from: Qty }
sector: { expr: "lookup('securities', isin, 'sector', 'isin')" }
"#;

const READER: &str = "
pipeline: reader
gold:
  all:
    sql: select sector, quantity from trades.trades
    rules: Rules = [ RowCount > 0 ]
  other:
    sql: select sector from gold.all
";

const ALONE: &str = "
pipeline: alone
sources:
  s:
    kind: file
    format: { csv: {} }
    contract: [{ name: a, type: int }]
silver:
  s:
    from: s
    fields: { a: { from: a } }
";

/// What an edit puts in place of what: harmless, wrong, far-reaching.
const EDITS: [(usize, &str, &str); 16] = [
    (0, "lot: { from: lot }", "lot: { from: lot, description: The lot }"),
    (0, "sector: { from: sector }", "sector: { from: sectr }"),
    (0, "name: sector, type: string", "name: sector, type: int"),
    (0, "IsUnique \"isin\"", "IsComplete \"isin\""),
    (0, "pipeline: securities", "pipeline: instruments"),
    (1, "quantity: { from: Qty }", "quantity: { expr: Qty * 2 }"),
    (1, "quantity: { from: Qty }", "amount: { from: Qty }"),
    (1, "'sector', 'isin'", "'sector'"),
    (1, "silver:", "silver: ["),
    (1, "pipeline: trades", "pipeline: alone"),
    (2, "quantity from", "quantity * 1.5 as quantity from"),
    (2, "from gold.all", "from alone.s"),
    (2, "from trades.trades", "from reader.other"),
    (2, "RowCount > 0", "RowCount >"),
    (3, "a: { from: a }", "a: { from: a }, b: { expr: \"lookup('reader.all', 'x', 'sector', 'sector')\" }"),
    (3, "silver:\n", "silver:\n  t: { from: s, fields: { x: { expr: 1 } } }\n"),
];

fn documents(texts: &[String]) -> Vec<Document> {
    let files = ["securities", "trades", "reader", "alone"];
    files
        .iter()
        .zip(texts)
        .map(|(file, text)| Document::read(format!("pipelines/{file}.yaml"), text.as_str()))
        .collect()
}

/// Everything that can be seen of a compilation, in its order.
fn seen(compilation: &Compilation) -> (String, String, String) {
    let pipelines =
        serde_json::to_string(&(&compilation.pipelines, &compilation.blocked)).unwrap_or_default();
    let lineage = serde_json::to_string(&compilation.lineage).unwrap_or_default();
    let tables: Vec<_> = compilation.tables.iter().collect();
    (pipelines, lineage, format!("{:#?}\n{tables:#?}", compilation.diagnostics))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn an_edit_gives_what_a_whole_compilation_gives(
        edits in proptest::collection::vec((proptest::sample::select(EDITS.to_vec()), any::<bool>()), 1..8),
        swapped in any::<bool>(),
    ) {
        let original = [SECURITIES.to_owned(), trades(FIELDS, "key: [trade_id]", ""), READER.to_owned(), ALONE.to_owned()];
        let mut texts = original.clone();
        let mut kept = compile(&documents(&texts));
        prop_assert_eq!(kept.pipelines.len(), 4, "{:?}", kept.diagnostics);
        for ((file, from, to), undone) in edits {
            prop_assert!(original[file].contains(from), "{from}");
            texts[file] = if undone { original[file].clone() } else { texts[file].replacen(from, to, 1) };
            let mut edited = documents(&texts);
            if swapped {
                edited.swap(1, 2);
            }
            kept = recompile(kept, &edited);
            prop_assert_eq!(seen(&kept), seen(&compile(&edited)));
        }
    }

    #[test]
    fn compiling_part_by_part_comes_to_the_same(
        edits in proptest::collection::vec(
            (proptest::sample::select(EDITS.to_vec()), any::<bool>(), 0..3_usize), 1..6),
        first in proptest::sample::select(vec!["securities", "trades", "reader", "alone", "nobody"]),
        count in 1..3_usize,
    ) {
        let original = [SECURITIES.to_owned(), trades(FIELDS, "key: [trade_id]", ""), READER.to_owned(), ALONE.to_owned()];
        let mut texts = original.clone();
        let mut kept = Compilation::default();
        for ((file, from, to), undone, steps) in edits {
            texts[file] = if undone { original[file].clone() } else { texts[file].replacen(from, to, 1) };
            let edited = documents(&texts);
            // Not always to the end before the next edit.
            for _ in 0..steps {
                kept = recompile_part(kept, &edited, &[first], count);
                let whole = compile(&edited);
                for (name, compiled) in &kept.pipelines {
                    prop_assert!(!kept.waiting.contains(name));
                    prop_assert_eq!(serde_json::to_string(compiled)?, serde_json::to_string(&whole.pipelines[name])?);
                }
                prop_assert!(kept.pipelines.len() + kept.blocked.len() + kept.waiting.len() <= edited.len());
            }
        }
        let edited = documents(&texts);
        let mut steps = 0;
        loop {
            kept = recompile_part(kept, &edited, &[first], count);
            steps += 1;
            if kept.waiting.is_empty() {
                break;
            }
            prop_assert!(steps < edited.len(), "each step does something");
        }
        prop_assert_eq!(seen(&kept), seen(&compile(&edited)));
    }
}

#[test]
fn what_is_looked_at_is_compiled_first_with_what_it_reads() {
    let all = documents(&[
        SECURITIES.to_owned(),
        trades(FIELDS, "key: [trade_id]", ""),
        READER.to_owned(),
        ALONE.to_owned(),
    ]);
    let names =
        |compilation: &Compilation| -> Vec<String> { compilation.pipelines.keys().cloned().collect() };
    let alone = recompile_part(Compilation::default(), &all, &["alone"], 1);
    assert_eq!(names(&alone), ["alone"]);
    assert_eq!(alone.waiting.len(), 3);
    assert!(!alone.diagnostics.has_errors(), "{:?}", alone.diagnostics);
    let reader = recompile_part(alone, &all, &["reader"], 1);
    assert_eq!(reader.pipelines.len() + reader.waiting.len(), 4);
    assert!(reader.pipelines.contains_key("reader") && !reader.diagnostics.has_errors());
}
