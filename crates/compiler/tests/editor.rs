//! What an editor is told while a text is written: completion, help with a call, findings, colours.

#![expect(clippy::unwrap_used, reason = "a test stops where it can't go on")]

mod common;

use std::{fmt::Write, ops::Range};

use common::{SECURITIES, compile_all, trades};
use proptest::prelude::*;
use touchstone_compiler::{
    Completions, ExpressionScope, GoldScope, Tables, TextFinding, TokenKind, check_condition,
    check_expression, check_gold, complete_expression, complete_gold, complete_type, highlight,
    highlight_dqdl, highlight_yaml, signature_help,
};
use touchstone_spec::{Document, Pipeline};

const FIELDS: &str = r#"
trade_date: { from: Trade Dt, description: "When it was agreed." }
isin: { from: ISIN }
quantity: { from: Qty }
price: { from: Px }
notional: { type: "decimal(18,2)", expr: quantity * price }
sector: { expr: "lookup('securities', isin, 'sector', 'isin')" }
late: { expr: "1" }
"#;

const GOLD: &str = "
gold:
  by_sector:
    key: [sector]
    sql: select sector, sum(notional) as notional from silver.trades group by sector
";

fn workspace() -> (Pipeline, Tables) {
    let text = trades(FIELDS, "", GOLD);
    let compilation = compile_all(&[SECURITIES, &text]);
    assert!(!compilation.diagnostics.has_errors(), "{:#?}", compilation.diagnostics);
    let document = Document::read("trades.yaml", text);
    (document.pipeline.unwrap(), compilation.tables)
}

fn field_scope() -> ExpressionScope {
    let (pipeline, tables) = workspace();
    let mut scope = ExpressionScope::of_field(&pipeline, "trades", "late", &tables).unwrap();
    scope.values.insert("sector".to_owned(), vec!["Energy".to_owned(), "O'Neil".to_owned()]);
    scope
}

fn gold_scope() -> GoldScope {
    GoldScope { pipeline: "trades".to_owned(), table: Some("by_sector".to_owned()), tables: workspace().1 }
}

/// The text without its cursor `|` (the first one that isn't doubled), and where the cursor was.
fn cut(marked: &str) -> (String, usize) {
    let cursor = marked.find('|').unwrap();
    (marked.replacen('|', "", 1), cursor)
}

/// The first items, each as the text would be after taking it.
fn shown(marked: &str, complete: impl Fn(&str, usize) -> Completions) -> String {
    let (text, cursor) = cut(marked);
    let completions = complete(&text, cursor);
    let mut page = format!("{marked}\n");
    for item in completions.items.iter().take(6) {
        let mut label = String::new();
        for (index, letter) in item.label.char_indices() {
            let bold = item.matched.iter().any(|range| range.contains(&index));
            label.extend(if bold { letter.to_uppercase().collect::<Vec<_>>() } else { vec![letter] });
        }
        let mut after = text.clone();
        let mut insert = item.insert.clone();
        insert.insert(item.cursor_after, '|');
        after.replace_range(completions.replace.clone(), &insert);
        writeln!(page, "  {label:<24} {:?}: {} => {after}", item.kind, item.detail).unwrap();
    }
    if completions.items.is_empty() {
        page.push_str("  nothing\n");
    }
    page
}

#[test]
fn expressions_are_completed() {
    let scope = field_scope();
    let page: Vec<String> = [
        "|",
        "pri|",
        "quantity * |",
        "quantity * p|rice",
        "upper(|",
        "upper(tr|)",
        "\"Tr|",
        "source.|",
        "dt|",
        "date_diff(\"Trade Dt\", |",
        "date_trunc('|', trade_date)",
        "to_date(isin, 'dd|",
        "coalesce(notional, |",
        "case |",
        "case when sector = |",
        "sector in ('|",
        "sector not in ('Energy', |",
        "case when isin is null |",
        "case when isin is null then 1 |",
        "price |",
        "isin is |",
        "cast(isin |",
        "cast(isin as d|",
        "lookup('|",
        "lookup('sec|, isin, 'sector')",
        "lookup('securities', |",
        "lookup('securities', isin, '|')",
        "lookup('securities', isin, 'sector', '|')",
        "up| (isin)",
        "12|",
        "-- com|",
        "'free te|xt'",
        "if(quantity > 0, ' || |', isin",
    ]
    .into_iter()
    .map(|marked| shown(marked, |text, cursor| complete_expression(text, cursor, &scope)))
    .collect();
    insta::assert_snapshot!(page.join("\n"));
}

