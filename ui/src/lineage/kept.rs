//! What of the lineage outlives the page: where it is looked at from, what is selected, what is left out.

use std::collections::BTreeSet;

use egui::pos2;
use serde::{Deserialize, Serialize};
use touchstone_compiler::LineageTarget;

use super::{Camera, State, Tab, Tier};

/// How lineage was looked at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    selected: Option<LineageTarget>,
    tables_only: bool,
    is_side_hidden: bool,
    tab: Tab,
    hidden_pipelines: BTreeSet<String>,
    hidden_tiers: BTreeSet<Tier>,
    only: Option<LineageTarget>,
    /// The point in the middle, and how large things are; none where it was never looked at.
    camera: Option<[f32; 3]>,
}

impl State {
    pub(crate) fn kept(&self) -> Kept {
        let was_seen = self.map.is_some() || self.is_camera_kept;
        let camera = [self.camera.center.x, self.camera.center.y, self.camera.zoom];
        Kept {
            selected: self.selected.clone(),
            tables_only: self.tables_only,
            is_side_hidden: self.is_side_hidden,
            tab: self.tab,
            hidden_pipelines: self.filter.pipelines.clone(),
            hidden_tiers: self.filter.tiers.clone(),
            only: self.filter.only.clone(),
            camera: was_seen.then_some(camera),
        }
    }

    pub(crate) fn put_kept(&mut self, kept: Kept) {
        self.selected = kept.selected;
        self.tables_only = kept.tables_only;
        self.is_side_hidden = kept.is_side_hidden;
        self.tab = kept.tab;
        self.filter.pipelines = kept.hidden_pipelines;
        self.filter.tiers = kept.hidden_tiers;
        self.filter.only = kept.only;
        if let Some([x, y, zoom]) = kept.camera {
            let zoom = zoom.clamp(*Camera::ZOOM.start(), *Camera::ZOOM.end());
            self.camera = Camera { center: pos2(x, y), zoom };
            self.is_camera_kept = true;
        }
    }
}
