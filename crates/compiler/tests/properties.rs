//! Whatever a steward types: no panic, and typed trees that engines can rely on.

mod common;

use common::{SECURITIES, trades};
use proptest::prelude::*;
use touchstone_compiler::{Column, Expr, ExprKind, compile_expression};
use touchstone_spec::DataType;

fn columns() -> Vec<Column> {
    [
        ("i", "int"),
        ("l", "long"),
        ("d", "decimal(18,6)"),
        ("e", "decimal(10,2)"),
        ("f", "double"),
        ("s", "string"),
        ("t", "date"),
        ("b", "boolean"),
    ]
    .into_iter()
    .map(|(name, data_type)| Column {
        name: name.to_owned(),
        data_type: data_type.parse().unwrap_or(DataType::Binary),
        required: false,
        description: None,
    })
    .collect()
}

/// What an engine counts on.
fn check(expr: &Expr) -> Result<(), TestCaseError> {
    match &expr.kind {
        ExprKind::Compare { left, right, .. } => {
            prop_assert_eq!(&left.data_type, &right.data_type);
            prop_assert_eq!(&expr.data_type, &DataType::Boolean);
        }
        ExprKind::Arithmetic { left, right, .. } => {
            let decimals = matches!(
                (&left.data_type, &right.data_type),
                (DataType::Decimal { .. }, DataType::Decimal { .. })
            );
            prop_assert!(decimals || left.data_type == right.data_type);
            if !decimals {
                prop_assert_eq!(&expr.data_type, &left.data_type);
            }
        }
        ExprKind::And(left, right) | ExprKind::Or(left, right) => {
            prop_assert_eq!((&left.data_type, &right.data_type), (&DataType::Boolean, &DataType::Boolean));
        }
        ExprKind::In { operand, list, .. } => {
            prop_assert!(list.iter().all(|value| value.data_type == operand.data_type));
        }
        ExprKind::Case { branches, otherwise } => {
            for (condition, value) in branches {
                prop_assert_eq!(&condition.data_type, &DataType::Boolean);
                prop_assert_eq!(&value.data_type, &expr.data_type);
            }
            if let Some(value) = otherwise {
                prop_assert_eq!(&value.data_type, &expr.data_type);
            }
        }
        ExprKind::Aggregate { .. } | ExprKind::Lookup { .. } => prop_assert!(false, "no place for it here"),
        _ => {}
    }
    expr.operands().into_iter().try_for_each(check)
}

fn any_expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(vec!["i", "l", "d", "e", "f", "s", "t", "b"]).prop_map(str::to_owned),
        prop::sample::select(vec!["1", "2.5", "3000000000", "1e3", "'x'", "'2026-03-02'", "null", "true"])
            .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (
                inner.clone(),
                prop::sample::select(vec!["+", "-", "*", "/", "%", "||", "=", "<", ">=", "<>", "and", "or"]),
                inner.clone()
            )
                .prop_map(|(left, op, right)| format!("({left} {op} {right})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("case when {a} then {b} else {c} end")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} in ({b}, {a})")),
            (
                prop::sample::select(vec![
                    "coalesce",
                    "greatest",
                    "nullif",
                    "concat",
                    "round",
                    "date_add",
                    "substring",
                    "if"
                ]),
                prop::collection::vec(inner.clone(), 1..4)
            )
                .prop_map(|(name, arguments)| format!("{name}({})", arguments.join(", "))),
            (inner, prop::sample::select(vec!["int", "long", "double", "decimal(10,2)", "string", "date"]))
                .prop_map(|(value, to)| format!("cast({value} as {to})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_typed_tree_keeps_its_promises(text in any_expression()) {
        match compile_expression(&text, &columns()) {
            Ok(expr) => check(&expr)?,
            Err(found) => prop_assert!(!found.is_empty(), "{} was refused without a word", text),
        }
    }

    #[test]
    fn no_expression_panics(text in "\\PC{0,60}") {
        prop_assert!(compile_expression(&text, &columns()).map_or_else(|found| !found.is_empty(), |_| true));
    }

    #[test]
    fn no_sql_like_text_panics(text in "(select|from|where|lookup|case|when|end|and|or|in|\\(|\\)|,|'|\"|i|s|[0-9.]{1,4}|<|=|-|\\*| ){0,40}") {
        prop_assert!(compile_expression(&text, &columns()).map_or_else(|found| !found.is_empty(), |_| true));
    }

    #[test]
    fn no_rule_or_query_panics(
        rule in "(Rules = \\[)?([A-Za-z\"'\\[\\]()#, =<>0-9.\n]|IsComplete|ColumnValues|where|between){0,30}",
        sql in "(select |with a as \\(select |from silver.trades|group by |union all |order by |limit 1|join |on |a|\\*|,|\\(|\\)|[a-z.' ]){0,30}",
    ) {
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        let text = trades("", &format!("rules: {}", quoted(&rule)), &format!("gold: {{ g: {{ sql: {} }} }}", quoted(&sql)));
        let compilation = common::compile_all(&[&text, SECURITIES]);
        prop_assert!(compilation.diagnostics.has_errors() || compilation.pipelines.contains_key("trades"));
    }
}

/// What a thread's stack of two megabytes must bear, unoptimised; optimised code needs a fraction.
fn on_a_small_stack(text: String, compiles: bool) {
    let run = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
        assert_eq!(compile_expression(&text, &columns()).is_ok(), compiles);
    });
    assert!(run.is_ok_and(|thread| thread.join().is_ok()));
}

#[test]
fn long_chains_need_no_stack() {
    on_a_small_stack(vec!["i"; 1990].join(" + "), false);
    on_a_small_stack(vec!["b"; 1990].join(" and "), true);
}

#[test]
fn nesting_stays_within_the_stack() {
    on_a_small_stack(format!("{}i{}", "abs(".repeat(16), ")".repeat(16)), true);
    on_a_small_stack(format!("{}i{}", "abs(".repeat(200), ")".repeat(200)), false);
    on_a_small_stack(format!("{}i{}", "(".repeat(200), ")".repeat(200)), false);
    on_a_small_stack(format!("{}i{}", "case when b then ".repeat(200), " end".repeat(200)), false);
    on_a_small_stack(format!("{}i{}", "case when b then ".repeat(16), " end".repeat(16)), true);
    on_a_small_stack(format!("{}b", "not ".repeat(200)), false);
    for (depth, compiles) in [(7, true), (8, false)] {
        let sql =
            format!("{}silver.trades{}", "select trade_id from (".repeat(depth), ") as x".repeat(depth))
                .replacen("from (silver.trades)", "from silver.trades", 1);
        let text = trades("", "", &format!("gold: {{ g: {{ sql: \"{sql}\" }} }}"));
        let run = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
            let told = common::told(&[&text, SECURITIES]);
            assert_eq!(told == "nothing\n", compiles, "{told}");
        });
        assert!(run.unwrap().join().is_ok());
    }
}
