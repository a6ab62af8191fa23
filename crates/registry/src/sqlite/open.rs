//! Opening a registry file: looks at what is there before anything in it is changed.

use super::SqliteOptions;
use super::line::Line;
use super::problem::Place;
use crate::error::{ErrorKind, StoreError};
use crate::retry::pause;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use std::fs;
use std::io::{ErrorKind as Io, Read as _};
use std::path::Path;
use std::time::Instant;

/// Marks the file as a Touchstone registry: "TSRG".
const APPLICATION_ID: i64 = 0x5453_5247;
/// The shape of the tables. A file with a larger number was made by a newer Touchstone.
const SCHEMA_VERSION: i64 = 1;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

const SCHEMA: &str = "CREATE TABLE items (
    pk   TEXT NOT NULL,
    sk   TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (pk, sk)
) STRICT, WITHOUT ROWID";

/// What lies at the path.
enum Found {
    Nothing,
    Registry,
}

/// The connections for reading and writing, in this order.
pub(super) async fn open(
    path: &Path,
    options: &SqliteOptions,
    place: &Place,
) -> Result<(Line, Line), StoreError> {
    let began = Instant::now();
    let mut attempt = 0;
    loop {
        attempt += 1;
        // When several processes switch a new file to write-ahead mode, SQLite turns all but one of them away
        // at once, without the waiting that its busy time-out is for.
        match try_open(path, options, place).await {
            Err(error) if error.kind() == ErrorKind::Busy && began.elapsed() < options.busy_timeout => {
                pause(attempt).await;
            }
            outcome => return outcome,
        }
    }
}

async fn try_open(path: &Path, options: &SqliteOptions, place: &Place) -> Result<(Line, Line), StoreError> {
    let file_found = look_at_file(path, options, place)?;
    let connect = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(options.busy_timeout)
        .read_only(options.read_only)
        .create_if_missing(!options.read_only);
    if file_found {
        // Without the settings of a registry: what turns out to be another program's file stays untouched.
        let mut connection = connect.connect().await.map_err(|error| place.problem(&error))?;
        let inspected = inspect(&mut connection, place).await;
        connection.close().await.map_err(|error| place.problem(&error))?;
        if matches!(inspected?, Found::Nothing) && options.read_only {
            return Err(nothing_there(place));
        }
    }
    let mut connect = connect.synchronous(SqliteSynchronous::Full);
    if !options.read_only {
        connect = connect.journal_mode(SqliteJournalMode::Wal);
    }
    if let Some(pages) = options.max_pages {
        connect = connect.pragma("max_page_count", pages.to_string());
    }
    let mut writer = Line::new(connect.clone());
    let opened = writer.ready().await.map_err(|error| place.problem(&error))?;
    if !options.read_only {
        set_up(opened, place).await?;
    }
    // Whoever connects from now on expects the file to be there.
    let connect = connect.create_if_missing(false);
    writer.reconnect_with(connect.clone());
    Ok((Line::new(connect), writer))
}

/// Whether there is a file that could be a database.
fn look_at_file(path: &Path, options: &SqliteOptions, place: &Place) -> Result<bool, StoreError> {
    let mut file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == Io::NotFound => {
            if options.read_only {
                return Err(nothing_there(place));
            }
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                fs::create_dir_all(folder).map_err(|error| place.io(&error))?;
            }
            return Ok(false);
        }
        Err(error) => return Err(place.io(&error)),
    };
    let metadata = file.metadata().map_err(|error| place.io(&error))?;
    if metadata.is_dir() {
        return Err(place.error(
            ErrorKind::WrongShape,
            "it is a folder, not a file",
            "Move the folder away, or use another workspace folder",
        ));
    }
    if metadata.permissions().readonly() && !options.read_only {
        return Err(place.read_only());
    }
    let mut start = [0; 16];
    match file.read_exact(&mut start) {
        Ok(()) if start == *MAGIC => Ok(true),
        // An empty file is an empty database: left behind when the first use was cut off.
        Err(error) if error.kind() == Io::UnexpectedEof && metadata.len() == 0 => Ok(false),
        Ok(()) => Err(place.not_a_database()),
        Err(error) if error.kind() == Io::UnexpectedEof => Err(place.not_a_database()),
        Err(error) => Err(place.io(&error)),
    }
}

fn nothing_there(place: &Place) -> StoreError {
    place.error(ErrorKind::NotFound, "nothing was published here yet", "Publish a pipeline first")
}

async fn inspect(connection: &mut SqliteConnection, place: &Place) -> Result<Found, StoreError> {
    let row = sqlx::query(
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
         FROM pragma_application_id, pragma_user_version",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(|error| place.problem(&error))?;
    let (application, version, objects): (i64, i64, i64) = (row.get(0), row.get(1), row.get(2));
    match (application, version, objects) {
        (0, 0, 0) => Ok(Found::Nothing),
        (APPLICATION_ID, SCHEMA_VERSION, _) => Ok(Found::Registry),
        (APPLICATION_ID, version, _) if version > SCHEMA_VERSION => Err(place.error(
            ErrorKind::WrongShape,
            format!(
                "a newer Touchstone made it (shape {version}; this one knows up to {SCHEMA_VERSION}); it was left as \
                 it is"
            ),
            "Update Touchstone",
        )),
        (APPLICATION_ID, version, _) => {
            Err(place.corrupt(format!("it claims the shape {version}, which never was")))
        }
        _ => Err(place.error(
            ErrorKind::WrongShape,
            "it is a SQLite database of another program; it was left as it is",
            "Move it away, or use another workspace folder",
        )),
    }
}

/// Makes the table if it isn't there; two processes may do so at the same time.
async fn set_up(connection: &mut SqliteConnection, place: &Place) -> Result<(), StoreError> {
    let problem = |error: sqlx::Error| place.problem(&error);
    if matches!(inspect(connection, place).await?, Found::Registry) {
        return Ok(());
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(problem)?;
    if matches!(inspect(&mut transaction, place).await?, Found::Nothing) {
        for statement in [
            SCHEMA.to_owned(),
            format!("PRAGMA application_id = {APPLICATION_ID}"),
            format!("PRAGMA user_version = {SCHEMA_VERSION}"),
        ] {
            sqlx::query(&statement).execute(&mut *transaction).await.map_err(problem)?;
        }
    }
    transaction.commit().await.map_err(problem)
}
