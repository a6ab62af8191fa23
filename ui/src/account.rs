//! The audit trail: who published what, when and why, and whether the chain of events holds.

mod filter;
mod view;

use touchstone_protocol::{Audit, AuditFilter, ErrorCode, ExportAudit, ExportFormat, SaveText};

use crate::App;
use crate::command::Offer;
use crate::icon;
use crate::remote::Remote;
use crate::state;

pub(crate) use view::audit;

/// Events that are fetched.
const AUDIT_LIMIT: u64 = 1_000;

/// What is known and chosen here.
#[derive(Debug, Default)]
pub struct State {
    /// Which events are shown.
    pub filter: AuditFilter,
    /// First day of the filter, as it is typed.
    pub from: String,
    /// Last day of the filter, as it is typed.
    pub to: String,
    /// Number of the event that is looked at.
    pub selected: Option<u64>,
    /// The export: where it was written to, none where nowhere.
    pub export: Remote<Option<String>>,
}

/// Something to do with the audit trail.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Show only this person's events; none: everybody's.
    OfActor(Option<String>),
    /// Show only this pipeline's events; none: every pipeline's.
    OfPipeline(Option<String>),
    /// Change the first day, as it is typed.
    EditFrom(String),
    /// Change the last day, as it is typed.
    EditTo(String),
    /// Show all events.
    ClearFilter,
    /// Look at an event.
    ShowEvent(u64),
    /// Write the events that are shown to a file.
    Export(ExportFormat),
}

impl Command {
    /// How it is offered.
    pub fn offer(&self) -> Offer {
        let offer = |text, tooltip, icon| Offer { text, tooltip, icon, shortcut: None };
        match self {
            Self::ClearFilter => offer("Show all", "Show all events", icon::CLOSE),
            Self::Export(ExportFormat::Csv) => {
                offer("Export CSV…", "Write the shown events to a CSV file", icon::FILE)
            }
            Self::Export(ExportFormat::Json) => {
                offer("Export JSON…", "Write the shown events, with their hashes, to a JSON file", icon::CODE)
            }
            Self::OfActor(_)
            | Self::OfPipeline(_)
            | Self::EditFrom(_)
            | Self::EditTo(_)
            | Self::ShowEvent(_) => Offer::unlisted("Audit trail"),
        }
    }

    /// Why it can't be given now; none when it can.
    pub fn obstacle(&self, state: &state::State) -> Option<String> {
        match self {
            Self::Export(_) if state.account.export.is_pending() => Some("It is being exported".to_owned()),
            Self::Export(_) if state.audit.value().is_none_or(|audit| audit.events.is_empty()) => {
                Some("There are no events to export".to_owned())
            }
            _ => None,
        }
    }

    /// Those that menu, palette and keys offer now.
    pub fn offered(state: &state::State) -> Vec<Self> {
        if state.open_workspace().is_none() {
            return Vec::new();
        }
        vec![Self::Export(ExportFormat::Csv), Self::Export(ExportFormat::Json)]
    }
}

impl App {
    pub(crate) fn apply_account(&mut self, command: Command) {
        let account = &mut self.state.account;
        match command {
            Command::OfActor(actor) => account.filter.actor = actor,
            Command::OfPipeline(pipeline) => account.filter.pipeline = pipeline,
            Command::EditFrom(text) => {
                account.filter.from = filter::day(&text);
                account.from = text;
            }
            Command::EditTo(text) => {
                account.filter.to = filter::day(&text);
                account.to = text;
            }
            Command::ClearFilter => *account = State { selected: account.selected, ..State::default() },
            Command::ShowEvent(event) => {
                account.selected = Some(event);
                return;
            }
            Command::Export(format) => return self.export_audit(format),
        }
        self.load_audit();
    }

    /// Asks for the events that the filter lets through.
    pub(crate) fn load_audit(&mut self) {
        let environment = self.state.environment.clone();
        let filter = self.state.account.filter.clone();
        self.fetch(Audit { environment, filter, limit: AUDIT_LIMIT }, |state| Some(&mut state.audit));
    }

    fn export_audit(&mut self, format: ExportFormat) {
        let ticket = self.ticket();
        self.state.account.export.begin(ticket);
        let environment = self.state.environment.clone();
        let ending = match format {
            ExportFormat::Csv => "csv",
            ExportFormat::Json => "json",
        };
        let name = format!("audit-{environment}.{ending}");
        let filter = self.state.account.filter.clone();
        self.call(ExportAudit { environment, filter, format }, move |app, result| match result {
            Ok(text) => app.keep_export(ticket, format, name, text),
            Err(error) => app.exported(ticket, format, Err(error)),
        });
    }

    fn keep_export(
        &mut self,
        ticket: crate::remote::Ticket,
        format: ExportFormat,
        name: String,
        text: String,
    ) {
        let call = SaveText { name: name.clone(), text: text.clone() };
        self.call(call, move |app, result| {
            let result =
                match result {
                    // Where there is no dialog, the browser downloads it.
                    Err(error) if error.code == ErrorCode::Unsupported => {
                        if app.backend.download(&name, &text) { Ok(Some(name)) } else { Err(error) }
                    }
                    other => other,
                };
            app.exported(ticket, format, result);
        });
    }

    fn exported(
        &mut self,
        ticket: crate::remote::Ticket,
        format: ExportFormat,
        result: Result<Option<String>, touchstone_protocol::RpcError>,
    ) {
        let error = result.as_ref().err().cloned();
        if self.state.account.export.finish(ticket, result)
            && let Some(error) = error
        {
            let again = crate::command::Command::Account(Command::Export(format));
            self.notice("The audit trail was not exported", error, Some(again));
        }
    }
}
