//! Every function of the function table gives what its entry says.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use support::Workspace;
use touchstone_compiler::{AnyFunction, function_table};
use touchstone_engine::evaluate_constant;

#[test]
fn every_example_gives_its_result() {
    let mut wrong = Vec::new();
    for entry in function_table() {
        if let AnyFunction::Scalar(_) = entry.function {
            let result = constant(entry.example.expression);
            if result != entry.example.result {
                wrong.push(format!("{}: {result}, not {}", entry.example.expression, entry.example.result));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn constant(expression: &str) -> String {
    match touchstone_compiler::compile_expression(expression, &[]) {
        Ok(expr) => match evaluate_constant(&expr) {
            Ok(value) => value.unwrap_or_else(|| "null".to_owned()),
            Err(error) => format!("error: {error}"),
        },
        Err(diagnostics) => format!("error: {}", diagnostics[0]),
    }
}

#[test]
fn the_language_at_its_edges() {
    let cases = [
        "1 / 3",
        "1 / 0",
        "1.0 / 3",
        "10.00 / 4",
        "2.5 * 1.5",
        "0.1 + 0.2",
        "5 % 3",
        "-5 % 3",
        "5.5 % 2",
        "5 % 0",
        "2147483647 + 1",
        "cast('9223372036854775807' as long) + 1",
        "cast('12.345' as decimal(5,2))",
        "cast('1234.5' as decimal(5,2))",
        "cast(-0.005 as decimal(5,2))",
        "cast('abc' as int)",
        "cast('1.5' as int)",
        "cast(1.9 as int)",
        "cast(-1.9 as int)",
        "cast(' 42 ' as int)",
        "cast(1e20 as long)",
        "cast('2026-02-30' as date)",
        "cast('2026-3-2' as date)",
        "cast('2026-03-02 10:00:00.5' as timestamp)",
        "cast(date '2026-03-02' as timestamp)",
        "cast('yes' as boolean)",
        "cast('maybe' as boolean)",
        "cast(true as int)",
        "cast(0.1 as double)",
        "cast(1.50 as string)",
        "cast(1e7 as string)",
        "cast(date '2026-03-02' as string)",
        "null = null",
        "null and false",
        "null or true",
        "not null",
        "1 in (1, null)",
        "2 in (1, null)",
        "2 not in (1, null)",
        "'a' like '_'",
        "'100%' like '100\\%'",
        "'ab' not like 'a%'",
        "case when null then 1 else 2 end",
        "case when false then 1 end",
        "coalesce(null, null)",
        "nullif(1, 2)",
        "if(null, 1, 2)",
        "greatest(null, null, 1)",
        "substring('abc', -5, 4)",
        "substring('abc', 0, 2)",
        "substring('abc', 2, -1)",
        "substring('äöü', 2)",
        "left('abc', -1)",
        "right('abc', 5)",
        "lpad('abc', 2, 'x')",
        "rpad('abc', 5, '')",
        "split_part('a,b,c', ',', -1)",
        "split_part('a', ',', 3)",
        "replace('aaa', '', 'b')",
        "regexp_extract('abc', '(x)', 1)",
        "regexp_replace('a.b', '\\.', '-')",
        "upper('straße')",
        "length('e\u{301}')",
        "round(-2.5, 0)",
        "round(2.345, 1)",
        "round(cast(2.345 as double), 2)",
        "round(1234, 0)",
        "ceil(-1.5)",
        "floor(cast(-1.5 as double))",
        "sign(0)",
        "abs(cast(-2147483648 as int))",
        "add_months(date '2026-03-31', -1)",
        "add_months(date '2024-02-29', 12)",
        "date_add(date '2026-03-01', -1)",
        "date_trunc('week', date '2026-03-01')",
        "date_trunc('quarter', date '2026-05-17')",
        "last_day(date '2024-02-01')",
        "day_of_week(date '2026-03-01')",
        "to_date('31/02/2026', 'dd/MM/yyyy')",
        "date '2026-03-02' > date '2026-03-01'",
        "'Z' < 'a'",
        "1.0 = 1.00",
        "'a' || null",
    ];
    let told: Vec<String> = cases.iter().map(|case| format!("{case}  →  {}", constant(case))).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test]
async fn queries_give_what_sql_gives() {
    let document = r#"
pipeline: q
sources:
  l: { kind: file, format: { csv: {} }, sample: l.csv, contract: [ { name: id, type: int }, { name: k, type: string }, { name: v, type: "decimal(10,2)" } ] }
  r: { kind: file, format: { csv: {} }, sample: r.csv, contract: [ { name: k, type: string }, { name: n, type: int } ] }
silver:
  l: { from: l, fields: { id: { from: id }, k: { from: k }, v: { from: v } } }
  r: { from: r, fields: { k: { from: k }, n: { from: n } } }
gold:
  inner_join: { sql: "select l.id, r.n from silver.l l join silver.r r on l.k = r.k" }
  left_join: { sql: "select l.id, r.n from silver.l l left join silver.r r on l.k = r.k and r.n > l.id" }
  cross_join: { sql: "select l.id, r.n from silver.l l cross join silver.r r where l.id = 1" }
  grouped: { sql: "select k, count(*) as rows, count(v) as vs, count(distinct v) as distinct_vs, sum(v) as total, avg(v) as mean, min(v) as least, max(v) as most, min_by(id, v) as least_id, max_by(id, v) as most_id from silver.l group by k" }
  whole: { sql: "select count(*) as rows, sum(v) as total, avg(v) as mean, max(k) as last from silver.l where id > 100" }
  having_it: { sql: "select k, sum(v) as total from silver.l group by k having sum(v) > 2 order by total desc" }
  distinct_k: { sql: "select distinct k from silver.l" }
  both: { sql: "select k from silver.l union all select k from silver.r" }
  sorted: { sql: "select id, v from silver.l order by v desc, id limit 3" }
  nested: { sql: "with big as (select k, v from silver.l where v > 1) select b.k, b.v * 2 as twice from big b" }
"#;
    let workspace = Workspace::new(
        &[
            ("l.csv", "id,k,v\n1,a,1.00\n2,b,2.50\n3,a,1.00\n4,,3.00\n5,a,\n6,b,0.01\n"),
            ("r.csv", "k,n\na,2\nb,1\na,9\n,7\n"),
        ],
        &[document],
    );
    let report = workspace.run().await;
    assert!(report.problem.is_none(), "{}", report.to_text());
    let mut told = String::new();
    for table in workspace.pipelines[0].gold.keys() {
        let rows = workspace.rows(&format!("q.gold.{table}")).await;
        told.extend([table.as_str(), "\n  ", &rows.join("\n  "), "\n"]);
    }
    insta::assert_snapshot!(told);
}
