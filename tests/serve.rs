//! The browser's front door: who is let in, what every answer carries, and that it ends well. In one process, and once
//! with the real command.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::io::{BufRead as _, BufReader};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use touchstone_serve::{Door, DoorError, DoorOptions};
use touchstone_studio::Studio;
use touchstone_tests::http::{Answer, Session, parts, send};
use touchstone_tests::{binary, sample_workspace, touchstone};

/// A door that is open as long as the value lives.
struct Open {
    runtime: Runtime,
    links: Arc<Mutex<Vec<String>>>,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<tokio::task::JoinHandle<std::io::Result<()>>>,
}

impl Open {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let links = Arc::new(Mutex::new(Vec::new()));
        let announce = {
            let links = Arc::clone(&links);
            move |link: &str| links.lock().unwrap().push(link.to_owned())
        };
        let options = DoorOptions { announce: Box::new(announce), ..DoorOptions::default() };
        let door =
            runtime.block_on(Door::open(Studio::new(), options)).unwrap_or_else(|error| panic!("{error:?}"));
        let (stop, stopped) = oneshot::channel();
        let serving = runtime.spawn(door.serve(async move { drop(stopped.await) }));
        Self { runtime, links, stop: Some(stop), serving: Some(serving) }
    }

    /// The link that works now.
    fn link(&self) -> String {
        self.links.lock().unwrap().last().unwrap().clone()
    }

    fn address(&self) -> SocketAddr {
        parts(&self.link()).0
    }

    fn enter(&self) -> Session {
        Session::enter(&self.link())
    }

    fn close(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        self.runtime.block_on(self.serving.take().unwrap()).unwrap().unwrap();
    }
}

fn assert_protected(answer: &Answer) {
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(
        policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"),
        "{answer:#?}"
    );
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}: {answer:#?}");
    }
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[test]
fn the_link_lets_one_browser_in() {
    let open = Open::new();
    let (door, link) = (open.address(), open.link());
    let (_, path) = parts(&link);
    for wrong in ["/", "/?token=", "/?token=AAAA", "/index.html", "/touchstone_ui.js", "/nothing"] {
        let answer = send(door, &format!("GET {wrong}"), &[], b"");
        assert_eq!(answer.status, 401, "{wrong}: {answer:#?}");
        assert!(answer.text().contains("Open the link that Touchstone printed"), "{answer:#?}");
        assert_protected(&answer);
    }
    let looked_at = send(door, &format!("HEAD {path}"), &[], b"");
    assert_eq!(looked_at.status, 401, "to look at it does not use it up");

    let welcome = send(door, &format!("GET {path}"), &[], b"");
    assert_protected(&welcome);
    let cookie = welcome.header("set-cookie").unwrap();
    assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Strict"), "{cookie}");
    assert!(welcome.text().contains("url=/\""), "{}", welcome.text());
    let session = Session { door, cookie: cookie.split(';').next().unwrap().to_owned() };

    assert_eq!(send(door, &format!("GET {path}"), &[], b"").status, 401, "the link is spent");
    assert_eq!(session.get(path).status, 200, "but harmless where it was used");
    let page = session.get("/");
    assert_protected(&page);
    // As this test was built with or without the page.
    let is_built = page.status == 200;
    assert!(is_built || page.text().contains("cargo xtask ui"), "{page:#?}");
    if is_built {
        let module = session.get("/touchstone_ui_bg.wasm");
        assert_eq!(module.header("content-type"), Some("application/wasm"));
        assert!(module.body.starts_with(b"\0asm"));
    }
    assert_eq!(session.get("/../Cargo.toml").status, 404);

    assert_ne!(open.link(), link);
    let second = open.enter();
    assert_ne!(second.cookie, session.cookie);
    assert!(session.call("home", &json!({}))["version"].is_string());
    assert!(second.call("home", &json!({}))["version"].is_string());
}

#[test]
fn other_pages_and_other_names_get_nothing() {
    let open = Open::new();
    let session = open.enter();
    let own = format!("http://{}", session.door);
    let home = json!({ "method": "home", "params": {} }).to_string();
    let post = |headers: &[(&str, &str)]| {
        let cookie = [("Cookie", session.cookie.as_str())];
        send(session.door, "POST /rpc", &[&cookie, headers].concat(), home.as_bytes())
    };
    let json_type = ("Content-Type", "application/json");
    assert_eq!(post(&[json_type, ("Origin", &own)]).status, 200, "as it should be");

    let through_a_tunnel = [json_type, ("Host", "localhost:8000"), ("Origin", "http://localhost:8000")];
    assert_eq!(post(&through_a_tunnel).status, 200);
    for (wrong, status) in [
        (vec![json_type], 403),
        (vec![json_type, ("Origin", "null")], 403),
        (vec![json_type, ("Origin", "http://evil.example")], 403),
        (vec![json_type, ("Origin", "http://localhost:1")], 403),
        (vec![json_type, ("Host", "evil.example"), ("Origin", "http://evil.example")], 403),
        (vec![json_type, ("Origin", &own), ("Sec-Fetch-Site", "cross-site")], 403),
        (vec![json_type, ("Origin", &own), ("Sec-Fetch-Site", "same-site")], 403),
        (vec![("Origin", own.as_str())], 415),
        (vec![("Content-Type", "text/plain"), ("Origin", own.as_str())], 415),
        (vec![json_type, ("Origin", &own), ("Content-Length", "50000000")], 413),
    ] {
        let answer = post(&wrong);
        assert_eq!(answer.status, status, "{wrong:?}: {answer:#?}");
        assert!(!answer.text().contains("version"), "{answer:#?}");
        assert_protected(&answer);
    }

    let without_session = Session { cookie: "touchstone=x".to_owned(), ..session.clone() };
    let answer = without_session.rpc(&json!({ "method": "home", "params": {} }));
    assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (401, Some("unavailable")));
    let rebound = send(session.door, "GET /", &[("Host", "evil.example"), ("Cookie", &session.cookie)], b"");
    assert_eq!(rebound.status, 403);
    let linked = [("Sec-Fetch-Site", "cross-site"), ("Cookie", session.cookie.as_str())];
    assert_eq!(send(session.door, "GET /touchstone_ui.js", &linked, b"").status, 403);
}

