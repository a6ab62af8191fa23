//! What can be completed, ranked.

use std::{collections::BTreeSet, ops::Range};

use touchstone_spec::DataType;

use super::fuzzy::fuzzy_match;
use crate::{FunctionEntry, KnownColumn};

/// What can stand at the cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completions {
    /// Byte range that an item replaces: the word that the cursor touches, quotes included; empty between words.
    pub replace: Range<usize>,
    /// The items, best first.
    pub items: Vec<Completion>,
}

/// One thing that can stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What is shown.
    pub label: String,
    /// What is inserted in place of [`Completions::replace`].
    pub insert: String,
    /// Where the cursor goes: bytes from the beginning of what was inserted.
    pub cursor_after: usize,
    /// What it is.
    pub kind: CompletionKind,
    /// Type, signature or where it comes from, in a few words.
    pub detail: String,
    /// What it means; may be empty.
    pub documentation: String,
    /// Byte ranges of the label that match what was typed, to be shown bold.
    pub matched: Vec<Range<usize>>,
    /// Higher is better.
    pub score: i32,
}

/// What a completion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CompletionKind {
    /// A column or a field.
    Column,
    /// A table, an alias or a pipeline.
    Table,
    /// A value that a column holds, or that an argument takes.
    Value,
    /// A function or an aggregate.
    Function,
    /// A word of SQL.
    Keyword,
    /// A type.
    Type,
}

impl CompletionKind {
    /// Among equals, what is the steward's own goes first.
    fn bonus(self) -> i32 {
        match self {
            Self::Column | Self::Value => 60,
            Self::Table => 50,
            Self::Function | Self::Type => 20,
            Self::Keyword => 0,
        }
    }
}

/// Most items that are given; more is no help.
const ITEM_LIMIT: usize = 200;

/// Collects what matches what was typed.
#[derive(Debug)]
pub(crate) struct Collector {
    typed: String,
    /// What stands behind the replaced range.
    rest: String,
    completions: Completions,
    seen: BTreeSet<(CompletionKind, String)>,
    /// What is put behind every item: the quote that is missing.
    pub(crate) closing: &'static str,
}

impl Collector {
    /// `replace` is the word at the cursor, `typed` the part of it that items must match.
    pub(crate) fn new(text: &str, replace: Range<usize>, typed: &str) -> Self {
        let rest = text.get(replace.end..).unwrap_or_default().to_owned();
        let completions = Completions { replace, items: Vec::new() };
        Self { typed: typed.to_owned(), rest, completions, seen: BTreeSet::new(), closing: "" }
    }

    /// Adds an item if what was typed matches its label. `bonus` says how well it fits its place.
    pub(crate) fn add(&mut self, item: Completion, bonus: i32) {
        let Some(found) = fuzzy_match(&self.typed, &item.label) else { return };
        if !self.seen.insert((item.kind, item.insert.clone())) {
            return;
        }
        let score = found.score + item.kind.bonus() + bonus;
        let insert = format!("{}{}", item.insert, self.closing);
        let cursor_after = item.cursor_after + self.closing.len();
        self.completions.items.push(Completion {
            matched: found.ranges,
            score,
            insert,
            cursor_after,
            ..item
        });
    }

    pub(crate) fn keyword(&mut self, word: &str, documentation: &str, bonus: i32) {
        let item = Completion::plain(word, CompletionKind::Keyword).documented(documentation);
        self.add(item, bonus);
    }

    /// Text with `|` where the cursor goes.
    pub(crate) fn snippet(&mut self, label: &str, text: &str, documentation: &str, bonus: i32) {
        let cursor_after = text.find('|').unwrap_or(text.len());
        let insert = text.replacen('|', "", 1);
        let item = Completion { insert, cursor_after, ..Completion::plain(label, CompletionKind::Keyword) };
        self.add(item.documented(documentation), bonus);
    }

    pub(crate) fn column(&mut self, written: String, column: &KnownColumn, from: &str, bonus: i32) {
        let mut detail =
            column.data_type.as_ref().map_or_else(|| "unknown type".to_owned(), DataType::to_string);
        if !column.nullable {
            detail.push_str(", required");
        }
        if !from.is_empty() {
            detail = format!("{detail} · {from}");
        }
        let item = Completion {
            label: column.name.clone(),
            cursor_after: written.len(),
            insert: written,
            detail,
            documentation: column.description.clone().unwrap_or_default(),
            ..Completion::plain("", CompletionKind::Column)
        };
        self.add(item, bonus);
    }

    pub(crate) fn function(&mut self, entry: &FunctionEntry, bonus: i32) {
        let name = entry.name();
        let mut documentation = format!("{} Nulls: {}.", entry.documentation, entry.nulls);
        if !entry.example.result.is_empty() {
            documentation = format!(
                "{documentation} Example: {} gives {}",
                entry.example.expression, entry.example.result
            );
        }
        self.call(name, entry.signature, documentation, bonus);
    }

    /// A call: brackets are put in unless they stand there already, and the cursor goes between them.
    pub(crate) fn call(&mut self, name: &str, signature: &str, documentation: String, bonus: i32) {
        let has_bracket = self.rest.trim_start_matches(' ').starts_with('(');
        let insert = if has_bracket { name.to_owned() } else { format!("{name}()") };
        let item = Completion {
            insert,
            cursor_after: name.len() + usize::from(!has_bracket),
            detail: signature.to_owned(),
            documentation,
            ..Completion::plain(name, CompletionKind::Function)
        };
        self.add(item, bonus);
    }

    /// The items, best first; equals as they were added.
    pub(crate) fn finish(mut self) -> Completions {
        self.completions.items.sort_by_key(|item| std::cmp::Reverse(item.score));
        self.completions.items.truncate(ITEM_LIMIT);
        self.completions
    }
}

impl Completion {
    /// An item that is inserted as it is shown.
    pub(crate) fn plain(label: &str, kind: CompletionKind) -> Self {
        Self {
            label: label.to_owned(),
            insert: label.to_owned(),
            cursor_after: label.len(),
            kind,
            detail: String::new(),
            documentation: String::new(),
            matched: Vec::new(),
            score: 0,
        }
    }

    pub(crate) fn detailed(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    pub(crate) fn documented(self, documentation: &str) -> Self {
        Self { documentation: documentation.to_owned(), ..self }
    }

    /// The same, inserted as this text.
    pub(crate) fn inserting(self, insert: String) -> Self {
        Self { cursor_after: insert.len(), insert, ..self }
    }
}
