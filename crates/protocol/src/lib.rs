//! Requests, responses, events and error codes that cross between the UI and the back end.
//!
//! Everything here is plain data that serde carries; there is no behaviour but the dispatch from a request to the
//! method that answers it, written once in `call.rs`.

mod call;
mod error;
mod views;

pub use call::{
    Audit, Call, CancelJob, Handler, History, JobStatus, LastRun, OpenPipeline, OpenWorkspace, PickWorkspace,
    PlanPublish, Publish, Request, SampleRows, StartSimulate, TableRows, Workspace, dispatch,
};
pub use error::{ErrorCode, RpcError};
pub use views::{
    AuditEventView, AuditView, CellView, ColumnView, EnvironmentView, EvidenceView, FlowView, JobState,
    JobView, PipelineState, PipelineView, PublishPlan, PublishedView, QuarantineView, RejectView, RuleState,
    RuleView, RunOutcome, RunView, SampleView, SourceView, StepState, StepView, TablePage, TableRunView,
    TableView, VersionView, WorkspaceView,
};
