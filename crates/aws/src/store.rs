//! The DynamoDB store: items as attributes, transactions with conditions, consistent reads.

use crate::attributes::{attribute_name, from_attribute, to_attribute};
use crate::problem::Place;
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, Delete, Put, TransactWriteItem};
use std::collections::HashMap;
use touchstone_registry::retry::pause;
use touchstone_registry::{
    Condition, ErrorKind, FailedWrite, Item, Key, Order, Page, Query, Store, StoreError, Write, limits,
};
use uuid::Uuid;

/// The partition key's attribute.
pub(crate) const PARTITION: &str = "pk";
/// The sort key's attribute.
pub(crate) const SORT: &str = "sk";
const BODY: &str = "body";

/// How often a transaction that met another one in mid-air is sent again.
const MOST_TRIES: u32 = 15;

/// A registry's items in one DynamoDB table.
#[derive(Debug, Clone)]
pub struct DynamoStore {
    pub(crate) client: Client,
    pub(crate) place: Place,
}

type Attributes = HashMap<String, AttributeValue>;

impl DynamoStore {
    pub(crate) fn over(client: Client, place: Place) -> Self {
        Self { client, place }
    }

    /// An error of an operation on items; when the keys don't fit, the table is asked what keys it has.
    async fn explained(&self, error: StoreError) -> StoreError {
        if error.kind() != ErrorKind::WrongShape {
            return error;
        }
        match self.check().await {
            Err(explained) if explained.kind() == ErrorKind::WrongShape => explained,
            Err(_) => error,
            Ok(_) => self.place.error(
                ErrorKind::Other,
                format!("DynamoDB refused the request, though the table is right: {}", error.reason()),
                "Please report this; nothing was written",
            ),
        }
    }

    fn item(&self, mut attributes: Attributes) -> Result<Item, StoreError> {
        let key = match (attributes.remove(PARTITION), attributes.remove(SORT)) {
            (Some(AttributeValue::S(partition)), Some(AttributeValue::S(sort))) => Key::new(partition, sort),
            _ => return Err(self.place.corrupt("an item has no keys".to_owned())),
        };
        let body =
            attributes.remove(BODY).ok_or_else(|| "it has no body".to_owned()).and_then(from_attribute);
        match body {
            Ok(body) => Ok(Item::new(key, body)),
            Err(reason) => Err(self.place.corrupt(format!("the item {key} can't be read: {reason}"))),
        }
    }

    fn transact_item(&self, write: &Write) -> Result<TransactWriteItem, BuildError> {
        let Expression { text, names, values } = expression(write.condition());
        Ok(match write {
            Write::Put { item, .. } => TransactWriteItem::builder()
                .put(
                    Put::builder()
                        .table_name(self.place.table())
                        .set_item(Some(with_body(item)))
                        .set_condition_expression(text)
                        .set_expression_attribute_names(names)
                        .set_expression_attribute_values(values)
                        .build()?,
                )
                .build(),
            Write::Delete { key, .. } => TransactWriteItem::builder()
                .delete(
                    Delete::builder()
                        .table_name(self.place.table())
                        .set_key(Some(key_attributes(key)))
                        .set_condition_expression(text)
                        .set_expression_attribute_names(names)
                        .set_expression_attribute_values(values)
                        .build()?,
                )
                .build(),
        })
    }

    /// What became of a transaction that was cancelled.
    fn cancelled(&self, reasons: &[CancellationReason], writes: &[Write]) -> Cancelled {
        let mut failed = Vec::new();
        let mut other = None;
        for (index, (reason, write)) in reasons.iter().zip(writes).enumerate() {
            match reason.code() {
                None
                | Some(
                    "None" | "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded",
                ) => {}
                Some("ConditionalCheckFailed") => {
                    failed.push(FailedWrite { index, key: write.key().clone() });
                }
                Some(code) => other = Some(self.place.service(Some(code), reason.message())),
            }
        }
        if let Some(error) = other {
            Cancelled::For(error)
        } else if failed.is_empty() {
            Cancelled::Collided
        } else {
            Cancelled::For(StoreError::conflict(self.place.to_string(), failed))
        }
    }
}

enum Cancelled {
    /// Another transaction on one of the items was under way, or the table was out of breath.
    Collided,
    /// For a reason that another try wouldn't change.
    For(StoreError),
}

#[async_trait]
impl Store for DynamoStore {
    fn place(&self) -> String {
        self.place.to_string()
    }

