//! Arithmetic: conversions of the operands and the type of the result, by Spark's rules.

use sqlparser::ast::{self, BinaryOperator};
use touchstone_spec::DataType;

use super::{Typer, convert};
use crate::{
    ArithmeticOp, Expr, ExprKind, Literal,
    finding::{At, Finding},
    literal,
};

pub(super) fn arithmetic_op(op: &BinaryOperator) -> Option<ArithmeticOp> {
    Some(match op {
        BinaryOperator::Plus => ArithmeticOp::Add,
        BinaryOperator::Minus => ArithmeticOp::Subtract,
        BinaryOperator::Multiply => ArithmeticOp::Multiply,
        BinaryOperator::Divide => ArithmeticOp::Divide,
        BinaryOperator::Modulo => ArithmeticOp::Remainder,
        _ => return None,
    })
}

pub(crate) fn symbol(op: ArithmeticOp) -> &'static str {
    match op {
        ArithmeticOp::Add => "+",
        ArithmeticOp::Subtract => "-",
        ArithmeticOp::Multiply => "*",
        ArithmeticOp::Divide => "/",
        ArithmeticOp::Remainder => "%",
    }
}

impl Typer<'_> {
    pub(super) fn arithmetic(
        &mut self,
        left: &ast::Expr,
        op: ArithmeticOp,
        right: &ast::Expr,
    ) -> Option<Expr> {
        let left_value = self.number_operand(left, symbol(op));
        let right_value = self.number_operand(right, symbol(op));
        if matches!(op, ArithmeticOp::Divide | ArithmeticOp::Remainder)
            && right_value.as_ref().and_then(Expr::literal).is_some_and(is_zero)
        {
            self.findings.push(
                Finding::warning(
                    At::of_expr(right),
                    "division-by-zero",
                    "the divisor is zero: the result is always null",
                )
                .help("correct the divisor, or write null if that is meant"),
            );
        }
        Some(combine(left_value?, op, right_value?))
    }

    pub(super) fn number_operand(&mut self, node: &ast::Expr, symbol: &str) -> Option<Expr> {
        let typed = self.expr(node)?;
        if typed.data_type.is_numeric() {
            return Some(typed);
        }
        if matches!(typed.literal(), Some(Literal::Null)) {
            return Some(Expr::null(DataType::Int));
        }
        let help = match typed.data_type {
            _ if matches!(typed.literal(), Some(Literal::Text(_))) => {
                "write a number, without quotes".to_owned()
            }
            DataType::String if symbol == "+" => {
                format!("write {node} || … to join text, or cast({node} as double) to add")
            }
            DataType::String => {
                format!("write cast({node} as decimal(18,2)), or give the contract's column a number type")
            }
            DataType::Date | DataType::Timestamp | DataType::Timestamptz => {
                "write date_add(date, days), add_months(date, months) or date_diff(end, start)".to_owned()
            }
            _ => format!("write if({node}, 1, 0)"),
        };
        self.fail(
            Finding::error(
                At::of_expr(node),
                "wrong-type",
                format!("`{symbol}` takes numbers, and this is {}", typed.data_type),
            )
            .help(help),
        )
    }

    pub(super) fn negate(&mut self, operand: &ast::Expr) -> Option<Expr> {
        if let ast::Expr::Value(ast::ValueWithSpan { value: ast::Value::Number(text, _), .. }) = operand
            && let Some(number) = literal::number(&format!("-{text}"))
        {
            return Some(number);
        }
        let typed = self.number_operand(operand, "-")?;
        let (data_type, nullable) = (typed.data_type.clone(), typed.nullable || typed.data_type.is_integer());
        Some(Expr { kind: ExprKind::Negate(Box::new(typed)), data_type, nullable })
    }
}

fn is_zero(literal: &Literal) -> bool {
    match literal {
        Literal::Integer(value) => *value == 0,
        Literal::Number(value) => *value == 0.0,
        Literal::Decimal(digits) => {
            digits.contains('0') && !digits.contains(|digit: char| matches!(digit, '1'..='9'))
        }
        _ => false,
    }
}

