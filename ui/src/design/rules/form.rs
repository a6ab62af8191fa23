//! A rule as a form; its text where no form has it.

use egui::{Align, Frame, Id, Label, Layout, Margin, RichText, ScrollArea, Ui};
use touchstone_compiler::{
    ColumnFacts, Completions, ExpressionScope, RuleInput, RuleKind, RuleParameter, SimpleRule, Tables,
    TextFinding, add_rule, check_condition, complete_expression, complete_rules, move_rule, rule_help,
    rule_kind, rule_kinds,
};
use touchstone_spec::{DataType, TableName};

use super::condition::{Asked, condition};
use super::draft::{as_kind, first_condition};
use super::facts::facts;
use super::fields::{column, columns, label, several};
use super::sheet::{Sheet, first_words};
use super::{Command, Content, list};
use crate::icon;
use crate::text::sentence;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::editor::{Editor, Language, colored};
use crate::widgets::{Alternative, Button, Choice, blocked, marked, marked_small, state_icon};

/// Heading of what stands beside the rules.
pub(super) fn headline(ui: &mut Ui, text: &str) {
    let tokens = Tokens::of(ui.visuals());
    let text = RichText::new(text).font(theme::strong()).color(tokens.text_strong);
    ui.add(Label::new(text).truncate());
}

/// The form of the new rule, else of the selected one.
pub(super) fn form(sheet: &Sheet<'_>, ui: &mut Ui) {
    let (index, content) = match (sheet.new_draft(), sheet.selected) {
        (Some(draft), _) => (None, draft.content.clone()),
        (None, Some(at)) => (Some(at), sheet.content(at)),
        (None, None) => return,
    };
    head(sheet, index, ui);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let frame = Frame::new().inner_margin(Margin { left: 12, right: 12, top: 0, bottom: 16 });
        frame.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            blocked(ui, sheet.obstacle().as_deref(), |ui| match content {
                Content::Form(rule) => fields(sheet, index, &rule, ui),
                Content::Text(text) => as_text(sheet, index, &text, ui),
            });
        });
    });
}

fn head(sheet: &Sheet<'_>, index: Option<usize>, ui: &mut Ui) {
    Frame::new().inner_margin(Margin { left: 12, right: 8, top: 8, bottom: 4 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                match index {
                    Some(at) => acts(sheet, at, ui),
                    None => {
                        if Button::new("Cancel").quiet().show(ui).clicked() {
                            sheet.send(Command::Draft(None));
                        }
                    }
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let title = index.map_or("New rule".to_owned(), |at| {
                        format!("Rule {} of {}", at + 1, sheet.read.rules.len())
                    });
                    headline(ui, &title);
                });
            });
        });
    });
}

/// What is done with a rule as a whole; from the right.
fn acts(sheet: &Sheet<'_>, at: usize, ui: &mut Ui) {
    let obstacle = sheet.obstacle();
    let last = sheet.read.rules.len().saturating_sub(1);
    let act = |ui: &mut Ui, sign: char, name: &str, enabled: bool| {
        let button = Button::new("").icon(sign).name(name).quiet();
        let button = button.enabled(enabled && obstacle.is_none());
        button.show(ui).on_hover_text(obstacle.as_deref().unwrap_or(name)).clicked()
    };
    let words = first_words(sheet.text_of(at));
    if act(ui, icon::DELETE, "Remove rule", true) {
        list::remove(sheet, at);
    }
    if act(ui, icon::COPY, "Duplicate rule", true)
        && let Ok(text) = add_rule(sheet.text, Some(at + 1), sheet.text_of(at))
    {
        sheet.set(&text, format!("Duplicate rule {words}"), None);
        sheet.select(at + 1);
    }
    for (sign, name, to, enabled) in [
        (icon::DOWN, "Move rule down", at + 1, at < last),
        (icon::UP, "Move rule up", at.saturating_sub(1), at > 0),
    ] {
        if act(ui, sign, name, enabled)
            && let Ok(text) = move_rule(sheet.text, at, to)
        {
            sheet.set(&text, format!("Move rule {words}"), None);
            sheet.select(to);
        }
    }
}

