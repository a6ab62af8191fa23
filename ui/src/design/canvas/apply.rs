//! What is done on the commands of the canvas.

use egui::Pos2;
use touchstone_protocol::{DocumentView, DraftPipeline, ErrorCode, PickFiles, RpcError};
use touchstone_spec::{Document, Pipeline, Source, TableName};

use super::adding::{self, Connection, Made};
use super::command::selected;
use super::graph::Graph;
use super::removing::{self, Cut};
use super::{Command, Inferred, Join, Looks, Question, View};
use crate::App;
use crate::design::history::CardMove;
use crate::design::{Change, Command as DesignCommand, Node};

impl App {
    pub(in crate::design) fn apply_canvas(&mut self, command: Command) {
        let Some(file) = self.state.design_file().map(str::to_owned) else { return };
        match command {
            Command::Select(node) => {
                self.looks(&file, |looks| {
                    looks.also.clear();
                    looks.edge = None;
                });
                self.state.design.shown.entry(file).or_default().node = Some(node);
            }
            Command::AlsoSelect(node) => self.also_select(&file, node),
            Command::SelectEdge(from, to) => {
                self.looks(&file, |looks| {
                    looks.also.clear();
                    looks.edge = Some((from, to.clone()));
                });
                self.state.design.shown.entry(file).or_default().node = Some(to);
            }
            Command::View(view) => self.looks(&file, |looks| looks.view = view),
            Command::AskSource => {
                self.show_canvas();
                self.state.design.canvas.adding = crate::remote::Remote::default();
                let question =
                    Question::Source { name: String::new(), sample: String::new(), with_silver: true };
                self.state.design.canvas.question = Some(question);
            }
            Command::ChooseSample => self.choose_sample(),
            Command::AddSource { name, sample, with_silver } => {
                self.add_source(&file, name, sample, with_silver);
            }
            Command::AddSilver | Command::AddGold => {
                self.show_canvas();
                let is_silver = command == Command::AddSilver;
                let nodes = selected(&self.state, &file).into_iter();
                let nodes =
                    nodes.filter(|node| adding::source_of(node).is_some() == is_silver).collect::<Vec<_>>();
                self.add_from(&file, &nodes, None);
            }
            Command::AddFrom(nodes, at) => self.add_from(&file, &nodes, at),
            Command::Connect(from, to) => self.connect(&file, &from, &to),
            Command::Join(join) => self.join(&file, &join),
            Command::Remove => self.remove(&file),
            Command::RemoveCards(nodes) => {
                self.state.design.canvas.question = None;
                self.remove_cards(&file, &nodes);
            }
            Command::Ask(question) => self.state.design.canvas.question = Some(question),
            Command::CloseQuestion => self.state.design.canvas.question = None,
            Command::ToggleDetails => {
                let canvas = &mut self.state.design.canvas;
                canvas.details = Some(!canvas.has_details(&self.ctx));
            }
            Command::Tell(text) => self.looks(&file, |looks| looks.told = text),
            Command::NeedInferred(sample) => self.infer(sample),
        }
    }

    /// The commands that add cards are given anywhere in a pipeline, and what they add is seen.
    fn show_canvas(&mut self) {
        self.apply_design(crate::design::Command::ShowPane(crate::design::Pane::Canvas));
    }

    fn looks(&mut self, file: &str, change: impl FnOnce(&mut Looks)) {
        change(self.state.design.canvas.looks.entry(file.to_owned()).or_default());
    }

    /// The last of several cards to be selected is the one that is edited.
    fn also_select(&mut self, file: &str, node: Node) {
        let shown = self.state.design.shown.entry(file.to_owned()).or_default();
        let before = shown.node.clone().filter(|before| *before != Node::Pipeline);
        let looks = self.state.design.canvas.looks.entry(file.to_owned()).or_default();
        looks.edge = None;
        if before.as_ref() == Some(&node) {
            shown.node = looks.also.pop_last().or(Some(Node::Pipeline));
        } else if !looks.also.remove(&node) {
            looks.also.extend(before);
            shown.node = Some(node);
        }
    }

    fn pipeline(&self, file: &str) -> Option<&Pipeline> {
        self.state.design.documents.get(file)?.pipeline()
    }

