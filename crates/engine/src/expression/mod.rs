//! Evaluates the compiler's typed tree column by column.
//!
//! Every operator is one pass over Polars columns and gives a new one. The tree is evaluated here, not handed to
//! Polars' lazy engine: its optimiser reorders and its kernels cut decimals off, sum floats in any order and fail where
//! the language gives null, and the same input must give the same bytes as Spark does.

mod arithmetic;
mod calls;
mod cast;
mod choice;
mod dates;
mod like;
mod nulls;
mod order;
mod text;

pub(crate) use like::whole_match;
pub(crate) use nulls::{Loss, can_lose};
pub(crate) use order::{RowOrder, compare, compare_floats, row_order};

use std::collections::BTreeMap;

use polars::prelude::{
    BooleanChunked, ChunkFull, DataFrame, Float32Chunked, Float64Chunked, IdxCa, IdxSize, Int32Chunked,
    Int64Chunked, Int128Chunked, IntoSeries, NewChunkedArray, PlSmallStr, Series, StringChunked, TimeUnit,
};
use touchstone_compiler::{CompareOp, Expr, ExprKind, Literal};
use touchstone_spec::{DataType, TableName};

use crate::{
    EngineError, ErrorKind, Table, decimal,
    keys::Keys,
    types::{decimal_series, nested, physical_type, text_of},
};

pub(crate) const NO_NAME: PlSmallStr = PlSmallStr::EMPTY;

/// Tables at hand, for scans and lookups.
pub(crate) type Tables = BTreeMap<TableName, Table>;

/// The table of this name, or why there is none.
pub(crate) fn table<'tables>(
    tables: &'tables Tables,
    name: &TableName,
) -> Result<&'tables Table, EngineError> {
    tables.get(name).ok_or_else(|| {
        EngineError::new(
            ErrorKind::Missing,
            name.to_string(),
            "no run has made this table yet",
            format!("simulate the pipeline `{}` first", name.pipeline),
        )
    })
}

/// Evaluates expressions over the rows of a frame, whose columns have the names of [`ColumnRef::physical`].
///
/// [`ColumnRef::physical`]: touchstone_compiler::ColumnRef::physical
#[derive(Clone, Copy)]
pub(crate) struct Evaluator<'rows> {
    pub(crate) rows: &'rows DataFrame,
    pub(crate) tables: &'rows Tables,
}

impl Evaluator<'_> {
    /// The value of an expression in every row.
    pub(crate) fn evaluate(&self, expr: &Expr) -> Result<Series, EngineError> {
        match &expr.kind {
            ExprKind::Column(column) => {
                let name = column.physical();
                match self.rows.column(&name) {
                    Ok(values) => Ok(values.as_materialized_series().clone()),
                    Err(_) => Err(EngineError::internal(name, "the plan names a column that isn't there")),
                }
            }
            ExprKind::Literal(literal) => constant(literal, &expr.data_type, self.rows.height()),
            ExprKind::Cast(operand) => {
                cast::cast(&self.evaluate(operand)?, &operand.data_type, &expr.data_type)
            }
            ExprKind::Arithmetic { op, left, right } => arithmetic::arithmetic(
                *op,
                (&self.evaluate(left)?, &left.data_type),
                (&self.evaluate(right)?, &right.data_type),
                &expr.data_type,
            ),
            ExprKind::Negate(operand) => arithmetic::negate(&self.evaluate(operand)?, &expr.data_type),
            ExprKind::Compare { op, left, right } => {
                let orderings = compare(&self.evaluate(left)?, &self.evaluate(right)?)?;
                Ok(booleans(
                    orderings.into_iter().map(|ordering| ordering.map(|ordering| meets(*op, ordering))),
                ))
            }
            ExprKind::And(left, right) => self.logic(left, right, |left, right| match (left, right) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            }),
            ExprKind::Or(left, right) => self.logic(left, right, |left, right| match (left, right) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            }),
            ExprKind::Not(operand) => {
                let operand = self.evaluate(operand)?;
                Ok(booleans(operand.bool()?.iter().map(|value| value.map(|value| !value))))
            }
            ExprKind::IsNull { operand, negated } => {
                let operand = self.evaluate(operand)?;
                Ok(if *negated { operand.is_not_null() } else { operand.is_null() }.into_series())
            }
            ExprKind::In { operand, list, negated } => self.is_in(operand, list, *negated),
            ExprKind::Like { operand, pattern, negated } => {
                let matcher = like::like(pattern)?;
                let operand = self.evaluate(operand)?;
                Ok(booleans(
                    operand.str()?.iter().map(|text| text.map(|text| matcher.is_match(text) != *negated)),
                ))
            }
            ExprKind::Case { branches, otherwise } => {
                self.case(branches, otherwise.as_deref(), &expr.data_type)
            }
            ExprKind::Call { function, arguments } => self.call(*function, arguments, &expr.data_type),
            ExprKind::Lookup { table, by, key, column } => self.lookup(table, by, key, column),
            ExprKind::Aggregate { .. } => {
                Err(EngineError::internal("expression", "an aggregate stands outside an aggregation"))
            }
        }
    }

    /// Rows for which a condition is true; null is not true.
    pub(crate) fn mask(&self, condition: &Expr) -> Result<BooleanChunked, EngineError> {
        Ok(truths(self.evaluate(condition)?.bool()?))
    }

    fn logic(
        &self,
        left: &Expr,
        right: &Expr,
        combine: impl Fn(Option<bool>, Option<bool>) -> Option<bool>,
    ) -> Result<Series, EngineError> {
        let (left, right) = (self.evaluate(left)?, self.evaluate(right)?);
        Ok(booleans(left.bool()?.iter().zip(right.bool()?.iter()).map(|(left, right)| combine(left, right))))
    }

    fn lookup(&self, name: &TableName, by: &str, key: &Expr, column: &str) -> Result<Series, EngineError> {
        let found = table(self.tables, name)?;
        let rows = rows_with(found, by, &self.evaluate(key)?)?;
        Ok(gather(found.series(column)?, &rows)?)
    }
}

