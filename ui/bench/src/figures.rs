//! Figures: what was measured, as a table and as JSON.

use std::time::Instant;

use serde::Serialize;

/// Everything that was measured, in order.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Figures(Vec<Figure>);

/// One of them.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Figure {
    Time { what: String, number: usize, p50_ms: f64, p99_ms: f64, max_ms: f64 },
    Count { what: String, count: u64 },
}

/// Times in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Timing(Vec<f64>);

impl Timing {
    pub(crate) fn add(&mut self, milliseconds: f64) {
        self.0.push(milliseconds);
    }

    pub(crate) fn time(&mut self, run: impl FnOnce()) {
        let start = Instant::now();
        run();
        self.add(start.elapsed().as_secs_f64() * 1e3);
    }

    /// The time that this share of them stays below.
    fn at(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
        let place = ((sorted.len().saturating_sub(1)) as f64 * share).round() as usize;
        sorted.get(place).copied().unwrap_or_default()
    }
}

/// Width of the column that says what was measured.
const WHAT: usize = 72;

impl Figures {
    pub(crate) fn heading() -> String {
        format!("{:<WHAT$} {:>7} {:>9} {:>9} {:>9}", "", "times", "p50 ms", "p99 ms", "max ms")
    }

    /// Keeps a figure, and shows it at once.
    pub(crate) fn add(&mut self, what: &str, timing: &Timing) {
        let (number, p50_ms, p99_ms, max_ms) =
            (timing.0.len(), timing.at(0.5), timing.at(0.99), timing.at(1.0));
        println!("{what:<WHAT$} {number:>7} {p50_ms:>9.2} {p99_ms:>9.2} {max_ms:>9.2}");
        self.0.push(Figure::Time { what: what.to_owned(), number, p50_ms, p99_ms, max_ms });
    }

    /// The same for a number of things.
    pub(crate) fn count(&mut self, what: &str, count: u64) {
        println!("{what:<WHAT$} {count:>7}");
        self.0.push(Figure::Count { what: what.to_owned(), count });
    }

    pub(crate) fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(&self.0)
    }
}
