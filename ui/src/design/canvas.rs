//! The pipeline as a canvas: its sources and tables as cards, what reads what as lines between them.

mod adding;
mod apply;
mod card;
mod command;
mod edges;
mod graph;
mod join;
mod layout;
mod menu;
mod question;
mod removing;
mod stage;
mod view;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use egui::{Context, Pos2};
use touchstone_spec::{FileSource, SilverTable};

use super::Node;
use crate::remote::Remote;

pub use command::Command;
pub use question::{Join, Question};

pub(super) use adding::card_of;
pub(super) use view::canvas;

/// What is known and chosen here.
#[derive(Debug, Default)]
pub struct State {
    /// How each document is looked at, by file.
    pub looks: BTreeMap<String, Looks>,
    /// What sample files show, by path.
    pub inferred: BTreeMap<String, Remote<Inferred>>,
    /// The source being added.
    pub adding: Remote<()>,
    /// The question that is asked, if any.
    pub question: Option<Question>,
    /// Whether what is selected is edited beside the canvas; none: where there is room for both.
    pub details: Option<bool>,
}

/// Width of a window in which canvas and details have room beside each other.
const WIDE: f32 = 900.0;

/// How the canvas of one document is looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Looks {
    /// The part that is in sight.
    pub view: View,
    /// Cards that are selected beside the one that is edited.
    pub also: BTreeSet<Node>,
    /// The connection that is selected.
    pub edge: Option<(Node, Node)>,
    /// Why something can't be done, and what can be done instead.
    pub told: Option<String>,
}

/// The part of a canvas that is in sight.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum View {
    /// All of it.
    #[default]
    Fit,
    /// The selected cards.
    Selection,
    /// This point in the middle, so much enlarged.
    At(Pos2, f32),
}

/// What a sample file shows: the source and the silver table that would be drafted from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Inferred {
    /// The source, with dialect and contract.
    pub source: FileSource,
    /// The silver table.
    pub silver: Option<SilverTable>,
}

impl State {
    /// Whether what is selected is edited beside the canvas, or in a small window instead of it.
    pub(in crate::design) fn has_details(&self, ctx: &Context) -> bool {
        self.details.unwrap_or(!is_narrow(ctx))
    }

    /// How the canvas of `file` is looked at.
    pub fn looks(&self, file: &str) -> Cow<'_, Looks> {
        self.looks.get(file).map_or_else(|| Cow::Owned(Looks::default()), Cow::Borrowed)
    }
}

/// Whether canvas and details have no room beside each other: a small window, or large text.
fn is_narrow(ctx: &Context) -> bool {
    ctx.content_rect().width() < WIDE
}
