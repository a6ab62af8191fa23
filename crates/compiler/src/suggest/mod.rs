//! Which source column goes into which field: proposals with a score, and reasons for it.

mod assign;
mod conversion;
mod names;
mod propose;
mod score;

use touchstone_spec::{DataType, snake_case};

pub use conversion::Mapping;
pub use propose::{ProposedField, propose_fields};

/// A column of a source, with what is known of its values.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceColumn {
    /// Its name in the contract.
    pub name: String,
    /// Its type in the contract.
    pub data_type: DataType,
    /// Whether the contract forbids nulls.
    pub required: bool,
    /// Some of its different values, as text; may be empty.
    pub values: Vec<String>,
    /// Shapes of its values, the most frequent first: `9` for a digit, `A` and `a` for letters.
    pub shapes: Vec<String>,
    /// The kind of identifier that its check digits prove: `ISIN`, `CUSIP`, `SEDOL`, `LEI`.
    pub identifier: Option<String>,
}

impl SourceColumn {
    /// A column of which only name and type are known.
    pub fn new(name: impl Into<String>, data_type: DataType) -> Self {
        Self {
            name: name.into(),
            data_type,
            required: false,
            values: Vec::new(),
            shapes: Vec::new(),
            identifier: None,
        }
    }
}

/// A field that is to be filled.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TargetField {
    /// Its name.
    pub name: String,
    /// Its type, where it is declared or known.
    pub data_type: Option<DataType>,
    /// What it means.
    pub description: Option<String>,
    /// Values that it is known to take: from a rule, another table or an earlier run; may be empty.
    pub values: Vec<String>,
    /// Shapes of such values.
    pub shapes: Vec<String>,
}

/// A source column for a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// Name of the source column.
    pub source: String,
    /// Name of the field.
    pub target: String,
    /// How likely it is, 0 to 1: the sum of the reasons' weights, cut to that.
    pub score: f64,
    /// Why, what counts most first. Reasons against have a negative weight.
    pub reasons: Vec<Reason>,
    /// What to write into the field.
    pub mapping: Mapping,
    /// The type that the field then has.
    pub data_type: DataType,
}

/// Why a column fits a field, or doesn't.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// What was compared.
    pub kind: ReasonKind,
    /// What was found, in words.
    pub text: String,
    /// What it adds to the score; negative for what speaks against.
    pub weight: f64,
}

/// What was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReasonKind {
    /// The names.
    Name,
    /// The types.
    Type,
    /// The values.
    Values,
    /// The shapes of the values.
    Pattern,
    /// The field's description.
    Description,
}

/// Least score that is suggested.
const LEAST: f64 = 0.45;

/// One source column for each field that has a likely one; no column and no field stands twice. Equal names always go
/// together; the rest is assigned so that the sum of the scores is greatest. In the order of `targets`.
pub fn suggest_mappings(sources: &[SourceColumn], targets: &[TargetField]) -> Vec<Suggestion> {
    let sources_read: Vec<score::Read<'_>> = sources.iter().map(score::Read::of).collect();
    let mut chosen: Vec<Option<usize>> = vec![None; targets.len()];
    let mut taken = vec![false; sources.len()];
    // A name that is the same to the letter goes before one that is the same but for case and blanks.
    for is_same in [|a: &str, b: &str| a == b, |a: &str, b: &str| snake_case(a) == snake_case(b)] {
        for (target, place) in targets.iter().zip(&mut chosen) {
            if place.is_some() {
                continue;
            }
            let found = sources.iter().enumerate().find(|(index, source)| {
                !taken.get(*index).copied().unwrap_or(true) && is_same(&source.name, &target.name)
            });
            if let Some((index, _)) = found {
                *place = Some(index);
                if let Some(is_taken) = taken.get_mut(index) {
                    *is_taken = true;
                }
            }
        }
    }
    let free_sources: Vec<usize> =
        (0..sources.len()).filter(|index| taken.get(*index) == Some(&false)).collect();
    let free_targets: Vec<usize> =
        (0..targets.len()).filter(|index| chosen.get(*index) == Some(&None)).collect();
    let weights: Vec<Vec<i64>> = free_targets
        .iter()
        .filter_map(|target| targets.get(*target))
        .map(|target| {
            free_sources
                .iter()
                .filter_map(|source| sources_read.get(*source))
                .map(|source| {
                    let score = score::compare(source, target).score;
                    if score < LEAST { 0 } else { assign::weight(score) }
                })
                .collect()
        })
        .collect();
    for (row, column) in assign::best(&weights).into_iter().enumerate() {
        let target = free_targets.get(row).and_then(|target| chosen.get_mut(*target));
        if let (Some(place), Some(column)) = (target, column) {
            *place = free_sources.get(column).copied();
        }
    }
    targets
        .iter()
        .zip(chosen)
        .filter_map(|(target, source)| suggestion(sources_read.get(source?)?, target))
        .collect()
}

/// The source columns for one field, the likeliest first, for a steward who chooses by hand. All that can be converted
/// are given, however unlikely.
pub fn rank_sources(sources: &[SourceColumn], target: &TargetField) -> Vec<Suggestion> {
    let mut ranked: Vec<Suggestion> =
        sources.iter().filter_map(|source| suggestion(&score::Read::of(source), target)).collect();
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
    ranked
}

fn suggestion(source: &score::Read<'_>, target: &TargetField) -> Option<Suggestion> {
    let compared = score::compare(source, target);
    let (mapping, data_type) = conversion::mapping(source.column, target)?;
    Some(Suggestion {
        source: source.column.name.clone(),
        target: target.name.clone(),
        score: compared.score,
        reasons: compared.reasons,
        mapping,
        data_type,
    })
}
