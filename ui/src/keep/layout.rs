//! What was open in a workspace, and how: taken from the state, written as JSON, read back part by part, so that one
//! part that can't be understood costs no other.

use std::collections::{BTreeMap, BTreeSet};

use egui::{Context, pos2};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use touchstone_protocol::{AlternativeView, AuditFilter, DataRef};
use touchstone_spec::{Document, TableName};

use super::{VERSION, panels};
use crate::App;
use crate::command::{Place, Section, TablePart};
use crate::data;
use crate::design::mappings::Side;
use crate::design::rules::RulesOf;
use crate::design::{
    KeptRenaming, Node, OpenDocument, Pane, Refusal, Renaming, Shown, Unsaved, View as CanvasView,
};
use crate::lineage;
use crate::state::State;

/// What is read back.
#[derive(Debug, Default)]
pub(super) struct Layout {
    tabs: Vec<Place>,
    place: Place,
    environment: Option<String>,
    problems: bool,
    is_list_hidden: bool,
    pane: Pane,
    pipelines: BTreeMap<String, KeptPipeline>,
    shown: BTreeMap<String, KeptShown>,
    canvas: BTreeMap<String, [f32; 3]>,
    mappings: KeptMappings,
    details: Option<bool>,
    rules: Vec<(RulesOf, usize)>,
    lineage: lineage::Kept,
    views: Vec<(DataRef, data::View)>,
    chosen: ChosenTypes,
    panels: panels::Sizes,
    refused: BTreeSet<Refusal>,
    audit: KeptAudit,
    renaming: Option<KeptRenaming>,
    unsaved: Vec<Unsaved>,
    /// Edits that another studio left of files which `unsaved` has other edits of.
    others_left: Vec<Unsaved>,
    /// Parts that could not be read.
    pub(super) lost: Vec<&'static str>,
}

/// Types chosen for columns of files, by the files' paths and the columns' names.
type ChosenTypes = BTreeMap<String, BTreeMap<String, AlternativeView>>;

