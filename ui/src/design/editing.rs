//! What is done on the commands of the design.

use egui::Pos2;
use touchstone_protocol::{AlternativeView, ErrorCode, PickFiles, RpcError};
use touchstone_spec::edits;

use super::history::CardMove;
use super::{Asked, Change, Command, Draft, Node, OpenDocument, Pane, Question, mappings, place};
use crate::App;
use crate::command::{Place, Section};

impl App {
    pub(crate) fn apply_design(&mut self, command: Command) {
        match command {
            Command::Edit(change) => self.edit(*change),
            Command::EditText { file, text } => {
                let now = self.now();
                self.state.design.documents.change(&file, text, "Edit the text", Some("text"), now);
            }
            Command::Undo | Command::Redo => self.step(command == Command::Undo),
            Command::Save => {
                if let Some(file) = self.state.design_file().map(str::to_owned) {
                    let mut files = self.state.design.documents.with_halves([file.clone()].into());
                    self.save_document(&file);
                    files.remove(&file);
                    if !files.is_empty() {
                        let others: Vec<String> = files.iter().cloned().collect();
                        self.mention("", format!("Saving with {file}: {}", others.join(", ")), false);
                    }
                    for other in files {
                        self.save_document(&other);
                    }
                }
            }
            Command::SaveAll => {
                for file in self.state.design.documents.files() {
                    self.save_document(&file);
                }
            }
            Command::Load => self.load_documents(),
            Command::NewPipeline => {
                let question = Question::NewPipeline { name: String::new(), files: String::new() };
                self.state.design.question = Some(question);
            }
            Command::EditQuestion(question) => self.state.design.question = Some(question),
            Command::ChooseFiles => self.choose_files(),
            Command::Draft { pipeline, files } => self.draft_pipeline(pipeline, files),
            Command::AskDelete => {
                self.state.design.question =
                    self.state.design_file().map(|file| Question::Delete(file.to_owned()));
            }
            Command::Delete(file) => self.delete_document(&file),
            Command::CloseQuestion => {
                // What was asked for here is asked for no more.
                if self.state.home.drafting.as_ref().is_some_and(|drafting| drafting.opens.is_some()) {
                    self.stop_making();
                }
                self.state.design.question = None;
                self.state.design.renaming = None;
            }
            Command::AskRename(asked) => self.ask_rename(*asked),
            Command::RenameSelected => {
                if let Some(target) = self.state.renamable() {
                    self.ask_rename(Asked::about(target));
                }
            }
            Command::EditRename { to, outputs } => self.edit_rename(to, outputs),
            Command::RenameEverywhere => self.rename_everywhere(),
            Command::RenameHere => self.rename_here(),
            Command::AskConflict(file) => self.state.design.question = Some(Question::Conflict(file)),
            Command::Choose { file, at, choice } => {
                if let Some(document) = self.state.design.documents.get_mut(&file)
                    && let Some(conflict) = &mut document.conflict
                {
                    conflict.choose(at, choice);
                }
            }
            Command::Resolve(file) => self.resolve(&file),
            Command::DismissNews(id) => self.state.design.news.retain(|news| news.id != id),
            Command::ShowPane(pane) => {
                self.show_section(Section::Design);
                self.state.design.pane = pane;
            }
            Command::NewField => self.new_field(),
            Command::NewRule => {
                self.apply_design(Command::ShowPane(Pane::Rules));
                self.apply_rules(super::rules::Command::Draft(None));
                self.apply_rules(super::rules::Command::Show(super::rules::Side::Add));
                self.ctx.memory_mut(|memory| memory.request_focus(super::rules::find_field()));
            }
            Command::Select(node) => self.change_shown(|shown| shown.node = Some(node)),
            Command::Open(node) => {
                if let place::Node::Other(table) = node {
                    self.open_table(&table);
                    return;
                }
                let opens = matches!(node, place::Node::Silver(_) | place::Node::Gold(_));
                self.change_shown(|shown| shown.node = Some(node));
                if opens {
                    self.state.design.pane = Pane::Mappings;
                }
            }
            Command::SelectField(field) => self.change_shown(|shown| shown.field = field),
            Command::SelectColumn(column) => self.change_shown(|shown| shown.column = column),
            Command::ShowRulesAsText(as_text) => {
                self.change_shown(|shown| shown.rules_as_text = as_text);
            }
            Command::Rules(command) => self.apply_rules(command),
            Command::LineShown => self.change_shown(|shown| shown.line = None),
            Command::GoTo { file, path, line } => self.go_to(&file, &path, line),
            Command::MoveCard(node, at) => self.change_shown(|shown| {
                shown.positions.insert(node, at);
            }),
            Command::CardMoved(node, from) => self.card_moved(node, from),
            Command::ArrangeCards => self.arrange_cards(),
            Command::Refuse(refused) => self.state.design.refused.extend(refused),
            Command::Reconsider(table) => self.state.design.refused.retain(|(of, _)| *of != table),
            Command::Mappings(command) => self.state.design.mappings.apply(command),
            Command::Canvas(command) => self.apply_canvas(command),
            Command::NeedPreview(table) => self.need_preview(&table),
            Command::RetryPreview(table) => self.retry_preview(&table),
        }
    }

