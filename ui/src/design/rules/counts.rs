//! What the rules found in the first records.

use egui::Color32;
use touchstone_compiler::{RuleForm, RuleInput, rule_kind};
use touchstone_protocol::{PreviewView, RuleState, RuleView};
use touchstone_spec::{Layer, Severity};

use super::sheet::Sheet;
use crate::icon;
use crate::text;
use crate::theme::Tokens;

/// What is known of a rule.
pub(super) enum Found<'a> {
    /// Something is wrong with the rule itself.
    Wrong(Severity),
    /// It was counted.
    Counted(&'a RuleView),
    /// It is being counted.
    Pending,
    /// It can't be counted now.
    Unknown,
}

impl<'a> Sheet<'a> {
    /// The last good answer.
    pub(super) fn answer(&self) -> Option<&'a PreviewView> {
        self.preview?.view.value()
    }

    pub(super) fn is_counting(&self) -> bool {
        self.preview.is_none_or(|preview| preview.is_pending() && !preview.is_held)
    }

    /// Where in the answer a rule is: found by its text, as the rules may have been changed since.
    pub(super) fn place_in_answer(&self, at: usize) -> Option<usize> {
        let rule = self.read.rules.get(at)?.rule.as_ref()?;
        self.answer()?.rules.iter().position(|one| one.rule == rule.text)
    }

    pub(super) fn found(&self, at: usize) -> Found<'a> {
        let Some(rule) = self.read.rules.get(at) else { return Found::Unknown };
        let inside = |range: &std::ops::Range<usize>| rule.range.contains(&range.start);
        let worst = self.read.findings.iter().filter(|one| inside(&one.range)).map(|one| one.severity);
        let is_error = worst.clone().any(|one| one == Severity::Error);
        if is_error || rule.form.is_none() {
            return Found::Wrong(Severity::Error);
        }
        let counted = self.place_in_answer(at).and_then(|place| self.answer()?.rules.get(place));
        match counted {
            Some(counted) => Found::Counted(counted),
            None if worst.clone().next().is_some() => Found::Wrong(Severity::Warning),
            None if self.is_counting() => Found::Pending,
            None => Found::Unknown,
        }
    }

    /// `29 not checked`: rows that broke the contract never reach a rule. None where all do, or a rule has a filter.
    pub(super) fn not_checked(&self, at: usize, counted: &RuleView) -> Option<String> {
        let form = self.read.rules.get(at).and_then(|rule| rule.form.as_ref());
        let has_filter = matches!(form, Some(RuleForm::Simple(rule)) if rule.filter.is_some());
        let all = self.answer().map_or(0, |answer| answer.flow.loaded + answer.flow.quarantined);
        let left = all.saturating_sub(counted.rows);
        (left > 0 && !has_filter && self.is_row_rule(at))
            .then(|| format!("{} not checked", text::number(left)))
    }

    fn is_row_rule(&self, at: usize) -> bool {
        let rule = self.read.rules.get(at).and_then(|rule| rule.rule.as_ref());
        rule.is_some_and(touchstone_compiler::Rule::is_row_rule)
    }

    /// What was counted, in a few words: `12 of 600 fail  ·  2.0 %  ·  29 not checked`, `98 %`.
    pub(super) fn counted(&self, at: usize, counted: &RuleView) -> String {
        let told = self.found_in_rows(at, counted);
        match self.not_checked(at, counted) {
            Some(left) if !self.holds_by_key(at) => format!("{told}  ·  {left}"),
            _ => told,
        }
    }

    fn found_in_rows(&self, at: usize, counted: &RuleView) -> String {
        let form = self.read.rules.get(at).and_then(|rule| rule.form.as_ref());
        let has_filter = matches!(form, Some(RuleForm::Simple(rule)) if rule.filter.is_some());
        let rows = counted.rows;
        if let Some(share) = form.filter(|form| measures_share(form)).and_then(|_| share(&counted.measured)) {
            return share;
        }
        if counted.failing_rows > 0 {
            let failing = text::number(counted.failing_rows);
            return if has_filter || rows < counted.failing_rows {
                format!("{failing} fail")
            } else {
                let share = text::share(counted.failing_rows, rows);
                format!("{failing} of {} fail  ·  {share}", text::number(rows))
            };
        }
        let is_row_rule = self.is_row_rule(at);
        match counted.state {
            RuleState::Passed if self.holds_by_key(at) => "always passes".to_owned(),
            RuleState::Passed if is_row_rule && !has_filter && rows > 0 => {
                format!("{} pass", text::number(rows))
            }
            RuleState::Passed if is_row_rule => "passes".to_owned(),
            _ => counted.measured.clone(),
        }
    }

    /// Whether the table's key makes a rule true before it is checked.
    pub(super) fn holds_by_key(&self, at: usize) -> bool {
        let rule = self.read.rules.get(at).and_then(|rule| rule.rule.as_ref());
        let key = self.known.map(|known| known.key.as_slice()).filter(|_| self.table.layer == Layer::Silver);
        rule.zip(key).is_some_and(|(rule, key)| rule.holds_by_key(key))
    }

    /// How many rules were counted, and how many of these pass.
    pub(super) fn passing(&self) -> (usize, usize) {
        let counted = (0..self.read.rules.len()).filter_map(|at| match self.found(at) {
            Found::Counted(counted) => Some(counted.state == RuleState::Passed),
            _ => None,
        });
        counted.fold((0, 0), |(all, passed), passes| (all + 1, passed + usize::from(passes)))
    }
}

