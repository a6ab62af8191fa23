//! Plans, Spark SQL and lineage of pipelines that compile.

#![allow(clippy::format_push_string, reason = "a page of a few lines")]

mod common;

use common::{SECURITIES, compile_all, trades};
use sqlparser::{dialect::DatabricksDialect, parser::Parser};
use touchstone_compiler::{Compilation, CompiledPipeline, spark_sql_typed_source};

const FIELDS: &str = r#"trade_date: { from: Trade Dt, required: true }
isin: { expr: "upper(trim(ISIN))" }
quantity: { from: Qty, if_missing: 0 }
price: { from: Px }
notional: { type: "decimal(18,2)", expr: quantity * price }
net: { expr: "if(Active, notional, -notional)" }
security_id: { expr: "lookup('securities', isin, 'security_id', 'isin')" }
sector: { expr: "lookup('securities', isin, 'sector', 'isin')", if_missing: UNKNOWN }
lot: { expr: "coalesce(lookup('securities', lookup('securities', ISIN, 'security_id', 'isin'), 'lot'), 1)" }
label: { expr: "concat(left(isin, 2), '-', cast(year(trade_date) as string), ' it''s \\')" }
kind: { expr: "case Qty when 1 then 'one' when 2 then 'two' end" }
code: { expr: "regexp_replace(ISIN, '^([A-Z]{2})(\\d+)$', '$2.$1')" }
late: { expr: "Booked > '2026-03-02 18:00:00' and \"Trade Dt\" not in ('2026-01-01', date '2026-12-25')" }
rate: { expr: "round(Rate * 100, 2) / 3" }
overflow: { expr: "abs(Qty) * 2 - 1" }"#;

const TABLE: &str = "where: Qty <> 0 and lookup('securities', ISIN, 'lot', 'isin') is not null\nkey: [trade_id]\norder_by: trade_date\npartition_by: [month(trade_date)]";

const GOLD: &str = r"gold:
  exposure:
    sql: |
      select trade_date, sector, sum(notional) as gross, count(*) as trades, count(distinct isin) as isins
      from silver.trades group by trade_date, sector
  last_price:
    key: [isin]
    sql: |
      with recent as (
        select isin, trade_date, price from trades.silver.trades where trade_date >= '2026-01-01'
      )
      select t.isin, t.quantity * max_by(r.price, r.trade_date) as value, max(r.trade_date) as on_day
      from silver.trades t
      left join recent r on r.isin = t.isin and r.trade_date <= t.trade_date
      group by t.isin, t.quantity
      having count(*) > 0
  everything:
    sql: |
      select s.*, e.gross from gold.exposure e, securities.securities s where s.sector = e.sector and e.gross > 100
  top:
    sql: |
      select distinct isin, price * 2 as twice, year(trade_date) as y from silver.trades
      order by 2 desc, isin limit 10
  hidden_order:
    sql: select isin from silver.trades order by quantity desc nulls last limit 3
  stacked:
    sql: |
      select isin, quantity as amount from silver.trades
      union all
      select isin, lot from (select isin, lot from securities.securities) as x
";

fn workspace() -> Compilation {
    let compilation = compile_all(&[&trades(FIELDS, TABLE, GOLD), SECURITIES]);
    let told: Vec<String> = compilation.diagnostics.0.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    compilation
}

fn pipeline(compilation: &Compilation) -> &CompiledPipeline {
    &compilation.pipelines["trades"]
}

#[test]
fn a_silver_plan_is_kept() {
    let compilation = workspace();
    let plan = &pipeline(&compilation).silver["trades"];
    let fields: Vec<String> = plan
        .fields
        .iter()
        .map(|field| {
            format!(
                "{:<12} {}{}",
                field.name,
                field.expr.data_type,
                if field.expr.nullable { "" } else { " not null" }
            )
        })
        .collect();
    insta::assert_snapshot!(fields.join("\n"));
    insta::assert_json_snapshot!("a_field_as_json", plan.fields[5].expr);
}

