//! Turns a spec into a compiled pipeline: names resolved, expressions typed, rules parsed, lineage drawn, Spark SQL
//! rendered.

mod expression;
mod function;
mod plan;
mod rule;

pub use expression::{ArithmeticOp, ColumnRef, CompareOp, Expr, ExprKind, Literal};
pub use function::{AggregateFunction, Function};
pub use plan::{
    Aggregate, Column, CompiledPipeline, CompiledSource, FieldPlan, GoldPlan, JoinKind, NamedExpr,
    PartitionField, Relation, SilverPlan, SortKey, TableSchema, Transform,
};
pub use rule::{Check, Condition, Rule, Ruleset, ValueCondition};
