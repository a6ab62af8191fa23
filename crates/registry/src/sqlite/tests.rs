//! The conformance suite on `SQLite`, and what only a file can do wrong.

use super::{SqliteOptions, SqliteStore};
use crate::conformance::{input, registry};
use crate::error::{ErrorKind, StoreError};
use crate::registry::Registry;
use crate::store::{Condition, Item, Key, Store, Write};
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

struct Fresh {
    _folder: TempDir,
    store: Arc<dyn Store>,
}

impl Fresh {
    fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }
}

async fn fresh() -> Result<Fresh, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let store = Arc::new(SqliteStore::open(&folder.path().join("registry.sqlite")).await?);
    Ok(Fresh { _folder: folder, store })
}

mod conformance_suite {
    crate::conformance_tests!(super::fresh);
}

fn put(sort: &str, text: &str) -> Vec<Write> {
    vec![Write::put(Item::new(Key::new("P", sort), json!({ "text": text })), Condition::None)]
}

/// The message with the folder, which differs from run to run, left out.
fn message(error: &StoreError, folder: &TempDir) -> String {
    error.to_string().replace(&folder.path().display().to_string(), "<folder>")
}

async fn refusal(path: &Path, options: SqliteOptions) -> StoreError {
    SqliteStore::open_with(path, options).await.err().unwrap()
}

async fn raw(path: &Path, statement: &str) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    sqlx::query(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn files_that_are_no_registry_are_left_alone_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("text.sqlite"), "pipeline: trades\n").unwrap();
    fs::write(at("long.sqlite"), "x".repeat(10_000)).unwrap();
    fs::create_dir(at("folder.sqlite")).unwrap();
    raw(&at("other.sqlite"), "CREATE TABLE songs (title TEXT)").await;
    SqliteStore::open(&at("newer.sqlite")).await.unwrap().close().await.unwrap();
    raw(&at("newer.sqlite"), "PRAGMA user_version = 2").await;
    fs::write(at("file"), "").unwrap();

    let mut messages = Vec::new();
    for name in [
        "text.sqlite",
        "long.sqlite",
        "folder.sqlite",
        "other.sqlite",
        "newer.sqlite",
        "file/registry.sqlite",
    ] {
        let before = fs::read(at(name)).ok();
        let error = refusal(&at(name), SqliteOptions::default()).await;
        messages.push(format!("{:?}: {}", error.kind(), message(&error, &folder)));
        assert_eq!(fs::read(at(name)).ok(), before, "{name} was changed");
    }
    let read_only = SqliteOptions { read_only: true, ..SqliteOptions::default() };
    let error = refusal(&at("nothing.sqlite"), read_only).await;
    messages.push(format!("{:?}: {}", error.kind(), message(&error, &folder)));
    insta::assert_snapshot!(messages.join("\n"));
}

#[tokio::test]
async fn a_damaged_file_is_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.sqlite");
    let store = SqliteStore::open(&path).await.unwrap();
    for n in 0..50 {
        store.transact(put(&n.to_string(), &"x".repeat(5_000))).await.unwrap();
    }
    store.close().await.unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[4096..20_000].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    let error = match SqliteStore::open(&path).await {
        Err(error) => error,
        Ok(store) => store.get(&Key::new("P", "7")).await.err().unwrap(),
    };
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
}

#[tokio::test]
async fn the_folder_is_made_and_an_empty_file_is_a_new_registry() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".touchstone/deep/registry.sqlite");
    SqliteStore::open(&path).await.unwrap().close().await.unwrap();
    let left: Vec<_> =
        fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["registry.sqlite"]);
    let empty = folder.path().join("empty.sqlite");
    fs::write(&empty, "").unwrap();
    SqliteStore::open(&empty).await.unwrap().transact(put("a", "x")).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.sqlite");
    let options = SqliteOptions { max_pages: Some(20), ..SqliteOptions::default() };
    let store = Arc::new(SqliteStore::open_with(&path, options).await.unwrap());
    store.transact(put("kept", "safe")).await.unwrap();
    let error = store.transact(put("big", &"x".repeat(200_000))).await.err().unwrap();
    insta::assert_snapshot!(message(&error, &folder), @"registry <folder>/registry.sqlite: no room is left on the disk; nothing was written. Free some space and try again.");
    assert_eq!(error.kind(), ErrorKind::DiskFull);
    assert_eq!(store.get(&Key::new("P", "big")).await.unwrap(), None);
    store.transact(put("small", "still fits")).await.unwrap();
    let registry = registry(store);
    registry.publish(input("trades", "h1", "ana", None)).await.unwrap();
    assert!(registry.verify_audit().await.unwrap().is_intact());
}

