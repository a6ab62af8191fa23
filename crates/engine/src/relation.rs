//! Runs a query: a tree of relational operators, from the leaves up.
//!
//! The order of rows is part of the result. A scan keeps the table's order; a filter, a projection and a limit keep
//! their input's; a join gives the left rows in order, and for each the right rows that match in theirs; groups and
//! distinct rows come in the order in which they first appear; a union gives one input after the other; a sort is
//! stable.

use std::cmp::Ordering;

use polars::prelude::{DataFrame, PlSmallStr, Series};
use touchstone_compiler::{Expr, JoinKind, NamedExpr, Relation, SortKey};

use crate::{
    Cancelled, EngineError, ErrorKind, Table,
    aggregate::aggregate,
    cancel::{ROWS_BETWEEN, go_on},
    expression::{Evaluator, Tables, indices, row_order, table},
    keys::{Groups, Keys},
};

/// More pairs of rows than this are no desk's work.
const PAIR_LIMIT: usize = 20_000_000;

/// Where a cancelled query stops.
const PLACE: &str = "query";

/// Runs queries over tables.
pub(crate) struct Query<'run> {
    pub(crate) tables: &'run Tables,
    /// Asked between operators, and now and then inside long ones.
    pub(crate) cancelled: Cancelled<'run>,
}

/// Rows of a relation, and where each came from.
#[derive(Debug)]
pub(crate) struct Made {
    /// Columns are named by [`touchstone_compiler::ColumnRef::physical`].
    pub(crate) rows: DataFrame,
    pub(crate) links: Links,
    /// What the relation took its rows from, in the order of [`Relation::inputs`]; empty when nobody asks where rows
    /// came from.
    pub(crate) inputs: Vec<Self>,
}

/// Which rows of its inputs made each row of a relation.
#[derive(Debug)]
pub(crate) enum Links {
    /// The rows of a table.
    Scan,
    /// Row by row.
    Same,
    /// For each row the one of the input.
    Rows(Vec<usize>),
    /// For each row those of the left and the right input.
    Pairs(Vec<Pair>),
    /// For each row all those of the input that went into it.
    Groups(Vec<Vec<usize>>),
    /// The rows of one input after the other.
    Stacked,
}

