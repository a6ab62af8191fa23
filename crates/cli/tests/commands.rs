//! Commands through the binary, over a copy of the sample workspace.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }
}

fn samples() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    copy_folder(&Path::new(&manifest).join("../../samples"), folder.path());
    folder
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() && !path.ends_with(".touchstone") {
            copy_folder(&path, &target);
        } else if path.is_file() {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

fn ran(root: &Path, arguments: &[&str]) -> Ran {
    ran_with(root, arguments, "")
}

fn ran_with(root: &Path, arguments: &[&str], input: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_touchstone"))
        .arg("--workspace")
        .arg(root)
        .args(arguments)
        .env("USER", "tester")
        // No keychain of the person who runs the tests.
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that needs no input may have ended before it is written.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn edit(root: &Path, from: &str, to: &str) {
    let path = root.join("pipelines/trades.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from));
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn two_runs_are_compared_and_a_cell_is_traced() {
    let folder = samples();
    let root = folder.path();
    assert!(ran(root, &["runs", "trades"]).out.contains("never simulated"));
    assert_eq!(ran(root, &["simulate", "trades"]).code, 0);
    edit(root, "expr: quantity * price", "expr: quantity * price * 2");
    assert_eq!(ran(root, &["simulate", "trades"]).code, 0);
    let runs = ran(root, &["runs", "trades", "--json"]).json();
    let (newest, oldest) = (runs[0]["id"].as_str().unwrap(), runs[1]["id"].as_str().unwrap());

    let compared = ran(root, &["compare", "trades.silver.trades", "--rows", "1"]);
    assert!(compared.out.starts_with(&format!("{oldest} → {newest}")), "{}", compared.out);
    assert!(compared.out.contains("0 rows added, 0 removed"), "{}", compared.out);
    let back = ["compare", "sector_exposure", "--before", newest, "--after", oldest, "--json"];
    let back = ran(root, &back).json();
    assert!(back["changed"].as_u64().unwrap() > 0);
    assert_eq!(ran(root, &["compare", "trades.silver.trades", "--before", "x"]).code, 1);

    let cell = ["trace", "trades.gold.sector_exposure", "--row", "1", "--column", "gross_notional"];
    let traced = ran(root, &cell);
    assert!(traced.out.contains("sum(notional)"), "{}", traced.out);
    assert!(traced.out.contains("samples/trades_20260302.csv"), "{}", traced.out);
    assert!(traced.out.contains("notional = quantity * price * 2"), "{}", traced.out);
    assert_eq!(ran(root, &["trace", "trades.gold.sector_exposure", "--row", "0"]).code, 1);
}

#[test]
fn impact_and_suggestions_look_at_the_documents() {
    let folder = samples();
    let root = folder.path();
    let drop = ran(root, &["impact", "trades.silver.trades.notional"]);
    assert_eq!(drop.code, 1, "it breaks something");
    assert!(drop.out.contains("trades.gold.sector_exposure"), "{}", drop.out);
    let retyped = ran(root, &["impact", "trades.silver.trades.trader", "--retype", "nonsense"]);
    assert!(retyped.err.contains("is no type"), "{}", retyped.err);
    assert_eq!(ran(root, &["impact", "trades.silver.trades.trader", "--drop"]).code, 0);

    assert!(ran(root, &["suggest", "trades.trades"]).out.contains("every field has a mapping"));
    edit(root, "      trader: { from: Trader }\n", "");
    edit(root, "price: { from: Px }", "price: {}");
    let suggested = ran(root, &["suggest", "trades.trades", "--json"]).json();
    assert_eq!(suggested["mappings"][0]["field"], "price");
    assert_eq!(suggested["mappings"][0]["column"], "Px");
    assert_eq!(suggested["fields"][0]["column"], "Trader");
    assert_eq!(suggested["fields"][0]["field"], "trader");
    assert_eq!(ran(root, &["suggest", "trades.nothing"]).code, 1);
}

#[test]
fn a_rename_follows_through_the_documents_and_back_again() {
    let folder = samples();
    let root = folder.path();
    let texts = || {
        let mut all: Vec<(String, String)> = std::fs::read_dir(root.join("pipelines"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                (name, std::fs::read_to_string(path).unwrap())
            })
            .collect();
        all.sort();
        all
    };
    let before = texts();
    let dry = ran(root, &["rename", "securities.security_id", "firm_number", "--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.err);
    assert!(dry.out.contains("pipelines/trades.yaml:45:57: security_id → firm_number"), "{}", dry.out);
    assert!(dry.out.contains("would be firm_number: 6 places in 4 documents"), "{}", dry.out);
    assert_eq!(texts(), before, "nothing is written");

    let renamed = ran(root, &["rename", "securities.security_id", "firm_number", "--json"]).json();
    assert_eq!(renamed["places"].as_array().unwrap().len(), 6);
    assert_eq!(renamed["written"], true);
    assert_eq!(ran(root, &["check"]).code, 0);
    assert_eq!(ran(root, &["rename", "securities.firm_number", "security_id"]).code, 0);
    assert_eq!(texts(), before, "back again, to the byte");

    let kept = ran(root, &["rename", "prices.silver.prices.close", "last_price"]);
    assert!(kept.out.contains("is now last_price"), "{}", kept.out);
    let pipeline = ran(root, &["rename", "--pipeline", "prices", "market"]);
    assert!(pipeline.out.contains("the document is now pipelines/market.yaml"), "{}", pipeline.out);
    assert_eq!(ran(root, &["check"]).code, 0);
    assert_eq!(ran(root, &["simulate", "positions"]).code, 0);

    let taken = ran(root, &["rename", "trades.silver.trades.isin", "sector"]);
    assert_eq!(taken.code, 1);
    assert!(taken.err.contains("has a field `sector` already"), "{}", taken.err);
    let promised = ran(root, &["rename", "trades.bronze.trades.Px", "Price", "--dry-run"]);
    assert!(promised.out.contains("files of trades must have `Price` there"), "{}", promised.out);
}

#[test]
fn a_change_that_breaks_readers_is_published_only_when_that_is_meant() {
    let folder = samples();
    let root = folder.path();
    assert_eq!(ran(root, &["publish", "prices", "-m", "first"]).code, 0);
    assert_eq!(ran(root, &["rename", "prices.silver.prices.volume", "shares"]).code, 0);
    let refused = ran(root, &["publish", "prices", "-m", "renamed"]);
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("readers of prices would break"), "{}", refused.err);
    assert_eq!(ran(root, &["publish", "prices", "--dry-run"]).code, 0);
    let meant = ran(root, &["publish", "prices", "-m", "renamed, told the desk", "--breaking"]);
    assert_eq!(meant.code, 0, "{}", meant.err);
    assert_eq!(ran(root, &["history", "prices", "--json"]).json().as_array().unwrap().len(), 2);
}

#[test]
fn the_document_of_a_version_comes_back_unless_it_would_cost_changes_that_are_in_none() {
    let folder = samples();
    let root = folder.path();
    let path = root.join("pipelines/trades.yaml");
    let first = format!("# ours\n{}", std::fs::read_to_string(&path).unwrap());
    std::fs::write(&path, &first).unwrap();
    assert_eq!(ran(root, &["publish", "trades", "-m", "first"]).code, 0);
    edit(root, "title: ", "title: New ");
    let second = std::fs::read_to_string(&path).unwrap();
    assert_eq!(ran(root, &["publish", "trades", "-m", "second"]).code, 0);
    let back = ran(root, &["rollback", "trades", "1", "-m", "back"]);
    assert!(back.out.contains("`touchstone restore trades 1 --env local`"), "{}", back.out);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), second, "a roll-back leaves the document as it is");

    // What is in a version is not lost.
    let restored = ran(root, &["restore", "trades", "1", "--json"]).json();
    assert_eq!(restored, serde_json::json!({ "file": "pipelines/trades.yaml", "changed": true }));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), first, "to the byte, comments included");
    assert_eq!(ran(root, &["restore", "trades", "3", "--json"]).json()["changed"], false);
    assert_eq!(ran(root, &["history", "trades", "--json"]).json().as_array().unwrap().len(), 3);

    edit(root, "title: ", "title: Other ");
    let mine = std::fs::read_to_string(&path).unwrap();
    let refused = ran(root, &["restore", "trades", "2"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("changes that are in no version"), "{}", refused.err);
    assert!(refused.err.contains("--force"), "{}", refused.err);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), mine, "nothing is written");
    assert_eq!(ran(root, &["restore", "trades", "2", "--force"]).code, 0);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), second);

    // A document that can't be read, or is gone, comes back too.
    std::fs::remove_file(&path).unwrap();
    assert_eq!(ran(root, &["restore", "trades", "1"]).code, 0);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), first);
    let missing = ran(root, &["restore", "trades", "9"]);
    assert!(missing.err.contains("has no version 9"), "{}", missing.err);
}

