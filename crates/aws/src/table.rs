//! The table itself: made once per environment, and looked at before it is trusted.

use crate::problem::Place;
use crate::store::{DynamoStore, PARTITION, SORT};
use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata as _};
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, PointInTimeRecoverySpecification,
    PointInTimeRecoveryStatus, ScalarAttributeType, SseSpecification, SseStatus, TableDescription,
    TableStatus,
};
use std::time::{Duration, Instant};
use tokio::time::sleep;
use touchstone_registry::{ErrorKind, StoreError};

const FIRST_LOOK: Duration = Duration::from_millis(200);
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// AWS makes a table in some ten seconds, and its backups a little later.
const LONGEST_WAIT: Duration = Duration::from_mins(3);

/// What [`DynamoStore::init_table`] did and found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableSetup {
    /// Whether the table was made; otherwise it was there already.
    pub created: bool,
    /// What was switched on, in words; empty when all was as it should be.
    pub changes: Vec<String>,
    /// What the endpoint can't do, in words. Empty on AWS.
    pub warnings: Vec<String>,
}

/// What [`DynamoStore::check`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableState {
    /// How many items DynamoDB counted, up to six hours ago.
    pub items: i64,
    /// How many bytes they had.
    pub bytes: i64,
    /// Whether the table can't be deleted by mistake.
    pub deletion_protection: bool,
    /// Whether it is encrypted with a KMS key; otherwise with one of DynamoDB's own.
    pub encrypted_with_kms: bool,
}

impl DynamoStore {
    /// Looks whether the table is there, ready, and has a registry's keys; so it tests the connection, the
    /// credentials and the settings too.
    ///
    /// Errors: `WrongShape` when there is no table or its keys are others, `Busy` while it is being made.
    pub async fn check(&self) -> Result<TableState, StoreError> {
        let Some(table) = self.describe().await? else { return Err(self.place.no_table()) };
        check_keys(&table, &self.place)?;
        match table.table_status() {
            Some(TableStatus::Active | TableStatus::Updating) => Ok(TableState {
                items: table.item_count().unwrap_or(0),
                bytes: table.table_size_bytes().unwrap_or(0),
                deletion_protection: table.deletion_protection_enabled().unwrap_or(false),
                encrypted_with_kms: is_encrypted(&table),
            }),
            status => Err(self.place.busy(format!(
                "the table is not ready: {}",
                status.map_or("unknown", TableStatus::as_str).to_lowercase()
            ))),
        }
    }

    /// Makes the table if it isn't there, with on-demand capacity, encryption, deletion protection and
    /// point-in-time recovery, and waits until it is ready. A table that is there already is checked and
    /// brought to the same state. Doing it twice is no error.
    ///
    /// Errors: `WrongShape` when a table with other keys has the name; nothing is changed then.
    pub async fn init_table(&self) -> Result<TableSetup, StoreError> {
        let mut setup = TableSetup::default();
        match self.describe().await? {
            Some(table) => check_keys(&table, &self.place)?,
            None => setup.created = self.create().await?,
        }
        let table = self.ready().await?;
        check_keys(&table, &self.place)?;
        if !table.deletion_protection_enabled().unwrap_or(false) {
            self.protect(&mut setup).await?;
        }
        if !is_encrypted(&table) {
            self.encrypt(&mut setup).await?;
        }
        self.recoverable(&mut setup).await?;
        Ok(setup)
    }

    /// Whether there is no table of this name.
    ///
    /// # Errors
    /// When AWS can't be reached or refuses.
    pub async fn is_missing(&self) -> Result<bool, StoreError> {
        Ok(self.describe().await?.is_none())
    }

    async fn describe(&self) -> Result<Option<TableDescription>, StoreError> {
        match self.client.describe_table().table_name(self.place.table()).send().await {
            Ok(answer) => Ok(answer.table),
            Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(None),
            Err(error) => Err(self.place.problem(&error)),
        }
    }

