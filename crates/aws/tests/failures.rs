//! What a person reads when AWS can't be reached or says no. Nothing here needs DynamoDB.

use std::error::Error;
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use touchstone_aws::{AwsSettings, Credentials, DynamoStore};
use touchstone_registry::{Condition, ErrorKind, Item, Key, Store, StoreError, Write};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn settings(endpoint_url: Option<String>) -> AwsSettings {
    AwsSettings {
        endpoint_url,
        region: Some("eu-west-1".into()),
        table: "touchstone".into(),
        ..AwsSettings::default()
    }
}

fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "a-very-secret-key", Some("a-session-token".into()), None, "test")
}

async fn refusal(settings: &AwsSettings) -> Outcome<StoreError> {
    let store = DynamoStore::connect_as(settings, credentials()).await?;
    store.get(&Key::new("P", "a")).await.err().ok_or_else(|| "this went through".into())
}

fn message(error: &StoreError, settings: &AwsSettings) -> String {
    let text = format!("{:?}: {error}", error.kind());
    for secret in ["a-very-secret-key", "a-session-token", "AKIDEXAMPLE"] {
        assert!(!text.contains(secret), "{text}");
    }
    match settings
        .endpoint_url
        .as_deref()
        .and_then(|url| url.rsplit_once('@').map(|(_, host)| host).or(url.split("//").nth(1)))
    {
        Some(host) => text.replace(host, "localhost:8000"),
        None => text,
    }
}

#[tokio::test]
async fn an_endpoint_where_nobody_listens_is_told_fast() -> Outcome {
    // A port that was free a moment ago.
    let address = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let settings = settings(Some(format!("http://{address}")));
    let began = Instant::now();
    let error = refusal(&settings).await?;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(error.is_retryable());
    insta::assert_snapshot!(message(&error, &settings), @"Unreachable: DynamoDB table touchstone at http://localhost:8000: no connection came about (Connection refused (os error 111)). See whether something listens at http://localhost:8000, then try again.");
    Ok(())
}

#[tokio::test]
async fn an_endpoint_that_swallows_everything_is_given_up() -> Outcome {
    // Accepts and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let settings = settings(Some(format!("http://user:secret@{}", listener.local_addr()?)));
    let began = Instant::now();
    let error = refusal(&settings).await?;
    assert!(began.elapsed() < Duration::from_secs(17), "{:?}", began.elapsed());
    insta::assert_snapshot!(message(&error, &settings), @"Unreachable: DynamoDB table touchstone at http://localhost:8000: no answer came in time. See whether something listens at http://localhost:8000, then try again.");
    Ok(())
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_named() -> Outcome {
    let settings = settings(Some("http://nowhere.invalid:8000".into()));
    let error = refusal(&settings).await?;
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert!(error.to_string().contains("http://nowhere.invalid:8000"), "{error}");
    assert!(error.reason().contains("lookup"), "{error}");
    Ok(())
}

/// A server that answers every request with these, one after the other, the last for good.
async fn answering(answers: Vec<(u16, &'static str, String)>) -> Outcome<AwsSettings> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let settings = settings(Some(format!("http://{}", listener.local_addr()?)));
    tokio::spawn(async move {
        let mut served = 0;
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut request = vec![0; 64 * 1024];
            let (status, kind, body) = &answers[served.min(answers.len() - 1)];
            served += 1;
            let answer = format!(
                "HTTP/1.1 {status} Test\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            if connection.read(&mut request).await.is_err()
                || connection.write_all(answer.as_bytes()).await.is_err()
            {
                break;
            }
        }
    });
    Ok(settings)
}

const JSON: &str = "application/x-amz-json-1.0";

fn error_body(code: &str, message: &str) -> String {
    format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"{message}"}}"#)
}

#[tokio::test]
async fn what_aws_refuses_is_told_with_the_next_step() -> Outcome {
    let mut messages = Vec::new();
    for (code, text) in [
        ("ExpiredTokenException", "The security token included in the request is expired"),
        ("UnrecognizedClientException", "The security token included in the request is invalid."),
        (
            "InvalidSignatureException",
            "The Canonical String for this request should have been 'POST x-amz-security-token:a-session-token'",
        ),
        (
            "AccessDeniedException",
            "User: arn:aws:sts::123456789012:assumed-role/steward/ana is not authorized to perform: dynamodb:GetItem",
        ),
        ("ResourceNotFoundException", "Requested resource not found"),
        ("SomethingNewException", "a new reason"),
    ] {
        for profile in [None, Some("steward".to_owned())] {
            let mut settings = answering(vec![(400, JSON, error_body(code, text))]).await?;
            settings.profile.clone_from(&profile);
            messages.push(message(&refusal(&settings).await?, &settings));
        }
    }
    messages.dedup();
    insta::assert_snapshot!(messages.join("\n"));
    Ok(())
}

#[tokio::test]
async fn an_endpoint_that_is_something_else_is_told_as_such() -> Outcome {
    let settings =
        answering(vec![(200, "text/html", "<html>Sign in to the hotel's network</html>".into())]).await?;
    insta::assert_snapshot!(message(&refusal(&settings).await?, &settings), @"Unreachable: DynamoDB table touchstone at http://localhost:8000: what answers there is not DynamoDB. Look at `endpoint_url` in touchstone.toml, and whether a proxy or a sign-in page is in between.");
    Ok(())
}

