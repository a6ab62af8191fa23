//! Cards added and connected by hand: which edits of the document that is, or why it can't be done.

use touchstone_compiler::{SourceColumn, Tables, propose_fields};
use touchstone_spec::{
    CsvFormat, Edit, Field, FileFormat, FileSource, GoldTable, Keep, OnFailure, Pipeline, SilverTable,
    Source, TableName, edits,
};

use super::Inferred;
use super::graph::{Graph, node_of};
use super::join::{first_query, is_readable};
use crate::design::Node;

/// A change of the document, and the card that it is about.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Made {
    pub(super) label: String,
    pub(super) edits: Vec<Edit>,
    pub(super) node: Node,
}

/// What drawing a line from one card to another means.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Connection {
    /// It can be made at once.
    Made(Made),
    /// This table is to be joined: by which columns is to be asked.
    Join(String, TableName),
    /// It has no meaning; what can be done instead.
    Told(String),
}

/// A name that none of `taken` is: `trades`, `trades_2`…
pub(super) fn free_name(wanted: &str, mut taken: impl FnMut(&str) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{wanted}_{number}"));
    std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}

/// A source, from what a sample shows or empty, and its silver table where that is wanted.
pub(super) fn source(pipeline: &Pipeline, name: &str, found: Option<&Inferred>, with_silver: bool) -> Made {
    let empty = || FileSource {
        format: FileFormat::Csv(CsvFormat::default()),
        sample: None,
        contract: Vec::new(),
        landing: None,
        description: None,
    };
    let file = found.map_or_else(empty, |found| found.source.clone());
    let mut edits = edits::add_source(name, &Source::File(file.clone()));
    if with_silver {
        let table = free_name(name, |name| pipeline.silver.contains_key(name));
        let drafted = found.and_then(|found| found.silver.clone());
        let drafted = drafted.unwrap_or_else(|| silver_table(&file));
        edits.extend(edits::add_silver(&table, &SilverTable { from: name.to_owned(), ..drafted }));
    }
    Made { label: format!("Add source {name}"), edits, node: Node::Source(name.to_owned()) }
}

/// A table that takes over every column.
fn silver_table(source: &FileSource) -> SilverTable {
    let columns: Vec<SourceColumn> = source
        .contract
        .iter()
        .map(|column| SourceColumn {
            required: column.required,
            ..SourceColumn::new(&column.name, column.data_type.clone())
        })
        .collect();
    let fields = propose_fields(&columns, []).into_iter().map(|field| {
        (field.name, Field { from: Some(field.source), required: field.required, ..Field::default() })
    });
    SilverTable {
        from: String::new(),
        filter: None,
        fields: fields.collect(),
        key: Vec::new(),
        keep: Keep::default(),
        order_by: None,
        rules: None,
        on_failure: OnFailure::default(),
        partition_by: Vec::new(),
        description: None,
    }
}

/// A silver table that takes over every column of a source.
pub(super) fn silver(pipeline: &Pipeline, source: &str) -> Option<Made> {
    let Source::File(file) = pipeline.sources.get(source)?;
    let name = free_name(source, |name| pipeline.silver.contains_key(name));
    let table = SilverTable { from: source.to_owned(), ..silver_table(file) };
    Some(Made {
        label: format!("Add silver.{name}"),
        edits: edits::add_silver(&name, &table),
        node: Node::Silver(name),
    })
}

/// A gold table over tables, and those of them that no column joins to the first.
pub(super) fn gold(
    pipeline: &Pipeline,
    tables: &Tables,
    read: &[TableName],
) -> Option<(Made, Vec<TableName>)> {
    let first = read.first()?;
    let wanted = format!("{}_summary", first.table);
    // `trades.trades` names a table of either layer to others, so the names differ.
    let is_taken = |name: &str| pipeline.gold.contains_key(name) || pipeline.silver.contains_key(name);
    let name = free_name(&wanted, is_taken);
    let (sql, left_over) = first_query(&pipeline.pipeline, tables, read);
    let table = GoldTable {
        sql,
        key: Vec::new(),
        rules: None,
        on_failure: OnFailure::default(),
        partition_by: Vec::new(),
        description: None,
    };
    let made = Made {
        label: format!("Add gold.{name}"),
        edits: edits::add_gold(&name, &table),
        node: Node::Gold(name),
    };
    Some((made, left_over))
}

