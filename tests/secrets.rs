//! The page never receives a secret: credentials lie in the keychain, in the environment and in the AWS configuration
//! while every request is asked, within the process and over HTTP, against an endpoint that repeats all that it is sent.
//! Nothing of them may be in a reply, in a line of the log, or in a file of the workspace.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use touchstone_protocol::Request;
use touchstone_serve::{Door, DoorOptions};
use touchstone_studio::{KeyPair, MemoryKeys, PersonFolders, RequestLog, Studio, StudioOptions, dispatch};
use touchstone_tests::http::Session;
use touchstone_tests::{repository, sample_workspace};

/// Where a secret lies, and the secret. A key's id is public, the other two parts are not.
const CANARIES: [(&str, &str); 7] = [
    ("key of the keychain", "keychainCanary/0123456789+abcdefghijklmno"),
    ("token of the keychain", "keychainTokenCanary/ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789=="),
    ("key of the environment", "environmentCanary/0123456789+abcdefghijkl"),
    ("token of the environment", "environmentTokenCanary/ABCDEFGHIJKLMNOPQRSTUVWXYZ012345=="),
    ("key of the file", "filedCanary/0123456789+abcdefghijklmnopqr"),
    ("key of the process", "processCanary/0123456789+abcdefghijklmnop"),
    ("token of the process", "processTokenCanary/ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789=="),
];

/// Environments by what gives their credentials.
const ENVIRONMENTS: [&str; 4] = ["vault", "chain", "filed", "processed"];

#[test]
fn no_reply_no_log_and_no_file_holds_a_secret() {
    let home = tempfile::tempdir().unwrap();
    let [_, _, (_, key), (_, token), (_, filed), (_, process), (_, process_token)] = CANARIES;
    let aws = home.path().join(".aws");
    std::fs::create_dir(&aws).unwrap();
    let credentials =
        format!("[filed]\naws_access_key_id = AKIAFILEDFILEDFILED0\naws_secret_access_key = {filed}\n");
    std::fs::write(aws.join("credentials"), credentials).unwrap();
    let printed = json!({
        "Version": 1, "AccessKeyId": "AKIAPROCESSPROCESS00", "SecretAccessKey": process, "SessionToken": process_token,
    });
    std::fs::write(home.path().join("printed.json"), printed.to_string()).unwrap();
    let config = format!(
        "[profile filed]\nregion = eu-west-1\n[profile processed]\nregion = eu-west-1\ncredential_process = cat {}\n",
        home.path().join("printed.json").display()
    );
    std::fs::write(aws.join("config"), config).unwrap();

    // Only a process that is started with them has them in its environment.
    let mut inner = Command::new(std::env::current_exe().unwrap());
    inner.args(["--exact", "every_request_is_asked_with_secrets_around", "--ignored", "--nocapture"]);
    inner.env("HOME", home.path()).env("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT00000");
    inner
        .env("AWS_SECRET_ACCESS_KEY", key)
        .env("AWS_SESSION_TOKEN", token)
        .env("AWS_EC2_METADATA_DISABLED", "true");
    inner.env_remove("AWS_PROFILE").env_remove("AWS_SHARED_CREDENTIALS_FILE").env_remove("AWS_CONFIG_FILE");
    let ran = inner.output().unwrap();
    let written = [ran.stdout.as_slice(), &ran.stderr].concat();
    let text = String::from_utf8_lossy(&written);
    assert!(ran.status.success(), "{text}");
    assert!(text.contains("1 passed"), "{text}");
    assert_eq!(found_in(&written), None, "in what the process wrote");
}

