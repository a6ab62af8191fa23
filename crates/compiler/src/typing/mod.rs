//! Syntax tree to typed tree: names resolved, conversions put in, everything else reported with its place.

mod arithmetic;
pub(crate) use arithmetic::symbol;
mod calls;
pub(crate) mod convert;
mod lookups;
pub(crate) mod operators;
mod patterns;
pub(crate) mod scope;

use sqlparser::ast::{self, BinaryOperator, Spanned, UnaryOperator, Value};
use touchstone_spec::DataType;

use crate::{
    ColumnRef, Expr, ExprKind, Literal,
    catalog::View,
    finding::{At, Finding},
    literal,
    names::Named,
};
use scope::Scope;

/// Deepest nesting that is typed. Chains of `and`, `or` and `||` count as one level.
const DEPTH_LIMIT: usize = 40;

/// Types the expressions of one text.
#[derive(Debug)]
pub(crate) struct Typer<'scope> {
    pub(crate) scope: &'scope Scope,
    /// Where lookups look; none where there are no tables.
    pub(crate) tables: Option<View<'scope>>,
    /// Whether aggregates may stand here.
    pub(crate) aggregates: bool,
    /// Why no aggregate may stand here.
    pub(crate) place: &'static str,
    pub(crate) findings: Vec<Finding>,
    /// Columns named outside aggregates, with their places.
    pub(crate) outside: Vec<(ColumnRef, At)>,
    /// What the names in the text mean.
    pub(crate) names: Vec<Named>,
    inside_aggregate: bool,
    depth: usize,
}

impl<'scope> Typer<'scope> {
    pub(crate) fn new(scope: &'scope Scope, tables: Option<View<'scope>>) -> Self {
        Self {
            scope,
            tables,
            aggregates: false,
            place: "an expression",
            findings: Vec::new(),
            outside: Vec::new(),
            names: Vec::new(),
            inside_aggregate: false,
            depth: 0,
        }
    }

    /// The typed tree; none when something is wrong, which is then among the findings or was reported elsewhere.
    pub(crate) fn expr(&mut self, node: &ast::Expr) -> Option<Expr> {
        if self.depth >= DEPTH_LIMIT {
            // Told once: every operand on the way up would tell it again.
            if self.findings.iter().any(|finding| finding.code == "too-deep") {
                return None;
            }
            return self.fail(
                Finding::error(
                    At::of_expr(node),
                    "too-deep",
                    format!("nested deeper than {DEPTH_LIMIT} levels"),
                )
                .help("make a field, or a common table expression (`with …`), of an inner part"),
            );
        }
        self.depth += 1;
        let typed = self.any(node);
        self.depth -= 1;
        typed
    }

    /// The same, as a condition.
    pub(crate) fn condition(&mut self, node: &ast::Expr, what: &str) -> Option<Expr> {
        let typed = self.expr(node)?;
        match convert::widen(typed, &DataType::Boolean) {
            Ok(condition) => Some(condition),
            Err(other) => {
                let help = if other.data_type == DataType::String {
                    "compare it with something, for example `= 'Y'`"
                } else {
                    "compare it with something, for example `> 0`"
                };
                let message = format!("{what} must be boolean, and this is {}", other.data_type);
                self.fail(Finding::error(At::of_expr(node), "wrong-type", message).help(help))
            }
        }
    }

    pub(crate) fn fail<T>(&mut self, finding: Finding) -> Option<T> {
        self.findings.push(finding);
        None
    }

