//! The store a registry is kept in: items with a partition key and a sort key, and one conditional write.

use crate::error::StoreError;
use async_trait::async_trait;
use serde_json::Value;
use std::fmt;

/// Where an item lies.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The partition key: items that are read together share it.
    pub partition: String,
    /// The sort key: the item's place in its partition, in the order of its UTF-8 bytes.
    pub sort: String,
}

impl Key {
    /// The key of the item `sort` in `partition`.
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self { partition: partition.into(), sort: sort.into() }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.partition, self.sort)
    }
}

/// One item. Its body is a JSON object, kept in its canonical form (see [`crate::canonical`]): the order of
/// an object's keys does not last, and a number that is whole comes back as a whole number.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Where it lies.
    pub key: Key,
    /// What it says: always a JSON object.
    pub body: Value,
}

impl Item {
    /// An item with this key and body.
    pub fn new(key: Key, body: Value) -> Self {
        Self { key, body }
    }
}

/// In which order of their sort keys items are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Smallest sort key first.
    #[default]
    Ascending,
    /// Largest sort key first.
    Descending,
}

/// A question to one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The partition.
    pub partition: String,
    /// Only sort keys that begin so; empty for all.
    pub prefix: String,
    /// The order of the answer.
    pub order: Order,
    /// At most so many items in one page. A page may be shorter and still not the last.
    pub limit: Option<u32>,
    /// Go on behind this sort key: the `next` of the page before.
    pub after: Option<String>,
}

impl Query {
    /// All items of `partition` whose sort key begins with `prefix`, smallest first.
    pub fn new(partition: impl Into<String>, prefix: impl Into<String>) -> Self {
        Self {
            partition: partition.into(),
            prefix: prefix.into(),
            order: Order::Ascending,
            limit: None,
            after: None,
        }
    }

    /// The same question, answered largest sort key first.
    #[must_use]
    pub fn descending(mut self) -> Self {
        self.order = Order::Descending;
        self
    }

    /// The same question, with at most `limit` items in a page.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// The same question, going on behind `after`.
    #[must_use]
    pub fn after(mut self, after: Option<String>) -> Self {
        self.after = after;
        self
    }
}

/// A part of a query's answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// The items, in the order that was asked for.
    pub items: Vec<Item>,
    /// Where to go on; `None` when this was the last page.
    pub next: Option<String>,
}

/// What has to hold for a write to happen.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Condition {
    /// Nothing.
    #[default]
    None,
    /// There is no item with this key.
    NotExists,
    /// There is an item with this key.
    Exists,
    /// There is an item with this key, and this attribute of its body has this value.
    AttributeEquals {
        /// A key at the top of the body.
        attribute: String,
        /// The value it must have: a string, number or boolean.
        value: Value,
    },
}

/// One write of a transaction.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// Puts an item, replacing what was there.
    Put {
        /// The item.
        item: Item,
        /// What has to hold.
        condition: Condition,
    },
    /// Takes an item away; without a condition it is no error if there was none.
    Delete {
        /// Which item.
        key: Key,
        /// What has to hold.
        condition: Condition,
    },
}

impl Write {
    /// Puts `item` if `condition` holds.
    pub fn put(item: Item, condition: Condition) -> Self {
        Self::Put { item, condition }
    }

    /// Takes the item at `key` away if `condition` holds.
    pub fn delete(key: Key, condition: Condition) -> Self {
        Self::Delete { key, condition }
    }

    /// The key it is about.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put { item, .. } => &item.key,
            Self::Delete { key, .. } => key,
        }
    }

    /// What has to hold.
    pub fn condition(&self) -> &Condition {
        match self {
            Self::Put { condition, .. } | Self::Delete { condition, .. } => condition,
        }
    }
}

/// A place that keeps items. What every implementation promises is in `conformance`.
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync {
    /// The place as messages name it: a file, or a table with its region or endpoint.
    fn place(&self) -> String;

    /// The item at `key`, as of the last finished transaction.
    async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError>;

    /// One page of a partition. A page ends after about a megabyte, or at the query's limit.
    async fn query(&self, query: &Query) -> Result<Page, StoreError>;

    /// Makes all of the writes, or none. A conflict names each write whose condition did not hold.
    ///
    /// The limits are DynamoDB's, on every store (see [`crate::limits`]), so that what can be published on
    /// the desk can be published to AWS.
    async fn transact(&self, writes: Vec<Write>) -> Result<(), StoreError>;
}
