//! The one table of functions: names, signatures, semantics, documentation, examples and Spark SQL.
//!
//! A new function is one variant in `function.rs`, one entry here, and its lowering in the engine.

mod aggregates;
mod dates;
mod numbers;
mod reference;
mod signature;
mod text;
mod values;

use std::sync::LazyLock;

use touchstone_spec::DataType;

use crate::{AggregateFunction, Expr, Function};

pub(crate) use dates::UNITS;
pub use reference::function_reference;
pub(crate) use signature::{Parameter, ParameterType, Signature};

/// What a function takes and gives, what it means, and how Spark writes it.
#[derive(Debug)]
pub struct FunctionEntry {
    /// The function.
    pub function: AnyFunction,
    /// Heading it stands under.
    pub category: Category,
    /// Its names; the first is the one that is written.
    pub names: &'static [&'static str],
    /// What it takes and gives, for example `(text string, length int literal = 1) -> string`. `T` is one type for all, `O`
    /// one that has an order, `N` one number type; `…` repeats the parameter before it.
    pub signature: &'static str,
    /// What it does.
    pub documentation: &'static str,
    /// What it gives for null and for values that it can't take.
    pub nulls: &'static str,
    /// A call and its result.
    pub example: Example,
    pub(crate) result: Option<fn(&[Expr]) -> DataType>,
    pub(crate) nullable: Nullability,
    pub(crate) spark: Spark,
}

/// A call and what it gives, as a query would print it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// The call.
    pub expression: &'static str,
    /// Its result; `null` for no value. Empty for aggregates, which need rows.
    pub result: &'static str,
}

/// A function of either kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnyFunction {
    /// Of the values of one row.
    Scalar(Function),
    /// Of the rows of a group.
    Aggregate(AggregateFunction),
}

/// Headings of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// Text.
    Text,
    /// Choices between values, and nulls.
    Values,
    /// Numbers.
    Numbers,
    /// Dates and times.
    Dates,
    /// Aggregates.
    Aggregates,
}

/// When a result can be null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nullability {
    /// If an argument can be.
    AnyArgument,
    /// If all arguments can be.
    AllArguments,
    /// If one of the arguments behind the first can be.
    Behind,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How Spark SQL writes a call.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spark {
    /// Text with `{0}`, `{1}` for the arguments and `{*}` for all of them.
    Template(&'static str),
    /// Made from the arguments and their SQL.
    Rendered(fn(&[Expr], &[String]) -> String),
}

impl FunctionEntry {
    /// The name that is written.
    pub fn name(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }

    /// The name with its signature, as help texts show it.
    pub fn call(&self) -> String {
        format!("{}{}", self.name(), self.signature)
    }
}

const fn scalar(
    function: Function,
    category: Category,
    names: &'static [&'static str],
    signature: &'static str,
    documentation: &'static str,
    example: (&'static str, &'static str),
    spark: &'static str,
) -> FunctionEntry {
    FunctionEntry {
        function: AnyFunction::Scalar(function),
        category,
        names,
        signature,
        documentation,
        nulls: "null if an argument is null",
        example: Example { expression: example.0, result: example.1 },
        result: None,
        nullable: Nullability::AnyArgument,
        spark: Spark::Template(spark),
    }
}

impl FunctionEntry {
    const fn nulls(mut self, nullable: Nullability, says: &'static str) -> Self {
        self.nullable = nullable;
        self.nulls = says;
        self
    }

    const fn result(mut self, result: fn(&[Expr]) -> DataType) -> Self {
        self.result = Some(result);
        self
    }

    const fn rendered(mut self, render: fn(&[Expr], &[String]) -> String) -> Self {
        self.spark = Spark::Rendered(render);
        self
    }
}

static TABLE: LazyLock<Vec<FunctionEntry>> = LazyLock::new(|| {
    [text::entries(), values::entries(), numbers::entries(), dates::entries(), aggregates::entries()]
        .into_iter()
        .flatten()
        .collect()
});

/// Every function, in the order of the reference.
pub fn function_table() -> &'static [FunctionEntry] {
    &TABLE
}

/// The function of this name, whatever its case.
pub fn function_named(name: &str) -> Option<&'static FunctionEntry> {
    function_table().iter().find(|entry| entry.names.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

/// The entry of a function.
pub(crate) fn entry_of(function: AnyFunction) -> Option<&'static FunctionEntry> {
    function_table().iter().find(|entry| entry.function == function)
}

/// All names that a call may have, for suggestions.
pub(crate) fn known_names() -> impl Iterator<Item = &'static str> {
    function_table()
        .iter()
        .flat_map(|entry| entry.names.iter().copied())
        .chain(["lookup", "cast", "try_cast"])
}

/// What other dialects call it, and what to write instead.
pub(crate) fn foreign_name(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "ifnull" | "nvl" | "isnull" | "zeroifnull" => "coalesce(value, replacement)",
        "iif" | "decode" => "if(condition, then, else) or case",
        "instr" | "strpos" | "charindex" | "locate" | "position" => "contains(text, search) or split_part",
        "to_number" | "to_decimal" | "to_char" | "convert" | "to_timestamp" => "cast(… as …)",
        "now" | "current_date" | "current_timestamp" | "getdate" | "today" | "sysdate" => {
            "a column of the data: the same input must give the same output, so there is no clock"
        }
        "rand" | "random" | "uuid" | "monotonically_increasing_id" => {
            "a column of the data: the same input must give the same output, so there is no chance"
        }
        "row_number" | "rank" | "dense_rank" | "lag" | "lead" | "first_value" | "last_value" => {
            "max_by(value, order) or min_by(value, order) with group by: window functions aren't part of the portable SQL"
        }
        "first" | "last" | "any_value" => {
            "min_by(value, order) or max_by(value, order), which always choose the same row"
        }
        "dateadd" | "adddate" => "date_add(date, days)",
        "extract" | "date_part" | "datepart" => "year(date), month(date) or day(date)",
        "str_to_date" | "parse_date" => "to_date(text, pattern)",
        "concat_ws" | "group_concat" | "string_agg" | "listagg" => "concat(a, b) or a || b",
        "median" | "stddev" | "variance" | "percentile" | "approx_percentile" => {
            "avg, min or max; it isn't part of the portable SQL yet"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile_expression;

    #[test]
    fn names_are_unique_and_signatures_can_be_read() {
        let mut seen = std::collections::BTreeSet::new();
        for entry in function_table() {
            assert!(Signature::read(entry.signature).is_some(), "{}", entry.call());
            for name in entry.names {
                assert!(seen.insert(*name), "{name} stands twice");
            }
        }
    }

    #[test]
    fn every_example_compiles_to_the_type_that_the_signature_says() {
        for entry in function_table() {
            if matches!(entry.function, AnyFunction::Scalar(_)) {
                let typed = compile_expression(entry.example.expression, &[]);
                assert!(typed.is_ok(), "{}: {typed:?}", entry.example.expression);
            }
        }
    }

    #[test]
    fn the_reference_is_kept() {
        insta::assert_snapshot!(function_reference());
    }
}