    fn any(&mut self, node: &ast::Expr) -> Option<Expr> {
        match node {
            ast::Expr::Identifier(name) => self.column(std::slice::from_ref(name)),
            ast::Expr::CompoundIdentifier(parts) => self.column(parts),
            ast::Expr::Nested(inner) => self.expr(inner),
            ast::Expr::Value(value) => self.value(value),
            ast::Expr::TypedString(typed) => self.typed_string(typed),
            ast::Expr::BinaryOp { left, op, right } => self.binary(node, left, op, right),
            ast::Expr::UnaryOp { op, expr } => self.unary(node, *op, expr),
            ast::Expr::IsNull(operand) => self.is_null(operand, false),
            ast::Expr::IsNotNull(operand) => self.is_null(operand, true),
            ast::Expr::InList { expr, list, negated } => self.in_list(expr, list, *negated),
            ast::Expr::Between { expr, negated, low, high } => self.between(expr, low, high, *negated),
            ast::Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
                self.like(expr, pattern, *negated)
            }
            ast::Expr::Case { operand, conditions, else_result, .. } => {
                self.case(node, operand.as_deref(), conditions, else_result.as_deref())
            }
            ast::Expr::Cast { kind, expr, data_type, format: None } if *kind != ast::CastKind::SafeCast => {
                self.cast(expr, data_type)
            }
            ast::Expr::Function(function) => self.function(function),
            ast::Expr::Trim { trim_where: None, trim_what: None, expr, trim_characters: None } => {
                self.call_named("trim", &[expr], At::of_expr(node))
            }
            ast::Expr::Substring { expr, substring_from: Some(from), substring_for, .. } => {
                let mut arguments: Vec<&ast::Expr> = vec![expr, from];
                arguments.extend(substring_for.as_deref());
                self.call_named("substring", &arguments, At::of_expr(node))
            }
            ast::Expr::Substring { expr, .. } => self.call_named("substring", &[expr], At::of_expr(node)),
            ast::Expr::Ceil {
                expr,
                field: ast::CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime),
            } => self.call_named("ceil", &[expr], At::of_expr(node)),
            ast::Expr::Floor {
                expr,
                field: ast::CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime),
            } => self.call_named("floor", &[expr], At::of_expr(node)),
            other => self.fail(unsupported(other)),
        }
    }

    fn column(&mut self, parts: &[ast::Ident]) -> Option<Expr> {
        match self.scope.resolve(parts) {
            Ok(found) => {
                let (reference, data_type, nullable) = found?;
                self.name_column(parts, &reference);
                if !self.inside_aggregate {
                    let at = parts.first().map_or(At::START, |first| At::from(first.span.start));
                    self.outside.push((reference.clone(), at));
                }
                Some(Expr { kind: ExprKind::Column(reference), data_type, nullable })
            }
            Err(finding) => self.fail(finding),
        }
    }

    fn name_column(&mut self, parts: &[ast::Ident], reference: &ColumnRef) {
        let Some((relation, origin)) = self.scope.origin(reference) else { return };
        if let Some((name, qualifier)) = parts.split_last() {
            self.names.push(Named::column(name.span, &origin));
            self.names.extend(Named::qualifier(qualifier, relation));
        }
    }

    fn value(&mut self, value: &ast::ValueWithSpan) -> Option<Expr> {
        let at = At::from(value.span.start);
        match &value.value {
            Value::Number(text, _) => match literal::number(text) {
                Some(number) => Some(number),
                None => self.fail(
                    Finding::error(at, "wrong-literal", format!("`{text}` has more than 38 digits"))
                        .help("write it with an exponent, such as 1e40, where a double will do"),
                ),
            },
            Value::SingleQuotedString(text) => {
                Some(Expr::constant(Literal::Text(text.clone()), DataType::String))
            }
            Value::Boolean(value) => Some(Expr::constant(Literal::Boolean(*value), DataType::Boolean)),
            Value::Null => Some(Expr::null(DataType::String)),
            other => self.fail(
                Finding::error(at, "unsupported-sql", format!("`{other}` is not part of the portable SQL"))
                    .help("text stands in single quotes: 'text'"),
            ),
        }
    }

    /// `date '2026-01-01'`
    fn typed_string(&mut self, typed: &ast::TypedString) -> Option<Expr> {
        let at = At::from(typed.value.span.start);
        let Value::SingleQuotedString(text) = &typed.value.value else {
            return self.fail(Finding::error(at, "unsupported-sql", "a constant stands in single quotes"));
        };
        let data_type = self.data_type(&typed.data_type, at)?;
        if !data_type.is_temporal() {
            return self.fail(
                Finding::error(
                    at,
                    "unsupported-sql",
                    format!("a constant of type {data_type} isn't written so"),
                )
                .help(format!("write cast('{text}' as {data_type})")),
            );
        }
        match literal::read(text, &data_type) {
            Some(constant) => Some(Expr::constant(constant, data_type)),
            None => self.fail(
                Finding::error(at, "wrong-literal", format!("`{text}` is not a {data_type}"))
                    .help(format!("write {}", literal::example(&data_type))),
            ),
        }
    }

    /// A type as SQL writes it, with SQL's own names beside Iceberg's.
    fn data_type(&mut self, written: &ast::DataType, at: At) -> Option<DataType> {
        let text = written.to_string().to_lowercase().replace(' ', "");
        let text = match text.as_str() {
            "bigint" => "long",
            "integer" => "int",
            "varchar" | "text" => "string",
            "bool" => "boolean",
            "real" => "float",
            "doubleprecision" => "double",
            "timestampwithtimezone" => "timestamptz",
            "timestamp_ntz" | "timestampwithouttimezone" => "timestamp",
            other => other,
        };
        let text = text.replacen("numeric(", "decimal(", 1);
        match text.parse() {
            Ok(data_type) => Some(data_type),
            Err(error) => self.fail(
                Finding::error(at, "unknown-type", format!("`{written}` is not a type")).help(error.reason),
            ),
        }
    }

    fn unary(&mut self, node: &ast::Expr, op: UnaryOperator, operand: &ast::Expr) -> Option<Expr> {
        match op {
            UnaryOperator::Not => {
                let condition = self.condition(operand, "the operand of `not`")?;
                let nullable = condition.nullable;
                Some(Expr {
                    kind: ExprKind::Not(Box::new(condition)),
                    data_type: DataType::Boolean,
                    nullable,
                })
            }
            UnaryOperator::Minus => self.negate(operand),
            UnaryOperator::Plus => self.number_operand(operand, "+"),
            _ => self.fail(
                Finding::error(
                    At::of_expr(node),
                    "unsupported-sql",
                    format!("`{op}` is not part of the portable SQL"),
                )
                .help("the operators are + - * / % || = <> < <= > >= and or not"),
            ),
        }
    }

    fn binary(
        &mut self,
        node: &ast::Expr,
        left: &ast::Expr,
        op: &BinaryOperator,
        right: &ast::Expr,
    ) -> Option<Expr> {
        if let BinaryOperator::And | BinaryOperator::Or | BinaryOperator::StringConcat = op {
            return self.chain(node, op);
        }
        if let Some(op) = arithmetic::arithmetic_op(op) {
            return self.arithmetic(left, op, right);
        }
        if let Some(op) = operators::compare_op(op) {
            return self.compare(left, op, right);
        }
        let help = match op {
            BinaryOperator::Spaceship => "write a = b or (a is null and b is null)",
            BinaryOperator::Match | BinaryOperator::Regexp | BinaryOperator::PGRegexMatch => {
                "write regexp_like(text, pattern)"
            }
            _ => "the operators are + - * / % || = <> < <= > >= and or not",
        };
        self.fail(
            Finding::error(
                At::of_expr(node),
                "unsupported-sql",
                format!("`{op}` is not part of the portable SQL"),
            )
            .help(help),
        )
    }
}