#[test]
fn the_trail_is_filtered_by_day_and_exported() {
    let folder = samples();
    let root = folder.path();
    for pipeline in ["trades", "prices"] {
        assert_eq!(ran(root, &["publish", pipeline, "-m", "=first"]).code, 0);
    }
    let csv = ran(root, &["audit", "--export", "csv", "--pipeline", "trades"]).out;
    assert_eq!(csv.lines().count(), 2);
    assert!(csv.contains(",'=first,"), "{csv}");
    assert_eq!(ran(root, &["audit", "--export", "json"]).json().as_array().unwrap().len(), 2);
    let later = ran(root, &["audit", "--from", "2999-01-01", "--json"]).json();
    assert_eq!(later.as_array().unwrap().len(), 0);
    let wrong = ran(root, &["audit", "--to", "yesterday"]);
    assert!(wrong.err.contains("`yesterday` is no day"), "{}", wrong.err);
    let same = ran(root, &["rollback", "trades", "1", "-m", "back"]);
    assert!(same.err.contains("is the current one already"), "{}", same.err);
}

#[test]
fn an_environment_is_tested_and_its_keys_are_read_without_being_told() {
    let folder = samples();
    let root = folder.path();
    let local = ran(root, &["env", "test", "local"]);
    assert_eq!(local.code, 0);
    assert!(local.out.contains("Audit chain") && local.out.contains("holds, "), "{}", local.out);
    let config = root.join("touchstone.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let keyed = "[environments.keyed]\ntable = \"keyed\"\ncredentials = \"keychain\"\nendpoint_url = \"http://127.0.0.1:1\"\n";
    std::fs::write(&config, format!("{text}\n{keyed}")).unwrap();
    let other = ran_with(root, &["env", "keys", "dev"], "AKIAMARKER\nmarker\n");
    assert!(other.err.contains("doesn't take its credentials from the keychain"), "{}", other.err);
    let short = ran_with(root, &["env", "keys", "keyed"], "AKIAMARKER\nsecret-marker\n");
    assert_eq!(short.code, 1);
    let secret = "secretMARKERsecretMARKER/0123456789+0123";
    let refused = ran_with(root, &["env", "keys", "keyed"], &format!("AKIAMARKERMARKER0000\n{secret}\n"));
    for told in [&short, &refused] {
        assert!(!format!("{}{}", told.out, told.err).to_lowercase().contains("marker"), "{}", told.err);
    }
    let tested = ran(root, &["env", "test", "keyed", "--json"]);
    assert_eq!(tested.code, 1);
    assert_eq!(tested.json()["checks"][0]["state"], "failed");
}

#[test]
fn a_column_is_shown_with_the_types_that_were_tried() {
    let folder = samples();
    let file = folder.path().join("samples/trades_20260302.csv");
    let file = file.to_string_lossy();
    let shown = ran(folder.path(), &["infer", &file, "--column", "Qty"]);
    assert!(shown.out.starts_with("Qty: decimal(18,2)"), "{}", shown.out);
    assert!(shown.out.contains("chosen") && shown.out.contains("shapes:"), "{}", shown.out);
    let near = ran(folder.path(), &["infer", &file, "--column", "Qt"]);
    assert!(near.err.contains("did you mean `Qty`?"), "{}", near.err);
}

#[test]
fn mistakes_are_told_in_plain_words() {
    let folder = samples();
    let root = folder.path();
    edit(root, "header_row: 4", "header_row: four");
    let checked = ran(root, &["check"]);
    assert!(
        checked.out.contains("a whole number from 0 is expected here, not the text \"four\""),
        "{}",
        checked.out
    );
    std::fs::write(root.join("touchstone.toml"), "name = 5\n").unwrap();
    let broken = ran(root, &["check"]);
    assert!(broken.err.contains("touchstone.toml:1:8: a text is expected here"), "{}", broken.err);
}
