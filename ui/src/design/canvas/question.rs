//! Questions of the canvas: what a source is called and read from, how a table is joined, what goes with a card.

use egui::{Key, RichText, ScrollArea, TextEdit, Ui};
use touchstone_compiler::{GoldScope, Tables, check_gold};
use touchstone_spec::{Pipeline, TableName};

use super::Command;
use super::join::{FromClause, alias_for, from_clause, natural_pairs, qualified, sql_name, with_table};
use crate::design::Node;
use crate::design::inspector::fields::choice;
use crate::design::view::{Desk, segmented};
use crate::icon;
use crate::theme::{self, Tokens};
use crate::widgets::editor::{Language, colored};
use crate::widgets::{Button, CheckRow, command_button, error_box, icon_button, marked, state_icon, title};

/// A question.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// What is a new source called, and which file shows what it is like?
    Source {
        /// Its name.
        name: String,
        /// Its sample file; empty for none.
        sample: String,
        /// Whether a silver table is to be made from it.
        with_silver: bool,
    },
    /// How do a table and those of a gold table's query belong together?
    Join(Join),
    /// What shall happen to what is made from these cards?
    Remove {
        /// The cards that are to be removed.
        nodes: Vec<Node>,
        /// What is made from them.
        made_from: Vec<Node>,
    },
}

/// A table that is to be joined into a gold table's query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// The gold table.
    pub gold: String,
    /// The table that comes in.
    pub table: TableName,
    /// Whether only rows with a partner stay.
    pub only_matching: bool,
    /// Columns that must be equal: one of the query's tables, and one of the table that comes in.
    pub pairs: Vec<(String, String)>,
}

impl Join {
    /// By the columns that both sides have, where there are such; none where the query has no place for a join.
    pub(super) fn first(pipeline: &Pipeline, tables: &Tables, gold: &str, table: &TableName) -> Option<Self> {
        let clause = from_clause(&pipeline.gold.get(gold)?.sql)?;
        let found = clause.relations.iter().find_map(|one| {
            let (known, _) = tables.find(&pipeline.pipeline, one.table.as_deref()?)?;
            let pairs = natural_pairs(tables, &known, table);
            (!pairs.is_empty()).then(|| {
                pairs.into_iter().map(|column| (format!("{}.{column}", one.alias), column)).collect()
            })
        });
        let pairs = found.unwrap_or_else(|| vec![(String::new(), String::new())]);
        Some(Self { gold: gold.to_owned(), table: table.clone(), only_matching: false, pairs })
    }

    /// The query with it; none while a column is missing.
    pub(super) fn sql(&self, pipeline: &Pipeline, tables: &Tables) -> Option<String> {
        let sql = &pipeline.gold.get(&self.gold)?.sql;
        let clause = from_clause(sql)?;
        // Names that are the only ones of their kind so far would be those of two tables.
        let (sql, clause) = match clause.relations.as_slice() {
            [only] => {
                let columns =
                    tables.get(&self.table).map(|known| known.columns.as_slice()).unwrap_or_default();
                let sql = qualified(sql, &only.alias, &|name| columns.iter().any(|one| one.name == name));
                let clause = from_clause(&sql)?;
                (sql, clause)
            }
            _ => (sql.clone(), clause),
        };
        if self.pairs.is_empty() || self.pairs.iter().any(|(one, other)| one.is_empty() || other.is_empty()) {
            return None;
        }
        let taken: Vec<String> = clause.relations.iter().map(|one| one.alias.clone()).collect();
        let alias = alias_for(&self.table.table, &taken);
        let kind = if self.only_matching { "join" } else { "left join" };
        let on: Vec<String> =
            self.pairs.iter().map(|(one, other)| format!("{alias}.{other} = {one}")).collect();
        let name = sql_name(&pipeline.pipeline, &self.table, tables);
        Some(with_table(&sql, &clause, &format!("{kind} {name} {alias} on {}", on.join(" and "))))
    }
}

pub(in crate::design) fn question(desk: &Desk<'_>, ui: &Ui) {
    let Some(question) = &desk.state.design.canvas.question else { return };
    let is_left = crate::widgets::dialog(ui, "canvas question", |ui| match question {
        Question::Source { name, sample, with_silver } => source(desk, name, sample, *with_silver, ui),
        Question::Join(join) => joined(desk, join, ui),
        Question::Remove { nodes, made_from } => remove(desk, nodes, made_from, ui),
    });
    if is_left {
        desk.commands.send(Command::CloseQuestion.send());
    }
}

