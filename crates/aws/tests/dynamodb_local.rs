//! The conformance suite on AWS's own DynamoDB Local, and the table's making there.

mod support;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use serde_json::json;
use std::process::Command;
use std::sync::Arc;
use support::{Outcome, Server};
use touchstone_aws::{AwsSettings, Credentials, DynamoStore};
use touchstone_registry::conformance::{input, registry};
use touchstone_registry::{Condition, ErrorKind, Item, Key, Query, Store, StoreError, Write};
use uuid::Uuid;

fn credentials() -> Credentials {
    Credentials::new("local", "local", None, None, "test")
}

fn settings(server: &Server) -> AwsSettings {
    AwsSettings {
        endpoint_url: Some(server.url()),
        region: Some("eu-west-1".into()),
        table: format!("touchstone-{}", Uuid::new_v4()),
        ..AwsSettings::default()
    }
}

struct Fresh {
    // Declared after the store, so that it goes last.
    store: Arc<dyn Store>,
    _server: Arc<Server>,
}

impl Fresh {
    fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }
}

async fn fresh() -> Outcome<Fresh> {
    let server = Server::shared()?;
    let store = DynamoStore::connect_as(&settings(&server), credentials()).await?;
    store.init_table().await?;
    Ok(Fresh { store: Arc::new(store), _server: server })
}

mod conformance_suite {
    touchstone_registry::conformance_tests!(super::fresh);
}

/// The message with what differs from run to run left out.
fn message(error: &StoreError, settings: &AwsSettings) -> String {
    let text = error.to_string().replace(&settings.table, "touchstone");
    match &settings.endpoint_url {
        Some(url) => text.replace(url, "http://localhost:8000"),
        None => text,
    }
}

fn raw_client(server: &Server) -> Client {
    let http = aws_smithy_http_client::Builder::new().build_http();
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .endpoint_url(server.url())
        .region(Region::new("eu-west-1"))
        .credentials_provider(credentials())
        .build();
    Client::from_conf(config)
}

#[tokio::test]
async fn a_table_is_made_once_and_checked_ever_after() -> Outcome {
    let server = Server::shared()?;
    let settings = settings(&server);
    let store = DynamoStore::connect_as(&settings, credentials()).await?;
    let first = store.init_table().await?;
    assert!(first.created);
    insta::assert_debug_snapshot!(first);
    let second = store.init_table().await?;
    assert!(!second.created);
    assert_eq!(second.changes, Vec::<String>::new());
    assert_eq!(store.check().await?.items, 0);
    let table = raw_client(&server).describe_table().table_name(&settings.table).send().await?;
    let table = table.table.ok_or("no table")?;
    assert_eq!(
        table.billing_mode_summary().and_then(|mode| mode.billing_mode()),
        Some(&BillingMode::PayPerRequest)
    );
    assert_eq!(table.deletion_protection_enabled(), Some(true));
    Ok(())
}

#[tokio::test]
async fn two_may_make_the_table_at_once() -> Outcome {
    let server = Server::shared()?;
    let settings = settings(&server);
    let (one, other) = (
        DynamoStore::connect_as(&settings, credentials()).await?,
        DynamoStore::connect_as(&settings, credentials()).await?,
    );
    let (one, other) = tokio::join!(one.init_table(), other.init_table());
    assert!(one?.created != other?.created);
    Ok(())
}

#[tokio::test]
async fn a_missing_table_is_told_with_the_next_step() -> Outcome {
    let server = Server::shared()?;
    let settings = settings(&server);
    let store = Arc::new(DynamoStore::connect_as(&settings, credentials()).await?);
    let key = Key::new("P", "a");
    let write = Write::put(Item::new(key.clone(), json!({})), Condition::NotExists);
    let errors = [
        store.check().await.err(),
        store.get(&key).await.err(),
        store.query(&Query::new("P", "")).await.err(),
        store.transact(vec![write]).await.err(),
        registry(Arc::clone(&store) as Arc<dyn Store>).publish(input("trades", "h", "ana", None)).await.err(),
    ];
    for error in errors {
        let error = error.ok_or("this went through")?;
        assert_eq!(error.kind(), ErrorKind::WrongShape);
        insta::assert_snapshot!("missing_table", message(&error, &settings));
    }
    Ok(())
}

#[tokio::test]
async fn a_table_with_other_keys_is_left_alone_and_its_keys_are_named() -> Outcome {
    let server = Server::shared()?;
    let settings = settings(&server);
    let attribute =
        |name: &str, kind| AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build();
    raw_client(&server)
        .create_table()
        .table_name(&settings.table)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("order_id", ScalarAttributeType::S)?)
        .attribute_definitions(attribute("line", ScalarAttributeType::N)?)
        .key_schema(KeySchemaElement::builder().attribute_name("order_id").key_type(KeyType::Hash).build()?)
        .key_schema(KeySchemaElement::builder().attribute_name("line").key_type(KeyType::Range).build()?)
        .send()
        .await?;
    let store = Arc::new(DynamoStore::connect_as(&settings, credentials()).await?);
    let key = Key::new("P", "a");
    let write = Write::put(Item::new(key.clone(), json!({})), Condition::NotExists);
    let errors = [
        store.init_table().await.err(),
        store.check().await.err(),
        store.get(&key).await.err(),
        store.query(&Query::new("P", "a")).await.err(),
        store.transact(vec![write]).await.err(),
        store.transact(vec![Write::delete(key, Condition::None)]).await.err(),
        registry(Arc::clone(&store) as Arc<dyn Store>).publish(input("trades", "h", "ana", None)).await.err(),
    ];
    for error in errors {
        let error = error.ok_or("this went through")?;
        assert_eq!(error.kind(), ErrorKind::WrongShape, "{error}");
        insta::assert_snapshot!("wrong_keys", message(&error, &settings));
    }
    Ok(())
}