/// The operation over operands in the types it takes.
fn combine(left: Expr, op: ArithmeticOp, right: Expr) -> Expr {
    use DataType::{Decimal, Double, Float, Int, Long};
    let types = (&left.data_type, &right.data_type);
    let (left, right, data_type) = match types {
        (Float, Float) if op != ArithmeticOp::Divide => (left, right, Float),
        (Float | Double, _) | (_, Float | Double) => (as_double(left), as_double(right), Double),
        (Decimal { .. }, _) | (_, Decimal { .. }) => {
            let (left, right) = (as_decimal(left), as_decimal(right));
            let result = decimal_result(
                convert::decimal_of(&left.data_type),
                op,
                convert::decimal_of(&right.data_type),
            );
            (left, right, result)
        }
        _ if op == ArithmeticOp::Divide => (as_double(left), as_double(right), Double),
        (Int, Int) => (left, right, Int),
        _ => {
            let long = |value: Expr| {
                convert::widen(value, &Long).unwrap_or_else(|value| convert::cast(value, &Long))
            };
            (long(left), long(right), Long)
        }
    };
    // Whatever isn't a float can overflow, and a division can be by zero: both give null.
    let partial =
        !matches!(data_type, Float | Double) || matches!(op, ArithmeticOp::Divide | ArithmeticOp::Remainder);
    let nullable = partial || left.nullable || right.nullable;
    Expr {
        kind: ExprKind::Arithmetic { op, left: Box::new(left), right: Box::new(right) },
        data_type,
        nullable,
    }
}

fn as_double(value: Expr) -> Expr {
    convert::widen(value, &DataType::Double).unwrap_or_else(|value| convert::cast(value, &DataType::Double))
}

fn as_decimal(value: Expr) -> Expr {
    let value = convert::tight(value);
    if matches!(value.data_type, DataType::Decimal { .. }) {
        return value;
    }
    let (precision, scale) = convert::decimal_of(&value.data_type);
    let to = DataType::Decimal { precision, scale };
    convert::widen(value, &to).unwrap_or_else(|value| convert::cast(value, &to))
}

/// See [`ArithmeticOp`].
fn decimal_result((p1, s1): (u8, u8), op: ArithmeticOp, (p2, s2): (u8, u8)) -> DataType {
    let (p1, s1, p2, s2) = (u32::from(p1), u32::from(s1), u32::from(p2), u32::from(s2));
    let (precision, scale) = match op {
        ArithmeticOp::Add | ArithmeticOp::Subtract => (s1.max(s2) + (p1 - s1).max(p2 - s2) + 1, s1.max(s2)),
        ArithmeticOp::Multiply => (p1 + p2 + 1, s1 + s2),
        ArithmeticOp::Divide => {
            let scale = (s1 + p2 + 1).max(6);
            (p1 - s1 + s2 + scale, scale)
        }
        ArithmeticOp::Remainder => ((p1 - s1).min(p2 - s2) + s1.max(s2), s1.max(s2)),
    };
    let (precision, scale) = if precision > 38 {
        // Digits in front of the point are kept first, but at least six behind it.
        (38, (38_u32.saturating_sub(precision - scale)).max(scale.min(6)))
    } else {
        (precision.max(1), scale)
    };
    DataType::Decimal {
        precision: u8::try_from(precision).unwrap_or(38),
        scale: u8::try_from(scale).unwrap_or(38),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_results_are_sparks() {
        for (left, op, right, expected) in [
            ((18, 6), ArithmeticOp::Multiply, (18, 2), "decimal(37,8)"),
            ((38, 10), ArithmeticOp::Multiply, (38, 10), "decimal(38,6)"),
            ((10, 2), ArithmeticOp::Add, (5, 3), "decimal(12,3)"),
            ((10, 2), ArithmeticOp::Divide, (5, 3), "decimal(19,8)"),
            ((38, 6), ArithmeticOp::Divide, (38, 6), "decimal(38,6)"),
            ((10, 2), ArithmeticOp::Remainder, (5, 3), "decimal(5,3)"),
        ] {
            assert_eq!(decimal_result(left, op, right).to_string(), expected);
        }
    }
}
