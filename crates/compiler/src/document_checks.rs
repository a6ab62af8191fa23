//! What can be checked without typing anything: names, contracts, landing folders, triggers.

use std::collections::{BTreeMap, BTreeSet};

use touchstone_spec::{
    ContractField, CsvFormat, DataType, DocPath, FileFormat, FileSource, Pipeline, Source, check_name,
    nearest, snake_case,
};

use crate::{
    date_pattern,
    finding::{At, Finding, Reporter},
    schedule,
};

/// Columns that every bronze table has beside the contract's.
const BRONZE_COLUMNS: [&str; 6] = ["_file", "_source_file", "_record", "_line", "_byte", "_loaded_at"];

pub(crate) fn check(pipeline: &Pipeline, reporter: &mut Reporter<'_>) {
    let root = DocPath::root();
    if let Err(reason) = check_name(&pipeline.pipeline) {
        reporter.at_value(&root.key("pipeline"), invalid(&pipeline.pipeline, &reason));
    } else if matches!(pipeline.pipeline.as_str(), "bronze" | "silver" | "gold") {
        reporter.at_value(
            &root.key("pipeline"),
            Finding::error(
                At::START,
                "invalid-name",
                format!("`{}` is the name of a layer", pipeline.pipeline),
            )
            .help("name the pipeline after its data"),
        );
    }
    names(pipeline.sources.keys(), &root.key("sources"), "source", reporter);
    names(pipeline.silver.keys(), &root.key("silver"), "silver table", reporter);
    names(pipeline.gold.keys(), &root.key("gold"), "gold table", reporter);
    names_of_rows_aside(pipeline.sources.keys(), &root.key("sources"), &["rejects"], reporter);
    let silver = ["quarantine", "filtered", "deduplicated"];
    names_of_rows_aside(pipeline.silver.keys(), &root.key("silver"), &silver, reporter);
    names_of_rows_aside(pipeline.gold.keys(), &root.key("gold"), &["quarantine"], reporter);
    for (name, source) in &pipeline.sources {
        let path = root.key("sources").key(name);
        let Source::File(file) = source;
        source_file(file, &path, reporter);
        // A table whose source is misspelt may be made from this one.
        let used = pipeline
            .silver
            .values()
            .any(|table| table.from == *name || !pipeline.sources.contains_key(&table.from));
        if !used && !reporter.was_broken(&root.key("silver")) {
            reporter.at_key(
                &path,
                Finding::warning(
                    At::START,
                    "unused-source",
                    format!("no silver table is made from source `{name}`"),
                )
                .help("add one under `silver`, or remove the source"),
            );
        }
    }
    if let Some(trigger) = &pipeline.trigger {
        let path = root.key("trigger");
        if let Some(cron) = &trigger.cron
            && let Err((offset, message, help)) = schedule::check_cron(cron)
        {
            let finding = Finding::error(At { line: 1, column: offset + 1 }, "bad-cron", message).help(help);
            reporter.within(&path.key("cron"), vec![finding]);
        }
        if let Some(zone) = &trigger.timezone
            && let Some(finding) = schedule::check_timezone(zone)
        {
            reporter.at_value(&path.key("timezone"), finding);
        }
    }
}

/// Whether bronze tables use the name themselves.
pub(crate) fn is_reserved_column(name: &str) -> bool {
    let folded = name.to_lowercase();
    BRONZE_COLUMNS.contains(&folded.as_str()) || folded.starts_with("_field_")
}

fn invalid(name: &str, reason: &str) -> Finding {
    Finding::error(At::START, "invalid-name", format!("`{name}` is not a name: {reason}"))
        .help(format!("write `{}`", snake_case(name)))
}

fn names<'name>(
    names: impl Iterator<Item = &'name String>,
    path: &DocPath,
    what: &str,
    reporter: &mut Reporter<'_>,
) {
    let mut seen: BTreeMap<String, &String> = BTreeMap::new();
    for name in names {
        if let Err(reason) = check_name(name) {
            reporter.at_key(&path.key(name), invalid(name, &reason));
        }
        if let Some(earlier) = seen.insert(name.to_lowercase(), name) {
            reporter.at_key(
                &path.key(name),
                Finding::error(
                    At::START,
                    "duplicate-name",
                    format!("{what} `{name}` differs from `{earlier}` in case only"),
                )
                .help("rename one of the two"),
            );
        }
    }
}

/// Runs keep the rows that didn't come into a table beside it, under its name with an ending.
fn names_of_rows_aside<'name>(
    names: impl Iterator<Item = &'name String>,
    path: &DocPath,
    endings: &[&str],
    reporter: &mut Reporter<'_>,
) {
    let names: BTreeSet<&String> = names.collect();
    for name in &names {
        let beside = endings.iter().find_map(|ending| {
            let other = name.strip_suffix(ending)?.strip_suffix('_')?;
            names.iter().find(|known| known.as_str() == other)
        });
        if let Some(other) = beside {
            reporter.at_key(
                &path.key(name.as_str()),
                Finding::error(
                    At::START,
                    "duplicate-name",
                    format!("`{name}` is the table in which a run keeps rows that don't come into `{other}`"),
                )
                .help("give it another name"),
            );
        }
    }
}

