//! Expressions as Spark SQL.

use touchstone_spec::DataType;

use super::{name, text, type_name};
use crate::{
    ArithmeticOp, ColumnRef, CompareOp, Expr, ExprKind, Literal,
    function_table::{AnyFunction, Spark, entry_of},
    literal,
};

/// Says how columns and lookups are written where the expression stands.
pub(super) trait Names {
    /// A column.
    fn column(&self, column: &ColumnRef) -> String;
    /// A lookup, which a join has made a column.
    fn lookup(&self, lookup: &Expr) -> String;
}

/// Columns by their physical names.
pub(super) struct Physical;

impl Names for Physical {
    fn column(&self, column: &ColumnRef) -> String {
        name(&column.physical())
    }

    /// Queries have no lookups: the type checker refuses them.
    fn lookup(&self, lookup: &Expr) -> String {
        format!("CAST(NULL AS {})", type_name(&lookup.data_type))
    }
}

pub(super) fn expression(expr: &Expr, names: &impl Names) -> String {
    let sql = |operand: &Expr| expression(operand, names);
    match &expr.kind {
        ExprKind::Column(column) => names.column(column),
        ExprKind::Lookup { .. } => names.lookup(expr),
        ExprKind::Literal(constant) => constant_sql(constant, &expr.data_type),
        ExprKind::Cast(operand) => format!("TRY_CAST({} AS {})", sql(operand), type_name(&expr.data_type)),
        ExprKind::Arithmetic { op, left, right } => arithmetic(*op, &expr.data_type, &sql(left), &sql(right)),
        // Without ANSI mode the least integer stays itself when negated; try_subtract gives null.
        ExprKind::Negate(operand) if expr.data_type.is_integer() => {
            format!("try_subtract(0, {})", sql(operand))
        }
        ExprKind::Negate(operand) => format!("(- {})", sql(operand)),
        ExprKind::Compare { op, left, right } => format!("({} {} {})", sql(left), compare(*op), sql(right)),
        ExprKind::And(left, right) => format!("({} AND {})", sql(left), sql(right)),
        ExprKind::Or(left, right) => format!("({} OR {})", sql(left), sql(right)),
        ExprKind::Not(operand) => format!("(NOT {})", sql(operand)),
        ExprKind::IsNull { operand, negated } => {
            format!("({} IS {}NULL)", sql(operand), if *negated { "NOT " } else { "" })
        }
        ExprKind::In { operand, list, negated } => {
            let list: Vec<String> = list.iter().map(sql).collect();
            format!("({} {}IN ({}))", sql(operand), if *negated { "NOT " } else { "" }, list.join(", "))
        }
        ExprKind::Like { operand, pattern, negated } => {
            format!("({} {}LIKE {})", sql(operand), if *negated { "NOT " } else { "" }, text(pattern))
        }
        ExprKind::Case { branches, otherwise } => {
            let branches: Vec<String> = branches
                .iter()
                .map(|(condition, value)| format!("WHEN {} THEN {}", sql(condition), sql(value)))
                .collect();
            let otherwise = otherwise.as_ref().map_or(String::new(), |value| format!(" ELSE {}", sql(value)));
            format!("CASE {}{otherwise} END", branches.join(" "))
        }
        ExprKind::Call { function, arguments } => {
            call(AnyFunction::Scalar(*function), arguments, &arguments.iter().map(sql).collect::<Vec<_>>())
        }
        ExprKind::Aggregate { arguments, .. } if arguments.is_empty() => "count(*)".to_owned(),
        ExprKind::Aggregate { function, distinct, arguments } => {
            let mut written: Vec<String> = arguments.iter().map(sql).collect();
            if *distinct && let Some(first) = written.first_mut() {
                *first = format!("DISTINCT {first}");
            }
            call(AnyFunction::Aggregate(*function), arguments, &written)
        }
    }
}

fn call(function: AnyFunction, arguments: &[Expr], sql: &[String]) -> String {
    match entry_of(function).map(|entry| entry.spark) {
        Some(Spark::Rendered(render)) => render(arguments, sql),
        Some(Spark::Template(template)) => {
            // Arguments may hold braces of their own: the template is read, not replaced in.
            let mut written = String::new();
            let mut rest = template;
            while let Some((head, tail)) = rest.split_once('{') {
                let (hole, behind) = tail.split_once('}').unwrap_or((tail, ""));
                written.push_str(head);
                match hole.parse::<usize>() {
                    Ok(index) => written.push_str(sql.get(index).map_or("NULL", String::as_str)),
                    Err(_) => written.push_str(&sql.join(", ")),
                }
                rest = behind;
            }
            written.push_str(rest);
            written
        }
        None => "NULL".to_owned(),
    }
}

fn arithmetic(op: ArithmeticOp, data_type: &DataType, left: &str, right: &str) -> String {
    // Integers wrap around without ANSI mode; the try_ functions give null.
    match (op, data_type.is_integer()) {
        (ArithmeticOp::Add, true) => format!("try_add({left}, {right})"),
        (ArithmeticOp::Subtract, true) => format!("try_subtract({left}, {right})"),
        (ArithmeticOp::Multiply, true) => format!("try_multiply({left}, {right})"),
        (op, _) => format!("({left} {} {right})", crate::typing::symbol(op)),
    }
}

fn compare(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Equal => "=",
        CompareOp::NotEqual => "<>",
        CompareOp::Less => "<",
        CompareOp::LessOrEqual => "<=",
        CompareOp::Greater => ">",
        CompareOp::GreaterOrEqual => ">=",
    }
}

fn constant_sql(constant: &Literal, data_type: &DataType) -> String {
    let spark_type = type_name(data_type);
    match constant {
        Literal::Null => format!("CAST(NULL AS {spark_type})"),
        Literal::Boolean(value) => value.to_string().to_uppercase(),
        Literal::Integer(value) if *data_type == DataType::Int => value.to_string(),
        Literal::Integer(value) => format!("CAST({} AS {spark_type})", text(&value.to_string())),
        Literal::Number(value) => format!("CAST({} AS {spark_type})", text(&format!("{value:E}"))),
        Literal::Decimal(digits) => format!("CAST({} AS {spark_type})", text(digits)),
        Literal::Text(value) => text(value),
        Literal::Date(days) => format!("DATE {}", text(&literal::date_text(*days))),
        Literal::Timestamp(micros) => {
            let zone = if *data_type == DataType::Timestamptz { "Z" } else { "" };
            format!("CAST({} AS {spark_type})", text(&format!("{}{zone}", literal::timestamp_text(*micros))))
        }
    }
}
