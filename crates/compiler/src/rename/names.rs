//! How tables are called after a rename, from where they are read.

use touchstone_spec::TableName;

use super::{RenameTarget, write};
use crate::{Compilation, catalog::Catalog};

/// The names of tables after a rename.
pub(super) struct NewNames<'rename> {
    catalog: Catalog,
    target: &'rename RenameTarget,
    to: &'rename str,
}

impl<'rename> NewNames<'rename> {
    pub(super) fn of(compilation: &Compilation, target: &'rename RenameTarget, to: &'rename str) -> Self {
        let before = compilation.tables.catalog();
        let mut catalog = Catalog { unreadable: before.unreadable.clone(), ..Catalog::default() };
        for (name, tables) in &before.pipelines {
            let mut tables = tables.clone();
            let mut name = name.clone();
            match target {
                RenameTarget::Pipeline { pipeline } if *pipeline == name => to.clone_into(&mut name),
                RenameTarget::Table { table } if table.pipeline == name => {
                    let layer = match table.layer {
                        touchstone_spec::Layer::Gold => &mut tables.gold,
                        _ => &mut tables.silver,
                    };
                    for known in layer.iter_mut().filter(|known| **known == table.table) {
                        to.clone_into(known);
                    }
                }
                _ => {}
            }
            catalog.pipelines.insert(name, tables);
        }
        Self { catalog, target, to }
    }

    /// The pipeline's name afterwards.
    pub(super) fn pipeline<'name>(&'name self, pipeline: &'name str) -> &'name str {
        match self.target {
            RenameTarget::Pipeline { pipeline: renamed } if renamed == pipeline => self.to,
            _ => pipeline,
        }
    }

    fn after(&self, table: &TableName) -> TableName {
        let name = match self.target {
            RenameTarget::Table { table: renamed } if renamed == table => self.to,
            _ => &table.table,
        };
        TableName::new(self.pipeline(&table.pipeline), table.layer, name)
    }

    /// How `table`, written as `old` in a text of `reader`, is written afterwards; none where nothing changes.
    pub(super) fn table(&self, old: &str, table: &TableName, reader: &str, in_query: bool) -> Option<String> {
        let written = write::split(old);
        let mut parts = self.parts(&written, table, reader)?;
        // In quotes a pipeline named like its table is enough, as the guide writes it.
        if !in_query
            && let [pipeline, name] = parts.as_slice()
            && pipeline == name
            && self.finds(std::slice::from_ref(name), &self.after(table), reader)
        {
            parts.truncate(1);
        }
        Some(write::joined(old, &parts, in_query))
    }

    /// How a qualifier of a column is written afterwards: as the table in FROM, or by its last word.
    pub(super) fn qualifier(
        &self,
        old: &str,
        from: &[String],
        table: &TableName,
        reader: &str,
    ) -> Option<String> {
        let after = self.parts(from, table, reader)?;
        let count = write::split(old).len();
        let parts = match count {
            1 => after.get(after.len().saturating_sub(1)..).unwrap_or_default().to_vec(),
            _ if count == from.len() => after,
            _ => self.full(table),
        };
        Some(write::joined(old, &parts, true))
    }

    fn full(&self, table: &TableName) -> Vec<String> {
        let after = self.after(table);
        vec![after.pipeline, after.layer.to_string(), after.table]
    }

    /// The name in as many words as before where that finds the table, else in more.
    fn parts(&self, written: &[String], table: &TableName, reader: &str) -> Option<Vec<String>> {
        let after = self.after(table);
        if after == *table {
            return None;
        }
        let layer = after.layer.to_string();
        let is_layer = |word: &String| matches!(word.to_lowercase().as_str(), "silver" | "gold");
        let short = vec![after.table.clone()];
        let of_layer = vec![layer, after.table.clone()];
        let of_pipeline = vec![after.pipeline.clone(), after.table.clone()];
        let candidates = match written {
            [_] => vec![short, of_pipeline, of_layer],
            [first, _] if is_layer(first) => vec![of_layer],
            [_, _] => vec![of_pipeline],
            _ => Vec::new(),
        };
        let found = candidates.into_iter().find(|parts| self.finds(parts, &after, reader));
        Some(found.unwrap_or_else(|| self.full(table)))
    }

    fn finds(&self, parts: &[String], after: &TableName, reader: &str) -> bool {
        self.catalog.resolve(self.pipeline(reader), parts).is_ok_and(|found| found == *after)
    }
}
