//! A first pipeline from a data file: the inferred contract, a mapping column by column, and the rules that the data
//! itself speaks for.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use indexmap::IndexMap;
use touchstone_ingest::{CandidateKey, InferOptions, Inference, Progress, infer};
use touchstone_protocol::{ErrorCode, RpcError};
use touchstone_spec::{
    Field, FileFormat, FileSource, Keep, OnFailure, Pipeline, SilverTable, Source, check_name, snake_case,
    write_yaml,
};

use crate::{
    file::{io_error, write_new},
    source::ingest_error,
    upload::{free_name, safe_name},
    workspace::{MACHINE_MADE, Workspace},
};

/// What [`new_pipeline`] made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPipeline {
    /// The document, relative to the workspace.
    pub file: String,
    /// Where the data file was copied to, when it lay outside the workspace.
    pub copied_sample: Option<String>,
    /// Columns of the contract.
    pub columns: usize,
    /// Fields of the silver table.
    pub fields: usize,
    /// What a steward should look at.
    pub notes: Vec<String>,
}

/// Writes `pipelines/<name>.yaml` for the data file `from`. A data file outside the workspace is copied into `samples/`.
/// `key`: columns of the file that shall name its records; none: those that the data speaks for.
///
/// # Errors
/// When the name isn't one or is taken, or the file can't be read. Nothing is written then.
pub fn new_pipeline(
    workspace: &Workspace,
    name: &str,
    from: &Path,
    key: Option<&[String]>,
) -> Result<NewPipeline, RpcError> {
    let unwatched = |_: DraftStep| ControlFlow::Continue(());
    let drafted = draft_pipeline(workspace, name, &[from.to_path_buf()], key, &unwatched)?;
    let target = workspace.pipeline_file(name);
    write_new(&target, &drafted.text)?;
    Ok(NewPipeline {
        file: drafted.file,
        copied_sample: drafted.copied.into_iter().next(),
        columns: drafted.columns,
        fields: drafted.fields,
        notes: drafted.notes,
    })
}

/// A pipeline that is drafted and not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Drafted {
    /// Where it will stand, relative to the workspace.
    pub(crate) file: String,
    /// The document.
    pub(crate) text: String,
    /// Data files that were copied into the workspace, relative to it.
    copied: Vec<String>,
    columns: usize,
    fields: usize,
    notes: Vec<String>,
}

/// What a draft is at, and how far, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DraftStep {
    /// Reading the file of this place.
    Read { file: usize, done: u64, total: u64 },
    /// Copying a file.
    Copy { done: u64, total: u64 },
}

/// Hears how far a draft is, and may stop it.
pub(crate) type DraftWatch<'watch> = &'watch (dyn Fn(DraftStep) -> ControlFlow<()> + Sync);