fn small(ui: &Ui, text: &str) -> RichText {
    RichText::new(text).font(theme::small()).color(Tokens::of(ui.visuals()).text_subdued)
}

fn source(desk: &Desk<'_>, name: &str, sample: &str, with_silver: bool, ui: &mut Ui) {
    ui.set_width(440.0);
    let tokens = Tokens::of(ui.visuals());
    title(ui, "Add source");
    let (mut new_name, mut new_sample, mut new_silver) = (name.to_owned(), sample.to_owned(), with_silver);
    let text = small(ui, "Sample file; without one, the source begins empty");
    let label = ui.label(text);
    ui.horizontal(|ui| {
        let choose = Command::ChooseSample.send();
        let width = (ui.available_width() - 132.0).max(120.0);
        let field = TextEdit::singleline(&mut new_sample).desired_width(width).font(theme::mono());
        let hint = crate::widgets::hint("e.g. samples/trades.csv");
        ui.add(field.hint_text(hint)).labelled_by(label.id);
        if crate::design::question::has_dialogs(desk.state, desk.commands) {
            command_button(ui, desk.state, desk.commands, &choose, |button| button);
        }
    });
    if let Some(chosen) = crate::design::question::sample(desk.state, sample, ui) {
        new_sample = chosen;
    }
    let text = small(ui, "Name, in lower-case letters, digits and _");
    let label = ui.label(text);
    let field = TextEdit::singleline(&mut new_name).desired_width(f32::INFINITY).font(theme::mono());
    let hint = crate::widgets::hint("e.g. trades");
    let field = ui.add(field.hint_text(hint)).labelled_by(label.id);
    // Before the keyboard comes back to it: it has lost it only until then.
    let enters = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if ui.memory(|memory| memory.focused().is_none()) {
        field.request_focus();
    }
    if CheckRow::new("With a silver table that takes over every column", with_silver).show(ui).clicked() {
        new_silver = !with_silver;
    }
    if new_sample != sample && new_name.is_empty() && new_sample.contains('.') {
        new_name = crate::design::name_of_file(&new_sample);
    }
    if (new_name.as_str(), new_sample.as_str(), new_silver) != (name, sample, with_silver) {
        let question = Question::Source { name: new_name, sample: new_sample, with_silver: new_silver };
        desk.commands.send(Command::Ask(question).send());
    }
    if let Some(error) = desk.state.design.canvas.adding.error() {
        error_box(ui, desk.state, desk.commands, "The sample could not be read", error, None, None);
    }
    let chosen = Some(sample.trim()).filter(|path| !path.is_empty()).map(str::to_owned);
    let add = Command::AddSource { name: name.to_owned(), sample: chosen, with_silver }.send();
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        command_button(ui, desk.state, desk.commands, &add, Button::primary);
        command_button(ui, desk.state, desk.commands, &Command::CloseQuestion.send(), |button| button);
        if desk.state.design.canvas.adding.is_pending() {
            let text = small(ui, "Reading the sample…");
            ui.label(text);
        }
    });
    if let Some(obstacle) = desk.state.obstacle(&add).filter(|_| !name.is_empty()) {
        ui.label(RichText::new(obstacle).font(theme::small()).color(tokens.warning));
    }
    if enters && desk.state.obstacle(&add).is_none() {
        desk.commands.send(add);
    }
}

