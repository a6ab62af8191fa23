//! Publishing to a DynamoDB environment through the real command line, against AWS's own DynamoDB Local.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

use std::{
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use touchstone_tests::{Ran, binary, sample_workspace};

/// A DynamoDB Local that ends with the value.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start() -> Self {
        let folder = binary("TOUCHSTONE_DYNAMODB_LOCAL");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new("java")
            .arg(format!("-Djava.library.path={}", folder.join("DynamoDBLocal_lib").display()))
            .arg("-jar")
            .arg(folder.join("DynamoDBLocal.jar"))
            .args(["-inMemory", "-disableTelemetry", "-port", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("java starts");
        let server = Self { child, port };
        let deadline = Instant::now() + Duration::from_mins(1);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "DynamoDB Local did not come up");
            std::thread::sleep(Duration::from_millis(100));
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn touchstone(root: &Path, arguments: &[&str]) -> Ran {
    touchstone_tests::command(root, arguments)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .output()
        .unwrap()
        .into()
}

#[test]
fn an_environment_is_made_published_to_rolled_back_and_proved() {
    let server = Server::start();
    let workspace = sample_workspace();
    let root = workspace.path();
    let config = format!(
        "name = \"Firm\"\n[environments.dev]\ntable = \"touchstone-dev\"\nregion = \"eu-west-1\"\nendpoint_url = \"http://127.0.0.1:{}\"\n",
        server.port
    );
    std::fs::write(root.join("touchstone.toml"), config).unwrap();

    let before = touchstone(root, &["publish", "prices", "--env", "dev", "-m", "too early"]);
    assert_eq!(before.code, 1, "{before:#?}");
    assert!(before.err.contains("touchstone env init dev"), "{before:#?}");

    let made = touchstone(root, &["env", "init", "dev"]).well();
    assert!(made.out.contains("created"), "{made:#?}");
    touchstone(root, &["env", "init", "dev"]).well();
    let answers = touchstone(root, &["env", "check", "dev"]).well();
    assert!(answers.out.contains("0 published pipelines"), "{answers:#?}");

    // All four pipelines, then nothing more.
    touchstone(root, &["publish", "--env", "dev", "-m", "first version"]).well();
    let again = touchstone(root, &["publish", "--env", "dev", "-m", "again"]).well();
    assert!(again.out.contains("nothing to publish"), "{again:#?}");

    let file = root.join("pipelines/prices.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let changed = text.replacen("title: ", "title: All ", 1);
    assert_ne!(text, changed);
    std::fs::write(&file, changed).unwrap();
    touchstone(root, &["publish", "prices", "--env", "dev", "-m", "second"]).well();
    touchstone(root, &["rollback", "prices", "1", "--env", "dev", "-m", "back"]).well();
    let history = touchstone(root, &["history", "prices", "--env", "dev", "--json"]).well().json();
    assert_eq!(history.as_array().unwrap().len(), 3);
    let verified = touchstone(root, &["audit", "verify", "--env", "dev"]).well();
    assert!(verified.out.starts_with("intact: 6 events"), "{verified:#?}");
    // What was published there is not published here.
    assert_eq!(touchstone(root, &["history", "prices"]).code, 1);
}
