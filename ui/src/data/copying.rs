//! Copying cells of which some are yet to be fetched.

use std::ops::RangeInclusive;

use touchstone_protocol::{ErrorCode, Rows as RowsCall, RpcError};

use super::RowsOf;
use crate::App;
use crate::widgets::grid::copy_cell;

/// Rows that are asked for at a time.
const PIECE: u64 = 1_000;
/// Rows that a clipboard takes; more are for a file.
const MOST: u64 = 200_000;

impl App {
    pub(super) fn copy_cells(
        &mut self,
        of: RowsOf,
        rows: RangeInclusive<u64>,
        columns: Vec<usize>,
        header: bool,
    ) {
        let how_many = rows.end().saturating_sub(*rows.start()) + 1;
        if how_many > MOST {
            let error = RpcError::new(
                ErrorCode::Failed,
                format!(
                    "{} rows are selected, and the clipboard takes at most {}",
                    crate::text::number(how_many),
                    crate::text::number(MOST)
                ),
            );
            self.notice("Not copied", error.with_help("Filter the data, or select fewer rows"), None);
            return;
        }
        let mut text = String::new();
        if header && let Some(known) = self.state.data.rows.get(&of) {
            let names = columns.iter().filter_map(|column| known.columns().get(*column));
            let names: Vec<_> = names.map(|column| copy_cell(Some(&column.name))).collect();
            text = names.join("\t");
            text.push('\n');
        }
        self.copy_piece(of, *rows.start(), *rows.end(), columns, text);
    }

    fn copy_piece(&mut self, of: RowsOf, next: u64, last: u64, columns: Vec<usize>, mut text: String) {
        let call = RowsCall {
            data: of.data.clone(),
            query: of.query.clone(),
            offset: next,
            limit: PIECE.min(last - next + 1),
        };
        self.call(call, move |app, result| match result {
            Err(error) => app.notice("Not copied", error, None),
            Ok(piece) => {
                for row in &piece.rows {
                    let cells = columns.iter().map(|column| row.get(*column).and_then(Option::as_deref));
                    text.push_str(&cells.map(copy_cell).collect::<Vec<_>>().join("\t"));
                    text.push('\n');
                }
                let next = next + piece.rows.len() as u64;
                if next > last || piece.rows.is_empty() {
                    app.ctx.copy_text(text.trim_end_matches('\n').to_owned());
                } else {
                    app.copy_piece(of, next, last, columns, text);
                }
            }
        });
    }
}
