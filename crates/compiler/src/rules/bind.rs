//! Rules bound to the columns of their table: names, types of values, tables that are looked into.

use std::sync::Arc;

use touchstone_spec::{DataType, TableName};

use super::{
    ParsedRules,
    parser::{ParsedCheck, ParsedCondition, ParsedRule},
};
use crate::{
    Check, CompareOp, Condition, Rule, Ruleset,
    catalog::{KnownTable, View},
    compile::table_path,
    finding::{At, Finding, Reporter, suggest},
    names::{self, Decl, Owner, Token},
    syntax::parse_expression,
    typing::{
        Typer,
        scope::{Scope, ScopeColumn, ScopeRelation},
    },
};

/// Binds the rules of a table. What can't be bound is reported and left out. `halting_key` is the key by which the
/// table is de-duplicated, where a failed rule halts the run.
pub(crate) fn bind(
    name: &TableName,
    parsed: &ParsedRules,
    view: View<'_>,
    halting_key: &[String],
    reporter: &mut Reporter<'_>,
) -> Ruleset {
    let Some(table) = view.catalog.known.get(name) else { return Ruleset::default() };
    let mut binder = Binder { name: Some(name), table, view, findings: Vec::new(), names: Vec::new() };
    let mut rules = Vec::new();
    for parsed in &parsed.rules {
        let Some(rule) = binder.rule(parsed) else { continue };
        if rule.holds_by_key(halting_key) {
            binder.findings.push(
                Finding::warning(parsed.at, "always-passes", "this rule never halts the run").help(
                    "rows that repeat the table's key are de-duplicated before rules are checked; leave out `key` to \
                     have them judged",
                ),
            );
        }
        rules.push(rule);
    }
    let path = table_path(name).key("rules");
    reporter.names.extend(names::in_rules(&path, &parsed.text, binder.names));
    reporter.within(&path, binder.findings);
    Ruleset { text: parsed.text.clone(), rules }
}

/// Binds one rule, and says what is wrong with it.
pub(super) fn bind_one(
    rule: &ParsedRule,
    table: &KnownTable,
    view: View<'_>,
) -> (Option<Rule>, Vec<Finding>) {
    let mut binder = Binder { name: None, table, view, findings: Vec::new(), names: Vec::new() };
    let bound = binder.rule(rule);
    (bound, binder.findings)
}

pub(super) struct Binder<'table> {
    /// The table; none where nobody asks what the names mean.
    name: Option<&'table TableName>,
    table: &'table KnownTable,
    view: View<'table>,
    pub(super) findings: Vec<Finding>,
    /// What the names in the rules mean.
    names: Vec<Token>,
}

/// Something is wrong, and among the findings.
pub(super) struct Reported;

/// The parts of a simple rule.
pub(super) struct Simple<'rule> {
    pub(super) kind: &'rule str,
    pub(super) parameters: &'rule [(String, At)],
    pub(super) condition: Option<&'rule ParsedCondition>,
    pub(super) threshold: Option<&'rule ParsedCondition>,
    pub(super) at: At,
}

