//! What every request is held to before anything looks at it, and what every answer carries.

use std::net::IpAddr;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};

/// The desktop window's policy, without the addresses that only its web view has.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
     connect-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), serial=(), usb=()",
    ),
];

/// Puts the headers that every answer carries.
pub(crate) fn protect(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

/// Why a request is refused whoever sends it. None: it may go on.
pub(crate) fn objection(method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    let Some(host) = only(headers, &header::HOST) else { return Some("it names no host") };
    // A name of somebody else's that was made to point here is still their name.
    if !names_this_computer(host) {
        return Some("it names a host that is not this computer");
    }
    // The port may be another one: that of a tunnel. But page and requests go through the same one.
    let is_own =
        |origin: &str| origin.strip_prefix("http://").is_some_and(|it| it.eq_ignore_ascii_case(host));
    match headers.get(header::ORIGIN) {
        Some(origin) if !origin.to_str().is_ok_and(is_own) => Some("another page sent it"),
        None if method != Method::GET && method != Method::HEAD => Some("it doesn't say which page sent it"),
        _ => None,
    }
}

/// Whether a page other than our own asks for this, as the browser says.
pub(crate) fn is_foreign(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    site.is_some_and(|site| site != b"same-origin" && site != b"none")
}

fn only<'headers>(headers: &'headers HeaderMap, name: &HeaderName) -> Option<&'headers str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn names_this_computer(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    if authority.as_str().contains('@') {
        return false;
    }
    let name = authority.host();
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()));
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, value);
        }
        headers
    }

    #[test]
    fn only_names_of_this_computer_are_taken() {
        for host in ["127.0.0.1:4711", "localhost:80", "LocalHost", "[::1]:4711", "127.8.9.1:1"] {
            assert_eq!(objection(&Method::GET, &headers(&[("host", host)])), None, "{host}");
        }
        for host in [
            "evil.example",
            "127.0.0.1.evil.example:4711",
            "localhost.evil.example",
            "0.0.0.0:4711",
            "10.0.0.1:4711",
            "[::]:1",
            "localhost@evil.example",
            "evil.example@localhost",
            "",
        ] {
            assert!(objection(&Method::GET, &headers(&[("host", host)])).is_some(), "{host}");
        }
        assert!(objection(&Method::GET, &headers(&[])).is_some());
        let twice = headers(&[("host", "localhost:1"), ("host", "evil.example")]);
        assert!(objection(&Method::GET, &twice).is_some());
    }

    #[test]
    fn only_the_own_page_may_send() {
        let from = |origin| headers(&[("host", "localhost:4711"), ("origin", origin)]);
        assert_eq!(objection(&Method::POST, &from("http://localhost:4711")), None);
        for origin in [
            "null",
            "http://evil.example",
            "http://localhost:4712",
            "http://localhost",
            "https://localhost:4711",
            "http://localhost:4711.evil.example",
            "http://127.0.0.1:4711",
        ] {
            assert!(objection(&Method::POST, &from(origin)).is_some(), "{origin}");
            assert!(objection(&Method::GET, &from(origin)).is_some(), "{origin}");
        }
        assert!(objection(&Method::POST, &headers(&[("host", "localhost:4711")])).is_some());
    }

    #[test]
    fn the_policy_is_the_windows_without_its_own_addresses() {
        let manifest = std::env::var("CARGO_MANIFEST_DIR").unwrap();
        let path = std::path::Path::new(&manifest).join("../../src-tauri/tauri.conf.json");
        let config: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let of_window = config["app"]["security"]["csp"].as_str().unwrap();
        assert_eq!(CONTENT_SECURITY_POLICY, of_window.replace(" ipc: http://ipc.localhost", ""));
    }
}