    async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(self.place.table())
            .set_key(Some(key_attributes(key)))
            .consistent_read(true)
            .send()
            .await;
        match answer {
            Ok(answer) => answer.item.map(|attributes| self.item(attributes)).transpose(),
            Err(error) => Err(self.explained(self.place.problem(&error)).await),
        }
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        let mut request = self
            .client
            .query()
            .table_name(self.place.table())
            .consistent_read(true)
            .scan_index_forward(query.order == Order::Ascending)
            .set_limit(query.limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX)))
            .expression_attribute_names("#pk", PARTITION)
            .expression_attribute_values(":pk", AttributeValue::S(query.partition.clone()));
        request = if query.prefix.is_empty() {
            request.key_condition_expression("#pk = :pk")
        } else {
            request
                .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
                .expression_attribute_names("#sk", SORT)
                .expression_attribute_values(":prefix", AttributeValue::S(query.prefix.clone()))
        };
        if let Some(after) = &query.after {
            let after = Key::new(query.partition.clone(), after.clone());
            request = request.set_exclusive_start_key(Some(key_attributes(&after)));
        }
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => return Err(self.explained(self.place.problem(&error)).await),
        };
        let next = match answer.last_evaluated_key.and_then(|mut key| key.remove(SORT)) {
            Some(AttributeValue::S(sort)) => Some(sort),
            _ => None,
        };
        let items = answer.items.unwrap_or_default();
        let items = items.into_iter().map(|attributes| self.item(attributes)).collect::<Result<_, _>>()?;
        Ok(Page { items, next })
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        limits::check(&writes, &self.place.to_string())?;
        if writes.is_empty() {
            return Ok(());
        }
        let items =
            writes.iter().map(|write| self.transact_item(write)).collect::<Result<Vec<_>, _>>().map_err(
                |error| {
                    self.place.error(
                        ErrorKind::Invalid,
                        format!("a write is not complete: {error}"),
                        "Correct the call and repeat it",
                    )
                },
            )?;
        for attempt in 1..=MOST_TRIES {
            // The token makes the SDK's own tries one and the same transaction: when an answer got lost, the
            // next try learns that it was done already.
            let answer = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .client_request_token(Uuid::new_v4().to_string())
                .send()
                .await;
            let Err(error) = answer else { return Ok(()) };
            let SdkError::ServiceError(service) = &error else { return Err(self.place.problem(&error)) };
            let TransactWriteItemsError::TransactionCanceledException(cancelled) = service.err() else {
                return Err(self.explained(self.place.problem(&error)).await);
            };
            match self.cancelled(cancelled.cancellation_reasons(), &writes) {
                Cancelled::For(error) => return Err(self.explained(error).await),
                Cancelled::Collided => pause(attempt).await,
            }
        }
        Err(self.place.busy(format!(
            "{MOST_TRIES} tries met other transactions on the same items each time; nothing was written"
        )))
    }
}

fn key_attributes(key: &Key) -> Attributes {
    HashMap::from([
        (PARTITION.to_owned(), AttributeValue::S(key.partition.clone())),
        (SORT.to_owned(), AttributeValue::S(key.sort.clone())),
    ])
}

fn with_body(item: &Item) -> Attributes {
    let mut attributes = key_attributes(&item.key);
    attributes.insert(BODY.to_owned(), to_attribute(&item.body));
    attributes
}

struct Expression {
    text: Option<String>,
    names: Option<HashMap<String, String>>,
    values: Option<HashMap<String, AttributeValue>>,
}

fn expression(condition: &Condition) -> Expression {
    let name = |placeholder: &str, name: &str| (placeholder.to_owned(), name.to_owned());
    match condition {
        Condition::None => Expression { text: None, names: None, values: None },
        Condition::NotExists | Condition::Exists => {
            let function =
                if *condition == Condition::Exists { "attribute_exists" } else { "attribute_not_exists" };
            Expression {
                text: Some(format!("{function}(#pk)")),
                names: Some(HashMap::from([name("#pk", PARTITION)])),
                values: None,
            }
        }
        Condition::AttributeEquals { attribute, value } => Expression {
            text: Some("#body.#attribute = :value".to_owned()),
            names: Some(HashMap::from([name("#body", BODY), name("#attribute", &attribute_name(attribute))])),
            values: Some(HashMap::from([(":value".to_owned(), to_attribute(value))])),
        },
    }
}
