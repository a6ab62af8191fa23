//! Queries as a whole: common table expressions, UNION ALL, ORDER BY and LIMIT.

use std::collections::{BTreeMap, BTreeSet};

use sqlparser::ast::{self, Query, SetExpr, SetOperator, SetQuantifier};
use touchstone_spec::TableName;

use crate::{
    ColumnRef, Expr, ExprKind, NamedExpr, Relation, SortKey,
    catalog::View,
    finding::{At, Finding},
    names::Named,
    typing::{convert, scope::ScopeColumn},
};

/// A query as far as it could be understood.
#[derive(Debug, Default)]
pub(super) struct Planned {
    /// None when something is wrong, here or in what it reads.
    pub(super) relation: Option<Relation>,
    pub(super) outputs: Vec<Output>,
    /// Whether there may be columns that errors hid.
    pub(super) open: bool,
}

/// A column that a query gives.
#[derive(Debug, Clone)]
pub(super) struct Output {
    pub(super) column: ScopeColumn,
    pub(super) at: At,
}

/// A common table expression in reach.
#[derive(Debug, Clone)]
pub(super) struct Cte<'query> {
    pub(super) name: String,
    pub(super) query: &'query Query,
    /// Those that it may read itself.
    pub(super) reach: Vec<usize>,
    pub(super) uses: usize,
}

/// Most queries that one statement may unfold to; a common table expression counts at each use.
const QUERY_LIMIT: usize = 64;

/// Plans one statement.
#[derive(Debug)]
pub(super) struct Planner<'query> {
    pub(super) view: View<'query>,
    pub(super) findings: Vec<Finding>,
    pub(super) reads: BTreeSet<TableName>,
    pub(super) columns_of_tables: BTreeMap<String, Vec<String>>,
    pub(super) ctes: Vec<Cte<'query>>,
    /// The common table expressions in reach, the nearest last.
    pub(super) reach: Vec<usize>,
    /// What the names in the text mean.
    pub(super) names: Vec<Named>,
    /// Numbers of the names that the text gives, by their places: a common table expression is planned at each use.
    given: BTreeMap<At, usize>,
    aliases: BTreeSet<String>,
    queries: usize,
}

impl<'query> Planner<'query> {
    pub(super) fn new(view: View<'query>) -> Self {
        Self {
            view,
            findings: Vec::new(),
            reads: BTreeSet::new(),
            columns_of_tables: BTreeMap::new(),
            ctes: Vec::new(),
            reach: Vec::new(),
            names: Vec::new(),
            given: BTreeMap::new(),
            aliases: BTreeSet::new(),
            queries: 0,
        }
    }

    /// An alias that no other relation of the statement has.
    pub(super) fn unique_alias(&mut self, wanted: &str) -> String {
        let mut alias = wanted.to_owned();
        let mut number = 2;
        while !self.aliases.insert(alias.to_lowercase()) {
            alias = format!("{wanted}_{number}");
            number += 1;
        }
        alias
    }

    /// The number of the name that is given at a place.
    pub(super) fn given(&mut self, at: At) -> usize {
        let next = self.given.len();
        *self.given.entry(at).or_insert(next)
    }

    pub(super) fn refuse(&mut self, at: At, what: &str, help: &str) {
        self.findings.push(
            Finding::error(at, "unsupported-sql", format!("{what} is not part of the portable SQL"))
                .help(help),
        );
    }

    pub(super) fn query(&mut self, query: &'query Query) -> Planned {
        self.queries += 1;
        if self.queries > QUERY_LIMIT {
            if self.queries == QUERY_LIMIT + 1 {
                self.findings.push(
                    Finding::error(
                        At::START,
                        "too-deep",
                        format!("the query unfolds to more than {QUERY_LIMIT} queries"),
                    )
                    .help("make a gold table of the common table expression that is used most"),
                );
            }
            return Planned { open: true, ..Planned::default() };
        }
        let reach = self.reach.len();
        let first = self.ctes.len();
        if let Some(with) = &query.with {
            self.with(with);
        }
        let defined = first..self.ctes.len();
        let refused = self.findings.len();
        self.refuse_clauses(query);
        let refused = self.findings.len() > refused;
        let mut planned = match query.body.as_ref() {
            SetExpr::Select(select) => self.select(select, query.order_by.as_ref()),
            body => {
                let planned = self.body(body);
                match &query.order_by {
                    Some(order_by) => self.order_outputs(planned, order_by),
                    None => planned,
                }
            }
        };
        if let Some(limit) = &query.limit_clause {
            planned = self.limit(planned, limit, query.order_by.is_some(), At::of_query(query));
        }
        for index in defined {
            self.check_unused(index);
        }
        self.reach.truncate(reach);
        if refused {
            planned.relation = None;
        }
        planned
    }

