//! Every diagnostic, as a steward reads it: place, reason and fix.

#![allow(clippy::format_push_string, reason = "a page of a few lines")]

mod common;

use common::{SECURITIES, told, trades};
use touchstone_compiler::compile_expression;

/// The diagnostics of expressions over the trades source.
fn expressions(texts: &[&str]) -> String {
    let mut page = String::new();
    for text in texts {
        let document = trades(&format!("x:\n  expr: |-\n    {text}"), "", "");
        page.push_str(&format!("== {text}\n{}\n", told(&[&document, SECURITIES])));
    }
    page
}

fn queries(texts: &[&str]) -> String {
    let fields =
        "trade_date: { from: Trade Dt }\nisin: { from: ISIN }\nquantity: { from: Qty }\nprice: { from: Px }";
    let mut page = String::new();
    for text in texts {
        let gold = format!("gold:\n  g:\n    sql: |\n      {}", text.replace('\n', "\n      "));
        page.push_str(&format!("== {text}\n{}\n", told(&[&trades(fields, "", &gold), SECURITIES])));
    }
    page
}

fn rules(texts: &[&str]) -> String {
    let fields = "trade_date: { from: Trade Dt }\nisin: { from: ISIN }\nquantity: { from: Qty }\nactive: { from: Active }";
    let mut page = String::new();
    for text in texts {
        let table = format!("rules: |\n  {}", text.replace('\n', "\n  "));
        page.push_str(&format!("== {text}\n{}\n", told(&[&trades(fields, &table, ""), SECURITIES])));
    }
    page
}

#[test]
fn names_in_expressions() {
    insta::assert_snapshot!(expressions(&[
        "Qyt * 2",
        "Trade ID",
        "\"Trade DI\"",
        "trade_id || isin",
        "uper(ISIN)",
        "nvl(ISIN, 'x')",
        "now()",
        "row_number() over (order by Qty)",
        "x + 1",
        "other.Qty",
    ]));
}

#[test]
fn types_in_expressions() {
    insta::assert_snapshot!(expressions(&[
        "ISIN * 2",
        "ISIN + 'x'",
        "\"Trade Dt\" + 1",
        "Active + 1",
        "Qty || ISIN",
        "Qty = 'many'",
        "ISIN > 5",
        "\"Trade Dt\" = '02.03.2026'",
        "\"Trade Dt\" between '2026-01-01' and '2026-13-01'",
        "Qty and Active",
        "case when Qty then 1 end",
        "case when Active then 1 else 'none' end",
        "Qty in (1, 'two')",
        "ISIN like 'a\\x'",
        "Qty like '1%'",
        "cast(Active as date)",
        "cast(Qty as number)",
        "date '2026-02-30'",
        "cast(Rate as string)",
        "null",
        "123456789012345678901234567890123456789",
    ]));
}

#[test]
fn calls_in_expressions() {
    insta::assert_snapshot!(expressions(&[
        "substring(ISIN)",
        "substring(ISIN, Px)",
        "upper(Qty)",
        "round(Px, Qty)",
        "date_add(ISIN, 1)",
        "coalesce(Qty, 'none')",
        "regexp_like(ISIN, '^(?=US)')",
        "regexp_extract(ISIN, '([A-Z]{2})', 2)",
        "regexp_replace(ISIN, 'a', '$2')",
        "to_date(ISIN, 'DD/MM/YYYY')",
        "date_trunc('fortnight', \"Trade Dt\")",
        "split_part(ISIN, ':', 0)",
        "sum(Qty)",
        "upper(*)",
    ]));
}

#[test]
fn lookups() {
    insta::assert_snapshot!(expressions(&[
        "lookup('securities', ISIN, 'sector', 'isin')",
        "lookup('securites', ISIN, 'sector')",
        "lookup('securities', ISIN, 'secter')",
        "lookup('securities', Qty, 'sector')",
        "lookup('securities', ISIN, 'isin', 'sector')",
        "lookup('securities', ISIN)",
        "lookup(ISIN, 'securities', 'sector')",
        "lookup('prices.prices', ISIN, 'close')",
        "lookup('bronze.trades', ISIN, 'close')",
        "lookup('trades', ISIN, 'x')",
    ]));
}