#[test]
fn requests_are_answered_and_mistakes_described() {
    let open = Open::new();
    let session = open.enter();
    let unknown = session.rpc(&json!({ "method": "nothing", "params": {} }));
    assert_eq!(unknown.status, 400);
    assert!(unknown.json()["error"]["message"].as_str().unwrap().contains("nothing"), "{unknown:#?}");
    let missing = session.rpc(&json!({ "method": "open_pipeline", "params": { "pipeline": "x" } }));
    assert_eq!((missing.status, missing.json()["error"]["code"].as_str()), (200, Some("no_workspace")));
    assert_eq!(session.get("/rpc").status, 405);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firm").display().to_string();
    let made = session.call("new_workspace", &json!({ "path": path, "name": "Firm" }));
    assert_eq!(made["name"], "Firm");
    let dialog = session.rpc(&json!({ "method": "pick_files", "params": {} })).json();
    assert_eq!(dialog["error"]["code"], "unsupported");
    let piece = json!({ "name": "a.csv", "id": "1", "offset": 0, "data": "aWQ7cHgK", "done": true });
    let uploaded = session.call("upload", &piece);
    assert_eq!(std::fs::read(uploaded.as_str().unwrap()).unwrap(), b"id;px\n");
}

#[test]
fn those_who_wait_hold_up_nobody_and_hear_that_it_ends() {
    let mut open = Open::new();
    let session = open.enter();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firm").display().to_string();
    session.call("new_workspace", &json!({ "path": path, "name": null }));
    let known = session.call("await_changes", &json!({ "revision": 0 }))["revision"].clone();
    let waiting: Vec<JoinHandle<Value>> = (0..40)
        .map(|_| {
            let (session, known) = (session.clone(), known.clone());
            thread::spawn(move || {
                session.rpc(&json!({ "method": "await_changes", "params": { "revision": known } })).json()
            })
        })
        .collect();
    for _ in 0..5 {
        session.call("workspace", &json!({}));
    }
    assert!(waiting.iter().any(|one| !one.is_finished()), "somebody still waits");
    open.close();
    let answers: Vec<Value> = waiting.into_iter().map(|one| one.join().unwrap()).collect();
    assert!(answers.iter().any(|answer| answer["error"]["code"] == "unavailable"), "{answers:#?}");
}

#[test]
fn addresses_that_others_can_reach_are_refused() {
    let runtime = Runtime::new().unwrap();
    for address in [IpAddr::V4(Ipv4Addr::UNSPECIFIED), "::".parse().unwrap(), "10.0.0.1".parse().unwrap()] {
        let options = DoorOptions { address, ..DoorOptions::default() };
        let refused = runtime.block_on(Door::open(Studio::new(), options));
        assert!(matches!(refused, Err(DoorError::NotLoopback(it)) if it == address));
    }
    let workspace = sample_workspace();
    let refused = touchstone(workspace.path(), &["serve", "--address", "0.0.0.0"]);
    assert_eq!(refused.code, 1, "{refused:#?}");
    assert!(refused.err.contains("other computers") && refused.err.contains("ssh -L"), "{refused:#?}");
}

#[cfg(unix)]
#[test]
fn the_command_shows_the_workspace_until_it_is_interrupted() {
    let (workspace, person) = (sample_workspace(), tempfile::tempdir().unwrap());
    let mut command = Command::new(binary("TOUCHSTONE_CLI"));
    command.arg("--workspace").arg(workspace.path()).arg("serve");
    command.env("TOUCHSTONE_CONFIG_DIR", person.path()).env("TOUCHSTONE_DOCUMENTS_DIR", person.path());
    command.env("TOUCHSTONE_LOG", "rpc").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut serving = command.spawn().expect("touchstone starts");
    let mut lines = BufReader::new(serving.stdout.take().unwrap()).lines().map_while(Result::ok);
    let session = Session::enter(&lines.next().expect("the first line is the link"));
    let shown = session.call("workspace", &json!({}));
    assert!(shown["pipelines"].as_array().is_some_and(|all| !all.is_empty()), "{shown:#}");
    let next = lines.next().expect("the next link");
    Session::enter(&next).call("home", &json!({}));

    let id = serving.id().to_string();
    assert!(Command::new("kill").args(["-s", "INT", &id]).status().unwrap().success());
    let ended = serving.wait_with_output().unwrap();
    let written = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{:?}\n{written}", ended.status);
    assert!(written.contains("rpc workspace ok") && written.contains("Ended."), "{written}");
}