fn fields(sheet: &Sheet<'_>, index: Option<usize>, before: &SimpleRule, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let mut rule = before.clone();
    let Some(kind) = rule_kind(&rule.kind) else { return };
    let kinds = rule_kinds();
    let alternatives: Vec<Alternative> =
        kinds.iter().map(|kind| Alternative::new(kind.title).detail(kind.name)).collect();
    label(ui, "Rule", false);
    let choice = Choice::new("Rule", kind.title, &alternatives).width(ui.available_width());
    if let Some(kind) = choice.show(ui).and_then(|at| kinds.get(at)) {
        rule = as_kind(kind, &rule, &|column| sheet.type_of(column));
    }
    let about = RichText::new(kind.description.trim_end_matches('.')).font(theme::small());
    ui.label(about.color(tokens.text_subdued));
    let facts = sheet.answer().map(|answer| facts(ui, &answer.page));
    let of_column = |name: Option<&String>| {
        name.and_then(|name| facts.as_ref()?.iter().find(|one| one.name == *name)).cloned()
    };
    let facts = of_column(rule.columns.first());
    if rule.kind == before.kind {
        let form =
            Form { sheet, id: Id::unique(("rule", sheet.desk.file, &sheet.path.to_string(), index)), kind };
        for parameter in kind.parameters {
            form.parameter(ui, parameter, &mut rule, facts.as_ref());
        }
        form.more(ui, &mut rule);
    }
    ui.add_space(8.0);
    let content = Content::Form(rule.clone());
    match content.to_dqdl() {
        Err(needs) => note(ui, icon::WARNING, tokens.warning, "Not whole yet", &sentence(&needs), None),
        Ok(text) => {
            let mut job = colored(ui, &text, Language::Dqdl);
            job.wrap.max_width = ui.available_width() - 16.0;
            Frame::new()
                .fill(tokens.header)
                .corner_radius(theme::RADIUS)
                .inner_margin(Margin::symmetric(8, 5))
                .show(ui, |ui| {
                    ui.set_min_width(ui.available_width());
                    ui.add(Label::new(job).wrap());
                });
        }
    }
    findings(sheet, index, ui);
    if index.is_some_and(|at| sheet.holds_by_key(at)) {
        let text = "This rule always passes: rows that repeat the table's key are de-duplicated before";
        let help =
            "What was de-duplicated is seen in Prove; leave out the table's key to have repeats judged";
        note(ui, icon::WARNING, tokens.warning, "Always passes", text, Some(help));
    }
    if rule != *before {
        sheet.put(index, content);
    }
}

/// What stands to be filled in.
struct Form<'a> {
    sheet: &'a Sheet<'a>,
    id: Id,
    kind: &'static RuleKind,
}

