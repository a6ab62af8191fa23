//! Quality rules: DQDL text to checks bound to columns.

mod bind;
mod example;
mod form;
mod kinds;
mod lexer;
mod parser;
mod suggest;
mod text;
mod values;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use touchstone_spec::{Layer, Pipeline, TableName};

use crate::{
    Check, Rule, Ruleset,
    compile::table_path,
    finding::{At, Reporter},
};
pub(crate) use bind::bind;
pub use form::{Comparison, RuleCondition, RuleForm, RuleValue, SimpleRule, read_rule};
pub use kinds::{RuleInput, RuleKind, RuleParameter, ValueInput, rule_kind, rule_kinds};
use parser::{ParsedCheck, ParsedRule};
pub use suggest::{ColumnFacts, RuleSuggestion, suggest_rules};
pub use text::{
    RuleText, RulesText, add_rule, check_rules, move_rule, read_rules, remove_rule, replace_rule,
};

/// Rule types that run here.
pub(crate) const KNOWN: [&str; 14] = [
    "RowCount",
    "ColumnCount",
    "ColumnExists",
    "IsComplete",
    "Completeness",
    "IsUnique",
    "Uniqueness",
    "DistinctValuesCount",
    "IsPrimaryKey",
    "ColumnValues",
    "ColumnLength",
    "Sum",
    "Mean",
    "ReferentialIntegrity",
];

/// Rule types of Glue that don't run here yet.
pub(crate) const GLUE_ONLY: [&str; 18] = [
    "AggregateMatch",
    "ColumnCorrelation",
    "ColumnDataType",
    "ColumnNamesMatchPattern",
    "CustomSql",
    "CustomSQL",
    "DataFreshness",
    "DatasetMatch",
    "DetectAnomalies",
    "Entropy",
    "FileFreshness",
    "FileMatch",
    "FileSize",
    "FileUniqueness",
    "RowCountMatch",
    "SchemaMatch",
    "StandardDeviation",
    "UniqueValueRatio",
];

/// The rules of one table as parsed.
#[derive(Debug, Default)]
pub(crate) struct ParsedRules {
    text: String,
    rules: Vec<ParsedRule>,
}

impl ParsedRules {
    /// Columns in which no value stands twice once the rules hold.
    pub(crate) fn unique_columns(&self) -> Vec<String> {
        self.rules
            .iter()
            .filter(|rule| rule.filter.is_none())
            .filter_map(|rule| match &rule.check {
                ParsedCheck::Simple { kind, parameters, .. }
                    if kind == "IsUnique" || kind == "IsPrimaryKey" =>
                {
                    match parameters.as_slice() {
                        [(column, _)] => Some(column.clone()),
                        _ => None,
                    }
                }
                _ => None,
            })
            .collect()
    }

    /// The tables that referential integrity looks into.
    pub(crate) fn references(&self) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        self.rules.iter().for_each(|rule| references(rule, &mut found));
        found
    }
}

fn references(rule: &ParsedRule, found: &mut Vec<Vec<String>>) {
    match &rule.check {
        ParsedCheck::Simple { kind, parameters, .. } if kind == "ReferentialIntegrity" => {
            if let Some((reference, _)) = parameters.get(1)
                && let Some((table, _)) = bind::split_reference(reference)
            {
                found.push(table);
            }
        }
        ParsedCheck::Simple { .. } => {}
        ParsedCheck::Composite { rules, .. } => rules.iter().for_each(|rule| references(rule, found)),
    }
}

/// The rules of all tables of a pipeline, syntax errors reported.
pub(crate) fn parse_all(
    pipeline: &Pipeline,
    reporter: &mut Reporter<'_>,
) -> BTreeMap<TableName, ParsedRules> {
    let silver = pipeline.silver.iter().map(|(name, table)| (Layer::Silver, name, table.rules.as_ref()));
    let gold = pipeline.gold.iter().map(|(name, table)| (Layer::Gold, name, table.rules.as_ref()));
    let mut all = BTreeMap::new();
    for (layer, name, text) in silver.chain(gold) {
        let Some(text) = text else { continue };
        let name = TableName::new(&pipeline.pipeline, layer, name);
        let (rules, findings) = parser::parse(text);
        reporter.within(&table_path(&name).key("rules"), findings);
        all.insert(name, ParsedRules { text: text.clone(), rules });
    }
    all
}

/// The quoted texts of a ruleset, each with its place and its bytes, quotes included.
pub(crate) fn quoted_tokens(text: &str) -> Vec<(At, Range<usize>)> {
    let (tokens, _) = lexer::tokens(text);
    let quoted = tokens.into_iter().filter(|token| matches!(token.kind, lexer::Kind::Text(_)));
    quoted.map(|token| (token.at, token.range)).collect()
}

/// The tables that the rules look into, besides their own.
pub(crate) fn tables_of(ruleset: &Ruleset) -> BTreeSet<TableName> {
    let mut tables = BTreeSet::new();
    ruleset.rules.iter().for_each(|rule| collect(rule, &mut tables));
    tables
}

fn collect(rule: &Rule, tables: &mut BTreeSet<TableName>) {
    match &rule.check {
        Check::ReferentialIntegrity { table, .. } => {
            tables.insert(table.clone());
        }
        Check::All(rules) | Check::Any(rules) => rules.iter().for_each(|rule| collect(rule, tables)),
        _ => {}
    }
}
