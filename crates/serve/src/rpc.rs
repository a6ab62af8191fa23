//! The one address behind the page: a request of the protocol goes in, its answer comes out.
//!
//! The answer is `{"ok": …}` or `{"error": …}`; the status tells of the way there, not of what the studio thought.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use touchstone_studio::protocol::Request;
use touchstone_studio::{ErrorCode, RpcError, dispatch};

use crate::door::Inside;

/// Most bytes of a request: what a page may want remembered, and the words around it.
pub(crate) const LIMIT: usize = 40 * 1024 * 1024;

/// Answers one request.
pub(crate) async fn rpc(
    State(inside): State<Arc<Inside>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    // What a form of another page can send is never this.
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the request is not JSON");
    }
    let body = match body {
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => return too_large(),
        Err(_) => return refused(StatusCode::BAD_REQUEST, "the request was cut off"),
    };
    match serde_json::from_slice::<Request>(&body) {
        Ok(request) => answer(&inside, request).await,
        Err(error) => refused(StatusCode::BAD_REQUEST, &format!("the request can't be understood: {error}")),
    }
}

async fn answer(inside: &Arc<Inside>, request: Request) -> Response {
    let (method, begun) = (request.method(), Instant::now());
    let result = match request {
        // Nothing happens when nobody waits any more; and nobody may wait when the door closes.
        request @ Request::AwaitChanges(_) => tokio::select! {
            result = dispatch(&*inside.studio, request) => result,
            () = inside.closing() => Err(closing()),
        },
        // All others go on to their end, also when the page is closed meanwhile.
        request => {
            let studio = Arc::clone(&inside.studio);
            let task = tokio::spawn(async move { dispatch(&*studio, request).await });
            task.await.unwrap_or_else(|_| {
                Err(RpcError::new(
                    ErrorCode::Failed,
                    format!("the studio stopped in the middle of `{method}`"),
                )
                .with_help("try it again; if it happens again, report it with what `touchstone serve` wrote"))
            })
        }
    };
    inside.log.line(method, &result, begun);
    written(StatusCode::OK, result)
}

fn closing() -> RpcError {
    RpcError::new(ErrorCode::Unavailable, "`touchstone serve` is ending")
        .with_help("start it again and open the link that it prints")
}

/// Whether a request says of itself that it is too large; one that doesn't say so is stopped where it gets too large.
pub(crate) fn is_too_large(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    length.is_some_and(|length: usize| length > LIMIT)
}

/// For those requests.
pub(crate) fn too_large() -> Response {
    refused(StatusCode::PAYLOAD_TOO_LARGE, "the request is too large")
}

/// For those whose session has ended.
pub(crate) fn locked() -> Response {
    let error = RpcError::new(ErrorCode::Unavailable, "this page's session has ended")
        .with_help("open the link that `touchstone serve` printed last");
    written(StatusCode::UNAUTHORIZED, Err(error))
}

/// For what can't be answered at all.
pub(crate) fn refused(status: StatusCode, reason: &str) -> Response {
    let error = RpcError::new(ErrorCode::Failed, reason).with_help("reload the page");
    written(status, Err(error))
}

fn written(status: StatusCode, result: Result<Value, RpcError>) -> Response {
    let answer = match result {
        Ok(value) => json!({ "ok": value }),
        Err(error) => json!({ "error": error }),
    };
    (status, [(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response()
}
