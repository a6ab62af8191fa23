//! A client of `touchstone serve` that sends exactly what a test says, and keeps all that comes back.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use serde_json::{Value, json};

/// An answer as it came.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Everything before the body.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header; names in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (own, value) = line.split_once(": ")?;
            own.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it isn't.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("not JSON: {error}\n{self:#?}"))
    }
}

/// Sends a request line, headers and a body; `host` is sent as the header of that name.
///
/// # Panics
/// When nobody answers.
pub fn send(to: SocketAddr, line: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut head = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
    let named = |wanted: &str| headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
    if !named("host") {
        head.extend(["Host: ", &to.to_string(), "\r\n"]);
    }
    if !named("content-length") {
        head.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
    }
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    let mut stream = TcpStream::connect(to).expect("the door is open");
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).expect("the request can be sent");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("there is an answer");
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("the answer has a head");
    let body = bytes.split_off(end + 4);
    let head = String::from_utf8(bytes).expect("the head is text");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("it has a status");
    Answer { status, head, body }
}

/// A browser that came through the link.
#[derive(Debug, Clone)]
pub struct Session {
    /// Where the door is.
    pub door: SocketAddr,
    /// The cookie that the link gave.
    pub cookie: String,
}

impl Session {
    /// Comes through a link.
    ///
    /// # Panics
    /// When it doesn't let anybody in.
    pub fn enter(link: &str) -> Self {
        let (door, path) = parts(link);
        let answer = send(door, &format!("GET {path}"), &[], b"");
        assert_eq!(answer.status, 200, "{answer:#?}");
        let cookie = answer.header("set-cookie").unwrap_or_else(|| panic!("no cookie: {answer:#?}"));
        Self { door, cookie: cookie.split(';').next().unwrap_or_default().to_owned() }
    }

    /// Asks for a file of the page.
    pub fn get(&self, path: &str) -> Answer {
        send(self.door, &format!("GET {path}"), &[("Cookie", &self.cookie)], b"")
    }

    /// Sends a request of the protocol, as the page does.
    pub fn rpc(&self, request: &Value) -> Answer {
        let origin = format!("http://{}", self.door);
        let headers = [
            ("Cookie", self.cookie.as_str()),
            ("Origin", origin.as_str()),
            ("Sec-Fetch-Site", "same-origin"),
            ("Content-Type", "application/json"),
        ];
        send(self.door, "POST /rpc", &headers, request.to_string().as_bytes())
    }

    /// What the studio answers to a request.
    ///
    /// # Panics
    /// When it answers with an error.
    pub fn call(&self, method: &str, params: &Value) -> Value {
        let mut answer = self.rpc(&json!({ "method": method, "params": params })).json();
        assert!(answer.get("ok").is_some(), "{method}: {answer:#}");
        answer["ok"].take()
    }
}

/// Where a link leads: the address, and the path with what follows.
///
/// # Panics
/// When it is no link of ours.
pub fn parts(link: &str) -> (SocketAddr, &str) {
    let rest = link.strip_prefix("http://").unwrap_or_else(|| panic!("{link} is no link"));
    let (address, _) = rest.split_once('/').unwrap_or_else(|| panic!("{link} has no path"));
    let address_end = address.len();
    let address = address.parse().unwrap_or_else(|error| panic!("{link}: {error}"));
    (address, &rest[address_end..])
}
