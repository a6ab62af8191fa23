//! Renames that follow: every place, in every document, and nothing else.

#![allow(clippy::format_push_string, reason = "pages of a few lines")]
#![allow(clippy::unwrap_used, reason = "a test that can't begin fails")]

use std::path::Path;

use touchstone_compiler::{Compilation, OutputNames, Rename, RenameError, RenameTarget, compile, rename};
use touchstone_spec::{Document, Layer, LineChange, TableName, text_diff};

fn samples() -> Vec<Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/pipelines");
    let mut names: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
        .into_iter()
        .map(|name| {
            let text = std::fs::read_to_string(folder.join(&name)).unwrap();
            Document::read(format!("pipelines/{}", name.to_string_lossy()), text)
        })
        .collect()
}

fn documents(texts: &[&str]) -> Vec<Document> {
    texts
        .iter()
        .map(|text| {
            let name = text.lines().find_map(|line| line.strip_prefix("pipeline: ")).unwrap();
            Document::read(format!("pipelines/{name}.yaml"), *text)
        })
        .collect()
}

fn after(documents: &[Document], renamed: &Rename) -> Vec<Document> {
    documents
        .iter()
        .map(|document| match renamed.documents.iter().find(|renamed| renamed.file == document.file) {
            Some(renamed) => Document::read(&document.file, &*renamed.text),
            None => document.clone(),
        })
        .collect()
}

/// Everything in a workspace that can be renamed.
fn targets(documents: &[Document], compilation: &Compilation) -> Vec<RenameTarget> {
    let mut targets = Vec::new();
    for pipeline in documents.iter().filter_map(|document| document.pipeline.as_ref()) {
        let name = pipeline.pipeline.clone();
        targets.push(RenameTarget::Pipeline { pipeline: name.clone() });
        for (source, known) in &pipeline.sources {
            targets.push(RenameTarget::Source { pipeline: name.clone(), source: source.clone() });
            targets.extend(known.contract().iter().map(|column| RenameTarget::SourceColumn {
                pipeline: name.clone(),
                source: source.clone(),
                column: column.name.clone(),
            }));
        }
    }
    for (table, known) in compilation.tables.iter() {
        targets.push(RenameTarget::Table { table: table.clone() });
        targets.extend(
            known
                .columns
                .iter()
                .map(|column| RenameTarget::Column { table: table.clone(), column: column.name.clone() }),
        );
    }
    targets
}

fn renamed_back(target: &RenameTarget, to: &str) -> RenameTarget {
    let to = to.to_owned();
    match target.clone() {
        RenameTarget::Pipeline { .. } => RenameTarget::Pipeline { pipeline: to },
        RenameTarget::Source { pipeline, .. } => RenameTarget::Source { pipeline, source: to },
        RenameTarget::SourceColumn { pipeline, source, .. } => {
            RenameTarget::SourceColumn { pipeline, source, column: to }
        }
        RenameTarget::Table { table } => RenameTarget::Table { table: TableName { table: to, ..table } },
        RenameTarget::Column { table, .. } => RenameTarget::Column { table, column: to },
    }
}

