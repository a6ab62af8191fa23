//! Turns a spec into a compiled pipeline: names resolved, expressions typed, rules parsed, lineage drawn, Spark SQL
//! rendered.

mod catalog;
mod compile;
mod date_pattern;
mod document_checks;
mod editor;
mod expression;
mod finding;
mod function;
mod function_table;
mod gold;
mod impact;
mod lineage;
mod literal;
mod mapping;
mod names;
mod nesting;
mod order;
mod partition;
mod plan;
mod regular_expression;
mod rename;
mod reuse;
mod rule;
mod rules;
mod schedule;
mod schema_change;
mod silver;
mod spark;
mod suggest;
mod syntax;
mod typing;
mod walk;

pub use catalog::{KnownColumn, KnownTable, Tables};
pub use compile::{Compilation, compile, compile_expression, recompile, recompile_part};
pub use editor::{
    CheckedExpression, CheckedQuery, Completion, CompletionKind, Completions, ExpressionScope, FuzzyMatch,
    GoldScope, SignatureHelp, TextFinding, TokenKind, check_condition, check_expression, check_gold,
    complete_expression, complete_gold, complete_rules, complete_type, fuzzy_match, highlight,
    highlight_dqdl, highlight_yaml, rule_help, signature_help, written_name,
};
pub use expression::{ArithmeticOp, ColumnRef, CompareOp, Expr, ExprKind, Literal};
pub use function::{AggregateFunction, Function};
pub use function_table::{
    AnyFunction, Category, Example, FunctionEntry, function_named, function_reference, function_table,
};
pub use impact::{
    AffectedColumn, AffectedPipeline, AffectedTable, Impact, ImpactChange, ImpactSeverity, impact,
};
pub use lineage::{
    ColumnEdge, Direction, EdgeKind, Focus, Lineage, LineageColumn, LineageNode, LineageTable, LineageTarget,
    TableEdge,
};
pub use plan::{
    Aggregate, Column, CompiledPipeline, CompiledSource, FieldPlan, GoldPlan, JoinKind, NamedExpr,
    PartitionField, Relation, SilverPlan, SortKey, TableSchema, Transform,
};
pub use rename::{OutputNames, Rename, RenameError, RenamePlace, RenameTarget, RenamedDocument, rename};
pub use rule::{Check, Condition, Rule, Ruleset, ValueCondition};
pub use rules::{
    ColumnFacts, Comparison, RuleCondition, RuleForm, RuleInput, RuleKind, RuleParameter, RuleSuggestion,
    RuleText, RuleValue, RulesText, SimpleRule, ValueInput, add_rule, check_rules, move_rule, read_rule,
    read_rules, remove_rule, replace_rule, rule_kind, rule_kinds, suggest_rules,
};
pub use schema_change::schema_changes;
pub use spark::{SPARK_SETTINGS, spark_sql_typed_source, spark_view};
pub use suggest::{
    Mapping, ProposedField, Reason, ReasonKind, SourceColumn, Suggestion, TargetField, propose_fields,
    rank_sources, suggest_mappings,
};