#[tokio::test]
async fn a_registry_opened_to_look_can_be_read_and_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.sqlite");
    let writer = SqliteStore::open(&path).await.unwrap();
    writer.transact(put("a", "x")).await.unwrap();
    let reader = SqliteStore::open_with(&path, SqliteOptions { read_only: true, ..SqliteOptions::default() });
    let reader = reader.await.unwrap();
    assert!(reader.get(&Key::new("P", "a")).await.unwrap().is_some());
    let error = reader.transact(put("b", "x")).await.err().unwrap();
    insta::assert_snapshot!(message(&error, &folder), @"registry <folder>/registry.sqlite: the file can't be written to. Allow this user to write to the file and its folder, or use another workspace folder.");
    assert_eq!(error.kind(), ErrorKind::ReadOnly);
}

#[tokio::test]
async fn a_writer_who_does_not_finish_makes_others_busy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.sqlite");
    let options = SqliteOptions { busy_timeout: Duration::from_millis(100), ..SqliteOptions::default() };
    let store = SqliteStore::open_with(&path, options).await.unwrap();
    let mut other = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let error = store.transact(put("a", "x")).await.err().unwrap();
    insta::assert_snapshot!(message(&error, &folder), @"registry <folder>/registry.sqlite: another process is writing to it and did not finish in time. Wait for it, or close the other Touchstone, and try again.");
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Busy, true));
    assert_eq!(store.get(&Key::new("P", "a")).await.unwrap(), None, "reading goes on meanwhile");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    store.transact(put("a", "x")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_may_make_the_same_registry_at_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("registry.sqlite");
        let openers: Vec<_> = (0..8)
            .map(|n| {
                let path = path.clone();
                tokio::spawn(async move {
                    let registry = Registry::new(Arc::new(SqliteStore::open(&path).await?));
                    registry.publish(input(&format!("pipeline_{n}"), "h", "ana", None)).await
                })
            })
            .collect();
        for opener in openers {
            opener.await.unwrap().unwrap();
        }
        let registry = Registry::new(Arc::new(SqliteStore::open(&path).await.unwrap()));
        let report = registry.verify_audit().await.unwrap();
        assert!(report.is_intact() && report.events == 8, "{report:?}");
    }
}

const CHILD_PATH: &str = "TOUCHSTONE_TEST_REGISTRY";

/// Not a test: what the next test starts as a process of its own, and kills.
#[tokio::test]
#[ignore = "started by killed_publishers_leave_a_whole_registry"]
async fn publish_until_killed() {
    let Ok(path) = std::env::var(CHILD_PATH) else { return };
    let registry = Registry::new(Arc::new(SqliteStore::open(Path::new(&path)).await.unwrap()));
    loop {
        let before = registry.current("trades").await.unwrap().map(|current| current.version);
        registry.publish(input("trades", "h", "ana", before)).await.unwrap();
    }
}

#[tokio::test]
async fn killed_publishers_leave_a_whole_registry() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.sqlite");
    let mut events = 0;
    for round in 0..6_u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sqlite::tests::publish_until_killed", "--ignored"])
            .env(CHILD_PATH, &path)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Long enough for several publishes, at a different point of one each time.
        tokio::time::sleep(Duration::from_millis(400 + round * 37)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let store = SqliteStore::open(&path).await.unwrap();
        let registry = Registry::new(Arc::new(store));
        let report = registry.verify_audit().await.unwrap();
        assert!(report.is_intact(), "{report:?}");
        assert_eq!(report.events, report.versions);
        events = report.events;
    }
    assert!(events > 6, "only {events} publishes happened");
}
