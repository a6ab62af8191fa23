//! Comparisons, logic, `in`, `between`, `like`, `case` and `cast`.

use sqlparser::ast::{self, BinaryOperator};
use touchstone_spec::DataType;

use super::{
    Typer,
    convert::{self, Clash},
};
use crate::{
    CompareOp, Expr, ExprKind, Function, Literal,
    finding::{At, Finding},
};

pub(super) fn compare_op(op: &BinaryOperator) -> Option<CompareOp> {
    Some(match op {
        BinaryOperator::Eq => CompareOp::Equal,
        BinaryOperator::NotEq => CompareOp::NotEqual,
        BinaryOperator::Lt => CompareOp::Less,
        BinaryOperator::LtEq => CompareOp::LessOrEqual,
        BinaryOperator::Gt => CompareOp::Greater,
        BinaryOperator::GtEq => CompareOp::GreaterOrEqual,
        _ => return None,
    })
}

fn boolean(kind: ExprKind, nullable: bool) -> Expr {
    Expr { kind, data_type: DataType::Boolean, nullable }
}

/// `and` or `or` over all conditions, as a balanced tree: a long list of conditions must not nest deep.
pub(crate) fn balanced(
    mut conditions: Vec<Expr>,
    join: fn(Box<Expr>, Box<Expr>) -> ExprKind,
) -> Option<Expr> {
    while conditions.len() > 1 {
        let mut next = Vec::with_capacity(conditions.len().div_ceil(2));
        let mut rest = conditions.into_iter();
        while let Some(left) = rest.next() {
            next.push(match rest.next() {
                Some(right) => {
                    let nullable = left.nullable || right.nullable;
                    boolean(join(Box::new(left), Box::new(right)), nullable)
                }
                None => left,
            });
        }
        conditions = next;
    }
    conditions.pop()
}