impl Form<'_> {
    fn parameter(
        &self,
        ui: &mut Ui,
        one: &RuleParameter,
        rule: &mut SimpleRule,
        facts: Option<&ColumnFacts>,
    ) {
        let tokens = Tokens::of(ui.visuals());
        let known = self.sheet.known;
        let data_type = rule.columns.first().and_then(|column| self.sheet.type_of(column));
        match one.input {
            RuleInput::Column | RuleInput::NumberColumn | RuleInput::TextColumn => {
                label(ui, one.label, false);
                let all = columns(known, one.input, tokens.text_subdued);
                let now = rule.columns.first().cloned().unwrap_or_default();
                if let Some(chosen) = column(ui, one.label, &now, &all) {
                    let became = self.sheet.type_of(&chosen);
                    rule.columns = vec![chosen];
                    self.suit(rule, data_type.as_ref(), became.as_ref());
                }
            }
            RuleInput::Columns => {
                label(ui, one.label, false);
                let all = columns(known, one.input, tokens.text_subdued);
                several(ui, one.label, &mut rule.columns, &all);
                if let Some((_, others)) = &mut rule.reference {
                    others.resize(rule.columns.len().max(1), String::new());
                }
            }
            RuleInput::OtherColumns => self.reference(ui, rule),
            RuleInput::Filter => self.filter(ui, one, rule),
            RuleInput::Threshold => {
                if let Some(threshold) = &mut rule.threshold {
                    let removed = label(ui, one.label, true);
                    let id = self.id.with("threshold");
                    let asked = Asked { id, name: one.label, input: one.input, data_type: None, facts: None };
                    condition(ui, &asked, threshold);
                    if removed {
                        rule.threshold = None;
                    }
                }
            }
            input => {
                if let Some(now) = &mut rule.condition {
                    let removed = label(ui, one.label, one.is_optional);
                    let data_type = data_type.as_ref().filter(|_| input == RuleInput::Value);
                    let id = self.id.with("condition");
                    condition(ui, &Asked { id, name: one.label, input, data_type, facts }, now);
                    if removed {
                        rule.condition = None;
                    }
                }
            }
        }
    }

    /// Another column may have another type: a condition on its values that doesn't suit it begins anew.
    fn suit(&self, rule: &mut SimpleRule, before: Option<&DataType>, after: Option<&DataType>) {
        let takes_values = self.kind.parameters.iter().any(|one| one.input == RuleInput::Value);
        let is_number = |data_type: Option<&DataType>| data_type.is_some_and(DataType::is_numeric);
        let is_same = before == after || (is_number(before) && is_number(after));
        if takes_values && !is_same {
            rule.condition = Some(first_condition(RuleInput::Value, after));
        }
    }

    /// The other table and its columns, one for each own one.
    fn reference(&self, ui: &mut Ui, rule: &mut SimpleRule) {
        let tokens = Tokens::of(ui.visuals());
        let sheet = self.sheet;
        let tables = &sheet.desk.state.design.compilation().tables;
        let others: Vec<&TableName> =
            tables.iter().map(|(name, _)| name).filter(|name| **name != sheet.table).collect();
        let alternatives: Vec<Alternative> = others
            .iter()
            .map(|name| Alternative::new(self.named(name)).icon(icon::TABLE, tokens.layer(name.layer)))
            .collect();
        let named = rule.reference.as_ref().map(|(table, _)| table.clone()).unwrap_or_default();
        let found = tables.find(sheet.desk.name(), &named);
        let shown = found.as_ref().map_or(named.clone(), |(name, _)| self.named(name));
        label(ui, "Other table", false);
        let tone = if named.is_empty() || found.is_some() { Tone::Neutral } else { Tone::Error };
        let choice =
            Choice::new("Other table", &shown, &alternatives).hint("Choose a table…").data().tone(tone);
        if let Some(name) = choice.width(ui.available_width()).show(ui).and_then(|at| others.get(at)) {
            let own = rule.columns.clone();
            // A column of the same name is likely the one that is meant.
            let there = tables.get(name);
            let alike = |column: &String| {
                there
                    .and_then(|table| table.column(column))
                    .map(|column| column.name.clone())
                    .unwrap_or_default()
            };
            let mut columns: Vec<String> = own.iter().map(alike).collect();
            columns.resize(own.len().max(1), String::new());
            rule.reference = Some((self.named(name), columns));
        }
        let Some((_, others)) = &mut rule.reference else { return };
        let there = found.as_ref().map(|(_, table)| *table);
        let all = columns(there, RuleInput::Column, tokens.text_subdued);
        for (place, other) in others.iter_mut().enumerate() {
            let own = rule.columns.get(place).map_or("…", String::as_str);
            let name = format!("Column there for {own}");
            label(ui, &name, false);
            ui.push_id(place, |ui| {
                if let Some(chosen) = column(ui, &name, other, &all) {
                    *other = chosen;
                }
            });
        }
    }

    /// A table as it is named here.
    fn named(&self, table: &TableName) -> String {
        if table.pipeline == self.sheet.desk.name() {
            format!("{}.{}", table.layer, table.table)
        } else {
            format!("{}.{}", table.pipeline, table.table)
        }
    }

    fn filter(&self, ui: &mut Ui, one: &RuleParameter, rule: &mut SimpleRule) {
        let Some(filter) = rule.filter.clone() else { return };
        let removed = label(ui, one.label, true);
        let scope = self.sheet.known.map(ExpressionScope::of_rule).unwrap_or_default();
        let checked = check_condition(&filter, &scope, "the filter");
        let complete = |text: &str, cursor: usize| complete_expression(text, cursor, &scope);
        let editor = Editor::new(self.id.with("filter"), one.label, &filter, Language::Sql);
        let first = || Some(self.sheet.known?.columns.first()?.name.as_str());
        let column = rule.columns.first().map(String::as_str).or_else(first).unwrap_or("column");
        let example = format!("e.g. {column} is not null");
        let output = editor.findings(&checked.findings).complete(&complete).hint(&example).show(ui);
        if let Some(changed) = output.changed {
            rule.filter = Some(changed.replace(['\n', '\r'], " "));
        }
        if removed {
            rule.filter = None;
        }
    }

    /// What the rule may have and doesn't.
    fn more(&self, ui: &mut Ui, rule: &mut SimpleRule) {
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
            for one in self.kind.parameters.iter().filter(|one| one.is_optional) {
                let is_there = match one.input {
                    RuleInput::Filter => rule.filter.is_some(),
                    RuleInput::Threshold => rule.threshold.is_some(),
                    _ => rule.condition.is_some(),
                };
                let text = format!("{}…", one.label);
                if is_there || !Button::new(&text).icon(icon::ADD).quiet().show(ui).clicked() {
                    continue;
                }
                match one.input {
                    RuleInput::Filter => rule.filter = Some(String::new()),
                    RuleInput::Threshold => rule.threshold = Some(first_condition(one.input, None)),
                    input => rule.condition = Some(first_condition(input, None)),
                }
            }
        });
    }
}

