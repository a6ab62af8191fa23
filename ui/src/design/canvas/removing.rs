//! Cards and connections taken out by hand.

use touchstone_compiler::Tables;
use touchstone_spec::{Edit, Pipeline, edits};

use super::graph::lookups;
use super::join::{from_clause, without_table};
use crate::design::Node;

/// What taking a connection out means.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cut {
    /// It can be done: its label and edits.
    Made(String, Vec<Edit>),
    /// It has no meaning; what can be done instead.
    Told(String),
}

/// Edits that take cards out; cards of other pipelines and bronze tables go with what names them.
pub(super) fn cards(pipeline: &Pipeline, nodes: &[Node]) -> Vec<Edit> {
    let mut sources: Vec<&str> = Vec::new();
    let mut edits = Vec::new();
    for node in nodes {
        match node {
            Node::Source(name) | Node::Bronze(name)
                if !sources.contains(&name.as_str()) && pipeline.sources.contains_key(name) =>
            {
                sources.push(name);
                edits.extend(edits::remove_source(name));
            }
            Node::Silver(name) if pipeline.silver.contains_key(name) => {
                edits.extend(edits::remove_silver(name));
            }
            Node::Gold(name) if pipeline.gold.contains_key(name) => edits.extend(edits::remove_gold(name)),
            _ => {}
        }
    }
    edits
}

/// What it is to the steward: `Remove silver.trades`.
pub(super) fn label(nodes: &[Node]) -> String {
    match nodes {
        [Node::Bronze(name) | Node::Source(name)] => format!("Remove source {name}"),
        [one] => format!("Remove {}", one.text()),
        more => format!("Remove {} cards", more.len()),
    }
}

/// Takes the line between two cards out.
pub(super) fn connection(pipeline: &Pipeline, tables: &Tables, from: &Node, to: &Node) -> Cut {
    let read = from.table(&pipeline.pipeline);
    match (from, to) {
        (Node::Source(_), Node::Bronze(name)) => Cut::Told(format!(
            "bronze.{name} holds the records of source {name}; remove the source, and both are gone"
        )),
        (Node::Bronze(_), Node::Silver(table)) => Cut::Told(format!(
            "silver.{table} needs a source. Draw a line from another source to it, or remove the table"
        )),
        (_, Node::Silver(table)) => {
            let looked_up = pipeline.silver.get(table).zip(read);
            let fields = looked_up
                .and_then(|(silver, read)| lookups(silver, &pipeline.pipeline, tables).remove(&read));
            Cut::Told(format!(
                "silver.{table} looks values up in {}: change {} in its mappings",
                from.text(),
                fields.unwrap_or_default().join(", ")
            ))
        }
        (_, Node::Gold(table)) => {
            let sql = pipeline.gold.get(table).map(|gold| gold.sql.as_str()).unwrap_or_default();
            let is_it = |name: &str| tables.find(&pipeline.pipeline, name).map(|(name, _)| name) == read;
            let cut = from_clause(sql).and_then(|clause| {
                let mut found = clause
                    .relations
                    .iter()
                    .enumerate()
                    .filter(|(_, one)| one.table.as_deref().is_some_and(is_it));
                let (at, _) = found.next()?;
                if found.next().is_some() { None } else { without_table(sql, &clause, at) }
            });
            match cut {
                Some(text) => Cut::Made(
                    format!("Take {} out of gold.{table}", from.text()),
                    edits::set_sql(table, &text),
                ),
                None => Cut::Told(format!(
                    "The query of gold.{table} stands on {}: change its SQL, or remove the table",
                    from.text()
                )),
            }
        }
        _ => Cut::Told("This connection can't be removed".to_owned()),
    }
}
