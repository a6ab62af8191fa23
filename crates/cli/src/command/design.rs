//! `impact` and `suggest`: what a change would do, and which columns fit which fields.

use std::{path::PathBuf, process::ExitCode};

use serde_json::json;
use touchstone_studio::{
    ErrorCode, RpcError,
    compiler::{
        ImpactChange, ImpactSeverity, Mapping, ProposedField, SourceColumn, Suggestion, TargetField, impact,
        propose_fields, suggest_mappings,
    },
    sample_columns,
    spec::{DataType, SilverTable},
};

use super::open;
use crate::{Outcome, arguments::ImpactOptions, output};

/// Says what would break, or give other values or rows.
pub(crate) fn impact_of(folder: Option<PathBuf>, options: &ImpactOptions) -> Outcome {
    let (_, workspace) = open(folder)?;
    let target = workspace
        .compilation
        .lineage
        .find(&options.target)
        .map_err(|reason| RpcError::new(ErrorCode::NotFound, reason))?;
    let change = match (&options.rename, &options.retype) {
        (Some(name), _) => ImpactChange::Rename(name.clone()),
        (None, Some(text)) => {
            let data_type: DataType = text.parse().map_err(|error| {
                RpcError::new(ErrorCode::Failed, format!("`{text}` is no type: {error}"))
                    .with_help("for example long, date or decimal(18,2)")
            })?;
            ImpactChange::Retype(data_type)
        }
        (None, None) => ImpactChange::Drop,
    };
    let found = impact(&workspace.documents, &workspace.compilation, &target, &change);
    if options.json {
        output::json(&found)?;
    } else {
        output::line(found.to_text().trim_end());
    }
    let breaks = found.tables.iter().any(|table| table.severity == ImpactSeverity::Breaks)
        || found.columns.iter().any(|column| column.severity == ImpactSeverity::Breaks);
    Ok(if breaks { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Suggests mappings for the fields of a silver table that have none, and fields for columns that none takes.
pub(crate) fn suggest(folder: Option<PathBuf>, name: &str, json: bool) -> Outcome {
    let (_, workspace) = open(folder)?;
    let (pipeline, table) = name.split_once('.').unwrap_or((name, name));
    let table = table.strip_prefix("silver.").unwrap_or(table);
    let document = workspace.document(pipeline)?;
    let silver = document.pipeline.as_ref().and_then(|spec| spec.silver.get(table)).ok_or_else(|| {
        RpcError::new(ErrorCode::NotFound, format!("`{pipeline}` has no silver table `{table}`"))
            .with_help("write PIPELINE.TABLE, as in trades.trades")
    })?;
    let columns = sample_columns(&workspace, pipeline, &silver.from)?;
    let unmapped: Vec<TargetField> = silver
        .fields
        .iter()
        .filter(|(_, field)| field.from.is_none() && field.expr.is_none())
        .map(|(name, field)| TargetField {
            name: name.clone(),
            data_type: field.data_type.clone(),
            description: field.description.clone(),
            ..TargetField::default()
        })
        .collect();
    let suggestions = suggest_mappings(&columns, &unmapped);
    let free = free_columns(&columns, silver, &suggestions);
    let proposals = propose_fields(&free, silver.fields.keys().map(String::as_str));
    if json {
        output::json(&json!({
            "mappings": suggestions.iter().map(suggestion_json).collect::<Vec<_>>(),
            "fields": proposals.iter().map(proposal_json).collect::<Vec<_>>(),
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    if suggestions.is_empty() && proposals.is_empty() {
        output::line(format!("{name}: every field has a mapping, and every column is taken"));
        return Ok(ExitCode::SUCCESS);
    }
    for suggestion in &suggestions {
        output::line(format!(
            "{}: {{ {} }}  {:.0} %",
            suggestion.target,
            written(&suggestion.mapping),
            suggestion.score * 100.0
        ));
        for reason in &suggestion.reasons {
            let sign = if reason.weight < 0.0 { "-" } else { "+" };
            output::line(format!("  {sign} {}", reason.text));
        }
    }
    if !proposals.is_empty() {
        output::line("columns that no field takes:");
    }
    for proposal in &proposals {
        let note = proposal.note.as_ref().map(|note| format!("  # {note}")).unwrap_or_default();
        output::line(format!("  {}: {{ {} }}{note}", proposal.name, written(&proposal.mapping)));
    }
    Ok(ExitCode::SUCCESS)
}

/// Columns that no field names and no suggestion takes.
fn free_columns(
    columns: &[SourceColumn],
    silver: &SilverTable,
    suggestions: &[Suggestion],
) -> Vec<SourceColumn> {
    let is_named = |name: &str| {
        silver.fields.values().any(|field| {
            field.from.as_deref() == Some(name)
                || field.expr.as_ref().is_some_and(|expression| mentions(expression, name))
        })
    };
    let is_taken = |name: &str| suggestions.iter().any(|suggestion| suggestion.source == name);
    columns.iter().filter(|column| !is_named(&column.name) && !is_taken(&column.name)).cloned().collect()
}

/// Whether an expression names a column: as a word, or in quotes where it isn't one.
fn mentions(expression: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    expression.contains(&format!("\"{name}\""))
        || expression.split(|letter| !is_part(letter)).any(|word| word.eq_ignore_ascii_case(name))
}

fn written(mapping: &Mapping) -> String {
    match mapping {
        Mapping::From(column) => format!("from: {column}"),
        Mapping::Expression(expression) => format!("expr: {expression:?}"),
    }
}

fn suggestion_json(suggestion: &Suggestion) -> serde_json::Value {
    json!({
        "field": suggestion.target,
        "column": suggestion.source,
        "mapping": written(&suggestion.mapping),
        "type": suggestion.data_type,
        "score": suggestion.score,
        "reasons": suggestion.reasons.iter().map(|reason| &reason.text).collect::<Vec<_>>(),
    })
}

fn proposal_json(proposal: &ProposedField) -> serde_json::Value {
    json!({
        "field": proposal.name,
        "column": proposal.source,
        "mapping": written(&proposal.mapping),
        "type": proposal.data_type,
        "required": proposal.required,
        "note": proposal.note,
    })
}