fn joined(desk: &Desk<'_>, join: &Join, ui: &mut Ui) {
    ui.set_width(560.0);
    let tokens = Tokens::of(ui.visuals());
    let tables = &desk.state.design.compilation().tables;
    let sql = desk.pipeline.gold.get(&join.gold).map(|gold| gold.sql.as_str()).unwrap_or_default();
    let Some(clause) = from_clause(sql) else { return };
    let mut new = join.clone();
    title(ui, &format!("Join {} into gold.{}", join.table.table, join.gold));
    let texts = ["All rows", "Only rows with a match"];
    let tooltips = ["A left join: without a match, its columns are null", "An inner join"].map(str::to_owned);
    let chosen = usize::from(join.only_matching);
    let chosen = ui.horizontal(|ui| segmented(ui, "Rows that stay", &texts, &tooltips, chosen)).inner;
    if let Some(chosen) = chosen {
        new.only_matching = chosen == 1;
    }
    let text = small(ui, "Rows belong together where these columns are equal");
    ui.label(text);
    let left = columns_of(&clause, desk.name(), tables);
    let right: Vec<String> = tables
        .get(&join.table)
        .map(|known| known.columns.iter().map(|column| column.name.clone()).collect())
        .unwrap_or_default();
    let mut gone = None;
    for (place, (one, other)) in join.pairs.iter().enumerate() {
        ui.horizontal(|ui| {
            let name = format!("Column of the query {}", place + 1);
            if let Some(chosen) = choice(ui, &name, one, "Choose…", &left, 212.0) {
                new.pairs[place].0.clone_from(&left[chosen]);
            }
            ui.label(RichText::new("=").font(theme::mono()).color(tokens.text_subdued));
            let name = format!("Column of {} {}", join.table.table, place + 1);
            if let Some(chosen) = choice(ui, &name, other, "Choose…", &right, 212.0) {
                new.pairs[place].1.clone_from(&right[chosen]);
            }
            if join.pairs.len() > 1 && icon_button(ui, icon::CLOSE, "Remove condition").clicked() {
                gone = Some(place);
            }
        });
    }
    if let Some(place) = gone {
        new.pairs.remove(place);
    }
    if Button::new("Add condition").icon(icon::ADD).quiet().show(ui).clicked() {
        new.pairs.push((String::new(), String::new()));
    }
    let whole = join.sql(desk.pipeline, tables);
    if let Some(text) = &whole {
        egui::Frame::new().fill(tokens.field).corner_radius(theme::RADIUS).inner_margin(8).show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ScrollArea::vertical().max_height(180.0).show(ui, |ui| {
                let job = colored(ui, text, Language::Sql);
                ui.add(egui::Label::new(job).wrap());
            });
        });
        let scope = GoldScope {
            pipeline: desk.name().to_owned(),
            table: Some(join.gold.clone()),
            tables: tables.clone(),
        };
        let mut findings = check_gold(text, &scope).findings;
        findings.sort_by(|one, other| one.message.cmp(&other.message));
        findings.dedup_by(|one, other| one.message == other.message);
        for finding in findings.iter().take(3) {
            ui.horizontal_top(|ui| {
                state_icon(ui, icon::WARNING, tokens.warning, "Warning");
                let help = finding.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
                let words = format!("{}{help}", finding.message);
                ui.add(egui::Label::new(marked(&words, tokens.text, tokens.text_strong)).wrap());
            });
        }
    }
    if new != *join {
        desk.commands.send(Command::Ask(Question::Join(new)).send());
    }
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        let add = Command::Join(join.clone());
        let button = Button::new(add.offer().text).icon(add.offer().icon).primary().enabled(whole.is_some());
        if button.show(ui).clicked() {
            desk.commands.send(add.send());
        }
        command_button(ui, desk.state, desk.commands, &Command::CloseQuestion.send(), |button| button);
        if whole.is_none() {
            let text = small(ui, "Choose the columns first");
            ui.label(text);
        }
    });
}

/// Columns of the tables of a query, as it can name them.
fn columns_of(clause: &FromClause, pipeline: &str, tables: &Tables) -> Vec<String> {
    let mut all = Vec::new();
    for relation in &clause.relations {
        let Some((_, known)) = relation.table.as_deref().and_then(|name| tables.find(pipeline, name)) else {
            continue;
        };
        all.extend(known.columns.iter().map(|column| format!("{}.{}", relation.alias, column.name)));
    }
    all
}

fn remove(desk: &Desk<'_>, nodes: &[Node], made_from: &[Node], ui: &mut Ui) {
    ui.set_width(420.0);
    let what = match nodes {
        [one] => one.text(),
        more => format!("{} cards", more.len()),
    };
    title(ui, &format!("Remove {what}?"));
    let names: Vec<String> = made_from.iter().map(Node::text).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    ui.label(format!("{} {verb} made from it. An undo brings everything back.", names.join(", ")));
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        let all: Vec<Node> = nodes.iter().chain(made_from).cloned().collect();
        if Button::new("Remove all").icon(icon::DELETE).primary().show(ui).clicked() {
            desk.commands.send(Command::RemoveCards(all).send());
        }
        let only = Button::new("Only this").show(ui);
        if only.on_hover_text("What is made from it stays, with errors until it is changed").clicked() {
            desk.commands.send(Command::RemoveCards(nodes.to_vec()).send());
        }
        let close = Command::CloseQuestion.send();
        let cancel = command_button(ui, desk.state, desk.commands, &close, |button| button);
        // The safe answer is the one that Enter gives.
        if ui.memory(|memory| memory.focused().is_none()) {
            cancel.request_focus();
        }
    });
}
