//! Who somebody is at AWS, and what they may do with a table, found out without changing anything.

use crate::connect::{AwsSettings, sdk_config};
use crate::store::DynamoStore;
use aws_credential_types::Credentials;
use touchstone_registry::{Condition, ErrorKind, Item, Key, Store, StoreError, Write};
use uuid::Uuid;

/// Who the credentials belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The ARN.
    pub arn: String,
    /// The AWS account.
    pub account: Option<String>,
}

/// Asks AWS who the credentials of these settings belong to. None: the settings name an endpoint of their own, which
/// knows nobody.
///
/// Errors: `Credentials`, `Unreachable`, or `Invalid` when the settings can't be right.
pub async fn identity(
    settings: &AwsSettings,
    credentials: Option<Credentials>,
) -> Result<Option<Identity>, StoreError> {
    if settings.endpoint_url.is_some() {
        return Ok(None);
    }
    let (config, place) = sdk_config(settings, credentials).await?;
    let answer = aws_sdk_sts::Client::new(&config)
        .get_caller_identity()
        .send()
        .await
        .map_err(|error| place.problem(&error))?;
    Ok(answer.arn.map(|arn| Identity { arn, account: answer.account }))
}

impl DynamoStore {
    /// Whether items of the table may be read.
    pub async fn may_read(&self) -> Result<(), StoreError> {
        self.get(&probe_key()).await.map(drop)
    }

    /// Whether items of the table may be written: asks for a write whose condition never holds, so that nothing is
    /// written either way.
    pub async fn may_write(&self) -> Result<(), StoreError> {
        let item = Item::new(probe_key(), serde_json::json!({ "probe": true }));
        match self.transact(vec![Write::put(item, Condition::Exists)]).await {
            // Refused for its condition, and so not for a lack of permission.
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(()),
            other => other,
        }
    }
}

/// A key that no registry has.
fn probe_key() -> Key {
    Key::new("probe", Uuid::new_v4().to_string())
}