#[tokio::test]
async fn items_lie_in_the_table_as_the_platform_reads_them() -> Outcome {
    let server = Server::shared()?;
    let settings = settings(&server);
    let store = DynamoStore::connect_as(&settings, credentials()).await?;
    store.init_table().await?;
    registry(Arc::new(store)).publish(input("trades", "h1", "ana", None)).await?;
    let client = raw_client(&server);
    let get = async |partition: &str, sort: &str| {
        let key = [("pk", partition), ("sk", sort)]
            .map(|(name, text)| (name.into(), AttributeValue::S(text.into())));
        let answer = client.get_item().table_name(&settings.table).set_key(Some(key.into())).send().await?;
        answer.item.ok_or_else(|| -> Box<dyn std::error::Error> { format!("no {partition} / {sort}").into() })
    };
    let current = get("CURRENT", "trades").await?;
    let AttributeValue::M(body) = &current["body"] else { return Err("the body is no map".into()) };
    assert_eq!(body["version"], AttributeValue::N("1".into()));
    let node = get("PIPELINE#trades", "NODE#0000000001#0002#silver#trades").await?;
    let path = ["nodes", "0", "spec", "threshold"];
    let found = path.iter().try_fold(&node["body"], |attribute, step| match attribute {
        AttributeValue::M(map) => map.get(*step),
        AttributeValue::L(list) => list.get(step.parse::<usize>().ok()?),
        _ => None,
    });
    assert_eq!(found, Some(&AttributeValue::N("0.98".into())));
    Ok(())
}

#[tokio::test]
async fn items_of_others_in_the_table_are_named() -> Outcome {
    let server = Server::shared()?;
    let settings = settings(&server);
    let store = DynamoStore::connect_as(&settings, credentials()).await?;
    store.init_table().await?;
    raw_client(&server)
        .put_item()
        .table_name(&settings.table)
        .item("pk", AttributeValue::S("CURRENT".into()))
        .item("sk", AttributeValue::S("trades".into()))
        .item("body", AttributeValue::Ss(vec!["a".into()]))
        .send()
        .await?;
    let error = registry(Arc::new(store)).current("trades").await.err().ok_or("this went through")?;
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    insta::assert_snapshot!(message(&error, &settings));
    Ok(())
}

const ENDPOINT: &str = "TOUCHSTONE_TEST_ENDPOINT";

/// Not a test: what the next one runs as a process with an environment of its own.
#[tokio::test]
#[ignore = "started by a_named_profile_wins_over_the_environment"]
async fn make_a_table_as_profile_steward() -> Outcome {
    let Ok(url) = std::env::var(ENDPOINT) else { return Ok(()) };
    let settings = AwsSettings {
        profile: Some("steward".into()),
        endpoint_url: Some(url),
        table: "profile-test".into(),
        ..AwsSettings::default()
    };
    let store = DynamoStore::connect(&settings).await?;
    store.init_table().await?;
    Ok(())
}

#[tokio::test]
async fn a_named_profile_wins_over_the_environment() -> Outcome {
    let server = Server::shared()?;
    let folder = std::env::temp_dir().join(format!("touchstone-{}", Uuid::new_v4()));
    std::fs::create_dir(&folder)?;
    let config = folder.join("config");
    std::fs::write(
        &config,
        "[profile steward]\nregion = eu-central-1\naws_access_key_id = steward\naws_secret_access_key = s\n",
    )?;
    let output = Command::new(std::env::current_exe()?)
        .args(["--exact", "make_a_table_as_profile_steward", "--ignored"])
        .env(ENDPOINT, server.url())
        .env("AWS_CONFIG_FILE", &config)
        .env("AWS_SHARED_CREDENTIALS_FILE", folder.join("none"))
        .env("AWS_ACCESS_KEY_ID", "environment")
        .env("AWS_SECRET_ACCESS_KEY", "e")
        .output()?;
    std::fs::remove_dir_all(&folder)?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    // DynamoDB Local keeps the tables of each access key and region apart.
    let tables = async |access_key: &str, region: &'static str| {
        let http = aws_smithy_http_client::Builder::new().build_http();
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(http)
            .endpoint_url(server.url())
            .region(Region::new(region))
            .credentials_provider(Credentials::new(access_key, "s", None, None, "test"))
            .build();
        Client::from_conf(config)
            .list_tables()
            .send()
            .await
            .map(|answer| answer.table_names.unwrap_or_default())
    };
    assert_eq!(tables("steward", "eu-central-1").await?, ["profile-test"]);
    assert_eq!(tables("environment", "eu-central-1").await?, Vec::<String>::new());
    Ok(())
}
