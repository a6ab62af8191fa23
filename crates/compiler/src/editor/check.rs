//! What is wrong with one text, while it is written, and what it gives.

use std::{collections::BTreeSet, ops::Range};

use touchstone_spec::{DataType, Severity, TableName};

use super::{
    scope::{ExpressionScope, GoldScope},
    tokens::{Kind, tokens},
};
use crate::{
    ColumnRef, Expr, ExprKind, KnownColumn, Literal,
    finding::{At, Finding},
    gold, mapping, nesting,
    syntax::parse_expression,
    typing::Typer,
};

/// Something wrong at a place of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFinding {
    /// Byte range of the text: the word or sign that is meant; empty where something is missing in an empty text.
    pub range: Range<usize>,
    /// How much it matters.
    pub severity: Severity,
    /// Stable kebab-case code.
    pub code: String,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// One expression as far as it is understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CheckedExpression {
    /// The typed tree, in the declared type where there is one; none when something is wrong, or hidden by an error
    /// elsewhere.
    pub expr: Option<Expr>,
    /// Columns that it uses, sorted.
    pub columns: Vec<ColumnRef>,
    /// Tables that it looks into, sorted.
    pub tables: Vec<TableName>,
    /// What is wrong.
    pub findings: Vec<TextFinding>,
}

impl CheckedExpression {
    /// The type of the result.
    pub fn data_type(&self) -> Option<&DataType> {
        self.expr.as_ref().map(|expr| &expr.data_type)
    }
}

/// One query as far as it is understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CheckedQuery {
    /// The columns that it gives.
    pub columns: Vec<KnownColumn>,
    /// Whether there may be others that errors hide.
    pub open: bool,
    /// Tables that it reads, sorted.
    pub reads: Vec<TableName>,
    /// What is wrong.
    pub findings: Vec<TextFinding>,
}

/// Types one expression as the field of a silver table. Costs about as much as reading it.
pub fn check_expression(text: &str, scope: &ExpressionScope) -> CheckedExpression {
    check(text, scope, |typer, node| {
        let typed = typer.expr(node)?;
        let typed = match &scope.expected {
            Some(wanted) => mapping::declare(typed, wanted, text, false),
            None if matches!(typed.literal(), Some(Literal::Null)) => {
                Err(Finding::error(At::START, "wrong-type", "this is always null and has no type")
                    .help("give the field a type"))
            }
            None => Ok(typed),
        };
        match typed.and_then(|typed| nesting::check(&typed).map(|()| typed)) {
            Ok(typed) => Some(typed),
            Err(finding) => typer.fail(finding),
        }
    })
}

/// The same for a condition: the filter of a table or of a rule. `what` names it in messages: `the filter`.
pub fn check_condition(text: &str, scope: &ExpressionScope, what: &str) -> CheckedExpression {
    check(text, scope, |typer, node| typer.condition(node, what))
}

fn check(
    text: &str,
    scope: &ExpressionScope,
    read: impl FnOnce(&mut Typer<'_>, &sqlparser::ast::Expr) -> Option<Expr>,
) -> CheckedExpression {
    let names = scope.to_scope();
    let (expr, findings) = match parse_expression(text) {
        Ok(node) => {
            let view = scope.tables.view(&scope.pipeline);
            let mut typer = Typer::new(&names, scope.lookups.then_some(view));
            typer.place = if scope.lookups { "a silver table" } else { "a rule" };
            let expr = read(&mut typer, &node);
            (expr, typer.findings)
        }
        Err(finding) => (None, vec![finding]),
    };
    let has_errors = findings.iter().any(|finding| finding.severity == Severity::Error);
    let expr = expr.filter(|_| !has_errors);
    let (mut columns, mut tables) = (BTreeSet::new(), BTreeSet::new());
    if let Some(expr) = &expr {
        expr.visit(&mut |part| match &part.kind {
            ExprKind::Column(column) => {
                columns.insert(column.clone());
            }
            ExprKind::Lookup { table, .. } => {
                tables.insert(table.clone());
            }
            _ => {}
        });
    }
    CheckedExpression {
        expr,
        columns: columns.into_iter().collect(),
        tables: tables.into_iter().collect(),
        findings: in_text(text, findings),
    }
}

/// Types one query as a gold table.
pub fn check_gold(text: &str, scope: &GoldScope) -> CheckedQuery {
    let described = gold::describe(text, scope.tables.view(&scope.pipeline));
    CheckedQuery {
        columns: described.columns,
        open: described.open,
        reads: described.reads,
        findings: in_text(text, described.findings),
    }
}

/// Findings with byte ranges, in the order of the text.
pub(crate) fn in_text(text: &str, findings: Vec<Finding>) -> Vec<TextFinding> {
    let mut found: Vec<TextFinding> = findings
        .into_iter()
        .map(|finding| TextFinding {
            range: range_of(text, finding.at),
            severity: finding.severity,
            code: finding.code.to_owned(),
            message: finding.message,
            help: finding.help,
        })
        .collect();
    found.sort_by_key(|finding| (finding.range.start, finding.range.end));
    found.dedup();
    found
}

/// The byte offset of a place; the end of its line for a place behind it.
pub(crate) fn offset_of(text: &str, at: At) -> usize {
    let mut start = 0;
    for _ in 1..at.line {
        match text.get(start..).and_then(|rest| rest.find('\n')) {
            Some(end) => start += end + 1,
            None => return text.len(),
        }
    }
    let line = text.get(start..).unwrap_or_default();
    let line = line.split('\n').next().unwrap_or_default();
    start + line.char_indices().nth(at.column.saturating_sub(1)).map_or(line.len(), |(index, _)| index)
}

/// The token at a place; the rest of a quoted text for a place inside it, the last token for a place behind all.
fn range_of(text: &str, at: At) -> Range<usize> {
    let offset = offset_of(text, at);
    let all: Vec<_> = tokens(text).into_iter().filter(|token| token.kind != Kind::Comment).collect();
    let found = all.iter().position(|token| token.range.contains(&offset)).or(all.len().checked_sub(1));
    let Some(index) = found else { return 0..0 };
    let Some(token) = all.get(index) else { return 0..0 };
    if token.range.start < offset && offset < token.range.end {
        let quote = usize::from(token.closed && matches!(token.kind, Kind::Text | Kind::Name));
        return offset..(token.range.end - quote).max(offset);
    }
    // `t.column` is one name.
    let mut end = token.range.end;
    let mut next = index + 1;
    while let (Some(dot), Some(part)) = (all.get(next), all.get(next + 1)) {
        let is_name =
            matches!(token.kind, Kind::Word | Kind::Name) && matches!(part.kind, Kind::Word | Kind::Name);
        if !is_name || !dot.is(text, ".") || dot.range.start != end || part.range.start != dot.range.end {
            break;
        }
        end = part.range.end;
        next += 2;
    }
    token.range.start..end
}
