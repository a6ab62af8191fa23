//! Why a value is null although there was one to begin with: what doesn't fit its type becomes null, and the steward
//! should hear of it.

use polars::prelude::Series;
use touchstone_compiler::{ArithmeticOp, Expr, ExprKind, Function};
use touchstone_spec::DataType;

use super::{Evaluator, Values, values};
use crate::EngineError;

/// What made a value null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Loss {
    DivisionByZero,
    /// A result that its type can't hold.
    DoesntFit(DataType),
    /// A text that isn't one of the type's.
    NotA(DataType),
}

impl std::fmt::Display for Loss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::DivisionByZero => f.write_str("division by zero"),
            Self::DoesntFit(data_type) => write!(f, "the result doesn't fit {data_type}"),
            Self::NotA(data_type) => write!(f, "the text is no {data_type}"),
        }
    }
}

/// Whether an expression can lose a value: there is a conversion or a calculation in it.
pub(crate) fn can_lose(expr: &Expr) -> bool {
    let mut can = false;
    expr.visit(&mut |part| {
        can |= match &part.kind {
            ExprKind::Cast(operand) => {
                !matches!(part.data_type, DataType::String) && operand.data_type != part.data_type
            }
            ExprKind::Arithmetic { .. } | ExprKind::Negate(_) => true,
            ExprKind::Call { function, .. } => loss_of_call(*function, &part.data_type).is_some(),
            _ => false,
        };
    });
    can
}

/// What a function's null means when none of its arguments is null.
fn loss_of_call(function: Function, result: &DataType) -> Option<Loss> {
    match function {
        Function::ToDate => Some(Loss::NotA(DataType::Date)),
        Function::Abs
        | Function::Round
        | Function::Ceil
        | Function::Floor
        | Function::DateAdd
        | Function::AddMonths
        | Function::DateDiff
        | Function::LastDay => Some(Loss::DoesntFit(result.clone())),
        _ => None,
    }
}

type Losses = Vec<Option<Loss>>;

impl Evaluator<'_> {
    /// For each row in which the expression is null: what made it so, when that wasn't a missing value. What stands at
    /// other rows means nothing. A null that a condition or a function replaced is none.
    pub(crate) fn losses(&self, expr: &Expr) -> Result<Losses, EngineError> {
        if !can_lose(expr) {
            return Ok(vec![None; self.rows.height()]);
        }
        match &expr.kind {
            ExprKind::Cast(operand) => {
                let loss = match operand.data_type {
                    DataType::String | DataType::Binary => Loss::NotA(expr.data_type.clone()),
                    _ => Loss::DoesntFit(expr.data_type.clone()),
                };
                self.of_operands(&[operand], |_| Some(loss.clone()))
            }
            ExprKind::Arithmetic { op, left, right } => {
                let divides = matches!(op, ArithmeticOp::Divide | ArithmeticOp::Remainder);
                let zeros =
                    if divides { zeros(&self.evaluate(right)?, &right.data_type)? } else { Vec::new() };
                self.of_operands(&[left, right], |row| {
                    Some(match zeros.get(row) {
                        Some(true) => Loss::DivisionByZero,
                        _ => Loss::DoesntFit(expr.data_type.clone()),
                    })
                })
            }
            ExprKind::Negate(operand) => {
                self.of_operands(&[operand], |_| Some(Loss::DoesntFit(expr.data_type.clone())))
            }
            ExprKind::Case { branches, otherwise } => {
                let mut losses = match otherwise {
                    Some(otherwise) => self.losses(otherwise)?,
                    None => vec![None; self.rows.height()],
                };
                // The first true condition wins, so it is put in last.
                for (condition, value) in branches.iter().rev() {
                    self.put_where(condition, value, &mut losses)?;
                }
                Ok(losses)
            }
            ExprKind::Call { function: Function::If, arguments } => match arguments.as_slice() {
                [condition, value, otherwise] => {
                    let mut losses = self.losses(otherwise)?;
                    self.put_where(condition, value, &mut losses)?;
                    Ok(losses)
                }
                _ => Ok(vec![None; self.rows.height()]),
            },
            ExprKind::Call { function: Function::NullIf, arguments } => match arguments.first() {
                // Null is what it is meant to give.
                Some(value) => self.of_operands(&[value], |_| None),
                None => Ok(vec![None; self.rows.height()]),
            },
            ExprKind::Call { function, arguments } => {
                let loss = loss_of_call(*function, &expr.data_type);
                self.of_operands(&arguments.iter().collect::<Vec<_>>(), |_| loss.clone())
            }
            _ => self.of_operands(&expr.operands(), |_| None),
        }
    }

    /// The loss of the first operand that is null because of one; where no operand is null, `otherwise` of the row.
    fn of_operands(
        &self,
        operands: &[&Expr],
        otherwise: impl Fn(usize) -> Option<Loss>,
    ) -> Result<Losses, EngineError> {
        let mut losses: Losses = vec![None; self.rows.height()];
        let mut missing = vec![false; self.rows.height()];
        for operand in operands {
            let nulls = self.evaluate(operand)?.is_null();
            let below = self.losses(operand)?;
            for (((loss, missing), null), below) in
                losses.iter_mut().zip(&mut missing).zip(nulls.iter()).zip(below)
            {
                if null == Some(true) {
                    *missing = true;
                    *loss = loss.take().or(below);
                }
            }
        }
        for (row, (loss, missing)) in losses.iter_mut().zip(missing).enumerate() {
            if !missing {
                *loss = otherwise(row);
            }
        }
        Ok(losses)
    }

    /// Puts the losses of a value where its condition is true.
    fn put_where(&self, condition: &Expr, value: &Expr, losses: &mut Losses) -> Result<(), EngineError> {
        let chosen = self.mask(condition)?;
        for ((loss, chosen), found) in losses.iter_mut().zip(chosen.iter()).zip(self.losses(value)?) {
            if chosen == Some(true) {
                *loss = found;
            }
        }
        Ok(())
    }
}

fn zeros(series: &Series, data_type: &DataType) -> Result<Vec<bool>, EngineError> {
    Ok(match values(series, data_type)? {
        Values::Whole(values) => values.into_iter().map(|value| value == Some(0)).collect(),
        Values::Real(values) => values.into_iter().map(|value| value == Some(0.0)).collect(),
    })
}