    fn with(&mut self, with: &'query ast::With) {
        if with.recursive {
            self.refuse(At::START, "`with recursive`", "write out the levels that are needed");
        }
        for cte in &with.cte_tables {
            let at = At::from(cte.alias.name.span.start);
            if !cte.alias.columns.is_empty() {
                self.refuse(
                    at,
                    "a list of column names behind a common table expression",
                    "name the columns inside: `expression as name`",
                );
            }
            let name = cte.alias.name.value.to_lowercase();
            let twice =
                with.cte_tables.iter().filter(|other| other.alias.name.value.to_lowercase() == name).count()
                    > 1;
            if twice
                && self
                    .reach
                    .iter()
                    .any(|index| self.ctes.get(*index).is_some_and(|known| known.name == name))
            {
                self.findings.push(
                    Finding::error(at, "duplicate-name", format!("`{name}` is defined twice"))
                        .help("rename one of the two"),
                );
            }
            self.ctes.push(Cte { name, query: &cte.query, reach: self.reach.clone(), uses: 0 });
            self.reach.push(self.ctes.len() - 1);
        }
    }

    /// Plans a use of a common table expression: its mistakes are told once.
    pub(super) fn cte(&mut self, index: usize) -> Planned {
        let Some(cte) = self.ctes.get_mut(index) else { return Planned::default() };
        cte.uses += 1;
        let (query, first_use) = (cte.query, cte.uses == 1);
        let reach = std::mem::replace(&mut self.reach, cte.reach.clone());
        let findings = self.findings.len();
        let planned = self.query(query);
        if !first_use && self.queries <= QUERY_LIMIT {
            self.findings.truncate(findings);
        }
        self.reach = reach;
        planned
    }

    fn check_unused(&mut self, index: usize) {
        if self.ctes.get(index).is_some_and(|cte| cte.uses == 0) {
            let reads = self.reads.clone();
            self.cte(index);
            self.reads = reads;
        }
    }

    fn refuse_clauses(&mut self, query: &Query) {
        let at = At::of_query(query);
        if query.fetch.is_some() {
            self.refuse(at, "`fetch`", "write LIMIT");
        }
        if !query.locks.is_empty() || query.for_clause.is_some() {
            self.refuse(at, "`for …` behind a query", "remove it");
        }
        if query.settings.is_some() || query.format_clause.is_some() || !query.pipe_operators.is_empty() {
            self.refuse(at, "what stands behind the query", "remove it");
        }
    }

    fn body(&mut self, body: &'query SetExpr) -> Planned {
        match body {
            SetExpr::Select(select) => self.select(select, None),
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { .. } => self.union_all(body),
            SetExpr::Values(_) => {
                self.refuse(At::of_body(body), "VALUES", "put the rows into a file and make a source of it");
                Planned { open: true, ..Planned::default() }
            }
            _ => {
                self.refuse(At::of_body(body), "this statement", "a gold table is one SELECT");
                Planned { open: true, ..Planned::default() }
            }
        }
    }

    fn union_all(&mut self, body: &'query SetExpr) -> Planned {
        let mut branches = Vec::new();
        let mut current = body;
        while let SetExpr::SetOperation { left, op, set_quantifier, right } = current {
            if *op != SetOperator::Union {
                self.refuse(
                    At::of_body(right),
                    &format!("{op}"),
                    "write a left join with `is null` for EXCEPT, an inner join for INTERSECT",
                );
            } else if *set_quantifier != SetQuantifier::All {
                self.refuse(
                    At::of_body(right),
                    "UNION without ALL",
                    "write UNION ALL, and select distinct around it where rows may repeat",
                );
            }
            branches.push(right.as_ref());
            current = left;
        }
        branches.push(current);
        branches.reverse();
        let before = self.findings.len();
        let places: Vec<At> = branches.iter().map(|branch| At::of_body(branch)).collect();
        let planned: Vec<Planned> = branches.into_iter().map(|branch| self.body(branch)).collect();
        let mut planned = self.align(planned, &places);
        if self.findings.len() > before
            && self
                .findings
                .iter()
                .skip(before)
                .any(|finding| finding.severity == touchstone_spec::Severity::Error)
        {
            planned.relation = None;
        }
        planned
    }

    /// Branches with the names of the first and the types that hold the values of all.
    fn align(&mut self, branches: Vec<Planned>, places: &[At]) -> Planned {
        let open = branches.iter().any(|branch| branch.open);
        let Some(first) = branches.first() else { return Planned::default() };
        let mut outputs = first.outputs.clone();
        for (branch, at) in branches.iter().zip(places).skip(1) {
            if open {
                break;
            }
            if branch.outputs.len() != outputs.len() {
                let message = format!(
                    "this branch has {} columns, and the first has {}",
                    branch.outputs.len(),
                    outputs.len()
                );
                self.findings.push(
                    Finding::error(*at, "wrong-columns", message)
                        .help("select the same columns in every branch"),
                );
                return Planned { relation: None, outputs, open: false };
            }
            for (output, other) in outputs.iter_mut().zip(&branch.outputs) {
                output.column.nullable |= other.column.nullable;
                output.column.data_type = match (&output.column.data_type, &other.column.data_type) {
                    (Some(one), Some(two)) => {
                        let both = convert::wider(one, two);
                        if both.is_none() {
                            let message = format!(
                                "column `{}` is {one} in the first branch, and this is {two}",
                                output.column.name
                            );
                            self.findings.push(
                                Finding::error(other.at, "wrong-type", message)
                                    .help(format!("write cast({} as {one})", other.column.name)),
                            );
                        }
                        both
                    }
                    _ => None,
                };
            }
        }
        let inputs: Option<Vec<Relation>> =
            branches.into_iter().map(|branch| renamed(branch.relation?, &branch.outputs, &outputs)).collect();
        let relation = inputs.filter(|_| !open).map(|inputs| Relation::UnionAll { inputs });
        Planned { relation, outputs, open }
    }