#[test]
fn gold_plans_are_kept() {
    let compilation = workspace();
    insta::assert_json_snapshot!(pipeline(&compilation).gold["last_price"]);
    let schemas: Vec<String> = pipeline(&compilation)
        .gold
        .values()
        .map(|plan| {
            let columns: Vec<String> = plan
                .schema
                .columns
                .iter()
                .map(|column| format!("{} {}", column.name, column.data_type))
                .collect();
            format!("{}: {}", plan.schema.name, columns.join(", "))
        })
        .collect();
    insta::assert_snapshot!("gold_schemas", schemas.join("\n"));
}

#[test]
fn plans_are_read_back_from_json() {
    let compilation = workspace();
    for plan in compilation.pipelines.values() {
        let text = serde_json::to_string(plan).unwrap();
        let again: CompiledPipeline = serde_json::from_str(&text).unwrap();
        assert_eq!(again, *plan);
    }
}

#[test]
fn spark_sql_is_kept_and_can_be_parsed() {
    let compilation = workspace();
    let mut page = String::new();
    let plan = pipeline(&compilation);
    let silver = plan.silver.values().map(|plan| (plan.schema.name.to_string(), plan.spark_sql.clone()));
    let gold = plan.gold.values().map(|plan| (plan.schema.name.to_string(), plan.spark_sql.clone()));
    let sources = plan.sources.values().map(|source| (source.name.clone(), spark_sql_typed_source(source)));
    for (name, sql) in sources.chain(silver).chain(gold) {
        let parsed = Parser::parse_sql(&DatabricksDialect {}, &sql);
        assert!(parsed.is_ok(), "{name}: {parsed:?}\n{sql}");
        page.push_str(&format!("-- {name}\n{sql}\n\n"));
    }
    insta::assert_snapshot!(page);
}

#[test]
fn a_source_of_every_kind_is_typed_in_spark() {
    let text = r#"
pipeline: p
sources:
  s:
    kind: file
    format: { csv: { null_values: [N/A, "it's"], trim: true } }
    contract:
      - { name: id, type: string, required: true }
      - { name: a b, type: "decimal(18,2)", decimal_mark: ",", grouping_mark: ".", negative: parentheses }
      - { name: c, type: double, negative: trailing_minus }
      - { name: d, type: int, required: true }
      - { name: e, type: date, format: dd/MM/yyyy }
      - { name: f, type: date }
      - { name: g, type: timestamp, format: "yyyy-MM-dd'T'HH:mm:ss" }
      - { name: h, type: timestamptz }
      - { name: i, type: boolean }
      - { name: j, type: boolean, true_values: [Y], false_values: [N] }
      - { name: k, type: uuid }
silver:
  t: { from: s, fields: { id: { from: id } } }
"#;
    let compilation = compile_all(&[text]);
    let sql = spark_sql_typed_source(&compilation.pipelines["p"].sources["s"]);
    let parsed = Parser::parse_sql(&DatabricksDialect {}, &sql);
    assert!(parsed.is_ok(), "{parsed:?}\n{sql}");
    insta::assert_snapshot!(sql);
}

#[test]
fn lineage_is_followed_both_ways() {
    let compilation = workspace();
    let lineage = &compilation.lineage;
    let find = |name: &str| lineage.find(name).unwrap();
    insta::assert_snapshot!(
        [
            lineage.up(&find("trades.gold.exposure.gross")).to_text(),
            lineage.up(&find("trades.sector")).to_text(),
            lineage.down(&find("securities.bronze.securities.sector")).to_text(),
            lineage.down(&find("trades.silver.trades.quantity")).to_text(),
            lineage.up(&find("everything")).to_text(),
            lineage.down(&find("securities")).to_text(),
            lineage.to_text(),
            lineage.up(&find("exposure.gross")).to_dot(),
        ]
        .join("\n")
    );
    insta::assert_json_snapshot!("lineage_as_json", lineage.up(&find("exposure.isins")).to_json());
}