fn as_text(sheet: &Sheet<'_>, index: Option<usize>, text: &str, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    label(ui, "Rule in DQDL", false);
    let start = index.and_then(|at| sheet.read.rules.get(at)).map_or(0, |rule| rule.range.clone().start);
    let is_written = index.is_some_and(|at| sheet.text_of(at) == text);
    let inside: Vec<TextFinding> = of_rule(sheet, index)
        .into_iter()
        .filter(|_| is_written)
        .map(|one| TextFinding { range: one.range.start - start..one.range.end - start, ..one.clone() })
        .collect();
    let id = Id::unique(("rule as text", sheet.desk.file, &sheet.path.to_string(), index));
    let tables = &sheet.desk.state.design.compilation().tables;
    let complete = |text: &str, cursor: usize| in_list(text, cursor, &sheet.table, tables);
    let help =
        |text: &str, cursor: usize| rule_help(&listed(text), cursor + LIST.len(), &sheet.table, tables);
    let output = Editor::new(id, "Rule in DQDL", text, Language::Dqdl)
        .findings(&inside)
        .complete(&complete)
        .help(&help)
        .multiline(4)
        .show(ui);
    if let Some(changed) = output.changed {
        sheet.put(index, Content::Text(changed));
    }
    ui.add_space(4.0);
    if let Err(needs) = Content::Text(text.to_owned()).to_dqdl() {
        let help = "The pipeline keeps the rule as it was until then";
        note(ui, icon::WARNING, tokens.warning, "Not whole yet", &sentence(&needs), Some(help));
    } else {
        let about = RichText::new("No form has all of this rule, so it is edited as text");
        ui.label(about.font(theme::small()).color(tokens.text_subdued));
    }
    findings(sheet, index, ui);
}

/// What stands before a rule in its list.
const LIST: &str = "Rules = [ ";

fn listed(rule: &str) -> String {
    format!("{LIST}{rule} ]")
}

/// What can stand at a byte of a single rule: what could stand there in the list.
fn in_list(rule: &str, cursor: usize, table: &TableName, tables: &Tables) -> Completions {
    let Completions { replace, items } = complete_rules(&listed(rule), cursor + LIST.len(), table, tables);
    let back = |at: usize| at.saturating_sub(LIST.len());
    Completions { replace: back(replace.start)..back(replace.end), items }
}

/// What is wrong with a rule in the document.
fn of_rule<'a>(sheet: &'a Sheet<'_>, index: Option<usize>) -> Vec<&'a TextFinding> {
    let Some(range) = index.and_then(|at| sheet.read.rules.get(at)).map(|rule| rule.range.clone()) else {
        return Vec::new();
    };
    sheet
        .read
        .findings
        .iter()
        .filter(|one| range.contains(&one.range.start) && one.range.end <= range.end)
        .collect()
}

fn findings(sheet: &Sheet<'_>, index: Option<usize>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    for one in of_rule(sheet, index) {
        let tone = Tone::of_severity(one.severity);
        let (sign, word) =
            if tone == Tone::Error { (icon::ERROR, "Error") } else { (icon::WARNING, "Warning") };
        note(ui, sign, tokens.tone_text(tone), word, &one.message, one.help.as_deref());
    }
}

fn note(ui: &mut Ui, sign: char, color: egui::Color32, word: &str, text: &str, help: Option<&str>) {
    let tokens = Tokens::of(ui.visuals());
    ui.add_space(4.0);
    ui.horizontal_top(|ui| {
        state_icon(ui, sign, color, word);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.label(marked(text, tokens.text, tokens.text_strong));
            if let Some(help) = help {
                ui.label(marked_small(help, tokens.text_subdued));
            }
        });
    });
}