impl Binder<'_> {
    pub(super) fn fail<T>(&mut self, finding: Finding) -> Option<T> {
        self.findings.push(finding);
        None
    }

    fn rule(&mut self, rule: &ParsedRule) -> Option<Rule> {
        let check = match &rule.check {
            ParsedCheck::Composite { all, rules } => {
                let bound: Vec<Option<Rule>> = rules.iter().map(|rule| self.rule(rule)).collect();
                let bound = bound.into_iter().collect::<Option<Vec<_>>>();
                bound.map(|rules| if *all { Check::All(rules) } else { Check::Any(rules) })
            }
            ParsedCheck::Simple { kind, parameters, condition, threshold } => self.simple(&Simple {
                kind,
                parameters,
                condition: condition.as_deref(),
                threshold: threshold.as_deref(),
                at: rule.at,
            }),
        };
        let filter = match &rule.filter {
            None => None,
            Some((text, at)) => Some(self.filter(text, *at)?),
        };
        Some(Rule { text: rule.text.clone(), check: check?, filter })
    }

    fn filter(&mut self, text: &str, at: At) -> Option<crate::Expr> {
        let columns = self
            .table
            .columns
            .iter()
            .map(|column| ScopeColumn {
                name: column.name.clone(),
                data_type: column.data_type.clone(),
                nullable: column.nullable,
                origin: None,
            })
            .collect();
        let owner = self.name.map(|name| Arc::new(Owner::Table(name.clone())));
        let relation = ScopeRelation { columns, open: self.table.open, owner, ..ScopeRelation::default() };
        let scope = Scope { relations: vec![relation], hints: Vec::new() };
        // The text stands behind its opening quote.
        let shift = |place: At| {
            if place.line == 1 {
                At { line: at.line, column: at.column + place.column }
            } else {
                At { line: at.line + place.line - 1, ..place }
            }
        };
        let (typed, findings) = match parse_expression(text) {
            Ok(node) => {
                let mut checker = Typer::new(&scope, None);
                checker.place = "a rule";
                let typed = checker.condition(&node, "where");
                let names = std::mem::take(&mut checker.names);
                self.names.push(Token::Condition { at, text: text.to_owned(), names });
                (typed, checker.findings)
            }
            Err(finding) => (None, vec![finding]),
        };
        self.findings
            .extend(findings.into_iter().map(|finding| Finding { at: shift(finding.at), ..finding }));
        typed
    }

    fn simple(&mut self, rule: &Simple<'_>) -> Option<Check> {
        match rule.kind {
            "RowCount" => self.none(rule).and_then(|()| self.number(rule)).map(Check::RowCount),
            "ColumnCount" => self.none(rule).and_then(|()| self.number(rule)).map(Check::ColumnCount),
            "ColumnExists" => self.column_exists(rule),
            "IsComplete" => {
                let column = self.one(rule, &[])?.0;
                self.plain(rule)?;
                Some(Check::IsComplete { column })
            }
            "IsUnique" => {
                let column = self.one(rule, &[])?.0;
                self.plain(rule)?;
                Some(Check::IsUnique { column })
            }
            "IsPrimaryKey" => {
                self.plain(rule)?;
                if rule.parameters.is_empty() {
                    return self.parameters(rule, "one or more columns");
                }
                let columns: Vec<Option<String>> = rule
                    .parameters
                    .iter()
                    .map(|(name, at)| self.column(name, *at).map(|(name, _)| name))
                    .collect();
                Some(Check::IsPrimaryKey { columns: columns.into_iter().collect::<Option<Vec<_>>>()? })
            }
            "Completeness" => {
                let column = self.one(rule, &[])?.0;
                Some(Check::Completeness { column, condition: self.share(rule)? })
            }
            "Uniqueness" => {
                let column = self.one(rule, &[])?.0;
                Some(Check::Uniqueness { column, condition: self.share(rule)? })
            }
            "DistinctValuesCount" => {
                let column = self.one(rule, &[])?.0;
                Some(Check::DistinctValuesCount { column, condition: self.number(rule)? })
            }
            "Sum" => {
                let column = self.one(rule, &["number"])?.0;
                Some(Check::Sum { column, condition: self.number(rule)? })
            }
            "Mean" => {
                let column = self.one(rule, &["number"])?.0;
                Some(Check::Mean { column, condition: self.number(rule)? })
            }
            "ColumnLength" => {
                let column = self.one(rule, &["string"])?.0;
                let (condition, threshold) = (self.number_of(rule.condition, rule), self.threshold(rule));
                Some(Check::ColumnLength { column, condition: condition?, threshold: threshold.ok()? })
            }
            "ColumnValues" => self.column_values(rule),
            "ReferentialIntegrity" => self.referential_integrity(rule),
            _ => None,
        }
    }

    fn column_exists(&mut self, rule: &Simple<'_>) -> Option<Check> {
        let [(column, at)] = rule.parameters else { return self.parameters(rule, "one column") };
        self.plain(rule)?;
        let exists = self.table.column(column).is_some();
        if exists {
            self.name_column(*at, 0, column, column);
        }
        if !exists && !self.table.open {
            let help =
                suggest(column, self.table.columns.iter().map(|column| column.name.as_str()), "columns");
            self.findings.push(
                Finding::warning(
                    *at,
                    "rule-fails",
                    format!("there is no column `{column}`, so this rule always fails"),
                )
                .maybe_help(help),
            );
        }
        Some(Check::ColumnExists { column: column.clone(), exists })
    }

    fn column_values(&mut self, rule: &Simple<'_>) -> Option<Check> {
        let (column, data_type) = self.one(rule, &[])?;
        let Some(condition) = rule.condition else {
            return self.fail(
                Finding::error(rule.at, "bad-rule", "ColumnValues has no condition")
                    .help(format!("write ColumnValues \"{column}\" > 0, or in [\"a\", \"b\"]")),
            );
        };
        let condition = self.value_condition(&column, &data_type, condition);
        let threshold = self.threshold(rule);
        Some(Check::ColumnValues { column, condition: condition?, threshold: threshold.ok()? })
    }

    fn referential_integrity(&mut self, rule: &Simple<'_>) -> Option<Check> {
        let [(own, own_at), (reference, reference_at)] = rule.parameters else {
            return self.parameters(rule, "its column and the other table's: \"isin\" \"securities.isin\"");
        };
        if rule.threshold.is_some() {
            return self.plain(&Simple { condition: None, ..*rule }).map(|()| Check::All(Vec::new()));
        }
        let columns: Vec<Option<(String, DataType)>> =
            parts(own).into_iter().map(|(start, name)| self.column_in(name, *own_at, start)).collect();
        let Some((table, reference_columns)) = split_reference(reference) else {
            return self.fail(
                Finding::error(
                    *reference_at,
                    "bad-rule",
                    format!("`{reference}` is not a column of another table"),
                )
                .help("write \"securities.isin\", or \"securities.{isin,currency}\" for two columns"),
            );
        };
        let (name, known) = match self.view.table(&table) {
            Ok((name, known)) => (name, known?),
            Err(None) => return None,
            Err(Some(unknown)) => {
                return self.fail(
                    Finding::error(*reference_at, unknown.code, unknown.message).maybe_help(unknown.help),
                );
            }
        };
        self.name_reference(reference, *reference_at, &name, known);
        let columns = columns.into_iter().collect::<Option<Vec<_>>>()?;
        if columns.len() != reference_columns.len() {
            let message =
                format!("{} columns here, and {} in {name}", columns.len(), reference_columns.len());
            return self.fail(
                Finding::error(*reference_at, "bad-rule", message).help("name as many columns on both sides"),
            );
        }
        for ((column, data_type), other) in columns.iter().zip(&reference_columns) {
            let Some(found) = known.column(other) else {
                if known.open {
                    return None;
                }
                let help = suggest(other, known.columns.iter().map(|column| column.name.as_str()), "columns");
                return self.fail(
                    Finding::error(
                        *reference_at,
                        "unknown-column",
                        format!("{name} has no column `{other}`"),
                    )
                    .maybe_help(help),
                );
            };
            let other_type = found.data_type.as_ref()?;
            if other_type != data_type {
                return self.fail(
                    Finding::error(
                        *reference_at,
                        "wrong-type",
                        format!("`{column}` is {data_type}, and `{other}` of {name} is {other_type}"),
                    )
                    .help("give both columns one type"),
                );
            }
        }
        let condition = match rule.condition {
            Some(_) => self.share(rule)?,
            None => Condition::Compare(CompareOp::Equal, 1.0),
        };
        Some(Check::ReferentialIntegrity {
            columns: columns.into_iter().map(|(column, _)| column).collect(),
            table: name,
            reference: reference_columns,
            condition,
        })
    }

    fn parameters<T>(&mut self, rule: &Simple<'_>, wanted: &str) -> Option<T> {
        let message = format!("{} takes {wanted}, not {} names", rule.kind, rule.parameters.len());
        self.fail(
            Finding::error(rule.at, "bad-rule", message)
                .help("names of columns stand in double quotes, one behind the other"),
        )
    }

    fn none(&mut self, rule: &Simple<'_>) -> Option<()> {
        if rule.parameters.is_empty() { Some(()) } else { self.parameters(rule, "no column") }
    }

    /// The one column of a rule, of a type of these kinds.
    fn one(&mut self, rule: &Simple<'_>, kinds: &[&str]) -> Option<(String, DataType)> {
        let [(name, at)] = rule.parameters else { return self.parameters(rule, "one column") };
        let (name, data_type) = self.column(name, *at)?;
        let fits = kinds.is_empty()
            || kinds.contains(&"number") && data_type.is_numeric()
            || kinds.contains(&"string") && data_type == DataType::String;
        if fits {
            return Some((name, data_type));
        }
        self.fail(
            Finding::error(
                *at,
                "wrong-type",
                format!("{} looks at a {}, and `{name}` is {data_type}", rule.kind, kinds.join(" or ")),
            )
            .help("choose another column or another rule"),
        )
    }

    fn column(&mut self, name: &str, at: At) -> Option<(String, DataType)> {
        self.column_in(name, at, 0)
    }

    /// What the names in the reference to another table mean.
    fn name_reference(&mut self, text: &str, at: At, table: &TableName, known: &KnownTable) {
        let Some((head, columns, start)) = reference_parts(text) else { return };
        let lead = head.len() - head.trim_start().len();
        let range = lead..lead + head.trim().len();
        self.names.push(Token::Name { at, range, decl: Decl::Table(table.clone()) });
        for (offset, column) in parts(columns).into_iter().filter(|(_, name)| known.column(name).is_some()) {
            let decl = Decl::Column(table.clone(), column.to_owned());
            let from = start + offset;
            self.names.push(Token::Name { at, range: from..from + column.len(), decl });
        }
    }

    fn name_column(&mut self, at: At, start: usize, written: &str, column: &str) {
        if let Some(table) = self.name {
            let decl = Decl::Column(table.clone(), column.to_owned());
            self.names.push(Token::Name { at, range: start..start + written.len(), decl });
        }
    }

    /// The column that a part of a quoted text names; it begins at byte `start`.
    fn column_in(&mut self, name: &str, at: At, start: usize) -> Option<(String, DataType)> {
        let found = self
            .table
            .column(name)
            .or_else(|| self.table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)));
        match found {
            Some(column) => {
                self.name_column(at, start, name, &column.name);
                column.data_type.clone().map(|data_type| (column.name.clone(), data_type))
            }
            None if self.table.open => None,
            None => {
                let help =
                    suggest(name, self.table.columns.iter().map(|column| column.name.as_str()), "columns");
                self.fail(
                    Finding::error(at, "unknown-column", format!("there is no column `{name}`"))
                        .maybe_help(help),
                )
            }
        }
    }
}