/// Drafts a pipeline from data files, one source and one silver table each. Files outside the workspace, and those that
/// a machine keeps in it, are copied into `samples/`; nothing else is written, and nothing at all when `watch` says to
/// stop.
///
/// # Errors
/// When the name isn't one or is taken, there is no file, or one can't be read; when it was stopped.
pub(crate) fn draft_pipeline(
    workspace: &Workspace,
    name: &str,
    files: &[PathBuf],
    key: Option<&[String]>,
    watch: DraftWatch<'_>,
) -> Result<Drafted, RpcError> {
    check_name(name).map_err(|reason| {
        RpcError::new(ErrorCode::Failed, format!("`{name}` can't be a pipeline's name: {reason}"))
            .with_help(format!("try `{}`", snake_case(name)))
    })?;
    let target = workspace.pipeline_file(name);
    if workspace.document(name).is_ok() || target.exists() {
        return Err(RpcError::new(ErrorCode::Failed, format!("there is a pipeline `{name}` already"))
            .with_help("choose another name"));
    }
    if files.is_empty() {
        return Err(RpcError::new(ErrorCode::Failed, "there is no data file to draft a pipeline from")
            .with_help("choose one or more files"));
    }
    // Everything is read before anything is copied.
    let mut inferences = files
        .iter()
        .enumerate()
        .map(|(place, file)| {
            let total = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
            let progress =
                |progress: Progress| watch(DraftStep::Read { file: place, done: progress.bytes, total });
            let options = InferOptions { max_bytes: None, progress: &progress };
            infer(file.as_path(), &options).map_err(|error| ingest_error(&error))
        })
        .collect::<Result<Vec<_>, _>>()?;
    if let (Some(key), Some(inference)) = (key, inferences.first_mut()) {
        choose_key(inference, key)?;
    }
    let mut pipeline = Pipeline { pipeline: name.to_owned(), ..Pipeline::default() };
    let (mut notes, mut columns) = (Vec::new(), 0);
    let mut copied = Copies::default();
    let mut keys: Vec<(String, Vec<String>)> = Vec::new();
    for (file, inference) in files.iter().zip(&inferences) {
        let (sample, copy) = sample_in(workspace, file, watch)?;
        copied.0.extend(copy);
        let source = if files.len() == 1 { name.to_owned() } else { source_name(&pipeline, file) };
        notes.extend(add(&mut pipeline, &source, &sample, inference));
        columns += inference.contract.len();
        keys.push((source, about_key(inference)));
    }
    Ok(Drafted {
        file: workspace.relative(&target),
        text: keys
            .iter()
            .fold(write_yaml(&pipeline), |text, (table, lines)| with_comment(&text, table, lines)),
        copied: copied.keep().iter().map(|copy| workspace.relative(copy)).collect(),
        columns,
        fields: pipeline.silver.values().map(|table| table.fields.len()).sum(),
        notes,
    })
}

/// A source's name from a file's: `trades_20260302.csv` is a delivery of `trades`.
fn source_name(pipeline: &Pipeline, file: &Path) -> String {
    let stem = file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let without_date = stem.trim_end_matches(|letter: char| !letter.is_alphabetic());
    let base = snake_case(if without_date.is_empty() { &stem } else { without_date });
    let base = if check_name(&base).is_ok() { base } else { format!("source_{base}") };
    let base = if check_name(&base).is_ok() { base } else { "source".to_owned() };
    let mut name = base.clone();
    let mut number = 1;
    while pipeline.sources.contains_key(&name) {
        number += 1;
        name = format!("{base}_{number}");
    }
    name
}

/// Copies that were made. Those of a draft that comes to nothing go away with it.
#[derive(Debug, Default)]
struct Copies(Vec<PathBuf>);

impl Copies {
    fn keep(mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.0)
    }
}

impl Drop for Copies {
    fn drop(&mut self) {
        for copy in &self.0 {
            drop(std::fs::remove_file(copy));
        }
    }
}

/// The sample's path relative to the workspace, and the copy that was made there, if one was.
fn sample_in(
    workspace: &Workspace,
    from: &Path,
    watch: DraftWatch<'_>,
) -> Result<(String, Option<PathBuf>), RpcError> {
    let absolute = std::fs::canonicalize(from).map_err(|error| io_error(from, &error))?;
    let root = std::fs::canonicalize(&workspace.root).map_err(|error| io_error(&workspace.root, &error))?;
    if let Ok(inside) = absolute.strip_prefix(&root)
        && !inside.starts_with(MACHINE_MADE)
    {
        return Ok((inside.to_string_lossy().replace('\\', "/"), None));
    }
    let samples = workspace.root.join("samples");
    let name =
        safe_name(&absolute.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()));
    if is_same(&absolute, &samples.join(&name)) {
        return Ok((format!("samples/{name}"), None));
    }
    std::fs::create_dir_all(&samples).map_err(|error| io_error(&samples, &error))?;
    let copy = free_name(&samples, &name)?;
    // The name was taken for this copy, and half of it helps nobody.
    let mut made = Copies(vec![copy.clone()]);
    copy_file(&absolute, &copy, watch)?;
    made.0.clear();
    Ok((workspace.relative(&copy), Some(copy)))
}

