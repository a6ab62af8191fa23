//! What one compilation leaves to the next: the pipelines that an edit doesn't touch aren't compiled again.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use indexmap::IndexMap;
use touchstone_spec::{Diagnostics, Document, Pipeline, TableName};

use crate::{Compilation, CompiledPipeline, KnownTable, Lineage, catalog::Catalog, order::Dependencies};

/// What a compilation was made from. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory {
    /// The documents, in order.
    seen: Vec<Arc<Seen>>,
    dependencies: Arc<Dependencies>,
}

/// A document as it was.
#[derive(Debug, PartialEq)]
struct Seen {
    file: String,
    text: String,
    pipeline: Option<Pipeline>,
    diagnostics: Diagnostics,
}

impl Seen {
    fn of(document: &Document) -> Self {
        Self {
            file: document.file.clone(),
            text: document.text.clone(),
            pipeline: document.pipeline.clone(),
            diagnostics: document.diagnostics.clone(),
        }
    }

    fn is(&self, document: &Document) -> bool {
        self.file == document.file
            && self.text == document.text
            && self.pipeline == document.pipeline
            && self.diagnostics == document.diagnostics
    }
}

/// A compilation, and the pipelines of it that are the same after an edit.
#[derive(Debug, Default)]
pub(crate) struct Reuse {
    previous: Compilation,
    same: BTreeSet<String>,
    /// Read as they are now, though not compiled since: what they read is known.
    unchanged: BTreeSet<String>,
}

impl Reuse {
    /// Finds the pipelines that are as they were, and read none that isn't. Nothing is when files or tables came, went
    /// or changed their order: a name may then mean another table. `catalog` has the tables that are declared now.
    pub(crate) fn of(previous: Compilation, documents: &[Document], catalog: &Catalog) -> Self {
        let seen = &previous.memory.seen;
        let before = previous.tables.catalog();
        let files: BTreeSet<&str> = documents.iter().map(|document| document.file.as_str()).collect();
        let comparable = seen.len() == documents.len()
            && files.len() == documents.len()
            && seen.iter().zip(documents).all(|(seen, document)| seen.file == document.file)
            && before.pipelines.as_slice() == catalog.pipelines.as_slice()
            && before.unreadable == catalog.unreadable;
        if !comparable {
            return Self { previous, ..Self::default() };
        }
        let mut changed: BTreeSet<&str> = BTreeSet::new();
        let mut all: BTreeSet<&str> = BTreeSet::new();
        for (seen, document) in seen.iter().zip(documents) {
            if let Some(pipeline) = &document.pipeline {
                all.insert(&pipeline.pipeline);
                if !seen.is(document) {
                    changed.insert(&pipeline.pipeline);
                }
            }
        }
        let reached = previous.memory.dependencies.reached_from(&changed);
        let unchanged: BTreeSet<String> =
            all.into_iter().filter(|name| !changed.contains(name)).map(str::to_owned).collect();
        let is_same = |name: &&String| !reached.contains(name.as_str()) && !previous.waiting.contains(*name);
        let same = unchanged.iter().filter(is_same).cloned().collect();
        Self { previous, same, unchanged }
    }

    /// Whether what the pipeline reads is known.
    pub(crate) fn knows_reads(&self, pipeline: &str) -> bool {
        self.unchanged.contains(pipeline)
    }

    pub(crate) fn has(&self, pipeline: &str) -> bool {
        self.same.contains(pipeline)
    }

    pub(crate) fn known(&self, table: &TableName) -> Option<Arc<KnownTable>> {
        self.previous.tables.catalog().known.get(table).cloned()
    }

    pub(crate) fn dependencies(&self) -> &Dependencies {
        &self.previous.memory.dependencies
    }

    /// What was found in a file.
    pub(crate) fn diagnostics(&self, file: &str) -> Diagnostics {
        let found = self.previous.diagnostics.0.iter().filter(|diagnostic| diagnostic.place.file == file);
        Diagnostics(found.cloned().collect())
    }

    /// The pipeline as it was compiled, its tables in the order in which they are made now.
    pub(crate) fn pipeline(&mut self, name: &str, order: &[TableName]) -> Option<CompiledPipeline> {
        let mut compiled = self.previous.pipelines.swap_remove(name)?;
        let places: BTreeMap<&TableName, usize> = order
            .iter()
            .filter(|table| table.pipeline == name)
            .enumerate()
            .map(|(place, table)| (table, place))
            .collect();
        in_order(&mut compiled.silver, |plan| places.get(&plan.schema.name).copied());
        in_order(&mut compiled.gold, |plan| places.get(&plan.schema.name).copied());
        Some(compiled)
    }

    pub(crate) fn blocked(&self, name: &str) -> Option<TableName> {
        self.previous.blocked.get(name).cloned()
    }

    /// The lineage of the pipelines that are the same, and of those that were compiled anew.
    pub(crate) fn lineage(&mut self, anew: Lineage) -> Lineage {
        if self.same.is_empty() {
            return anew;
        }
        let before = std::mem::take(&mut self.previous.lineage);
        before.replaced(|pipeline| !self.same.contains(pipeline), anew)
    }

    /// What the next compilation needs to know of this one.
    pub(crate) fn memory(self, documents: &[Document], dependencies: Dependencies) -> Memory {
        let mut before: BTreeMap<String, Arc<Seen>> =
            self.previous.memory.seen.into_iter().map(|seen| (seen.file.clone(), seen)).collect();
        let seen = documents
            .iter()
            .map(|document| match before.remove(&document.file) {
                Some(seen) if seen.is(document) => seen,
                _ => Arc::new(Seen::of(document)),
            })
            .collect();
        Memory { seen, dependencies: Arc::new(dependencies) }
    }
}

/// Sorts by place, where that isn't so already.
fn in_order<T>(plans: &mut IndexMap<String, T>, place: impl Fn(&T) -> Option<usize>) {
    if !plans.values().is_sorted_by_key(&place) {
        plans.sort_by_cached_key(|_, plan| place(plan));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile;

    #[test]
    fn only_the_edited_pipeline_and_its_readers_are_compiled_anew() {
        let pipeline = |name: &str, field: &str, sql: &str| {
            let text = format!(
                "pipeline: {name}\nsources:\n  s: {{ kind: file, format: {{ csv: {{}} }}, contract: [{{ name: a, type: int }}] }}\nsilver:\n  s: {{ from: s, fields: {{ a: {{ {field} }} }} }}\ngold:\n  g: {{ sql: {sql} }}\n"
            );
            Document::read(format!("{name}.yaml"), text)
        };
        let workspace = |field| {
            vec![
                pipeline("one", field, "select a from silver.s"),
                pipeline("two", "from: a", "select a from one.s"),
                // Reads what doesn't read the first one.
                pipeline("three", "from: a", "select a from two.s"),
                pipeline("four", "from: a", "select a from two.g"),
            ]
        };
        let previous = compile(&workspace("from: a"));
        assert!(!previous.diagnostics.has_errors(), "{:?}", previous.diagnostics);
        let same = |documents: &[Document]| {
            let after = compile(documents);
            Reuse::of(previous.clone(), documents, after.tables.catalog()).same
        };
        assert_eq!(same(&workspace("from: a")).len(), 4);
        assert_eq!(same(&workspace("expr: a + 1")), BTreeSet::from(["three".to_owned()]));
        assert!(same(&workspace("from: a")[..3]).is_empty());
    }
}
