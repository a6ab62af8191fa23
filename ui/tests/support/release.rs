//! Answers about versions and the audit trail.

use serde_json::Value;
use touchstone_protocol::{
    AuditEventView, AuditFilter, AuditView, CheckState, CheckView, CompareVersions, ComparisonView,
    ExportFormat, PublishPlan, TouchView, VersionView,
};
use touchstone_spec::{Change, ChangeClass, SpecDiff};

use super::{Inner, problem};

pub(super) fn checklist() -> Vec<CheckView> {
    let check = |title: &str, state, detail: &str| CheckView {
        title: title.to_owned(),
        state,
        detail: detail.to_owned(),
    };
    vec![
        check("Compiles", CheckState::Passed, ""),
        check(
            "Simulation",
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

pub(super) fn comparison(asked: &CompareVersions, breaking: bool) -> ComparisonView {
    // Only the way back takes something away.
    let is_back = asked.before.zip(asked.after).is_some_and(|(before, after)| before > after);
    let mut view = compared(asked);
    if breaking && is_back {
        view.class = ChangeClass::Breaking;
        view.diff.changes.push(Change {
            path: "gold.exposure".to_owned(),
            renamed_from: None,
            before: "select 1".into(),
            after: serde_json::Value::Null,
            class: ChangeClass::Breaking,
        });
    }
    view
}

fn compared(asked: &CompareVersions) -> ComparisonView {
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
                renamed_from: None,
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

impl Inner {
    pub(super) fn plan(&self, pipeline: &str, environment: &str) -> PublishPlan {
        let change = |path: &str, before: Value, after: Value, class| Change {
            path: path.to_owned(),
            renamed_from: None,
            before,
            after,
            class,
        };
        let class = if self.breaking { ChangeClass::Breaking } else { ChangeClass::Compatible };
        let mut changes = vec![
            change("title", Value::Null, "Daily equity trades".into(), ChangeClass::None),
            change("silver.trades.fields.notional.type", "int".into(), "decimal(18,2)".into(), class),
            change(
                "silver.trades.fields.sector.if_missing",
                Value::Null,
                "UNKNOWN".into(),
                ChangeClass::Compatible,
            ),
        ];
        if self.breaking {
            let renamed = change("silver.trades.fields.cost", "price".into(), "cost".into(), class);
            changes.push(Change { renamed_from: Some("price".to_owned()), ..renamed });
        }
        PublishPlan {
            pipeline: pipeline.to_owned(),
            environment: environment.to_owned(),
            current: self.published.first().cloned(),
            next_version: self.published.len() as u64 + 1,
            diff: SpecDiff { changes },
            class,
            content_hash: "c0ffee".to_owned(),
            problems: if pipeline == "positions" { vec![problem()] } else { Vec::new() },
            checklist: checklist(),
            touches: if self.breaking { touches() } else { Vec::new() },
        }
    }

    pub(super) fn audit(&self, filter: &AuditFilter) -> AuditView {
        let event = |version: &VersionView| AuditEventView {
            sequence: version.version,
            time: version.published_at.clone(),
            actor: version.author.clone(),
            action: "publish".to_owned(),
            pipeline: "trades".to_owned(),
            version: Some(version.version),
            message: version.message.clone(),
            class: Some(version.class),
            previous_version: version.version.checked_sub(1).filter(|before| *before > 0),
            hash: "9f86d081884c7d659a2feaa0c55ad015".to_owned(),
            previous_hash: String::new(),
        };
        let is_shown =
            |event: &AuditEventView| filter.actor.as_ref().is_none_or(|actor| *actor == event.actor);
        AuditView {
            events: self.published.iter().map(event).filter(is_shown).collect(),
            total: self.published.len() as u64,
            actors: vec!["mara".to_owned(), "you".to_owned()],
            broken: None,
        }
    }
}
