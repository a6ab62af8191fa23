//! Times the grid over a CSV file: `cargo run --release -p touchstone-engine --example bench_grid -- FILE`; make one
//! with `cargo xtask samples --rows 1000000 --out FOLDER`.

use std::{path::PathBuf, time::Instant};

use touchstone_engine::{
    Filter, Grid, GridFile, GridHit, GridMemory, GridQuery, GridView, Sort, Test, grid_unwatched,
};
use touchstone_ingest::{InferOptions, infer};
use touchstone_spec::DataType;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).map(PathBuf::from).ok_or("name a CSV file")?;
    let folder = std::env::temp_dir().join(format!("touchstone-bench-grid-{}", std::process::id()));
    let measured = measure(&path, &folder);
    std::fs::remove_dir_all(&folder)?;
    measured
}

fn measure(path: &std::path::Path, folder: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    let options = InferOptions { max_bytes: Some(8 << 20), ..InferOptions::default() };
    let inference = infer(path, &options)?;
    said("infer, 8 MiB", Instant::now(), || Ok(infer(path, &options).map(|_| ())?))?;
    let memory = GridMemory::default();
    let file = GridFile { path, format: &inference.format, types: &inference.contract, first: None };
    let open = |first| Grid::of_csv(&GridFile { first, ..file }, folder, &memory, &grid_unwatched);
    said("first 10,000 records", Instant::now(), || Ok(open(Some(10_000)).map(|_| ())?))?;
    said("store", Instant::now(), || Ok(open(None).map(|_| ())?))?;
    said("open what is stored", Instant::now(), || Ok(open(None).map(|_| ())?))?;
    let grid = open(None)?;
    println!(
        "{} rows × {} columns, {} rejected; {} MB as CSV",
        grid.len(),
        grid.columns().len(),
        grid.file_note().map_or(0, |note| note.rejected),
        std::fs::metadata(path)?.len() / 1_000_000
    );
    let all = grid.all();
    pages("pages in order", &grid, &all, |number| number * 200)?;
    pages("pages anywhere", &grid, &all, |number| number * 7_919_317)?;
    println!("memory {} MB", memory.bytes() / 1_000_000);

    let of_type = |wanted: fn(&DataType) -> bool| grid.columns().position(|column| wanted(&column.data_type));
    let text = of_type(|data_type| *data_type == DataType::String).unwrap_or(0);
    let number =
        of_type(|data_type| matches!(data_type, DataType::Decimal { .. } | DataType::Int | DataType::Long))
            .unwrap_or(0);
    let view = |query: &GridQuery| grid.view(query, &grid_unwatched);
    let by = |column| GridQuery { sort: vec![Sort { column, descending: false }], ..GridQuery::default() };
    said("sort by a text", Instant::now(), || Ok(view(&by(text)).map(|_| ())?))?;
    said("sort by a number", Instant::now(), || Ok(view(&by(number)).map(|_| ())?))?;
    said("the same again", Instant::now(), || Ok(view(&by(number)).map(|_| ())?))?;
    let sorted = view(&by(number))?;
    pages("sorted, in order", &grid, &sorted, |number| number * 200)?;
    pages("sorted, anywhere", &grid, &sorted, |number| number * 7_919_317)?;
    let filtered = |test| GridQuery { filters: vec![Filter { column: text, test }], ..GridQuery::default() };
    said("filter: contains", Instant::now(), || {
        Ok(view(&filtered(Test::Contains { value: "a1".to_owned() })).map(|_| ())?)
    })?;
    said("filter: is bad", Instant::now(), || Ok(view(&filtered(Test::IsBad)).map(|_| ())?))?;
    said("find, no hit", Instant::now(), || {
        Ok(grid.find(&all, "no such text", None, true, &grid_unwatched).map(|_| ())?)
    })?;
    let last = grid.page(&all, grid.len().saturating_sub(1), 1, None)?;
    let needle = last.rows.into_iter().flatten().flatten().max_by_key(String::len).unwrap_or_default();
    let end = Some(GridHit { position: grid.len(), column: usize::MAX });
    said("find backward", Instant::now(), || {
        Ok(grid.find(&all, &needle, end, false, &grid_unwatched).map(|_| ())?)
    })?;
    said("profile of a text", Instant::now(), || {
        Ok(grid.profile(&all, text, &grid_unwatched).map(|_| ())?)
    })?;
    said("profile of a number", Instant::now(), || {
        Ok(grid.profile(&all, number, &grid_unwatched).map(|_| ())?)
    })?;
    said("summary, quick", Instant::now(), || Ok(grid.summary(&all, true, &grid_unwatched).map(|_| ())?))?;
    said("summary, whole", Instant::now(), || Ok(grid.summary(&all, false, &grid_unwatched).map(|_| ())?))
}

fn said(
    what: &str,
    started: Instant,
    run: impl FnOnce() -> Result<(), Box<dyn std::error::Error>>,
) -> Result<(), Box<dyn std::error::Error>> {
    run()?;
    println!("{what:<22} {:9.1} ms", started.elapsed().as_secs_f64() * 1e3);
    Ok(())
}

/// Times three hundred pages of 200 rows and at most 30 columns.
fn pages(
    what: &str,
    grid: &Grid,
    view: &GridView,
    from: impl Fn(u64) -> u64,
) -> Result<(), Box<dyn std::error::Error>> {
    let columns: Vec<usize> = (0..grid.columns().len().min(30)).collect();
    let mut millis = Vec::new();
    for number in 0..300 {
        let started = Instant::now();
        let page = grid.page(view, from(number) % view.len().max(1), 200, Some(&columns))?;
        millis.push(started.elapsed().as_secs_f64() * 1e3);
        std::hint::black_box(page);
    }
    let first = millis.first().copied().unwrap_or_default();
    millis.sort_unstable_by(f64::total_cmp);
    let at = |share: usize| millis.get(millis.len() * share / 100).copied().unwrap_or_default();
    println!(
        "{what:<22} first {first:7.1}   p50 {:7.2}   p99 {:7.2} ms, {} columns",
        at(50),
        at(99),
        columns.len()
    );
    Ok(())
}