/// For each key the row of a table that has it in the column `by`.
pub(crate) fn rows_with(table: &Table, by: &str, keys: &Series) -> Result<Vec<Option<usize>>, EngineError> {
    let wanted = Keys::new(std::slice::from_ref(keys), keys.len())?;
    let present = Keys::new(std::slice::from_ref(table.series(by)?), table.frame.height())?;
    let index = present.index();
    Ok((0..wanted.len()).map(|row| wanted.matches(row, &index).first().copied()).collect())
}

/// The values at these rows; null where there is none.
pub(crate) fn gather(series: &Series, rows: &[Option<usize>]) -> polars::prelude::PolarsResult<Series> {
    series.take(&indices(rows))
}

/// Row numbers as Polars takes them.
pub(crate) fn indices(rows: &[Option<usize>]) -> IdxCa {
    IdxCa::from_iter_options(NO_NAME, rows.iter().map(|row| row.and_then(|row| IdxSize::try_from(row).ok())))
}

/// Null becomes false.
pub(crate) fn truths(values: &BooleanChunked) -> BooleanChunked {
    BooleanChunked::from_iter_values(NO_NAME, values.iter().map(|value| value == Some(true)))
}

pub(crate) fn booleans(values: impl Iterator<Item = Option<bool>>) -> Series {
    BooleanChunked::from_iter_options(NO_NAME, values).into_series()
}

/// Whether values that stand so to each other meet a comparison.
pub(crate) fn meets(op: CompareOp, ordering: std::cmp::Ordering) -> bool {
    match op {
        CompareOp::Equal => ordering.is_eq(),
        CompareOp::NotEqual => ordering.is_ne(),
        CompareOp::Less => ordering.is_lt(),
        CompareOp::LessOrEqual => ordering.is_le(),
        CompareOp::Greater => ordering.is_gt(),
        CompareOp::GreaterOrEqual => ordering.is_ge(),
    }
}

/// A column that holds one value in every row.
pub(crate) fn constant(
    literal: &Literal,
    data_type: &DataType,
    height: usize,
) -> Result<Series, EngineError> {
    let physical = physical_type(data_type)?;
    let mismatch = || EngineError::internal("literal", format!("{literal:?} isn't a {data_type}"));
    Ok(match (literal, data_type) {
        (Literal::Null, _) => Series::full_null(NO_NAME, height, &physical),
        (Literal::Boolean(value), DataType::Boolean) => {
            BooleanChunked::full(NO_NAME, *value, height).into_series()
        }
        (Literal::Integer(value), DataType::Int) => {
            Int32Chunked::full(NO_NAME, i32::try_from(*value).map_err(|_| mismatch())?, height).into_series()
        }
        (Literal::Integer(value), DataType::Long) => {
            Int64Chunked::full(NO_NAME, *value, height).into_series()
        }
        #[expect(clippy::cast_possible_truncation, reason = "a float literal has a float's precision")]
        (Literal::Number(value), DataType::Float) => {
            Float32Chunked::full(NO_NAME, *value as f32, height).into_series()
        }
        (Literal::Number(value), DataType::Double) => {
            Float64Chunked::full(NO_NAME, *value, height).into_series()
        }
        #[expect(clippy::cast_precision_loss, reason = "a whole number written where a double stands")]
        (Literal::Integer(value), DataType::Double) => {
            Float64Chunked::full(NO_NAME, *value as f64, height).into_series()
        }
        (Literal::Decimal(_) | Literal::Integer(_), DataType::Decimal { precision, scale }) => {
            let text = match literal {
                Literal::Decimal(text) => text.clone(),
                Literal::Integer(value) => value.to_string(),
                _ => return Err(mismatch()),
            };
            let value = decimal::parse(&text, *precision, *scale).ok_or_else(mismatch)?;
            decimal_series(Int128Chunked::full(NO_NAME, value, height), *precision, *scale)?
        }
        (Literal::Text(value), DataType::String | DataType::Uuid) => {
            StringChunked::full(NO_NAME, value, height).into_series()
        }
        (Literal::Date(value), DataType::Date) => {
            Int32Chunked::full(NO_NAME, *value, height).into_series().into_date()
        }
        (Literal::Timestamp(value), DataType::Timestamp | DataType::Timestamptz) => {
            Int64Chunked::full(NO_NAME, *value, height)
                .into_series()
                .into_datetime(TimeUnit::Microseconds, None)
        }
        // A literal written as text for a type without literals of its own.
        (Literal::Text(value), _) => cast::cast(
            &StringChunked::full(NO_NAME, value, height).into_series(),
            &DataType::String,
            data_type,
        )?,
        _ => return Err(mismatch()),
    })
}