/// Files that are looked at while no workspace is open, and how.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LookedAt {
    tabs: Vec<Place>,
    place: Place,
    views: Vec<(DataRef, data::View)>,
    chosen: ChosenTypes,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct KeptPipeline {
    section: Section,
    source: Option<String>,
    table: Option<TableName>,
    part: TablePart,
    message: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct KeptShown {
    node: Option<Node>,
    field: Option<String>,
    column: Option<String>,
    positions: Vec<(Node, [f32; 2])>,
    aside: BTreeSet<Node>,
    rules_as_text: bool,
}

/// How mappings are looked at.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct KeptMappings {
    side: Side,
    only_unmapped: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct KeptAudit {
    filter: AuditFilter,
    from: String,
    to: String,
}

/// What is open now.
pub(super) fn taken(state: &State, ctx: &Context) -> Value {
    let design = &state.design;
    let pipelines: BTreeMap<&String, KeptPipeline> = state
        .pipelines
        .iter()
        .map(|(name, one)| {
            let kept = KeptPipeline {
                section: one.section,
                source: one.source.clone(),
                table: one.table.clone(),
                part: one.part,
                message: one.message.clone(),
            };
            (name, kept)
        })
        .collect();
    let shown: BTreeMap<&String, KeptShown> =
        design.shown.iter().map(|(file, shown)| (file, KeptShown::of(shown))).collect();
    // Where all of a canvas is in sight, there is nothing to remember.
    let canvas: BTreeMap<&String, [f32; 3]> = design
        .canvas
        .looks
        .iter()
        .filter_map(|(file, looks)| match looks.view {
            CanvasView::At(center, zoom) => Some((file, [center.x, center.y, zoom])),
            CanvasView::Fit | CanvasView::Selection => None,
        })
        .collect();
    let mappings = KeptMappings { side: design.mappings.side, only_unmapped: design.mappings.only_unmapped };
    let views: Vec<_> = state.data.views.iter().collect();
    let audit = KeptAudit {
        filter: state.account.filter.clone(),
        from: state.account.from.clone(),
        to: state.account.to.clone(),
    };
    let mut all = Map::new();
    let mut put = |part: &str, value: Result<Value, serde_json::Error>| {
        all.insert(part.to_owned(), value.unwrap_or_default());
    };
    put("version", Ok(VERSION.into()));
    put("tabs", serde_json::to_value(&state.tabs));
    put("place", serde_json::to_value(&state.place));
    put("environment", serde_json::to_value(&state.environment));
    put("problems", Ok(state.problems.into()));
    put("list_hidden", Ok(state.shell.is_list_hidden.into()));
    put("pane", serde_json::to_value(design.pane));
    put("pipelines", serde_json::to_value(pipelines));
    put("shown", serde_json::to_value(shown));
    put("canvas", serde_json::to_value(canvas));
    put("details", serde_json::to_value(design.canvas.details));
    put("mappings", serde_json::to_value(mappings));
    put("rules", serde_json::to_value(design.rules.selected().collect::<Vec<_>>()));
    put("lineage", serde_json::to_value(state.lineage.kept()));
    put("views", serde_json::to_value(views));
    put("chosen", serde_json::to_value(&state.data.chosen));
    put("panels", serde_json::to_value(panels::sizes(ctx)));
    put("refused", serde_json::to_value(&design.refused));
    put("audit", serde_json::to_value(audit));
    put("renaming", serde_json::to_value(design.renaming.as_ref().map(Renaming::kept)));
    put("unsaved", serde_json::to_value(design.documents.unsaved()));
    let is_dirty = |one: &&Unsaved| design.documents.get(&one.file).is_none_or(OpenDocument::is_dirty);
    let others_left: Vec<&Unsaved> = state.shell.others_left.iter().filter(is_dirty).collect();
    put("others_left", serde_json::to_value(others_left));
    Value::Object(all)
}

/// What was open, as far as it can be understood.
pub(super) fn read(state: &Value) -> Layout {
    let mut lost = Vec::new();
    let (unsaved, others_left) = all_unsaved(state, &mut lost);
    if state.get("version").and_then(Value::as_u64) != Some(VERSION) {
        lost.push("the layout, which another version of Touchstone wrote");
        return Layout { unsaved, others_left, lost, ..Layout::default() };
    }
    Layout {
        tabs: part(state, "tabs", "the open tabs", &mut lost),
        place: part(state, "place", "the tab that was shown", &mut lost),
        environment: part(state, "environment", "the environment", &mut lost),
        problems: part(state, "problems", "the list of problems", &mut lost),
        is_list_hidden: part(state, "list_hidden", "whether the list of pipelines is shown", &mut lost),
        pane: part(state, "pane", "the part of the design", &mut lost),
        pipelines: part(state, "pipelines", "what was shown of pipelines", &mut lost),
        shown: part(state, "shown", "what was selected in the design", &mut lost),
        canvas: part(state, "canvas", "where the canvas was looked at", &mut lost),
        mappings: part(state, "mappings", "how mappings were looked at", &mut lost),
        details: part(state, "details", "whether details are shown", &mut lost),
        rules: part(state, "rules", "the rules that were selected", &mut lost),
        lineage: part(state, "lineage", "how lineage was looked at", &mut lost),
        views: part(state, "views", "sorting and filters of data", &mut lost),
        chosen: part(state, "chosen", "types chosen for files", &mut lost),
        panels: part(state, "panels", "sizes of panels", &mut lost),
        refused: part(state, "refused", "refused suggestions", &mut lost),
        audit: part(state, "audit", "the audit trail's filter", &mut lost),
        renaming: part(state, "renaming", "the rename that was asked about", &mut lost),
        unsaved,
        others_left,
        lost,
    }
}

/// Edits of this studio, and of others that ended: these are this one's where it has none of the file.
fn all_unsaved(state: &Value, lost: &mut Vec<&'static str>) -> (Vec<Unsaved>, Vec<Unsaved>) {
    let items = |of: &Value, name: &str| of.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let left = items(state, "left");
    // A state that only others left has no edits of its own.
    let mut all =
        if state.get("unsaved").is_none() && !left.is_empty() { Vec::new() } else { unsaved(state, lost) };
    let mut others_left = Vec::new();
    let before = serde_json::json!({ "unsaved": items(state, "others_left") });
    for theirs in std::iter::once(&before).chain(&left) {
        let nested = serde_json::json!({ "unsaved": items(theirs, "others_left") });
        for one in unsaved(theirs, lost).into_iter().chain(unsaved(&nested, lost)) {
            match all.iter().find(|mine| mine.file == one.file) {
                None => all.push(one),
                Some(mine) if mine.text == one.text => {}
                Some(_) => others_left.push(one),
            }
        }
    }
    (all, others_left)
}

fn part<T: DeserializeOwned + Default>(
    state: &Value,
    name: &str,
    words: &'static str,
    lost: &mut Vec<&'static str>,
) -> T {
    // What an older page didn't write yet is not lost.
    let Some(value) = state.get(name) else { return T::default() };
    serde_json::from_value(value.clone()).unwrap_or_else(|_| {
        lost.push(words);
        T::default()
    })
}

/// Edits are worth most: each is read by itself, whatever wrote it.
fn unsaved(state: &Value, lost: &mut Vec<&'static str>) -> Vec<Unsaved> {
    let Some(all) = state.get("unsaved") else {
        if !state.is_object() {
            lost.push("all of it");
        }
        return Vec::new();
    };
    let items = all.as_array().map(Vec::as_slice).unwrap_or_default();
    let read: Vec<Unsaved> =
        items.iter().filter_map(|one| serde_json::from_value(one.clone()).ok()).collect();
    if read.len() < items.len() || !all.is_array() {
        lost.push("unsaved edits");
    }
    read
}

impl KeptShown {
    fn of(shown: &Shown) -> Self {
        Self {
            node: shown.node.clone(),
            field: shown.field.clone(),
            column: shown.column.clone(),
            positions: shown.positions.iter().map(|(node, at)| (node.clone(), [at.x, at.y])).collect(),
            aside: shown.aside.clone(),
            rules_as_text: shown.rules_as_text,
        }
    }

    fn put(self, shown: &mut Shown) {
        shown.node = self.node;
        shown.field = self.field;
        shown.column = self.column;
        shown.positions = self.positions.into_iter().map(|(node, [x, y])| (node, pos2(x, y))).collect();
        shown.aside = self.aside;
        shown.rules_as_text = self.rules_as_text;
    }
}

impl LookedAt {
    pub(super) fn of(state: &State) -> Self {
        let is_file = |data: &DataRef| matches!(data, DataRef::File { .. });
        let views = state.data.views.iter().filter(|(data, _)| is_file(data));
        let tabs = state.tabs.iter().filter(|tab| matches!(tab, Place::File(_)));
        Self {
            tabs: tabs.cloned().collect(),
            place: Some(state.place.clone())
                .filter(|place| matches!(place, Place::File(_)))
                .unwrap_or_default(),
            views: views.map(|(data, view)| (data.clone(), view.clone())).collect(),
            chosen: state.data.chosen.clone(),
        }
    }
}

impl App {
    /// Brings back the files that were looked at without a workspace, beside what is open by now.
    pub(super) fn put_looked_at(&mut self, looked_at: LookedAt) {
        let data = &mut self.state.data;
        for (of, view) in looked_at.views {
            data.views.entry(of).or_insert(view);
        }
        for (file, chosen) in looked_at.chosen {
            data.chosen.entry(file).or_insert(chosen);
        }
        let is_untouched = self.state.tabs.is_empty() && self.state.place == Place::Home;
        for tab in looked_at.tabs {
            if matches!(tab, Place::File(_)) && !self.state.tabs.contains(&tab) {
                self.state.tabs.push(tab);
            }
        }
        if is_untouched && self.state.tabs.contains(&looked_at.place) {
            self.go(looked_at.place);
        }
    }

    /// Brings back what was open. Where the person went on already, only their edits come back.
    pub(super) fn put_layout(&mut self, layout: Layout, is_untouched: bool) {
        let new: BTreeSet<String> = layout
            .unsaved
            .iter()
            .filter(|one| one.base_hash.is_none())
            .filter_map(|one| Document::read(&one.file, one.text.clone()).pipeline)
            .map(|pipeline| pipeline.pipeline)
            .collect();
        self.state.design.refused.extend(layout.refused);
        self.state.shell.restored = layout.unsaved.iter().map(|one| one.file.clone()).collect();
        self.state.design.asked_before = layout.renaming;
        // First what another studio left, so that one step back leads to it.
        let mut unsaved = layout.others_left.clone();
        self.state.shell.others_left = layout.others_left;
        unsaved.extend(layout.unsaved);
        self.restore(unsaved);
        panels::restore(&self.ctx, layout.panels);
        for (data, view) in layout.views {
            self.state.data.views.entry(data).or_insert(view);
        }
        for (file, chosen) in layout.chosen {
            self.state.data.chosen.entry(file).or_insert(chosen);
        }
        for (file, kept) in layout.shown {
            kept.put(self.state.design.shown.entry(file).or_default());
        }
        for (file, [x, y, zoom]) in layout.canvas {
            let looks = self.state.design.canvas.looks.entry(file).or_default();
            if looks.view == CanvasView::Fit {
                looks.view = CanvasView::At(pos2(x, y), zoom);
            }
        }
        self.state.design.rules.put_selected(layout.rules);
        for (name, kept) in layout.pipelines {
            let pipeline = self.state.pipelines.entry(name).or_default();
            pipeline.section = kept.section;
            pipeline.source = kept.source;
            pipeline.table = kept.table;
            pipeline.part = kept.part;
            pipeline.message = kept.message;
        }
        if !is_untouched {
            return;
        }
        self.state.problems = layout.problems;
        self.state.shell.is_list_hidden = layout.is_list_hidden;
        self.state.design.pane = layout.pane;
        self.state.design.mappings.side = layout.mappings.side;
        self.state.design.mappings.only_unmapped = layout.mappings.only_unmapped;
        self.state.design.canvas.details = layout.details;
        self.state.lineage.put_kept(layout.lineage);
        let account = &mut self.state.account;
        (account.filter, account.from, account.to) =
            (layout.audit.filter, layout.audit.from, layout.audit.to);
        let environments = self.state.open_workspace().map(|open| open.environments.as_slice());
        let is_there = |name: &String| environments.unwrap_or_default().iter().any(|one| one.name == *name);
        if let Some(environment) = layout.environment.filter(is_there) {
            self.choose_environment(environment);
        }
        let listed = self.state.open_workspace().map(|open| open.pipelines.as_slice()).unwrap_or_default();
        let is_there = |place: &Place| match place {
            Place::Pipeline(name) => new.contains(name) || listed.iter().any(|one| one.name == *name),
            _ => true,
        };
        let mut tabs: Vec<Place> = layout.tabs.into_iter().filter(is_there).collect();
        let mut place = Some(layout.place).filter(is_there);
        if tabs.is_empty() && place.is_none() {
            return;
        }
        // Files that were looked at before there was a workspace stay, and so does who looks at one.
        let is_file = |place: &Place| matches!(place, Place::File(_));
        let looked_at = self.state.tabs.iter().filter(|tab| is_file(tab) && !tabs.contains(tab));
        tabs.extend(looked_at.cloned().collect::<Vec<_>>());
        if is_file(&self.state.place) {
            place = Some(self.state.place.clone());
        }
        self.state.tabs = tabs;
        let place = place.or_else(|| self.state.tabs.last().cloned());
        self.go(place.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn edits() -> Value {
        json!({ "file": "pipelines/a.yaml", "base_hash": null, "base_text": "", "text": "pipeline: a\n" })
    }

    #[test]
    fn what_is_taken_is_read_back() {
        let mut state = State::new();
        state.tabs = vec![Place::Pipeline("trades".to_owned()), Place::Audit];
        state.place = Place::Audit;
        state.shell.is_list_hidden = true;
        state.pipelines.entry("trades".to_owned()).or_default().section = Section::Prove;
        let shown = state.design.shown.entry("pipelines/trades.yaml".to_owned()).or_default();
        shown.positions.insert(Node::Silver("trades".to_owned()), pos2(12.0, 34.0));
        let sample = DataRef::Sample { pipeline: "trades".to_owned(), source: "trades".to_owned() };
        state.data.views.entry(sample).or_default().widths.insert("Px".to_owned(), 99.0);
        let value = taken(&state, &Context::default());
        let text = serde_json::to_string(&value).unwrap();
        let layout = read(&serde_json::from_str(&text).unwrap());
        assert_eq!(layout.lost, Vec::<&str>::new());
        assert_eq!((layout.tabs, layout.place), (state.tabs, Place::Audit));
        assert!(layout.is_list_hidden);
        assert_eq!(layout.pipelines["trades"].section, Section::Prove);
        let positions = &layout.shown["pipelines/trades.yaml"].positions;
        assert_eq!(*positions, [(Node::Silver("trades".to_owned()), [12.0, 34.0])]);
        assert!((layout.views[0].1.widths["Px"] - 99.0).abs() < 0.01);
    }

    #[test]
    fn what_other_studios_left_comes_back_too() {
        let edit =
            |file: &str, text: &str| json!({ "file": file, "base_hash": "h", "base_text": "", "text": text });
        let layout = read(&json!({
            "version": 1,
            "unsaved": [edit("a", "mine")],
            "left": [{ "version": 1, "unsaved": [edit("a", "theirs"), edit("b", "theirs")] }],
        }));
        let named = |list: &[Unsaved]| {
            list.iter().map(|one| format!("{}: {}", one.file, one.text)).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(
            (named(&layout.unsaved), named(&layout.others_left)),
            ("a: mine, b: theirs".into(), "a: theirs".into())
        );
        let layout = read(&json!({ "version": 1, "left": [{ "unsaved": [edit("a", "theirs")] }] }));
        assert_eq!((named(&layout.unsaved), layout.lost), ("a: theirs".into(), Vec::<&str>::new()));
    }

    #[test]
    fn one_part_that_is_strange_costs_no_other() {
        let layout = read(&json!({
            "version": 1, "tabs": "?", "place": { "place": "audit" }, "unsaved": [7, edits()],
        }));
        assert_eq!(layout.lost, ["unsaved edits", "the open tabs"]);
        assert_eq!((layout.place, layout.unsaved.len()), (Place::Audit, 1));
    }

    #[test]
    fn edits_come_back_whatever_wrote_them() {
        let layout = read(&json!({ "version": 99, "tabs": [], "unsaved": [edits()] }));
        assert_eq!((layout.unsaved.len(), layout.lost.len()), (1, 1));
        for strange in [json!(null), json!([]), json!("x"), json!(3)] {
            assert!(!read(&strange).lost.is_empty(), "{strange}");
        }
    }
}
