//! What breaks when something changes.

mod common;

use common::{SECURITIES, trades};
use proptest::prelude::*;
use touchstone_compiler::{
    Compilation, ImpactChange, ImpactSeverity, LineageColumn, LineageNode, LineageTarget, compile, impact,
};
use touchstone_spec::Document;

const FIELDS: &str = r#"
trade_date: { from: Trade Dt }
isin: { from: ISIN }
quantity: { from: Qty }
price: { from: Px }
notional: { type: "decimal(18,2)", expr: quantity * price }
active: { from: Active }
sector: { expr: "lookup('securities', isin, 'sector', 'isin')" }
"#;

const TABLE: &str = r#"where: Qty > 0
key: [trade_id]
order_by: trade_date
rules: |
  Rules = [ ColumnValues "quantity" > 0, ReferentialIntegrity "isin" "securities.isin" ]"#;

const GOLD: &str = "
owner: equity@example.com
gold:
  exposure:
    key: [sector]
    sql: select sector, sum(notional) as gross from silver.trades where active group by sector
  top:
    sql: select sector, gross * 2 as twice from gold.exposure where gross > 5
";

fn workspace() -> (Vec<Document>, Compilation) {
    let text = trades(FIELDS, TABLE, GOLD);
    let documents = vec![
        Document::read("pipelines/securities.yaml", SECURITIES),
        Document::read("pipelines/trades.yaml", text),
    ];
    let compilation = compile(&documents);
    assert!(!compilation.diagnostics.has_errors(), "{:#?}", compilation.diagnostics);
    (documents, compilation)
}

#[test]
fn impacts_are_told_with_their_reasons_and_ways() {
    let (documents, compilation) = workspace();
    let retype = |to: &str| ImpactChange::Retype(to.parse().unwrap());
    let mut page = Vec::new();
    for (target, change) in [
        ("trades.silver.trades.quantity", ImpactChange::Drop),
        ("trades.silver.trades.quantity", retype("long")),
        ("trades.file.trades.Qty", retype("string")),
        ("trades.bronze.trades.Px", retype("double")),
        ("trades.bronze.trades.Trade Dt", ImpactChange::Rename("Trade Date".to_owned())),
        ("securities.silver.securities.isin", ImpactChange::Drop),
        ("securities.silver.securities.lot", ImpactChange::Drop),
        ("trades.silver.trades.active", ImpactChange::Drop),
        ("trades.gold.exposure.gross", ImpactChange::Drop),
        ("trades.gold.exposure.gross", retype("double")),
        ("securities.silver.securities", ImpactChange::Rename("instruments".to_owned())),
    ] {
        let target = compilation.lineage.find(target).unwrap();
        page.push(impact(&documents, &compilation, &target, &change).to_text());
    }
    // A published lineage, without documents.
    let target = compilation.lineage.find("trades.silver.trades.quantity").unwrap();
    page.push(format!(
        "without documents: {}",
        impact(&[], &compilation, &target, &ImpactChange::Drop).to_text()
    ));
    insta::assert_snapshot!(page.join("\n----\n"));
}

proptest! {
    /// Where the change can be tried, what is said to break is what doesn't compile.
    #[test]
    fn a_drop_breaks_what_no_longer_compiles(index in 0_usize..100) {
        let (documents, compilation) = workspace();
        let columns: Vec<LineageColumn> = compilation
            .lineage
            .tables
            .iter()
            .flat_map(|table| {
                table.columns.iter().map(|column| LineageColumn { node: table.node.clone(), column: column.clone() })
            })
            .collect();
        let column = columns[index % columns.len()].clone();
        let found = impact(&documents, &compilation, &LineageTarget::Column(column.clone()), &ImpactChange::Drop);
        let breaks = |severity: ImpactSeverity| severity == ImpactSeverity::Breaks;
        // A file's column is used where the bronze column of its name is.
        let files = compilation.lineage.column_edges.iter().filter(|edge| edge.from == column);
        let bronze = files
            .filter(|_| matches!(column.node, LineageNode::File { .. }))
            .find_map(|edge| Some(LineageColumn { node: edge.to.clone(), column: edge.column.clone()? }));
        let named = bronze.unwrap_or_else(|| column.clone());
        let used = compilation.lineage.column_edges.iter().any(|edge| edge.from == named);
        prop_assert_eq!(found.tables.iter().any(|table| breaks(table.severity)), used, "{}", found.to_text());
        for affected in &found.columns {
            let path = &affected.path;
            prop_assert_eq!(&path[0].from, &column);
            prop_assert_eq!(&path[path.len() - 1].to, &affected.column.node);
            prop_assert!(path.windows(2).all(|pair| pair[0].to == pair[1].from.node));
            let table = found.tables.iter().find(|table| table.node == affected.column.node).unwrap();
            prop_assert!(table.severity >= affected.severity);
        }
    }
}