/// What stands in place of a construct that only one of the engines knows.
pub(crate) fn unsupported(node: &ast::Expr) -> Finding {
    let (what, help) = match node {
        ast::Expr::Subquery(_) | ast::Expr::InSubquery { .. } | ast::Expr::Exists { .. } => (
            "a subquery inside an expression",
            "join the subquery in FROM instead; `not exists` is a left join with `is null`",
        ),
        ast::Expr::Interval(_) => ("an interval", "write date_add(date, days) or add_months(date, months)"),
        ast::Expr::Extract { .. } => ("extract", "write year(date), month(date) or day(date)"),
        ast::Expr::ILike { .. } => ("ilike", "write lower(text) like 'pattern'"),
        ast::Expr::RLike { .. } | ast::Expr::SimilarTo { .. } => {
            ("this match", "write regexp_like(text, 'pattern')")
        }
        ast::Expr::Like { .. } => {
            ("like with escape or any", "write a plain pattern; `\\%` is a percent sign")
        }
        ast::Expr::IsTrue(_) | ast::Expr::IsFalse(_) | ast::Expr::IsNotTrue(_) | ast::Expr::IsNotFalse(_) => {
            ("is true", "write coalesce(condition, false)")
        }
        ast::Expr::IsDistinctFrom(..) | ast::Expr::IsNotDistinctFrom(..) => {
            ("is distinct from", "write a = b or (a is null and b is null)")
        }
        ast::Expr::Position { .. } => ("position", "write contains(text, search) or split_part"),
        ast::Expr::Trim { .. } => ("trim with other characters", "write trim(text), or regexp_replace"),
        ast::Expr::Ceil { .. } | ast::Expr::Floor { .. } => {
            ("ceil and floor to a unit", "write date_trunc(unit, date)")
        }
        ast::Expr::AtTimeZone { .. } => ("at time zone", "keep timestamps in UTC, as timestamptz"),
        ast::Expr::Convert { .. } => ("convert", "write cast(… as …)"),
        ast::Expr::Cast { .. } => ("this cast", "write cast(… as …), or to_date(text, pattern)"),
        ast::Expr::Wildcard(_) | ast::Expr::QualifiedWildcard(..) => {
            ("`*` inside an expression", "name the columns")
        }
        ast::Expr::GroupingSets(_) | ast::Expr::Cube(_) | ast::Expr::Rollup(_) => {
            ("grouping sets, cube and rollup", "join several queries with UNION ALL")
        }
        _ => (
            "this construct",
            "the portable SQL has operators, case, cast, in, between, like and the functions of the reference",
        ),
    };
    let at = if node.span().start.line == 0 { At::START } else { At::of_expr(node) };
    Finding::error(at, "unsupported-sql", format!("{what} is not part of the portable SQL")).help(help)
}
