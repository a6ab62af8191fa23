//! Tables of the local warehouse, as they are now or as a run left them.

use std::sync::Arc;

use touchstone_compiler::CompiledPipeline;
use touchstone_engine::{Grid, Warehouse};
use touchstone_protocol::{ColumnView, ErrorCode, RpcError};
use touchstone_spec::TableName;

use super::{Data, Identity, Library};
use crate::{simulation::engine_error, studio::expression};

impl Library {
    /// The rows of a table; with `run`, as that run left them.
    ///
    /// # Errors
    /// When no run has made the table, or that run didn't.
    pub(crate) async fn table(
        &self,
        warehouse: &Warehouse,
        compiled: Option<&CompiledPipeline>,
        name: &TableName,
        run: Option<&str>,
    ) -> Result<Arc<Data>, RpcError> {
        let failed = |error| engine_error(&error);
        let metadata = warehouse.metadata_file(name).await.map_err(failed)?;
        let snapshot = match run {
            None => None,
            Some(run) => Some(snapshot_of(warehouse, name, run).await?),
        };
        let identity = Identity::Table { name: name.clone(), metadata, snapshot };
        if let Some(known) = self.find(&identity) {
            return Ok(known);
        }
        let grid = Grid::of_table(warehouse, name, snapshot, &self.memory).await.map_err(failed)?;
        let columns = grid
            .columns()
            .map(|column| ColumnView {
                expression: compiled
                    .and_then(|compiled| expression(compiled, name.layer, &name.table, &column.name)),
                name: column.name.clone(),
                data_type: column.data_type.clone(),
            })
            .collect();
        Ok(self.remember(Data::new(identity, grid, columns, None, None)))
    }
}

/// The snapshot that a run made of a table.
///
/// # Errors
/// When it made none.
pub(crate) async fn snapshot_of(warehouse: &Warehouse, name: &TableName, run: &str) -> Result<i64, RpcError> {
    let snapshots = warehouse.snapshots(name).await.map_err(|error| engine_error(&error))?;
    let found = snapshots.iter().find(|snapshot| snapshot.run_id.as_deref() == Some(run));
    found.and_then(|snapshot| snapshot.id.parse().ok()).ok_or_else(|| {
        RpcError::new(ErrorCode::NotFound, format!("{name}: the run {run} left nothing of this table"))
            .with_help("choose another run, or simulate again; deleting the warehouse deletes earlier runs")
    })
}
