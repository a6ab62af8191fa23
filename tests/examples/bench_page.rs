//! How long the built page takes: the real window from the start of its process, and the page in Chromium.
//!
//! A script that runs before the page's own wraps the callback that draws, and marks the frames that drew; the browser's
//! own trace says how long they took by the clock and how much of that the page's thread worked. The renderer in
//! software takes both cores: what the clock says beyond the work is waiting for it.
//!
//! `cargo xtask bench ui` sets what it needs: `TOUCHSTONE_CLI`, `TOUCHSTONE_STUDIO`, `TOUCHSTONE_CHROMIUM`.

#[allow(dead_code, reason = "the bench of the window uses the rest")]
#[path = "../../ui/bench/src/documents.rs"]
mod documents;
#[allow(dead_code, reason = "the bench of the window counts things too")]
#[path = "../../ui/bench/src/figures.rs"]
mod figures;
#[path = "bench_page/window.rs"]
mod window;

use std::error::Error;
use std::path::Path;
use std::thread;
use std::time::Duration;

use figures::{Figures, Timing};
use serde_json::{Value, json};
use touchstone_tests::browser::{Browser, DRAWS, chromium};
use touchstone_tests::served::Served;
use touchstone_tests::wide;

const ROWS: u64 = 1_000_000;
/// Turns of the wheel in one measurement: each waits for its frame, which a renderer in software takes its time for.
const TURNS: usize = 240;

/// Runs before anything of the page: times each frame that drew, and notes when the workspace was there.
const STOPWATCH: &str = r#"
(() => {
    const own = window.requestAnimationFrame.bind(window);
    const watch = window.stopwatch = { frames: 0, gaps: [], drew: false, last: 0, shown: null };
    for (const name of ["drawElements", "drawArrays"]) {
        const draw = WebGL2RenderingContext.prototype[name];
        WebGL2RenderingContext.prototype[name] = function (...rest) {
            watch.drew = true;
            return draw.apply(this, rest);
        };
    }
    window.requestAnimationFrame = (callback) => own((time) => {
        watch.drew = false;
        const start = performance.now();
        callback(time);
        const end = performance.now();
        if (!watch.drew) return;
        watch.frames += 1;
        performance.mark("drew", { startTime: (start + end) / 2 });
        if (watch.last) watch.gaps.push(start - watch.last);
        watch.last = start;
        // The page gives itself the workspace's name in the frame that shows it.
        if (watch.shown === null && document.title.includes("Bench")) watch.shown = end;
    });
})();
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let json = match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => None,
        (Some("--json"), Some(file)) => Some(file),
        _ => return Err("only --json FILE is understood".into()),
    };
    let mut figures = Figures::default();
    println!("{}", Figures::heading());
    let large = tempfile::tempdir()?;
    wide::write(large.path(), ROWS)?;
    let many = tempfile::tempdir()?;
    write_documents(many.path())?;

    window::measure(&mut figures, many.path());
    start(&mut figures, many.path());
    grid(&mut figures, large.path());
    lineage(&mut figures, many.path());
    if let Some(json) = json {
        std::fs::write(json, figures.json()?)?;
    }
    Ok(())
}

fn write_documents(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder.join("pipelines"))?;
    std::fs::write(folder.join("touchstone.toml"), "name = \"Bench\"\n")?;
    (0..documents::MANY).try_for_each(|number| {
        let file = folder.join("pipelines").join(documents::name(number) + ".yaml");
        std::fs::write(file, documents::text(number))
    })
}

fn open(served: &Served) -> Browser {
    let chromium =
        chromium().unwrap_or_else(|| panic!("Chromium is missing; `cargo xtask bench ui` installs it"));
    let mut page = Browser::start(&chromium, &DRAWS);
    page.call("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": STOPWATCH }));
    page.open(served.link());
    page
}

/// From the address to the first frame that shows the workspace.
fn start(figures: &mut Figures, workspace: &Path) {
    let mut timing = Timing::default();
    for _ in 0..5 {
        let served = Served::start(Some(workspace));
        let mut page = open(&served);
        page.until("the workspace is shown", "String(window.stopwatch?.shown > 0)", "true");
        timing.add(page.evaluate("window.stopwatch.shown").as_f64().unwrap_or_default());
    }
    figures.add("Chromium: address to first frame with the workspace", &timing);
}

fn grid(figures: &mut Figures, workspace: &Path) {
    let served = Served::start(Some(workspace));
    let mut page = open(&served);
    page.press("listitem", "wide: ");
    page.press("tab", "Data");
    // All of it is read in the background.
    page.find("grid", "Sample of wide, 1000000 rows");
    turn(&mut page, |turn| (0, if turn % 160 < 120 { 180 } else { -260 }));
    report(figures, &mut page, "scrolling 1 000 000 rows × 30 columns");
    idle(figures, &mut page, "beside the grid");
}

