//! Times reading, inference and cleaning: `cargo run --release -p touchstone-ingest --example bench_read -- FILE`,
//! or without a file on a made-up one of 200 MB in memory.

use std::{io::Write, path::PathBuf, time::Instant};

use touchstone_ingest::{CsvReader, InferOptions, ValueParser, clean, infer, unwatched};
use touchstone_spec::ContractField;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut made = None;
    let path = if let Some(path) = std::env::args_os().nth(1) {
        PathBuf::from(path)
    } else {
        let mut file = tempfile::NamedTempFile::new()?;
        write_trades(&mut file, 200 << 20)?;
        let path = file.path().to_owned();
        made = Some(file);
        path
    };
    let bytes = std::fs::metadata(&path)?.len() as f64;
    // Wall time says little on a busy machine: the processor's time (all threads) stands beside it.
    let mut before = processor_seconds();
    let mut said = |what: &str, started: Instant| {
        let seconds = started.elapsed().as_secs_f64();
        let after = processor_seconds();
        let busy = after - before;
        before = after;
        println!(
            "{what:<16} {seconds:7.3} s wall {:6.0} MB/s   {busy:7.3} s processor {:6.0} MB/s",
            bytes / 1e6 / seconds,
            bytes / 1e6 / busy
        );
    };

    let started = Instant::now();
    let inference = infer(path.as_path(), &InferOptions::default())?;
    said("infer", started);
    let format = inference.format;

    let started = Instant::now();
    let mut reader = CsvReader::open(&path, &format)?;
    while reader.next_batch(65_536)?.is_some() {}
    let totals = reader.finish();
    said("read", started);
    println!("{} records, {} rejected, {:.0} MB", totals.records_read, totals.rejected, bytes / 1e6);

    let started = Instant::now();
    let parsers = inference
        .contract
        .iter()
        .map(|field| ValueParser::new(field, &format))
        .collect::<Result<Vec<_>, _>>()?;
    let mut reader = CsvReader::open(&path, &format)?;
    let mut wrong = 0_u64;
    while let Some(batch) = reader.next_batch(65_536)? {
        for (column, parser) in batch.columns.iter().zip(&parsers) {
            wrong += column.iter().flatten().filter(|text| parser.parse(text).is_err()).count() as u64;
        }
    }
    said("read and type", started);
    println!("{wrong} values not of their type");

    let started = Instant::now();
    clean(&path, &format, &mut std::io::sink(), &mut std::io::sink(), &unwatched)?;
    said("clean", started);
    for field in inference.contract {
        let ContractField { name, data_type, .. } = field;
        println!("  {name}: {data_type}");
    }
    drop(made);
    Ok(())
}

/// Processor time of this process so far, user and system; 0 where there is no `/proc`.
fn processor_seconds() -> f64 {
    // Fields 14 and 15, in hundredths of a second on Linux; the name in brackets may hold blanks.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// Records like those of a trade file, until there are `size` bytes.
fn write_trades(out: &mut impl Write, size: usize) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(out);
    let mut written =
        out.write(b"trade_id;trade_date;account;isin;side;quantity;price;ccy;trader;remarks\n")?;
    let mut row = 0_u64;
    while written < size {
        let line = format!(
            "T202603-{:07};{:02}/03/2026;{:010};US{:010};{};{}.{:03};{},{:04};USD;Anna Weiss;{}\n",
            row,
            row % 28 + 1,
            104_700 + row % 97,
            row.wrapping_mul(2_654_435_761) % 10_000_000_000,
            if row.is_multiple_of(3) { "SELL" } else { "BUY" },
            row % 9 + 1,
            row * 7 % 1000,
            row * 13 % 900 + 10,
            row * 31 % 10_000,
            if row.is_multiple_of(11) { "\"Block; part 1 of 2\"" } else { "" },
        );
        out.write_all(line.as_bytes())?;
        written += line.len();
        row += 1;
    }
    out.flush()
}
