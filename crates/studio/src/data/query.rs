//! Rows of data: sorted, filtered, a page of them, and the next cell that holds a text.

use touchstone_engine::{Filter, GridHit, GridQuery, GridView, Sort, Test, grid_unwatched};
use touchstone_protocol::{
    BadCell, CellPlace, DataQuery, DataView, ErrorCode, FilterTest, FoundView, RpcError,
};

use super::{Data, VIEWS};
use crate::{simulation::engine_error, studio::lock};

/// A page of the rows that a query asks for.
///
/// # Errors
/// When it names a column that isn't there or a value that isn't of the column's type, or a file is gone.
pub(crate) fn rows(data: &Data, query: &DataQuery, offset: u64, limit: u64) -> Result<DataView, RpcError> {
    let view = data.view(query)?;
    let page = data.grid.page(&view, offset, limit, None).map_err(|error| engine_error(&error))?;
    let row_ids = if page.records.is_empty() {
        page.row_ids.iter().map(|row| u64::from(*row)).collect()
    } else {
        page.records.iter().map(|record| record.record.saturating_sub(1)).collect()
    };
    Ok(DataView {
        columns: data.columns.clone(),
        rows: page.rows,
        row_ids,
        bad: page
            .bad
            .into_iter()
            .map(|bad| BadCell { row: bad.place.row, column: bad.place.column, reason: bad.reason })
            .collect(),
        null_texts: page
            .null_markers
            .into_iter()
            .map(|place| CellPlace { row: place.row, column: place.column })
            .collect(),
        offset,
        total: page.total,
        complete: data.is_whole(),
    })
}

/// The next cell that holds a text, behind (or before) row `from` of what the query asks for.
///
/// # Errors
/// As [`rows`].
pub(crate) fn find(
    data: &Data,
    query: &DataQuery,
    text: &str,
    from: Option<u64>,
    backward: bool,
) -> Result<Option<FoundView>, RpcError> {
    let view = data.view(query)?;
    // Behind the last cell of the row, or before its first.
    let column = if backward { 0 } else { data.columns.len() };
    let from = from.map(|position| GridHit { position, column });
    let found = data
        .grid
        .find(&view, text, from, !backward, &grid_unwatched)
        .map_err(|error| engine_error(&error))?;
    Ok(found.map(|hit| FoundView { row: hit.position, column: hit.column }))
}

impl Data {
    /// The rows that a query asks for; remembered, for the next page.
    pub(super) fn view(&self, query: &DataQuery) -> Result<GridView, RpcError> {
        if *query == DataQuery::default() {
            return Ok(self.grid.all());
        }
        if let Some((_, view)) = lock(&self.views).iter().find(|(known, _)| known == query) {
            return Ok(view.clone());
        }
        let asked = self.grid_query(query)?;
        let view = self.grid.view(&asked, &grid_unwatched).map_err(|error| engine_error(&error))?;
        let mut views = lock(&self.views);
        if views.len() >= VIEWS {
            views.remove(0);
        }
        views.push((query.clone(), view.clone()));
        Ok(view)
    }

    fn grid_query(&self, query: &DataQuery) -> Result<GridQuery, RpcError> {
        let sort = query
            .sort
            .iter()
            .map(|sort| Ok(Sort { column: self.column(&sort.column)?, descending: sort.descending }))
            .collect::<Result<_, RpcError>>()?;
        let filters = query
            .filters
            .iter()
            .map(|filter| Ok(Filter { column: self.column(&filter.column)?, test: test(&filter.test) }))
            .collect::<Result<_, RpcError>>()?;
        Ok(GridQuery { sort, filters, find: query.search.clone() })
    }

    /// The place of a column.
    pub(super) fn column(&self, name: &str) -> Result<usize, RpcError> {
        self.columns.iter().position(|column| column.name == name).ok_or_else(|| {
            let names = self.columns.iter().map(|column| column.name.as_str());
            let help = touchstone_spec::nearest(name, names).map_or_else(
                || "load the columns again".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            RpcError::new(ErrorCode::NotFound, format!("there is no column `{name}`")).with_help(help)
        })
    }
}

fn test(asked: &FilterTest) -> Test {
    let value = |value: &String| value.clone();
    match asked {
        FilterTest::Is(text) => Test::Is { value: value(text) },
        FilterTest::IsNot(text) => Test::IsNot { value: value(text) },
        FilterTest::OneOf(texts) => Test::OneOf { values: texts.clone() },
        FilterTest::Contains(text) => Test::Contains { value: value(text) },
        FilterTest::StartsWith(text) => Test::StartsWith { value: value(text) },
        FilterTest::Matches(text) => Test::Matches { value: value(text) },
        FilterTest::Less(text) => Test::Less { value: value(text) },
        FilterTest::Greater(text) => Test::Greater { value: value(text) },
        FilterTest::Between(from, to) => Test::Between { from: value(from), to: value(to) },
        FilterTest::IsNull => Test::IsNull,
        FilterTest::IsNotNull => Test::IsNotNull,
        FilterTest::IsEmpty => Test::IsEmpty,
        FilterTest::IsBlank => Test::IsBlank,
        FilterTest::IsBad => Test::IsBad,
    }
}
