//! The tables of the whole workspace: which there are, what is known of their columns, and how a name finds one.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use indexmap::IndexMap;
use touchstone_spec::{DataType, Layer, TableName, nearest};

/// The tables that a pipeline's document names, before any is compiled.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct DeclaredTables {
    pub(crate) silver: Vec<String>,
    pub(crate) gold: Vec<String>,
    /// Tables that the reader had to leave out, or may have.
    pub(crate) incomplete: bool,
}

/// What is known of a table once its mapping or its query is typed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KnownTable {
    /// Its columns, in order.
    pub columns: Vec<KnownColumn>,
    /// Whether it may have columns that errors hid.
    pub open: bool,
    /// Columns that together name a row; may be empty.
    pub key: Vec<String>,
    /// Columns in which no value stands twice, because a rule sees to it.
    pub unique: Vec<String>,
    /// What one row is.
    pub description: Option<String>,
}

/// A column of a [`KnownTable`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KnownColumn {
    /// Name of the column.
    pub name: String,
    /// Its type; none where an error hid it.
    pub data_type: Option<DataType>,
    /// Whether it can hold null.
    pub nullable: bool,
    /// What it means.
    pub description: Option<String>,
}

impl KnownTable {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&KnownColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// Why a name finds no table. None: an error that was already reported hides it.
pub(crate) type NotFound = Option<UnknownTable>;

/// A name that no table has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownTable {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// All tables of a workspace as far as they are understood. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Tables(Arc<Catalog>);

impl Tables {
    pub(crate) fn of(catalog: Catalog) -> Self {
        Self(Arc::new(catalog))
    }

    /// These tables and no others.
    pub fn new(tables: impl IntoIterator<Item = (TableName, KnownTable)>) -> Self {
        let mut catalog = Catalog::default();
        for (name, table) in tables {
            let declared = catalog.pipelines.entry(name.pipeline.to_lowercase()).or_default();
            match name.layer {
                Layer::Gold => declared.gold.push(name.table.clone()),
                _ => declared.silver.push(name.table.clone()),
            }
            catalog.known.insert(name, Arc::new(table));
        }
        Self::of(catalog)
    }

    /// Every table, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&TableName, &KnownTable)> {
        self.0.known.iter().map(|(name, table)| (name, table.as_ref()))
    }

    /// What is known of a table.
    pub fn get(&self, name: &TableName) -> Option<&KnownTable> {
        self.0.known.get(name).map(AsRef::as_ref)
    }

    /// The table that `text` names, seen from `pipeline`: `table`, `silver.table`, `pipeline.table` or
    /// `pipeline.silver.table`. None while there is no such table, or errors hide it.
    pub fn find(&self, pipeline: &str, text: &str) -> Option<(TableName, &KnownTable)> {
        let parts: Vec<String> = text.split('.').map(|part| part.trim().to_owned()).collect();
        let name = self.0.resolve(&pipeline.to_lowercase(), &parts).ok()?;
        self.get(&name).map(|table| (name, table))
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.0
    }

    pub(crate) fn view<'tables>(&'tables self, pipeline: &'tables str) -> View<'tables> {
        View { catalog: &self.0, pipeline }
    }
}

/// All tables.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    pub(crate) pipelines: IndexMap<String, DeclaredTables>,
    /// Pipelines whose document could not be read, by the name of its file.
    pub(crate) unreadable: Vec<String>,
    pub(crate) known: BTreeMap<TableName, Arc<KnownTable>>,
}

impl Catalog {
    /// The table that `parts` names, seen from `pipeline`: `table`, `silver.table`, `pipeline.table` or
    /// `pipeline.silver.table`. Silver goes before gold.
    pub(crate) fn resolve(&self, pipeline: &str, parts: &[String]) -> Result<TableName, NotFound> {
        let parts: Vec<String> = parts.iter().map(|part| part.to_lowercase()).collect();
        let words: Vec<&str> = parts.iter().map(String::as_str).collect();
        match words.as_slice() {
            [table] => self.bare(pipeline, table),
            [layer @ ("silver" | "gold"), table] => self.in_layer(pipeline, layer_of(layer), table),
            ["bronze", table] | [_, "bronze", table] => Err(Some(bronze(table))),
            [other, table] => self.anywhere(other, table, pipeline),
            [other, layer @ ("silver" | "gold"), table] => {
                self.known_pipeline(other, pipeline)?;
                self.in_layer(other, layer_of(layer), table)
            }
            _ => Err(Some(UnknownTable {
                code: "unknown-table",
                message: format!("`{}` is not a table", words.join(".")),
                help: Some("write silver.<table>, gold.<table> or <pipeline>.<table>".to_owned()),
            })),
        }
    }

