//! One table of a trace: its rows, and what it takes to follow them.

use std::{future::Future, pin::Pin, sync::Arc};

use touchstone_compiler::{CompiledPipeline, CompiledSource, GoldPlan, Lineage, SilverPlan};
use touchstone_spec::{Layer, TableName};

use super::{
    SourceFile, TracedColumn, TracedRow, TracedTable, Tracer, gold::MadeGold, silver::MadeSilver,
    usage::Wanted,
};
use crate::{
    Cancelled, EngineError, ErrorKind, SnapshotInfo, Table, cancel::go_on, keys::Keys, page::texts,
    silver::table_rows,
};

/// What is asked, the same for every table of a trace.
pub(super) struct Asked<'asked> {
    pub(super) pipelines: &'asked [&'asked CompiledPipeline],
    pub(super) lineage: &'asked Lineage,
    pub(super) limit: usize,
    pub(super) cancelled: Cancelled<'asked>,
}

impl<'asked> Asked<'asked> {
    pub(super) fn pipeline(&self, name: &TableName) -> Result<&'asked CompiledPipeline, EngineError> {
        self.pipelines.iter().find(|pipeline| pipeline.name == name.pipeline).copied().ok_or_else(|| {
            EngineError::new(
                ErrorKind::Missing,
                name.to_string(),
                format!("the pipeline `{}` isn't there any more, or has errors", name.pipeline),
                "correct it first",
            )
        })
    }

    pub(super) fn silver(&self, name: &TableName) -> Result<&'asked SilverPlan, EngineError> {
        self.pipeline(name)?.silver.get(&name.table).ok_or_else(|| changed(name))
    }

    /// The source of a silver table.
    pub(super) fn source(&self, name: &TableName) -> Result<&'asked CompiledSource, EngineError> {
        let plan = self.silver(name)?;
        self.pipeline(name)?.sources.get(&plan.source).ok_or_else(|| changed(name))
    }

    pub(super) fn gold(&self, name: &TableName) -> Result<&'asked GoldPlan, EngineError> {
        self.pipeline(name)?.gold.get(&name.table).ok_or_else(|| changed(name))
    }
}

/// The pipeline no longer makes what stands in the warehouse.
pub(super) fn changed(name: &TableName) -> EngineError {
    EngineError::new(
        ErrorKind::Missing,
        name.to_string(),
        "the pipeline, its sample or a table that it reads was changed after this run: it no longer makes this row",
        "simulate the pipeline again",
    )
}

/// A future that may hold itself.
pub(crate) type Held<'held, T> = Pin<Box<dyn Future<Output = Result<T, EngineError>> + 'held>>;

