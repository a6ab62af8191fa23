//! Lineage as text, DOT and JSON.

use std::fmt::Write;

use serde_json::Value;

use super::{ColumnEdge, Direction, EdgeKind, Lineage, LineageColumn, LineageNode, LineageTarget};

impl Lineage {
    /// A tree from what was asked for, or all tables with what they are made from.
    pub fn to_text(&self) -> String {
        let mut page = String::new();
        match &self.focus {
            Some(focus) => match &focus.target {
                LineageTarget::Column(column) => {
                    line(&mut page, 0, &column.to_string());
                    self.column_tree(column, focus.direction, 1, &mut vec![column.clone()], &mut page);
                }
                LineageTarget::Table(node) => {
                    line(&mut page, 0, &node.to_string());
                    self.table_tree(node, focus.direction, 1, &mut vec![node.clone()], &mut page);
                }
            },
            None => {
                for table in &self.tables {
                    line(&mut page, 0, &table.node.to_string());
                    for edge in self.table_edges.iter().filter(|edge| edge.to == table.node) {
                        line(&mut page, 1, &format!("← {}", edge.from));
                    }
                }
            }
        }
        page
    }

    fn column_tree(
        &self,
        column: &LineageColumn,
        direction: Direction,
        depth: usize,
        path: &mut Vec<LineageColumn>,
        page: &mut String,
    ) {
        for edge in self.next(column, direction) {
            let (arrow, next) = match (direction, &edge.column) {
                (Direction::Up, _) => ("←", Some(edge.from.clone())),
                (Direction::Down, Some(name)) => {
                    ("→", Some(LineageColumn { node: edge.to.clone(), column: name.clone() }))
                }
                (Direction::Down, None) => ("→", None),
            };
            let shown = next.as_ref().map_or_else(|| format!("rows of {}", edge.to), ToString::to_string);
            line(page, depth, &format!("{arrow} {shown}{}", how(edge)));
            // A column that goes into itself through de-duplication or a circle isn't told again.
            if let Some(next) = next.filter(|next| !path.contains(next)) {
                path.push(next.clone());
                self.column_tree(&next, direction, depth + 1, path, page);
                path.pop();
            }
        }
    }

    fn table_tree(
        &self,
        node: &LineageNode,
        direction: Direction,
        depth: usize,
        path: &mut Vec<LineageNode>,
        page: &mut String,
    ) {
        for edge in &self.table_edges {
            let (arrow, next) = match direction {
                Direction::Up if edge.to == *node => ("←", &edge.from),
                Direction::Down if edge.from == *node => ("→", &edge.to),
                _ => continue,
            };
            line(page, depth, &format!("{arrow} {next}"));
            if !path.contains(next) {
                path.push(next.clone());
                self.table_tree(next, direction, depth + 1, path, page);
                path.pop();
            }
        }
    }

    /// A graph for Graphviz: tables as boxes with their columns; columns that decide about rows are dashed.
    pub fn to_dot(&self) -> String {
        let mut page = String::from(
            "digraph lineage {\n  rankdir=LR;\n  node [shape=record, fontname=\"sans-serif\"];\n",
        );
        for table in &self.tables {
            let ports: Vec<String> =
                table.columns.iter().map(|column| format!("<{}> {}", port(column), record(column))).collect();
            let label =
                std::iter::once(record(&table.node.to_string())).chain(ports).collect::<Vec<_>>().join("|");
            line(
                &mut page,
                1,
                &format!("{} [label={}];", quoted(&table.node.to_string()), quoted_raw(&label)),
            );
        }
        for edge in &self.column_edges {
            let from =
                format!("{}:{}", quoted(&edge.from.node.to_string()), quoted(&port(&edge.from.column)));
            let mut to = quoted(&edge.to.to_string());
            if let Some(column) = &edge.column {
                to = format!("{to}:{}", quoted(&port(column)));
            }
            let style = if edge.kind.is_value() { "" } else { ", style=dashed" };
            line(&mut page, 1, &format!("{from} -> {to} [label={}{style}];", quoted(&label(edge))));
        }
        page.push_str("}\n");
        page
    }

    /// Everything, for scripts.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

fn line(page: &mut String, depth: usize, text: &str) {
    // Writing into a String can't fail.
    writeln!(page, "{}{text}", "  ".repeat(depth)).unwrap_or_default();
}

/// What stands behind an edge: its kind when it is no plain value, the expression when it is more than the column.
fn how(edge: &ColumnEdge) -> String {
    let text = edge.text.split_whitespace().collect::<Vec<_>>().join(" ");
    match edge.kind {
        EdgeKind::Value if text == edge.from.column => String::new(),
        EdgeKind::Value => format!("  {text}"),
        kind if edge.column.is_some() || kind == EdgeKind::Rule => format!("  [{kind}] {text}"),
        kind => format!("  [{kind}]"),
    }
}

fn label(edge: &ColumnEdge) -> String {
    if edge.kind.is_value() { String::new() } else { edge.kind.to_string() }
}

/// A port's name may hold any character in quotes but the colon.
fn port(column: &str) -> String {
    column.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' }).collect()
}

fn record(text: &str) -> String {
    text.chars()
        .flat_map(|letter| if "{}|<> \\\"".contains(letter) { vec!['\\', letter] } else { vec![letter] })
        .collect()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A record label: its backslashes are Graphviz's own.
fn quoted_raw(text: &str) -> String {
    format!("\"{text}\"")
}
