//! Rows as exact text, for grids: decimals at their scale, ISO dates, nulls told apart from empty text.

use polars::prelude::{DataFrame, Series};
use serde::{Deserialize, Serialize};
use touchstone_spec::DataType;

use touchstone_compiler::Column;

use crate::{EngineError, Table, types::text_of};

/// One page of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TablePage {
    /// The columns.
    pub columns: Vec<PageColumn>,
    /// The rows: one text per column, none for null.
    pub rows: Vec<Vec<Option<String>>>,
    /// Rows of the whole table.
    pub total: u64,
}

/// A column of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageColumn {
    /// Name of the column.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub data_type: DataType,
}

impl TablePage {
    /// `limit` rows of a table, from row `offset` (counted from zero).
    pub fn of(table: &Table, offset: usize, limit: usize) -> Result<Self, EngineError> {
        let rows = table.frame.slice(i64::try_from(offset).unwrap_or(i64::MAX), limit);
        Ok(Self { total: table.frame.height() as u64, ..Self::of_frame(&table.columns, &rows)? })
    }

    /// All rows of a frame whose columns have these types.
    fn of_frame(fields: &[Column], frame: &DataFrame) -> Result<Self, EngineError> {
        let columns = fields
            .iter()
            .map(|field| PageColumn { name: field.name.clone(), data_type: field.data_type.clone() })
            .collect();
        let mut rows = vec![Vec::with_capacity(fields.len()); frame.height()];
        for field in fields {
            let texts = texts(frame.column(&field.name)?.as_materialized_series(), &field.data_type)?;
            for (row, text) in rows.iter_mut().zip(texts) {
                row.push(text);
            }
        }
        Ok(Self { columns, rows, total: frame.height() as u64 })
    }
}

/// Each value of a column as text.
pub(crate) fn texts(series: &Series, data_type: &DataType) -> Result<Vec<Option<String>>, EngineError> {
    Ok(text_of(series, data_type)?.iter().map(|text| text.map(str::to_owned)).collect())
}