/// Copies a file in pieces, between which it can be stopped.
fn copy_file(from: &Path, to: &Path, watch: DraftWatch<'_>) -> Result<(), RpcError> {
    const PIECE: u64 = 4 << 20;
    let failed = |error: std::io::Error| io_error(to, &error);
    let mut source = File::open(from).map_err(|error| io_error(from, &error))?;
    let total = source.metadata().map_err(failed)?.len();
    let mut target = File::create(to).map_err(failed)?;
    let mut done = 0;
    loop {
        if watch(DraftStep::Copy { done, total }).is_break() {
            return Err(RpcError::new(ErrorCode::Cancelled, "it was cancelled"));
        }
        match std::io::copy(&mut Read::by_ref(&mut source).take(PIECE), &mut target).map_err(failed)? {
            0 => return target.sync_all().map_err(failed),
            copied => done += copied,
        }
    }
}

/// Whether two files hold the same bytes; a file that can't be read is no other's copy.
fn is_same(one: &Path, other: &Path) -> bool {
    let length = |path: &Path| std::fs::metadata(path).ok().map(|metadata| metadata.len());
    if length(other).is_none() || length(one) != length(other) {
        return false;
    }
    let (Ok(one), Ok(other)) = (File::open(one), File::open(other)) else { return false };
    let (mut one, mut other) = (BufReader::new(one), BufReader::new(other));
    loop {
        let (Ok(left), Ok(right)) = (one.fill_buf(), other.fill_buf()) else { return false };
        let length = left.len().min(right.len());
        if left.get(..length) != right.get(..length) {
            return false;
        }
        if length == 0 {
            return left.is_empty() && right.is_empty();
        }
        one.consume(length);
        other.consume(length);
    }
}

/// The key to begin with: the best that is there to name a record. What does so by chance is none: of namesakes all but
/// one would be dropped.
fn best_key(inference: &Inference) -> Option<&CandidateKey> {
    inference.candidate_keys.iter().find(|candidate| candidate.identifies)
}

/// Takes these columns for the key, whatever the data speaks for.
fn choose_key(inference: &mut Inference, key: &[String]) -> Result<(), RpcError> {
    if let Some(unknown) = key.iter().find(|name| inference.contract.iter().all(|field| field.name != **name))
    {
        return Err(RpcError::new(ErrorCode::Failed, format!("the file has no column `{unknown}`"))
            .with_help("choose the key among the file's columns"));
    }
    let known = inference.candidate_keys.iter().position(|candidate| candidate.columns == key);
    let mut chosen = match known {
        Some(place) => inference.candidate_keys.remove(place),
        None => CandidateKey {
            columns: key.to_vec(),
            duplicates: 0,
            duplicate_examples: Vec::new(),
            checked: 0,
            identifies: true,
            reason: "chosen when the pipeline was made".to_owned(),
        },
    };
    chosen.identifies = true;
    inference.candidate_keys.insert(0, chosen);
    Ok(())
}

/// What a person should know about the key, or why there is none.
fn about_key(inference: &Inference) -> Vec<String> {
    let Some(key) = best_key(inference) else {
        let chance =
            inference.candidate_keys.first().map(|other| format!("{}: {}", columns(other), other.reason));
        let none =
            "no column is an identifier, so no key is set and rows are not de-duplicated: set `key` by hand";
        return std::iter::once(none.to_owned()).chain(chance).collect();
    };
    let mut lines = vec![format!("the key is {}: {}", columns(key), key.reason)];
    if key.duplicates > 0 {
        lines.push(
            "of records with one key only the latest is kept, and the others are set aside as deduplicated: look \
             whether they are the same thing"
                .to_owned(),
        );
    }
    // What could name the records as well, or better, is told: a person knows which it is.
    let rivals = inference.candidate_keys.iter().filter(|other| {
        other.columns != key.columns && (other.identifies || key.duplicates > 0 && other.duplicates == 0)
    });
    lines
        .extend(rivals.take(2).map(|other| format!("it could also be {}: {}", columns(other), other.reason)));
    lines
}