    fn graph(&self, file: &str) -> Option<Graph> {
        Some(Graph::structure(self.pipeline(file)?, self.state.design.compilation()))
    }

    fn make(&mut self, file: &str, made: Made, at: Option<Pos2>) {
        let node = made.node.clone();
        let change = Change::new(file, made.label, made.edits).then_node(made.node);
        let revision = self.state.design.documents.revision();
        self.apply_design(DesignCommand::Edit(Box::new(change)));
        self.looks(file, |looks| {
            looks.also.clear();
            looks.edge = None;
            looks.told = None;
        });
        if let Some(at) = at {
            let shown = self.state.design.shown.entry(file.to_owned()).or_default();
            let from = shown.positions.insert(node.clone(), at);
            shown.aside.insert(node.clone());
            // An undo leaves no place behind for another card of this name.
            let is_made = self.state.design.documents.revision() > revision;
            if let Some(document) = self.state.design.documents.get_mut(file).filter(|_| is_made) {
                document.history.adds_move(CardMove::new(node, from, Some(at)));
            }
        }
    }

    fn note_on_canvas(&mut self, file: &str, text: String) {
        self.looks(file, |looks| looks.told = Some(text));
    }

    fn add_from(&mut self, file: &str, nodes: &[Node], at: Option<Pos2>) {
        let Some(pipeline) = self.pipeline(file) else { return };
        if let Some(source) = nodes.first().and_then(adding::source_of) {
            if let Some(made) = adding::silver(pipeline, source) {
                self.make(file, made, at);
            }
            return;
        }
        let read = adding::readable(&pipeline.pipeline, nodes);
        let tables = &self.state.design.compilation().tables;
        let Some((made, left_over)) = adding::gold(pipeline, tables, &read) else { return };
        let gold = made.node.name().to_owned();
        self.make(file, made, at);
        // How these belong to the others can't be known: it is asked.
        if let Some(table) = left_over.into_iter().next() {
            self.state.design.documents.refresh();
            self.ask_join(file, &gold, &table);
        }
    }

    fn connect(&mut self, file: &str, from: &Node, to: &Node) {
        let (Some(pipeline), Some(graph)) = (self.pipeline(file), self.graph(file)) else { return };
        let tables = &self.state.design.compilation().tables;
        match adding::connect(pipeline, tables, &graph, from, to) {
            Connection::Made(made) => self.make(file, made, None),
            Connection::Told(text) => self.note_on_canvas(file, text),
            Connection::Join(gold, table) => self.ask_join(file, &gold, &table),
        }
    }

    fn ask_join(&mut self, file: &str, gold: &str, table: &TableName) {
        let Some(pipeline) = self.pipeline(file) else { return };
        let tables = &self.state.design.compilation().tables;
        match Join::first(pipeline, tables, gold, table) {
            Some(join) => self.state.design.canvas.question = Some(Question::Join(join)),
            None => self.note_on_canvas(
                file,
                format!("The query of gold.{gold} puts several queries together: take {table} into its SQL by hand"),
            ),
        }
    }

    fn join(&mut self, file: &str, join: &Join) {
        let Some(pipeline) = self.pipeline(file) else { return };
        let Some(sql) = join.sql(pipeline, &self.state.design.compilation().tables) else { return };
        self.state.design.canvas.question = None;
        let made = Made {
            label: format!("Join {} into gold.{}", join.table, join.gold),
            edits: touchstone_spec::edits::set_sql(&join.gold, &sql),
            node: Node::Gold(join.gold.clone()),
        };
        self.make(file, made, None);
    }

