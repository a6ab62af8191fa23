//! Rules bound to the columns of their table: names, types of values, tables that are looked into.

use touchstone_spec::{DataType, TableName};

use super::{
    ParsedRules,
    parser::{Operand, OperandValue, ParsedCheck, ParsedCondition, ParsedRule},
};
use crate::{
    Check, CompareOp, Condition, Literal, Rule, Ruleset, ValueCondition,
    catalog::{KnownTable, View},
    compile::table_path,
    finding::{At, Finding, Reporter, suggest},
    literal, regular_expression,
    syntax::parse_expression,
    typing::{
        Typer,
        scope::{Scope, ScopeColumn, ScopeRelation},
    },
};

/// Binds the rules of a table. What can't be bound is reported and left out.
pub(crate) fn bind(
    name: &TableName,
    parsed: &ParsedRules,
    view: View<'_>,
    reporter: &mut Reporter<'_>,
) -> Ruleset {
    let Some(table) = view.catalog.known.get(name) else { return Ruleset::default() };
    let mut binder = Binder { table, view, findings: Vec::new() };
    let rules = parsed.rules.iter().filter_map(|rule| binder.rule(rule)).collect();
    reporter.within(&table_path(name).key("rules"), binder.findings);
    Ruleset { text: parsed.text.clone(), rules }
}

struct Binder<'table> {
    table: &'table KnownTable,
    view: View<'table>,
    findings: Vec<Finding>,
}

/// The parts of a simple rule.
struct Simple<'rule> {
    kind: &'rule str,
    parameters: &'rule [(String, At)],
    condition: Option<&'rule ParsedCondition>,
    threshold: Option<&'rule ParsedCondition>,
    at: At,
}