impl Found<'_> {
    /// Its sign, colour and word.
    pub(super) fn sign(&self, tokens: &Tokens) -> (char, Color32, &'static str) {
        match self {
            Self::Wrong(Severity::Error) => (icon::ERROR, tokens.error, "has an error"),
            Self::Wrong(Severity::Warning) => (icon::WARNING, tokens.warning, "has a warning"),
            Self::Counted(one) => match one.state {
                RuleState::Passed => (icon::PASSED, tokens.success, "passed"),
                RuleState::Failed => (icon::FAILED, tokens.error, "failed"),
            },
            Self::Pending => (icon::WAITING, tokens.text_subdued, "being counted"),
            Self::Unknown => (icon::NOT_YET, tokens.text_subdued, "not counted"),
        }
    }
}

/// Whether a rule measures a share: as its condition, or against a threshold.
fn measures_share(form: &RuleForm) -> bool {
    let RuleForm::Simple(rule) = form else { return false };
    let takes_share = |one: &touchstone_compiler::RuleParameter| one.input == RuleInput::Share;
    rule.threshold.is_some()
        || rule_kind(&rule.kind).is_some_and(|kind| kind.parameters.iter().any(takes_share))
}

/// `98.3 %` of `0.983000, 10 of 600 rows have no value`.
fn share(measured: &str) -> Option<String> {
    let share: f64 = measured.split(',').next()?.trim().parse().ok()?;
    let percent = format!("{:.2}", (share * 10_000.0).floor() / 100.0);
    Some(format!("{} %", percent.trim_end_matches('0').trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_rounded_up_to_one_that_would_pass() {
        assert_eq!(share("0.983000, 10 of 600 rows have no value").as_deref(), Some("98.3 %"));
        assert_eq!(share("0.999999").as_deref(), Some("99.99 %"));
        assert_eq!(share("1.000000, 0 of 3 rows break it").as_deref(), Some("100 %"));
        assert_eq!(share("3 of 4 rows"), None);
    }

    #[test]
    fn thresholds_and_shares_are_shares() {
        let form = |text: &str| touchstone_compiler::read_rule(text).unwrap();
        assert!(measures_share(&form("ColumnValues \"a\" > 0 with threshold > 0.9")));
        assert!(measures_share(&form("ReferentialIntegrity \"a\" \"b.a\"")));
        assert!(!measures_share(&form("ColumnValues \"a\" > 0")));
        assert!(!measures_share(&form("RowCount > 0")));
    }
}
