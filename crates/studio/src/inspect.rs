//! Requests about data: which data is meant, and where it is.

use std::{path::PathBuf, sync::Arc};

use touchstone_engine::Warehouse;
use touchstone_protocol::{
    ColumnProfileView, DataQuery, DataRef, DataView, ErrorCode, FileView, FoundView, JobResult, JobView,
    ProfileView, RecordView, RpcError,
};
use touchstone_spec::FileFormat;

use crate::{
    data::{self, Data, FileRequest, cache_folder},
    file::blocking,
    job::{FILE_STEPS, Work},
    simulation::engine_error,
    source::{record, sample_of},
    studio::Studio,
    workspace::MACHINE_MADE,
};

/// What a question about data is about.
enum Asked {
    File(Box<FileRequest>),
    Table(Arc<Data>),
}

impl Studio {
    /// The warehouse of the open workspace; opened once.
    ///
    /// # Errors
    /// When it can't be opened.
    pub(crate) async fn warehouse(&self) -> Result<Warehouse, RpcError> {
        let folder = self.open_root()?.join(MACHINE_MADE).join("warehouse");
        let mut known = self.warehouse.lock().await;
        if let Some(warehouse) = known.as_ref()
            && warehouse.root() == folder
            // A warehouse that somebody deleted is made anew.
            && folder.join("catalog.db").exists()
        {
            return Ok(warehouse.clone());
        }
        let warehouse = Warehouse::open(&folder).await.map_err(|error| engine_error(&error))?;
        *known = Some(warehouse.clone());
        Ok(warehouse)
    }

    async fn asked(&self, data: &DataRef, query: &DataQuery) -> Result<Asked, RpcError> {
        match data {
            DataRef::File { path } => Ok(Asked::File(Box::new(FileRequest {
                path: self.file(path),
                contract: None,
                types: query.types.clone(),
                format: query.format.clone(),
                cache: self.cache()?,
            }))),
            DataRef::Sample { pipeline, source } => {
                let workspace = self.workspace().await?;
                let (file, sample) = sample_of(&workspace, pipeline, source)?;
                let FileFormat::Csv(format) = file.format.clone();
                Ok(Asked::File(Box::new(FileRequest {
                    path: workspace.root.join(sample),
                    contract: Some((format, file.contract.clone())),
                    types: query.types.clone(),
                    format: query.format.clone(),
                    cache: self.cache()?,
                })))
            }
            DataRef::Table { table, run } => {
                let workspace = self.workspace().await?;
                let compiled = workspace.compilation.pipelines.get(&table.pipeline);
                let warehouse = self.warehouse().await?;
                let opened = self.library.table(&warehouse, compiled, table, run.as_deref()).await?;
                Ok(Asked::Table(opened))
            }
        }
    }

    fn cache(&self) -> Result<PathBuf, RpcError> {
        match self.root() {
            Some(root) => Ok(cache_folder(&root.join(MACHINE_MADE))),
            None => Ok(self.uploads()?.join("cache")),
        }
    }

    /// Has `answer` say something about data read as the query has it, where it may take its time.
    async fn about<T: Send + 'static>(
        &self,
        data: &DataRef,
        query: &DataQuery,
        answer: impl FnOnce(&Data) -> Result<T, RpcError> + Send + 'static,
    ) -> Result<T, RpcError> {
        let asked = self.asked(data, query).await?;
        let library = Arc::clone(&self.library);
        blocking(move || match asked {
            Asked::File(request) => answer(library.file(&request)?.as_ref()),
            Asked::Table(opened) => answer(&opened),
        })
        .await
    }

    pub(crate) async fn data_rows(
        &self,
        data: &DataRef,
        query: DataQuery,
        offset: u64,
        limit: u64,
    ) -> Result<DataView, RpcError> {
        let reading = query.reading();
        self.about(data, &reading, move |data| data::rows(data, &query, offset, limit)).await
    }

    pub(crate) async fn data_find(
        &self,
        data: &DataRef,
        query: DataQuery,
        text: String,
        from: Option<u64>,
        backward: bool,
    ) -> Result<Option<FoundView>, RpcError> {
        let reading = query.reading();
        self.about(data, &reading, move |data| data::find(data, &query, &text, from, backward)).await
    }

    pub(crate) async fn data_profile(
        &self,
        data: &DataRef,
        query: &DataQuery,
    ) -> Result<ProfileView, RpcError> {
        self.about(data, query, |data| data::profile_view(data, None)).await
    }

    pub(crate) async fn data_column(
        &self,
        data: &DataRef,
        query: DataQuery,
        column: String,
    ) -> Result<ColumnProfileView, RpcError> {
        let reading = query.reading();
        self.about(data, &reading, move |data| data::column_view(data, &query, &column)).await
    }

    pub(crate) async fn first_sight(&self, file: &str) -> Result<FileView, RpcError> {
        let path = self.file(file);
        let named = DataRef::File { path: path.to_string_lossy().into_owned() };
        self.about(&named, &DataQuery::default(), move |data| data::file_view(data, &path)).await
    }

    /// Starts to read data as a whole.
    pub(crate) async fn profile_job(&self, data: DataRef, query: &DataQuery) -> Result<JobView, RpcError> {
        let asked = self.asked(&data, query).await?;
        let (subject, steps) = match (&data, &asked) {
            (DataRef::Table { table, .. }, _) => (table.to_string(), 2..3),
            (_, Asked::File(request)) => (request.path.to_string_lossy().into_owned(), 0..3),
            (_, Asked::Table(_)) => (String::new(), 2..3),
        };
        let id = uuid::Uuid::now_v7().to_string();
        let (job, is_new) = self.jobs.begin(id, &subject, Work::Profile(data, Box::new(query.reading())))?;
        if is_new {
            job.plan(FILE_STEPS.get(steps).unwrap_or(&FILE_STEPS));
            let (running, library) = (Arc::clone(&job), Arc::clone(&self.library));
            tokio::spawn(async move {
                let watched = Arc::clone(&running);
                let result = blocking(move || {
                    let opened = match asked {
                        Asked::File(request) => library.whole_file(&request, watched.as_ref())?,
                        Asked::Table(opened) => opened,
                    };
                    data::profile_view(&opened, Some(watched.as_ref()))
                });
                running.end(result.await.map(JobResult::Profile));
            });
        }
        Ok(job.view())
    }

    pub(crate) async fn original_record(
        &self,
        pipeline: &str,
        source: &str,
        number: u64,
    ) -> Result<RecordView, RpcError> {
        let workspace = self.workspace().await?;
        let (file, sample) = sample_of(&workspace, pipeline, source)?;
        let FileFormat::Csv(format) = file.format.clone();
        let (path, sample) = (workspace.root.join(sample), sample.to_owned());
        if number == 0 {
            return Err(RpcError::new(ErrorCode::NotFound, "records are counted from one"));
        }
        blocking(move || record(&path, &sample, &format, number)).await
    }
}