#[test]
fn queries_are_completed() {
    let scope = gold_scope();
    let page: Vec<String> = [
        "|",
        "select | from silver.trades",
        "select not| from silver.trades t",
        "select sum(|) from silver.trades t",
        "select sector |from silver.trades",
        "select count(*) as n| from silver.trades",
        "select t.| from silver.trades t join securities s on t.isin = s.isin",
        "select isin| from silver.trades t join securities s on t.isin = s.isin",
        "select * from |",
        "select * from silver.|",
        "select * from securities.|",
        "select * from silver.trades |",
        "select * from silver.trades t left |",
        "select * from silver.trades t join securities s |",
        "select * from silver.trades t join securities s on |",
        "select * from silver.trades where |",
        "select * from silver.trades where notional |",
        "select sector from silver.trades group |",
        "select sector from silver.trades group by |",
        "select sector from silver.trades group by sector having |",
        "select sector, sum(notional) as total from silver.trades group by sector order by |",
        "select sector from silver.trades order by sector |",
        "with big as (select isin, notional * 2 as twice from silver.trades) select | from big",
        "with big as (select isin from silver.trades) select isin from |",
        "with big as (select | from silver.trades) select isin from big",
        "select x.| from (select sector, count(*) as n from silver.trades group by sector) x",
        "select isin from silver.trades union |",
        "select sector from silver.trades union all select | from securities",
    ]
    .into_iter()
    .map(|marked| shown(marked, |text, cursor| complete_gold(text, cursor, &scope)))
    .collect();
    insta::assert_snapshot!(page.join("\n"));
}

#[test]
fn types_are_completed() {
    let page: Vec<String> = ["|", "de|", "dec|imal(10,2)", "list<st|>", "decimal(1|", "num|"]
        .into_iter()
        .map(|marked| shown(marked, complete_type))
        .collect();
    insta::assert_snapshot!(page.join("\n"));
}

#[test]
fn calls_are_explained() {
    let scope = field_scope();
    let mut page = String::new();
    for marked in [
        "substring(isin, |",
        "upper(substring(isin, 1|), 2",
        "upper(substring(isin, 1), |",
        "concat(isin, ':', |",
        "coalesce(|",
        "cast(isin as |",
        "lookup('securities', |",
        "case when length(|",
        "unknown(|",
        "price * (|",
        "price|",
        "substring(isin, 1, 2)|",
    ] {
        let (text, cursor) = cut(marked);
        writeln!(page, "{marked}").unwrap();
        let Some(help) = signature_help(&text, cursor, &scope) else {
            page.push_str("  nothing\n\n");
            continue;
        };
        let mut label = help.label.clone();
        if let Some(active) = help.active {
            let range = help.parameters[active].clone();
            label.insert(range.end, '»');
            label.insert(range.start, '«');
        }
        writeln!(page, "  {label}\n  {}\n  {}\n", help.documentation, help.example).unwrap();
    }
    insta::assert_snapshot!(page);
}

fn underlined(text: &str, findings: &[TextFinding]) -> String {
    let mut page = format!("{text}\n");
    for finding in findings {
        let marked = format!(
            "{}»{}«{}",
            &text[..finding.range.start],
            &text[finding.range.clone()],
            &text[finding.range.end..]
        );
        writeln!(page, "  {}[{}] {}", finding.severity, finding.code, finding.message).unwrap();
        writeln!(page, "    {}", marked.replace('\n', "⏎")).unwrap();
        if let Some(help) = &finding.help {
            writeln!(page, "    {help}").unwrap();
        }
    }
    page
}

#[test]
fn one_text_is_checked_with_places_in_bytes() {
    let scope = field_scope();
    let (pipeline, tables) = workspace();
    let mut page = String::new();
    for text in [
        "quantity * price",
        "upper('Ää') || isn",
        "upper(\n  'Ä',\n  2)",
        "lookup('securities', isin, 'sectr', 'isin')",
        "lookup('securities', isin, 'lot', 'isin') + 1",
        "regexp_like(isin, 'ä[a-z')",
        "price +",
        "source.Prce * 2",
        "late",
        "",
        "null",
        "'open",
    ] {
        let checked = check_expression(text, &scope);
        page.push_str(&underlined(text, &checked.findings));
        if let Some(data_type) = checked.data_type() {
            let columns: Vec<String> =
                checked.columns.iter().map(touchstone_compiler::ColumnRef::physical).collect();
            let tables: Vec<String> = checked.tables.iter().map(ToString::to_string).collect();
            writeln!(page, "  {data_type} from {} {}", columns.join(", "), tables.join(", ")).unwrap();
        }
    }
    let typed = ExpressionScope { expected: "date".parse().ok(), ..scope };
    page.push_str(&underlined("isin", &check_expression("isin", &typed).findings));
    let filter = ExpressionScope::of_filter(&pipeline, "trades", &tables).unwrap();
    page.push_str(&underlined("Qty", &check_condition("Qty", &filter, "the filter").findings));
    let sql = "select sector, sum(isin) as n, count(*) from silver.trades\ngroup by sctor";
    let checked = check_gold(sql, &gold_scope());
    page.push_str(&underlined(sql, &checked.findings));
    let sql = "select sector, sum(notional) as notional from silver.trades group by sector";
    let checked = check_gold(sql, &gold_scope());
    assert!(checked.findings.is_empty() && !checked.open);
    for column in checked.columns {
        writeln!(page, "  {} {}", column.name, column.data_type.unwrap()).unwrap();
    }
    insta::assert_snapshot!(page);
}