/// What a line from `from` to `to` means.
pub(super) fn connect(
    pipeline: &Pipeline,
    tables: &Tables,
    graph: &Graph,
    from: &Node,
    to: &Node,
) -> Connection {
    let told = |text: String| Connection::Told(text);
    match (from, to) {
        _ if from == to => told("A table can't be made from itself".to_owned()),
        (Node::Source(source) | Node::Bronze(source), Node::Silver(table)) => {
            if pipeline.silver.get(table).is_some_and(|silver| silver.from == *source) {
                return told(format!("silver.{table} is made from {source} already"));
            }
            Connection::Made(Made {
                label: format!("Make silver.{table} from {source}"),
                edits: edits::set_from(table, source),
                node: to.clone(),
            })
        }
        (Node::Source(source), Node::Bronze(other)) if source == other => {
            told(format!("bronze.{source} holds the records of {source} already"))
        }
        (_, Node::Source(_) | Node::Bronze(_)) => {
            told("Sources and bronze tables are read from files; nothing else leads into them".to_owned())
        }
        (Node::Source(source) | Node::Bronze(source), Node::Gold(_)) => told(format!(
            "Gold is made from silver: add a silver table from {source} first, and connect that"
        )),
        (_, Node::Silver(table)) => told(format!(
            "silver.{table} is made from one source. To take single values of {} into it, write lookup('{}', …) into a \
             field",
            from.text(),
            from.name()
        )),
        (_, Node::Gold(table)) => {
            let Some(read) = from.table(&pipeline.pipeline).filter(|read| is_readable(read.layer)) else {
                return told("Only tables can be read".to_owned());
            };
            let reads = |one: &Node, other: &Node| {
                let (one, other) = (graph.find(one), graph.find(other));
                graph.edges.iter().any(|edge| Some(edge.from) == one && Some(edge.to) == other)
            };
            if reads(from, to) {
                return told(format!("gold.{table} reads {} already", from.text()));
            }
            if graph.made_from(std::slice::from_ref(to)).contains(from) {
                return told(format!(
                    "{} is made from gold.{table}; the two would wait for each other",
                    from.text()
                ));
            }
            let is_empty = pipeline.gold.get(table).is_some_and(|gold| gold.sql.trim().is_empty());
            if is_empty {
                let (sql, _) = first_query(&pipeline.pipeline, tables, &[read]);
                return Connection::Made(Made {
                    label: format!("Make gold.{table} from {}", from.text()),
                    edits: edits::set_sql(table, &sql),
                    node: to.clone(),
                });
            }
            Connection::Join(table.clone(), read)
        }
        (_, Node::Other(table)) => {
            told(format!("{table} belongs to another pipeline: open that to change what it is made from"))
        }
        (_, Node::Pipeline) => told("Only tables can be connected".to_owned()),
    }
}

/// The tables among `nodes` that a gold table can read.
pub(super) fn readable(pipeline: &str, nodes: &[Node]) -> Vec<TableName> {
    nodes.iter().filter_map(|node| node.table(pipeline)).filter(|table| is_readable(table.layer)).collect()
}

/// The source that a card stands for.
pub(super) fn source_of(node: &Node) -> Option<&str> {
    match node {
        Node::Source(name) | Node::Bronze(name) => Some(name),
        _ => None,
    }
}

/// A table of the workspace as a card of this pipeline.
pub(in crate::design) fn card_of(pipeline: &Pipeline, table: &TableName) -> Node {
    node_of(&pipeline.pipeline, table)
}