#[test]
#[ignore = "run by the test above, in a process that has the secrets in its environment"]
fn every_request_is_asked_with_secrets_around() {
    let echo = Echo::start();
    let (workspace, person) = (sample_workspace(), tempfile::tempdir().unwrap());
    let runtime = Runtime::new().unwrap();
    let folders =
        PersonFolders { config: person.path().join("config"), documents: person.path().join("documents") };
    let options = StudioOptions { folders: Some(folders), has_dialogs: false };
    let studio = Studio::start_with(options, Arc::new(MemoryKeys::default()));
    let log = Arc::new(Mutex::new(String::new()));
    let links = Arc::new(Mutex::new(Vec::new()));
    let door = {
        let (log, links) = (Arc::clone(&log), Arc::clone(&links));
        let options = DoorOptions {
            announce: Box::new(move |link| links.lock().unwrap().push(link.to_owned())),
            log: RequestLog::new(move |line| log.lock().unwrap().extend([line, "\n"])),
            ..DoorOptions::default()
        };
        runtime.block_on(Door::open(Arc::clone(&studio), options)).unwrap_or_else(|error| panic!("{error:?}"))
    };
    let _serving = runtime.spawn(door.serve(std::future::pending()));
    let link = links.lock().unwrap()[0].clone();
    let session = Session::enter(&link);

    let within = |request: &Value| {
        let request: Request = serde_json::from_value(request.clone()).unwrap();
        let answer = match runtime.block_on(dispatch(&*studio, request)) {
            Ok(value) => json!({ "ok": value }),
            Err(error) => json!({ "error": error, "debug": format!("{error:?} {error}") }),
        };
        answer.to_string().into_bytes()
    };
    let over_http = |request: &Value| {
        let answer = session.rpc(request);
        [answer.head.as_bytes(), &answer.body].concat()
    };
    let keep_keys = || {
        let [(_, secret), (_, token), ..] = CANARIES;
        let pair = KeyPair::new("AKIAKEYCHAIN00000000", secret, Some(token)).unwrap();
        runtime.block_on(studio.put_keys("vault", pair)).unwrap();
    };
    Asking { send: &within, asked: BTreeSet::new() }.ask_all(workspace.path(), &echo.address, &keep_keys);
    Asking { send: &over_http, asked: BTreeSet::new() }.ask_all(workspace.path(), &echo.address, &keep_keys);

    let seen = echo.seen.lock().unwrap().clone();
    for token in
        ["keychainTokenCanary", "environmentTokenCanary", "processTokenCanary", "AKIAFILEDFILEDFILED0"]
    {
        let seen = String::from_utf8_lossy(&seen);
        assert!(seen.contains(token), "{token} was never used, so that nothing is proved");
    }
    let log = log.lock().unwrap().clone();
    assert!(log.contains("rpc publish failed") && log.contains("rpc settings ok"), "{log}");
    assert_eq!(found_in(log.as_bytes()), None, "in the log");
    let mut files = 0;
    for folder in [workspace.path(), person.path()] {
        for path in files_below(folder) {
            files += 1;
            assert_eq!(found_in(&std::fs::read(&path).unwrap()), None, "in {}", path.display());
        }
    }
    assert!(files > 20, "only {files} files were looked into");
}

/// Asks every request and looks into every answer.
struct Asking<'a> {
    send: &'a dyn Fn(&Value) -> Vec<u8>,
    asked: BTreeSet<&'static str>,
}