    fn remove(&mut self, file: &str) {
        let (Some(pipeline), Some(graph)) = (self.pipeline(file), self.graph(file)) else { return };
        if let Some((from, to)) = self.state.design.canvas.looks(file).edge.clone() {
            match removing::connection(pipeline, &self.state.design.compilation().tables, &from, &to) {
                Cut::Made(label, edits) => self.make(file, Made { label, edits, node: to }, None),
                Cut::Told(text) => self.note_on_canvas(file, text),
            }
            return;
        }
        let mut nodes = selected(&self.state, file);
        if let [Node::Other(table)] = nodes.as_slice() {
            let text =
                format!("{table} belongs to another pipeline; take out the connection from it instead");
            return self.note_on_canvas(file, text);
        }
        nodes.retain(|node| !matches!(node, Node::Pipeline | Node::Other(_)));
        let both: Vec<Node> = nodes
            .iter()
            .flat_map(|node| match adding::source_of(node) {
                Some(source) => vec![Node::Source(source.to_owned()), Node::Bronze(source.to_owned())],
                None => vec![node.clone()],
            })
            .collect();
        let mut made_from = graph.made_from(&both);
        made_from.retain(|node| !matches!(node, Node::Other(_)));
        if made_from.is_empty() {
            self.remove_cards(file, &nodes);
        } else {
            self.state.design.canvas.question = Some(Question::Remove { nodes, made_from });
        }
    }

    fn remove_cards(&mut self, file: &str, nodes: &[Node]) {
        let Some(pipeline) = self.pipeline(file) else { return };
        let edits = removing::cards(pipeline, nodes);
        if !edits.is_empty() {
            self.make(file, Made { label: removing::label(nodes), edits, node: Node::Pipeline }, None);
        }
    }

    fn choose_sample(&mut self) {
        self.call(PickFiles {}, |app, result| match result {
            Ok(chosen) => {
                if let (Some(Question::Source { name, sample, .. }), Some(path)) =
                    (&mut app.state.design.canvas.question, chosen.into_iter().next())
                {
                    if name.is_empty() {
                        *name = crate::design::name_of_file(&path);
                    }
                    *sample = path;
                }
            }
            Err(error) => app.notice("Files could not be chosen", error, None),
        });
    }

    /// Drafts a pipeline that is never kept: it says what a sample file shows.
    fn draft_of(&self, sample: &str) -> DraftPipeline {
        let documents = &self.state.design.documents;
        let pipeline = adding::free_name("inferred", |name| documents.file_of(name).is_some());
        DraftPipeline { pipeline, files: vec![sample.to_owned()] }
    }

    fn add_source(&mut self, file: &str, name: String, sample: Option<String>, with_silver: bool) {
        let Some(sample) = sample else {
            let Some(pipeline) = self.pipeline(file) else { return };
            let made = adding::source(pipeline, &name, None, with_silver);
            self.state.design.canvas.question = None;
            self.make(file, made, None);
            return;
        };
        let ticket = self.ticket();
        self.state.design.canvas.adding.begin(ticket);
        let (file, call) = (file.to_owned(), self.draft_of(&sample));
        self.call(call, move |app, result| {
            let found = result.and_then(|draft| read_draft(&draft));
            let done = found.as_ref().map(|_| ()).map_err(Clone::clone);
            if !app.state.design.canvas.adding.finish(ticket, done) {
                return;
            }
            let (Ok(found), Some(pipeline)) = (found, app.pipeline(&file)) else { return };
            let made = adding::source(pipeline, &name, Some(&found), with_silver);
            if matches!(app.state.design.canvas.question, Some(Question::Source { .. })) {
                app.state.design.canvas.question = None;
            }
            app.make(&file, made, None);
            app.looks(&file, |looks| looks.view = View::Fit);
        });
    }

    fn infer(&mut self, sample: String) {
        let ticket = self.ticket();
        let call = self.draft_of(&sample);
        self.state.design.canvas.inferred.entry(sample.clone()).or_default().begin(ticket);
        self.call(call, move |app, result| {
            if let Some(inferred) = app.state.design.canvas.inferred.get_mut(&sample) {
                inferred.finish(ticket, result.and_then(|draft| read_draft(&draft)));
            }
        });
    }
}

fn read_draft(draft: &DocumentView) -> Result<Inferred, RpcError> {
    let document = Document::read(draft.file.clone(), draft.text.clone());
    let mut pipeline = document.pipeline.unwrap_or_default();
    let source = pipeline.sources.shift_remove_index(0);
    let silver = pipeline.silver.shift_remove_index(0).map(|(_, table)| table);
    match source {
        Some((_, Source::File(source))) => Ok(Inferred { source, silver }),
        None => Err(RpcError::new(ErrorCode::Failed, "The sample shows no columns")
            .with_help("Choose a file with a header and records")),
    }
}
