//! The audit trail: filtered, counted, proved, and exported.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, SecondsFormat, Utc};
use touchstone_protocol::{AuditEventView, AuditFilter, AuditView, ErrorCode, ExportFormat, RpcError};
use touchstone_registry::{AuditEvent, AuditQuery, Order, Registry};

use crate::environment::store_error;

/// Events that are read at once.
const PAGE: usize = 1_000;

/// What the page asks for, as the registry asks for it.
///
/// # Errors
/// When a day isn't one.
pub fn filter(asked: &AuditFilter) -> Result<touchstone_registry::AuditFilter, RpcError> {
    let given = |text: &Option<String>| text.as_ref().filter(|text| !text.trim().is_empty()).cloned();
    let day = |text: &Option<String>| given(text).map(|text| read_day(&text)).transpose();
    let begin =
        |day: NaiveDate| DateTime::<Utc>::from_naive_utc_and_offset(day.and_time(NaiveTime::MIN), Utc);
    Ok(touchstone_registry::AuditFilter {
        pipeline: given(&asked.pipeline),
        actor: given(&asked.actor),
        action: None,
        since: day(&asked.from)?.map(begin),
        until: day(&asked.to)?.and_then(|day| day.checked_add_days(Days::new(1))).map(begin),
    })
}

fn read_day(text: &str) -> Result<NaiveDate, RpcError> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").map_err(|_| {
        RpcError::new(ErrorCode::Failed, format!("`{text}` is no day"))
            .with_help("write it as year-month-day, for example 2026-03-01")
    })
}

/// The newest `limit` events that the filter lets through, how many there are, and whether the chain holds.
///
/// # Errors
/// When a day of the filter isn't one, or the registry can't be read.
pub(crate) async fn view(
    registry: &Registry,
    environment: &str,
    asked: &AuditFilter,
    limit: usize,
) -> Result<AuditView, RpcError> {
    let filter = filter(asked)?;
    let all = events(registry, environment, Order::Descending).await?;
    let mut actors: Vec<String> = all.iter().map(|event| event.actor.clone()).collect();
    actors.sort();
    actors.dedup();
    let report = registry.verify_audit().await.map_err(|error| store_error(&error, Some(environment)))?;
    let wanted: Vec<AuditEvent> = all.into_iter().filter(|event| filter.matches(event)).collect();
    Ok(AuditView {
        total: wanted.len() as u64,
        events: wanted.into_iter().take(limit).map(event_view).collect(),
        actors,
        broken: report.problems.first().map(ToString::to_string),
    })
}

async fn events(registry: &Registry, environment: &str, order: Order) -> Result<Vec<AuditEvent>, RpcError> {
    let mut found = Vec::new();
    let mut query = AuditQuery { order, limit: PAGE, ..AuditQuery::default() };
    loop {
        let page = registry.audit(&query).await.map_err(|error| store_error(&error, Some(environment)))?;
        found.extend(page.events);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(found),
        }
    }
}

fn event_view(event: AuditEvent) -> AuditEventView {
    AuditEventView {
        sequence: event.sequence,
        time: event.time.to_rfc3339_opts(SecondsFormat::Secs, true),
        action: event.action.to_string(),
        version: Some(event.version),
        class: event.change_class(),
        previous_version: event.version.checked_sub(1).filter(|version| *version > 0),
        actor: event.actor,
        pipeline: event.pipeline,
        message: event.message,
        hash: event.hash,
        previous_hash: event.previous_hash,
    }
}

/// Every event that the filter lets through, oldest first, as a text to keep.
///
/// # Errors
/// As [`view`].
pub async fn export(
    registry: &Registry,
    environment: &str,
    asked: &AuditFilter,
    format: ExportFormat,
) -> Result<String, RpcError> {
    let filter = filter(asked)?;
    let mut wanted = events(registry, environment, Order::Ascending).await?;
    wanted.retain(|event| filter.matches(event));
    match format {
        ExportFormat::Json => {
            serde_json::to_string_pretty(&wanted).map(|text| text + "\n").map_err(unwritten)
        }
        ExportFormat::Csv => csv_text(&wanted),
    }
}

fn csv_text(events: &[AuditEvent]) -> Result<String, RpcError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer
        .write_record([
            "sequence",
            "time",
            "actor",
            "action",
            "pipeline",
            "version",
            "change_class",
            "message",
            "content_hash",
            "previous_hash",
            "hash",
        ])
        .map_err(unwritten)?;
    for event in events {
        let class = event.change_class().map_or_else(String::new, |class| class.to_string());
        let content_hash =
            event.details.get("content_hash").and_then(|hash| hash.as_str()).unwrap_or_default();
        writer
            .write_record([
                event.sequence.to_string(),
                event.time.to_rfc3339_opts(SecondsFormat::Micros, true),
                harmless(&event.actor),
                event.action.to_string(),
                harmless(&event.pipeline),
                event.version.to_string(),
                class,
                harmless(&event.message),
                content_hash.to_owned(),
                event.previous_hash.clone(),
                event.hash.clone(),
            ])
            .map_err(unwritten)?;
    }
    let bytes = writer.into_inner().map_err(unwritten)?;
    String::from_utf8(bytes).map_err(unwritten)
}

/// A text that no spreadsheet takes for a formula: an apostrophe comes before what could begin one.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn unwritten(error: impl std::fmt::Display) -> RpcError {
    RpcError::new(ErrorCode::Failed, format!("the audit trail can't be written as text: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use touchstone_registry::AuditAction;

    use super::*;

    fn event(sequence: u64, actor: &str, message: &str) -> AuditEvent {
        AuditEvent {
            sequence,
            time: DateTime::from_timestamp(1_772_000_000, 0).unwrap(),
            actor: actor.to_owned(),
            action: AuditAction::Publish,
            pipeline: "trades".to_owned(),
            version: sequence,
            message: message.to_owned(),
            details: json!({ "change_class": "breaking", "content_hash": "c0ffee" }),
            previous_hash: "00".to_owned(),
            hash: "11".to_owned(),
        }
    }

    #[test]
    fn csv_keeps_commas_quotes_and_lines_and_holds_no_formula() {
        let events =
            [event(1, "mara", "first, \"quoted\"\nand a line"), event(2, "=cmd()", "@sum(a1) -- +1")];
        let text = csv_text(&events).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap().get(7), Some("message"));
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(&rows[0][7], "first, \"quoted\"\nand a line");
        assert_eq!((&rows[0][6], &rows[0][8]), ("breaking", "c0ffee"));
        assert_eq!((&rows[1][2], &rows[1][7]), ("'=cmd()", "'@sum(a1) -- +1"));
        assert!(text.lines().next().unwrap().ends_with("hash") && text.contains("\r\n"));
    }

    #[test]
    fn days_are_whole_and_mistakes_are_named() {
        let asked = AuditFilter {
            from: Some("2026-03-01".to_owned()),
            to: Some("2026-03-01".to_owned()),
            ..AuditFilter::default()
        };
        let read = filter(&asked).unwrap();
        let (since, until) = (read.since.unwrap(), read.until.unwrap());
        assert_eq!((until - since).num_hours(), 24);
        let wrong = AuditFilter { from: Some("1 March".to_owned()), ..AuditFilter::default() };
        assert!(filter(&wrong).unwrap_err().message.contains("`1 March` is no day"));
    }
}
