//! Walks over typed trees: the operands of an expression, the inputs and expressions of a relation.

use std::collections::BTreeSet;

use crate::{ColumnRef, Expr, ExprKind, Relation};

impl Expr {
    /// Its direct operands, from left to right.
    pub fn operands(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Column(_) | ExprKind::Literal(_) => Vec::new(),
            ExprKind::Cast(operand)
            | ExprKind::Negate(operand)
            | ExprKind::Not(operand)
            | ExprKind::IsNull { operand, .. }
            | ExprKind::Like { operand, .. }
            | ExprKind::Lookup { key: operand, .. } => vec![operand],
            ExprKind::Arithmetic { left, right, .. }
            | ExprKind::Compare { left, right, .. }
            | ExprKind::And(left, right)
            | ExprKind::Or(left, right) => vec![left, right],
            ExprKind::In { operand, list, .. } => std::iter::once(operand.as_ref()).chain(list).collect(),
            ExprKind::Case { branches, otherwise } => branches
                .iter()
                .flat_map(|(condition, value)| [condition, value])
                .chain(otherwise.as_deref())
                .collect(),
            ExprKind::Call { arguments, .. } | ExprKind::Aggregate { arguments, .. } => {
                arguments.iter().collect()
            }
        }
    }

    /// Its direct operands, to be changed.
    pub(crate) fn operands_mut(&mut self) -> Vec<&mut Self> {
        match &mut self.kind {
            ExprKind::Column(_) | ExprKind::Literal(_) => Vec::new(),
            ExprKind::Cast(operand)
            | ExprKind::Negate(operand)
            | ExprKind::Not(operand)
            | ExprKind::IsNull { operand, .. }
            | ExprKind::Like { operand, .. }
            | ExprKind::Lookup { key: operand, .. } => vec![operand],
            ExprKind::Arithmetic { left, right, .. }
            | ExprKind::Compare { left, right, .. }
            | ExprKind::And(left, right)
            | ExprKind::Or(left, right) => vec![left, right],
            ExprKind::In { operand, list, .. } => std::iter::once(operand.as_mut()).chain(list).collect(),
            ExprKind::Case { branches, otherwise } => branches
                .iter_mut()
                .flat_map(|(condition, value)| [condition, value])
                .chain(otherwise.as_deref_mut())
                .collect(),
            ExprKind::Call { arguments, .. } | ExprKind::Aggregate { arguments, .. } => {
                arguments.iter_mut().collect()
            }
        }
    }

    /// Calls `visit` with the expression and everything in it, outer parts first.
    pub fn visit<'expr>(&'expr self, visit: &mut impl FnMut(&'expr Self)) {
        visit(self);
        for operand in self.operands() {
            operand.visit(visit);
        }
    }

    /// The columns in it, each once, sorted.
    pub fn columns(&self) -> BTreeSet<&ColumnRef> {
        let mut columns = BTreeSet::new();
        self.visit(&mut |expr| {
            if let ExprKind::Column(column) = &expr.kind {
                columns.insert(column);
            }
        });
        columns
    }
}

impl Relation {
    /// The relations it takes rows from.
    pub fn inputs(&self) -> Vec<&Self> {
        match self {
            Self::Scan { .. } => Vec::new(),
            Self::Alias { input, .. }
            | Self::Filter { input, .. }
            | Self::Aggregate { input, .. }
            | Self::Project { input, .. }
            | Self::Distinct { input }
            | Self::Sort { input, .. }
            | Self::Limit { input, .. } => vec![input],
            Self::Join { left, right, .. } => vec![left, right],
            Self::UnionAll { inputs } => inputs.iter().collect(),
        }
    }

    pub(crate) fn inputs_mut(&mut self) -> Vec<&mut Self> {
        match self {
            Self::Scan { .. } => Vec::new(),
            Self::Alias { input, .. }
            | Self::Filter { input, .. }
            | Self::Aggregate { input, .. }
            | Self::Project { input, .. }
            | Self::Distinct { input }
            | Self::Sort { input, .. }
            | Self::Limit { input, .. } => vec![input],
            Self::Join { left, right, .. } => vec![left, right],
            Self::UnionAll { inputs } => inputs.iter_mut().collect(),
        }
    }

    /// The expressions of this operator itself.
    pub fn expressions(&self) -> Vec<&Expr> {
        match self {
            Self::Filter { predicate, .. } => vec![predicate],
            Self::Join { on, residual, .. } => {
                on.iter().flat_map(|(left, right)| [left, right]).chain(residual).collect()
            }
            Self::Aggregate { group_by, aggregates, .. } => group_by
                .iter()
                .map(|group| &group.expr)
                .chain(aggregates.iter().map(|aggregate| &aggregate.expr))
                .collect(),
            Self::Project { columns, .. } => columns.iter().map(|column| &column.expr).collect(),
            _ => Vec::new(),
        }
    }
}
