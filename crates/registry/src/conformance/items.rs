//! What a store promises about items.

use super::{Outcome, refused};
use crate::canonical::normalise;
use crate::error::{ErrorKind, StoreError};
use crate::retry::pause;
use crate::store::{Condition, Item, Key, Query, Store, Write};
use serde_json::{Value, json};
use std::sync::Arc;

fn item(partition: &str, sort: &str, body: Value) -> Item {
    Item::new(Key::new(partition, sort), body)
}

fn put(partition: &str, sort: &str, body: Value) -> Write {
    Write::put(item(partition, sort, body), Condition::None)
}

fn equals(attribute: &str, value: impl Into<Value>) -> Condition {
    Condition::AttributeEquals { attribute: attribute.into(), value: value.into() }
}

/// Every page of a query, and how many there were.
async fn all(store: &dyn Store, mut query: Query) -> Result<(Vec<Item>, usize), StoreError> {
    let (mut items, mut pages) = (Vec::new(), 0);
    loop {
        let page = store.query(&query).await?;
        items.extend(page.items);
        pages += 1;
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok((items, pages)),
        }
    }
}

/// An item is put, read, replaced and taken away.
pub async fn put_get_and_delete(store: Arc<dyn Store>) -> Outcome {
    let key = Key::new("P", "a");
    assert_eq!(store.get(&key).await?, None);
    store.transact(vec![put("P", "a", json!({ "n": 1 }))]).await?;
    assert_eq!(store.get(&key).await?, Some(item("P", "a", json!({ "n": 1 }))));
    store.transact(vec![put("P", "a", json!({ "m": "two" }))]).await?;
    assert_eq!(store.get(&key).await?, Some(item("P", "a", json!({ "m": "two" }))));
    assert_eq!(store.get(&Key::new("P", "A")).await?, None);
    assert_eq!(store.get(&Key::new("p", "a")).await?, None);
    store.transact(vec![Write::delete(key.clone(), Condition::None)]).await?;
    assert_eq!(store.get(&key).await?, None);
    store.transact(vec![Write::delete(key, Condition::None)]).await?;
    store.transact(Vec::new()).await
}

/// A partition is read by prefix, both ways, in pages of a chosen size.
pub async fn pages_of_a_partition(store: Arc<dyn Store>) -> Outcome {
    let writes = (0..30).map(|n| put("P", &format!("A#{n:02}"), json!({ "n": n }))).collect();
    store.transact(writes).await?;
    store
        .transact(vec![put("P", "B#00", json!({})), put("P", "A", json!({})), put("Q", "A#00", json!({}))])
        .await?;
    let up: Vec<String> = (0..30).map(|n| format!("A#{n:02}")).collect();
    let down: Vec<String> = up.iter().rev().cloned().collect();
    for limit in [None, Some(1), Some(7), Some(30), Some(100)] {
        let ascending = Query { limit, ..Query::new("P", "A#") };
        for (query, expected) in [(ascending.clone(), &up), (ascending.descending(), &down)] {
            let (items, pages) = all(store.as_ref(), query).await?;
            let sorts: Vec<String> = items.into_iter().map(|item| item.key.sort).collect();
            assert_eq!(&sorts, expected);
            if let Some(limit) = limit {
                assert!(pages >= 30_usize.div_ceil(limit as usize), "{pages} pages of at most {limit}");
            }
        }
    }
    assert_eq!(all(store.as_ref(), Query::new("P", "")).await?.0.len(), 32);
    assert_eq!(all(store.as_ref(), Query::new("nobody", "")).await?.0, vec![]);
    let behind = Query::new("P", "A#").after(Some("A#27".into()));
    assert_eq!(all(store.as_ref(), behind).await?.0.len(), 2);
    Ok(())
}

/// A partition of several megabytes comes in several pages, and nothing is lost between them.
pub async fn paging_beyond_a_megabyte(store: Arc<dyn Store>) -> Outcome {
    let filler = "é".repeat(25_000);
    for start in (0..70).step_by(10) {
        let writes = (start..start + 10)
            .map(|n| put("BIG", &format!("{n:03}"), json!({ "n": n, "filler": filler })))
            .collect();
        store.transact(writes).await?;
    }
    let (items, pages) = all(store.as_ref(), Query::new("BIG", "")).await?;
    assert!(pages >= 3, "3.5 MB came in {pages} pages");
    assert!(items.iter().map(|item| &item.body["n"]).eq((0..70).map(Value::from).collect::<Vec<_>>().iter()));
    let (items, _) = all(store.as_ref(), Query::new("BIG", "").descending().limit(33)).await?;
    assert!(
        items.iter().map(|item| &item.body["n"]).eq((0..70)
            .rev()
            .map(Value::from)
            .collect::<Vec<_>>()
            .iter())
    );
    Ok(())
}

