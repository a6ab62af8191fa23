//! What a half-written query reads, and in which of its clauses the cursor stands.

use std::ops::Range;

use super::{
    highlight::KEYWORDS,
    scope::GoldScope,
    tokens::{AtCursor, Kind, Token},
};
use crate::{KnownColumn, gold};

/// The query around the cursor.
#[derive(Debug)]
pub(crate) struct QueryScope {
    /// What FROM names, in order.
    pub(crate) relations: Vec<QueryRelation>,
    /// Common table expressions that may be read here.
    pub(crate) ctes: Vec<(String, Vec<KnownColumn>)>,
    /// The last word before the cursor that begins a clause; none at the beginning.
    pub(crate) clause: Option<&'static str>,
    /// Columns that are selected as they are.
    pub(crate) selected: Vec<String>,
    /// Names that the SELECT gives with `as`.
    pub(crate) aliases: Vec<String>,
}

/// A table, a common table expression or a subquery of FROM.
#[derive(Debug)]
pub(crate) struct QueryRelation {
    /// What its columns may be qualified with; the first is the alias, or the table's name.
    pub(crate) qualifiers: Vec<String>,
    /// What it is, in words.
    pub(crate) origin: String,
    pub(crate) columns: Vec<KnownColumn>,
}

/// Words that begin a clause.
const CLAUSES: [&str; 11] =
    ["with", "select", "from", "join", "on", "using", "where", "group", "having", "order", "limit"];

/// Words between the SELECTs of one query.
const SET_WORDS: [&str; 3] = ["union", "except", "intersect"];

impl QueryScope {
    pub(crate) fn of(text: &str, at: &AtCursor, scope: &GoldScope) -> Self {
        let all: Vec<Token> = at
            .before
            .iter()
            .chain(at.current.iter().filter(|token| token.kind != Kind::Comment))
            .chain(&at.after)
            .cloned()
            .collect();
        let cursor = at.before.len();
        let reader = Reader { text, all: &all, scope };
        let regions = reader.regions(cursor);
        let mut ctes = Vec::new();
        for region in &regions {
            reader.ctes(region, cursor, &mut ctes);
        }
        let region = regions.last().cloned().unwrap_or(0..all.len());
        let segment = reader.segment(&region, cursor);
        let clause = reader
            .flat(segment.start..cursor)
            .filter_map(|(_, token)| CLAUSES.iter().find(|word| token.is(text, word)).copied())
            .last();
        let mut relations = reader.relations(&segment, &ctes);
        if clause == Some("with") {
            relations.clear();
        }
        let ctes = ctes.into_iter().map(|cte| (cte.name, cte.columns)).collect();
        let (selected, aliases) = reader.selected(&segment);
        Self { relations, ctes, clause, selected, aliases }
    }

    /// The relation that a qualifier names.
    pub(crate) fn relation(&self, qualifier: &str) -> Option<&QueryRelation> {
        self.relations
            .iter()
            .find(|relation| relation.qualifiers.iter().any(|known| known.eq_ignore_ascii_case(qualifier)))
    }
}

struct Cte {
    name: String,
    /// `name as (…)`
    text: String,
    columns: Vec<KnownColumn>,
}

struct Reader<'text> {
    text: &'text str,
    all: &'text [Token],
    scope: &'text GoldScope,
}

impl<'text> Reader<'text> {
    fn is(&self, index: usize, word: &str) -> bool {
        self.all.get(index).is_some_and(|token| token.is(self.text, word))
    }

    /// The whole text and each subquery around the cursor, the innermost last.
    fn regions(&self, cursor: usize) -> Vec<Range<usize>> {
        let mut open: Vec<usize> = Vec::new();
        for index in 0..cursor {
            if self.is(index, "(") {
                open.push(index);
            } else if self.is(index, ")") {
                open.pop();
            }
        }
        let subqueries = open.into_iter().filter(|bracket| {
            bracket + 1 < cursor && (self.is(bracket + 1, "select") || self.is(bracket + 1, "with"))
        });
        std::iter::once(0..self.all.len())
            .chain(subqueries.map(|bracket| bracket + 1..self.closing(bracket)))
            .collect()
    }