    fn bare(&self, pipeline: &str, table: &str) -> Result<TableName, NotFound> {
        if let Some(found) = self.find(pipeline, table) {
            return Ok(found);
        }
        // A pipeline named like its one table is how most are named: `securities` finds securities.silver.securities.
        if let Some(found) = self.find(table, table) {
            return Ok(found);
        }
        if self.is_hidden(pipeline) || self.is_hidden(table) {
            return Err(None);
        }
        let help = if self.pipelines.contains_key(table) {
            Some(format!("pipeline `{table}` has no table of this name; write {table}.<table>"))
        } else {
            let own = self.pipelines.get(pipeline).into_iter().flat_map(tables_of);
            let known: BTreeSet<&str> = own.chain(self.pipelines.keys().map(String::as_str)).collect();
            crate::finding::suggest(table, known, "tables and pipelines")
        };
        Err(Some(UnknownTable {
            code: "unknown-table",
            message: format!("there is no table `{table}`"),
            help,
        }))
    }

    fn anywhere(&self, other: &str, table: &str, from: &str) -> Result<TableName, NotFound> {
        self.known_pipeline(other, from)?;
        if let Some(found) = self.find(other, table) {
            return Ok(found);
        }
        Err(self.missing(other, table, self.pipelines.get(other).map(|tables| tables_of(tables).collect())))
    }

    fn in_layer(&self, pipeline: &str, layer: Layer, table: &str) -> Result<TableName, NotFound> {
        let tables = self.pipelines.get(pipeline).map(|tables| match layer {
            Layer::Gold => tables.gold.as_slice(),
            _ => tables.silver.as_slice(),
        });
        if tables.is_some_and(|tables| tables.iter().any(|known| known == table)) {
            return Ok(TableName::new(pipeline, layer, table));
        }
        let names = tables.map(|tables| tables.iter().map(String::as_str).collect());
        Err(self.missing(pipeline, &format!("{layer}.{table}"), names))
    }

    fn missing(&self, pipeline: &str, table: &str, names: Option<Vec<&str>>) -> NotFound {
        if self.is_hidden(pipeline) {
            return None;
        }
        let wanted = table.rsplit('.').next().unwrap_or(table);
        let help = crate::finding::suggest(wanted, names.unwrap_or_default(), "tables");
        Some(UnknownTable {
            code: "unknown-table",
            message: format!("pipeline `{pipeline}` has no table `{table}`"),
            help,
        })
    }

    fn known_pipeline(&self, name: &str, from: &str) -> Result<(), NotFound> {
        if self.pipelines.contains_key(name) {
            return Ok(());
        }
        if self.unreadable.iter().any(|file| file == name) {
            return Err(None);
        }
        let near = nearest(name, self.pipelines.keys().map(String::as_str));
        let help = match near {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None => Some(format!(
                "the pipelines are {}; tables of {from} itself are silver.<table> and gold.<table>",
                self.pipelines.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
            )),
        };
        Err(Some(UnknownTable {
            code: "unknown-pipeline",
            message: format!("there is no pipeline `{name}`"),
            help,
        }))
    }

    /// Silver before gold.
    fn find(&self, pipeline: &str, table: &str) -> Option<TableName> {
        let tables = self.pipelines.get(pipeline)?;
        let is = |known: &String| known == table;
        if tables.silver.iter().any(is) {
            Some(TableName::new(pipeline, Layer::Silver, table))
        } else if tables.gold.iter().any(is) {
            Some(TableName::new(pipeline, Layer::Gold, table))
        } else {
            None
        }
    }

    fn is_hidden(&self, pipeline: &str) -> bool {
        self.unreadable.iter().any(|file| file == pipeline)
            || self.pipelines.get(pipeline).is_some_and(|tables| tables.incomplete)
    }
}

fn tables_of(tables: &DeclaredTables) -> impl Iterator<Item = &str> {
    tables.silver.iter().chain(&tables.gold).map(String::as_str)
}

fn layer_of(word: &str) -> Layer {
    if word == "gold" { Layer::Gold } else { Layer::Silver }
}

fn bronze(table: &str) -> UnknownTable {
    UnknownTable {
        code: "unknown-table",
        message: format!("bronze tables such as `{table}` hold untyped text and aren't read by queries"),
        help: Some("map the source into a silver table and read that one".to_owned()),
    }
}

/// The catalog as one pipeline sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'catalog> {
    pub(crate) catalog: &'catalog Catalog,
    pub(crate) pipeline: &'catalog str,
}

impl<'catalog> View<'catalog> {
    /// The table of this name and what is known of it; the latter is none while errors hide it.
    pub(crate) fn table(
        &self,
        parts: &[String],
    ) -> Result<(TableName, Option<&'catalog KnownTable>), NotFound> {
        let name = self.catalog.resolve(self.pipeline, parts)?;
        let known = self.catalog.known.get(&name).map(AsRef::as_ref);
        Ok((name, known))
    }
}
