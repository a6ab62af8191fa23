//! Bad input through the real command line: each gives a message with the next step, a non-zero exit code, and loses
//! nothing.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::{
    io::{Read, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
};

use touchstone_tests::{Ran, binary, sample_workspace, touchstone};

/// The command failed, said why and what to do, and did not panic.
fn refused(ran: &Ran, expected: &[&str]) {
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(!ran.err.contains("panicked"), "{ran:#?}");
    for text in expected {
        assert!(ran.err.contains(text) || ran.out.contains(text), "no `{text}` in {ran:#?}");
    }
}

fn infer(root: &Path, name: &str, bytes: &[u8]) -> Ran {
    let file = root.join(name);
    std::fs::write(&file, bytes).unwrap();
    touchstone(root, &["infer", &file.to_string_lossy()])
}

#[test]
fn files_that_are_no_data() {
    let workspace = sample_workspace();
    let root = workspace.path();
    refused(&infer(root, "empty.csv", b""), &["empty.csv", "empty"]);
    refused(
        &infer(root, "picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0"),
        &["picture.csv", "binary"],
    );
    refused(&infer(root, "blank.csv", b"\n\n\n"), &["blank.csv"]);
    refused(&touchstone(root, &["infer", "nowhere.csv"]), &["nowhere.csv"]);
    refused(&touchstone(root, &["infer", &root.to_string_lossy()]), &["folder"]);
}

#[test]
fn a_line_of_two_hundred_megabytes_is_answered_in_bounded_memory() {
    let workspace = sample_workspace();
    let root = workspace.path();
    let file = root.join("line.csv");
    let mut out = std::io::BufWriter::new(std::fs::File::create(&file).unwrap());
    for _ in 0..200 {
        out.write_all(&vec![b'x'; 1_000_000]).unwrap();
    }
    out.flush().unwrap();
    drop(out);
    // Address space of 1.5 GB: a copy or two of the file fit, a third does not.
    let ran: Ran = std::process::Command::new("prlimit")
        .arg("--as=1500000000")
        .arg(binary("TOUCHSTONE_CLI"))
        .args(["infer", &file.to_string_lossy()])
        .env("TOKIO_WORKER_THREADS", "1")
        .output()
        .unwrap()
        .into();
    refused(&ran, &["line.csv"]);
}

#[test]
fn a_file_without_permission() {
    let workspace = sample_workspace();
    let root = workspace.path();
    let file = root.join("secret.csv");
    std::fs::write(&file, "a,b\n1,2\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).unwrap();
    std::fs::set_permissions(root, std::fs::Permissions::from_mode(0o755)).unwrap();
    // Root may read everything, so the command runs as nobody, from a place nobody can reach.
    let program = root.join("touchstone");
    std::fs::copy(binary("TOUCHSTONE_CLI"), &program).unwrap();
    let mut command = if std::fs::File::open(&file).is_ok() {
        let mut command = std::process::Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program);
        command
    } else {
        std::process::Command::new(&program)
    };
    let ran: Ran =
        command.args(["infer", &file.to_string_lossy()]).current_dir(root).output().unwrap().into();
    refused(&ran, &["secret.csv", "ermission"]);
}

#[test]
fn a_document_with_a_syntax_error() {
    let workspace = sample_workspace();
    let root = workspace.path();
    std::fs::write(root.join("pipelines/broken.yaml"), "pipeline: broken\nsilver:\n  t: {from: x\n").unwrap();
    refused(&touchstone(root, &["check"]), &["pipelines/broken.yaml:", "not valid YAML", "help:"]);
    refused(&touchstone(root, &["publish", "broken", "-m", "x"]), &["pipelines/broken.yaml"]);
    refused(&touchstone(root, &["simulate", "broken"]), &["pipelines/broken.yaml"]);
    // The others are not held up.
    touchstone(root, &["simulate", "prices", "--rows", "100"]).well();
}

#[test]
fn folders_that_are_no_workspace() {
    let folder = tempfile::tempdir().unwrap();
    refused(&touchstone(folder.path(), &["check"]), &["is not a workspace", "touchstone init"]);
    refused(&touchstone(&folder.path().join("nowhere"), &["check"]), &["there is no folder"]);
}

#[test]
fn names_that_do_not_exist() {
    let workspace = sample_workspace();
    let root = workspace.path();
    refused(
        &touchstone(root, &["simulate", "trade"]),
        &["there is no pipeline `trade`", "did you mean `trades`?"],
    );
    refused(
        &touchstone(root, &["history", "trades", "--env", "prd"]),
        &["there is no environment `prd`", "local"],
    );
    refused(&touchstone(root, &["history", "trades"]), &["was never published", "touchstone publish trades"]);
    refused(&touchstone(root, &["lineage", "trades.silver.trads"]), &["trads"]);
    refused(
        &touchstone(root, &["new", "Trades 2", "--from", "x.csv"]),
        &["can't be a pipeline's name", "trades_2"],
    );
}

/// A workspace whose environment `dev` is this endpoint.
fn with_endpoint(root: &Path, endpoint: &str) {
    let text = format!(
        "name = \"x\"\n[environments.dev]\ntable = \"touchstone-dev\"\nregion = \"eu-west-1\"\nendpoint_url = \"{endpoint}\"\n"
    );
    std::fs::write(root.join("touchstone.toml"), text).unwrap();
}

