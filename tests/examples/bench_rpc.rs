//! How long a page of a grid takes from the question to the answer, with the real studio and JSON on both sides.
//!
//! `cargo run --workspace --example bench_rpc -- [--json FILE]`, or `cargo xtask bench ui`.

#[allow(dead_code, reason = "the bench of the window counts things too")]
#[path = "../../ui/bench/src/figures.rs"]
mod figures;

use std::error::Error;

use figures::{Figures, Timing};
use touchstone_protocol::{
    Call as _, DataQuery, DataRef, DataView, JobState, JobStatus, JobView, OpenWorkspace, Request, Rows,
    StartProfile, dispatch,
};
use touchstone_studio::Studio;
use touchstone_tests::wide::{self, COLUMNS};

const ROWS: u64 = 200_000;
const PAGE: u64 = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let json = match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => None,
        (Some("--json"), Some(file)) => Some(file),
        _ => return Err("only --json FILE is understood".into()),
    };
    let folder = tempfile::tempdir()?;
    wide::write(folder.path(), ROWS)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let studio = Studio::new();
    let open = OpenWorkspace { path: folder.path().display().to_string() };
    runtime.block_on(dispatch(&*studio, open.into_request()))?;
    let data = DataRef::Sample { pipeline: "wide".to_owned(), source: "wide".to_owned() };
    let ask = |offset: u64| -> Result<DataView, Box<dyn Error>> {
        let rows = Rows { data: data.clone(), query: DataQuery::default(), offset, limit: PAGE };
        let question = serde_json::to_string(&rows.into_request())?;
        let request: Request = serde_json::from_str(&question)?;
        let answer = serde_json::to_string(&runtime.block_on(dispatch(&*studio, request))?)?;
        Ok(serde_json::from_str(&answer)?)
    };
    let mut figures = Figures::default();
    println!("{}", Figures::heading());
    let mut first = Timing::default();
    let mut found = None;
    first.time(|| found = ask(0).ok());
    let view = found.ok_or("the first page could not be read")?;
    if view.rows.len() as u64 != PAGE || view.columns.len() != COLUMNS {
        return Err(format!("{} rows of {} columns came", view.rows.len(), view.columns.len()).into());
    }
    figures.add("first page of a sample", &first);
    // All of it is read in a job, as the page asks for.
    let started = std::time::Instant::now();
    let start = StartProfile { data: data.clone(), query: DataQuery::default() };
    let answer = runtime.block_on(dispatch(&*studio, start.into_request()))?;
    let job = serde_json::to_value(answer)?["id"].as_str().unwrap_or_default().to_owned();
    loop {
        let status = JobStatus { job: job.clone() };
        let answer = runtime.block_on(dispatch(&*studio, status.into_request()))?;
        let view: JobView = serde_json::from_value(serde_json::to_value(answer)?)?;
        match view.state {
            JobState::Done => break,
            JobState::Running | JobState::Cancelling => {
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            JobState::Failed | JobState::Cancelled => return Err("the sample could not be read".into()),
        }
    }
    println!("all {ROWS} records read in {:.1} s", started.elapsed().as_secs_f64());
    if !ask(0)?.complete {
        return Err("all was read, and still a part is shown".into());
    }
    let mut pages = Timing::default();
    for page in 0..300 {
        let offset = page * 6_151 % (ROWS - PAGE);
        let mut error = None;
        pages.time(|| error = ask(offset).err());
        if let Some(error) = error {
            return Err(error);
        }
    }
    figures.add("page of 200 rows × 30 columns, there and back", &pages);
    if let Some(json) = json {
        std::fs::write(json, figures.json()?)?;
    }
    Ok(())
}
