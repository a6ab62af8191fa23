//! The typed tree that mapping expressions, filters and queries become.

use serde::{Deserialize, Serialize};
use touchstone_spec::{DataType, TableName};

use crate::{AggregateFunction, Function};

/// An expression whose names are resolved and whose type is known.
///
/// The compiler has already put in every conversion: both sides of a comparison or of an arithmetic operation on
/// floats and integers have one type, arguments have the types that the function takes. An engine converts nothing
/// on its own. Only decimals meet with different precision and scale, in arithmetic; `data_type` is the result's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expr {
    /// What it computes.
    pub kind: ExprKind,
    /// Type of the result.
    pub data_type: DataType,
    /// Whether the result can be null.
    pub nullable: bool,
}

/// What an [`Expr`] computes. Unless said otherwise, a null operand gives null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExprKind {
    /// Value of a column.
    Column(ColumnRef),
    /// A constant.
    Literal(Literal),
    /// The operand as `data_type`; null where the value can't be one (Spark's `try_cast`). Decimals round half up;
    /// fractions are cut off towards zero when a number becomes an integer.
    Cast(Box<Expr>),
    /// Arithmetic on numbers. Division by zero, and a result that its type can't hold, give null.
    Arithmetic {
        /// Which operation.
        op: ArithmeticOp,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// Minus the operand.
    Negate(Box<Expr>),
    /// Comparison of two values of one type.
    Compare {
        /// Which comparison.
        op: CompareOp,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// True if both are; three-valued logic.
    And(Box<Expr>, Box<Expr>),
    /// True if one is; three-valued logic.
    Or(Box<Expr>, Box<Expr>),
    /// The opposite; null stays null.
    Not(Box<Expr>),
    /// Whether the operand is null (or, `negated`, isn't). Never null itself.
    IsNull {
        /// What is looked at.
        operand: Box<Expr>,
        /// `is not null`
        negated: bool,
    },
    /// Whether the operand equals one of the list's values, SQL's way with nulls.
    In {
        /// What is looked at.
        operand: Box<Expr>,
        /// Values of the operand's type.
        list: Vec<Expr>,
        /// `not in`
        negated: bool,
    },
    /// SQL's LIKE: `%` any text, `_` any one character, `\` before one of these takes it literally.
    Like {
        /// Text that is looked at.
        operand: Box<Expr>,
        /// The pattern.
        pattern: String,
        /// `not like`
        negated: bool,
    },
    /// The value of the first branch whose condition is true.
    Case {
        /// Condition (boolean) and value (of `data_type`) of each branch.
        branches: Vec<(Expr, Expr)>,
        /// Value when no condition is true; null when absent.
        otherwise: Option<Box<Expr>>,
    },
    /// A scalar function of the function table.
    Call {
        /// Which function.
        function: Function,
        /// Its arguments, converted to the types that it takes.
        arguments: Vec<Expr>,
    },
    /// The value of `column` in the row of `table` whose column `by` equals `key`; null where there is no such row.
    /// `by` is unique in the table (its key), so there is at most one.
    Lookup {
        /// Silver or gold table that is looked into.
        table: TableName,
        /// Column of the table that is compared.
        by: String,
        /// What it is compared with, of that column's type.
        key: Box<Expr>,
        /// Column of the table whose value is taken.
        column: String,
    },
    /// An aggregate over the rows of a group; stands only in a [`crate::Relation::Aggregate`].
    Aggregate {
        /// Which aggregate.
        function: AggregateFunction,
        /// Whether equal values count once.
        distinct: bool,
        /// Its arguments; none for `count(*)`.
        arguments: Vec<Expr>,
    },
}

/// A column of the rows at hand.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ColumnRef {
    /// Alias of the relation, in a query; none in a silver mapping and above a projection or an aggregation.
    pub relation: Option<String>,
    /// Name of the column. In a silver mapping: the contract's name when `relation` is `source`
    /// ([`ColumnRef::SOURCE`]), else the name of a field above.
    pub name: String,
}

impl ColumnRef {
    /// The relation that stands for the source's columns in a silver mapping.
    pub const SOURCE: &'static str = "source";

    /// A column of the source.
    pub fn source(name: impl Into<String>) -> Self {
        Self { relation: Some(Self::SOURCE.to_owned()), name: name.into() }
    }

    /// A column without a relation.
    pub fn bare(name: impl Into<String>) -> Self {
        Self { relation: None, name: name.into() }
    }

    /// One name that is unique among the columns at hand: `relation.name`, or the name alone.
    pub fn physical(&self) -> String {
        match &self.relation {
            Some(relation) => format!("{relation}.{}", self.name),
            None => self.name.clone(),
        }
    }
}

/// A constant. The expression's `data_type` says which type it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Literal {
    /// No value (of any type).
    Null,
    /// boolean
    Boolean(bool),
    /// int or long
    Integer(i64),
    /// float or double
    Number(f64),
    /// decimal: the digits as written, for example `1.50`, at the scale of the expression's type.
    Decimal(String),
    /// string
    Text(String),
    /// date, in days since 1970-01-01
    Date(i32),
    /// timestamp or timestamptz, in microseconds since 1970-01-01T00:00:00(Z)
    Timestamp(i64),
}

/// Arithmetic operations.
///
/// Result types follow Spark (source: Spark SQL reference, "Decimal arithmetic"): for decimals `(p1,s1)` and `(p2,s2)`
/// `+ -`: `(max(s1,s2) + max(p1-s1, p2-s2) + 1, max(s1,s2))`; `*`: `(p1+p2+1, s1+s2)`;
/// `/`: `(p1-s1+s2+max(6, s1+p2+1), max(6, s1+p2+1))`; cut to 38 digits keeping at least
/// `min(scale, 6)` behind the point. Results are rounded half up to that scale. int and long stay as they are but for
/// `/`, which gives double, as float and double do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArithmeticOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`: the remainder, with the sign of the dividend.
    Remainder,
}

/// Comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompareOp {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}