impl Query<'_> {
    /// Rows of a relation.
    pub(crate) fn run(&self, relation: &Relation) -> Result<DataFrame, EngineError> {
        Ok(self.make(relation, false)?.rows)
    }

    /// Rows of a relation, and where they came from.
    pub(crate) fn trace(&self, relation: &Relation) -> Result<Made, EngineError> {
        self.make(relation, true)
    }

    fn make(&self, relation: &Relation, keep: bool) -> Result<Made, EngineError> {
        go_on(self.cancelled, PLACE)?;
        let made = |rows: DataFrame, links: Links, inputs: Vec<Made>| {
            if keep {
                Made { rows, links, inputs }
            } else {
                Made { rows, links: Links::Same, inputs: Vec::new() }
            }
        };
        // The rows of one input, chosen or put in order.
        let chosen = |input: Made, rows: Vec<Option<usize>>| -> Result<Made, EngineError> {
            let taken = take(&input.rows, &rows)?;
            let links = if keep { Links::Rows(rows.into_iter().flatten().collect()) } else { Links::Same };
            Ok(made(taken, links, vec![input]))
        };
        let grouped = |groups: &Groups| if keep { Links::Groups(groups.members()) } else { Links::Same };
        match relation {
            Relation::Scan { table: name, alias, columns } => {
                Ok(made(scan(table(self.tables, name)?, alias, columns)?, Links::Scan, Vec::new()))
            }
            Relation::Alias { input, alias } => {
                let input = self.make(input, keep)?;
                let columns = input
                    .rows
                    .columns()
                    .iter()
                    .map(|column| column.clone().with_name(format!("{alias}.{}", column.name()).into()))
                    .collect();
                Ok(made(DataFrame::new(input.rows.height(), columns)?, Links::Same, vec![input]))
            }
            Relation::Filter { input, predicate } => {
                let input = self.make(input, keep)?;
                let mask = self.over(&input.rows).mask(predicate)?;
                let rows = mask
                    .iter()
                    .enumerate()
                    .filter_map(|(row, keep)| (keep == Some(true)).then_some(Some(row)))
                    .collect();
                chosen(input, rows)
            }
            Relation::Join { left, right, kind, on, residual } => {
                let (left, right) = (self.make(left, keep)?, self.make(right, keep)?);
                let (rows, pairs) = self.join(&left.rows, &right.rows, *kind, on, residual.as_ref())?;
                Ok(made(rows, Links::Pairs(pairs), vec![left, right]))
            }
            Relation::Aggregate { input, group_by, aggregates } => {
                let input = self.make(input, keep)?;
                let keys = self.columns(&input.rows, group_by)?;
                let groups = if group_by.is_empty() {
                    one_group(input.rows.height())
                } else {
                    Keys::new(&keys, input.rows.height())?.groups()
                };
                let first: Vec<Option<usize>> = groups.first_rows.iter().map(|row| Some(*row)).collect();
                let mut columns = Vec::new();
                for key in &keys {
                    columns.push(key.take(&indices(&first))?.into());
                }
                for column in aggregates {
                    go_on(self.cancelled, PLACE)?;
                    let values = aggregate(&column.expr, &input.rows, self.tables, &groups)?;
                    columns.push(values.with_name(column.name.as_str().into()).into());
                }
                Ok(made(DataFrame::new(groups.len(), columns)?, grouped(&groups), vec![input]))
            }
            Relation::Project { input, columns } => {
                let input = self.make(input, keep)?;
                let columns = self.columns(&input.rows, columns)?.into_iter().map(Into::into).collect();
                Ok(made(DataFrame::new(input.rows.height(), columns)?, Links::Same, vec![input]))
            }
            Relation::Distinct { input } => {
                let input = self.make(input, keep)?;
                let columns: Vec<Series> = input.rows.materialized_column_iter().cloned().collect();
                let groups = Keys::new(&columns, input.rows.height())?.groups();
                let first: Vec<Option<usize>> = groups.first_rows.iter().map(|row| Some(*row)).collect();
                Ok(made(take(&input.rows, &first)?, grouped(&groups), vec![input]))
            }
            Relation::UnionAll { inputs } => {
                let inputs =
                    inputs.iter().map(|input| self.make(input, keep)).collect::<Result<Vec<_>, _>>()?;
                let mut all: Option<DataFrame> = None;
                for input in &inputs {
                    all = Some(match all {
                        None => input.rows.clone(),
                        Some(all) => {
                            let names: Vec<PlSmallStr> = all.get_column_names_owned();
                            all.vstack(&input.rows.select(names)?)?
                        }
                    });
                }
                let all = all.ok_or_else(|| EngineError::internal("union", "it has no inputs"))?;
                Ok(made(all, Links::Stacked, inputs))
            }
            Relation::Sort { input, keys } => {
                let input = self.make(input, keep)?;
                let rows = sorted(&input.rows, keys)?;
                chosen(input, rows)
            }
            Relation::Limit { input, rows } => {
                let input = self.make(input, keep)?;
                let rows = usize::try_from(*rows).unwrap_or(usize::MAX).min(input.rows.height());
                chosen(input, (0..rows).map(Some).collect())
            }
        }
    }

    fn over<'rows>(&'rows self, rows: &'rows DataFrame) -> Evaluator<'rows> {
        Evaluator { rows, tables: self.tables }
    }

    fn columns(&self, input: &DataFrame, columns: &[NamedExpr]) -> Result<Vec<Series>, EngineError> {
        columns
            .iter()
            .map(|column| {
                go_on(self.cancelled, PLACE)?;
                Ok(self.over(input).evaluate(&column.expr)?.with_name(column.name.as_str().into()))
            })
            .collect()
    }

    fn join(
        &self,
        left: &DataFrame,
        right: &DataFrame,
        kind: JoinKind,
        on: &[(Expr, Expr)],
        residual: Option<&Expr>,
    ) -> Result<(DataFrame, Vec<Pair>), EngineError> {
        let mut pairs =
            if on.is_empty() { all_pairs(left, right)? } else { self.equal_pairs(left, right, on)? };
        if let Some(residual) = residual {
            let candidates = paired(left, right, &pairs)?;
            let keep = self.over(&candidates).mask(residual)?;
            let mut keep = keep.iter();
            pairs.retain(|_| keep.next().flatten() == Some(true));
        }
        if kind == JoinKind::Left {
            pairs = with_unmatched(pairs, left.height());
        }
        Ok((paired(left, right, &pairs)?, pairs))
    }

    fn equal_pairs(
        &self,
        left: &DataFrame,
        right: &DataFrame,
        on: &[(Expr, Expr)],
    ) -> Result<Vec<Pair>, EngineError> {
        let mut left_keys = Vec::new();
        let mut right_keys = Vec::new();
        for (left_expr, right_expr) in on {
            left_keys.push(self.over(left).evaluate(left_expr)?);
            right_keys.push(self.over(right).evaluate(right_expr)?);
        }
        let left_keys = Keys::new(&left_keys, left.height())?;
        let right_keys = Keys::new(&right_keys, right.height())?;
        let index = right_keys.index();
        let mut pairs = Vec::new();
        for row in 0..left_keys.len() {
            if row % ROWS_BETWEEN == 0 {
                go_on(self.cancelled, PLACE)?;
            }
            let matches = left_keys.matches(row, &index);
            if pairs.len() + matches.len() > PAIR_LIMIT {
                return Err(too_many_pairs());
            }
            pairs.extend(matches.iter().map(|other| (row, Some(*other))));
        }
        Ok(pairs)
    }
}

