//! The pipeline document: what each key means and which values it takes.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{DataType, Period};

/// One pipeline: the sources it reads, and the silver and gold tables it makes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// Name, unique in the workspace: lower-case letters, digits and `_`.
    pub pipeline: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who answers for it: a person's or a team's mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it reads, by name. Each source is one bronze table.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub sources: IndexMap<String, Source>,
    /// Typed, mapped and checked tables, by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub silver: IndexMap<String, SilverTable>,
    /// Tables made from silver (and other gold) tables by SQL, by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub gold: IndexMap<String, GoldTable>,
    /// How long each layer's data is kept, and where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    /// When the platform runs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
    /// Whom the platform tells about runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alerts: Option<Alerts>,
}

/// Something a pipeline reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// Files that arrive in a folder.
    File(FileSource),
}

impl Source {
    /// The structure that the source promises.
    pub fn contract(&self) -> &[ContractField] {
        match self {
            Self::File(file) => &file.contract,
        }
    }
}

/// Files of one format and one structure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileSource {
    /// How the bytes are to be read.
    pub format: FileFormat,
    /// A sample file, relative to the workspace: what preview and simulation read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<String>,
    /// The columns that a file promises, by their names in its header, in order.
    #[serde(default)]
    pub contract: Vec<ContractField>,
    /// Where files arrive, by environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landing: Option<Landing>,
    /// What the source is and where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// The format of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// Delimited text.
    Csv(CsvFormat),
}

/// The dialect of delimited text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CsvFormat {
    /// One ASCII character between fields: `,`, `;`, a tab (`"\t"`), `|` …
    pub delimiter: char,
    /// One ASCII character around fields that hold delimiters or line breaks; doubled inside. None: no quoting.
    pub quote: Option<char>,
    /// One ASCII character before a quote that doesn't end its field, where quotes aren't doubled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escape: Option<char>,
    /// Character encoding by its WHATWG label: utf-8, utf-16le, windows-1252, iso-8859-15 …
    pub encoding: String,
    /// Line of the header, counted from 1; lines above it are the preamble. 0: the file has no header, and
    /// columns are taken by position.
    pub header_row: u64,
    /// Records at the end that aren't data, such as a totals line.
    #[serde(skip_serializing_if = "is_zero")]
    pub footer_rows: u64,
    /// Texts that stand for 'no value', beside the empty one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub null_values: Vec<String>,
    /// Whether blanks around a field are dropped before it is typed. Bronze keeps them.
    #[serde(skip_serializing_if = "is_false")]
    pub trim: bool,
}

impl Default for CsvFormat {
    fn default() -> Self {
        Self {
            delimiter: ',',
            quote: Some('"'),
            escape: None,
            encoding: "utf-8".to_owned(),
            header_row: 1,
            footer_rows: 0,
            null_values: Vec::new(),
            trim: false,
        }
    }
}

/// One column that a source promises.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractField {
    /// Name in the file's header, to the letter.
    pub name: String,
    /// Type that its text is read as.
    #[serde(rename = "type")]
    pub data_type: DataType,
    /// Whether a record without a value breaks the contract (and is quarantined).
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// Pattern of a date, time or timestamp in the letters of Java and Spark: `dd/MM/yyyy`,
    /// `yyyy-MM-dd HH:mm:ss`. ISO 8601 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Character between whole and fraction; `.` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal_mark: Option<char>,
    /// Character between groups of three digits; none when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grouping_mark: Option<char>,
    /// How negative numbers are written; a minus in front when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negative: Option<NegativeStyle>,
    /// Texts that mean true, for a boolean; `true`, `t`, `yes`, `y`, `1` in any case when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub true_values: Vec<String>,
    /// Texts that mean false, for a boolean; `false`, `f`, `no`, `n`, `0` in any case when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub false_values: Vec<String>,
    /// What the column means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl ContractField {
    /// A field of this name and type, with every other key at its default.
    pub fn new(name: impl Into<String>, data_type: DataType) -> Self {
        Self {
            name: name.into(),
            data_type,
            required: false,
            format: None,
            decimal_mark: None,
            grouping_mark: None,
            negative: None,
            true_values: Vec::new(),
            false_values: Vec::new(),
            description: None,
        }
    }
}

/// How a source writes negative numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NegativeStyle {
    /// `-12.5`
    LeadingMinus,
    /// `12.5-`
    TrailingMinus,
    /// `(12.5)`, as accountants do; a leading minus is read too.
    Parentheses,
}

