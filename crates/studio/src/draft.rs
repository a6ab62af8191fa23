//! A first pipeline from a data file: the inferred contract, a mapping column by column, and the rules that the data
//! itself speaks for.

use std::path::Path;

use indexmap::IndexMap;
use touchstone_ingest::{CandidateKey, InferOptions, Inference, infer};
use touchstone_protocol::{ErrorCode, RpcError};
use touchstone_spec::{
    Field, FileFormat, FileSource, Keep, OnFailure, Pipeline, SilverTable, Source, check_name, snake_case,
    write_yaml,
};

use crate::{
    sample::ingest_error,
    workspace::{Workspace, io_error, write_new},
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
///
/// # Errors
/// When the name isn't one or is taken, or the file can't be read. Nothing is written then.
pub fn new_pipeline(workspace: &Workspace, name: &str, from: &Path) -> Result<NewPipeline, RpcError> {
    check_name(name).map_err(|reason| {
        RpcError::new(ErrorCode::Failed, format!("`{name}` can't be a pipeline's name: {reason}"))
            .with_help(format!("try `{}`", snake_case(name)))
    })?;
    let target = workspace.pipeline_file(name);
    if workspace.document(name).is_ok() || target.exists() {
        return Err(RpcError::new(ErrorCode::Failed, format!("there is a pipeline `{name}` already"))
            .with_help("choose another name"));
    }
    let inference = infer(from, &InferOptions::default()).map_err(|error| ingest_error(&error))?;
    let (sample, copied) = sample_path(workspace, from)?;
    let (pipeline, notes) = draft(name, &sample, &inference);
    let text = write_yaml(&pipeline);
    if let Some(copied) = &copied {
        std::fs::copy(from, workspace.root.join(copied)).map_err(|error| io_error(from, &error))?;
    }
    write_new(&target, &text)?;
    Ok(NewPipeline {
        file: workspace.relative(&target),
        copied_sample: copied,
        columns: inference.contract.len(),
        fields: pipeline.silver.values().map(|table| table.fields.len()).sum(),
        notes,
    })
}

/// The sample's path relative to the workspace, and whether it must be copied there.
fn sample_path(workspace: &Workspace, from: &Path) -> Result<(String, Option<String>), RpcError> {
    let absolute = std::fs::canonicalize(from).map_err(|error| io_error(from, &error))?;
    let root = std::fs::canonicalize(&workspace.root).map_err(|error| io_error(&workspace.root, &error))?;
    if let Ok(inside) = absolute.strip_prefix(&root) {
        return Ok((inside.to_string_lossy().replace('\\', "/"), None));
    }
    let file_name = absolute
        .file_name()
        .map_or_else(|| "sample.csv".to_owned(), |name| name.to_string_lossy().into_owned());
    let copy = format!("samples/{file_name}");
    if workspace.root.join(&copy).exists() {
        return Err(RpcError::new(ErrorCode::Failed, format!("{copy} exists already in the workspace"))
            .with_help("use that file, or rename yours first"));
    }
    Ok((copy.clone(), Some(copy)))
}

/// The candidate key to begin with: an exact one of few columns before one with a few duplicates, which are more
/// likely repeated deliveries than a wrong key.
fn best_key(inference: &Inference) -> Option<&CandidateKey> {
    let likely = |candidate: &&CandidateKey| candidate.duplicates.saturating_mul(20) <= candidate.checked;
    inference
        .candidate_keys
        .iter()
        .filter(likely)
        .min_by_key(|candidate| (candidate.duplicates > 0, candidate.columns.len(), candidate.duplicates))
}

/// The pipeline that the data speaks for, and notes on what a person should decide.
pub fn draft(name: &str, sample: &str, inference: &Inference) -> (Pipeline, Vec<String>) {
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
    if key.is_empty() {
        notes.push(
            "no column or pair of columns names every row: set `key` by hand, or rows are not de-duplicated"
                .to_owned(),
        );
    }
    let mut rules = Vec::new();
    if !key.is_empty() {
        let names: Vec<String> = key.iter().map(|field| format!("\"{field}\"")).collect();
        rules.push(format!("IsPrimaryKey {}", names.join(" ")));
    }
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
    let pipeline = Pipeline {
        pipeline: name.to_owned(),
        sources: IndexMap::from([(name.to_owned(), Source::File(source))]),
        silver: IndexMap::from([(name.to_owned(), table)]),
        ..Pipeline::default()
    };
    (pipeline, notes)
}