/// The result of a kernel, as a column of its type.
pub(crate) fn finish(values: Values, data_type: &DataType) -> Result<Series, EngineError> {
    Ok(match (values, data_type) {
        (Values::Whole(values), DataType::Int) => narrow(values).into_series(),
        (Values::Whole(values), DataType::Date) => narrow(values).into_series().into_date(),
        (Values::Whole(values), DataType::Long) => wide(values).into_series(),
        (Values::Whole(values), DataType::Timestamp | DataType::Timestamptz) => {
            wide(values).into_series().into_datetime(TimeUnit::Microseconds, None)
        }
        (Values::Whole(values), DataType::Time) => wide(values).into_series().into_time(),
        (Values::Whole(values), DataType::Decimal { precision, scale }) => {
            let fitting =
                values.into_iter().map(|value| value.filter(|value| decimal::fits(*value, *precision)));
            decimal_series(Int128Chunked::from_iter_options(NO_NAME, fitting), *precision, *scale)?
        }
        (Values::Real(values), DataType::Double) => {
            Float64Chunked::from_iter_options(NO_NAME, values.into_iter()).into_series()
        }
        #[expect(clippy::cast_possible_truncation, reason = "float arithmetic is rounded to a float")]
        (Values::Real(values), DataType::Float) => Float32Chunked::from_iter_options(
            NO_NAME,
            values.into_iter().map(|value| value.map(|value| value as f32)),
        )
        .into_series(),
        (_, DataType::List(_) | DataType::Map(..) | DataType::Struct(_)) => return Err(nested(data_type)),
        (values, _) => {
            return Err(EngineError::internal("kernel", format!("{values:?} can't become {data_type}")));
        }
    })
}

fn narrow(values: Vec<Option<i128>>) -> Int32Chunked {
    Int32Chunked::from_iter_options(
        NO_NAME,
        values.into_iter().map(|value| value.and_then(|value| i32::try_from(value).ok())),
    )
}

fn wide(values: Vec<Option<i128>>) -> Int64Chunked {
    Int64Chunked::from_iter_options(
        NO_NAME,
        values.into_iter().map(|value| value.and_then(|value| i64::try_from(value).ok())),
    )
}

/// Numbers on their way through a kernel. Whole ones are as wide as the widest decimal, so that nothing overflows
/// before it is checked against its type.
#[derive(Debug)]
pub(crate) enum Values {
    /// Integers, unscaled decimals, days, microseconds.
    Whole(Vec<Option<i128>>),
    /// Floats and doubles.
    Real(Vec<Option<f64>>),
}

/// The numbers of a column.
pub(crate) fn values(series: &Series, data_type: &DataType) -> Result<Values, EngineError> {
    let physical = series.to_physical_repr();
    Ok(match data_type {
        DataType::Int | DataType::Date => {
            Values::Whole(physical.i32()?.iter().map(|value| value.map(i128::from)).collect())
        }
        DataType::Long | DataType::Timestamp | DataType::Timestamptz | DataType::Time => {
            Values::Whole(physical.i64()?.iter().map(|value| value.map(i128::from)).collect())
        }
        DataType::Decimal { .. } => Values::Whole(physical.i128()?.iter().collect()),
        DataType::Float => Values::Real(physical.f32()?.iter().map(|value| value.map(f64::from)).collect()),
        DataType::Double => Values::Real(physical.f64()?.iter().collect()),
        DataType::Boolean => {
            Values::Whole(physical.bool()?.iter().map(|value| value.map(i128::from)).collect())
        }
        _ => return Err(EngineError::internal("kernel", format!("{data_type} isn't a number"))),
    })
}

/// The value of an expression without columns, as text; none for null.
pub fn evaluate_constant(expr: &Expr) -> Result<Option<String>, EngineError> {
    let rows = DataFrame::new(1, Vec::new())?;
    let tables = Tables::new();
    let value = Evaluator { rows: &rows, tables: &tables }.evaluate(expr)?;
    Ok(text_of(&value, &expr.data_type)?.get(0).map(str::to_owned))
}