fn coloured(text: &str, pieces: &[(Range<usize>, TokenKind)]) -> String {
    let words: Vec<String> =
        pieces.iter().map(|(range, kind)| format!("{:?} {kind:?}", &text[range.clone()])).collect();
    words.join("\n")
}

#[test]
fn texts_are_coloured() {
    let sql = "select Upper(\"Trade ID\") || 'x', cast(a as decimal(18,2)), t.order -- why\nfrom t where b >= 1.5e3 and date is not null and foo(1) 'open";
    let rules = "Rules = [ # all\n  IsComplete \"id\", ColumnValues \"side\" in [\"BUY\", NULL] with threshold > 0.9,\n  Foo \"a\" ]";
    let yaml = "pipeline: trades # name\nsilver:\n  \"trades\":\n    fields:\n      a: { expr: \"upper(x)\", type: decimal(18,2) }\n      b: { expr: upper(x), required: true }\n    rules: |\n      Rules = [ RowCount > 0 ]\ngold:\n  g:\n    sql: >-\n      select 1 as x\n\n      from t\n    key: [a, b]\n  - 5\n";
    insta::assert_snapshot!("coloured_sql", coloured(sql, &highlight(sql)));
    insta::assert_snapshot!("coloured_rules", coloured(rules, &highlight_dqdl(rules)));
    insta::assert_snapshot!("coloured_yaml", coloured(yaml, &highlight_yaml(yaml)));
}

/// In order, not empty, between characters, nothing twice.
fn are_well_placed(text: &str, ranges: impl Iterator<Item = Range<usize>>) -> Result<(), TestCaseError> {
    let mut end = 0;
    for range in ranges {
        prop_assert!(range.start >= end && range.start < range.end, "{range:?} behind {end} in {text:?}");
        prop_assert!(text.get(range.clone()).is_some(), "{range:?} of {text:?}");
        end = range.end;
    }
    Ok(())
}

/// Pieces of SQL, rules and YAML, torn and put together at random.
fn torn() -> impl Strategy<Value = String> {
    let pieces = [
        "select ",
        "from ",
        "silver.trades ",
        "t.",
        "isin",
        "\"Trade ",
        "'",
        "\"",
        "lookup(",
        "'securities'",
        ", ",
        ")",
        "(",
        "case ",
        "when ",
        "then ",
        "end ",
        "as ",
        "with x as (",
        "union all ",
        "--",
        "/*",
        "*/",
        "\n",
        "é",
        "😀",
        "cast(",
        "in (",
        "= ",
        "1e",
        "5.",
        "Rules = [",
        "]",
        "ColumnValues \"a\" ",
        "#",
        "key: ",
        "- ",
        "|",
        "  ",
        "{ ",
        "}",
        ":",
        "join ",
        "on ",
        "group by ",
        ".",
        "*",
    ];
    let piece = prop_oneof![
        4 => proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,4}",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_and_no_cursor_panics(text in torn(), cursor in 0_usize..200) {
        let (scope, gold) = (field_scope(), gold_scope());
        for completions in [
            complete_expression(&text, cursor, &scope),
            complete_gold(&text, cursor, &gold),
            complete_type(&text, cursor),
        ] {
            prop_assert!(text.get(completions.replace.clone()).is_some(), "{:?} of {text:?}", completions.replace);
            for item in &completions.items {
                prop_assert!(item.insert.is_char_boundary(item.cursor_after));
                prop_assert!(item.cursor_after <= item.insert.len());
                are_well_placed(&item.label, item.matched.iter().cloned())?;
            }
        }
        if let Some(help) = signature_help(&text, cursor, &scope) {
            are_well_placed(&help.label, help.parameters.iter().cloned())?;
            prop_assert!(help.active.is_none_or(|active| active < help.parameters.len()));
        }
        for finding in check_expression(&text, &scope).findings.into_iter().chain(check_gold(&text, &gold).findings) {
            prop_assert!(text.get(finding.range.clone()).is_some(), "{:?} of {text:?}", finding.range);
        }
        for pieces in [highlight(&text), highlight_dqdl(&text), highlight_yaml(&text)] {
            are_well_placed(&text, pieces.into_iter().map(|(range, _)| range))?;
        }
    }

    #[test]
    fn every_completed_name_names_what_it_says(name in "[A-Za-z_ .'\"éÄ1-9]{1,10}") {
        prop_assume!(!name.trim().is_empty());
        let scope = ExpressionScope {
            fields: vec![touchstone_compiler::KnownColumn {
                name: name.clone(),
                data_type: "int".parse().ok(),
                ..Default::default()
            }],
            ..ExpressionScope::default()
        };
        let completions = complete_expression("", 0, &scope);
        let item = completions.items.iter().find(|item| item.label == name && item.detail.starts_with("int"));
        let checked = check_expression(&item.unwrap().insert, &scope);
        prop_assert_eq!(checked.columns.len(), 1, "{:?}", checked.findings);
    }
}
