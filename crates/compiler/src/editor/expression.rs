//! Completion in an expression.

use touchstone_spec::DataType;

use super::{
    call::{self, Frame, Open, Position},
    completion::{Collector, Completion, CompletionKind, Completions},
    scope::ExpressionScope,
    tokens::{AtCursor, Kind, Token, at_cursor},
    types,
    wanted::{Place, Wanted},
};
use crate::{
    AnyFunction, KnownTable,
    function_table::{UNITS, function_table},
};

/// What can stand at the cursor, a byte offset of `text`. Works on any text; gives nothing inside comments and numbers.
pub fn complete_expression(text: &str, cursor: usize, scope: &ExpressionScope) -> Completions {
    let at = at_cursor(text, cursor);
    let frames = call::frames(text, &at.before);
    let completer = Completer { text, at: &at, frames: &frames, scope };
    completer.complete()
}

struct Completer<'text> {
    text: &'text str,
    at: &'text AtCursor,
    frames: &'text [Frame],
    scope: &'text ExpressionScope,
}

impl Completer<'_> {
    fn complete(&self) -> Completions {
        let nothing = || Completions { replace: self.at.cursor..self.at.cursor, items: Vec::new() };
        match &self.at.current {
            Some(token) if matches!(token.kind, Kind::Number | Kind::Comment) => nothing(),
            Some(token) if token.kind == Kind::Text => self.inside_text(token),
            current => self.operand_or_operator(current.as_ref()),
        }
    }

    fn operand_or_operator(&self, current: Option<&Token>) -> Completions {
        let replace = current.map_or(self.at.cursor..self.at.cursor, |token| token.range.clone());
        let typed = self.text.get(replace.start..self.at.cursor).unwrap_or_default();
        let mut collector = Collector::new(self.text, replace, typed);
        if let Some(qualifier) = qualifier(self.text, &self.at.before) {
            self.qualified(&qualifier, &mut collector);
            return collector.finish();
        }
        let is_name = current.is_some_and(|token| token.kind == Kind::Name);
        let open = call::enclosing(self.frames);
        let in_cast = open.is_some_and(|open| matches!(open.word.as_deref(), Some("cast" | "try_cast")));
        let last = self.at.before.last();
        if in_cast && last.is_some_and(|last| last.is(self.text, "as")) {
            types::all(&mut collector);
        } else if is_name {
            self.columns(&mut collector);
        } else if last.is_some_and(|last| last.is(self.text, "is")) {
            collector.keyword("null", "No value.", 0);
            collector.snippet("not null", "not null", "Any value.", 0);
        } else {
            match call::position(self.text, &self.at.before) {
                Position::Operand => self.operand(&mut collector),
                Position::Operator => self.operators(in_cast, &mut collector),
            }
        }
        collector.finish()
    }

    /// Behind `source.`: the source's columns.
    fn qualified(&self, qualifier: &str, collector: &mut Collector) {
        let Some((name, columns)) = &self.scope.source else { return };
        if qualifier.eq_ignore_ascii_case("source") || qualifier.eq_ignore_ascii_case(name) {
            let wanted = self.wanted();
            for column in columns {
                let written = super::column_names::written(&column.name);
                collector.column(written, column, "source", wanted.bonus_of(column.data_type.as_ref()));
            }
        }
    }

    fn columns(&self, collector: &mut Collector) {
        let wanted = self.wanted();
        let is_source = |name: &str| !self.scope.fields.iter().any(|field| field.name == name);
        for (written, column) in self.scope.named() {
            let from = match &self.scope.source {
                Some((name, _)) if is_source(&column.name) || written.starts_with("source.") => {
                    format!("source {name}")
                }
                Some(_) => "field above".to_owned(),
                None => String::new(),
            };
            collector.column(written, column, &from, wanted.bonus_of(column.data_type.as_ref()));
        }
    }

    fn operand(&self, collector: &mut Collector) {
        let wanted = self.wanted();
        self.columns(collector);
        if let Some(column) = self.compared() {
            self.values(&column, true, collector);
        }
        for entry in function_table().iter().filter(|entry| matches!(entry.function, AnyFunction::Scalar(_)))
        {
            collector.function(entry, wanted.bonus_of_function(entry));
        }
        if self.scope.lookups {
            let documentation = "The value of a column in the row of another table whose key equals `key`; null if there is no such row.";
            let signature = "('table', key, 'column', 'by_column')";
            collector.call("lookup", signature, documentation.to_owned(), 0);
        }
        if let Some(Frame::Case("case")) = self.frames.last() {
            collector.snippet("when", "when | then ", "A condition and the value for it.", 200);
            return;
        }
        self.operand_words(&wanted, collector);
    }

    fn operand_words(&self, wanted: &Wanted, collector: &mut Collector) {
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
        collector.keyword("not", "The opposite of a condition.", wanted.bonus_of(Some(&DataType::Boolean)));
        collector.keyword("null", "No value.", 0);
        for word in ["true", "false"] {
            collector.keyword(word, "", wanted.bonus_of(Some(&DataType::Boolean)).min(30));
        }
        collector.snippet(
            "date",
            "date '|'",
            "A date: date '2026-03-02'.",
            wanted.bonus_of(Some(&DataType::Date)).min(20),
        );
        if self.at.before.last().is_some_and(|last| last.is(self.text, "not")) {
            collector.snippet("in", "in (|)", "Whether the value is one of a list.", 0);
            collector.snippet(
                "like",
                "like '|'",
                "Whether text has a form: % is any text, _ one character.",
                0,
            );
            collector.snippet(
                "between",
                "between | and ",
                "Whether the value lies between two others, both included.",
                0,
            );
        }
    }

    fn operators(&self, in_cast: bool, collector: &mut Collector) {
        if let Some(Frame::Case(word)) = self.frames.last() {
            match *word {
                "when" => collector.snippet("then", "then ", "The value when the condition is true.", 90),
                "then" => {
                    collector.snippet("when", "when | then ", "Another condition.", 90);
                    collector.snippet("else", "else ", "The value when no condition is true.", 85);
                    collector.keyword("end", "Ends `case`.", 80);
                }
                "else" => collector.keyword("end", "Ends `case`.", 90),
                _ => collector.snippet("when", "when | then ", "A condition and the value for it.", 90),
            }
        }
        if in_cast {
            collector.snippet("as", "as ", "The type that the value is made.", 90);
        }
        operator_words(collector);
    }

    /// In quotes: names of tables and columns for a lookup, values, units.
    fn inside_text(&self, token: &Token) -> Completions {
        let start = token.range.start + 1;
        let end = if token.closed { token.range.end - 1 } else { token.range.end };
        let end = end.max(self.at.cursor);
        let typed = self.text.get(start..self.at.cursor).unwrap_or_default();
        let mut collector = Collector::new(self.text, start..end, typed);
        if !token.closed {
            collector.closing = "'";
        }
        let open = call::enclosing(self.frames);
        match open.and_then(|open| open.word.as_deref().map(|word| (open, word))) {
            Some((open, "lookup")) => self.inside_lookup(open, &mut collector),
            Some((open, "date_trunc")) if open.argument() == 0 => {
                for unit in UNITS {
                    collector.add(Completion::plain(unit, CompletionKind::Value), 0);
                }
            }
            Some((open, "to_date")) if open.argument() == 1 => {
                for (pattern, example) in DATE_PATTERNS {
                    collector.add(Completion::plain(pattern, CompletionKind::Value).detailed(*example), 0);
                }
            }
            _ => {
                if let Some(column) = self.compared() {
                    self.values(&column, false, &mut collector);
                }
            }
        }
        collector.finish()
    }

    fn inside_lookup(&self, open: &Open, collector: &mut Collector) {
        match open.argument() {
            0 => {
                for (name, table) in self.scope.tables.iter() {
                    let is_own = name.pipeline == self.scope.pipeline;
                    let short = if is_own {
                        format!("{}.{}", name.layer, name.table)
                    } else if name.pipeline == name.table {
                        name.table.clone()
                    } else {
                        format!("{}.{}", name.pipeline, name.table)
                    };
                    // The short name may be another table's: silver goes before gold.
                    let found = self.scope.tables.find(&self.scope.pipeline, &short);
                    let label =
                        if found.is_some_and(|(found, _)| found == *name) { short } else { name.to_string() };
                    let detail = match table.key.as_slice() {
                        [] => "no key".to_owned(),
                        key => format!("key {}", key.join(", ")),
                    };
                    // A table without one unique column can't be looked into.
                    let bonus = if unique(table).next().is_some() { 30 } else { -30 };
                    collector.add(
                        Completion::plain(&label, CompletionKind::Table)
                            .detailed(detail)
                            .documented(table.description.as_deref().unwrap_or_default()),
                        bonus,
                    );
                }
            }
            argument @ (2 | 3) => {
                let Some(table) = self.looked_up(open) else { return };
                for column in &table.columns {
                    let is_unique = unique(table).any(|name| name == column.name);
                    if argument == 3 && !is_unique && !table.open {
                        continue;
                    }
                    let note = if is_unique { "unique" } else { "" };
                    collector.column(column.name.clone(), column, note, 0);
                }
            }
            _ => {}
        }
    }

    /// The table that the first argument of a lookup names.
    fn looked_up(&self, open: &Open) -> Option<&KnownTable> {
        let token = self.at.before.get(open.bracket + 1).filter(|token| token.kind == Kind::Text)?;
        self.scope.tables.find(&self.scope.pipeline, &token.content(self.text)).map(|(_, table)| table)
    }

    fn values(&self, column: &str, quoted: bool, collector: &mut Collector) {
        let Some(known) = self.scope.column(column) else { return };
        let is_text = known.data_type.as_ref().is_none_or(|data_type| *data_type == DataType::String);
        for value in self.scope.values.get(&known.name).into_iter().flatten() {
            let item =
                Completion::plain(value, CompletionKind::Value).detailed(format!("value of {}", known.name));
            let doubled = value.replace('\'', "''");
            let insert = if quoted && is_text { format!("'{doubled}'") } else { doubled };
            collector.add(item.inserting(insert), 40);
        }
    }

    fn place(&self) -> Place<'_> {
        Place { text: self.text, before: &self.at.before, frames: self.frames }
    }

    fn compared(&self) -> Option<String> {
        self.place().compared()
    }

    /// What the expression at the cursor should be.
    fn wanted(&self) -> Wanted {
        if let Some(Frame::Bracket(open)) = self.frames.last()
            && open.word.as_deref() == Some("lookup")
            && open.argument() == 1
        {
            let key = self.looked_up(open).and_then(|table| {
                let [key] = table.key.as_slice() else { return None };
                table.column(key)?.data_type.clone()
            });
            return key.into();
        }
        let type_of = |name: &str| self.scope.column(name)?.data_type.clone();
        self.place().wanted(self.scope.expected.as_ref(), &type_of)
    }
}