#[tokio::test]
async fn trouble_at_aws_and_throttling_are_retryable() -> Outcome {
    for (status, code, kind) in [
        (500, "InternalServerError", ErrorKind::Unreachable),
        (503, "ServiceUnavailable", ErrorKind::Unreachable),
        (400, "ThrottlingException", ErrorKind::Busy),
        (400, "ProvisionedThroughputExceededException", ErrorKind::Busy),
    ] {
        let settings = answering(vec![(status, JSON, error_body(code, "slow down"))]).await?;
        let error = refusal(&settings).await?;
        assert_eq!((error.kind(), error.is_retryable()), (kind, true), "{error}");
    }
    Ok(())
}

fn cancelled(codes: &[&str]) -> (u16, &'static str, String) {
    let reasons: Vec<String> = codes.iter().map(|code| format!(r#"{{"Code":"{code}"}}"#)).collect();
    let body = format!(
        r#"{{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"cancelled","CancellationReasons":[{}]}}"#,
        reasons.join(",")
    );
    (400, JSON, body)
}

fn two_writes() -> Vec<Write> {
    ["a", "b"]
        .map(|sort| Write::put(Item::new(Key::new("P", sort), serde_json::json!({})), Condition::NotExists))
        .into()
}

#[tokio::test]
async fn a_transaction_that_met_another_is_sent_again() -> Outcome {
    let done = (200, JSON, "{}".to_owned());
    for collision in ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"] {
        let answers = vec![cancelled(&["None", collision]), cancelled(&[collision, "None"]), done.clone()];
        let store = DynamoStore::connect_as(&answering(answers).await?, credentials()).await?;
        store.transact(two_writes()).await?;
    }
    let forever = answering(vec![cancelled(&["None", "TransactionConflict"])]).await?;
    let store = DynamoStore::connect_as(&forever, credentials()).await?;
    let error = store.transact(two_writes()).await.err().ok_or("this went through")?;
    assert!(error.is_retryable());
    insta::assert_snapshot!(message(&error, &forever), @"Busy: DynamoDB table touchstone at http://localhost:8000: 15 tries met other transactions on the same items each time; nothing was written. Try again in a minute.");
    Ok(())
}

#[tokio::test]
async fn a_condition_that_failed_names_the_write() -> Outcome {
    // The other write collided as well; that changes nothing about the condition.
    let settings = answering(vec![cancelled(&["TransactionConflict", "ConditionalCheckFailed"])]).await?;
    let store = DynamoStore::connect_as(&settings, credentials()).await?;
    let error = store.transact(two_writes()).await.err().ok_or("this went through")?;
    assert_eq!(error.failed().iter().map(|write| write.index).collect::<Vec<_>>(), [1]);
    insta::assert_snapshot!(message(&error, &settings), @"Conflict: DynamoDB table touchstone at http://localhost:8000: another writer was first; nothing was written: write 1 (P / b). Read the items again and repeat what still applies.");
    Ok(())
}

#[tokio::test]
async fn settings_that_can_not_be_right_are_refused_before_anything_is_sent() -> Outcome {
    let mut messages = Vec::new();
    for (table, endpoint) in [
        ("t", None),
        ("my table", None),
        ("touchstone", Some("localhost:8000")),
        ("touchstone", Some("http://")),
    ] {
        let settings = AwsSettings { table: table.into(), ..settings(endpoint.map(str::to_owned)) };
        let error = DynamoStore::connect(&settings).await.err().ok_or("this went through")?;
        messages.push(format!("{:?}: {error}", error.kind()));
    }
    insta::assert_snapshot!(messages.join("\n"));
    Ok(())
}

#[tokio::test]
async fn a_profile_that_does_not_exist_is_named() -> Outcome {
    let mut settings = settings(None);
    settings.profile = Some("touchstone-no-such-profile".into());
    let store = DynamoStore::connect(&settings).await?;
    let error = store.check().await.err().ok_or("this went through")?;
    insta::assert_snapshot!(message(&error, &settings), @"Credentials: DynamoDB table touchstone in eu-west-1: there is no profile touchstone-no-such-profile, or it has no credentials. Run `aws sso login --profile touchstone-no-such-profile`, or renew that profile's keys, and try again.");
    Ok(())
}

/// Not a test: what the next one runs as a process with an empty environment.
#[tokio::test]
#[ignore = "started by missing_credentials_are_told_with_the_next_step"]
async fn check_with_what_the_environment_has() -> Outcome {
    let settings = settings(None);
    let store = DynamoStore::connect(&settings).await?;
    let error = store.check().await.err().ok_or("this went through")?;
    println!(">{}<", message(&error, &settings));
    let nowhere = AwsSettings { region: None, ..settings };
    let error = DynamoStore::connect(&nowhere).await.err().ok_or("this went through")?;
    println!(">{}<", message(&error, &nowhere));
    Ok(())
}

#[tokio::test]
async fn missing_credentials_are_told_with_the_next_step() -> Outcome {
    let began = Instant::now();
    let output = Command::new(std::env::current_exe()?)
        .args(["--exact", "check_with_what_the_environment_has", "--ignored", "--nocapture"])
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()?;
    let output = String::from_utf8(output.stdout)?;
    let messages: Vec<&str> =
        output.lines().filter_map(|line| Some(line.split_once('>')?.1.rsplit_once('<')?.0)).collect();
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    insta::assert_snapshot!(messages.join("\n"));
    Ok(())
}
