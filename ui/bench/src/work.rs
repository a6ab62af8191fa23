//! An hour of work in a few minutes: what a steward does all day, over and over, and what memory grows by.

use egui::{Event, Key, Modifiers};
use touchstone_ui::command::{Command, Place, Section};
use touchstone_ui::design::{Command as DesignCommand, Pane};
use touchstone_ui::lineage::{Command as LineageCommand, Goal};

use crate::figures::{Figures, Timing};
use crate::headless::Headless;
use crate::script::Workspace;

/// Actions before the first look at memory: caches and fonts are filled by then.
const WARM_UP: usize = 2_000;

pub(crate) fn hour(figures: &mut Figures, actions: usize) {
    let mut window = Headless::new(Workspace::small());
    window.until(|state| !state.design.compilation().lineage.tables.is_empty());
    let mut timing = Timing::default();
    for action in 0..WARM_UP.min(actions) {
        act(&mut window, action, &mut timing);
    }
    let before = resident();
    for action in 0..actions {
        act(&mut window, action, &mut timing);
    }
    figures.add("frame, while working", &timing);
    if let (Some(before), Some(after)) = (before, resident()) {
        figures.count("memory after a warm-up, kB", before);
        figures.count(&format!("memory after {actions} actions, kB"), after);
        figures.count("memory that it grew by, kB", after.saturating_sub(before));
    }
}

/// One thing that a steward does, and the frames that follow from it.
fn act(window: &mut Headless, action: usize, timing: &mut Timing) {
    let name = format!("p{:02}", action / 40 % 4);
    let file = format!("pipelines/{name}.yaml");
    match action % 40 {
        0 => window.command(Command::Select(name)),
        1 => window.command(Command::ShowSection(Section::Data)),
        2..=9 => {
            window.point(0.5, 0.6);
            window.scroll(0.0, -900.0 * (action % 7) as f32);
        }
        10 => window.command(Command::ShowSection(Section::Design)),
        11 => window.command(Command::Design(DesignCommand::ShowPane(Pane::Yaml))),
        12..=17 => {
            let document = window.state().design.documents.get(&file).map(|one| one.text().to_owned());
            let text = format!("# {action}\n{}", document.unwrap_or_default());
            window.command(Command::Design(DesignCommand::EditText { file, text }));
        }
        18..=23 => window.command(Command::Design(DesignCommand::Undo)),
        24 => window.command(Command::Design(DesignCommand::ShowPane(Pane::Canvas))),
        25 => window.command(Command::Design(DesignCommand::ShowPane(Pane::Mappings))),
        26 => window.command(Command::Design(DesignCommand::ShowPane(Pane::Rules))),
        27 => window.command(Command::ShowSection(Section::Publish)),
        28 => window.command(Command::Go(Place::Lineage)),
        29 => window.lineage(LineageCommand::See(Goal::All)),
        30..=33 => {
            window.point(0.45, 0.5);
            window.zoom(if action.is_multiple_of(2) { 1.3 } else { 1.0 / 1.3 });
        }
        34 => {
            let found = window.state().design.compilation().lineage.find(&format!("{name}.silver.t1.f1"));
            if let Ok(target) = found {
                window.lineage(LineageCommand::Show(target));
            }
        }
        35 => window.lineage(LineageCommand::EditFind("f3".to_owned())),
        36 => window.lineage(LineageCommand::FindAgain(false)),
        37 => window.command(Command::Go(Place::Audit)),
        38 => {
            let (key, modifiers) = (Key::Tab, Modifiers::NONE);
            let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
            window.event(event(true));
            window.event(event(false));
        }
        _ => window.command(Command::CloseThisTab),
    }
    timing.add(window.frame());
    timing.add(window.frame());
}

/// What the process holds in memory, in kB; none where the system doesn't tell.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