fn columns(key: &CandidateKey) -> String {
    key.columns.join(" + ")
}

/// Writes what is known of a silver table's key above it, or above its fields where it has none.
fn with_comment(text: &str, table: &str, lines: &[String]) -> String {
    let starts = |line: &str, key: &str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
    let is_named =
        |line: &&str| starts(line, &format!("  {table}")) || starts(line, &format!("  \"{table}\""));
    let all: Vec<&str> = text.lines().collect();
    let silver = all.iter().position(|line| starts(line, "silver")).unwrap_or(all.len());
    let begins = all.iter().skip(silver).position(is_named).map_or(all.len(), |place| silver + place + 1);
    let ends = all.iter().skip(begins).position(|line| !line.starts_with("    "));
    let ends = ends.map_or(all.len(), |place| begins + place);
    let at = |key: &str| (begins..ends).find(|place| all.get(*place).is_some_and(|line| starts(line, key)));
    let Some(place) = at("    key").or_else(|| at("    fields")) else { return text.to_owned() };
    let mut written = String::with_capacity(text.len() + 500);
    for (number, line) in all.iter().enumerate() {
        if number == place {
            for comment in lines.iter().flat_map(|line| wrapped(line, 100)) {
                written.push_str("    # ");
                written.push_str(&comment);
                written.push('\n');
            }
        }
        written.push_str(line);
        written.push('\n');
    }
    written
}