#[test]
fn a_lookup_needs_one_unique_column() {
    let two = SECURITIES.replace("key: [security_id]", "key: [security_id, isin]");
    let none = SECURITIES.replace("    key: [security_id]\n", "");
    let warned = SECURITIES.to_owned() + "    on_failure: warn\n";
    let document = trades(
        "a: { expr: \"lookup('securities', ISIN, 'sector')\" }\nb: { expr: \"lookup('securities', ISIN, 'sector', 'isin')\" }",
        "",
        "",
    );
    insta::assert_snapshot!(
        [told(&[&document, &two]), told(&[&document, &none]), told(&[&document, &warned])].join("\n====\n")
    );
}

#[test]
fn syntax_and_limits() {
    let deep = format!("{}1{}", "(".repeat(60), ")".repeat(60));
    let long = vec!["Qty"; 4000].join(" + ");
    let chain = vec!["Qty"; 200].join(" + ");
    let mut page = expressions(&[
        "Qty +",
        "(Qty",
        "Qty Px",
        "'open",
        "if(Active, 1",
        "Qty @ 2",
        "Qty in (select 1)",
        "interval '1' day",
        "ISIN ilike 'us%'",
        "Active is true",
        "extract(year from \"Trade Dt\")",
        "Qty::string",
        "case when Qty > 0 then 1",
        "upper(case when Active then 'a' else 'b')",
        "case when Active then case when Qty > 0 then 1 end",
        "case when Active then 1 end + (case when Qty > 0 then 2 else 3",
        "case",
        "Qty / 0",
        "Qty % 0.00 + Px / -0e0",
        "Qty / nullif(Px, 0)",
    ]);
    for text in [&deep, &long, &chain] {
        let document = trades(&format!("x:\n  expr: |-\n    {text}"), "", "");
        let lines: Vec<String> = told(&[&document, SECURITIES])
            .lines()
            .filter(|line| line.starts_with("error") || line.starts_with("  help"))
            .map(str::to_owned)
            .collect();
        page.push_str(&format!("== {} characters\n{}\n", text.len(), lines.join("\n")));
    }
    insta::assert_snapshot!(page);
}

#[test]
fn fields_and_tables() {
    let cases = [
        trades("x: { from: Trade Dt, expr: Qty }\ny: { required: true }", "", ""),
        trades("x: { from: Trade Date }\ny: { from: trade_id }\nz: { from: Qty * 2 }", "", ""),
        trades(
            "x: { from: Qty, if_missing: many }\ny: { from: Trade Dt, if_missing: \"2026-02-30\" }",
            "",
            "",
        ),
        trades(
            "a: { from: Rate, type: int }\nb: { from: ISIN, type: date }\nc: { from: Active, type: date }\nd: { from: Qty, type: long }\ne: { expr: \"Qty * Px\", type: \"decimal(18,2)\" }",
            "",
            "",
        ),
        trades("BadName: { from: Qty }", "", ""),
        trades(
            "",
            "key: [trade_id, trade_di]\norder_by: booked\npartition_by: [month(trade_id), day(x), bucket(0, trade_id), trade_id, trade_id]",
            "",
        ),
        trades("", "order_by: trade_id", ""),
        trades("", "where: Qty", ""),
        trades("", "where: trade_id = 'x'", ""),
        trades("", "", "").replace("from: trades", "from: trade"),
        trades("below: { expr: above }\nabove: { from: Qty }", "", ""),
        trades("itself: { expr: itself + 1 }", "", ""),
        trades("x: { from: Qyt }\ny: { expr: x + 1 }\nz: { expr: \"y || 'a'\" }", "key: [x]", ""),
    ];
    let told: Vec<String> = cases.iter().map(|case| told(&[case])).collect();
    insta::assert_snapshot!(told.join("\n====\n"));
}

