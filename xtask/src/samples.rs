//! The sample files of a small investment firm, written from a seed: dirty in the ways real files are.

mod calendar;
mod identifiers;
mod market;
mod names;
mod numbers;
mod positions;
mod prices;
mod random;
mod securities;
mod trades;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use self::market::{Market, Scale};
use crate::project::Project;

/// What one file is called and how it is written.
type SampleFile = (&'static str, fn(&Market, &Scale, &mut dyn Write) -> io::Result<()>);

const FILES: [SampleFile; 4] = [
    ("securities.txt", |market, _, out| securities::write(market, out)),
    ("prices.csv", |market, _, out| prices::write(market, out)),
    ("trades_20260302.csv", trades::write),
    ("positions_20260331.tsv", positions::write),
];

/// Options of `cargo xtask samples`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Write a large copy: about this many rows in each of prices, trades and positions.
    #[arg(long, requires = "out", conflicts_with = "check")]
    rows: Option<usize>,
    /// Where to write the large copy: a folder outside the repository.
    #[arg(long, requires = "rows")]
    out: Option<PathBuf>,
    /// Write nothing; fail when the committed files differ from what the generator writes.
    #[arg(long)]
    check: bool,
}

pub(crate) fn samples(project: &Project, options: Options) -> Result<()> {
    let committed = project.root.join("samples/samples");
    match options {
        Options { check: true, .. } => check(&committed),
        Options { rows: Some(rows), out: Some(out), .. } => {
            fs::create_dir_all(&out)
                .with_context(|| format!("cannot create the folder {}", out.display()))?;
            let real = out.canonicalize()?;
            ensure!(
                !real.starts_with(project.root.canonicalize()?),
                "{} is inside the repository: give --out a folder elsewhere, large files are not committed",
                real.display()
            );
            write(&real, &Scale::of_rows(rows))
        }
        _ => write(&committed, &Scale::COMMITTED),
    }
}

fn write(folder: &Path, scale: &Scale) -> Result<()> {
    let market = Market::new(scale);
    fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
    for (name, write_to) in FILES {
        let path = folder.join(name);
        let attempt = || -> io::Result<u64> {
            let mut out = BufWriter::with_capacity(1 << 20, File::create(&path)?);
            write_to(&market, scale, &mut out)?;
            out.into_inner()?.metadata().map(|about| about.len())
        };
        let bytes = attempt().with_context(|| format!("cannot write {}", path.display()))?;
        println!("{:>14} bytes  {}", numbers::grouped(bytes, 0, ',', '.'), path.display());
    }
    Ok(())
}

fn check(folder: &Path) -> Result<()> {
    let market = Market::new(&Scale::COMMITTED);
    let mut different = Vec::new();
    for (name, write_to) in FILES {
        let mut expected = Vec::new();
        write_to(&market, &Scale::COMMITTED, &mut expected)?;
        if fs::read(folder.join(name)).ok().as_ref() != Some(&expected) {
            different.push(name);
        }
    }
    if different.is_empty() {
        println!("The sample files are what the generator writes.");
        return Ok(());
    }
    bail!(
        "{} differ from what the generator writes: run `cargo xtask samples` and commit the result",
        different.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use crate::project::Project;

    #[test]
    fn the_committed_files_are_what_the_generator_writes() {
        super::check(&Project::find().unwrap().root.join("samples/samples")).unwrap();
    }
}
