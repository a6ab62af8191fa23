//! Everything that can be found: commands, and objects with their places.

use touchstone_spec::{DocPath, Document, Layer, Pipeline};

use crate::command::{Command, Place, Section};
use crate::state::State;
use crate::{design, home, icon, release, settings, shell, text};

/// What something is; groups stand in this order where nothing else decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Something to do.
    Command,
    /// A pipeline.
    Pipeline,
    /// A table of any layer.
    Table,
    /// A field of a table.
    Field,
    /// A source.
    Source,
    /// A column of a source.
    Column,
    /// A rule.
    Rule,
    /// A document or a sample.
    File,
    /// A published version.
    Version,
    /// Where metadata is published.
    Environment,
    /// A part of the settings.
    Setting,
    /// A workspace opened before.
    Workspace,
}

impl Kind {
    /// Heading of its group.
    pub fn text(self) -> &'static str {
        match self {
            Self::Command => "Commands",
            Self::Pipeline => "Pipelines",
            Self::Table => "Tables",
            Self::Field => "Fields",
            Self::Source => "Sources",
            Self::Column => "Columns of sources",
            Self::Rule => "Rules",
            Self::File => "Files",
            Self::Version => "Versions",
            Self::Environment => "Environments",
            Self::Setting => "Settings",
            Self::Workspace => "Workspaces",
        }
    }

    /// What one of it is.
    pub fn word(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Pipeline => "pipeline",
            Self::Table => "table",
            Self::Field => "field",
            Self::Source => "source",
            Self::Column => "column",
            Self::Rule => "rule",
            Self::File => "file",
            Self::Version => "version",
            Self::Environment => "environment",
            Self::Setting => "setting",
            Self::Workspace => "workspace",
        }
    }
}

/// Something that can be found.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub text: String,
    /// Where it is, or what else tells it from others.
    pub place: String,
    /// Its icon.
    pub icon: char,
    /// The layer of a table.
    pub layer: Option<Layer>,
    /// Whether it can't be done now.
    pub is_off: bool,
    /// What taking it does, one after the other.
    pub commands: Vec<Command>,
}

impl Item {
    fn new(kind: Kind, icon: char, text: impl Into<String>, place: impl Into<String>) -> Self {
        let (text, place) = (text.into(), place.into());
        Self { kind, text, place, icon, layer: None, is_off: false, commands: Vec::new() }
    }

    fn with(mut self, command: Command) -> Self {
        self.commands.push(command);
        self
    }

    fn layer(mut self, layer: Layer) -> Self {
        self.layer = Some(layer);
        self
    }

    /// Names it from one session to the next.
    pub fn key(&self) -> String {
        format!("{}:{}:{}", self.kind.word(), self.place, self.text)
    }
}

/// All that there is now.
pub(super) fn gather(state: &State) -> Vec<Item> {
    let mut all = commands(state);
    all.extend(settings());
    if let Some(workspace) = state.open_workspace() {
        for pipeline in &workspace.pipelines {
            let title = pipeline.title.clone().unwrap_or_default();
            let item = Item::new(Kind::Pipeline, icon::PIPELINE, &pipeline.name, title);
            all.push(item.with(Command::Select(pipeline.name.clone())));
        }
        for environment in &workspace.environments {
            let name = &environment.name;
            let item = Item::new(Kind::Environment, icon::ENVIRONMENT, name, &environment.location);
            all.push(item.with(Command::ChooseEnvironment(name.clone())));
        }
        versions(state, &mut all);
        if state.selected_state().is_some_and(|one| one.published.is_some()) {
            let about = "Choose a version of the history to publish anew";
            let item = Item::new(Kind::Command, icon::RELOAD, "Roll back…", about);
            all.push(item.with(Command::ShowSection(Section::Publish)));
        }
    }
    for (file, document) in state.design.documents.iter() {
        let item = Item::new(Kind::File, icon::CODE, file.rsplit('/').next().unwrap_or(file), file);
        all.push(item.with(go_to(file, String::new(), 1)));
        let (Some(pipeline), Some(read)) = (document.pipeline(), state.design.documents.read(file)) else {
            continue;
        };
        if document.is_new() {
            let item = Item::new(Kind::Pipeline, icon::PIPELINE, &pipeline.pipeline, "new, not saved yet");
            all.push(item.with(Command::Select(pipeline.pipeline.clone())));
        }
        of_pipeline(file, pipeline, read, &mut all);
        gold_columns(state, file, &pipeline.pipeline, &mut all);
    }
    for one in state.home.view.value().into_iter().flat_map(|home| &home.recent).filter(|one| one.exists) {
        let item = Item::new(Kind::Workspace, icon::OPEN, &one.name, &one.path);
        all.push(item.with(Command::Home(home::Command::OpenRecent(one.path.clone()))));
    }
    all
}

fn commands(state: &State) -> Vec<Item> {
    let listed = Command::menu().into_iter().flatten().chain(Command::of_rooms(state));
    let mut all: Vec<Item> = Vec::new();
    for command in listed {
        // The palette is open already.
        if matches!(command, Command::Palette(_)) {
            continue;
        }
        let offer = command.offer();
        if all.iter().all(|one| one.commands.first() != Some(&command)) {
            let is_off = state.obstacle(&command).is_some();
            let item = Item::new(Kind::Command, offer.icon, offer.text, offer.tooltip).with(command);
            all.push(Item { is_off, ..item });
        }
    }
    all
}

fn settings() -> impl Iterator<Item = Item> {
    settings::Part::ALL.into_iter().map(|part| {
        let item = Item::new(Kind::Setting, icon::SETTINGS, part.text(), part.about());
        let show = Command::Settings(settings::Command::Show(part));
        item.with(Command::Go(Place::Settings)).with(show)
    })
}

