//! The whole way through the real command line: infer, check, simulate, publish, history, diff, roll back, audit, lineage.

use touchstone_tests::{sample_workspace, touchstone};

#[test]
fn a_steward_goes_from_a_dirty_file_to_a_published_version_and_back() {
    let workspace = sample_workspace();
    let root = workspace.path();

    let checked = touchstone(root, &["check"]).well();
    assert!(checked.out.contains("0 errors"), "{}", checked.out);

    let report = touchstone(root, &["simulate", "trades", "--json"]).well().json();
    let tables = report["tables"].as_array().unwrap();
    for table in tables {
        let totals = table["totals"].as_object().unwrap();
        let number = |key: &str| totals.get(key).and_then(serde_json::Value::as_u64).unwrap_or(0);
        let places: u64 = ["loaded", "rejected", "filtered", "deduplicated", "quarantined"]
            .iter()
            .map(|key| number(key))
            .sum();
        assert_eq!(number("records"), places, "{table:#}");
    }
    let trades = tables.iter().find(|table| table["table"] == "trades.silver.trades").unwrap();
    assert!(trades["totals"]["quarantined"].as_u64().unwrap() > 0, "the sample has bad dates and numbers");
    assert!(trades["totals"]["deduplicated"].as_u64().unwrap() > 0, "the sample has duplicates");
    let bronze = tables.iter().find(|table| table["table"] == "trades.bronze.trades").unwrap();
    assert!(bronze["totals"]["rejected"].as_u64().unwrap() > 0, "the sample has broken rows");

    let dry = touchstone(root, &["publish", "trades", "--dry-run"]).well();
    assert!(dry.out.contains("dry run: nothing was published"), "{}", dry.out);
    assert_eq!(touchstone(root, &["history", "trades"]).code, 1, "nothing was published yet");

    touchstone(root, &["publish", "trades", "-m", "first version"]).well();
    let file = root.join("pipelines/trades.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let changed = text.replacen("title:", "description: Every trade of the day\ntitle:", 1);
    assert_ne!(text, changed);
    std::fs::write(&file, changed).unwrap();
    touchstone(root, &["publish", "trades", "-m", "say what it is"]).well();
    let again = touchstone(root, &["publish", "trades", "-m", "nothing new"]).well();
    assert!(again.out.contains("nothing to publish"), "{}", again.out);

    let diff = touchstone(root, &["diff", "trades", "1", "2", "--json"]).well().json();
    assert_eq!(diff["class"], "none");
    assert_eq!(diff["changes"][0]["path"], "description");

    touchstone(root, &["rollback", "trades", "1", "-m", "back to the first"]).well();
    let history = touchstone(root, &["history", "trades", "--json"]).well().json();
    let versions: Vec<_> =
        history.as_array().unwrap().iter().map(|version| version["version"].as_u64().unwrap()).collect();
    assert_eq!(versions, [3, 2, 1]);
    assert_eq!(history[0]["rollback_of"], 1);
    let same = touchstone(root, &["diff", "trades", "1", "3", "--json"]).well().json();
    assert_eq!(same["changes"], serde_json::json!([]));

    let audit = touchstone(root, &["audit", "--json"]).well().json();
    let actions: Vec<_> =
        audit.as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["rollback", "publish", "publish"]);
    assert!(touchstone(root, &["audit", "verify"]).well().out.starts_with("intact: 3 events"));

    let lineage = touchstone(root, &["lineage", "trades.gold.sector_exposure.gross_notional", "--up"]).well();
    assert!(lineage.out.contains("trades.silver.trades"), "{}", lineage.out);
}

#[test]
fn a_new_pipeline_from_a_data_file_checks_and_simulates() {
    let samples = sample_workspace();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    touchstone(root, &["init", &root.to_string_lossy(), "--name", "Fresh"]).well();
    for (name, file) in [
        ("securities", "securities.txt"),
        ("prices", "prices.csv"),
        ("trades", "trades_20260302.csv"),
        ("positions", "positions_20260331.tsv"),
    ] {
        let from = samples.path().join("samples").join(file);
        touchstone(root, &["new", name, "--from", &from.to_string_lossy()]).well();
        let report = touchstone(root, &["simulate", name, "--json"]).well().json();
        let loaded = report["tables"][1]["totals"]["loaded"].as_u64().unwrap();
        assert!(loaded > 100, "{name}: {report:#}");
    }
    let checked = touchstone(root, &["check"]).well();
    assert!(checked.out.contains("0 errors"), "{}", checked.out);

    // The key can be chosen, of columns that are there.
    let from = samples.path().join("samples/trades_20260302.csv");
    let new = |name: &str, key: &[&str]| {
        let from = from.to_string_lossy();
        let key = key.iter().flat_map(|column| ["--key", *column]);
        touchstone(root, &["new", name, "--from", &from].into_iter().chain(key).collect::<Vec<_>>())
    };
    let wrong = new("wrong", &["Trade"]);
    assert!(wrong.code == 1 && wrong.err.contains("the file has no column `Trade`"), "{wrong:#?}");
    assert!(!root.join("pipelines/wrong.yaml").exists());
    new("chosen", &["ISIN", "Account"]).well();
    let text = std::fs::read_to_string(root.join("pipelines/chosen.yaml")).unwrap();
    assert!(text.contains("key: [isin, account]"), "{text}");
}

#[test]
fn what_was_read_and_what_was_not_make_the_whole_file() {
    let workspace = sample_workspace();
    let root = workspace.path();
    let out = tempfile::tempdir().unwrap();
    let (clean, rejects) = (out.path().join("clean.csv"), out.path().join("rejects.jsonl"));
    let file = root.join("samples/trades_20260302.csv");
    let totals = touchstone(
        root,
        &[
            "ingest",
            &file.to_string_lossy(),
            "--clean",
            &clean.to_string_lossy(),
            "--rejects",
            &rejects.to_string_lossy(),
            "--json",
        ],
    )
    .well()
    .json();
    let number = |key: &str| totals[key].as_u64().unwrap();
    assert_eq!(number("records_read"), number("loaded") + number("rejected"));
    let lines = std::fs::read_to_string(&rejects).unwrap();
    let rejected = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|line| line["kind"] == "reject")
        .count() as u64;
    assert_eq!(rejected, number("rejected"));
    let again = touchstone(root, &["infer", &clean.to_string_lossy(), "--json"]).well().json();
    assert_eq!(again["records"].as_u64().unwrap(), number("loaded"));
}

#[test]
fn two_stewards_never_overwrite_each_other() {
    let workspace = sample_workspace();
    let root = workspace.path();
    let children: Vec<_> = (0..6)
        .map(|number| {
            touchstone_tests::command(root, &["publish", "prices", "-m", &format!("steward {number}")])
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let ran: Vec<touchstone_tests::Ran> =
        children.into_iter().map(|child| child.wait_with_output().unwrap().into()).collect();
    // Whoever came too late either lost the race or found the same content published already.
    let winners = ran.iter().filter(|ran| ran.out.contains("published prices version 1")).count();
    assert_eq!(winners, 1, "{ran:#?}");
    let history = touchstone(root, &["history", "prices", "--json"]).well().json();
    assert_eq!(history.as_array().unwrap().len(), 1);
    touchstone(root, &["audit", "verify"]).well();
}