    fn order_outputs(&mut self, mut planned: Planned, order_by: &ast::OrderBy) -> Planned {
        let ast::OrderByKind::Expressions(items) = &order_by.kind else {
            self.refuse(At::of(order_by), "ORDER BY ALL", "name the columns");
            return Planned { relation: None, ..planned };
        };
        let mut keys = Vec::new();
        for item in items {
            let name = match &item.expr {
                ast::Expr::Identifier(name) => name.value.clone(),
                ast::Expr::Value(value) => position(value, &planned.outputs).unwrap_or_default(),
                _ => String::new(),
            };
            match planned.outputs.iter().find(|output| output.column.name.eq_ignore_ascii_case(&name)) {
                Some(output) => {
                    if let (ast::Expr::Identifier(name), Some(origin)) = (&item.expr, &output.column.origin) {
                        self.names.push(Named::column(name.span, origin));
                    }
                    keys.push(sort_key(&output.column.name, item));
                }
                None if planned.open => planned.relation = None,
                None => {
                    self.findings.push(
                        Finding::error(
                            At::of_expr(&item.expr),
                            "unknown-column",
                            "ORDER BY behind UNION ALL names a column of the result",
                        )
                        .help("write the name that the first branch gives the column"),
                    );
                    planned.relation = None;
                }
            }
        }
        planned.relation = planned.relation.map(|input| Relation::Sort { input: Box::new(input), keys });
        planned
    }

    fn limit(&mut self, planned: Planned, clause: &ast::LimitClause, ordered: bool, at: At) -> Planned {
        let ast::LimitClause::LimitOffset { limit, offset: None, limit_by } = clause else {
            self.refuse(at, "OFFSET", "filter by a column instead");
            return Planned { relation: None, ..planned };
        };
        let rows = match limit {
            None => return planned,
            Some(ast::Expr::Value(value)) if limit_by.is_empty() => match &value.value {
                ast::Value::Number(text, _) => {
                    text.parse::<u64>().ok().filter(|rows| i32::try_from(*rows).is_ok())
                }
                _ => None,
            },
            Some(_) => None,
        };
        let Some(rows) = rows else {
            let at = limit.as_ref().map_or(at, At::of_expr);
            self.findings.push(
                Finding::error(at, "wrong-literal", "LIMIT takes a whole number").help("write LIMIT 100"),
            );
            return Planned { relation: None, ..planned };
        };
        if !ordered {
            let at = limit.as_ref().map_or(at, At::of_expr);
            self.findings.push(
                Finding::warning(
                    at,
                    "unordered-limit",
                    "without ORDER BY, LIMIT may keep other rows at every run",
                )
                .help("add ORDER BY with columns that no two rows share"),
            );
        }
        let relation = planned.relation.map(|input| Relation::Limit { input: Box::new(input), rows });
        Planned { relation, ..planned }
    }
}

/// The branch under the names and in the types of the union.
fn renamed(relation: Relation, from: &[Output], to: &[Output]) -> Option<Relation> {
    if from.len() != to.len() {
        return None;
    }
    let mut columns = Vec::new();
    let mut same = true;
    for (old, new) in from.iter().zip(to) {
        let (old_type, new_type) = (old.column.data_type.clone()?, new.column.data_type.clone()?);
        same &= old.column.name == new.column.name && old_type == new_type;
        let column = Expr {
            kind: ExprKind::Column(ColumnRef::bare(&old.column.name)),
            data_type: old_type,
            nullable: old.column.nullable,
        };
        columns.push(NamedExpr { name: new.column.name.clone(), expr: convert::cast(column, &new_type) });
    }
    Some(if same { relation } else { Relation::Project { input: Box::new(relation), columns } })
}

/// The name of the column at a position written as a number.
pub(super) fn position(value: &ast::ValueWithSpan, outputs: &[Output]) -> Option<String> {
    let ast::Value::Number(text, _) = &value.value else { return None };
    let index: usize = text.parse().ok()?;
    Some(outputs.get(index.checked_sub(1)?)?.column.name.clone())
}

/// Spark's defaults: ascending, and nulls first when ascending.
pub(super) fn sort_key(name: &str, item: &ast::OrderByExpr) -> SortKey {
    let descending = matches!(item.options.sort, Some(ast::OrderBySort::Desc));
    let nulls_first = item.options.nulls_first.unwrap_or(!descending);
    SortKey { column: ColumnRef::bare(name), descending, nulls_first }
}
