//! Files: what their beginning speaks for at once, and all of them when there is time.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use touchstone_engine::{ErrorKind, Grid, GridFile, GridProgress};
use touchstone_ingest::{InferOptions, Inference, infer};
use touchstone_protocol::{ColumnView, RpcError};
use touchstone_spec::{ContractField, CsvFormat};

use super::{Data, INFERENCES, Identity, Library};
use crate::{file::io_error, simulation::engine_error, source::ingest_error, studio::lock};

/// How much of a file's beginning is looked at when there is no time for more; a file that isn't longer is read whole.
const AT_ONCE: u64 = 4 << 20;
/// Records of a longer file that can be seen before it was read whole.
const FIRST_RECORDS: u64 = 20_000;

/// A file as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) path: PathBuf,
    modified: Option<SystemTime>,
    length: u64,
    /// Whether inference looked at all of it.
    is_whole: bool,
}

impl Stamp {
    fn of(path: &Path) -> Result<Self, RpcError> {
        let metadata = std::fs::metadata(path).map_err(|error| io_error(path, &error))?;
        let is_whole = metadata.len() <= AT_ONCE;
        Ok(Self {
            path: path.to_path_buf(),
            modified: metadata.modified().ok(),
            length: metadata.len(),
            is_whole,
        })
    }
}

/// A file to open.
#[derive(Debug, Clone)]
pub(crate) struct FileRequest {
    /// The file.
    pub(crate) path: PathBuf,
    /// Format and types that a contract promises. None: those that the file speaks for.
    pub(crate) contract: Option<(CsvFormat, Vec<ContractField>)>,
    /// Columns that are read otherwise.
    pub(crate) types: Vec<ContractField>,
    /// The format that it is read in, where that is another one.
    pub(crate) format: Option<CsvFormat>,
    /// Where what was read is kept.
    pub(crate) cache: PathBuf,
}

/// Who watches a whole reading, and may stop it.
pub(crate) trait Watched: Sync {
    /// A part of the work begins: `0` reading the records, `1` proving the types, `2` counting the columns.
    fn begin(&self, part: usize);

    /// So much of the part at hand is done.
    fn advance(&self, done: u64, total: u64) -> ControlFlow<()>;
}

/// These fields, with those that are read otherwise.
fn read_otherwise(mut types: Vec<ContractField>, others: &[ContractField]) -> Vec<ContractField> {
    for other in others {
        match types.iter_mut().find(|field| field.name == other.name) {
            Some(field) => field.clone_from(other),
            None => types.push(other.clone()),
        }
    }
    types
}

/// Whether a file has the same texts in both formats: null values and trimming belong to the types.
fn is_read_alike(one: &CsvFormat, other: &CsvFormat) -> bool {
    let texts = |format: &CsvFormat| CsvFormat { null_values: Vec::new(), trim: false, ..format.clone() };
    texts(one) == texts(other)
}