impl Asking<'_> {
    #[expect(clippy::needless_pass_by_value, reason = "it is written where it is asked")]
    fn ask(&mut self, method: &str, params: Value) -> Value {
        let request = json!({ "method": method, "params": params });
        let known: Request =
            serde_json::from_value(request.clone()).unwrap_or_else(|error| panic!("{request}: {error}"));
        self.asked.insert(known.method());
        let answer = (self.send)(&request);
        assert_eq!(
            found_in(&answer),
            None,
            "in the answer to {request}: {}",
            String::from_utf8_lossy(&answer)
        );
        let body = answer.windows(2).position(|two| two == b"{\"").unwrap_or_default();
        serde_json::from_slice(&answer[body..]).unwrap_or_default()
    }

    fn ask_all(&mut self, workspace: &Path, endpoint: &str, keep_keys: &dyn Fn()) {
        let path = workspace.display().to_string();
        self.ask("open_workspace", json!({ "path": path }));
        for (environment, credentials) in [
            ("vault", json!({ "from": "keychain" })),
            ("chain", json!({ "from": "chain" })),
            ("filed", json!({ "from": "profile", "name": "filed" })),
            ("processed", json!({ "from": "profile", "name": "processed" })),
        ] {
            let saved = self.ask(
                "save_environment",
                json!({
                    "name": environment, "table": "touchstone-dev", "region": "eu-west-1", "credentials": credentials,
                    "endpoint": endpoint,
                }),
            );
            assert!(saved.get("ok").is_some(), "{saved}");
        }
        keep_keys();
        let settings = self.ask("settings", json!({}));
        let vault =
            settings["ok"]["environments"].as_array().unwrap().iter().find(|one| one["name"] == "vault");
        assert_eq!(vault.unwrap()["has_keys"], true);
        self.ask("enter_keys", json!({ "environment": "vault" }));
        for environment in ENVIRONMENTS.into_iter().chain(["local"]) {
            self.environment(environment);
        }
        self.data(workspace);
        self.others(workspace);
        self.ask("forget_keys", json!({ "environment": "vault" }));
        self.ask("remove_environment", json!({ "name": "processed" }));
        // They open another workspace, and so come last.
        self.ask("open_sample_workspace", json!({}));
        self.ask("new_workspace", json!({ "path": null, "name": null }));
        self.ask("forget_workspace", json!({ "path": path }));
        let forgotten: Vec<_> =
            Request::METHODS.iter().filter(|method| !self.asked.contains(**method)).collect();
        assert!(forgotten.is_empty(), "not asked: {forgotten:?}");
    }

    fn environment(&mut self, environment: &str) {
        let filter = json!({ "actor": null, "pipeline": null, "from": null, "to": null });
        let about = json!({ "pipeline": "trades", "environment": environment });
        let with = |more: Value| {
            let mut all = about.clone();
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        self.ask("test_connection", json!({ "environment": environment }));
        self.ask("set_up_environment", json!({ "environment": environment }));
        let plan = self.ask("plan_publish", about.clone());
        let hash = plan["ok"]["content_hash"].as_str().unwrap_or_default().to_owned();
        self.ask("publish", with(json!({ "message": "m", "expected_version": null, "content_hash": hash })));
        self.ask("history", about.clone());
        self.ask("audit", json!({ "environment": environment, "filter": filter, "limit": 50 }));
        for format in ["json", "csv"] {
            self.ask(
                "export_audit",
                json!({ "environment": environment, "filter": filter, "format": format }),
            );
        }
        self.ask("compare_versions", with(json!({ "before": 1, "after": null })));
        self.ask("roll_back", with(json!({ "version": 1, "message": "m", "expected_version": 1 })));
    }

    fn data(&mut self, workspace: &Path) {
        let query = json!({ "sort": [], "filters": [], "search": null });
        let home = PathBuf::from(std::env::var_os("HOME").unwrap());
        let link = workspace.join("samples/harmless.csv");
        if !link.exists() {
            std::os::unix::fs::symlink(home.join(".aws/credentials"), &link).unwrap();
        }
        // A page that was made to do so could ask for the very files that hold them.
        let files = [
            home.join(".aws/credentials"),
            home.join(".aws/config"),
            home.join(".aws/../.aws/credentials"),
            "/proc/self/environ".into(),
            link.clone(),
        ];
        let mut all = vec![
            json!({ "kind": "sample", "pipeline": "trades", "source": "trades" }),
            json!({ "kind": "file", "path": "samples/prices.csv" }),
        ];
        for file in &files {
            let refused = self.ask("open_file", json!({ "file": file }));
            assert!(refused.get("error").is_some(), "{} was read: {refused}", file.display());
            self.ask("draft_pipeline", json!({ "pipeline": "stolen", "files": [file] }));
            let job = self.ask("start_draft", json!({ "pipeline": "stolen", "files": [file] }));
            self.end(&job["ok"]["id"]);
            let document = format!(
                "pipeline: stolen\nsources:\n  s:\n    kind: file\n    format: {{ csv: {{ delimiter: \"=\" }} }}\n    \
                 sample: \"{}\"\n    contract:\n      - {{ name: a, type: string }}\nsilver:\n  t:\n    from: s\n    \
                 fields:\n      a: {{ from: a }}\n",
                file.display()
            );
            self.ask(
                "preview",
                json!({ "file": "pipelines/stolen.yaml", "text": document, "table": "stolen.silver.t", "limit": 9 }),
            );
            all.push(json!({ "kind": "file", "path": file }));
        }
        for data in all {
            self.ask("profile", json!({ "data": data }));
            self.ask("start_profile", json!({ "data": data }));
            self.ask("rows", json!({ "data": data, "query": query, "offset": 0, "limit": 20 }));
            self.ask(
                "find",
                json!({ "data": data, "query": query, "text": "canary", "from": null, "backward": false }),
            );
            self.ask("column_profile", json!({ "data": data, "query": query, "column": "Side" }));
        }
        std::fs::remove_file(link).unwrap();
        self.ask("record", json!({ "pipeline": "trades", "source": "trades", "record": 1 }));
    }

    /// Asks on until a job has ended; what it came to is looked through too.
    fn end(&mut self, job: &Value) {
        while matches!(
            self.ask("job_status", json!({ "job": job }))["ok"]["state"].as_str(),
            Some("running" | "cancelling")
        ) {
            thread::yield_now();
        }
    }

    fn others(&mut self, workspace: &Path) {
        let table = json!("trades.silver.trades");
        self.ask("workspace", json!({}));
        self.ask("open_pipeline", json!({ "pipeline": "trades" }));
        let job = self.ask("start_simulate", json!({ "pipeline": "trades" }))["ok"]["id"].clone();
        self.ask("job_status", json!({ "job": job }));
        self.ask("cancel_job", json!({ "job": job }));
        self.end(&job);
        self.ask("last_run", json!({ "pipeline": "trades" }));
        self.ask("runs", json!({ "pipeline": "trades", "limit": 5 }));
        self.ask(
            "run_diff",
            json!({ "table": table, "before": null, "after": null, "kind": null, "offset": 0, "limit": 5 }),
        );
        self.ask("trace", json!({ "table": table, "row": 0, "column": null }));
        self.ask("documents", json!({}));
        self.ask("save_document", json!({ "file": "pipelines/new.yaml", "text": "x", "base_hash": "0" }));
        self.ask("delete_document", json!({ "file": "pipelines/new.yaml", "base_hash": "0" }));
        self.ask("await_changes", json!({ "revision": 0 }));
        self.ask("upload", json!({ "name": "a.csv", "id": "1", "offset": 0, "data": "eA==", "done": true }));
        self.ask("save_text", json!({ "name": "a", "text": "b" }));
        self.ask("copy_text", json!({ "text": "b" }));
        self.ask("pick_workspace", json!({}));
        self.ask("pick_files", json!({}));
        self.ask("home", json!({}));
        for scope in ["person", "workspace"] {
            self.ask("save_state", json!({ "scope": scope, "state": { "root": workspace } }));
            self.ask("load_state", json!({ "scope": scope }));
        }
    }
}

