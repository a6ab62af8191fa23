//! Requests about settings, the start page, documents and state; and that no reply ever holds a secret.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::sync::Arc;

use serde_json::{Value, json};
use support::Desk;
use touchstone_protocol::{
    CheckState, CredentialSource, Documents, EnterKeys, ErrorCode, ForgetKeys, ForgetWorkspace, Home,
    LoadState, NewWorkspace, OpenSampleWorkspace, RemoveEnvironment, Request, SaveDocument, SaveEnvironment,
    SaveState, SaveView, StateScope, TestConnection, Upload, dispatch,
};
use touchstone_studio::{KeyPair, KeyPlace, KeyStore, MemoryKeys};

const ID: &str = "AKIAMARKERMARKER0000";
const SECRET: &str = "marker/SECRET+marker/SECRET+marker/SECRET";
const TOKEN: &str = "marker-TOKEN-marker";

fn dev(credentials: CredentialSource) -> SaveEnvironment {
    SaveEnvironment {
        name: "trial".to_owned(),
        table: "touchstone-dev".to_owned(),
        region: Some("eu-west-1".to_owned()),
        credentials,
        // Nothing answers here: what would be sent to AWS is refused at once.
        endpoint: Some("http://127.0.0.1:1".to_owned()),
    }
}

async fn with_keys() -> (Desk, Arc<MemoryKeys>) {
    let keys = Arc::new(MemoryKeys::default());
    let desk = Desk::with_keys(Arc::clone(&keys) as Arc<dyn KeyStore>);
    desk.open_samples().await;
    (desk, keys)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_takes_its_keys_from_the_keychain() {
    let (desk, keys) = with_keys().await;
    let pair = || KeyPair::new(ID, SECRET, Some(TOKEN)).unwrap();
    assert_eq!(desk.studio.put_keys("trial", pair()).await.unwrap_err().code, ErrorCode::NotFound);
    desk.ask(dev(CredentialSource::Chain)).await.unwrap();
    let refused = desk.studio.put_keys("trial", pair()).await.unwrap_err();
    assert!(refused.message.contains("doesn't take its credentials from the keychain"));

    let saved = desk.ask(dev(CredentialSource::Keychain)).await.unwrap();
    let environment = saved.environments.iter().find(|one| one.name == "trial").unwrap();
    assert_eq!((environment.has_keys, &environment.credentials), (false, &CredentialSource::Keychain));
    let text = std::fs::read_to_string(desk.workspace().join("touchstone.toml")).unwrap();
    assert!(text.contains("credentials = \"keychain\""), "{text}");
    let without = desk.ask(TestConnection { environment: "trial".to_owned() }).await.unwrap();
    assert_eq!(without.checks[0].state, CheckState::Failed);
    assert!(without.checks[0].detail.contains("touchstone env keys trial"), "{without:?}");

    let view = desk.studio.put_keys("trial", pair()).await.unwrap();
    assert!(view.environments.iter().any(|one| one.name == "trial" && one.has_keys));
    let root = std::fs::canonicalize(desk.workspace()).unwrap();
    let place = KeyPlace { workspace: root.to_string_lossy().into_owned(), environment: "trial".to_owned() };
    assert!(keys.get(&place).unwrap().is_some());
    let view = desk.ask(ForgetKeys { environment: "trial".to_owned() }).await.unwrap();
    assert!(view.environments.iter().all(|one| !one.has_keys));
    assert!(keys.get(&place).unwrap().is_none());

    let asked = desk.ask(EnterKeys { environment: "trial".to_owned() }).await.unwrap_err();
    assert_eq!(asked.code, ErrorCode::Unsupported);
    let view = desk.ask(RemoveEnvironment { name: "trial".to_owned() }).await.unwrap();
    assert!(view.environments.iter().all(|one| one.name != "trial"));
    assert_eq!(
        desk.ask(RemoveEnvironment { name: "trial".to_owned() }).await.unwrap_err().code,
        ErrorCode::NotFound
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_local_registry_is_tested() {
    let desk = Desk::with_samples().await;
    let view = desk.ask(TestConnection { environment: "local".to_owned() }).await.unwrap();
    assert!(view.identity.is_some());
    let states: Vec<CheckState> = view.checks.iter().map(|check| check.state).collect();
    assert_eq!(states, [CheckState::Passed; 4], "{:#?}", view.checks);
}

/// Every request that there is, beside those that take the keys away.
fn every_request() -> Vec<Value> {
    let local = json!("local");
    let sample = json!({ "kind": "sample", "pipeline": "trades", "source": "trades" });
    let query = json!({ "sort": [], "filters": [], "search": null });
    let filter = json!({ "actor": null, "pipeline": null, "from": null, "to": null });
    let table = json!("trades.silver.trades");
    let requests = [
        ("workspace", json!({})),
        ("open_pipeline", json!({ "pipeline": "trades" })),
        ("start_simulate", json!({ "pipeline": "trades" })),
        ("job_status", json!({ "job": "x" })),
        ("cancel_job", json!({ "job": "x" })),
        ("last_run", json!({ "pipeline": "trades" })),
        ("plan_publish", json!({ "pipeline": "trades", "environment": "trial" })),
        (
            "publish",
            json!({ "pipeline": "trades", "environment": "trial", "message": "m", "expected_version": null, "content_hash": "" }),
        ),
        ("history", json!({ "pipeline": "trades", "environment": "trial" })),
        ("audit", json!({ "environment": "trial", "filter": filter, "limit": 5 })),
        ("export_audit", json!({ "environment": "trial", "filter": filter, "format": "json" })),
        (
            "compare_versions",
            json!({ "pipeline": "trades", "environment": "trial", "before": 1, "after": null }),
        ),
        (
            "roll_back",
            json!({ "pipeline": "trades", "environment": "trial", "version": 1, "message": "m", "expected_version": 2 }),
        ),
        ("home", json!({})),
        ("pick_workspace", json!({})),
        ("pick_files", json!({})),
        ("new_workspace", json!({ "path": null, "name": null })),
        ("forget_workspace", json!({ "path": "/nowhere" })),
        ("upload", json!({ "name": "a.csv", "id": "1", "offset": 0, "data": "eA==", "done": true })),
        ("save_text", json!({ "name": "a", "text": "b" })),
        ("copy_text", json!({ "text": "b" })),
        ("open_file", json!({ "file": "samples/prices.csv" })),
        ("start_profile", json!({ "data": sample })),
        ("profile", json!({ "data": sample })),
        ("rows", json!({ "data": sample, "query": query, "offset": 0, "limit": 5 })),
        ("find", json!({ "data": sample, "query": query, "text": "BUY", "from": null, "backward": false })),
        ("column_profile", json!({ "data": sample, "query": query, "column": "Side" })),
        ("record", json!({ "pipeline": "trades", "source": "trades", "record": 1 })),
        ("documents", json!({})),
        ("save_document", json!({ "file": "pipelines/new.yaml", "text": "x", "base_hash": "0" })),
        ("delete_document", json!({ "file": "pipelines/new.yaml", "base_hash": "0" })),
        ("draft_pipeline", json!({ "pipeline": "again", "files": ["samples/prices.csv"] })),
        ("start_draft", json!({ "pipeline": "again", "files": ["samples/prices.csv"] })),
        ("await_changes", json!({ "revision": 0 })),
        ("preview", json!({ "file": "pipelines/trades.yaml", "text": "x", "table": table, "limit": 5 })),
        ("runs", json!({ "pipeline": "trades", "limit": 5 })),
        (
            "run_diff",
            json!({ "table": table, "before": null, "after": null, "kind": null, "offset": 0, "limit": 5 }),
        ),
        ("trace", json!({ "table": table, "row": 0, "column": null })),
        ("settings", json!({})),
        (
            "save_environment",
            json!({ "name": "trial", "table": "touchstone-dev", "region": "eu-west-1", "credentials": { "from": "keychain" }, "endpoint": "http://127.0.0.1:1" }),
        ),
        ("enter_keys", json!({ "environment": "trial" })),
        ("test_connection", json!({ "environment": "trial" })),
        ("set_up_environment", json!({ "environment": "trial" })),
        ("test_connection", json!({ "environment": local })),
        ("load_state", json!({ "scope": "person" })),
        ("save_state", json!({ "scope": "workspace", "state": { "a": 1 } })),
        ("open_sample_workspace", json!({})),
        ("open_workspace", json!({ "path": "/nowhere" })),
    ];
    requests.into_iter().map(|(method, params)| json!({ "method": method, "params": params })).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_reply_of_any_request_holds_a_secret() {
    let (desk, _keys) = with_keys().await;
    desk.ask(dev(CredentialSource::Keychain)).await.unwrap();
    desk.studio.put_keys("trial", KeyPair::new(ID, SECRET, Some(TOKEN)).unwrap()).await.unwrap();
    let mut asked = std::collections::BTreeSet::new();
    for request in every_request() {
        let request: Request = serde_json::from_value(request).unwrap();
        asked.insert(request.method());
        let method = request.method();
        let answer = match dispatch(&*desk.studio, request).await {
            Ok(value) => value.to_string(),
            Err(error) => format!("{} {error:?}", serde_json::to_string(&error).unwrap()),
        };
        for secret in [ID, SECRET, TOKEN] {
            assert!(!answer.contains(secret), "{method} tells a secret");
        }
    }
    // All but the two that take the keys or the environment away, which are asked for last.
    for request in [
        Request::ForgetKeys(ForgetKeys { environment: "trial".to_owned() }),
        Request::RemoveEnvironment(RemoveEnvironment { name: "trial".to_owned() }),
    ] {
        asked.insert(request.method());
        let answer = format!("{:?}", dispatch(&*desk.studio, request).await);
        assert!(![ID, SECRET, TOKEN].iter().any(|secret| answer.contains(secret)));
    }
    let source = include_str!("../../protocol/src/call.rs");
    let (_, listed) = source.rsplit_once("requests! {").unwrap();
    let methods = listed
        .lines()
        .filter(|line| line.starts_with("    ") && line.contains(" {") && !line.contains("///"));
    let methods: Vec<&str> = methods
        .filter_map(|line| line.trim().split_once(": "))
        .filter(|(name, rest)| {
            name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
                && rest.starts_with(|letter: char| letter.is_ascii_uppercase())
        })
        .map(|(name, _)| name)
        .collect();
    assert!(methods.len() > 40, "{methods:?}");
    let forgotten: Vec<&&str> = methods.iter().filter(|method| !asked.contains(**method)).collect();
    assert!(forgotten.is_empty(), "not asked: {forgotten:?}");

    // Nor does any file.
    let mut folders = vec![desk.folder().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                assert!(
                    ![ID, SECRET, TOKEN].iter().any(|secret| text.contains(secret)),
                    "{}",
                    path.display()
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_start_page_remembers_workspaces() {
    let desk = Desk::new();
    let none = desk.ask(Home {}).await.unwrap();
    assert!(none.recent.is_empty() && none.sample.is_some());
    let folder = desk.folder().join("firm").to_string_lossy().into_owned();
    let made = desk.ask(NewWorkspace { path: Some(folder), name: Some("Firm".to_owned()) }).await.unwrap();
    assert_eq!(made.unwrap().name, "Firm");
    let sample = desk.ask(OpenSampleWorkspace {}).await.unwrap();
    assert!(sample.pipelines.len() > 3 && sample.diagnostics.is_empty());
    let home = desk.ask(Home {}).await.unwrap();
    let names: Vec<&str> = home.recent.iter().map(|recent| recent.name.as_str()).collect();
    assert_eq!(names, [sample.name.as_str(), "Firm"]);
    let left = desk.ask(ForgetWorkspace { path: home.recent[1].path.clone() }).await.unwrap();
    assert_eq!(left.recent.len(), 1);
    let dialog = desk.ask(NewWorkspace { path: None, name: None }).await.unwrap_err();
    assert_eq!(dialog.code, ErrorCode::Unsupported);
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_state_and_uploads_come_back() {
    let desk = Desk::new();
    let upload = Upload {
        name: "a.csv".to_owned(),
        id: "1".to_owned(),
        offset: 0,
        data: "aWQ7cHgKMTsyCg==".to_owned(),
        done: true,
    };
    let path = desk.ask(upload.clone()).await.unwrap().unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "id;px\n1;2\n");
    assert_eq!(desk.ask(Documents {}).await.unwrap_err().code, ErrorCode::NoWorkspace);
    desk.open_samples().await;
    let path = desk.ask(upload).await.unwrap().unwrap();
    assert!(path.starts_with(&*desk.workspace().join(".touchstone/uploads").to_string_lossy()), "{path}");

    let documents = desk.ask(Documents {}).await.unwrap();
    let prices = documents.iter().find(|document| document.file == "pipelines/prices.yaml").unwrap();
    let text = prices.text.replace("title:", "description: New\ntitle:");
    let save = SaveDocument { file: prices.file.clone(), text, base_hash: Some(prices.hash.clone()) };
    assert!(matches!(desk.ask(save.clone()).await.unwrap(), SaveView::Saved { .. }));
    let view = desk.ask(touchstone_protocol::OpenPipeline { pipeline: "prices".to_owned() }).await.unwrap();
    assert_eq!(view.description.as_deref(), Some("New"), "what was saved is what is shown");

    for scope in [StateScope::Person, StateScope::Workspace] {
        assert_eq!(desk.ask(LoadState { scope, page: 0 }).await.unwrap(), None);
        desk.ask(SaveState { scope, page: 0, state: json!({ "of": scope }) }).await.unwrap();
        assert_eq!(desk.ask(LoadState { scope, page: 0 }).await.unwrap(), Some(json!({ "of": scope })));
    }
}
