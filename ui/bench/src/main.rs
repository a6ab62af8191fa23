//! How long the window's own work takes, without a renderer: the app's frame and egui's tessellation.
//!
//! `cargo run --release -p touchstone-ui-bench -- [--part NAME]… [--actions N] [--json FILE]`, or `cargo xtask bench ui`.

mod documents;
mod figures;
mod headless;
mod script;
mod work;

use std::error::Error;

use figures::{Figures, Timing};
use headless::Headless;
use touchstone_ui::command::{Command, Place, Section};
use touchstone_ui::lineage::{Command as LineageCommand, Goal};

/// Frames that are timed in each part.
const FRAMES: usize = 1_500;

/// A part that can be measured alone, by its name.
type Part = (&'static str, fn(&mut Figures));

fn main() -> Result<(), Box<dyn Error>> {
    let mut actions = 20_000_usize;
    let mut json = None;
    let mut wanted = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--actions" => actions = arguments.next().ok_or("--actions wants a number")?.parse()?,
            "--json" => json = Some(arguments.next().ok_or("--json wants a file")?),
            "--part" => wanted
                .push(arguments.next().ok_or("--part wants one of start, grid, lineage, told, idle, work")?),
            other => {
                return Err(format!("{other} is not understood; --part, --actions and --json are").into());
            }
        }
    }
    let mut figures = Figures::default();
    let is_wanted = |part: &str| wanted.is_empty() || wanted.iter().any(|one| one == part);
    let parts: [Part; 5] =
        [("start", start), ("grid", grid), ("lineage", lineage), ("told", told), ("idle", idle)];
    println!("{}", Figures::heading());
    for (_, measure) in parts.into_iter().filter(|(name, _)| is_wanted(name)) {
        measure(&mut figures);
    }
    if is_wanted("work") {
        work::hour(&mut figures, actions);
    }
    if let Some(json) = json {
        std::fs::write(json, figures.json()?)?;
    }
    Ok(())
}

/// From nothing to the first frame that shows the workspace.
fn start(figures: &mut Figures) {
    let mut timing = Timing::default();
    for _ in 0..10 {
        timing.time(|| {
            let mut window = Headless::new(script::Workspace::small());
            window.until(|state| state.open_workspace().is_some());
        });
    }
    figures.add("start to first frame with the workspace, without a renderer", &timing);
}

/// A grid of a million rows and thirty columns, scrolled with the wheel, by pages and by leaps.
fn grid(figures: &mut Figures) {
    let mut window = Headless::new(script::Workspace::small());
    window.until(|state| state.selected_pipeline().is_some_and(|one| one.view.value().is_some()));
    window.command(Command::ShowSection(Section::Data));
    window.settle();
    window.point(0.55, 0.6);
    let mut wheel = Timing::default();
    for frame in 0..FRAMES {
        window.scroll(0.0, if frame % 400 < 300 { -180.0 } else { 260.0 });
        wheel.add(window.frame());
    }
    figures.add("frame, scrolling 1 000 000 rows × 30 columns", &wheel);
    let mut sideways = Timing::default();
    for frame in 0..FRAMES / 3 {
        window.scroll(if frame % 100 < 50 { -90.0 } else { 90.0 }, -40.0);
        sideways.add(window.frame());
    }
    figures.add("frame, scrolling them across", &sideways);
    let mut leaps = Timing::default();
    for frame in 0..FRAMES / 3 {
        window.scroll(0.0, if frame % 2 == 0 { -400_000.0 } else { 250_000.0 });
        leaps.add(window.frame());
    }
    figures.add("frame, leaping through them", &leaps);
}

