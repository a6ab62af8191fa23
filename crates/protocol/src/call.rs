//! The requests: each with its parameters, its reply, and the method that answers it.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use touchstone_spec::TableName;

use crate::{
    AuditFilter, AuditView, ChangesView, ColumnProfileView, ComparisonView, ConnectionView, CredentialSource,
    DataQuery, DataRef, DataView, DocumentView, ErrorCode, ExportFormat, FileView, FoundView, HomeView,
    JobView, PipelineView, PreviewView, ProfileView, PublishPlan, PublishedView, RecordView, RowChange,
    RpcError, RunDiffView, RunView, SaveView, SettingsView, StateScope, TracedView, VersionView,
    WorkspaceView,
};

/// A request that knows the type of its reply.
pub trait Call: Serialize {
    /// What a successful answer holds.
    type Reply: Serialize + DeserializeOwned + Send + 'static;

    /// The request as it crosses the boundary.
    fn into_request(self) -> Request;
}

/// Defines the requests, the enum that crosses the boundary, the trait of those who answer, and the dispatch.
macro_rules! requests {
    ($(
        $(#[$doc:meta])*
        $method:ident: $name:ident { $( $(#[$field_doc:meta])* $field:ident: $type:ty, )* } -> $reply:ty;
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            pub struct $name { $( $(#[$field_doc])* pub $field: $type, )* }

            impl Call for $name {
                type Reply = $reply;

                fn into_request(self) -> Request {
                    Request::$name(self)
                }
            }
        )*

        /// Any request, as it crosses the boundary: `{"method": …, "params": {…}}`.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "method", content = "params", rename_all = "snake_case")]
        pub enum Request { $( $(#[$doc])* $name($name), )* }

        impl Request {
            /// Names of all methods.
            pub const METHODS: &'static [&'static str] = &[ $( stringify!($method), )* ];

            /// Name of the method, for logs.
            pub fn method(&self) -> &'static str {
                match self { $( Self::$name(_) => stringify!($method), )* }
            }
        }

        /// Those who answer requests.
        pub trait Handler: Send + Sync {
            $(
                $(#[$doc])*
                fn $method(&self, params: $name) -> impl Future<Output = Result<$reply, RpcError>> + Send;
            )*
        }

        /// Has `handler` answer `request`; the reply is JSON of the request's [`Call::Reply`].
        pub async fn dispatch<H: Handler>(handler: &H, request: Request) -> Result<Value, RpcError> {
            match request {
                $( Request::$name(params) => encode(&handler.$method(params).await?), )*
            }
        }
    };
}

fn encode<T: Serialize>(reply: &T) -> Result<Value, RpcError> {
    serde_json::to_value(reply)
        .map_err(|error| RpcError::new(ErrorCode::Failed, format!("the reply could not be written: {error}")))
}

requests! {
    /// Opens the workspace in a folder.
    open_workspace: OpenWorkspace {
        /// The folder, absolute or relative to where the back end runs.
        path: String,
    } -> WorkspaceView;

    /// Lets the person choose a folder in the system's dialog, and opens it. None: the person chose none.
    pick_workspace: PickWorkspace {} -> Option<WorkspaceView>;

    /// The open workspace as its files are now. None: no workspace is open.
    workspace: Workspace {} -> Option<WorkspaceView>;

    /// One pipeline with its sources, tables and problems.
    pipeline: OpenPipeline {
        /// Name of the pipeline.
        pipeline: String,
    } -> PipelineView;

    /// Starts to simulate a pipeline, and first those whose tables it reads. Gives the job; ask for it by `job_status`.
    start_simulate: StartSimulate {
        /// Name of the pipeline.
        pipeline: String,
    } -> JobView;

    /// How far a job is; its result once it has ended.
    job_status: JobStatus {
        /// Id of the job.
        job: String,
    } -> JobView;

    /// Asks a job to stop. It ends as cancelled as soon as it can; nothing half-written stays.
    cancel_job: CancelJob {
        /// Id of the job.
        job: String,
    } -> JobView;

    /// The last simulation of a pipeline. None: it was never simulated here.
    last_run: LastRun {
        /// Name of the pipeline.
        pipeline: String,
    } -> Option<RunView>;

    /// What publishing a pipeline would change.
    plan_publish: PlanPublish {
        /// Name of the pipeline.
        pipeline: String,
        /// Name of the environment.
        environment: String,
    } -> PublishPlan;

    /// Publishes a pipeline.
    publish: Publish {
        /// Name of the pipeline.
        pipeline: String,
        /// Name of the environment.
        environment: String,
        /// Why, for history and audit trail.
        message: String,
        /// The version that the person saw as current (none: not published); another one is a conflict.
        expected_version: Option<u64>,
        /// The plan's content hash: what the person saw is what is published, else it is a conflict.
        content_hash: String,
    } -> PublishedView;

    /// Published versions of a pipeline, newest first.
    history: History {
        /// Name of the pipeline.
        pipeline: String,
        /// Name of the environment.
        environment: String,
    } -> Vec<VersionView>;

    /// The audit trail, newest first, and whether its chain holds.
    audit: Audit {
        /// Name of the environment.
        environment: String,
        /// Which events.
        filter: AuditFilter,
        /// Most events to give, at most 1,000.
        limit: u64,
    } -> AuditView;

    /// The audit trail as a text to keep: every event that the filter lets through, oldest first.
    export_audit: ExportAudit {
        /// Name of the environment.
        environment: String,
        /// Which events.
        filter: AuditFilter,
        /// As what.
        format: ExportFormat,
    } -> String;

    /// What two versions of a pipeline differ in.
    compare_versions: CompareVersions {
        /// Name of the pipeline.
        pipeline: String,
        /// Name of the environment.
        environment: String,
        /// The older side. None: before the first version.
        before: Option<u64>,
        /// The newer side. None: the document in the workspace.
        after: Option<u64>,
    } -> ComparisonView;

    /// Publishes an older version anew, as a new version.
    roll_back: RollBack {
        /// Name of the pipeline.
        pipeline: String,
        /// Name of the environment.
        environment: String,
        /// The version to go back to.
        version: u64,
        /// Why.
        message: String,
        /// The version that the person saw as current; another one is a conflict.
        expected_version: u64,
    } -> PublishedView;

    /// What the start page shows: workspaces opened before, and what else can be opened here.
    home: Home {} -> HomeView;

    /// Makes a new workspace in a folder that is empty or doesn't exist, and opens it.
    new_workspace: NewWorkspace {
        /// The folder. None: the person chooses one in the system's dialog.
        path: Option<String>,
        /// Name of the workspace. None: that of the folder.
        name: Option<String>,
    } -> Option<WorkspaceView>;

    /// Puts the sample workspace into a folder of its own where it isn't yet, and opens it.
    open_sample_workspace: OpenSampleWorkspace {} -> WorkspaceView;

    /// Takes a workspace from the list of those opened before; its folder stays.
    forget_workspace: ForgetWorkspace {
        /// Its folder, as the list gives it.
        path: String,
    } -> HomeView;

    /// Lets the person choose data files in the system's dialog. Empty: none chosen.
    pick_files: PickFiles {} -> Vec<String>;

    /// Keeps a piece of a file that was dropped onto a page that knows no paths. Gives the path once it is whole.
    upload: Upload {
        /// Name of the file, without folders.
        name: String,
        /// Names this upload; chosen by the page.
        id: String,
        /// Bytes that came before this piece.
        offset: u64,
        /// The piece, base64; at most 1 MiB of bytes.
        data: String,
        /// Whether it is the last piece.
        done: bool,
    } -> Option<String>;

    /// Lets the person choose where to keep a text. Gives the path, or none when they chose none. Where the front door
    /// has no dialog it answers `unsupported`, and the page offers a download.
    save_text: SaveText {
        /// Suggested file name.
        name: String,
        /// What to write.
        text: String,
    } -> Option<String>;

    /// Puts a text on the system's clipboard. Where the front door has none it answers `unsupported`: there the page does
    /// it by itself.
    copy_text: CopyText {
        /// What to copy.
        text: String,
    } -> ();

    /// A data file at first sight: its dialect, inferred contract and evidence from its first megabytes. At once.
    open_file: OpenFile {
        /// The file, absolute or relative to the workspace.
        file: String,
    } -> FileView;

    /// Starts to read data as a whole: types proved over every record, a cache for the grid. Gives the job, whose
    /// result is a profile.
    start_profile: StartProfile {
        /// Which data.
        data: DataRef,
        /// Read as what; sorting and filters make no difference.
        #[serde(default)]
        query: DataQuery,
    } -> JobView;

    /// What is known of data and its columns, from a part or the whole. Answers at once.
    profile: Profile {
        /// Which data.
        data: DataRef,
        /// Read as what; sorting and filters make no difference.
        #[serde(default)]
        query: DataQuery,
    } -> ProfileView;

    /// Rows of data: sorted, filtered, a page of them.
    rows: Rows {
        /// Which data.
        data: DataRef,
        /// Sorted and filtered how.
        query: DataQuery,
        /// First row, from zero, after sorting and filtering.
        offset: u64,
        /// Most rows to give, at most 1,000.
        limit: u64,
    } -> DataView;

    /// The next cell that holds a text.
    find: Find {
        /// Which data.
        data: DataRef,
        /// Sorted and filtered how.
        query: DataQuery,
        /// What to look for; letters match whether large or small.
        text: String,
        /// Row to start behind (or before), from zero. None: from the beginning (or end).
        from: Option<u64>,
        /// Whether to look upwards.
        backward: bool,
    } -> Option<FoundView>;

    /// Everything about one column: counts, histogram, top values, shapes, alternatives to its type.
    column: ColumnProfile {
        /// Which data.
        data: DataRef,
        /// Filtered how.
        query: DataQuery,
        /// Name of the column.
        column: String,
    } -> ColumnProfileView;

    /// The original record behind a row, as it is in the file.
    record: Record {
        /// Name of the pipeline.
        pipeline: String,
        /// Name of the source.
        source: String,
        /// Number of the record, from one.
        record: u64,
    } -> RecordView;

    /// All documents of the workspace as they are on disk.
    documents: Documents {} -> Vec<DocumentView>;

    /// Writes a document, if the file is still what the person started from.
    save_document: SaveDocument {
        /// Its file, relative to the workspace.
        file: String,
        /// What to write.
        text: String,
        /// Hash of what the edits started from. None: the file must not exist yet.
        base_hash: Option<String>,
    } -> SaveView;

    /// Removes a document's file, if it is still what the person saw.
    delete_document: DeleteDocument {
        /// Its file, relative to the workspace.
        file: String,
        /// Hash of what the person saw.
        base_hash: String,
    } -> ();

    /// Drafts a pipeline from data files: inferred contracts, one silver table each. Files from outside the workspace
    /// are copied into its samples. Nothing is written but those copies: the page saves the document.
    draft_pipeline: DraftPipeline {
        /// Name of the pipeline.
        pipeline: String,
        /// The files.
        files: Vec<String>,
    } -> DocumentView;

    /// Drafts a pipeline as `draft_pipeline` does, in a job that tells how far it is and can be cancelled; then no copy
    /// stays.
    start_draft: StartDraft {
        /// Name of the pipeline.
        pipeline: String,
        /// The files.
        files: Vec<String>,
        /// Columns of the first file that shall name its records. None: those that the data speaks for.
        #[serde(default)]
        key: Option<Vec<String>>,
    } -> JobView;

    /// Answers as soon as files of the workspace differ from the revision that the page knows, or after half a minute.
    await_changes: AwaitChanges {
        /// The revision that the page knows; 0 at first.
        revision: u64,
        /// Which page; that it waits says that it is there.
        #[serde(default)]
        page: u64,
    } -> ChangesView;

    /// Runs one table of an unsaved document over the first records of its samples. Writes nothing.
    preview: Preview {
        /// The document's file, relative to the workspace.
        file: String,
        /// Its unsaved text.
        text: String,
        /// Which table.
        table: TableName,
        /// Sample records to read, at most 10,000.
        limit: u64,
    } -> PreviewView;

    /// Simulations of a pipeline, newest first.
    runs: Runs {
        /// Name of the pipeline.
        pipeline: String,
        /// Most runs to give, at most 100.
        limit: u64,
    } -> Vec<RunView>;

    /// How a table differs between two simulations.
    run_diff: RunDiff {
        /// Which table.
        table: TableName,
        /// Run of the older side. None: the one before the newer side.
        before: Option<String>,
        /// Run of the newer side. None: the last.
        after: Option<String>,
        /// Only rows of this kind. None: all that differ.
        kind: Option<RowChange>,
        /// First differing row, from zero.
        offset: u64,
        /// Most rows to give, at most 1,000.
        limit: u64,
    } -> RunDiffView;

    /// Which rows and which expressions made a cell.
    trace: Trace {
        /// The table.
        table: TableName,
        /// Row in the table as it is stored, from zero (`row_ids` of its rows).
        row: u64,
        /// Name of the column. None: the whole row.
        column: Option<String>,
    } -> TracedView;

    /// AWS settings and environments. Never holds a secret.
    settings: Settings {} -> SettingsView;

    /// Adds or changes an environment in `touchstone.toml`, keeping its comments and order.
    save_environment: SaveEnvironment {
        /// Name of the environment.
        name: String,
        /// DynamoDB table.
        table: String,
        /// AWS region. None: the profile's.
        region: Option<String>,
        /// Where credentials come from.
        credentials: CredentialSource,
        /// Address of an AWS-compatible server. None: AWS.
        endpoint: Option<String>,
    } -> SettingsView;

    /// Takes an environment from `touchstone.toml`; what is published there stays.
    remove_environment: RemoveEnvironment {
        /// Name of the environment.
        name: String,
    } -> SettingsView;

    /// Has the front door ask the person for access keys, outside the page, and keep them in the system's keychain.
    enter_keys: EnterKeys {
        /// Name of the environment.
        environment: String,
    } -> SettingsView;

    /// Takes the access keys of an environment out of the system's keychain.
    forget_keys: ForgetKeys {
        /// Name of the environment.
        environment: String,
    } -> SettingsView;

    /// Asks an environment who the person is there, and what they may do.
    test_connection: TestConnection {
        /// Name of the environment.
        environment: String,
    } -> ConnectionView;

    /// Creates an environment's table where there is none, switches on what keeps it safe, and tests the connection.
    set_up_environment: SetUpEnvironment {
        /// Name of the environment.
        environment: String,
    } -> ConnectionView;

    /// What the page wants remembered between sessions. None: nothing yet.
    load_state: LoadState {
        /// For whom.
        scope: StateScope,
        /// Tells pages of one back end apart, such as a browser's tabs: each has what it remembers of the workspace for
        /// itself.
        #[serde(default)]
        page: u64,
    } -> Option<Value>;

    /// Remembers it, atomically.
    save_state: SaveState {
        /// For whom.
        scope: StateScope,
        /// Which page.
        #[serde(default)]
        page: u64,
        /// What the page gets back.
        state: Value,
    } -> ();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_crosses_as_method_and_params() {
        let request = StartSimulate { pipeline: "trades".to_owned() }.into_request();
        let json = serde_json::to_value(&request).unwrap();
        assert_eq!(
            json,
            serde_json::json!({ "method": "start_simulate", "params": { "pipeline": "trades" } })
        );
        assert_eq!(serde_json::from_value::<Request>(json).unwrap(), request);
        assert_eq!(request.method(), "start_simulate");
    }
}
