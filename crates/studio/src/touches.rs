//! What a change reaches: the columns of silver and gold tables downstream, across pipelines.

use std::collections::{BTreeMap, BTreeSet};

use touchstone_compiler::{Compilation, Lineage, LineageColumn, LineageNode, LineageTarget, compile};
use touchstone_protocol::TouchView;
use touchstone_spec::{Change, ChangeClass, Document, Layer, SpecDiff, TableName};

use crate::workspace::{Workspace, pipeline_name};

/// Most columns that are told; whoever changes more knows that it is a large change.
const TOLD: usize = 500;

/// The workspace's pipelines with another text for the document of one of them.
pub(crate) fn compile_with(workspace: &Workspace, pipeline: &str, text: &str) -> Compilation {
    let known = workspace.documents.iter().find(|document| pipeline_name(document) == pipeline);
    let file = known.map_or_else(|| format!("pipelines/{pipeline}.yaml"), |document| document.file.clone());
    compile_file(workspace, &file, text)
}

/// The workspace's pipelines with another text in one file.
pub(crate) fn compile_file(workspace: &Workspace, file: &str, text: &str) -> Compilation {
    let mut documents = workspace.documents.clone();
    let document = Document::read(file, text);
    match documents.iter_mut().find(|document| document.file == file) {
        Some(slot) => *slot = document,
        None => documents.push(document),
    }
    compile(&documents)
}

/// The silver and gold columns that the differences of a pipeline reach, by the lineages before and after them.
pub(crate) fn touches(
    workspace: &Workspace,
    pipeline: &str,
    difference: &SpecDiff,
    lineages: &[&Lineage],
) -> Vec<TouchView> {
    let mut found: BTreeMap<(u8, String), TouchView> = BTreeMap::new();
    // A field under its old name, or one that was changed beside it, is what the difference says, and not what it
    // reaches.
    let mut changed: BTreeSet<(u8, String)> = BTreeSet::new();
    for change in difference.changes.iter().filter(|change| change.class > ChangeClass::None) {
        for lineage in lineages {
            for (target, because) in targets(pipeline, change, lineage) {
                if let LineageTarget::Column(LineageColumn { node: LineageNode::Table { name }, column }) =
                    &target
                    && name.layer == Layer::Silver
                {
                    changed.insert((SILVER, format!("{name}.{column}")));
                }
                for (rank, owner_of, column) in reached(lineage, &target) {
                    let owner = workspace
                        .documents
                        .iter()
                        .find(|document| pipeline_name(document) == owner_of)
                        .and_then(|document| document.pipeline.as_ref()?.owner.clone());
                    let touch = TouchView { column: column.clone(), owner, because: because.clone() };
                    found.entry((rank, column)).or_insert(touch);
                }
            }
        }
    }
    // Gold first: it is what people read.
    let mut touched: Vec<((u8, String), TouchView)> =
        found.into_iter().filter(|(column, _)| !changed.contains(column)).collect();
    touched.sort_by(|((left, left_name), _), ((right, right_name), _)| {
        right.cmp(left).then_with(|| left_name.cmp(right_name))
    });
    touched.into_iter().map(|(_, touch)| touch).take(TOLD).collect()
}

/// The columns that a change is about, and how a person calls what was changed. A renamed field has both its names.
fn targets(pipeline: &str, change: &Change, lineage: &Lineage) -> Vec<(LineageTarget, String)> {
    let mut found = targets_at(pipeline, &change.path, lineage);
    if let Some(path) = change.path_before() {
        found.extend(targets_at(pipeline, &path, lineage));
    }
    found
}