#[test]
fn names_of_lineage_are_found_or_suggested() {
    let lineage = workspace().lineage;
    let told: Vec<String> = [
        "trades.silver.trades",
        "trades",
        "exposure",
        "trades.exposure.gross",
        "gold.exposure",
        "securities.sector",
        "trades.file.trades.Trade ID",
        "exposur.gross",
        "nothing.like.this",
        "Trades.Price",
    ]
    .iter()
    .map(|name| match lineage.find(name) {
        Ok(target) => format!("{name}: {target}"),
        Err(why) => format!("{name}: {why}"),
    })
    .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn the_same_workspace_in_another_order_gives_the_same() {
    let text = trades(FIELDS, TABLE, GOLD);
    let (one, other) = (compile_all(&[&text, SECURITIES]), compile_all(&[SECURITIES, &text]));
    assert_eq!(one.lineage, other.lineage);
    assert_eq!(one.pipelines["trades"], other.pipelines["trades"]);
}

#[test]
fn rules_are_bound_to_columns_and_their_text_is_kept() {
    let table = r#"key: [trade_id]
rules: |
  # What must hold
  Rules = [
    RowCount between 1 and 1000, ColumnCount >= 3,
    ColumnExists "isin",
    IsComplete 'isin' where "quantity > 0",
    Completeness "isin" > 0.98,   # nearly all
    IsUnique "trade_id", Uniqueness "isin" > 0.5,
    DistinctValuesCount "isin" in [1, 2, 3],
    IsPrimaryKey "trade_id" "isin",
    ColumnValues "quantity" not between 0 and 10 with threshold > 0.9,
    ColumnValues "isin" in ["US0378331005", NULL, EMPTY],
    ColumnValues "isin" != NULL,
    ColumnValues "trade_date" >= "2026-01-01",
    ColumnValues "isin" not matches "[a-z]+",
    ColumnLength "isin" = 12,
    Sum "quantity" > -5, Mean "quantity" < 1.5,
    (ReferentialIntegrity "isin" "securities.isin" >= 0.99)
      or ((RowCount = 0) and (IsComplete "isin")),
  ]"#;
    let fields = "isin: { from: ISIN }\nquantity: { from: Qty }\ntrade_date: { from: Trade Dt }";
    let compilation = compile_all(&[&trades(fields, table, ""), SECURITIES]);
    assert_eq!(compilation.diagnostics.0, []);
    let pipeline = pipeline(&compilation);
    let ruleset = &pipeline.silver["trades"].rules;
    assert!(ruleset.text.starts_with("# What must hold\nRules = ["));
    assert_eq!(
        pipeline.reads.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["securities.silver.securities"]
    );
    let rules: Vec<String> = ruleset
        .rules
        .iter()
        .map(|rule| format!("{}\n    {}", rule.text, serde_json::to_string(&rule.check).unwrap_or_default()))
        .collect();
    insta::assert_snapshot!(rules.join("\n"));
}

#[test]
fn words_of_sql_may_name_columns() {
    let columns: Vec<touchstone_compiler::Column> = [
        "close",
        "date",
        "name",
        "value",
        "position",
        "year",
        "day",
        "currency",
        "open",
        "type",
        "first",
        "left",
        "region",
        "key",
        "rank",
        "count",
        "timestamp",
    ]
    .into_iter()
    .map(|name| touchstone_compiler::Column {
        name: name.to_owned(),
        data_type: touchstone_spec::DataType::Int,
        required: false,
        description: None,
    })
    .collect();
    for column in &columns {
        let text = format!("{} + 1", column.name);
        assert!(touchstone_compiler::compile_expression(&text, &columns).is_ok(), "{text}");
    }
}
