//! A progress bar for a simulation, on terminals only.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use indicatif::{ProgressBar, ProgressStyle};
use touchstone_studio::engine::{PlannedStep, RunEvent, RunObserver};

/// Shows the steps of a run on standard error; nothing where that is no terminal.
#[derive(Debug)]
pub(crate) struct Bar {
    shown: ProgressBar,
    steps: Mutex<Vec<PlannedStep>>,
    cancelled: AtomicBool,
}

impl Bar {
    /// A bar that waits for its run.
    pub(crate) fn new() -> Self {
        // indicatif itself hides a bar on standard error when that is no terminal.
        let shown = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
            shown.set_style(style);
        }
        Self { shown, steps: Mutex::new(Vec::new()), cancelled: AtomicBool::new(false) }
    }

    /// Asks the run to stop.
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Takes the bar off the screen.
    pub(crate) fn clear(&self) {
        self.shown.finish_and_clear();
    }

    fn title(&self, step: usize) -> String {
        let steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        steps.get(step).map_or_else(String::new, |step| format!("{}: {}", step.table, step.step))
    }
}

impl RunObserver for Bar {
    fn progress(&self, event: RunEvent) {
        match event {
            RunEvent::Planned { steps } => {
                self.shown.set_length(steps.len() as u64);
                *self.steps.lock().unwrap_or_else(PoisonError::into_inner) = steps;
            }
            RunEvent::Started { step } => self.shown.set_message(self.title(step)),
            RunEvent::Advanced { step, done, .. } => {
                self.shown.set_message(format!("{}, {done} rows", self.title(step)));
            }
            RunEvent::Finished { .. } => self.shown.inc(1),
        }
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}
