//! The steps of a long command: each is announced and timed, and a table closes the whole.

use std::time::{Duration, Instant};

use anyhow::Result;

/// The steps so far.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(String, Duration, bool)>,
}

impl Steps {
    /// Announces, performs and times one step.
    pub(crate) fn perform<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n==> {name}");
        let start = Instant::now();
        let result = work();
        let took = start.elapsed();
        println!("    {name}: {} in {}", if result.is_ok() { "done" } else { "FAILED" }, human(took));
        self.done.push((name.to_owned(), took, result.is_ok()));
        result
    }

    /// One line for each step, also after a failure.
    pub(crate) fn print_table(&self) {
        let width = self.done.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or(0).max(5);
        println!("\n{:width$}  {:>9}", "step", "took");
        for (name, took, well) in &self.done {
            println!("{name:width$}  {:>9}{}", human(*took), if *well { "" } else { "  FAILED" });
        }
        println!("{:width$}  {:>9}", "total", human(self.done.iter().map(|(_, took, _)| *took).sum()));
    }
}

fn human(took: Duration) -> String {
    let seconds = took.as_secs();
    if seconds < 60 {
        format!("{:.1} s", took.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Steps, human};

    #[test]
    fn times_are_read_at_a_glance() {
        assert_eq!(human(Duration::from_millis(1_250)), "1.2 s");
        assert_eq!(human(Duration::from_secs(125)), "2 min 05 s");
    }

    #[test]
    fn a_failed_step_is_kept_and_its_error_handed_on() {
        let mut steps = Steps::default();
        assert!(steps.perform("fails", || -> anyhow::Result<()> { anyhow::bail!("no") }).is_err());
        assert!(!steps.done[0].2);
    }
}