#[test]
fn sources_and_triggers() {
    let source = |contract: &str, more: &str| {
        format!(
            "\npipeline: p\nsources:\n  s:\n    kind: file\n    format: {{ csv: {{ delimiter: \";\" }} }}\n    contract:\n{contract}\n{more}"
        )
    };
    let silver = "silver:\n  t: { from: s, fields: { a: { from: a } } }\n";
    let cases = [
        source("      - { name: a, type: int }", ""),
        source(
            "      - { name: a, type: int }\n      - { name: A, type: int }\n      - { name: _record, type: int }",
            silver,
        ),
        source(
            "      - { name: a, type: int, format: yyyy }\n      - { name: b, type: date, format: DD.MM.YYYY }\n      - { name: c, type: date, format: dd/MM/yy }\n      - { name: d, type: time }\n      - { name: e, type: \"list<int>\" }\n      - { name: f, type: string, decimal_mark: \",\" }\n      - { name: g, type: \"decimal(10,2)\", grouping_mark: \".\" }\n      - { name: h, type: boolean, true_values: [J], false_values: [j] }\n      - { name: i, type: string, true_values: [J] }",
            silver,
        ),
        source("      - { name: a, type: int }", silver).replace(
            "    contract:\n",
            "    landing: { environments: { prod: /data/landing } }\n    contract:\n",
        ),
        source(
            "      - { name: a, type: int }",
            &format!("{silver}trigger: {{ cron: \"0 25 * * *\", timezone: Amerika/New_York }}\n"),
        ),
        source("      - { name: a, type: int }", silver)
            .replace("delimiter: \";\"", "delimiter: \"|\", quote: \"|\""),
        source("", "").replace("    contract:\n", "    contract: []\n"),
        source("      - { name: a, type: int }", silver).replace("pipeline: p", "pipeline: gold"),
        source("      - { name: a, type: int }", &silver.replace("  t:", "  My Table:")),
    ];
    let told: Vec<String> = cases.iter().map(|case| told(&[case])).collect();
    insta::assert_snapshot!(told.join("\n====\n"));
}

#[test]
fn circles_and_double_names() {
    let circle =
        trades("", "", "gold:\n  a: { sql: select x from gold.b }\n  b: { sql: select x from gold.a }\n");
    let across = [
        trades("sector: { expr: \"lookup('securities', ISIN, 'sector')\" }", "key: [trade_id]", ""),
        SECURITIES.replace("lot: { from: lot }", "lot: { expr: \"lookup('trades', isin, 'sector')\" }"),
    ];
    let itself = trades("x: { expr: \"lookup('trades', ISIN, 'trade_id')\" }", "key: [trade_id]", "");
    let case = SECURITIES.replace("pipeline: securities", "pipeline: Securities");
    let aside = SECURITIES.replace(
        "silver:\n",
        "silver:\n  securities_filtered: { from: securities, fields: { x: { from: isin } } }\n",
    );
    insta::assert_snapshot!(
        [
            told(&[&circle]),
            told(&[&across[0], &across[1]]),
            told(&[&itself]),
            told(&[SECURITIES, &case]),
            told(&[&aside])
        ]
        .join("\n====\n")
    );
}

#[test]
fn names_and_types_in_queries() {
    insta::assert_snapshot!(queries(&[
        "select trade_dat from silver.trades",
        "select t.price, s.isn from silver.trades t join securities.securities s on s.isin = t.isin",
        "select price from silver.trade",
        "select price from security.securities",
        "select x.price from silver.trades t",
        "select isin from silver.trades t join securities.securities s on s.isin = t.isin",
        "select price * 2 from silver.trades",
        "select price as \"Px\", isin as p, price as P from silver.trades",
        "select price from silver.trades where isin",
        "select t.price from silver.trades t join silver.trades t on true",
        "select price as p, p * 2 as q from silver.trades",
        "select lookup('securities', isin, 'sector') as s from silver.trades",
        "select price from bronze.trades",
    ]));
}

