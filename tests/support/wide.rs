//! A workspace with one wide sample, for what is measured.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

/// How many columns the sample has.
pub const COLUMNS: usize = 30;

/// Writes a workspace with the pipeline `wide`, whose sample has `rows` rows.
///
/// # Errors
/// When a file can't be written.
pub fn write(folder: &Path, rows: u64) -> io::Result<()> {
    std::fs::create_dir_all(folder.join("pipelines"))?;
    std::fs::create_dir_all(folder.join("samples"))?;
    std::fs::write(folder.join("touchstone.toml"), "name = \"Bench\"\n")?;
    let mut spec = String::from(
        "pipeline: wide\nsources:\n  wide:\n    kind: file\n    format: { csv: {} }\n    sample: samples/wide.csv\n    contract:\n",
    );
    let mut csv = BufWriter::new(File::create(folder.join("samples/wide.csv"))?);
    for column in 0..COLUMNS {
        let data_type = if is_number(column) { "\"decimal(18,4)\"" } else { "string" };
        writeln!(spec, "      - {{ name: c{column}, type: {data_type} }}").map_err(io::Error::other)?;
        write!(csv, "{}c{column}", if column > 0 { "," } else { "" })?;
    }
    writeln!(csv)?;
    for row in 0..rows {
        for column in 0..COLUMNS {
            let comma = if column > 0 { "," } else { "" };
            if is_number(column) {
                write!(csv, "{comma}{}.{:04}", row * 31 % 90_000, column * 7)?;
            } else {
                write!(csv, "{comma}value {} {column}", row * 17 % 5_000)?;
            }
        }
        writeln!(csv)?;
    }
    csv.flush()?;
    std::fs::write(folder.join("pipelines/wide.yaml"), spec)
}

fn is_number(column: usize) -> bool {
    column % 3 == 1
}