    /// Whether this call made the table; another one may have been faster.
    async fn create(&self) -> Result<bool, StoreError> {
        let request = table_request(self.client.create_table().table_name(self.place.table()))
            .map_err(|error| incomplete(&self.place, &error))?;
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("ResourceInUseException") => Ok(false),
            Err(error) => Err(self.place.problem(&error)),
        }
    }

    /// The table, once it is ready.
    async fn ready(&self) -> Result<TableDescription, StoreError> {
        let began = Instant::now();
        let mut wait = FIRST_LOOK;
        loop {
            // A table that was just asked for may not be known everywhere yet.
            if let Some(table) = self.describe().await?
                && table.table_status() == Some(&TableStatus::Active)
            {
                return Ok(table);
            }
            if began.elapsed() > LONGEST_WAIT {
                return Err(self.place.busy("the table was not ready in time"));
            }
            sleep(wait).await;
            wait = (wait * 2).min(LOOK_AGAIN);
        }
    }

    async fn protect(&self, setup: &mut TableSetup) -> Result<(), StoreError> {
        let request =
            self.client.update_table().table_name(self.place.table()).deletion_protection_enabled(true);
        request.send().await.map_err(|error| self.place.problem(&error))?;
        if self.ready().await?.deletion_protection_enabled().unwrap_or(false) {
            setup.changes.push("deletion protection switched on".to_owned());
        } else {
            setup
                .warnings
                .push("this endpoint has no deletion protection: the table can be deleted".to_owned());
        }
        Ok(())
    }

    async fn encrypt(&self, setup: &mut TableSetup) -> Result<(), StoreError> {
        let encryption = SseSpecification::builder().enabled(true).build();
        let request = self.client.update_table().table_name(self.place.table()).sse_specification(encryption);
        match request.send().await {
            Ok(_) if is_encrypted(&self.ready().await?) => {
                setup.changes.push("encryption with a KMS key switched on".to_owned());
                Ok(())
            }
            Ok(_) => {
                setup.warnings.push("this endpoint does not encrypt the table".to_owned());
                Ok(())
            }
            // DynamoDB Local doesn't see that something was asked for.
            Err(error)
                if is_unsupported(error.code())
                    || error.message().is_some_and(|message| message.contains("Nothing to update")) =>
            {
                setup.warnings.push("this endpoint does not encrypt the table".to_owned());
                Ok(())
            }
            Err(error) => Err(self.place.problem(&error)),
        }
    }

    /// Whether what was deleted or overwritten can be brought back from any second of the last weeks. None: the
    /// endpoint can't say.
    pub async fn is_recoverable(&self) -> Result<Option<bool>, StoreError> {
        match self.client.describe_continuous_backups().table_name(self.place.table()).send().await {
            Ok(found) => Ok(Some(
                found
                    .continuous_backups_description()
                    .and_then(|backups| backups.point_in_time_recovery_description())
                    .and_then(|recovery| recovery.point_in_time_recovery_status())
                    == Some(&PointInTimeRecoveryStatus::Enabled),
            )),
            Err(error) if is_unsupported(error.code()) => Ok(None),
            Err(error) => Err(self.place.problem(&error)),
        }
    }

    async fn recoverable(&self, setup: &mut TableSetup) -> Result<(), StoreError> {
        let without = "this endpoint has no point-in-time recovery: what is deleted here is gone";
        match self.is_recoverable().await? {
            Some(true) => return Ok(()),
            Some(false) => {}
            None => {
                setup.warnings.push(without.to_owned());
                return Ok(());
            }
        }
        let recovery = PointInTimeRecoverySpecification::builder()
            .point_in_time_recovery_enabled(true)
            .build()
            .map_err(|error| incomplete(&self.place, &error))?;
        let began = Instant::now();
        loop {
            let answer = self
                .client
                .update_continuous_backups()
                .table_name(self.place.table())
                .point_in_time_recovery_specification(recovery.clone())
                .send()
                .await;
            match answer {
                Ok(_) => {
                    setup.changes.push("point-in-time recovery switched on".to_owned());
                    return Ok(());
                }
                // A new table's backups are not ready when the table is.
                Err(error)
                    if error.code() == Some("ContinuousBackupsUnavailableException")
                        && began.elapsed() < LONGEST_WAIT =>
                {
                    sleep(LOOK_AGAIN).await;
                }
                Err(error) if is_unsupported(error.code()) => {
                    setup.warnings.push(without.to_owned());
                    return Ok(());
                }
                Err(error) => return Err(self.place.problem(&error)),
            }
        }
    }
}

/// How endpoints say that they are not the whole of DynamoDB.
fn is_unsupported(code: Option<&str>) -> bool {
    matches!(code, Some("UnknownOperationException" | "UnsupportedOperationException" | "NotImplemented"))
}

fn is_encrypted(table: &TableDescription) -> bool {
    let status = table.sse_description().and_then(|encryption| encryption.status());
    matches!(status, Some(SseStatus::Enabled | SseStatus::Enabling | SseStatus::Updating))
}

fn table_request(request: CreateTableFluentBuilder) -> Result<CreateTableFluentBuilder, BuildError> {
    let mut request = request
        .billing_mode(BillingMode::PayPerRequest)
        .deletion_protection_enabled(true)
        .sse_specification(SseSpecification::builder().enabled(true).build());
    for (name, kind) in [(PARTITION, KeyType::Hash), (SORT, KeyType::Range)] {
        request = request
            .key_schema(KeySchemaElement::builder().attribute_name(name).key_type(kind).build()?)
            .attribute_definitions(
                AttributeDefinition::builder()
                    .attribute_name(name)
                    .attribute_type(ScalarAttributeType::S)
                    .build()?,
            );
    }
    Ok(request)
}

fn incomplete(place: &Place, error: &BuildError) -> StoreError {
    place.error(ErrorKind::Other, format!("the request is not complete: {error}"), "Please report this")
}

/// The table's keys in words: "pk (partition key, string) and sk (sort key, string)".
fn keys_in_words(table: &TableDescription) -> String {
    let words: Vec<String> = table
        .key_schema()
        .iter()
        .map(|key| {
            let role = if *key.key_type() == KeyType::Hash { "partition" } else { "sort" };
            let definition = table
                .attribute_definitions()
                .iter()
                .find(|definition| definition.attribute_name() == key.attribute_name());
            let kind = match definition.map(AttributeDefinition::attribute_type) {
                Some(ScalarAttributeType::S) => "string",
                Some(ScalarAttributeType::N) => "number",
                Some(ScalarAttributeType::B) => "binary",
                _ => "unknown",
            };
            format!("{} ({role} key, {kind})", key.attribute_name())
        })
        .collect();
    words.join(" and ")
}

fn check_keys(table: &TableDescription, place: &Place) -> Result<(), StoreError> {
    let expected = format!("{PARTITION} (partition key, string) and {SORT} (sort key, string)");
    let found = keys_in_words(table);
    if found == expected {
        return Ok(());
    }
    Err(place.error(
        ErrorKind::WrongShape,
        format!("the table has the keys {found}, and a registry needs {expected}; it was left as it is"),
        "Name another table for this environment in touchstone.toml, and run `touchstone env init NAME`",
    ))
}