/// A row of the left side, and a row of the right side when there is one.
pub(crate) type Pair = (usize, Option<usize>);

fn all_pairs(left: &DataFrame, right: &DataFrame) -> Result<Vec<Pair>, EngineError> {
    if left.height().checked_mul(right.height()).is_none_or(|pairs| pairs > PAIR_LIMIT) {
        return Err(too_many_pairs());
    }
    let each = 0..right.height();
    Ok((0..left.height()).flat_map(|row| each.clone().map(move |other| (row, Some(other)))).collect())
}

fn too_many_pairs() -> EngineError {
    EngineError::new(
        ErrorKind::Unsupported,
        "join",
        format!("it pairs more than {PAIR_LIMIT} rows"),
        "join on columns that are equal, or simulate fewer records",
    )
}

/// Adds the left rows that have no pair, each in its place.
fn with_unmatched(pairs: Vec<Pair>, left_height: usize) -> Vec<Pair> {
    let mut all = Vec::with_capacity(pairs.len().max(left_height));
    let mut next = 0;
    for pair in pairs {
        all.extend((next..pair.0).map(|row| (row, None)));
        next = next.max(pair.0 + 1);
        all.push(pair);
    }
    all.extend((next..left_height).map(|row| (row, None)));
    all
}

fn paired(left: &DataFrame, right: &DataFrame, pairs: &[Pair]) -> Result<DataFrame, EngineError> {
    let left_rows: Vec<Option<usize>> = pairs.iter().map(|pair| Some(pair.0)).collect();
    let right_rows: Vec<Option<usize>> = pairs.iter().map(|pair| pair.1).collect();
    let mut columns = take(left, &left_rows)?.columns().to_vec();
    columns.extend(take(right, &right_rows)?.columns().iter().cloned());
    Ok(DataFrame::new(pairs.len(), columns)?)
}

/// The rows at these places; nulls where there is none. Keeps the number of rows of a frame without columns.
pub(crate) fn take(frame: &DataFrame, rows: &[Option<usize>]) -> Result<DataFrame, EngineError> {
    let at = indices(rows);
    let columns = frame
        .materialized_column_iter()
        .map(|column| Ok(column.take(&at)?.into()))
        .collect::<Result<Vec<_>, EngineError>>()?;
    Ok(DataFrame::new(rows.len(), columns)?)
}

fn scan(table: &Table, alias: &str, columns: &[String]) -> Result<DataFrame, EngineError> {
    let columns = columns
        .iter()
        .map(|column| Ok(table.series(column)?.clone().with_name(format!("{alias}.{column}").into()).into()))
        .collect::<Result<Vec<_>, EngineError>>()?;
    Ok(DataFrame::new(table.frame.height(), columns)?)
}

/// All rows in one group, which is there even when no row is.
fn one_group(height: usize) -> Groups {
    Groups { of_row: vec![0; height], first_rows: vec![0] }
}

fn sorted(frame: &DataFrame, keys: &[SortKey]) -> Result<Vec<Option<usize>>, EngineError> {
    let mut orders = Vec::new();
    for key in keys {
        let values = frame.column(&key.column.physical())?.as_materialized_series().clone();
        let nulls: Vec<bool> = values.is_null().iter().map(|null| null == Some(true)).collect();
        orders.push((row_order(&values)?, nulls, key));
    }
    let mut rows: Vec<usize> = (0..frame.height()).collect();
    rows.sort_by(|&left, &right| {
        orders
            .iter()
            .map(|(order, nulls, key)| {
                let null = |row: usize| nulls.get(row).copied().unwrap_or(false);
                match (null(left), null(right)) {
                    (false, false) if key.descending => order(right, left),
                    (false, false) => order(left, right),
                    (left, right) if key.nulls_first => right.cmp(&left),
                    (left, right) => left.cmp(&right),
                }
            })
            .find(|ordering| *ordering != Ordering::Equal)
            .unwrap_or(Ordering::Equal)
    });
    Ok(rows.into_iter().map(Some).collect())
}
