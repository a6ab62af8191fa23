//! Why a field has no value: the lookup that found no row, or the value that it is computed from and that is missing.

use std::collections::BTreeSet;

use polars::prelude::DataFrame;
use touchstone_compiler::{Expr, ExprKind, FieldPlan, Function};

use crate::{
    EngineError,
    expression::{Evaluator, Tables, rows_with, table},
    page::texts,
    relation::take,
};

/// For each row a sentence's part; none where nothing more is to be said than that there is no value.
type Reasons = Vec<Option<String>>;

/// Why `expr` is null in the `places` of the frame `rows`, where it is. `fields` are those it may be made from.
pub(super) fn missing(
    expr: &Expr,
    fields: &[FieldPlan],
    rows: &DataFrame,
    places: &[usize],
    tables: &Tables,
) -> Result<Reasons, EngineError> {
    let mut needed = BTreeSet::new();
    collect(expr, fields, &mut needed);
    // Without columns it is the same everywhere, and as it was written.
    if places.is_empty() || needed.is_empty() {
        return Ok(vec![None; places.len()]);
    }
    let places: Vec<Option<usize>> = places.iter().map(|place| Some(*place)).collect();
    let frame = take(&rows.select(needed.iter().map(String::as_str))?, &places)?;
    Search { over: Evaluator { rows: &frame, tables }, fields }.of(expr)
}

/// The columns of an expression, and of the fields that it is made from.
fn collect(expr: &Expr, fields: &[FieldPlan], needed: &mut BTreeSet<String>) {
    for column in expr.columns() {
        if needed.insert(column.physical())
            && let Some(field) = field(column, fields)
        {
            collect(&field.expr, fields, needed);
        }
    }
}

fn field<'plan>(
    column: &touchstone_compiler::ColumnRef,
    fields: &'plan [FieldPlan],
) -> Option<&'plan FieldPlan> {
    fields.iter().find(|field| column.relation.is_none() && field.name == column.name)
}

struct Search<'rows> {
    over: Evaluator<'rows>,
    fields: &'rows [FieldPlan],
}

impl Search<'_> {
    /// What stands at rows in which the expression isn't null means nothing.
    fn of(&self, expr: &Expr) -> Result<Reasons, EngineError> {
        match &expr.kind {
            ExprKind::Column(column) => match field(column, self.fields) {
                Some(field) => self.of(&field.expr),
                None => Ok(self.nothing()),
            },
            ExprKind::Cast(operand) => self.of(operand),
            ExprKind::Lookup { .. } => self.of_lookup(expr),
            ExprKind::Case { branches, otherwise } => {
                let mut reasons = match otherwise {
                    Some(otherwise) => self.named(otherwise)?,
                    None => self.nothing(),
                };
                // The first true condition wins, so it is put in last.
                for (condition, value) in branches.iter().rev() {
                    self.put_where(condition, value, &mut reasons)?;
                }
                Ok(reasons)
            }
            ExprKind::Call { function: Function::If, arguments } => match arguments.as_slice() {
                [condition, value, otherwise] => {
                    let mut reasons = self.named(otherwise)?;
                    self.put_where(condition, value, &mut reasons)?;
                    Ok(reasons)
                }
                _ => Ok(self.nothing()),
            },
            // It may be null because its arguments are equal: then none of them is missing.
            ExprKind::Call { function: Function::NullIf, arguments } => match arguments.first() {
                Some(value) => self.of_operands(&[value]),
                None => Ok(self.nothing()),
            },
            _ => self.of_operands(&expr.operands()),
        }
    }

    fn of_lookup(&self, expr: &Expr) -> Result<Reasons, EngineError> {
        let ExprKind::Lookup { table: name, by, key, column } = &expr.kind else { return Ok(self.nothing()) };
        let found = table(self.over.tables, name)?;
        let keys = self.over.evaluate(key)?;
        let rows = rows_with(found, by, &keys)?;
        let mut reasons = self.named(key)?;
        for ((reason, key), row) in reasons.iter_mut().zip(texts(&keys, &key.data_type)?).zip(rows) {
            let Some(key) = key else { continue };
            *reason = Some(match row {
                Some(_) => format!("{column} is empty in the row of {} whose {by} is {key}", name.table),
                None => format!("no row of {} has {by} = {key}", name.table),
            });
        }
        Ok(reasons)
    }

    /// The reason of the first operand that is null.
    fn of_operands(&self, operands: &[&Expr]) -> Result<Reasons, EngineError> {
        let mut reasons = self.nothing();
        for operand in operands {
            let nulls = self.over.evaluate(operand)?.is_null();
            for ((reason, null), found) in reasons.iter_mut().zip(nulls.iter()).zip(self.named(operand)?) {
                if null == Some(true) && reason.is_none() {
                    *reason = found;
                }
            }
        }
        Ok(reasons)
    }

    /// The same within an expression, where it isn't said already which column is meant.
    fn named(&self, expr: &Expr) -> Result<Reasons, EngineError> {
        let mut reasons = self.of(expr)?;
        let mut column = expr;
        while let ExprKind::Cast(operand) = &column.kind {
            column = operand;
        }
        if let ExprKind::Column(column) = &column.kind {
            // A column that is there was lost on its way through the conversion.
            let nulls = self.over.rows.column(&column.physical())?.is_null();
            for (reason, null) in reasons.iter_mut().zip(nulls.iter()) {
                if null == Some(true) {
                    reason.get_or_insert_with(|| format!("{} has no value", column.name));
                }
            }
        }
        Ok(reasons)
    }

    fn put_where(&self, condition: &Expr, value: &Expr, reasons: &mut Reasons) -> Result<(), EngineError> {
        let chosen = self.over.mask(condition)?;
        for ((reason, chosen), found) in reasons.iter_mut().zip(chosen.iter()).zip(self.named(value)?) {
            if chosen == Some(true) {
                *reason = found;
            }
        }
        Ok(())
    }

    fn nothing(&self) -> Reasons {
        vec![None; self.over.rows.height()]
    }
}
