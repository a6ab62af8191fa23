//! `lookup('table', key, 'column'[, 'by_column'])`.

use sqlparser::ast;
use touchstone_spec::{Layer, TableName};

use super::{Typer, convert};
use crate::{
    Expr, ExprKind, Literal,
    catalog::{KnownColumn, KnownTable},
    finding::{At, Finding, suggest},
    names::{Decl, Named},
};

const CALL: &str =
    "it is called as lookup('table', key, 'column') or lookup('table', key, 'column', 'by_column')";

impl Typer<'_> {
    pub(super) fn lookup(&mut self, nodes: &[&ast::Expr], at: At) -> Option<Expr> {
        let (table_node, key_node, column_node, by_node) = match nodes {
            [table, key, column] => (*table, *key, *column, None),
            [table, key, column, by] => (*table, *key, *column, Some(*by)),
            _ => {
                let message = format!("`lookup` takes 3 or 4 arguments, not {}", nodes.len());
                return self.fail(Finding::error(at, "wrong-argument-count", message).help(CALL));
            }
        };
        let Some(view) = self.tables else {
            return self.fail(
                Finding::error(at, "misplaced-lookup", format!("`lookup` can't stand in {}", self.place))
                    .help("look it up in a silver field; in a gold query, join the table"),
            );
        };
        let key = self.expr(key_node);
        let table_text = self.word(table_node, "table")?;
        let column_text = self.word(column_node, "column")?;
        let by_text = match by_node {
            Some(node) => Some((self.word(node, "by_column")?, node)),
            None => None,
        };
        let parts: Vec<String> = table_text.split('.').map(str::to_owned).collect();
        let (name, table) = match view.table(&parts) {
            Ok((name, table)) => (name, table?),
            Err(None) => return None,
            Err(Some(unknown)) => {
                return self.fail(
                    Finding::error(At::of_expr(table_node), unknown.code, unknown.message)
                        .maybe_help(unknown.help),
                );
            }
        };
        self.names.extend(Named::text(table_node, Decl::Table(name.clone())));
        let by = self.by(&name, table, by_text, table_node)?;
        let column = self.table_column(&name, table, &column_text, column_node)?;
        let named =
            |node, column: &KnownColumn| Named::text(node, Decl::Column(name.clone(), column.name.clone()));
        self.names.extend(named(column_node, column));
        self.names.extend(by_node.and_then(|node| named(node, by)));
        let key = key?;
        let (Some(by_type), Some(data_type)) = (&by.data_type, &column.data_type) else { return None };
        let key = match convert::widen(key, by_type) {
            Ok(key) => key,
            Err(key) => {
                let message = format!("`{}` of {name} is {by_type}, and this is {}", by.name, key.data_type);
                let help = if convert::castable(&key.data_type, by_type) {
                    format!("write cast({key_node} as {by_type})")
                } else {
                    "look up by a column of the same type".to_owned()
                };
                return self.fail(Finding::error(At::of_expr(key_node), "wrong-type", message).help(help));
            }
        };
        Some(Expr {
            kind: ExprKind::Lookup {
                table: name,
                by: by.name.clone(),
                key: Box::new(key),
                column: column.name.clone(),
            },
            data_type: data_type.clone(),
            nullable: true,
        })
    }

    /// A name written as text.
    fn word(&mut self, node: &ast::Expr, what: &str) -> Option<String> {
        match self.expr(node)?.kind {
            ExprKind::Literal(Literal::Text(text)) => Some(text),
            _ => self.fail(
                Finding::error(
                    At::of_expr(node),
                    "wrong-literal",
                    format!("the {what} of `lookup` is a name in single quotes"),
                )
                .help(CALL),
            ),
        }
    }

    /// The column that the key is compared with.
    fn by<'table>(
        &mut self,
        name: &TableName,
        table: &'table KnownTable,
        by: Option<(String, &ast::Expr)>,
        table_node: &ast::Expr,
    ) -> Option<&'table KnownColumn> {
        let (column, at) = match by {
            Some((text, node)) => (self.table_column(name, table, &text, node)?, At::of_expr(node)),
            None => match table.key.as_slice() {
                [key] => (table.column(key)?, At::of_expr(table_node)),
                _ if table.open && table.key.is_empty() => return None,
                key => {
                    let message = if key.is_empty() {
                        format!("{name} has no key to look up by")
                    } else {
                        format!("the key of {name} has {} columns ({})", key.len(), key.join(", "))
                    };
                    return self.fail(
                        Finding::error(At::of_expr(table_node), "lookup-key", message)
                            .help("name the column: lookup('table', key, 'column', 'by_column'); it must be unique in the table"),
                    );
                }
            },
        };
        // Silver is de-duplicated by its key; a gold table's key says what should be, and a rule must see to it.
        let by_key = name.layer == Layer::Silver && table.key == [column.name.clone()];
        if by_key || table.unique.contains(&column.name) || table.open {
            return Some(column);
        }
        self.fail(
            Finding::error(
                at,
                "lookup-key",
                format!("`{}` may stand in several rows of {name}", column.name),
            )
            .help(format!(
                "add the rule `IsUnique \"{}\"` to {name}, with on_failure quarantine or halt",
                column.name
            )),
        )
    }

    fn table_column<'table>(
        &mut self,
        name: &TableName,
        table: &'table KnownTable,
        text: &str,
        node: &ast::Expr,
    ) -> Option<&'table KnownColumn> {
        if let Some(column) = table.column(text) {
            return Some(column);
        }
        let folded: Vec<&KnownColumn> =
            table.columns.iter().filter(|column| column.name.eq_ignore_ascii_case(text)).collect();
        if let [column] = folded.as_slice() {
            return Some(column);
        }
        if table.open {
            return None;
        }
        let help = suggest(text, table.columns.iter().map(|column| column.name.as_str()), "columns");
        self.fail(
            Finding::error(At::of_expr(node), "unknown-column", format!("{name} has no column `{text}`"))
                .maybe_help(help),
        )
    }
}
