//! Publishing: what the person saw is what is published, or nothing.

use touchstone_protocol::{ErrorCode, Publish, PublishedView, RpcError};

use crate::App;
use crate::command::{Command, Section};
use crate::remote::Ticket;
use crate::state::Dialog;

impl App {
    pub(crate) fn publish(&mut self) {
        if self.state.is_breaking() {
            self.state.dialog = Some(Dialog::PublishBreaking);
        } else {
            self.publish_now();
        }
    }

    pub(crate) fn publish_now(&mut self) {
        self.state.dialog = None;
        if self.state.obstacle(&Command::Publish).is_some() {
            return;
        }
        let ticket = self.ticket();
        let environment = self.state.environment.clone();
        let Some(name) = self.state.selected.clone() else { return };
        let Some(pipeline) = self.state.pipelines.get_mut(&name) else { return };
        let Some(plan) = pipeline.plan.value() else { return };
        let call = Publish {
            pipeline: name.clone(),
            environment,
            message: pipeline.message.trim().to_owned(),
            expected_version: plan.current.as_ref().map(|version| version.version),
            content_hash: plan.content_hash.clone(),
        };
        pipeline.published_hash.clone_from(&call.content_hash);
        pipeline.publishing.begin(ticket);
        self.call(call, move |app, result| app.published(&name, ticket, result));
    }

    fn published(&mut self, name: &str, ticket: Ticket, result: Result<PublishedView, RpcError>) {
        let error = result.as_ref().err().cloned();
        let Some(pipeline) = self.state.pipelines.get_mut(name) else { return };
        if !pipeline.publishing.finish(ticket, result) {
            return;
        }
        match error {
            None => {
                pipeline.message.clear();
                pipeline.change = None;
            }
            Some(error) => {
                let action = match error.code {
                    ErrorCode::InvalidSpec => Some(Command::ToggleProblems),
                    ErrorCode::Conflict => Some(Command::ShowSection(Section::Publish)),
                    _ => None,
                };
                self.notice(format!("{name} was not published"), error, action);
            }
        }
        // After a conflict too: the person decides again, on the new difference.
        self.load_publication(name);
        self.load_audit();
        self.load_workspace();
    }
}
