//! The requests: each with its parameters, its reply, and the method that answers it.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use touchstone_spec::TableName;

use crate::{
    AuditView, ErrorCode, JobView, PipelineView, PublishPlan, PublishedView, RpcError, RunView, SampleView,
    TablePage, VersionView, WorkspaceView,
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

    /// Rows of a source's sample as they are in the file, with the inferred and the promised type of each column.
    sample_rows: SampleRows {
        /// Name of the pipeline.
        pipeline: String,
        /// Name of the source.
        source: String,
        /// First row, from zero.
        offset: u64,
        /// Most rows to give, at most 1,000.
        limit: u64,
    } -> SampleView;

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

    /// Rows of a table in the local warehouse.
    table_rows: TableRows {
        /// Which table. Quarantined rows: the table's name with `_quarantine` behind it.
        table: TableName,
        /// First row, from zero.
        offset: u64,
        /// Most rows to give, at most 1,000.
        limit: u64,
    } -> TablePage;

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
        /// Most events to give, at most 1,000.
        limit: u64,
    } -> AuditView;
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
