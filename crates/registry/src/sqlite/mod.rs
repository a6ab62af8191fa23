//! The embedded store: one `SQLite` file, safe for several processes at once.
//!
//! The file is in write-ahead mode with full synchronisation: readers never wait, a finished publish survives
//! a power cut, and a publish that was cut off is undone by whoever opens the file next. Writers queue, first
//! within the process, then between processes for up to [`SqliteOptions::busy_timeout`].

mod line;
mod open;
mod problem;
#[cfg(test)]
mod tests;

use crate::canonical;
use crate::error::{FailedWrite, StoreError};
use crate::limits;
use crate::store::{Condition, Item, Key, Order, Page, Query, Store, Write};
use async_trait::async_trait;
use line::Line;
use problem::Place;
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection as _, Row as _, Sqlite, Transaction};
use std::path::Path;
use std::time::Duration;
use tokio::sync::Mutex;

/// A page ends after so many bytes, as DynamoDB's do.
const PAGE_BYTES: usize = 1_000_000;
/// Rows fetched at once: few at first, then as many as the bytes seen so far suggest.
const FIRST_ROWS: usize = 16;
const MOST_ROWS: usize = 512;

/// How a registry file is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteOptions {
    /// How long a writer waits for another process before the error is `Busy`.
    pub busy_timeout: Duration,
    /// Only look: the file must be there, and every write is refused.
    pub read_only: bool,
    /// The file may not grow beyond so many pages of 4096 bytes; writes are refused as if the disk were full.
    pub max_pages: Option<u32>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { busy_timeout: Duration::from_secs(10), read_only: false, max_pages: None }
    }
}

/// A registry's items in a `SQLite` file.
#[derive(Debug)]
pub struct SqliteStore {
    place: Place,
    /// Reading has a connection of its own, so that it goes on while a writer waits for another process.
    reader: Mutex<Line>,
    /// Tasks of one process queue here, in order, instead of polling the file's lock.
    writer: Mutex<Line>,
}

impl SqliteStore {
    /// Opens the registry file at `path`; makes it, and the folders above it, on first use.
    ///
    /// Errors: `Corrupt` when the file is no database or damaged, `WrongShape` when it is another program's or
    /// a newer Touchstone's, `ReadOnly`, `DiskFull`, `Busy`, or `Other` when it can't be opened at all.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, SqliteOptions::default()).await
    }

    /// [`SqliteStore::open`] with other options.
    pub async fn open_with(path: &Path, options: SqliteOptions) -> Result<Self, StoreError> {
        let place = Place::new(path);
        let (reader, writer) = open::open(path, &options, &place).await?;
        Ok(Self { reader: Mutex::new(reader), writer: Mutex::new(writer), place })
    }

    /// What is wrong with the file itself. None: it is whole.
    ///
    /// Errors: as reading does, when it can't be looked at.
    pub async fn damage(&self) -> Result<Option<String>, StoreError> {
        let mut reader = self.reader.lock().await;
        let connection = reader.ready().await.map_err(|error| self.place.problem(&error))?;
        let row = sqlx::query("PRAGMA quick_check(1)")
            .fetch_one(connection)
            .await
            .map_err(|error| self.place.problem(&error))?;
        let found = self.text(&row, 0)?;
        Ok((found != "ok").then(|| found.to_owned()))
    }

    /// Finishes what is under way and closes the file, leaving no side files behind.
    pub async fn close(&self) -> Result<(), StoreError> {
        let mut reader = self.reader.lock().await;
        let mut writer = self.writer.lock().await;
        reader.close().await.map_err(|error| self.place.problem(&error))?;
        writer.close().await.map_err(|error| self.place.problem(&error))
    }

    async fn apply(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        writes: &[Write],
    ) -> Result<Vec<FailedWrite>, StoreError> {
        let mut failed = Vec::new();
        for (index, write) in writes.iter().enumerate() {
            if *write.condition() == Condition::None {
                continue;
            }
            let key = write.key();
            let row = sqlx::query("SELECT body FROM items WHERE pk = ?1 AND sk = ?2")
                .bind(&key.partition)
                .bind(&key.sort)
                .fetch_optional(&mut **transaction)
                .await
                .map_err(|error| self.place.problem(&error))?;
            let body = row.map(|row| self.body(key, self.text(&row, 0)?)).transpose()?;
            if !holds(write.condition(), body.as_ref()) {
                failed.push(FailedWrite { index, key: key.clone() });
            }
        }
        if !failed.is_empty() {
            return Ok(failed);
        }
        for write in writes {
            let statement = match write {
                Write::Put { item, .. } => sqlx::query(
                    "INSERT INTO items (pk, sk, body) VALUES (?1, ?2, ?3)
                     ON CONFLICT (pk, sk) DO UPDATE SET body = excluded.body",
                )
                .bind(&item.key.partition)
                .bind(&item.key.sort)
                .bind(canonical::text(&item.body)),
                Write::Delete { key, .. } => sqlx::query("DELETE FROM items WHERE pk = ?1 AND sk = ?2")
                    .bind(&key.partition)
                    .bind(&key.sort),
            };
            statement.execute(&mut **transaction).await.map_err(|error| self.place.problem(&error))?;
        }
        Ok(failed)
    }

    /// A text of a row; bytes that are no text any more are damage.
    fn text<'row>(&self, row: &'row SqliteRow, column: usize) -> Result<&'row str, StoreError> {
        row.try_get(column)
            .map_err(|error| self.place.corrupt(format!("an item can't be read any more: {error}")))
    }

    fn body(&self, key: &Key, text: &str) -> Result<Value, StoreError> {
        serde_json::from_str(text)
            .map_err(|error| self.place.corrupt(format!("the item {key} is not JSON any more: {error}")))
    }
}

