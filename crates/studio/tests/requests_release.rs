//! Requests about publishing: the checklist, what a change reaches, versions compared and rolled back, the trail.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use support::Desk;
use touchstone_protocol::{
    Audit, AuditFilter, CheckState, CheckView, CompareVersions, ErrorCode, ExportAudit, ExportFormat,
    PlanPublish, Publish, PublishPlan, PublishedView, RollBack, RpcError, Runs,
};
use touchstone_spec::{ChangeClass, TableName};

fn local() -> String {
    "local".to_owned()
}

impl Desk {
    async fn plan(&self, pipeline: &str) -> PublishPlan {
        self.ask(PlanPublish { pipeline: pipeline.to_owned(), environment: local() }).await.unwrap()
    }

    async fn publish(&self, pipeline: &str, message: &str) -> Result<PublishedView, RpcError> {
        let plan = self.plan(pipeline).await;
        self.ask(Publish {
            pipeline: pipeline.to_owned(),
            environment: local(),
            message: message.to_owned(),
            expected_version: plan.current.map(|current| current.version),
            content_hash: plan.content_hash,
        })
        .await
    }

    async fn roll_back(&self, version: u64, seen: u64) -> Result<PublishedView, RpcError> {
        self.ask(RollBack {
            pipeline: "trades".to_owned(),
            environment: local(),
            version,
            message: "back".to_owned(),
            expected_version: seen,
        })
        .await
    }
}

fn state(plan: &PublishPlan, title: &str) -> CheckState {
    check(plan, title).state
}

