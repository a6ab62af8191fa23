//! The catalog: a `SQLite` database that says for each table which metadata file is current.
//!
//! Its tables are those of Iceberg's JDBC catalog, which PyIceberg's `SqlCatalog`, Spark's `JdbcCatalog` and
//! iceberg-catalog-sql all read.

use std::{path::Path, time::Duration};

use sqlx::{
    Row, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use touchstone_spec::TableName;

use super::CATALOG_NAME;
use crate::{EngineError, ErrorKind};

/// The database's file in the warehouse.
const FILE: &str = "catalog.db";

const TABLES: &str = "CREATE TABLE IF NOT EXISTS iceberg_tables (
    catalog_name VARCHAR(255) NOT NULL,
    table_namespace VARCHAR(255) NOT NULL,
    table_name VARCHAR(255) NOT NULL,
    metadata_location VARCHAR(1000),
    previous_metadata_location VARCHAR(1000),
    iceberg_type VARCHAR(5),
    PRIMARY KEY (catalog_name, table_namespace, table_name))";

const NAMESPACES: &str = "CREATE TABLE IF NOT EXISTS iceberg_namespace_properties (
    catalog_name VARCHAR(255) NOT NULL,
    namespace VARCHAR(255) NOT NULL,
    property_key VARCHAR(255) NOT NULL,
    property_value VARCHAR(1000) NOT NULL,
    PRIMARY KEY (catalog_name, namespace, property_key))";

/// An open catalog.
#[derive(Debug, Clone)]
pub(super) struct Catalog {
    pool: SqlitePool,
    place: String,
}

/// A pointer that is to move.
#[derive(Debug, Clone)]
pub(super) struct Move {
    pub(super) table: TableName,
    /// Where it points now; none for a new table.
    pub(super) from: Option<String>,
    /// Where it is to point.
    pub(super) to: String,
}

impl Catalog {
    pub(super) async fn open(root: &Path) -> Result<Self, EngineError> {
        let file = root.join(FILE);
        let place = file.display().to_string();
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .busy_timeout(Duration::from_secs(10))
            // One file, so that readers which know nothing of write-ahead logs see what was committed.
            .journal_mode(SqliteJournalMode::Delete)
            .synchronous(SqliteSynchronous::Full);
        let pool = SqlitePoolOptions::new()
            .max_connections(2)
            .connect_with(options)
            .await
            .map_err(|error| EngineError::warehouse(&place, &error))?;
        let catalog = Self { pool, place };
        for statement in [TABLES, NAMESPACES] {
            sqlx::query(statement).execute(&catalog.pool).await.map_err(|error| catalog.error(&error))?;
        }
        Ok(catalog)
    }

    fn error(&self, error: &sqlx::Error) -> EngineError {
        EngineError::warehouse(&self.place, error)
    }

    /// Where a table's metadata stands.
    pub(super) async fn pointer(&self, table: &TableName) -> Result<Option<String>, EngineError> {
        let row = sqlx::query(
            "SELECT metadata_location FROM iceberg_tables
             WHERE catalog_name = ? AND table_namespace = ? AND table_name = ?",
        )
        .bind(CATALOG_NAME)
        .bind(namespace(table))
        .bind(&table.table)
        .fetch_optional(&self.pool)
        .await
        .map_err(|error| self.error(&error))?;
        row.map(|row| row.try_get(0)).transpose().map_err(|error| self.error(&error))
    }

    /// All tables, sorted.
    pub(super) async fn tables(&self) -> Result<Vec<TableName>, EngineError> {
        let rows =
            sqlx::query("SELECT table_namespace, table_name FROM iceberg_tables WHERE catalog_name = ?")
                .bind(CATALOG_NAME)
                .fetch_all(&self.pool)
                .await
                .map_err(|error| self.error(&error))?;
        let mut tables = Vec::with_capacity(rows.len());
        for row in rows {
            let namespace: String = row.try_get(0).map_err(|error| self.error(&error))?;
            let table: String = row.try_get(1).map_err(|error| self.error(&error))?;
            // Somebody else's tables may have other names; they aren't ours to show.
            tables.extend(format!("{namespace}.{table}").parse::<TableName>().ok());
        }
        tables.sort();
        Ok(tables)
    }

    /// Moves pointers, all or none. Fails when one of them isn't where it was expected.
    pub(super) async fn commit(&self, moves: &[Move]) -> Result<(), EngineError> {
        let mut transaction = self.pool.begin().await.map_err(|error| self.error(&error))?;
        for Move { table, from, to } in moves {
            for namespace in [table.pipeline.clone(), namespace(table)] {
                sqlx::query(
                    "INSERT OR IGNORE INTO iceberg_namespace_properties
                     (catalog_name, namespace, property_key, property_value) VALUES (?, ?, 'exists', 'true')",
                )
                .bind(CATALOG_NAME)
                .bind(namespace)
                .execute(&mut *transaction)
                .await
                .map_err(|error| self.error(&error))?;
            }
            let result = match from {
                Some(from) => {
                    sqlx::query(
                        "UPDATE iceberg_tables SET metadata_location = ?, previous_metadata_location = ?
                         WHERE catalog_name = ? AND table_namespace = ? AND table_name = ? AND metadata_location = ?",
                    )
                    .bind(to)
                    .bind(from)
                    .bind(CATALOG_NAME)
                    .bind(namespace(table))
                    .bind(&table.table)
                    .bind(from)
                    .execute(&mut *transaction)
                    .await
                }
                None => {
                    sqlx::query(
                        "INSERT OR IGNORE INTO iceberg_tables
                         (catalog_name, table_namespace, table_name, metadata_location, previous_metadata_location,
                          iceberg_type) VALUES (?, ?, ?, ?, NULL, 'TABLE')",
                    )
                    .bind(CATALOG_NAME)
                    .bind(namespace(table))
                    .bind(&table.table)
                    .bind(to)
                    .execute(&mut *transaction)
                    .await
                }
            }
            .map_err(|error| self.error(&error))?;
            if result.rows_affected() != 1 {
                return Err(EngineError::new(
                    ErrorKind::Warehouse,
                    table.to_string(),
                    "another program changed this table meanwhile",
                    "run the simulation again; what the other program wrote is kept",
                ));
            }
        }
        transaction.commit().await.map_err(|error| self.error(&error))
    }
}

fn namespace(table: &TableName) -> String {
    format!("{}.{}", table.pipeline, table.layer)
}