/// Whether `condition` holds for an item with this body.
fn holds(condition: &Condition, body: Option<&Value>) -> bool {
    match condition {
        Condition::None => true,
        Condition::NotExists => body.is_none(),
        Condition::Exists => body.is_some(),
        Condition::AttributeEquals { attribute, value } => body
            .and_then(|body| body.get(attribute))
            .is_some_and(|found| canonical::normalise(found) == canonical::normalise(value)),
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn place(&self) -> String {
        self.place.to_string()
    }

    async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let row = sqlx::query("SELECT body FROM items WHERE pk = ?1 AND sk = ?2")
            .bind(&key.partition)
            .bind(&key.sort)
            .fetch_optional(
                self.reader.lock().await.ready().await.map_err(|error| self.place.problem(&error))?,
            )
            .await
            .map_err(|error| self.place.problem(&error))?;
        row.map(|row| Ok(Item::new(key.clone(), self.body(key, self.text(&row, 0)?)?))).transpose()
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        // Sort keys are compared by their bytes; U+10FFFF has the largest there are.
        let end = format!("{}\u{10FFFF}", query.prefix);
        let (statement, mut after) = match query.order {
            Order::Ascending => (
                "SELECT sk, body FROM items WHERE pk = ?1 AND sk >= ?2 AND sk <= ?3 AND sk > ?4
                 ORDER BY sk LIMIT ?5",
                query.after.clone().unwrap_or_default(),
            ),
            Order::Descending => (
                "SELECT sk, body FROM items WHERE pk = ?1 AND sk >= ?2 AND sk <= ?3 AND sk < ?4
                 ORDER BY sk DESC LIMIT ?5",
                query.after.clone().unwrap_or_else(|| format!("{end}\u{10FFFF}")),
            ),
        };
        let limit = query.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let mut page = Page::default();
        let mut bytes = 0;
        let mut batch = FIRST_ROWS;
        while page.items.len() < limit {
            let wanted = batch.min(limit - page.items.len());
            let rows = sqlx::query(statement)
                .bind(&query.partition)
                .bind(&query.prefix)
                .bind(&end)
                .bind(&after)
                .bind(i64::try_from(wanted).unwrap_or(i64::MAX))
                .fetch_all(
                    self.reader.lock().await.ready().await.map_err(|error| self.place.problem(&error))?,
                )
                .await
                .map_err(|error| self.place.problem(&error))?;
            let found = rows.len();
            for row in rows {
                let (sort, text) = (self.text(&row, 0)?.to_owned(), self.text(&row, 1)?);
                if bytes > 0 && bytes + text.len() > PAGE_BYTES {
                    page.next = Some(after);
                    return Ok(page);
                }
                bytes += text.len() + sort.len();
                let key = Key::new(query.partition.clone(), sort);
                let body = self.body(&key, text)?;
                after.clone_from(&key.sort);
                page.items.push(Item::new(key, body));
            }
            if found < wanted {
                return Ok(page);
            }
            let average = (bytes / page.items.len().max(1)).max(1);
            batch = (PAGE_BYTES.saturating_sub(bytes) / average).clamp(1, MOST_ROWS);
        }
        page.next = Some(after);
        Ok(page)
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        limits::check(&writes, &self.place.to_string())?;
        if writes.is_empty() {
            return Ok(());
        }
        let mut line = self.writer.lock().await;
        let connection = line.ready().await.map_err(|error| self.place.problem(&error))?;
        // Immediate: what the conditions saw stays true until the commit. Dropping the transaction, here or
        // because the caller went away, rolls it back.
        let mut transaction =
            connection.begin_with("BEGIN IMMEDIATE").await.map_err(|error| self.place.problem(&error))?;
        let failed = self.apply(&mut transaction, &writes).await?;
        if failed.is_empty() {
            transaction.commit().await.map_err(|error| self.place.problem(&error))?;
            // The file alone is whole from here on, for those who copy it. A reader that is at work now puts this
            // off until the next write; what was committed is safe either way.
            drop(sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *connection).await);
            Ok(())
        } else {
            transaction.rollback().await.map_err(|error| self.place.problem(&error))?;
            Err(StoreError::conflict(self.place.to_string(), failed))
        }
    }
}
