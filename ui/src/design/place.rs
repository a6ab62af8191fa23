//! What a place of a document is to the steward: a card, a field, a rule, a line.

use serde::{Deserialize, Serialize};
use touchstone_spec::{DocPath, Layer, TableName};

use super::{Pane, Shown};

/// A card on the canvas.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Node {
    /// The pipeline itself.
    Pipeline,
    /// Files that are read, by the source's name.
    Source(String),
    /// Their records as text, by the source's name.
    Bronze(String),
    /// A silver table.
    Silver(String),
    /// A gold table.
    Gold(String),
    /// A table of another pipeline that is read.
    Other(TableName),
}

impl Node {
    /// The layer of a table.
    pub fn layer(&self) -> Option<Layer> {
        match self {
            Self::Pipeline | Self::Source(_) => None,
            Self::Bronze(_) => Some(Layer::Bronze),
            Self::Silver(_) => Some(Layer::Silver),
            Self::Gold(_) => Some(Layer::Gold),
            Self::Other(table) => Some(table.layer),
        }
    }

    /// The table that it stands for, in `pipeline`.
    pub fn table(&self, pipeline: &str) -> Option<TableName> {
        match self {
            Self::Pipeline | Self::Source(_) => None,
            Self::Bronze(name) => Some(TableName::new(pipeline, Layer::Bronze, name)),
            Self::Silver(name) => Some(TableName::new(pipeline, Layer::Silver, name)),
            Self::Gold(name) => Some(TableName::new(pipeline, Layer::Gold, name)),
            Self::Other(table) => Some(table.clone()),
        }
    }

    /// Where it stands in its document.
    pub fn path(&self) -> DocPath {
        let root = DocPath::root();
        match self {
            Self::Pipeline | Self::Other(_) => root,
            Self::Source(name) | Self::Bronze(name) => root.key("sources").key(name),
            Self::Silver(name) => root.key("silver").key(name),
            Self::Gold(name) => root.key("gold").key(name),
        }
    }

    /// `silver.trades`.
    pub fn text(&self) -> String {
        match self {
            Self::Pipeline => "pipeline".to_owned(),
            Self::Source(name) => format!("source {name}"),
            Self::Bronze(name) => format!("bronze.{name}"),
            Self::Silver(name) => format!("silver.{name}"),
            Self::Gold(name) => format!("gold.{name}"),
            Self::Other(table) => table.to_string(),
        }
    }

    /// Its name alone.
    pub fn name(&self) -> &str {
        match self {
            Self::Pipeline => "",
            Self::Source(name) | Self::Bronze(name) | Self::Silver(name) | Self::Gold(name) => name,
            Self::Other(table) => &table.table,
        }
    }
}

/// The card that a path such as `silver.trades.fields.notional.expr` belongs to.
pub(crate) fn node_of(path: &str) -> Node {
    let mut parts = path.split('.');
    match (parts.next(), parts.next().map(|name| name.split('[').next().unwrap_or(name))) {
        (Some("sources"), Some(name)) => Node::Source(name.to_owned()),
        (Some("silver"), Some(name)) => Node::Silver(name.to_owned()),
        (Some("gold"), Some(name)) => Node::Gold(name.to_owned()),
        _ => Node::Pipeline,
    }
}

/// Whether something at `path` belongs to `node`; what is wrong with a source's contract belongs to its bronze table.
pub(crate) fn belongs(path: &str, node: &Node) -> bool {
    match (node_of(path), node) {
        (Node::Source(one), Node::Bronze(other)) => one == *other && path.contains(".contract"),
        (Node::Source(one), Node::Source(other)) => one == *other && !path.contains(".contract"),
        (one, other) => one == *other,
    }
}

/// Where `path` is seen best, and what is to be selected there.
pub(crate) fn seen_at(path: &str, line: usize, shown: &mut Shown) -> Pane {
    let node = node_of(path);
    let rest: Vec<&str> = path.split('.').skip(2).collect();
    shown.node = Some(node.clone());
    let pane = match (&node, rest.first().copied()) {
        (Node::Silver(_), Some("fields")) => {
            shown.field = rest.get(1).map(|field| (*field).to_owned());
            Pane::Mappings
        }
        (Node::Silver(_) | Node::Gold(_), Some("rules")) => {
            shown.rules_as_text = true;
            Pane::Rules
        }
        (Node::Gold(_), Some("sql")) => Pane::Mappings,
        (Node::Pipeline, _) => Pane::Yaml,
        _ => Pane::Canvas,
    };
    if pane == Pane::Yaml {
        shown.line = Some(line.max(1));
    }
    pane
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_seen_where_it_is_edited() {
        let mut shown = Shown::default();
        assert_eq!(seen_at("silver.trades.fields.notional.expr", 31, &mut shown), Pane::Mappings);
        assert_eq!(shown.node, Some(Node::Silver("trades".to_owned())));
        assert_eq!(shown.field.as_deref(), Some("notional"));
        assert_eq!(seen_at("gold.exposure.rules", 40, &mut shown), Pane::Rules);
        assert_eq!(seen_at("gold.exposure.sql", 40, &mut shown), Pane::Mappings);
        assert_eq!(seen_at("sources.trades.contract[3].type", 12, &mut shown), Pane::Canvas);
        assert_eq!(shown.node, Some(Node::Source("trades".to_owned())));
        assert_eq!(seen_at("trigger.cron", 70, &mut shown), Pane::Yaml);
        assert_eq!(shown.line, Some(70));
    }

    #[test]
    fn what_is_wrong_with_a_contract_is_shown_at_bronze() {
        let (source, bronze) = (Node::Source("a".to_owned()), Node::Bronze("a".to_owned()));
        assert!(belongs("sources.a.contract.Px.type", &bronze));
        assert!(!belongs("sources.a.contract.Px.type", &source));
        assert!(belongs("sources.a.format", &source));
    }
}