    /// An empty field in the silver table that is worked at, to be named first.
    fn new_field(&mut self) {
        let Some((file, table)) = self.state.silver_in_hand() else { return };
        let Some(pipeline) = self.state.design.documents.get(file).and_then(OpenDocument::pipeline) else {
            return;
        };
        let change = mappings::with_empty_field(&self.ctx, file, pipeline, &table);
        self.apply_design(Command::ShowPane(Pane::Mappings));
        self.change_shown(|shown| shown.node = Some(place::Node::Silver(table)));
        self.apply_design(Command::Edit(Box::new(change)));
        self.state.design.mappings.apply(mappings::Command::ShowSide(mappings::Side::Field));
    }

    /// Has a contract promise another type of a column, as it was found in the sample.
    pub(crate) fn promise_type(
        &mut self,
        pipeline: &str,
        source: &str,
        column: &str,
        found: &AlternativeView,
    ) {
        let Some(file) = self.state.design.documents.file_of(pipeline).map(str::to_owned) else { return };
        let Some(before) = self.state.promised(pipeline, source, column) else { return };
        let mut field = before.clone();
        found.give_to(&mut field);
        let edits = edits::set_column(source, &before, &field);
        let label = format!("Take {} for {column}", field.data_type);
        self.apply_design(Command::Edit(Box::new(Change::new(&file, label, edits))));
    }

    /// Gives a document another text, as one step of its own.
    pub(crate) fn put_text(&mut self, file: &str, text: String, label: &str) {
        let now = self.now();
        self.state.design.documents.change(file, text, label, None, now);
        self.state.design.draft = None;
    }

    pub(crate) fn now(&self) -> f64 {
        self.ctx.input(|input| input.time)
    }

    fn edit(&mut self, change: Change) {
        let Change { file, edits, label, typed, field, node, mention } = change;
        let now = self.now();
        let design = &mut self.state.design;
        let typing = typed.as_ref().map(|typed| typed.path.as_str());
        if let Err(error) = design.documents.edit(&file, &edits, &label, typing, now) {
            let error = RpcError::new(ErrorCode::InvalidSpec, error.to_string());
            let title = not_done(&label);
            // Typing on says it once.
            self.state.notices.retain(|notice| notice.title != title);
            self.notice(title, error, None);
            // What a readable document does not take stays until it does.
            let is_readable =
                self.state.design.documents.read(&file).is_some_and(|read| read.pipeline.is_some());
            if let Some(notice) = self.state.notices.last().filter(|_| !is_readable) {
                self.state.design.not_done.push((notice.id, file));
            }
            return;
        }
        let title = not_done(&label);
        self.state.notices.retain(|notice| notice.title != title);
        if let Some(typed) = typed {
            let revision = design.documents.get(&file).map(super::OpenDocument::revision).unwrap_or_default();
            design.draft = Some(Draft { file: file.clone(), path: typed.path, text: typed.text, revision });
        }
        let shown = design.shown.entry(file.clone()).or_default();
        if let Some(field) = field {
            shown.field = field;
        }
        if let Some(node) = node {
            shown.node = Some(node);
        }
        if let Some(text) = mention {
            self.mention(&file, text, true);
        }
    }

    /// What was not done for a document that could not be read is no news once it can be.
    pub(super) fn forget_not_done(&mut self) {
        let design = &mut self.state.design;
        let documents = &design.documents;
        let is_readable = |file: &str| documents.read(file).is_none_or(|read| read.pipeline.is_some());
        let (moot, left): (Vec<_>, Vec<_>) =
            std::mem::take(&mut design.not_done).into_iter().partition(|(_, file)| is_readable(file));
        design.not_done = left;
        self.state.notices.retain(|notice| !moot.iter().any(|(id, _)| *id == notice.id));
    }

    fn step(&mut self, back: bool) {
        let Some(file) = self.state.design_file().map(str::to_owned) else { return };
        let documents = &mut self.state.design.documents;
        if back {
            let label = documents.get(&file).and_then(|one| one.history.undoes()).map(str::to_owned);
            let moved = documents.get(&file).map(|one| one.history.undoes_moves()).unwrap_or_default();
            let keep = documents.undo(&file);
            self.change_shown(|shown| moved.iter().for_each(|one| shown.put(&one.node, one.from)));
            if let Some(label) = label.filter(|_| !keep.is_empty()) {
                let told = format!("took back “{label}”; {} went on since and kept it", keep.join(", "));
                self.tell(&file, &told, false);
            }
        } else {
            let moved = documents.get(&file).map(|one| one.history.redoes_moves()).unwrap_or_default();
            documents.redo(&file);
            self.change_shown(|shown| moved.iter().for_each(|one| shown.put(&one.node, one.to)));
        }
        self.state.design.draft = None;
    }