fn lineage(figures: &mut Figures, workspace: &Path) {
    let served = Served::start(Some(workspace));
    let mut page = open(&served);
    page.press("button", "Lineage");
    page.find("button", "Close Lineage");
    let way = |turn: usize, period: usize, step: i32| {
        if (turn + period / 4) % period < period / 2 { step } else { -step }
    };
    page.press("radio", "Tables");
    settle(&mut page);
    turn(&mut page, |turn| (way(turn, 80, 9), way(turn, 60, 7)));
    report(figures, &mut page, "panning the lineage of 500 tables");
    page.press("radio", "Columns");
    settle(&mut page);
    turn(&mut page, |turn| (way(turn, 80, 9), way(turn, 60, 7)));
    report(figures, &mut page, "panning its 5 000 edges between columns");
    idle(figures, &mut page, "beside the lineage");
}

/// Turns the wheel in the middle of the page, about as fast as it is drawn.
fn turn(page: &mut Browser, way: impl Fn(usize) -> (i32, i32)) {
    let (x, y) = (700, 450);
    page.call("Input.dispatchMouseEvent", &json!({ "type": "mouseMoved", "x": x, "y": y }));
    settle(page);
    page.evaluate("window.stopwatch.gaps = [], window.stopwatch.last = 0");
    page.trace(&["devtools.timeline", "blink.user_timing"]);
    for number in 0..TURNS {
        let (across, down) = way(number);
        let event = json!({ "type": "mouseWheel", "x": x, "y": y, "deltaX": across, "deltaY": down });
        page.call("Input.dispatchMouseEvent", &event);
    }
}

/// Waits until nothing is drawn any more.
fn settle(page: &mut Browser) {
    let mut before = Value::Null;
    loop {
        let now = page.evaluate("window.stopwatch.frames");
        if now == before {
            return;
        }
        before = now;
        thread::sleep(Duration::from_millis(700));
    }
}

fn report(figures: &mut Figures, page: &mut Browser, what: &str) {
    let trace = Trace(page.traced());
    let frames: Vec<Span> = trace.all("FireAnimationFrame").filter(|frame| trace.drew(frame)).collect();
    let add = |figures: &mut Figures, name: &str, times: &mut dyn Iterator<Item = f64>| {
        let mut timing = Timing::default();
        times.for_each(|time| timing.add(time));
        figures.add(&format!("Chromium: {name}, {what}"), &timing);
    };
    add(figures, "the page's work in a frame", &mut frames.iter().map(|frame| frame.work));
    add(figures, "the same by the clock", &mut frames.iter().map(|frame| frame.time));
    // Beside the tree for screen readers these are the page's own alarms, which do next to nothing.
    let between = &mut trace.all("TimerFire").map(|span| span.work);
    add(figures, "its work between frames, each time", between);
    let gaps = page.evaluate("window.stopwatch.gaps");
    let gaps = &mut gaps.as_array().into_iter().flatten().filter_map(Value::as_f64);
    add(figures, "from frame to frame", gaps);
}

/// What the browser noted of the page's thread.
struct Trace(Vec<Value>);

/// Something that the thread did, in milliseconds.
struct Span {
    /// When it began, in the trace's own time.
    begin: f64,
    /// By the clock.
    time: f64,
    /// What the thread worked of it.
    work: f64,
}

impl Trace {
    fn all(&self, name: &str) -> impl Iterator<Item = Span> {
        let found = self.0.iter().filter(move |event| event["name"] == name && event["ph"] == "X");
        found.filter_map(|event| {
            let milliseconds = |name: &str| Some(event[name].as_f64()? / 1e3);
            Some(Span { begin: milliseconds("ts")?, time: milliseconds("dur")?, work: milliseconds("tdur")? })
        })
    }

    /// Whether a frame has drawn, and not only looked whether it should.
    fn drew(&self, frame: &Span) -> bool {
        let marks = self.0.iter().filter(|event| event["name"] == "drew");
        let mut times = marks.filter_map(|event| Some(event["ts"].as_f64()? / 1e3));
        times.any(|time| (frame.begin..=frame.begin + frame.time).contains(&time))
    }
}

/// How often it is drawn when nobody does anything.
fn idle(figures: &mut Figures, page: &mut Browser, place: &str) {
    settle(page);
    let before = page.evaluate("window.stopwatch.frames").as_u64().unwrap_or_default();
    thread::sleep(Duration::from_secs(10));
    let after = page.evaluate("window.stopwatch.frames").as_u64().unwrap_or_default();
    figures.count(&format!("Chromium: frames in ten idle seconds {place}"), after.saturating_sub(before));
}