/// A text in lines of at most so many characters, broken at blanks; without other white space.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut().filter(|line| line.chars().count() + word.chars().count() < width) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Adds the source and the silver table that the data speaks for. Gives notes on what a person should decide.
fn add(pipeline: &mut Pipeline, name: &str, sample: &str, inference: &Inference) -> Vec<String> {
    let mut notes = Vec::new();
    let mut fields: IndexMap<String, Field> = IndexMap::new();
    let mut field_of: Vec<String> = Vec::new();
    for column in &inference.contract {
        let base = snake_case(&column.name);
        let mut field = base.clone();
        let mut number = 1;
        while fields.contains_key(&field) {
            number += 1;
            field = format!("{base}_{number}");
        }
        fields.insert(field.clone(), Field { from: Some(column.name.clone()), ..Field::default() });
        field_of.push(field);
    }
    let field_named = |column: &str| {
        inference
            .contract
            .iter()
            .position(|field| field.name == column)
            .and_then(|index| field_of.get(index))
            .cloned()
    };
    let key: Vec<String> = best_key(inference)
        .map(|candidate| candidate.columns.iter().filter_map(|column| field_named(column)).collect())
        .unwrap_or_default();
    notes.extend(about_key(inference));
    // That the key is one needs no rule: rows that repeat it are de-duplicated before rules are checked.
    let mut rules = Vec::new();
    for (column, field) in inference.contract.iter().zip(&field_of) {
        if column.required && !key.contains(field) {
            rules.push(format!("IsComplete \"{field}\""));
        }
    }
    for profile in &inference.columns {
        if let Some(evidence) = profile.evidence.first().filter(|evidence| evidence.failed > 0) {
            notes.push(format!(
                "{}: {} of {} values are no {}; those records will be quarantined",
                profile.name,
                evidence.failed,
                evidence.parsed + evidence.failed,
                profile.inferred.data_type
            ));
        }
    }
    let rules = (!rules.is_empty()).then(|| format!("Rules = [\n  {}\n]\n", rules.join(",\n  ")));
    let source = FileSource {
        format: FileFormat::Csv(inference.format.clone()),
        sample: Some(sample.to_owned()),
        contract: inference.contract.clone(),
        landing: None,
        description: None,
    };
    let table = SilverTable {
        from: name.to_owned(),
        filter: None,
        fields,
        key,
        keep: Keep::Latest,
        order_by: None,
        rules,
        on_failure: OnFailure::Quarantine,
        partition_by: Vec::new(),
        description: None,
    };
    pipeline.sources.insert(name.to_owned(), Source::File(source));
    pipeline.silver.insert(name.to_owned(), table);
    notes
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn unwatched(_: DraftStep) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    #[test]
    fn a_draft_that_is_stopped_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::init(&folder.path().join("firm"), "x").unwrap();
        let files = ["a.csv", "b.csv"].map(|name| folder.path().join(name));
        for file in &files {
            std::fs::write(file, "id,px\nA1,2\nA2,3\n").unwrap();
        }
        let samples = || std::fs::read_dir(workspace.root.join("samples")).map_or(0, Iterator::count);
        let before = samples();
        let stop_at = |stops: &(dyn Fn(DraftStep) -> bool + Sync)| {
            let watch = |step| if stops(step) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
            draft_pipeline(&workspace, "book", &files, None, &watch).unwrap_err().code
        };
        let reads_second = |step| matches!(step, DraftStep::Read { file: 1, .. });
        assert_eq!(stop_at(&reads_second), ErrorCode::Cancelled);
        // The first file is copied by then, and goes again.
        let copies = std::sync::atomic::AtomicUsize::new(0);
        let copies_second = |step| {
            let is_begin = matches!(step, DraftStep::Copy { done: 0, .. });
            is_begin && copies.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 1
        };
        assert_eq!(stop_at(&copies_second), ErrorCode::Cancelled);
        assert_eq!(samples(), before);
        let drafted = draft_pipeline(&workspace, "book", &files, None, &unwatched).unwrap();
        assert_eq!(drafted.copied, ["samples/a.csv", "samples/b.csv"]);
        assert_eq!(samples(), before + 2);
    }

    #[test]
    fn several_files_become_sources_and_their_copies_overwrite_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::init(&folder.path().join("firm"), "x").unwrap();
        let outside = folder.path().join("trades_20260302.csv");
        std::fs::write(&outside, "Trade ID;Px\nA1;1.5\nA2;2.5\n").unwrap();
        let inside = workspace.root.join("samples/prices.csv");
        std::fs::write(&inside, "day,px\n2026-01-02,1\n2026-01-03,2\n").unwrap();
        std::fs::write(workspace.root.join("samples/trades_20260302.csv"), "mine").unwrap();

        let files = [outside.clone(), inside, outside.clone()];
        let drafted = draft_pipeline(&workspace, "book", &files, None, &unwatched).unwrap();
        let read = touchstone_spec::Document::read(&drafted.file, &drafted.text);
        let pipeline = read.pipeline.unwrap();
        assert_eq!(drafted.file, "pipelines/book.yaml");
        assert!(!workspace.pipeline_file("book").exists(), "the page saves it");
        let names: Vec<&String> = pipeline.sources.keys().collect();
        assert_eq!(names, ["trades", "prices", "trades_2"]);
        let samples: Vec<&str> =
            pipeline.sources.values().filter_map(|Source::File(file)| file.sample.as_deref()).collect();
        assert_eq!(
            samples,
            ["samples/trades_20260302-2.csv", "samples/prices.csv", "samples/trades_20260302-3.csv"]
        );
        let kept = std::fs::read_to_string(workspace.root.join("samples/trades_20260302.csv")).unwrap();
        assert_eq!(kept, "mine");
    }

    fn drafted(data: &str) -> (Drafted, Pipeline) {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::init(&folder.path().join("firm"), "x").unwrap();
        let file = folder.path().join("kunden.csv");
        std::fs::write(&file, data).unwrap();
        let drafted = draft_pipeline(&workspace, "kunden", &[file], None, &unwatched).unwrap();
        let pipeline = touchstone_spec::Document::read(&drafted.file, &drafted.text).pipeline.unwrap();
        (drafted, pipeline)
    }

    #[test]
    fn the_identifier_becomes_the_key_and_the_document_says_why() {
        let mut data = "name;Kunde Nr.;Ort\n".to_owned();
        for row in 0..60 {
            let nr = if row == 40 { 1_003 } else { 1_000 + row };
            writeln!(data, "Firma {row} KG;{nr};Ort {}", row % 7).unwrap();
        }
        let (drafted, pipeline) = drafted(&data);
        assert_eq!(pipeline.silver["kunden"].key, ["kunde_nr"]);
        assert_eq!(
            pipeline.silver["kunden"].rules.as_deref(),
            Some("Rules = [\n  IsComplete \"name\",\n  IsComplete \"ort\"\n]\n"),
            "no rule that the key makes true"
        );
        let evidence = "1 of 60 records repeats the Kunde Nr. of an earlier one: 1003 (records 4 and 41)";
        assert!(
            drafted.notes[0].starts_with(&format!("the key is Kunde Nr.: {evidence}")),
            "{:?}",
            drafted.notes
        );
        let (comment, _) = drafted.text.split_once("    key:").unwrap();
        let comment: Vec<&str> =
            comment.lines().rev().take_while(|line| line.starts_with("    # ")).collect();
        let comment: Vec<&str> =
            comment.into_iter().rev().map(|line| line.trim_start_matches([' ', '#'])).collect();
        assert!(comment.join(" ").contains(evidence), "{}", drafted.text);
    }

    #[test]
    fn a_key_that_was_chosen_is_the_key_and_columns_that_are_not_there_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::init(&folder.path().join("firm"), "x").unwrap();
        let file = folder.path().join("kunden.csv");
        let rows: Vec<String> =
            (0..60).map(|row| format!("Firma {row};{};Ort {}\n", 1_000 + row, row % 7)).collect();
        std::fs::write(&file, format!("name;Kunde Nr.;Ort\n{}", rows.concat())).unwrap();
        let draft = |key: &[&str]| {
            let key: Vec<String> = key.iter().map(|name| (*name).to_owned()).collect();
            draft_pipeline(&workspace, "kunden", std::slice::from_ref(&file), Some(&key), &unwatched)
        };
        assert!(draft(&["Kunde"]).unwrap_err().message.contains("no column `Kunde`"));
        let drafted = draft(&["Kunde Nr.", "Ort"]).unwrap();
        let pipeline = touchstone_spec::Document::read(&drafted.file, &drafted.text).pipeline.unwrap();
        assert_eq!(pipeline.silver["kunden"].key, ["kunde_nr", "ort"]);
        assert!(
            drafted.notes[0].contains("Kunde Nr. + Ort: chosen when the pipeline was made"),
            "{:?}",
            drafted.notes
        );
    }

    #[test]
    fn without_an_identifier_there_is_no_key_and_the_document_says_so() {
        let mut data = "name,remark,amount\n".to_owned();
        for row in 0..60 {
            writeln!(data, "Person {row} x,said {row} things,{}", row * 37).unwrap();
        }
        let (drafted, pipeline) = drafted(&data);
        assert!(pipeline.silver["kunden"].key.is_empty());
        assert!(drafted.notes[0].starts_with("no column is an identifier"), "{:?}", drafted.notes);
        assert!(drafted.text.contains("    # no column is an identifier"), "{}", drafted.text);
    }

    #[test]
    fn a_copy_that_is_there_already_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::init(&folder.path().join("firm"), "x").unwrap();
        let outside = folder.path().join("a.csv");
        std::fs::write(&outside, "id,px\n1,2\n").unwrap();
        for name in ["one", "two"] {
            new_pipeline(&workspace, name, &outside, None).unwrap();
        }
        assert_eq!(std::fs::read_dir(workspace.root.join("samples")).unwrap().count(), 1);
        assert!(new_pipeline(&workspace, "one", &outside, None).unwrap_err().message.contains("already"));
        let error = draft_pipeline(&workspace, "three", &[], None, &unwatched).unwrap_err();
        assert!(error.message.contains("no data file"), "{}", error.message);
    }
}
