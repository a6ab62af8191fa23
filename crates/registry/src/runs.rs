//! What happened since: runs of a pipeline, and how far each of its sources has been read.

use crate::clock::{micros, optional_micros, to_micros};
use crate::error::{ErrorKind, StoreError};
use crate::keys;
use crate::registry::{Registry, body, parse};
use crate::store::{Condition, Item, Query, Write};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// It has begun.
    Running,
    /// It ended, and its control totals add up.
    Succeeded,
    /// It ended with an error.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

/// One run of a pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The pipeline.
    pub pipeline: String,
    /// The run's id, unique within the pipeline.
    pub run_id: String,
    /// The published version it ran; `None` for a simulation of what isn't published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The environment it ran in.
    pub environment: String,
    /// How it stands.
    pub status: RunStatus,
    /// When it began; part of its key, so it must not change.
    #[serde(with = "micros")]
    pub started_at: DateTime<Utc>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_micros")]
    pub finished_at: Option<DateTime<Utc>>,
    /// Who started it.
    pub actor: String,
    /// What it reports: control totals, rule results, timings.
    pub report: Value,
}

/// A part of a pipeline's runs, newest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunPage {
    /// The runs.
    pub runs: Vec<Run>,
    /// Hand this in as `after` to go on; `None` at the end.
    pub next: Option<String>,
}

/// How far a source has been read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bookmark {
    /// The pipeline.
    pub pipeline: String,
    /// The source.
    pub source: String,
    /// How often it has been moved; from 1.
    pub revision: u64,
    /// The position, in the terms of whoever reads the source.
    pub position: Value,
    /// The run that moved it.
    pub run_id: String,
    /// When it was moved.
    #[serde(with = "micros")]
    pub updated_at: DateTime<Utc>,
}

/// Where a bookmark is to be moved.
#[derive(Debug, Clone, PartialEq)]
pub struct BookmarkInput {
    /// The pipeline.
    pub pipeline: String,
    /// The source.
    pub source: String,
    /// The new position.
    pub position: Value,
    /// The run that moves it.
    pub run_id: String,
    /// The revision the run began from; `None` if there was no bookmark yet.
    pub expected_revision: Option<u64>,
}

impl Registry {
    /// Records a run, or replaces what was recorded of it (same pipeline, start and id) as it goes on.
    pub async fn record_run(&self, run: &Run) -> Result<(), StoreError> {
        self.check_name("pipeline", &run.pipeline)?;
        self.check_name("run id", &run.run_id)?;
        let key = keys::run(&run.pipeline, to_micros(run.started_at), &run.run_id);
        let item = Item::new(key, body(run, &self.place())?);
        self.store().transact(vec![Write::put(item, Condition::None)]).await.map_err(|error| {
            if error.kind() != ErrorKind::TooLarge {
                return error;
            }
            StoreError::new(
                ErrorKind::TooLarge,
                self.pipeline_place(&run.pipeline),
                format!("the report of run {} is too large: {}", run.run_id, error.reason()),
                "Record a shorter report, with fewer failing rows in it",
            )
        })
    }

    /// At most `limit` runs of `pipeline`, newest first, going on behind `after`.
    pub async fn runs(
        &self,
        pipeline: &str,
        limit: u32,
        after: Option<String>,
    ) -> Result<RunPage, StoreError> {
        let query = Query::new(keys::runs(pipeline), keys::RUN_PREFIX).descending().limit(limit).after(after);
        let (items, next) = self.collect(query).await?;
        let runs = items.into_iter().map(|item| parse(item, &self.place())).collect::<Result<_, _>>()?;
        Ok(RunPage { runs, next })
    }

    /// Moves a bookmark. A conflict says that another run moved it since.
    pub async fn put_bookmark(&self, input: BookmarkInput) -> Result<Bookmark, StoreError> {
        self.check_name("pipeline", &input.pipeline)?;
        self.check_name("source", &input.source)?;
        let condition = match input.expected_revision {
            None => Condition::NotExists,
            Some(revision) => {
                Condition::AttributeEquals { attribute: "revision".into(), value: revision.into() }
            }
        };
        let bookmark = Bookmark {
            revision: input.expected_revision.unwrap_or(0) + 1,
            pipeline: input.pipeline,
            source: input.source,
            position: input.position,
            run_id: input.run_id,
            updated_at: to_micros(self.clock().now()),
        };
        let key = keys::bookmark(&bookmark.pipeline, &bookmark.source);
        let item = Item::new(key, body(&bookmark, &self.place())?);
        match self.store().transact(vec![Write::put(item, condition)]).await {
            Ok(()) => Ok(bookmark),
            Err(error) if error.kind() == ErrorKind::Conflict => {
                let now = self.bookmark(&bookmark.pipeline, &bookmark.source).await?;
                let reason = match now {
                    Some(now) => format!(
                        "the bookmark of source {} is at revision {} (moved by run {}), not at the one this run \
                         began from",
                        now.source, now.revision, now.run_id
                    ),
                    None => format!("the bookmark of source {} is gone", bookmark.source),
                };
                Err(StoreError::new(
                    ErrorKind::Conflict,
                    self.pipeline_place(&bookmark.pipeline),
                    reason,
                    "Let the other run finish, then run again from the new bookmark",
                )
                .with_failed(error.failed().to_vec()))
            }
            Err(error) => Err(error),
        }
    }

    /// How far `source` has been read; `None` if it never was.
    pub async fn bookmark(&self, pipeline: &str, source: &str) -> Result<Option<Bookmark>, StoreError> {
        let item = self.store().get(&keys::bookmark(pipeline, source)).await?;
        item.map(|item| parse(item, &self.place())).transpose()
    }
}