    /// Index of the bracket that closes the one at `bracket`, or the end.
    fn closing(&self, bracket: usize) -> usize {
        let mut depth = 0_usize;
        for index in bracket..self.all.len() {
            if self.is(index, "(") {
                depth += 1;
            } else if self.is(index, ")") {
                depth -= 1;
                if depth == 0 {
                    return index;
                }
            }
        }
        self.all.len()
    }

    /// The tokens of a range that stand outside the brackets that open in it.
    fn flat(&self, range: Range<usize>) -> impl Iterator<Item = (usize, &'text Token)> {
        let mut depth = 0_usize;
        let text = self.text;
        self.all.iter().enumerate().take(range.end).skip(range.start).filter(move |(_, token)| {
            if token.is(text, "(") {
                depth += 1;
                return depth == 1;
            }
            if token.is(text, ")") {
                depth = depth.saturating_sub(1);
                return depth == 0;
            }
            depth == 0
        })
    }

    /// The common table expressions that a region begins with, as far as they end before the cursor.
    fn ctes(&self, region: &Range<usize>, cursor: usize, found: &mut Vec<Cte>) {
        if !self.is(region.start, "with") {
            return;
        }
        let mut index = region.start + 1;
        while let Some(name) =
            self.all.get(index).filter(|token| matches!(token.kind, Kind::Word | Kind::Name))
        {
            if !self.is(index + 1, "as") || !self.is(index + 2, "(") {
                return;
            }
            let end = self.closing(index + 2);
            if end >= self.all.len() || end >= cursor {
                return;
            }
            let range = self.bytes(index + 3..end);
            let inner = self.text.get(range).unwrap_or_default();
            let columns = self.describe(inner, found);
            let name = name.content(self.text);
            let text = format!("{name} as ({inner})");
            found.push(Cte { name, text, columns });
            if !self.is(end + 1, ",") {
                return;
            }
            index = end + 2;
        }
    }

    /// The bytes from the first to the last of these tokens.
    fn bytes(&self, tokens: Range<usize>) -> Range<usize> {
        let start = self.all.get(tokens.start).map_or(self.text.len(), |token| token.range.start);
        let last = tokens.end.checked_sub(1).and_then(|last| self.all.get(last));
        start..last.map_or(start, |token| token.range.end).max(start)
    }

    /// The columns of a query that stands behind these common table expressions.
    fn describe(&self, query: &str, ctes: &[Cte]) -> Vec<KnownColumn> {
        let with: Vec<&str> = ctes.iter().map(|cte| cte.text.as_str()).collect();
        let sql =
            if with.is_empty() { query.to_owned() } else { format!("with {} {query}", with.join(", ")) };
        gold::describe(&sql, self.scope.tables.view(&self.scope.pipeline)).columns
    }

    /// The SELECT of a region that the cursor is in.
    fn segment(&self, region: &Range<usize>, cursor: usize) -> Range<usize> {
        let mut segment = region.clone();
        for (index, token) in self.flat(region.clone()) {
            if SET_WORDS.iter().any(|word| token.is(self.text, word)) {
                if index < cursor {
                    segment.start = index + 1;
                } else {
                    segment.end = index;
                    break;
                }
            }
        }
        // Behind its common table expressions.
        let select = self.flat(segment.clone()).find(|(_, token)| token.is(self.text, "select"));
        if let Some((index, _)) = select
            && index < cursor
        {
            segment.start = index;
        }
        segment
    }