fn source_file(file: &FileSource, path: &DocPath, reporter: &mut Reporter<'_>) {
    let FileFormat::Csv(format) = &file.format;
    csv(format, &path.key("format").key("csv"), reporter);
    let contract_path = path.key("contract");
    if file.contract.is_empty() && !reporter.was_broken(&contract_path) {
        reporter.at_key(
            &contract_path,
            Finding::error(At::START, "empty-contract", "the contract has no columns")
                .help("list the columns of the file; `touchstone infer` proposes them"),
        );
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (index, field) in file.contract.iter().enumerate() {
        let field_path = contract_path.index(index);
        contract_field(field, &field_path, reporter);
        let folded = field.name.to_lowercase();
        let reserved = is_reserved_column(&field.name);
        if field.name.is_empty() || reserved {
            let message = if reserved {
                format!("`{}` is a name that bronze tables use themselves", field.name)
            } else {
                "a column has no name".to_owned()
            };
            reporter.at_value(
                &field_path.key("name"),
                Finding::error(At::START, "invalid-name", message).help("have the sender rename the column"),
            );
        } else if let Some(earlier) = seen.insert(folded, index) {
            reporter.at_value(
                &field_path.key("name"),
                Finding::error(
                    At::START,
                    "duplicate-name",
                    format!("column `{}` is column {} of the contract already", field.name, earlier + 1),
                )
                .help("rename one of the two; Spark doesn't tell names apart that differ in case only"),
            );
        }
    }
    if let Some(landing) = &file.landing {
        for (environment, address) in &landing.environments {
            let bucket = address.strip_prefix("s3://").and_then(|rest| rest.split('/').next());
            if bucket.is_none_or(|bucket| bucket.len() < 3) {
                reporter.at_value(
                    &path.key("landing").key("environments").key(environment),
                    Finding::error(At::START, "bad-landing", format!("`{address}` is not a folder on S3"))
                        .help("write s3://bucket/folder/"),
                );
            }
        }
    }
}

fn csv(format: &CsvFormat, path: &DocPath, reporter: &mut Reporter<'_>) {
    let mut seen: Vec<(char, &str)> = Vec::new();
    let signs = [("delimiter", Some(format.delimiter)), ("quote", format.quote), ("escape", format.escape)];
    for (key, sign) in signs.into_iter().filter_map(|(key, sign)| sign.map(|sign| (key, sign))) {
        if !sign.is_ascii() || matches!(sign, '\n' | '\r' | '\0') {
            reporter.at_value(
                &path.key(key),
                Finding::error(
                    At::START,
                    "bad-format",
                    format!("`{}` can't be the {key}", sign.escape_default()),
                )
                .help("it is one ASCII character, not a line break"),
            );
        } else if let Some((_, other)) = seen.iter().find(|(known, _)| *known == sign)
            // A quote that escapes itself is the ordinary doubling.
            && !(key == "escape" && *other == "quote")
        {
            reporter.at_value(
                &path.key(key),
                Finding::error(
                    At::START,
                    "bad-format",
                    format!("{key} and {other} are both `{}`", sign.escape_default()),
                )
                .help("they must differ"),
            );
        }
        seen.push((sign, key));
    }
}

fn contract_field(field: &ContractField, path: &DocPath, reporter: &mut Reporter<'_>) {
    let data_type = &field.data_type;
    if data_type.is_nested() || *data_type == DataType::Binary {
        reporter.at_value(
            &path.key("type"),
            Finding::error(
                At::START,
                "unsupported-type",
                format!("a text file can't hold values of type {data_type}"),
            )
            .help("read it as string"),
        );
    }
    if *data_type == DataType::Time {
        reporter.at_value(
            &path.key("type"),
            Finding::warning(
                At::START,
                "spark-differs",
                "Spark has no type for a time of day; there the column holds text",
            )
            .help("make it a string, or join it with its date as a timestamp"),
        );
    }
    if let Some(pattern) = &field.format {
        let path = path.key("format");
        if !data_type.is_temporal() && *data_type != DataType::Time {
            reporter.at_value(
                &path,
                Finding::error(
                    At::START,
                    "unused-key",
                    format!("`format` is for dates and times, and this column is {data_type}"),
                )
                .help("remove it"),
            );
        } else if let Err(error) = date_pattern::check(pattern, data_type) {
            let finding = if error.warning {
                Finding::warning(At::START, "bad-date-pattern", error.message)
            } else {
                Finding::error(At::START, "bad-date-pattern", error.message)
            };
            reporter.at_value(&path, finding.help(error.help));
        }
    }
    let number_keys = [
        ("decimal_mark", field.decimal_mark.is_some()),
        ("grouping_mark", field.grouping_mark.is_some()),
        ("negative", field.negative.is_some()),
    ];
    for (key, _) in number_keys.into_iter().filter(|(_, given)| *given && !data_type.is_numeric()) {
        reporter.at_value(
            &path.key(key),
            Finding::error(
                At::START,
                "unused-key",
                format!("`{key}` is for numbers, and this column is {data_type}"),
            )
            .help("remove it"),
        );
    }
    if field.grouping_mark.is_some() && field.grouping_mark == Some(field.decimal_mark.unwrap_or('.')) {
        reporter.at_value(
            &path.key("grouping_mark"),
            Finding::error(At::START, "bad-format", "grouping mark and decimal mark are the same")
                .help("give the decimal mark too: `decimal_mark: \",\"`"),
        );
    }
    for (key, values) in [("true_values", &field.true_values), ("false_values", &field.false_values)] {
        if !values.is_empty() && *data_type != DataType::Boolean {
            reporter.at_value(
                &path.key(key),
                Finding::error(
                    At::START,
                    "unused-key",
                    format!("`{key}` is for booleans, and this column is {data_type}"),
                )
                .help("remove it"),
            );
        }
    }
    let both = field
        .true_values
        .iter()
        .find(|text| field.false_values.iter().any(|other| other.eq_ignore_ascii_case(text)));
    if let Some(text) = both {
        let help = nearest(text, ["true", "false"])
            .map_or("leave it in one of the two lists".to_owned(), |near| format!("it looks like {near}"));
        reporter.at_value(
            &path.key("false_values"),
            Finding::error(At::START, "duplicate-name", format!("`{text}` means both true and false"))
                .help(help),
        );
    }
}
