//! Calls of the function table: each function's kernel.

use std::cmp::Ordering;

use chrono::Datelike;
use polars::prelude::{IntoSeries, NewChunkedArray, Series, StringChunked};
use touchstone_compiler::{Expr, ExprKind, Function, Literal};
use touchstone_spec::DataType;

use super::{Evaluator, NO_NAME, arithmetic, booleans, choice, dates, like, text};
use crate::EngineError;

/// The arguments of a call: their values, and the constants among them.
struct Arguments<'call> {
    function: Function,
    exprs: &'call [Expr],
    values: Vec<Series>,
}

impl Arguments<'_> {
    fn missing(&self, index: usize) -> EngineError {
        EngineError::internal(format!("{:?}", self.function), format!("argument {} is missing", index + 1))
    }

    fn value(&self, index: usize) -> Result<&Series, EngineError> {
        self.values.get(index).ok_or_else(|| self.missing(index))
    }

    fn data_type(&self, index: usize) -> Result<&DataType, EngineError> {
        self.exprs.get(index).map(|expr| &expr.data_type).ok_or_else(|| self.missing(index))
    }

    /// A text that is written out, not computed.
    fn text(&self, index: usize) -> Result<&str, EngineError> {
        match self.exprs.get(index).map(|expr| &expr.kind) {
            Some(ExprKind::Literal(Literal::Text(text))) => Ok(text),
            _ => Err(self.missing(index)),
        }
    }

    /// A whole number that is written out; its default when it is left out.
    fn integer(&self, index: usize, default: i64) -> Result<i64, EngineError> {
        match self.exprs.get(index).map(|expr| &expr.kind) {
            None => Ok(default),
            Some(ExprKind::Literal(Literal::Integer(value))) => Ok(*value),
            Some(ExprKind::Negate(inner)) => match inner.kind {
                ExprKind::Literal(Literal::Integer(value)) => Ok(-value),
                _ => Err(self.missing(index)),
            },
            Some(_) => Err(self.missing(index)),
        }
    }

    /// The arguments' values, or their defaults where they are left out.
    fn number_or(&self, index: usize, default: i32) -> Result<Series, EngineError> {
        match self.values.get(index) {
            Some(value) => Ok(value.clone()),
            None => super::constant(&Literal::Integer(default.into()), &DataType::Int, self.value(0)?.len()),
        }
    }

    fn text_or(&self, index: usize, default: &str) -> Result<Series, EngineError> {
        match self.values.get(index) {
            Some(value) => Ok(value.clone()),
            None => {
                super::constant(&Literal::Text(default.to_owned()), &DataType::String, self.value(0)?.len())
            }
        }
    }
}