/// The table, the columns, and the byte at which those begin.
fn reference_parts(text: &str) -> Option<(&str, &str, usize)> {
    match text.split_once('{') {
        Some((table, columns)) => {
            Some((table.strip_suffix('.')?, columns.strip_suffix('}')?, table.len() + 1))
        }
        None => text.rsplit_once('.').map(|(table, column)| (table, column, table.len() + 1)),
    }
}

/// What stands between commas, without blanks, and where it begins.
fn parts(text: &str) -> Vec<(usize, &str)> {
    let mut start = 0;
    text.split(',')
        .map(|part| {
            let lead = part.len() - part.trim_start().len();
            let found = (start + lead, part.trim());
            start += part.len() + 1;
            found
        })
        .collect()
}

/// `securities.isin`, `p.silver.t.c` or `t.{a,b}`: the table's parts and the columns.
pub(super) fn split_reference(text: &str) -> Option<(Vec<String>, Vec<String>)> {
    let (table, columns, _) = reference_parts(text)?;
    let parts: Vec<String> = table.split('.').map(|part| part.trim().to_owned()).collect();
    let columns: Vec<String> = columns.split(',').map(|column| column.trim().to_owned()).collect();
    let named = |words: &[String]| words.iter().all(|word| !word.is_empty());
    (named(&parts) && named(&columns)).then_some((parts, columns))
}