    /// What the SELECT of a segment names: columns by themselves, and names behind `as`.
    fn selected(&self, segment: &Range<usize>) -> (Vec<String>, Vec<String>) {
        let list: Vec<&Token> = self
            .flat(segment.clone())
            .map(|(_, token)| token)
            .skip_while(|token| !token.is(self.text, "select"))
            .skip(1)
            .take_while(|token| !token.is(self.text, "from"))
            .collect();
        let (mut selected, mut aliases) = (Vec::new(), Vec::new());
        for item in list.split(|token| token.is(self.text, ",")) {
            let is_name = |token: &Token| matches!(token.kind, Kind::Word | Kind::Name);
            match item {
                [.., keyword, name] if keyword.is(self.text, "as") && is_name(name) => {
                    aliases.push(name.content(self.text));
                }
                [name] | [_, _, name] if is_name(name) => selected.push(name.content(self.text)),
                _ => {}
            }
        }
        (selected, aliases)
    }

    fn relations(&self, segment: &Range<usize>, ctes: &[Cte]) -> Vec<QueryRelation> {
        let mut found = Vec::new();
        let mut in_from = false;
        let flat: Vec<usize> = self.flat(segment.clone()).map(|(index, _)| index).collect();
        let mut position = 0;
        while let Some(index) = flat.get(position).copied() {
            position += 1;
            let begins = self.is(index, "from") || self.is(index, "join");
            if begins || in_from && self.is(index, ",") {
                in_from = true;
                if let Some((relation, end)) = self.relation(index + 1, ctes) {
                    found.push(relation);
                    while flat.get(position).is_some_and(|next| *next < end) {
                        position += 1;
                    }
                }
            } else if ["where", "group", "having", "order", "limit", "select"]
                .iter()
                .any(|word| self.is(index, word))
            {
                in_from = false;
            }
        }
        found
    }

    /// The item of FROM at `index`, and the index behind it.
    fn relation(&self, index: usize, ctes: &[Cte]) -> Option<(QueryRelation, usize)> {
        let is_name = |index: usize| {
            self.all.get(index).is_some_and(|token| {
                token.kind == Kind::Name
                    || token.kind == Kind::Word && !KEYWORDS.iter().any(|word| token.is(self.text, word))
            })
        };
        let content =
            |index: usize| self.all.get(index).map(|token| token.content(self.text)).unwrap_or_default();
        let (mut relation, mut next) = if self.is(index, "(") {
            let end = self.closing(index);
            let inner = self.text.get(self.bytes(index + 1..end)).unwrap_or_default();
            let columns = self.describe(inner, ctes);
            (QueryRelation { qualifiers: Vec::new(), origin: "subquery".to_owned(), columns }, end + 1)
        } else if is_name(index) {
            let mut parts = vec![content(index)];
            let mut next = index + 1;
            while self.is(next, ".")
                && self.all.get(next + 1).is_some_and(|part| matches!(part.kind, Kind::Word | Kind::Name))
            {
                parts.push(content(next + 1));
                next += 2;
            }
            (self.named(&parts, ctes)?, next)
        } else {
            return None;
        };
        let has_as = self.is(next, "as");
        let alias = next + usize::from(has_as);
        if is_name(alias) {
            // An alias hides the table's own name.
            relation.qualifiers = vec![content(alias)];
            next = alias + 1;
        }
        Some((relation, next))
    }

    fn named(&self, parts: &[String], ctes: &[Cte]) -> Option<QueryRelation> {
        let table = parts.last()?.clone();
        let written = parts.join(".");
        if let Some(cte) = ctes.iter().rev().find(|cte| cte.name.eq_ignore_ascii_case(&written)) {
            return Some(QueryRelation {
                qualifiers: vec![cte.name.clone()],
                origin: format!("with {}", cte.name),
                columns: cte.columns.clone(),
            });
        }
        let (name, known) = self.scope.tables.find(&self.scope.pipeline, &written)?;
        let qualifiers = if parts.len() > 1 { vec![table, written] } else { vec![table] };
        Some(QueryRelation { qualifiers, origin: name.to_string(), columns: known.columns.clone() })
    }
}
