//! Completion in the query of a gold table.

use touchstone_spec::{DataType, Layer, TableName};

use super::{
    call::{self, Frame, Position},
    column_names::written,
    completion::{Collector, Completion, CompletionKind, Completions},
    expression::{operator_words, qualifier},
    query_scope::{QueryRelation, QueryScope},
    scope::GoldScope,
    tokens::{AtCursor, Kind, at_cursor},
    types,
    wanted::{Place, Wanted},
};
use crate::{AnyFunction, KnownTable, function_table::function_table};

/// What can stand at the cursor, a byte offset of `text`. Works on any text; gives nothing inside comments, numbers and
/// text in quotes.
pub fn complete_gold(text: &str, cursor: usize, scope: &GoldScope) -> Completions {
    let at = at_cursor(text, cursor);
    let is_mute = |kind: Kind| matches!(kind, Kind::Number | Kind::Comment | Kind::Text);
    if at.current.as_ref().is_some_and(|token| is_mute(token.kind)) {
        return Completions { replace: at.cursor..at.cursor, items: Vec::new() };
    }
    let replace = at.current.as_ref().map_or(at.cursor..at.cursor, |token| token.range.clone());
    let typed = text.get(replace.start..at.cursor).unwrap_or_default();
    let mut collector = Collector::new(text, replace, typed);
    let query = QueryScope::of(text, &at, scope);
    let frames = call::frames(text, &at.before);
    let completer = Completer { text, at: &at, frames: &frames, scope, query: &query };
    completer.complete(&mut collector);
    collector.finish()
}

struct Completer<'text> {
    text: &'text str,
    at: &'text AtCursor,
    frames: &'text [Frame],
    scope: &'text GoldScope,
    query: &'text QueryScope,
}

