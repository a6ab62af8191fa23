//! Answers about versions and the audit trail.

use touchstone_protocol::{
    AuditFilter, CheckState, CheckView, CompareVersions, ComparisonView, ExportFormat, TouchView,
};
use touchstone_spec::{Change, ChangeClass, SpecDiff};

pub(super) fn checklist() -> Vec<CheckView> {
    let check = |title: &str, state, detail: &str| CheckView {
        title: title.to_owned(),
        state,
        detail: detail.to_owned(),
    };
    vec![
        check("Compiles", CheckState::Passed, ""),
        check(
            "Simulated as it is now",
            CheckState::Warning,
            "The last simulation was of an older document. Simulate it again",
        ),
        check("Every row is accounted for", CheckState::Passed, "5 021 records, 4 980 rows loaded"),
        check("Rules", CheckState::Warning, "1 of 2 failed on the sample"),
        check("Audit chain", CheckState::Unknown, "The environment could not be reached"),
    ]
}

pub(super) fn touches() -> Vec<TouchView> {
    vec![TouchView {
        column: "positions.gold.exposure.market_value".to_owned(),
        owner: Some("risk@example.com".to_owned()),
        because: "silver.trades.notional".to_owned(),
    }]
}

pub(super) fn comparison(asked: &CompareVersions) -> ComparisonView {
    let text = |version: Option<u64>| {
        format!(
            "pipeline: trades\ntitle: Daily equity trades\nowner: desk-{}@example.com\n",
            version.unwrap_or(99)
        )
    };
    ComparisonView {
        diff: SpecDiff {
            changes: vec![Change {
                path: "owner".to_owned(),
                before: format!("desk-{}@example.com", asked.before.unwrap_or_default()).into(),
                after: format!("desk-{}@example.com", asked.after.unwrap_or(99)).into(),
                class: ChangeClass::None,
            }],
        },
        class: ChangeClass::None,
        touches: Vec::new(),
        before_text: Some(text(asked.before)),
        after_text: Some(text(asked.after)),
    }
}

pub(super) fn export(filter: &AuditFilter, format: ExportFormat) -> String {
    match format {
        ExportFormat::Csv => format!("sequence,actor\r\n1,{}\r\n", filter.actor.as_deref().unwrap_or("you")),
        ExportFormat::Json => "[]".to_owned(),
    }
}