/// Patterns that files have, each with a date in it.
const DATE_PATTERNS: &[(&str, &str)] = &[
    ("yyyy-MM-dd", "2026-03-02"),
    ("dd/MM/yyyy", "02/03/2026"),
    ("MM/dd/yyyy", "03/02/2026"),
    ("dd.MM.yyyy", "02.03.2026"),
    ("yyyyMMdd", "20260302"),
    ("dd-MMM-yyyy", "02-Mar-2026"),
    ("dd-MM-yyyy", "02-03-2026"),
    ("yyyy/MM/dd", "2026/03/02"),
    ("d/M/yyyy", "2/3/2026"),
];

/// Words that go on behind a value.
pub(crate) fn operator_words(collector: &mut Collector) {
    collector.snippet("and", "and ", "Both conditions.", 0);
    collector.snippet("or", "or ", "One of the conditions.", 0);
    collector.keyword("is null", "Whether there is no value.", 0);
    collector.keyword("is not null", "Whether there is a value.", 0);
    collector.snippet("in", "in (|)", "Whether the value is one of a list.", 0);
    collector.snippet("not in", "not in (|)", "Whether the value is none of a list.", 0);
    collector.snippet("like", "like '|'", "Whether text has a form: % is any text, _ one character.", 0);
    collector.snippet("not like", "not like '|'", "Whether text doesn't have a form.", 0);
    collector.snippet(
        "between",
        "between | and ",
        "Whether the value lies between two others, both included.",
        0,
    );
}

/// The columns by which a table can be looked into.
fn unique(table: &KnownTable) -> impl Iterator<Item = &str> {
    let key = match table.key.as_slice() {
        [key] => Some(key),
        _ => None,
    };
    key.into_iter().chain(&table.unique).map(String::as_str)
}

/// The names in front of a dot in front of the cursor.
pub(crate) fn qualifier(text: &str, before: &[Token]) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = before;
    while let [front @ .., name, dot] = rest {
        if !dot.is(text, ".") || !matches!(name.kind, Kind::Word | Kind::Name) {
            break;
        }
        parts.push(name.content(text));
        rest = front;
    }
    parts.reverse();
    (!parts.is_empty()).then(|| parts.join("."))
}
