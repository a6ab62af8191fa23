//! One connection to the file, made anew when the one before can't be trusted.
//!
//! Not a pool: sqlx's may leave a connection open behind `close`, and then side files stay beside the registry.

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

#[derive(Debug)]
pub(super) struct Line {
    options: SqliteConnectOptions,
    connection: Option<SqliteConnection>,
}

impl Line {
    pub(super) fn new(options: SqliteConnectOptions) -> Self {
        Self { options, connection: None }
    }

    pub(super) fn reconnect_with(&mut self, options: SqliteConnectOptions) {
        self.options = options;
    }

    /// The connection, with no transaction open.
    pub(super) async fn ready(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        // The rollback of a transaction that was dropped may still be queued; the ping waits for it. When the
        // disk is full, SQLite ends a transaction by itself, which sqlx can't know: its own rollback then
        // fails, and the connection would refuse to begin another.
        let trusted = match &mut self.connection {
            Some(connection) => connection.ping().await.is_ok() && !connection.is_in_transaction(),
            None => false,
        };
        if !trusted {
            self.connection = None;
        }
        match &mut self.connection {
            Some(connection) => Ok(connection),
            none => Ok(none.insert(self.options.connect().await?)),
        }
    }

    pub(super) async fn close(&mut self) -> Result<(), sqlx::Error> {
        match self.connection.take() {
            Some(connection) => connection.close().await,
            None => Ok(()),
        }
    }
}