fn with_keys(root: &Path, arguments: &[&str]) -> Ran {
    touchstone_tests::command(root, arguments)
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .output()
        .unwrap()
        .into()
}

#[test]
fn an_endpoint_that_nobody_answers() {
    let workspace = sample_workspace();
    let root = workspace.path();
    // A port that was free a moment ago and that nobody listens on.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    with_endpoint(root, &format!("http://127.0.0.1:{port}"));
    let ran = with_keys(root, &["publish", "prices", "--env", "dev", "-m", "x"]);
    refused(&ran, &["127.0.0.1", "help:"]);
    assert!(!format!("{ran:?}").contains("wJalrXUtnFEMI"), "a secret is shown: {ran:#?}");
}

#[test]
fn credentials_that_have_expired() {
    let workspace = sample_workspace();
    let root = workspace.path();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    with_endpoint(root, &format!("http://{}", listener.local_addr().unwrap()));
    // Answers as AWS does when a session token has run out. Ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut buffer = vec![0; 65_536];
            if stream.read(&mut buffer).is_err() {
                continue;
            }
            let body = r#"{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"The security token included in the request is expired"}"#;
            let answer = format!(
                "HTTP/1.1 400 Bad Request\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            // A client that went away has seen enough.
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    let ran = with_keys(root, &["publish", "prices", "--env", "dev", "-m", "x"]);
    refused(&ran, &["expired", "help:"]);
    assert!(!format!("{ran:?}").contains("wJalrXUtnFEMI"), "a secret is shown: {ran:#?}");
}

#[test]
fn a_full_disk() {
    let workspace = sample_workspace();
    let root = workspace.path();
    let file = root.join("samples/prices.csv");
    let rejects = root.join("rejects.jsonl");
    let ran = touchstone(
        root,
        &["ingest", &file.to_string_lossy(), "--clean", "/dev/full", "--rejects", &rejects.to_string_lossy()],
    );
    refused(&ran, &["/dev/full", "space"]);
}

#[test]
fn a_disk_that_fills_up_during_a_simulation_loses_nothing() {
    let workspace = sample_workspace();
    let root = workspace.path();
    let before = touchstone(root, &["simulate", "prices", "--rows", "50", "--json"]).well().json();
    // Files may not grow beyond 64 KiB: the second, larger run can't write its tables. A shell ignores the signal that
    // comes with it, and its children do too.
    let script = format!(
        "trap '' XFSZ; exec prlimit --fsize=65536 {} --workspace {} simulate prices",
        binary("TOUCHSTONE_CLI").display(),
        root.display()
    );
    let ran: Ran = std::process::Command::new("sh").args(["-c", &script]).output().unwrap().into();
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(!ran.err.contains("panicked"), "{ran:#?}");
    // What was there is still there, and the next run goes well.
    let after = touchstone(root, &["simulate", "prices", "--rows", "50", "--json"]).well().json();
    let rows =
        |report: &serde_json::Value| report["tables"].as_array().unwrap().last().unwrap()["totals"].clone();
    assert_eq!(rows(&before), rows(&after));
}

#[test]
fn two_processes_on_one_workspace() {
    let workspace = sample_workspace();
    let root = workspace.path();
    let children: Vec<_> = (0..3)
        .map(|_| {
            touchstone_tests::command(root, &["simulate", "trades"])
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let ran: Vec<Ran> = children.into_iter().map(|child| child.wait_with_output().unwrap().into()).collect();
    assert!(ran.iter().any(|ran| ran.code == 0), "{ran:#?}");
    for ran in ran.iter().filter(|ran| ran.code != 0) {
        refused(ran, &["another", "help:"]);
    }
    touchstone(root, &["simulate", "trades"]).well();
}

#[test]
fn an_output_never_overwrites_what_is_read() {
    let workspace = sample_workspace();
    let root = workspace.path();
    let file = root.join("samples/prices.csv");
    let (name, before) = (file.to_string_lossy().into_owned(), std::fs::read(&file).unwrap());
    let other = root.join("other.csv");
    let other_name = other.to_string_lossy().into_owned();
    for (clean, rejects) in [(&name, &other_name), (&other_name, &name), (&other_name, &other_name)] {
        let ran = touchstone(root, &["ingest", &name, "--clean", clean, "--rejects", rejects]);
        refused(&ran, &["nothing was written"]);
        assert!(std::fs::read(&file).unwrap() == before, "the sample changed");
        assert!(!other.exists());
    }
}

#[test]
fn a_copied_workspace_does_not_write_into_the_original() {
    let workspace = sample_workspace();
    let root = workspace.path();
    touchstone(root, &["simulate", "prices", "--rows", "50"]).well();
    let copy = tempfile::tempdir().unwrap();
    let copied =
        std::process::Command::new("cp").arg("-r").arg(root.join(".")).arg(copy.path()).status().unwrap();
    assert!(copied.success());
    let ran = touchstone(copy.path(), &["simulate", "prices", "--rows", "50"]);
    refused(&ran, &["moved or copied", "delete"]);
    std::fs::remove_dir_all(copy.path().join(".touchstone/warehouse")).unwrap();
    touchstone(copy.path(), &["simulate", "prices", "--rows", "50"]).well();
}
