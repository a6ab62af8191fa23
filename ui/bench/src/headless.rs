//! The app without a window: frames are drawn and cut into triangles, and go nowhere.

use std::hint::black_box;
use std::time::{Duration, Instant};

use egui::{
    Context, Event, Modifiers, MouseWheelSource, MouseWheelUnit, RawInput, Rect, TouchPhase, ViewportId,
    pos2, vec2,
};
use touchstone_ui::App;
use touchstone_ui::accessibility::{Mirror, Transforms};
use touchstone_ui::command::Command;
use touchstone_ui::state::State;

use crate::script::Workspace;

/// Size of the window.
const SIZE: egui::Vec2 = egui::Vec2::new(1_920.0, 1_080.0);

/// The app, and the time of its own clock.
pub(crate) struct Headless {
    ctx: Context,
    app: App,
    time: f64,
    events: Vec<Event>,
    mirror: Option<Mirror>,
}

impl Headless {
    pub(crate) fn new(workspace: Workspace) -> Self {
        let ctx = Context::default();
        let app = App::new(&ctx, workspace);
        let mut window = Self { ctx, app, time: 0.0, events: Vec::new(), mirror: None };
        window.frame();
        window
    }

    /// From now on the page is told what a screen reader reads.
    pub(crate) fn tell(&mut self) {
        self.ctx.enable_accesskit();
        self.mirror = Some(Mirror::default());
        self.settle();
    }

    pub(crate) fn state(&self) -> &State {
        self.app.state()
    }

    /// Has this happen before the next frame.
    pub(crate) fn event(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Has this commanded after the next frame.
    pub(crate) fn command(&mut self, command: Command) {
        self.app.command(command);
        self.frame();
    }

    pub(crate) fn lineage(&mut self, command: touchstone_ui::lineage::Command) {
        self.command(Command::Lineage(command));
    }

    /// Puts the pointer at this share of width and height.
    pub(crate) fn point(&mut self, x: f32, y: f32) {
        self.event(Event::PointerMoved(pos2(SIZE.x * x, SIZE.y * y)));
        self.frame();
    }

    pub(crate) fn scroll(&mut self, x: f32, y: f32) {
        self.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(x, y),
            source: MouseWheelSource::Trackpad,
            phase: TouchPhase::Move,
            modifiers: Modifiers::NONE,
        });
    }

    pub(crate) fn zoom(&mut self, factor: f32) {
        self.event(Event::Zoom(factor));
    }

    /// Draws a frame; gives the milliseconds that it took.
    pub(crate) fn frame(&mut self) -> f64 {
        self.draw().0
    }

    fn draw(&mut self) -> (f64, Duration) {
        self.time += 1.0 / 60.0;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), SIZE)),
            time: Some(self.time),
            focused: true,
            events: std::mem::take(&mut self.events),
            ..RawInput::default()
        };
        let start = Instant::now();
        let app = &mut self.app;
        let mut output = self.ctx.run_ui(input, |ui| app.frame(ui));
        let shapes = std::mem::take(&mut output.shapes);
        black_box(self.ctx.tessellate(shapes, output.pixels_per_point));
        if let (Some(mirror), Some(tree)) = (&mut self.mirror, output.platform_output.accesskit_update.take())
        {
            black_box(mirror.update(tree, Transforms::default()));
        }
        let took = start.elapsed().as_secs_f64() * 1e3;
        let again = output.viewport_output.get(&ViewportId::ROOT).map(|viewport| viewport.repaint_delay);
        output.drop_without_applying_deltas();
        (took, again.unwrap_or(Duration::MAX))
    }

    /// Draws until the app says so.
    pub(crate) fn until(&mut self, is_so: impl Fn(&State) -> bool) {
        for _ in 0..10_000 {
            if is_so(self.app.state()) {
                return;
            }
            self.frame();
        }
        eprintln!("waited for 10 000 frames in vain");
    }

    /// Draws until everything has been answered.
    pub(crate) fn settle(&mut self) {
        for _ in 0..30 {
            self.frame();
        }
    }

    /// Draws frames in which nothing happens; how many of them asked for another, and what for.
    pub(crate) fn idle(&mut self, frames: usize) -> (u64, Vec<String>) {
        let mut count = 0;
        let mut causes = Vec::new();
        for _ in 0..frames {
            let (_, again) = self.draw();
            if again < Duration::MAX {
                count += 1;
                for cause in self.ctx.repaint_causes() {
                    let text = format!("{cause}, in {again:?}");
                    if !causes.contains(&text) {
                        causes.push(text);
                    }
                }
            }
        }
        (count, causes)
    }
}