/// Sort keys are ordered by their UTF-8 bytes.
pub async fn keys_sort_by_their_bytes(store: Arc<dyn Store>) -> Outcome {
    let sorted = ["!", "#", "0", "10", "9", "A", "Z", "_", "a", "aa", "b", "é", "日本", "\u{fb33}", "😀"];
    let writes = sorted.iter().rev().map(|sort| put("P", sort, json!({}))).collect();
    store.transact(writes).await?;
    let (items, _) = all(store.as_ref(), Query::new("P", "").limit(4)).await?;
    let found: Vec<&str> = items.iter().map(|item| item.key.sort.as_str()).collect();
    assert_eq!(found, sorted);
    Ok(())
}

/// Every condition passes when it holds, and is named with its write when it doesn't.
pub async fn conditions_hold_or_name_the_write(store: Arc<dyn Store>) -> Outcome {
    let there = || item("P", "there", json!({ "name": "ü", "n": 5, "yes": true, "list": [1], "none": null }));
    store.transact(vec![Write::put(there(), Condition::NotExists)]).await?;
    for holds in
        [Condition::None, Condition::Exists, equals("name", "ü"), equals("n", 5), equals("yes", true)]
    {
        store.transact(vec![Write::put(there(), holds)]).await?;
    }
    store.transact(vec![Write::delete(Key::new("P", "away"), Condition::NotExists)]).await?;
    let failing = [
        Condition::NotExists,
        equals("name", "u"),
        equals("n", 6),
        equals("n", "5"),
        equals("yes", false),
        equals("list", "1"),
        equals("none", "x"),
        equals("missing", 1),
    ];
    for condition in failing {
        let write = Write::put(there(), condition.clone());
        let error = refused(store.transact(vec![write]).await, ErrorKind::Conflict);
        assert_eq!(error.failed().len(), 1, "{condition:?}");
        assert!(!error.is_retryable());
    }
    for condition in [Condition::Exists, equals("n", 5)] {
        let away = Key::new("P", "away");
        refused(store.transact(vec![Write::delete(away, condition)]).await, ErrorKind::Conflict);
    }
    let error = refused(
        store
            .transact(vec![
                Write::put(there(), Condition::Exists),
                Write::put(there_named("new"), Condition::Exists),
                Write::delete(Key::new("P", "other"), Condition::None),
                Write::put(there_named("other"), Condition::Exists),
            ])
            .await,
        ErrorKind::Invalid,
    );
    assert!(error.reason().contains("twice"), "{error}");
    let error = refused(
        store
            .transact(vec![
                Write::put(there(), Condition::Exists),
                Write::put(there_named("new"), Condition::Exists),
                Write::put(there_named("other"), Condition::NotExists),
            ])
            .await,
        ErrorKind::Conflict,
    );
    let failed: Vec<(usize, &str)> =
        error.failed().iter().map(|write| (write.index, write.key.sort.as_str())).collect();
    assert_eq!(failed, [(1, "new")]);
    assert!(error.to_string().contains("P / new"), "{error}");
    Ok(())
}

fn there_named(sort: &str) -> Item {
    item("P", sort, json!({}))
}

/// One condition that doesn't hold, and nothing of the transaction is there.
pub async fn a_transaction_is_all_or_nothing(store: Arc<dyn Store>) -> Outcome {
    store.transact(vec![put("P", "kept", json!({ "n": 1 })), put("P", "gone", json!({}))]).await?;
    let mut writes: Vec<Write> = (0..90).map(|n| put("P", &format!("new{n}"), json!({ "n": n }))).collect();
    writes.push(put("P", "kept", json!({ "n": 2 })));
    writes.push(Write::delete(Key::new("P", "gone"), Condition::None));
    writes.push(Write::put(item("P", "last", json!({})), Condition::Exists));
    let error = refused(store.transact(writes.clone()).await, ErrorKind::Conflict);
    assert_eq!(error.failed()[0].index, 92);
    let (items, _) = all(store.as_ref(), Query::new("P", "")).await?;
    assert_eq!(items, [item("P", "gone", json!({})), item("P", "kept", json!({ "n": 1 }))]);
    writes.pop();
    store.transact(writes).await?;
    assert_eq!(all(store.as_ref(), Query::new("P", "")).await?.0.len(), 91);
    Ok(())
}

