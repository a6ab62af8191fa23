//! What can be renamed, and where its own document names it.

use std::fmt;

use serde::{Deserialize, Serialize};
use touchstone_spec::{DocPath, Document, Layer, Place, TableName};

use super::RenameError;
use crate::{LineageColumn, LineageNode, LineageTarget};

/// Something that can get another name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RenameTarget {
    /// A pipeline.
    Pipeline {
        /// Its name.
        pipeline: String,
    },
    /// A source.
    Source {
        /// Its pipeline.
        pipeline: String,
        /// Its name.
        source: String,
    },
    /// A column of a source's contract.
    SourceColumn {
        /// Its pipeline.
        pipeline: String,
        /// Its source.
        source: String,
        /// Its name.
        column: String,
    },
    /// A silver or gold table.
    Table {
        /// The table.
        table: TableName,
    },
    /// A field of a silver table, or a column of a gold table.
    Column {
        /// The table.
        table: TableName,
        /// Its name.
        column: String,
    },
}

impl RenameTarget {
    /// What a lineage shows, as what can be renamed: a bronze table and its columns are the source's.
    ///
    /// # Errors
    /// Where the name isn't the workspace's to choose.
    pub fn of(target: &LineageTarget) -> Result<Self, RenameError> {
        let source = |pipeline: &String, source: &String, column: Option<&String>| match column {
            None => Self::Source { pipeline: pipeline.clone(), source: source.clone() },
            Some(column) => Self::SourceColumn {
                pipeline: pipeline.clone(),
                source: source.clone(),
                column: column.clone(),
            },
        };
        let (node, column) = match target {
            LineageTarget::Table(node) => (node, None),
            LineageTarget::Column(LineageColumn { node, column }) => (node, Some(column)),
        };
        Ok(match (node, column) {
            (LineageNode::File { pipeline, source: name }, column) => source(pipeline, name, column),
            (LineageNode::Table { name }, column) if name.layer == Layer::Bronze => {
                if let Some(column) = column.filter(|column| column.starts_with('_')) {
                    return Err(RenameError::new(format!(
                        "`{column}` is a column that every bronze table has"
                    ))
                    .help("it can't have another name"));
                }
                source(&name.pipeline, &name.table, column)
            }
            (LineageNode::Table { name }, None) => Self::Table { table: name.clone() },
            (LineageNode::Table { name }, Some(column)) => {
                Self::Column { table: name.clone(), column: column.clone() }
            }
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Pipeline { pipeline } => pipeline,
            Self::Source { source, .. } => source,
            Self::SourceColumn { column, .. } | Self::Column { column, .. } => column,
            Self::Table { table } => &table.table,
        }
    }

    /// The pipeline that it is, or stands in.
    pub fn pipeline(&self) -> &str {
        match self {
            Self::Pipeline { pipeline }
            | Self::Source { pipeline, .. }
            | Self::SourceColumn { pipeline, .. } => pipeline,
            Self::Table { table } | Self::Column { table, .. } => &table.pipeline,
        }
    }

    /// What it is, in the product's words.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Pipeline { .. } => "pipeline",
            Self::Source { .. } => "source",
            Self::Table { .. } => "table",
            Self::Column { table, .. } if table.layer != Layer::Gold => "field",
            Self::SourceColumn { .. } | Self::Column { .. } => "column",
        }
    }

    /// Where its document names it; none for a column that a query names.
    pub(super) fn path(&self) -> Option<DocPath> {
        let root = DocPath::root();
        let layer = |table: &TableName| root.key(table.layer.to_string()).key(&table.table);
        match self {
            Self::Pipeline { .. } => Some(root.key("pipeline")),
            Self::Source { source, .. } => Some(root.key("sources").key(source)),
            Self::SourceColumn { source, column, .. } => {
                Some(root.key("sources").key(source).key("contract").key(column))
            }
            Self::Table { table } => Some(layer(table)),
            Self::Column { table, column } => {
                (table.layer != Layer::Gold).then(|| layer(table).key("fields").key(column))
            }
        }
    }

    /// The place of that name. A contract's column stands by its number there.
    pub(super) fn place(&self, document: &Document, path: &DocPath) -> Place {
        if let Self::SourceColumn { source, column, .. } = self {
            let contract = document
                .pipeline
                .as_ref()
                .and_then(|pipeline| pipeline.sources.get(source))
                .map(touchstone_spec::Source::contract)
                .unwrap_or_default();
            if let Some(index) = contract.iter().position(|known| known.name == *column) {
                let path = DocPath::root().key("sources").key(source).key("contract").index(index);
                return document.place(&path.key("name"));
            }
        }
        document.key_place(path)
    }
}

impl fmt::Display for RenameTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pipeline { pipeline } => f.write_str(pipeline),
            Self::Source { pipeline, source } => write!(f, "{pipeline}.{source}"),
            Self::SourceColumn { pipeline, source, column } => write!(f, "{pipeline}.{source}.{column}"),
            Self::Table { table } => write!(f, "{table}"),
            Self::Column { table, column } => write!(f, "{table}.{column}"),
        }
    }
}
