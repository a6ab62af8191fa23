//! What all parts of this room look at: one table's rules as they stand, and how they are changed.

use touchstone_compiler::{KnownTable, RuleForm, RulesText, add_rule, check_rules, replace_rule};
use touchstone_spec::{DataType, DocPath, OnFailure, TableName, edits};

use super::{Command, Content, Draft, RulesOf, Side};
use crate::design::view::Desk;
use crate::design::{Change, Command as DesignCommand, Node, Preview};

/// The rules of one table.
pub(super) struct Sheet<'a> {
    pub(super) desk: &'a Desk<'a>,
    pub(super) of: RulesOf,
    pub(super) path: DocPath,
    pub(super) table: TableName,
    /// The ruleset as it is written; empty where there is none.
    pub(super) text: &'a str,
    pub(super) on_failure: OnFailure,
    pub(super) read: RulesText,
    pub(super) known: Option<&'a KnownTable>,
    pub(super) preview: Option<&'a Preview>,
    /// The rule that is selected, where there is any.
    pub(super) selected: Option<usize>,
}

impl<'a> Sheet<'a> {
    /// None where the pipeline has no table.
    pub(super) fn of(desk: &'a Desk<'a>) -> Option<Self> {
        let node = desk.table()?;
        let (rules, on_failure) = match &node {
            Node::Silver(name) => {
                let table = desk.pipeline.silver.get(name)?;
                (table.rules.as_deref(), table.on_failure)
            }
            Node::Gold(name) => {
                let table = desk.pipeline.gold.get(name)?;
                (table.rules.as_deref(), table.on_failure)
            }
            _ => return None,
        };
        let text = rules.unwrap_or_default();
        let table = node.table(desk.name())?;
        let tables = &desk.state.design.compilation().tables;
        let read = check_rules(text, &table, tables);
        let of = RulesOf { file: desk.file.to_owned(), node };
        let last = read.rules.len().checked_sub(1);
        let selected = last.map(|last| {
            let chosen = desk.state.design.rules.selected.get(&of).copied();
            chosen.unwrap_or_default().min(last)
        });
        Some(Self {
            desk,
            path: of.node.path(),
            of,
            text,
            on_failure,
            read,
            known: tables.get(&table),
            preview: desk.state.design.previews.get(&table),
            table,
            selected,
        })
    }

    pub(super) fn send(&self, command: Command) {
        self.desk.send(DesignCommand::Rules(command));
    }

    pub(super) fn select(&self, at: usize) {
        self.send(Command::Select(self.of.clone(), at));
    }

    /// What stands beside the rules.
    pub(super) fn side(&self) -> Side {
        let rules = &self.desk.state.design.rules;
        match rules.side {
            Side::Rule if self.selected.is_none() && self.new_draft().is_none() => Side::Add,
            side => side,
        }
    }

    /// A rule's text.
    pub(super) fn text_of(&self, at: usize) -> &'a str {
        let range = self.read.rules.get(at).map(|rule| rule.range.clone());
        range.and_then(|range| self.text.get(range)).unwrap_or_default()
    }

    /// A rule in words; its text where no form has it.
    pub(super) fn words(&self, at: usize) -> String {
        let form = self.read.rules.get(at).and_then(|rule| rule.form.as_ref());
        form.map_or_else(
            || {
                let text: Vec<&str> = self.text_of(at).split_whitespace().collect();
                format!("`{}`", text.join(" ").replace('`', "'"))
            },
            RuleForm::in_words,
        )
    }

    /// A new rule that is not whole yet.
    pub(super) fn new_draft(&self) -> Option<&'a Draft> {
        let draft = self.desk.state.design.rules.draft.as_ref()?;
        (draft.of == self.of && draft.index.is_none()).then_some(draft)
    }

    /// What the form of a rule has: what was typed last, as long as the document still says what it said then.
    pub(super) fn content(&self, at: usize) -> Content {
        let draft = self.desk.state.design.rules.draft.as_ref();
        let text = self.text_of(at);
        let is_its = |draft: &&Draft| draft.of == self.of && draft.index == Some(at) && draft.written == text;
        draft.filter(is_its).map_or_else(|| Content::of(text), |draft| draft.content.clone())
    }

    /// The type of a column of the table.
    pub(super) fn type_of(&self, column: &str) -> Option<DataType> {
        self.known?.column(column)?.data_type.clone()
    }

    /// Why single rules can't be changed.
    pub(super) fn obstacle(&self) -> Option<String> {
        self.desk.blocked().or_else(|| add_rule(self.text, None, "RowCount > 0").err())
    }

    /// Gives the table another ruleset. `typed` names the rule that is typed at.
    pub(super) fn set(&self, text: &str, label: impl Into<String>, typed: Option<usize>) {
        // A list that holds nothing, not even a comment, needs no place in the document.
        let letters = text.chars().filter(|letter| !letter.is_whitespace());
        let is_empty = letters.eq("Rules=[]".chars());
        let edits = edits::set_rules(&self.path, if is_empty { "" } else { text });
        let mut change = Change::new(self.desk.file, label, edits);
        if let Some(at) = typed {
            change = change.typed(format!("{}.rules[{at}]", self.path), "");
        }
        self.desk.commands.send(change.command());
    }

    /// Puts what a form has into the document, as soon as it is whole: in the place of a rule, or as a new one.
    pub(super) fn put(&self, index: Option<usize>, content: Content) {
        let written = index.map(|at| self.text_of(at).to_owned()).unwrap_or_default();
        let mut draft = Draft { of: self.of.clone(), index, written, content };
        if let Ok(rule) = draft.content.to_dqdl()
            && rule != draft.written
        {
            let changed = match index {
                Some(at) => replace_rule(self.text, at, &rule),
                None => add_rule(self.text, None, &rule),
            };
            if let Ok(changed) = changed {
                let label =
                    format!("{} rule {}", if index.is_some() { "Change" } else { "Add" }, first_words(&rule));
                let at = index.unwrap_or(self.read.rules.len());
                if index.is_none() {
                    self.select(at);
                }
                self.set(&changed, label, Some(at));
                draft = Draft { index: Some(at), written: rule, ..draft };
            }
        }
        self.send(Command::Draft(Some(Box::new(draft))));
    }

    /// Adds whole rules.
    pub(super) fn add(&self, rules: &[&str], label: &str) {
        let mut text = self.text.to_owned();
        for rule in rules {
            match add_rule(&text, None, rule) {
                Ok(added) => text = added,
                Err(_) => return,
            }
        }
        self.set(&text, label, None);
    }
}

/// A rule's type and what it looks at, for a label.
pub(super) fn first_words(rule: &str) -> String {
    let words: Vec<&str> = rule.split_whitespace().take(2).collect();
    words.join(" ").replace('"', "")
}