#[test]
fn groups_in_queries() {
    insta::assert_snapshot!(queries(&[
        "select isin, price, sum(quantity) as q from silver.trades group by isin",
        "select sum(price) as a from silver.trades where sum(price) > 1",
        "select isin, sum(max(price)) as a from silver.trades group by isin",
        "select isin from silver.trades group by sum(price)",
        "select sum(distinct price) as a from silver.trades",
        "select sum(*) as a from silver.trades",
        "select isin from silver.trades group by 3",
        "select isin, count(*) as n from silver.trades group by isin having price > 1",
        "select sum(isin) as a from silver.trades",
        "select sum(price) over () as a from silver.trades",
        "select isin, sum(price) as total from silver.trades group by isin order by price",
    ]));
}

#[test]
fn what_is_not_portable_in_queries() {
    insta::assert_snapshot!(queries(&[
        "select price from silver.trades where isin in (select isin from securities.securities)",
        "select t.price from silver.trades t right join securities.securities s on s.isin = t.isin",
        "select t.price from silver.trades t full join securities.securities s on s.isin = t.isin",
        "select price from silver.trades join securities.securities using (isin)",
        "select t.price from silver.trades t join securities.securities s",
        "select t.price from silver.trades t left join securities.securities s on t.quantity > s.lot",
        "select price from silver.trades union select price from silver.trades",
        "select price from silver.trades except select price from silver.trades",
        "select price, isin from silver.trades union all select price from silver.trades",
        "select isin from silver.trades union all select price from silver.trades",
        "select price from silver.trades limit 5",
        "select price from silver.trades order by price limit 5 offset 2",
        "select price from silver.trades qualify price > 1",
        "select distinct on (isin) price from silver.trades",
        "with recursive a as (select price from silver.trades) select price from a",
        "select 1 as one",
        "values (1)",
        "delete from silver.trades",
        "select price from silver.trades; select 1",
        "select price\nfrom silver.trades\nwhere pric > 1",
    ]));
}

#[test]
fn rules_of_quality() {
    insta::assert_snapshot!(rules(&[
        "Rules = [ IsComplete \"trade_id\", RowCount > 0 ]",
        "Rules = [ IsComplet \"trade_id\" ]",
        "Rules = [ CustomSql \"select 1\", IsComplete \"isin\" ]",
        "Rules = [\n  IsComplete \"trade_idd\",\n  ColumnValues \"quantity\" > \"many\",\n  ColumnValues \"isin\" = 5,\n  ColumnValues \"trade_date\" > \"2026-02-30\",\n  ColumnValues \"quantity\" = 1.5\n]",
        "Rules = [ ColumnValues \"quantity\" in [1, NULL, EMPTY] ]",
        "Rules = [ ColumnValues \"isin\" matches \"(?=US).*\" ]",
        "Rules = [ ColumnValues \"quantity\" matches \"1.*\" ]",
        "Rules = [ Completeness \"isin\" > 98 ]",
        "Rules = [ Sum \"isin\" > 1, ColumnLength \"quantity\" = 1 ]",
        "Rules = [ IsComplete \"isin\" > 0.9, IsUnique ]",
        "Rules = [ RowCount > avg(last(10)) ]",
        "Rules = [ ReferentialIntegrity \"isin\" \"securities.isn\" = 1.0, ReferentialIntegrity \"quantity\" \"securities.isin\", ReferentialIntegrity \"isin\" \"other.isin\" ]",
        "Rules = [ (IsComplete \"isin\") and (IsComplete \"trade_id\") or (RowCount > 1) ]",
        "Rules = [ IsComplete \"isin\" where \"quantty > 0\" ]",
        "Rules = [ RowCount > 0\n  IsComplete \"isin\" ]",
        "Rules [ RowCount > 0 ]",
        "Rules = [ RowCount > 0",
        "Rules = [ ColumnExists \"nothing\" ]",
        "Rules = [ IsComplete \"isin ]",
        "Analyzers = [ RowCount ]",
    ]));
}

