//! What is done on the commands of the lineage, and what goes on between frames.

use touchstone_compiler::{LineageColumn, LineageNode, LineageTarget, impact};

use super::command::{Command, this};
use super::finding::found;
use super::map::{Key, Making};
use super::{Answered, Find, Goal, Tab, view};
use crate::App;
use crate::command::Place;
use crate::design::Command as DesignCommand;

impl App {
    pub(crate) fn apply_lineage(&mut self, command: Command) {
        let lineage = &mut self.state.lineage;
        match command {
            Command::Show(target) => {
                lineage.tables_only &= matches!(target, LineageTarget::Table(_));
                self.select_lineage(target);
                self.go(Place::Lineage);
            }
            Command::ShowThis => {
                if let Some(target) = this(&self.state) {
                    self.apply_lineage(Command::Show(target));
                }
            }
            Command::Select(target) => {
                if lineage.selected != target {
                    lineage.change.name.clear();
                    lineage.change.data_type.clear();
                }
                lineage.selected = target;
            }
            Command::Look(camera) => (lineage.camera, lineage.goal) = (camera, None),
            Command::See(goal) => lineage.goal = Some(goal),
            Command::Zoom(nearer) => {
                lineage.camera = lineage.camera.zoomed(if nearer { 1.25 } else { 0.8 });
                lineage.goal = None;
            }
            Command::ShowTablesOnly(only) => {
                lineage.tables_only = only;
                lineage.goal = Some(if lineage.selected.is_some() { Goal::Selected } else { Goal::Begin });
            }
            Command::Open(node, open) => self.open_card(node, open),
            Command::OpenAll(open) => {
                if let Some((_, map)) = &lineage.map {
                    let nodes = map.graph.tables.iter().map(|table| (table.node.clone(), open));
                    lineage.opened.cards = nodes.collect();
                    lineage.goal = Some(Goal::Begin);
                }
            }
            Command::HidePipeline(name, hidden) => {
                put(&mut lineage.filter.pipelines, name, hidden);
                lineage.goal = Some(Goal::Begin);
            }
            Command::HideTier(tier, hidden) => {
                put(&mut lineage.filter.tiers, tier, hidden);
                lineage.goal = Some(Goal::Begin);
            }
            Command::Only(only) => {
                lineage.filter.only = lineage.selected.clone().filter(|_| only);
                lineage.goal = Some(Goal::Begin);
            }
            Command::ClearFilter => {
                lineage.filter = super::Filter::default();
                lineage.goal = Some(if lineage.selected.is_some() { Goal::Selected } else { Goal::Begin });
            }
            Command::ToggleSide => lineage.is_side_hidden = !lineage.is_side_hidden,
            Command::ShowTab(tab) => (lineage.tab, lineage.is_side_hidden) = (tab, false),
            Command::EditChange(change) => lineage.change = change,
            Command::Find => {
                lineage.find.get_or_insert_default();
                self.ctx.memory_mut(|memory| memory.request_focus(view::find_field()));
            }
            Command::EditFind(text) => lineage.find = Some(Find { text }),
            Command::FindAgain(back) => self.find_in_lineage(back),
            Command::CloseFind => lineage.find = None,
            Command::OpenInDesign(target) => self.open_in_design(&target),
        }
    }

    fn select_lineage(&mut self, target: LineageTarget) {
        self.apply_lineage(Command::Select(Some(target)));
        self.state.lineage.goal = Some(Goal::Selected);
    }

    /// Opens or closes a card, which stays where it is on the screen.
    fn open_card(&mut self, node: LineageNode, open: bool) {
        let lineage = &mut self.state.lineage;
        lineage.opened.cards.insert(node.clone(), open);
        let Some((_, map)) = &mut lineage.map else { return };
        let table = map.graph.spot(&LineageTarget::Table(node));
        let place = |map: &super::map::Map| map.layout.place(&map.graph, table?).map(|place| place.min);
        let before = place(map);
        map.open(&lineage.opened);
        if let (Some(before), Some(after)) = (before, place(map)) {
            lineage.camera.center += after - before;
        }
    }

    /// Selects the next of what is found, after the one that is selected.
    fn find_in_lineage(&mut self, back: bool) {
        let lineage = &self.state.lineage;
        let (Some(find), Some((_, map))) = (&lineage.find, &lineage.map) else { return };
        let found = found(&map.graph, &find.text);
        let selected = lineage.selected.as_ref().and_then(|target| map.graph.spot(target));
        let at = selected.and_then(|selected| found.iter().position(|spot| *spot == selected));
        let next = match (at, back) {
            (Some(at), false) => (at + 1) % found.len().max(1),
            (Some(at), true) => at.checked_sub(1).unwrap_or(found.len().saturating_sub(1)),
            (None, false) => 0,
            (None, true) => found.len().saturating_sub(1),
        };
        let Some(target) = found.get(next).and_then(|spot| map.graph.target(*spot)) else { return };
        // A column that is found is to be seen.
        if let LineageTarget::Column(column) = &target
            && let Some(table) = found.get(next).and_then(|spot| map.graph.table_of(*spot))
        {
            let (node, is_open) = (column.node.clone(), map.layout.is_open(table));
            self.state.lineage.tables_only = false;
            if !is_open {
                self.state.lineage.opened.cards.insert(node, true);
            }
        }
        self.select_lineage(target);
    }