fn check<'plan>(plan: &'plan PublishPlan, title: &str) -> &'plan CheckView {
    plan.checklist
        .iter()
        .find(|check| check.title == title)
        .unwrap_or_else(|| panic!("{:#?}", plan.checklist))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_checklist_knows_what_was_simulated_and_what_is_published() {
    let desk = Desk::with_samples().await;
    let before = desk.plan("trades").await;
    assert_eq!(state(&before, "Simulation"), CheckState::Warning);
    assert_eq!(state(&before, "Rules"), CheckState::Unknown);
    assert_eq!(state(&before, "Upstream"), CheckState::Warning);
    assert_eq!(state(&before, "Owner"), CheckState::Passed);
    assert_eq!(state(&before, "Audit chain"), CheckState::Passed);

    let run = desk.simulate("trades").await;
    // What each table was made of and what it looked up is what the flow is drawn from.
    let told = |tables: &[TableName]| tables.iter().map(ToString::to_string).collect::<Vec<_>>();
    let table = |name: &str| run.tables.iter().find(|one| one.table.to_string() == name).unwrap();
    let silver = table("trades.silver.trades");
    assert_eq!(told(&silver.reads), ["trades.bronze.trades"]);
    assert_eq!(told(&silver.lookups), ["securities.silver.securities"]);
    assert_eq!(told(&table("trades.gold.sector_exposure").reads), ["trades.silver.trades"]);
    desk.publish("securities", "first").await.unwrap();
    let after = desk.plan("trades").await;
    assert_eq!(state(&after, "Simulation"), CheckState::Passed);
    assert_eq!(state(&after, "Control totals"), CheckState::Passed);
    assert_eq!(state(&after, "Upstream"), CheckState::Passed);
    assert_eq!(state(&after, "Contract of trades"), CheckState::Passed);

    desk.edit("pipelines/trades.yaml", "owner: equity-data@example.com", "owner: \"\"");
    desk.edit("pipelines/trades.yaml", "{ name: Remarks,", "{ name: Remark,");
    desk.edit("pipelines/trades.yaml", "remarks: { from: Remarks }", "remarks: { from: Remark }");
    let changed = desk.plan("trades").await;
    assert_eq!(state(&changed, "Simulation"), CheckState::Warning);
    assert_eq!(state(&changed, "Owner"), CheckState::Warning);
    let contract = check(&changed, "Contract of trades");
    assert_eq!(contract.state, CheckState::Failed);
    assert!(contract.detail.contains("Remark"), "{}", contract.detail);

    desk.edit("pipelines/trades.yaml", "expr: quantity * price", "expr: quantty * price");
    let broken = desk.plan("trades").await;
    assert_eq!(state(&broken, "Document"), CheckState::Failed);
    assert!(!broken.problems.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breaking_change_names_the_columns_it_reaches_in_other_pipelines() {
    let desk = Desk::with_samples().await;
    desk.publish("trades", "first").await.unwrap();
    assert!(desk.plan("trades").await.touches.is_empty(), "nothing changed");
    desk.edit(
        "pipelines/trades.yaml",
        "type: \"decimal(18,2)\", expr: quantity * price",
        "type: double, expr: quantity * price",
    );
    let plan = desk.plan("trades").await;
    assert_eq!(plan.class, ChangeClass::Breaking);
    let touched =
        plan.touches.iter().find(|touch| touch.column == "trades.gold.sector_exposure.gross_notional");
    let touched = touched.unwrap_or_else(|| panic!("{:#?}", plan.touches));
    assert_eq!(touched.because, "silver.trades.notional");
    assert_eq!(touched.owner.as_deref(), Some("equity-data@example.com"));
    assert_eq!(state(&plan, "Readers"), CheckState::Warning);
    // The document's change and the compiled table's are one.
    let told = plan
        .diff
        .changes
        .iter()
        .filter(|change| change.path.contains("silver.trades") && change.path.contains("notional"));
    let paths: Vec<&str> = told.map(|change| change.path.as_str()).collect();
    assert_eq!(paths.iter().filter(|path| !path.contains("signed")).count(), 1, "{paths:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_compared_with_their_texts_and_rolled_back_when_they_differ() {
    let desk = Desk::with_samples().await;
    desk.publish("trades", "first").await.unwrap();
    desk.edit("pipelines/trades.yaml", "title: Daily equity trades", "title: Equity trades # shorter");
    desk.publish("trades", "shorter").await.unwrap();
    let asked = CompareVersions {
        pipeline: "trades".to_owned(),
        environment: local(),
        before: Some(1),
        after: Some(2),
    };
    let compared = desk.ask(asked.clone()).await.unwrap();
    assert_eq!(compared.diff.changes.len(), 1);
    assert_eq!(compared.diff.changes[0].path, "title");
    assert!(compared.before_text.unwrap().contains("title: Daily equity trades\n"));
    assert!(compared.after_text.unwrap().contains("# shorter"));
    let document = desk.ask(CompareVersions { before: Some(2), after: None, ..asked.clone() }).await.unwrap();
    assert!(document.diff.changes.is_empty() && document.touches.is_empty());
    let first = desk.ask(CompareVersions { before: None, after: Some(1), ..asked.clone() }).await.unwrap();
    assert!(first.diff.changes.len() > 3 && first.before_text.is_none());
    let missing = desk.ask(CompareVersions { before: Some(9), ..asked }).await.unwrap_err();
    assert_eq!(missing.code, ErrorCode::NotFound);

    assert_eq!(desk.roll_back(1, 1).await.unwrap_err().code, ErrorCode::Conflict);
    assert_eq!(desk.roll_back(1, 2).await.unwrap().version.rollback_of, Some(1));
    let again = desk.roll_back(1, 3).await.unwrap_err();
    assert!(again.message.contains("is the same as the current version 3"), "{}", again.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_is_filtered_and_exported() {
    let desk = Desk::with_samples().await;
    for pipeline in ["trades", "prices"] {
        desk.publish(pipeline, "=1+1, \"first\"").await.unwrap();
    }
    desk.edit("pipelines/trades.yaml", "title: Daily", "title: Every day's");
    desk.publish("trades", "second").await.unwrap();
    let asked = |filter| Audit { environment: local(), filter, limit: 2 };
    let all = desk.ask(asked(AuditFilter::default())).await.unwrap();
    assert_eq!((all.total, all.events.len(), all.actors.len(), all.broken), (3, 2, 1, None));
    assert_eq!(all.events[0].previous_version, Some(1));
    assert_eq!(all.events[0].previous_hash, all.events[1].hash);
    let trades = AuditFilter { pipeline: Some("trades".to_owned()), ..AuditFilter::default() };
    assert_eq!(desk.ask(asked(trades.clone())).await.unwrap().total, 2);
    let nobody = AuditFilter { actor: Some("nobody".to_owned()), ..AuditFilter::default() };
    let nobody = desk.ask(asked(nobody)).await.unwrap();
    assert_eq!((nobody.total, nobody.actors.len()), (0, 1));
    let later = AuditFilter { from: Some("2999-01-01".to_owned()), ..AuditFilter::default() };
    assert_eq!(desk.ask(asked(later)).await.unwrap().total, 0);

    let export = |format| ExportAudit { environment: local(), filter: trades.clone(), format };
    let csv = desk.ask(export(ExportFormat::Csv)).await.unwrap();
    assert!(csv.contains("\"'=1+1, \"\"first\"\"\""), "{csv}");
    let json = desk.ask(export(ExportFormat::Json)).await.unwrap();
    let events: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["message"], "=1+1, \"first\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn simulations_are_listed_newest_first() {
    let desk = Desk::with_samples().await;
    let first = desk.simulate("prices").await;
    let second = desk.simulate("prices").await;
    let runs = desk.ask(Runs { pipeline: "prices".to_owned(), limit: 10 }).await.unwrap();
    let ids: Vec<&str> = runs.iter().map(|run| run.id.as_str()).collect();
    assert_eq!(ids, [second.id.as_str(), first.id.as_str()]);
    assert_eq!(desk.ask(Runs { pipeline: "prices".to_owned(), limit: 1 }).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_simulation_makes_nothing_good() {
    let desk = Desk::with_samples().await;
    desk.simulate("trades").await;
    let samples = std::fs::read_dir(desk.workspace().join("samples")).unwrap();
    let sample = samples
        .map(|entry| entry.unwrap().path())
        .find(|path| path.file_name().unwrap().to_string_lossy().starts_with("trades"));
    std::fs::remove_file(sample.unwrap()).unwrap();
    let run = desk.simulate("trades").await;
    let at = run.failed_at().map(|table| table.table.to_string());
    assert_eq!(at.as_deref(), Some("trades.bronze.trades"));
    assert!(run.tables.iter().all(|table| table.table.pipeline != "trades" || !table.counted));
    let plan = desk.plan("trades").await;
    for title in ["Control totals", "Rules", "Quarantine"] {
        let check = check(&plan, title);
        assert_eq!(check.state, CheckState::Warning, "{title}");
        let told = "not known: the simulation failed at trades.bronze.trades";
        assert!(check.detail.contains(told), "{title}: {}", check.detail);
    }
    let rules = check(&plan, "Rules");
    assert!(
        !rules.detail.contains("no rules") && rules.detail.contains(" rules, not known"),
        "{}",
        rules.detail
    );
}