/// The plans without the texts that they were made from, with `new` called `old` again; lists whose order is that of
/// names are sorted.
fn plans(compilation: &Compilation, new: &str, old: &str) -> serde_json::Value {
    fn plain(value: &mut serde_json::Value, new: &str, old: &str) {
        match value {
            serde_json::Value::Object(object) => {
                for key in ["sql", "source_text", "text", "spark_sql"] {
                    object.remove(key);
                }
                let entries = std::mem::take(object);
                for (key, mut inner) in entries {
                    plain(&mut inner, new, old);
                    if matches!(key.as_str(), "reads" | "lookups" | "columns")
                        && let serde_json::Value::Array(items) = &mut inner
                        && items.iter().all(serde_json::Value::is_string)
                    {
                        items.sort_by_key(ToString::to_string);
                    }
                    object.insert(key.replace(new, old), inner);
                }
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(|item| plain(item, new, old)),
            serde_json::Value::String(text) => *text = text.replace(new, old),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(&compilation.pipelines).unwrap();
    plain(&mut value, new, old);
    value
}

/// The lines that a rename changes, document by document.
fn changed(documents: &[Document], renamed: &Rename) -> String {
    let mut page = String::new();
    for document in documents {
        let Some(renamed) = renamed.documents.iter().find(|renamed| renamed.file == document.file) else {
            continue;
        };
        page.extend([document.file.as_str(), "\n"]);
        for hunk in text_diff(&document.text, &renamed.text, 0) {
            for line in hunk.lines {
                page.push_str(if line.change == LineChange::Added { "+" } else { "-" });
                page.extend([line.text.as_str(), "\n"]);
            }
        }
    }
    page
}

fn silver(pipeline: &str, table: &str) -> TableName {
    TableName::new(pipeline, Layer::Silver, table)
}

fn column(table: TableName, column: &str) -> RenameTarget {
    RenameTarget::Column { table, column: column.to_owned() }
}

fn refused(documents: &[Document], target: &RenameTarget, to: &str) -> RenameError {
    rename(documents, target, to, OutputNames::Keep).unwrap_err()
}

#[test]
fn after_any_rename_the_samples_have_the_same_plans_and_back_again_the_same_bytes() {
    let before = samples();
    let compiled = compile(&before);
    let targets = targets(&before, &compiled);
    assert!(targets.len() > 100, "{}", targets.len());
    for outputs in [OutputNames::Keep, OutputNames::Follow] {
        for target in &targets {
            let new = "zz_renamed";
            let there = rename(&before, target, new, outputs)
                .unwrap_or_else(|error| panic!("{target}: {error}, {:?}", error.help));
            if outputs == OutputNames::Follow && there.followed.is_empty() {
                continue;
            }
            let renamed = after(&before, &there);
            let now = compile(&renamed);
            assert_eq!(now.diagnostics.0, [], "{target}");
            assert_eq!(now.pipelines.len(), compiled.pipelines.len(), "{target}");
            let old = target.name();
            // With a name of its own, nothing but the name differs.
            let (wanted, found) = (plans(&compiled, new, old), plans(&now, new, old));
            assert!(wanted == found, "{target}\n{}", changed(&before, &there));
            let back = rename(&renamed, &renamed_back(target, new), old, outputs)
                .unwrap_or_else(|error| panic!("{target} back: {error}, {:?}", error.help));
            for (document, again) in before.iter().zip(after(&renamed, &back)) {
                assert_eq!(document.text, again.text, "{target}");
            }
        }
    }
}

#[test]
fn a_field_follows_into_keys_rules_lookups_queries_and_other_pipelines() {
    let documents = samples();
    let target = column(silver("securities", "securities"), "security_id");
    let renamed = rename(&documents, &target, "firm_number", OutputNames::Keep).unwrap();
    insta::assert_snapshot!(changed(&documents, &renamed));
    let places: Vec<String> =
        renamed.places().map(|place| format!("{} {} → {}", place.place, place.before, place.after)).collect();
    insta::assert_snapshot!(places.join("\n"));
}

const PRICES: &str = r#"pipeline: prices
sources:
  feed:
    kind: file
    format: { csv: {} }
    contract:
      - { name: Sec No, type: string, required: true }
      - { name: day, type: date }
      - { name: px, type: "decimal(18,4)" }
silver:
  # The close of one day.
  prices:
    from: feed
    where: px > 0 and feed."Sec No" <> ''
    key: [sec_no, day]
    keep: latest
    order_by: day
    fields:
      sec_no: { from: Sec No }
      day: { from: day }   # as sent
      close: { expr: "round(px, 2)" }
      twice: { expr: close * 2 }
    rules: |
      Rules = [
        IsPrimaryKey "sec_no" "day",
        ColumnValues "close" > 0 where "\"day\" > date '2000-01-01' and close > 0",
        (IsComplete "close") or (IsComplete "day")
      ]
    partition_by: [month(day), "bucket(16, sec_no)"]
gold:
  daily:
    key: [sec_no, day]
    sql: |
      -- the close, in words: close
      with base as (
        select sec_no, day, close from silver.prices
      ), star as (select * from base)
      select star.sec_no, star.day, star.close, prices.prices.twice, 'close' as word
      from star
      join prices.prices on prices.sec_no = star.sec_no and prices.close = star.close
      order by close
  all_of_it:
    sql: select * from silver.prices
  reader:
    sql: >-
      select p.close,
      max(close) as top from
      gold.all_of_it p group by p.close
"#;

#[test]
fn names_are_found_by_what_they_mean_and_comments_and_words_alike_stay() {
    let documents = documents(&[PRICES]);
    let mut page = String::new();
    for (target, to, outputs) in [
        (column(silver("prices", "prices"), "close"), "last", OutputNames::Keep),
        (column(silver("prices", "prices"), "close"), "last", OutputNames::Follow),
        (column(silver("prices", "prices"), "day"), "order", OutputNames::Keep),
        (column(TableName::new("prices", Layer::Gold, "daily"), "close"), "price", OutputNames::Keep),
        (RenameTarget::Table { table: silver("prices", "prices") }, "closes", OutputNames::Keep),
        (RenameTarget::Pipeline { pipeline: "prices".to_owned() }, "market", OutputNames::Keep),
        (
            RenameTarget::SourceColumn {
                pipeline: "prices".to_owned(),
                source: "feed".to_owned(),
                column: "px".to_owned(),
            },
            "Last price",
            OutputNames::Keep,
        ),
        (
            RenameTarget::Source { pipeline: "prices".to_owned(), source: "feed".to_owned() },
            "vendor",
            OutputNames::Keep,
        ),
    ] {
        let renamed = rename(&documents, &target, to, outputs).unwrap();
        let names = |columns: &[(TableName, String)]| {
            columns.iter().map(|(table, column)| format!("{table}.{column}")).collect::<Vec<_>>().join(", ")
        };
        page.push_str(&format!("== {} {target} → {to}, {outputs:?}\n", target.kind()));
        page.push_str(&format!("kept: {}\nfollowed: {}\n", names(&renamed.kept), names(&renamed.followed)));
        page.push_str(&changed(&documents, &renamed));
    }
    insta::assert_snapshot!(page);
}

#[test]
fn a_name_that_cant_be_given_is_refused_with_the_reason() {
    let securities = "pipeline: securities\nsources:\n  s: { kind: file, format: { csv: {} }, contract: [{ name: isin, type: string }, { name: lot, type: int }] }\nsilver:\n  s: { from: s, fields: { isin: { from: isin }, shown: { expr: \"lot + 1\" }, size: { expr: lot } } }\ngold:\n  g: { sql: \"select isin, size from silver.s\" }\n  star: { sql: \"select * from silver.s\" }\n";
    let documents = documents(&[securities, PRICES]);
    let field = |name| column(silver("securities", "s"), name);
    let of_source = |name: &str| RenameTarget::SourceColumn {
        pipeline: "securities".to_owned(),
        source: "s".to_owned(),
        column: name.to_owned(),
    };
    let gold = |table, name| column(TableName::new("securities", Layer::Gold, table), name);
    let mut page = String::new();
    for (target, to) in [
        (field("isin"), "size"),
        (field("isin"), "ISIN"),
        (field("isin"), "isin"),
        (field("cusip"), "isin"),
        (gold("g", "isin"), "size"),
        (gold("star", "isin"), "id"),
        // A field of this name stands above and would be taken for it.
        (of_source("lot"), "shown"),
        (of_source("lot"), "_line"),
        (of_source("lot"), "Isin"),
        (RenameTarget::Table { table: silver("securities", "s") }, "2nd"),
        (RenameTarget::Pipeline { pipeline: "securities".to_owned() }, "gold"),
        (RenameTarget::Pipeline { pipeline: "securities".to_owned() }, "prices"),
        (RenameTarget::Table { table: TableName::new("prices", Layer::Gold, "daily") }, "reader"),
    ] {
        let error = refused(&documents, &target, to);
        page.push_str(&format!("{target} → {to}: {error}\n  {}\n", error.help.clone().unwrap_or_default()));
    }
    insta::assert_snapshot!(page);
}

#[test]
fn a_document_with_errors_is_told_and_the_others_follow() {
    let broken = PRICES.replace("round(px, 2)", "round(pxx, 2)");
    let reader = "pipeline: reader\ngold:\n  g: { sql: \"select day from prices.prices\" }\n";
    let documents = documents(&[&broken, reader]);
    let renamed =
        rename(&documents, &column(silver("prices", "prices"), "day"), "date_of", OutputNames::Keep).unwrap();
    assert_eq!(renamed.unread.len(), 1);
    assert_eq!(renamed.unread[0].file, "pipelines/prices.yaml");
    assert!(changed(&documents, &renamed).contains("select date_of as day from prices.prices"));
}