impl Tracer {
    /// These rows of a table, and what they were made from.
    pub(super) fn table<'held>(
        &'held self,
        asked: &'held Asked<'held>,
        name: &'held TableName,
        alias: Option<String>,
        snapshot: Option<SnapshotInfo>,
        rows: Vec<usize>,
        wanted: Wanted,
    ) -> Held<'held, TracedTable> {
        Box::pin(async move {
            go_on(asked.cancelled, &name.to_string())?;
            let mut traced = TracedTable {
                table: name.clone(),
                alias,
                snapshot: snapshot.clone(),
                columns: Vec::new(),
                total: rows.len() as u64,
                rows: Vec::new(),
                inputs: Vec::new(),
                ends: None,
            };
            let Some(snapshot) = snapshot else {
                traced.ends = Some("the warehouse no longer has the rows that the run read".to_owned());
                return Ok(traced);
            };
            let wanted = wanted.within(asked.lineage, name);
            let followed = match name.layer {
                Layer::Bronze => self.bronze(asked, &snapshot, &rows, &wanted, &mut traced).await,
                Layer::Silver => self.silver_rows(asked, &snapshot, &rows, &wanted, &mut traced).await,
                Layer::Gold => self.gold_rows(asked, &snapshot, &rows, &wanted, &mut traced).await,
            };
            match followed {
                Err(error) if error.kind == ErrorKind::Cancelled => return Err(error),
                Err(error) => {
                    traced.ends = Some(error.reason);
                    if traced.columns.is_empty() {
                        let stored = self.warehouse.read_snapshot(name, &snapshot.id).await?;
                        show(&mut traced, &stored, &rows, asked.limit, &wanted, &|_| None)?;
                    }
                }
                Ok(()) => {}
            }
            Ok(traced)
        })
    }

    async fn bronze(
        &self,
        asked: &Asked<'_>,
        snapshot: &SnapshotInfo,
        rows: &[usize],
        wanted: &Wanted,
        traced: &mut TracedTable,
    ) -> Result<(), EngineError> {
        let stored = self.warehouse.read_snapshot(&traced.table, &snapshot.id).await?;
        show(traced, &stored, rows, asked.limit, wanted, &|_| None)?;
        let source = asked
            .pipeline(&traced.table)?
            .sources
            .get(&traced.table.table)
            .ok_or_else(|| changed(&traced.table))?;
        let shown: Vec<usize> = rows.iter().copied().take(asked.limit).collect();
        let records =
            SourceFile::new(&self.workspace, source).records(&stored, &shown, &|name| wanted.usage(name))?;
        for (row, record) in traced.rows.iter_mut().zip(records) {
            row.record = Some(record);
        }
        Ok(())
    }

    async fn silver_rows(
        &self,
        asked: &Asked<'_>,
        snapshot: &SnapshotInfo,
        rows: &[usize],
        wanted: &Wanted,
        traced: &mut TracedTable,
    ) -> Result<(), EngineError> {
        let name = traced.table.clone();
        let (plan, source) = (asked.silver(&name)?, asked.source(&name)?);
        let made = self.made_silver(asked, &name, snapshot).await?;
        let expression = |column: &str| {
            plan.fields.iter().find(|field| field.name == column).map(|field| field.source_text.clone())
        };
        show(traced, &made.stored, rows, asked.limit, wanted, &expression)?;
        let shown: Vec<usize> = rows.iter().copied().take(asked.limit).collect();
        let bronze = TableName::new(&name.pipeline, Layer::Bronze, &plan.source);
        let below = wanted.below(asked.lineage, &name, &bronze);
        let usage = |column: &str| below.usage(column);
        let file = SourceFile::new(&self.workspace, source);
        made.follow(&shown, &file, &usage, &wanted.names(), &mut traced.rows)
    }

    /// A silver table as it was made, remembered or made again.
    pub(super) async fn made_silver(
        &self,
        asked: &Asked<'_>,
        name: &TableName,
        snapshot: &SnapshotInfo,
    ) -> Result<Arc<MadeSilver>, EngineError> {
        let (plan, source) = (asked.silver(name)?, asked.source(name)?);
        let fits = |made: &MadeSilver| made.fits(name, snapshot, plan, source);
        if let Some(made) = Self::remembered(&self.silver, fits) {
            return Ok(made);
        }
        let made = MadeSilver::again(&self.warehouse, snapshot, plan, source, asked.cancelled).await?;
        Ok(Self::remember(&self.silver, made))
    }

    async fn gold_rows(
        &self,
        asked: &Asked<'_>,
        snapshot: &SnapshotInfo,
        rows: &[usize],
        wanted: &Wanted,
        traced: &mut TracedTable,
    ) -> Result<(), EngineError> {
        let name = traced.table.clone();
        let plan = asked.gold(&name)?;
        let fits = |made: &MadeGold| made.fits(&name, snapshot, plan);
        let made = match Self::remembered(&self.gold, fits) {
            Some(made) => made,
            None => Self::remember(
                &self.gold,
                MadeGold::again(&self.warehouse, snapshot, plan, asked.cancelled).await?,
            ),
        };
        let texts = plan.expressions();
        let expression = |column: &str| Some(texts.get(column).map_or(column, String::as_str).to_owned());
        show(traced, &made.stored, rows, asked.limit, wanted, &expression)?;
        for (origin, input) in made.origins(rows)? {
            let below = wanted.below(asked.lineage, &name, origin.table);
            let alias = Some(origin.alias.to_owned());
            traced.inputs.push(self.table(asked, origin.table, alias, input, origin.rows, below).await?);
        }
        Ok(())
    }
}

/// Fills in the columns, and the first rows with their values.
fn show(
    traced: &mut TracedTable,
    stored: &Table,
    rows: &[usize],
    limit: usize,
    wanted: &Wanted,
    expression: &dyn Fn(&str) -> Option<String>,
) -> Result<(), EngineError> {
    traced.columns = stored
        .columns
        .iter()
        .map(|column| TracedColumn {
            name: column.name.clone(),
            data_type: column.data_type.clone(),
            expression: expression(&column.name),
            usage: wanted.usage(&column.name),
        })
        .collect();
    let height = stored.frame.height();
    let shown: Vec<usize> = rows.iter().copied().filter(|row| *row < height).take(limit).collect();
    let taken = table_rows(stored, &shown.iter().map(|row| Some(*row)).collect::<Vec<_>>())?;
    traced.rows = shown
        .iter()
        .map(|row| TracedRow {
            row: *row as u64,
            values: Vec::new(),
            record: None,
            gave_way: Vec::new(),
            lookups: Vec::new(),
        })
        .collect();
    for column in &taken.columns {
        let values = texts(taken.series(&column.name)?, &column.data_type)?;
        for (row, value) in traced.rows.iter_mut().zip(values) {
            row.values.push(value);
        }
    }
    Ok(())
}

/// For each row of a stored table the row that was made again and has the same values; rows that are equal are taken
/// in their order, which storing keeps.
pub(super) fn matched(stored: &Table, made: &Table) -> Result<Vec<Option<usize>>, EngineError> {
    let height = stored.frame.height();
    let mut series = (Vec::new(), Vec::new());
    for column in &stored.columns {
        let same =
            made.columns.iter().any(|other| other.name == column.name && other.data_type == column.data_type);
        if !same || made.columns.len() != stored.columns.len() {
            return Ok(vec![None; height]);
        }
        series.0.push(stored.series(&column.name)?.clone());
        series.1.push(made.series(&column.name)?.clone());
    }
    let stored = Keys::new(&series.0, height)?;
    let made = Keys::new(&series.1, made.frame.height())?;
    Ok(stored.rows_in(&made))
}