/// What JSON can say comes back as it was said, in its canonical form.
pub async fn bodies_come_back_whole(store: Arc<dyn Store>) -> Outcome {
    let mut deep = json!({ "bottom": [1, 0.5, "ü"] });
    for level in 0..60 {
        deep = if level % 2 == 0 { json!({ "down": deep }) } else { json!([deep, level]) };
    }
    let body = json!({
        "texts": ["", " ", "ünïcödé 日本語 😀", "a\u{0}b\n\t\"\\", "\u{feff}", "1.0", "null"],
        "numbers": [0, 1, -1, 1.0, 0.1, -0.0, 1e20, 1e21, 1.5e300, 5e-324, -2.5e-140, i64::MIN, u64::MAX,
                    9_007_199_254_740_993_u64, 123_456_789.012_345_67, 1e125, 9.99e125, 1e126, 1e-130, 1e-131],
        "others": [true, false, null, [], {}, [[]], [{}]],
        "keys": { "": 1, " ": 2, "$": 3, "$json": "4", "$$number": { "$number": "5" }, "a.b": 6, "ключ": 7, "#": 8 },
        "deep": deep,
        "": "empty key",
        "$number": "7",
        "pk": "not the key",
    });
    store.transact(vec![put("ключ 😀", "ü #/\"", body.clone())]).await?;
    let found = store.get(&Key::new("ключ 😀", "ü #/\"")).await?.map(|item| item.body);
    assert_eq!(found, Some(normalise(&body)));
    let (items, _) = all(store.as_ref(), Query::new("ключ 😀", "ü #")).await?;
    assert_eq!(items[0].body, normalise(&body));
    Ok(())
}

/// Bodies up to the limit fit, whatever they are made of.
pub async fn large_bodies_fit(store: Arc<dyn Store>) -> Outcome {
    let texts = json!({ "text": "é".repeat(195_000) });
    let numbers: Value = (0..28_000).map(|n| json!(n * 7_919)).collect();
    let rows: Value =
        (0..5_000).map(|n| json!({ "name": format!("field {n}"), "nullable": n % 2 == 0 })).collect();
    let bodies = [texts, json!({ "numbers": numbers }), json!({ "rows": rows })];
    let writes = bodies.iter().enumerate().map(|(n, body)| put("P", &n.to_string(), body.clone())).collect();
    store.transact(writes).await?;
    for (n, body) in bodies.iter().enumerate() {
        let found = store.get(&Key::new("P", n.to_string())).await?.map(|item| item.body);
        assert!(found.as_ref() == Some(body), "body {n} did not come back");
    }
    Ok(())
}

/// What passes the limits of the item model is refused on every store, before anything is written.
pub async fn what_is_too_large_is_refused(store: Arc<dyn Store>) -> Outcome {
    let big = |bytes: usize| json!({ "text": "x".repeat(bytes) });
    refused(store.transact(vec![put("P", "a", big(400_000))]).await, ErrorKind::TooLarge);
    let many = (0..101).map(|n| put("P", &n.to_string(), json!({}))).collect();
    refused(store.transact(many).await, ErrorKind::TooLarge);
    let heavy = (0..11).map(|n| put("P", &n.to_string(), big(390_000))).collect();
    refused(store.transact(heavy).await, ErrorKind::TooLarge);
    for key in [
        Key::new("", "a"),
        Key::new("P", ""),
        Key::new("P", "x".repeat(1025)),
        Key::new("x".repeat(2049), "a"),
    ] {
        let write = Write::put(Item::new(key, json!({})), Condition::None);
        refused(store.transact(vec![write]).await, ErrorKind::Invalid);
    }
    refused(store.transact(vec![put("P", "a", json!([1]))]).await, ErrorKind::Invalid);
    let nested = Write::put(item("P", "a", json!({})), equals("n", json!([1])));
    refused(store.transact(vec![nested]).await, ErrorKind::Invalid);
    assert_eq!(all(store.as_ref(), Query::new("P", "")).await?.0, vec![]);
    Ok(())
}

/// Twenty writers count up one number on condition of what they read: no step is lost.
pub async fn racing_counters_lose_nothing(store: Arc<dyn Store>) -> Outcome {
    store.transact(vec![put("P", "counter", json!({ "n": 0 }))]).await?;
    let mut writers = Vec::new();
    for _ in 0..20 {
        let store = Arc::clone(&store);
        writers.push(tokio::spawn(async move {
            for attempt in 1_u32.. {
                let seen =
                    store.get(&Key::new("P", "counter")).await?.and_then(|item| item.body["n"].as_u64());
                let seen = seen.unwrap_or_default();
                let write = Write::put(item("P", "counter", json!({ "n": seen + 1 })), equals("n", seen));
                match store.transact(vec![write]).await {
                    Ok(()) => break,
                    Err(error) if matches!(error.kind(), ErrorKind::Conflict | ErrorKind::Busy) => {
                        pause(attempt.min(6)).await;
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        }));
    }
    for writer in writers {
        match writer.await {
            Ok(outcome) => outcome?,
            Err(error) => panic!("a writer broke off: {error}"),
        }
    }
    let counted = store.get(&Key::new("P", "counter")).await?.map(|item| item.body);
    assert_eq!(counted, Some(json!({ "n": 20 })));
    Ok(())
}
