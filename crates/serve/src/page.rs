//! The files of the page, and the few words in plain HTML where it can't be shown.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

/// What `cargo xtask ui` made, when this program was built; empty when nobody had.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page_files.rs"));

/// The page itself, or how to get it.
pub(crate) fn start() -> Response {
    file("index.html").unwrap_or_else(|| {
        plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "The page is not built",
            "Run <code>cargo xtask ui</code>, build <code>touchstone</code> again, and start it again.",
        )
    })
}

/// A file of the page. None: there is none of this name.
pub(crate) fn file(name: &str) -> Option<Response> {
    let (name, bytes) = FILES.iter().find(|(own, _)| *own == name)?;
    let kind = HeaderValue::from_static(media_type(name));
    Some(([(header::CONTENT_TYPE, kind)], *bytes).into_response())
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

/// For those who have no session.
pub(crate) fn locked() -> Response {
    plain(
        StatusCode::UNAUTHORIZED,
        "Open the link that Touchstone printed",
        "<code>touchstone serve</code> prints a link that works once, in one browser. After each use it prints the \
         next one: open that here.",
    )
}

/// For requests that no page of ours sends.
pub(crate) fn refused(reason: &str) -> Response {
    let text = format!(
        "Touchstone answers its own page on this computer alone, and this request is not of it: {reason}."
    );
    plain(StatusCode::FORBIDDEN, "Refused", &text)
}

/// For addresses where nothing is.
pub(crate) fn missing() -> Response {
    plain(StatusCode::NOT_FOUND, "Nothing is here", "<a href=\"/\">Go to the studio</a>")
}

/// For failures of this program or this computer.
pub(crate) fn failed(reason: &str) -> Response {
    plain(StatusCode::INTERNAL_SERVER_ERROR, "Touchstone could not let you in", reason)
}

/// Leads on to the page. A redirection would still belong to whoever sent the person here, and a strict cookie is not
/// sent with that; this page is our own, and so is what it leads to.
pub(crate) fn welcome() -> Response {
    html(
        StatusCode::OK,
        // Named here, the icon is not looked for where there is none.
        "<meta http-equiv=\"refresh\" content=\"0; url=/\"><link rel=\"icon\" href=\"/icon.svg\">",
        "Opening Touchstone…",
        "<a href=\"/\">Go on</a>",
    )
}

fn plain(status: StatusCode, title: &str, text: &str) -> Response {
    html(status, "", title, text)
}

fn html(status: StatusCode, head: &str, title: &str, text: &str) -> Response {
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"dark light\">{head}\
         <title>{title} – Touchstone</title>\
         <style>body{{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:20vh auto;padding:0 1.5rem}}\
         h1{{font-size:1.25rem;font-weight:600}}</style></head>\n\
         <body><main><h1>{title}</h1><p>{text}</p></main></body>\n</html>\n"
    );
    (status, Html(page)).into_response()
}