/// Five hundred tables and five thousand edges between columns, laid out, moved, zoomed and lit.
fn lineage(figures: &mut Figures) {
    let mut first = Timing::default();
    let mut frames = Timing::default();
    for _ in 0..5 {
        let mut window = Headless::new(script::Workspace::large());
        window.until(|state| !state.design.compilation().lineage.tables.is_empty());
        window.command(Command::Go(Place::Lineage));
        let mut total = 0.0;
        while !window.state().lineage.is_laid_out() {
            let took = window.frame();
            total += took;
            frames.add(took);
        }
        first.add(total);
    }
    let mut window = Headless::new(script::Workspace::large());
    window.until(|state| !state.design.compilation().lineage.tables.is_empty());
    window.command(Command::Go(Place::Lineage));
    window.until(|state| state.lineage.is_laid_out());
    let (tables, edges) = window.state().lineage.size();
    let what = format!("{tables} tables, {edges} column edges");
    figures.add(&format!("lineage first laid out: {what}"), &first);
    figures.add("a frame of that", &frames);

    window.lineage(LineageCommand::See(Goal::All));
    window.settle();
    window.point(0.45, 0.5);
    figures.add("frame, panning all of it", &pan(&mut window));
    let mut zoom = Timing::default();
    for frame in 0..FRAMES / 3 {
        window.zoom(if frame % 120 < 60 { 1.06 } else { 1.0 / 1.06 });
        zoom.add(window.frame());
    }
    figures.add("frame, zooming from all of it to columns", &zoom);
    window.lineage(LineageCommand::OpenAll(true));
    if let Ok(target) = window.state().design.compilation().lineage.find("p20.silver.t2.f2") {
        window.lineage(LineageCommand::Show(target));
    }
    window.settle();
    figures.add("frame, panning columns with one lit", &pan(&mut window));
    window.lineage(LineageCommand::Select(None));
    window.settle();
    figures.add("frame, panning columns", &pan(&mut window));
    window.lineage(LineageCommand::See(Goal::All));
    window.settle();
    figures.add("frame, panning all of it with its cards open", &pan(&mut window));
}

/// The same while the page is told, frame by frame, what a screen reader reads.
fn told(figures: &mut Figures) {
    let mut window = Headless::new(script::Workspace::small());
    window.until(|state| state.selected_pipeline().is_some_and(|one| one.view.value().is_some()));
    window.command(Command::ShowSection(Section::Data));
    window.settle();
    window.tell();
    let mut still = Timing::default();
    for _ in 0..FRAMES / 3 {
        still.add(window.frame());
    }
    figures.add("frame of the grid at rest, told to a screen reader", &still);
    window.point(0.55, 0.6);
    let mut wheel = Timing::default();
    for frame in 0..FRAMES / 2 {
        window.scroll(0.0, if frame % 400 < 300 { -180.0 } else { 260.0 });
        wheel.add(window.frame());
    }
    figures.add("frame, scrolling the grid, told to a screen reader", &wheel);
    let mut window = Headless::new(script::Workspace::large());
    window.until(|state| !state.design.compilation().lineage.tables.is_empty());
    window.command(Command::Go(Place::Lineage));
    window.until(|state| state.lineage.is_laid_out());
    window.lineage(LineageCommand::See(Goal::All));
    window.tell();
    window.point(0.45, 0.5);
    figures.add("frame, panning the lineage, told to a screen reader", &pan(&mut window));
}

/// To and fro about where it is, so that it stays in sight.
fn pan(window: &mut Headless) -> Timing {
    let mut timing = Timing::default();
    for frame in 0..FRAMES / 2 {
        let way =
            |period: usize, step: f32| if (frame + period / 4) % period < period / 2 { step } else { -step };
        window.scroll(way(80, 9.0), way(60, 7.0));
        timing.add(window.frame());
    }
    timing
}

/// Every place, left alone: it must not ask to be drawn again.
fn idle(figures: &mut Figures) {
    let places = [Place::Home, Place::Lineage, Place::Audit, Place::Settings];
    let sections = Section::ALL.map(Command::ShowSection);
    for command in places.map(Command::Go).into_iter().chain(sections) {
        let name = match &command {
            Command::Go(place) => format!("{place:?}"),
            Command::ShowSection(section) => section.text().to_owned(),
            _ => String::new(),
        };
        let mut window = Headless::new(script::Workspace::small());
        window.until(|state| state.selected_pipeline().is_some_and(|one| one.view.value().is_some()));
        window.command(command);
        window.settle();
        window.point(0.5, 0.5);
        window.settle();
        let (repaints, causes) = window.idle(60);
        figures.count(&format!("repaints asked for in 60 idle frames: {name}"), repaints);
        for cause in causes {
            println!("idle repaint in {name}: {cause}");
        }
    }
}
