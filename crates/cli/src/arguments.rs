//! What can be asked of `touchstone`.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Metadata studio for medallion data pipelines: from a sample file to published, checked metadata.
#[derive(Debug, Parser)]
#[command(name = "touchstone", version, max_term_width = 110)]
pub(crate) struct Arguments {
    /// Folder of the workspace; the current folder or the nearest one above it that holds touchstone.toml
    #[arg(long, short = 'w', global = true, value_name = "FOLDER")]
    pub(crate) workspace: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a folder a workspace
    Init {
        /// The folder; made when it isn't there
        #[arg(default_value = ".")]
        folder: PathBuf,
        /// Name of the workspace; the folder's name when absent
        #[arg(long)]
        name: Option<String>,
    },
    /// Show what a data file holds: dialect, columns, types and the evidence for them
    Infer {
        /// The data file
        file: PathBuf,
        /// Show everything about this column: the types that were tried, frequent values and shapes
        #[arg(long, value_name = "NAME")]
        column: Option<String>,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Write a new pipeline with a contract and a first mapping, inferred from a data file
    New {
        /// Name of the pipeline: lower-case letters, digits and `_`
        name: String,
        /// The data file; copied into the workspace's samples when it lies outside
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// A column of the key; given again, of several. Without it, the columns that the data speaks for
        #[arg(long, value_name = "COLUMN")]
        key: Vec<String>,
    },
    /// Read a data file losslessly: clean records as CSV, all others as JSON lines
    Ingest(IngestOptions),
    /// Check all pipelines
    Check {
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the JSON Schema of pipeline documents, for editors
    Schema,
    /// Print the reference of the functions that expressions may call
    Functions,
    /// Run a pipeline here, over its samples: bronze, silver, gold, rules, quarantine, control totals
    Simulate {
        /// Name of the pipeline; all of them when absent
        pipeline: Option<String>,
        /// Read only so many records of each sample
        #[arg(long, value_name = "N")]
        rows: Option<u64>,
        /// Write the run reports as JSON
        #[arg(long)]
        json: bool,
    },
    /// Publish a pipeline's metadata as a new version
    Publish(PublishOptions),
    /// List a pipeline's published versions
    History {
        /// Name of the pipeline
        pipeline: String,
        #[command(flatten)]
        env: Env,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Compare two versions of a pipeline, field by field
    Diff {
        /// Name of the pipeline
        pipeline: String,
        /// Older version; the current one when absent
        before: Option<u64>,
        /// Newer version; the workspace's document when absent
        after: Option<u64>,
        #[command(flatten)]
        env: Env,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Publish an old version anew
    Rollback {
        /// Name of the pipeline
        pipeline: String,
        /// Version whose content is published again
        version: u64,
        /// Why, for history and audit trail
        #[arg(long, short)]
        message: String,
        #[command(flatten)]
        env: Env,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Write the document of a published version back into the workspace; nothing is published
    Restore {
        /// Name of the pipeline
        pipeline: String,
        /// Version whose document is written
        version: u64,
        /// Write over changes that are in no version
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        env: Env,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the audit trail, or verify its chain
    Audit {
        #[arg(value_enum, default_value = "show")]
        action: AuditAction,
        #[command(flatten)]
        env: Env,
        /// Only events of this pipeline
        #[arg(long)]
        pipeline: Option<String>,
        /// Only events of this person
        #[arg(long)]
        actor: Option<String>,
        /// Only events from this day on (year-month-day, UTC)
        #[arg(long, value_name = "DAY")]
        from: Option<String>,
        /// Only events to the end of this day
        #[arg(long, value_name = "DAY")]
        to: Option<String>,
        /// Most events to show
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// Write all these events as a text to keep, oldest first
        #[arg(long, value_enum, conflicts_with_all = ["limit", "json"])]
        export: Option<ExportAs>,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Prepare and test the environments that metadata is published to
    Env {
        #[command(subcommand)]
        action: EnvAction,
    },
    /// Show where tables and columns come from and where they go
    Lineage(LineageOptions),
    /// List the simulations of a pipeline, newest first
    Runs {
        /// Name of the pipeline
        pipeline: String,
        /// Most runs to show
        #[arg(long, default_value_t = 20)]
        limit: u32,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Compare a table of two simulations, row by row
    Compare(CompareOptions),
    /// Show which rows, records and expressions made a cell
    Trace(TraceOptions),
    /// Show what breaks, or changes its values or rows, when a table or a column changes
    Impact(ImpactOptions),
    /// Give a table, a source, a column or a pipeline another name, in every place that means it
    Rename(RenameOptions),
    /// Suggest mappings for fields that have none, and fields for columns that none takes
    Suggest {
        /// The silver table, written PIPELINE.TABLE
        table: String,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the studio in a browser, on this computer alone, until Ctrl+C
    Serve(ServeOptions),
}

#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    /// Port to listen on; one that is free when absent
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// Address to listen on; only one that other computers can't reach
    #[arg(long, value_name = "IP", default_value_t = Ipv4Addr::LOCALHOST.into())]
    pub(crate) address: IpAddr,
    /// Open the browser
    #[arg(long)]
    pub(crate) open: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Env {
    /// Name of the environment
    #[arg(long, default_value = "local", value_name = "NAME")]
    pub(crate) env: String,
}

#[derive(Debug, Args)]
pub(crate) struct IngestOptions {
    /// The data file
    pub(crate) file: PathBuf,
    /// Where the clean records go, as UTF-8 CSV (comma, RFC 4180, one header row)
    #[arg(long, value_name = "FILE")]
    pub(crate) clean: PathBuf,
    /// Where all others go, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: PathBuf,
    /// Read it by the format of this source, written PIPELINE.SOURCE; inferred when absent
    #[arg(long = "as", value_name = "PIPELINE.SOURCE")]
    pub(crate) source: Option<String>,
    /// Write the totals as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PublishOptions {
    /// Name of the pipeline; all that differ from what is published when absent
    pub(crate) pipeline: Option<String>,
    #[command(flatten)]
    pub(crate) env: Env,
    /// Why, for history and audit trail
    #[arg(long, short, required_unless_present = "dry_run")]
    pub(crate) message: Option<String>,
    /// Only show what would be published
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Publish although readers of what is published break
    #[arg(long)]
    pub(crate) breaking: bool,
    /// Write JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuditAction {
    /// List events, newest first
    Show,
    /// Check that no event was changed, removed or reordered, and that every version is what was audited
    Verify,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EnvAction {
    /// List the environments
    List,
    /// Create an environment's DynamoDB table: on-demand, encrypted, with point-in-time recovery and deletion protection
    Init {
        /// Name of the environment
        name: String,
    },
    /// Test whether an environment can be reached and has what it needs
    Check {
        /// Name of the environment
        name: String,
    },
    /// Say who you are in an environment, what you may do there, and how it is kept safe; changes nothing
    Test {
        /// Name of the environment
        name: String,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Keep access keys for an environment in the system's keychain; asks for them, or reads them from standard input,
    /// a line each: key id, secret key and, where there is one, session token
    Keys {
        /// Name of the environment
        name: String,
        /// Take them out of the keychain instead
        #[arg(long)]
        forget: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct LineageOptions {
    /// A table or a column, for example `trades.gold.sector_exposure.gross_notional`; everything when absent
    pub(crate) target: Option<String>,
    /// Only where it comes from
    #[arg(long)]
    pub(crate) up: bool,
    /// Only where it goes
    #[arg(long, conflicts_with = "up")]
    pub(crate) down: bool,
    /// How to write it
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: LineageFormat,
}

#[derive(Debug, Args)]
pub(crate) struct CompareOptions {
    /// The table, for example trades.silver.trades
    pub(crate) table: String,
    /// Run of the older side; the one before the newer side when absent
    #[arg(long, value_name = "RUN")]
    pub(crate) before: Option<String>,
    /// Run of the newer side; the last one when absent
    #[arg(long, value_name = "RUN")]
    pub(crate) after: Option<String>,
    /// Only rows of this kind
    #[arg(long, value_enum)]
    pub(crate) kind: Option<RowKind>,
    /// Most differing rows to show
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) rows: u64,
    /// Write JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowKind {
    /// Only in the newer run
    Added,
    /// Only in the older run
    Removed,
    /// In both, with other values
    Changed,
}

#[derive(Debug, Args)]
pub(crate) struct TraceOptions {
    /// The table, for example `trades.gold.sector_exposure`
    pub(crate) table: String,
    /// Row of the table as it is stored, counted from one
    #[arg(long, value_name = "N")]
    pub(crate) row: u64,
    /// The column; the whole row when absent
    #[arg(long, value_name = "NAME")]
    pub(crate) column: Option<String>,
    /// Write JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is thought of; taking it out when nothing else is named.
#[derive(Debug, Args)]
pub(crate) struct ImpactOptions {
    /// A table or a column, for example trades.silver.trades.notional
    pub(crate) target: String,
    /// Take it out (what is meant when nothing else is named)
    #[arg(long, conflicts_with_all = ["rename", "retype"])]
    pub(crate) drop: bool,
    /// Give it another name
    #[arg(long, value_name = "NAME", conflicts_with = "retype")]
    pub(crate) rename: Option<String>,
    /// Give it another type
    #[arg(long, value_name = "TYPE")]
    pub(crate) retype: Option<String>,
    /// Write JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct RenameOptions {
    /// A table or a column, for example trades.silver.trades.notional; a bronze one means the source's
    pub(crate) target: String,
    /// Its new name
    pub(crate) name: String,
    /// The target is a pipeline
    #[arg(long)]
    pub(crate) pipeline: bool,
    /// Columns of queries that have their name from it get the new one too, instead of an alias
    #[arg(long)]
    pub(crate) follow: bool,
    /// Show what would change, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportAs {
    /// Comma-separated, with a header
    Csv,
    /// The whole events
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LineageFormat {
    /// A tree for people
    Text,
    /// Graphviz
    Dot,
    /// JSON
    Json,
}