fn targets_at(pipeline: &str, path: &str, lineage: &Lineage) -> Vec<(LineageTarget, String)> {
    // Differences of compiled tables carry the pipeline's name, those of documents don't.
    let path = path.strip_prefix(&format!("{pipeline}.")).unwrap_or(path);
    let parts: Vec<&str> = path.split('.').collect();
    let column = |node: LineageNode, column: &str, because: String| {
        vec![(LineageTarget::Column(LineageColumn { node, column: column.to_owned() }), because)]
    };
    let all = |node: LineageNode, because: String| -> Vec<(LineageTarget, String)> {
        let table = lineage.tables.iter().find(|table| table.node == node);
        table
            .into_iter()
            .flat_map(|table| &table.columns)
            .map(|name| {
                let column = LineageColumn { node: node.clone(), column: name.clone() };
                (LineageTarget::Column(column), because.clone())
            })
            .collect()
    };
    let layer = |name: &str| match name {
        "silver" => Some(Layer::Silver),
        "gold" => Some(Layer::Gold),
        _ => None,
    };
    let table =
        |layer: Layer, table: &str| LineageNode::Table { name: TableName::new(pipeline, layer, table) };
    let file = |source: &str| LineageNode::File { pipeline: pipeline.to_owned(), source: source.to_owned() };
    match parts.as_slice() {
        ["sources", source, "contract", name @ ..] if !name.is_empty() => {
            // Names of a file's columns may have dots in them.
            let rest = name.join(".");
            let node = file(source);
            let known = lineage.tables.iter().find(|table| table.node == node);
            let named = known.and_then(|table| {
                let fits = |name: &&String| rest == **name || rest.starts_with(&format!("{name}."));
                table.columns.iter().filter(fits).max_by_key(|name| name.len())
            });
            named
                .map(|name| column(node.clone(), name, format!("sources.{source}.{name}")))
                .unwrap_or_default()
        }
        ["sources", source, ..] => all(file(source), format!("sources.{source}")),
        ["silver", name, "fields" | "columns", field, ..] => {
            column(table(Layer::Silver, name), field, format!("silver.{name}.{field}"))
        }
        [kind, name, part] if !DOCUMENT_PARTS.contains(part) => layer(kind)
            .map(|layer| column(table(layer, name), part, format!("{kind}.{name}.{part}")))
            .unwrap_or_default(),
        [kind, name, ..] => {
            layer(kind).map(|layer| all(table(layer, name), format!("{kind}.{name}"))).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// What stands in a table's part of a document beside its columns.
const DOCUMENT_PARTS: [&str; 12] = [
    "from",
    "where",
    "fields",
    "key",
    "keep",
    "order_by",
    "rules",
    "on_failure",
    "partition_by",
    "description",
    "sql",
    "columns",
];

/// Ranks of layers.
const SILVER: u8 = 1;
const GOLD: u8 = 2;

/// Silver and gold columns behind a target: rank of the layer, pipeline, and name.
fn reached(lineage: &Lineage, target: &LineageTarget) -> Vec<(u8, String, String)> {
    let down = lineage.down(target);
    let mut found = Vec::new();
    for table in &down.tables {
        let LineageNode::Table { name } = &table.node else { continue };
        let rank = match name.layer {
            Layer::Bronze => continue,
            Layer::Silver => SILVER,
            Layer::Gold => GOLD,
        };
        let is_own = matches!(target, LineageTarget::Column(column) if column.node == table.node);
        if table.columns.is_empty() && !is_own {
            // Only which rows there are depends on it.
            found.push((rank, name.pipeline.clone(), format!("{name} (its rows)")));
        }
        for column in &table.columns {
            let here = LineageColumn { node: table.node.clone(), column: column.clone() };
            if *target != LineageTarget::Column(here) {
                found.push((rank, name.pipeline.clone(), format!("{name}.{column}")));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().unwrap();
        Workspace::init(folder.path(), "x").unwrap();
        let base = "pipeline: base\nowner: base@example.com\nsources:\n  raw:\n    kind: file\n    format: { csv: {} }\n    contract:\n      - { name: Id, type: string }\n      - { name: Px, type: double }\nsilver:\n  prices:\n    from: raw\n    key: [id]\n    fields:\n      id: { from: Id }\n      price: { from: Px }\n";
        let book = "pipeline: book\nowner: book@example.com\ngold:\n  dear:\n    sql: |\n      select id, price * 2 as double_price from base.prices where price > 1\n";
        std::fs::write(folder.path().join("pipelines/base.yaml"), base).unwrap();
        std::fs::write(folder.path().join("pipelines/book.yaml"), book).unwrap();
        let workspace = Workspace::open(folder.path()).unwrap();
        assert!(!workspace.compilation.diagnostics.has_errors(), "{:?}", workspace.compilation.diagnostics);
        (folder, workspace)
    }

    fn told(path: &str, class: ChangeClass) -> Vec<String> {
        let (_folder, workspace) = workspace();
        let change = Change {
            path: path.to_owned(),
            renamed_from: None,
            before: serde_json::Value::Null,
            after: serde_json::Value::Null,
            class,
        };
        let difference = SpecDiff { changes: vec![change] };
        touches(&workspace, "base", &difference, &[&workspace.compilation.lineage])
            .into_iter()
            .map(|touch| {
                format!("{} of {} by {}", touch.column, touch.owner.unwrap_or_default(), touch.because)
            })
            .collect()
    }

    #[test]
    fn a_field_reaches_gold_of_another_pipeline() {
        assert_eq!(
            told("silver.prices.fields.price.type", ChangeClass::Breaking),
            ["book.gold.dear.double_price of book@example.com by silver.prices.price"]
        );
        assert!(told("silver.prices.description", ChangeClass::None).is_empty());
    }

    #[test]
    fn a_contract_reaches_silver_and_gold_and_gold_comes_first() {
        assert_eq!(
            told("sources.raw.contract.Px.type", ChangeClass::Compatible),
            [
                "book.gold.dear.double_price of book@example.com by sources.raw.Px",
                "base.silver.prices.price of base@example.com by sources.raw.Px",
            ]
        );
    }

    #[test]
    fn a_renamed_field_reaches_what_was_made_of_its_old_name() {
        let (_folder, workspace) = workspace();
        let change = Change {
            path: "silver.prices.fields.cost".to_owned(),
            renamed_from: Some("price".to_owned()),
            before: "price".into(),
            after: "cost".into(),
            class: ChangeClass::Breaking,
        };
        let difference = SpecDiff { changes: vec![change] };
        let told = touches(&workspace, "base", &difference, &[&workspace.compilation.lineage]);
        let columns: Vec<&str> = told.iter().map(|touch| touch.column.as_str()).collect();
        assert_eq!(columns, ["book.gold.dear.double_price"]);
    }

    #[test]
    fn what_was_changed_itself_is_not_what_it_reaches() {
        let (_folder, workspace) = workspace();
        let change = |path: &str| Change {
            path: path.to_owned(),
            renamed_from: None,
            before: serde_json::Value::Null,
            after: serde_json::Value::Null,
            class: ChangeClass::Breaking,
        };
        // The contract's column leads to the field, which the difference names too.
        let changes = vec![change("sources.raw.contract.Px.type"), change("silver.prices.fields.price.type")];
        let told = touches(&workspace, "base", &SpecDiff { changes }, &[&workspace.compilation.lineage]);
        let columns: Vec<&str> = told.iter().map(|touch| touch.column.as_str()).collect();
        assert_eq!(columns, ["book.gold.dear.double_price"]);
    }

    #[test]
    fn another_key_reaches_every_column_made_from_the_table() {
        let told = told("silver.prices.key", ChangeClass::Breaking);
        assert!(told.iter().any(|touch| touch.starts_with("book.gold.dear.id ")), "{told:?}");
        assert!(told.iter().any(|touch| touch.starts_with("book.gold.dear.double_price ")), "{told:?}");
    }
}