#[test]
fn a_rule_that_the_key_makes_true_does_not_halt_unnoticed() {
    let table = |key: &str, rule: &str, on_failure: &str| {
        let table = format!("key: {key}\non_failure: {on_failure}\nrules: |\n  Rules = [\n    {rule}\n  ]");
        told(&[&trades("isin: { from: ISIN }\nquantity: { from: Qty }", &table, "")])
    };
    insta::assert_snapshot!(table(
        "[trade_id, isin]",
        "RowCount > 0, IsPrimaryKey \"isin\" \"trade_id\"",
        "halt"
    ));
    assert!(table("[isin]", "(IsUnique \"isin\") or (RowCount > 5)", "halt").contains("always-passes"));
    for (key, rule, on_failure) in [
        ("[trade_id]", "IsPrimaryKey \"trade_id\"", "quarantine"),
        ("[]", "IsPrimaryKey \"trade_id\"", "halt"),
        ("[trade_id]", "IsPrimaryKey \"trade_id\" \"isin\"", "halt"),
        ("[trade_id, isin]", "IsUnique \"isin\"", "halt"),
        ("[isin]", "(IsUnique \"isin\") and (RowCount > 5)", "halt"),
        ("[isin]", "IsComplete \"isin\"", "halt"),
    ] {
        assert_eq!(table(key, rule, on_failure), "nothing\n", "{key} {rule}");
    }
}

#[test]
fn an_error_in_one_pipeline_leaves_the_others() {
    let broken = SECURITIES.replace("sector: { from: sector }", "sector: { from: secto }");
    let reader = trades("sector: { expr: \"lookup('securities', ISIN, 'sector', 'isin')\" }", "", "");
    let other = trades("lot: { expr: \"lookup('securities', ISIN, 'lot', 'isin')\" }", "", "")
        .replace("pipeline: trades", "pipeline: other");
    let compilation = common::compile_all(&[&broken, &reader, &other]);
    assert_eq!(compilation.diagnostics.0.len(), 1, "{:?}", compilation.diagnostics);
    assert_eq!(compilation.pipelines.keys().collect::<Vec<_>>(), ["other"]);
    let blocked: Vec<String> =
        compilation.blocked.iter().map(|(name, table)| format!("{name} by {table}")).collect();
    assert_eq!(blocked, ["trades by securities.silver.securities"]);
}

#[test]
fn what_the_reader_left_out_is_no_news() {
    let document = trades("x: { from: Qty }\ny: { expr: x * 2 }", "", "")
        .replace("name: Qty, type: int", "name: Qty, type: it");
    let found = common::compile_all(&[&document]).diagnostics.0;
    assert_eq!(found.len(), 1, "{found:?}");
    let unreadable = "pipeline: securities\nsilver: [".to_owned();
    let reader = trades("sector: { expr: \"lookup('securities', ISIN, 'sector', 'isin')\" }", "", "");
    let found = common::compile_all(&[&unreadable, &reader]).diagnostics.0;
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn one_expression_by_itself_is_typed_or_explained() {
    let columns = [touchstone_compiler::Column {
        name: "price".to_owned(),
        data_type: "decimal(18,6)".parse().unwrap(),
        required: true,
        description: None,
    }];
    let typed = compile_expression("price * 2", &columns).unwrap();
    assert_eq!(typed.data_type.to_string(), "decimal(20,6)");
    let told: Vec<String> = compile_expression("prce * 2 + lookup('a', price, 'b')", &columns)
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}
