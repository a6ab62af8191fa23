//! New fields for source columns that no field takes yet.

use std::collections::BTreeSet;

use touchstone_spec::{DataType, snake_case};

use super::{
    SourceColumn,
    conversion::Mapping,
    names::{Words, written_out},
};

/// A field that doesn't exist yet.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedField {
    /// Name of the source column.
    pub source: String,
    /// A name that no field has: the column's in small letters and underscores.
    pub name: String,
    /// The same with abbreviations written out, where that differs and is free: `trade_date` for `Trade Dt`.
    pub long_name: Option<String>,
    /// Its type.
    pub data_type: DataType,
    /// Whether it should be required, as the column is.
    pub required: bool,
    /// What to write into it.
    pub mapping: Mapping,
    /// Why this type, where that isn't plain.
    pub note: Option<String>,
}

/// A field for each source column, in their order; `taken` are the names of the fields that there are.
pub fn propose_fields<'name>(
    sources: &[SourceColumn],
    taken: impl IntoIterator<Item = &'name str>,
) -> Vec<ProposedField> {
    let mut taken: BTreeSet<String> = taken.into_iter().map(str::to_owned).collect();
    sources
        .iter()
        .map(|source| {
            let wanted = snake_case(&source.name);
            let mut name = wanted.clone();
            let mut number = 2;
            while !taken.insert(name.clone()) {
                name = format!("{wanted}_{number}");
                number += 1;
            }
            let long = written_out(&source.name);
            let long_name = (long != name && !taken.contains(&long)).then(|| {
                taken.insert(long.clone());
                long
            });
            let is_identifier = source.identifier.is_some() || Words::of(&source.name).is_identifier();
            let note = match &source.identifier {
                Some(identifier) => Some(format!("{identifier}s stay text")),
                None if is_identifier && source.data_type == DataType::String => {
                    Some("identifiers stay text".to_owned())
                }
                None => None,
            };
            ProposedField {
                source: source.name.clone(),
                name,
                long_name,
                data_type: source.data_type.clone(),
                required: source.required,
                mapping: Mapping::From(source.name.clone()),
                note,
            }
        })
        .collect()
}