impl Library {
    /// A file as far as it can be shown at once: the whole of it when it is short or was read before, else its first
    /// records.
    ///
    /// # Errors
    /// When the file isn't there or can't be read in its format.
    pub(crate) fn file(&self, request: &FileRequest) -> Result<Arc<Data>, RpcError> {
        let stamp = Stamp::of(&request.path)?;
        let _opening = lock(&self.opening);
        let inference = self.inference(&stamp);
        let (format, types) = match (&request.contract, &inference) {
            (Some((format, types)), _) => (format.clone(), types.clone()),
            (None, Ok(inference)) => (inference.format.clone(), inference.contract.clone()),
            (None, Err(error)) => return Err(error.clone()),
        };
        let format = request.format.clone().unwrap_or(format);
        let types = read_otherwise(types, &request.types);
        let identity = |is_whole| Identity::File {
            stamp: stamp.clone(),
            format: Box::new(format.clone()),
            types: types.clone(),
            is_whole,
        };
        if let Some(known) = self.find(&identity(true)) {
            return Ok(known);
        }
        // With other types nothing is read anew.
        if let Some(grid) = self.with_types(&stamp, &format, &types) {
            return Ok(self.keep(identity(true), grid, inference.ok(), request));
        }
        let open = |first, watch: &touchstone_engine::GridWatch<'_>| {
            let file = GridFile { path: &request.path, format: &format, types: &types, first };
            Grid::of_csv(&file, &request.cache, &self.memory, watch)
        };
        // What was read before, in this session or an earlier one, is there without any work.
        let only_stored = |_: GridProgress| ControlFlow::Break(());
        let unwatched = |_: GridProgress| ControlFlow::Continue(());
        let grid = if stamp.length <= AT_ONCE { open(None, &unwatched) } else { open(None, &only_stored) };
        match grid {
            Ok(grid) => Ok(self.keep(identity(true), grid, inference.ok(), request)),
            Err(error) if error.kind == ErrorKind::Cancelled => {
                if let Some(known) = self.find(&identity(false)) {
                    return Ok(known);
                }
                let grid = open(Some(FIRST_RECORDS), &unwatched).map_err(|error| engine_error(&error))?;
                Ok(self.keep(identity(false), grid, inference.ok(), request))
            }
            Err(error) => Err(engine_error(&error)),
        }
    }

    /// A file as a whole: every record read, every type proved.
    ///
    /// # Errors
    /// As [`Library::file`], and when the watcher says to stop.
    pub(crate) fn whole_file(
        &self,
        request: &FileRequest,
        watched: &dyn Watched,
    ) -> Result<Arc<Data>, RpcError> {
        let mut stamp = Stamp::of(&request.path)?;
        // The beginning decides how the file is read; what the types are is proved afterwards, over all records.
        let format = match (&request.format, &request.contract) {
            (Some(format), _) | (None, Some((format, _))) => format.clone(),
            (None, None) => self.inference(&stamp)?.format.clone(),
        };
        watched.begin(0);
        let file = GridFile { path: &request.path, format: &format, types: &[], first: None };
        let watch = |progress: GridProgress| watched.advance(progress.done, progress.total);
        let grid = Grid::of_csv(&file, &request.cache, &self.memory, &watch)
            .map_err(|error| engine_error(&error))?;
        watched.begin(1);
        stamp.is_whole = true;
        let inference = if let Some(known) = self.inferred(&stamp) {
            known
        } else {
            let passes = AtomicU64::new(0);
            let progress = |progress: touchstone_ingest::Progress| {
                passes.fetch_max(progress.bytes, Ordering::Relaxed);
                watched.advance(passes.load(Ordering::Relaxed), stamp.length)
            };
            let options = InferOptions { max_bytes: None, progress: &progress };
            let inference = infer(request.path.as_path(), &options).map_err(|error| ingest_error(&error))?;
            self.remember_inference(&stamp, Arc::new(inference))
        };
        let types = match &request.contract {
            Some((_, types)) => types.clone(),
            None => inference.contract.clone(),
        };
        let types = read_otherwise(types, &request.types);
        let identity = Identity::File {
            stamp: Stamp::of(&request.path)?,
            format: Box::new(format.clone()),
            types: types.clone(),
            is_whole: true,
        };
        let grid = grid.with_types(&format, &types);
        Ok(self.keep(identity, grid, Some(inference), request))
    }

    fn keep(
        &self,
        identity: Identity,
        grid: Grid,
        inference: Option<Arc<Inference>>,
        request: &FileRequest,
    ) -> Arc<Data> {
        let columns = grid
            .columns()
            .map(|column| ColumnView {
                name: column.name.clone(),
                data_type: column.data_type.clone(),
                expression: None,
            })
            .collect();
        let contract =
            request.contract.as_ref().map(|(_, types)| read_otherwise(types.clone(), &request.types));
        self.remember(Data::new(identity, grid, columns, inference, contract))
    }

    fn with_types(&self, stamp: &Stamp, format: &CsvFormat, types: &[ContractField]) -> Option<Grid> {
        lock(&self.known).iter().find_map(|data| match &data.identity {
            Identity::File { stamp: known, format: read, is_whole: true, .. }
                if known == stamp && is_read_alike(read, format) =>
            {
                Some(data.grid.with_types(format, types))
            }
            _ => None,
        })
    }

    /// What a file speaks for: all of it if it was looked at as a whole, else its beginning.
    fn inference(&self, stamp: &Stamp) -> Result<Arc<Inference>, RpcError> {
        let whole = Stamp { is_whole: true, ..stamp.clone() };
        if let Some(known) = self.inferred(&whole).or_else(|| self.inferred(stamp)) {
            return Ok(known);
        }
        let options = InferOptions { max_bytes: Some(AT_ONCE), ..InferOptions::default() };
        let inference = infer(stamp.path.as_path(), &options).map_err(|error| ingest_error(&error))?;
        Ok(self.remember_inference(stamp, Arc::new(inference)))
    }

    fn inferred(&self, stamp: &Stamp) -> Option<Arc<Inference>> {
        let known = lock(&self.inferences);
        known.iter().find(|(of, _)| of == stamp).map(|(_, inference)| Arc::clone(inference))
    }

    fn remember_inference(&self, stamp: &Stamp, inference: Arc<Inference>) -> Arc<Inference> {
        let mut known = lock(&self.inferences);
        known.retain(|(of, _)| of.path != stamp.path);
        if known.len() >= INFERENCES {
            known.remove(0);
        }
        known.push((stamp.clone(), Arc::clone(&inference)));
        inference
    }
}