impl Completer<'_> {
    fn ends_in(&self, words: &[&str]) -> bool {
        self.at.before.last().is_some_and(|last| words.iter().any(|word| last.is(self.text, word)))
    }

    fn complete(&self, collector: &mut Collector) {
        if let Some(qualifier) = qualifier(self.text, &self.at.before) {
            return self.qualified(&qualifier, collector);
        }
        let position = call::position(self.text, &self.at.before);
        let in_cast = call::enclosing(self.frames)
            .is_some_and(|open| matches!(open.word.as_deref(), Some("cast" | "try_cast")));
        if in_cast && self.ends_in(&["as"]) {
            return types::all(collector);
        }
        // A new name stands there, which nobody can know.
        if self.ends_in(&["as"]) && self.query.clause != Some("with") {
            return;
        }
        for (words, next) in FOLLOWERS {
            if self.ends_in(words) {
                collector.snippet(next.trim_end(), next, "", 100);
                return;
            }
        }
        match (self.query.clause, position) {
            (None, _) => {
                collector.snippet("select", "select |\nfrom ", "Reads tables and gives columns.", 10);
                collector.snippet(
                    "with",
                    "with | as (\n\n)\nselect ",
                    "Names a query, to be read like a table.",
                    0,
                );
            }
            (Some("with"), _) => {
                collector.snippet("as", "as (\n  select |\n)", "The query that the name stands for.", 50);
            }
            (Some("from" | "join"), Position::Operand) => self.tables(collector),
            (Some("limit" | "using"), _) => {}
            (Some(clause), Position::Operand) => self.operand(clause, collector),
            (Some(clause), Position::Operator) => self.behind(clause, in_cast, collector),
        }
    }

    /// Behind `alias.` columns, behind `silver.` or `pipeline.` tables.
    fn qualified(&self, qualifier: &str, collector: &mut Collector) {
        if !matches!(self.query.clause, Some("from" | "join")) {
            if let Some(relation) = self.query.relation(qualifier) {
                self.columns_of(relation, false, &self.wanted(), collector);
            }
            return;
        }
        let parts: Vec<&str> = qualifier.split('.').collect();
        let (pipeline, layer) = match parts.as_slice() {
            ["silver"] => (self.scope.pipeline.as_str(), Some(Layer::Silver)),
            ["gold"] => (self.scope.pipeline.as_str(), Some(Layer::Gold)),
            [pipeline] => (*pipeline, None),
            [pipeline, "silver"] => (*pipeline, Some(Layer::Silver)),
            [pipeline, "gold"] => (*pipeline, Some(Layer::Gold)),
            _ => return,
        };
        for (name, table) in self.readable() {
            if name.pipeline.eq_ignore_ascii_case(pipeline) && layer.is_none_or(|layer| layer == name.layer) {
                add_table(name, table, &name.table, collector, 0);
            }
        }
    }

    fn readable(&self) -> impl Iterator<Item = (&TableName, &KnownTable)> {
        let own = self.scope.table.as_ref();
        let own = own.map(|table| TableName::new(&self.scope.pipeline, Layer::Gold, table));
        self.scope.tables.iter().filter(move |(name, _)| Some(*name) != own.as_ref())
    }

    fn tables(&self, collector: &mut Collector) {
        for (name, columns) in &self.query.ctes {
            let item = Completion::plain(&written(name), CompletionKind::Table)
                .detailed(format!("named above · {} columns", columns.len()));
            collector.add(item, 60);
        }
        for (name, table) in self.readable() {
            let is_own = name.pipeline == self.scope.pipeline;
            let short = if is_own {
                format!("{}.{}", name.layer, name.table)
            } else {
                format!("{}.{}", name.pipeline, name.table)
            };
            // The short name may be another table's: silver goes before gold.
            let found = self.scope.tables.find(&self.scope.pipeline, &short);
            let label = if found.is_some_and(|(found, _)| found == *name) { short } else { name.to_string() };
            add_table(name, table, &label, collector, if is_own { 40 } else { 0 });
        }
        collector.snippet("select", "(select | from ) as ", "A query in place of a table.", -50);
    }

    fn operand(&self, clause: &str, collector: &mut Collector) {
        let wanted = self.wanted();
        if clause == "on" && self.ends_in(&["on", "and"]) {
            self.joins(collector);
        }
        for relation in &self.query.relations {
            self.columns_of(relation, true, &wanted, collector);
        }
        if clause == "order" {
            for alias in &self.query.aliases {
                let item = Completion::plain(alias, CompletionKind::Column).detailed("named above");
                collector.add(item.inserting(written(alias)), 40);
            }
        }
        if clause == "select"
            && matches!(self.frames.last(), None | Some(Frame::Bracket(_)))
            && self.ends_in(&["select"])
        {
            collector.snippet("distinct", "distinct ", "Equal rows once.", 0);
            collector.keyword("*", "All columns.", -20);
        }
        let aggregates = matches!(clause, "select" | "having" | "order");
        for entry in function_table() {
            let is_aggregate = matches!(entry.function, AnyFunction::Aggregate(_));
            if !is_aggregate || aggregates {
                let bonus = if is_aggregate && clause == "having" { 30 } else { 0 };
                collector.function(entry, wanted.bonus_of_function(entry) + bonus);
            }
        }
        if let Some(Frame::Case("case")) = self.frames.last() {
            collector.snippet("when", "when | then ", "A condition and the value for it.", 200);
        }
        collector.snippet(
            "case",
            "case when | then  else  end",
            "The value of the first branch whose condition is true.",
            0,
        );
        collector.snippet(
            "cast",
            "cast(| as string)",
            "The value in another type; null where it can't be one.",
            0,
        );
        for word in ["not", "null", "true", "false"] {
            collector.keyword(word, "", -10);
        }
        collector.snippet("date", "date '|'", "A date: date '2026-03-02'.", 0);
    }

    /// The columns of one relation; those that another has too with the relation in front.
    fn columns_of(
        &self,
        relation: &QueryRelation,
        qualify: bool,
        wanted: &Wanted,
        collector: &mut Collector,
    ) {
        for column in &relation.columns {
            let others = self.query.relations.iter().filter(|other| {
                other.columns.iter().any(|known| known.name.eq_ignore_ascii_case(&column.name))
            });
            let name = written(&column.name);
            let insert = match relation.qualifiers.first() {
                Some(qualifier) if qualify && others.count() > 1 => format!("{}.{name}", written(qualifier)),
                _ => name,
            };
            // Rows are grouped and ordered by what is selected.
            let by = matches!(self.query.clause, Some("group" | "order"));
            let is_selected = self.query.selected.iter().any(|name| name.eq_ignore_ascii_case(&column.name));
            let bonus = wanted.bonus_of(column.data_type.as_ref()) + if by && is_selected { 40 } else { 0 };
            collector.column(insert, column, &relation.origin, bonus);
        }
    }

    /// Behind ON: the columns that the last relation shares with one before it.
    fn joins(&self, collector: &mut Collector) {
        let Some((joined, before)) = self.query.relations.split_last() else { return };
        for other in before {
            let (Some(left), Some(right)) = (other.qualifiers.first(), joined.qualifiers.first()) else {
                continue;
            };
            for column in &joined.columns {
                let shared = other.columns.iter().find(|known| known.name == column.name);
                if shared.is_some_and(|known| known.data_type == column.data_type) {
                    let name = written(&column.name);
                    let condition = format!("{}.{name} = {}.{name}", written(left), written(right));
                    let item =
                        Completion::plain(&condition, CompletionKind::Column).detailed("column of both");
                    collector.add(item, 150);
                }
            }
        }
    }

    fn behind(&self, clause: &str, in_cast: bool, collector: &mut Collector) {
        if let Some(Frame::Case(word)) = self.frames.last() {
            for next in ["when", "then", "else", "end"] {
                let fits = matches!(
                    (*word, next),
                    ("case", "when") | ("when", "then") | ("then", "when" | "else" | "end") | ("else", "end")
                );
                if fits {
                    collector.keyword(next, "", 90);
                }
            }
            return operator_words(collector);
        }
        if in_cast {
            collector.snippet("as", "as ", "The type that the value is made.", 90);
            return operator_words(collector);
        }
        if !matches!(clause, "from" | "join" | "group" | "order" | "using") {
            operator_words(collector);
        }
        if call::enclosing(self.frames).is_some_and(|open| open.word.is_some()) {
            return;
        }
        if clause == "order" {
            collector.keyword("desc", "Greatest first.", 40);
            collector.keyword("asc", "Least first.", 30);
        }
        if matches!(clause, "select" | "from" | "join") {
            collector.snippet("as", "as ", "Gives it a name.", 40);
        }
        let place = CLAUSE_ORDER.iter().position(|(word, ..)| word.split(' ').next() == Some(clause));
        // Behind a condition it mostly goes on.
        let likely = if matches!(clause, "where" | "on" | "having") { -40 } else { 30 };
        for (position, (word, insert, documentation)) in CLAUSE_ORDER.iter().enumerate() {
            // Joins and unions may be repeated; a clause that stands behind goes on.
            let follows = match (clause, *word) {
                ("select", "from") | ("join", "on") | ("on", "join" | "left join") => true,
                ("select", _) | (_, "on" | "from") => false,
                _ => place.is_none_or(|place| position > place),
            };
            if follows {
                let bonus = likely - i32::try_from(position).unwrap_or(0) * 2;
                collector.snippet(word, insert, documentation, if *word == "on" { 90 } else { bonus });
            }
        }
    }

    fn wanted(&self) -> Wanted {
        let type_of = |name: &str| -> Option<DataType> {
            let columns = self.query.relations.iter().flat_map(|relation| &relation.columns);
            columns.into_iter().find(|column| column.name.eq_ignore_ascii_case(name))?.data_type.clone()
        };
        Place { text: self.text, before: &self.at.before, frames: self.frames }.wanted(None, &type_of)
    }
}