    fn open_in_design(&mut self, target: &LineageTarget) {
        let (node, column) = match target {
            LineageTarget::Table(node) => (node, None),
            LineageTarget::Column(LineageColumn { node, column }) => (node, Some(column)),
        };
        let Some(file) = self.state.design.documents.file_of(node.pipeline()).map(str::to_owned) else {
            return;
        };
        let path = match (node, column) {
            (LineageNode::File { source, .. }, _) => format!("sources.{source}"),
            (LineageNode::Table { name }, column) => match (name.layer, column) {
                (touchstone_spec::Layer::Bronze, _) => format!("sources.{}", name.table),
                (touchstone_spec::Layer::Silver, Some(column)) => {
                    format!("silver.{}.fields.{column}", name.table)
                }
                (touchstone_spec::Layer::Gold, Some(_)) => format!("gold.{}.sql", name.table),
                (layer, None) => format!("{layer}.{}", name.table),
            },
        };
        self.apply_design(DesignCommand::GoTo { file, path, line: 1 });
    }

    /// Whoever comes from another pipeline, or from another place in it, begins there, unless a way of it is lit.
    fn begin_lineage(&mut self) {
        let begun = (self.state.selected.clone(), this(&self.state));
        let lineage = &mut self.state.lineage;
        if lineage.begun != begun {
            let is_back = lineage.is_camera_kept && lineage.begun == (None, None);
            lineage.begun = begun;
            let home = self.state.selected.as_deref();
            let is_of_another =
                |target: &LineageTarget| home.is_some_and(|home| super::pipeline_of(target) != home);
            if lineage.selected.as_ref().is_none_or(is_of_another) && !is_back {
                lineage.goal.get_or_insert(Goal::Begin);
            }
        }
    }

    /// Draws the picture anew when what it shows has changed, a part of the work in each frame.
    pub(crate) fn lineage_frame(&mut self) {
        if self.state.place != Place::Lineage {
            return;
        }
        self.begin_lineage();
        let design = &self.state.design;
        if !design.documents.are_compiled() {
            return;
        }
        let revision = design.documents.revision();
        let lineage = &mut self.state.lineage;
        lineage.opened.columns = !lineage.tables_only;
        let is_of = |key: &Key| key.revision == revision && key.filter == lineage.filter;
        if lineage.map.as_ref().is_some_and(|(key, _)| is_of(key)) {
            lineage.making = None;
        } else {
            if !lineage.making.as_ref().is_some_and(|making| is_of(&making.key)) {
                let key = Key { revision, filter: lineage.filter.clone() };
                lineage.making = Some(Making::new(key, design.compilation()));
            }
            if let Some(making) = &mut lineage.making {
                if making.work() {
                    if lineage.map.is_none() && !lineage.is_camera_kept {
                        lineage.goal.get_or_insert(Goal::Begin);
                    }
                    let made = lineage.making.take();
                    lineage.map = made.map(|made| (made.key.clone(), made.finish(&lineage.opened)));
                } else {
                    self.ctx.request_repaint();
                }
            }
        }
        if let Some((_, map)) = &mut lineage.map {
            map.open(&lineage.opened);
            map.light(lineage.selected.as_ref());
        }
        self.ask_impact(revision);
    }

    /// What the change does that is asked for; asked once for each change and each state of the documents.
    fn ask_impact(&mut self, revision: u64) {
        let lineage = &self.state.lineage;
        let asked =
            lineage.selected.as_ref().filter(|_| lineage.tab == Tab::Impact && !lineage.is_side_hidden);
        let asked = asked.and_then(|target| Some((target, lineage.change.read(target).ok()?)));
        let Some((target, change)) = asked else {
            self.state.lineage.impact = None;
            return;
        };
        let is_it = |answered: &Answered| {
            let impact = &answered.impact;
            answered.revision == revision && impact.target == *target && impact.change == change
        };
        if lineage.impact.as_ref().is_some_and(is_it) {
            return;
        }
        let documents = &self.state.design.documents;
        let impact = impact(documents.as_read(), documents.compilation(), target, &change);
        self.state.lineage.impact = Some(Answered { revision, impact });
    }
}

fn put<T: Ord>(set: &mut std::collections::BTreeSet<T>, item: T, is_in: bool) {
    if is_in {
        set.insert(item);
    } else {
        set.remove(&item);
    }
}
