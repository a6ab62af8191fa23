//! The order in which tables are made: each after the tables that it reads, circles found.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::{IndexMap, IndexSet};
use sqlparser::tokenizer::Token;
use touchstone_spec::{DocPath, Layer, Pipeline, TableName};

use crate::{
    catalog::View,
    gold::tables_read,
    rules::ParsedRules,
    syntax::{parse_query, tokens},
};

/// Which tables each table reads, and where it says so.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dependencies {
    reads: IndexMap<TableName, IndexMap<TableName, DocPath>>,
}

impl Dependencies {
    /// Where `from` says that it reads `to`.
    pub(crate) fn place(&self, from: &TableName, to: &TableName) -> Option<DocPath> {
        self.reads.get(from)?.get(to).cloned()
    }

    /// The tables that `table` reads.
    pub(crate) fn read_by(&self, table: &TableName) -> impl Iterator<Item = &TableName> {
        self.reads.get(table).into_iter().flat_map(|reads| reads.keys())
    }

    /// Takes over what the tables of a pipeline read.
    pub(crate) fn copy(&mut self, other: &Self, pipeline: &str) {
        let own = other.reads.iter().filter(|(table, _)| table.pipeline == pipeline);
        self.reads.extend(own.map(|(table, reads)| (table.clone(), reads.clone())));
    }

    /// The pipelines of the tables of these pipelines, and of all that read them, directly and indirectly.
    pub(crate) fn reached_from<'names>(&'names self, pipelines: &BTreeSet<&str>) -> BTreeSet<&'names str> {
        let mut readers: BTreeMap<&TableName, Vec<&TableName>> = BTreeMap::new();
        for (table, reads) in &self.reads {
            for read in reads.keys() {
                readers.entry(read).or_default().push(table);
            }
        }
        let own = self.reads.keys().filter(|table| pipelines.contains(table.pipeline.as_str()));
        let mut waiting: Vec<&TableName> = own.collect();
        let mut reached: BTreeSet<&TableName> = waiting.iter().copied().collect();
        while let Some(table) = waiting.pop() {
            for reader in readers.get(table).into_iter().flatten() {
                if reached.insert(reader) {
                    waiting.push(reader);
                }
            }
        }
        reached.into_iter().map(|table| table.pipeline.as_str()).collect()
    }

    /// The pipelines that the tables of these read, directly and indirectly, and these themselves.
    pub(crate) fn needed_by(&self, pipelines: &BTreeSet<String>) -> BTreeSet<String> {
        let own = self.reads.keys().filter(|table| pipelines.contains(&table.pipeline));
        let mut waiting: Vec<&TableName> = own.collect();
        let mut seen: BTreeSet<&TableName> = waiting.iter().copied().collect();
        let mut needed = pipelines.clone();
        while let Some(table) = waiting.pop() {
            if needed.insert(table.pipeline.clone()) {
                // It is compiled whole, with all that its other tables read.
                let others = self.reads.keys().filter(|other| other.pipeline == table.pipeline);
                waiting.extend(others.filter(|other| seen.insert(other)));
            }
            waiting.extend(self.read_by(table).filter(|read| seen.insert(read)));
        }
        needed
    }

    fn add(&mut self, from: &TableName, to: TableName, path: DocPath) {
        self.reads.entry(from.clone()).or_default().entry(to).or_insert(path);
    }
}

/// Tables in order, and the circles among them.
#[derive(Debug, Default)]
pub(crate) struct Order {
    pub(crate) tables: Vec<TableName>,
    pub(crate) cycles: Vec<Vec<TableName>>,
}

