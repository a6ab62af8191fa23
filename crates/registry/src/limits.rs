//! DynamoDB's limits, kept on every store: what can be published on the desk can be published to AWS.

use crate::canonical;
use crate::error::{ErrorKind, StoreError};
use crate::store::{Condition, Key, Write};
use serde_json::Value;
use std::collections::BTreeSet;

/// Writes in one transaction.
pub const TRANSACTION_WRITES: usize = 100;
/// Bytes of one item: DynamoDB's 400 KB, less a little for what the attribute map costs beyond our estimate.
pub const ITEM_BYTES: usize = 400_000;
/// Bytes of all items of one transaction: DynamoDB's 4 MB, likewise.
pub const TRANSACTION_BYTES: usize = 4_000_000;
/// Bytes of a partition key.
pub const PARTITION_KEY_BYTES: usize = 2048;
/// Bytes of a sort key.
pub const SORT_KEY_BYTES: usize = 1024;

/// Beyond the bytes of its JSON text, what a map, list or number may cost in DynamoDB.
const CONTAINER_OVERHEAD: usize = 9;
const NUMBER_OVERHEAD: usize = 2;

/// What a body weighs in DynamoDB, in bytes, never less than the truth.
pub fn weight(body: &Value) -> usize {
    canonical::text(body).len() + overhead(body)
}

fn overhead(value: &Value) -> usize {
    match value {
        Value::Array(items) => CONTAINER_OVERHEAD + items.iter().map(overhead).sum::<usize>(),
        Value::Object(map) => CONTAINER_OVERHEAD + map.values().map(overhead).sum::<usize>(),
        Value::Number(_) => NUMBER_OVERHEAD,
        Value::Null | Value::Bool(_) | Value::String(_) => 0,
    }
}

/// Refuses what one of the stores would refuse: for `transact` implementations, before anything is sent.
pub fn check(writes: &[Write], place: &str) -> Result<(), StoreError> {
    if writes.len() > TRANSACTION_WRITES {
        return Err(StoreError::new(
            ErrorKind::TooLarge,
            place,
            format!("{} writes are more than the {TRANSACTION_WRITES} of one transaction", writes.len()),
            "Write fewer items at once",
        ));
    }
    let mut keys = BTreeSet::new();
    let mut total = 0;
    for write in writes {
        let key = write.key();
        check_key(key, place)?;
        if !keys.insert(key) {
            return Err(invalid(place, format!("one transaction writes the item {key} twice")));
        }
        if let Condition::AttributeEquals { attribute, value } = write.condition()
            && (attribute.is_empty() || value.is_array() || value.is_object())
        {
            return Err(invalid(
                place,
                format!("the condition on {key} must compare a named attribute with a plain value"),
            ));
        }
        let Write::Put { item, .. } = write else { continue };
        if !item.body.is_object() {
            return Err(invalid(place, format!("the body of {key} is not a JSON object")));
        }
        let bytes = weight(&item.body) + key.partition.len() + key.sort.len() + CONTAINER_OVERHEAD;
        if bytes > ITEM_BYTES {
            return Err(StoreError::new(
                ErrorKind::TooLarge,
                place,
                format!("the item {key} has {bytes} bytes, and an item can have {ITEM_BYTES}"),
                "Shorten it, or split it into several",
            ));
        }
        total += bytes;
    }
    if total > TRANSACTION_BYTES {
        return Err(StoreError::new(
            ErrorKind::TooLarge,
            place,
            format!("the transaction has {total} bytes, and it can have {TRANSACTION_BYTES}"),
            "Write less at once",
        ));
    }
    Ok(())
}

fn check_key(key: &Key, place: &str) -> Result<(), StoreError> {
    for (name, text, limit) in
        [("partition", &key.partition, PARTITION_KEY_BYTES), ("sort", &key.sort, SORT_KEY_BYTES)]
    {
        if text.is_empty() || text.len() > limit {
            return Err(invalid(
                place,
                format!("the {name} key of {key} has {} bytes, not 1 to {limit}", text.len()),
            ));
        }
    }
    Ok(())
}

fn invalid(place: &str, reason: String) -> StoreError {
    StoreError::new(ErrorKind::Invalid, place, reason, "Correct the call and repeat it")
}
