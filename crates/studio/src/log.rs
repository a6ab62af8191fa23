//! Lines for those who follow what a front door does: methods and outcomes, never what was in them.

use std::{fmt, time::Instant};

use serde_json::Value;
use touchstone_protocol::RpcError;

/// Environment variable that names what is written about; `rpc` is understood here.
const TOPICS: &str = "TOUCHSTONE_LOG";

type Write = Box<dyn Fn(&str) + Send + Sync>;

/// Where lines about requests go.
pub struct RequestLog {
    write: Option<Write>,
}

impl RequestLog {
    /// Writes nothing.
    pub fn silent() -> Self {
        Self { write: None }
    }

    /// Hands every line to `write`.
    pub fn new(write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { write: Some(Box::new(write)) }
    }

    /// Writes to standard error when the environment variable `TOUCHSTONE_LOG` lists `rpc`.
    pub fn from_environment() -> Self {
        let topics = std::env::var(TOPICS).unwrap_or_default();
        if topics.split(',').any(|topic| topic == "rpc") {
            Self::new(|line| eprintln!("{line}"))
        } else {
            Self::silent()
        }
    }

    /// Writes a line.
    pub fn say(&self, line: &str) {
        if let Some(write) = &self.write {
            write(line);
        }
    }

    /// Writes how a request ended.
    pub fn line(&self, method: &str, result: &Result<Value, RpcError>, begun: Instant) {
        if self.write.is_none() {
            return;
        }
        let outcome = match result {
            // How far a job is says more than that the question was answered.
            Ok(answer) if method.contains("job") || method == "start_simulate" => {
                format!("ok {}", answer.get("state").and_then(Value::as_str).unwrap_or_default())
            }
            Ok(_) => "ok".to_owned(),
            Err(error) => format!("failed {:?}", error.code),
        };
        self.say(&format!("rpc {method} {outcome} {} ms", begun.elapsed().as_millis()));
    }
}

impl fmt::Debug for RequestLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestLog").field("is_on", &self.write.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::json;
    use touchstone_protocol::ErrorCode;

    use super::*;

    #[test]
    fn outcomes_are_written_and_nothing_of_what_was_in_them() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let log = RequestLog::new({
            let lines = Arc::clone(&lines);
            move |line| lines.lock().unwrap().push(line.to_owned())
        });
        log.line("start_simulate", &Ok(json!({ "state": "running", "subject": "marker" })), Instant::now());
        log.line("rows", &Ok(json!({ "rows": ["marker"] })), Instant::now());
        let error = RpcError::new(ErrorCode::Failed, "marker").with_help("marker");
        log.line("publish", &Err(error), Instant::now());
        let lines = lines.lock().unwrap().join("\n");
        for part in ["rpc start_simulate ok running ", "rpc rows ok ", "rpc publish failed Failed "] {
            assert!(lines.contains(part), "{lines}");
        }
        assert!(!lines.contains("marker"), "{lines}");
    }
}
