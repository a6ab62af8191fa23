//! A change tried on the documents: what doesn't compile any more, and which types are others.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use touchstone_spec::{DataType, Document, Layer, Pipeline, Severity, Source, TableName};

use super::ImpactChange;
use crate::{Compilation, LineageColumn, LineageNode, LineageTarget, recompile};

/// What compiling the changed documents gives.
#[derive(Debug, Default)]
pub(super) struct Trial {
    /// Whether the change could be made in the documents at all.
    pub(super) was_made: bool,
    columns: BTreeMap<LineageColumn, String>,
    tables: BTreeMap<LineageNode, String>,
    types: BTreeMap<LineageColumn, (DataType, DataType)>,
    lost: BTreeSet<LineageColumn>,
}

impl Trial {
    pub(super) fn of(
        documents: &[Document],
        compilation: &Compilation,
        target: &LineageTarget,
        change: &ImpactChange,
    ) -> Self {
        let mut changed: Vec<Document> = documents.to_vec();
        let was_made = changed
            .iter_mut()
            .filter_map(|document| document.pipeline.as_mut())
            .any(|pipeline| make(pipeline, target, change).is_some());
        if !was_made {
            return Self::default();
        }
        let after = recompile(compilation.clone(), &changed);
        let mut trial = Self { was_made, ..Self::default() };
        trial.compare_findings(compilation, &after, &changed);
        trial.compare_columns(compilation, &after, target);
        trial
    }

    /// Errors that weren't there before, by the table and the field that they stand at.
    fn compare_findings(&mut self, before: &Compilation, after: &Compilation, documents: &[Document]) {
        let key = |diagnostic: &touchstone_spec::Diagnostic| {
            (diagnostic.place.file.clone(), diagnostic.place.path.clone(), diagnostic.message.clone())
        };
        let known: BTreeSet<_> = before.diagnostics.0.iter().map(key).collect();
        for diagnostic in &after.diagnostics.0 {
            if diagnostic.severity != Severity::Error || known.contains(&key(diagnostic)) {
                continue;
            }
            let pipeline = documents
                .iter()
                .filter(|document| document.file == diagnostic.place.file)
                .find_map(|document| document.pipeline.as_ref());
            let Some(pipeline) = pipeline else { continue };
            let mut parts = diagnostic.place.path.splitn(5, '.');
            let layer = match parts.next() {
                Some("silver") => Layer::Silver,
                Some("gold") => Layer::Gold,
                _ => continue,
            };
            let Some(table) = parts.next() else { continue };
            let node = LineageNode::table(&TableName::new(&pipeline.pipeline, layer, table));
            let reason = diagnostic.message.clone();
            match (parts.next(), parts.next()) {
                (Some("fields"), Some(field)) => {
                    let column = LineageColumn { node, column: field.to_owned() };
                    self.columns.entry(column).or_insert(reason);
                }
                (Some(part), _) => {
                    let part = part.split('[').next().unwrap_or(part);
                    self.tables.entry(node).or_insert_with(|| format!("{part}: {reason}"));
                }
                (None, _) => {
                    self.tables.entry(node).or_insert(reason);
                }
            }
        }
    }

    fn compare_columns(&mut self, before: &Compilation, after: &Compilation, target: &LineageTarget) {
        for (name, table) in before.tables.iter() {
            let node = LineageNode::table(name);
            let later = after.tables.get(name);
            for column in &table.columns {
                let place = LineageColumn { node: node.clone(), column: column.name.clone() };
                let is_target = match target {
                    LineageTarget::Column(target) => *target == place,
                    LineageTarget::Table(target) => *target == node,
                };
                if is_target {
                    continue;
                }
                let found = later.and_then(|table| table.column(&column.name));
                if found.is_none() {
                    self.lost.insert(place);
                    continue;
                }
                let types = (column.data_type.clone(), found.and_then(|column| column.data_type.clone()));
                if let (Some(from), Some(to)) = types
                    && from != to
                {
                    self.types.insert(place, (from, to));
                }
            }
        }
    }

    /// Why a column can't be made any more.
    pub(super) fn broken_column(&self, column: &LineageColumn) -> Option<String> {
        self.columns.get(column).cloned()
    }

    /// Whether the column isn't there after the change: its query doesn't compile, or doesn't give it.
    pub(super) fn loses(&self, column: &LineageColumn) -> bool {
        self.lost.contains(column)
    }

    /// Fields that can't be made, and why.
    pub(super) fn broken_columns(&self) -> impl Iterator<Item = (&LineageColumn, &String)> {
        self.columns.iter()
    }

    /// Tables that don't compile, and why; their fields aside.
    pub(super) fn broken_tables(&self) -> impl Iterator<Item = (&LineageNode, &String)> {
        self.tables.iter()
    }

    /// The type that a column had and has.
    pub(super) fn type_change(&self, column: &LineageColumn) -> Option<(DataType, DataType)> {
        self.types.get(column).cloned()
    }
}

/// Makes the change in the pipeline that holds the target; none when it isn't this one, or the change can't be made there:
/// gold columns stand inside SQL.
fn make(pipeline: &mut Pipeline, target: &LineageTarget, change: &ImpactChange) -> Option<()> {
    let (node, column) = match target {
        LineageTarget::Table(node) => (node, None),
        LineageTarget::Column(column) => (&column.node, Some(column.column.as_str())),
    };
    if node.pipeline() != pipeline.pipeline {
        return None;
    }
    let (layer, table) = match node {
        LineageNode::File { source, .. } => (Layer::Bronze, source),
        LineageNode::Table { name } => (name.layer, &name.table),
    };
    match (layer, column) {
        (Layer::Bronze, None) => entry(&mut pipeline.sources, table, change),
        (Layer::Silver, None) => entry(&mut pipeline.silver, table, change),
        (Layer::Gold, None) => entry(&mut pipeline.gold, table, change),
        (Layer::Bronze, Some(column)) => {
            let Source::File(file) = pipeline.sources.get_mut(table)?;
            let index = file.contract.iter().position(|field| field.name == column)?;
            match change {
                ImpactChange::Drop => {
                    file.contract.remove(index);
                }
                ImpactChange::Rename(name) => file.contract.get_mut(index)?.name.clone_from(name),
                ImpactChange::Retype(to) => {
                    let field = file.contract.get_mut(index)?;
                    field.data_type = to.clone();
                    // How the text was read belongs to the type that it had.
                    (field.format, field.decimal_mark, field.grouping_mark) = (None, None, None);
                    field.negative = None;
                    (field.true_values, field.false_values) = (Vec::new(), Vec::new());
                }
            }
            Some(())
        }
        (Layer::Silver, Some(column)) => {
            let fields = &mut pipeline.silver.get_mut(table)?.fields;
            if let ImpactChange::Retype(to) = change {
                fields.get_mut(column)?.data_type = Some(to.clone());
                return Some(());
            }
            entry(fields, column, change)
        }
        (Layer::Gold, Some(_)) => None,
    }
}

/// Takes out or renames an entry, which keeps its place.
fn entry<T>(entries: &mut IndexMap<String, T>, name: &str, change: &ImpactChange) -> Option<()> {
    let index = entries.get_index_of(name)?;
    match change {
        ImpactChange::Retype(_) => None,
        ImpactChange::Drop => entries.shift_remove(name).map(|_| ()),
        ImpactChange::Rename(new) => {
            let value = entries.shift_remove(name)?;
            if entries.contains_key(new) {
                return None;
            }
            entries.shift_insert(index, new.clone(), value);
            Some(())
        }
    }
}