/// Words that only go on in one way.
const FOLLOWERS: &[(&[&str], &str)] = &[
    (&["group", "order"], "by "),
    (&["left", "right", "full", "inner", "cross", "outer"], "join "),
    (&["union"], "all\nselect "),
];

/// Clauses in the order in which they stand.
const CLAUSE_ORDER: &[(&str, &str, &str)] = &[
    ("from", "from ", "The tables that are read."),
    ("join", "join ", "Rows of another table that go with these."),
    ("left join", "left join ", "The same, and rows stay that have no partner."),
    ("on", "on ", "Which rows go together."),
    ("where", "where ", "Which rows are taken."),
    ("group by", "group by ", "Rows that make one row."),
    ("having", "having ", "Which groups are taken."),
    ("union all", "union all\nselect ", "The rows of another query below these."),
    ("order by", "order by ", "The order of the rows."),
    ("limit", "limit ", "At most so many rows."),
];

fn add_table(name: &TableName, table: &KnownTable, label: &str, collector: &mut Collector, bonus: i32) {
    let key = match table.key.as_slice() {
        [] => String::new(),
        key => format!(" · key {}", key.join(", ")),
    };
    let detail = format!("{name} · {} columns{key}", table.columns.len());
    let item = Completion::plain(label, CompletionKind::Table).detailed(detail);
    collector.add(item.documented(table.description.as_deref().unwrap_or_default()), bonus);
}
