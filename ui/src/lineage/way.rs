//! The whole way of a table or a column: all that it is made from, and all that is made from it.

use super::graph::{Graph, Spot};

/// What is lit, by place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) tables: Vec<bool>,
    pub(super) columns: Vec<bool>,
    pub(super) edges: Vec<bool>,
    pub(super) links: Vec<bool>,
    /// How many tables and columns it is made from, and how many are made from it.
    pub(super) up: (usize, usize),
    pub(super) down: (usize, usize),
}

/// Which way it is followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

impl Way {
    pub(super) fn of(graph: &Graph, spot: Spot) -> Self {
        let mut way = Self {
            tables: vec![false; graph.tables.len()],
            columns: vec![false; graph.columns.len()],
            edges: vec![false; graph.edges.len()],
            links: vec![false; graph.links.len()],
            ..Self::default()
        };
        way.up = way.follow(graph, spot, Direction::Up);
        way.down = way.follow(graph, spot, Direction::Down);
        way
    }

    fn follow(&mut self, graph: &Graph, spot: Spot, direction: Direction) -> (usize, usize) {
        match spot {
            Spot::Table(table) => self.follow_table(graph, table, direction),
            Spot::Column(column) => self.follow_column(graph, column, direction),
        }
    }

    fn follow_table(&mut self, graph: &Graph, start: usize, direction: Direction) -> (usize, usize) {
        let mut reached = vec![false; graph.tables.len()];
        let mut waiting = vec![start];
        let (mut tables, mut columns) = (0, 0);
        while let Some(table) = waiting.pop() {
            let Some(is_reached) = reached.get_mut(table).filter(|is_reached| !**is_reached) else {
                continue;
            };
            *is_reached = true;
            mark(&mut self.tables, table);
            if let Some(one) = graph.tables.get(table) {
                if table != start {
                    tables += 1;
                    columns += one.columns.len();
                }
                one.columns.clone().for_each(|column| mark(&mut self.columns, column));
            }
            let links = match direction {
                Direction::Up => graph.links_in.get(table),
                Direction::Down => graph.links_out.get(table),
            };
            for at in links {
                mark(&mut self.links, *at);
                if let Some(link) = graph.links.get(*at) {
                    waiting.push(if direction == Direction::Up { link.from } else { link.to });
                }
            }
        }
        // All that flows between the tables that were reached.
        let is_reached = |table: usize| reached.get(table).copied().unwrap_or_default();
        for (at, edge) in graph.edges.iter().enumerate() {
            let from = graph.columns.get(edge.from).map(|column| column.table);
            if from.is_some_and(is_reached) && is_reached(edge.to) {
                mark(&mut self.edges, at);
            }
        }
        (tables, columns)
    }

    fn follow_column(&mut self, graph: &Graph, start: usize, direction: Direction) -> (usize, usize) {
        let mut reached = vec![false; graph.columns.len()];
        let mut of_tables = vec![false; graph.tables.len()];
        let mut waiting = vec![start];
        let mut columns = 0;
        while let Some(column) = waiting.pop() {
            let Some(is_reached) = reached.get_mut(column).filter(|is_reached| !**is_reached) else {
                continue;
            };
            *is_reached = true;
            columns += usize::from(column != start);
            mark(&mut self.columns, column);
            if let Some(one) = graph.columns.get(column) {
                mark(&mut of_tables, one.table);
            }
            let edges = match direction {
                Direction::Up => graph.into.get(column),
                Direction::Down => graph.out_of.get(column),
            };
            for at in edges {
                mark(&mut self.edges, *at);
                let Some(edge) = graph.edges.get(*at) else { continue };
                if let Some(link) = edge.link {
                    mark(&mut self.links, link);
                }
                match (direction, edge.column) {
                    (Direction::Up, _) => waiting.push(edge.from),
                    (Direction::Down, Some(to)) => waiting.push(to),
                    // It ends where it decides about rows: from there on it is in every value.
                    (Direction::Down, None) => mark(&mut of_tables, edge.to),
                }
            }
        }
        let own = graph.columns.get(start).map(|column| column.table);
        let mut tables = 0;
        for (table, is_reached) in of_tables.into_iter().enumerate() {
            if is_reached {
                mark(&mut self.tables, table);
                tables += usize::from(Some(table) != own);
            }
        }
        (tables, columns)
    }

    pub(super) fn has(&self, spot: Spot) -> bool {
        match spot {
            Spot::Table(at) => self.tables.get(at).copied().unwrap_or_default(),
            Spot::Column(at) => self.columns.get(at).copied().unwrap_or_default(),
        }
    }
}

fn mark(bits: &mut [bool], at: usize) {
    if let Some(bit) = bits.get_mut(at) {
        *bit = true;
    }
}
