//! Requests, responses, events and error codes that cross between the UI and the back end.
//!
//! Everything here is plain data that serde carries; there is no behaviour but the dispatch from a request to the
//! method that answers it, written once in `call.rs`.

mod call;
mod error;
mod views;

pub use call::{
    Audit, AwaitChanges, Call, CancelJob, ColumnProfile, CompareVersions, CopyText, DeleteDocument,
    Documents, DraftPipeline, EnterKeys, ExportAudit, Find, ForgetKeys, ForgetWorkspace, Handler, History,
    Home, JobStatus, LastRun, LoadState, NewWorkspace, OpenFile, OpenPipeline, OpenSampleWorkspace,
    OpenWorkspace, PickFiles, PickWorkspace, PlanPublish, Preview, Profile, Publish, Record,
    RemoveEnvironment, Request, RollBack, Rows, RunDiff, Runs, SaveDocument, SaveEnvironment, SaveState,
    SaveText, SetUpEnvironment, Settings, StartDraft, StartProfile, StartSimulate, TestConnection, Trace,
    Upload, Workspace, dispatch,
};
pub use error::{ErrorCode, RpcError};
pub use views::*;
