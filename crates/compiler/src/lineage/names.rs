//! Names of tables and columns in a lineage, in full and in short.

use serde::{Deserialize, Serialize};
use touchstone_spec::nearest;

use super::{Lineage, LineageColumn, LineageNode};

/// A table or a column of a lineage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineageTarget {
    /// A whole table, or the files of a source.
    Table(LineageNode),
    /// One column.
    Column(LineageColumn),
}

impl std::fmt::Display for LineageTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Table(node) => write!(f, "{node}"),
            Self::Column(column) => write!(f, "{column}"),
        }
    }
}

impl Lineage {
    /// The table or column of this name: `pipeline.layer.table[.column]`, or in short `table`, `pipeline.table`,
    /// `layer.table`, each with a column. Where several tables answer to a short name: silver, then gold, bronze,
    /// files.
    ///
    /// # Errors
    /// Says what is wrong with the name and which one may be meant.
    pub fn find(&self, text: &str) -> Result<LineageTarget, String> {
        let text = text.trim();
        let mut found: Vec<(u8, LineageTarget)> = Vec::new();
        for table in &self.tables {
            for form in forms(&table.node) {
                if form.eq_ignore_ascii_case(text) {
                    found.push((order(&table.node), LineageTarget::Table(table.node.clone())));
                }
                for column in &table.columns {
                    if format!("{form}.{column}").to_lowercase() == text.to_lowercase() {
                        let target = LineageColumn { node: table.node.clone(), column: column.clone() };
                        found.push((order(&table.node), LineageTarget::Column(target)));
                    }
                }
            }
        }
        let best = found.iter().map(|(order, _)| *order).min();
        let mut targets: Vec<LineageTarget> = Vec::new();
        for (order, target) in found {
            if Some(order) == best && !targets.contains(&target) {
                targets.push(target);
            }
        }
        if targets.len() > 1 {
            let names: Vec<String> = targets.iter().map(ToString::to_string).collect();
            return Err(format!("`{text}` may be {}; write one of them in full", names.join(" or ")));
        }
        targets.pop().ok_or_else(|| self.unknown(text))
    }

    fn unknown(&self, text: &str) -> String {
        let mut known: Vec<String> = Vec::new();
        for table in &self.tables {
            for form in forms(&table.node) {
                known.extend(table.columns.iter().map(|column| format!("{form}.{column}")));
                known.push(form);
            }
        }
        match nearest(text, known.iter().map(String::as_str)) {
            Some(near) => format!("there is no table or column `{text}`; did you mean `{near}`?"),
            None => format!(
                "there is no table or column `{text}`; write pipeline.layer.table or pipeline.layer.table.column"
            ),
        }
    }
}

fn forms(node: &LineageNode) -> Vec<String> {
    let (pipeline, layer, table) = match node {
        LineageNode::File { pipeline, source } => (pipeline, "file".to_owned(), source),
        LineageNode::Table { name } => (&name.pipeline, name.layer.to_string(), &name.table),
    };
    vec![
        format!("{pipeline}.{layer}.{table}"),
        format!("{pipeline}.{table}"),
        format!("{layer}.{table}"),
        table.clone(),
    ]
}

fn order(node: &LineageNode) -> u8 {
    match node.rank() {
        2 => 0,
        3 => 1,
        1 => 2,
        _ => 3,
    }
}