/// Where a source's files arrive.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Landing {
    /// S3 address of the landing folder, by environment name.
    pub environments: IndexMap<String, String>,
}

/// A typed, mapped and checked table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SilverTable {
    /// Name of the source it is made from.
    pub from: String,
    /// Condition over the contract's columns; records for which it isn't true are filtered (and counted).
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "where")]
    pub filter: Option<String>,
    /// The fields, by name, in order.
    pub fields: IndexMap<String, Field>,
    /// Fields that together name a row. Rows with the same key are de-duplicated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
    /// Which of the rows with one key stays.
    #[serde(default, skip_serializing_if = "Keep::is_latest")]
    pub keep: Keep,
    /// Field whose greatest (latest) or smallest (first) value stays; the order in the file when absent, and
    /// for equal values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_by: Option<String>,
    /// Quality rules in DQDL, the language of AWS Glue Data Quality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// What happens when a rule fails.
    #[serde(default, skip_serializing_if = "OnFailure::is_quarantine")]
    pub on_failure: OnFailure,
    /// Partition transforms of the Iceberg table: `field`, `year(field)`, `month(field)`, `day(field)`,
    /// `bucket(n, field)`, `truncate(n, field)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partition_by: Vec<String>,
    /// What one row is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Which of the rows with one key stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// The last one, by `order_by` or by place in the file.
    #[default]
    Latest,
    /// The first one.
    First,
}

impl Keep {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
    fn is_latest(&self) -> bool {
        *self == Self::Latest
    }
}

/// What happens to a run when a quality rule fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// Rows that break a row rule go to quarantine; a failed table rule is reported, and the run goes on.
    #[default]
    Quarantine,
    /// All rows are loaded; failures are reported.
    Warn,
    /// The run stops before this table is written.
    Halt,
}

impl OnFailure {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
    fn is_quarantine(&self) -> bool {
        *self == Self::Quarantine
    }
}

/// How one field of a silver table is made. One of `from` and `expr`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Column of the contract that is taken as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Expression over the contract's columns and the fields above this one. Names with blanks stand in double
    /// quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expr: Option<String>,
    /// Type of the field; what the expression gives when absent.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "type")]
    pub data_type: Option<DataType>,
    /// Value taken where the result is null, written as text: `UNKNOWN`, `0`, `2020-01-01`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_missing: Option<Scalar>,
    /// Whether a row without a value is quarantined.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// What the field means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A single value as YAML has it: text, number or boolean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// true or false
    Boolean(bool),
    /// Whole number.
    Integer(i64),
    /// Number with a fraction.
    Number(f64),
    /// Text.
    Text(String),
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
        }
    }
}

/// A table made by SQL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoldTable {
    /// One SELECT over `silver.<table>`, `gold.<table>` of this pipeline, or `<pipeline>.<table>` of another.
    pub sql: String,
    /// Columns that together name a row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
    /// Quality rules in DQDL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// What happens when a rule fails.
    #[serde(default, skip_serializing_if = "OnFailure::is_quarantine")]
    pub on_failure: OnFailure,
    /// Partition transforms of the Iceberg table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partition_by: Vec<String>,
    /// What one row is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// How long data is kept, by layer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Files as they arrived, and bronze tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bronze: Option<LayerRetention>,
    /// Silver tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silver: Option<LayerRetention>,
    /// Gold tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gold: Option<LayerRetention>,
}

/// How long one layer's data is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayerRetention {
    /// Age at which data moves to the archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive_after: Option<Period>,
    /// Which archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<ArchiveTier>,
    /// Age at which data is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_after: Option<Period>,
}

/// S3's archive storage classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveTier {
    /// S3 Glacier Instant Retrieval.
    GlacierInstant,
    /// S3 Glacier Flexible Retrieval.
    Glacier,
    /// S3 Glacier Deep Archive.
    DeepArchive,
}

/// When the platform runs a pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// Five fields of cron: minute, hour, day of month, month, day of week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
    /// IANA time zone that the times are in; UTC when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
}

/// Whom the platform tells about runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alerts {
    /// Name of the SNS topic.
    pub topic: String,
    /// Which outcomes are told.
    #[serde(default)]
    pub on: Vec<AlertEvent>,
}

/// An outcome of a run that can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertEvent {
    /// The run ended in an error.
    Failed,
    /// A rule stopped the run.
    Halted,
    /// The run ended, with rows in quarantine.
    Quarantined,
    /// The run ended well.
    Succeeded,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}
