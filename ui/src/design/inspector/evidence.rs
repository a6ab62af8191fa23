//! What the sample says about a contract: the types that it shows, and how many values read as what is promised.

use touchstone_protocol::{ColumnSummary, DataRef, ProfileView};
use touchstone_spec::{ContractField, FileSource};

use crate::command::Command as AppCommand;
use crate::data;
use crate::design::canvas::{Command as CanvasCommand, Inferred};
use crate::design::view::Desk;
use crate::remote::Remote;
use crate::theme::Tone;

/// What is known of a source's sample.
pub(super) struct Evidence<'a> {
    inferred: Option<&'a Inferred>,
    profile: Option<&'a ProfileView>,
    pub(super) is_pending: bool,
    pub(super) error: Option<&'a touchstone_protocol::RpcError>,
}

impl<'a> Evidence<'a> {
    /// What is known, asked for where it isn't.
    pub(super) fn of(desk: &Desk<'a>, source: &str, file: &FileSource) -> Self {
        let Some(sample) = file.sample.as_deref().filter(|path| !path.is_empty()) else {
            return Self { inferred: None, profile: None, is_pending: false, error: None };
        };
        let inferred = desk.state.design.canvas.inferred.get(sample);
        // While its path is typed there is no such file.
        let is_saved = is_saved(desk, source, sample);
        if inferred.is_none() && is_saved {
            desk.commands.send(CanvasCommand::NeedInferred(sample.to_owned()).send());
        }
        let data = DataRef::Sample { pipeline: desk.name().to_owned(), source: source.to_owned() };
        let profile = desk.state.data.profiles.get(&data);
        if profile.is_none() && is_saved {
            desk.commands.send(AppCommand::Data(data::Command::NeedProfile(data)));
        }
        let profile = profile.filter(|_| is_saved);
        Self {
            is_pending: inferred.is_some_and(Remote::is_pending),
            error: inferred.and_then(|one| one.error()).or(profile.and_then(|one| one.error())),
            inferred: inferred.and_then(|one| one.value()),
            profile: profile.and_then(|one| one.value()),
        }
    }

    pub(super) fn inferred(&self) -> Option<&'a Inferred> {
        self.inferred
    }

    /// The column as inference would promise it.
    pub(super) fn field(&self, column: &str) -> Option<&'a ContractField> {
        self.inferred?.source.contract.iter().find(|one| one.name == column)
    }

    fn summary(&self, column: &str) -> Option<&'a ColumnSummary> {
        self.profile?.columns.iter().find(|one| one.name == column)
    }

    /// Whether the sample shows another type than the contract promises, and it could be taken.
    pub(super) fn other(&self, column: &ContractField) -> Option<ContractField> {
        let taken = taken(column, self.field(&column.name)?);
        (taken != *column).then_some(taken)
    }

    /// Values that read as what is promised, and those that don't; none where nobody has counted.
    pub(super) fn counts(&self, column: &ContractField) -> Option<(u64, u64)> {
        let summary = self.summary(&column.name)?;
        let evidence = summary.evidence.as_ref();
        if summary.data_type == column.data_type {
            let rows = self.profile?.rows;
            let nulls = data::nulls_of(summary, rows);
            return Some(((rows - nulls).saturating_sub(summary.bad), summary.bad));
        }
        let evidence = evidence.filter(|evidence| evidence.inferred == column.data_type)?;
        Some((evidence.parsed, evidence.failed))
    }

    /// Why the sample shows the type that it does.
    pub(super) fn reason(&self, column: &str) -> Option<&'a str> {
        self.summary(column)?.evidence.as_ref().map(|evidence| evidence.reason.as_str())
    }

    /// Columns of the sample that the contract doesn't have.
    pub(super) fn missing(&self, contract: &[ContractField]) -> Vec<&'a ContractField> {
        let known = |one: &&ContractField| !contract.iter().any(|other| other.name == one.name);
        let shown = self.inferred.map(|found| found.source.contract.as_slice()).unwrap_or_default();
        shown.iter().filter(known).collect()
    }
}

/// Whether the saved document reads this sample too: only that is known to the back end.
fn is_saved(desk: &Desk<'_>, source: &str, sample: &str) -> bool {
    if !desk.document.is_dirty() {
        return true;
    }
    let saved = desk.known.and_then(|known| known.view.value());
    let saved = saved.and_then(|view| view.sources.iter().find(|one| one.name == source));
    saved.is_some_and(|one| one.sample.as_deref() == Some(sample))
}

/// A column with the type that another shows, and how that is written.
pub(super) fn taken(column: &ContractField, shown: &ContractField) -> ContractField {
    ContractField {
        data_type: shown.data_type.clone(),
        format: shown.format.clone(),
        decimal_mark: shown.decimal_mark,
        grouping_mark: shown.grouping_mark,
        negative: shown.negative,
        true_values: shown.true_values.clone(),
        false_values: shown.false_values.clone(),
        ..column.clone()
    }
}

/// `98.3 %` of the values, and how good that is.
pub(super) fn share((good, bad): (u64, u64)) -> (String, Tone) {
    let all = good + bad;
    let tone = match (bad, all) {
        (_, 0) => Tone::Neutral,
        (0, _) => Tone::Success,
        (bad, all) if bad * 20 <= all => Tone::Warning,
        _ => Tone::Error,
    };
    let text = if all == 0 { "no values".to_owned() } else { crate::text::share(good, all) };
    (text, tone)
}

#[cfg(test)]
mod tests {
    use touchstone_spec::DataType;

    use super::*;

    #[test]
    fn a_type_is_taken_with_how_it_is_written_and_nothing_else() {
        let mut column = ContractField::new("Px", DataType::String);
        (column.required, column.description) = (true, Some("Price".to_owned()));
        let mut shown = ContractField::new("Px", DataType::Decimal { precision: 18, scale: 6 });
        shown.decimal_mark = Some(',');
        let taken = taken(&column, &shown);
        assert_eq!(taken.data_type, shown.data_type);
        assert_eq!(taken.decimal_mark, Some(','));
        assert!(taken.required && taken.description.is_some());
    }

    #[test]
    fn a_share_says_how_good_it_is() {
        assert_eq!(share((10, 0)), ("100 %".to_owned(), Tone::Success));
        assert_eq!(share((983, 17)).1, Tone::Warning);
        assert_eq!(share((1, 9)).1, Tone::Error);
        assert_eq!(share((0, 0)), ("no values".to_owned(), Tone::Neutral));
    }
}