fn versions(state: &State, all: &mut Vec<Item>) {
    for (name, pipeline) in &state.pipelines {
        for (age, version) in pipeline.history.value().into_iter().flatten().enumerate() {
            let title = format!("{name} version {}", version.version);
            let place = format!("{}, {}", version.message, text::time(&version.published_at));
            let compare = release::Command::Compare {
                before: version.version.checked_sub(1).filter(|before| *before > 0),
                after: Some(version.version),
            };
            let item = Item::new(Kind::Version, icon::VERSION, title, place);
            let item = item.with(Command::Select(name.clone()));
            let item = item.with(Command::ShowSection(Section::Publish));
            all.push(item.with(Command::Release(compare)));
            if age > 0 {
                let title = format!("Roll back {name} to version {}…", version.version);
                let item = Item::new(Kind::Version, icon::RELOAD, title, &version.message);
                let item = item.with(Command::Select(name.clone()));
                let item = item.with(Command::ShowSection(Section::Publish));
                let ask = release::Command::AskRollBack(version.version);
                all.push(item.with(Command::Release(ask)));
            }
        }
    }
}

fn go_to(file: &str, path: String, line: usize) -> Command {
    Command::Design(design::Command::GoTo { file: file.to_owned(), path, line })
}

/// Sources, tables, fields, columns and rules of a pipeline.
fn of_pipeline(file: &str, pipeline: &Pipeline, read: &Document, all: &mut Vec<Item>) {
    let name = &pipeline.pipeline;
    let root = DocPath::root();
    for (source, it) in &pipeline.sources {
        let at = root.key("sources").key(source);
        let here = |path: &DocPath| go_to(file, path.to_string(), read.key_place(path).line);
        all.push(Item::new(Kind::Source, icon::FILE, source, name).with(here(&at)));
        let touchstone_spec::Source::File(of_files) = it;
        if let Some(sample) = &of_files.sample {
            let short = sample.rsplit('/').next().unwrap_or(sample);
            let item = Item::new(Kind::File, icon::FILE, short, sample);
            let item = item.with(Command::Select(name.clone()));
            let item = item.with(Command::ShowSection(Section::Data));
            all.push(item.with(Command::ShowSource(source.clone())));
        }
        for column in it.contract() {
            let place = format!("{name} · {source}");
            let item = Item::new(Kind::Column, icon::COLUMN, &column.name, place);
            all.push(item.with(go_to(file, at.key("contract").to_string(), 1)));
        }
    }
    for (table, it) in &pipeline.silver {
        let at = root.key("silver").key(table);
        all.push(table_item(file, name, Layer::Silver, table, &at));
        for field in it.fields.keys() {
            let path = at.key("fields").key(field);
            let item = Item::new(Kind::Field, icon::COLUMN, field, format!("{name} · silver.{table}"));
            all.push(item.layer(Layer::Silver).with(go_to(file, path.to_string(), 1)));
        }
        rules(file, name, Layer::Silver, table, it.rules.as_deref(), &at, all);
    }
    for (table, it) in &pipeline.gold {
        let at = root.key("gold").key(table);
        all.push(table_item(file, name, Layer::Gold, table, &at));
        rules(file, name, Layer::Gold, table, it.rules.as_deref(), &at, all);
    }
}

/// What the queries of gold tables give: the document names it nowhere.
fn gold_columns(state: &State, file: &str, pipeline: &str, all: &mut Vec<Item>) {
    let tables = state.design.compilation().tables.iter();
    for (name, table) in tables.filter(|(name, _)| name.pipeline == pipeline && name.layer == Layer::Gold) {
        let at = DocPath::root().key("gold").key(&name.table).key("sql");
        for column in &table.columns {
            let place = format!("{pipeline} · gold.{}", name.table);
            let item = Item::new(Kind::Field, icon::COLUMN, &column.name, place);
            all.push(item.layer(Layer::Gold).with(go_to(file, at.to_string(), 1)));
        }
    }
}

fn table_item(file: &str, pipeline: &str, layer: Layer, table: &str, at: &DocPath) -> Item {
    let item = Item::new(Kind::Table, icon::TABLE, format!("{layer}.{table}"), pipeline);
    item.layer(layer).with(go_to(file, at.to_string(), 1))
}

fn rules(
    file: &str,
    pipeline: &str,
    layer: Layer,
    table: &str,
    rules: Option<&str>,
    at: &DocPath,
    all: &mut Vec<Item>,
) {
    for rule in rules.unwrap_or_default().lines() {
        let rule = rule.trim().trim_start_matches("Rules").trim_start_matches([' ', '=', '[']);
        let rule = rule.trim_end_matches([',', ']', ' ']);
        if rule.is_empty() || rule.starts_with('#') {
            continue;
        }
        let item = Item::new(Kind::Rule, icon::RULES, rule, format!("{pipeline} · {layer}.{table}"));
        all.push(item.layer(layer).with(go_to(file, at.key("rules").to_string(), 1)));
    }
}

/// The command whose reason not to be done, and whose keys, are the item's.
pub(super) fn offered(item: &Item) -> Option<&Command> {
    item.commands.first().filter(|_| item.kind == Kind::Command)
}

/// Whether a command is one of the window's own, which nobody looks for without typing.
pub(super) fn is_first_choice(item: &Item) -> bool {
    !matches!(
        item.commands.first(),
        Some(Command::Shell(shell::Command::Theme(_) | shell::Command::CloseAllTabs))
    )
}
