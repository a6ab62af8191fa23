//! Tables and columns found by a part of their name.

use super::graph::{Graph, Spot};

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Find {
    /// The text.
    pub text: String,
}

/// Tables and columns whose name holds the text, as they are listed; words may stand apart.
pub(super) fn found(graph: &Graph, text: &str) -> Vec<Spot> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, table) in graph.tables.iter().enumerate() {
        let name = table.node.to_string().to_lowercase();
        if words.iter().all(|word| name.contains(word)) {
            found.push(Spot::Table(at));
        }
        for column in table.columns.clone() {
            let Some(one) = graph.columns.get(column) else { continue };
            let own = one.name.to_lowercase();
            // The column itself must say something of it: else a table would be found with all its columns.
            let says = words.iter().any(|word| own.contains(word) || word.contains(&format!(".{own}")));
            let full = format!("{name}.{own}");
            if says && words.iter().all(|word| full.contains(word)) {
                found.push(Spot::Column(column));
            }
        }
    }
    found
}