impl Binder<'_> {
    fn fail<T>(&mut self, finding: Finding) -> Option<T> {
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
                condition: condition.as_ref(),
                threshold: threshold.as_ref(),
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
            })
            .collect();
        let relation = ScopeRelation { columns, open: self.table.open, ..ScopeRelation::default() };
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
                let mut typer = Typer::new(&scope, None);
                typer.place = "a rule";
                let typed = typer.condition(&node, "where");
                (typed, typer.findings)
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
                Some(Check::ColumnLength { column, condition: condition?, threshold: threshold? })
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
        Some(Check::ColumnValues { column, condition: condition?, threshold: threshold? })
    }

    fn referential_integrity(&mut self, rule: &Simple<'_>) -> Option<Check> {
        let [(own, own_at), (reference, reference_at)] = rule.parameters else {
            return self.parameters(rule, "its column and the other table's: \"isin\" \"securities.isin\"");
        };
        if rule.threshold.is_some() {
            return self.plain(&Simple { condition: None, ..*rule }).map(|()| Check::All(Vec::new()));
        }
        let columns: Vec<Option<(String, DataType)>> =
            own.split(',').map(|name| self.column(name.trim(), *own_at)).collect();
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
        let found = self
            .table
            .column(name)
            .or_else(|| self.table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)));
        match found {
            Some(column) => column.data_type.clone().map(|data_type| (column.name.clone(), data_type)),
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

    /// Neither condition nor threshold.
    fn plain(&mut self, rule: &Simple<'_>) -> Option<()> {
        if rule.condition.is_none() && rule.threshold.is_none() {
            return Some(());
        }
        let help = match rule.kind {
            "IsComplete" => "write Completeness \"column\" > 0.98 for a share",
            "IsUnique" => "write Uniqueness \"column\" > 0.98 for a share",
            _ => "remove what stands behind the names",
        };
        self.fail(Finding::error(rule.at, "bad-rule", format!("{} takes no condition", rule.kind)).help(help))
    }

    /// The condition of a rule that has no threshold.
    fn number(&mut self, rule: &Simple<'_>) -> Option<Condition> {
        if rule.threshold.is_some() {
            return self.fail(
                Finding::error(rule.at, "bad-rule", format!("{} takes no threshold", rule.kind))
                    .help("only ColumnValues and ColumnLength do; remove `with threshold …`"),
            );
        }
        self.number_of(rule.condition, rule)
    }

    fn share(&mut self, rule: &Simple<'_>) -> Option<Condition> {
        let condition = self.number(rule)?;
        self.check_share(condition, rule.at)
    }

    fn threshold(&mut self, rule: &Simple<'_>) -> Option<Option<Condition>> {
        let Some(threshold) = rule.threshold else { return Some(None) };
        let condition = self.number_of(Some(threshold), rule)?;
        self.check_share(condition, rule.at).map(Some)
    }

    fn check_share(&mut self, condition: Condition, at: At) -> Option<Condition> {
        let numbers = match &condition {
            Condition::Compare(_, value) => vec![*value],
            Condition::Between { low, high, .. } => vec![*low, *high],
            Condition::In { values, .. } => values.clone(),
        };
        if numbers.iter().all(|number| (0.0..=1.0).contains(number)) {
            return Some(condition);
        }
        self.fail(
            Finding::error(at, "wrong-literal", "a share is a number from 0 to 1")
                .help("write 0.98 for 98 percent"),
        )
    }

    fn number_of(&mut self, condition: Option<&ParsedCondition>, rule: &Simple<'_>) -> Option<Condition> {
        let Some(condition) = condition else {
            return self.fail(
                Finding::error(rule.at, "bad-rule", format!("{} has no condition", rule.kind))
                    .help("write one behind it, such as > 0"),
            );
        };
        match condition {
            ParsedCondition::Compare(op, operand) => Some(Condition::Compare(*op, self.float(operand)?)),
            ParsedCondition::Between { low, high, negated } => {
                Some(Condition::Between { low: self.float(low)?, high: self.float(high)?, negated: *negated })
            }
            ParsedCondition::In { values, negated } => {
                let values: Vec<Option<f64>> = values.iter().map(|value| self.float(value)).collect();
                Some(Condition::In {
                    values: values.into_iter().collect::<Option<Vec<_>>>()?,
                    negated: *negated,
                })
            }
            ParsedCondition::Matches { at, .. } => self.fail(
                Finding::error(*at, "bad-rule", format!("{} is a number and matches no pattern", rule.kind))
                    .help("compare it with a number"),
            ),
        }
    }

    fn float(&mut self, operand: &Operand) -> Option<f64> {
        let number = match &operand.value {
            OperandValue::Number(text) => text.parse().ok(),
            _ => None,
        };
        match number {
            Some(number) => Some(number),
            None => self.fail(
                Finding::error(operand.at, "wrong-literal", "this must be a number")
                    .help("write it without quotes"),
            ),
        }
    }

    fn value_condition(
        &mut self,
        column: &str,
        data_type: &DataType,
        condition: &ParsedCondition,
    ) -> Option<ValueCondition> {
        match condition {
            // `= NULL` and its like are lists of one.
            ParsedCondition::Compare(op @ (CompareOp::Equal | CompareOp::NotEqual), operand)
                if !matches!(operand.value, OperandValue::Number(_) | OperandValue::Text(_)) =>
            {
                self.value_list(column, data_type, std::slice::from_ref(operand), *op == CompareOp::NotEqual)
            }
            ParsedCondition::Compare(op, operand) => {
                Some(ValueCondition::Compare(*op, self.value(column, data_type, operand)?))
            }
            ParsedCondition::Between { low, high, negated } => {
                let (low, high) = (self.value(column, data_type, low), self.value(column, data_type, high));
                Some(ValueCondition::Between { low: low?, high: high?, negated: *negated })
            }
            ParsedCondition::In { values, negated } => self.value_list(column, data_type, values, *negated),
            ParsedCondition::Matches { pattern, at, negated } => {
                if *data_type != DataType::String {
                    return self.fail(
                        Finding::error(
                            *at,
                            "wrong-type",
                            format!("patterns match string, and `{column}` is {data_type}"),
                        )
                        .help("compare it with values"),
                    );
                }
                if let Err((offset, message)) = regular_expression::check(pattern) {
                    let at = At { column: at.column + 1 + offset, ..*at };
                    return self.fail(
                        Finding::error(at, "bad-pattern", "this regular expression isn't portable")
                            .help(message),
                    );
                }
                Some(ValueCondition::Matches { pattern: pattern.clone(), negated: *negated })
            }
        }
    }

    fn value_list(
        &mut self,
        column: &str,
        data_type: &DataType,
        operands: &[Operand],
        negated: bool,
    ) -> Option<ValueCondition> {
        let (mut values, mut null, mut empty, mut blank) = (Vec::new(), false, false, false);
        let mut right = true;
        for operand in operands {
            match operand.value {
                OperandValue::Null => null = true,
                OperandValue::Empty | OperandValue::Blank if *data_type != DataType::String => {
                    self.findings.push(
                        Finding::error(
                            operand.at,
                            "wrong-type",
                            format!("`{column}` is {data_type}, which is never empty text"),
                        )
                        .help("write NULL for no value"),
                    );
                    right = false;
                }
                OperandValue::Empty => empty = true,
                OperandValue::Blank => blank = true,
                _ => match self.value(column, data_type, operand) {
                    Some(value) => values.push(value),
                    None => right = false,
                },
            }
        }
        right.then_some(ValueCondition::In { values, null, empty, blank, negated })
    }

    fn value(&mut self, column: &str, data_type: &DataType, operand: &Operand) -> Option<Literal> {
        let quoted = |data_type: &DataType| !data_type.is_numeric() && *data_type != DataType::Boolean;
        let (text, fits) = match &operand.value {
            OperandValue::Number(text) => (text.clone(), !quoted(data_type)),
            OperandValue::Text(text) => (text.clone(), quoted(data_type) || *data_type == DataType::Boolean),
            _ => {
                return self.fail(
                    Finding::error(
                        operand.at,
                        "wrong-literal",
                        "NULL, EMPTY and WHITESPACES_ONLY stand behind = and != and in lists",
                    )
                    .help("write in [NULL, EMPTY]"),
                );
            }
        };
        let read = if fits { literal::read(&text, data_type) } else { None };
        if let Some(value) = read {
            return Some(value);
        }
        let help = match (&operand.value, data_type) {
            (OperandValue::Number(_), DataType::String) => format!("write \"{text}\" in quotes"),
            (OperandValue::Text(_), data_type) if data_type.is_numeric() && text.parse::<f64>().is_ok() => {
                format!("write {text} without quotes")
            }
            _ => format!("write {}", literal::example(data_type)),
        };
        self.fail(
            Finding::error(
                operand.at,
                "wrong-literal",
                format!("`{text}` is not a value of `{column}`, which is {data_type}"),
            )
            .help(help),
        )
    }
}

/// `securities.isin`, `p.silver.t.c` or `t.{a,b}`: the table's parts and the columns.
pub(super) fn split_reference(text: &str) -> Option<(Vec<String>, Vec<String>)> {
    let (table, columns) = match text.split_once('{') {
        Some((table, columns)) => (table.strip_suffix('.')?, columns.strip_suffix('}')?),
        None => text.rsplit_once('.')?,
    };
    let parts: Vec<String> = table.split('.').map(|part| part.trim().to_owned()).collect();
    let columns: Vec<String> = columns.split(',').map(|column| column.trim().to_owned()).collect();
    let named = |words: &[String]| words.iter().all(|word| !word.is_empty());
    (named(&parts) && named(&columns)).then_some((parts, columns))
}