impl Evaluator<'_> {
    pub(super) fn call(
        &self,
        function: Function,
        exprs: &[Expr],
        result: &DataType,
    ) -> Result<Series, EngineError> {
        let values = exprs.iter().map(|argument| self.evaluate(argument)).collect::<Result<Vec<_>, _>>()?;
        let arguments = Arguments { function, exprs, values };
        let value = |index| arguments.value(index);
        let none = || arguments.missing(0);
        match function {
            Function::Upper => text::each(value(0)?, str::to_uppercase),
            Function::Lower => text::each(value(0)?, str::to_lowercase),
            Function::Trim => text::part(value(0)?, |text| text.trim_matches(' ')),
            Function::Ltrim => text::part(value(0)?, |text| text.trim_start_matches(' ')),
            Function::Rtrim => text::part(value(0)?, |text| text.trim_end_matches(' ')),
            Function::Length => text::length(value(0)?),
            Function::Substring => text::substring(value(0)?, value(1)?, &arguments.number_or(2, i32::MAX)?),
            Function::Replace => text::replace(value(0)?, value(1)?, &arguments.text_or(2, "")?),
            Function::Concat => text::concat(&arguments.values, self.rows.height()),
            Function::Lpad => text::pad(value(0)?, value(1)?, &arguments.text_or(2, " ")?, true),
            Function::Rpad => text::pad(value(0)?, value(1)?, &arguments.text_or(2, " ")?, false),
            Function::Left => text::with_number(value(0)?, value(1)?, text::left),
            Function::Right => text::with_number(value(0)?, value(1)?, text::right),
            Function::SplitPart => text::split_part(value(0)?, value(1)?, value(2)?),
            Function::StartsWith => text::test(value(0)?, value(1)?, |text, prefix| text.starts_with(prefix)),
            Function::EndsWith => text::test(value(0)?, value(1)?, |text, suffix| text.ends_with(suffix)),
            Function::Contains => text::test(value(0)?, value(1)?, |text, search| text.contains(search)),
            Function::RegexpLike => {
                let regex = like::regular(arguments.text(1)?)?;
                Ok(booleans(value(0)?.str()?.iter().map(|text| text.map(|text| regex.is_match(text)))))
            }
            Function::RegexpExtract => {
                let regex = like::regular(arguments.text(1)?)?;
                let group = usize::try_from(arguments.integer(2, 1)?).unwrap_or(usize::MAX);
                let extracted = value(0)?.str()?.iter().map(|text| {
                    text.map(|text| {
                        regex
                            .captures(text)
                            .and_then(|captures| captures.get(group))
                            .map_or("", |found| found.as_str())
                    })
                });
                Ok(StringChunked::from_iter_options(NO_NAME, extracted).into_series())
            }
            Function::RegexpReplace => {
                let regex = like::regular(arguments.text(1)?)?;
                let replacement = arguments.text(2)?;
                text::each(value(0)?, |text| like::replace_all(&regex, text, replacement))
            }
            Function::Coalesce => choice::coalesce(&arguments.values)?.ok_or_else(none),
            Function::NullIf => choice::null_if(value(0)?, value(1)?),
            Function::If => choice::if_else(value(0)?, value(1)?, value(2)?),
            Function::Greatest => choice::extreme(&arguments.values, Ordering::Greater)?.ok_or_else(none),
            Function::Least => choice::extreme(&arguments.values, Ordering::Less)?.ok_or_else(none),
            Function::Abs => arithmetic::abs(value(0)?, result),
            Function::Round => {
                arithmetic::round(value(0)?, arguments.data_type(0)?, arguments.integer(1, 0)?, result)
            }
            Function::Ceil => arithmetic::to_whole(value(0)?, arguments.data_type(0)?, result, true),
            Function::Floor => arithmetic::to_whole(value(0)?, arguments.data_type(0)?, result, false),
            Function::Sign => arithmetic::sign(value(0)?, arguments.data_type(0)?),
            Function::Year => dates::number(value(0)?, arguments.data_type(0)?, |date| date.year()),
            Function::Month => dates::number(value(0)?, arguments.data_type(0)?, |date| number(date.month())),
            Function::Day => dates::number(value(0)?, arguments.data_type(0)?, |date| number(date.day())),
            Function::DayOfWeek => dates::number(value(0)?, arguments.data_type(0)?, |date| {
                number(date.weekday().number_from_monday())
            }),
            Function::DateTrunc => {
                let unit = arguments.text(0)?;
                dates::date(value(1)?, |date| dates::truncate(unit, date))
            }
            Function::DateAdd => dates::date_with_number(value(0)?, value(1)?, i32::checked_add),
            Function::AddMonths => dates::date_with_number(value(0)?, value(1)?, dates::add_months),
            Function::DateDiff => dates::difference(value(0)?, value(1)?),
            Function::LastDay => dates::date(value(0)?, dates::last_day),
            Function::ToDate => dates::to_date(value(0)?, arguments.text(1)?),
        }
    }
}

/// Parts of a date are small numbers.
fn number(part: u32) -> i32 {
    i32::try_from(part).unwrap_or(i32::MAX)
}