    /// A card was dragged to where it is now: one step, however it went there.
    fn card_moved(&mut self, node: Node, from: Option<Pos2>) {
        let Some(file) = self.state.design_file().map(str::to_owned) else { return };
        let to = self.state.design.shown(&file).positions.get(&node).copied();
        let label = format!("Move {}", node.text());
        self.record_moves(&file, &label, vec![CardMove::new(node, from, to)]);
    }

    fn arrange_cards(&mut self) {
        let Some(file) = self.state.design_file().map(str::to_owned) else { return };
        let shown = self.state.design.shown.entry(file.clone()).or_default();
        shown.aside.clear();
        let moves = std::mem::take(&mut shown.positions).into_iter();
        let moves = moves.map(|(node, from)| CardMove::new(node, Some(from), None)).collect();
        self.record_moves(&file, "Arrange the cards", moves);
    }

    fn record_moves(&mut self, file: &str, label: &str, moves: Vec<CardMove>) {
        let documents = &mut self.state.design.documents;
        if let Some(document) = documents.get_mut(file).filter(|_| moves.iter().any(CardMove::is_one)) {
            document.history.record_moves(label, moves);
        }
    }

    fn change_shown(&mut self, change: impl FnOnce(&mut super::Shown)) {
        let Some(file) = self.state.design_file().map(str::to_owned) else { return };
        change(self.state.design.shown.entry(file).or_default());
    }

    /// Shows where something stands in a document, where it is edited best.
    fn go_to(&mut self, file: &str, path: &str, line: usize) {
        let document = self.state.design.documents.get(file);
        let name = document.and_then(super::OpenDocument::pipeline).map(|one| one.pipeline.clone());
        let listed = self.state.open_workspace().into_iter().flat_map(|workspace| &workspace.pipelines);
        let listed = listed.filter(|one| one.file == file).map(|one| one.name.clone()).next();
        let Some(name) = listed.or(name) else { return };
        self.go(Place::Pipeline(name));
        self.change_pipeline(|pipeline| pipeline.section = Section::Design);
        let is_readable = self.state.design.documents.read(file).is_some_and(|read| read.pipeline.is_some());
        let column = self.contract_column(file, path);
        let shown = self.state.design.shown.entry(file.to_owned()).or_default();
        shown.column = column.or(shown.column.take());
        let pane = place::seen_at(path, line, shown);
        if pane == Pane::Canvas && !path.is_empty() {
            // It is mended beside the canvas.
            self.state.design.canvas.details = Some(true);
        }
        self.state.design.pane = if is_readable {
            pane
        } else {
            shown.line = Some(line.max(1));
            Pane::Yaml
        };
    }

    /// The column that a place such as `sources.trades.contract[3].type` is about.
    fn contract_column(&self, file: &str, path: &str) -> Option<String> {
        let (source, rest) = path.strip_prefix("sources.")?.split_once(".contract[")?;
        let place: usize = rest.split(']').next()?.parse().ok()?;
        let pipeline = self.state.design.documents.get(file)?.pipeline()?;
        let column = pipeline.sources.get(source)?.contract().get(place)?;
        Some(column.name.clone())
    }

    fn open_table(&mut self, table: &touchstone_spec::TableName) {
        let Some(file) = self.state.design.documents.file_of(&table.pipeline).map(str::to_owned) else {
            return;
        };
        self.go_to(&file, &format!("{}.{}", table.layer, table.table), 1);
        self.state.design.pane = Pane::Canvas;
    }

    fn choose_files(&mut self) {
        self.call(PickFiles {}, |app, result| match result {
            Ok(chosen) => {
                if let Some(Question::NewPipeline { name, files }) = &mut app.state.design.question {
                    for path in chosen {
                        if !files.is_empty() && !files.ends_with('\n') {
                            files.push('\n');
                        }
                        files.push_str(&path);
                    }
                    if name.is_empty() {
                        *name = name_of_file(files);
                    }
                }
            }
            Err(error) => app.notice("Files could not be chosen", error, None),
        });
    }
}

/// A name for a pipeline, made of its first file's: `trades` of `samples/trades_20260302.csv`.
pub(super) fn name_of_file(files: &str) -> String {
    let first = files.lines().next().unwrap_or_default();
    let file = first.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    let name = touchstone_spec::snake_case(stem);
    let name = name.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '_');
    if name.is_empty() { "pipeline".to_owned() } else { name.to_owned() }
}

fn not_done(label: &str) -> String {
    format!("{label}: not done")
}

#[cfg(test)]
mod tests {
    use super::name_of_file;

    #[test]
    fn a_pipeline_is_named_after_its_file() {
        assert_eq!(name_of_file("samples/trades_20260302.csv"), "trades");
        assert_eq!(name_of_file("C:\\data\\Kunden Liste.txt\nother.csv"), "kunden_liste");
        assert_eq!(name_of_file("2026.csv"), "c");
    }
}