impl Typer<'_> {
    /// A chain `a and b and c`, `a or b or c` or `a || b || c`, whose operands the parser nests to the left.
    pub(super) fn chain(&mut self, node: &ast::Expr, wanted: &BinaryOperator) -> Option<Expr> {
        let mut operands = Vec::new();
        let mut current = node;
        while let ast::Expr::BinaryOp { left, op, right } = current
            && op == wanted
        {
            operands.push(right.as_ref());
            current = left;
        }
        operands.push(current);
        operands.reverse();
        if *wanted == BinaryOperator::StringConcat {
            return self.concatenation(&operands);
        }
        let word = if *wanted == BinaryOperator::And { "and" } else { "or" };
        let what = format!("an operand of `{word}`");
        // All operands are looked at, so that one mistake doesn't hide the next.
        let typed: Vec<Option<Expr>> =
            operands.iter().map(|operand| self.condition(operand, &what)).collect();
        let join = if *wanted == BinaryOperator::And { ExprKind::And } else { ExprKind::Or };
        balanced(typed.into_iter().collect::<Option<Vec<_>>>()?, join)
    }

    fn concatenation(&mut self, operands: &[&ast::Expr]) -> Option<Expr> {
        let mut typed = Vec::new();
        for operand in operands {
            typed.push(self.expr(operand).and_then(|value| self.text_operand(value, operand)));
        }
        let arguments = typed.into_iter().collect::<Option<Vec<_>>>()?;
        let nullable = arguments.iter().any(|argument| argument.nullable);
        Some(Expr {
            kind: ExprKind::Call { function: Function::Concat, arguments },
            data_type: DataType::String,
            nullable,
        })
    }

    fn text_operand(&mut self, value: Expr, node: &ast::Expr) -> Option<Expr> {
        match convert::widen(value, &DataType::String) {
            Ok(text) => Some(text),
            Err(other) => self.fail(
                Finding::error(
                    At::of_expr(node),
                    "wrong-type",
                    format!("`||` joins string, and this is {}", other.data_type),
                )
                .help(format!("write cast({node} as string)")),
            ),
        }
    }

    pub(super) fn compare(&mut self, left: &ast::Expr, op: CompareOp, right: &ast::Expr) -> Option<Expr> {
        let (typed_left, typed_right) = (self.expr(left), self.expr(right));
        let mut both = self.unify(vec![typed_left?, typed_right?], &[left, right], "compared")?;
        let (right_value, left_value) = (both.pop()?, both.pop()?);
        if !matches!(op, CompareOp::Equal | CompareOp::NotEqual) && !left_value.data_type.is_ordered() {
            return self.fail(Finding::error(
                At::of_expr(left),
                "wrong-type",
                format!("values of type {} have no order", left_value.data_type),
            ));
        }
        let nullable = left_value.nullable || right_value.nullable;
        Some(boolean(
            ExprKind::Compare { op, left: Box::new(left_value), right: Box::new(right_value) },
            nullable,
        ))
    }

    /// All values in their common type, or a finding at the one that doesn't fit.
    pub(super) fn unify(&mut self, values: Vec<Expr>, nodes: &[&ast::Expr], verb: &str) -> Option<Vec<Expr>> {
        let types: Vec<DataType> = values.iter().map(|value| value.data_type.clone()).collect();
        let texts: Vec<bool> =
            values.iter().map(|value| matches!(value.literal(), Some(Literal::Text(_)))).collect();
        match convert::unify(values) {
            Ok((converted, _)) => Some(converted),
            Err(Clash { at, wanted }) => {
                let (Some(node), Some(found)) = (nodes.get(at), types.get(at)) else { return None };
                let is_text = texts.get(at).copied().unwrap_or(false);
                let finding = if is_text && (wanted.is_temporal() || wanted == DataType::Uuid) {
                    Finding::error(At::of_expr(node), "wrong-literal", format!("{node} is not a {wanted}"))
                        .help(format!("write {}", crate::literal::example(&wanted)))
                } else {
                    Finding::error(
                        At::of_expr(node),
                        "wrong-type",
                        format!("{wanted} and {found} can't be {verb}"),
                    )
                    .help(fix(node, found, &wanted, is_text))
                };
                self.fail(finding)
            }
        }
    }

    pub(super) fn is_null(&mut self, operand: &ast::Expr, negated: bool) -> Option<Expr> {
        let operand = Box::new(self.expr(operand)?);
        Some(boolean(ExprKind::IsNull { operand, negated }, false))
    }

    pub(super) fn in_list(&mut self, operand: &ast::Expr, list: &[ast::Expr], negated: bool) -> Option<Expr> {
        let mut nodes = vec![operand];
        nodes.extend(list);
        let typed: Vec<Option<Expr>> = nodes.iter().map(|node| self.expr(node)).collect();
        let mut values =
            self.unify(typed.into_iter().collect::<Option<Vec<_>>>()?, &nodes, "compared")?.into_iter();
        let operand = Box::new(values.next()?);
        let list: Vec<Expr> = values.collect();
        let nullable = operand.nullable || list.iter().any(|value| value.nullable);
        Some(boolean(ExprKind::In { operand, list, negated }, nullable))
    }

    /// `a between b and c` is `a >= b and a <= c`.
    pub(super) fn between(
        &mut self,
        operand: &ast::Expr,
        low: &ast::Expr,
        high: &ast::Expr,
        negated: bool,
    ) -> Option<Expr> {
        let above = self.compare(operand, CompareOp::GreaterOrEqual, low);
        let places = self.outside.len();
        let findings = self.findings.len();
        let below = self.compare(operand, CompareOp::LessOrEqual, high);
        if above.is_none() {
            // What is wrong with the operand was found with the lower bound already.
            self.findings.truncate(findings);
            self.outside.truncate(places);
            return None;
        }
        let both = balanced(vec![above?, below?], ExprKind::And)?;
        let nullable = both.nullable;
        Some(if negated { boolean(ExprKind::Not(Box::new(both)), nullable) } else { both })
    }

    pub(super) fn like(&mut self, operand: &ast::Expr, pattern: &ast::Expr, negated: bool) -> Option<Expr> {
        let typed = self.expr(operand);
        let pattern_at = At::of_expr(pattern);
        let ExprKind::Literal(Literal::Text(pattern)) = self.expr(pattern)?.kind else {
            return self.fail(
                Finding::error(
                    pattern_at,
                    "wrong-literal",
                    "the pattern of `like` is a text in single quotes",
                )
                .help("compare with starts_with, ends_with or contains where it is computed"),
            );
        };
        let mut characters = pattern.chars();
        while let Some(character) = characters.next() {
            if character == '\\' && !matches!(characters.next(), Some('%' | '_' | '\\')) {
                return self.fail(
                    Finding::error(
                        pattern_at,
                        "wrong-literal",
                        "a `\\` in a pattern stands before `%`, `_` or `\\`",
                    )
                    .help("write `\\\\` for the character itself"),
                );
            }
        }
        let typed = typed?;
        match convert::widen(typed, &DataType::String) {
            Ok(text) => {
                let nullable = text.nullable;
                Some(boolean(ExprKind::Like { operand: Box::new(text), pattern, negated }, nullable))
            }
            Err(other) => self.fail(
                Finding::error(
                    At::of_expr(operand),
                    "wrong-type",
                    format!("`like` looks at string, and this is {}", other.data_type),
                )
                .help(format!("write cast({operand} as string) like …")),
            ),
        }
    }

    pub(super) fn case(
        &mut self,
        node: &ast::Expr,
        operand: Option<&ast::Expr>,
        branches: &[ast::CaseWhen],
        otherwise: Option<&ast::Expr>,
    ) -> Option<Expr> {
        let mut conditions = Vec::new();
        let mut values = Vec::new();
        let mut nodes = Vec::new();
        for branch in branches {
            conditions.push(match operand {
                Some(operand) => self.compare(operand, CompareOp::Equal, &branch.condition),
                None => self.condition(&branch.condition, "the condition of `when`"),
            });
            values.push(self.expr(&branch.result));
            nodes.push(&branch.result);
        }
        if let Some(otherwise) = otherwise {
            values.push(self.expr(otherwise));
            nodes.push(otherwise);
        }
        if nodes.is_empty() {
            return self.fail(Finding::error(At::of_expr(node), "syntax-error", "`case` has no `when`"));
        }
        let conditions = conditions.into_iter().collect::<Option<Vec<_>>>()?;
        let values = values.into_iter().collect::<Option<Vec<_>>>()?;
        let mut values = self.unify(values, &nodes, "results of one `case`")?;
        let data_type = values.first()?.data_type.clone();
        let otherwise = if otherwise.is_some() { values.pop().map(Box::new) } else { None };
        let nullable = otherwise.as_ref().is_none_or(|value| value.nullable)
            || values.iter().any(|value| value.nullable);
        let branches = conditions.into_iter().zip(values).collect();
        Some(Expr { kind: ExprKind::Case { branches, otherwise }, data_type, nullable })
    }

    pub(super) fn cast(&mut self, operand: &ast::Expr, data_type: &ast::DataType) -> Option<Expr> {
        let at = At::of_expr(operand);
        let to = self.data_type(data_type, at);
        let typed = self.expr(operand)?;
        let to = to?;
        if matches!(typed.literal(), Some(Literal::Null)) {
            return Some(Expr::null(to));
        }
        if !convert::castable(&typed.data_type, &to) {
            return self.fail(
                Finding::error(at, "wrong-type", format!("a {} can't be made a {to}", typed.data_type))
                    .help("cast goes between numbers, between dates and timestamps, and from and to string"),
            );
        }
        if matches!(typed.data_type, DataType::Float | DataType::Double) && to == DataType::String {
            self.findings.push(
                Finding::warning(
                    at,
                    "spark-differs",
                    format!("Spark writes some values of {} as text differently (1.0E10)", typed.data_type),
                )
                .help(format!("make it a decimal first: cast(cast({operand} as decimal(38,6)) as string)")),
            );
        }
        if matches!(typed.data_type, DataType::Decimal { scale, .. } if scale > 6) && to == DataType::String {
            self.findings.push(
                Finding::warning(
                    at,
                    "spark-differs",
                    format!(
                        "Spark writes small values of {} as text with an exponent (0E-8)",
                        typed.data_type
                    ),
                )
                .help(format!("round it first: cast(round({operand}, 6) as string)")),
            );
        }
        Some(convert::cast(typed, &to))
    }
}

/// What to write so that a value of type `found` goes with one of type `wanted`.
fn fix(node: &ast::Expr, found: &DataType, wanted: &DataType, is_text: bool) -> String {
    let inner = node.to_string();
    let inner = inner.trim_matches('\'');
    if is_text && wanted.is_numeric() && inner.parse::<f64>().is_ok() {
        format!("write {inner} without quotes")
    } else if is_text {
        format!("write {}", crate::literal::example(wanted))
    } else if *wanted == DataType::String && found.is_numeric() && node.to_string().parse::<f64>().is_ok() {
        format!("write '{node}' in single quotes")
    } else if convert::castable(found, wanted) {
        format!("write cast({node} as {wanted})")
    } else {
        format!("make both {wanted}, or both {found}")
    }
}
