//! Proves a rename: in the renamed workspace every name means what it meant before, and nothing new is wrong.

use std::collections::BTreeMap;

use touchstone_spec::{Diagnostic, DocPath, Document, Layer, Segment, Severity, TableName};

use super::{RenameError, RenameTarget, RenamedDocument, Renamer};
use crate::{
    compile::compile_names,
    names::{Decl, DocumentNames, Form},
};

/// What the names of one text mean, in order.
type Meanings = BTreeMap<(String, DocPath), Vec<Option<Decl>>>;

pub(super) fn check(work: &Renamer<'_>, renamed: &[RenamedDocument]) -> Result<(), RenameError> {
    let documents: Vec<Document> = work
        .documents
        .iter()
        .map(|document| match renamed.iter().find(|renamed| renamed.file == document.file) {
            Some(renamed) => Document::read(&document.file, &*renamed.text),
            None => document.clone(),
        })
        .collect();
    let (after, names) = compile_names(&documents);
    let errors = |diagnostics: &[Diagnostic]| {
        let errors = diagnostics.iter().filter(|found| found.severity == Severity::Error);
        errors.cloned().collect::<Vec<_>>()
    };
    let before = errors(&work.compilation.diagnostics.0);
    let now = errors(&after.diagnostics.0);
    if now.len() > before.len() {
        let is_new = |error: &&Diagnostic| {
            !before.iter().any(|known| known.place == error.place && known.message == error.message)
        };
        let error = now.iter().find(is_new).or(now.first());
        let (place, message) = error.map(|error| (&error.place, &error.message)).unzip();
        return Err(RenameError::new(format!(
            "with the name `{}` the workspace wouldn't compile: {} ({})",
            work.to,
            message.map_or("", String::as_str),
            place.map(ToString::to_string).unwrap_or_default(),
        ))
        .help("choose another name"));
    }
    let wanted = meanings(
        work.names,
        |decl| moved(decl, work),
        |pipeline, path| {
            if pipeline == work.target.pipeline() { moved_path(path, work) } else { path.clone() }
        },
    );
    let found = meanings(&names, Clone::clone, |_, path| path.clone());
    let other = found.iter().find(|(place, meanings)| wanted.get(*place) != Some(meanings));
    let lost = wanted.iter().find(|(place, _)| !found.contains_key(*place));
    match other.or(lost) {
        None => Ok(()),
        Some(((file, path), _)) => {
            Err(RenameError::new(format!("`{}` would mean something else in {path} ({file})", work.to))
                .help("choose another name, or an alias there first"))
        }
    }
}

fn meanings(
    names: &[DocumentNames],
    decl_of: impl Fn(&Decl) -> Decl,
    path_of: impl Fn(&str, &DocPath) -> DocPath,
) -> Meanings {
    let mut meanings = Meanings::new();
    for document in names {
        let mut uses: Vec<_> = document
            .uses
            .iter()
            .filter(|used| !matches!(used.form, Form::Bare(_) | Form::Alias { .. } | Form::Given(_)))
            .collect();
        uses.sort_by_key(|used| (&used.path, used.range.start, used.range.end, &used.form));
        uses.dedup_by_key(|used| (&used.path, used.range.clone(), &used.form));
        for used in uses {
            let place = (document.file.clone(), path_of(&document.pipeline, &used.path));
            let value = used.origin.value.as_ref().map(&decl_of);
            meanings.entry(place).or_default().push(value);
        }
    }
    meanings
}

/// What is meant, by its new name.
fn moved(decl: &Decl, work: &Renamer<'_>) -> Decl {
    if let RenameTarget::Pipeline { pipeline: old } = work.target {
        let name = |pipeline: &String| if pipeline == old { work.to.to_owned() } else { pipeline.clone() };
        let table = |table: &TableName| TableName { pipeline: name(&table.pipeline), ..table.clone() };
        return match decl {
            Decl::Source(pipeline, source) => Decl::Source(name(pipeline), source.clone()),
            Decl::SourceColumn(pipeline, source, column) => {
                Decl::SourceColumn(name(pipeline), source.clone(), column.clone())
            }
            Decl::Table(known) => Decl::Table(table(known)),
            Decl::Column(known, column) => Decl::Column(table(known), column.clone()),
            Decl::Local(number) => Decl::Local(*number),
        };
    }
    let to = || work.to.to_owned();
    let table = |table: &TableName| match work.target {
        RenameTarget::Table { table: renamed } if renamed == table => {
            TableName { table: to(), ..table.clone() }
        }
        _ => table.clone(),
    };
    let source_name = |pipeline: &String, source: &String| match work.target {
        RenameTarget::Source { pipeline: of, source: renamed } if of == pipeline && renamed == source => to(),
        _ => source.clone(),
    };
    let is_renamed = work.renamed.contains(decl);
    match decl {
        Decl::Source(pipeline, source) => Decl::Source(pipeline.clone(), source_name(pipeline, source)),
        Decl::SourceColumn(pipeline, source, column) => {
            let column = if is_renamed { to() } else { column.clone() };
            Decl::SourceColumn(pipeline.clone(), source_name(pipeline, source), column)
        }
        Decl::Table(known) => Decl::Table(table(known)),
        Decl::Column(known, column) => {
            Decl::Column(table(known), if is_renamed { to() } else { column.clone() })
        }
        Decl::Local(number) => Decl::Local(*number),
    }
}

/// The path of a text afterwards: names of tables and fields are part of it.
fn moved_path(path: &DocPath, work: &Renamer<'_>) -> DocPath {
    let mut path = path.clone();
    let is = |segment: Option<&Segment>, name: &str| {
        segment.is_some_and(|segment| *segment == Segment::Key(name.to_owned()))
    };
    let place = match work.target {
        RenameTarget::Table { table } => {
            let layer = if table.layer == Layer::Gold { "gold" } else { "silver" };
            (is(path.0.first(), layer) && is(path.0.get(1), &table.table)).then_some(1)
        }
        RenameTarget::Column { table, column } if table.layer != Layer::Gold => {
            let is_field = is(path.0.first(), "silver")
                && is(path.0.get(1), &table.table)
                && is(path.0.get(2), "fields")
                && is(path.0.get(3), column);
            is_field.then_some(3)
        }
        _ => None,
    };
    if let Some(segment) = place.and_then(|place| path.0.get_mut(place)) {
        *segment = Segment::Key(work.to.to_owned());
    }
    path
}