/// Adds the tables of a pipeline with what they read.
pub(crate) fn collect(
    pipeline: &Pipeline,
    view: View<'_>,
    rules: &BTreeMap<TableName, ParsedRules>,
    dependencies: &mut Dependencies,
) {
    let name = |layer, table: &String| TableName::new(&pipeline.pipeline, layer, table);
    for (table_name, table) in &pipeline.silver {
        let table_name = name(Layer::Silver, table_name);
        let path = crate::compile::table_path(&table_name);
        dependencies.reads.entry(table_name.clone()).or_default();
        let mut texts = vec![(path.key("where"), table.filter.as_deref())];
        texts.extend(
            table
                .fields
                .iter()
                .map(|(field, mapping)| (path.key("fields").key(field).key("expr"), mapping.expr.as_deref())),
        );
        for (path, text) in texts {
            for looked_up in text.map(lookups_in).unwrap_or_default() {
                let parts: Vec<String> = looked_up.split('.').map(str::to_owned).collect();
                if let Ok((read, _)) = view.table(&parts) {
                    dependencies.add(&table_name, read, path.clone());
                }
            }
        }
    }
    for (table_name, table) in &pipeline.gold {
        let table_name = name(Layer::Gold, table_name);
        let path = crate::compile::table_path(&table_name).key("sql");
        dependencies.reads.entry(table_name.clone()).or_default();
        let read = parse_query(&table.sql).map(|query| tables_read(&query)).unwrap_or_default();
        for parts in read {
            if let Ok((read, _)) = view.table(&parts) {
                dependencies.add(&table_name, read, path.clone());
            }
        }
    }
    for (table_name, parsed) in rules {
        let path = crate::compile::table_path(table_name).key("rules");
        for reference in parsed.references() {
            if let Ok((read, _)) = view.table(&reference)
                && read != *table_name
            {
                dependencies.add(table_name, read, path.clone());
            }
        }
    }
}

/// The tables that `lookup('…'` names, found among the tokens: the text may not parse yet.
fn lookups_in(text: &str) -> Vec<String> {
    let Ok(tokens) = tokens(text) else { return Vec::new() };
    tokens
        .windows(3)
        .filter_map(|window| match window {
            [word, open, name] => match (&word.token, &open.token, &name.token) {
                (Token::Word(word), Token::LParen, Token::SingleQuotedString(name))
                    if word.value.eq_ignore_ascii_case("lookup") =>
                {
                    Some(name.clone())
                }
                _ => None,
            },
            _ => None,
        })
        .collect()
}

/// Depth first without recursion: a chain of tables may be as long as it likes.
pub(crate) fn sort(dependencies: &Dependencies) -> Order {
    let mut order = Order::default();
    let mut done: IndexSet<TableName> = IndexSet::new();
    for start in dependencies.reads.keys() {
        if done.contains(start) {
            continue;
        }
        let mut path: IndexSet<TableName> = IndexSet::from([start.clone()]);
        let mut stack: Vec<(TableName, usize)> = vec![(start.clone(), 0)];
        while let Some((table, next)) = stack.pop() {
            let read = dependencies.read_by(&table).nth(next);
            match read.cloned() {
                None => {
                    path.shift_remove(&table);
                    done.insert(table);
                }
                Some(read) => {
                    stack.push((table, next + 1));
                    if let Some(position) = path.get_index_of(&read) {
                        let cycle: Vec<TableName> = path.iter().skip(position).cloned().collect();
                        add_cycle(&mut order.cycles, cycle);
                    } else if !done.contains(&read) && dependencies.reads.contains_key(&read) {
                        path.insert(read.clone());
                        stack.push((read, 0));
                    }
                }
            }
        }
    }
    order.tables = done.into_iter().collect();
    order
}

/// Each circle once, told from its first name.
fn add_cycle(cycles: &mut Vec<Vec<TableName>>, mut cycle: Vec<TableName>) {
    let first = cycle.iter().enumerate().min_by_key(|(_, name)| *name).map_or(0, |(index, _)| index);
    cycle.rotate_left(first);
    if !cycles.contains(&cycle) {
        cycles.push(cycle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(table: &str) -> TableName {
        TableName::new("p", Layer::Gold, table)
    }

    #[test]
    fn tables_stand_behind_what_they_read_and_circles_are_found() {
        let mut dependencies = Dependencies::default();
        for (from, to) in [("a", "b"), ("b", "c"), ("d", "e"), ("e", "d"), ("f", "f")] {
            dependencies.reads.entry(name(to)).or_default();
            dependencies.add(&name(from), name(to), DocPath::root());
        }
        let order = sort(&dependencies);
        let position = |table: &str| order.tables.iter().position(|known| *known == name(table));
        assert!(position("c") < position("b") && position("b") < position("a"));
        assert_eq!(order.cycles, [vec![name("d"), name("e")], vec![name("f")]]);
    }
}