/// A server that refuses everything, each time in another way, and repeats all that it was sent.
struct Echo {
    address: String,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Echo {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        thread::spawn({
            let seen = Arc::clone(&seen);
            move || {
                for (number, stream) in listener.incoming().flatten().enumerate() {
                    let seen = Arc::clone(&seen);
                    // A client that goes away in between is none of this test's business.
                    thread::spawn(move || drop(refuse(stream, number, &seen)));
                }
            }
        });
        Self { address, seen }
    }
}

fn refuse(mut stream: TcpStream, number: usize, seen: &Mutex<Vec<u8>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut request, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        request.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    request.push_str(&String::from_utf8_lossy(&body));
    seen.lock().unwrap().extend(request.bytes());
    let kinds = [
        "ValidationException",
        "AccessDeniedException",
        "SomethingOddException",
        "UnrecognizedClientException",
    ];
    let kind = format!("com.amazonaws.dynamodb.v20120810#{}", kinds[number % kinds.len()]);
    let told = match number % 5 {
        4 => format!("<html>{request}</html>"),
        _ => {
            json!({ "__type": kind, "message": format!("the key {request}"), "Message": request }).to_string()
        }
    };
    write!(
        stream,
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\nConnection: \
         close\r\n\r\n{told}",
        told.len()
    )
}

/// Which secret stands in these bytes: plain, with escaped slashes, in an address, in hexadecimal or in base64, wherever
/// in the encoded text it begins.
fn found_in(bytes: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(bytes);
    let lower = text.to_lowercase();
    CANARIES.iter().find_map(|(name, secret)| {
        // A good part of it is bad enough.
        let part = &secret[..secret.len() - 6];
        let hex = part.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        let plain = [part.to_owned(), part.replace('/', "\\/"), part.replace('/', "%2F").replace('+', "%2B")];
        let is_plain = plain.iter().any(|one| text.contains(one.as_str()));
        let is_coded = (0..3).any(|before| {
            let coded = BASE64_STANDARD.encode([&vec![b'x'; before][..], part.as_bytes()].concat());
            // The first and the last group of four also depend on what stands around it.
            let inner = &coded[4..coded.len() - 4];
            text.contains(inner) || text.contains(&inner.replace('+', "-").replace('/', "_"))
        });
        (is_plain || is_coded || lower.contains(&hex)).then_some(*name)
    })
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn secrets_are_found_in_every_form() {
    for (name, secret) in CANARIES {
        for around in ["", "a", "ab", "abc"] {
            let text = format!("{around}{secret}{around}");
            assert_eq!(found_in(text.as_bytes()), Some(name));
            assert_eq!(found_in(json!({ "x": text }).to_string().as_bytes()), Some(name));
            assert_eq!(found_in(BASE64_STANDARD.encode(&text).as_bytes()), Some(name));
            let url_safe = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(&text);
            assert_eq!(found_in(url_safe.as_bytes()), Some(name));
            let hex = text.bytes().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().concat();
            assert_eq!(found_in(hex.as_bytes()), Some(name));
        }
    }
    assert_eq!(found_in(&std::fs::read(repository().join("Cargo.lock")).unwrap()), None);
}
